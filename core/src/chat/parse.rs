//! Text to [`Command`]: pure, and the same whoever sends it. Whether the sender may is decided elsewhere.

mod address;
mod backwards;
mod bare;
mod category;
mod clean;
mod clock;
mod day;
mod draft;
mod drill;
mod glued;
mod halves;
mod length;
mod moment;
mod never;
mod not_her;
mod options;
mod part;
mod people;
mod personal;
mod prefix;
mod reference;
mod registers;
mod resolve;
mod responder;
mod roster;
mod sayings;
mod seen_when;
mod seen_words;
mod sighting;
mod simple;
mod sos;
mod span;
mod table;
mod told;
mod visit;

pub use address::{AddressAs, may_hold_address, reads_as_address};
pub use backwards::said_at_place;
pub use category::only_category;
pub use clean::strip_reply_fallback;
pub use not_her::{Voice, voice};
pub use personal::may_repeat;
pub use roster::holds_them;
pub use table::{COMMANDS, CommandInfo, Verb};

use crate::chat::bad::{Bad, Why};
use crate::domain::command::Command;
use crate::domain::ids::PersonId;
use chrono::{DateTime, Utc};
use clean::{LONGEST, clean};
use moment::Moment;
use prefix::Address;

/// A person as the parser knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonName {
    /// Short name, lower case.
    pub id: PersonId,
    /// Name as colleagues know it: `Amira Khan`.
    pub name: String,
    /// Matrix id: `@amira:localhost`.
    pub matrix: Option<String>,
}

/// What the parser may know about the moment, the place and the team.
#[derive(Clone, Copy, Debug)]
pub struct Listening<'a> {
    /// When it was said, UTC: "from now" counts from here.
    pub now: DateTime<Utc>,
    /// The team's zone, in which people write times.
    pub tz: chrono_tz::Tz,
    /// A direct chat: no prefix is needed if the whole message is a command.
    pub direct: bool,
    /// A reply to one of the bot's pages, or in an alarm's thread: responders' words count without prefix.
    pub answering: bool,
    /// The bot's names: localpart, full Matrix id, display name.
    pub bot_names: &'a [String],
    /// The team.
    pub people: &'a [PersonName],
    /// The team's references, anchored, matched in upper case: `^(LCS|EHM)[0-9]{3,8}$`.
    pub reference: &'a regex::Regex,
    /// One that fits, for lines to send: `LCS1234`.
    pub reference_example: &'a str,
    /// `NEW` stands for somebody who has no reference yet: the team's policy asks for the address then.
    pub new_visits: bool,
}

impl Listening<'_> {
    fn moment(&self) -> Moment {
        Moment {
            now: self.now,
            tz: self.tz,
        }
    }
}

/// What a text turns out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {
    /// A command.
    Command(Command),
    /// Not a command: to be ignored in a group room, a note in a direct chat.
    Note,
    /// A command that could not be taken.
    Bad(Bad),
}

impl From<Result<Command, Bad>> for Parsed {
    fn from(result: Result<Command, Bad>) -> Self {
        match result {
            Ok(command) => Self::Command(command),
            Err(bad) => Self::Bad(bad),
        }
    }
}

/// Reads a message. Never fails: what is wrong with a command is part of the answer. Quoted lines at its
/// start are left out; code phrases must have been sought, and cut out, before.
pub fn parse(text: &str, ctx: &Listening<'_>) -> Parsed {
    let body = strip_reply_fallback(text);
    let long = body.chars().nth(LONGEST).is_some();
    let short: String = body.chars().take(LONGEST).collect();
    let cleaned = clean(&short);
    match prefix::address(&cleaned, ctx.bot_names) {
        Address::Command {
            rest,
            mention,
            spaced,
        } => command(rest, mention, spaced, long, ctx),
        Address::Loose(rest) if !long => match loose(rest, ctx) {
            Parsed::Note => bare::bare(&cleaned, ctx),
            parsed => parsed,
        },
        _ if long => match bare::bare(&cleaned, ctx) {
            // A call for help is one at any length.
            Parsed::Command(command @ Command::Sos { .. }) => Parsed::Command(command),
            _ => Parsed::Note,
        },
        _ => bare::bare(&cleaned, ctx),
    }
}

/// Behind the bot's name without a colon: the whole message must be a command.
fn loose(rest: &str, ctx: &Listening<'_>) -> Parsed {
    if rest.eq_ignore_ascii_case("help") {
        return Parsed::Command(Command::Help { topic: None });
    }
    match sos::call_for_help(rest) {
        Some(words) => Parsed::Command(Command::Sos { words }),
        None => bare::own(rest, rest.ends_with('?'), ctx),
    }
}

/// Behind a prefix.
fn command(rest: &str, mention: bool, spaced: bool, long: bool, ctx: &Listening<'_>) -> Parsed {
    if rest.is_empty() {
        let help = Parsed::Command(Command::Help { topic: None });
        return if mention { help } else { Parsed::Note };
    }
    let calls = !rest.eq_ignore_ascii_case("help") && !rest.eq_ignore_ascii_case("police");
    if calls && let Some(words) = sos::call_for_help(rest) {
        return Parsed::Command(Command::Sos { words });
    }
    let head = prefix::head(rest);
    let Some(found) = head.found else {
        return glued::glued(rest, ctx)
            .unwrap_or_else(|| unknown(head.word, head.rest, spaced, ctx));
    };
    if found.verb == Verb::Sos {
        return Parsed::Command(Command::Sos {
            words: head.rest.to_owned(),
        });
    }
    if long {
        return Parsed::Bad(Bad::new(Why::TooMuchText));
    }
    if head.question {
        return Parsed::Command(Command::Help {
            topic: Some(found.name.to_owned()),
        });
    }
    run(found, head.rest, ctx)
}

fn run(found: &CommandInfo, rest: &str, ctx: &Listening<'_>) -> Parsed {
    match found.verb {
        Verb::Visit => visit::visit(rest, ctx).map(Command::Visit).into(),
        Verb::Address => address::address(rest, ctx).into(),
        Verb::Extend => simple::extend(rest, false, ctx).into(),
        Verb::Category => category::category(rest, ctx).into(),
        Verb::Approve => simple::approve(rest, ctx).into(),
        Verb::Along => simple::along(rest, ctx).into(),
        Verb::Cancel => simple::cancel(rest, false, ctx).into(),
        Verb::Help if sos::help_is_a_call(rest) => Parsed::Command(Command::Sos {
            words: format!("help {rest}"),
        }),
        Verb::Help => Parsed::Command(Command::Help {
            topic: simple::topic(rest),
        }),
        Verb::Sos => Parsed::Command(Command::Sos {
            words: rest.to_owned(),
        }),
        Verb::Arrived | Verb::Left | Verb::Ok | Verb::Home | Verb::Office => {
            let told = told::told(rest, found.name, ctx);
            match told.map(|told| bare::simple_command(found.verb, told)) {
                Ok(Some(command)) => Parsed::Command(command),
                Ok(None) => Parsed::Note,
                Err(bad) => Parsed::Bad(bad),
            }
        }
        Verb::Concern => backwards::concern(rest, ctx).into(),
        Verb::RingMe => Parsed::Command(Command::RingMe),
        Verb::Undo => Parsed::Command(Command::Undo),
        Verb::Mine => Parsed::Command(Command::Mine),
        Verb::Board => Parsed::Command(Command::Board),
        Verb::Drill => drill::drill(rest, ctx).map(Command::Drill).into(),
        Verb::Risk | Verb::Training | Verb::Incident | Verb::Device => {
            registers::register(found.verb, rest, ctx)
                .map_or(Parsed::Note, |read| read.map(Command::Register).into())
        }
        verb if table::is_roster(verb) => roster::roster(verb, rest, ctx)
            .map_or(Parsed::Note, |read| read.map(Command::Roster).into()),
        verb => responder::responder(verb, rest, ctx).map_or(Parsed::Note, Parsed::from),
    }
}

/// An unknown word behind a prefix. Paths and the like are no commands; and what a worker's phone shows
/// stays neutral, so the police are suggested only where a page is being answered.
fn unknown(word: &str, rest: &str, spaced: bool, ctx: &Listening<'_>) -> Parsed {
    let plain = (1..=20).contains(&word.chars().count())
        && word.chars().all(|c| c.is_alphabetic() || c == '-');
    let nearest = table::nearest(word).filter(|n| *n != "police" || ctx.answering);
    if nearest.is_none() && (!plain || spaced) {
        return Parsed::Note;
    }
    let found = nearest.and_then(table::find).filter(|_| !rest.is_empty());
    let fix = match found.map(|found| glued::line(found, rest, ctx)) {
        Some(Err(bad)) if bad.why == Why::Personal => return Parsed::Bad(bad),
        Some(Ok(line)) => line,
        _ => None,
    };
    let why = Why::Unknown {
        word: plain.then(|| word.to_lowercase()),
        nearest: nearest.map(str::to_owned),
    };
    Parsed::Bad(Bad { why, fix })
}
