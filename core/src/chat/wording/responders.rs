//! What responders read besides pages: follow-ups, lines of the log, answers to their commands.

use super::pages::next_step;
use super::{Words, join, length, said};
use crate::domain::alarm::AlarmKind;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::notice::{NextStep, Notice};
use crate::domain::shift::Visit;

/// The text, if the notice is one for responders.
pub fn render(notice: &Notice, words: &Words<'_>) -> Option<String> {
    asking(notice, words)
        .or_else(|| answering(notice, words))
        .or_else(|| refusing(notice, words))
        .or_else(|| telling(notice, words))
}

fn asking(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::FollowUp {
            number,
            kind,
            worker,
        } => match kind {
            AlarmKind::Possible => format!(
                "{number}, {}: what did you find?\n✅ reached, all well (/reached {number})\n❌ no answer (/noanswer {number})\n\
                 A call for help after all: /duress @{worker}",
                words.full(worker)
            ),
            AlarmKind::Duress | AlarmKind::Sos => format!(
                "{number}, {}: 999 called? Log number? Send: /police {number} and the log number. To close it: /standdown \
                 {number} and the reason",
                words.full(worker)
            ),
            _ => format!(
                "{number}, {}: what happened?\n✅ reached (/reached {number})\n❌ no answer (/noanswer {number})\nTo close \
                 it: /standdown {number} and the reason",
                words.full(worker)
            ),
        },
        Notice::PoliceFollowUp {
            number,
            worker,
            log,
            ..
        } => {
            let log = if log.is_empty() {
                String::new()
            } else {
                format!(" (log {log})")
            };
            format!(
                "{number}, {}: the police have it{log}. Is there news? When it is over: /standdown {number} and the reason",
                words.full(worker)
            )
        }
        Notice::HeardFrom {
            number,
            worker,
            what,
            sent,
        } => {
            let name = words.full(worker);
            let late = sent.map_or(String::new(), |at| {
                format!(
                    " The message was sent at {}; I could read it only now.",
                    words.moment(at)
                )
            });
            let numbers = words.numbers(words.team.person(worker));
            let heard = match what {
                None => format!("{number}: {name} has checked in, and nobody has closed this yet"),
                Some(what) => format!(
                    "{number}: {name} has checked in ({}). The paging has stopped",
                    words.deed(what)
                ),
            };
            format!(
                "{heard}.{late} Please speak to {}: {numbers}. Then close it:\n✅ reached (/reached {number})",
                words.first(worker)
            )
        }
        Notice::HoldOff {
            number,
            worker,
            help,
        } => format!(
            "{number}, {}: please do NOT ring or message {} now. {help} has taken this over, and others are dealing with it.",
            words.full(worker),
            words.first(worker)
        ),
        Notice::CanRead { number, worker } => format!(
            "{number}: the message from {} can be read now. Please speak to {}: {}. Then close it:\n✅ reached (/reached {number})",
            words.full(worker),
            words.first(worker),
            words.numbers(words.team.person(worker))
        ),
        _ => return None,
    })
}

fn answering(notice: &Notice, words: &Words<'_>) -> Option<String> {
    let then = |next: &Option<NextStep>| {
        next.as_ref().map_or(String::new(), |step| {
            format!(" {}.", next_step(step, words))
        })
    };
    Some(match notice {
        Notice::Taken {
            number,
            kind,
            worker,
            pause,
        } => {
            let tell = match kind {
                AlarmKind::Duress => {
                    format!("/police {number} and the log number once you have called 999")
                }
                AlarmKind::Sos => format!(
                    "/police {number} and the log number once you have called 999, or /reached {number}"
                ),
                _ => format!(
                    "/reached {number}, /noanswer {number} or /standdown {number} and the reason"
                ),
            };
            format!(
                "Thank you. {number}, {}, is yours. Tell me how it goes: {tell}. I will ask you in {}.",
                words.full(worker),
                length(pause.0)
            )
        }
        Notice::TriedNoted {
            number,
            next: None,
            every: Some(every),
        } => format!(
            "{number}: no answer, noted. Everybody paged is asked again every {} until it is closed.",
            length(every.0)
        ),
        Notice::TriedNoted { number, next, .. } => {
            format!("{number}: no answer, noted.{}", then(next))
        }
        Notice::ReachedNoted {
            numbers,
            worker,
            open,
        } => {
            let closed = match numbers.as_slice() {
                [] => "Noted".to_owned(),
                numbers => {
                    let names: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                    format!("{} closed", join(&names))
                }
            };
            let rest = open.as_ref().map_or(String::new(), |visit| {
                format!(
                    " {} is still open, so I will ask {} again at {}. When out, {} sends: left",
                    words.brief(visit),
                    words.first(worker),
                    words.moment(visit.due().max(words.now)),
                    words.first(worker)
                )
            });
            format!(
                "{closed}: {} was spoken to. Thank you.{rest}",
                words.full(worker)
            )
        }
        Notice::SeenNoted { worker, at, next } => {
            format!(
                "Noted: {} was seen at {}.{}",
                words.full(worker),
                words.moment(*at),
                then(next)
            )
        }
        Notice::SeenWhen { worker, visit } => format!(
            "At what time was {} seen there? Nothing is logged yet. Send it with the time that they gave you, for example:\n\
             /seen @{worker} {} by whom",
            words.first(worker),
            words.time(visit.start)
        ),
        Notice::PoliceNoted { number, log, .. } => {
            let log = if log.is_empty() {
                format!("When you have the log number, send: /police {number} and the number")
            } else {
                format!("Log {log}")
            };
            format!(
                "{number}: the police have it. {log}. I will ask every hour until it is stood down."
            )
        }
        Notice::StoodDown {
            number,
            worker,
            ended,
            watched,
        } => stood_down(*number, worker, ended, watched.as_ref(), words),
        Notice::RaisedFor { number, worker } => {
            format!(
                "{number}: I have raised a call for help for {}. Call 999 now.",
                words.full(worker)
            )
        }
        _ => return None,
    })
}

fn refusing(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::ReachedNotEnough { number } => format!(
            "{number}: noted, and it stays open. A call for help is not closed by a call: others may be listening. A manager \
             closes it: /standdown {number} and how they were seen, or which officer confirmed it"
        ),
        Notice::NeedsManager { number } => format!(
            "{number} is a call for help: only a manager or above can stand it down. It stays open."
        ),
        Notice::NeedsReason { number, kind } => match kind {
            AlarmKind::Duress => format!(
                "{number} stays open. Say how they were seen, or which police officer confirmed it: /standdown {number} seen \
                 by PC 1234 at the door, safe"
            ),
            _ => format!(
                "{number} stays open. Say why it can be closed: /standdown {number} phone was flat, now home"
            ),
        },
        Notice::TooLate { number, closed } => format!(
            "{number} was closed at {} by {} ({}). Nothing has changed.",
            words.moment(closed.at),
            words.first(&closed.by),
            words.how(&closed.how)
        ),
        _ => return None,
    })
}

fn telling(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::Informed {
            number,
            worker,
            visit,
            paged,
            cite,
        } => {
            let visit = visit.as_ref();
            let place = visit.map_or(String::new(), |visit| format!(" ({})", words.brief(visit)));
            let have = if paged.len() == 1 { "has" } else { "have" };
            format!(
                "{number}, {}{place}, for your information: {} {have} been paged. Nothing to do yet. Rule: {}.",
                words.full(worker),
                words.names(paged),
                cite.trim_end_matches('.')
            )
        }
        Notice::Record { number, by, what } => {
            format!(
                "{number} · {} {}: {}",
                words.time(words.now),
                words.first(by),
                words.line(what)
            )
        }
        Notice::Note {
            worker,
            visit,
            what,
        } => {
            format!(
                "Note from {} ({}): {}",
                words.first(worker),
                words.brief(visit),
                words.deed(what)
            )
        }
        Notice::Adds {
            number,
            worker,
            what,
        } => format!(
            "{number} · {} {} wrote: {}",
            words.time(words.now),
            words.first(worker),
            words.deed(what)
        ),
        Notice::AfterPhrase {
            number,
            worker,
            what,
        } => format!(
            "{number} · {} {}, sent after the code phrase, do not rely on it: {}",
            words.time(words.now),
            words.first(worker),
            words.deed(what)
        ),
        Notice::PhraseAgain {
            number,
            worker,
            words: text,
        } => {
            let besides = match said(text) {
                nothing if nothing.is_empty() => String::new(),
                text => format!(" The message said besides: {text}"),
            };
            format!(
                "{number}: {} has called for help AGAIN. Call 999 if nobody has.{besides}\n👍 I'm on it (/ack {number})",
                words.full(worker)
            )
        }
        Notice::Folded {
            number,
            worker,
            visit,
        } => format!(
            "{number} · {} has not reported out of {} either.",
            words.first(worker),
            words.brief(visit)
        ),
        Notice::ExtendedAgain { worker, visit } => format!(
            "{} needs more time: {}. Nothing to do; I will ask again then.",
            words.full(worker),
            words.visit(visit)
        ),
        Notice::Undelivered {
            number,
            worker,
            who,
            instead,
        } => {
            let number = number.map_or(String::new(), |number| format!("{number}: "));
            let then = if *instead {
                "I have gone on to the next people.".to_owned()
            } else {
                format!("Please make sure that {} knows.", words.first(who))
            };
            let numbers = words.numbers(words.team.person(who));
            format!(
                "{number}my message to {} could not be delivered, so {} may not know ({numbers}). It is about {}. {then}",
                words.full(who),
                words.first(who),
                words.full(worker)
            )
        }
        Notice::NotAsked { number, worker } => format!(
            "{number}: my question to {} could not be delivered, so no answer to it will come.",
            words.full(worker)
        ),
        Notice::RoomRefused { number, worker } => format!(
            "{number}, {}: I could not write in the managers' room. Please make sure that the others know.",
            words.full(worker)
        ),
        Notice::CannotRead { worker } => format!(
            "A message from {} could not be read. I have asked for it again. If it stays so for 2 minutes, I will page the \
             duty officer.",
            words.full(worker)
        ),
        _ => return None,
    })
}

/// What is closed, and whether anybody still looks out for her: a stand-down must not end that unseen.
fn stood_down(
    number: AlarmNumber,
    worker: &PersonId,
    ended: &[Visit],
    watched: Option<&Visit>,
    words: &Words<'_>,
) -> String {
    let mut text = format!(
        "{number}, {}, is stood down. Thank you.",
        words.full(worker)
    );
    if !ended.is_empty() {
        let references: Vec<String> = ended.iter().map(|v| v.reference.clone()).collect();
        text += &format!(" {} is closed too.", join(&references));
    }
    if let Some(visit) = watched {
        text += &format!(
            " {} goes on: {}.",
            words.brief(visit),
            words.will_ask(words.first(worker), visit.due())
        );
    }
    text
}
