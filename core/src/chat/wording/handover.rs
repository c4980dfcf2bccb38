//! The evening: who is still out, and who holds them.

use super::Words;
use crate::domain::handover::{Hold, Out};
use crate::domain::ids::PersonId;
use crate::domain::shift::Visit;

/// Asked at the end of working hours, and once more where nobody has taken it.
pub fn who_holds(out: &[Out], up: bool, words: &Words<'_>) -> String {
    let first = if up {
        "Nobody has taken this yet. "
    } else {
        ""
    };
    let whom = if out.len() == 1 { "her" } else { "them" };
    format!(
        "{first}Still out: {}. Who holds {whom} tonight?\n👍 I do (/hold). You are then paged with the others if I do not hear \
         from {whom}.",
        list(out, words)
    )
}

/// A visit that was logged and ends after working hours.
pub fn runs_into_the_night(worker: &PersonId, visit: &Visit, words: &Words<'_>) -> String {
    format!(
        "{} is out beyond working hours: {}. Who holds her then?\n👍 I do (/hold @{worker})",
        words.full(worker),
        words.visit(visit)
    )
}

/// Asked of whoever is out beyond working hours, where it is not known how to find them then.
pub fn details_for_the_evening(missing: &[&str]) -> String {
    let lines: Vec<&str> = missing.to_vec();
    format!(
        "This visit goes beyond working hours, and I do not know how the office can find you then. Please send me:\n{}",
        lines.join("\n")
    )
}

/// Somebody has taken it.
pub fn holds(by: &PersonId, out: &[Out], words: &Words<'_>) -> String {
    let whom = if out.len() == 1 { "her" } else { "them" };
    format!(
        "{} holds {}. {} is paged with the others if I do not hear from {whom}. Thank you.",
        words.full(by),
        list(out, words),
        words.first(by)
    )
}

/// Said to whom it is about; others may read it.
pub fn holds_you(by: &PersonId, words: &Words<'_>) -> String {
    let phone = words
        .team
        .person(by)
        .and_then(|person| person.phone.as_ref());
    let phone = phone.map_or(String::new(), |phone| format!(" ({phone})"));
    format!("{}{phone} is there for you this evening.", words.full(by))
}

/// Somebody else holds them.
pub fn held_already(hold: &Hold, words: &Words<'_>) -> String {
    format!(
        "{} holds {} already, so nothing is changed. If that is to change, {} sends: /hold off",
        words.full(&hold.by),
        words.full(&hold.worker),
        words.first(&hold.by)
    )
}

/// Given back.
pub fn given_back(held: &[PersonId], words: &Words<'_>) -> String {
    match held {
        [] => "You hold nobody.".to_owned(),
        held => format!("You no longer hold {}.", words.names(held)),
    }
}

/// Whoever is on a visit cannot look out for another.
pub fn out_yourself() -> String {
    "You are on a visit yourself, so somebody else has to hold them.".to_owned()
}

/// Nobody holds themselves.
pub fn not_oneself() -> String {
    "Somebody else has to hold you.".to_owned()
}

/// Only those who are paged for others can.
pub fn not_yours() -> String {
    "Only somebody who answers for others, or the buddy, can hold them.".to_owned()
}

/// Nobody is out.
pub fn nobody_out() -> String {
    "Nobody of that name is out, so there is nobody to hold. Who is out: /board".to_owned()
}

/// `Amira, until 19:00; Ben, until 20:15`.
fn list(out: &[Out], words: &Words<'_>) -> String {
    let each = out
        .iter()
        .map(|(who, until)| format!("{}, until {}", words.first(who), words.moment(*until)));
    let each: Vec<String> = each.collect();
    each.join("; ")
}
