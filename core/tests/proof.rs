//! `lonewatch check`: every ladder reaches a human at every minute of the coming year, and no step comes too late.

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use lonewatch_core::chat::wording::proof::hole as words;
use lonewatch_core::config::{BUILT_IN, TeamConfig, load_for_rehearsal};
use lonewatch_core::domain::ids::PersonId;
use lonewatch_core::domain::policy::{LadderKind, Policy};
use lonewatch_core::domain::proof::{Hole, holes, holes_with};
use lonewatch_core::domain::roster::Team;
use lonewatch_core::domain::team_state::{Away, Cover, TeamState};
use std::path::Path;

fn team(name: &str) -> TeamConfig {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let config = load_for_rehearsal(&folder.join(format!("{name}.toml"))).expect("a team");
    config.teams[0].clone()
}

/// A Monday, before working hours.
fn monday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 7, 0, 0)
        .single()
        .expect("a time")
}

/// Nobody but these is on Matrix.
fn only(team: &mut Team, ids: &[&str]) {
    for person in &mut team.people {
        if !ids.contains(&person.id.0.as_str()) {
            person.matrix = None;
        }
    }
}

#[test]
fn every_built_in_policy_with_its_team_is_proven() {
    for (name, _) in BUILT_IN {
        let TeamConfig { team, policy, .. } = team(name);
        assert_eq!(holes(&team, &policy, monday()), vec![], "{name}");
    }
}

#[test]
fn a_ladder_that_reaches_nobody_is_named_with_worker_minute_and_line() {
    let TeamConfig {
        mut team, policy, ..
    } = team("wiltshire");
    // Whom "something like a code phrase" pages: the duty officer, then manager and senior manager.
    only(&mut team, &["amira", "ben", "hana", "diana"]);
    let found = holes(&team, &policy, monday());
    let possible = found.iter().find(|hole| {
        let Hole::ReachesNobody { ladder, worker, .. } = hole else {
            return false;
        };
        *ladder == LadderKind::Possible && worker.0 == "amira"
    });
    let text = words(possible.expect("a hole"), &team);
    assert!(text.contains("Mon 2 March 2026 07:00"), "{text}");
    assert!(
        text.contains("amira") && text.contains("something like a code phrase"),
        "{text}"
    );
    assert!(text.contains("roles = [\"manager\"]"), "{text}");
    // The last visit still reaches her buddy.
    let of = |kind| {
        let of = |hole: &&Hole| matches!(hole, Hole::ReachesNobody { ladder, worker, .. } if *ladder == kind && worker.0 == "amira");
        found.iter().find(of)
    };
    assert_eq!(of(LadderKind::FinalVisit), None);
}

#[test]
fn her_own_roles_do_not_count() {
    let TeamConfig {
        mut team, policy, ..
    } = team("wiltshire");
    // Carol, who makes visits herself, is the only manager; her possible call has the senior manager left.
    only(&mut team, &["carol"]);
    let found = holes(&team, &policy, monday());
    let of = |id: &str| {
        let of =
            |hole: &&Hole| matches!(hole, Hole::ReachesNobody { worker, .. } if worker.0 == id);
        found.iter().filter(of).count()
    };
    assert!(of("carol") > 0, "nobody but Carol is there for Carol");
    assert_eq!(of("carol"), policy.ladders.len());
}

#[test]
fn a_hole_that_opens_when_a_cover_ends_is_named_at_that_minute() {
    let TeamConfig {
        mut team, policy, ..
    } = team("wiltshire");
    // Something like a phrase reaches Dan, and nobody else who is on Matrix; while he is away, Hana.
    only(&mut team, &["amira", "ben", "dan", "hana"]);
    let (who, by) = (PersonId::from("dan"), PersonId::from("hana"));
    let wednesday = monday() + Duration::hours(53);
    let cover = Cover {
        who: who.clone(),
        by,
        until: wednesday,
        asked_by: who.clone(),
        accepted_at: Some(monday()),
    };
    let away = Away {
        who,
        until: monday() + Duration::days(4),
    };
    let mut state = TeamState::default();
    state.covers.push(cover);
    let possible = |state: &TeamState| {
        let all = holes_with(&team, state, &policy, monday());
        let of = |hole: &Hole| matches!(hole, Hole::ReachesNobody { ladder, worker, .. } if *ladder == LadderKind::Possible && worker.0 == "amira");
        all.into_iter().find(of)
    };
    assert_eq!(possible(&state), None);
    state.away.push(away);
    let Some(Hole::ReachesNobody { at, .. }) = possible(&state) else {
        panic!("no hole");
    };
    assert_eq!(at, wednesday);
}

#[test]
fn a_step_that_comes_before_the_one_ahead_of_it_is_named() {
    let TeamConfig { team, .. } = team("wiltshire");
    let text = BUILT_IN
        .iter()
        .find(|(name, _)| *name == "wiltshire")
        .expect("a policy")
        .1;
    let late = text.replace("at = \"due+60m\"", "at = \"due+20m\"");
    assert_ne!(text, late);
    let policy = Policy::parse(&late).expect("a policy");
    let found = holes(&team, &policy, monday());
    let expected = Hole::FallsBehind {
        ladder: LadderKind::Visit,
        step: 3,
        minutes: 15,
    };
    assert_eq!(found, std::slice::from_ref(&expected));
    let text = words(&expected, &team);
    assert!(
        text.contains("step 3") && text.contains("previous_step"),
        "{text}"
    );
}

#[test]
fn a_time_of_day_that_the_clocks_skip_or_repeat_is_one_moment() {
    let TeamConfig { team, .. } = team("wiltshire");
    let moment = |(year, month, day), (hour, minute)| {
        let day = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
        team.moment(day, time).to_rfc3339()
    };
    // In London 2026 the clocks go from 01:00 to 02:00 on 29 March, and from 02:00 back to 01:00 on 25 October.
    assert_eq!(moment((2026, 3, 29), (0, 59)), "2026-03-29T00:59:00+00:00");
    assert_eq!(moment((2026, 3, 29), (1, 30)), "2026-03-29T01:30:00+00:00");
    assert_eq!(moment((2026, 3, 29), (9, 0)), "2026-03-29T08:00:00+00:00");
    assert_eq!(moment((2026, 10, 25), (1, 30)), "2026-10-25T00:30:00+00:00");
    assert_eq!(moment((2026, 10, 25), (2, 0)), "2026-10-25T02:00:00+00:00");
}
