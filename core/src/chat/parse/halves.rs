//! Morning or afternoon, where people leave it open.

use super::clock::Clock;
use super::moment::LONGEST_MINUTES;
use chrono::{NaiveTime, Timelike};

/// Which halves of the day a range means. The error is a guess to ask about.
pub(super) fn pick(a: Clock, b: Clock) -> Result<(NaiveTime, NaiveTime), (NaiveTime, NaiveTime)> {
    let (start, end) = (a.literal(), b.literal());
    let literal_gap = gap(start, end);
    match (a.loose, b.loose) {
        (false, false) => Ok((start, end)),
        (true, false) if b.half => {
            // `2-3pm`, `11-1pm`: the start that is nearest before the end.
            let nearest = a
                .readings()
                .into_iter()
                .min_by_key(|s| (*s > end, gap(*s, end)));
            Ok((nearest.unwrap_or(start), end))
        }
        (true, false) if a.hour_only && literal_gap > LONGEST_MINUTES => Err((likely(a), end)),
        (true, false) => Ok((start, end)),
        (false, true) if a.half => Ok((start, nearest_after(start, b))),
        // `09-10`, `14:00-3:30`
        (false, true) if end > start || (literal_gap <= LONGEST_MINUTES && !b.hour_only) => {
            Ok((start, end))
        }
        (false, true) => Err((start, nearest_after(start, b))),
        (true, true) if a.hour_only || b.hour_only => {
            let start = likely(a);
            Err((start, nearest_after(start, b)))
        }
        (true, true) if end <= start && b.hour < 10 => Err((start, nearest_after(start, b))),
        (true, true) => Ok((start, end)),
    }
}

/// Minutes from `start` to the next `end`, 1 to 1440.
pub(super) fn gap(start: NaiveTime, end: NaiveTime) -> i64 {
    let minutes = (end - start).num_minutes();
    if minutes <= 0 {
        minutes + 24 * 60
    } else {
        minutes
    }
}

fn nearest_after(start: NaiveTime, end: Clock) -> NaiveTime {
    let all = end.readings().into_iter();
    all.min_by_key(|e| gap(start, *e)).unwrap_or(start)
}

/// Seven to eleven is the morning, the rest the afternoon: for guesses that are asked about.
pub(super) fn likely(clock: Clock) -> NaiveTime {
    let mut all = clock.readings().into_iter();
    all.find(|t| (7..19).contains(&t.hour()))
        .unwrap_or(clock.literal())
}
