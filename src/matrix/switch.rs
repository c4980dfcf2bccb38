//! The homeserver as a dead man's switch: in each managers' room a message waits at the homeserver, and the bot puts it off
//! again and again. When the bot dies or hangs, nobody does, and the homeserver posts it (MSC4140, delayed events).
//!
//! The message waits in plain: the homeserver cannot encrypt. So it says nothing of anybody.
//!
//! A clean stop leaves it waiting: somebody who stopped the bot and did not start it again has to be told like after a crash.
//! The next start takes over what its predecessor has left; the number of it is in the store.

use super::pause::Pause;
use super::{Matrix, RoomNews};
use anyhow::{Context, Result};
use lonewatch_core::chat::wording::switch::STOPPED;
use lonewatch_core::store::Commit;
use matrix_sdk::ruma::TransactionId;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

mod delayed;
mod kept;

use self::delayed::{Delayed, Trouble};
use self::kept::{Kept, REFUSED, Waiting, step};

/// What the content of such a message holds beside its words, so that the bot knows its own among those that wait.
const FIELD: &str = "org.lonewatch.switch";
/// How soon it is tried again after a failure.
const AGAIN: Duration = Duration::from_secs(2);
/// What the log says while the homeserver cannot be asked.
const UNKNOWN: &str = "whether the homeserver knows delayed events cannot be asked";

/// How it is to be kept.
#[derive(Clone)]
pub struct SwitchPlan {
    /// How long after the last sign the homeserver speaks; `None`: never, and what an earlier start has left is taken away.
    pub after: Option<Duration>,
    /// True while the bot does its work: only then is the message put off.
    pub turning: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Is told how it stands.
    pub tell: Arc<dyn Fn(SwitchState) + Send + Sync>,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchState {
    /// It is turned off.
    Off,
    /// The homeserver has no delayed events.
    Unsupported,
    /// A message waits in every managers' room.
    Armed,
    /// Somewhere none does, or it could not be put off.
    NotArmed,
}

/// Keeps a message waiting in every managers' room, for ever.
///
/// # Errors
/// Where the sync or the store has ended.
pub(super) async fn keep(matrix: Arc<Matrix>, plan: SwitchPlan) -> Result<Infallible> {
    matrix.caught_up().await?;
    let delayed = Delayed::new(matrix.session.client().clone());
    if plan.after.is_none() {
        (plan.tell)(SwitchState::Off);
    }
    let mut pause = Pause::default();
    let supported = loop {
        match delayed.supported().await {
            Ok(supported) => break supported,
            Err(_) => pause.wait(UNKNOWN, None).await,
        }
    };
    let mut keeper = Keeper {
        matrix: &matrix,
        delayed,
        plan: &plan,
        after: plan.after.unwrap_or_default(),
        rooms: BTreeMap::new(),
        swept: false,
    };
    match (plan.after, supported) {
        (None, true) => return keeper.retire().await,
        (None, false) => return std::future::pending().await,
        (Some(_), false) => return unsupported(&plan).await,
        (Some(_), true) => {}
    }
    loop {
        let wait = keeper.round().await?;
        tokio::time::sleep(wait).await;
    }
}

/// Without it the managers would not hear that the bot has died: somebody else has to watch.
async fn unsupported(plan: &SwitchPlan) -> Result<Infallible> {
    warn!(
        "the homeserver has no delayed events (MSC4140; on Synapse: max_event_delay_duration), so it cannot tell the managers \
         when Lonewatch stops. Have somebody else watch it: [health] heartbeat or listen in the configuration"
    );
    (plan.tell)(SwitchState::Unsupported);
    std::future::pending().await
}

struct Keeper<'a> {
    matrix: &'a Matrix,
    delayed: Delayed,
    plan: &'a SwitchPlan,
    after: Duration,
    rooms: BTreeMap<String, Kept>,
    /// What an earlier start has left without writing down its number is gone.
    swept: bool,
}

impl Keeper<'_> {
    /// One look at every room; answers how long the next may wait.
    async fn round(&mut self) -> Result<Duration> {
        if !(self.plan.turning)() {
            // Not put off, and none left anew: the managers have to hear of it, once.
            return Ok(AGAIN);
        }
        let teams = self.managers_rooms();
        let before = self.rooms.len();
        self.rooms.retain(|room, _| teams.contains_key(room));
        self.swept &= self.rooms.len() == before; // a room was replaced by another
        let mut armed = !teams.is_empty() && teams.len() >= self.expected();
        for (room, team) in &teams {
            let mut kept = self.rooms.remove(room).unwrap_or_default();
            let waited = kept.waiting.clone();
            armed &= self.see_to(room, team, &mut kept).await?;
            // The answer to an attempt before may have been lost: then two wait.
            self.swept &= kept.waiting == waited;
            self.rooms.insert(room.clone(), kept);
        }
        if armed && !self.swept {
            self.swept = self.sweep().await;
        }
        (self.plan.tell)(match armed {
            true => SwitchState::Armed,
            false => SwitchState::NotArmed,
        });
        // One that could not be put off is tried soon: the homeserver may be there for a moment only.
        let failing = self.rooms.values().any(Kept::is_failing);
        Ok(match armed && self.swept && !failing {
            true => step(self.after),
            false => AGAIN.min(step(self.after)),
        })
    }

    /// It is turned off: nothing is left waiting that would say that the bot has stopped.
    async fn retire(&mut self) -> Result<Infallible> {
        while !self.sweep().await {
            tokio::time::sleep(REFUSED).await;
        }
        for room in self.managers_rooms().into_keys() {
            if self.read(&room).await?.is_some() {
                self.write(&room, None).await?;
            }
        }
        std::future::pending().await
    }

    /// The managers' rooms that are known, each with one of its teams.
    fn managers_rooms(&self) -> BTreeMap<String, String> {
        let teams = self.matrix.plan.teams.iter();
        let room = |name: &str| self.matrix.book.room_of_managers(name);
        let known = teams.filter_map(|team| Some((room(&team.name)?, team.name.clone())));
        known.collect()
    }

    /// How many there are to be, by their configured names.
    fn expected(&self) -> usize {
        let teams = self.matrix.plan.teams.iter();
        let names: BTreeSet<&str> = teams.map(|team| team.managers_room.as_str()).collect();
        // Two names may stand for one room.
        let known: BTreeSet<_> = names
            .iter()
            .map(|name| self.matrix.found.get(name))
            .collect();
        known.len()
    }

    /// Puts off what waits in a room, or leaves a message there. True where one waits now.
    async fn see_to(&self, room: &str, team: &str, kept: &mut Kept) -> Result<bool> {
        if kept.is_left_alone() {
            return Ok(kept.waits(self.after));
        }
        if !kept.read {
            kept.waiting = self.read(room).await?;
            kept.read = true;
        }
        let after_ms = u64::try_from(self.after.as_millis()).unwrap_or(u64::MAX);
        if let Some(waiting) = kept.waiting.clone() {
            match self.delayed.restart(&waiting.id).await {
                Ok(()) if waiting.after_ms == after_ms => return Ok(kept.armed()),
                // Of another length: it stays until there is a new one.
                Ok(()) => {}
                Err(Trouble::Gone) => {
                    info!("the homeserver has told the managers that Lonewatch had stopped");
                    let team = team.to_owned();
                    let _ = self.matrix.news.send(RoomNews::SpokenFor { team });
                    kept.waiting = None;
                }
                Err(trouble) => return Ok(kept.failed(trouble, self.after)),
            }
        }
        let txn = kept
            .txn
            .get_or_insert_with(|| TransactionId::new().to_string());
        match self.delayed.leave(room, txn, self.after, words()).await {
            Ok(id) => {
                let waiting = Waiting { id, after_ms };
                self.write(room, Some(&waiting)).await?;
                let before = kept.waiting.replace(waiting);
                kept.txn = None;
                if let Some(before) = before {
                    // If it cannot be now, it speaks: a message too many.
                    let _ = self.delayed.cancel(&before.id).await;
                }
                Ok(kept.armed())
            }
            Err(trouble) => Ok(kept.failed(trouble, self.after)),
        }
    }

    /// Takes away what an earlier start has left and did not come to write down, or what was left in a room that is no
    /// managers' room any more: they would say that a bot has stopped that has not.
    async fn sweep(&self) -> bool {
        let Ok(waiting) = self.delayed.all().await else {
            return false;
        };
        let kept = self.rooms.values().filter_map(|kept| kept.waiting.as_ref());
        let ours: BTreeSet<&str> = kept.map(|waiting| waiting.id.as_str()).collect();
        let mut clean = true;
        for each in waiting {
            if each.content.get(FIELD).is_some() && !ours.contains(each.delay_id.as_str()) {
                let gone = self.delayed.cancel(&each.delay_id).await;
                clean &= matches!(gone, Ok(()) | Err(Trouble::Gone));
            }
        }
        clean
    }

    async fn read(&self, room: &str) -> Result<Option<Waiting>> {
        let kept = self.matrix.store.meta(&mark(room)).await;
        let kept = kept.context("the dead man's switch")?;
        // `null` where it was taken away.
        Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
    }

    async fn write(&self, room: &str, waiting: Option<&Waiting>) -> Result<()> {
        let mut commit = Commit::new((self.matrix.now)());
        let text = serde_json::to_string(&waiting)?;
        commit.meta.push((mark(room), text));
        let kept = self.matrix.store.commit(&commit).await;
        kept.map(drop).context("the dead man's switch")
    }
}

/// What the homeserver is to post. It mentions the room, not people: where the bot has the power to, it rings for all.
fn words() -> serde_json::Value {
    serde_json::json!({
        "msgtype": "m.text",
        "body": STOPPED,
        "m.mentions": { "room": true },
        (FIELD): true,
    })
}

/// As what the store keeps it.
fn mark(room: &str) -> String {
    format!("switch/{room}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_in_plain_says_nothing_of_anybody() {
        let text = words().to_string();
        let number = |c: char| c.is_ascii_digit();
        assert!(!text.contains('@') && !text.contains(number), "{text}");
    }
}
