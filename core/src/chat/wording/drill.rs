//! What is said of a drill. Everything that a responder sees of it begins with its mark, and nothing in it asks for a
//! real call to the police.

use super::pages::next_step;
use super::{Words, length};
use crate::domain::alarm::AlarmKind;
use crate::domain::deed::Deed;
use crate::domain::drill::{Drill, DrillKind, Why};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::notice::{Card, NextStep, Notice};
use crate::domain::policy::Ask;
use crate::domain::roster::Person;
use chrono::{DateTime, Utc};

/// The first words of everything that a responder sees of a drill.
pub const MARK: &str = "DRILL (practice, nobody is in danger)";
/// The first words of its end: somebody may be in danger by then.
pub const OVER: &str = "DRILL OVER";

/// With the mark before it.
pub fn marked(text: &str) -> String {
    format!("{MARK}. {text}")
}

/// The plain text of a notice of a drill.
pub fn render(notice: &Notice, words: &Words<'_>) -> String {
    marked(&instead(notice, words).unwrap_or_else(|| super::render(notice, words)))
}

/// Where the real words would send somebody to the police, or tell what is not so.
fn instead(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::PlaceClaimed { number, visit, .. } => format!(
            "{number}: {} is yours. Do NOT really ring there. For practice send: /asked {} and what they might have said",
            words.brief(visit),
            visit.reference
        ),
        Notice::DrillBegun {
            drill,
            worker,
            steps,
        } => begun(drill, worker, steps, words),
        // Whoever comes too late reads why from nobody here: not everybody may know.
        Notice::TooLate { number, closed } if closed.how == Deed::DrillOver => format!(
            "{number} ended at {}, with the drill. Nothing has changed.",
            words.moment(closed.at)
        ),
        _ => return of_police(notice, words),
    })
}

/// What leads to the police, or to the step with them.
fn of_police(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::Taken {
            number,
            kind: AlarmKind::Duress,
            worker,
            pause,
        } => format!(
            "Thank you. {number}, {}, is yours. {}. I will ask you in {}.",
            words.full(worker),
            pretend(*number),
            length(pause.0)
        ),
        Notice::FollowUp {
            number,
            kind: AlarmKind::Duress,
            worker,
        } => format!(
            "{number}, {}: what would you have done by now? {}. To close it: /standdown {number} and how they would have been \
             seen",
            words.full(worker),
            pretend(*number)
        ),
        Notice::PoliceNoted { number, .. } => format!(
            "{number}: noted, as if you had called. Nobody is really called. To close it: /standdown {number} and the reason"
        ),
        Notice::PoliceFollowUp { number, worker, .. } => format!(
            "{number}, {}: the police step has been practised. To close it: /standdown {number} and the reason",
            words.full(worker)
        ),
        Notice::Record {
            number,
            by,
            what: Deed::CalledPolice { .. },
        } => format!(
            "{number} · {} {}: would call the police now",
            words.time(words.now),
            words.first(by)
        ),
        Notice::WorryNoted { number } => format!(
            "{number}: noted, and everybody paged for it hears it. {}",
            pretend(*number)
        ),
        Notice::Worried {
            number,
            worker,
            by,
            why,
        } => format!(
            "{number}, {}: cause for concern, for practice. {}: {}. {}\n👍 I'm on it (/ack {number})",
            words.full(worker),
            words.first(by),
            words.line(why),
            pretend(*number)
        ),
        Notice::DoNotRing { number } => format!(
            "{number} is a call for help, for practice. For real, you would not ring there: others may be listening. {}",
            pretend(*number)
        ),
        _ => return None,
    })
}

fn pretend(number: AlarmNumber) -> String {
    format!(
        "Do NOT really call the police: say what you would do, then send: /police {number} drill"
    )
}

/// What a page of a drill asks for; `None`: what a real one does.
pub(super) fn what_to_do(
    card: &Card,
    person: Option<&Person>,
    words: &Words<'_>,
) -> Option<String> {
    card.drill?;
    let (name, number) = (words.first(&card.worker), card.number);
    Some(match card.ask {
        Ask::Help => format!(
            "Do now: answer as you would. {}. For real, you would not phone or message {name} either",
            pretend(number)
        ),
        Ask::CallPolice | Ask::DecidePolice => {
            format!("Do now: answer as you would. {}", pretend(number))
        }
        Ask::WorkBackwards => format!(
            "Do now: say here whom you would ask, the last place first; do NOT ring places or families for practice. Then send: \
             /seen @{} 14:20 who and where",
            card.worker
        ),
        _ => format!(
            "Do now: ring {name}, and say at once that it is practice: {}. For real, you would try every way you have.",
            words.numbers(person)
        ),
    })
}

/// What happens next on a page of a drill, and when it is over.
pub(super) fn next(card: &Card, until: DateTime<Utc>, words: &Words<'_>) -> String {
    let repeat = length(card.repeat.0);
    let then = card.next.as_ref().map(|step| next_step(step, words));
    let then = then.map_or(String::new(), |then| format!(" {then}."));
    format!(
        "If nobody answers I ask again every {repeat}.{then} The drill ends by itself at {}.",
        words.moment(until)
    )
}

/// The answer to `/drill @amira overdue`: what happens at which minute.
fn begun(drill: &Drill, worker: &PersonId, steps: &[NextStep], words: &Words<'_>) -> String {
    let name = words.first(worker);
    let what = match drill.kind {
        DrillKind::Overdue => format!("no word from {name} after a visit"),
        DrillKind::Duress => format!("a call by code phrase from {name}"),
    };
    let mut lines = vec![format!(
        "We practise: {what}. The people and the minutes are the real ones:"
    )];
    lines.extend(steps.iter().map(|step| {
        let police = match step.ask {
            Ask::CallPolice | Ask::DecidePolice | Ask::Help => {
                ", who do NOT really call the police"
            }
            _ => "",
        };
        let who = words.names(&step.who);
        format!("{} {who}{police}", words.time(step.at))
    }));
    lines.push(format!(
        "Later ones are paged only if it is still needed. Answer as you would: /ack, /noanswer, /reached, /police, /standdown. It \
         ends with that, with /drill stop, with a real alarm, or by itself at {}. {name} has been told that it is practice.",
        words.moment(drill.until)
    ));
    lines.join("\n")
}

/// To the worker, when it begins. Her phone may be read by others.
pub fn told_begun(by: &str, kind: DrillKind) -> String {
    match kind {
        DrillKind::Overdue => format!(
            "{by} is practising with the team what happens if you are not heard of. Nothing is wrong, and you need do nothing. \
             Somebody may ring you for practice."
        ),
        DrillKind::Duress => format!(
            "{by} is practising with the team how they look out for you. Nothing is wrong, and you need do nothing."
        ),
    }
}

/// To the worker, when it is over.
pub fn told_over() -> String {
    "The team's practice is over. Thank you.".to_owned()
}

/// To those who took part.
pub fn over(number: AlarmNumber, why: &Why, words: &Words<'_>) -> String {
    let ended = match why {
        Why::Done => format!("{number} has been dealt with."),
        Why::Stopped { by } => format!("{} has stopped {number}.", words.first(by)),
        Why::TimeUp => format!("the time for {number} is up."),
        Why::Out => format!("{number} ends here, because there is a real visit now."),
        Why::Real { number: Some(real) } => {
            return format!("{OVER}: {real} is real. Please leave {number}, and look at {real}.");
        }
        Why::Real { number: None } => {
            return format!(
                "{OVER}: something real has come up. Please leave {number}; nothing more comes of it."
            );
        }
    };
    format!("{OVER}: {ended} To see how it went: /drill report")
}

/// The same, where a real call for help of the worker has ended it: she was to be rung for practice.
pub fn and_do_not_ring(over: &str, name: &str) -> String {
    format!("{over} Do NOT ring or message {name} now.")
}

/// Why it does not begin, with what to do instead.
pub enum Refused<'a> {
    /// Somebody who only makes visits.
    AskOne(Vec<PersonId>),
    /// Somebody who makes no visits.
    NoWorker(&'a PersonId),
    /// Oneself.
    Yourself,
    /// Whoever asks is on a visit.
    YouAreOut,
    /// The worker is on a visit.
    Out(&'a PersonId),
    /// Another one is on.
    Another(AlarmNumber, DateTime<Utc>),
    /// A real alarm is open.
    Real(AlarmNumber),
}

/// See [`Refused`].
pub fn refused(why: &Refused<'_>, words: &Words<'_>) -> String {
    match why {
        Refused::AskOne(who) => format!(
            "That is begun by those who answer for the team. Please ask {}.",
            words.names(who)
        ),
        Refused::NoWorker(who) => format!(
            "{} makes no visits here, so nothing has begun. Name somebody who does: /drill @amira overdue",
            words.first(who)
        ),
        Refused::Yourself => "You would be looked for by the others, and could not take part. Nothing has begun. Name a colleague, or \
             ask another to begin it with you."
            .to_owned(),
        Refused::YouAreOut => "You are on a visit yourself, so nothing has begun. Once you are out, send it again, or ask a colleague."
            .to_owned(),
        Refused::Out(who) => {
            let name = words.first(who);
            format!(
                "{name} is really on a visit, so nothing has begun: practice must not stand in the way. Send it again once {name} is \
                 out, or name a colleague."
            )
        }
        Refused::Another(number, until) => format!(
            "The drill {number} is on until {} at the latest, so nothing more has begun. To end it: /drill stop",
            words.moment(*until)
        ),
        Refused::Real(number) => format!(
            "{number} is open and real, so nothing has begun. Please see to it first: /ack {number}"
        ),
    }
}

/// There is none to stop.
pub fn none_is_on() -> String {
    "No drill is on. To begin one: /drill @amira overdue".to_owned()
}

/// `/duress A1`, where A1 is a drill: a call is not raised by the number of a drill, and the line for a real one is given.
pub fn not_for_a_number(number: AlarmNumber, worker: &PersonId) -> String {
    marked(&format!(
        "{number} is a drill. If it is real, send: /duress @{worker}"
    ))
}

/// Before the question which alarm is meant: whoever practised a moment ago may not know that it is over.
pub fn ended(number: AlarmNumber, which: &str) -> String {
    format!(
        "The drill {number} is over, and nothing is noted yet: is this about what is real? {which}"
    )
}

/// The same, where no real alarm is open.
pub fn really_seen(number: AlarmNumber) -> String {
    format!(
        "The drill {number} is over, and nothing is noted: was this for real? Then say when: /seen @amira 14:20 and where, or by phone"
    )
}

/// A bare `/police` while only a drill is open: it may be meant for real.
pub fn police_of_a_drill(number: AlarmNumber) -> String {
    marked(&format!(
        "Nothing real is open. For practice, send: /police {number} drill"
    ))
}
