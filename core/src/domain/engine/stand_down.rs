//! Closing an alarm, and what goes with it.

use super::confirmed::confirms;
use super::{Given, Turn};
use crate::domain::alarm::{AlarmKind, Closed};
use crate::domain::deed::Deed;
use crate::domain::ids::AlarmNumber;
use crate::domain::notice::Notice;
use crate::domain::roster::Person;
use crate::domain::shift::{Stage, Visit};

impl Turn<'_> {
    /// `/standdown`: a human has dealt with it. A call by code phrase takes a manager or above, and how she
    /// was seen or which officer confirmed it (design, invariant 4).
    pub(super) fn stand_down(
        &mut self,
        number: AlarmNumber,
        reason: &str,
        given: &Given<'_>,
    ) -> Option<Deed> {
        if !self.in_time(number) {
            return None;
        }
        let kind = self.shift.alarm(number)?.kind;
        let manager = |p: &Person| p.roles.iter().any(|role| role.is_manager_or_above());
        if kind == AlarmKind::Duress && !self.world.team.person(given.by).is_some_and(manager) {
            self.answer_about(number, Notice::NeedsManager { number });
            return None;
        }
        let enough = match kind {
            AlarmKind::Duress => confirms(reason),
            _ => !reason.trim().is_empty(),
        };
        if !enough {
            self.answer_about(number, Notice::NeedsReason { number, kind });
            return None;
        }
        let how = Deed::StoodDown {
            number,
            reason: reason.to_owned(),
        };
        self.log_line(number, given.by, how.clone());
        let closed = Closed {
            by: given.by.clone(),
            at: self.now,
            how: how.clone(),
            reached: false,
        };
        self.close(number, closed.clone());
        let ended = self.settle_after(number, &closed);
        let watched = self.shift.visits.iter().filter(|v| v.is_on(self.now));
        let watched = watched.min_by_key(|visit| visit.due()).cloned();
        self.answer_about(
            number,
            Notice::StoodDown {
                number,
                worker: self.shift.worker.clone(),
                ended,
                watched,
            },
        );
        Some(how)
    }

    /// A stand-down ends what the alarm was about, and that of a call by code phrase all that was folded into
    /// it; the visits that ended so. One that is still to be reported goes on: she has moved its end, or said
    /// that she is well, or its time is not over yet.
    fn settle_after(&mut self, number: AlarmNumber, closed: &Closed) -> Vec<Visit> {
        let now = self.now;
        let Some(alarm) = self.shift.alarm(number).cloned() else {
            return vec![];
        };
        if alarm.kind == AlarmKind::Duress {
            // What her account said about the end after the phrase counts for nothing.
            let late = self.shift.open_alarms();
            let late = late.filter(|other| other.kind == AlarmKind::Overdue);
            let late: Vec<_> = late.filter_map(|other| other.visit).collect();
            self.close_folded(number, closed);
            self.shift.asked_in_vain = false;
            let checks = self
                .shift
                .visits
                .iter_mut()
                .flat_map(|visit| &mut visit.checks);
            checks.for_each(|check| check.folded = false);
            let ended = self
                .end_visits(|visit| visit.due() <= now || visit.folded || late.contains(&visit.no));
            if !ended.is_empty() || std::mem::take(&mut self.shift.report.folded) {
                self.reported(now);
            }
            return ended;
        }
        match alarm.kind {
            AlarmKind::Overdue => {
                let over =
                    self.end_visits(|visit| Some(visit.no) == alarm.visit && visit.due() <= now);
                if !over.is_empty() {
                    self.reported(now);
                }
                over
            }
            AlarmKind::ShiftEnd => {
                self.reported(now);
                vec![]
            }
            AlarmKind::MissedCheckIn => {
                let visit = alarm.visit.and_then(|no| self.shift.visit_mut(no));
                let checks = visit.into_iter().flat_map(|visit| visit.checks.iter_mut());
                for met in checks.filter(|check| Some(check.at) == alarm.check) {
                    met.done = true;
                }
                vec![]
            }
            _ => vec![],
        }
    }

    fn close_folded(&mut self, number: AlarmNumber, closed: &Closed) {
        let others: Vec<_> = self.shift.open_alarms().map(|alarm| alarm.number).collect();
        for other in others {
            let how = Deed::ClosedWith {
                number,
                deed: Box::new(closed.how.clone()),
            };
            self.log_line(other, &closed.by, how.clone());
            self.close(
                other,
                Closed {
                    how,
                    ..closed.clone()
                },
            );
        }
    }

    fn end_visits(&mut self, which: impl Fn(&Visit) -> bool) -> Vec<Visit> {
        let now = self.now;
        let mut ended = Vec::new();
        for visit in &mut self.shift.visits {
            if visit.is_open() && which(visit) {
                visit.stage = Stage::Ended { at: now };
                ended.push(visit.clone());
            }
        }
        ended
    }

    pub(super) fn close(&mut self, number: AlarmNumber, closed: Closed) {
        self.decide(format!("closed {number}"));
        if let Some(alarm) = self.shift.alarm_mut(number) {
            let unreadable = alarm.kind == AlarmKind::Unreadable;
            alarm.standing.closed = Some(closed);
            if unreadable {
                self.shift.unreadable.clear();
            }
        }
        self.shift.end_made_up_visits(self.now);
    }
}
