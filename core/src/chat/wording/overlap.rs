//! Visits that are in each other's way, and which one is meant: always with a line that can be copied.

use super::Words;
use crate::domain::notice::Clash;
use crate::domain::shift::Visit;
use chrono::{DateTime, Duration, Utc};

/// Nothing was logged, because something else is.
pub(super) fn overlap(visit: &Visit, clash: &Clash, words: &Words<'_>) -> String {
    let there = words.visit(visit);
    let same = visit.reference == clash.reference;
    if let Some(old) = &clash.amends {
        return format!(
            "{} stays as it was: {}. With the new times it would overlap {there}. Please edit your message again, with \
             other times.",
            old.reference,
            words.visit(old)
        );
    }
    let kept = if same {
        "Nothing has changed.".to_owned()
    } else {
        format!("I have not logged {}.", clash.reference)
    };
    match &clash.worker {
        Some(worker) => {
            let name = words.first(worker);
            let how = if clash.by == visit.logged_by {
                format!(
                    "To change it, edit your message, or before it begins send: /cancel {}",
                    visit.reference
                )
            } else {
                format!("Please ask {name} to change it.")
            };
            let when = if same {
                "at another time"
            } else {
                "at that time"
            };
            format!(
                "{} is logged for {name} {when}: {there}. {kept} {how}",
                visit.reference
            )
        }
        None if same => {
            let further = clash.end > visit.end && clash.end - words.now < Duration::hours(12);
            let longer = format!(
                ", or send: /extend {} until {}",
                visit.reference,
                words.time(clash.end)
            );
            format!(
                "{} is logged already, at another time: {there}. {kept} To move it, edit the message that logged it{}",
                visit.reference,
                if further { longer.as_str() } else { "." }
            )
        }
        None => format!(
            "{} is logged for that time: {there}. {kept} Which is right? To change the first, edit your message, or send: \
             /cancel {} (before it begins) or: /left {}",
            visit.reference, visit.reference, visit.reference
        ),
    }
}

/// The end was moved, perhaps into the next visit.
pub(super) fn extended(
    visit: &Visit,
    ask: DateTime<Utc>,
    into: Option<&Visit>,
    words: &Words<'_>,
) -> String {
    let asked = format!("{}. {}.", words.visit(visit), words.will_ask("you", ask));
    match into {
        Some(next) => format!(
            "{asked} {} is logged for then as well: if it does not take place, send: /cancel {}",
            words.brief(next),
            next.reference
        ),
        None => asked,
    }
}

/// Several visits can be meant: each with its line, which stands alone so that it can be copied.
pub(super) fn which(verb: &str, visits: &[Visit], words: &Words<'_>) -> String {
    let lines = visits.iter().map(|visit| {
        let line = match verb.split_once(' ') {
            Some((verb, rest)) => format!("{verb} {} {rest}", visit.reference),
            None => format!("{verb} {}", visit.reference),
        };
        format!("{}:\n{line}", words.visit(visit))
    });
    let lines: Vec<String> = lines.collect();
    format!("Which visit? Send one of these:\n{}", lines.join("\n"))
}
