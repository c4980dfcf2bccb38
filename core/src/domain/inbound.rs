//! What arrives, before anybody has read it: plain structs between the rooms and the desk.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One event of one room, as the inbox keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// The room's id. Opaque: never parse it.
    pub room: String,
    /// The event's id; (room, event) is what makes it applied once.
    pub event: String,
    /// The sender's Matrix id, `@amira:localhost`.
    pub sender: String,
    /// The server's time stamp, clamped to the time of receipt.
    pub said_at: DateTime<Utc>,
    /// What was done.
    pub what: Said,
}

/// What somebody did in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Said {
    /// A message with words: a text, an emote, or a caption of a file or picture.
    Text {
        /// The words, without a quoted reply's fallback.
        body: String,
        /// The event it answers, if it is a reply (not a mere thread fallback).
        reply_to: Option<String>,
        /// The root of the thread it was said in.
        thread: Option<String>,
    },
    /// A message replaced by its sender.
    Edit {
        /// The event that is replaced.
        of: String,
        /// The new words.
        body: String,
    },
    /// A reaction.
    Reaction {
        /// The event reacted to.
        to: String,
        /// The emoji.
        key: String,
    },
    /// A deletion, of a message or of a reaction.
    Redaction {
        /// The event deleted.
        of: String,
    },
    /// A shared location.
    Location {
        /// The `geo:` URI or `lat,lon`.
        place: String,
    },
    /// A message that could not be decrypted.
    Unreadable {
        /// Why, for the log; never shown.
        reason: String,
        /// The raw event as JSON, to be tried again when a key comes.
        raw: String,
    },
}

impl Said {
    /// How many bytes of words it brings: what dealing with it costs.
    pub fn size(&self) -> usize {
        match self {
            Self::Text { body, .. } | Self::Edit { body, .. } => body.len(),
            Self::Reaction { key, .. } => key.len(),
            Self::Redaction { .. } => 0,
            Self::Location { place } => place.len(),
            Self::Unreadable { raw, .. } => raw.len(),
        }
    }
}
