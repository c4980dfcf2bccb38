//! Whom the bot cannot reach: a short line for the worker, and for the managers what to do about it.

use super::Words;
use crate::domain::ids::PersonId;
use crate::domain::notice::{Notice, Unreached};
use crate::domain::reach::{Obstacle, SILENT_AFTER};

/// The text, if the notice is about somebody who cannot be reached.
pub fn render(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::Unreached(unreached) => line(unreached, false, words),
        Notice::OutOfReach { worker, visit, who } => {
            let whose = format!("{}, {}", words.full(worker), words.dated(visit));
            let lines = who.iter().map(|(id, why)| match id == worker {
                true => asked_in_vain(&whose, id, *why, words),
                false => paged_in_vain(&whose, id, *why, words),
            });
            join_lines(lines)
        }
        _ => return None,
    })
}

/// What whoever logs a visit reads of it. `on_behalf`: a colleague's visit.
pub(super) fn line(unreached: &Unreached, on_behalf: bool, words: &Words<'_>) -> String {
    let lines = unreached.who.iter().map(|(id, why)| {
        if *id != unreached.worker {
            let first = match on_behalf {
                true => format!("paged first for {}", words.first(&unreached.worker)),
                false => "paged first".to_owned(),
            };
            let may = may_not(*why);
            return format!(
                "I {may} reach {}, who would be {first}: {}.",
                words.full(id),
                because(id, *why, words)
            );
        }
        match on_behalf {
            true => format!(
                "I {} reach {}: {}.",
                may_not(*why),
                words.full(id),
                because(id, *why, words)
            ),
            false => yourself(*why),
        }
    });
    let told = match unreached.told.as_deref() {
        None => return join_lines(lines),
        Some([]) => "The managers have been told.".to_owned(),
        Some([one]) => format!("{} has been told.", words.first(one)),
        Some(several) => format!("{} have been told.", words.names(several)),
    };
    format!("{} {told}", join_lines(lines))
}

fn yourself(why: Obstacle) -> String {
    let text = match why {
        Obstacle::NotInChat => {
            "I cannot write to you: you have not joined our chat. Please accept my invitation."
        }
        Obstacle::NoDevice => {
            "I cannot write to you: no device of yours can read my messages. Please log in on your phone."
        }
        // Whoever reads this is there.
        Obstacle::Silent(_) => {
            "I have not heard from you for long. Please write to me now and then."
        }
    };
    text.to_owned()
}

fn may_not(why: Obstacle) -> &'static str {
    match why {
        Obstacle::NotInChat | Obstacle::NoDevice => "cannot",
        Obstacle::Silent(_) => "may not",
    }
}

fn because(id: &PersonId, why: Obstacle, words: &Words<'_>) -> String {
    let name = words.first(id);
    match why {
        Obstacle::NotInChat => format!("{name} has not joined the chat with me"),
        Obstacle::NoDevice => format!("{name} has no device that can read my messages"),
        Obstacle::Silent(since) => format!(
            "nothing has come from {name} for {} days, since {}",
            SILENT_AFTER.num_days(),
            words.moment(since)
        ),
    }
}

fn paged_in_vain(whose: &str, id: &PersonId, why: Obstacle, words: &Words<'_>) -> String {
    format!(
        "I {} page {}, who would be paged first for {whose}: {}. {} Until then somebody can stand in: \
         /help cover",
        may_not(why),
        words.full(id),
        because(id, why, words),
        what_to_do(id, why, words)
    )
}

fn asked_in_vain(whose: &str, id: &PersonId, why: Obstacle, words: &Words<'_>) -> String {
    let name = words.first(id);
    format!(
        "I {} ask {name} at the end of the visit ({whose}): {}. {}",
        may_not(why),
        because(id, why, words),
        what_to_do(id, why, words)
    )
}

fn what_to_do(id: &PersonId, why: Obstacle, words: &Words<'_>) -> String {
    let name = words.first(id);
    match why {
        Obstacle::NotInChat => format!("Please have {name} accept my invitation, or write to me."),
        Obstacle::NoDevice => {
            format!("Please have {name} log in on the phone, and open the chat with me.")
        }
        Obstacle::Silent(_) => {
            format!("Is the account still used? A word from {name} to me is enough.")
        }
    }
}

fn join_lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
