//! The times at the beginning of a line: `13:50`, `13:50:20`, `+1h30m`, `2026-03-03 08:30`, `A..B`.
//! Local times are in the first team's zone; moments are UTC.

use super::clock::{Moment, date_is_next, moment};
use super::cursor::{Cursor, FileError};
use chrono::offset::LocalResult;
use chrono::{DateTime, Duration, DurationRound, NaiveDate, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// When a line takes effect, and how long the time that it names lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct When {
    /// The moment at which the line takes effect; of a range, the first. Later lines go on from here.
    pub from: DateTime<Utc>,
    /// The last millisecond of the minute, second or range that is named.
    pub to: DateTime<Utc>,
    /// True where the (first) time was written without seconds and so means its whole minute.
    pub minute_precision: bool,
}

impl When {
    /// One second: the whole of it.
    pub fn second(at: DateTime<Utc>) -> Self {
        Self {
            from: at,
            to: last_of(at, false),
            minute_precision: false,
        }
    }

    /// First and last moment, both included, of the time or range that was named.
    pub fn window(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (floor(self.from, self.minute_precision), self.to)
    }

    /// The last millisecond of the (first) minute or second that was named.
    pub fn first_ends(&self) -> DateTime<Utc> {
        last_of(self.from, self.minute_precision)
    }

    /// True where two times were written, `A..B`.
    pub fn is_range(&self) -> bool {
        self.to != self.first_ends()
    }

    /// True where `at` lies in the window, to the millisecond.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        let (first, last) = self.window();
        (first.timestamp_millis()..=last.timestamp_millis()).contains(&at.timestamp_millis())
    }
}

/// The beginning of the minute (or second) that holds `at`.
pub(crate) fn floor(at: DateTime<Utc>, minute: bool) -> DateTime<Utc> {
    at.duration_trunc(span(minute)).unwrap_or(at)
}

fn last_of(at: DateTime<Utc>, minute: bool) -> DateTime<Utc> {
    floor(at, minute) + span(minute) - Duration::milliseconds(1)
}

fn span(minute: bool) -> Duration {
    Duration::seconds(if minute { 60 } else { 1 })
}

/// True where the text begins like a time.
pub(crate) fn begins(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '+')
}

/// Reads the time or range that a line begins with, and the white space behind it. `previous` is the
/// moment of the line above (or the start).
///
/// # Errors
/// Where it is no time, would go back, or names a local time that the clocks skip or repeat.
pub(crate) fn when(
    cursor: &mut Cursor<'_>,
    previous: DateTime<Utc>,
    tz: Tz,
) -> Result<When, FileError> {
    let beginning = cursor.clone();
    let today = previous.with_timezone(&tz).date_naive();
    let first = moment(cursor, previous, today, tz)?;
    let mut from = first.at;
    // A minute that has already begun does not go back: `13:50` below `13:50:20` goes on from there.
    if first.minute && floor(previous, true) == floor(from, true) {
        from = from.max(previous);
    }
    // The present moment of a live rehearsal may be a fraction into the second that is written.
    if !first.minute && floor(previous, false) == from {
        from = previous;
    }
    if from < previous {
        return Err(goes_back(&beginning, &first, previous, tz));
    }
    let mut to = last_of(from, first.minute);
    let mut ahead = cursor.clone();
    ahead.skip_space();
    if ahead.eat("..") {
        ahead.skip_space();
        let second_begins = ahead.clone();
        let day = from.with_timezone(&tz).date_naive();
        let second = moment(&mut ahead, previous, day, tz)?;
        to = last_of(second.at, second.minute);
        if to < from {
            return Err(goes_back(&second_begins, &second, from, tz));
        }
        *cursor = ahead;
    }
    if !cursor.rest().is_empty() && !cursor.rest().starts_with(char::is_whitespace) {
        return Err(cursor.error(
            "the time does not end here",
            "a time and a space, `13:50 `, `13:50:20 `, `+90m ` or `13:50..14:10 `",
        ));
    }
    cursor.skip_space();
    Ok(When {
        from,
        to,
        minute_precision: first.minute,
    })
}

/// Reads the moment of the `start` line, which needs its date.
pub(crate) fn start(cursor: &mut Cursor<'_>, tz: Tz) -> Result<DateTime<Utc>, FileError> {
    let right = "`start 2026-03-02 13:45`";
    if !date_is_next(cursor.rest()) {
        return Err(cursor.error("the start needs a date and a time", right));
    }
    let found = moment(cursor, DateTime::UNIX_EPOCH, NaiveDate::default(), tz)?;
    if !cursor.at_end() {
        return Err(cursor.error("something stands behind the start's time", right));
    }
    Ok(found.at)
}

fn goes_back(at: &Cursor<'_>, read: &Moment, previous: DateTime<Utc>, tz: Tz) -> FileError {
    let before = previous.with_timezone(&tz).format("%Y-%m-%d %H:%M:%S");
    let what = format!("time never goes back, and this is before {before}");
    let right = if read.dated {
        "a later time".to_owned()
    } else {
        let next = read.at.with_timezone(&tz) + Duration::days(1);
        let form = if read.minute { "%H:%M" } else { "%H:%M:%S" };
        let date = next.date_naive();
        format!(
            "the date if another day is meant, `{date} {}`",
            next.format(form)
        )
    };
    at.error(what, right)
}

/// Writes a moment so that it reads back the same below a line at `previous`: with the date where the day
/// is another, and with date and offset where the clocks show the time twice.
pub(crate) fn written(at: DateTime<Utc>, seconds: bool, previous: DateTime<Utc>, tz: Tz) -> String {
    let local = at.with_timezone(&tz);
    let repeated = matches!(
        tz.from_local_datetime(&local.naive_local()),
        LocalResult::Ambiguous(..)
    );
    let mut text = String::new();
    if repeated || local.date_naive() != previous.with_timezone(&tz).date_naive() {
        text = format!("{} ", local.date_naive());
    }
    let form = if seconds { "%H:%M:%S" } else { "%H:%M" };
    text += &local.format(form).to_string();
    if repeated {
        text += &local.offset().fix().to_string();
    }
    text
}

/// Writes a time or range, as [`written`] does.
pub(crate) fn written_when(when: &When, previous: DateTime<Utc>, tz: Tz) -> String {
    if !when.is_range() {
        let seconds = !when.minute_precision || floor(when.from, true) != when.from;
        return written(when.from, seconds, previous, tz);
    }
    let (first, last) = when.window();
    let from = written(first, !when.minute_precision, previous, tz);
    // A range that ends with a minute's last second reads the same with or without seconds.
    let to_minute = last == last_of(last, true);
    format!("{from}..{}", written(last, !to_minute, first, tz))
}
