//! Who sees what of an alarm: pages, lines of its log, answers to responders.
//!
//! A page goes to the main timeline of the managers' room and to each paged person's direct chat. Where the
//! worker concerned, or somebody who is with her, is in the managers' room herself, the direct chats stand
//! in for it (design, "Choices made").

use super::Turn;
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{self, folds, kept_out, kept_out_of, people};
use crate::domain::notice::{Card, Effect, NextStep, Notice, Tap, To};
use crate::domain::outgoing::{Place, Priority};
use crate::domain::policy::{Ask, Step};

impl Turn<'_> {
    /// Sends a step's page to its people; `everybody` repeats it to all who were paged before.
    pub(super) fn page(&mut self, number: AlarmNumber, index: usize, everybody: bool) {
        let world = self.world;
        let Some(alarm) = self.shift.alarm(number) else {
            return;
        };
        let step = &ladder::ladder_of(world.policy, alarm).steps[index];
        let out = kept_out_of(&self.shift, alarm);
        let mut who = people(world.team, step, &self.shift.worker, &out, self.now);
        if everybody {
            // Whoever has somebody standing in by now is no longer paged.
            for id in alarm.paged.iter().flat_map(|id| world.team.paged_for(id)) {
                if !who.contains(&id) && !out.contains(&id) {
                    who.push(id);
                }
            }
        }
        self.page_people(number, index, who);
    }

    /// Sends the page of the steps up to `index` to these people.
    pub(super) fn page_people(&mut self, number: AlarmNumber, index: usize, who: Vec<PersonId>) {
        let world = self.world;
        let now = self.now;
        let Some(alarm) = self.shift.alarm(number) else {
            return;
        };
        let step = &ladder::ladder_of(world.policy, alarm).steps[index];
        let card = self.card(alarm, step, &who);
        let (kind, first) = (alarm.kind, alarm.paged.is_empty());
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.paged.extend(who.iter().cloned());
            alarm.paged_at = now;
        }
        let priority = if kind.is_call_for_help() {
            Priority::Duress
        } else {
            Priority::Page
        };
        let taps = taps(kind);
        let page = Announcement {
            number,
            notice: Notice::Page(Box::new(card)),
            priority,
            taps,
            first,
        };
        self.announce(&page, &who);
    }

    fn card(&self, alarm: &Alarm, step: &Step, who: &[PersonId]) -> Card {
        let team = self.world.team;
        let on_matrix = |id: &&PersonId| team.person(id).is_none_or(|p| p.matrix.is_none());
        Card {
            number: alarm.number,
            kind: alarm.kind,
            worker: self.shift.worker.clone(),
            visit: alarm.visit.and_then(|no| self.shift.visit(no)).cloned(),
            address: alarm
                .visit
                .filter(|_| looks_for_her(step.ask))
                .and_then(|no| self.shift.address(no))
                .cloned(),
            check: alarm.check,
            agreed_call: alarm.agreed_call && alarm.standing.fired.len() < 2,
            call_missed: alarm.agreed_call && (alarm.standing.fired.len() > 1 || alarm.repeats > 0),
            sighting: self.shift.last_sighting().cloned(),
            places: self.places_of(alarm),
            worry: alarm.standing.worry.clone(),
            ask: step.ask,
            cite: step.cite.clone(),
            next: self.what_next(alarm),
            repeat: step.repeat,
            again: if alarm.repeats > 0 {
                alarm.reminders
            } else {
                0
            },
            not_on_matrix: who.iter().filter(on_matrix).cloned().collect(),
            words: alarm.words.clone(),
            late: alarm.written_at.map(|at| (at, alarm.raised_at)),
            taken_by: alarm.raised_by.clone(),
            drill: self.shift.drill.as_ref().map(|drill| drill.until),
        }
    }

    /// What the ladder does next, if nobody does anything.
    pub(super) fn what_next(&self, alarm: &Alarm) -> Option<NextStep> {
        let world = self.world;
        let visit = alarm.visit.and_then(|no| self.shift.visit(no));
        let over = visit.is_none_or(|visit| !visit.is_open());
        let stopped = alarm.standing.police.is_some() || alarm.standing.heard_at.is_some() && over;
        if stopped || folds(&self.shift, alarm.kind) {
            return None;
        }
        let (_, step, at) = ladder::next_step(world.policy, &self.shift, alarm)?;
        let out = kept_out_of(&self.shift, alarm);
        let who = people(world.team, step, &self.shift.worker, &out, at);
        Some(NextStep {
            at: at.max(self.now),
            who,
            ask: step.ask,
            drill: self.shift.drill.is_some(),
        })
    }

    /// A ringing message about an alarm: to the managers' room and to each person's direct chat.
    pub(super) fn announce(&mut self, what: &Announcement, who: &[PersonId]) {
        let team = self.world.team;
        let Some(alarm) = self.shift.alarm(what.number) else {
            return;
        };
        let hide_from = self.hidden_from(alarm);
        let in_room = self.uses_managers_room(alarm);
        let effect = Effect {
            to: To::Place(Place::Managers),
            notice: what.notice.clone(),
            ping: Vec::new(),
            priority: what.priority,
            alarm: Some(what.number),
            visit: None,
            in_thread: false,
            opens_thread: false,
            taps: what.taps.clone(),
            hide_from,
            slot: None,
        };
        if in_room {
            let there = who
                .iter()
                .filter(|id| self.world.managers_room.contains(id));
            self.effects.push(Effect {
                ping: there.cloned().collect(),
                opens_thread: what.first,
                slot: self.slot(what.number, "managers"),
                ..effect.clone()
            });
        }
        for id in who {
            if team
                .person(id)
                .is_some_and(|person| person.matrix.is_some())
            {
                self.effects.push(Effect {
                    to: To::Place(Place::Direct { person: id.clone() }),
                    ping: vec![id.clone()],
                    slot: self.slot(what.number, &id.0),
                    ..effect.clone()
                });
            }
        }
    }

    /// A repeat that has not been sent yet is replaced by the next one; a first page never is.
    fn slot(&self, number: AlarmNumber, place: &str) -> Option<String> {
        let repeats = self
            .shift
            .alarm(number)
            .is_some_and(|alarm| alarm.repeats > 0);
        repeats.then(|| format!("{}#{number}/repeat/{place}", self.shift.id))
    }

    /// A quiet line in the alarm's log: its thread, and the direct chats of people paged who are not in the
    /// managers' room. `by` is left out: they get the answer to their own message.
    pub(super) fn quiet_line(&mut self, number: AlarmNumber, by: &PersonId, notice: Notice) {
        let Some(alarm) = self.shift.alarm(number) else {
            return;
        };
        let hide_from = self.hidden_from(alarm);
        let in_room = self.uses_managers_room(alarm);
        let managers_room = self.world.managers_room;
        let elsewhere = |id: &&PersonId| !in_room || !managers_room.contains(id);
        let direct: Vec<PersonId> = alarm.paged.iter().filter(elsewhere).cloned().collect();
        let quiet = |to, in_thread| Effect {
            to: To::Place(to),
            notice: notice.clone(),
            ping: Vec::new(),
            priority: Priority::Quiet,
            alarm: Some(number),
            visit: None,
            in_thread,
            opens_thread: false,
            taps: Vec::new(),
            hide_from: hide_from.clone(),
            slot: None,
        };
        if in_room {
            self.effects.push(quiet(Place::Managers, true));
        }
        for person in direct {
            let on_matrix = self
                .world
                .team
                .person(&person)
                .is_some_and(|p| p.matrix.is_some());
            if person != *by && on_matrix && !hide_from.contains(&person) {
                self.effects.push(quiet(Place::Direct { person }, false));
            }
        }
    }

    /// Notes what somebody did about an alarm, in its record and in its log.
    pub(super) fn log_line(&mut self, number: AlarmNumber, by: &PersonId, what: Deed) {
        self.record(number, Some(by.clone()), self.now, what.clone());
        self.quiet_line(
            number,
            by,
            Notice::Record {
                number,
                by: by.clone(),
                what,
            },
        );
    }

    /// A quiet line to the managers' room; where that is lost, or the worker is in it herself, to the duty officers' and
    /// managers' direct chats, so that the line's absence tells her nothing.
    pub(super) fn quietly_to_managers(&mut self, notice: Notice, visit: Option<u32>) {
        let out = kept_out(&self.shift, visit.and_then(|no| self.shift.visit(no)));
        let seen = out.iter().any(|id| self.world.managers_room.contains(id));
        if !seen && self.world.room_stands {
            self.answer(notice);
            if let Some(effect) = self.effects.last_mut() {
                effect.to = To::Place(Place::Managers);
                effect.priority = Priority::Quiet;
                effect.hide_from = out;
            }
            return;
        }
        let team = self.world.team;
        let mut who = team.managers_of(&self.shift.worker);
        who.extend(
            team.with_role(crate::domain::roster::Role::DutyOfficer)
                .map(|p| p.id.clone()),
        );
        let mut who: Vec<_> = who.iter().flat_map(|id| team.paged_for(id)).collect();
        who.sort();
        who.dedup();
        for person in who.iter().filter(|id| !out.contains(id)) {
            if team.person(person).is_some_and(|p| p.matrix.is_some()) {
                self.quietly_to(person, notice.clone());
            }
        }
    }

    /// A possible call for help goes to direct chats only: a wrong guess must not become talk of the room.
    pub(super) fn uses_managers_room(&self, alarm: &Alarm) -> bool {
        let hidden = self.hidden_from(alarm);
        let seen_by_them = hidden
            .iter()
            .any(|id| self.world.managers_room.contains(id));
        alarm.kind != AlarmKind::Possible && !seen_by_them && self.world.room_stands
    }

    fn hidden_from(&self, alarm: &Alarm) -> Vec<PersonId> {
        kept_out_of(&self.shift, alarm)
    }
}

/// A ringing message about an alarm.
pub(super) struct Announcement {
    pub number: AlarmNumber,
    pub notice: Notice,
    pub priority: Priority,
    pub taps: Vec<Tap>,
    /// True for the alarm's first page, which opens its thread.
    pub first: bool,
}

/// True where whoever is asked may have to go there, or send the police: they see the address.
fn looks_for_her(ask: Ask) -> bool {
    !matches!(ask, Ask::AskGently | Ask::Ring | Ask::FindOut)
}

/// What can be tapped on a page of this kind.
fn taps(kind: AlarmKind) -> Vec<Tap> {
    match kind {
        AlarmKind::Duress => vec![Tap::OnIt],
        AlarmKind::Possible => vec![Tap::OnIt, Tap::Reached, Tap::NoAnswer, Tap::Raise],
        _ => vec![Tap::OnIt, Tap::Reached, Tap::NoAnswer],
    }
}
