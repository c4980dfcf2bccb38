//! Messages without a prefix in a direct chat: commands where the whole message is one.

use super::clean::words;
use super::sayings::{may_begin_saying, plain_text, polite, said, strip_polite, strip_well};
use super::table::{self, COMMANDS, CommandInfo, Verb};
use super::told::{nothing_else, told};
use super::{
    Listening, Parsed, address, category, drill, glued, prefix, registers, responder, roster,
    simple, sos, visit,
};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{Command, DrillCommand, RosterCommand, Target, Told};

/// Reads a message without prefix. `text` is clean.
pub(super) fn bare(text: &str, ctx: &Listening<'_>) -> Parsed {
    if ctx.direct
        && let Some(words) = sos::call_for_help(text)
    {
        return Parsed::Command(Command::Sos { words });
    }
    let question = text.ends_with('?');
    if ctx.answering
        && !question
        && let Some(parsed) = responders(text, ctx)
    {
        return parsed;
    }
    if !ctx.direct {
        return Parsed::Note;
    }
    own(text, question, ctx)
}

/// What needs the direct chat, or the bot's name before it.
pub(super) fn own(text: &str, question: bool, ctx: &Listening<'_>) -> Parsed {
    if let Some(parsed) = a_visit(text, ctx) {
        return parsed;
    }
    if question {
        return Parsed::Note;
    }
    if let Some(parsed) = glued::plainly(text, ctx) {
        return parsed;
    }
    saying(text, ctx)
        .or_else(|| stop_the_drill(text))
        .or_else(|| extension(text, ctx))
        .or_else(|| category::plainly(text, ctx).map(Parsed::Command))
        .or_else(|| {
            let hold = roster::holds_plainly(text, ctx)?;
            Some(Parsed::Command(Command::Roster(hold)))
        })
        .or_else(|| named(text, ctx))
        .unwrap_or(Parsed::Note)
}

/// `stop the drill`, the other way round.
fn stop_the_drill(text: &str) -> Option<Parsed> {
    let plain = plain_text(text);
    let (verb, rest) = plain.split_once(' ')?;
    let ends = matches!(verb, "stop" | "end" | "cancel");
    let drill = matches!(rest, "drill" | "the drill" | "this drill");
    (ends && drill).then_some(Parsed::Command(Command::Drill(DrillCommand::Stop)))
}

fn responders(text: &str, ctx: &Listening<'_>) -> Option<Parsed> {
    let plain = plain_text(text);
    if matches!(
        plain.as_str(),
        "on it" | "im on it" | "i am on it" | "ill take it" | "ive got it" | "i have got it"
    ) {
        return Some(Parsed::Command(Command::Ack(Default::default())));
    }
    let head = prefix::head(text);
    let found = head.found?;
    let word = squeeze(head.word);
    if found.verb == Verb::Concern && found.name == word && !head.rest.is_empty() {
        return match super::backwards::concern(head.rest, ctx) {
            Ok(command @ Command::Worry { .. }) => Some(Parsed::Command(command)),
            _ => None,
        };
    }
    // Aliases such as `spoke` begin ordinary sentences.
    let exact = found.responder
        && (found.name.starts_with(&word) || matches!(found.verb, Verb::Ack | Verb::StandDown));
    exact
        .then(|| responder::bare_answer(found.verb, head.rest, ctx))
        .flatten()
        .map(Parsed::from)
}

/// `visit ...`, and a reference with times, which is one in all but the word.
fn a_visit(text: &str, ctx: &Listening<'_>) -> Option<Parsed> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    if first.trim_end_matches(':').eq_ignore_ascii_case("visit") {
        return match visit::visit(rest, ctx) {
            Ok(request) => Some(Parsed::Command(Command::Visit(request))),
            // Somebody plainly tried: nothing may be lost silently.
            Err(bad) if rest.is_empty() || visit::looks_like_a_visit(rest, ctx) => {
                Some(Parsed::Bad(bad))
            }
            Err(_) => None,
        };
    }
    // The word left out, or mistyped: `LCS1234 14:00-15:00`, `vist LCS1234 14:00-15:00`.
    let near = (3..=7).contains(&first.chars().count());
    let slip = near && strsim::damerau_levenshtein(&first.to_lowercase(), "visit") <= 2;
    let plan = if slip { rest } else { text };
    let all = words(plan);
    super::reference::reference_at(&all, 0, ctx)?;
    visit::visit(plan, ctx).ok()?;
    Some(Parsed::Bad(Bad::with_fix(
        Why::MeantVisit,
        format!("/visit {plan}"),
    )))
}

/// One of the sayings, with nothing behind it but a reference, a time, or a word of thanks.
fn saying(text: &str, ctx: &Listening<'_>) -> Option<Parsed> {
    let plain = plain_text(text);
    if !may_begin_saying(&plain) {
        return None;
    }
    let plain = strip_polite(&plain);
    if let Some(verb) = said(&plain).or_else(|| said(&strip_well(&plain))) {
        return Some(Parsed::Command(simple_command(verb, Told::default())?));
    }
    // `left LCS1234 at 14.50`: the saying ends where reference or time begins.
    let all = words(text);
    (1..all.len().min(6)).rev().find_map(|at| {
        let head: Vec<&str> = all[..at].iter().map(|w| w.raw).collect();
        let verb = said(&strip_polite(&plain_text(&head.join(" "))))?;
        let info = COMMANDS.iter().find(|c| c.verb == verb)?;
        let rest: Vec<&str> = all[at..].iter().map(|w| w.raw).collect();
        let rest = rest.join(" ");
        match told(&rest, info.name, ctx) {
            // `left the keys with Mrs Smith` is a note.
            Ok(told) if told.personal && !nothing_else(&rest, ctx) => None,
            Ok(told) if told.words.is_empty() || polite(&told.words) => {
                let told = Told {
                    words: String::new(),
                    ..told
                };
                Some(Parsed::Command(simple_command(verb, told)?))
            }
            Ok(_) => None,
            Err(bad) => Some(Parsed::Bad(bad)),
        }
    })
}

/// `extend 30m`, `30 more minutes`.
fn extension(text: &str, ctx: &Listening<'_>) -> Option<Parsed> {
    let plain = strip_polite(&plain_text(text));
    let digits = plain.contains(|c: char| c.is_ascii_digit());
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    if first.eq_ignore_ascii_case("extend") {
        return match simple::extend(rest, true, ctx) {
            Ok(command) => Some(Parsed::Command(command)),
            Err(bad) => (digits || plain == "extend").then_some(Parsed::Bad(bad)),
        };
    }
    let more = ["more", "another", "extra", "longer"];
    if matches!(
        plain.as_str(),
        "more time" | "need more time" | "i need more time"
    ) {
        return Some(Parsed::Bad(Bad::with_fix(Why::NoAmount, "/extend 30m")));
    }
    if !plain.split(' ').any(|w| more.contains(&w)) {
        return None;
    }
    let wish = [
        "i", "need", "can", "have", "could", "want", "please", "pls", "ill", "be", "thanks", "for",
        "id", "like",
    ];
    let kept: Vec<&str> = text
        .split(' ')
        .filter(|w| !wish.contains(&w.to_lowercase().trim_matches([',', '\''])))
        .collect();
    simple::extend(&kept.join(" "), true, ctx)
        .ok()
        .map(Parsed::Command)
}

/// The other commands by their names.
fn named(text: &str, ctx: &Listening<'_>) -> Option<Parsed> {
    let head = prefix::head(text);
    let found = head.found?;
    if found.verb == Verb::Drill {
        // A whole command and nothing else: "drill" begins ordinary sentences too.
        let read = drill::drill(head.rest, ctx).ok()?;
        return Some(Parsed::Command(Command::Drill(read)));
    }
    if found.responder {
        let word = squeeze(head.word);
        let exact = found.name.starts_with(&word) || found.verb == Verb::Ack;
        return exact
            .then(|| responder::bare_aimed(found.verb, head.rest, ctx))
            .flatten()
            .map(Parsed::from);
    }
    match found.verb {
        Verb::Cancel if found.name == squeeze(head.word) => {
            match simple::cancel(head.rest, true, ctx) {
                Ok(command) => Some(Parsed::Command(command)),
                Err(bad) if matches!(bad.why, Why::UnknownReference { .. }) => {
                    Some(Parsed::Bad(bad))
                }
                Err(_) => None,
            }
        }
        // "concern at the school" is a note; "concern A12" can be nothing else.
        Verb::Concern if found.name == squeeze(head.word) => {
            match super::backwards::concern(head.rest, ctx) {
                Ok(command @ Command::Worry { .. })
                    if command.target() != Some(&Target::default()) =>
                {
                    Some(Parsed::Command(command))
                }
                _ => None,
            }
        }
        Verb::Address if squeeze(head.word) == found.name => {
            address::plainly(head.rest, ctx).map(Parsed::Command)
        }
        Verb::Along if head.rest.is_empty() => {
            Some(Parsed::Command(Command::Along { reference: None }))
        }
        // "incident at the school" is a note.
        Verb::Risk | Verb::Training | Verb::Device if found.name == squeeze(head.word) => {
            let read = registers::register(found.verb, head.rest, ctx)?.ok()?;
            // A device has a number in its name; without one it may be any sentence.
            let numbered = head.rest.contains(|c: char| c.is_ascii_digit()) || head.rest == "list";
            let read = Some(read).filter(|_| numbered);
            read.map(|command| Parsed::Command(Command::Register(command)))
        }
        // A note may begin with "who" or "me": only what can be nothing else.
        verb if table::is_roster(verb) && found.name == squeeze(head.word) => {
            let bare = matches!(
                verb,
                Verb::Accept | Verb::Duty | Verb::Contacts | Verb::Policy | Verb::Sign
            );
            match roster::roster(verb, head.rest, ctx)? {
                Ok(_) if head.rest.is_empty() && !bare => None,
                Ok(RosterCommand::Accept(_) | RosterCommand::Policy) if !head.rest.is_empty() => {
                    None
                }
                // "me car has broken down" is a note.
                Ok(RosterCommand::Me(Some((detail, value))))
                    if !roster::plainly_a_detail(detail, &value) =>
                {
                    None
                }
                Ok(command) => Some(Parsed::Command(Command::Roster(command))),
                Err(_) => None,
            }
        }
        Verb::Help => {
            // Only the exact name of a command: the rest could be a call.
            let plain = plain_text(head.rest);
            let exact = |c: &&CommandInfo| {
                c.name == plain && !matches!(c.verb, Verb::Sos | Verb::Police | Verb::RingMe)
            };
            let name = COMMANDS.iter().find(exact).map(|c| c.name);
            name.or((plain == "responders").then_some("responders"))
                .or((plain == "more").then_some("more"))
                .map(|name| {
                    Parsed::Command(Command::Help {
                        topic: Some(name.to_owned()),
                    })
                })
        }
        _ => None,
    }
}

/// A command that carries at most what was told.
pub(super) fn simple_command(verb: Verb, told: Told) -> Option<Command> {
    Some(match verb {
        Verb::Arrived => Command::Arrived(told),
        Verb::Left => Command::Left(told),
        Verb::Ok => Command::Ok(told),
        Verb::Home => Command::Home(told),
        Verb::Office => Command::Office(told),
        Verb::RingMe => Command::RingMe,
        Verb::Undo => Command::Undo,
        Verb::Mine => Command::Mine,
        Verb::Board => Command::Board,
        _ => return None,
    })
}

fn squeeze(word: &str) -> String {
    word.to_lowercase().replace(['-', '_', '\''], "")
}
