//! The work on one input: what it has to hand, and what every part of the engine uses.

use super::{Outcome, undo};
use crate::domain::alarm::{Alarm, AlarmKind, Record};
use crate::domain::command::Command;
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{self, World};
use crate::domain::notice::{Effect, Notice, Tap, To};
use crate::domain::outgoing::{Place, Priority};
use crate::domain::policy::LadderKind;
use crate::domain::reach::ToldUnreached;
use crate::domain::shift::{Shift, Sighting, SightingKind, Undo};
use chrono::{DateTime, Duration, NaiveDate, Utc};

/// A message that is heard so long after it was sent has come late: whoever answers it must know.
const LATE: Duration = Duration::minutes(1);

/// Who gave a command, when, where.
pub(super) struct Given<'a> {
    pub(super) by: &'a PersonId,
    pub(super) said_at: DateTime<Utc>,
    pub(super) event: &'a str,
    pub(super) visit: Option<u32>,
}

/// The work on one input.
pub(super) struct Turn<'a> {
    pub(super) shift: Shift,
    pub(super) world: &'a World<'a>,
    pub(super) now: DateTime<Utc>,
    /// When the message in hand was sent, where one may raise an alarm.
    pub(super) said_at: Option<DateTime<Utc>>,
    pub(super) effects: Vec<Effect>,
    pub(super) decisions: Vec<String>,
    pub(super) raised: u32,
    /// Alarms that this very input raised or brought forward: their steps do not wait for the next tick.
    pub(super) urgent: Vec<AlarmNumber>,
    /// Who was told by this very input whom the bot cannot reach.
    pub(super) told_unreached: Vec<ToldUnreached>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(shift: Shift, now: DateTime<Utc>, world: &'a World<'a>) -> Self {
        Self {
            shift,
            world,
            now,
            said_at: None,
            effects: Vec::new(),
            decisions: Vec::new(),
            raised: 0,
            urgent: Vec::new(),
            told_unreached: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Outcome {
        self.fire_urgent();
        self.only_practice();
        let asked_for = self.world.policy.shift_end().is_some() && self.shift.drill.is_none();
        self.shift.await_report(asked_for, self.now);
        self.shift.note_cancelled(self.now);
        let settled = self.shift.is_settled();
        if !settled {
            // Something came after it had closed: it is watched again.
            self.shift.closed_at = None;
        }
        let quiet = self.shift.is_quiet();
        self.shift.quiet_since = quiet.then(|| self.shift.quiet_since.unwrap_or(self.now));
        self.shift.settled_at = settled.then(|| self.shift.settled_at.unwrap_or(self.now));
        Outcome {
            shift: self.shift,
            effects: self.effects,
            decisions: self.decisions,
            alarms_raised: self.raised,
            told_unreached: self.told_unreached,
        }
    }

    /// What would be over on an innocent day is over for her, though a secret call for help keeps the shift open.
    pub(super) fn fall_asleep(&mut self) {
        if self.shift.dormant || !self.shift.sleeps(self.now) {
            return;
        }
        let worker = self.shift.worker.clone();
        self.shift.dormant = true;
        self.shift.undo.remove(&worker);
        self.shift
            .visits
            .iter_mut()
            .for_each(|visit| visit.past = true);
    }

    /// She does what opens a shift: it is that shift from now on.
    pub(super) fn wake(&mut self, day: NaiveDate) {
        if std::mem::take(&mut self.shift.dormant) {
            self.shift.day = day;
            self.shift.quiet_since = None;
        }
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.world.team.tz).date_naive()
    }

    /// After a wrong clock has been set back, what was noted ahead of now must not silence an alarm.
    pub(super) fn never_ahead_of_the_clock(&mut self) {
        let now = self.now;
        self.shift.report_not_ahead(now);
        for alarm in &mut self.shift.alarms {
            alarm.paged_at = alarm.paged_at.min(now);
            let standing = &mut alarm.standing;
            standing.asked_at = standing.asked_at.map(|at| at.min(now));
            standing.heard_at = standing.heard_at.map(|at| at.min(now));
            if let Some(taken) = &mut standing.taken {
                taken.at = taken.at.min(now);
            }
            if let Some(police) = &mut standing.police {
                police.at = police.at.min(now);
            }
            if let Some(worry) = &mut standing.worry {
                worry.at = worry.at.min(now);
            }
            let claims = standing
                .places
                .iter_mut()
                .filter_map(|place| place.claimed.as_mut());
            claims.for_each(|claim| claim.at = claim.at.min(now));
        }
    }

    /// An overdue visit that has become the last one climbs the ladder of the last one: the steps taken count
    /// for those that page the same people.
    pub(super) fn climb_the_final_ladder(&mut self) {
        let policy = self.world.policy;
        let shift = &self.shift;
        let is_last = |alarm: &&Alarm| {
            let visit = alarm.visit.and_then(|no| shift.visit(no));
            alarm.ladder == LadderKind::Visit
                && visit.is_some_and(|visit| visit.is_open() && shift.is_final(visit))
        };
        let numbers: Vec<_> = shift
            .open_alarms()
            .filter(is_last)
            .map(|a| a.number)
            .collect();
        let (old, new) = (
            policy.ladder(LadderKind::Visit),
            policy.ladder(LadderKind::FinalVisit),
        );
        for number in numbers {
            let Some(alarm) = self.shift.alarm_mut(number) else {
                continue;
            };
            alarm.ladder = LadderKind::FinalVisit;
            for fired in &mut alarm.standing.fired {
                let whom = &old.steps[fired.step].notify;
                let same = new.steps.iter().position(|step| step.notify == *whom);
                fired.step = same.unwrap_or(fired.step.min(new.steps.len() - 1));
            }
        }
    }

    pub(super) fn decide(&mut self, what: impl Into<String>) {
        self.decisions.push(what.into());
    }

    pub(super) fn answer(&mut self, notice: Notice) {
        self.effects.push(Effect {
            to: To::Answer,
            notice,
            ping: Vec::new(),
            priority: Priority::Answer,
            alarm: None,
            visit: None,
            in_thread: false,
            opens_thread: false,
            taps: Vec::new(),
            hide_from: Vec::new(),
            slot: None,
        });
    }

    /// An answer that is about an alarm: a reply to it finds the alarm, and it keeps out of rooms where the
    /// worker would read it.
    pub(super) fn answer_about(&mut self, number: AlarmNumber, notice: Notice) {
        self.answer(notice);
        if let Some(effect) = self.effects.last_mut() {
            effect.alarm = Some(number);
        }
    }

    /// A quiet line in a person's direct chat.
    pub(super) fn quietly_to(&mut self, person: &PersonId, notice: Notice) {
        self.answer(notice);
        if let Some(effect) = self.effects.last_mut() {
            effect.to = To::Place(Place::Direct {
                person: person.clone(),
            });
            effect.priority = Priority::Quiet;
        }
    }

    /// A question to the worker, in her direct chat; it rings.
    pub(super) fn ask_worker(&mut self, notice: Notice, visit: Option<u32>, taps: &[Tap]) {
        let worker = self.shift.worker.clone();
        if self
            .world
            .team
            .person(&worker)
            .is_none_or(|person| person.matrix.is_none())
        {
            return; // she has no chat to be asked in: the ladder goes on from the agreed end
        }
        self.quietly_to(&worker, notice);
        if let Some(effect) = self.effects.last_mut() {
            effect.ping = vec![worker];
            effect.priority = Priority::Prompt;
            effect.visit = visit;
            effect.taps = taps.to_vec();
        }
    }

    pub(super) fn sighted(
        &mut self,
        at: DateTime<Utc>,
        how: SightingKind,
        by: &PersonId,
        visit: Option<u32>,
    ) {
        let confirmed = self.shift.duress().is_none() || *by != self.shift.worker;
        let reference = visit
            .and_then(|no| self.shift.visit(no))
            .map(|v| v.reference.clone());
        let at = at.min(self.now);
        self.shift.sightings.push(Sighting {
            at,
            how,
            by: by.clone(),
            reference,
            confirmed,
        });
    }

    pub(super) fn record(
        &mut self,
        number: AlarmNumber,
        by: Option<PersonId>,
        at: DateTime<Utc>,
        what: Deed,
    ) {
        if let Some(alarm) = self.shift.alarm_mut(number) {
            if let Some(by) = &by {
                alarm.refused.remove(by);
            }
            alarm.record.push(Record { at, by, what });
        }
    }

    /// Raises an alarm; its first step is taken at the end of this turn.
    pub(super) fn raise(
        &mut self,
        kind: AlarmKind,
        ladder: LadderKind,
        visit: Option<u32>,
    ) -> AlarmNumber {
        let number = AlarmNumber(self.world.next_alarm + self.raised);
        self.raised += 1;
        self.decide(format!("raised {number} {kind:?}"));
        let with = visit.and_then(|no| self.shift.visit(no));
        let with = ladder::companions(self.world, &self.shift.worker, with);
        let written_at = self.came_late();
        self.shift.alarms.push(Alarm {
            with,
            written_at,
            ..Alarm::raised(number, kind, ladder, visit, self.now)
        });
        self.urgent.push(number);
        number
    }

    /// When the message in hand was sent, where it is heard only now.
    pub(super) fn came_late(&self) -> Option<DateTime<Utc>> {
        self.said_at.filter(|at| self.now - *at >= LATE)
    }

    /// Runs a command and remembers what it changed, so that its giver can take it back.
    pub(super) fn command(&mut self, command: &Command, given: &Given<'_>) {
        if *command == Command::Undo {
            return self.undo(given, None);
        }
        let before = self.shift.clone();
        let marked = self.secret_mark(given, &before);
        if undo::is_final(command) {
            self.shift.undo.remove(given.by);
        }
        let Some(what) = self.obey(command, given) else {
            return;
        };
        if marked {
            self.after_phrase(what.clone());
        }
        if undo::is_final(command) {
            return;
        }
        let undo = undo::changed(&before, &self.shift, self.now, given.event, what);
        self.shift.undo.insert(given.by.clone(), undo);
    }

    /// Does what the command says; what was done, if anything was.
    pub(super) fn obey(&mut self, command: &Command, given: &Given<'_>) -> Option<Deed> {
        match command {
            Command::Visit(request) => self.visit(request, given),
            Command::Arrived(told) => self.arrived(told, given),
            Command::Left(told) => self.left(told, given),
            Command::Ok(told) => self.fine(told, given),
            Command::Home(told) => self.back(told, given, true),
            Command::Office(told) => self.back(told, given, false),
            Command::Extend { reference, to } => self.extend(reference.as_deref(), to, given),
            Command::Category {
                reference,
                category,
            } => self.categorise(reference.as_deref(), *category, given),
            Command::Approve { reference } => self.approve(reference.as_deref(), given),
            Command::Along { reference } => self.along(reference.as_deref(), given),
            Command::Cancel { reference } => self.cancel(reference.as_deref(), given),
            Command::Sos { words } => self.sos(words),
            Command::Concern { words } => self.concern(words),
            Command::RingMe => self.ring_me(),
            Command::Ack(target) => self.take(target.alarm?, given),
            Command::Reached { target, words } => self.reached(target, words, given),
            Command::NoAnswer { target, words } => self.no_answer(target.alarm?, words, given),
            Command::Seen { target, at, words } => self.seen(target.alarm, *at, words, given),
            Command::Claim { target, reference } => {
                self.claim(target.alarm?, reference.as_deref(), given)
            }
            Command::Asked {
                target,
                reference,
                words,
                never,
            } => self.asked(target.alarm?, reference.as_deref(), words, *never, given),
            Command::Worry { target, words } => self.worry(target.alarm?, words, given),
            Command::Police { target, log } => self.police(target.alarm?, log, given),
            Command::StandDown { target, reason } => self.stand_down(target.alarm?, reason, given),
            Command::Duress { words, .. } => self.duress_by_phone(words, given),
            // Answered by the desk, which sees every shift of the team.
            Command::Undo
            | Command::Mine
            | Command::Board
            | Command::Address { .. }
            | Command::Roster(_)
            | Command::Register(_)
            | Command::Drill(_)
            | Command::Record(_)
            | Command::Help { .. } => None,
        }
    }

    pub(super) fn tap_removed(&mut self, by: &PersonId, event: &str) {
        let given = Given {
            by,
            said_at: self.now,
            event,
            visit: None,
        };
        if self
            .shift
            .undo
            .get(by)
            .is_some_and(|Undo { event: of, .. }| of == event)
        {
            self.undo(&given, Some(event));
        }
    }
}
