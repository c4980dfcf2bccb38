//! What a page says.

use crate::domain::alarm::AlarmKind;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::policy::{Ask, Span};
use crate::domain::shift::{Sighting, Visit};
use chrono::{DateTime, Utc};

/// Everything a page says.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// `A12`.
    pub number: AlarmNumber,
    /// Why.
    pub kind: AlarmKind,
    /// For whom.
    pub worker: PersonId,
    /// The visit.
    pub visit: Option<Visit>,
    /// The missed check-in.
    pub check: Option<DateTime<Utc>>,
    /// The last confirmed contact.
    pub sighting: Option<Sighting>,
    /// The places before, the last first: where to ask, working backwards.
    pub itinerary: Vec<Visit>,
    /// What to do now.
    pub ask: Ask,
    /// The rule that says so.
    pub cite: String,
    /// What happens next if nobody does.
    pub next: Option<NextStep>,
    /// How soon this page repeats.
    pub repeat: Span,
    /// The how-manyeth repeat it is; 0 is the page itself.
    pub again: u32,
    /// People of this step who are not on Matrix: to be rung.
    pub not_on_matrix: Vec<PersonId>,
    /// Her last words.
    pub words: Option<String>,
    /// Who took the call by phone, where somebody did.
    pub taken_by: Option<PersonId>,
    /// In a drill: when it ends by itself (UTC).
    pub drill: Option<DateTime<Utc>>,
}

/// What happens next if nobody does anything.
#[derive(Clone, Debug, PartialEq)]
pub struct NextStep {
    /// When.
    pub at: DateTime<Utc>,
    /// Who is paged.
    pub who: Vec<PersonId>,
    /// What they will be asked.
    pub ask: Ask,
    /// True in a drill: the police are not really called.
    pub drill: bool,
}
