//! What responders say about an alarm.

use super::{Given, Turn};
use crate::domain::alarm::{Alarm, AlarmKind, Police, Taken};
use crate::domain::deed::Deed;
use crate::domain::ids::AlarmNumber;
use crate::domain::ladder::{self, folds};
use crate::domain::notice::Notice;
use crate::domain::policy::{EarlyOn, Span};

impl Turn<'_> {
    /// True if the alarm is open; one that is closed is answered, not applied.
    pub(super) fn in_time(&mut self, number: AlarmNumber) -> bool {
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
        if given.visit.is_some() {
            // In answer to a place's line it is the people there who did not answer.
            return self.asked(number, None, words, false, given);
        }
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
        let alarm = self.shift.alarm(number)?;
        let answer = match self.held_by(alarm.kind) {
            Some(help) => Notice::HoldOff {
                number,
                worker: self.shift.worker.clone(),
                help,
            },
            None => Notice::TriedNoted {
                number,
                next: self.what_next(alarm),
                every: self.asks_again(alarm),
            },
        };
        self.answer_about(number, answer);
        Some(tried)
    }

    /// The call for help that an alarm of this kind waits behind.
    fn held_by(&self, kind: AlarmKind) -> Option<AlarmNumber> {
        let help = |alarm: &&Alarm| matches!(alarm.kind, AlarmKind::Duress | AlarmKind::Sos);
        let help = self.shift.open_alarms().find(help)?;
        folds(&self.shift, kind).then_some(help.number)
    }

    /// How often the alarm's people are asked again now, if they are.
    fn asks_again(&self, alarm: &Alarm) -> Option<Span> {
        let standing = &alarm.standing;
        let waits = standing.taken.is_some() || standing.heard_at.is_some();
        let step = standing.fired.last()?.step;
        let ladder = ladder::ladder_of(self.world.policy, alarm);
        (!waits && standing.police.is_none()).then_some(ladder.steps[step].repeat)
    }

    pub(super) fn bring_forward(&mut self, number: AlarmNumber, index: usize) {
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.standing.forward = Some(index);
            self.urgent.push(number);
        }
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
}
