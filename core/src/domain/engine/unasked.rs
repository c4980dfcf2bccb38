//! Questions to the worker that do not arrive: a human has to ask her instead, at once (design, invariant 3).

use super::Turn;
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder;
use crate::domain::notice::Notice;

impl Turn<'_> {
    /// A question to her did not arrive while an SOS of hers is open: it is told under that, and asked again when it is closed.
    pub(super) fn not_asked(&mut self, help: AlarmNumber, no: u32, who: &PersonId) {
        let check = self.unasked_check(no);
        let awaited = self.shift.report.is_awaited();
        let report = &mut self.shift.report;
        match self.shift.visits.iter_mut().find(|visit| visit.no == no) {
            Some(visit) if visit.is_open() => match check.and_then(|at| visit.checks.get_mut(at)) {
                Some(check) => (check.asked, check.unasked) = (false, true),
                None => (visit.asked_for, visit.unasked) = (None, true),
            },
            _ if awaited => (report.asked_for, report.unasked) = (None, true),
            _ => return,
        }
        self.record(help, None, self.now, Deed::Unreached { who: who.clone() });
        let worker = who.clone();
        let notice = Notice::NotAsked {
            number: help,
            worker,
        };
        self.quiet_line(help, who, notice);
    }

    /// The check-in of a visit that she was asked about last, where she has not been asked about its end.
    fn unasked_check(&self, no: u32) -> Option<usize> {
        let visit = self.shift.visit(no)?;
        let end = ladder::asked_at(self.world.policy, &self.shift, visit);
        let mut checks = visit.checks.iter();
        let missed = checks.position(|check| check.asked && !check.done);
        missed.filter(|_| visit.asked_for != Some(end))
    }

    /// She does not hear what she is to do at the door.
    pub(super) fn direction_undelivered(&mut self, who: &PersonId) {
        let concern = |alarm: &&Alarm| alarm.kind == AlarmKind::Concern;
        let found = self.shift.open_alarms().find(concern);
        let found = found.map(|alarm| {
            (
                alarm.number,
                alarm.paged.iter().cloned().collect::<Vec<_>>(),
            )
        });
        if let Some((number, told)) = found {
            // Where a call for help is open nobody is sent to tell her anything.
            let quiet = self.shift.duress().is_some();
            self.tell_unreached(Some(number), who, &told, quiet);
        }
    }

    /// She could not be asked whether she is back: the alarm comes now.
    pub(super) fn report_undelivered(&mut self, who: &PersonId) {
        let raised = |alarm: &Alarm| alarm.kind == AlarmKind::ShiftEnd;
        if self.shift.open_alarms().any(raised) {
            return;
        }
        let before = self.raised;
        self.raise_shift_end();
        let number = (self.raised > before).then(|| AlarmNumber(self.world.next_alarm + before));
        if let Some(number) = number {
            let first = self.world.policy.shift_end().and_then(ladder::first_page);
            self.bring_forward(number, first.map_or(0, |(index, _)| index));
            self.fire_urgent();
        }
        let paged = number
            .and_then(|number| self.shift.alarm(number))
            .map(|a| a.paged.clone());
        let told: Vec<PersonId> = paged.unwrap_or_default().into_iter().collect();
        self.tell_unreached(number, who, &told, true);
    }

    pub(super) fn prompt_undelivered(&mut self, no: u32, who: &PersonId) {
        self.decide(format!("{who} could not be asked about visit {no}"));
        let known = |a: &Alarm| a.visit == Some(no) && a.standing.heard_at.is_none();
        if self.shift.open_alarms().any(known) {
            return;
        }
        let before = self.raised;
        match self.unasked_check(no) {
            Some(index) => self.raise_check(no, index),
            None => self.raise_overdue_at_once(no),
        }
        let number = (self.raised > before).then(|| AlarmNumber(self.world.next_alarm + before));
        let paged = number
            .and_then(|number| self.shift.alarm(number))
            .map(|a| a.paged.clone());
        let told: Vec<PersonId> = paged.unwrap_or_default().into_iter().collect();
        self.tell_unreached(number, who, &told, true);
    }

    fn raise_overdue_at_once(&mut self, no: u32) {
        let Some(visit) = self.shift.visit(no) else {
            return;
        };
        let kind = ladder::ladder_for_visit(&self.shift, visit);
        let first =
            ladder::first_page(self.world.policy.ladder(kind)).map_or(0, |(index, _)| index);
        if self.shift.duress().is_some() {
            return self.raise_overdue(no);
        }
        let number = self.raise(AlarmKind::Overdue, kind, Some(no));
        self.bring_forward(number, first);
        self.fire_urgent();
    }
}
