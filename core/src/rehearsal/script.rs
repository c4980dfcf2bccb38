//! Scenario files, read: a chat transcript with a clock. The form is described for users in the scenario
//! documentation; here every line becomes data, or an error that says what would be right.

mod clock;
mod cursor;
mod expectation;
mod header;
mod line;
mod model;
#[cfg(test)]
mod tests;
mod time;

pub use cursor::FileError;
pub use header::Header;
pub use model::{Act, Expect, ExpectPlace, Never, Pings, SayPlace, What, World};
pub use time::When;
pub(crate) use time::{floor, written, written_when};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use cursor::Cursor;

/// A whole scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// What stands above the first line with a time.
    pub header: Header,
    /// The moment at which the simulated clock begins.
    pub start: DateTime<Utc>,
    /// All other lines, without comments and empty ones, in the file's order.
    pub lines: Vec<Line>,
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its number in the file, from 1.
    pub number: usize,
    /// The column, from 1, at which what happens begins (behind the time).
    pub column: usize,
    /// The line as it was written.
    pub raw: String,
    /// Its time; only `never` lines may have none.
    pub at: Option<When>,
    /// What happens or is expected.
    pub what: What,
}

impl Line {
    /// What stands behind the time, as it was written.
    pub(crate) fn matter(&self) -> &str {
        let start = self.raw.char_indices().nth(self.column - 1);
        start.map_or("", |(at, _)| self.raw.get(at..).unwrap_or(""))
    }

    /// The line's time as it would be read below a line at `previous`.
    pub(crate) fn time_below(&self, previous: DateTime<Utc>, tz: Tz) -> Option<When> {
        let mut cursor = Cursor::new("", self.number, &self.raw);
        cursor.skip_space();
        time::when(&mut cursor, previous, tz).ok()
    }

    /// An error that points at this line, for what only the runner can know (somebody who speaks in a room
    /// that they are not in). `right` reads on after "write".
    pub fn error(&self, file: &str, what: &str, right: &str) -> FileError {
        FileError {
            file: file.to_owned(),
            line: self.number,
            column: self.column,
            what: what.to_owned(),
            would_be_right: right.to_owned(),
        }
    }
}

/// What a line is read with.
#[derive(Clone, Copy)]
struct Known<'a> {
    tz: Tz,
    people: &'a dyn Fn(&str) -> bool,
    /// True where the time may be left out, or stand alone.
    live: bool,
}

impl Script {
    /// Reads a whole file. `tz` is the first team's zone; `people` says whether something is a person's id.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(
        text: &str,
        file_name: &str,
        tz: Tz,
        people: &dyn Fn(&str) -> bool,
    ) -> Result<Self, FileError> {
        let header = Header::parse(text, file_name)?;
        let start = header.start(file_name, tz)?;
        let known = Known {
            tz,
            people,
            live: false,
        };
        let mut previous = start;
        let mut lines = Vec::new();
        for (number, raw) in numbered(text) {
            if is_comment(raw) || number <= header.last_line {
                continue;
            }
            let mut cursor = Cursor::new(file_name, number, raw);
            header::refuse_late(&cursor)?;
            let line = read_line(&mut cursor, raw, previous, known)?;
            if let Some(when) = &line.at {
                previous = when.from;
            }
            lines.push(line);
        }
        Ok(Self {
            header,
            start,
            lines,
        })
    }

    /// Reads one line as it would stand in a file below a line at `previous` (UTC).
    ///
    /// # Errors
    /// Where the line cannot be read.
    pub fn line(
        raw: &str,
        previous: DateTime<Utc>,
        tz: Tz,
        people: &dyn Fn(&str) -> bool,
        number: usize,
    ) -> Result<Line, FileError> {
        let known = Known {
            tz,
            people,
            live: false,
        };
        read_line(&mut Cursor::new(TYPED, number, raw), raw, previous, known)
    }

    /// The moment (UTC) at which the last minute or range that is named in it has fully passed.
    pub fn end(&self) -> DateTime<Utc> {
        let ends = self.lines.iter().filter_map(|line| line.at.as_ref());
        ends.map(|when| when.to).fold(self.start, Ord::max)
    }
}

/// The file name in errors about lines that were typed live.
const TYPED: &str = "line";

/// Reads one line of a live rehearsal at `now` (UTC, simulated): as in a file, but the time may be left out
/// (`amira > team: /left`), and may stand alone (`+30m`, `15:00`) to let time pass. `None` for an empty line
/// or a comment.
///
/// # Errors
/// Where the line cannot be read.
pub fn parse_live(
    raw: &str,
    now: DateTime<Utc>,
    tz: Tz,
    people: &dyn Fn(&str) -> bool,
    number: usize,
) -> Result<Option<Line>, FileError> {
    if is_comment(raw) {
        return Ok(None);
    }
    let known = Known {
        tz,
        people,
        live: true,
    };
    read_line(&mut Cursor::new(TYPED, number, raw), raw, now, known).map(Some)
}

/// The lines of a text with their numbers; a byte order mark is no part of the first.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().enumerate().map(|(i, line)| (i + 1, line))
}

fn is_comment(raw: &str) -> bool {
    raw.trim().is_empty() || raw.trim_start().starts_with('#')
}

/// Reads time and matter of one line that is no comment.
fn read_line(
    cursor: &mut Cursor<'_>,
    raw: &str,
    previous: DateTime<Utc>,
    known: Known<'_>,
) -> Result<Line, FileError> {
    cursor.skip_space();
    let beginning = cursor.clone();
    let timed = time::begins(cursor.rest());
    let mut at = timed
        .then(|| time::when(cursor, previous, known.tz))
        .transpose()?;
    let column = cursor.column();
    let what = line::what(cursor, at.is_some(), known)?;
    let may_range = matches!(what, What::Expect(_) | What::Never(_));
    if at.as_ref().is_some_and(When::is_range) && !may_range {
        return Err(beginning.error(
            "only `bot >` and `never >` lines can span a range of times",
            "one time",
        ));
    }
    if at.is_none() && !matches!(what, What::Never(_)) {
        if !known.live {
            return Err(beginning.error(
                "this line does not begin with a time",
                "`13:50` or `+5m` (after the line above) before it",
            ));
        }
        at = Some(When::second(previous));
    }
    Ok(Line {
        number: cursor.number,
        column,
        raw: raw.to_owned(),
        at,
        what,
    })
}
