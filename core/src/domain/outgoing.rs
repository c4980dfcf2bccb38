//! What is to be said: the rows of the outbox.

use super::ids::PersonId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum Place {
    /// The team's room.
    Team,
    /// The managers' room of the team.
    Managers,
    /// The direct chat with a person.
    Direct {
        /// With whom.
        person: PersonId,
    },
}

/// How urgently a row is sent: smaller [`Priority::rank`] goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// A call for help.
    Duress,
    /// Any other page.
    Page,
    /// A question to the worker.
    Prompt,
    /// The answer to a command.
    Answer,
    /// A quiet line.
    Quiet,
}

impl Priority {
    /// Its place in the order of sending, as the outbox keeps it. A question does not overtake an answer: on a
    /// worker's phone the order would otherwise show whether an answer was hurried (design, invariant 4).
    pub fn rank(self) -> i64 {
        match self {
            Self::Duress => 0,
            Self::Page => 1,
            Self::Prompt | Self::Answer => 2,
            Self::Quiet => 4,
        }
    }
}

/// One message to be sent, rendered and durable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The team whose rooms are meant.
    pub team: String,
    /// Where.
    pub place: Place,
    /// How urgent.
    pub priority: Priority,
    /// The words, plain text.
    pub text: String,
    /// Who is pinged (`m.mentions`). Empty: nobody.
    pub mentions: Vec<PersonId>,
    /// True: `m.text`, which rings. False: `m.notice`, which does not.
    pub rings: bool,
    /// The inbound event that it answers; the answer goes to that event's room.
    pub reply_to: Option<ReplyTo>,
    /// The thread it belongs to, by the thread's name (`shift#A12`).
    pub thread: Option<String>,
    /// True for the row that opens the thread.
    pub opens_thread: bool,
    /// Emoji that are offered for tapping, in this order.
    pub offers: Vec<String>,
    /// People who must not be in the room when this is sent (invariant 4).
    pub hide_from: Vec<PersonId>,
    /// What it is about, so that a reaction or reply finds its target (JSON of `desk::About`).
    pub about: Option<String>,
    /// An unsent row with the same slot is replaced by this one.
    pub slot: Option<String>,
    /// The newest state of the standing message of this name in that place: where the message is there already it is
    /// edited, else it is made and pinned. An unsent older state is replaced by this one. It stands in no thread.
    #[serde(default)]
    pub standing: Option<String>,
    /// A file instead of words; `text` is its name then.
    #[serde(default)]
    pub file: Option<Attachment>,
    /// The encrypted row whose words are put into the text when it is sent, and are never stored in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<i64>,
    /// Why this row exists, for whoever reads the outbox.
    pub why: String,
}

/// A file that is sent: a text, of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `record-A12.html`.
    pub name: String,
    /// `text/html`.
    pub mime: String,
    /// What is in it, UTF-8.
    pub body: String,
}

/// What an encrypted row holds.
#[derive(Clone, PartialEq, Eq)]
pub enum Unsealed {
    /// These words.
    Words(String),
    /// It has been deleted.
    Deleted,
    /// It is there, and the key that opens it is not.
    Unreadable,
}

impl fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Words(_) => "Words",
            Self::Deleted => "Deleted",
            Self::Unreadable => "Unreadable",
        })
    }
}

/// The inbound event that a row answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyTo {
    /// Its room id.
    pub room: String,
    /// Its event id.
    pub event: String,
}
