//! What several notices are made of.

use crate::domain::ids::PersonId;
use crate::domain::reach::Obstacle;
use crate::domain::shift::{Stage, Visit};
use chrono::{DateTime, Duration, Utc};

/// Where somebody with a concern is, as far as her visits tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// At the door: she has not said that she has arrived.
    Outside,
    /// She has arrived, and has not left.
    Inside,
    /// On no visit.
    Elsewhere,
}

impl Whereabouts {
    /// By the visit that she is most likely on.
    pub fn of(visit: Option<&Visit>, now: DateTime<Utc>) -> Self {
        match visit {
            Some(visit) if matches!(visit.stage, Stage::Arrived { .. }) => Self::Inside,
            Some(visit) if visit.is_open() && visit.start <= now + Duration::hours(1) => {
                Self::Outside
            }
            _ => Self::Elsewhere,
        }
    }
}

/// What a colleague did with a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Logged it.
    Logged,
    /// Changed it.
    Changed,
    /// Called it off, or took the logging back.
    Cancelled,
}

/// What was asked for and is in the way of another visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    /// The reference asked for.
    pub reference: String,
    /// The end asked for.
    pub end: DateTime<Utc>,
    /// Who asked.
    pub by: PersonId,
    /// Whose visit it is, where somebody else asked.
    pub worker: Option<PersonId>,
    /// The visit that an edit was to change.
    pub amends: Option<Visit>,
}

/// Whom the bot cannot reach, for whoever logs a visit.
#[derive(Clone, Debug, PartialEq)]
pub struct Unreached {
    /// Whose visit it is.
    pub worker: PersonId,
    /// The worker, or whoever would be paged first, and why not.
    pub who: Vec<(PersonId, Obstacle)>,
    /// Who has been told; nobody by name: the managers' room. `None`: there is nobody.
    pub told: Option<Vec<PersonId>>,
}
