//! Check-ins: `/left LCS1234 14:50 words`, and when something happened that is told late.

use super::Listening;
use super::clean::{Word, join, words};
use super::clock::{Clock, Read, clock_at, spoken_at};
use super::length::length_at;
use super::moment::LONGEST_MINUTES;
use super::personal::{full_name_at, plainly_personal, postcode_at};
use super::reference::{clear_attempt_at, new_at, plainly_new, reference_at};
use super::span::colons;
use crate::chat::bad::{Bad, Why};
use crate::domain::command::Told;
use crate::domain::shift::is_new;
use chrono::{DateTime, Days, Duration, Timelike, Utc};

/// A time this much ahead is a clock that goes differently, not a promise.
const AHEAD: Duration = Duration::minutes(2);

/// Reads what stands behind `/left` and the like. `name` is the command, for the line to send. With a name or
/// an address it counts all the same, and only reference and time are kept of it.
pub(super) fn told(text: &str, name: &str, ctx: &Listening<'_>) -> Result<Told, Bad> {
    let text = &colons(text);
    let all = words(text);
    if plainly_personal(text, &all) {
        return privately(&all, name, ctx).map(|(told, _)| told);
    }
    let mut at = 0;
    let mut told = Told::default();
    while at < all.len() {
        if told.reference.is_none() {
            if let Some((found, next)) = visit_at(&all, at, ctx) {
                told.reference = Some(found);
                at = next;
                continue;
            }
            if let Some(token) = clear_attempt_at(&all, at) {
                return Err(Bad::with_fix(
                    Why::UnknownReference { token },
                    format!("/{name}"),
                ));
            }
        }
        if told.at.is_none()
            && let Some((moment, next)) = moment_at(&all, at, true, ctx)
        {
            let line = match &told.reference {
                Some(reference) => format!("/{name} {reference}"),
                None => format!("/{name}"),
            };
            told.at = Some(moment.map_err(|why| Bad::with_fix(why, line))?);
            at = next;
            continue;
        }
        if !filler(&all, at, ctx) {
            break;
        }
        at += 1;
    }
    if full_name_at(&all, at, ctx.people) {
        return privately(&all, name, ctx).map(|(told, _)| told);
    }
    told.words = join(&all, at);
    Ok(told)
}

/// A visit's reference at `at`. `new` is one where a time or nothing follows: `/left new keys at the desk` is no `NEW`.
fn visit_at(words: &[Word<'_>], at: usize, ctx: &Listening<'_>) -> Option<(String, usize)> {
    let known = reference_at(words, at, ctx);
    let known = known.or_else(|| Some((new_at(words, at, ctx)?, at + 1)));
    known.filter(|(found, next)| {
        let alone = *next == words.len() || moment_at(words, *next, true, ctx).is_some();
        !is_new(found) || plainly_new(&words[at]) || alone
    })
}

/// True where nothing of a text is free words: a reference, a time, a postcode.
pub(super) fn nothing_else(text: &str, ctx: &Listening<'_>) -> bool {
    let text = &colons(text);
    privately(&words(text), "", ctx).is_ok_and(|(_, rest)| rest == 0)
}

/// The reference and the time among words that are to be forgotten, and how many those are.
fn privately(all: &[Word<'_>], name: &str, ctx: &Listening<'_>) -> Result<(Told, usize), Bad> {
    let mut told = Told {
        personal: true,
        ..Told::default()
    };
    let (mut at, mut rest) = (0, 0);
    while at < all.len() {
        if let Some(next) = postcode_at(all, at) {
            at = next;
        } else if let Some((found, next)) = visit_at(all, at, ctx) {
            told.reference.get_or_insert(found);
            at = next;
        } else if told.reference.is_none() && clear_attempt_at(all, at).is_some() {
            // Another visit must not be ended by a slip.
            return Err(Bad::with_fix(Why::Personal, format!("/{name}")));
        } else if let Some(next) = clearly(all, at, &mut told, ctx) {
            at = next;
        } else {
            at += 1;
            rest += 1;
        }
    }
    Ok((told, rest))
}

/// A time that is no number of a house: `14:50`, `2pm`, `10 min ago`.
fn clearly(all: &[Word<'_>], at: usize, told: &mut Told, ctx: &Listening<'_>) -> Option<usize> {
    let (moment, next) = moment_at(all, at, false, ctx)?;
    let sure = all[at..next]
        .iter()
        .any(|word| word.low.contains([':', '.', 'm']));
    let moment = moment.ok().filter(|_| sure && told.at.is_none())?;
    told.at = Some(moment);
    Some(next)
}

/// Small words, only where a reference or a time comes behind them.
fn filler(words: &[Word<'_>], at: usize, ctx: &Listening<'_>) -> bool {
    let small = |i: usize| {
        words.get(i).is_some_and(|w| {
            matches!(
                w.low.as_str(),
                "" | "-"
                    | "the"
                    | "visit"
                    | "from"
                    | "at"
                    | "for"
                    | "just"
                    | "now"
                    | "safely"
                    | "today"
            )
        })
    };
    let mut next = at;
    while small(next) {
        next += 1;
    }
    let found = visit_at(words, next, ctx).is_some() || moment_at(words, next, true, ctx).is_some();
    next > at && (next == words.len() || found)
}

/// A moment of the past at `at`: `14:50`, `at 2` (with `hour_alone`), `10 min ago`, and what follows it.
fn moment_at(
    words: &[Word<'_>],
    at: usize,
    hour_alone: bool,
    ctx: &Listening<'_>,
) -> Option<(Result<DateTime<Utc>, Why>, usize)> {
    let led = words
        .get(at)
        .is_some_and(|w| matches!(w.low.as_str(), "at" | "@" | "around" | "about" | "since"));
    let from = if led { at + 1 } else { at };
    if let Some((minutes, next)) = length_at(words, from)
        && words.get(next).is_some_and(|w| w.low == "ago")
    {
        let moment = if (0..=LONGEST_MINUTES).contains(&minutes) {
            Ok(ctx.now - Duration::minutes(minutes))
        } else {
            Err(Why::TooLongAgo)
        };
        return Some((moment, next + 1));
    }
    if let Some((clock, next)) = spoken_at(words, from) {
        return Some((past(clock, ctx), next));
    }
    let (read, next) = clock_at(words, from, false)?;
    match read {
        Read::Is(clock) if clock.hour_only && !clock.half && !(led && hour_alone) => None,
        Read::Is(clock) => Some((past(clock, ctx), next)),
        Read::Wrong => {
            let token = words.get(from).map_or("", |w| w.low.as_str());
            let dotted = token.contains([':', '.']);
            // `/left 2575 ...` may be any number.
            let wrong = Err(Why::NotATime {
                token: token.to_owned(),
            });
            (led || dotted).then_some((wrong, next))
        }
    }
}

/// The last time that a clock showed this: today, or in the small hours yesterday evening.
fn past(clock: Clock, ctx: &Listening<'_>) -> Result<DateTime<Utc>, Why> {
    let here = ctx.moment();
    let today = here.today();
    let latest = |date, from_hour: u32| {
        let times = clock
            .readings()
            .into_iter()
            .filter(move |t| t.hour() >= from_hour);
        times
            .filter_map(|t| here.at(chrono::NaiveDate::and_time(&date, t)))
            .filter(|t| *t <= ctx.now + AHEAD)
            .max()
    };
    let found = latest(today, 0).or_else(|| {
        let yesterday = today.checked_sub_days(Days::new(1))?;
        if here.local().hour() < 6 {
            latest(yesterday, 18)
        } else {
            None
        }
    });
    found.map(|t| t.min(ctx.now)).ok_or(Why::StillToCome)
}
