//! A year's proof for 50 teams, as `lonewatch check` does it: ladders, roster and code phrases. The mark is 2 seconds.

use chrono::{DateTime, TimeZone, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use lonewatch_core::config::{BUILT_IN, TeamConfig, load_for_rehearsal};
use lonewatch_core::domain::phrase::Phrases;
use lonewatch_core::domain::proof::holes;
use std::hint::black_box;
use std::path::Path;

const TEAMS: usize = 50;

/// The teams of the scenarios, of all five policies in turn.
fn teams() -> Vec<TeamConfig> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let load = |name: &str| {
        let config = load_for_rehearsal(&folder.join(format!("{name}.toml"))).expect("a team");
        config.teams.into_iter().next().expect("a team")
    };
    let five: Vec<TeamConfig> = BUILT_IN.iter().map(|(name, _)| load(name)).collect();
    five.into_iter().cycle().take(TEAMS).collect()
}

/// What is wrong with one team; nothing.
fn prove(team: &TeamConfig, now: DateTime<Utc>) -> usize {
    let phrases = team.policy.phrases.iter().map(|rule| rule.text.clone());
    let texts: Vec<String> = phrases.chain(team.team.code_phrases.clone()).collect();
    black_box(Phrases::new(&texts).expect("phrases"));
    holes(&team.team, &team.policy, now).len()
}

fn a_year_of_fifty_teams(bench: &mut Criterion) {
    let teams = teams();
    let now = Utc.with_ymd_and_hms(2026, 3, 2, 7, 0, 0).single();
    let now = now.expect("a time");
    bench.bench_function("a year of 50 teams", |each| {
        each.iter(|| teams.iter().map(|team| prove(team, now)).sum::<usize>());
    });
}

criterion_group! {
    name = proof;
    config = Criterion::default().sample_size(10);
    targets = a_year_of_fifty_teams
}
criterion_main!(proof);
