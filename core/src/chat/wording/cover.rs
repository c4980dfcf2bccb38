//! Leave, and who stands in.

use super::Words;
use crate::domain::ids::PersonId;
use crate::domain::team_state::{Cover, CoverError};
use chrono::{DateTime, Utc};

/// Back from leave.
pub fn back() -> String {
    "Welcome back. You are paged again.".to_owned()
}

/// A moment that has passed.
pub fn over_already() -> String {
    "That time is over already, so nothing is changed. Send, for example: /away until Friday"
        .to_owned()
}

/// Leave while people are out.
pub fn away_while_out(out: &[PersonId], words: &Words<'_>) -> String {
    format!(
        "{} is out and looks to you, so you are not away yet. Agree first who stands in, and send: /cover @eve for me until \
         Friday",
        words.names(out)
    )
}

/// Leave that would leave alarms with nobody.
pub fn away_leaves_nobody() -> String {
    "Without you nobody would hear an alarm, so you are not away yet. Agree first who stands in, and send: /cover @eve for \
     me until Friday"
        .to_owned()
}

/// Leave of somebody who stands in.
pub fn away_as_a_stand_in(cover: &Cover, words: &Words<'_>) -> String {
    format!(
        "You stand in for {} until {}, so you are not away yet. Ask {} or a manager first who else can: /cover @eve for @{} \
         until Friday",
        words.first(&cover.who),
        words.day_and_time(cover.until),
        words.first(&cover.who),
        cover.who
    )
}

/// A cover that ends before the leave does.
pub fn cover_too_short(cover: &Cover, until: DateTime<Utc>, words: &Words<'_>) -> String {
    format!(
        "{} stands in for you only until {}, so you are not away yet. First send: /cover @{} for me until {}",
        words.first(&cover.by),
        words.day_and_time(cover.until),
        cover.by,
        words.date_and_time(until)
    )
}

/// Whoever is away needs the cover.
pub fn still_needed(cover: &Cover, words: &Words<'_>) -> String {
    format!(
        "{} is away and needs you until {}, so nothing is changed. Ask {} or a manager first who else can: /cover @eve for \
         @{} until Friday",
        words.first(&cover.who),
        words.day_and_time(cover.until),
        words.first(&cover.who),
        cover.who
    )
}

/// Several ask at once.
pub fn which_cover(waiting: &[Cover], words: &Words<'_>) -> String {
    let line = |cover: &Cover| {
        let other = if cover.asked_by == cover.by {
            &cover.by
        } else {
            &cover.who
        };
        format!(
            "{} for {} until {}:\n/accept @{other}",
            words.first(&cover.by),
            words.first(&cover.who),
            words.day_and_time(cover.until)
        )
    };
    let lines: Vec<String> = waiting.iter().map(line).collect();
    format!("Which one? Send one of these:\n{}", lines.join("\n"))
}

/// On leave.
pub fn away(until: DateTime<Utc>, words: &Words<'_>) -> String {
    format!(
        "You are away until {}, and are not paged. Back sooner: /away off",
        words.day_and_time(until)
    )
}

/// Only a manager arranges cover between others.
pub fn cover_for_others() -> String {
    "Only a manager can ask others to stand in for each other. For yourself, send: /cover @eve for me until Friday 17:00"
        .to_owned()
}

/// A cover that cannot be.
pub fn cover_refused(error: &CoverError, words: &Words<'_>) -> String {
    let why = match error {
        CoverError::Oneself => "Nobody can stand in for themselves".to_owned(),
        CoverError::NotThere(by) => {
            format!("{} is away or covered for at that time", words.first(by))
        }
        CoverError::Loop => "They would stand in for each other in a circle".to_owned(),
        CoverError::NoChat(by) => format!("{} is not in this chat", words.first(by)),
    };
    format!(
        "{why}, so nothing is changed. Name somebody else: /cover @eve for @carol until Friday 17:00"
    )
}

/// It waits for the other's word.
pub fn cover_asked(cover: &Cover, words: &Words<'_>) -> String {
    format!(
        "{} stands in for {} until {}, as soon as {} accepts. {}",
        words.first(&cover.by),
        words.first(&cover.who),
        words.day_and_time(cover.until),
        words.first(cover.other()),
        match cover.asked_by == cover.by {
            true => "Until then nothing changes.",
            false => "Until then both are paged.",
        }
    )
}

/// The question to the other.
pub fn please_accept(cover: &Cover, words: &Words<'_>) -> String {
    format!(
        "{} asks: {} to stand in for {} until {}?\n👍 yes (send: accept)",
        words.first(&cover.asked_by),
        words.first(&cover.by),
        words.first(&cover.who),
        words.day_and_time(cover.until)
    )
}

/// In force.
pub fn cover_holds(cover: &Cover, words: &Words<'_>) -> String {
    format!(
        "{} stands in for {} until {}. {} is not paged until then.",
        words.full(&cover.by),
        words.full(&cover.who),
        words.day_and_time(cover.until),
        words.first(&cover.who)
    )
}

/// Over.
pub fn cover_ended(cover: &Cover, words: &Words<'_>) -> String {
    format!(
        "{} no longer stands in for {}. {} is paged again.",
        words.full(&cover.by),
        words.full(&cover.who),
        words.first(&cover.who)
    )
}

/// Nothing was asked.
pub fn nothing_to_accept() -> String {
    "Nobody has asked you to stand in, so there is nothing to accept.".to_owned()
}

/// No cover to end.
pub fn no_cover() -> String {
    "You stand in for nobody, and nobody for you.".to_owned()
}
