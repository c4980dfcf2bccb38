//! Cause for concern (Wiltshire 3c): it does not wait for the clock.

use super::page::Announcement;
use super::{Given, Turn};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::inquiry::Worry;
use crate::domain::notice::{Notice, Tap};
use crate::domain::outgoing::Priority;

impl Turn<'_> {
    /// `/concern A12 words`: cause for concern brings 999 forward (Wiltshire 3c).
    pub(super) fn worry(
        &mut self,
        number: AlarmNumber,
        words: &str,
        given: &Given<'_>,
    ) -> Option<Deed> {
        if !self.in_time(number) {
            return None;
        }
        let words = words.to_owned();
        let worried = Deed::Worried { words };
        self.log_line(number, given.by, worried.clone());
        self.worried(number, worried.clone(), given);
        self.answer_about(number, Notice::WorryNoted { number });
        Some(worried)
    }

    /// The steps that concern brings are taken now; whoever was paged before and is not paged by them hears it too.
    pub(super) fn worried(&mut self, number: AlarmNumber, why: Deed, given: &Given<'_>) {
        let now = self.now;
        let Some(alarm) = self.shift.alarm_mut(number) else {
            return;
        };
        if alarm.standing.police.is_some() {
            return; // they have it already; the log tells them the rest
        }
        let paged = alarm.paged.clone();
        // Where no step comes of it she is still to be spoken to: a step that is taken ends that by itself.
        alarm.standing.worry = Some(Worry {
            by: given.by.clone(),
            at: now,
            why: why.clone(),
        });
        self.urgent.push(number);
        let before = self.effects.len();
        self.fire_urgent();
        let pinged = |id: &PersonId| self.effects[before..].iter().any(|e| e.ping.contains(id));
        let others = paged.into_iter().filter(|id| id != given.by && !pinged(id));
        let others: Vec<PersonId> = others.collect();
        let notice = Notice::Worried {
            number,
            worker: self.shift.worker.clone(),
            by: given.by.clone(),
            why,
        };
        let page = Announcement {
            number,
            notice,
            priority: Priority::Page,
            taps: vec![Tap::OnIt],
            first: false,
        };
        if !others.is_empty() {
            self.announce(&page, &others);
        }
    }
}
