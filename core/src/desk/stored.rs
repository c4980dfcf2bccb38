//! Shifts and teams as they are stored: reading them for a piece of work, and writing them back.

use super::work::{Open, Work};
use super::{Desk, DeskError, Result};
use crate::domain::engine::{self};
use crate::domain::ids::{PersonId, unnamed};
use crate::domain::shift::Shift;
use crate::domain::team_state::TeamState;
use crate::store::Aggregate;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// As what drills are stored.
pub(super) const DRILL: &str = "drill";
/// What the id of a drill ends with; that of a shift ends with a number.
pub(super) const DRILL_ID: &str = "/drill";
/// The format of the stored bodies.
const FORMAT: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Stored<T> {
    format: u32,
    body: T,
}

impl Desk {
    /// Loads every open shift of a team, and the team's own state.
    pub(super) async fn load_team(&self, work: &mut Work, team: usize) -> Result<()> {
        let name = &self.teams[team].config.team.name;
        let mut state = None;
        let mut whole = true;
        for aggregate in self.store.open_of_team(name).await? {
            if aggregate.kind == "team" {
                state = Some(aggregate);
                continue;
            }
            whole &= take(work, &aggregate).unwrap_or_else(|error| {
                // Its own wake-up tells the managers; everybody else's messages are dealt with.
                tracing::error!(%error, kind = aggregate.kind, "a shift or drill cannot be read");
                false
            });
        }
        work.whole = whole.then_some(team);
        if work.team.is_none() {
            self.take_state(work, team, state.as_ref())?;
        }
        Ok(())
    }

    /// Loads every open drill of a team. One that cannot be read is left out: nobody's safety hangs on it.
    pub(super) async fn load_drills(&self, work: &mut Work, team: usize) -> Result<()> {
        let name = &self.teams[team].config.team.name;
        let drills = self.store.open_aggregates(DRILL, name).await?;
        take_drills(work, &drills);
        Ok(())
    }

    /// Loads the drills of a team that have closed since then.
    pub(super) async fn load_closed_drills(
        &self,
        work: &mut Work,
        team: usize,
        since: DateTime<Utc>,
    ) -> Result<()> {
        let name = &self.teams[team].config.team.name;
        let drills = self.store.closed_since(DRILL, name, since).await?;
        take_drills(work, &drills);
        Ok(())
    }

    /// Loads one shift or drill, closed or not.
    pub(super) async fn load_shift(&self, work: &mut Work, team: usize, id: &str) -> Result<()> {
        if work.any_mut(id).is_none()
            && let Some(aggregate) = self.store.aggregate(kind_of(id), id).await?
        {
            take(work, &aggregate)?;
        }
        self.load_state(work, team).await
    }

    /// Loads the shifts of a team that have closed since then, of one worker or of all. One that cannot be read is left
    /// out: it must not stand in the way of what is said now.
    pub(super) async fn load_closed_since(
        &self,
        work: &mut Work,
        team: usize,
        since: DateTime<Utc>,
        worker: Option<&PersonId>,
    ) -> Result<()> {
        let name = self.teams[team].config.team.name.clone();
        for aggregate in self.store.closed_since("shift", &name, since).await? {
            if worker.is_some_and(|id| aggregate.owner.as_deref() != Some(id.0.as_str())) {
                continue;
            }
            match self.load_shift(work, team, &aggregate.id).await {
                Err(error @ DeskError::Body { .. }) => {
                    tracing::error!(%error, "a closed shift cannot be read");
                }
                loaded => loaded?,
            }
        }
        Ok(())
    }

    pub(super) async fn load_state(&self, work: &mut Work, team: usize) -> Result<()> {
        if work.team.is_some() {
            return Ok(());
        }
        let name = &self.teams[team].config.team.name;
        let stored = self.store.aggregate("team", name).await?;
        self.take_state(work, team, stored.as_ref())
    }

    fn take_state(&self, work: &mut Work, team: usize, stored: Option<&Aggregate>) -> Result<()> {
        let (mut state, version) = match stored {
            Some(aggregate) => (body(aggregate)?, aggregate.version),
            None => (TeamState::default(), 0),
        };
        if state.changes_the_roster() {
            let roster = state.roster(&self.teams[team].config.team, work.now);
            work.roster = Some((team, Arc::new(roster)));
        }
        // A team has to be woken for the lines of the day and for the evening, from its first day on.
        let each = &self.teams[team];
        let lines = each.policy.rules.team_lines.is_some() && state.lines_at.is_none();
        if lines {
            state.lines_at = Some(work.now);
        }
        let evening = each.config.team.hours.is_some() && state.handover_at.is_none();
        if evening {
            state.handover_at = Some(work.now);
        }
        work.team = Some((team, state, version, lines || evening));
        Ok(())
    }

    fn due_of(&self, shift: &Shift) -> Result<Option<DateTime<Utc>>> {
        if let Some(due) = super::drill_wake::due_without_policy(shift) {
            return Ok(due);
        }
        let policy = self.policies.get(&shift.policy);
        let policy = policy.ok_or_else(|| DeskError::Policy(shift.policy.clone()))?;
        let next = engine::next_due(shift, policy);
        Ok(super::drill_wake::due(shift, next))
    }

    pub(super) fn stored(&self, open: &Open) -> Result<Aggregate> {
        let shift = &open.shift;
        let mut next_due = self.due_of(shift)?;
        if let Some(believed) = shift.believed() {
            let theirs = self.due_of(&believed.shift)?;
            next_due = next_due.into_iter().chain(theirs).min();
        }
        Ok(Aggregate {
            kind: kind_of(&shift.id).to_owned(),
            id: shift.id.clone(),
            team: shift.team.clone(),
            owner: Some(shift.worker.0.clone()),
            version: open.version,
            next_due,
            closed_at: shift.all_closed_at(),
            body: json(&shift.id, shift)?,
        })
    }
}

/// Takes one in hand; false: it is not there for whoever is heard.
fn take(work: &mut Work, aggregate: &Aggregate) -> Result<bool> {
    let shift: Shift = body(aggregate)?;
    if work.any_mut(&shift.id).is_none() {
        let drill = shift.drill.is_some();
        let mut open = Open {
            shift,
            version: aggregate.version,
            changed: false,
            moved: false,
            behind: None,
        };
        if !open.shown_to(work.listener.as_ref()) {
            return Ok(false);
        }
        match drill {
            true => work.drills.push(open),
            false => work.shifts.push(open),
        }
    }
    Ok(true)
}

fn take_drills(work: &mut Work, drills: &[Aggregate]) {
    for aggregate in drills {
        if let Err(error) = take(work, aggregate) {
            tracing::error!(%error, "a drill cannot be read");
        }
    }
}

/// As what a shift is stored: a drill is kept apart, and told by its id.
pub(super) fn kind_of(id: &str) -> &'static str {
    match id.ends_with(DRILL_ID) {
        true => DRILL,
        false => "shift",
    }
}

pub(super) fn body<T: serde::de::DeserializeOwned>(aggregate: &Aggregate) -> Result<T> {
    serde_json::from_str::<Stored<T>>(&aggregate.body)
        .map(|stored| stored.body)
        .map_err(|error| broken(&aggregate.id, &error))
}

pub(super) fn json<T: Serialize>(id: &str, body: &T) -> Result<String> {
    serde_json::to_string(&Stored {
        format: FORMAT,
        body,
    })
    .map_err(|error| broken(id, &error))
}

fn broken(id: &str, error: &serde_json::Error) -> DeskError {
    DeskError::Body {
        id: unnamed(id),
        line: error.line(),
        column: error.column(),
    }
}
