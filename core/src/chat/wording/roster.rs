//! Who is there, who stands in, whom to ring.

use super::Words;
use super::desk::said_of_one;
use crate::domain::ids::PersonId;
use crate::domain::ladder::whom;
use crate::domain::policy::Notify;
use crate::domain::roster::{Person, Team};
use crate::domain::shift::Shift;
use chrono::{DateTime, Utc};

/// Where somebody is: what the board says of them.
pub fn whereabouts(who: &PersonId, shifts: &[&Shift], words: &Words<'_>) -> String {
    let name = words.full(who);
    match said_of_one(shifts, words).as_slice() {
        [] => format!("{name} has no visit logged."),
        lines => format!("{name}: {}.", lines.join("; ")),
    }
}

/// Who one's buddy is.
pub fn buddy(me: &PersonId, team: &Team, words: &Words<'_>) -> String {
    let own = team.person(me).and_then(|person| person.buddy.clone());
    match own {
        Some(buddy) => format!("Your buddy is {}.", words.full(&buddy)),
        None => {
            "You have no buddy; the duty officer stands in. To choose one: /buddy @ben".to_owned()
        }
    }
}

/// Told to the buddy.
pub fn you_are_the_buddy(name: &str) -> String {
    format!(
        "{name} has chosen you as buddy: if {name} does not report out of a visit, I page you first."
    )
}

/// A buddy of oneself.
pub fn own_buddy() -> String {
    "You cannot be your own buddy, so nothing is changed. Send, for example: /buddy @ben".to_owned()
}

/// Somebody who cannot be written to.
pub fn no_chat(name: &str) -> String {
    format!("{name} is not in this chat, so I could not page {name}. Nothing is changed.")
}

/// Duty is for those of the managers' room.
pub fn duty_not_yours() -> String {
    "Only somebody who answers alarms can take the duty on, so nothing is changed.".to_owned()
}

/// The duty is taken on.
pub fn on_duty(who: &PersonId, until: DateTime<Utc>, words: &Words<'_>) -> String {
    format!(
        "{} is on duty until {}.",
        words.full(who),
        words.day_and_time(until)
    )
}

/// Who would be paged now, for each role.
pub fn duty(team: &Team, words: &Words<'_>) -> String {
    const ROLES: [(Notify, &str); 8] = [
        (Notify::DutyOfficer, "Duty officer"),
        (Notify::Manager, "Manager"),
        (Notify::Deputy, "Deputy"),
        (Notify::Admin, "Admin support"),
        (Notify::SeniorManager, "Senior manager"),
        (Notify::HeadOfService, "Head of service"),
        (Notify::Director, "Director"),
        (Notify::Edt, "Emergency Duty Team"),
    ];
    // Nobody's own manager: every manager of the team.
    let nobody = PersonId(String::new());
    let line = |(notify, name): &(Notify, &str)| {
        let mut who = whom(team, *notify, &nobody, &[]);
        who.sort();
        who.dedup();
        let people: Vec<String> = who.iter().map(|id| reach(id, words)).collect();
        (!people.is_empty()).then(|| format!("{name}: {}", people.join("; ")))
    };
    let mut lines = vec!["Paged now:".to_owned()];
    lines.extend(ROLES.iter().filter_map(line));
    lines.extend(team.holders.iter().map(|(worker, by)| {
        let holders: Vec<String> = by.iter().map(|id| reach(id, words)).collect();
        let who = words.full(worker);
        format!("For {who}, tonight, also: {}", holders.join("; "))
    }));
    lines.join("\n")
}

fn reach(id: &PersonId, words: &Words<'_>) -> String {
    let person = words.team.person(id);
    let phone = person.and_then(|p| p.phone.as_ref().or(p.landline.as_ref()));
    match phone {
        Some(phone) => format!("{} {phone}", words.full(id)),
        None => words.full(id).to_owned(),
    }
}

/// Phone numbers; `whole` for those who may see the rest.
pub fn contacts(who: Option<&PersonId>, whole: bool, team: &Team, words: &Words<'_>) -> String {
    match who.and_then(|who| team.person(who)) {
        Some(person) if whole => card(person),
        Some(person) => numbers(person, words),
        None => {
            let lines: Vec<String> = team.people.iter().map(|p| numbers(p, words)).collect();
            lines.join("\n")
        }
    }
}

fn numbers(person: &Person, words: &Words<'_>) -> String {
    format!("{}: {}", person.name, words.numbers(Some(person)))
}

fn card(person: &Person) -> String {
    let known = |label: &str, value: &Option<String>| {
        format!("{label}: {}", value.as_deref().unwrap_or("not known"))
    };
    let lines = [
        person.name.clone(),
        known("Phone", &person.phone),
        known("Landline", &person.landline),
        known("Address", &person.address),
        known("Vehicle", &person.vehicle),
        known("Next of kin", &person.next_of_kin),
    ];
    lines.join("\n")
}

/// The same in one line, for the record.
pub fn card_in_a_line(person: Option<&Person>) -> String {
    person.map(card).unwrap_or_default().replace('\n', ", ")
}

/// One's own details are for the direct chat.
pub fn me_directly(told: bool) -> String {
    let delete = if told {
        " Please delete your message here."
    } else {
        ""
    };
    format!("Please send me that in our direct chat; this room is shared.{delete}")
}

/// What is known about oneself.
pub fn me(person: Option<&Person>, changed: bool) -> String {
    let Some(person) = person else {
        return "I know nothing about you.".to_owned();
    };
    let done = if changed {
        "Thank you, changed."
    } else {
        "This is what I know."
    };
    format!(
        "{done} It is shown on an alarm only, numbers also under /contacts.\n{}",
        card(person)
    )
}

/// Read and understood.
pub fn signed(title: &str, at: DateTime<Utc>, words: &Words<'_>) -> String {
    format!(
        "Thank you. Noted, {}: you have read and understood the {title}.",
        words.day_and_time(at)
    )
}

/// For those who answer for others.
pub fn not_for_you() -> String {
    "Only those who answer for others can see that. Your own: /policy".to_owned()
}

/// One line of who has signed: when, and whether it is what is in force.
pub fn signature(
    person: &Person,
    signature: Option<(DateTime<Utc>, bool)>,
    words: &Words<'_>,
) -> String {
    let name = &person.name;
    match signature {
        None => format!("{name}: not signed"),
        Some((at, true)) => format!("{name}: signed {}", words.day_and_time(at)),
        Some((at, false)) => {
            format!(
                "{name}: signed {}, but the rules have changed since",
                words.day_and_time(at)
            )
        }
    }
}

/// Telling oneself.
pub fn tell_oneself() -> String {
    "That has to be somebody else, so nothing is changed. Send, for example: /tell @eve".to_owned()
}

/// Who hears of the end of her visits.
pub fn told_instead(name: Option<&str>) -> String {
    match name {
        Some(name) => {
            format!(
                "{name} hears today that your visits are over, and that you are back. Your manager again: /tell off"
            )
        }
        None => "Your manager hears it again.".to_owned(),
    }
}

/// The same, to that person.
pub fn you_are_told(name: &str) -> String {
    format!(
        "{name} has named you: today I tell you when {name}'s visits are over, and when {name} is back."
    )
}

/// Confirmed.
pub fn details_right() -> String {
    "Thank you, noted as right.".to_owned()
}

/// After half a year.
pub fn still_right(person: Option<&Person>) -> String {
    let card = person.map(card).unwrap_or_default();
    format!(
        "Is this still right? If so, send: /me ok  If not, for example: /me phone YOUR-NUMBER\n{card}"
    )
}
