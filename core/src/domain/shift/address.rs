//! The address of a visit, where a policy asks for it: when it was asked for and given. The address itself is kept
//! encrypted in a table of its own, and known here by the number of its row.

use super::{Shift, Stage, Visit};
use crate::domain::alarm::Alarm;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// The reference of a visit to somebody who is not on the system yet (Rotherham 2); a second one is `NEW2`.
pub const NEW: &str = "NEW";
/// For so long after the question the next words that look like an address are taken for its answer.
const ANSWERED_WITHIN: Duration = Duration::minutes(30);

/// True for `NEW`, `NEW2` and so on.
pub fn is_new(reference: &str) -> bool {
    let digits = reference.strip_prefix(NEW);
    digits.is_some_and(|digits| digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// What is known about the address of one visit; never the address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddressNote {
    /// The visit's number within the shift.
    pub visit: u32,
    /// When she was asked (UTC).
    pub asked_at: DateTime<Utc>,
    /// When she was asked once more (UTC).
    #[serde(default)]
    pub reminded_at: Option<DateTime<Utc>>,
    /// It is deleted so many days after the agreed end.
    pub keep_days: u32,
    /// The message of hers that gave it, as far as her account may know.
    #[serde(default)]
    pub hers: Option<GaveAddress>,
    /// The one that is shown on an alarm.
    #[serde(default)]
    pub kept: Option<SealedAddress>,
    /// What her account gave after a code phrase: nobody relies on it.
    #[serde(default)]
    pub doubtful: Option<SealedAddress>,
    /// When the visit was called off (UTC).
    #[serde(default)]
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// That she gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GaveAddress {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// By which message, so that an edit replaces it and a redaction deletes it.
    pub event: String,
}

/// An address that is kept encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedAddress {
    /// When it was given (UTC).
    pub at: DateTime<Utc>,
    /// The row of the table `sealed`.
    pub row: i64,
}

impl AddressNote {
    /// A visit whose address is asked for now.
    pub fn asked(visit: u32, now: DateTime<Utc>, keep_days: u32) -> Self {
        Self {
            visit,
            asked_at: now,
            reminded_at: None,
            keep_days,
            hers: None,
            kept: None,
            doubtful: None,
            cancelled_at: None,
        }
    }

    /// When she is asked once more, quietly: at the visit's start.
    pub fn remind_at(&self, visit: &Visit) -> Option<DateTime<Utc>> {
        let waits = self.hers.is_none() && self.reminded_at.is_none();
        (waits && self.asked_at < visit.start).then_some(visit.start)
    }

    /// True while words that look like an address are taken for the answer.
    pub fn waits(&self, said_at: DateTime<Utc>) -> bool {
        let asked = self.reminded_at.unwrap_or(self.asked_at);
        self.hers.is_none() && asked <= said_at && said_at <= asked + ANSWERED_WITHIN
    }

    /// The rows of the table that it names.
    pub fn rows(&self) -> impl Iterator<Item = i64> {
        [self.kept, self.doubtful]
            .into_iter()
            .flatten()
            .map(|sealed| sealed.row)
    }

    /// When it is deleted: so many days after the visit's agreed end, or after it was called off (UTC).
    pub fn ends_at(&self, visit: &Visit) -> DateTime<Utc> {
        let over = self.cancelled_at.unwrap_or(visit.end);
        over + Duration::days(i64::from(self.keep_days))
    }
}

impl Shift {
    /// What is known about the address of this visit; `None` where nobody asks for it.
    pub fn address(&self, visit: u32) -> Option<&AddressNote> {
        self.addresses.iter().find(|note| note.visit == visit)
    }

    /// The same, to be changed.
    pub fn address_mut(&mut self, visit: u32) -> Option<&mut AddressNote> {
        self.addresses.iter_mut().find(|note| note.visit == visit)
    }

    /// True while an alarm is open in which an address of this visit may be needed.
    pub fn needs_address(&self, visit: u32) -> bool {
        let about = |alarm: &Alarm| alarm.visit.is_none_or(|no| no == visit);
        self.open_alarms().any(about)
    }

    /// The encrypted rows that this shift names, each with the moment at which it is deleted (UTC).
    pub fn sealed_rows(&self) -> Vec<(i64, DateTime<Utc>)> {
        let found = self
            .addresses
            .iter()
            .filter_map(|note| Some((note, self.visit(note.visit)?)));
        let rows = found.flat_map(|(note, visit)| {
            let ends = note.ends_at(visit);
            note.rows().map(move |row| (row, ends))
        });
        rows.collect()
    }

    /// Notes when a visit was called off; one that is on again is as if it never was.
    pub fn note_cancelled(&mut self, now: DateTime<Utc>) {
        for note in &mut self.addresses {
            let visit = self.visits.iter().find(|visit| visit.no == note.visit);
            let off = visit.is_some_and(|visit| visit.stage == Stage::Cancelled);
            note.cancelled_at = off.then(|| note.cancelled_at.unwrap_or(now));
        }
    }
}
