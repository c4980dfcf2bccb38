//! What time brings: questions to the worker, steps of ladders, repeats, follow-ups.
//!
//! Everything is derived from the state, so a timer is never the truth and a restart has nothing to rebuild.

use super::Turn;
use super::agenda::{Due, agenda};
use super::page::Announcement;
use crate::domain::alarm::{Alarm, AlarmKind, Fired};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{self, World, folds, kept_out_of, ladder_for_visit};
use crate::domain::notice::{Notice, Tap};
use crate::domain::outgoing::Priority;
use crate::domain::policy::LadderKind;
use crate::domain::shift::Shift;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

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
        let Some(visit) = self.shift.visit_mut(no) else {
            return;
        };
        visit.asked_for = Some(visit.due());
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
        check.asked = true;
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
        let at = check.at;
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
                check.done = true;
            }
            return;
        }
        let number = self.raise(AlarmKind::MissedCheckIn, LadderKind::CheckIn, Some(no));
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.check = Some(at);
            let first =
                crate::domain::ladder::first_page(self.world.policy.ladder(LadderKind::CheckIn));
            self.bring_forward(number, first.map_or(0, |(index, _)| index));
        }
        self.fire_urgent();
    }

    /// Takes a step, and with it every later one that is due as well (after an outage): one page for all.
    fn take_steps(&mut self, number: AlarmNumber, first: usize) {
        let (now, world) = (self.now, self.world);
        let mut who: Vec<PersonId> = Vec::new();
        let mut index = first;
        let reminded = self.reminded_by_now(number);
        loop {
            let Some(alarm) = self.shift.alarm_mut(number) else {
                return;
            };
            alarm.repeats = 0;
            alarm.standing.heard_at = None;
            alarm.standing.taken = None;
            alarm.standing.fired.push(Fired {
                step: index,
                at: now,
            });
            let Some(alarm) = self.shift.alarm(number) else {
                return;
            };
            who.extend(step_people(&self.shift, alarm, index, world, now));
            match ladder::next_step(world.policy, &self.shift, alarm) {
                Some((next, _, at)) if at <= now => index = next,
                _ => break,
            }
        }
        let mut seen = BTreeSet::new();
        who.retain(|id| seen.insert(id.clone()));
        self.record(number, None, now, Deed::Paged { who: who.clone() });
        let others: Vec<PersonId> = reminded
            .into_iter()
            .filter(|id| !who.contains(id))
            .collect();
        self.page_people(number, index, who);
        if !others.is_empty() {
            if let Some(alarm) = self.shift.alarm_mut(number) {
                alarm.repeats = 1;
            }
            self.page_people(number, index, others);
            if let Some(alarm) = self.shift.alarm_mut(number) {
                alarm.repeats = 0;
            }
        }
    }

    /// Who has been paged before and is due to be reminded: climbing must leave nobody waiting for longer.
    fn reminded_by_now(&self, number: AlarmNumber) -> Vec<PersonId> {
        let Some(alarm) = self.shift.alarm(number) else {
            return vec![];
        };
        let standing = &alarm.standing;
        let waiting = standing.taken.is_none() && standing.heard_at.is_none();
        let ladder = ladder::ladder_of(self.world.policy, alarm);
        let due = standing
            .fired
            .last()
            .map(|fired| alarm.paged_at + ladder.steps[fired.step].repeat.0);
        if !waiting || due.is_none_or(|due| due > self.now) {
            return vec![];
        }
        let out = kept_out_of(&self.shift, alarm);
        let others = alarm.paged.iter().filter(|id| !out.contains(id));
        others.cloned().collect()
    }

    fn repeat(&mut self, number: AlarmNumber) {
        let Some(alarm) = self.shift.alarm_mut(number) else {
            return;
        };
        let Some(step) = alarm.standing.fired.last().map(|fired| fired.step) else {
            return;
        };
        alarm.repeats += 1;
        self.page(number, step, true);
    }

    fn follow_up(&mut self, number: AlarmNumber) {
        let now = self.now;
        let worker = self.shift.worker.clone();
        let Some(alarm) = self.shift.alarm_mut(number) else {
            return;
        };
        alarm.standing.asked_at = Some(now);
        let alarm = alarm.clone();
        let kind = alarm.kind;
        let (notice, taps) = if let Some(police) = &alarm.standing.police {
            let log = police.log.clone();
            (
                Notice::PoliceFollowUp {
                    number,
                    kind,
                    worker,
                    log,
                },
                vec![],
            )
        } else if alarm.standing.heard_at.is_some() {
            (
                Notice::HeardFrom {
                    number,
                    worker,
                    what: None,
                },
                vec![Tap::Reached],
            )
        } else {
            let taps = if matches!(kind, AlarmKind::Duress | AlarmKind::Sos) {
                vec![]
            } else {
                vec![Tap::Reached, Tap::NoAnswer]
            };
            (
                Notice::FollowUp {
                    number,
                    kind,
                    worker,
                },
                taps,
            )
        };
        self.ask_responders(&alarm, notice, taps);
    }

    /// Asks whoever took the alarm; where nobody has, or the police have it, everybody who was paged.
    pub(super) fn ask_responders(&mut self, alarm: &Alarm, notice: Notice, taps: Vec<Tap>) {
        let all = || alarm.paged.iter().cloned().collect::<Vec<_>>();
        let who = match (&alarm.standing.taken, &alarm.standing.police) {
            (Some(taken), None) => vec![taken.by.clone()],
            _ => all(),
        };
        let out = kept_out_of(&self.shift, alarm);
        let who: Vec<_> = who.into_iter().filter(|id| !out.contains(id)).collect();
        let number = alarm.number;
        self.announce(
            &Announcement {
                number,
                notice,
                priority: Priority::Page,
                taps,
                first: false,
            },
            &who,
        );
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
    ladder::people(world.team, step, &shift.worker, &out, now)
}
