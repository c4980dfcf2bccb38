//! A day as people write it: `tomorrow`, `Friday`, `3/3` (day first), `3 March`, `2026-03-03`.

use super::clean::Word;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use regex::Regex;
use std::sync::LazyLock;

/// A day, not yet seen from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// `today`, `tonight`.
    Today,
    /// `tomorrow`.
    Tomorrow,
    /// `Friday`: the next one; with `next` never today.
    Weekday(Weekday, bool),
    /// With its year.
    Date(NaiveDate),
    /// Day and month: the next such date.
    OfYear(u32, u32),
}

/// What a word that looks like a day turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadDay {
    /// A day.
    Is(Day),
    /// `31/2`; with the day that was perhaps meant.
    None(Option<Day>),
}

impl Day {
    /// As it is written in a line to send.
    pub fn text(self) -> String {
        match self {
            Self::Today => "today".to_owned(),
            Self::Tomorrow => "tomorrow".to_owned(),
            Self::Weekday(day, _) => long_name(day).to_owned(),
            Self::Date(date) => date.to_string(),
            Self::OfYear(day, month) => format!("{day}/{month}"),
        }
    }

    /// The date, seen from `today`; `over` says whether the times given have passed today already.
    pub fn date(self, today: NaiveDate, over: bool) -> Option<NaiveDate> {
        match self {
            Self::Today => Some(today),
            Self::Tomorrow => today.checked_add_days(Days::new(1)),
            Self::Weekday(day, next) => {
                let ahead = day.days_since(today.weekday());
                let ahead = if ahead == 0 && (next || over) {
                    7
                } else {
                    ahead
                };
                today.checked_add_days(Days::new(u64::from(ahead)))
            }
            Self::Date(date) => Some(date),
            Self::OfYear(day, month) => {
                let this = NaiveDate::from_ymd_opt(today.year(), month, day);
                // A date of last month is a mistake, not one of next year.
                let passed = this.is_some_and(|d| (today - d).num_days() > 180);
                if passed {
                    NaiveDate::from_ymd_opt(today.year() + 1, month, day)
                } else {
                    this
                }
            }
        }
    }
}

static ISO: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$").expect("a fixed pattern"));
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\d{1,2})(?:/(\d{1,2})(?:/(\d{4}|\d{2}))?|[-.](\d{1,2})[-.](\d{4}))$")
        .expect("a fixed pattern")
});
static ORDINAL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\d{1,2})(?:st|nd|rd|th)?$").expect("a fixed pattern"));

/// Reads a day at `at`. Returns it and what follows.
pub(super) fn day_at(words: &[Word<'_>], at: usize, today: NaiveDate) -> Option<(ReadDay, usize)> {
    let low = |i: usize| words.get(i).map_or("", |w| w.low.as_str());
    let found = match low(at) {
        "today" | "tonight" | "2day" | "tday" => Some((Day::Today, at + 1)),
        "tomorrow" | "tomorow" | "tommorow" | "tommorrow" | "tmrw" | "tmr" | "tomoz" | "2moro" => {
            Some((Day::Tomorrow, at + 1))
        }
        "next" => weekday(low(at + 1)).map(|d| (Day::Weekday(d, true), at + 2)),
        "this" => weekday(low(at + 1)).map(|d| (Day::Weekday(d, false), at + 2)),
        word => weekday(word).map(|d| (Day::Weekday(d, false), at + 1)),
    };
    if let Some((day, next)) = found {
        return Some((ReadDay::Is(day), next));
    }
    let word = low(at);
    if let Some(f) = ISO.captures(word) {
        return Some((dated(&f[3], &f[2], Some(&f[1]), today)?, at + 1));
    }
    // `1/2 hour` is a length.
    if let Some(f) = DAY_FIRST.captures(word)
        && !matches!(low(at + 1), "hour" | "hours" | "h" | "hr")
    {
        let month = f.get(2).or(f.get(4))?.as_str();
        let year = f.get(3).or(f.get(5)).map(|m| m.as_str());
        return Some((dated(&f[1], month, year, today)?, at + 1));
    }
    named_month(words, at, today)
}

/// `3 March`, `3rd of March 2026`, `March 3`.
fn named_month(words: &[Word<'_>], at: usize, today: NaiveDate) -> Option<(ReadDay, usize)> {
    let low = |i: usize| words.get(i).map_or("", |w| w.low.as_str());
    let (day, month, next) = if let Some(day) = ordinal(low(at)) {
        let after = if low(at + 1) == "of" { at + 2 } else { at + 1 };
        (day, month(low(after))?, after + 1)
    } else {
        let found = month(low(at))?;
        let the = if low(at + 1) == "the" { at + 2 } else { at + 1 };
        // `Mar 3-4pm` would be a time.
        if matches!(low(the + 1), "-" | "am" | "pm") {
            return None;
        }
        (ordinal(low(the))?, found, the + 1)
    };
    let year = low(next);
    let is_year =
        year.len() == 4 && year.starts_with("20") && year.bytes().all(|b| b.is_ascii_digit());
    // `3 March 2030-2130` has no year, but times.
    if is_year && !matches!(low(next + 1), "-" | "to" | "for" | "until" | "till") {
        let read = dated(&day.to_string(), &month.to_string(), Some(year), today)?;
        return Some((read, next + 1));
    }
    let read = dated(&day.to_string(), &month.to_string(), None, today)?;
    Some((read, next))
}

fn dated(day: &str, month: &str, year: Option<&str>, today: NaiveDate) -> Option<ReadDay> {
    let (day, month): (u32, u32) = (day.parse().ok()?, month.parse().ok()?);
    let year: Option<i32> = match year {
        Some(y) if y.len() == 2 => Some(2000 + y.parse::<i32>().ok()?),
        Some(y) => Some(y.parse().ok()?),
        None => None,
    };
    let exact = |d: u32, m: u32| NaiveDate::from_ymd_opt(year.unwrap_or(today.year()), m, d);
    Some(match (exact(day, month), year) {
        (Some(date), Some(_)) => ReadDay::Is(Day::Date(date)),
        (Some(_), None) => ReadDay::Is(Day::OfYear(day, month)),
        (None, _) => {
            // `3/13` was written month first; `31/2` means the end of February.
            let last = (28..=31).rev().find(|d| exact(*d, month).is_some());
            let meant = match last {
                None => exact(month, day).map(|_| (month, day)),
                Some(last) if day > last => Some((last, month)),
                Some(_) => None,
            };
            ReadDay::None(meant.map(|(d, m)| match year {
                Some(_) => exact(d, m).map_or(Day::OfYear(d, m), Day::Date),
                None => Day::OfYear(d, m),
            }))
        }
    })
}

fn ordinal(word: &str) -> Option<u32> {
    ORDINAL.captures(word)?[1].parse().ok()
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Mon,
        "tuesday" | "tue" | "tues" => Weekday::Tue,
        "wednesday" | "wed" | "weds" => Weekday::Wed,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thu,
        "friday" | "fri" => Weekday::Fri,
        "saturday" | "sat" => Weekday::Sat,
        "sunday" | "sun" => Weekday::Sun,
        _ => return None,
    })
}

fn long_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

fn month(word: &str) -> Option<u32> {
    let names = [
        ["january", "jan"],
        ["february", "feb"],
        ["march", "mar"],
        ["april", "apr"],
        ["may", "may"],
        ["june", "jun"],
        ["july", "jul"],
        ["august", "aug"],
        ["september", "sept"],
        ["october", "oct"],
        ["november", "nov"],
        ["december", "dec"],
    ];
    if word == "sep" {
        return Some(9);
    }
    let at = names.iter().position(|n| n.contains(&word))?;
    u32::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::super::clean::words;
    use super::*;

    #[test]
    fn days() {
        // A Monday.
        let today = NaiveDate::from_ymd_opt(2026, 3, 2).expect("a date");
        for (text, want) in [
            ("today", Some("2026-03-02")),
            ("tomorrow", Some("2026-03-03")),
            ("monday", Some("2026-03-02")),
            ("next monday", Some("2026-03-09")),
            ("fri", Some("2026-03-06")),
            ("2026-03-03", Some("2026-03-03")),
            ("3/3", Some("2026-03-03")),
            ("3/3/26", Some("2026-03-03")),
            ("03/03/2026", Some("2026-03-03")),
            ("3 March", Some("2026-03-03")),
            ("3rd of March 2026", Some("2026-03-03")),
            ("March 3", Some("2026-03-03")),
            ("3 mar", Some("2026-03-03")),
            ("1/1", Some("2026-01-01")),
            ("1 March 2030 - 2130", Some("2026-03-01")),
            ("14:00", None),
            ("lcs1234", None),
            ("31/2", None),
        ] {
            let got = match day_at(&words(text), 0, today) {
                Some((ReadDay::Is(day), _)) => day.date(today, false).map(|d| d.to_string()),
                _ => None,
            };
            assert_eq!(got.as_deref(), want, "{text}");
        }
        let none = |text: &str| day_at(&words(text), 0, today).map(|(read, _)| read);
        assert_eq!(none("31/2"), Some(ReadDay::None(Some(Day::OfYear(28, 2)))));
        assert_eq!(none("3/13"), Some(ReadDay::None(Some(Day::OfYear(13, 3)))));
        assert_eq!(none("45/45"), Some(ReadDay::None(None)));
    }
}
