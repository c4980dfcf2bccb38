//! `/address`: the address of a visit, in the direct chat only; and which other words are one.

use super::Listening;
use super::clean::{Word, clean, join, words};
use super::people::{Named, person_at};
use super::personal::{full_name_at, postcode, street, street_word, title, titled};
use super::reference::{letters_known, new_at, plainly_new, reference_at};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{AddressWord, Command};

/// More than a name and an address need, in characters.
const LONGEST: usize = 300;

/// Reads what stands behind `/address`. Nothing of it is repeated, whatever is wrong.
pub(super) fn address(text: &str, ctx: &Listening<'_>) -> Result<Command, Bad> {
    if !ctx.direct {
        return Err(Bad::new(Why::AddressHere));
    }
    let all = words(text);
    let (reference, from) = match visit_at(&all, ctx) {
        Some((found, next)) => (Some(found), next),
        None => (None, 0),
    };
    if reference.is_none() && all.first().is_some_and(|word| almost(word, ctx)) {
        return Err(Bad::new(Why::AddressOfWhich));
    }
    let rest = join(&all, from);
    let lead = |c: char| ":=-,".contains(c) || c.is_whitespace();
    let rest = rest.trim_start_matches(lead);
    let rest = rest.strip_prefix("is ").unwrap_or(rest);
    if rest.chars().count() > LONGEST {
        return Err(Bad::new(Why::AddressLong));
    }
    let what = match rest.to_lowercase().as_str() {
        "" => AddressWord::Ask,
        "clear" | "delete" | "remove" => AddressWord::Clear,
        _ => AddressWord::Give(rest.to_owned()),
    };
    Ok(Command::Address { reference, what })
}

/// `address ...` without a sign, where it can be nothing else.
pub(super) fn plainly(text: &str, ctx: &Listening<'_>) -> Option<Command> {
    let visit = visit_at(&words(text), ctx).is_some();
    let meant = visit || reads_as_address(text, true, ctx);
    meant.then(|| address(text, ctx).ok()).flatten()
}

/// The visit that is named first: `New Road 3` is an address, `new 3 High Street` is that of `NEW`.
fn visit_at(all: &[Word<'_>], ctx: &Listening<'_>) -> Option<(String, usize)> {
    let first = all.first()?;
    if let Some(found) = new_at(all, 0, ctx) {
        let next = all.get(1).map_or("", |word| word.low.as_str());
        let apart = next.is_empty()
            || next.starts_with(|c: char| c.is_ascii_digit())
            || title(next)
            || matches!(next, "clear" | "delete" | "remove" | "is");
        return (plainly_new(first) || apart).then_some((found, 1));
    }
    reference_at(all, 0, ctx)
}

/// The letters of the team's references, and a number that is none of them.
fn almost(word: &Word<'_>, ctx: &Listening<'_>) -> bool {
    let letters = word
        .low
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    letters.len() < word.low.len() && letters.len() >= 2 && letters_known(letters, ctx)
}

/// True for words that are a name and an address, and nothing that somebody has to hear at once. `asked`: they answer the
/// question, so less is enough. When in doubt it is a note: that reaches people.
pub fn reads_as_address(text: &str, asked: bool, ctx: &Listening<'_>) -> bool {
    let line = clean(text);
    let mut all = words(&line);
    // "The address is 12 High Street"
    let lead = |word: &Word<'_>| {
        matches!(
            word.low.as_str(),
            "the" | "address" | "it" | "it's" | "its" | "is"
        )
    };
    let first = all.iter().position(|word| !lead(word)).unwrap_or(0);
    if all.iter().take(first).any(|word| word.low != "the") {
        all.drain(..first);
    }
    if line.chars().count() > LONGEST || line.ends_with('?') || tells(&all) {
        return false;
    }
    let digit = line.contains(|c: char| c.is_ascii_digit());
    let house = all
        .first()
        .is_some_and(|word| word.raw.starts_with(|c: char| c.is_ascii_digit()))
        && all
            .get(1)
            .is_some_and(|word| word.raw.starts_with(char::is_uppercase));
    let sure = postcode(&line) || street(&all) || house || digit && titled(&all);
    let named = |at: usize| {
        full_name_at(&all, at, ctx.people) && person_at(&all, at, ctx.people) == Named::Nobody
    };
    let some = || {
        digit
            || all
                .iter()
                .any(|word| street_word(&word.low) || title(&word.low))
            || (0..all.len()).any(named)
    };
    sure || asked && some()
}

/// Words of sentences: somebody tells what happens.
fn tells(all: &[Word<'_>]) -> bool {
    let list = "i im i'm ive i've id i'd ill i'll me my we were us he hes he's him his she shes she's they theyre they're \
                them someone somebody man men there here is isnt isn't are arent aren't am was has hasn't had have not no yes \
                cant can't cannot wont won't going gone went leaving left arrived stuck locked lock door knife knives gun \
                weapon weapons blood hit hits hurt hurting shouting screaming angry drunk drinking threatening threatened \
                violent fight fighting police ambulance help emergency dog dogs come coming came now soon later ring call \
                phone minutes minute min mins";
    all.iter().any(|word| {
        let plain = word.low.trim_end_matches(['\'', '.']);
        list.split_whitespace().any(|told| told == plain)
    })
}
