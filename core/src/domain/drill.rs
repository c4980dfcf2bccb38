//! Drills: the response to a call, practised in the real rooms (Wiltshire 3c: all teams must train and practise the
//! responses to receiving any call for assistance).
//!
//! A drill is a shift of its own with one made-up visit, kept apart from the real ones. It is measured from the record
//! that its alarm leaves behind.

mod believed;
mod measure;

pub use believed::Believed;
pub use measure::{Done, Measure, Measured, measure};

use super::alarm::{Alarm, Closed};
use super::deed::Deed;
use super::ids::{AlarmNumber, PersonId};
use super::shift::{Shift, Stage};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// What stands in the place of a reference: the visit of a drill is made up.
pub const REFERENCE: &str = "DRILL";
/// After the last step of the ladder there is so much time to finish.
pub const AFTERWARDS: Duration = Duration::minutes(30);
/// A drill lasts for at least so long, so that nobody has to hurry.
pub const SHORTEST: Duration = Duration::hours(1);
/// A drill lasts for at most so long: practice must not go on through the night.
pub const LONGEST: Duration = Duration::hours(4);

/// What is practised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillKind {
    /// No word after the last visit.
    Overdue,
    /// A call by code phrase.
    Duress,
}

/// The mark of a shift that is a drill. All times are UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drill {
    /// What is practised.
    pub kind: DrillKind,
    /// Who began it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
    /// When the worker's next real visit begins, which ends it.
    #[serde(default)]
    pub out_at: Option<DateTime<Utc>>,
    /// How it ended.
    #[serde(default)]
    pub over: Option<Over>,
    /// When the worker was told that it is over.
    #[serde(default)]
    pub told_at: Option<DateTime<Utc>>,
    /// As some people must go on seeing it.
    #[serde(default)]
    pub believed: Option<Believed>,
}

/// The end of a drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Over {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// Why.
    pub why: Why,
}

/// Why a drill ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Why {
    /// It was dealt with, as a real alarm is.
    Done,
    /// Somebody stopped it.
    Stopped {
        /// Who.
        by: PersonId,
    },
    /// Its time was over.
    TimeUp,
    /// The worker is really on a visit.
    Out,
    /// A real alarm was raised.
    Real {
        /// Which; `None` where not everybody may know.
        number: Option<AlarmNumber>,
    },
}

impl Drill {
    /// True until it has ended.
    pub fn is_on(&self) -> bool {
        self.over.is_none()
    }

    /// True where the worker hears of the end only when its time is over: it ended by nobody's word, and she must not be
    /// able to tell whether a real call has ended it (design, invariant 4).
    pub fn is_told_later(&self) -> bool {
        let silent = |over: &Over| matches!(over.why, Why::Out | Why::Real { .. });
        self.told_at.is_none() && self.over.as_ref().is_some_and(silent)
    }
}

impl Shift {
    /// True for a drill that goes on.
    pub fn is_drill_on(&self) -> bool {
        self.drill.as_ref().is_some_and(Drill::is_on)
    }

    /// The alarm of a drill.
    pub fn practised(&self) -> Option<&Alarm> {
        self.alarms.first().filter(|_| self.drill.is_some())
    }

    /// Ends a drill: from now on it pages nobody, and there is nothing to be answered.
    pub fn end_drill(&mut self, why: Why, at: DateTime<Utc>) {
        let Some(drill) = self.drill.as_mut().filter(|drill| drill.is_on()) else {
            return;
        };
        drill.over = Some(Over { at, why });
        let by = drill.by.clone();
        for alarm in self.alarms.iter_mut().filter(|alarm| alarm.is_open()) {
            alarm.standing.closed = Some(Closed {
                by: by.clone(),
                at,
                how: Deed::DrillOver,
                reached: false,
            });
            alarm.record.push(super::alarm::Record {
                at,
                by: None,
                what: Deed::DrillOver,
            });
        }
        self.end_made_up_visits(at);
        self.undo.clear();
        self.settled_at = Some(at);
    }

    /// The visit of a drill is over with the last alarm of it.
    pub(crate) fn end_made_up_visits(&mut self, at: DateTime<Utc>) {
        if self.drill.is_none() || self.open_alarms().next().is_some() {
            return;
        }
        let open = self.visits.iter_mut().filter(|visit| visit.is_open());
        open.for_each(|visit| visit.stage = Stage::Ended { at });
    }
}
