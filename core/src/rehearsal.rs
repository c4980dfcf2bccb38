//! Rehearsals: a scenario file played through the real engine, desk, store and courier, with a simulated
//! clock and simulated rooms.

pub mod expect;
pub mod foresight;
pub mod glob;
mod play;
pub mod record;
pub mod script;
mod stage;

pub use play::{PlayError, Rehearsal};

use chrono_tz::Tz;
use expect::{Sent, Verdict, judge};
use script::{FileError, Header, Script};
use std::path::Path;

/// What came of a scenario.
#[derive(Debug)]
pub struct Played {
    /// The scenario.
    pub script: Script,
    /// What the bot sent, in order.
    pub sent: Vec<Sent>,
    /// What the fallback sheet in the managers' room said, in order: no line of a scenario is about it.
    pub sheets: Vec<Sent>,
    /// What had been sent before each line took effect.
    pub marks: Vec<usize>,
    /// Which lines did not hold.
    pub verdict: Verdict,
    /// What could not be played as written: a tap on a message that is not there.
    pub impossible: Vec<String>,
    /// The team's time zone.
    pub tz: Tz,
}

impl Played {
    /// True if every expectation held.
    pub fn holds(&self) -> bool {
        self.verdict.holds() && self.impossible.is_empty()
    }

    /// What did not hold, for people; empty if all did.
    pub fn explain(&self) -> String {
        let mut lines = self.impossible.clone();
        lines.extend(
            self.verdict
                .failures
                .iter()
                .map(|failure| failure.explain(&self.sent, self.tz)),
        );
        lines.join("\n")
    }

    /// The file with the bot's actual lines.
    pub fn record(&self, original: &str) -> String {
        record::record(original, &self.script, &self.sent, self.tz, &self.marks)
    }
}

/// Plays one scenario file; `print` gets each line of the transcript as it happens.
///
/// # Errors
/// A file that cannot be read, with the place and what would be right; or a store that fails.
pub async fn play_file(path: &Path, print: &mut dyn FnMut(&str)) -> Result<Played, PlayError> {
    let name = path.display().to_string();
    let text = crate::config::read_file(path)
        .map_err(|error| PlayError::Unreadable(format!("{name}: {error}")))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    play_text(&text, &name, folder, Nerves::Steady, print).await
}

/// How the process behaves in a rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nerves {
    /// It runs on.
    Steady,
    /// It dies after every commit and before every message, and starts again.
    DyingEverywhere,
}

/// Plays a scenario given as text; its configuration is looked for in `folder`.
///
/// # Errors
/// As [`play_file`].
pub async fn play_text(
    text: &str,
    name: &str,
    folder: &Path,
    nerves: Nerves,
    print: &mut dyn FnMut(&str),
) -> Result<Played, PlayError> {
    let header = Header::parse(text, name)?;
    let config = crate::config::load_for_rehearsal(&folder.join(&header.config))
        .map_err(|error| PlayError::Config(format!("{name}:{}:1: {error}", header.config_line)))?;
    let team = play::choose_team(&config, &header, name)?;
    let tz = config.teams[0].team.tz; // the file's times are in the first team's zone
    let known = |id: &str| {
        config.teams[team]
            .team
            .people
            .iter()
            .any(|person| person.id.0 == id)
    };
    let script = Script::parse(text, name, tz, &known)?;
    let mut rehearsal = Rehearsal::new(&config, team, script.start, nerves).await?;
    let mut marks = Vec::with_capacity(script.lines.len());
    for line in &script.lines {
        marks.push(rehearsal.play(line, name, print).await?);
    }
    rehearsal.advance(script.end(), print).await?;
    let sheets = rehearsal.sheets();
    let (sent, impossible) = rehearsal.finish().await;
    let verdict = judge(&script, &sent, &marks);
    Ok(Played {
        script,
        sent,
        sheets,
        marks,
        verdict,
        impossible,
        tz,
    })
}

impl From<FileError> for PlayError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}
