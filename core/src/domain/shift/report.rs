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
    /// The question did not arrive while an SOS was open: she is asked again when that is closed.
    #[serde(default)]
    pub unasked: bool,
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

    /// After the clock was set back her last "left", or her report, may lie ahead of it: her next word would count as earlier,
    /// and a report would cover a visit that came after it. Both are moved back together, so that their order stays.
    pub(crate) fn report_not_ahead(&mut self, now: DateTime<Utc>) {
        let last = self.last_over().map(|visit| visit.no);
        let over = self.over_at();
        let Some(newest) = over.max(self.report.told_at).filter(|at| *at > now) else {
            return;
        };
        let ahead = newest - now;
        self.report.told_at = self.report.told_at.map(|at| at - ahead);
        let last = self.visits.iter_mut().find(|visit| Some(visit.no) == last);
        if let Some(Stage::Ended { at }) = last.map(|visit| &mut visit.stage) {
            *at -= ahead;
        }
    }

    /// When the last of the visits was over, if no other is still open.
    fn over_at(&self) -> Option<DateTime<Utc>> {
        match self.last_over()?.stage {
            Stage::Ended { at } => Some(at),
            _ => None,
        }
    }

    /// Notes whether the report is all that is left to come, at the end of an input.
    pub(crate) fn await_report(&mut self, asked_for: bool, now: DateTime<Utc>) {
        let over = self.over_at();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::PersonId;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::Duration::minutes(minutes)
    }

    /// One visit, left at `left`; her report was given at `told`.
    fn shift(left: i64, told: Option<i64>) -> Shift {
        let worker = PersonId::from("amira");
        let mut shift = Shift::empty(worker.clone(), at(0));
        shift.visits.push(Visit {
            stage: Stage::Ended { at: at(left) },
            ..Visit::plain(worker, at(0), at(left))
        });
        shift.report.told_at = told.map(at);
        shift
    }

    fn waits(shift: &mut Shift, now: i64) -> bool {
        shift.report_not_ahead(at(now));
        shift.await_report(true, at(now));
        shift.report.is_awaited()
    }

    #[test]
    fn a_report_after_the_clock_was_set_back_is_one() {
        let mut shift = shift(90, None);
        assert!(waits(&mut shift, 30));
        // She is home ten minutes later.
        shift.report_not_ahead(at(40));
        shift.report.told_at = Some(at(40));
        assert!(!waits(&mut shift, 40));
    }

    #[test]
    fn who_has_not_reported_after_the_last_visit_is_awaited_whatever_the_clock_does() {
        // Her report came before the last "left".
        assert!(waits(&mut shift(90, Some(80)), 30));
        assert!(!waits(&mut shift(90, Some(95)), 30));
        // A report noted ahead of the clock says nothing of a visit that ends afterwards.
        let mut shift = shift(90, Some(95));
        shift.report_not_ahead(at(30));
        shift.visits[0].stage = Stage::Ended { at: at(50) };
        assert!(waits(&mut shift, 50));
    }
}
