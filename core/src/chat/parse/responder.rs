//! What responders say about an alarm.

use super::backwards;
use super::clean::{Word, join, words};
use super::not_her::another_spoken_to;
use super::people::{Named, person_at};
use super::personal::{ordinary, plainly_personal};
use super::reference::reference_at;
use super::sighting::seen;
use super::table::Verb;
use super::{Listening, PersonName};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{Command, Target};
use crate::domain::ids::{AlarmNumber, PersonId};

/// Reads what stands behind a responder's command. `None` for the other verbs.
pub(super) fn responder(
    verb: Verb,
    text: &str,
    ctx: &Listening<'_>,
) -> Option<Result<Command, Bad>> {
    let all = words(text);
    Some(match verb {
        Verb::Ack => ack(&all, ctx),
        Verb::Reached => aimed(&all, "reached", ctx).and_then(|(target, words)| {
            nobody_reached(&words)?;
            herself_reached(&target, &words, ctx)?;
            Ok(Command::Reached { target, words })
        }),
        Verb::NoAnswer => {
            aimed(&all, "noanswer", ctx).map(|(target, words)| Command::NoAnswer { target, words })
        }
        Verb::Seen => seen(&all, ctx),
        Verb::Claim => backwards::claim(&all, ctx),
        Verb::Asked => backwards::asked(&all, ctx),
        Verb::Police => aimed(&all, "police", ctx).map(|(target, words)| Command::Police {
            target,
            log: log_number(&words),
        }),
        Verb::StandDown => aimed(&all, "standdown", ctx).and_then(|(target, reason)| {
            if reason.is_empty() {
                let line = format!("/standdown {}reason", spoken(&target));
                return Err(Bad::with_fix(Why::NoReason, line));
            }
            Ok(Command::StandDown { target, reason })
        }),
        Verb::Record => {
            aimed(&all, "record", ctx).and_then(|(target, rest)| match rest.is_empty() {
                true => Ok(Command::Record(target)),
                false => Err(Bad::with_fix(Why::NotUnderstood, "/record A12")),
            })
        }
        Verb::Duress => aimed(&all, "duress", ctx).and_then(|(target, words)| {
            if target == Target::default() {
                return Err(Bad::new(Why::NoTarget));
            }
            Ok(Command::Duress { target, words })
        }),
        _ => return None,
    })
}

fn ack(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<Command, Bad> {
    // `/ack 12` can mean nothing else.
    if let [only] = all
        && let Some(alarm) = number(&only.low)
    {
        return Ok(Command::Ack(Target {
            alarm: Some(alarm),
            who: None,
        }));
    }
    aimed(all, "ack", ctx).map(|(target, _)| Command::Ack(target))
}

/// The target, and the words behind it.
pub(super) fn aimed(
    all: &[Word<'_>],
    name: &str,
    ctx: &Listening<'_>,
) -> Result<(Target, String), Bad> {
    let mut target = Target::default();
    let mut next = 0;
    loop {
        let before = next;
        next = target_at(all, next, &mut target, name, ctx)?;
        if next == before {
            return Ok((target, join(all, next)));
        }
    }
}

/// Reads one part of a target at `at`: `A12`, `#12`, `alarm 12`, `@amira`, `Amira`. Returns what follows.
pub(super) fn target_at(
    all: &[Word<'_>],
    at: usize,
    target: &mut Target,
    name: &str,
    ctx: &Listening<'_>,
) -> Result<usize, Bad> {
    let low = |i: usize| all.get(i).map_or("", |w| w.low.as_str());
    if target.alarm.is_none() {
        if low(at) == "alarm"
            && let Some(alarm) = alarm(low(at + 1)).or_else(|| number(low(at + 1)))
        {
            target.alarm = Some(alarm);
            return Ok(at + 2);
        }
        if let Some(alarm) = alarm(low(at)) {
            target.alarm = Some(alarm);
            return Ok(at + 1);
        }
    }
    if target.who.is_some() || at >= all.len() {
        return Ok(at);
    }
    // `no answer from @amira`
    let from = if matches!(low(at), "from" | "for") {
        at + 1
    } else {
        at
    };
    match person_at(all, from, ctx.people) {
        Named::One(who, next) => {
            target.who = Some(who);
            Ok(next)
        }
        Named::Several if low(from).starts_with('@') || from == all.len() - 1 => {
            Err(Bad::new(Why::SeveralPeople))
        }
        Named::Nobody if low(from).starts_with('@') && low(from).len() > 1 => {
            let named = low(from).trim_start_matches('@');
            let plain = named.len() <= 20
                && named
                    .chars()
                    .all(|c| c.is_alphanumeric() || "._-".contains(c));
            let line = target.alarm.map(|alarm| format!("/{name} {alarm}"));
            Err(Bad {
                why: Why::UnknownPerson {
                    name: plain.then(|| named.to_owned()),
                },
                fix: line.filter(|_| name != "standdown" && name != "police"),
            })
        }
        // A name with a slip in it must not be taken for words about somebody else.
        Named::Nobody if from == 0 => match nearly_named(low(from), ctx.people) {
            Some(meant) => Err(Bad {
                why: Why::UnknownPerson { name: None },
                fix: Some(format!("/{name} @{meant}")),
            }),
            None => Ok(at),
        },
        _ => Ok(at),
    }
}

/// Whom a mistyped short name probably means: one slip away from it, and no word of every day.
fn nearly_named<'a>(word: &str, people: &'a [PersonName]) -> Option<&'a PersonId> {
    // Words with which a reason or a story begins are no slips of a name.
    const BEGIN: &str = "man men her him his hers she they them the then than van been bed bad ban can had has was did den \
        dad day one boy son mum mother father nan gran kid kids child lady woman all any and are but not now new old own out";
    let begins = BEGIN.split_whitespace().any(|other| other == word);
    let short = word.chars().count() < 3 || !word.chars().all(char::is_alphabetic);
    if short || begins || ordinary(word) {
        return None;
    }
    let near = |name: &str| strsim::damerau_levenshtein(&name.to_lowercase(), word) == 1;
    let first = |person: &PersonName| near(person.name.split(' ').next().unwrap_or_default());
    let mut found = people.iter().filter(|p| near(&p.id.0) || first(p));
    found.next().map(|person| &person.id)
}

/// `a12`, `#12`, `#a12`.
pub(super) fn alarm(word: &str) -> Option<AlarmNumber> {
    let word = word.trim_end_matches([':', ',', '.', ';']);
    let digits = word
        .strip_prefix("#a")
        .or(word.strip_prefix('#'))
        .or(word.strip_prefix('a'))?;
    number(digits.strip_prefix('-').unwrap_or(digits))
}

fn number(digits: &str) -> Option<AlarmNumber> {
    let plain = (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let found = digits.parse().ok().filter(|n| plain && *n > 0)?;
    Some(AlarmNumber(found))
}

/// As it is written in a line to send, with a space behind.
pub(super) fn spoken(target: &Target) -> String {
    match (target.alarm, &target.who) {
        (Some(alarm), _) => format!("{alarm} "),
        (None, Some(who)) => format!("@{who} "),
        (None, None) => String::new(),
    }
}

/// The log number without the words around it: `log 412 of 2 March`.
fn log_number(words: &str) -> String {
    let mut rest = words.trim_start_matches([':', '-', ',', ' ']);
    loop {
        let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
        let plain = first.trim_matches([':', ',', '.', '#']).to_lowercase();
        let label = matches!(
            plain.as_str(),
            "log"
                | "log-number"
                | "lognumber"
                | "number"
                | "no"
                | "nr"
                | "ref"
                | "reference"
                | "is"
                | "called"
                | ""
        );
        if first.is_empty() || !label {
            return rest.to_owned();
        }
        rest = after;
    }
}

/// "Reached nobody" must not close an alarm.
pub(super) fn nobody_reached(words: &str) -> Result<(), Bad> {
    if says_nobody(words) {
        return Err(Bad::with_fix(Why::NotReached, "/noanswer"));
    }
    Ok(())
}

/// A place or a relative that was reached must not close an alarm either.
fn herself_reached(target: &Target, said: &str, ctx: &Listening<'_>) -> Result<(), Bad> {
    let all = words(said);
    if let Some((reference, next)) = reference_at(&all, 0, ctx) {
        let told = join(&all, next);
        let told = match told.is_empty() || plainly_personal(&told, &words(&told)) {
            true => "and what they said".to_owned(),
            false => told,
        };
        let line = format!("/asked {reference} {told}");
        return Err(Bad::with_fix(Why::ReachedPlace, line));
    }
    if another_spoken_to(&all, *target != Target::default(), ctx) {
        let whom = spoken(target);
        let called = |who: &PersonId| {
            let person = ctx.people.iter().find(|person| person.id == *who)?;
            person.name.split(' ').next().map(str::to_owned)
        };
        let name = target.who.as_ref().and_then(called);
        let at = ctx.moment().local().time() - chrono::Duration::minutes(30);
        return Err(Bad::with_fix(
            Why::ReachedAnother {
                seen: format!("/seen {whom}{} by whom", at.format("%H:%M")),
            },
            format!(
                "/reached {whom}spoke to {}",
                name.as_deref().unwrap_or("her")
            ),
        ));
    }
    Ok(())
}

fn says_nobody(words: &str) -> bool {
    let low = words.to_lowercase();
    let first = low.split([' ', ',', '.']).next().unwrap_or_default();
    let denies = matches!(
        first,
        "nobody" | "no" | "none" | "nothing" | "not" | "no-one" | "noone" | "neither" | "out"
    );
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| low.contains(phrase));
    denies || says(NOBODY) || says(UNSURE) && !says_well(&low) || speaks_of_another(&low)
}

/// What mostly says that nobody was reached, unless it is said beside that she is well.
const UNSURE: &[&str] = &[
    "unable to",
    "not able to",
    "phone is off",
    "phone off",
    "switched off",
    "straight to message",
    "went to message",
    "line is busy",
    "line busy",
    "engaged",
    "cut off",
    "hung up",
    "wrong number",
    "left a message",
    "left message",
    "left her a message",
    "left him a message",
    "left them a message",
];

fn says_well(low: &str) -> bool {
    const WELL: &str = "fine well safe ok okay good spoke spoken answered home back";
    let mut words = low.split(|c: char| !c.is_alphanumeric());
    words.any(|word| WELL.split_whitespace().any(|well| well == word))
}

/// What says that nobody was reached; apostrophes are straight here, as they are in a cleaned text.
const NOBODY: &[&str] = &[
    "voicemail",
    "voice mail",
    "answerphone",
    "answering machine",
    "no answer",
    "no reply",
    "no response",
    "not answer",
    "n't answer",
    "nt answer",
    "never answer",
    "not pick",
    "n't pick",
    "nt pick",
    "never pick",
    "not repl",
    "n't repl",
    "not respond",
    "n't respond",
    "not reach",
    "n't reach",
    "not get hold",
    "n't get hold",
    "cant get hold",
    "not get through",
    "n't get through",
    "cant get through",
    "rang out",
    "rings out",
    "ringing out",
];

/// `her mum, not her`: somebody was reached, and not the worker.
fn speaks_of_another(low: &str) -> bool {
    let end = |word: &str| low.ends_with(word) || low.contains(&format!("{word},"));
    ["not her", "not him", "not them", "not the worker"]
        .iter()
        .any(|word| end(word))
}

/// A message without prefix that answers a page or stands in an alarm's thread: the word comes first,
/// and what is a question, or says the opposite, is a remark.
pub(super) fn bare_answer(
    verb: Verb,
    rest: &str,
    ctx: &Listening<'_>,
) -> Option<Result<Command, Bad>> {
    let result = responder(verb, rest, ctx)?;
    match (&result, verb) {
        (Err(bad), _) if bad.why == Why::NotReached => None,
        // `police are on their way` is news, not a log number.
        (Ok(Command::Police { log, .. }), _) if !log.is_empty() => {
            let first = log.split(' ').next().unwrap_or_default();
            first
                .contains(|c: char| c.is_ascii_digit())
                .then_some(result)
        }
        (_, Verb::Duress) => None,
        // `asked her mum, she is not there` says of no place what was said there.
        (
            Ok(Command::Asked {
                reference: None,
                never: false,
                ..
            })
            | Err(_),
            Verb::Asked | Verb::Claim,
        ) => None,
        _ => Some(result),
    }
}

/// The same in a direct chat that answers nothing: only with the target named, so that "reached her at
/// last" stays a note.
pub(super) fn bare_aimed(
    verb: Verb,
    rest: &str,
    ctx: &Listening<'_>,
) -> Option<Result<Command, Bad>> {
    let all = words(rest);
    let first = all.first().map_or("", |w| w.low.as_str());
    let numbered = alarm(first).is_some();
    let at_sign = first.starts_with('@');
    let from = usize::from(first == "from");
    let only_a_name =
        matches!(person_at(&all, from, ctx.people), Named::One(_, next) if next == all.len());
    let alone = all.is_empty() && verb == Verb::Ack;
    if verb == Verb::Duress {
        return only_a_name.then(|| responder(verb, rest, ctx)).flatten();
    }
    if numbered || at_sign || only_a_name || alone {
        bare_answer(verb, rest, ctx)
    } else {
        None
    }
}
