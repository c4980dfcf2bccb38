//! Something that a human must deal with: one struct with a kind and a ladder.

use super::deed::Deed;
use super::ids::{AlarmNumber, PersonId};
use super::inquiry::{Inquiry, Worry};
use super::policy::LadderKind;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Why an alarm was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// A visit has not been reported ended.
    Overdue,
    /// An agreed check-in was missed.
    MissedCheckIn,
    /// A code phrase was heard, or taken by phone.
    Duress,
    /// Something like a code phrase was heard.
    Possible,
    /// She called for help in plain words.
    Sos,
    /// She asked to be rung.
    RingMe,
    /// She has a concern at the doorstep, and waits for a direction.
    Concern,
    /// A message of hers cannot be read.
    Unreadable,
    /// Every visit is over, and she has not said that she is home or back at the office.
    ShiftEnd,
}

impl AlarmKind {
    /// True if the worker must not be able to tell that it was raised, and cannot end it.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Duress | Self::Possible)
    }

    /// True if somebody may be in danger now: it goes out before everything else.
    pub fn is_call_for_help(self) -> bool {
        matches!(self, Self::Duress | Self::Possible | Self::Sos)
    }
}

/// An alarm: raised → acknowledged → handed to the police or not → stood down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// `A12`.
    pub number: AlarmNumber,
    /// Why.
    pub kind: AlarmKind,
    /// Which ladder it climbs.
    pub ladder: LadderKind,
    /// The visit it is about.
    pub visit: Option<u32>,
    /// Who was with her when it was raised.
    #[serde(default)]
    pub with: Vec<PersonId>,
    /// The missed check-in's time.
    pub check: Option<DateTime<Utc>>,
    /// It is the time of an agreed call to her, which nobody has missed yet.
    #[serde(default)]
    pub agreed_call: bool,
    /// The event that cannot be read.
    pub event: Option<String>,
    /// Her last words, where they belong on the page.
    pub words: Option<String>,
    /// Who raised it, where a person did.
    pub raised_by: Option<PersonId>,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// When the message that raised it was sent, where that could be read only later.
    #[serde(default)]
    pub written_at: Option<DateTime<Utc>>,
    /// How often the current step has been repeated.
    pub repeats: u32,
    /// How many reminders it has had in all, as they count on the pages.
    #[serde(default)]
    pub reminders: u32,
    /// When somebody was last paged.
    pub paged_at: DateTime<Utc>,
    /// Everybody who has been paged.
    pub paged: BTreeSet<PersonId>,
    /// People of it whom no message reaches; each brings the next step forward once.
    pub unreached: BTreeSet<PersonId>,
    /// Those of them to whom the server takes no message about it, as far as is known: whoever does something about it reads.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub refused: BTreeSet<PersonId>,
    /// Where it stands with the humans.
    pub standing: Standing,
    /// What was said and done, the answers in its thread too.
    pub record: Vec<Record>,
}

/// Where an alarm stands with the humans.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// The steps taken, since she was last heard of.
    pub fired: Vec<Fired>,
    /// Who took it on.
    pub taken: Option<Taken>,
    /// The worker checked in: paging has stopped, somebody is to speak to her and close it.
    pub heard_at: Option<DateTime<Utc>>,
    /// The police have it.
    pub police: Option<Police>,
    /// When somebody was last asked what happened.
    pub asked_at: Option<DateTime<Utc>>,
    /// A step that a failed call brings forward, by its index.
    pub forward: Option<usize>,
    /// How it was closed.
    pub closed: Option<Closed>,
    /// Where somebody asks for her, working backwards.
    #[serde(default)]
    pub places: Vec<Inquiry>,
    /// Somebody sees cause for concern.
    #[serde(default)]
    pub worry: Option<Worry>,
}

/// Who took an alarm on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// The police have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Police {
    /// Who called them.
    pub by: PersonId,
    /// When it was told.
    pub at: DateTime<Utc>,
    /// Their log number; empty where not known yet.
    pub log: String,
}

/// How an alarm was closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// How, with the reason.
    pub how: Deed,
    /// She was spoken to; otherwise it was stood down.
    pub reached: bool,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fired {
    /// Its index in the ladder.
    pub step: usize,
    /// When.
    pub at: DateTime<Utc>,
}

/// A line of the alarm's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `None` is Lonewatch.
    pub by: Option<PersonId>,
    /// What was said or done.
    pub what: Deed,
}

impl Alarm {
    /// One that is raised now, about this visit; nobody has been paged yet.
    pub fn raised(
        number: AlarmNumber,
        kind: AlarmKind,
        ladder: LadderKind,
        visit: Option<u32>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            number,
            kind,
            ladder,
            visit,
            with: Vec::new(),
            check: None,
            agreed_call: false,
            event: None,
            words: None,
            raised_by: None,
            raised_at: at,
            written_at: None,
            repeats: 0,
            reminders: 0,
            paged_at: at,
            paged: BTreeSet::new(),
            unreached: BTreeSet::new(),
            refused: BTreeSet::new(),
            standing: Standing::default(),
            record: Vec::new(),
        }
    }

    /// True until it is closed.
    pub fn is_open(&self) -> bool {
        self.standing.closed.is_none()
    }

    /// The name of its thread, unique among all teams.
    pub fn thread(&self, shift: &str) -> String {
        format!("{shift}#{}", self.number)
    }

    /// The index of the ladder's next step that is not taken yet.
    pub fn next_step(&self) -> usize {
        self.standing.fired.last().map_or(0, |fired| fired.step + 1)
    }
}
