//! Taking one's own last command back, within five minutes: a mis-tap.

use super::{Given, Turn};
use crate::domain::notice::Notice;
use crate::domain::shift::{Shift, Stage, Undo};
use chrono::{DateTime, Duration, Utc};

/// How long a command can be taken back.
pub const UNDO_WINDOW: Duration = Duration::minutes(5);

/// What a command changed, as it was before; `None` where it changed nothing that can be taken back.
pub fn changed(
    before: &Shift,
    after: &Shift,
    at: DateTime<Utc>,
    event: &str,
    what: String,
) -> Option<Undo> {
    let visits = before
        .visits
        .iter()
        .filter(|was| after.visit(was.no) != Some(was));
    let added = after
        .visits
        .iter()
        .filter(|visit| before.visit(visit.no).is_none());
    let sightings = after.sightings.iter().skip(before.sightings.len());
    let stood_down = |alarm: &&crate::domain::alarm::Alarm| {
        let closed = after
            .alarm(alarm.number)
            .and_then(|a| a.standing.closed.as_ref());
        closed.is_some_and(|closed| !closed.reached) && alarm.is_open()
    };
    if before.alarms.iter().any(|alarm| stood_down(&alarm)) {
        return None; // a stand-down is final
    }
    let standing = |number| after.alarm(number).map(|alarm| &alarm.standing);
    let alarms = before
        .alarms
        .iter()
        .filter(|was| standing(was.number) != Some(&was.standing));
    let undo = Undo {
        at,
        event: event.to_owned(),
        what,
        visits: visits.cloned().collect(),
        added: added.map(|visit| visit.no).collect(),
        sightings: sightings.cloned().collect(),
        alarms: alarms
            .map(|alarm| (alarm.number, alarm.standing.clone()))
            .collect(),
    };
    let nothing = undo.visits.is_empty() && undo.added.is_empty() && undo.alarms.is_empty();
    (!nothing || !undo.sightings.is_empty()).then_some(undo)
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
        self.shift.undo.remove(given.by);
        self.restore(&undo);
        self.decide(format!("undone by {}: {}", given.by, undo.what));
        if marked {
            self.after_phrase(&format!("took back: {}", undo.what));
        }
        for (number, _) in &undo.alarms {
            let what = format!("took back: {}", undo.what);
            self.log_line(*number, given.by, what);
        }
        self.answer(Notice::Undone { what: undo.what });
    }

    fn restore(&mut self, undo: &Undo) {
        for was in &undo.visits {
            if let Some(visit) = self.shift.visit_mut(was.no) {
                // What she has been asked meanwhile stays asked; only her word is taken back.
                let asked_for = visit.asked_for;
                *visit = was.clone();
                visit.asked_for = asked_for.or(was.asked_for);
            }
        }
        for no in &undo.added {
            if let Some(visit) = self.shift.visit_mut(*no) {
                visit.stage = Stage::Cancelled;
            }
        }
        self.shift
            .sightings
            .retain(|sighting| !undo.sightings.contains(sighting));
        for (number, standing) in &undo.alarms {
            if let Some(alarm) = self.shift.alarm_mut(*number) {
                let still_open = alarm
                    .standing
                    .closed
                    .as_ref()
                    .is_none_or(|closed| closed.reached);
                if still_open {
                    alarm.standing = standing.clone();
                }
            }
        }
    }
}
