//! What people say, and what was sent to them: all that the oracle is told of.

use chrono::{DateTime, Utc};

pub type Time = DateTime<Utc>;

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spot {
    Team,
    Managers,
    Direct(String),
}

/// What somebody meant, in the simulation's own words. The generator writes the text and this beside it.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    Visit {
        reference: String,
        start: Time,
        end: Time,
        check: Option<Time>,
    },
    /// The same message of hers, edited: the visit ends then.
    VisitNow {
        reference: String,
        end: Time,
    },
    Arrived(String),
    Left(String),
    Fine,
    Until {
        reference: String,
        end: Time,
    },
    MoreTime(String),
    Cancel(String),
    Home,
    Sos,
    RingMe,
    /// A code phrase; beside a note.
    Phrase,
    /// Words that mean nothing to the engine.
    Note,
    Location,
    Unreadable,
    /// Her own older message is gone, or says something else now.
    Gone,
    Ack(u32),
    NoAnswer(u32),
    Reached(u32),
    Police(u32),
    /// With a reason that is enough for any alarm.
    StandDown(u32),
    /// With one that is not enough for a call by code phrase.
    WeakStandDown(u32),
    /// Somebody who has no say tries to end an alarm.
    NoRight(u32),
    /// Talk in a room.
    Chatter,
}

impl Meaning {
    /// The alarm that it answers.
    pub fn alarm(&self) -> Option<u32> {
        match self {
            Meaning::Ack(n)
            | Meaning::NoAnswer(n)
            | Meaning::Reached(n)
            | Meaning::Police(n)
            | Meaning::StandDown(n)
            | Meaning::WeakStandDown(n) => Some(*n),
            _ => None,
        }
    }
}

/// Something that was said, as it arrives.
#[derive(Clone, Debug)]
pub struct Heard {
    pub event: String,
    /// The event that an answer names: its own, or the message that was tapped.
    pub asks_at: String,
    pub team: usize,
    /// Whose account; `None`: somebody whom nobody knows.
    pub who: Option<String>,
    pub spot: Spot,
    pub said_at: Time,
    pub meaning: Meaning,
    /// What was done, for the transcript.
    pub text: String,
    /// The words, if there were any.
    pub words: String,
}

/// A message of the bot's that the homeserver has taken.
#[derive(Clone, Debug)]
pub struct Sent {
    /// By the bot's clock.
    pub at: Time,
    pub row: i64,
    /// When the bot decided to say it.
    pub decided: Time,
    pub team: usize,
    pub spot: Spot,
    pub room: String,
    pub pings: Vec<String>,
    pub rings: bool,
    pub text: String,
    pub reply_to: Option<String>,
    pub event: String,
    pub offers: Vec<String>,
    /// A newer state of a message that stands already.
    pub standing: bool,
    pub file: bool,
}

/// What a headline calls an alarm: the number after the A, and whose it is to be found by the caller.
pub fn alarm_number(text: &str) -> Option<u32> {
    let rest = text.strip_prefix('A')?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let after = rest[digits.len()..].chars().next();
    matches!(after, Some(':' | ',' | ' '))
        .then(|| digits.parse().ok())
        .flatten()
}
