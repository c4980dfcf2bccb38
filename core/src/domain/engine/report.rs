//! The report at the end of a shift: home, or back at the office (Rotherham 12, Al-Hasaniya).

use super::Turn;
use crate::domain::alarm::AlarmKind;
use crate::domain::deed::Deed;
use crate::domain::ladder::{self, Anchors};
use crate::domain::notice::{Notice, Tap};
use crate::domain::policy::LadderKind;
use crate::domain::shift::{Check, Visit};
use chrono::{DateTime, Utc};

impl Turn<'_> {
    /// Every visit is over: are you home, or back at the office?
    pub(super) fn ask_report(&mut self) {
        let step = self.world.policy.shift_end().and_then(|l| l.steps.first());
        let asked = step.and_then(|step| Anchors::of_report(&self.shift).due(step, 0));
        (self.shift.report.asked_for, self.shift.report.unasked) = (asked, false);
        let Some(visit) = self.shift.last_over().cloned() else {
            return;
        };
        let taps = [Tap::Home, Tap::Office, Tap::RingMe];
        let no = visit.no;
        self.ask_worker(Notice::AskReport { visit }, Some(no), &taps);
    }

    /// She did not say: an alarm, or a line in the thread of a call for help that is open.
    pub(super) fn raise_shift_end(&mut self) {
        if let Some(number) = self.shift.duress().map(|alarm| alarm.number) {
            let worker = self.shift.worker.clone();
            let line = Notice::AfterPhrase {
                number,
                worker: worker.clone(),
                what: Deed::NotBack,
            };
            self.quiet_line(number, &worker, line);
            self.shift.report.folded = true;
            return;
        }
        let visit = self.shift.last_over().map(|visit| visit.no);
        self.raise(AlarmKind::ShiftEnd, LadderKind::ShiftEnd, visit);
        self.fire_urgent();
    }

    /// When she is asked next about this visit: at a check-in that is still to come, or whether it is over.
    pub(super) fn asked_at(&self, visit: &Visit) -> DateTime<Utc> {
        let end = ladder::asked_at(self.world.policy, &self.shift, visit);
        let open = |check: &&Check| !check.done && !check.call && check.at > self.now;
        let checks = visit.checks.iter().filter(open).map(|check| check.at);
        checks.chain([end]).min().unwrap_or(end)
    }

    /// She has said it, or a human has closed it for her.
    pub(super) fn reported(&mut self, at: DateTime<Utc>) {
        let told = self.shift.report.told_at;
        self.shift.report.told_at = Some(told.map_or(at, |before| before.max(at)));
    }

    /// She is well, or somebody spoke to her: she is asked again at `at`.
    pub(super) fn ask_report_later(&mut self, at: DateTime<Utc>) {
        let report = &mut self.shift.report;
        if report.since.is_some() {
            report.not_before = report.not_before.max(Some(at));
        }
    }
}
