//! The address of a visit: asking for it, and what becomes of the answer (Rotherham 2, Al-Hasaniya).
//!
//! The engine never sees an address: it knows when one was given, and in which encrypted row it is. What her account is
//! told goes by what it gave itself, so that it is the same after a code phrase.

use super::Turn;
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::command::VisitRequest;
use crate::domain::deed::Deed;
use crate::domain::notice::Notice;
use crate::domain::shift::{
    AddressNote, GaveAddress, NEW, SealedAddress, SightingKind, Visit, is_new,
};
use chrono::{DateTime, Utc};

impl Turn<'_> {
    /// Of several visits to people who are not on the system each has a reference of its own: `NEW`, `NEW2`.
    pub(super) fn told_apart(
        &self,
        request: &VisitRequest,
        amended: Option<&Visit>,
    ) -> Option<VisitRequest> {
        if !is_new(&request.reference) {
            return None;
        }
        let same = |visit: &&Visit| {
            let times = (visit.start, visit.end) == (request.start, request.end);
            is_new(&visit.reference) && visit.is_open() && times
        };
        let kept = amended.filter(|old| is_new(&old.reference));
        let kept = kept.or_else(|| self.shift.visits.iter().find(same));
        let reference = match kept {
            Some(visit) => visit.reference.clone(),
            None => self.unused(&request.reference),
        };
        Some(VisitRequest {
            reference,
            ..request.clone()
        })
    }

    fn unused(&self, wanted: &str) -> String {
        let free = |name: &String| self.shift.visits.iter().all(|v| v.reference != *name);
        let numbered = (2..100).map(|n| format!("{NEW}{n}"));
        let mut names = [wanted.to_owned(), NEW.to_owned()]
            .into_iter()
            .chain(numbered);
        names.find(free).unwrap_or_else(|| wanted.to_owned())
    }

    /// A visit has been logged or changed: she is asked for its address, quietly and in her direct chat.
    pub(super) fn ask_address(&mut self, visit: &Visit) {
        let Some(rule) = &self.world.policy.rules.address else {
            return;
        };
        if !rule.asks(&visit.reference) || self.shift.address(visit.no).is_some() {
            return;
        }
        let keep_days = rule.keep_days;
        let note = AddressNote::asked(visit.no, self.now, keep_days);
        self.shift.addresses.push(note);
        self.ask_quietly(visit.clone(), keep_days, false);
    }

    /// The visit begins, and she has not given it: she is asked once more.
    pub(super) fn remind_address(&mut self, no: u32) {
        let now = self.now;
        let Some(visit) = self.shift.visit(no).cloned() else {
            return;
        };
        let Some(note) = self.shift.address_mut(no) else {
            return;
        };
        note.reminded_at = Some(now);
        let keep_days = note.keep_days;
        self.ask_quietly(visit, keep_days, true);
    }

    fn ask_quietly(&mut self, visit: Visit, keep_days: u32, again: bool) {
        let worker = self.shift.worker.clone();
        let person = self.world.team.person(&worker);
        if person.is_none_or(|person| person.matrix.is_none()) {
            return; // she has no chat to be asked in
        }
        let no = visit.no;
        self.quietly_to(
            &worker,
            Notice::AskAddress {
                visit,
                keep_days,
                again,
            },
        );
        if let Some(effect) = self.effects.last_mut() {
            effect.visit = Some(no);
        }
    }

    /// She gave it, in the encrypted row, or took it back.
    pub(super) fn address(
        &mut self,
        no: u32,
        row: Option<i64>,
        said_at: DateTime<Utc>,
        event: &str,
        doubtful: bool,
    ) {
        let Some(visit) = self.shift.visit(no).cloned() else {
            return;
        };
        let doubtful = doubtful || self.shift.duress().is_some();
        let held = doubtful || self.shift.needs_address(no);
        let now = self.now;
        let Some(note) = self.shift.address_mut(no) else {
            return;
        };
        let before = note.hers.take().is_some();
        let keep_days = note.keep_days;
        let Some(row) = row else {
            // While somebody may be looking for her, nothing that her account does takes it from them.
            if visit.start <= now {
                note.reminded_at.get_or_insert(now); // who takes it back is not asked for it at once
            }
            if !held {
                (note.kept, note.doubtful) = (None, None);
            }
            self.decide(format!("the address of visit {no} was taken back"));
            self.answer(match before {
                true => Notice::AddressCleared { visit },
                false => Notice::AddressNone { visit },
            });
            return;
        };
        // Undoing it within five minutes counts from now, as for a command.
        note.hers = Some(GaveAddress {
            at: now,
            event: event.to_owned(),
        });
        let sealed = SealedAddress { at: said_at, row };
        match doubtful {
            true => note.doubtful = Some(sealed),
            false => (note.kept, note.doubtful) = (Some(sealed), None),
        }
        let worker = self.shift.worker.clone();
        self.decide(format!("the address of visit {no} is in row {row}"));
        self.sighted(said_at, SightingKind::Wrote, &worker, Some(no));
        if !doubtful {
            self.shift.unreadable.clear(); // she has written again, as she was asked to
        }
        self.show_to_responders(&visit, sealed, doubtful);
        let next = self.next_without_address();
        self.answer(Notice::AddressKept {
            visit,
            keep_days,
            before,
            next,
        });
    }

    /// The first visit whose address has been asked for, and not given.
    fn next_without_address(&self) -> Option<Visit> {
        let waits = self
            .shift
            .addresses
            .iter()
            .filter(|note| note.hers.is_none());
        let visits = waits.filter_map(|note| self.shift.visit(note.visit));
        let open = visits.filter(|visit| visit.is_open());
        open.min_by_key(|visit| (visit.start, visit.no)).cloned()
    }

    /// Whoever looks for her already has it in the thread of the alarm, quietly.
    fn show_to_responders(&mut self, visit: &Visit, sealed: SealedAddress, doubtful: bool) {
        let about = |alarm: &&Alarm| {
            let secret = alarm.kind == AlarmKind::Duress;
            let about = alarm.visit.is_none_or(|no| no == visit.no);
            let looked_for = !matches!(
                alarm.kind,
                AlarmKind::Possible | AlarmKind::RingMe | AlarmKind::Unreadable
            );
            if doubtful {
                secret
            } else {
                about && looked_for
            }
        };
        let numbers: Vec<_> = self
            .shift
            .open_alarms()
            .filter(about)
            .map(|a| a.number)
            .collect();
        let worker = self.shift.worker.clone();
        for number in numbers {
            let reference = visit.reference.clone();
            let gave = Deed::GaveAddress { reference };
            let deed = match doubtful {
                true => Deed::AfterPhrase {
                    deed: Box::new(gave),
                },
                false => gave,
            };
            self.record(number, Some(worker.clone()), self.now, deed);
            let notice = Notice::AddressCame {
                number,
                worker: worker.clone(),
                visit: visit.clone(),
                sealed,
                doubtful,
            };
            self.quiet_line(number, &worker, notice);
        }
    }
}
