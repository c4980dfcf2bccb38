//! What a scenario's lines say, as data.

use crate::rehearsal::glob::Glob;
use chrono::Duration;

/// What a line says.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A person does something.
    Act {
        /// The person's id.
        who: String,
        /// What they do.
        act: Act,
    },
    /// The world does something.
    World(World),
    /// The bot sends such a message.
    Expect(Expect),
    /// Since the previous line the bot pinged nobody.
    Quiet,
    /// Such a message is never sent; in the line's window where it has one.
    Never(Never),
    /// Time passes. Live rehearsals only: no file has such a line.
    Wait,
}

/// What people do.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A message.
    Say {
        /// Where it is said.
        place: SayPlace,
        /// The words.
        text: String,
    },
    /// A reaction to the newest bot message that they can see and that offers it (or that matches).
    Reacts {
        /// The emoji.
        key: String,
        /// What the message is like, where that is said.
        to: Option<Glob>,
    },
    /// A reply to the newest message that matches, in its room.
    Replies {
        /// What that message is like.
        to: Glob,
        /// The words.
        text: String,
    },
    /// Their newest message is edited.
    Edits {
        /// The new words.
        text: String,
    },
    /// Their newest message is deleted.
    Redacts,
    /// A location in the direct chat.
    SharesLocation {
        /// `latitude,longitude`.
        place: String,
    },
    /// A direct message that the bot cannot decrypt.
    Unreadable,
}

/// Where people speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SayPlace {
    /// The team's room.
    Team,
    /// The managers' room.
    Managers,
    /// The speaker's direct chat with the bot.
    Bot,
}

/// What the world does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum World {
    /// The process dies between two commits and starts again at once.
    Crash,
    /// The bot does not run for so long.
    BotDown(Duration),
    /// Nothing can be sent or received for so long.
    HomeserverDown(Duration),
    /// From now on messages to this person's direct chat are refused by the server.
    Refuse(String),
    /// This person is only invited to their direct chat: they have left it, or never joined.
    Invited(String),
}

/// A message that the bot must send.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// Where.
    pub place: ExpectPlace,
    /// Whom it pings, where that is said.
    pub pings: Option<Pings>,
    /// What its plain text is like.
    pub glob: Glob,
}

/// Whom an expected message pings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pings {
    /// People's ids, as written.
    pub people: Vec<String>,
    /// True: others too may be pinged (`[dan ...]`). False: exactly these.
    pub at_least: bool,
}

/// A message that the bot must not send.
#[derive(Clone, Debug, PartialEq)]
pub struct Never {
    /// Where.
    pub place: ExpectPlace,
    /// Only messages that ping any of these are meant; empty: all messages.
    pub people: Vec<String>,
    /// What its plain text is like.
    pub glob: Glob,
}

/// Where the bot speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectPlace {
    /// The team's room.
    Team,
    /// The managers' room.
    Managers,
    /// The direct chat with this person.
    Person(String),
    /// An e-mail to this address.
    Email(String),
    /// A text message to this number, as written.
    Sms(String),
    /// Anywhere.
    Any,
}
