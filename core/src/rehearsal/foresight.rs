//! What would happen if nobody heard of a worker any more: one visit, played through the real engine.

use super::Nerves;
use super::expect::{Sent, SentPlace};
use super::play::{PlayError, Rehearsal};
use super::script::Script;
use crate::chat::parse::{Listening, Parsed, PersonName, parse};
use crate::chat::wording::bad::bad;
use crate::config::{Config, TeamConfig};
use crate::domain::command::{Command, VisitRequest};
use crate::domain::ids::PersonId;
use crate::domain::roster::Person;
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use std::collections::BTreeSet;

/// For so long after the visit the ladder is followed.
const FOLLOWED: Duration = Duration::hours(8);
/// So long before its start the visit is logged.
const LOGGED_BEFORE: Duration = Duration::minutes(10);

/// Who hears what at which minute, a line each; `visit` is `amira LCS1234 14:00-15:00`.
///
/// # Errors
/// A worker or a visit that cannot be understood, with what to write; or a store that fails.
pub async fn foresee(
    config: &Config,
    visit: &str,
    on: NaiveDate,
) -> Result<Vec<String>, PlayError> {
    let (who, rest) = visit.trim().split_once(' ').unwrap_or((visit.trim(), ""));
    let id = PersonId(who.trim_start_matches('@').to_lowercase());
    let found = config
        .teams
        .iter()
        .position(|team| team.team.person(&id).is_some());
    let Some(index) = found else {
        return Err(PlayError::Unreadable(format!(
            "nobody has the id \"{id}\"; write --visit \"amira LCS1234 14:00-15:00\""
        )));
    };
    let team = &config.teams[index];
    let request = understood(team, rest, on)?;
    let begin = request.start - LOGGED_BEFORE;
    let local = begin.with_timezone(&team.team.tz);
    let times = rest.trim();
    let script = format!(
        "scenario foresight\nconfig x\nstart {}\n{} {id} > bot: /visit {times} {on}\n",
        local.format("%Y-%m-%d %H:%M%:z"),
        local.format("%Y-%m-%d %H:%M%:z"),
    );
    let script = Script::parse(&script, "--visit", team.team.tz, &|known| known == id.0)?;
    let mut rehearsal = Rehearsal::new(config, index, script.start, Nerves::Steady).await?;
    let mut quiet = |_: &str| {};
    for line in &script.lines {
        rehearsal.play(line, "--visit", &mut quiet).await?;
    }
    rehearsal
        .advance(request.end + FOLLOWED, &mut quiet)
        .await?;
    let (sent, _) = rehearsal.finish().await;
    let mut lines = heading(team, &id, &request);
    lines.extend(told(team, &sent));
    Ok(lines)
}

fn understood(team: &TeamConfig, rest: &str, on: NaiveDate) -> Result<VisitRequest, PlayError> {
    let tz = team.team.tz;
    let now = team.team.moment(on, NaiveTime::MIN);
    let people = team.team.people.iter().map(|p| PersonName {
        id: p.id.clone(),
        name: p.name.clone(),
        matrix: p.matrix.clone(),
    });
    let people: Vec<PersonName> = people.collect();
    let reference = team.policy.reference_regex();
    let reference = reference.map_err(|error| PlayError::Config(error.to_string()))?;
    let listening = Listening {
        now,
        tz,
        direct: true,
        answering: false,
        bot_names: &[],
        people: &people,
        reference: &reference,
        reference_example: &team.policy.reference.example,
        new_visits: team.policy.rules.address.is_some(),
    };
    match parse(&format!("/visit {rest} {on}"), &listening) {
        Parsed::Command(Command::Visit(request)) => Ok(request),
        Parsed::Bad(what) => Err(PlayError::Unreadable(bad(&what))),
        _ => Err(PlayError::Unreadable(
            "that is no visit; write --visit \"amira LCS1234 14:00-15:00\"".to_owned(),
        )),
    }
}

fn heading(team: &TeamConfig, id: &PersonId, request: &VisitRequest) -> Vec<String> {
    let local = |at: DateTime<Utc>| at.with_timezone(&team.team.tz);
    let name = team
        .team
        .person(id)
        .map_or(id.0.as_str(), |p| p.name.as_str());
    vec![
        format!(
            "{}: {name} at {}, {}–{} {}, logged {} minutes before, and never heard of again",
            team.policy.title,
            request.reference,
            local(request.start).format("%a %-d %B %Y, %H:%M"),
            local(request.end).format("%H:%M"),
            local(request.end).format("%Z"),
            LOGGED_BEFORE.num_minutes(),
        ),
        String::new(),
    ]
}

/// The first message of each step, with everybody whom it pings.
fn told(team: &TeamConfig, sent: &[Sent]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut seen: BTreeSet<(DateTime<Utc>, String)> = BTreeSet::new();
    let first = |sent: &&Sent| !sent.pings.is_empty() && !sent.text.contains("(reminder ");
    for message in sent.iter().filter(first) {
        if !seen.insert((message.at, message.text.clone())) {
            continue;
        }
        let same = |other: &&Sent| other.at == message.at && other.text == message.text;
        let pinged = sent
            .iter()
            .filter(same)
            .flat_map(|other| other.pings.iter().cloned());
        let pinged: BTreeSet<String> = pinged.collect();
        let people: Vec<String> = pinged.iter().map(|id| reached(team, id)).collect();
        let room = sent
            .iter()
            .filter(same)
            .any(|other| other.place == SentPlace::Managers);
        let at = message.at.with_timezone(&team.team.tz);
        let place = if room { ", and the managers' room" } else { "" };
        lines.push(format!(
            "{}  {}{place}",
            at.format("%a %H:%M"),
            people.join("; ")
        ));
        let shown = ["Do now", "Rule", "Not in this chat", "If nobody"];
        let told = message.text.lines().enumerate();
        let told = told.filter(|(i, line)| *i == 0 || shown.iter().any(|s| line.starts_with(s)));
        lines.extend(told.map(|(_, line)| format!("           {line}")));
    }
    lines
}

fn reached(team: &TeamConfig, id: &str) -> String {
    let person = team.team.person(&PersonId(id.to_owned()));
    let name = person.map_or(id, |p| p.name.as_str());
    let number = |p: &Person| p.phone.clone().or_else(|| p.landline.clone());
    match person.and_then(number) {
        Some(number) => format!("{name} ({number})"),
        None => name.to_owned(),
    }
}
