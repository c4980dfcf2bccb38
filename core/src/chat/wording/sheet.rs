//! The fallback sheet in the managers' room: what people go by when the bot is silent. It may be read with shaking hands.

use super::Words;
use crate::domain::fallback::Rung;
use crate::domain::ids::PersonId;
use crate::domain::policy::Notify;
use crate::domain::roster::Person;
use crate::domain::shift::{Shift, Stage, Visit};

/// In bytes. An edit holds the text twice, and encrypted it is longer by a third; Matrix takes 65,536 bytes.
const LONGEST: usize = 15_000;

/// The line that tells how old it is, and the sheet below it.
pub fn sheet(body: &str, words: &Words<'_>) -> String {
    format!(
        "FALLBACK SHEET, {}. If I am silent, go by this.\n{body}",
        words.day_and_time(words.now)
    )
}

/// What stands on it below its heading. Nothing in it changes by the clock alone.
pub fn body(
    shifts: &[&Shift],
    in_turn: impl Fn(&PersonId) -> Vec<Rung>,
    words: &Words<'_>,
) -> String {
    let mut blocks: Vec<(_, String)> = Vec::new();
    let mut rung: Vec<PersonId> = Vec::new();
    let mut workers: Vec<&PersonId> = shifts.iter().map(|shift| &shift.worker).collect();
    workers.sort();
    workers.dedup();
    for worker in workers {
        let hers = shifts.iter().filter(|shift| shift.worker == *worker);
        let mut lines: Vec<_> = hers.flat_map(|shift| lines(shift, words)).collect();
        lines.sort();
        let Some((first, _)) = lines.first().cloned() else {
            continue;
        };
        let order = in_turn(worker);
        rung.extend(order.iter().map(|each| each.who.clone()));
        let mut block = vec![number(worker, words)];
        block.extend(lines.into_iter().map(|(_, line)| line));
        block.push(format!("Then ring: {}", names(&order, words)));
        blocks.push((first, block.join("\n")));
    }
    blocks.sort();
    let mut parts = vec![if blocks.is_empty() {
        "Nobody has a visit logged. If somebody goes out all the same: agree with them by phone when they are to ring you."
            .to_owned()
    } else {
        "Ring each person below when their visit should be over, and write down who spoke to them and when. If one does not \
         answer, ring those after \u{201C}then ring\u{201D}, one after the other; if you fear for somebody, ring 999."
            .to_owned()
    }];
    parts.extend(blocks.into_iter().map(|(_, block)| block));
    parts.push(numbers(&rung, words));
    cut(&parts, words)
}

/// Her visits that are not over, and the one from which she has not reported home.
fn lines(shift: &Shift, words: &Words<'_>) -> Vec<(chrono::DateTime<chrono::Utc>, String)> {
    let open = shift.visits.iter().filter(|visit| visit.is_open());
    let mut found: Vec<_> = open
        .map(|visit| (visit.start, line(visit, words)))
        .collect();
    if shift.report.since.is_some()
        && let Some(visit) = shift.last_over()
        && let Stage::Ended { at } = visit.stage
    {
        let mut line = format!(
            "{}: left {}, has still to report home or back",
            words.short(visit),
            words.day_and_time(at)
        );
        if visit.back.is_some() {
            line += &format!(", expected {}", words.day_and_time(visit.expected_back()));
        }
        found.push((visit.start, line));
    }
    found
}

fn line(visit: &Visit, words: &Words<'_>) -> String {
    let mut line = words.visit(visit);
    if visit.due() > visit.end {
        line += &format!(", due only {}", words.day_and_time(visit.due()));
    }
    line
}

fn number(who: &PersonId, words: &Words<'_>) -> String {
    let person = words.team.person(who);
    format!("{}: {}", words.full(who), words.numbers(person))
}

/// `Ben Ward (buddy), then Dan Price (duty officer)`.
fn names(order: &[Rung], words: &Words<'_>) -> String {
    let name = |rung: &Rung| {
        let role = match rung.named {
            None => "holds them tonight",
            Some(Notify::Worker) => "the worker",
            Some(Notify::Buddy) => "buddy",
            Some(Notify::Manager) => "manager",
            Some(Notify::DutyOfficer) => "duty officer",
            Some(Notify::Deputy) => "deputy",
            Some(Notify::Admin) => "admin support",
            Some(Notify::SeniorManager) => "senior manager",
            Some(Notify::HeadOfService) => "head of service",
            Some(Notify::Director) => "director",
            Some(Notify::Edt) => "out of hours",
        };
        let hours = match rung.out_of_hours && rung.named != Some(Notify::Edt) {
            true => ", out of hours",
            false => "",
        };
        format!("{} ({role}{hours})", words.full(&rung.who))
    };
    match order {
        [] => "anybody below".to_owned(),
        order => order.iter().map(name).collect::<Vec<_>>().join(", then "),
    }
}

/// The numbers of those who are rung, and of all who answer for others.
fn numbers(rung: &[PersonId], words: &Words<'_>) -> String {
    let listed = |person: &&Person| person.responds() || rung.contains(&person.id);
    let people = words.team.people.iter().filter(listed);
    let lines = people.map(|person| number(&person.id, words));
    let mut all = vec!["Numbers".to_owned()];
    all.extend(lines);
    all.join("\n")
}

/// A message has an end: what does not fit is told, and is on the list that can be printed.
fn cut(parts: &[String], words: &Words<'_>) -> String {
    let text = parts.join("\n\n");
    if text.len() <= LONGEST {
        return text;
    }
    let mut end = LONGEST;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let whole = text[..end].rfind('\n').unwrap_or(end);
    format!(
        "{}\n\u{2026} and more. The whole of it, on the machine that I run on: lonewatch sheet --team {:?}",
        &text[..whole],
        words.team.name
    )
}
