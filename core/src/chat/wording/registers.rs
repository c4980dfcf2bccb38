//! Risks, training, incidents and pooled devices.

use super::{Words, join};
use crate::domain::ids::PersonId;
use crate::domain::team_state::{Attention, Booking, Care, Incident, Risk, Training};
use chrono::NaiveDate;

fn day(date: NaiveDate) -> String {
    date.format("%a %-d %B %Y").to_string()
}

/// The flags, of one reference or all.
pub fn risks(risks: &[Risk], reference: Option<&str>, words: &Words<'_>) -> String {
    let meant = risks
        .iter()
        .filter(|risk| reference.is_none_or(|name| risk.reference == name));
    let line = |risk: &Risk| {
        format!(
            "{}: flagged {} by {}, review {}",
            risk.reference,
            words.day_and_time(risk.at),
            words.first(&risk.by),
            day(risk.review)
        )
    };
    let lines: Vec<String> = meant.map(line).collect();
    match (lines.as_slice(), reference) {
        ([], Some(reference)) => format!("{reference} has no flag."),
        ([], None) => "No reference has a flag.".to_owned(),
        (lines, _) => lines.join("\n"),
    }
}

/// A new flag.
pub fn flagged(risk: &Risk, words: &Words<'_>) -> String {
    format!(
        "{} is flagged by {}, review on {}. What it is about belongs in the case system. To end it: /risk {} clear",
        risk.reference,
        words.first(&risk.by),
        day(risk.review),
        risk.reference
    )
}

/// Flags that were taken away.
pub fn cleared(reference: &str, count: usize, by: &str) -> String {
    match count {
        0 => format!("{reference} had no flag."),
        _ => format!("The flag of {reference} is cleared by {by}."),
    }
}

/// For those who look after others.
pub fn ask_a_manager() -> String {
    "That is for a manager or somebody else who answers for others, so nothing is changed."
        .to_owned()
}

/// Training, of one person or of all.
pub fn trainings(all: &[Training], who: Option<&PersonId>, words: &Words<'_>) -> String {
    let meant = all
        .iter()
        .filter(|training| who.is_none_or(|who| training.who == *who));
    let lines: Vec<String> = meant.map(|training| trained(training, words)).collect();
    match lines.as_slice() {
        [] => {
            "No training is noted. To note one: /training @amira lone-worker 2025-06-01".to_owned()
        }
        lines => lines.join("\n"),
    }
}

/// One training.
pub fn trained(training: &Training, words: &Words<'_>) -> String {
    let (name, ends) = (words.full(&training.who), day(training.ends()));
    match &training.course {
        Some(course) => format!(
            "{name}: {course}, completed {}, until {ends}.",
            day(training.on)
        ),
        None => format!(
            "{name}: new since {}, training by {ends}.",
            day(training.on)
        ),
    }
}

/// To the manager: an incident has been told.
pub fn incident_told(incident: &Incident, words: &Words<'_>) -> String {
    let name = words.first(&incident.by);
    format!(
        "I{}: {name} tells of an incident: {}\nRing {name}: {}. {}",
        incident.no,
        super::said(&incident.words),
        words.numbers(words.team.person(&incident.by)),
        question(incident)
    )
}

/// To the worker: it was heard.
pub fn incident_heard(incident: &Incident, told: &[PersonId], words: &Words<'_>) -> String {
    format!(
        "I am sorry. First of all leave, if you are still there; /sos calls for help. I have told {}. The form (I{}) is due by \
         {}; when it is done, send: /incident I{} done form",
        words.names(told),
        incident.no,
        words.day_and_time(incident.form_due()),
        incident.no
    )
}

/// To whoever tells of a colleague's incident.
pub fn incident_noted(incident: &Incident, words: &Words<'_>) -> String {
    format!(
        "Noted, I{}, {}. {}",
        incident.no,
        words.first(&incident.by),
        question(incident)
    )
}

/// For the record of a call for help.
pub fn told_of_an_incident(words: &str) -> String {
    format!("tells of an incident: {words}")
}

/// What is next to be asked about.
fn question(incident: &Incident) -> String {
    let no = incident.no;
    let Some(next) = incident.next() else {
        return format!("Everything has been seen to. To close it: /incident I{no} close");
    };
    let (asked, word) = match next {
        Care::Medical => (
            "Is medical attention needed, or has it been given?",
            "medical",
        ),
        Care::Police => (
            "Have the police been told? Every offence is reported.",
            "police",
        ),
        Care::Debrief => ("Has there been time to debrief?", "debrief"),
        Care::Support => (
            "Has support been offered, such as the Employee Assistance Programme?",
            "support",
        ),
        Care::Risk => ("Has a fresh risk assessment been made?", "risk"),
        Care::Form => (
            "Has the form been completed? It is due within 24 hours.",
            "form",
        ),
    };
    format!("{asked} When seen to, send: /incident I{no} done {word}")
}

/// Something has been seen to.
pub fn cared(incident: &Incident, care: Care, words: &Words<'_>) -> String {
    let what = match care {
        Care::Medical => "medical attention",
        Care::Police => "the police report",
        Care::Debrief => "the debrief",
        Care::Support => "support",
        Care::Risk => "the risk assessment",
        Care::Form => "the form",
    };
    let name = words.first(&incident.by);
    format!(
        "Noted, I{}, {name}: {what}. {}",
        incident.no,
        question(incident)
    )
}

/// Her own form.
pub fn form_noted(no: u32) -> String {
    format!("Thank you, noted: the form for I{no} is done.")
}

/// No such incident is open.
pub fn no_incident(no: u32) -> String {
    format!("No incident I{no} is open. All of them: /incident list")
}

/// A manager closes it.
pub fn only_a_manager_closes(no: u32) -> String {
    format!("Only a manager can close I{no}, so it stays open.")
}

/// Not everything has been seen to.
pub fn close_with_a_reason(incident: &Incident) -> String {
    let no = incident.no;
    format!(
        "Not everything has been seen to. {}\nTo close it all the same, say why: /incident I{no} close and the reason",
        question(incident)
    )
}

/// Closed.
pub fn incident_closed(no: u32) -> String {
    format!("I{no} is closed. Thank you.")
}

/// All that are open.
pub fn incidents(all: &[Incident], words: &Words<'_>) -> String {
    let open = all.iter().filter(|incident| incident.closed_at.is_none());
    let line = |incident: &Incident| {
        format!(
            "I{}: {}, {}. {}",
            incident.no,
            words.first(&incident.by),
            words.day_and_time(incident.at),
            question(incident)
        )
    };
    let lines: Vec<String> = open.map(line).collect();
    match lines.as_slice() {
        [] => "No incident is open.".to_owned(),
        lines => lines.join("\n"),
    }
}

/// To the worker: the form.
pub fn form_is_due(incident: &Incident, words: &Words<'_>) -> String {
    format!(
        "The form for I{} was due by {}. When it is done, send: /incident I{} done form",
        incident.no,
        words.day_and_time(incident.form_due()),
        incident.no
    )
}

/// What asks for attention.
pub fn attention(attention: &Attention, words: &Words<'_>) -> String {
    match attention {
        Attention::Review(risk) => format!(
            "The flag of {} is due for review. Still needed: /risk {} flag review and the next date. Otherwise: /risk {} clear",
            risk.reference, risk.reference, risk.reference
        ),
        Attention::Training(training) => {
            let (name, ends) = (words.full(&training.who), day(training.ends()));
            let what = training.course.as_deref().unwrap_or("the first training");
            match training.warned {
                false => format!("{name}: {what} has to be completed by {ends}."),
                true => format!("{name}: {what} was to be completed by {ends}, and is not noted."),
            }
        }
        Attention::Incident(incident) => {
            format!(
                "I{}, {}: {}",
                incident.no,
                words.first(&incident.by),
                question(incident)
            )
        }
        // Its words are those of `/me`.
        Attention::Details(_) => String::new(),
        Attention::Device(booking) => format!(
            "{} was to be back by {}. When it is, send: /device return {}",
            booking.device,
            words.day_and_time(booking.end),
            booking.device
        ),
    }
}

/// The devices and who has them.
pub fn devices(devices: &[String], bookings: &[Booking], words: &Words<'_>) -> String {
    if devices.is_empty() {
        return "This team has no pooled devices.".to_owned();
    }
    let line = |device: &String| {
        let taken = bookings
            .iter()
            .filter(|booking| booking.device == device.to_uppercase());
        let taken: Vec<String> = taken.map(|booking| taken_by(booking, words)).collect();
        match taken.is_empty() {
            true => format!("{device}: free"),
            false => format!("{device}: {}", join(&taken)),
        }
    };
    devices.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn taken_by(booking: &Booking, words: &Words<'_>) -> String {
    format!(
        "{}, {}",
        words.first(&booking.who),
        words.span(booking.start, booking.end)
    )
}

/// Nobody knows this device.
pub fn no_device(device: &str, known: &[String]) -> String {
    match known.first() {
        None => "This team has no pooled devices, so nothing is booked.".to_owned(),
        Some(first) => format!(
            "I know no device {device}, so nothing is booked. There are {}. Send, for example: /device take {first} for tomorrow \
             14:00-15:00",
            join(known)
        ),
    }
}

/// Somebody else has it then.
pub fn device_taken(clash: &Booking, words: &Words<'_>) -> String {
    format!(
        "{} is taken: {}. Nothing is booked. Which are free: /device list",
        clash.device,
        taken_by(clash, words)
    )
}

/// Booked.
pub fn device_booked(booking: &Booking, words: &Words<'_>) -> String {
    format!(
        "{} is yours: {}. When it is back: /device return {}",
        booking.device,
        words.span(booking.start, booking.end),
        booking.device
    )
}

/// Back.
pub fn device_returned(device: &str) -> String {
    format!("Thank you, {device} is back.")
}

/// None is out.
pub fn nothing_to_return() -> String {
    "You have no device booked. Who has which: /device list".to_owned()
}

/// Several are out.
pub fn which_device(several: &[Booking]) -> String {
    let lines = several
        .iter()
        .map(|booking| format!("/device return {}", booking.device));
    format!(
        "Which one? Send one of these:\n{}",
        lines.collect::<Vec<_>>().join("\n")
    )
}
