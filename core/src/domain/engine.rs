//! The pure step of a shift: `step(shift, input, now, world) -> Outcome`. No clock, no I/O, no Matrix.

mod page;
mod respond;
mod secret;
mod timer;
mod told;
mod undo;
mod visits;

pub use timer::next_due;

use super::alarm::{Alarm, AlarmKind, Record, Standing};
use super::command::Command;
use super::ids::{AlarmNumber, PersonId};
use super::ladder::World;
use super::notice::{Effect, Notice, Tap, To};
use super::outgoing::{Place, Priority};
use super::policy::LadderKind;
use super::shift::{Shift, Sighting, SightingKind, Undo};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What happens to a shift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// Time has passed.
    Tick,
    /// Somebody gave a command that concerns this shift.
    Command {
        /// Who.
        by: PersonId,
        /// What.
        command: Command,
        /// When it was said.
        said_at: DateTime<Utc>,
        /// The event, or the event that an edit replaces.
        event: String,
        /// The visit that a tapped question was about.
        visit: Option<u32>,
    },
    /// The worker wrote something that is no command.
    Note {
        /// The words.
        words: String,
        /// When.
        said_at: DateTime<Utc>,
    },
    /// The worker shared her location.
    Location {
        /// When.
        said_at: DateTime<Utc>,
    },
    /// A code phrase was heard from the worker's account.
    Phrase {
        /// False: only something like it.
        sure: bool,
        /// Her other words; never the phrase itself.
        words: String,
    },
    /// Her account did something after a code phrase that concerns no visit.
    AfterPhrase {
        /// What, in a few words.
        what: String,
    },
    /// A responder wrote in an alarm's thread.
    Answer {
        /// Who.
        by: PersonId,
        /// Which alarm.
        alarm: AlarmNumber,
        /// The words.
        words: String,
        /// When.
        said_at: DateTime<Utc>,
    },
    /// A message of the worker's cannot be read.
    Unreadable {
        /// Its event.
        event: String,
        /// When it was sent.
        said_at: DateTime<Utc>,
    },
    /// A message that could not be read can be read now.
    Readable {
        /// Its event.
        event: String,
    },
    /// A message of the bot's did not arrive.
    Undelivered {
        /// The alarm it was about.
        alarm: Option<AlarmNumber>,
        /// The visit that the worker was to be asked about.
        visit: Option<u32>,
        /// Whom it did not reach; `None`: the managers' room.
        who: Option<PersonId>,
    },
    /// A reaction was taken away.
    TapRemoved {
        /// By whom.
        by: PersonId,
        /// The reaction's event.
        event: String,
    },
}

/// What comes of an input.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The shift as it is now.
    pub shift: Shift,
    /// What is to be said, in order.
    pub effects: Vec<Effect>,
    /// What was decided, for the journal.
    pub decisions: Vec<String>,
    /// How many alarm numbers were used.
    pub alarms_raised: u32,
}

/// One input to one shift.
///
/// `now` is the time of the decision; what somebody said carries its own time in the input.
pub fn step(shift: Shift, input: &Input, now: DateTime<Utc>, world: &World<'_>) -> Outcome {
    let mut turn = Turn::new(shift, now, world);
    turn.never_ahead_of_the_clock();
    match input {
        Input::Tick => turn.tick(),
        Input::Command {
            by,
            command,
            said_at,
            event,
            visit,
        } => {
            let given = Given {
                by,
                said_at: (*said_at).min(now),
                event,
                visit: *visit,
            };
            turn.command(command, &given);
        }
        Input::Note { words, said_at } => turn.note(words, *said_at),
        Input::Location { said_at } => turn.location(*said_at),
        Input::Phrase { sure, words } => turn.phrase(*sure, words),
        Input::AfterPhrase { what } => turn.after_phrase(what),
        Input::Answer {
            by,
            alarm,
            words,
            said_at,
        } => {
            turn.record(*alarm, Some(by.clone()), *said_at, words.clone());
        }
        Input::Unreadable { event, said_at } => turn.unreadable(event, *said_at),
        Input::Readable { event } => turn.readable(event),
        Input::Undelivered { alarm, visit, who } => {
            turn.undelivered(*alarm, *visit, who.as_ref());
        }
        Input::TapRemoved { by, event } => turn.tap_removed(by, event),
    }
    turn.finish()
}

/// Who gave a command, when, where.
struct Given<'a> {
    by: &'a PersonId,
    said_at: DateTime<Utc>,
    event: &'a str,
    visit: Option<u32>,
}

/// The work on one input.
struct Turn<'a> {
    shift: Shift,
    world: &'a World<'a>,
    now: DateTime<Utc>,
    effects: Vec<Effect>,
    decisions: Vec<String>,
    raised: u32,
    /// Alarms that this very input raised or brought forward: their steps do not wait for the next tick.
    urgent: Vec<AlarmNumber>,
}

impl<'a> Turn<'a> {
    fn new(shift: Shift, now: DateTime<Utc>, world: &'a World<'a>) -> Self {
        Self {
            shift,
            world,
            now,
            effects: Vec::new(),
            decisions: Vec::new(),
            raised: 0,
            urgent: Vec::new(),
        }
    }

    fn finish(mut self) -> Outcome {
        self.fire_urgent();
        let settled = self.shift.is_settled();
        if !settled {
            // Something came after it had closed: it is watched again.
            self.shift.closed_at = None;
        }
        self.shift.settled_at = settled.then(|| self.shift.settled_at.unwrap_or(self.now));
        Outcome {
            shift: self.shift,
            effects: self.effects,
            decisions: self.decisions,
            alarms_raised: self.raised,
        }
    }

    /// After a wrong clock has been set back, what was noted ahead of now must not silence an alarm.
    fn never_ahead_of_the_clock(&mut self) {
        let now = self.now;
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
        }
    }

    fn decide(&mut self, what: impl Into<String>) {
        self.decisions.push(what.into());
    }

    fn answer(&mut self, notice: Notice) {
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

    /// A quiet line in a person's direct chat.
    fn quietly_to(&mut self, person: &PersonId, notice: Notice) {
        self.answer(notice);
        if let Some(effect) = self.effects.last_mut() {
            effect.to = To::Place(Place::Direct {
                person: person.clone(),
            });
            effect.priority = Priority::Quiet;
        }
    }

    /// A question to the worker, in her direct chat; it rings.
    fn ask_worker(&mut self, notice: Notice, visit: Option<u32>, taps: &[Tap]) {
        let worker = self.shift.worker.clone();
        self.quietly_to(&worker, notice);
        if let Some(effect) = self.effects.last_mut() {
            effect.ping = vec![worker];
            effect.priority = Priority::Prompt;
            effect.visit = visit;
            effect.taps = taps.to_vec();
        }
    }

    fn sighted(&mut self, at: DateTime<Utc>, how: SightingKind, by: &PersonId, visit: Option<u32>) {
        if self.shift.duress().is_some() && *by == self.shift.worker {
            return;
        }
        let reference = visit
            .and_then(|no| self.shift.visit(no))
            .map(|v| v.reference.clone());
        let at = at.min(self.now);
        self.shift.sightings.push(Sighting {
            at,
            how,
            by: by.clone(),
            reference,
        });
    }

    fn record(
        &mut self,
        number: AlarmNumber,
        by: Option<PersonId>,
        at: DateTime<Utc>,
        what: String,
    ) {
        if let Some(alarm) = self.shift.alarm_mut(number) {
            alarm.record.push(Record { at, by, what });
        }
    }

    /// Raises an alarm; its first step is taken at the end of this turn.
    fn raise(&mut self, kind: AlarmKind, ladder: LadderKind, visit: Option<u32>) -> AlarmNumber {
        let number = AlarmNumber(self.world.next_alarm + self.raised);
        self.raised += 1;
        self.decide(format!("raised {number} {kind:?}"));
        self.shift.alarms.push(Alarm {
            number,
            kind,
            ladder,
            visit,
            check: None,
            event: None,
            words: None,
            raised_by: None,
            raised_at: self.now,
            repeats: 0,
            paged_at: self.now,
            paged: Default::default(),
            unreached: Default::default(),
            standing: Standing::default(),
            record: Vec::new(),
        });
        self.urgent.push(number);
        number
    }

    /// Runs a command and remembers what it changed, so that its giver can take it back.
    fn command(&mut self, command: &Command, given: &Given<'_>) {
        if *command == Command::Undo {
            return self.undo(given, None);
        }
        let before = self.shift.clone();
        let marked = self.secret_mark(given, &before);
        let Some(what) = self.obey(command, given) else {
            return;
        };
        if marked {
            self.after_phrase(&what);
        }
        if let Some(undo) = undo::changed(&before, &self.shift, self.now, given.event, what) {
            self.shift.undo.insert(given.by.clone(), undo);
        }
    }

    /// Does what the command says; what was done, in a few words, if anything was.
    fn obey(&mut self, command: &Command, given: &Given<'_>) -> Option<String> {
        match command {
            Command::Visit(request) => self.visit(request, given),
            Command::Arrived(told) => self.arrived(told, given),
            Command::Left(told) => self.left(told, given),
            Command::Ok(told) => self.fine(told, given),
            Command::Home(told) => self.back(told, given, true),
            Command::Office(told) => self.back(told, given, false),
            Command::Extend { reference, to } => self.extend(reference.as_deref(), to, given),
            Command::Cancel { reference } => self.cancel(reference.as_deref(), given),
            Command::Sos { words } => self.sos(words),
            Command::RingMe => self.ring_me(),
            Command::Ack(target) => self.take(target.alarm?, given),
            Command::Reached { target, words } => self.reached(target, words, given),
            Command::NoAnswer { target, words } => self.no_answer(target.alarm?, words, given),
            Command::Seen { target, at, words } => self.seen(target.alarm, *at, words, given),
            Command::Police { target, log } => self.police(target.alarm?, log, given),
            Command::StandDown { target, reason } => self.stand_down(target.alarm?, reason, given),
            Command::Duress(_) => self.duress_by_phone(given),
            // Answered by the desk, which sees every shift of the team.
            Command::Undo | Command::Mine | Command::Board | Command::Help { .. } => None,
        }
    }

    fn tap_removed(&mut self, by: &PersonId, event: &str) {
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
