//! Taking one's own last command back, within five minutes: a mis-tap.

use super::turn::{Given, Turn};
use crate::domain::alarm::{AlarmKind, Closed, Record, Standing};
use crate::domain::command::Command;
use crate::domain::deed::Deed;
use crate::domain::ids::AlarmNumber;
use crate::domain::inquiry::Inquiry;
use crate::domain::notice::{Change, Notice};
use crate::domain::shift::{LINGERS, Shift, Stage, Undo, Visit};
use chrono::{DateTime, Duration, Utc};

/// For how long a command can be taken back.
pub const UNDO_WINDOW: Duration = LINGERS;

/// True for what cannot be taken back, nor anything that was said before it.
pub fn is_final(command: &Command) -> bool {
    matches!(
        command,
        Command::Sos { .. } | Command::StandDown { .. } | Command::Duress { .. }
    )
}

/// What a command changed, as it was before and as it left it.
pub fn changed(before: &Shift, after: &Shift, at: DateTime<Utc>, event: &str, what: Deed) -> Undo {
    let visits = before
        .visits
        .iter()
        .filter(|was| after.visit(was.no) != Some(was));
    let added = after
        .visits
        .iter()
        .filter(|visit| before.visit(visit.no).is_none());
    let left = after
        .visits
        .iter()
        .filter(|visit| before.visit(visit.no) != Some(visit));
    let sightings = after.sightings.iter().skip(before.sightings.len());
    let standings = before.alarms.iter().filter_map(|was| {
        let is = &after.alarm(was.number)?.standing;
        (*is != was.standing).then(|| (was.number, was.standing.clone(), is.clone()))
    });
    let asked = |number: &AlarmNumber| {
        after
            .alarm(*number)
            .is_some_and(|alarm| matches!(alarm.kind, AlarmKind::RingMe | AlarmKind::Concern))
    };
    let raised = after.alarms.iter().map(|alarm| alarm.number);
    Undo {
        at,
        event: event.to_owned(),
        what,
        visits: visits.cloned().collect(),
        added: added.map(|visit| visit.no).collect(),
        left: left.cloned().collect(),
        sightings: sightings.cloned().collect(),
        alarms: standings.collect(),
        report: (before.report != after.report)
            .then(|| (before.report.clone(), after.report.clone())),
        raised: raised
            .filter(|number| before.alarm(*number).is_none())
            .filter(asked)
            .collect(),
    }
}

impl Turn<'_> {
    /// Takes back what `given.by` did last, or just the tap of `only`.
    pub(super) fn undo(&mut self, given: &Given<'_>, only: Option<&str>) {
        let recent = self.shift.undo.get(given.by).filter(|undo| {
            self.now - undo.at <= UNDO_WINDOW && only.is_none_or(|event| event == undo.event)
        });
        let Some(undo) = recent.cloned() else {
            if only.is_none() {
                self.answer(Notice::NothingToUndo);
            }
            return;
        };
        let before = self.shift.clone();
        let marked = self.secret_mark(given, &before);
        if let Some(visit) = self.changed_since(&undo) {
            self.answer(Notice::UndoTooLate { visit });
            return;
        }
        self.shift.undo.remove(given.by);
        self.restore(&undo, given);
        self.decide(format!("undone by {}: {:?}", given.by, undo.what));
        if marked {
            self.after_phrase(took_back(&undo));
        }
        let about = undo
            .alarms
            .iter()
            .map(|(number, _, _)| *number)
            .chain(undo.raised.iter().copied());
        // A sighting changes no alarm, and stands in its record.
        let noted = self.shift.open_alarms().filter(|alarm| {
            let this = |line: &Record| line.what == undo.what && line.by.as_ref() == Some(given.by);
            matches!(undo.what, Deed::Seen { .. }) && alarm.record.iter().any(this)
        });
        let mut about: Vec<AlarmNumber> = about.collect();
        about.extend(noted.map(|alarm| alarm.number));
        for number in &about {
            self.log_line(*number, given.by, took_back(&undo));
        }
        let notice = Notice::Undone { what: undo.what };
        match about.first() {
            // Of the worker's own taps she hears nothing about alarms.
            Some(number) if *given.by != self.shift.worker => self.answer_about(*number, notice),
            _ => self.answer(notice),
        }
    }

    /// A visit of that command's that somebody else has changed since: their word stands.
    fn changed_since(&self, undo: &Undo) -> Option<Visit> {
        let still = |left: &Visit| self.shift.visit(left.no).is_some_and(|v| v.is_still(left));
        let changed = undo.left.iter().find(|left| !still(left))?;
        self.shift.visit(changed.no).cloned()
    }

    /// Restores what that command changed.
    fn restore(&mut self, undo: &Undo, given: &Given<'_>) {
        for was in &undo.visits {
            if let Some(visit) = self.shift.visit_mut(was.no) {
                // What she has been asked meanwhile stays asked; only the word is taken back.
                let asked_for = visit.asked_for;
                let left = visit.clone();
                *visit = was.clone();
                visit.asked_for = asked_for.or(was.asked_for);
                let visit = visit.clone();
                self.told_by_another(given, &visit, Change::Changed);
                self.tell_of_taking_back(&left, &visit, given.by);
            }
        }
        for no in &undo.added {
            if let Some(visit) = self.shift.visit_mut(*no) {
                visit.stage = Stage::Cancelled;
                let visit = visit.clone();
                self.told_by_another(given, &visit, Change::Cancelled);
            }
        }
        self.shift
            .sightings
            .retain(|sighting| !undo.sightings.contains(sighting));
        for (number, was, left) in &undo.alarms {
            if let Some(alarm) = self.shift.alarm_mut(*number) {
                revert(&mut alarm.standing, was, left);
            }
        }
        if let Some((was, left)) = &undo.report
            && self.shift.report.told_at == left.told_at
        {
            self.shift.report.told_at = was.told_at;
            self.shift.report.since = was.since;
            if was.told_at != left.told_at {
                self.tell_of_no_return(given.by);
            }
        }
        if matches!(undo.what, Deed::AskedToBeRung | Deed::Concern { .. }) {
            self.shift.asked_in_vain = false;
        }
        for number in &undo.raised {
            let closed = Closed {
                by: given.by.clone(),
                at: self.now,
                how: Deed::ByMistake,
                reached: true,
            };
            self.close(*number, closed);
        }
    }
}

fn took_back(undo: &Undo) -> Deed {
    let deed = Box::new(undo.what.clone());
    Deed::TookBack { deed }
}

/// Field by field, so that what others did meanwhile stands. A page that went out stays out.
fn revert(now: &mut Standing, was: &Standing, left: &Standing) {
    fn back<T: PartialEq + Clone>(now: &mut T, was: &T, left: &T) {
        if now == left {
            now.clone_from(was);
        }
    }
    back(&mut now.taken, &was.taken, &left.taken);
    back(&mut now.heard_at, &was.heard_at, &left.heard_at);
    back(&mut now.police, &was.police, &left.police);
    back(&mut now.closed, &was.closed, &left.closed);
    back(&mut now.worry, &was.worry, &left.worry);
    for place in &mut now.places {
        let of = |all: &[Inquiry]| all.iter().find(|one| one.visit == place.visit).cloned();
        if of(&left.places).as_ref() == Some(place) {
            *place = of(&was.places).unwrap_or(Inquiry::open(place.visit));
        }
    }
}
