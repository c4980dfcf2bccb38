//! `/extend`, `/cancel`, `/help`.

use super::Listening;
use super::clean::{Word, words};
use super::clock::{Read, clock_at, time_at};
use super::glued::extension;
use super::length::length_at;
use super::moment::LONGEST_MINUTES;
use super::personal::{full_name_at, plainly_personal};
use super::reference::{attempt_at, reference_at};
use super::span::colons;
use super::table::{find, nearest};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{Command, Extension};
use chrono::Duration;

/// Reads what stands behind `/extend`. `strict` allows no other words.
pub(super) fn extend(text: &str, strict: bool, ctx: &Listening<'_>) -> Result<Command, Bad> {
    let text = &colons(text);
    let all = words(text);
    let mut reference = None;
    let mut to = None;
    let mut why = None;
    let mut at = 0;
    while at < all.len() {
        if let Some((found, next)) = reference_at(&all, at, ctx) {
            reference.get_or_insert(found);
            at = next;
        } else if let Some(token) = attempt_at(&all, at) {
            why.get_or_insert(Why::UnknownReference { token });
            at += 1;
        } else if let Some((amount, next)) = amount_at(&all, at, ctx) {
            match amount {
                Ok(amount) if to.as_ref().is_none_or(|before| *before == amount) => {
                    to = Some(amount)
                }
                Ok(_) => drop(why.get_or_insert(Why::TwoTimes)),
                Err(bad) => drop(why.get_or_insert(bad)),
            }
            at = next;
        } else {
            let odd = all[at].low.contains(|c: char| c.is_ascii_digit());
            if odd || (strict && !small(&all[at].low)) {
                why.get_or_insert(Why::NotUnderstood);
            }
            at += 1;
        }
    }
    let amount = to.as_ref().filter(|_| why != Some(Why::TwoTimes));
    let line = amount.map_or("/extend 30m".to_owned(), |to| extension(to, ctx));
    let fix = match &reference {
        Some(reference) => format!("{line} {reference}"),
        None => line,
    };
    let named = (0..all.len()).any(|at| full_name_at(&all, at, ctx.people));
    if named || plainly_personal(text, &all) {
        return Err(Bad::with_fix(Why::Personal, fix));
    }
    match (to, why) {
        (_, Some(why)) => Err(Bad::with_fix(why, fix)),
        (None, None) => Err(Bad::with_fix(Why::NoAmount, fix)),
        (Some(to), None) => Ok(Command::Extend { reference, to }),
    }
}

fn small(word: &str) -> bool {
    matches!(
        word,
        "" | "by"
            | "for"
            | "the"
            | "visit"
            | "my"
            | "please"
            | "pls"
            | "more"
            | "another"
            | "extra"
            | "thanks"
            | "it"
            | "to"
            | "and"
            | "time"
            | "end"
            | "longer"
            | "a"
            | "an"
    )
}

/// By how much, or until when, at `at`.
fn amount_at(
    words: &[Word<'_>],
    at: usize,
    ctx: &Listening<'_>,
) -> Option<(Result<Extension, Why>, usize)> {
    let low = |i: usize| words.get(i).map_or("", |w| w.low.as_str());
    let until = matches!(low(at), "until" | "till" | "til" | "untill" | "to");
    if until && let Some((read, next)) = time_at(words, at + 1) {
        let token = low(at + 1).to_owned();
        return Some((until_clock(read, token, true, ctx), next));
    }
    let more = |next: usize| {
        if matches!(low(next), "more" | "extra" | "longer") {
            next + 1
        } else {
            next
        }
    };
    if let Some((minutes, next)) = length_at(words, at) {
        return Some((sized(minutes), more(next)));
    }
    let word = low(at);
    let plain = (1..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    if plain {
        let minutes: i64 = word.parse().ok()?;
        let past_more = more(at + 1);
        let unit = matches!(low(past_more), "m" | "min" | "mins" | "minute" | "minutes");
        let hours = matches!(low(past_more), "h" | "hour" | "hours");
        let factor = if hours { 60 } else { 1 };
        let next = if unit || hours {
            past_more + 1
        } else {
            past_more
        };
        return Some((sized(minutes * factor), next));
    }
    // `300h` is a length that is too long, not three o'clock.
    let hours = word.strip_suffix('h').filter(|count| count.len() == 3);
    if hours.is_some_and(|count| count.bytes().all(|b| b.is_ascii_digit())) {
        return Some((Err(Why::TooLong), at + 1));
    }
    let (read, next) = clock_at(words, at, false)?;
    Some((until_clock(read, word.to_owned(), false, ctx), next))
}

fn sized(minutes: i64) -> Result<Extension, Why> {
    match minutes {
        ..1 => Err(Why::NoAmount),
        1..=LONGEST_MINUTES => Ok(Extension::Minutes(minutes)),
        _ => Err(Why::TooLong),
    }
}

fn until_clock(
    read: Read,
    token: String,
    said_until: bool,
    ctx: &Listening<'_>,
) -> Result<Extension, Why> {
    let Read::Is(clock) = read else {
        return Err(Why::NotATime { token });
    };
    let end = ctx.moment().next(clock).ok_or(Why::Past)?;
    // `/extend 1:30` said at two may be an hour and a half.
    if !said_until && clock.loose && end - ctx.now > Duration::hours(4) {
        return Err(Why::NoAmount);
    }
    Ok(Extension::Until(end))
}

/// Reads what stands behind `/along`.
pub(super) fn along(text: &str, ctx: &Listening<'_>) -> Result<Command, Bad> {
    let reference = one_reference(text, "along", ctx)?;
    Ok(Command::Along { reference })
}

/// Reads what stands behind `/approve`.
pub(super) fn approve(text: &str, ctx: &Listening<'_>) -> Result<Command, Bad> {
    let reference = one_reference(text, "approve", ctx)?;
    Ok(Command::Approve { reference })
}

fn one_reference(text: &str, name: &str, ctx: &Listening<'_>) -> Result<Option<String>, Bad> {
    let all = words(text);
    if all.is_empty() {
        return Ok(None);
    }
    let fix = format!("/{name} {}", ctx.reference_example);
    match reference_at(&all, 0, ctx) {
        Some((reference, next)) if next == all.len() => Ok(Some(reference)),
        // "not LCS1234, I do not agree" is no agreement.
        Some(_) => Err(Bad::with_fix(Why::NotUnderstood, fix)),
        None => Err(Bad::with_fix(
            match attempt_at(&all, 0) {
                Some(token) => Why::UnknownReference { token },
                None => Why::NotUnderstood,
            },
            fix,
        )),
    }
}

/// Reads what stands behind `/cancel`.
pub(super) fn cancel(text: &str, strict: bool, ctx: &Listening<'_>) -> Result<Command, Bad> {
    let all = words(text);
    let mut reference: Option<String> = None;
    let mut at = 0;
    while at < all.len() {
        if let Some((found, next)) = reference_at(&all, at, ctx) {
            if reference.as_ref().is_some_and(|before| *before != found) {
                return Err(Bad::with_fix(
                    Why::TwoReferences,
                    format!("/cancel {found}"),
                ));
            }
            reference = Some(found);
            at = next;
            continue;
        }
        let fix = format!("/cancel {}", ctx.reference_example);
        if let Some(token) = attempt_at(&all, at) {
            return Err(Bad::with_fix(Why::UnknownReference { token }, fix));
        }
        if strict && !small(&all[at].low) {
            return Err(Bad::with_fix(Why::NotUnderstood, fix));
        }
        at += 1;
    }
    // Without a reference, other words may have been meant to say which visit.
    let named = (0..all.len()).any(|at| full_name_at(&all, at, ctx.people));
    if reference.is_none() && (named || plainly_personal(text, &all)) {
        let fix = format!("/cancel {}", ctx.reference_example);
        return Err(Bad::with_fix(Why::Personal, fix));
    }
    Ok(Command::Cancel { reference })
}

/// The command that help is asked about: by its name, an alias, or nearly.
pub(super) fn topic(text: &str) -> Option<String> {
    let plain = text.trim_start_matches(['/', '!', ' ']).to_lowercase();
    let joined: String = plain.split_whitespace().take(2).collect();
    let first = plain.split_whitespace().next()?;
    if first == "more" {
        return Some("more".to_owned());
    }
    if first == "responders" || first == "responder" {
        return Some("responders".to_owned());
    }
    let known = find(&joined).or_else(|| find(first)).map(|c| c.name);
    known.or_else(|| nearest(first)).map(str::to_owned)
}
