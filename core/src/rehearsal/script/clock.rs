//! One time of a line: clock times with their date and offset, and lengths of time.

use super::cursor::{Cursor, FileError};
use chrono::offset::LocalResult;
use chrono::{
    DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveTime, Offset, TimeZone, Timelike,
    Utc,
};
use chrono_tz::Tz;

/// One time as it was read.
pub(super) struct Moment {
    pub(super) at: DateTime<Utc>,
    /// True where it was written without seconds.
    pub(super) minute: bool,
    /// True where its day cannot be mistaken.
    pub(super) dated: bool,
}

/// Reads one time; `today` is the day of a clock time without a date.
pub(super) fn moment(
    cursor: &mut Cursor<'_>,
    previous: DateTime<Utc>,
    today: NaiveDate,
    tz: Tz,
) -> Result<Moment, FileError> {
    let beginning = cursor.clone();
    if cursor.eat("+") {
        let (length, minute) = duration(cursor)?;
        // Far beyond any calendar, dates can no longer be written or taken to another zone.
        let at = previous
            .checked_add_signed(length)
            .filter(|at| at.year() <= 9999);
        return Ok(Moment {
            at: at.ok_or_else(|| beginning.error("this is too long a time", "some days, `+2d`"))?,
            minute,
            dated: true,
        });
    }
    let date = date(cursor)?;
    let (time, minute) = clock(cursor)?;
    let local = date.unwrap_or(today).and_time(time);
    let found = match offset(cursor)? {
        Some(offset) => offset
            .from_local_datetime(&local)
            .map(|t| t.with_timezone(&Utc)),
        None => tz
            .from_local_datetime(&local)
            .map(|t| t.with_timezone(&Utc)),
    };
    let shown = local.format(if minute {
        "%Y-%m-%d %H:%M"
    } else {
        "%Y-%m-%d %H:%M:%S"
    });
    match found {
        LocalResult::Single(at) => Ok(Moment {
            at,
            minute,
            dated: date.is_some(),
        }),
        LocalResult::Ambiguous(a, b) => {
            let [a, b] = [a, b].map(|t| t.with_timezone(&tz).offset().fix());
            Err(beginning.error(
                format!("the clocks are put back and show {shown} twice"),
                format!("the offset, `{shown}{a}` or `{shown}{b}`"),
            ))
        }
        LocalResult::None => {
            // Just before the gap the old offset still holds: with it the time can be named.
            let earlier = tz
                .offset_from_utc_datetime(&(local - Duration::days(1)))
                .fix();
            Err(beginning.error(
                format!("the clocks are put forward and skip {shown}"),
                format!("a time that exists, or the offset, `{shown}{earlier}`"),
            ))
        }
    }
}

/// Reads `90m`, `1h30m`, `45s`, `2d`: the length, and whether it was written without seconds.
pub(super) fn duration(cursor: &mut Cursor<'_>) -> Result<(Duration, bool), FileError> {
    let beginning = cursor.clone();
    let wrong = |what: &str| {
        beginning.error(
            what,
            "a length such as `90m`, `1h30m`, `45s` or `2d` (no spaces in it)",
        )
    };
    let (mut total, mut minute, mut parts) = (Duration::zero(), true, 0);
    loop {
        let digits = cursor.take_while(|c| c.is_ascii_digit());
        if digits.is_empty() {
            break;
        }
        // Six digits are more than a year of minutes, and cannot overflow.
        let number: i64 = match digits.parse() {
            Ok(number) if digits.len() <= 6 => number,
            _ => return Err(wrong("this number is too large")),
        };
        let part = match cursor.take_while(char::is_alphabetic) {
            "s" => {
                minute = false;
                Duration::seconds(number)
            }
            "m" => Duration::minutes(number),
            "h" => Duration::hours(number),
            "d" => Duration::days(number),
            _ => return Err(wrong("a length of time needs its unit")),
        };
        total += part;
        parts += 1;
        if parts > 4 {
            return Err(wrong("this length of time has too many parts"));
        }
    }
    if parts == 0 {
        return Err(wrong("this is not a length of time"));
    }
    Ok((total, minute))
}

pub(super) fn date_is_next(text: &str) -> bool {
    text.as_bytes().get(4) == Some(&b'-') && text.bytes().take(4).all(|b| b.is_ascii_digit())
}

fn date(cursor: &mut Cursor<'_>) -> Result<Option<NaiveDate>, FileError> {
    if !date_is_next(cursor.rest()) {
        return Ok(None);
    }
    let beginning = cursor.clone();
    let text = cursor.take_while(|c| c.is_ascii_digit() || c == '-');
    cursor.skip_space();
    match NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(date) if text.len() == 10 => Ok(Some(date)),
        _ => Err(beginning.error(
            format!("`{text}` is not a date"),
            "it as `2026-03-03 08:30`",
        )),
    }
}

fn clock(cursor: &mut Cursor<'_>) -> Result<(NaiveTime, bool), FileError> {
    let beginning = cursor.clone();
    let text = cursor.take_while(|c| c.is_ascii_digit() || c == ':');
    let form = match text.len() {
        5 => "%H:%M",
        _ => "%H:%M:%S",
    };
    match NaiveTime::parse_from_str(text, form) {
        // A leap second (`:60`) would read as a fraction; there is none to rehearse.
        Ok(time) if matches!(text.len(), 5 | 8) && time.nanosecond() == 0 => {
            Ok((time, text.len() == 5))
        }
        _ => {
            let shown: String = beginning
                .rest()
                .chars()
                .take_while(|c| !c.is_whitespace())
                .collect();
            Err(beginning.error(
                format!("`{shown}` is not a time"),
                "it with 24 hours and two digits each, `08:30` or `08:30:15`, or `+90m` after the line above",
            ))
        }
    }
}

fn offset(cursor: &mut Cursor<'_>) -> Result<Option<FixedOffset>, FileError> {
    if cursor.eat("Z") {
        return Ok(Some(Utc.fix()));
    }
    if !cursor.rest().starts_with(['+', '-']) {
        return Ok(None);
    }
    let beginning = cursor.clone();
    let text = cursor.take_while(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ':'));
    match text.parse::<FixedOffset>() {
        Ok(offset) if text.len() == 6 => Ok(Some(offset)),
        _ => Err(beginning.error(
            format!("`{text}` is not an offset"),
            "it as `+00:00` or `+01:00`",
        )),
    }
}
