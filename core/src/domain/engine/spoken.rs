//! A responder has spoken to her, or has seen her.

use super::{Given, Turn};
use crate::domain::alarm::{Alarm, AlarmKind, Closed};
use crate::domain::command::Target;
use crate::domain::deed::Deed;
use crate::domain::ids::AlarmNumber;
use crate::domain::notice::Notice;
use crate::domain::shift::{SightingKind, Visit};
use chrono::{DateTime, Utc};

impl Turn<'_> {
    /// `/reached`: spoke to her. Closes what is not a call by code phrase; a visit that is still open is
    /// asked about again, so that nobody is forgotten by having been spoken to.
    pub(super) fn reached(
        &mut self,
        target: &Target,
        words: &str,
        given: &Given<'_>,
    ) -> Option<Deed> {
        if let Some(number) = target.alarm
            && !self.in_time(number)
        {
            return None;
        }
        let numbers = self.met_by(target);
        let pronoun = ["her", "him", "them"].contains(&words);
        let words = if pronoun { "" } else { words }.to_owned();
        let reached = Deed::Reached {
            words: words.clone(),
        };
        let duress = |number: &AlarmNumber| {
            self.shift
                .alarm(*number)
                .is_some_and(|alarm| alarm.kind == AlarmKind::Duress)
        };
        let (kept, closing): (Vec<_>, Vec<_>) = numbers.into_iter().partition(duress);
        for number in kept {
            let words = words.clone();
            self.log_line(number, given.by, Deed::ReachedInVain { words });
            self.answer_about(number, Notice::ReachedNotEnough { number });
        }
        if self.shift.duress().is_some() && closing.is_empty() {
            return Some(reached);
        }
        self.sighted(given.said_at, SightingKind::Reached, given.by, None);
        for number in &closing {
            self.close_reached(*number, &reached, given);
        }
        // Of a call by code phrase she must not notice anything, nor that it is over.
        let secret = |number: &AlarmNumber| {
            let alarm = self.shift.alarm(*number);
            alarm.is_some_and(|alarm| alarm.kind.is_secret())
        };
        if closing.is_empty() || !closing.iter().all(secret) {
            self.ask_again_later();
        }
        let on = self
            .shift
            .visits
            .iter()
            .find(|visit| visit.is_on(self.now))
            .cloned();
        let worker = self.shift.worker.clone();
        let about = closing.first().copied();
        let notice = Notice::ReachedNoted {
            numbers: closing,
            worker,
            open: on,
        };
        match about {
            Some(number) => self.answer_about(number, notice),
            None => self.answer(notice),
        }
        Some(reached)
    }

    /// The open alarms that speaking to her answers: the one that is meant with all that waited behind it.
    fn met_by(&self, target: &Target) -> Vec<AlarmNumber> {
        let sos = |alarm: &&Alarm| alarm.kind == AlarmKind::Sos;
        let meant = target.alarm.and_then(|number| self.shift.alarm(number));
        let sos = meant.filter(sos).map(|alarm| alarm.number);
        let open = self.shift.open_alarms();
        let met = open.filter(|alarm| match target.alarm {
            None => true,
            Some(number) => {
                alarm.number == number || sos.is_some() && !alarm.kind.is_call_for_help()
            }
        });
        met.map(|alarm| alarm.number).collect()
    }

    /// She was spoken to: what is overdue is asked about again in a while.
    fn ask_again_later(&mut self) {
        let (now, lasts) = (self.now, self.world.policy.visit.reached_lasts.0);
        self.ask_report_later(now + lasts);
        let overdue = |visit: &&mut Visit| visit.is_open() && visit.due() <= now;
        for visit in self.shift.visits.iter_mut().filter(overdue) {
            visit.not_before = Some(now + lasts);
        }
    }

    fn close_reached(&mut self, number: AlarmNumber, reached: &Deed, given: &Given<'_>) {
        let now = self.now;
        self.log_line(number, given.by, reached.clone());
        let Some(alarm) = self.shift.alarm(number) else {
            return;
        };
        let (visit, check) = (alarm.visit, alarm.check);
        self.close(
            number,
            Closed {
                by: given.by.clone(),
                at: now,
                how: reached.clone(),
                reached: true,
            },
        );
        if let Some(visit) = visit.and_then(|no| self.shift.visit_mut(no)) {
            for met in visit
                .checks
                .iter_mut()
                .filter(|each| Some(each.at) == check)
            {
                met.done = true;
            }
        }
    }

    /// `/seen`: a confirmed sighting, from which the longest clock runs.
    pub(super) fn seen(
        &mut self,
        alarm: Option<AlarmNumber>,
        at: Option<DateTime<Utc>>,
        words: &str,
        given: &Given<'_>,
    ) -> Option<Deed> {
        let place = given.visit.and_then(|no| self.shift.visit(no));
        if let (Some(number), None, Some(visit)) = (alarm, at, place) {
            // In answer to a place's line nobody means now, and 999 would wait from now.
            let (worker, visit) = (self.shift.worker.clone(), visit.clone());
            self.answer_about(number, Notice::SeenWhen { worker, visit });
            return None;
        }
        let at = at.unwrap_or(given.said_at).min(self.now);
        self.sighted(at, SightingKind::Seen, given.by, None);
        let open = self
            .shift
            .open_alarms()
            .find(|a| alarm.is_none_or(|number| a.number == number));
        let number = alarm.or(open.map(|alarm| alarm.number));
        let seen = Deed::Seen {
            at,
            words: words.to_owned(),
        };
        if let Some(number) = number {
            self.seen_at_a_place(number, words, given);
            self.log_line(number, given.by, seen.clone());
        }
        let next = number
            .and_then(|number| self.shift.alarm(number))
            .filter(|alarm| alarm.is_open());
        let next = next.cloned().and_then(|alarm| self.what_next(&alarm));
        let notice = Notice::SeenNoted {
            worker: self.shift.worker.clone(),
            at,
            next,
        };
        match number {
            Some(number) => self.answer_about(number, notice),
            None => self.answer(notice),
        }
        Some(seen)
    }
}
