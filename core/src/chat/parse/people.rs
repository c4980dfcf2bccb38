//! Whom a word names.

use super::PersonName;
use super::clean::Word;
use crate::domain::ids::PersonId;

/// What a name turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// One person, and the index of the next word.
    One(PersonId, usize),
    /// A first name of several.
    Several,
    /// Nobody of the team.
    Nobody,
}

/// The person named at `at`: by Matrix id, short name, full name, or a first name that only one has.
pub(super) fn person_at(words: &[Word<'_>], at: usize, people: &[PersonName]) -> Named {
    let Some(first) = words.get(at) else {
        return Named::Nobody;
    };
    let low = first.low.as_str();
    let plain = low.trim_start_matches('@');
    let full_id = |p: &&PersonName| {
        p.matrix
            .as_ref()
            .is_some_and(|m| m.trim_start_matches('@').to_lowercase() == plain)
    };
    if let Some(p) = people.iter().find(full_id) {
        return Named::One(p.id.clone(), at + 1);
    }
    let mut by_full_name: Vec<(&PersonName, usize)> = people
        .iter()
        .filter_map(|p| full_name(words, at, p).map(|used| (p, used)))
        .collect();
    by_full_name.sort_by_key(|(_, used)| std::cmp::Reverse(*used));
    if let Some((p, used)) = by_full_name.first() {
        return Named::One(p.id.clone(), at + used);
    }
    // `Ben's` is not Ben, but `ben@` and `ben:` are trimmed already.
    if let Some(p) = people.iter().find(|p| p.id.0 == plain) {
        return Named::One(p.id.clone(), at + 1);
    }
    let mut by_first = people.iter().filter(|p| {
        let name = p.name.to_lowercase();
        name.split_whitespace().next() == Some(plain)
    });
    match (by_first.next(), by_first.next()) {
        (Some(p), None) => Named::One(p.id.clone(), at + 1),
        (Some(_), Some(_)) => Named::Several,
        (None, _) => Named::Nobody,
    }
}

/// How many words name `person` in full, if they do. Names of one word are left to the other rules.
fn full_name(words: &[Word<'_>], at: usize, person: &PersonName) -> Option<usize> {
    let name = person.name.to_lowercase();
    let parts: Vec<&str> = name.split_whitespace().collect();
    let said = words.get(at..at + parts.len())?;
    let same = said
        .iter()
        .zip(&parts)
        .all(|(w, part)| w.low.trim_start_matches('@') == *part);
    (parts.len() > 1 && same).then_some(parts.len())
}
