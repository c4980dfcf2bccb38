//! Words about the time of a sighting: days of the past, and what is no time but speaks of one.

use super::Listening;
use super::clean::Word;
use super::clock::{Read, clock_at};
use super::day::{Day, ReadDay, day_at};
use super::length::{length_at, number};
use super::personal::street_word;
use chrono::{Datelike, Days, NaiveDate};

/// A day of the past, not yet seen from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PastDay {
    /// `today`.
    Today,
    /// `yesterday`, `3 days ago`.
    Ago(u64),
    /// `Friday`: the last one, which may be today.
    Weekday(chrono::Weekday),
    /// With or without its year; none where there is no such day.
    Date(Option<NaiveDate>),
}

impl PastDay {
    /// The dates that it can mean, the likeliest first.
    pub fn dates(self, today: NaiveDate) -> Vec<NaiveDate> {
        let ago = |days: u64| today.checked_sub_days(Days::new(days));
        let all = match self {
            Self::Today => vec![Some(today)],
            Self::Ago(days) => vec![ago(days)],
            Self::Weekday(day) => {
                let back = u64::from(today.weekday().days_since(day));
                if back == 0 {
                    vec![ago(0), ago(7)]
                } else {
                    vec![ago(back)]
                }
            }
            Self::Date(date) => vec![date],
        };
        all.into_iter().flatten().collect()
    }
}

pub(super) fn leads(word: &str) -> bool {
    matches!(
        word,
        "at" | "@"
            | "around"
            | "about"
            | "approx"
            | "approximately"
            | "circa"
            | "roughly"
            | "nearly"
            | "since"
            | "on"
    )
}

pub(super) fn is_ago(word: &str) -> bool {
    matches!(word, "ago" | "back" | "earlier")
}

/// Words that number things other than hours.
pub(super) fn numbered(word: &str) -> bool {
    matches!(
        word,
        "pc" | "dc"
            | "ps"
            | "ds"
            | "wpc"
            | "pcso"
            | "sgt"
            | "officer"
            | "collar"
            | "badge"
            | "number"
            | "no"
            | "nr"
            | "log"
            | "ref"
            | "reference"
            | "unit"
            | "bus"
            | "train"
            | "car"
            | "room"
            | "flat"
            | "house"
            | "id"
            | "code"
            | "ward"
            | "taxi"
    )
}

/// `2 days ago`, `yesterday`.
pub(super) fn days_ago(all: &[Word<'_>], at: usize) -> Option<(u64, usize)> {
    let low = |i: usize| all.get(i).map_or("", |w| w.low.as_str());
    if matches!(low(at), "yesterday" | "yday" | "yest") {
        return Some((1, at + 1));
    }
    let count = number(low(at))?;
    let days = matches!(low(at + 1), "day" | "days") && is_ago(low(at + 2));
    (days && (1.0..=99.0).contains(&count)).then_some((count as u64, at + 3))
}

/// A day at `at`. Short names that are also words (`sat`, `sun`) need an `on` or a time beside them.
pub(super) fn past_day(
    all: &[Word<'_>],
    at: usize,
    ctx: &Listening<'_>,
) -> Option<(PastDay, usize)> {
    let low = |i: usize| all.get(i).map_or("", |w| w.low.as_str());
    let today = ctx.moment().today();
    let from = if matches!(low(at), "last" | "on" | "this") {
        at + 1
    } else {
        at
    };
    let (read, next) = day_at(all, from, today)?;
    let word = matches!(low(from), "sat" | "sun" | "wed" | "mon" | "fri");
    let timed = |i: usize| clock_at(all, i, false).is_some_and(|(read, _)| read != Read::Wrong);
    let before = at.checked_sub(1).is_some_and(|i| leads(low(i)) || timed(i));
    if word && from == at && !before && !timed(next) {
        return None;
    }
    let day = match read {
        ReadDay::Is(Day::Today) => PastDay::Today,
        ReadDay::Is(Day::Weekday(day, _)) => PastDay::Weekday(day),
        ReadDay::Is(day) => PastDay::Date(day.date(today, false)),
        ReadDay::None(_) => PastDay::Date(None),
    };
    Some((day, next))
}

pub(super) fn street_behind(all: &[Word<'_>], at: usize) -> bool {
    let near = all.iter().skip(at).take(4).take_while(|w| !leads(&w.low));
    near.into_iter().any(|w| street_word(&w.low))
}

/// A word about time that names no time. Better one question too many.
pub(super) fn vague(all: &[Word<'_>], at: usize) -> bool {
    let low = |i: usize| all.get(i).map_or("", |w| w.low.as_str());
    let lasts = at.checked_sub(1).is_some_and(|i| low(i) == "for");
    let last =
        low(at) == "last" && matches!(low(at + 1), "seen" | "time" | "week" | "month" | "year");
    let word = matches!(
        low(at),
        "ago"
            | "earlier"
            | "early"
            | "before"
            | "after"
            | "since"
            | "until"
            | "till"
            | "recently"
            | "previously"
            | "lunch"
            | "lunchtime"
            | "dinner"
            | "dinnertime"
            | "bedtime"
            | "week"
            | "weekend"
            | "month"
            | "oclock"
            | "o'clock"
    );
    word || last || (!lasts && length_at(all, at).is_some())
}
