//! The work on one input: what it loads, what it changes, what it says. Committed as a whole.

use super::stored::{json, kind_of};
use super::{Desk, DeskError, Result};
use crate::domain::engine::{self, Input, Outcome};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::World;
use crate::domain::notice::Tap;
use crate::domain::outgoing::{Outgoing, Place, ReplyTo};
use crate::domain::policy::Policy;
use crate::domain::roster::Team;
use crate::domain::shift::{Shift, Visit};
use crate::domain::team_state::TeamState;
use crate::store::{Aggregate, Commit, JournalRow, Secret};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

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
    /// It asks for the visit's address.
    #[serde(default)]
    pub address: bool,
    /// The visit whose entry it answers: a bare category in a reply is that visit's.
    #[serde(default)]
    pub entry: Option<u32>,
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
    pub(super) version: i64,
    pub(super) changed: bool,
    /// What the board says of it may have changed.
    pub(super) moved: bool,
    /// Of a drill that goes on only for whoever is heard: as it really is.
    pub(super) behind: Option<Box<Shift>>,
}

/// Everything that one input leads to.
pub struct Work {
    /// The moment of the decision.
    pub now: DateTime<Utc>,
    /// The inbox row, as it was read.
    pub done: Option<(i64, &'static str)>,
    /// The words of that row are forgotten: they held an address.
    pub(super) forget_words: bool,
    /// Addresses that are kept encrypted.
    pub(super) sealed: Vec<Secret>,
    /// Encrypted rows that nothing names any more.
    pub(super) unsealed: Vec<i64>,
    /// The refused outbox row.
    pub refused_seen: Option<i64>,
    /// The outbox row that does not go out.
    pub stuck_seen: Option<i64>,
    /// The standing message that somebody has deleted.
    pub taken_down: Option<Outgoing>,
    /// The shifts in hand.
    pub shifts: Vec<Open>,
    /// Who is heard: a drill may go on for them alone.
    pub(super) listener: Option<PersonId>,
    /// The drills in hand: never among the shifts, so that nothing real is chosen from them by mistake.
    pub drills: Vec<Open>,
    /// The real alarms that this work raised.
    pub(super) raised: Vec<(String, AlarmNumber)>,
    /// The drills whose pages are not to go out any more.
    pub(super) withdrawn: Vec<String>,
    pub(super) team: Option<(usize, TeamState, i64, bool)>,
    /// The team as it is now, by index.
    pub(super) roster: Option<(usize, Arc<Team>)>,
    /// What is to be said.
    pub outbox: Vec<Outgoing>,
    journal: Vec<JournalRow>,
    policies: Vec<(String, String)>,
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
            forget_words: false,
            sealed: Vec::new(),
            unsealed: Vec::new(),
            refused_seen: None,
            stuck_seen: None,
            taken_down: None,
            shifts: Vec::new(),
            listener: None,
            drills: Vec::new(),
            raised: Vec::new(),
            withdrawn: Vec::new(),
            team: None,
            roster: None,
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

    /// The shift or the drill in hand with this id.
    pub(super) fn any_mut(&mut self, id: &str) -> Option<&mut Open> {
        let mut all = self.shifts.iter_mut().chain(&mut self.drills);
        all.find(|open| open.shift.id == id)
    }

    /// All shifts in hand, and behind them the drills: for what responders say, who answer both.
    pub(super) fn answered(&self) -> impl Iterator<Item = &Shift> {
        let all = self.shifts.iter().chain(&self.drills);
        all.map(|open| &open.shift)
    }

    /// The open shifts in hand of one worker.
    pub fn of<'a>(&'a self, worker: &'a PersonId) -> impl Iterator<Item = &'a Shift> {
        let open = |shift: &&Shift| shift.worker == *worker && shift.closed_at.is_none();
        self.shifts.iter().map(|open| &open.shift).filter(open)
    }
}

impl Desk {
    /// Opens a shift for a worker; it keeps the policy as it is now.
    pub(super) fn open_shift(
        &self,
        work: &mut Work,
        team: usize,
        worker: &PersonId,
        day: NaiveDate,
    ) -> String {
        let shift = self.new_shift(work, team, worker, day);
        let id = shift.id.clone();
        work.shifts.push(Open {
            shift,
            version: 0,
            changed: true,
            moved: false,
            behind: None,
        });
        id
    }

    /// A shift with nothing in it; it keeps the policy as it is now.
    pub(super) fn new_shift(
        &self,
        work: &mut Work,
        team: usize,
        worker: &PersonId,
        day: NaiveDate,
    ) -> Shift {
        let team = &self.teams[team];
        let name = &team.config.team.name;
        let now = work.now;
        if !work
            .policies
            .iter()
            .any(|(hash, _)| *hash == team.policy_hash)
        {
            work.policies
                .push((team.policy_hash.clone(), team.config.policy_text.clone()));
        }
        Shift {
            id: format!("{name}/{worker}/{day}/{}", now.timestamp_millis()),
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
            asked_in_vain: false,
            report: Default::default(),
            addresses: Vec::new(),
            undo: Default::default(),
            quiet_since: None,
            dormant: false,
            drill: None,
            settled_at: None,
            closed_at: None,
        }
    }

    /// Makes sure that the policies of the shifts in hand are at hand as well. One that cannot be read holds up nobody
    /// but its own shifts: stepping those fails.
    pub(super) async fn load_policies(&mut self, work: &Work) -> Result<()> {
        for open in work.shifts.iter().chain(&work.drills) {
            let hash = &open.shift.policy;
            if self.policies.contains_key(hash) {
                continue;
            }
            let text = self.store.policy(hash).await?;
            match text.and_then(|text| Policy::kept(&text).ok()) {
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
        let Some(shift) = work.any_mut(id).map(|open| open.shift.clone()) else {
            return Ok(());
        };
        let policy = self.policies.get(&shift.policy).cloned();
        let policy = policy.ok_or_else(|| DeskError::Policy(shift.policy.clone()))?;
        let managers_room = self.in_managers_room(team);
        let state = work.team.as_ref().map(|(_, state, _, _)| state);
        let at_office = state.and_then(|state| state.at_office.get(&shift.worker).copied());
        let instead = state.and_then(|state| state.told_instead.get(&shift.worker));
        let told_instead = instead
            .filter(|(_, until)| *until > work.now)
            .map(|(who, _)| who.clone());
        let risks = state.map(|state| state.risks.clone()).unwrap_or_default();
        let today = work
            .now
            .with_timezone(&self.teams[team].config.team.tz)
            .date_naive();
        let rule = policy.rules.training.as_ref().zip(state);
        let untrained =
            rule.is_some_and(|(rule, state)| state.is_untrained(rule, &shift.worker, today));
        let next_alarm = state.map_or(1, |state| state.next_alarm);
        let roster = work.roster.clone().filter(|(index, _)| *index == team);
        let configured = &self.teams[team].config.team;
        let world = World {
            policy: &policy,
            team: roster.as_ref().map_or(configured, |(_, now)| now),
            managers_room: &managers_room,
            next_alarm,
            beside: beside(work, &shift),
            at_office,
            told_instead,
            risks: &risks,
            untrained,
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
        note_raised(work, &shift, alarms_raised);
        let said = work.outbox.len();
        for effect in &effects {
            if let Some(row) = self.outgoing(&world, work.now, &shift, effect, input, asked) {
                let row = withdrawable(row, &shift, work);
                work.outbox.push(row);
            }
        }
        work.journal.push(JournalRow {
            team: shift.team.clone(),
            kind: kind_of(&shift.id).to_owned(),
            aggregate: shift.id.clone(),
            input: serde_json::to_string(input).unwrap_or_default(),
            decision: decisions.join("; "),
        });
        if let Some(index) = work.shifts.iter().position(|open| open.shift.id == id) {
            let dropped = replaced(work, index, &shift);
            work.unsealed.extend(dropped);
        }
        if let Some(open) = work.any_mut(id) {
            let was = std::mem::replace(&mut open.shift, shift);
            open.changed = true;
            open.moved |= moved(&was, &open.shift);
        }
        self.for_believers(work, team, id, said);
        Ok(())
    }

    /// Writes everything down, all or nothing.
    pub(super) async fn commit(&self, mut work: Work) -> Result<()> {
        self.see_to_drills(&mut work).await?;
        self.renew_board(&mut work).await?;
        let mut commit = Commit::new(work.now);
        commit.done = work.done;
        commit.refused_seen = work.refused_seen;
        commit.stuck_seen = work.stuck_seen;
        commit.taken_down = work.taken_down.clone();
        let all = work.shifts.iter().chain(&work.drills);
        for open in all.filter(|open| open.changed) {
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
                next_due: [
                    state.next_due(&self.teams[*team].config.team),
                    self.lines_due(&work, *team),
                    self.handover_due(&work, *team),
                ]
                .into_iter()
                .flatten()
                .min(),
                closed_at: None,
                body: json(name, state)?,
            });
        }
        let changed = work.shifts.iter().filter(|open| open.changed);
        commit.sealed_until = changed.flat_map(|open| open.shift.sealed_rows()).collect();
        commit.forget_words = work.forget_words;
        (commit.sealed, commit.unsealed) = (work.sealed, work.unsealed);
        commit.outbox = work.outbox;
        commit.journal = work.journal;
        commit.policies = work.policies;
        commit.withdrawn = work.withdrawn;
        self.store.commit(&commit).await?;
        Ok(())
    }
}

/// The encrypted rows that the shift named before and names no more, without those that somebody may need: the visit may
/// have been lent to a call for help.
fn replaced(work: &Work, index: usize, now: &Shift) -> Vec<i64> {
    let rows = |shift: &Shift| -> Vec<i64> {
        let rows = shift.addresses.iter().flat_map(|note| note.rows());
        rows.collect()
    };
    let kept = rows(now);
    let others = work.shifts.iter().enumerate();
    let others =
        others.filter(|(at, open)| *at != index && open.shift.open_alarms().next().is_some());
    let lent: Vec<i64> = others.flat_map(|(_, open)| rows(&open.shift)).collect();
    let mut before = rows(&work.shifts[index].shift);
    before.retain(|row| !kept.contains(row) && !lent.contains(row));
    before
}

/// Who of the shifts in hand is at the same reference as this worker, at an overlapping time.
fn beside(work: &Work, shift: &Shift) -> Vec<(u32, PersonId)> {
    let others = work.shifts.iter().map(|open| &open.shift);
    let others = others.filter(|other| other.worker != shift.worker && other.team == shift.team);
    let theirs = |visit: &Visit| {
        let same = |other: &&Visit| {
            let together = other.start < visit.end && visit.start < other.end;
            other.is_open() && together && other.reference == visit.reference
        };
        let found = others
            .clone()
            .filter(move |other| other.visits.iter().any(|other| same(&other)));
        found
            .map(|other| (visit.no, other.worker.clone()))
            .collect::<Vec<_>>()
    };
    shift
        .visits
        .iter()
        .filter(|visit| visit.is_open())
        .flat_map(theirs)
        .collect()
}

/// True where visits, her report or the closing of the shift have changed: what the board is made from.
fn moved(was: &Shift, is: &Shift) -> bool {
    was.visits != is.visits
        || was.report != is.report
        || (was.closed_at, was.dormant, was.quiet_since)
            != (is.closed_at, is.dormant, is.quiet_since)
}

/// A page of a drill can be called back as long as it has not gone out: it has a slot of its own.
fn withdrawable(mut row: Outgoing, shift: &Shift, work: &Work) -> Outgoing {
    if shift.drill.is_some() && row.slot.is_none() {
        let (at, nth) = (work.now.timestamp_millis(), work.outbox.len());
        row.slot = Some(format!("{}#{at}/{nth}", shift.id));
    }
    row
}

/// Notes what is real: it ends every drill of the team.
fn note_raised(work: &mut Work, shift: &Shift, how_many: u32) {
    if shift.drill.is_none() {
        let raised = shift.alarms.iter().rev().take(how_many as usize);
        let raised = raised.map(|alarm| (shift.id.clone(), alarm.number));
        work.raised.extend(raised);
    }
}
