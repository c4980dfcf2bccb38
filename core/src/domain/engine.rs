//! The pure step of a shift: `step(shift, input, now, world) -> Outcome`. No clock, no I/O, no Matrix.

mod address;
mod agenda;
mod along;
mod backwards;
mod confirmed;
mod drill;
mod extend;
mod help;
mod page;
mod paging;
mod reach;
mod report;
mod respond;
mod rules;
mod secret;
mod spoken;
mod stand_down;
mod timer;
mod told;
mod turn;
mod unasked;
mod undelivered;
mod undo;
mod unreadable;
mod visits;
mod worry;

pub use agenda::next_due;
pub use drill::planned;
pub use extend::extend_line;
pub use help::LAST_WORDS;
use turn::{Given, Turn};

use super::command::Command;
use super::deed::Deed;
use super::ids::{AlarmNumber, PersonId};
use super::ladder::World;
use super::notice::Effect;
use super::reach::ToldUnreached;
use super::shift::Shift;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What happens to a shift.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// Time has passed.
    Tick,
    /// A drill begins: the shift carries its mark, and nothing else yet.
    BeginDrill,
    /// Somebody gave a command that concerns this shift.
    Command {
        /// Who.
        by: PersonId,
        /// What.
        command: Box<Command>,
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
    /// The worker gave the address of a visit, or took it back. The words are in the encrypted row alone.
    Address {
        /// The visit.
        visit: u32,
        /// The row; `None`: taken back.
        row: Option<i64>,
        /// When.
        said_at: DateTime<Utc>,
        /// Her message, or the one that an edit replaces.
        event: String,
        /// She had used a code phrase before, perhaps on another shift.
        doubtful: bool,
    },
    /// The worker shared her location.
    Location {
        /// Where: a `geo:` URI or `lat,lon`.
        place: String,
        /// When.
        said_at: DateTime<Utc>,
    },
    /// A code phrase was heard from the worker's account.
    Phrase {
        /// False: only something like it.
        sure: bool,
        /// Her other words; never the phrase itself.
        words: String,
        /// When it was said; not known in old journals.
        #[serde(default)]
        said_at: Option<DateTime<Utc>>,
    },
    /// Her account did something after a code phrase that concerns no visit.
    AfterPhrase {
        /// What.
        what: Deed,
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
        /// True where the others have seen them: in its thread.
        shown: bool,
        /// True where they answer its page or stand in its thread.
        #[serde(default)]
        pointed: bool,
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
        /// The server has refused it; else it is still being tried, for long.
        for_good: bool,
    },
    /// A reference has a flag from now on.
    Flagged {
        /// Who has set it.
        by: PersonId,
        /// The case.
        reference: String,
    },
    /// A second worker goes along no more.
    NotAlong {
        /// Who.
        who: PersonId,
    },
    /// A second worker has left the visit before her, or is on it again after all.
    Gone {
        /// Who.
        who: PersonId,
        /// The visit's number.
        visit: u32,
        /// When they left (UTC); `None`: they have not.
        at: Option<DateTime<Utc>>,
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
    /// Who was told whom the bot cannot reach.
    pub told_unreached: Vec<ToldUnreached>,
}

/// One input to one shift.
///
/// `now` is the time of the decision; what somebody said carries its own time in the input.
pub fn step(shift: Shift, input: &Input, now: DateTime<Utc>, world: &World<'_>) -> Outcome {
    let mut turn = Turn::new(shift, now, world);
    turn.never_ahead_of_the_clock();
    turn.climb_the_final_ladder();
    turn.fall_asleep();
    match input {
        Input::Tick => turn.tick(),
        Input::BeginDrill => turn.begin_drill(),
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
            turn.said_at = Some(given.said_at);
            turn.command(command, &given);
        }
        Input::Note { words, said_at } => turn.note(words, *said_at),
        Input::Address {
            visit,
            row,
            said_at,
            event,
            doubtful,
        } => turn.address(*visit, *row, (*said_at).min(now), event, *doubtful),
        Input::Location { place, said_at } => turn.location(place, *said_at),
        Input::Phrase {
            sure,
            words,
            said_at,
        } => {
            turn.said_at = *said_at;
            turn.phrase(*sure, words);
        }
        Input::AfterPhrase { what } => turn.after_phrase(what.clone()),
        Input::Answer {
            by,
            alarm,
            words,
            said_at,
            shown,
            pointed,
        } => {
            if *pointed {
                turn.pass_on(*alarm, by, words);
            }
            let words = words.clone();
            if *shown {
                turn.record(*alarm, Some(by.clone()), *said_at, Deed::Wrote { words });
            } else {
                turn.log_line(*alarm, by, Deed::Wrote { words });
            }
        }
        Input::Unreadable { event, said_at: _ } => turn.unreadable(event),
        Input::Readable { event } => turn.readable(event),
        Input::Undelivered {
            alarm,
            visit,
            who,
            for_good,
        } => turn.undelivered((*alarm, *visit), who.as_ref(), *for_good),
        Input::Flagged { by, reference } => turn.flagged_since(reference, by),
        Input::NotAlong { who } => turn.not_along(who),
        Input::Gone { who, visit, at } => turn.gone(who, *visit, *at),
        Input::TapRemoved { by, event } => turn.tap_removed(by, event),
    }
    turn.finish()
}
