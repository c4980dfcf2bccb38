//! Steps of a ladder, reminders, and follow-ups with whoever took an alarm on.

use super::Turn;
use super::page::Announcement;
use super::timer::step_people;
use crate::domain::alarm::{Alarm, AlarmKind, Fired};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{self, kept_out_of};
use crate::domain::notice::{Notice, Tap};
use crate::domain::outgoing::Priority;
use std::collections::BTreeSet;

impl Turn<'_> {
    /// Takes a step, and with it every later one that is due as well (after an outage): one page for all.
    pub(super) fn take_steps(&mut self, number: AlarmNumber, first: usize) {
        let (now, world) = (self.now, self.world);
        let mut who: Vec<PersonId> = Vec::new();
        let mut index = first;
        let reminded = self.reminded_by_now(number);
        let mut taken = vec![];
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
            taken.push(index);
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
                alarm.reminders += 1;
            }
            self.page_people(number, index, others);
            if let Some(alarm) = self.shift.alarm_mut(number) {
                alarm.repeats = 0;
            }
        }
        self.inform(number, &taken);
        if self.works_backwards(number, &taken) {
            self.list_places(number);
        }
    }

    /// A quiet line for those who are to know of a step without being paged for it.
    fn inform(&mut self, number: AlarmNumber, taken: &[usize]) {
        let (world, now) = (self.world, self.now);
        let Some(alarm) = self.shift.alarm(number) else {
            return;
        };
        let out = kept_out_of(&self.shift, alarm);
        let steps = &ladder::ladder_of(world.policy, alarm).steps;
        let mut steps = taken.iter().filter_map(|index| steps.get(*index));
        let mut informed: BTreeSet<PersonId> = BTreeSet::new();
        for step in steps.clone() {
            let told = step.inform.iter();
            informed.extend(
                told.flat_map(|notify| ladder::whom(world.team, *notify, &self.shift.worker, &out)),
            );
        }
        let on_matrix = |id: &PersonId| world.team.person(id).is_some_and(|p| p.matrix.is_some());
        informed.retain(|id| !alarm.paged.contains(id) && !out.contains(id) && on_matrix(id));
        let Some(step) = steps.next_back().filter(|_| !informed.is_empty()) else {
            return;
        };
        let notice = Notice::Informed {
            number,
            worker: self.shift.worker.clone(),
            visit: alarm.visit.and_then(|no| self.shift.visit(no)).cloned(),
            paged: ladder::people(world.team, step, &self.shift.worker, &out, now),
            cite: step.cite.clone(),
        };
        for person in informed {
            self.quietly_to(&person, notice.clone());
            if let Some(effect) = self.effects.last_mut() {
                (effect.alarm, effect.hide_from) = (Some(number), out.clone());
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
        let team = self.world.team;
        let others = alarm.paged.iter().flat_map(|id| team.paged_for(id));
        others.filter(|id| !out.contains(id)).collect()
    }

    pub(super) fn repeat(&mut self, number: AlarmNumber) {
        let Some(alarm) = self.shift.alarm_mut(number) else {
            return;
        };
        let Some(step) = alarm.standing.fired.last().map(|fired| fired.step) else {
            return;
        };
        alarm.repeats += 1;
        alarm.reminders += 1;
        self.page(number, step, true);
    }

    pub(super) fn follow_up(&mut self, number: AlarmNumber) {
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
                    sent: None,
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
