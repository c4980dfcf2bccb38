//! A policy as a page that people read: what happens when, who says so, and what is ours.

use super::address::days;
use super::{Words, join, length};
use crate::domain::policy::{
    AddressOf, Anchor, Ask, EarlyOn, Ladder, LadderKind, Moment, Notify, Policy, Rules, Span, Step,
    Tell,
};
use chrono::{DateTime, Utc};

/// The whole page. The code phrases are not on it: it may be printed and pinned up.
pub fn page(policy: &Policy) -> String {
    let mut lines = vec![format!("{} ({})", policy.title, policy.name), String::new()];
    lines.push(format!(
        "A visit is written by its reference, for example {}.",
        policy.reference.example
    ));
    sources(
        &mut lines,
        &policy.reference.cite,
        policy.reference.open.as_deref(),
    );
    match policy.phrases.as_slice() {
        [] => lines.push("Code phrases: none in the document; a team may add its own.".to_owned()),
        all => {
            lines.push(format!("Code phrases: {}, not printed here.", all.len()));
            for phrase in all {
                sources(&mut lines, &phrase.cite, None);
            }
        }
    }
    rules(&mut lines, &policy.rules);
    for kind in LadderKind::ALL
        .into_iter()
        .chain([LadderKind::ShiftEnd, LadderKind::Concern])
    {
        if let Some(found) = policy.ladders.get(&kind) {
            ladder(&mut lines, kind, found);
        }
    }
    lines.join("\n")
}

/// The rules for a worker, on one screen; neutral, as others may read it, and never the phrase.
pub fn for_worker(policy: &Policy, signed: Option<DateTime<Utc>>, words: &Words<'_>) -> String {
    let mut lines = vec![policy.title.clone()];
    lines.push(format!(
        "Log each visit before you go: /visit {} 14:00-15:00. Never a name or an address.",
        policy.reference.example
    ));
    match policy.rules.address.as_ref().map(|rule| rule.ask) {
        Some(AddressOf::New) => lines.push(
            "Somebody who is not on the system: /visit NEW 14:00-15:00. I ask you for name and address in our direct chat."
                .to_owned(),
        ),
        Some(AddressOf::Each) => {
            lines.push("I ask you for the address of each visit in our direct chat.".to_owned());
        }
        None => {}
    }
    if policy.rules.day_before.is_some() {
        lines.push(
            "A visit before you first come to the office is logged the day before.".to_owned(),
        );
    }
    if let Some(rule) = &policy.rules.two_workers {
        lines.push(format!("A visit of category {} takes two.", rule.category));
    }
    lines.push("When you are out, send: left. More time: extend 30m".to_owned());
    if policy.shift_end().is_some() {
        lines.push("At the end of the day, send: home, or: office".to_owned());
    }
    let after = |kind| {
        let steps = policy
            .ladder(kind)
            .steps
            .iter()
            .filter(|s| !s.notify.contains(&Notify::Worker));
        let steps = steps.map(|step| format!("{}: {}", moment(step.at), people(&step.notify)));
        steps.collect::<Vec<_>>().join("; ")
    };
    lines.push(format!(
        "If I do not hear from you I ask you first, and then tell, {}.",
        after(LadderKind::FinalVisit)
    ));
    lines.push("If you feel unsafe, leave. /help shows the rest.".to_owned());
    lines.push(match signed {
        Some(at) => format!("You signed this on {}.", words.day_and_time(at)),
        None => "When you have read and understood it, send: /sign".to_owned(),
    });
    lines.join("\n")
}

fn sources(lines: &mut Vec<String>, cite: &str, open: Option<&str>) {
    if !cite.is_empty() {
        lines.push(format!("      {cite}"));
    }
    lines.extend(open.map(|open| format!("      Ours, the document leaves it open: {open}")));
}

fn rules(lines: &mut Vec<String>, rules: &Rules) {
    let told = [
        (
            "A visit that begins as it is logged is told to",
            &rules.unplanned,
        ),
        ("The end of each visit is told to", &rules.visit_ended),
        (
            "A visit before she reports at the office, not logged the day before, is told to",
            &rules.day_before,
        ),
        (
            "That she is home, or back at the office, is told to",
            &rules.return_told,
        ),
    ];
    let told = told
        .into_iter()
        .filter_map(|(what, rule)| Some((what, rule.as_ref()?)));
    for (
        what,
        Tell {
            notify, cite, open, ..
        },
    ) in told
    {
        lines.push(format!("{what} {}, quietly.", people(notify)));
        sources(lines, cite, open.as_deref());
    }
    if let Some(rule) = &rules.two_workers {
        lines.push(format!(
            "A visit of category {} takes two: a second worker confirms. Where none has, {} hears it.",
            rule.category,
            people(&rule.notify)
        ));
        sources(lines, &rule.cite, rule.open.as_deref());
    }
    if let Some(rule) = &rules.flagged {
        let agree = if rule.approval {
            " who has to agree"
        } else {
            ""
        };
        let two = if rule.two {
            ", and a second worker confirms"
        } else {
            ""
        };
        lines.push(format!(
            "A visit to a flagged reference is told to {}{agree}{two}.",
            people(&rule.notify)
        ));
        sources(lines, &rule.cite, rule.open.as_deref());
    }
    if let Some(rule) = &rules.training {
        lines.push(format!(
            "Where training is missing for a visit that takes two, {} hears it.",
            people(&rule.notify)
        ));
        sources(lines, &rule.cite, rule.open.as_deref());
    }
    if let Some(rule) = &rules.address {
        let of = match rule.ask {
            AddressOf::New => {
                "a visit to somebody who is not on the system (/visit NEW 14:00-15:00)"
            }
            AddressOf::Each => "each visit",
        };
        lines.push(format!(
            "The address of {of} is asked for in the worker's own chat, kept encrypted, shown on an alarm only, and deleted after \
             {}.",
            days(rule.keep_days)
        ));
        sources(lines, &rule.cite, rule.open.as_deref());
    }
    let cited = [
        (
            "Arrival and end of each visit are a quiet line in the team's room.",
            &rules.team_lines,
        ),
        (
            "Whoever goes along is asked on any visit; then they are looked out for as well.",
            &rules.accompanied,
        ),
        (
            "Every visit has a category; whoever gives none is asked for it.",
            &rules.category,
        ),
        (
            "For a visit beyond working hours the office has the phone number and the car; whoever has not given them is asked.",
            &rules.beyond_hours,
        ),
        (
            "A visit that runs beyond working hours asks for a named person who holds it.",
            &rules.night,
        ),
        (
            "Whoever would be paged hears when the last one has left.",
            &rules.last_out,
        ),
    ];
    for (what, rule) in cited {
        if let Some(rule) = rule {
            lines.push(what.to_owned());
            sources(lines, &rule.cite, rule.open.as_deref());
        }
    }
}

fn ladder(lines: &mut Vec<String>, kind: LadderKind, ladder: &Ladder) {
    lines.extend([String::new(), title(kind).to_uppercase()]);
    if let Some(like) = ladder.like {
        lines.push(format!("  The same as when {}.", title(like)));
        return;
    }
    for step in &ladder.steps {
        lines.push(format!("  {}", when(step)));
        lines.push(format!("      {}", what(step)));
        sources(lines, &step.cite, step.open.as_deref());
    }
    lines.push(format!(
        "  Whoever takes it on is asked what happened after {}.",
        length(ladder.follow_up.0)
    ));
}

/// What a ladder is for.
pub fn title(kind: LadderKind) -> &'static str {
    match kind {
        LadderKind::Visit => "a visit, not the last one, was not reported ended",
        LadderKind::FinalVisit => "the last visit was not reported ended",
        LadderKind::CheckIn => "an agreed check-in was missed",
        LadderKind::Duress => "a code phrase was heard",
        LadderKind::Possible => "something like a code phrase was heard",
        LadderKind::Sos => "a call for help in plain words",
        LadderKind::RingMe => "a worker asks to be rung",
        LadderKind::Unreadable => "a worker's message cannot be read",
        LadderKind::Concern => "a concern at the doorstep",
        LadderKind::ShiftEnd => "the last visit is over, and neither home nor office was reported",
    }
}

fn when(step: &Step) -> String {
    let mut text = moment(step.at);
    if let Some(latest) = step.latest {
        text += &format!("; no later than {}", moment(latest));
    }
    if let Some(earliest) = step.earliest {
        text += &format!("; never before {}", moment(earliest));
    }
    if step.early_on.contains(&EarlyOn::Noanswer) {
        text += "; at once when a call was not answered";
    }
    if step.early_on.contains(&EarlyOn::Concern) {
        text += "; at once on any cause for concern, or where the worker never arrived";
    }
    if step.while_unanswered {
        text += "; only while nobody has taken it on";
    }
    text
}

fn moment(moment: Moment) -> String {
    let from = match moment.anchor {
        Anchor::Start => "the scheduled start",
        Anchor::Due => "the agreed end",
        Anchor::CheckIn => "the agreed check-in",
        Anchor::Return => "the expected return",
        Anchor::FinalEnd => "the end of the last visit",
        Anchor::LastSighting => "the last confirmed contact",
        Anchor::VisitsOver => "the word that the last visit is over",
        Anchor::Raised => "the alarm",
        Anchor::PreviousStep => "the step before",
    };
    let far = moment.offset.num_seconds();
    match far {
        0 => format!("at {from}").replace("at the alarm", "at once"),
        1.. => format!("{} after {from}", length(moment.offset)),
        _ => format!("{} before {from}", length(-moment.offset)),
    }
}

fn what(step: &Step) -> String {
    if step.notify.contains(&Notify::Worker) {
        return "the worker is asked, neutrally".to_owned();
    }
    let added = match step.out_of_hours.as_slice() {
        [] => String::new(),
        added => format!(" (outside working hours also {})", people(added)),
    };
    let informed = match step.inform.as_slice() {
        [] => String::new(),
        informed => format!(" Told quietly: {}.", people(informed)),
    };
    let Span(repeat) = step.repeat;
    format!(
        "{}{added}: {}.{informed} Again every {} until somebody takes it on.",
        people(&step.notify),
        ask(step.ask),
        length(repeat)
    )
}

fn ask(ask: Ask) -> &'static str {
    match ask {
        Ask::Worker => "is all well?",
        Ask::Contact => "contact the worker by every number",
        Ask::WorkBackwards => "contact the worker, and work backwards to a definite last sighting",
        Ask::DecidePolice => "contact the worker, and decide whether to call the police",
        Ask::CallPolice => "call 999 and ask for the police",
        Ask::Help => "call 999 for the worker, and do not phone them",
        Ask::AskGently => "ring, and ask a question that gives nothing away",
        Ask::Ring => "ring the worker",
        Ask::Direct => "give a direction, which is passed on",
        Ask::FindOut => "find out what was written",
    }
}

fn people(notify: &[Notify]) -> String {
    let names = notify.iter().map(|one| match one {
        Notify::Worker => "the worker",
        Notify::Buddy => "the buddy",
        Notify::Manager => "the manager",
        Notify::DutyOfficer => "the duty officer",
        Notify::Deputy => "the deputy",
        Notify::Admin => "admin support",
        Notify::SeniorManager => "the senior manager",
        Notify::HeadOfService => "the head of service",
        Notify::Director => "the director",
        Notify::Edt => "the Emergency Duty Team",
    });
    let names: Vec<String> = names.map(str::to_owned).collect();
    join(&names)
}
