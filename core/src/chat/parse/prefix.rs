//! Is it addressed to the bot, and which command is it?

use super::clean::clean;
use super::table::{CommandInfo, find};

/// How a text turns to the bot. The rest is without the prefix.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address<'a> {
    /// `/visit`, `//visit`, `! visit`, `lonewatch: visit`, `@lonewatch visit`.
    Command {
        /// What follows.
        rest: &'a str,
        /// Addressed by name.
        mention: bool,
        /// A space after the slash: rather a loose thought than a command, where it is unknown.
        spaced: bool,
    },
    /// `lonewatch visit ...`: perhaps talk *about* the bot.
    Loose(&'a str),
    /// Nothing of the kind.
    Bare,
}

/// Takes the prefix off a cleaned text.
pub(super) fn address<'a>(text: &'a str, bot_names: &[String]) -> Address<'a> {
    if let Some((rest, spaced)) = slash(text) {
        return Address::Command {
            rest,
            mention: false,
            spaced,
        };
    }
    if !bot_names.iter().any(|name| may_be_named(text, name)) {
        return Address::Bare;
    }
    let mut names: Vec<String> = bot_names
        .iter()
        .map(|n| clean(n.trim_start_matches('@')))
        .filter(|n| !n.is_empty())
        .collect();
    // `@lonewatch:localhost` before `lonewatch`.
    names.sort_by_key(|n| std::cmp::Reverse(n.len()));
    names
        .iter()
        .find_map(|name| named(text, name))
        .unwrap_or(Address::Bare)
}

/// False where a text plainly does not begin with this name.
fn may_be_named(text: &str, name: &str) -> bool {
    let first = |text: &str| text.trim_start_matches('@').bytes().next();
    match (first(text), first(name)) {
        (Some(one), Some(other))
            if one.is_ascii_alphanumeric() && other.is_ascii_alphanumeric() =>
        {
            one.eq_ignore_ascii_case(&other)
        }
        (one, _) => one.is_some(),
    }
}

fn slash(text: &str) -> Option<(&str, bool)> {
    let after = text.trim_start_matches(['/', '!']);
    if after.len() == text.len() {
        return None;
    }
    let rest = after.trim_start();
    Some((rest, rest.len() < after.len()))
}

fn named<'a>(text: &'a str, name: &str) -> Option<Address<'a>> {
    let plain = text.strip_prefix('@').unwrap_or(text);
    let at = plain.len() < text.len();
    let head = plain.get(..name.len())?;
    if head.to_lowercase() != name.to_lowercase() {
        return None;
    }
    let after = &plain[name.len()..];
    // `@lonewatch:example.org`, whatever the server is called.
    let server = after.strip_prefix(':').filter(|_| at);
    let server = server.map(|rest| rest.split([' ', ',']).next().unwrap_or(rest));
    let server = server.filter(|name| name.contains(['.', ':']) || *name == "localhost");
    let after = server.map_or(after, |name| &after[name.len() + 1..]);
    let rest = after.trim_start_matches([':', ',', ' ']);
    let rest = slash(rest).map_or(rest, |(rest, _)| rest);
    if after.starts_with([':', ',']) || (at && (after.is_empty() || after.starts_with(' '))) {
        Some(Address::Command {
            rest,
            mention: true,
            spaced: false,
        })
    } else if after.starts_with(' ') {
        Some(Address::Loose(rest))
    } else {
        None
    }
}

/// The first word of a command.
#[derive(Debug)]
pub(super) struct Head<'a> {
    /// The command, where it is one.
    pub found: Option<&'static CommandInfo>,
    /// The word itself, without punctuation.
    pub word: &'a str,
    /// What follows it.
    pub rest: &'a str,
    /// `/visit?` asks how it is used.
    pub question: bool,
}

/// Splits the command's word off. `no answer`, `stand down` and `ring me` are one word.
pub(super) fn head(text: &str) -> Head<'_> {
    let (first, after) = text.split_once(' ').unwrap_or((text, ""));
    let (second, tail) = after.split_once(' ').unwrap_or((after, ""));
    let second_bare = second.trim_end_matches([',', '.', ':', ';', '!', '?']);
    let both = format!("{first}{second_bare}").to_lowercase();
    if matches!(
        both.as_str(),
        "noanswer" | "standdown" | "stooddown" | "ringme" | "callme" | "phoneme" | "noreply"
    ) && !second.is_empty()
    {
        return Head {
            found: find(&both),
            word: first,
            rest: tail,
            question: second.ends_with('?'),
        };
    }
    let run = run_of(text, |c| c.is_alphanumeric() || "-_'".contains(c));
    let letters = run_of(text, char::is_alphabetic);
    let after_run = &text[run.len()..];
    let ends = after_run.is_empty() || after_run.starts_with([' ', ',', '.', ':', ';', '!', '?']);
    if let Some(found) = find(run).filter(|_| ends) {
        return Head {
            found: Some(found),
            word: run,
            rest: after_run.trim_start_matches([' ', ',', '.', ':', ';', '!', '?']),
            question: after_run.starts_with('?'),
        };
    }
    // `/extend30m`
    let after_letters = &text[letters.len()..];
    let glued = after_letters.starts_with(|c: char| c.is_ascii_digit());
    if let Some(found) = find(letters).filter(|_| glued) {
        return Head {
            found: Some(found),
            word: letters,
            rest: after_letters,
            question: false,
        };
    }
    Head {
        found: None,
        word: first.trim_end_matches([',', '.', ':', ';', '!', '?']),
        rest: after,
        question: false,
    }
}

fn run_of(text: &str, wanted: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !wanted(c)).unwrap_or(text.len());
    &text[..end]
}
