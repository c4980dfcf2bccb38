//! Calls for help, however they are made: what is raised, and whom it holds off.

use super::page::Announcement;
use super::timer::step_people;
use super::{Given, Turn};
use crate::domain::alarm::{Alarm, AlarmKind, Closed, Taken};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{kept_out, kept_out_of};
use crate::domain::notice::{Notice, Whereabouts};
use crate::domain::outgoing::Priority;
use crate::domain::policy::LadderKind;
use crate::domain::shift::LogLine;
use chrono::Duration;

/// A note so fresh counts as the last words before a call for help.
pub const LAST_WORDS: Duration = Duration::minutes(10);

impl Turn<'_> {
    pub(super) fn raise_help(
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
            self.shift.asked_in_vain = true;
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
        let words = (!words.is_empty()).then(|| words.to_owned());
        self.call_again(number, words);
    }

    /// `/concern`: the manager is asked for a direction, which is passed on (Hertfordshire 6.2); where the document has
    /// none, she is rung.
    pub(super) fn concern(&mut self, words: &str) -> Option<Deed> {
        self.wake(self.today());
        let directs = self.world.policy.gives_directions();
        let (kind, ladder) = match directs {
            true => (AlarmKind::Concern, LadderKind::Concern),
            false => (AlarmKind::RingMe, LadderKind::RingMe),
        };
        let visit = self.shift.latest_visit(self.now).map(|visit| visit.no);
        let out = kept_out(&self.shift, visit.and_then(|no| self.shift.visit(no)));
        let step = self.world.policy.ladder(ladder).steps.first()?;
        let (team, worker) = (self.world.team, self.shift.worker.clone());
        let who = crate::domain::ladder::people(team, step, &worker, &out, self.now);
        let words = (!words.is_empty()).then(|| words.to_owned());
        self.shift.asked_in_vain |= self.shift.duress().is_some();
        if self.shift.duress().is_none() {
            let same = |alarm: &&Alarm| alarm.kind == kind && alarm.visit == visit;
            let open = self
                .shift
                .open_alarms()
                .find(same)
                .map(|alarm| alarm.number);
            match open {
                Some(number) => self.call_again(number, words.clone()),
                None => {
                    let number = self.raise(kind, ladder, visit);
                    if let Some(alarm) = self.shift.alarm_mut(number) {
                        alarm.words.clone_from(&words);
                    }
                }
            }
        }
        let at = visit.and_then(|no| self.shift.visit(no));
        let place = Whereabouts::of(at, self.now);
        self.answer(match directs {
            true => Notice::ConcernHeard { who, place },
            false => Notice::RingPromised { who },
        });
        Some(Deed::Concern {
            words: words.unwrap_or_default(),
        })
    }

    /// The same once more: whoever has taken it on is asked again, with the newer words.
    fn call_again(&mut self, number: AlarmNumber, words: Option<String>) {
        let Some(alarm) = self.shift.alarm_mut(number) else {
            return;
        };
        alarm.words = words.or(alarm.words.take());
        alarm.standing.heard_at = None;
        alarm.standing.taken = None;
        alarm.repeats += 1;
        alarm.reminders += 1;
        let step = alarm.standing.fired.last().map_or(0, |fired| fired.step);
        self.page(number, step, true);
    }

    /// What somebody who was asked for a direction answers is what she is to do. Not while a call for help is open:
    /// then nobody writes to her.
    pub(super) fn pass_on(&mut self, number: AlarmNumber, by: &PersonId, words: &str) {
        let help = |alarm: &Alarm| alarm.kind.is_call_for_help();
        let concern = |alarm: &Alarm| {
            alarm.number == number
                && alarm.ladder == LadderKind::Concern
                && alarm.paged.contains(by)
        };
        if self.shift.open_alarms().any(help) || !self.shift.open_alarms().any(concern) {
            return;
        }
        // Whoever has given a direction has taken it on, and is asked how it went.
        let now = self.now;
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.standing.taken = Some(Taken {
                by: by.clone(),
                at: now,
            });
            alarm.standing.asked_at = Some(now);
        }
        let direction = Notice::Direction {
            by: by.clone(),
            words: words.to_owned(),
        };
        self.ask_worker(direction, None, &[]);
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
        self.shift.asked_in_vain |= help;
        if !help && !open {
            self.raise(AlarmKind::RingMe, LadderKind::RingMe, visit);
        }
        self.answer(Notice::RingPromised { who });
        Some(Deed::AskedToBeRung)
    }

    /// `/duress @amira`: a call for help that a colleague took by phone.
    pub(super) fn duress_by_phone(&mut self, words: &str, given: &Given<'_>) -> Option<Deed> {
        let worker = self.shift.worker.clone();
        let number = match self.shift.duress().map(|alarm| alarm.number) {
            Some(number) => {
                if !words.is_empty() {
                    let words = words.to_owned();
                    self.log_line(number, given.by, Deed::Wrote { words });
                }
                number
            }
            None => {
                let visit = self.shift.latest_visit(self.now).map(|visit| visit.no);
                self.raise_help(AlarmKind::Duress, visit, words, Some(given.by.clone()))
            }
        };
        self.answer_about(number, Notice::RaisedFor { number, worker });
        None
    }
}
