//! A length of time as people write it: `45m`, `1h30`, `1.5 hours`, `half an hour`.

use super::clean::Word;
use regex::Regex;
use std::sync::LazyLock;

static MINUTES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\d{1,4})-?(?:m|min|mins|minute|minutes)$").expect("a fixed pattern")
});
static HOURS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(\d{1,2}|\d{0,2}\.\d{1,2})-?(?:h|hr|hrs|hour|hours)(?:(\d{1,2})(?:m|min|mins|minutes)?)?$")
        .expect("a fixed pattern")
});

/// Reads a length at `at`, in minutes, and what follows it. A number without a unit is none.
pub(super) fn length_at(words: &[Word<'_>], at: usize) -> Option<(i64, usize)> {
    spoken(words, at)
        .or_else(|| compact(words, at))
        .or_else(|| counted(words, at))
}

/// A number alone: digits, or a word up to ninety.
pub(super) fn number(word: &str) -> Option<f64> {
    let said = match word {
        "a" | "an" | "one" => 1.0,
        "two" => 2.0,
        "three" => 3.0,
        "four" => 4.0,
        "five" => 5.0,
        "ten" => 10.0,
        "fifteen" => 15.0,
        "twenty" => 20.0,
        "twenty-five" => 25.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "forty-five" => 45.0,
        "sixty" => 60.0,
        "ninety" => 90.0,
        _ => {
            let fits = (1..=5).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            return if fits { word.parse().ok() } else { None };
        }
    };
    Some(said)
}

fn low<'a>(words: &'a [Word<'_>], at: usize) -> &'a str {
    words.get(at).map_or("", |w| w.low.as_str())
}

fn hours_word(word: &str) -> bool {
    matches!(word, "h" | "hr" | "hrs" | "hour" | "hours")
}

fn minutes_word(word: &str) -> bool {
    matches!(word, "m" | "min" | "mins" | "minute" | "minutes")
}

/// `half an hour`, `quarter of an hour`, `an hour and a half`.
fn spoken(words: &[Word<'_>], at: usize) -> Option<(i64, usize)> {
    let text: Vec<&str> = (at..at + 5).map(|i| low(words, i)).collect();
    let found = match text.as_slice() {
        ["half-hour", ..] => (30, 1),
        ["a", "half" | "quarter", hour, ..] if hours_word(hour) => {
            (if text[1] == "half" { 30 } else { 15 }, 3)
        }
        ["half", hour, ..] if hours_word(hour) => (30, 2),
        ["half", "an" | "a", hour, ..] if hours_word(hour) => (30, 3),
        ["1/2", hour, ..] if hours_word(hour) => (30, 2),
        ["quarter", "of", "an", hour, ..] if hours_word(hour) => (15, 4),
        ["a", "quarter", "of", "an", hour] if hours_word(hour) => (15, 5),
        [n, hour, "and", "a", "half"] if hours_word(hour) => {
            ((number(n)? * 60.0).round() as i64 + 30, 5)
        }
        [n, "and", "a", "half", hour] if hours_word(hour) => {
            ((number(n)? * 60.0).round() as i64 + 30, 5)
        }
        _ => return None,
    };
    Some((found.0, at + found.1))
}

/// `45m`, `1h`, `1h30m`, `1h 30m`.
fn compact(words: &[Word<'_>], at: usize) -> Option<(i64, usize)> {
    let word = low(words, at);
    if let Some(found) = MINUTES.captures(word) {
        return Some((found[1].parse().ok()?, at + 1));
    }
    let found = HOURS.captures(word)?;
    let hours = (found[1].parse::<f64>().ok()? * 60.0).round() as i64;
    match found.get(2) {
        Some(minutes) => Some((hours + minutes.as_str().parse::<i64>().ok()?, at + 1)),
        None => Some(and_minutes(words, at + 1, hours)),
    }
}

/// `45 minutes`, `1 hour`, `1 hour 30`, `two hours`.
fn counted(words: &[Word<'_>], at: usize) -> Option<(i64, usize)> {
    let count = number(low(words, at))?;
    let unit = low(words, at + 1);
    if minutes_word(unit) {
        Some((count.round() as i64, at + 2))
    } else if hours_word(unit) {
        let hours = (count * 60.0).round() as i64;
        Some(and_minutes(words, at + 2, hours))
    } else {
        None
    }
}

/// The minutes behind the hours: `30m`, `and 30 minutes`, and a plain `30`.
fn and_minutes(words: &[Word<'_>], at: usize, hours: i64) -> (i64, usize) {
    let from = if low(words, at) == "and" { at + 1 } else { at };
    let word = low(words, from);
    let minutes = |text: &str| text.parse::<i64>().ok().filter(|m| *m < 60);
    if let Some(found) = MINUTES.captures(word)
        && let Some(m) = minutes(&found[1])
    {
        return (hours + m, from + 1);
    }
    let two_digits = word.len() == 2 && word.bytes().all(|b| b.is_ascii_digit());
    match minutes(word).filter(|_| two_digits) {
        Some(m) if minutes_word(low(words, from + 1)) => (hours + m, from + 2),
        // `1 hour 30` but not `1 hour 14 - 15`
        Some(m) if from == at && !matches!(low(words, from + 1), "-" | "to" | "am" | "pm") => {
            (hours + m, from + 1)
        }
        _ => (hours, at),
    }
}

#[cfg(test)]
mod tests {
    use super::super::clean::words;
    use super::*;

    #[test]
    fn lengths() {
        for (text, minutes, used) in [
            ("45m", 45, 1),
            ("45 min", 45, 2),
            ("45 minutes", 45, 2),
            ("1h", 60, 1),
            ("1h30", 90, 1),
            ("1h30m", 90, 1),
            ("1h 30m", 90, 2),
            ("1.5h", 90, 1),
            (".5 hour", 30, 2),
            ("1.5 hours", 90, 2),
            ("half an hour", 30, 3),
            ("an hour", 60, 2),
            ("an hour and a half", 90, 5),
            ("1 hour 30", 90, 3),
            ("1 hour and 30 minutes", 90, 5),
            ("two hours", 120, 2),
            ("1 hour LCS1234", 60, 2),
            ("90mins", 90, 1),
        ] {
            assert_eq!(length_at(&words(text), 0), Some((minutes, used)), "{text}");
        }
        for text in ["90", "14:00", "m", "ab", "", "@amira", "an apple"] {
            assert_eq!(length_at(&words(text), 0), None, "{text}");
        }
    }
}
