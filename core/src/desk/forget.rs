//! Addresses are deleted when their time has come, and never while somebody may need them.

use super::work::Work;
use super::{Desk, DeskError, Result};
use crate::store::{Commit, DueAddress};
use chrono::{DateTime, Duration, Utc};

/// When one is looked at again that is still needed.
const LOOK_AGAIN: Duration = Duration::days(1);

impl Desk {
    /// Deletes the addresses whose days are over.
    pub(super) async fn forget_addresses(&mut self, now: DateTime<Utc>) -> Result<()> {
        for due in self.store.sealed_due(now).await? {
            let mut commit = Commit::new(now);
            match self.still_needed(&due, now).await? {
                true => commit.sealed_until.push((due.row, now + LOOK_AGAIN)),
                false => commit.unsealed.push(due.row),
            }
            self.store.commit(&commit).await?;
        }
        Ok(())
    }

    /// True while an alarm is open in which it may be needed, or where that cannot be told.
    async fn still_needed(&self, due: &DueAddress, now: DateTime<Utc>) -> Result<bool> {
        let named = |team: &super::TeamDesk| team.config.team.name == due.team;
        let Some(team) = self.teams.iter().position(named) else {
            // It may come back, or its name was mistyped, and an alarm may be open.
            tracing::error!(
                team = due.team,
                "an address is kept on: its team is not configured"
            );
            return Ok(true);
        };
        let mut work = Work::new(now);
        match self.load_shift(&mut work, team, &due.shift).await {
            Err(error @ DeskError::Body { .. }) => {
                tracing::error!(%error, "an address is kept on: its shift cannot be read");
                return Ok(true);
            }
            loaded => loaded?,
        }
        // A call for help may have a shift of its own, with the visit lent to it.
        self.load_team(&mut work, team).await?;
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let mut notes = shifts.flat_map(|shift| shift.addresses.iter().map(move |n| (shift, n)));
        Ok(notes.any(|(shift, note)| {
            let names = note.rows().any(|row| row == due.row);
            names && shift.needs_address(note.visit)
        }))
    }
}
