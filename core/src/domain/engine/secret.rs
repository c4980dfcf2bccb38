//! Notes and code phrases, and what her account sends after one.
//!
//! After a code phrase the worker's account gets just what it would get on an innocent day (design,
//! invariant 4): nothing here answers differently because an alarm is open.

use super::page::Announcement;
use super::{Given, Turn};
use crate::domain::alarm::AlarmKind;
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::notice::{Notice, Tap};
use crate::domain::outgoing::Priority;
use crate::domain::shift::{LogLine, Shift, SightingKind};
use chrono::{DateTime, Utc};

impl Turn<'_> {
    /// True if what `given.by` says is to be marked for the responders: she had used a code phrase before.
    pub(super) fn secret_mark(&self, given: &Given<'_>, before: &Shift) -> bool {
        *given.by == before.worker && before.duress().is_some()
    }

    /// Shows what her account said after the code phrase, in the thread of the call for help.
    pub(super) fn after_phrase(&mut self, what: Deed) {
        let Some(number) = self.shift.duress().map(|alarm| alarm.number) else {
            return;
        };
        let worker = self.shift.worker.clone();
        self.record(
            number,
            Some(worker.clone()),
            self.now,
            Deed::AfterPhrase {
                deed: Box::new(what.clone()),
            },
        );
        let notice = Notice::AfterPhrase {
            number,
            worker: worker.clone(),
            what,
        };
        self.quiet_line(number, &worker, notice);
    }

    /// A note: kept in her log, and shown quietly in the managers' room while she is on a visit.
    pub(super) fn note(&mut self, words: &str, said_at: DateTime<Utc>) {
        let worker = self.shift.worker.clone();
        self.shift.log.push(LogLine {
            at: said_at,
            by: worker,
            words: words.to_owned(),
        });
        let words = words.to_owned();
        self.told(Deed::Wrote { words }, SightingKind::Wrote, said_at);
    }

    /// A shared location is a note, and a sighting.
    pub(super) fn location(&mut self, place: &str, said_at: DateTime<Utc>) {
        let place = place.to_owned();
        self.told(
            Deed::SharedLocation { place },
            SightingKind::Location,
            said_at,
        );
    }

    fn told(&mut self, what: Deed, how: SightingKind, said_at: DateTime<Utc>) {
        let worker = self.shift.worker.clone();
        let on = self
            .shift
            .current_visit(self.now)
            .filter(|visit| visit.is_on(self.now))
            .cloned();
        self.sighted(said_at, how, &worker, on.as_ref().map(|visit| visit.no));
        if self.shift.duress().is_some() {
            self.after_phrase(what);
        } else {
            self.shift.unreadable.clear(); // she has written again, as she was asked to
            self.add_to_alarms(&what);
            if let Some(visit) = on {
                let no = visit.no;
                self.quietly_to_managers(
                    Notice::Note {
                        worker,
                        visit,
                        what,
                    },
                    Some(no),
                );
            }
        }
        self.answer(Notice::NoteTaken);
    }

    /// What she writes while somebody looks for her belongs to whoever does; after `/sos` it rings.
    fn add_to_alarms(&mut self, what: &Deed) {
        let worker = self.shift.worker.clone();
        let open = self
            .shift
            .open_alarms()
            .filter(|alarm| !alarm.kind.is_secret());
        let open: Vec<_> = open.cloned().collect();
        for alarm in open {
            let number = alarm.number;
            self.record(number, Some(worker.clone()), self.now, what.clone());
            let notice = Notice::Adds {
                number,
                worker: worker.clone(),
                what: what.clone(),
            };
            if alarm.kind == AlarmKind::Sos {
                self.ask_responders(&alarm, notice, vec![]);
            } else {
                self.quiet_line(number, &worker, notice);
            }
        }
    }

    /// A code phrase was heard. Her own message is answered by another input, as if it had none.
    pub(super) fn phrase(&mut self, sure: bool, words: &str) {
        let worker = self.shift.worker.clone();
        if let Some(number) = self.shift.duress().map(|alarm| alarm.number) {
            self.again(number, words);
            return;
        }
        let visit = self.shift.latest_visit(self.now).map(|visit| visit.no);
        let kind = if sure {
            AlarmKind::Duress
        } else {
            AlarmKind::Possible
        };
        let open = |kind| {
            self.shift
                .open_alarms()
                .find(|a| a.kind == kind)
                .map(|a| a.number)
        };
        if let (false, Some(number)) = (sure, open(AlarmKind::Possible)) {
            self.record(number, Some(worker), self.now, Deed::MaybeAgain);
            return;
        }
        self.raise_help(kind, visit, words, None);
    }

    /// The phrase came again while the call for help is open: everybody who was paged hears it.
    pub(super) fn again(&mut self, number: AlarmNumber, words: &str) {
        let worker = self.shift.worker.clone();
        let Some(alarm) = self.shift.alarm(number) else {
            return;
        };
        let who: Vec<PersonId> = alarm.paged.iter().cloned().collect();
        self.record(
            number,
            Some(worker.clone()),
            self.now,
            Deed::PhraseAgain {
                words: words.to_owned(),
            },
        );
        let notice = Notice::PhraseAgain {
            number,
            worker,
            words: words.to_owned(),
        };
        let priority = Priority::Duress;
        self.announce(
            &Announcement {
                number,
                notice,
                priority,
                taps: vec![Tap::OnIt],
                first: false,
            },
            &who,
        );
    }
}
