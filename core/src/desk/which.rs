//! Several alarms can be meant: the whole line is offered for each, so that no word and no time is lost.

use crate::chat::parse::may_repeat;
use crate::chat::wording::desk as wording;
use crate::domain::command::Command;
use crate::domain::ids::AlarmNumber;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Longer words are not repeated for each alarm.
const LONGEST: usize = 1_000;

/// The command as a line to send, with the alarm put in. The words are masked before; what may be personal is not
/// repeated, and where a command would mean something else without its words, it is said that they belong there.
pub(super) fn line(command: &Command, number: AlarmNumber, now: DateTime<Utc>, tz: Tz) -> String {
    let head = |rest: &[&str]| {
        let rest: Vec<&str> = rest
            .iter()
            .copied()
            .filter(|part| !part.is_empty())
            .collect();
        let verb = super::respond::verb(command);
        match rest.is_empty() {
            true => format!("{verb} {number}"),
            false => format!("{verb} {number} {}", rest.join(" ")),
        }
    };
    match command {
        Command::Claim { reference, .. } => head(&[reference.as_deref().unwrap_or_default()]),
        Command::Asked {
            reference,
            words,
            never,
            ..
        } => {
            let words = match words.is_empty() && *never {
                true => wording::NEVER_ARRIVED,
                false => shown(words, wording::THEIR_WORDS),
            };
            head(&[reference.as_deref().unwrap_or_default(), words])
        }
        Command::Seen { at, words, .. } => {
            let at = at.map_or(String::new(), |at| moment(at, now, tz));
            head(&[&at, shown(words, "")])
        }
        Command::StandDown { reason, .. } => head(&[shown(reason, wording::A_REASON)]),
        Command::Worry { words, .. } => head(&[shown(words, wording::AND_WHY)]),
        Command::Reached { words, .. } | Command::NoAnswer { words, .. } => {
            head(&[shown(words, "")])
        }
        Command::Police { log, .. } => head(&[shown(log, "")]),
        _ => head(&[]),
    }
}

fn shown<'a>(words: &'a str, instead: &'a str) -> &'a str {
    let short = words.chars().nth(LONGEST).is_none();
    match words {
        "" => "",
        words if short && may_repeat(words) => words,
        _ => instead,
    }
}

/// As `/seen` reads it.
fn moment(at: DateTime<Utc>, now: DateTime<Utc>, tz: Tz) -> String {
    let (at, today) = (at.with_timezone(&tz), now.with_timezone(&tz).date_naive());
    match today.signed_duration_since(at.date_naive()).num_days() {
        0 => at.format("%H:%M").to_string(),
        1 => at.format("yesterday %H:%M").to_string(),
        _ => at.format("%Y-%m-%d %H:%M").to_string(),
    }
}
