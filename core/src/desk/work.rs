//! The work on one input: what it loads, what it changes, what it says. Committed as a whole.

use super::{Desk, Result};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::notice::Tap;
use crate::domain::outgoing::{Outgoing, Place, ReplyTo};
use crate::domain::policy::Policy;
use crate::domain::roster::Team;
use crate::domain::shift::Shift;
use crate::domain::team_state::TeamState;
use crate::store::{JournalRow, Secret};
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
    /// The team, by index, of which every open shift is in hand.
    pub(super) whole: Option<usize>,
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
    pub(super) journal: Vec<JournalRow>,
    pub(super) policies: Vec<(String, String)>,
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
            whole: None,
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
        // By the message that begins it: several may begin and end in one moment, when all that was said during an outage
        // is heard.
        let number = work.done.map_or(now.timestamp_millis(), |(row, _)| row);
        Shift {
            id: format!("{name}/{worker}/{day}/{number}"),
            team: name.clone(),
            day,
            policy: team.policy_hash.clone(),
            ..Shift::empty(worker.clone(), now)
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
}
