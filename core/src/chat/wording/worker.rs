//! What the worker's own phone shows. Neutral in every line.

use super::{Words, join, overlap, reach, said};
use crate::domain::deed::Deed;
use crate::domain::ids::PersonId;
use crate::domain::notice::{Change, Notice, Whereabouts};
use crate::domain::shift::Visit;
use chrono::{DateTime, Utc};

/// The text, if the notice is one for a worker.
pub fn render(notice: &Notice, words: &Words<'_>) -> Option<String> {
    logging(notice, words)
        .or_else(|| telling(notice, words))
        .or_else(|| asking(notice, words))
}

fn logging(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::Logged {
            visit,
            ask,
            crosses_midnight,
            worker,
            amended,
            alone,
            category,
            unreached,
        } => {
            let done = if *amended { "Changed" } else { "Logged" };
            let text = logged(done, visit, *ask, *crosses_midnight, worker.as_ref(), words);
            let text = match visit.flagged {
                true => format!(
                    "{text}\n{} is flagged: if you have not discussed it with your manager, ring them first.",
                    visit.reference
                ),
                false => text,
            };
            let text = match category {
                true => {
                    format!("{text}\nCategory 1 or 2? Reply: cat 1, or: cat 2")
                }
                false => text,
            };
            let text = match unreached {
                Some(unreached) => {
                    format!(
                        "{text}\n{}",
                        reach::line(unreached, worker.is_some(), words)
                    )
                }
                None => text,
            };
            match (*alone, visit.with.is_empty()) {
                (false, _) => text,
                (true, true) => format!(
                    "{text}\nIt is not for one person. Who goes along? Edit your message and add: with @ben"
                ),
                (true, false) => format!(
                    "{text}\nIt is not for one person: it counts as covered when {} confirms.",
                    words.names(&visit.with)
                ),
            }
        }
        Notice::FlaggedSince { visit } => format!(
            "{} is flagged now: if you have not discussed it with your manager, ring them before you go.",
            words.brief(visit)
        ),
        Notice::DoneForYou { by, visit, change } => {
            let (by, visit) = (words.first(by), words.visit(visit));
            match change {
                Change::Logged => {
                    format!("{by} logged this for you: {visit}. When you are out, send: left")
                }
                Change::Changed => {
                    format!("{by} changed this for you: {visit}. When you are out, send: left")
                }
                Change::Cancelled => format!(
                    "{by} took this out for you: {visit}. I no longer look out for it. If you are going all the same, please log it"
                ),
            }
        }
        Notice::SameVisit { visit } => {
            format!(
                "That is logged already: {}. Nothing has changed.",
                words.visit(visit)
            )
        }
        Notice::Overlap { visit, clash } => overlap::overlap(visit, clash, words),
        Notice::AmendTooLate { visit } => {
            format!(
                "{} is over already, so it stays as it was. To log another visit, send a new /visit",
                words.brief(visit)
            )
        }
        Notice::Extended { visit, ask, into } => {
            overlap::extended(visit, *ask, into.as_ref(), words)
        }
        Notice::ExtendPast { visit } => format!(
            "That time is over already, so {} stays as it is. Send how long you still need: /extend 30m",
            words.brief(visit)
        ),
        Notice::Cancelled { visit } => format!("Cancelled: {}.", words.visit(visit)),
        Notice::CancelBegun { visit } => format!(
            "{} has begun, so it cannot be cancelled. If you are out, or it did not take place, send: /left {}",
            words.brief(visit),
            visit.reference
        ),
        Notice::Undone { what } => {
            let rest = match what {
                Deed::NoAnswer { .. } => "Whoever has been paged meanwhile stays paged.",
                _ => "It is as it was before.",
            };
            format!("Taken back: {}. {rest}", words.deed(what))
        }
        Notice::UndoTooLate { visit } => format!(
            "Somebody has changed {} since, so I cannot take that back. It stands as: {}.",
            visit.reference,
            words.visit(visit)
        ),
        Notice::NothingToUndo => {
            "There is nothing of yours from the last 5 minutes that I can take back.".to_owned()
        }
        _ => return None,
    })
}

fn telling(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::Arrived {
            visit,
            ask,
            over,
            told,
        } => {
            let there = told.map_or(String::new(), |at| {
                format!(" You were there at {}.", words.moment(at))
            });
            let left = match over.as_slice() {
                [] => String::new(),
                over => format!(" I have noted that you left {}.", join(over)),
            };
            format!(
                "Arrived: {}.{there}{left} {}.",
                words.visit(visit),
                words.will_ask("you", *ask)
            )
        }
        Notice::Left {
            visit,
            others,
            told,
            early,
            report,
        } => {
            let text = left(visit, others, *told, *early, words);
            match others.is_empty() && *report {
                true => format!("{text} When you are back, send: office, or: home"),
                false => text,
            }
        }
        Notice::Fine { visit, told } => {
            let well = told.map_or(String::new(), |at| {
                format!(", all well at {}", words.moment(at))
            });
            match visit {
                Some((visit, ask)) => format!(
                    "Thank you{well}. You are at {}. {}. When out: /left",
                    words.dated(visit),
                    words.will_ask("you", *ask)
                ),
                None => format!("Thank you, noted{well}."),
            }
        }
        Notice::Back {
            home,
            ended,
            open,
            told,
        } => back(*home, ended, open, *told, words),
        Notice::NotBegun { visit, verb } => format!(
            "{} has not begun. If it does not take place, send: /cancel {} If you have been there, send {verb} after its \
             start, or edit the visit's times.",
            words.visit(visit),
            visit.reference
        ),
        Notice::Which { verb, visits } => overlap::which(verb, visits, words),
        Notice::ClosedAlready { visit } => {
            format!("Closed already: {}. Thank you.", words.dated(visit))
        }
        Notice::NoVisit { verb } => format!(
            "You have no open visit that {verb} could mean. To log one: /visit {} 14:00-15:00 What is logged: /mine",
            words.example
        ),
        Notice::PleaseDelete { answer } => format!(
            "{}\nPlease delete your message: names, addresses and phone numbers of clients do not belong in it.",
            render(answer, words)?
        ),
        Notice::NoteTaken => "Thank you, noted.".to_owned(),
        Notice::RingPromised { who } => format!("I have asked {} to ring you.", words.names(who)),
        Notice::ConcernHeard { who, place } => {
            let first = match place {
                Whereabouts::Outside => "Please stay outside",
                Whereabouts::Inside => "If it does not feel right, leave now; you need no reason",
                Whereabouts::Elsewhere => "Please keep away from it",
            };
            let who = words.names(who);
            format!("{first}. I have asked {who} what to do, and pass on what they say.")
        }
        Notice::Direction { by, words: told } => {
            format!("{} says: {}", words.first(by), said(told))
        }
        Notice::SendAgain => "I could not read your last message. Please send it again.".to_owned(),
        _ => return None,
    })
}

/// The visit as it was understood, and who is asked when.
fn logged(
    done: &str,
    visit: &Visit,
    ask: DateTime<Utc>,
    crosses_midnight: bool,
    worker: Option<&PersonId>,
    words: &Words<'_>,
) -> String {
    let whose = worker.map_or(String::new(), |id| format!(" for {}", words.first(id)));
    let night = if crosses_midnight {
        " It ends after midnight, on the next day."
    } else {
        ""
    };
    let asked = worker.map_or("you", |id| words.first(id));
    let out = match worker {
        Some(id) => format!("When out, {} sends: left", words.first(id)),
        None => "When out: /left".to_owned(),
    };
    format!(
        "{done}{whose}: {}.{night} {}. {out}",
        words.visit(visit),
        words.will_ask(asked, ask)
    )
}

/// Finished for the day, or back at the office; with what is still to come.
fn back(
    home: bool,
    ended: &[String],
    open: &[Visit],
    told: Option<DateTime<Utc>>,
    words: &Words<'_>,
) -> String {
    let place = if home { "home" } else { "at the office" };
    let since = told.map_or(String::new(), |at| format!(" since {}", words.moment(at)));
    let over = match ended {
        [] => String::new(),
        ended => format!(" {} is closed.", join(ended)),
    };
    let rest = match open {
        [] => String::new(),
        open => format!(
            " Still logged: {}. If that does not take place, send: /cancel {}",
            list(open, words),
            open[0].reference
        ),
    };
    format!("Thank you, {place}{since}.{over}{rest}")
}

/// Out and safe; told late or before its time, with all that was understood.
fn left(
    visit: &Visit,
    others: &[Visit],
    told: Option<DateTime<Utc>>,
    early: bool,
    words: &Words<'_>,
) -> String {
    let what = words.dated(visit);
    let out = told.map(|at| format!("You were out at {}", words.moment(at)));
    let when = match (out, early) {
        (None, false) => String::new(),
        (Some(out), false) => format!(" {out}."),
        (Some(out), true) => format!(" {out}, before it was to begin. If that is a slip, send: /undo"),
        (None, true) => {
            " It had not begun, and I no longer look out for it. If you are still going, send: /undo".to_owned()
        }
    };
    let rest = match others {
        [] if early => String::new(),
        [] => " Thank you, that was the last one logged.".to_owned(),
        others => format!(" Still to come: {}.", list(others, words)),
    };
    // A line to send stands last.
    match early {
        true => format!("Left: {what}.{rest}{when}"),
        false => format!("Left: {what}.{when}{rest}"),
    }
}

fn asking(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::AskEnd { visit } => format!(
            "{}: finished?\n👍 out and fine (send: left)\n⏳ 30 more minutes (send: extend 30m)\n\
             📞 please ring me (send: ring me)",
            words.brief(visit)
        ),
        Notice::AskCheck { visit, at } => format!(
            "{}: your check-in at {}. All well?\n👍 yes, still here (send: ok)\n✅ I have left (send: left)\n\
             📞 please ring me (send: ring me)",
            words.brief(visit),
            words.time(*at)
        ),
        Notice::AskAlong { worker, visit } => format!(
            "{} has named you as the second worker: {}. Are you going along?\n👍 yes (send: along)",
            words.first(worker),
            words.dated(visit)
        ),
        Notice::GoingAlong { worker, visit } => format!(
            "Thank you. You go along with {}: {}.",
            words.first(worker),
            words.dated(visit)
        ),
        Notice::NotAlong { by, visit } => format!(
            "{} does not go along any more: {}.",
            words.first(by),
            words.dated(visit)
        ),
        Notice::NothingToApprove => {
            "No visit waits for your word, so nothing is changed.".to_owned()
        }
        Notice::Approved {
            visit, hers: false, ..
        } => {
            format!("Thank you, noted: {}.", words.dated(visit))
        }
        Notice::Approved { by, visit, .. } => {
            format!("{} agrees: {}.", words.first(by), words.dated(visit))
        }
        Notice::NotNamed => {
            "Nobody has named you as the second worker of a visit, so nothing is changed."
                .to_owned()
        }
        Notice::Accompanied { by, visit } => {
            format!("{} goes along: {}.", words.first(by), words.dated(visit))
        }
        Notice::AskReport { visit } => format!(
            "{} was the last one. Are you back?\n🏠 home (send: home)\n🏢 at the office (send: office)\n\
             📞 please ring me (send: ring me)",
            words.brief(visit)
        ),
        _ => return None,
    })
}

fn list(visits: &[Visit], words: &Words<'_>) -> String {
    let each: Vec<String> = visits.iter().map(|visit| words.dated(visit)).collect();
    each.join("; ")
}
