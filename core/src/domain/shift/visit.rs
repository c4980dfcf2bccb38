//! A visit, as it was logged and as it goes.

use crate::domain::command::Next;
use crate::domain::ids::PersonId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One visit of the itinerary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Number within the shift, from 1.
    pub no: u32,
    /// `LCS1234`: never a name or an address.
    pub reference: String,
    /// Initials, where given.
    pub initials: Option<String>,
    /// Category 1 or 2, where given.
    pub category: Option<u8>,
    /// Scheduled time of entering.
    pub start: DateTime<Utc>,
    /// Agreed end, as it stands.
    pub end: DateTime<Utc>,
    /// Expected return to the office, where given (Rotherham 2).
    #[serde(default)]
    pub back: Option<DateTime<Utc>>,
    /// Who is with her.
    pub with: Vec<PersonId>,
    /// Who of them has confirmed to be the second worker.
    #[serde(default)]
    pub confirmed: Vec<PersonId>,
    /// Who of them has left it, by their own word, and when (UTC): they can tell what they saw.
    #[serde(default)]
    pub gone: Vec<(PersonId, DateTime<Utc>)>,
    /// The second worker's own entry of a colleague's visit.
    #[serde(default)]
    pub second: bool,
    /// The reference had a flag when it was logged.
    #[serde(default)]
    pub flagged: bool,
    /// The manager who agreed to it, where it needs that.
    #[serde(default)]
    pub approved_by: Option<PersonId>,
    /// It has begun without a second worker's word, and somebody has been told.
    #[serde(default)]
    pub told_alone: bool,
    /// Agreed check-ins.
    pub checks: Vec<Check>,
    /// Where she goes next.
    pub next: Option<Next>,
    /// Who logged it.
    pub logged_by: PersonId,
    /// The event that logged it, so that an edit finds it.
    pub logged_in: String,
    /// Where it stands.
    pub stage: Stage,
    /// How often the end was moved.
    pub extended: u32,
    /// It belongs to what would be an earlier shift, had no call for help kept this one open.
    #[serde(default)]
    pub past: bool,
    /// By which message, and from when, the end was moved last.
    #[serde(default)]
    pub moved: Option<Moved>,
    /// She said that she is well after the agreed end: not asked again before this.
    pub not_before: Option<DateTime<Utc>>,
    /// The due time for which she has been asked.
    pub asked_for: Option<DateTime<Utc>>,
    /// The question did not arrive while an SOS was open: she is asked again when that is closed.
    #[serde(default)]
    pub unasked: bool,
    /// Being overdue has been noted in the thread of a call for help.
    pub folded: bool,
}

impl Visit {
    /// A visit without options, as the first of a shift.
    pub fn plain(worker: PersonId, start: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self {
            no: 1,
            reference: String::new(),
            initials: None,
            category: None,
            start,
            end,
            back: None,
            with: vec![],
            confirmed: vec![],
            gone: vec![],
            second: false,
            flagged: false,
            approved_by: None,
            told_alone: false,
            checks: vec![],
            next: None,
            logged_by: worker,
            logged_in: "plain".to_owned(),
            stage: Stage::Planned,
            extended: 0,
            past: false,
            moved: None,
            not_before: None,
            asked_for: None,
            unasked: false,
            folded: false,
        }
    }

    /// True until it has ended or was cancelled.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Planned | Stage::Arrived { .. })
    }

    /// True if it is open and has begun: she arrived, or its time has come.
    pub fn is_on(&self, now: DateTime<Utc>) -> bool {
        match self.stage {
            Stage::Arrived { .. } => true,
            Stage::Planned => self.start <= now,
            Stage::Ended { .. } | Stage::Cancelled => false,
        }
    }

    /// True if nobody has changed it since it was `other`; what time brought does not count.
    pub fn is_still(&self, other: &Visit) -> bool {
        let word_only = |visit: &Visit| {
            let mut visit = visit.clone();
            (visit.asked_for, visit.folded, visit.told_alone) = (None, false, false);
            visit
                .checks
                .iter_mut()
                .for_each(|check| check.asked = false);
            visit
        };
        word_only(self) == word_only(other)
    }

    /// When she is asked, and from when it counts as overdue.
    pub fn due(&self) -> DateTime<Utc> {
        self.not_before
            .map_or(self.end, |later| later.max(self.end))
    }

    /// When she is expected back: as she said, or else when the visit is due to end.
    pub fn expected_back(&self) -> DateTime<Utc> {
        self.back.map_or(self.due(), |back| back.max(self.due()))
    }
}

/// An agreed end that was moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The event that moved it, so that an edit of it counts once.
    pub event: String,
    /// The end before.
    pub from: DateTime<Utc>,
    /// The expected return before.
    #[serde(default)]
    pub back: Option<DateTime<Utc>>,
}

/// Where a visit stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Stage {
    /// Not known to have begun.
    Planned,
    /// She is there.
    Arrived {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// She is out.
    Ended {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It does not take place.
    Cancelled,
}

/// An agreed check-in during a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// When.
    pub at: DateTime<Utc>,
    /// A word came.
    pub done: bool,
    /// She has been asked.
    pub asked: bool,
    /// The question did not arrive while an SOS was open: she is asked again when that is closed.
    #[serde(default)]
    pub unasked: bool,
    /// The manager rings her, instead of a question to her (Hertfordshire 7.1).
    #[serde(default)]
    pub call: bool,
    /// Missing it was noted in the thread of a call for help.
    #[serde(default)]
    pub folded: bool,
}
