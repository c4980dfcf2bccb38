//! Pages: what to do now, for whom, with whose number, which rule says so, what happens next.

use super::backwards::{places, worry};
use super::{Words, address, drill, length, said};
use crate::domain::alarm::AlarmKind;
use crate::domain::ids::PersonId;
use crate::domain::notice::{Card, NextStep, Whereabouts};
use crate::domain::policy::Ask;
use crate::domain::roster::Person;
use crate::domain::shift::Visit;

/// The whole page. The code phrase itself is never part of it.
pub fn page(card: &Card, words: &Words<'_>) -> String {
    let person = words.team.person(&card.worker);
    let mut lines = vec![headline(card, words), what_to_do(card, person, words)];
    lines.push(visit_line(card, words));
    lines.extend(address::on_page(card, words));
    let heard = card.sighting.as_ref();
    let heard = heard.map_or("nothing before this".to_owned(), |sighting| {
        words.sighting(sighting)
    });
    lines.push(format!("Last heard of: {heard}."));
    lines.extend(card.worry.as_ref().map(|seen| worry(seen, words)));
    if card.ask == Ask::WorkBackwards {
        lines.extend(places(&card.places, words));
    }
    lines.extend(card.late.map(|(sent, read)| {
        format!(
            "The message was sent at {}; I could read it only at {}.",
            words.moment(sent),
            words.moment(read)
        )
    }));
    lines.extend(card.words.as_ref().map(|text| match &card.taken_by {
        Some(by) => format!("Said to {} on the phone: {}", words.first(by), said(text)),
        None => format!("The message said: {}", said(text)),
    }));
    if matches!(card.ask, Ask::Help | Ask::CallPolice | Ask::DecidePolice) {
        lines.extend(person.map(|person| match card.drill {
            Some(_) => "For real, what the police ask for stands here: phone, vehicle, next of kin, home.".to_owned(),
            None => for_the_police(person),
        }));
    }
    lines.extend(not_on_matrix(card, words));
    lines.push(next(card, words));
    let real = card.drill.map_or("", |_| ", for real");
    lines.push(format!("Rule{real}: {}.", card.cite.trim_end_matches('.')));
    lines.push(taps(card));
    lines.join("\n")
}

fn headline(card: &Card, words: &Words<'_>) -> String {
    let name = words.full(&card.worker);
    let number = card.number;
    let again = if card.again > 0 {
        format!(" (reminder {})", card.again)
    } else {
        String::new()
    };
    let what = match card.kind {
        AlarmKind::Overdue => {
            let place = card
                .visit
                .as_ref()
                .map_or("the visit", |visit| visit.reference.as_str());
            format!("{name} has not reported out of {place}")
        }
        AlarmKind::MissedCheckIn if card.call_missed => {
            let at = card
                .check
                .map_or(String::new(), |at| format!(" at {}", words.time(at)));
            format!("{name} has not been reached for the check-in call{at}")
        }
        AlarmKind::MissedCheckIn if card.agreed_call => {
            let at = card
                .check
                .map_or(String::new(), |at| format!(" at {}", words.time(at)));
            format!("{name} is to be rung now, the check-in call agreed for this visit{at}")
        }
        AlarmKind::MissedCheckIn => match card.check {
            Some(at) => format!("{name} missed the check-in at {}", words.time(at)),
            None => format!("{name} missed a check-in"),
        },
        AlarmKind::Duress => {
            format!("CALL FOR HELP from {name}, made so that others would not notice")
        }
        AlarmKind::Possible => format!("{name} POSSIBLY called for help; I am not sure"),
        AlarmKind::Sos => format!("CALL FOR HELP from {name}"),
        AlarmKind::Concern => match Whereabouts::of(card.visit.as_ref(), words.now) {
            Whereabouts::Outside => {
                format!(
                    "{name} has a concern at the door, stays outside, and waits for a direction"
                )
            }
            Whereabouts::Inside => {
                format!(
                    "{name} has a concern INSIDE the visit, has been told to leave, and waits for a direction"
                )
            }
            Whereabouts::Elsewhere => format!("{name} has a concern, and waits for a direction"),
        },
        AlarmKind::RingMe => format!("{name} asks to be rung"),
        AlarmKind::ShiftEnd => {
            format!("{name} has not said home, or back at the office, after the last visit")
        }
        AlarmKind::Unreadable => format!("a message from {name} cannot be read"),
    };
    format!("{number}{again}: {what}.")
}

fn what_to_do(card: &Card, person: Option<&Person>, words: &Words<'_>) -> String {
    if let Some(practise) = drill::what_to_do(card, person, words) {
        return practise;
    }
    let name = words.first(&card.worker);
    let numbers = words.numbers(person);
    let number = card.number;
    match card.ask {
        Ask::Worker | Ask::Contact => {
            format!("Do now: ring {name}: {numbers}. Try every way you have.")
        }
        Ask::WorkBackwards => format!(
            "Do now: ring {name} again: {numbers}. Then ask at the last place and work backwards until somebody has seen \
             {name} for certain; tell me: /seen @{} 14:20 who and where. Before you ring a place: /claim and its reference. \
             Cause for concern: call 999, and send: /concern {number} and why",
            card.worker
        ),
        Ask::DecidePolice => format!(
            "Do now: ring {name} once more: {numbers}. No reply: decide whether to call the police. Any cause for concern: \
             call 999, and send: /police {number} and the log number"
        ),
        Ask::CallPolice => format!(
            "Do now: call 999 and ask for the police. {name}: {numbers}. Then send: /police {number} and the log number"
        ),
        Ask::Help => {
            let phone = match card.kind {
                AlarmKind::Sos => {
                    "A call could give them away: do not ring unless you know it is safe"
                }
                _ => "Do NOT phone or message them",
            };
            format!(
                "Do now: call 999 for {name} and ask for the police. {phone}. Then send: /police {number} and the log number"
            )
        }
        Ask::AskGently => format!(
            "Do now: ring {name}: {numbers}. Ask only: “Is this a good time to talk about next week's rota?” YES: all is \
             well, send /reached {number}. NO, no answer, or a voice that worries you: send /duress @{}, and call 999. Do \
             not say why you are asking.",
            card.worker
        ),
        Ask::Ring => format!("Do now: ring {name}: {numbers}."),
        Ask::Direct => format!(
            "Do now: reply to this message with what {name} is to do; I pass it on. Or ring: {numbers}. Then send: /reached {number}"
        ),
        Ask::FindOut => format!("Do now: ring {name} and find out what was written: {numbers}."),
    }
}

fn visit_line(card: &Card, words: &Words<'_>) -> String {
    let visit = card.visit.as_ref();
    if card.drill.is_some() {
        let brief = visit.map_or(String::new(), |visit| words.brief(visit));
        return format!("Visit, made up for the drill: {brief}.");
    }
    visit.map_or("Visit: none is logged.".to_owned(), |visit| {
        let place = address::whereabouts(visit);
        format!(
            "Visit: {}. {place}{}",
            words.visit(visit),
            gone(visit, words)
        )
    })
}

/// Who was with her and has left: they know when she was last seen for certain (Wiltshire 3c).
fn gone(visit: &Visit, words: &Words<'_>) -> String {
    let each = visit.gone.iter().map(|(who, at)| {
        let numbers = words.numbers(words.team.person(who));
        let (name, at) = (words.first(who), words.time(*at));
        format!(" {name} was there too and left at {at}. Ask {name}: {numbers}.")
    });
    each.collect()
}

/// What the police ask for (Bexley, Wiltshire 3a: details kept current).
fn for_the_police(person: &Person) -> String {
    let known = |label: &str, value: &Option<String>| {
        format!("{label}: {}", value.as_deref().unwrap_or("not known"))
    };
    let mut parts = vec![
        known("Phone", &person.phone),
        known("Vehicle", &person.vehicle),
        known("Next of kin", &person.next_of_kin),
        format!(
            "Lives alone: {}",
            if person.lives_alone { "yes" } else { "no" }
        ),
    ];
    parts.extend(
        person
            .address
            .as_ref()
            .map(|address| format!("Home: {address}")),
    );
    format!("{}.", parts.join(". "))
}

fn not_on_matrix(card: &Card, words: &Words<'_>) -> Option<String> {
    let ring = |id: &PersonId| {
        let person = words.team.person(id);
        let email = person.and_then(|person| person.email.as_ref());
        let email = email.map_or(String::new(), |email| format!(", {email}"));
        format!("{}: {}{email}", words.full(id), words.numbers(person))
    };
    let people: Vec<String> = card.not_on_matrix.iter().map(ring).collect();
    (!people.is_empty()).then(|| {
        format!(
            "Not in this chat, so please ring them: {}.",
            people.join("; ")
        )
    })
}

fn next(card: &Card, words: &Words<'_>) -> String {
    if let Some(until) = card.drill {
        return drill::next(card, until, words);
    }
    let repeat = length(card.repeat.0);
    match &card.next {
        Some(step) => format!(
            "If nobody answers I ask again every {repeat}. {}.",
            next_step(step, words)
        ),
        None => format!("If nobody answers I ask again every {repeat}, until it is stood down."),
    }
}

/// `At 16:30 Carol is told`.
pub fn next_step(step: &NextStep, words: &Words<'_>) -> String {
    let who = words.names(&step.who);
    let what = match step.ask {
        Ask::CallPolice | Ask::Help | Ask::DecidePolice if step.drill => {
            format!("{who}: what they would do about the police")
        }
        Ask::CallPolice | Ask::Help => format!("{who}: call 999"),
        Ask::DecidePolice => format!("{who}: decide about the police"),
        _ => format!("{who} will be paged"),
    };
    format!("Next, at {}: {what}", words.moment(step.at))
}

fn taps(card: &Card) -> String {
    let number = card.number;
    match card.kind {
        AlarmKind::Duress => format!(
            "👍 I'm on it (/ack {number}). A manager closes it: /standdown {number} and how they were seen, or which officer \
             confirmed it"
        ),
        AlarmKind::Possible => format!(
            "👍 I'm on it (/ack {number}) · ✅ reached, all well (/reached {number}) · ❌ no answer (/noanswer {number}) · \
             🚨 it is a call for help (/duress @{})",
            card.worker
        ),
        _ => format!(
            "👍 I'm on it (/ack {number}) · ✅ reached (/reached {number}) · ❌ no answer (/noanswer {number})"
        ),
    }
}
