//! Calls for help: code phrases, `/sos`, "please ring me", notes, and what cannot be read.
//!
//! After a code phrase the worker's account gets just what it would get on an innocent day (design,
//! invariant 4): nothing here answers differently because an alarm is open.

use super::page::Announcement;
use super::timer::step_people;
use super::{Given, Turn};
use crate::domain::alarm::{AlarmKind, Closed};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{kept_out, kept_out_of};
use crate::domain::notice::{Notice, Tap};
use crate::domain::outgoing::Priority;
use crate::domain::policy::LadderKind;
use crate::domain::shift::{LogLine, Shift, SightingKind};
use chrono::{DateTime, Duration, Utc};

/// A note so fresh counts as the last words before a call for help.
const LAST_WORDS: Duration = Duration::minutes(10);

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
    fn again(&mut self, number: AlarmNumber, words: &str) {
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

    fn raise_help(
        &mut self,
        kind: AlarmKind,
        visit: Option<u32>,
        words: &str,
        raised_by: Option<PersonId>,
    ) -> AlarmNumber {
        let ladder = match kind {
            AlarmKind::Possible => LadderKind::Possible,
            AlarmKind::Sos => LadderKind::Sos,
            _ => LadderKind::Duress,
        };
        let guesses: Vec<_> = self
            .shift
            .open_alarms()
            .filter(|alarm| alarm.kind == AlarmKind::Possible && kind == AlarmKind::Duress)
            .map(|alarm| alarm.number)
            .collect();
        let number = self.raise(kind, ladder, visit);
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.words = (!words.is_empty()).then(|| words.to_owned());
            alarm.raised_by = raised_by.clone();
        }
        if kind != AlarmKind::Possible {
            self.hold_off(number);
        }
        for guess in guesses {
            let by = raised_by
                .clone()
                .unwrap_or_else(|| self.shift.worker.clone());
            self.close(
                guess,
                Closed {
                    by,
                    at: self.now,
                    how: Deed::Became { number },
                    reached: false,
                },
            );
        }
        number
    }

    /// Whoever was asked to ring her hears that they must not: a call could give her away.
    fn hold_off(&mut self, help: AlarmNumber) {
        let called = self.shift.alarm(help).map(|alarm| {
            let mut called = step_people(&self.shift, alarm, 0, self.world, self.now);
            called.extend(kept_out_of(&self.shift, alarm));
            called
        });
        let called = called.unwrap_or_default();
        let others = self.shift.open_alarms();
        let others = others.filter(|alarm| !alarm.kind.is_call_for_help());
        for alarm in others.cloned().collect::<Vec<_>>() {
            let who = alarm.paged.iter().filter(|id| !called.contains(id));
            let who: Vec<PersonId> = who.cloned().collect();
            let notice = Notice::HoldOff {
                number: alarm.number,
                worker: self.shift.worker.clone(),
                help,
            };
            self.announce(
                &Announcement {
                    number: alarm.number,
                    notice,
                    priority: Priority::Page,
                    taps: vec![],
                    first: false,
                },
                &who,
            );
        }
    }

    /// `/sos`: the managers are pinged at once with her last words; her answer is that to a note.
    pub(super) fn sos(&mut self, words: &str) -> Option<Deed> {
        self.wake(self.today());
        let worker = self.shift.worker.clone();
        let last = self.last_words();
        let words = if words.is_empty() {
            last.as_str()
        } else {
            words
        };
        let log = LogLine {
            at: self.now,
            by: worker.clone(),
            words: words.to_owned(),
        };
        self.shift.log.push(log);
        if let Some(number) = self.shift.duress().map(|alarm| alarm.number) {
            self.again(number, words);
        } else if self
            .shift
            .open_alarms()
            .any(|alarm| alarm.kind == AlarmKind::Sos)
        {
            self.sos_again(words);
        } else {
            let visit = self.shift.latest_visit(self.now).map(|visit| visit.no);
            self.raise_help(AlarmKind::Sos, visit, words, None);
        }
        self.answer(Notice::NoteTaken);
        None
    }

    /// What she wrote just before, where the call itself has no words.
    fn last_words(&self) -> String {
        let recent = self
            .shift
            .log
            .last()
            .filter(|line| self.now - line.at < LAST_WORDS);
        recent.map(|line| line.words.clone()).unwrap_or_default()
    }

    fn sos_again(&mut self, words: &str) {
        let open = self
            .shift
            .open_alarms()
            .find(|alarm| alarm.kind == AlarmKind::Sos);
        let Some(number) = open.map(|alarm| alarm.number) else {
            return;
        };
        if let Some(alarm) = self.shift.alarm_mut(number) {
            if !words.is_empty() {
                alarm.words = Some(words.to_owned());
            }
            alarm.standing.heard_at = None;
            alarm.standing.taken = None;
            alarm.repeats += 1;
            let step = alarm.standing.fired.last().map_or(0, |fired| fired.step);
            self.page(number, step, true);
        }
    }

    /// "Please ring me": buddy and duty officer are asked to ring, at once.
    pub(super) fn ring_me(&mut self) -> Option<Deed> {
        self.wake(self.today());
        let visit = self.shift.latest_visit(self.now).map(|visit| visit.no);
        let out = kept_out(&self.shift, visit.and_then(|no| self.shift.visit(no)));
        let ladder = self.world.policy.ladder(LadderKind::RingMe);
        let step = ladder.steps.first()?;
        let who = crate::domain::ladder::people(
            self.world.team,
            step,
            &self.shift.worker,
            &out,
            self.now,
        );
        let open = self
            .shift
            .open_alarms()
            .any(|alarm| alarm.kind == AlarmKind::RingMe);
        let help = self.shift.duress().is_some();
        if !help && !open {
            self.raise(AlarmKind::RingMe, LadderKind::RingMe, visit);
        }
        self.answer(Notice::RingPromised { who });
        Some(Deed::AskedToBeRung)
    }

    /// `/duress @amira`: a call for help that a colleague took by phone.
    pub(super) fn duress_by_phone(&mut self, given: &Given<'_>) -> Option<Deed> {
        let worker = self.shift.worker.clone();
        let number = match self.shift.duress().map(|alarm| alarm.number) {
            Some(number) => number,
            None => {
                let visit = self.shift.latest_visit(self.now).map(|visit| visit.no);
                self.raise_help(AlarmKind::Duress, visit, "", Some(given.by.clone()))
            }
        };
        self.answer_about(number, Notice::RaisedFor { number, worker });
        None
    }
}
