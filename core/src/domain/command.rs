//! What people ask for, once it is understood. How it was said (text, tap, edit) is forgotten here.

mod lists;

pub use lists::{RegisterCommand, RosterCommand, Until};

use super::drill::DrillKind;
use super::ids::{AlarmNumber, PersonId};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// A command, whoever gave it and however.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Command {
    /// `/visit`: log a visit.
    Visit(VisitRequest),
    /// `/arrived`: at the door.
    Arrived(Told),
    /// `/left`: out and safe.
    Left(Told),
    /// `/ok`: well, still here.
    Ok(Told),
    /// `/home`: finished for the day, safe.
    Home(Told),
    /// `/office`: back at the office.
    Office(Told),
    /// `/extend`: moves the agreed end.
    Extend {
        /// Which visit, where several can be meant.
        reference: Option<String>,
        /// By how much or until when.
        to: Extension,
    },
    /// `/cat 2`: the category of a visit (Wiltshire 1), often asked for by the answer to its entry.
    Category {
        /// Which visit; `None`: the newest that has none.
        reference: Option<String>,
        /// 1 or 2.
        category: u8,
    },
    /// `/along`: the second worker of a colleague's visit confirms.
    Along {
        /// Which visit, where several can be meant.
        reference: Option<String>,
    },
    /// `/address`: the address of a visit. Its words never reach the engine, the journal or a shift.
    Address {
        /// Which visit, where several can be meant.
        reference: Option<String>,
        /// What about it.
        what: AddressWord,
    },
    /// `/approve`: a manager agrees to a visit that needs it.
    Approve {
        /// Which visit, where several can be meant.
        reference: Option<String>,
    },
    /// `/cancel`: the visit will not take place.
    Cancel {
        /// Which visit.
        reference: Option<String>,
    },
    /// `/undo`: takes one's own last command back.
    Undo,
    /// `/mine`: one's own visits.
    Mine,
    /// `/board`: who is out.
    Board,
    /// Who is there and who stands in.
    Roster(RosterCommand),
    /// What the team keeps lists of.
    Register(RegisterCommand),
    /// `/drill`: the response, practised.
    Drill(DrillCommand),
    /// `/help`.
    Help {
        /// About which command (without the slash).
        topic: Option<String>,
    },
    /// `/sos`, or a bare call for help in a direct chat.
    Sos {
        /// Her words.
        words: String,
    },
    /// "Please ring me": buddy and duty officer are asked to ring, at once.
    RingMe,
    /// `/record`: the escalation record of an alarm.
    Record(Target),
    /// `/concern`: something is not right at the doorstep; she stays out and waits for a direction.
    Concern {
        /// Her words.
        words: String,
    },
    /// `/ack`: takes the alarm on.
    Ack(Target),
    /// `/reached`: spoke to her.
    Reached {
        /// Which alarm, or whose.
        target: Target,
        /// What was said.
        words: String,
    },
    /// `/noanswer`: tried and failed.
    NoAnswer {
        /// Which alarm, or whose.
        target: Target,
        /// What was tried.
        words: String,
    },
    /// `/seen`: a confirmed sighting.
    Seen {
        /// Which alarm, or whose.
        target: Target,
        /// When she was seen; `None` is now.
        at: Option<DateTime<Utc>>,
        /// By whom, where.
        words: String,
    },
    /// `/claim LCS1234`: rings that place, working backwards.
    Claim {
        /// Which alarm, or whose.
        target: Target,
        /// Which place; `None`: the next one.
        reference: Option<String>,
    },
    /// `/asked LCS1234 words`: what was said there.
    Asked {
        /// Which alarm, or whose.
        target: Target,
        /// Which place.
        reference: Option<String>,
        /// What was said; empty: nobody answered.
        words: String,
        /// She never arrived there.
        never: bool,
    },
    /// `/concern A12 words`: cause for concern, which does not wait for the clock.
    Worry {
        /// Which alarm, or whose.
        target: Target,
        /// Why.
        words: String,
    },
    /// `/police`: the police have it.
    Police {
        /// Which alarm.
        target: Target,
        /// The police log number, empty where not given yet.
        log: String,
    },
    /// `/standdown`: close the alarm.
    StandDown {
        /// Which alarm.
        target: Target,
        /// Why; needed.
        reason: String,
    },
    /// `/duress @amira`: a call for help that somebody took by phone.
    Duress {
        /// Whose.
        target: Target,
        /// What was said.
        words: String,
    },
}

/// `/drill` and what stands behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillCommand {
    /// `/drill @amira overdue`.
    Begin {
        /// About whom.
        who: PersonId,
        /// What is practised.
        kind: DrillKind,
    },
    /// `/drill stop`.
    Stop,
    /// `/drill report`.
    Report,
}

/// A check-in, perhaps told late, perhaps naming its visit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Which visit, where named.
    pub reference: Option<String>,
    /// When it happened, where told late.
    pub at: Option<DateTime<Utc>>,
    /// Other words in the message, kept in the log.
    pub words: String,
    /// The message held a name or an address, which is left out here; the sender is asked to delete it.
    #[serde(default)]
    pub personal: bool,
}

/// What is said about the address of a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressWord {
    /// Here it is.
    Give(String),
    /// It is to be deleted.
    Clear,
    /// Has it been given?
    Ask,
}

/// Which alarm a responder means. Both empty: the message's own thread or reply, else the only one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// `A12`.
    pub alarm: Option<AlarmNumber>,
    /// `@amira`.
    pub who: Option<PersonId>,
}

/// How an agreed end is moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extension {
    /// `/extend 30m`: later by so much than the agreed end (or than now, where that has passed).
    Minutes(i64),
    /// `/extend until 15:45`.
    Until(DateTime<Utc>),
}

impl Command {
    /// The alarm or the person that a responder's command is about; `None` for every other command.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Ack(target)
            | Self::Record(target)
            | Self::Duress { target, .. }
            | Self::Reached { target, .. }
            | Self::NoAnswer { target, .. }
            | Self::Seen { target, .. }
            | Self::Claim { target, .. }
            | Self::Asked { target, .. }
            | Self::Worry { target, .. }
            | Self::Police { target, .. }
            | Self::StandDown { target, .. } => Some(target),
            _ => None,
        }
    }
}

impl Extension {
    /// The new agreed end, for a visit agreed to end at `end`.
    pub fn apply(&self, end: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Minutes(minutes) => end.max(now) + Duration::minutes(*minutes),
            Self::Until(until) => *until,
        }
    }
}

/// A visit as it was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VisitRequest {
    /// The identifier from which person and address can be found: `LCS1234`, upper case.
    pub reference: String,
    /// Initials, where given.
    pub initials: Option<String>,
    /// Scheduled time of entering.
    pub start: DateTime<Utc>,
    /// Agreed end.
    pub end: DateTime<Utc>,
    /// Category 1 or 2 (Wiltshire 1), where given.
    pub category: Option<u8>,
    /// Expected return to the office, where given.
    #[serde(default)]
    pub back: Option<DateTime<Utc>>,
    /// Who goes with her.
    pub with: Vec<PersonId>,
    /// Agreed check-ins during the visit.
    pub checks: Vec<DateTime<Utc>>,
    /// Those of the checks at which the manager rings her (Hertfordshire 7.1).
    #[serde(default)]
    pub calls: Vec<DateTime<Utc>>,
    /// Where she goes next.
    pub next: Option<Next>,
    /// On whose behalf it is logged.
    pub on_behalf: Option<PersonId>,
    /// The second worker's own entry of a colleague's visit.
    #[serde(default)]
    pub second: bool,
    /// True where the end was read as the next day's, which the answer says.
    pub crosses_midnight: bool,
}

/// The next place of the itinerary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// Another visit.
    Visit(String),
    /// Back to the office.
    Office,
    /// Home.
    Home,
}
