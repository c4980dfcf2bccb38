//! `lonewatch explain`, `check` and `heard`: what a policy says, that nobody is forgotten under it, what it hears.

use crate::rehearse::say;
use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use lonewatch_core::chat::wording::{policy as page, proof as words};
use lonewatch_core::clock;
use lonewatch_core::config::{self, Config};
use lonewatch_core::desk::{BotNames, Desk};
use lonewatch_core::domain::ids::AlarmNumber;
use lonewatch_core::domain::phrase::Phrases;
use lonewatch_core::domain::proof::holes_with;
use lonewatch_core::domain::team_state::TeamState;
use lonewatch_core::rehearsal::foresight;
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::store::Store;
use std::io::{BufRead, Write};
use std::path::Path;

/// Prints the policy as a page for readers.
pub fn explain(policy: &str) -> Result<()> {
    let (policy, _) = config::policy(policy, Path::new(""))?;
    say!("{}", page::page(&policy));
    Ok(())
}

/// Prints who would hear what, and when, if nobody heard of a worker any more after the visit was logged.
pub async fn foresee(config: &Path, visit: &str, on: NaiveDate) -> Result<()> {
    let checked = config::load_for_rehearsal(config)?;
    for line in foresight::foresee(&checked, visit, on).await? {
        say!("{line}");
    }
    Ok(())
}

/// Proves a configuration for the coming year, perhaps with the leave and cover of its store; true if nobody is
/// forgotten.
pub async fn check(path: &Path, with_store: bool) -> Result<bool> {
    let config = match with_store {
        true => config::load(path)?,
        false => config::load_for_rehearsal(path)?,
    };
    let found = match with_store {
        true => prove_with(&config, &states(&config).await?)?,
        false => prove(&config)?,
    };
    for hole in &found {
        say!("{hole}");
    }
    if found.is_empty() {
        let teams = config.teams.len();
        let s = if teams == 1 { "" } else { "s" };
        say!(
            "ok: {teams} team{s}, every minute of the coming year: each ladder reaches somebody on Matrix"
        );
    }
    Ok(found.is_empty())
}

/// What is wrong with a configuration beyond its form: for `check`, and before `run`.
pub fn prove(config: &Config) -> Result<Vec<String>> {
    let states = vec![TeamState::default(); config.teams.len()];
    prove_with(config, &states)
}

fn prove_with(config: &Config, states: &[TeamState]) -> Result<Vec<String>> {
    let now = clock::now();
    let mut found = Vec::new();
    for (team, state) in config.teams.iter().zip(states) {
        phrases_of(team)?;
        let holes = holes_with(&team.team, state, &team.policy, now);
        found.extend(holes.iter().map(|hole| words::hole(hole, &team.team)));
    }
    Ok(found)
}

/// What the store knows of each team.
async fn states(config: &Config) -> Result<Vec<TeamState>> {
    let (store, mut desk) = open(config).await?;
    let mut states = Vec::new();
    for team in 0..config.teams.len() {
        states.push(desk.state_of(team, clock::now()).await?);
    }
    store.close().await;
    Ok(states)
}

async fn open(config: &Config) -> Result<(Store, Desk)> {
    let url = config.store_url.clone().context("there is no [store]")?;
    let store = Store::open(&url).await.context("[store] url")?;
    let user = config
        .matrix
        .as_ref()
        .map_or("@lonewatch", |matrix| matrix.user.as_str());
    let desk = Desk::new(
        store.clone(),
        RoomBook::default(),
        config,
        BotNames::of(user),
    )?;
    Ok((store, desk))
}

/// Prints what is kept of an alarm.
pub async fn record(number: &str, path: &Path, html: bool) -> Result<()> {
    let digits = number.trim_start_matches(['A', 'a', '#']);
    let number = AlarmNumber(digits.parse().context("write the number like this: A12")?);
    let config = config::load(path)?;
    let (store, mut desk) = open(&config).await?;
    let found = desk.records(number, clock::now()).await?;
    store.close().await;
    if found.is_empty() {
        bail!("there is no alarm {number}");
    }
    for record in found {
        say!("{}", if html { record.html } else { record.text });
    }
    Ok(())
}

/// Prints the fallback sheet of each team, or of one, from the store as it is: the bot may run, or be dead.
pub async fn sheet(path: &Path, team: Option<&str>) -> Result<()> {
    let config = config::load(path)?;
    let names: Vec<&str> = config
        .teams
        .iter()
        .map(|each| each.team.name.as_str())
        .collect();
    let wanted = |name: &&&str| team.is_none_or(|team| team.eq_ignore_ascii_case(name));
    if names.iter().filter(wanted).count() == 0 {
        let team = team.unwrap_or_default();
        let right: Vec<String> = names
            .iter()
            .map(|name| format!("--team {name:?}"))
            .collect();
        bail!("there is no team {team:?}; write {}", right.join(" or "));
    }
    let url = config.store_url.clone().context("there is no [store]")?;
    let store = Store::open_to_read(&url).await.context("[store] url")?;
    let desk = Desk::new(
        store.clone(),
        RoomBook::default(),
        &config,
        BotNames::of("@lonewatch"),
    )?;
    let mut printed = false;
    for (index, name) in names.iter().enumerate() {
        if !wanted(&name) {
            continue;
        }
        if printed {
            say!();
        }
        if names.len() > 1 {
            say!("{name}");
        }
        say!("{}", desk.sheet(index, clock::now()).await?);
        printed = true;
    }
    store.close().await;
    Ok(())
}

fn texts(team: &config::TeamConfig) -> Vec<String> {
    let policy = team.policy.phrases.iter().map(|rule| rule.text.clone());
    policy
        .chain(team.team.code_phrases.iter().cloned())
        .collect()
}

fn phrases_of(team: &config::TeamConfig) -> Result<Phrases> {
    let name = &team.team.name;
    Phrases::new(&texts(team)).with_context(|| format!("team {name}: code phrases"))
}

/// Says of each sentence what it would be heard as; without sentences, of each line of the standard input.
pub fn heard(policy: Option<&str>, config: Option<&Path>, sentences: &[String]) -> Result<()> {
    let texts: Vec<String> = match (policy, config) {
        (Some(policy), None) => {
            let (policy, _) = config::policy(policy, Path::new(""))?;
            policy.phrases.into_iter().map(|rule| rule.text).collect()
        }
        (None, Some(path)) => {
            let config = config::load_for_rehearsal(path)?;
            config.teams.first().map(texts).unwrap_or_default()
        }
        _ => bail!("name one of --policy NAME and --config FILE"),
    };
    let phrases = Phrases::new(&texts)?;
    let print = |sentence: &str| {
        say!("{}", words::heard(&phrases.hear(sentence), &texts));
    };
    for sentence in sentences {
        print(sentence);
    }
    if sentences.is_empty() {
        for line in std::io::stdin().lock().lines() {
            print(&line?);
        }
    }
    Ok(())
}
