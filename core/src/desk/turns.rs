//! Whose turn it is: what was said is heard before anybody is paged, and whoever says very much holds nobody else up.
//!
//! A turn hears a little of everybody who waits to be heard, each in the order in which they spoke. Then time may act for
//! every team of which nobody waits any more: nobody is paged who has just written. An account that writes more than thumbs
//! can does not count there, or it could keep every alarm of its team from being raised, its own among them.

use super::caught::caught;
use super::wake::STUCK_TRIES;
use super::{Desk, DeskError, Result};
use crate::store::{InboxRow, StoreError};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// So many messages of one account are heard in one turn.
const SHARE: usize = 50;
/// And so many bytes of them, but at least one.
const SHARE_BYTES: usize = 64 * 1024;

impl Desk {
    /// Does everything that there is to do at `now`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn work(&mut self, now: DateTime<Utc>) -> Result<()> {
        while self.turn(now).await? {}
        Ok(())
    }

    /// Hears a little of everybody who waits, and does what could not be delivered and what time brings, but for teams of
    /// which somebody still waits. True where somebody does: call it again at once, with the time as it is then.
    ///
    /// # Errors
    /// What the store says.
    pub async fn turn(&mut self, now: DateTime<Utc>) -> Result<bool> {
        self.steady_since.get_or_insert(now);
        let (waits, held) = match self.hear_a_little(now).await? {
            true => self.who_waits().await?,
            false => (false, BTreeSet::new()),
        };
        let chores = self.store.chores(STUCK_TRIES).await?;
        let due = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= now);
        if chores.refused {
            self.undelivered(now).await?;
        }
        if chores.stuck {
            self.stuck(now).await?;
        }
        if chores.gaps {
            self.missing(now).await?;
        }
        // What was not delivered may have brought something forward.
        if chores.refused || chores.stuck || due(chores.next_due) {
            self.wake_but(&held, now).await?;
        }
        if due(chores.next_deletion) {
            self.forget_addresses(now).await?;
        }
        self.heartbeat(now).await?;
        Ok(waits)
    }

    /// Reads the inbox to its end.
    ///
    /// # Errors
    /// What the store says.
    pub async fn listen(&mut self, now: DateTime<Utc>) -> Result<()> {
        while self.hear_a_little(now).await? {}
        Ok(())
    }

    /// Hears each who waits, at most a share of each. False where nobody waited.
    async fn hear_a_little(&mut self, now: DateTime<Utc>) -> Result<bool> {
        let waiting = self.store.waiting().await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let mut senders: Vec<&String> = Vec::new();
        for (sender, room) in &waiting {
            if self.who_in(sender, room).is_empty() {
                // Strangers, and rooms that are not ours: silence, however much they say.
                self.store.pass_over(sender, room, now).await?;
            }
            if !senders.contains(&sender) {
                senders.push(sender);
            }
        }
        let mut rows: Vec<InboxRow> = Vec::new();
        for sender in senders {
            let mut bytes = 0;
            let theirs = self.store.pending_of(sender, SHARE).await?;
            rows.extend(theirs.into_iter().take_while(|row| {
                let fits = bytes < SHARE_BYTES;
                bytes += row.inbound.what.size();
                fits
            }));
        }
        // As it was said, over all of them.
        rows.sort_by_key(|row| row.id);
        for row in rows {
            self.hear(&row, now).await?;
        }
        Ok(true)
    }

    async fn hear(&mut self, row: &InboxRow, now: DateTime<Utc>) -> Result<()> {
        let dealt = match caught(self.deal_with(row, now)).await {
            Err(DeskError::Store(error)) => Err(error.into()),
            Err(error) => self.give_up(row, &error, now).await,
            Ok(()) => Ok(()),
        };
        match dealt {
            // Its key came just now: it is read again as what it is.
            Err(DeskError::Store(StoreError::NowReadable { .. })) => Ok(()),
            dealt => dealt,
        }
    }

    /// True where anybody waits to be heard; and the teams for which time must not act before that.
    async fn who_waits(&self) -> Result<(bool, BTreeSet<String>)> {
        let waiting = self.store.waiting().await?;
        let mut held = BTreeSet::new();
        for (sender, room) in &waiting {
            if self.crowd.is_over(sender, room) {
                continue;
            }
            let teams = self.who_in(sender, room).into_iter();
            held.extend(teams.map(|(team, ..)| self.teams[team].config.team.name.clone()));
        }
        Ok((!waiting.is_empty(), held))
    }
}
