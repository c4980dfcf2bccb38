//! What time brings, and what could not be delivered.

use super::work::{self, Work};
use super::{Desk, DeskError, Result, quiet};
use crate::chat::wording::desk as words;
use crate::domain::engine::Input;
use crate::domain::ids::PersonId;
use crate::domain::outgoing::{Place, Priority};
use crate::store::{Aggregate, Commit, OutRow};
use chrono::{DateTime, Duration, Utc};

/// A page that was tried so often, for so long, counts as undelivered.
const STUCK_TRIES: i64 = 3;
/// See [`STUCK_TRIES`].
const STUCK_AFTER: Duration = Duration::minutes(1);
/// How often shifts are woken before people are heard again.
const MOST_WAKES: usize = 1_000;
/// When a shift that could not be read is tried again.
const TRY_AGAIN: Duration = Duration::minutes(5);
/// How many shifts are woken at a time.
const WAKE: usize = 100;

impl Desk {
    /// Tells the shifts whose messages were refused; each refusal is dealt with once.
    pub(super) async fn undelivered(&mut self, now: DateTime<Utc>) -> Result<()> {
        for row in self.store.refused_unseen().await? {
            let mut work = Work::new(now);
            work.refused_seen = Some(row.id);
            if let Some((team, input, shift)) = self.refusal(&row) {
                self.load_shift(&mut work, team, &shift).await?;
                self.load_policies(&work).await?;
                self.apply(&mut work, team, &shift, &input, None)?;
            }
            self.commit(work).await?;
        }
        Ok(())
    }

    /// A page that has not gone out for long, though others do, is as good as refused: the next people hear. Told once;
    /// the courier goes on trying.
    pub(super) async fn stuck(&mut self, now: DateTime<Utc>) -> Result<()> {
        let steady = self.steady_since.unwrap_or(now);
        for row in self.store.stuck(STUCK_TRIES).await? {
            if now - row.created_at.max(steady) < STUCK_AFTER {
                continue;
            }
            let mut work = Work::new(now);
            work.stuck_seen = Some(row.id);
            if let Some((team, input, shift)) = self.refusal(&row) {
                self.load_shift(&mut work, team, &shift).await?;
                self.load_policies(&work).await?;
                self.apply(&mut work, team, &shift, &input, None)?;
            }
            self.commit(work).await?;
        }
        Ok(())
    }

    pub(super) fn refusal(&self, row: &OutRow) -> Option<(usize, Input, String)> {
        let about = work::About::of(row.out.about.as_deref())?;
        let team = self
            .teams
            .iter()
            .position(|team| team.config.team.name == row.out.team)?;
        let who = match &row.out.place {
            Place::Direct { person } => Some(person.clone()),
            Place::Team | Place::Managers => None,
        };
        // Only what rings was meant to reach somebody at once.
        let input = Input::Undelivered {
            alarm: about.alarm,
            visit: about.visit,
            who,
        };
        row.out.rings.then_some((team, input, about.shift))
    }

    /// Does what time brings.
    pub async fn wake(&mut self, now: DateTime<Utc>) -> Result<()> {
        for _ in 0..MOST_WAKES {
            let due = self.store.due("shift", now, WAKE).await?;
            if due.is_empty() {
                return Ok(());
            }
            for aggregate in due {
                let Some(team) = self
                    .teams
                    .iter()
                    .position(|t| t.config.team.name == aggregate.team)
                else {
                    // A team that is no longer configured: its shifts stay as they are, and do not wake the desk.
                    let asleep = Aggregate {
                        next_due: None,
                        ..aggregate
                    };
                    let mut commit = Commit::new(now);
                    commit.aggregates.push(asleep);
                    self.store.commit(&commit).await?;
                    continue;
                };
                match self.tick(team, &aggregate.id, now).await {
                    Err(DeskError::Store(error)) => return Err(error.into()),
                    Err(error) => self.put_off(team, aggregate, &error, now).await?,
                    Ok(()) => {}
                }
            }
        }
        // A shift that stays due must not keep the desk from hearing people.
        tracing::error!("shifts stay due although they were woken");
        Ok(())
    }

    pub(super) async fn tick(
        &mut self,
        team: usize,
        shift: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut work = Work::new(now);
        self.load_shift(&mut work, team, shift).await?;
        self.load_policies(&work).await?;
        self.apply(&mut work, team, shift, &Input::Tick, None)?;
        self.commit(work).await
    }

    /// A shift that cannot be read holds nobody else's up: the managers are told, and it is tried again.
    pub(super) async fn put_off(
        &self,
        team: usize,
        aggregate: Aggregate,
        error: &DeskError,
        now: DateTime<Utc>,
    ) -> Result<()> {
        tracing::error!(%error, "a shift cannot be woken");
        let team = &self.teams[team].config.team;
        let owner = PersonId(aggregate.owner.clone().unwrap_or_default());
        let text = words::cannot_watch(team.called(&owner));
        let mut commit = Commit::new(now);
        commit.aggregates.push(Aggregate {
            next_due: Some(now + TRY_AGAIN),
            ..aggregate
        });
        let mut row = quiet(
            &team.name,
            Place::Managers,
            text,
            "a shift that cannot be read",
        );
        row.rings = true;
        row.priority = Priority::Page;
        row.mentions = self.in_managers_room_of(&team.name).into_iter().collect();
        commit.outbox.push(row);
        self.store.commit(&commit).await?;
        Ok(())
    }
}
