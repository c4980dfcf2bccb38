//! When a visit is, as it was written; not yet seen from now.

use super::clean::{Word, word};
use super::clock::{Clock, Read, clock_at, hour_word, read, spoken_at};
use super::length::length_at;
use regex::Regex;
use std::sync::LazyLock;

/// A stretch of time as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Span {
    /// `14:00-15:00`.
    Range(Clock, Clock),
    /// `14:00 for 45m`, in minutes.
    ClockFor(Clock, i64),
    /// `for 1h`, from now.
    For(i64),
    /// `until 15:00`, from now.
    Until(Clock),
    /// `14:00` alone.
    At(Clock),
    /// `14:00-25:00`: what was wrong, and the start where that was right.
    Wrong(String, Option<Clock>),
}

impl Span {
    /// Two parts that were written apart: `at 14:00 LCS1234 for 45m`. `None` where they contradict.
    pub fn join(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::At(c), Self::For(n)) | (Self::For(n), Self::At(c)) => Some(Self::ClockFor(c, n)),
            (Self::At(a), Self::Until(b)) | (Self::Until(b), Self::At(a)) => {
                Some(Self::Range(a, b))
            }
            (one, other) if one == other => Some(one),
            _ => None,
        }
    }
}

static TIRED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<before>^|[ -])(?P<hour>\d{1,2})[;,](?P<minute>[0-5]\d)(?P<after>[ -]|$)")
        .expect("a fixed pattern")
});
static GLUED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(\d{1,2}(?:[:.]?\d\d)?(?:[ap]m)?)(to|till?|until)(\d{1,2}(?:[:.]?\d\d)?(?:[ap]m)?)$",
    )
    .expect("a fixed pattern")
});

/// `14;00-15,00` with colons; `cat 1,14-15` is left alone.
pub(super) fn colons(text: &str) -> String {
    let all = text.split(' ').scan("", |before, word| {
        let last = before.rsplit([',', ';']).next().unwrap_or_default();
        let listed = last.to_lowercase().starts_with("cat");
        *before = word;
        // Twice, because neighbours share their dash.
        let once = TIRED.replace_all(word, "$before$hour:$minute$after");
        let twice = TIRED.replace_all(&once, "$before$hour:$minute$after");
        let whole = !twice.contains([';', ',']) && !listed;
        Some(if whole {
            twice.into_owned()
        } else {
            word.to_owned()
        })
    });
    all.collect::<Vec<_>>().join(" ")
}

/// `half past two to three`, `two to three`; in digits it is a span of its own.
pub(super) fn spoken_range_at(words: &[Word<'_>], at: usize) -> Option<(Span, usize)> {
    let hour = |i: usize| hour_word(&words.get(i)?.low).map(|clock| (clock, i + 1));
    let linked = |(clock, next): (Clock, usize)| {
        let link = words.get(next)?.low.as_str();
        matches!(link, "-" | "to" | "till" | "til" | "until").then_some((clock, next + 1))
    };
    let spoken = spoken_at(words, at).and_then(linked);
    let (start, next) = spoken.or_else(|| hour(at).and_then(linked))?;
    let digits = || match clock_at(words, next, true)? {
        (Read::Is(clock), after) => Some((clock, after)),
        (Read::Wrong, _) => None,
    };
    let end = spoken_at(words, next)
        .or_else(|| hour(next))
        .or_else(digits);
    end.map(|(end, after)| (Span::Range(start, end), after))
}

/// Splits `14:00-15:00`, and `14:00-` and `-15:00`, at the dash; leaves dates and references whole.
pub(super) fn split_dashes(words: Vec<Word<'_>>) -> Vec<Word<'_>> {
    let mut all = Vec::with_capacity(words.len());
    for w in words {
        let timed = |part: &str| part.is_empty() || read(part, true).is_some();
        match w.raw.split_once('-') {
            Some((left, right)) if w.low != "-" => {
                let (l, r) = (word(left), word(right));
                let one = !right.contains('-');
                if one && timed(&l.low) && timed(&r.low) && !(left.is_empty() && right.is_empty()) {
                    all.extend([l, word("-"), r].into_iter().filter(|w| !w.raw.is_empty()));
                } else {
                    all.push(w);
                }
            }
            _ => match GLUED.captures(w.raw).filter(|_| !w.low.contains('-')) {
                Some(parts) => {
                    all.extend((1..=3).filter_map(|i| Some(word(parts.get(i)?.as_str()))))
                }
                None => all.push(w),
            },
        }
    }
    all
}

/// Reads times at `at`. Returns them and what follows.
pub(super) fn span_at(words: &[Word<'_>], at: usize) -> Option<(Span, usize)> {
    let low = |i: usize| words.get(i).map_or("", |w| w.low.as_str());
    match low(at) {
        "for" => {
            return length_at(words, at + 1)
                .or_else(|| plain_minutes(words, at + 1))
                .map(|(n, next)| (Span::For(n), next));
        }
        "until" | "till" | "til" | "untill" | "to" => {
            return clock_at(words, at + 1, true).map(|(c, next)| match c {
                Read::Is(c) => (Span::Until(c), next),
                Read::Wrong => (Span::Wrong(low(at + 1).to_owned(), None), next),
            });
        }
        _ => {}
    }
    let led = matches!(
        low(at),
        "from" | "at" | "@" | "between" | "starting" | "start"
    );
    let from = if led { at + 1 } else { at };
    let joined = matches!(
        low(from + 1),
        "-" | "to" | "till" | "til" | "until" | "untill" | "and"
    ) || matches!(
        low(from + 2),
        "-" | "to" | "till" | "til" | "until" | "untill"
    );
    // `14h00-15h00` are times, `1h30` is a length.
    if let Some((minutes, next)) = length_at(words, from).filter(|_| !led && !joined) {
        return Some((Span::For(minutes), next));
    }
    let (first, next) = clock_at(words, from, joined || led)?;
    let Read::Is(first) = first else {
        return Some(wrong_start(words, from, next));
    };
    after_start(words, first, next, led, low(at) == "between")
}

/// What stands behind a start: an end, a length, or nothing.
fn after_start(
    words: &[Word<'_>],
    first: Clock,
    next: usize,
    led: bool,
    between: bool,
) -> Option<(Span, usize)> {
    let low = |i: usize| words.get(i).map_or("", |w| w.low.as_str());
    let link = low(next);
    let linked = matches!(link, "-" | "to" | "till" | "til" | "until" | "untill")
        || (between && link == "and");
    if linked && let Some((second, after)) = clock_at(words, next + 1, true) {
        return Some(match second {
            Read::Is(second) => (Span::Range(first, second), after),
            Read::Wrong => (Span::Wrong(low(next + 1).to_owned(), Some(first)), after),
        });
    }
    let sized = match link {
        "for" => length_at(words, next + 1).or_else(|| plain_minutes(words, next + 1)),
        _ if first.hour_only => None,
        _ => length_at(words, next),
    };
    if let Some((minutes, after)) = sized {
        return Some((Span::ClockFor(first, minutes), after));
    }
    // `14:00 15:00`, by a tired thumb.
    if !first.hour_only
        && let Some((Read::Is(second), after)) = clock_at(words, next, false)
        && !second.hour_only
        && !matches!(
            low(after),
            "-" | "to" | "till" | "til" | "until" | "untill" | "for"
        )
    {
        return Some((Span::Range(first, second), after));
    }
    // `14:00-` and then something else.
    let after = if link == "-" { next + 1 } else { next };
    (led || linked || !first.hour_only).then_some((Span::At(first), after))
}

/// `25:00-26:00`: both are taken, so that the second is not read as another time.
fn wrong_start(words: &[Word<'_>], at: usize, next: usize) -> (Span, usize) {
    let low = |i: usize| words.get(i).map_or("", |w| w.low.as_str());
    let token = low(at).to_owned();
    if matches!(low(next), "-" | "to" | "till" | "until")
        && let Some((_, after)) = clock_at(words, next + 1, true)
    {
        return (Span::Wrong(token, None), after);
    }
    (Span::Wrong(token, None), next)
}

/// `for 45`: minutes, where no unit is given.
fn plain_minutes(words: &[Word<'_>], at: usize) -> Option<(i64, usize)> {
    let word = words.get(at)?.low.as_str();
    let digits = (2..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    let minutes = word.parse().ok().filter(|_| digits)?;
    Some((minutes, at + 1))
}
