//! What a page says.

use crate::domain::alarm::{AlarmKind, Taken};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::inquiry::{Found, Worry};
use crate::domain::policy::{Ask, Span};
use crate::domain::shift::{AddressNote, Sighting, Visit};
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
    /// What is known about its address, where the page is for people who look for her.
    pub address: Option<AddressNote>,
    /// The missed check-in.
    pub check: Option<DateTime<Utc>>,
    /// It is the time of an agreed call to her.
    pub agreed_call: bool,
    /// It was an agreed call, and she has not been reached for it.
    pub call_missed: bool,
    /// The last confirmed contact.
    pub sighting: Option<Sighting>,
    /// Where to ask, working backwards: the places, the last first.
    pub places: Vec<AskedPlace>,
    /// Cause for concern, where somebody sees it.
    pub worry: Option<Worry>,
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
    /// When the message that raised it was sent, and when it could be read, where that was later.
    pub late: Option<(DateTime<Utc>, DateTime<Utc>)>,
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

/// A place at which to ask, and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct AskedPlace {
    /// The visit there.
    pub visit: Visit,
    /// Who rings there now.
    pub ringing: Option<Taken>,
    /// What was said.
    pub found: Option<Found>,
}

/// The line about one place at which to ask.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceToAsk {
    /// `A12`.
    pub number: AlarmNumber,
    /// For whom one asks.
    pub worker: PersonId,
    /// The visit there.
    pub visit: Visit,
    /// The how-manyeth place, from 1: the last of the itinerary.
    pub index: usize,
    /// Of how many.
    pub of: usize,
}
