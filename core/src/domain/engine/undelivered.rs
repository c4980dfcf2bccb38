//! Delivered is not seen, and refused is not even delivered (design, invariant 3).

use super::Turn;
use super::timer::step_people;
use crate::domain::alarm::{Alarm, Record};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{self, folds};
use crate::domain::notice::Notice;
use crate::domain::outgoing::Priority;
use chrono::Duration;

/// That the managers' room takes no messages is told again after so long.
const ROOM_AGAIN: Duration = Duration::minutes(10);

impl Turn<'_> {
    /// A message of ours did not arrive: delivered is not seen, and refused is not even delivered. The next
    /// step comes at once, once for each person, and the responders are told (design, invariant 3).
    pub(super) fn undelivered(
        &mut self,
        (alarm, visit): (Option<AlarmNumber>, Option<u32>),
        who: Option<&PersonId>,
        for_good: bool,
    ) {
        let Some(who) = who else {
            return self.room_refused(alarm);
        };
        let question = *who == self.shift.worker && alarm.is_none() && visit.is_some();
        if let Some(number) = alarm {
            self.page_undelivered(number, who, for_good);
        } else if let Some((help, no)) = ladder::held_by_sos(&self.shift)
            .zip(visit)
            .filter(|_| question)
        {
            self.not_asked(help, no, who);
        } else if *who == self.shift.worker
            && let Some(no) = visit
            && self.shift.visit(no).is_some_and(|visit| visit.is_open())
        {
            self.prompt_undelivered(no, who);
        } else if *who == self.shift.worker && visit.is_some() && self.shift.report.is_awaited() {
            self.report_undelivered(who);
        } else if *who == self.shift.worker {
            self.direction_undelivered(who);
        } else {
            // A page about a visit rather than an alarm: somebody else has to see to it.
            self.tell_unreached(None, who, &[], true);
        }
    }

    /// The managers' room is lost to a page: whoever was paged has it in the direct chat, and hears so.
    fn room_refused(&mut self, alarm: Option<AlarmNumber>) {
        let Some(alarm) = alarm.and_then(|number| self.shift.alarm(number)).cloned() else {
            return;
        };
        if !alarm.is_open() {
            return;
        }
        let told = self.room_was_told(&alarm);
        if !told {
            self.record(alarm.number, None, self.now, Deed::RoomRefused);
        }
        let taken = alarm.standing.taken.as_ref();
        if let Some(taken) = taken.filter(|taken| alarm.unreached.contains(&taken.by)) {
            self.give_up_on(alarm.number, &taken.by);
        }
        self.go_on_if_nobody_has(alarm.number);
        if told {
            return;
        }
        let (number, worker) = (alarm.number, self.shift.worker.clone());
        let told: Vec<_> = alarm
            .paged
            .iter()
            .filter(|id| **id != worker)
            .cloned()
            .collect();
        for person in told {
            if self
                .world
                .team
                .person(&person)
                .is_some_and(|p| p.matrix.is_some())
            {
                let worker = worker.clone();
                self.quietly_to(&person, Notice::RoomRefused { number, worker });
            }
        }
    }

    /// Several messages to a room that takes none are one piece of news, for whoever has been paged by then.
    fn room_was_told(&self, alarm: &Alarm) -> bool {
        let refused = |record: &&Record| matches!(record.what, Deed::RoomRefused);
        let Some(told) = alarm.record.iter().rev().find(refused) else {
            return false;
        };
        let paged =
            |record: &Record| record.at > told.at && matches!(record.what, Deed::Paged { .. });
        self.now - told.at < ROOM_AGAIN && !alarm.record.iter().any(paged)
    }

    fn page_undelivered(&mut self, number: AlarmNumber, who: &PersonId, for_good: bool) {
        let Some(alarm) = self.shift.alarm_mut(number).filter(|alarm| alarm.is_open()) else {
            return;
        };
        let known = !alarm.unreached.insert(who.clone());
        if for_good {
            alarm.refused.insert(who.clone());
        }
        self.give_up_on(number, who);
        let Some(alarm) = self.shift.alarm(number).cloned() else {
            return;
        };
        if !known {
            self.record(number, None, self.now, Deed::Unreached { who: who.clone() });
        }
        if self.go_on_if_nobody_has(number) || known {
            return;
        }
        let waiting = is_waiting(&alarm);
        // Only for the step that they belong to: one that others of an earlier step do not hear is on its way.
        let current = alarm.standing.fired.last().is_some_and(|fired| {
            step_people(&self.shift, &alarm, fired.step, self.world, self.now).contains(who)
        });
        // An agreed call is the manager's alone, whomever its step names.
        let current = current || alarm.agreed_call && alarm.standing.fired.len() == 1;
        let next = ladder::next_step(self.world.policy, &self.shift, &alarm);
        let next = next.filter(|_| waiting && current);
        let in_room = self.uses_managers_room(&alarm);
        if in_room {
            self.tell_unreached(Some(number), who, &[], waiting);
        }
        if let Some((index, _, _)) = next {
            self.bring_forward(number, index);
        }
        if !in_room {
            // The next people too: they may be the only ones who can be told.
            self.fire_urgent();
            let alarm = self.shift.alarm(number);
            let paged = alarm.map(|alarm| alarm.paged.clone()).unwrap_or_default();
            let told: Vec<PersonId> = paged.into_iter().collect();
            self.tell_unreached(Some(number), who, &told, waiting);
        }
    }

    /// True if the server takes no message about this alarm for anybody who was paged for it. What is still being tried may
    /// arrive at any moment.
    fn nobody_has(&self, alarm: &Alarm) -> bool {
        let in_room = self.uses_managers_room(alarm) && !self.room_was_told(alarm);
        let on_matrix = |id: &PersonId| {
            let person = self.world.team.person(id);
            person.is_some_and(|person| person.matrix.is_some())
        };
        let reads = |id: &PersonId| {
            let in_room = in_room && self.world.managers_room.contains(id);
            on_matrix(id) && (in_room || !alarm.refused.contains(id))
        };
        let mut paged = alarm.paged.iter();
        !paged.any(|id| *id != self.shift.worker && reads(id))
    }

    /// Where nobody paged can be told, the next step comes now, whatever its `earliest` says: that keeps time for people of an
    /// earlier step, and none of them can use it. Whoever is paged then hears why. False where somebody has it, or no step is left.
    fn go_on_if_nobody_has(&mut self, number: AlarmNumber) -> bool {
        let alarm = self.shift.alarm(number).filter(|alarm| alarm.is_open());
        let Some(alarm) = alarm.filter(|alarm| is_waiting(alarm) && self.nobody_has(alarm)) else {
            return false;
        };
        let refused = alarm.refused.clone();
        let next = ladder::next_step(self.world.policy, &self.shift, alarm);
        let Some((index, _, _)) = next.filter(|_| !folds(&self.shift, alarm.kind)) else {
            return false;
        };
        self.take_steps(number, index);
        let paged = self.shift.alarm(number).map(|alarm| alarm.paged.clone());
        let told: Vec<PersonId> = paged
            .into_iter()
            .flatten()
            .filter(|id| !refused.contains(id))
            .collect();
        for who in &refused {
            self.tell_unreached(Some(number), who, &told, true);
        }
        true
    }

    /// Whoever took the alarm on cannot be asked what came of it, so nobody would be: it counts as not taken, and
    /// all who were paged hear it again at once, unless a further step comes now (design, invariants 2 and 3).
    fn give_up_on(&mut self, number: AlarmNumber, who: &PersonId) {
        let Some(alarm) = self.shift.alarm(number) else {
            return;
        };
        let took = alarm.standing.taken.as_ref();
        let took = took.is_some_and(|taken| taken.by == *who) && alarm.standing.police.is_none();
        let in_room = self.uses_managers_room(alarm) && self.world.managers_room.contains(who);
        if !took || in_room && !self.room_was_told(alarm) {
            return;
        }
        let heard = alarm.standing.heard_at.is_some();
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.standing.taken = None;
        }
        self.record(number, None, self.now, Deed::GaveUpOn { who: who.clone() });
        if heard {
            return self.follow_up(number);
        }
        let alarm = self.shift.alarm(number);
        let next = alarm.and_then(|a| ladder::next_step(self.world.policy, &self.shift, a));
        match next {
            Some((index, _, at)) if at <= self.now => self.bring_forward(number, index),
            _ => self.repeat(number),
        }
        self.fire_urgent();
    }

    /// Says whom no message reaches, to those who see the alarm, and whether others are asked instead.
    pub(super) fn tell_unreached(
        &mut self,
        number: Option<AlarmNumber>,
        who: &PersonId,
        told: &[PersonId],
        instead: bool,
    ) {
        let worker = self.shift.worker.clone();
        let notice = Notice::Undelivered {
            number,
            worker: worker.clone(),
            who: who.clone(),
            instead,
        };
        let alarm = number.and_then(|number| self.shift.alarm(number));
        if alarm.is_some_and(|alarm| self.uses_managers_room(alarm)) {
            self.quietly_to_managers(notice, alarm.and_then(|alarm| alarm.visit));
            if let Some(effect) = self.effects.last_mut() {
                effect.alarm = number;
                effect.priority = Priority::Page;
            }
            return;
        }
        for person in told.iter().filter(|id| *id != who && **id != worker) {
            if self
                .world
                .team
                .person(person)
                .is_some_and(|p| p.matrix.is_some())
            {
                self.quietly_to(person, notice.clone());
            }
        }
    }
}

/// True while nobody has taken it on, called the police or heard from her.
fn is_waiting(alarm: &Alarm) -> bool {
    let standing = &alarm.standing;
    standing.taken.is_none() && standing.police.is_none() && standing.heard_at.is_none()
}
