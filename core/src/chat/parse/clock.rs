//! A time of day as people write it: `14:00`, `14.00`, `1400`, `2pm`, `2:30 pm`, `noon`.

use super::clean::Word;
use super::length::number;
use chrono::NaiveTime;
use regex::Regex;
use std::sync::LazyLock;

/// A time of day, perhaps not yet sure whether morning or afternoon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// 0 to 23, as read in 24 hours.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// It could be the other half of the day as well: `2`, `2:30`.
    pub loose: bool,
    /// Only an hour was written.
    pub hour_only: bool,
    /// `am` or `pm` was written (or noon, midnight).
    pub half: bool,
}

/// What a word that looks like a time turns out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A time.
    Is(Clock),
    /// `25:00`.
    Wrong,
}

impl Clock {
    /// A time in 24 hours, for certain.
    pub fn sure(hour: u32, minute: u32) -> Self {
        Self {
            hour,
            minute,
            loose: false,
            hour_only: false,
            half: false,
        }
    }

    /// As 24 hours.
    pub fn literal(self) -> NaiveTime {
        NaiveTime::from_hms_opt(self.hour, self.minute, 0).unwrap_or(NaiveTime::MIN)
    }

    /// The times of day that it can mean, the literal one first.
    pub fn readings(self) -> Vec<NaiveTime> {
        let mut all = vec![self.literal()];
        if self.loose {
            let other = Self {
                hour: (self.hour + 12) % 24,
                ..self
            };
            all.push(other.literal());
        }
        all
    }
}

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\d{1,2})(?:[:.h]?(\d{2}))?(?::00)?(am|pm|noon|midnight|oclock|h|hrs)?$")
        .expect("a fixed pattern")
});

/// Reads one word. `930` counts only beside a dash or the like (`range`), where it cannot be a number.
pub(super) fn read(word: &str, range: bool) -> Option<Read> {
    match word {
        "noon" | "midday" => return Some(Read::Is(half(12, 0))),
        "midnight" => return Some(Read::Is(half(0, 0))),
        _ => {}
    }
    let dotted = word.replace("a.m", "am").replace("p.m", "pm");
    let found = CLOCK.captures(dotted.trim_end_matches('.'))?;
    let (hours, minutes) = (&found[1], found.get(2).map(|m| m.as_str()));
    let suffix = found.get(3).map(|m| m.as_str());
    // `1h30` is a length, `14h00-15h00` are times.
    if dotted.contains('h') && !range && minutes.is_some() && suffix.is_none() {
        return None;
    }
    let digits_only = !dotted.contains([':', '.', 'h']);
    let count = dotted.bytes().filter(u8::is_ascii_digit).count();
    if digits_only && count == 3 && !range && suffix.is_none() {
        return None;
    }
    // `2h` is a length.
    if matches!(suffix, Some("h" | "hrs")) && minutes.is_none() {
        return None;
    }
    let hour: u32 = hours.parse().ok()?;
    let minute: u32 = minutes.unwrap_or("0").parse().ok()?;
    Some(settle(hour, minute, suffix, minutes.is_none(), {
        hours.starts_with('0') || (digits_only && count == 4)
    }))
}

fn settle(hour: u32, minute: u32, suffix: Option<&str>, hour_only: bool, padded: bool) -> Read {
    if minute > 59 {
        return Read::Wrong;
    }
    match suffix {
        Some("am" | "midnight") if (1..=12).contains(&hour) => Read::Is(half(hour % 12, minute)),
        Some("pm" | "noon") if (1..=12).contains(&hour) => Read::Is(half(hour % 12 + 12, minute)),
        // `14:00pm` is clear enough.
        Some("pm") if (13..=23).contains(&hour) => Read::Is(half(hour, minute)),
        Some("am" | "pm" | "noon" | "midnight") => Read::Wrong,
        _ if hour == 24 && minute == 0 => Read::Is(Clock::sure(0, 0)),
        _ if hour > 23 => Read::Wrong,
        _ => Read::Is(Clock {
            hour,
            minute,
            loose: (1..=12).contains(&hour) && !padded,
            hour_only,
            half: false,
        }),
    }
}

fn half(hour: u32, minute: u32) -> Clock {
    Clock {
        half: true,
        ..Clock::sure(hour, minute)
    }
}

/// Reads a time at `at`, with a `pm` that stands by itself. Returns it and what follows.
pub(super) fn clock_at(words: &[Word<'_>], at: usize, range: bool) -> Option<(Read, usize)> {
    let word = &words.get(at)?.low;
    if let Some(next) = words.get(at + 1) {
        let suffix = next.low.replace(['.', '\''], "");
        let timed = word.len() >= 4;
        let joins = matches!(
            suffix.as_str(),
            "am" | "pm" | "noon" | "midnight" | "oclock"
        ) || (matches!(suffix.as_str(), "hrs" | "h") && timed);
        if joins
            && word.starts_with(|c: char| c.is_ascii_digit())
            && let Some(found) = read(&format!("{word}{suffix}"), range)
        {
            return Some((found, at + 2));
        }
    }
    read(word, range).map(|found| (found, at + 1))
}

/// An hour as a word: `two`.
pub(super) fn hour_word(word: &str) -> Option<Clock> {
    let names = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let at = names.iter().position(|name| *name == word)?;
    let hour = u32::try_from(at + 1).ok()?;
    Some(Clock {
        loose: true,
        hour_only: true,
        ..Clock::sure(hour, 0)
    })
}

/// A time after a word that asks for one: `15:30`, `half 3`, `quarter to four` at `at`, and what follows it.
pub(super) fn time_at(words: &[Word<'_>], at: usize) -> Option<(Read, usize)> {
    match spoken_at(words, at) {
        Some((clock, next)) => Some((Read::Is(clock), next)),
        None => clock_at(words, at, true),
    }
}

/// `half past two`, `ten past 2`, `quarter to three`, `half two` at `at`, and what follows it.
pub(super) fn spoken_at(words: &[Word<'_>], at: usize) -> Option<(Clock, usize)> {
    let low = |i: usize| words.get(i).map_or("", |w| w.low.as_str());
    let from = if low(at) == "a" { at + 1 } else { at };
    let digits = low(from).bytes().all(|b| b.is_ascii_digit());
    let minutes = match low(from) {
        "half" => 30,
        "quarter" => 15,
        word => number(word).filter(|n| (1.0..30.0).contains(n) && n.fract() == 0.0)? as u32,
    };
    let named = matches!(low(from + 1), "minutes" | "minute" | "mins" | "min");
    let link = from + 1 + usize::from(named);
    let (to, next) = match low(link) {
        "past" => (false, link + 1),
        // `10 to 2` are two hours.
        "to" if minutes < 30 && (named || !digits) => (true, link + 1),
        _ if minutes == 30 => (false, from + 1),
        _ => return None,
    };
    let Some((Read::Is(hour), after)) = hour_at(words, next) else {
        return None;
    };
    if !hour.hour_only && !hour.half || hour.minute != 0 {
        return None;
    }
    let (hours, minute) = if to {
        ((hour.hour + 23) % 24, 60 - minutes)
    } else {
        (hour.hour, minutes)
    };
    let hours = if to && hour.loose && hours == 0 {
        12
    } else {
        hours
    };
    Some((
        Clock {
            hour: hours,
            minute,
            hour_only: false,
            ..hour
        },
        after,
    ))
}

/// An hour in words or digits.
fn hour_at(words: &[Word<'_>], at: usize) -> Option<(Read, usize)> {
    match hour_word(&words.get(at)?.low) {
        Some(hour) => Some((Read::Is(hour), at + 1)),
        None => clock_at(words, at, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        for (word, want) in [
            ("14:00", Some((14, 0))),
            ("14.05", Some((14, 5))),
            ("1400", Some((14, 0))),
            ("2pm", Some((14, 0))),
            ("12am", Some((0, 0))),
            ("12pm", Some((12, 0))),
            ("2.30p.m", Some((14, 30))),
            ("230pm", Some((14, 30))),
            ("24:00", Some((0, 0))),
            ("noon", Some((12, 0))),
            ("1400hrs", Some((14, 0))),
        ] {
            let got = read(word, false).map(|r| match r {
                Read::Is(c) => (c.hour, c.minute),
                Read::Wrong => (99, 99),
            });
            assert_eq!(got, want, "{word}");
        }
        for wrong in ["25:00", "14:75", "1475", "13am", "0pm"] {
            assert_eq!(read(wrong, false), Some(Read::Wrong), "{wrong}");
        }
        for other in ["lcs1234", "930", "2h", "14:0", "12345", "", "3/3"] {
            assert_eq!(read(other, false), None, "{other}");
        }
        assert!(read("930", true).is_some());
    }
}
