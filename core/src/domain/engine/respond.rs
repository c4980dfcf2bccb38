//! What responders say about an alarm.

use super::confirmed::confirms;
use super::{Given, Turn};
use crate::domain::alarm::{AlarmKind, Closed, Police, Taken};
use crate::domain::command::Target;
use crate::domain::deed::Deed;
use crate::domain::ids::AlarmNumber;
use crate::domain::ladder;
use crate::domain::notice::Notice;
use crate::domain::policy::{EarlyOn, Span};
use crate::domain::roster::Person;
use crate::domain::shift::{SightingKind, Stage, Visit};
use chrono::{DateTime, Utc};

impl Turn<'_> {
    /// True if the alarm is open; one that is closed is answered, not applied.
    fn in_time(&mut self, number: AlarmNumber) -> bool {
        let closed = self
            .shift
            .alarm(number)
            .and_then(|alarm| alarm.standing.closed.clone());
        if let Some(closed) = closed {
            self.answer_about(number, Notice::TooLate { number, closed });
            return false;
        }
        self.shift.alarm(number).is_some()
    }

    /// `/ack`: takes the alarm on; the paging pauses.
    pub(super) fn take(&mut self, number: AlarmNumber, given: &Given<'_>) -> Option<Deed> {
        if !self.in_time(number) {
            return None;
        }
        let now = self.now;
        let alarm = self.shift.alarm_mut(number)?;
        alarm.standing.taken = Some(Taken {
            by: given.by.clone(),
            at: now,
        });
        alarm.standing.asked_at = Some(now);
        let kind = alarm.kind;
        let police = alarm.standing.police.is_some();
        let ladder = ladder::ladder_of(self.world.policy, self.shift.alarm(number)?);
        let pause = if police {
            Span::minutes(60)
        } else {
            ladder.follow_up
        };
        self.log_line(number, given.by, Deed::TookOn { number });
        let worker = self.shift.worker.clone();
        self.answer_about(
            number,
            Notice::Taken {
                number,
                kind,
                worker,
                pause,
            },
        );
        Some(Deed::TookOn { number })
    }

    /// `/noanswer`: tried and failed; the next step comes at once where the policy says so.
    pub(super) fn no_answer(
        &mut self,
        number: AlarmNumber,
        words: &str,
        given: &Given<'_>,
    ) -> Option<Deed> {
        if !self.in_time(number) {
            return None;
        }
        let alarm = self.shift.alarm(number)?;
        let next = ladder::next_step(self.world.policy, &self.shift, alarm);
        let forward = next.filter(|(_, step, _)| step.early_on.contains(&EarlyOn::Noanswer));
        let forward = forward.map(|(index, _, _)| index);
        let heard = alarm.standing.heard_at.is_some() || alarm.standing.police.is_some();
        if let (Some(index), false) = (forward, heard) {
            self.bring_forward(number, index);
        }
        let words = words.to_owned();
        let tried = Deed::NoAnswer { number, words };
        self.log_line(number, given.by, tried.clone());
        self.fire_urgent();
        let next = self.what_next(self.shift.alarm(number)?);
        self.answer_about(number, Notice::TriedNoted { number, next });
        Some(tried)
    }

    pub(super) fn bring_forward(&mut self, number: AlarmNumber, index: usize) {
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.standing.forward = Some(index);
            self.urgent.push(number);
        }
    }

    /// `/reached`: spoke to her. Closes what is not a call by code phrase; a visit that is still open is
    /// asked about again, so that nobody is forgotten by having been spoken to.
    pub(super) fn reached(
        &mut self,
        target: &Target,
        words: &str,
        given: &Given<'_>,
    ) -> Option<Deed> {
        let numbers: Vec<AlarmNumber> = match target.alarm {
            Some(number) => vec![number],
            None => self.shift.open_alarms().map(|alarm| alarm.number).collect(),
        };
        if let [number] = numbers.as_slice()
            && !self.in_time(*number)
        {
            return None;
        }
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
        self.ask_again_later();
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

    /// She was spoken to: what is overdue is asked about again in a while.
    fn ask_again_later(&mut self) {
        let (now, lasts) = (self.now, self.world.policy.visit.reached_lasts.0);
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

    /// `/police`: the police have it. The ladder stops; the responders are asked hourly.
    pub(super) fn police(
        &mut self,
        number: AlarmNumber,
        log: &str,
        given: &Given<'_>,
    ) -> Option<Deed> {
        if !self.in_time(number) {
            return None;
        }
        let now = self.now;
        let alarm = self.shift.alarm_mut(number)?;
        alarm.standing.police = Some(Police {
            by: given.by.clone(),
            at: now,
            log: log.to_owned(),
        });
        alarm.standing.asked_at = None;
        let kind = alarm.kind;
        let called = Deed::CalledPolice {
            number,
            log: log.to_owned(),
        };
        self.log_line(number, given.by, called.clone());
        self.answer_about(
            number,
            Notice::PoliceNoted {
                number,
                kind,
                log: log.to_owned(),
            },
        );
        Some(called)
    }

    /// `/standdown`: a human has dealt with it. A call by code phrase takes a manager or above, and how she
    /// was seen or which officer confirmed it (design, invariant 4).
    pub(super) fn stand_down(
        &mut self,
        number: AlarmNumber,
        reason: &str,
        given: &Given<'_>,
    ) -> Option<Deed> {
        if !self.in_time(number) {
            return None;
        }
        let kind = self.shift.alarm(number)?.kind;
        let manager = |p: &Person| p.roles.iter().any(|role| role.is_manager_or_above());
        if kind == AlarmKind::Duress && !self.world.team.person(given.by).is_some_and(manager) {
            self.answer_about(number, Notice::NeedsManager { number });
            return None;
        }
        let enough = match kind {
            AlarmKind::Duress => confirms(reason),
            _ => !reason.trim().is_empty(),
        };
        if !enough {
            self.answer_about(number, Notice::NeedsReason { number, kind });
            return None;
        }
        let how = Deed::StoodDown {
            number,
            reason: reason.to_owned(),
        };
        self.log_line(number, given.by, how.clone());
        let closed = Closed {
            by: given.by.clone(),
            at: self.now,
            how: how.clone(),
            reached: false,
        };
        self.close(number, closed.clone());
        let ended = self.settle_after(number, &closed);
        let watched = self.shift.visits.iter().filter(|v| v.is_on(self.now));
        let watched = watched.min_by_key(|visit| visit.due()).cloned();
        self.answer_about(
            number,
            Notice::StoodDown {
                number,
                worker: self.shift.worker.clone(),
                ended,
                watched,
            },
        );
        Some(how)
    }

    /// A stand-down ends what the alarm was about, and that of a call by code phrase all that was folded into
    /// it; the visits that ended so. One that is still to be reported goes on: she has moved its end, or said
    /// that she is well, or its time is not over yet.
    fn settle_after(&mut self, number: AlarmNumber, closed: &Closed) -> Vec<Visit> {
        let now = self.now;
        let Some(alarm) = self.shift.alarm(number).cloned() else {
            return vec![];
        };
        if alarm.kind == AlarmKind::Duress {
            // What her account said about the end after the phrase counts for nothing.
            let late = self.shift.open_alarms();
            let late = late.filter(|other| other.kind == AlarmKind::Overdue);
            let late: Vec<_> = late.filter_map(|other| other.visit).collect();
            self.close_folded(number, closed);
            return self.end_visits(|visit| {
                visit.due() <= now || visit.folded || late.contains(&visit.no)
            });
        }
        match alarm.kind {
            AlarmKind::Overdue => {
                self.end_visits(|visit| Some(visit.no) == alarm.visit && visit.due() <= now)
            }
            AlarmKind::MissedCheckIn => {
                let visit = alarm.visit.and_then(|no| self.shift.visit_mut(no));
                let checks = visit.into_iter().flat_map(|visit| visit.checks.iter_mut());
                for met in checks.filter(|check| Some(check.at) == alarm.check) {
                    met.done = true;
                }
                vec![]
            }
            _ => vec![],
        }
    }

    fn close_folded(&mut self, number: AlarmNumber, closed: &Closed) {
        let others: Vec<_> = self.shift.open_alarms().map(|alarm| alarm.number).collect();
        for other in others {
            let how = Deed::ClosedWith {
                number,
                deed: Box::new(closed.how.clone()),
            };
            self.log_line(other, &closed.by, how.clone());
            self.close(
                other,
                Closed {
                    how,
                    ..closed.clone()
                },
            );
        }
    }

    fn end_visits(&mut self, which: impl Fn(&Visit) -> bool) -> Vec<Visit> {
        let now = self.now;
        let mut ended = Vec::new();
        for visit in &mut self.shift.visits {
            if visit.is_open() && which(visit) {
                visit.stage = Stage::Ended { at: now };
                ended.push(visit.clone());
            }
        }
        ended
    }

    pub(super) fn close(&mut self, number: AlarmNumber, closed: Closed) {
        self.decide(format!("closed {number}"));
        if let Some(alarm) = self.shift.alarm_mut(number) {
            let unreadable = alarm.kind == AlarmKind::Unreadable;
            alarm.standing.closed = Some(closed);
            if unreadable {
                self.shift.unreadable.clear();
            }
        }
    }
}
