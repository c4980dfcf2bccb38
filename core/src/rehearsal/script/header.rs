//! The lines above the first one with a time.

use super::cursor::{Cursor, FileError};
use super::{is_comment, numbered, time};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// What stands above the first line with a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the scenario shows, in words.
    pub title: String,
    /// The bot configuration, relative to the scenario file.
    pub config: String,
    /// The line of `config`, from 1, for errors about that file.
    pub config_line: usize,
    /// Which team, where it is named.
    pub team: Option<String>,
    /// The line of `team`, from 1; 0 where there is none.
    pub team_line: usize,
    /// True where messages that no line expects are failures.
    pub strict: bool,
    /// The line of `strict`, from 1; 0 where there is none.
    pub strict_line: usize,
    /// The value of `start`, not yet read: its zone is only known from the configuration.
    pub start_raw: String,
    /// The line of `start`, from 1.
    pub start_line: usize,
    /// The column of the value of `start`, from 1.
    pub start_column: usize,
    /// The last line of the head, from 1.
    pub(crate) last_line: usize,
}

const KEYWORDS: [&str; 5] = ["scenario", "config", "start", "team", "strict"];

/// The value of one keyword, and where it stands.
#[derive(Clone, Debug, Default)]
struct Value {
    text: String,
    line: usize,
    column: usize,
}

impl Header {
    /// Reads the head of a file, up to the first line that is none of it.
    ///
    /// # Errors
    /// A keyword that is unknown, twice there, without a value or missing.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, FileError> {
        let mut values: [Option<Value>; 5] = Default::default();
        let mut last_line = 0;
        let mut lines = 0;
        for (number, raw) in numbered(text) {
            lines = number;
            if is_comment(raw) {
                continue;
            }
            let mut cursor = Cursor::new(file_name, number, raw);
            cursor.skip_space();
            let word = first_word(&cursor);
            if time::begins(word) || word == "never" {
                break;
            }
            let Some(index) = KEYWORDS.iter().position(|known| *known == word) else {
                return Err(unknown(&cursor, word));
            };
            if let Some(Some(first)) = values.get(index) {
                return Err(cursor.error(
                    format!("`{word}` stands in line {} already", first.line),
                    format!("it once, `{}`", form(word)),
                ));
            }
            let value = value(&mut cursor, word)?;
            if let Some(place) = values.get_mut(index) {
                *place = Some(value);
            }
            last_line = number;
        }
        let [title, config, start, team, strict] = values;
        let end = Cursor::new(file_name, lines.max(1), "");
        let needed = |value: Option<Value>, word: &str| {
            let what = format!("there is no `{word}` line above the first line with a time");
            value.ok_or_else(|| end.error(what, format!("`{}` there", form(word))))
        };
        let config = needed(config, "config")?;
        let start = needed(start, "start")?;
        Ok(Self {
            title: needed(title, "scenario")?.text,
            config: config.text,
            config_line: config.line,
            team_line: team.as_ref().map_or(0, |team| team.line),
            team: team.map(|team| team.text),
            strict: strict.is_some(),
            strict_line: strict.map_or(0, |strict| strict.line),
            start_raw: start.text,
            start_line: start.line,
            start_column: start.column,
            last_line,
        })
    }

    /// The moment (UTC) of the `start` line, which is written in the first team's zone.
    ///
    /// # Errors
    /// Where it is no date and time, or one that the clocks skip or repeat.
    pub fn start(&self, file_name: &str, tz: Tz) -> Result<DateTime<Utc>, FileError> {
        let cursor = Cursor::new(file_name, self.start_line, &self.start_raw);
        time::start(&mut cursor.starting_at(self.start_column), tz)
    }
}

/// Refuses a line of the head that stands below the first line with a time.
pub(super) fn refuse_late(cursor: &Cursor<'_>) -> Result<(), FileError> {
    let mut cursor = cursor.clone();
    cursor.skip_space();
    let word = first_word(&cursor);
    if KEYWORDS.contains(&word) {
        return Err(cursor.error(
            format!("`{word}` stands below the first line with a time"),
            format!("`{}` above it", form(word)),
        ));
    }
    Ok(())
}

fn first_word<'a>(cursor: &Cursor<'a>) -> &'a str {
    cursor.rest().split_whitespace().next().unwrap_or("")
}

fn value(cursor: &mut Cursor<'_>, word: &str) -> Result<Value, FileError> {
    cursor.eat(word);
    cursor.skip_space();
    let (line, column) = (cursor.number, cursor.column());
    let text = cursor.rest().trim().to_owned();
    if text.is_empty() != (word == "strict") {
        let what = match word {
            "strict" => "`strict` has nothing behind it".to_owned(),
            _ => format!("`{word}` has nothing behind it, and needs it"),
        };
        return Err(cursor.error(what, format!("`{}`", form(word))));
    }
    Ok(Value { text, line, column })
}

fn form(word: &str) -> &'static str {
    match word {
        "scenario" => "scenario No word after the final visit",
        "config" => "config bot-config.toml",
        "start" => "start 2026-03-02 13:45",
        "team" => "team North",
        _ => "strict",
    }
}

fn unknown(cursor: &Cursor<'_>, word: &str) -> FileError {
    // What looks like a transcript line lacks its time; anything else is a misspelt keyword.
    if cursor.rest().contains(['>', '!']) {
        return cursor.error(
            "this line does not begin with a time",
            "`13:50` or `+5m` (after the line above) before it",
        );
    }
    cursor.error(
        format!("`{word}` is not a line of the head"),
        "`scenario`, `config`, `start`, `team` or `strict`, or a time",
    )
}
