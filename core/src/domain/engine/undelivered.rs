//! Delivered is not seen, and refused is not even delivered (design, invariant 3).

use super::Turn;
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder;
use crate::domain::notice::{Notice, To};
use crate::domain::outgoing::{Place, Priority};

impl Turn<'_> {
    /// A message of ours did not arrive: delivered is not seen, and refused is not even delivered. The next
    /// step comes at once, once for each person, and the responders are told (design, invariant 3).
    pub(super) fn undelivered(
        &mut self,
        alarm: Option<AlarmNumber>,
        visit: Option<u32>,
        who: Option<&PersonId>,
    ) {
        let Some(who) = who else { return };
        if let Some(number) = alarm {
            self.page_undelivered(number, who);
        } else if *who == self.shift.worker
            && let Some(no) = visit
            && self.shift.visit(no).is_some_and(|visit| visit.is_open())
        {
            self.prompt_undelivered(no, who);
        }
    }

    fn page_undelivered(&mut self, number: AlarmNumber, who: &PersonId) {
        let Some(alarm) = self.shift.alarm_mut(number).filter(|alarm| alarm.is_open()) else {
            return;
        };
        if !alarm.unreached.insert(who.clone()) {
            return;
        }
        let waiting = alarm.standing.taken.is_none()
            && alarm.standing.police.is_none()
            && alarm.standing.heard_at.is_none();
        let alarm = alarm.clone();
        self.record(number, None, self.now, format!("could not reach {who}"));
        self.tell_unreached(
            Some(number),
            who,
            &alarm.paged.iter().cloned().collect::<Vec<_>>(),
        );
        let next = ladder::next_step(self.world.policy, &self.shift, &alarm);
        if let (true, Some((index, _, _))) = (waiting, next) {
            self.bring_forward(number, index);
        }
    }

    fn prompt_undelivered(&mut self, no: u32, who: &PersonId) {
        self.decide(format!("{who} could not be asked about visit {no}"));
        let known = |a: &Alarm| a.visit == Some(no) && a.standing.heard_at.is_none();
        if self.shift.open_alarms().any(known) {
            return;
        }
        let before = self.raised;
        self.raise_overdue_at_once(no);
        let number = (self.raised > before).then(|| AlarmNumber(self.world.next_alarm + before));
        let paged = number
            .and_then(|number| self.shift.alarm(number))
            .map(|a| a.paged.clone());
        let told: Vec<PersonId> = paged.unwrap_or_default().into_iter().collect();
        self.tell_unreached(number, who, &told);
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

    /// Says whom no message reaches, where the others see it.
    fn tell_unreached(&mut self, number: Option<AlarmNumber>, who: &PersonId, told: &[PersonId]) {
        let worker = self.shift.worker.clone();
        let notice = Notice::Undelivered {
            number,
            worker,
            who: who.clone(),
        };
        let out = ladder::kept_out(&self.shift, None);
        if !out.iter().any(|id| self.world.managers_room.contains(id)) {
            self.quietly_to_managers(notice.clone(), None);
            if let Some(effect) = self.effects.last_mut() {
                effect.alarm = number;
                effect.to = To::Place(Place::Managers);
                effect.priority = Priority::Page;
            }
            return;
        }
        for person in told.iter().filter(|id| *id != who) {
            self.quietly_to(person, notice.clone());
        }
    }
}
