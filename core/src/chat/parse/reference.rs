//! References: identifiers from which person and address can be found, never a name or an address.

use super::Listening;
use super::clean::Word;
use crate::domain::shift::{NEW, is_new};
use regex::Regex;
use std::sync::LazyLock;

/// Letters and digits that look like an attempt at a reference.
static ATTEMPT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[A-Z]{1,6}-?[0-9]{1,8}[A-Z]?$").expect("a fixed pattern"));
/// The same, but long enough to be meant as one among free words (not `M4`, not `B12`).
static CLEAR_ATTEMPT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[A-Z]{2,6}-?[0-9]{2,8}$").expect("a fixed pattern"));

/// The reference at `at` by the team's pattern, upper case, and what follows. `LCS 1234` and `LCS-1234`
/// are `LCS1234`.
pub(super) fn reference_at(
    words: &[Word<'_>],
    at: usize,
    ctx: &Listening<'_>,
) -> Option<(String, usize)> {
    let word = upper(words, at)?;
    if let Some(found) = fitting(&word, ctx) {
        return Some((found, at + 1));
    }
    if let Some(found) = new_at(words, at, ctx).filter(|_| at == 0 || plainly_new(&words[at])) {
        return Some((found, at + 1));
    }
    let next = upper(words, at + 1)?;
    let letters = word.len() <= 6 && word.bytes().all(|b| b.is_ascii_uppercase());
    let digits = next.len() <= 8 && next.bytes().all(|b| b.is_ascii_digit());
    let both =
        fitting(&format!("{word}{next}"), ctx).filter(|_| letters && digits && !word.is_empty());
    both.map(|found| (found, at + 2))
}

/// `NEW` or `NEW2` at `at`: a visit to somebody who has no reference yet, where the team has such visits.
pub(super) fn new_at(words: &[Word<'_>], at: usize, ctx: &Listening<'_>) -> Option<String> {
    upper(words, at)
        .filter(|_| ctx.new_visits)
        .and_then(|word| new_word(&word))
}

/// `NEW`, `NEW2`, `NEW-2`; the first may be called `NEW1`.
pub(super) fn new_word(word: &str) -> Option<String> {
    let digits = word.strip_prefix(NEW)?.trim_start_matches('-');
    match digits {
        "" | "1" => Some(NEW.to_owned()),
        _ if digits.starts_with('0') => None,
        _ => Some(format!("{NEW}{digits}")).filter(|name| is_new(name)),
    }
}

/// Written as a reference is, and not as the word in a sentence: `NEW`, `new2`.
pub(super) fn plainly_new(word: &Word<'_>) -> bool {
    let lower = word.raw.chars().any(char::is_lowercase);
    !lower || word.low.contains(|c: char| c.is_ascii_digit())
}

/// Something like a reference at `at`, upper case.
pub(super) fn attempt_at(words: &[Word<'_>], at: usize) -> Option<String> {
    upper(words, at).filter(|w| ATTEMPT.is_match(w))
}

/// Something that can hardly be anything but a reference.
pub(super) fn clear_attempt_at(words: &[Word<'_>], at: usize) -> Option<String> {
    upper(words, at).filter(|w| CLEAR_ATTEMPT.is_match(w))
}

/// The same for a next place, which may be written `LCS 77`; with what follows.
pub(super) fn loose_attempt_at(words: &[Word<'_>], at: usize) -> Option<(String, usize)> {
    if let Some(found) = attempt_at(words, at) {
        return Some((found, at + 1));
    }
    let (letters, digits) = (upper(words, at)?, upper(words, at + 1)?);
    let apart = letters.bytes().all(|b| b.is_ascii_uppercase())
        && digits.bytes().all(|b| b.is_ascii_digit());
    let both = format!("{letters}{digits}");
    (apart && ATTEMPT.is_match(&both)).then_some((both, at + 2))
}

/// Letters that the team's references begin with, and more digits than those have: `LCS123456789`.
pub(super) fn too_long_at(words: &[Word<'_>], at: usize, ctx: &Listening<'_>) -> Option<String> {
    let word = upper(words, at)?;
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = word.len() - letters.len();
    let known = letters_known(letters.trim_end_matches('-'), ctx);
    ((1..=14).contains(&digits) && known).then_some(word)
}

/// `LCS`, where `LCS1234` is a reference of the team.
pub(super) fn letters_known(letters: &str, ctx: &Listening<'_>) -> bool {
    let plain =
        (1..=6).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_alphabetic());
    let upper = letters.to_uppercase();
    plain && (1..=8).any(|n| fitting(&format!("{upper}{}", "1".repeat(n)), ctx).is_some())
}

fn upper(words: &[Word<'_>], at: usize) -> Option<String> {
    Some(words.get(at)?.low.trim_start_matches('#').to_uppercase())
}

fn fitting(word: &str, ctx: &Listening<'_>) -> Option<String> {
    if word.is_empty() || word.len() > 20 {
        return None;
    }
    if ctx.reference.is_match(word) {
        return Some(word.to_owned());
    }
    let plain = word.replacen('-', "", 1);
    ctx.reference.is_match(&plain).then_some(plain)
}
