//! Moving the agreed end of a visit, and calling one off.

use super::{Given, Turn};
use crate::domain::alarm::AlarmKind;
use crate::domain::command::Extension;
use crate::domain::deed::Deed;
use crate::domain::ladder;
use crate::domain::notice::{Change, Notice};
use crate::domain::policy::Notify;
use crate::domain::shift::{Moved, SightingKind, Stage, Visit};
use chrono::Duration;

/// Beyond so much, or from the second time on, an extension is told to the duty officer.
const LONG_EXTENSION: Duration = Duration::hours(1);

impl Turn<'_> {
    /// `/extend`.
    pub(super) fn extend(
        &mut self,
        reference: Option<&str>,
        to: &Extension,
        given: &Given<'_>,
    ) -> Option<Deed> {
        let mut old = self.meant(reference, given, &extend_line(to, self.world.team.tz))?;
        // A message that is edited counts once, however late: from where it found the end.
        let edited = old.moved.take().filter(|moved| moved.event == given.event);
        if let Some(moved) = &edited {
            (old.end, old.back) = (moved.from, moved.back);
            old.extended = old.extended.saturating_sub(1);
        }
        let end = to.apply(old.end, given.said_at);
        if end <= given.said_at || end <= old.start {
            self.answer(Notice::ExtendPast { visit: old });
            return None;
        }
        let visit = self.shift.visit_mut(old.no)?;
        visit.end = end;
        visit.not_before = None;
        // Whoever stays longer is back later; whoever leaves earlier is back no later than she said.
        visit.back = old
            .back
            .map(|back| back + (end - old.end).max(Duration::zero()));
        visit.moved = Some(Moved {
            event: given.event.to_owned(),
            from: old.end,
            back: old.back,
        });
        let visit = visit.clone();
        self.sighted(
            given.said_at,
            SightingKind::Extended,
            given.by,
            Some(old.no),
        );
        self.extended(&visit, &old, given);
        let reference = visit.reference.clone();
        let mut others = self.shift.visits.iter().filter(|v| v.no != visit.no);
        let into = others.find(|v| v.is_open() && v.start < visit.end && visit.start < v.end);
        let into = into.cloned();
        let ask = self.asked_at(&visit);
        self.answer(Notice::Extended { visit, ask, into });
        Some(Deed::Extended { reference })
    }

    /// A later end is a check-in; the second one, or a long one, is told to the duty officer quietly.
    pub(super) fn extended(&mut self, visit: &Visit, old: &Visit, given: &Given<'_>) {
        let count = old.extended + 1;
        if let Some(visit) = self.shift.visit_mut(visit.no) {
            visit.extended = count;
        }
        if *given.by == self.shift.worker {
            let reference = visit.reference.clone();
            self.checked_in(given, given.said_at, Deed::Extended { reference });
        }
        let little = count < 2 && visit.end - old.end <= LONG_EXTENSION;
        // While somebody looks for her, "she has checked in" says it already, with what to do.
        if little
            || self
                .shift
                .open_alarms()
                .any(|alarm| alarm.kind != AlarmKind::Possible)
        {
            return;
        }
        let team = self.world.team;
        let worker = self.shift.worker.clone();
        let notice = Notice::ExtendedAgain {
            worker: worker.clone(),
            visit: visit.clone(),
        };
        let officers = ladder::whom(team, Notify::DutyOfficer, &worker, &visit.with);
        for officer in officers {
            let written = team
                .person(&officer)
                .is_some_and(|person| person.matrix.is_some());
            if written && officer != worker && !visit.with.contains(&officer) {
                self.quietly_to(&officer, notice.clone());
            }
        }
        if !self.world.managers_room.contains(&worker) {
            self.quietly_to_managers(notice, Some(visit.no));
        }
    }

    /// `/cancel`: only what has not begun.
    pub(super) fn cancel(&mut self, reference: Option<&str>, given: &Given<'_>) -> Option<Deed> {
        let planned = self.only_planned();
        let visit = match planned.filter(|_| reference.is_none() && given.visit.is_none()) {
            Some(visit) => visit,
            None => self.meant(reference, given, "/cancel")?,
        };
        if visit.is_on(given.said_at) {
            self.answer(Notice::CancelBegun { visit });
            return None;
        }
        let found = self.shift.visit_mut(visit.no)?;
        found.stage = Stage::Cancelled;
        self.told_by_another(given, &visit, Change::Cancelled);
        let reference = visit.reference.clone();
        self.answer(Notice::Cancelled { visit });
        Some(Deed::Cancelled { reference })
    }

    fn only_planned(&self) -> Option<Visit> {
        let mut planned = self
            .shift
            .visits
            .iter()
            .filter(|v| v.is_open() && !v.is_on(self.now));
        let first = planned.next()?;
        planned.next().is_none().then(|| first.clone())
    }
}

/// The command as it was given, with times in the zone `tz`, so that a line to copy keeps the amount.
pub fn extend_line(to: &Extension, tz: chrono_tz::Tz) -> String {
    match to {
        Extension::Minutes(minutes) => format!("/extend {minutes}m"),
        Extension::Until(until) => {
            format!("/extend until {}", until.with_timezone(&tz).format("%H:%M"))
        }
    }
}
