//! The evening: who is still out, and who holds them.

use super::Words;
use crate::domain::handover::{Hold, Out};
use crate::domain::ids::PersonId;
use crate::domain::shift::Visit;
use chrono::{DateTime, Timelike, Utc};

/// Asked once more where nobody has taken it.
pub fn nobody_took_it(out: &[Out], words: &Words<'_>) -> String {
    format!("Nobody has taken this yet. {}", who_holds(out, words))
}

/// Asked of the others, where somebody has given it back.
pub fn given_back_by(giver: &PersonId, out: &[Out], words: &Words<'_>) -> String {
    let whom = whom(out);
    let name = words.first(giver);
    format!(
        "{name} cannot hold {whom} any more. {}",
        who_holds(out, words)
    )
}

fn whom(out: &[Out]) -> &'static str {
    if out.len() == 1 { "her" } else { "them" }
}

/// Asked at the end of working hours.
pub fn who_holds(out: &[Out], words: &Words<'_>) -> String {
    let whom = whom(out);
    format!(
        "Still out: {}. Who holds {whom} tonight?\n👍 I do (/hold). You are then paged with the others if I do not hear \
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

/// Somebody has taken it: until the morning, also if they are out longer.
pub fn holds(by: &PersonId, out: &[Out], words: &Words<'_>) -> String {
    let whom = whom(out);
    let each = out
        .iter()
        .map(|(who, until)| format!("{} (out until {})", words.first(who), words.moment(*until)));
    let each: Vec<String> = each.collect();
    format!(
        "{} holds {} until working hours begin again. {} is paged with the others if I do not hear from {whom}. Thank you.",
        words.full(by),
        each.join("; "),
        words.first(by)
    )
}

/// Said to whom it is about; others may read it. `from` is when it begins, `until` when the visit ends.
pub fn holds_you(
    by: &PersonId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    words: &Words<'_>,
) -> String {
    let local = |at: DateTime<Utc>| at.with_timezone(&words.team.tz);
    let now = local(words.now);
    let same_day = now.date_naive() == local(from).date_naive();
    let when = match same_day && now.hour() >= 12 {
        true => "this evening".to_owned(),
        // Past midnight it is the night that is going on.
        false if from <= words.now => {
            format!("until your visit is over at {}", words.moment(until))
        }
        false => format!("for your visit at {}", words.moment(from)),
    };
    let phone = words
        .team
        .person(by)
        .and_then(|person| person.phone.as_ref());
    let phone = phone.map_or(String::new(), |phone| format!(" ({phone})"));
    format!("{}{phone} is there for you {when}.", words.full(by))
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

/// Nobody is out, or nobody of those who were `named`.
pub fn nobody_out(named: bool) -> String {
    let nobody = if named {
        "Nobody of that name"
    } else {
        "Nobody"
    };
    format!("{nobody} is out, so there is nobody to hold. Who is out: /board")
}

/// `Amira, until 19:00; Ben, until 20:15`.
fn list(out: &[Out], words: &Words<'_>) -> String {
    let each = out
        .iter()
        .map(|(who, until)| format!("{}, until {}", words.first(who), words.moment(*until)));
    let each: Vec<String> = each.collect();
    each.join("; ")
}
