//! Messages that cannot be read, and those whose key comes late.

use super::Turn;
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::deed::Deed;
use crate::domain::ladder::kept_out;
use crate::domain::notice::{Notice, Tap, To};
use crate::domain::outgoing::Place;
use crate::domain::roster::Role;
use crate::domain::shift::Unread;

impl Turn<'_> {
    /// A message that cannot be read: told quietly at once, and she is asked to send it again.
    pub(super) fn unreadable(&mut self, event: &str) {
        let worker = self.shift.worker.clone();
        if self.shift.duress().is_some() {
            self.after_phrase(Deed::Unreadable);
        } else {
            self.shift.unreadable.push(Unread {
                event: event.to_owned(),
                at: self.now,
            });
            let notice = Notice::CannotRead {
                worker: worker.clone(),
            };
            let on = self.shift.current_visit(self.now);
            let on = on.filter(|visit| visit.is_on(self.now)).map(|v| v.no);
            self.quietly_to_managers(notice.clone(), on);
            let out = kept_out(&self.shift, on.and_then(|no| self.shift.visit(no)));
            let team = self.world.team;
            // Where she is in the managers' room herself, they have had it in their chats instead.
            let told: Vec<To> = self.effects.iter().map(|told| told.to.clone()).collect();
            let officers: Vec<_> = team.with_role(Role::DutyOfficer).collect();
            for officer in officers
                .iter()
                .filter(|p| p.matrix.is_some() && !out.contains(&p.id))
            {
                let person = officer.id.clone();
                if !told.contains(&To::Place(Place::Direct { person })) {
                    self.quietly_to(&officer.id, notice.clone());
                }
            }
        }
        self.answer(Notice::SendAgain);
    }

    /// Its key came: the message itself is another input.
    pub(super) fn readable(&mut self, event: &str) {
        self.shift.unreadable.retain(|unread| unread.event != event);
        let waits = |alarm: &&Alarm| {
            let others = !self.shift.unreadable.is_empty();
            alarm.kind == AlarmKind::Unreadable && !others && alarm.standing.heard_at.is_none()
        };
        let Some(alarm) = self.shift.open_alarms().find(waits).cloned() else {
            return;
        };
        let (number, now) = (alarm.number, self.now);
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.standing.heard_at = Some(now);
            alarm.standing.asked_at = Some(now);
        }
        let notice = Notice::CanRead {
            number,
            worker: self.shift.worker.clone(),
        };
        self.ask_responders(&alarm, notice, vec![Tap::Reached]);
    }
}
