//! The work on one input: what it loads, what it changes, what it says. Committed as a whole.

use super::{Desk, DeskError, Result};
use crate::domain::engine::{self, Input, Outcome};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::World;
use crate::domain::notice::Tap;
use crate::domain::outgoing::{Outgoing, Place, ReplyTo};
use crate::domain::policy::Policy;
use crate::domain::shift::Shift;
use crate::store::{Aggregate, Commit, JournalRow};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The format of the stored bodies.
const FORMAT: u32 = 1;

/// What a message of the bot's is about, so that a reaction or a reply finds its target.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// The shift.
    pub shift: String,
    /// The alarm.
    pub alarm: Option<AlarmNumber>,
    /// The visit.
    pub visit: Option<u32>,
    /// What can be tapped.
    #[serde(default)]
    pub offers: Vec<(String, Tap)>,
}

impl About {
    /// Reads what the outbox keeps.
    pub fn of(json: Option<&str>) -> Option<Self> {
        json.and_then(|json| serde_json::from_str(json).ok())
    }
}

/// Where the answer to a message goes.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The room it was said in.
    pub place: Place,
    /// The event.
    pub reply_to: ReplyTo,
    /// The alarm's thread it was said in.
    pub thread: Option<String>,
}

/// A shift that is being worked on.
pub struct Open {
    /// As it is now.
    pub shift: Shift,
    version: i64,
    changed: bool,
}

/// The team's own state.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct TeamState {
    next_alarm: u32,
}

/// Everything that one input leads to.
pub struct Work {
    /// The moment of the decision.
    pub now: DateTime<Utc>,
    /// The inbox row, as it was read.
    pub done: Option<(i64, &'static str)>,
    /// The refused outbox row.
    pub refused_seen: Option<i64>,
    /// The outbox row that does not go out.
    pub stuck_seen: Option<i64>,
    /// The shifts in hand.
    pub shifts: Vec<Open>,
    team: Option<(usize, TeamState, i64, bool)>,
    /// What is to be said.
    pub outbox: Vec<Outgoing>,
    journal: Vec<JournalRow>,
    policies: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct Stored<T> {
    format: u32,
    body: T,
}

/// The name under which a policy's text is kept.
pub fn hash(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    format!("{:016x}-{}", hasher.finish(), text.len())
}

impl Work {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            done: None,
            refused_seen: None,
            stuck_seen: None,
            shifts: Vec::new(),
            team: None,
            outbox: Vec::new(),
            journal: Vec::new(),
            policies: Vec::new(),
        }
    }

    /// The shift in hand with this id.
    pub fn shift(&self, id: &str) -> Option<&Shift> {
        self.shifts
            .iter()
            .map(|open| &open.shift)
            .find(|shift| shift.id == id)
    }

    /// The open shifts in hand of one worker.
    pub fn of<'a>(&'a self, worker: &'a PersonId) -> impl Iterator<Item = &'a Shift> {
        let open = |shift: &&Shift| shift.worker == *worker && shift.closed_at.is_none();
        self.shifts.iter().map(|open| &open.shift).filter(open)
    }
}

impl Desk {
    /// Loads every open shift of a team, and the team's own state.
    pub(super) async fn load_team(&self, work: &mut Work, team: usize) -> Result<()> {
        let name = &self.teams[team].config.team.name;
        for aggregate in self.store.open_aggregates("shift", name).await? {
            if let Err(error) = take(work, &aggregate) {
                // Its own wake-up tells the managers; everybody else's messages are dealt with.
                tracing::error!(%error, "a shift cannot be read");
            }
        }
        self.load_state(work, team).await
    }

    /// Loads one shift, closed or not.
    pub(super) async fn load_shift(&self, work: &mut Work, team: usize, id: &str) -> Result<()> {
        if work.shift(id).is_none()
            && let Some(aggregate) = self.store.aggregate("shift", id).await?
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
        let (state, version) = match self.store.aggregate("team", name).await? {
            Some(aggregate) => (body(&aggregate)?, aggregate.version),
            None => (TeamState { next_alarm: 1 }, 0),
        };
        work.team = Some((team, state, version, false));
        Ok(())
    }

    /// Opens a shift for a worker; it keeps the policy as it is now.
    pub(super) fn open_shift(
        &self,
        work: &mut Work,
        team: usize,
        worker: &PersonId,
        day: NaiveDate,
    ) -> String {
        let team = &self.teams[team];
        let name = &team.config.team.name;
        let now = work.now;
        let id = format!("{name}/{worker}/{day}/{}", now.timestamp_millis());
        if !work
            .policies
            .iter()
            .any(|(hash, _)| *hash == team.policy_hash)
        {
            work.policies
                .push((team.policy_hash.clone(), team.config.policy_text.clone()));
        }
        let shift = Shift {
            id: id.clone(),
            team: name.clone(),
            worker: worker.clone(),
            day,
            opened_at: now,
            policy: team.policy_hash.clone(),
            visits: Vec::new(),
            sightings: Vec::new(),
            alarms: Vec::new(),
            unreadable: Vec::new(),
            log: Vec::new(),
            undo: Default::default(),
            quiet_since: None,
            dormant: false,
            settled_at: None,
            closed_at: None,
        };
        work.shifts.push(Open {
            shift,
            version: 0,
            changed: true,
        });
        id
    }

    /// Makes sure that the policies of the shifts in hand are at hand as well. One that cannot be read holds up nobody
    /// but its own shifts: stepping those fails.
    pub(super) async fn load_policies(&mut self, work: &Work) -> Result<()> {
        for open in &work.shifts {
            let hash = &open.shift.policy;
            if self.policies.contains_key(hash) {
                continue;
            }
            let text = self.store.policy(hash).await?;
            match text.and_then(|text| Policy::parse(&text).ok()) {
                Some(policy) => {
                    self.policies.insert(hash.clone(), Arc::new(policy));
                }
                None => tracing::error!(hash, "the policy of an open shift cannot be read"),
            }
        }
        Ok(())
    }

    /// Steps one shift in hand by one input, and keeps what comes of it.
    pub(super) fn apply(
        &self,
        work: &mut Work,
        team: usize,
        id: &str,
        input: &Input,
        asked: Option<&Asked>,
    ) -> Result<()> {
        let Some(index) = work.shifts.iter().position(|open| open.shift.id == id) else {
            return Ok(());
        };
        let shift = work.shifts[index].shift.clone();
        let policy = self.policies.get(&shift.policy).cloned();
        let policy = policy.ok_or_else(|| DeskError::Policy(shift.policy.clone()))?;
        let managers_room = self.in_managers_room(team);
        let next_alarm = work
            .team
            .as_ref()
            .map_or(1, |(_, state, _, _)| state.next_alarm);
        let world = World {
            policy: &policy,
            team: &self.teams[team].config.team,
            managers_room: &managers_room,
            next_alarm,
        };
        let Outcome {
            shift,
            effects,
            decisions,
            alarms_raised,
        } = engine::step(shift, input, work.now, &world);
        if let Some((_, state, _, changed)) = &mut work.team
            && alarms_raised > 0
        {
            state.next_alarm += alarms_raised;
            *changed = true;
        }
        for effect in &effects {
            if let Some(row) = self.outgoing(&world, work.now, &shift, effect, input, asked) {
                work.outbox.push(row);
            }
        }
        work.journal.push(JournalRow {
            team: shift.team.clone(),
            kind: "shift".to_owned(),
            aggregate: shift.id.clone(),
            input: serde_json::to_string(input).unwrap_or_default(),
            decision: decisions.join("; "),
        });
        work.shifts[index].shift = shift;
        work.shifts[index].changed = true;
        Ok(())
    }

    /// Writes everything down, all or nothing.
    pub(super) async fn commit(&self, work: Work) -> Result<()> {
        let mut commit = Commit::new(work.now);
        commit.done = work.done;
        commit.refused_seen = work.refused_seen;
        commit.stuck_seen = work.stuck_seen;
        for open in work.shifts.iter().filter(|open| open.changed) {
            commit.aggregates.push(self.stored(open)?);
        }
        if let Some((team, state, version, true)) = &work.team {
            let name = &self.teams[*team].config.team.name;
            commit.aggregates.push(Aggregate {
                kind: "team".to_owned(),
                id: name.clone(),
                team: name.clone(),
                owner: None,
                version: *version,
                next_due: None,
                closed_at: None,
                body: json(name, state)?,
            });
        }
        commit.outbox = work.outbox;
        commit.journal = work.journal;
        commit.policies = work.policies;
        self.store.commit(&commit).await?;
        Ok(())
    }

    pub(super) fn stored(&self, open: &Open) -> Result<Aggregate> {
        let shift = &open.shift;
        let policy = self.policies.get(&shift.policy);
        let policy = policy.ok_or_else(|| DeskError::Policy(shift.policy.clone()))?;
        Ok(Aggregate {
            kind: "shift".to_owned(),
            id: shift.id.clone(),
            team: shift.team.clone(),
            owner: Some(shift.worker.0.clone()),
            version: open.version,
            next_due: engine::next_due(shift, policy),
            closed_at: shift.closed_at,
            body: json(&shift.id, shift)?,
        })
    }
}

fn take(work: &mut Work, aggregate: &Aggregate) -> Result<()> {
    let shift: Shift = body(aggregate)?;
    if work.shift(&shift.id).is_none() {
        work.shifts.push(Open {
            shift,
            version: aggregate.version,
            changed: false,
        });
    }
    Ok(())
}

fn body<T: serde::de::DeserializeOwned>(aggregate: &Aggregate) -> Result<T> {
    serde_json::from_str::<Stored<T>>(&aggregate.body)
        .map(|stored| stored.body)
        .map_err(|error| broken(&aggregate.id, &error))
}

fn json<T: Serialize>(id: &str, body: &T) -> Result<String> {
    serde_json::to_string(&Stored {
        format: FORMAT,
        body,
    })
    .map_err(|error| broken(id, &error))
}

fn broken(id: &str, error: &serde_json::Error) -> DeskError {
    DeskError::Body {
        id: id.to_owned(),
        line: error.line(),
        column: error.column(),
    }
}
