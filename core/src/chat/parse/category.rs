//! `/cat 2`, and the same in plain words: the category of a visit that is logged already.

use super::Listening;
use super::clean::{clean, words};
use super::reference::{attempt_at, reference_at};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::Command;

/// Said around it, and no part of it.
const SMALL: &[&str] = &[
    "", "it", "its", "it's", "is", "was", "a", "an", "the", "this", "visit", "please", "pls",
    "thanks", "sorry", "for", "and", "-", "=", "one's", "my", "yes",
];

/// Reads what stands behind `/cat`.
pub(super) fn category(text: &str, ctx: &Listening<'_>) -> Result<Command, Bad> {
    read(text, ctx).map(|(_, reference, category)| Command::Category {
        reference,
        category,
    })
}

/// A whole message that is nothing else: `cat 2`, `it is category 1`, `LCS1234 cat 2`.
pub(super) fn plainly(text: &str, ctx: &Listening<'_>) -> Option<Command> {
    let (true, reference, category) = read(text, ctx).ok()? else {
        return None;
    };
    Some(Command::Category {
        reference,
        category,
    })
}

/// The category in a reply to the question for it, where `2` alone is enough; `None` where it says anything else.
pub fn only_category(text: &str, ctx: &Listening<'_>) -> Option<Command> {
    category(&clean(text), ctx).ok()
}

/// Whether the word itself was said, which visit, and which category.
fn read(text: &str, ctx: &Listening<'_>) -> Result<(bool, Option<String>, u8), Bad> {
    let all = words(text);
    let (mut named, mut reference, mut category) = (false, None, None);
    let mut why = None;
    let mut at = 0;
    while at < all.len() {
        let low = all[at].low.as_str();
        if let Some((found, next)) = reference_at(&all, at, ctx) {
            if reference
                .replace(found.clone())
                .is_some_and(|before| before != found)
            {
                why.get_or_insert(Why::TwoReferences);
            }
            at = next;
            continue;
        }
        let word = ["category", "categ", "cat"]
            .iter()
            .find_map(|word| low.strip_prefix(word));
        named |= word.is_some();
        match (number(word.unwrap_or(low)), category) {
            (Some(now), Some(before)) if now != before => why = Some(Why::Category),
            (Some(now), _) => category = Some(now),
            (None, _) if word == Some("") || SMALL.contains(&low) => {}
            (None, _) => {
                let odd = attempt_at(&all, at).map(|token| Why::UnknownReference { token });
                why.get_or_insert(odd.unwrap_or(Why::NotUnderstood));
            }
        }
        at += 1;
    }
    let line = |category: u8| match &reference {
        Some(reference) => format!("/cat {category} {reference}"),
        None => format!("/cat {category}"),
    };
    match (category, why) {
        (Some(category), None) => Ok((named, reference, category)),
        (Some(category), Some(why)) if why != Why::Category => {
            Err(Bad::with_fix(why, line(category)))
        }
        (_, Some(why @ Why::UnknownReference { .. })) => Err(Bad::with_fix(why, line(1))),
        _ => Err(Bad::with_fix(Why::WhichCategory, line(1))),
    }
}

fn number(word: &str) -> Option<u8> {
    match word {
        "1" | "one" => Some(1),
        "2" | "two" => Some(2),
        _ => None,
    }
}
