//! A drill: the beginning is brought forward, everything after it comes at its real minute.

use super::Turn;
use super::timer::step_people;
use crate::domain::alarm::{Alarm, AlarmKind, Fired};
use crate::domain::drill::{AFTERWARDS, DrillKind, LONGEST, REFERENCE, SHORTEST};
use crate::domain::ladder::{self, Anchors, World};
use crate::domain::notice::{NextStep, Notice, To};
use crate::domain::outgoing::Place;
use crate::domain::policy::LadderKind;
use crate::domain::shift::{Shift, SightingKind, Stage, Visit};
use chrono::{DateTime, Duration, Utc};

/// How long the made-up visit was to last.
const LASTS: Duration = Duration::hours(1);

impl Turn<'_> {
    /// Raises the alarm of a drill about a made-up visit: for no word after it so that the first page to somebody other
    /// than the worker is due now.
    pub(super) fn begin_drill(&mut self) {
        let Some(kind) = self.shift.drill.as_ref().map(|drill| drill.kind) else {
            return;
        };
        let (now, worker) = (self.now, self.shift.worker.clone());
        let (alarm, ladder, end) = match kind {
            DrillKind::Overdue => {
                let (kind, ladder) = (AlarmKind::Overdue, LadderKind::FinalVisit);
                (kind, ladder, now - self.first_page_after_end())
            }
            DrillKind::Duress => (AlarmKind::Duress, LadderKind::Duress, now + LASTS / 2),
        };
        let start = end - LASTS;
        self.shift.visits.push(Visit {
            reference: REFERENCE.to_owned(),
            logged_in: String::new(),
            stage: Stage::Arrived { at: start },
            ..Visit::plain(worker.clone(), start, end)
        });
        self.sighted(start, SightingKind::Arrived, &worker, Some(1));
        let number = self.raise(alarm, ladder, Some(1));
        let alarm = self.shift.alarm(number);
        let steps = alarm.map(|alarm| planned(&self.shift, alarm, self.world));
        let mut steps = steps.unwrap_or_default();
        let last = steps.last().map_or(now, |step| step.at);
        let until = (last + AFTERWARDS).clamp(now + SHORTEST, now + LONGEST);
        steps.retain(|step| step.at < until);
        if let Some(drill) = &mut self.shift.drill {
            drill.until = until;
            let (drill, worker) = (drill.clone(), worker);
            self.answer(Notice::DrillBegun {
                drill,
                worker,
                steps,
            });
        }
    }

    /// How long after the agreed end of a last visit the first page goes to somebody other than the worker.
    fn first_page_after_end(&self) -> Duration {
        let now = self.now;
        let visit = Visit::plain(self.shift.worker.clone(), now - LASTS, now);
        let anchors = Anchors {
            shift: &self.shift,
            visit: Some(&visit),
            check: None,
            alarm: None,
            since: None,
        };
        let first = ladder::first_page(self.world.policy.ladder(LadderKind::FinalVisit));
        let due = first.and_then(|(index, step)| anchors.due(step, index));
        due.map_or(Duration::zero(), |due| (due - now).max(Duration::zero()))
    }

    /// A drill is nobody's day: what rules have people told of visits is left out, and the worker hears nothing.
    pub(super) fn only_practice(&mut self) {
        if self.shift.drill.is_none() {
            return;
        }
        let worker = &self.shift.worker;
        let hers = |place: &Place| matches!(place, Place::Direct { person } if person == worker);
        self.effects.retain(|effect| {
            let about_visits = matches!(
                effect.notice,
                Notice::News { .. } | Notice::TeamLine { .. } | Notice::DoneForYou { .. }
            );
            let place = match &effect.to {
                To::Answer => true,
                To::Place(place) => *place != Place::Team && !hers(place),
            };
            place && !about_visits
        });
        for effect in &mut self.effects {
            effect.ping.retain(|id| id != worker);
        }
    }
}

/// Every step of an alarm that is still to come if nobody answers: when, whom it pages, what they are asked.
pub fn planned(shift: &Shift, alarm: &Alarm, world: &World<'_>) -> Vec<NextStep> {
    let mut alarm = alarm.clone();
    let mut steps = Vec::new();
    let mut before: DateTime<Utc> = alarm.raised_at;
    while let Some((index, step, at)) = ladder::next_step(world.policy, shift, &alarm) {
        before = before.max(at);
        let who = step_people(shift, &alarm, index, world, before);
        let drill = shift.drill.is_some();
        steps.push(NextStep {
            at: before,
            who,
            ask: step.ask,
            drill,
        });
        alarm.standing.fired.push(Fired {
            step: index,
            at: before,
        });
    }
    steps
}
