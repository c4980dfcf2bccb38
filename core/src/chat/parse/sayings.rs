//! What people say in a direct chat instead of a command, and the small words around it.

use super::clean::single_spaced;
use super::table::Verb;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What people say instead of the command, without apostrophes.
const SAYINGS: &[(Verb, &str)] = &[
    (
        Verb::Left,
        "left | i left | ive left | i have left | just left | ive just left | out",
    ),
    (
        Verb::Left,
        "im out | i am out | out and safe | done | all done | im done | visit done",
    ),
    (
        Verb::Left,
        "visit finished | visit over | done with | finished with",
    ),
    (
        Verb::Ok,
        "ok | okay | im ok | im okay | i am ok | i am okay | all ok | all okay",
    ),
    (
        Verb::Ok,
        "all good | all fine | all well | fine | im fine | i am fine | im well",
    ),
    (Verb::Ok, "still here | ok still here"),
    (
        Verb::Arrived,
        "arrived | ive arrived | i have arrived | just arrived | im here",
    ),
    (Verb::Arrived, "i am here | at the door | im at the door"),
    (
        Verb::Home,
        "home | im home | i am home | got home | back home | arrived home",
    ),
    (
        Verb::Home,
        "safe at home | home and safe | at home | im at home | i am at home",
    ),
    (
        Verb::Office,
        "office | at office | at the office | im at the office | in the office",
    ),
    (
        Verb::Office,
        "back at office | back at the office | im back at the office",
    ),
    (Verb::Office, "back in the office"),
    (
        Verb::RingMe,
        "ring me | call me | phone me | ringme | callme | phoneme",
    ),
    (Verb::Undo, "undo | undo that"),
    (Verb::Mine, "mine | my visits"),
    (Verb::Board, "board"),
];

/// Said before or behind, and no part of it.
const POLITE: &[&str] = &[
    "please",
    "pls",
    "thanks",
    "thank you",
    "ta",
    "cheers",
    "now",
    "x",
    "xx",
];
const BEFORE: &[&str] = &["hi", "hello", "hiya", "yes", "yep", "please", "hi there"];
const WELL: &[&str] = &[
    "safe", "safely", "ok", "all ok", "all good", "all fine", "all well", "fine", "and safe",
];

/// What is said, by its words.
static SAID: LazyLock<HashMap<&str, Verb>> = LazyLock::new(|| {
    let each = |(verb, sayings): &(Verb, &'static str)| {
        let verb = *verb;
        sayings.split(" | ").map(move |saying| (saying, verb))
    };
    SAYINGS.iter().flat_map(each).collect()
});

/// The words that a saying begins with, or a greeting before it.
static BEGINNINGS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let all = SAID.keys().chain(BEFORE);
    all.map(|words| words.split(' ').next().unwrap_or(words))
        .collect()
});

/// The command that a plain text says.
pub(super) fn said(plain: &str) -> Option<Verb> {
    SAID.get(plain).copied()
}

/// False where no beginning of this plain text is a saying, whatever stands around it.
pub(super) fn may_begin_saying(plain: &str) -> bool {
    let first = plain.split(' ').next().unwrap_or(plain);
    BEGINNINGS.contains(first)
}

/// Lower case, without apostrophes, emoji and punctuation.
pub(super) fn plain_text(text: &str) -> String {
    let low = text.chars().flat_map(char::to_lowercase);
    let spaced: String = low
        .filter(|c| *c != '\'')
        .map(|c| {
            if c.is_alphanumeric() || c == '?' {
                c
            } else {
                ' '
            }
        })
        .collect();
    single_spaced(&spaced)
}

/// Nothing but thanks.
pub(super) fn polite(words: &str) -> bool {
    strip_polite(&plain_text(words)).is_empty()
}

/// Without greetings and thanks; of a text that is nothing else, nothing is left.
pub(super) fn strip_polite(plain: &str) -> String {
    let mut rest = plain;
    loop {
        let before = rest;
        rest = POLITE.iter().fold(rest, |r, p| cut_end(r, p));
        rest = BEFORE.iter().fold(rest, |r, p| cut_start(r, p));
        if rest == before {
            return rest.to_owned();
        }
    }
}

/// Without "all ok" and the like behind it.
pub(super) fn strip_well(plain: &str) -> String {
    WELL.iter()
        .map(|well| cut_end(plain, well))
        .min_by_key(|rest| rest.len())
        .filter(|rest| !rest.is_empty())
        .unwrap_or(plain)
        .to_owned()
}

fn cut_end<'a>(text: &'a str, end: &str) -> &'a str {
    match text.strip_suffix(end) {
        Some("") => "",
        Some(rest) => rest.strip_suffix(' ').unwrap_or(text),
        None => text,
    }
}

fn cut_start<'a>(text: &'a str, start: &str) -> &'a str {
    match text.strip_prefix(start) {
        Some("") => "",
        Some(rest) => rest.strip_prefix(' ').unwrap_or(text),
        None => text,
    }
}
