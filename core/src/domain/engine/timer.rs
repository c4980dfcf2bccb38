//! What time brings: questions to the worker, steps of ladders, repeats, follow-ups.
//!
//! Everything is derived from the state, so a timer is never the truth and a restart has nothing to rebuild.

use super::Turn;
use super::agenda::{Due, agenda};
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::deed::Deed;
use crate::domain::ids::PersonId;
use crate::domain::ladder::{self, World, folds, kept_out_of, ladder_for_visit};
use crate::domain::notice::{Notice, Tap};
use crate::domain::policy::{LadderKind, Notify, Step};
use crate::domain::shift::Shift;
use chrono::{DateTime, Utc};

/// More than any shift can have due at once; passing it means that an item does not go away.
const MOST_DUE_AT_ONCE: usize = 10_000;

impl Turn<'_> {
    /// Does all that is due by now, in the order of time.
    pub(super) fn tick(&mut self) {
        for _ in 0..MOST_DUE_AT_ONCE {
            let items = agenda(&self.shift, self.world.policy);
            let due = items.into_iter().filter(|(at, _)| *at <= self.now);
            let Some((at, item)) = due.min_by_key(|(at, _)| *at) else {
                return;
            };
            self.decide(format!("{item:?} due {}", at.format("%FT%TZ")));
            self.bring(item);
        }
        self.decide("more was due at once than can be");
    }

    /// Takes the steps of alarms that this input raised or brought forward, without waiting for a tick:
    /// anything else waits until all that was said has been heard.
    pub(super) fn fire_urgent(&mut self) {
        for number in std::mem::take(&mut self.urgent) {
            let Some(alarm) = self.shift.alarm(number).filter(|alarm| alarm.is_open()) else {
                continue;
            };
            if folds(&self.shift, alarm.kind) {
                continue;
            }
            let next = ladder::next_step(self.world.policy, &self.shift, alarm);
            if let Some((index, _, at)) = next
                && at <= self.now
            {
                self.take_steps(number, index);
            }
        }
    }

    fn bring(&mut self, item: Due) {
        match item {
            Due::AskEnd(no) => self.ask_end(no),
            Due::AskCheck(no, index) => self.ask_check(no, index),
            Due::BegunAlone(no) => self.begun_alone(no),
            Due::RemindAddress(no) => self.remind_address(no),
            Due::AskReport => self.ask_report(),
            Due::RaiseShiftEnd => self.raise_shift_end(),
            Due::RaiseOverdue(no) => self.raise_overdue(no),
            Due::RaiseCheck(no, index) => self.raise_check(no, index),
            Due::RaiseUnreadable(event) => {
                let on = self.shift.current_visit(self.now);
                let on = on.filter(|visit| visit.is_on(self.now)).map(|v| v.no);
                let number = self.raise(AlarmKind::Unreadable, LadderKind::Unreadable, on);
                if let Some(alarm) = self.shift.alarm_mut(number) {
                    alarm.event = Some(event);
                }
                self.fire_urgent();
            }
            Due::Step(number, index) => self.take_steps(number, index),
            Due::Repeat(number) => self.repeat(number),
            Due::FollowUp(number) => self.follow_up(number),
            Due::Close => self.shift.closed_at = Some(self.now),
        }
    }

    fn ask_end(&mut self, no: u32) {
        let Some(visit) = self.shift.visit(no) else {
            return;
        };
        let asked = ladder::asked_at(self.world.policy, &self.shift, visit);
        let Some(visit) = self.shift.visit_mut(no) else {
            return;
        };
        (visit.asked_for, visit.unasked) = (Some(asked), false);
        let visit = visit.clone();
        self.ask_worker(
            Notice::AskEnd { visit },
            Some(no),
            &[Tap::Done, Tap::MoreTime, Tap::RingMe],
        );
    }

    fn ask_check(&mut self, no: u32, index: usize) {
        let Some(visit) = self.shift.visit_mut(no) else {
            return;
        };
        let Some(check) = visit.checks.get_mut(index) else {
            return;
        };
        (check.asked, check.unasked) = (true, false);
        let at = check.at;
        let visit = visit.clone();
        self.ask_worker(
            Notice::AskCheck { visit, at },
            Some(no),
            &[Tap::Fine, Tap::Done, Tap::RingMe],
        );
    }

    /// The worker did not answer: an alarm, or a line in the thread of a call for help that is open.
    pub(super) fn raise_overdue(&mut self, no: u32) {
        let Some(visit) = self.shift.visit(no) else {
            return;
        };
        let ladder = ladder_for_visit(&self.shift, visit);
        if let Some(number) = self.shift.duress().map(|alarm| alarm.number) {
            let (visit, worker) = (visit.clone(), self.shift.worker.clone());
            self.quiet_line(
                number,
                &worker,
                Notice::Folded {
                    number,
                    worker: worker.clone(),
                    visit,
                },
            );
            if let Some(visit) = self.shift.visit_mut(no) {
                visit.folded = true;
            }
            return;
        }
        self.raise(AlarmKind::Overdue, ladder, Some(no));
        self.fire_urgent();
    }

    /// The agreed check-in was missed: an alarm, or a line in the thread of a call for help that is open.
    pub(super) fn raise_check(&mut self, no: u32, index: usize) {
        let check = self
            .shift
            .visit_mut(no)
            .and_then(|visit| visit.checks.get_mut(index));
        let Some(check) = check else { return };
        let (at, call) = (check.at, check.call);
        if let Some(number) = self.shift.duress().map(|alarm| alarm.number) {
            let worker = self.shift.worker.clone();
            self.quiet_line(
                number,
                &worker,
                Notice::AfterPhrase {
                    number,
                    worker: worker.clone(),
                    what: Deed::MissedCheck { at },
                },
            );
            if let Some(check) = self
                .shift
                .visit_mut(no)
                .and_then(|v| v.checks.get_mut(index))
            {
                (check.done, check.folded) = (true, true);
            }
            return;
        }
        let number = self.raise(AlarmKind::MissedCheckIn, LadderKind::CheckIn, Some(no));
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.check = Some(at);
            alarm.agreed_call = call;
            let first =
                crate::domain::ladder::first_page(self.world.policy.ladder(LadderKind::CheckIn));
            self.bring_forward(number, first.map_or(0, |(index, _)| index));
        }
        self.fire_urgent();
    }
}

/// Whom a step of this alarm pages.
pub(super) fn step_people(
    shift: &Shift,
    alarm: &Alarm,
    index: usize,
    world: &World<'_>,
    now: DateTime<Utc>,
) -> Vec<PersonId> {
    let step = &ladder::ladder_of(world.policy, alarm).steps[index];
    let out = kept_out_of(shift, alarm);
    let first = ladder::first_page(ladder::ladder_of(world.policy, alarm));
    let first = first.map(|(first, _)| first);
    if alarm.agreed_call && alarm.paged.is_empty() && first == Some(index) {
        // The call is the manager's; whom the step names besides hears the reminder, where she was not reached.
        let managers = world.team.managers_of(&shift.worker);
        let there = managers.iter().flat_map(|id| world.team.paged_for(id));
        // A manager who is away, or on the visit, rings nobody: then the step's own people do.
        if there.into_iter().any(|id| !out.contains(&id)) {
            let manager = Step {
                notify: vec![Notify::Manager],
                out_of_hours: vec![],
                ..step.clone()
            };
            return ladder::people(world.team, &manager, &shift.worker, &out, now);
        }
    }
    ladder::people(world.team, step, &shift.worker, &out, now)
}
