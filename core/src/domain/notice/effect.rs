//! One thing to be said: to whom, how, and what can be tapped on it.

use super::Notice;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::outgoing::{Place, Priority};
use serde::{Deserialize, Serialize};

/// One thing to be said, and to whom.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Where.
    pub to: To,
    /// What.
    pub notice: Notice,
    /// Who is pinged.
    pub ping: Vec<PersonId>,
    /// How urgent; pages and prompts ring, the others do not.
    pub priority: Priority,
    /// The alarm it is about.
    pub alarm: Option<AlarmNumber>,
    /// The visit it is about.
    pub visit: Option<u32>,
    /// It belongs to the alarm's thread.
    pub in_thread: bool,
    /// It opens the alarm's thread.
    pub opens_thread: bool,
    /// What can be tapped.
    pub taps: Vec<Tap>,
    /// Who must not be in the room.
    pub hide_from: Vec<PersonId>,
    /// An unsent message of the same slot is replaced by it.
    pub slot: Option<String>,
}

/// Where something is said.
#[derive(Clone, Debug, PartialEq)]
pub enum To {
    /// As the answer to the message that is being dealt with.
    Answer,
    /// In a room.
    Place(Place),
}

/// A reaction that means a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tap {
    /// I am out and safe.
    Done,
    /// 30 more minutes.
    MoreTime,
    /// Well, still here.
    Fine,
    /// Please ring me.
    RingMe,
    /// I'm on it.
    OnIt,
    /// Spoke to her.
    Reached,
    /// Tried and failed.
    NoAnswer,
    /// It is a call for help.
    Raise,
    /// I am home.
    Home,
    /// I am back at the office.
    Office,
    /// I stand in, as asked.
    Accept,
    /// I go along, as the second worker.
    Along,
    /// I agree to the visit.
    Approve,
    /// I hold them tonight.
    Hold,
    /// I ring that place.
    Claim,
    /// Nobody answers there.
    NobodyThere,
    /// She never arrived there, or something else is worrying.
    Worry,
}

impl Tap {
    /// True for what only the worker herself can say.
    pub fn is_workers(self) -> bool {
        match self {
            Self::Done | Self::MoreTime | Self::Fine | Self::RingMe | Self::Home | Self::Office => {
                true
            }
            Self::OnIt
            | Self::Reached
            | Self::NoAnswer
            | Self::Raise
            | Self::Accept
            | Self::Along
            | Self::Approve
            | Self::Hold
            | Self::Claim
            | Self::NobodyThere
            | Self::Worry => false,
        }
    }
}
