//! How drills went: the minutes of each step, short enough for a phone.

use super::{Words, join};
use crate::domain::drill::{Done, Drill, DrillKind, Measure, Over, Why, measure};
use crate::domain::shift::Shift;

/// How many drills a report shows.
const SHOWN: usize = 8;

/// The drills of the last year, the newest first.
pub fn report(drills: &[&Shift], words: &Words<'_>) -> String {
    if drills.is_empty() {
        return "No drill in the last year. To begin one: /drill @amira overdue".to_owned();
    }
    let many = match drills.len() {
        1 => "1 drill in the last year.".to_owned(),
        n => format!("{n} drills in the last year."),
    };
    let newest = if drills.len() > SHOWN {
        format!(" The newest {SHOWN}:")
    } else {
        String::new()
    };
    let told = drills.iter().take(SHOWN).filter_map(|s| one(s, words));
    let told: Vec<String> = told.collect();
    format!("{many}{newest}\n{}", told.join("\n\n"))
}

fn one(shift: &Shift, words: &Words<'_>) -> Option<String> {
    let (drill, alarm) = (shift.drill.as_ref()?, shift.practised()?);
    let measured = measure(alarm);
    let kind = match drill.kind {
        DrillKind::Overdue => "overdue",
        DrillKind::Duress => "duress",
    };
    let mut lines = vec![format!(
        "{}, {}: {kind}, {}, begun by {}",
        alarm.number,
        words.day_and_time(drill.at),
        words.first(&shift.worker),
        words.first(&drill.by)
    )];
    lines.extend(measured.steps.iter().map(|step| self::step(step, words)));
    let later = measured
        .done
        .iter()
        .filter(|(done, ..)| *done != Done::TookOn);
    lines.extend(later.map(|(done, by, minutes)| {
        let what = match done {
            Done::TookOn => "taken on",
            Done::Tried => "no answer",
            Done::Reached => "reached",
            Done::Police => "police step",
            Done::StoodDown => "stood down",
        };
        format!(
            "{what}: {}, after {}",
            words.first(by),
            minutes_of(*minutes)
        )
    }));
    lines.extend(ended(drill.over.as_ref(), drill, words));
    if !measured.silent.is_empty() {
        lines.push(format!("Not heard from: {}", words.names(&measured.silent)));
    }
    Some(lines.join("\n"))
}

fn step(step: &Measure, words: &Words<'_>) -> String {
    let answered = match &step.answered {
        Some((by, minutes)) => format!("{}, after {}", words.first(by), minutes_of(*minutes)),
        None => "nobody answered".to_owned(),
    };
    let who: Vec<String> = step
        .who
        .iter()
        .map(|id| words.first(id).to_owned())
        .collect();
    format!("{} paged {}: {answered}", words.time(step.at), join(&who))
}

fn ended(over: Option<&Over>, drill: &Drill, words: &Words<'_>) -> Option<String> {
    let Some(over) = over else {
        return Some(format!(
            "Still on, until {} at the latest.",
            words.moment(drill.until)
        ));
    };
    let at = words.time(over.at);
    Some(match &over.why {
        Why::Done => return None,
        Why::Stopped { by } => format!("Stopped at {at} by {}.", words.first(by)),
        Why::TimeUp => format!("The time was up at {at}."),
        Why::Out => format!("Ended at {at}: there was a real visit."),
        Why::Real { number: Some(real) } => format!("Stopped at {at}: {real} was real."),
        Why::Real { number: None } => format!("Stopped at {at}."),
    })
}

fn minutes_of(minutes: i64) -> String {
    format!("{minutes} min")
}
