//! Behind a sign, nothing that begins like a command is a note: `/visitLCS1234 14:00-15:00`.

use super::clean::words;
use super::reference::{clear_attempt_at, reference_at};
use super::responder::spoken;
use super::table::{COMMANDS, CommandInfo, Verb};
use super::{Listening, Parsed, run, visit};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{Command, Extension, Target, Told};

/// A command's name with something glued to it, or a reference where the command should be.
pub(super) fn glued(text: &str, ctx: &Listening<'_>) -> Option<Parsed> {
    if let Some(parsed) = without_command(text, ctx) {
        return Some(parsed);
    }
    let (first, tail) = text.split_once(' ').unwrap_or((text, ""));
    let (found, name) = longest_name(first)?;
    if found.verb == Verb::Police && !ctx.answering {
        return None;
    }
    let apart = first[name.len()..].trim_start_matches(|c: char| "-_/:#.,".contains(c));
    let rest = format!("{apart} {tail}");
    let rest = rest.trim();
    let nearest = Why::Unknown {
        word: None,
        nearest: Some(found.name.to_owned()),
    };
    if fits(found, apart, rest, ctx) {
        return Some(Parsed::Bad(match line(found, rest, ctx) {
            Ok(Some(line)) => Bad::with_fix(nearest, line),
            Ok(None) => Bad::new(nearest),
            Err(bad) => bad,
        }));
    }
    letters(first)
}

/// `/soshehasaknife`: the word itself may be a name, and is not repeated.
fn letters(first: &str) -> Option<Parsed> {
    let main = COMMANDS.iter().filter(|command| {
        let head = first.get(..command.name.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(command.name))
    });
    let found = main.max_by_key(|command| command.name.len())?;
    let rest = &first[found.name.len()..];
    if rest.chars().count() < 2 || !rest.chars().all(char::is_alphabetic) {
        return None;
    }
    let why = Why::Unknown {
        word: None,
        nearest: Some(found.name.to_owned()),
    };
    Some(Parsed::Bad(match found.verb {
        Verb::Police => return None,
        Verb::Sos => Bad::with_fix(why, "/sos"),
        _ => Bad::new(why),
    }))
}

/// Without a sign, in a direct chat: only where a reference of the team is glued to the word, and the rest is read.
pub(super) fn plainly(text: &str, ctx: &Listening<'_>) -> Option<Parsed> {
    let first = text.split(' ').next()?;
    let (found, name) = longest_name(first).filter(|(found, _)| !found.responder)?;
    let apart = first[name.len()..].trim_start_matches('-');
    reference_at(&words(apart), 0, ctx)?;
    let parsed = glued(text, ctx)?;
    let line = matches!(&parsed, Parsed::Bad(bad) if bad.fix.is_some());
    (line && found.verb != Verb::Sos).then_some(parsed)
}

/// `/LCS1234 14:00-15:00`: a visit in all but the word.
fn without_command(text: &str, ctx: &Listening<'_>) -> Option<Parsed> {
    reference_at(&words(text), 0, ctx)?;
    Some(Parsed::Bad(match visit::visit(text, ctx) {
        Ok(_) => Bad::with_fix(Why::MeantVisit, format!("/visit {text}")),
        Err(bad) => bad,
    }))
}

/// The longest name, or other name, of a command that the word begins with, and longer than it.
fn longest_name(first: &str) -> Option<(&'static CommandInfo, &str)> {
    let fits = |name: &str| {
        first.len() > name.len()
            && first
                .get(..name.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(name))
    };
    let all = COMMANDS.iter().flat_map(|command| {
        let names = std::iter::once(&command.name).chain(command.aliases);
        names.map(move |name| (command, *name))
    });
    all.filter(|(_, name)| fits(name))
        .max_by_key(|(_, name)| name.len())
        .map(|(command, name)| (command, &first[..name.len()]))
}

/// Is what stands behind the name something that the command takes?
fn fits(found: &CommandInfo, apart: &str, rest: &str, ctx: &Listening<'_>) -> bool {
    let all = words(rest);
    let reference = reference_at(&all, 0, ctx).is_some() || clear_attempt_at(&all, 0).is_some();
    let digits = apart.strip_prefix(['A', 'a']).unwrap_or_default();
    let alarm = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let target = found.responder && (alarm || apart.starts_with('@'));
    let timed = found.verb == Verb::Visit && visit::looks_like_a_visit(rest, ctx);
    found.verb != Verb::Sos && (reference || target || timed)
}

/// The line to send, of what was understood alone: it never repeats a name.
pub(super) fn line(
    found: &CommandInfo,
    rest: &str,
    ctx: &Listening<'_>,
) -> Result<Option<String>, Bad> {
    let command = match run(found, rest, ctx) {
        Parsed::Command(command) => command,
        Parsed::Bad(bad) => return Err(bad),
        Parsed::Note => return Ok(None),
    };
    let name = found.name;
    Ok(Some(match &command {
        Command::Visit(_) => format!("/visit {rest}"),
        Command::Arrived(told)
        | Command::Left(told)
        | Command::Ok(told)
        | Command::Home(told)
        | Command::Office(told) => {
            if told.personal {
                return Err(Bad::with_fix(Why::Personal, said(name, told, ctx)));
            }
            said(name, told, ctx)
        }
        Command::Extend { reference, to } => {
            let line = extension(to, ctx);
            with_reference(&line, reference.as_deref())
        }
        Command::Category {
            reference,
            category,
        } => with_reference(&format!("/cat {category}"), reference.as_deref()),
        Command::Cancel { reference } => with_reference("/cancel", reference.as_deref()),
        other => aimed(name, other.target()),
    }))
}

fn said(name: &str, told: &Told, ctx: &Listening<'_>) -> String {
    let line = with_reference(&format!("/{name}"), told.reference.as_deref());
    match told.at {
        Some(at) => format!("{line} {}", at.with_timezone(&ctx.tz).format("%H:%M")),
        None => line,
    }
}

/// `/extend 30m`, in the team's zone.
pub(super) fn extension(to: &Extension, ctx: &Listening<'_>) -> String {
    match to {
        Extension::Minutes(minutes) => format!("/extend {minutes}m"),
        Extension::Until(until) => {
            format!(
                "/extend until {}",
                until.with_timezone(&ctx.tz).format("%H:%M")
            )
        }
    }
}

fn with_reference(line: &str, reference: Option<&str>) -> String {
    match reference {
        Some(reference) => format!("{line} {reference}"),
        None => line.to_owned(),
    }
}

fn aimed(name: &str, target: Option<&Target>) -> String {
    let target = target.map(spoken).unwrap_or_default();
    format!("/{name} {target}").trim_end().to_owned()
}
