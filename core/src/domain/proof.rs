//! Proves, for every minute of a year, that each ladder reaches a human, and that no step comes too late to matter
//! (design, invariant 7).
//!
//! Whom a step pages changes only where working hours begin or end, and where leave, cover or duty does. So one minute
//! of each stretch between two such moments speaks for all of it.

use super::alarm::{Alarm, AlarmKind, Fired};
use super::ids::{AlarmNumber, PersonId};
use super::ladder::{Anchors, named};
use super::policy::{Ladder, LadderKind, Notify, Policy, Step};
use super::roster::{Role, StandIn, Team};
use super::shift::{Shift, Sighting, SightingKind, Stage, Visit};
use super::team_state::TeamState;
use chrono::{DateTime, Days, Duration, Utc};

/// A ladder that fails somebody at some minute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hole {
    /// None of its steps reaches anybody but the worker by a way that is configured.
    ReachesNobody {
        /// Which ladder.
        ladder: LadderKind,
        /// Of whose alarms.
        worker: PersonId,
        /// The first such minute.
        at: DateTime<Utc>,
        /// Whom its last step names, for the line to add.
        add: Role,
    },
    /// A step is due before the step that comes first.
    FallsBehind {
        /// Which ladder.
        ladder: LadderKind,
        /// Which step, from 1.
        step: usize,
        /// For a visit of so many minutes.
        minutes: i64,
    },
}

/// All holes of a team under a policy in the 366 days from `from` on, as it is configured; of each kind and worker the
/// first.
pub fn holes(team: &Team, policy: &Policy, from: DateTime<Utc>) -> Vec<Hole> {
    holes_with(team, &TeamState::default(), policy, from)
}

/// The same with leave, cover and duty.
pub fn holes_with(
    team: &Team,
    state: &TeamState,
    policy: &Policy,
    from: DateTime<Utc>,
) -> Vec<Hole> {
    let mut found = Vec::new();
    let mut moments = turning_points(team, from);
    moments.extend(state.turning_points().filter(|at| *at >= from));
    moments.sort();
    // Without leave and cover the roster is always the same.
    let one = (!state.changes_the_roster()).then(|| team.clone());
    let rosters: Vec<(DateTime<Utc>, Team)> = match one {
        Some(_) => vec![],
        None => moments
            .iter()
            .map(|at| (*at, there(&state.roster(team, *at))))
            .collect(),
    };
    let kinds: Vec<(LadderKind, &Ladder)> = policy.ladders.iter().map(|(k, l)| (*k, l)).collect();
    let workers = team.people.iter().filter(|person| person.has(Role::Worker));
    for worker in workers {
        for (kind, ladder) in &kinds {
            let silent = |(at, team): (DateTime<Utc>, &Team)| {
                (!reaches(team, ladder, &worker.id, at)).then_some(at)
            };
            let first = match &one {
                Some(team) => moments.iter().find_map(|at| silent((*at, team))),
                None => rosters.iter().find_map(|(at, team)| silent((*at, team))),
            };
            found.extend(first.map(|at| Hole::ReachesNobody {
                ladder: *kind,
                worker: worker.id.clone(),
                at,
                add: role_to_add(ladder),
            }));
        }
    }
    found.extend(
        kinds
            .iter()
            .filter_map(|(kind, ladder)| falls_behind(*kind, ladder)),
    );
    found
}

/// The team without those who are away and have nobody in their place: they are not to be relied on.
fn there(team: &Team) -> Team {
    let mut team = team.clone();
    let alone = |stand_in: &StandIn| stand_in.by.is_empty();
    for person in &mut team.people {
        if team.stand_ins.get(&person.id).is_some_and(alone) {
            person.matrix = None;
        }
    }
    team
}

/// The moments of a year at which somebody else may be meant by a step: `from`, and each beginning and end of
/// working hours.
fn turning_points(team: &Team, from: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut points = vec![from];
    let Some(hours) = &team.hours else {
        return points;
    };
    let first = from.with_timezone(&team.tz).date_naive();
    for day in (0..=366).filter_map(|days| first.checked_add_days(Days::new(days))) {
        let ends = [hours.from, hours.to].map(|time| team.moment(day, time));
        points.extend(ends.into_iter().filter(|at| *at >= from));
    }
    points
}

/// True if some step of the ladder names somebody who can be written to, other than the worker.
fn reaches(team: &Team, ladder: &Ladder, worker: &PersonId, at: DateTime<Utc>) -> bool {
    let out = [worker.clone()];
    ladder.steps.iter().filter(|step| pages(step)).any(|step| {
        let people = named(team, step, worker, &out, at);
        let written = |id: &PersonId| team.person(id).is_some_and(|p| p.matrix.is_some());
        people.iter().any(written)
    })
}

fn pages(step: &Step) -> bool {
    !step.notify.contains(&Notify::Worker)
}

fn role_to_add(ladder: &Ladder) -> Role {
    let roles = ladder.steps.iter().rev().flat_map(|step| &step.notify);
    let roles = roles.filter_map(|notify| notify.role());
    roles.into_iter().next().unwrap_or(Role::DutyOfficer)
}

/// Climbs the ladder for visits of different lengths, with nobody answering: no step may come before the one ahead of it.
fn falls_behind(kind: LadderKind, ladder: &Ladder) -> Option<Hole> {
    let begin = DateTime::<Utc>::UNIX_EPOCH + Duration::days(20_000);
    for minutes in [15, 60, 180, 480, 720] {
        let mut shift = silent_shift(begin, minutes);
        let visit = shift.visits[0].clone();
        let mut alarm = alarm_of(kind, visit.end);
        let mut before: Option<DateTime<Utc>> = None;
        if kind == LadderKind::ShiftEnd {
            shift.visits[0].stage = Stage::Ended { at: visit.end };
            shift.report.since = Some(visit.end);
        }
        for (index, step) in ladder.steps.iter().enumerate().filter(|(_, s)| pages(s)) {
            let anchors = Anchors {
                shift: &shift,
                visit: Some(&shift.visits[0]),
                check: Some(visit.start + Duration::minutes(minutes / 2)),
                alarm: Some(&alarm),
                since: shift.report.since,
            };
            let due = anchors.due(step, index)?;
            if before.is_some_and(|before| due < before) {
                return Some(Hole::FallsBehind {
                    ladder: kind,
                    step: index + 1,
                    minutes,
                });
            }
            before = Some(due);
            alarm.standing.fired.push(Fired {
                step: index,
                at: due,
            });
        }
    }
    None
}

/// A worker who logged a visit as it began, and was never heard of again.
fn silent_shift(begin: DateTime<Utc>, minutes: i64) -> Shift {
    let worker = PersonId("worker".to_owned());
    Shift {
        visits: vec![Visit::plain(
            worker.clone(),
            begin,
            begin + Duration::minutes(minutes),
        )],
        sightings: vec![Sighting {
            at: begin,
            how: SightingKind::Logged,
            by: worker.clone(),
            reference: None,
            confirmed: true,
        }],
        ..Shift::empty(worker, begin)
    }
}

fn alarm_of(ladder: LadderKind, at: DateTime<Utc>) -> Alarm {
    Alarm::raised(AlarmNumber(1), AlarmKind::Overdue, ladder, Some(1), at)
}
