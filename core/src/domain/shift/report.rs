//! Her report that the working period is over: home, or back at the office.

use super::{Shift, Stage, Visit};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The report at the end of a shift (Rotherham 12, Al-Hasaniya): where it stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// When she gave it, or a human closed it for her.
    pub told_at: Option<DateTime<Utc>>,
    /// Since when it is all that is left to come; it is counted from no earlier than this.
    pub since: Option<DateTime<Utc>>,
    /// She is well, or somebody spoke to her: not asked again before this.
    #[serde(default)]
    pub not_before: Option<DateTime<Utc>>,
    /// The moment for which she has been asked.
    pub asked_for: Option<DateTime<Utc>>,
    /// That it did not come has been noted in the thread of a call for help.
    pub folded: bool,
}

impl Report {
    /// True while it is all that is left to come.
    pub fn is_awaited(&self) -> bool {
        self.since.is_some() && !self.folded
    }
}

impl Shift {
    /// The last of the visits that have taken place, if no other is still open: the report is due after it.
    pub fn last_over(&self) -> Option<&Visit> {
        // What was lent to a call for help was logged by no message of this shift.
        let hers = |visit: &&Visit| !visit.past && !visit.logged_in.is_empty();
        let mut visits = self.visits.iter().filter(hers);
        if visits.clone().any(Visit::is_open) {
            return None;
        }
        let ended = |visit: &&Visit| matches!(visit.stage, Stage::Ended { .. });
        let last = visits.by_ref().filter(ended);
        last.max_by_key(|visit| (visit.expected_back(), visit.no))
    }

    /// Notes whether the report is all that is left to come, at the end of an input.
    pub(crate) fn await_report(&mut self, asked_for: bool, now: DateTime<Utc>) {
        let over = self.last_over().and_then(|visit| match visit.stage {
            Stage::Ended { at } => Some(at),
            _ => None,
        });
        let told = self.report.told_at;
        let waits = asked_for && over.is_some_and(|over| told.is_none_or(|told| told < over));
        if !waits {
            self.report.since = None;
            self.report.not_before = None;
        } else if self.report.since.is_none() {
            self.report.since = Some(now);
        }
    }
}
