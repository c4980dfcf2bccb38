//! What time brings, and what could not be delivered.

use super::caught::caught;
use super::cover::COVER_OF;
use super::handover::NIGHT_OF;
use super::work::{self, Work};
use super::{Desk, DeskError, Result};
use crate::chat::wording::{desk as words, record};
use crate::domain::engine::Input;
use crate::domain::ids::{PersonId, unnamed};
use crate::domain::outgoing::{Outgoing, Place};
use crate::rooms::RoomKind;
use crate::store::{Aggregate, Commit, OutRow};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;

/// A page that was tried so often, for so long, counts as undelivered.
pub(super) const STUCK_TRIES: i64 = 3;
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
            if row.out.standing.is_some() {
                self.board_refused(&row, now).await?;
                continue;
            }
            let mut seen = Commit::new(now);
            seen.refused_seen = Some(row.id);
            if let Some(file) = &row.out.file {
                // The words that it came with went out; who asked for it waits for it.
                seen.outbox.push(Outgoing {
                    text: record::not_sent(&file.name),
                    file: None,
                    ..row.out.clone()
                });
                self.store.commit(&seen).await?;
                continue;
            }
            self.tell_undelivered(&row, seen).await?;
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
            let mut seen = Commit::new(now);
            seen.stuck_seen = Some(row.id);
            self.tell_undelivered(&row, seen).await?;
        }
        Ok(())
    }

    /// Tells the shift of a row; `seen` marks the row. Where the shift cannot be stepped the managers are told of it,
    /// and the row is marked all the same: it must not end the process at every start.
    async fn tell_undelivered(&mut self, row: &OutRow, mut seen: Commit) -> Result<()> {
        let Some((team, input, shift)) = self.refusal(row) else {
            seen.outbox = self.in_their_chats(row);
            self.store.commit(&seen).await?;
            return Ok(());
        };
        let error = match caught(self.step_undelivered(team, &shift, &input, &seen)).await {
            Err(DeskError::Store(error)) => return Err(error.into()),
            Err(error) => error,
            Ok(()) => return Ok(()),
        };
        tracing::error!(%error, row = row.id, "nobody can be told that it was not delivered");
        // Of a drill nobody is told that it is not watched: nobody is in danger.
        if let Some(aggregate) = self.store.aggregate("shift", &shift).await? {
            seen.outbox.push(self.not_watched(team, &aggregate));
        }
        self.store.commit(&seen).await?;
        Ok(())
    }

    async fn step_undelivered(
        &mut self,
        team: usize,
        shift: &str,
        input: &Input,
        seen: &Commit,
    ) -> Result<()> {
        let mut work = Work::new(seen.at);
        (work.refused_seen, work.stuck_seen) = (seen.refused_seen, seen.stuck_seen);
        self.load_shift(&mut work, team, shift).await?;
        self.load_policies(&work).await?;
        self.apply(&mut work, team, shift, input, None)?;
        self.commit(work).await
    }

    pub(super) fn refusal(&self, row: &OutRow) -> Option<(usize, Input, String)> {
        let about = work::About::of(row.out.about.as_deref())?;
        if [COVER_OF, NIGHT_OF]
            .iter()
            .any(|mark| about.shift.starts_with(mark))
        {
            return None; // it is about no shift
        }
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
            for_good: row.refused_at.is_some(),
        };
        row.out.rings.then_some((team, input, about.shift))
    }

    /// Does what time brings to teams. One that cannot be read keeps nobody's shift from being woken.
    async fn wake_teams(&mut self, held: &BTreeSet<String>, now: DateTime<Utc>) -> Result<()> {
        for aggregate in self.due("team", held, now).await? {
            let named = |team: &super::TeamDesk| team.config.team.name == aggregate.team;
            let woken = match self.teams.iter().position(named) {
                Some(team) => caught(self.team_tick(team, now)).await,
                None => {
                    self.store.commit(&try_again(aggregate, now)).await?;
                    continue;
                }
            };
            match woken {
                Err(DeskError::Store(error)) => return Err(error.into()),
                Err(error) => {
                    tracing::error!(%error, "a team cannot be woken");
                    self.store.commit(&try_again(aggregate, now)).await?;
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Does what time brings.
    pub async fn wake(&mut self, now: DateTime<Utc>) -> Result<()> {
        self.wake_but(&BTreeSet::new(), now).await
    }

    /// The same, but for these teams.
    pub(super) async fn wake_but(
        &mut self,
        held: &BTreeSet<String>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.wake_teams(held, now).await?;
        self.wake_shifts(held, now).await?;
        self.wake_drills(held, now).await
    }

    /// What is due of a kind, but for these teams; at most [`WAKE`].
    pub(super) async fn due(
        &self,
        kind: &str,
        held: &BTreeSet<String>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Aggregate>> {
        // What is held stays due, and must not hide what stands behind it.
        let read = if held.is_empty() { WAKE } else { usize::MAX };
        let mut due = self.store.due(kind, now, read).await?;
        due.retain(|aggregate| !held.contains(&aggregate.team));
        due.truncate(WAKE);
        Ok(due)
    }

    async fn wake_shifts(&mut self, held: &BTreeSet<String>, now: DateTime<Utc>) -> Result<()> {
        for _ in 0..MOST_WAKES {
            let due = self.due("shift", held, now).await?;
            if due.is_empty() {
                return Ok(());
            }
            for aggregate in due {
                let Some(team) = self
                    .teams
                    .iter()
                    .position(|t| t.config.team.name == aggregate.team)
                else {
                    // It may come back, or its name was mistyped: looked at again, and never put to sleep for good.
                    tracing::error!(
                        shift = unnamed(&aggregate.id),
                        "an open shift of a team that is not configured"
                    );
                    self.store.commit(&try_again(aggregate, now)).await?;
                    continue;
                };
                match caught(self.tick(team, &aggregate.id, now)).await {
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
        let row = self.not_watched(team, &aggregate);
        let mut commit = try_again(aggregate, now);
        commit.outbox.push(row);
        self.store.commit(&commit).await?;
        Ok(())
    }

    /// The page to the managers that nobody watches this shift.
    fn not_watched(&self, team: usize, aggregate: &Aggregate) -> Outgoing {
        let team = &self.teams[team].config.team;
        let owner = PersonId(aggregate.owner.clone().unwrap_or_default());
        let text = words::cannot_watch(team.called(&owner));
        self.to_managers(team, text, "a shift that cannot be read")
    }

    /// Messages that cannot be fetched: the managers of those who may have written them are told once.
    pub(super) async fn missing(&mut self, now: DateTime<Utc>) -> Result<()> {
        for hole in self.store.gaps_untold().await? {
            let mut commit = Commit::new(now);
            commit.gap_told = Some(hole.id);
            for kind in self.rooms.places_of(&hole.gap.room) {
                for (index, each) in self.teams.iter().enumerate() {
                    let team = &each.config.team;
                    let lost = match &kind {
                        RoomKind::Team(of) if *of == team.name => words::Lost::TeamRoom,
                        RoomKind::Managers(of) if *of == team.name => words::Lost::ManagersRoom,
                        RoomKind::Direct(user) => match team.by_matrix(user) {
                            Some(person) => words::Lost::From(person.first_name()),
                            None => continue,
                        },
                        _ => continue,
                    };
                    let text = words::missing(
                        &lost,
                        hole.noted_at,
                        &self.words_of(&Work::new(now), index),
                    );
                    let why = "messages that cannot be fetched";
                    commit.outbox.push(self.to_managers(team, text, why));
                }
            }
            self.store.commit(&commit).await?;
        }
        Ok(())
    }
}

/// Wakes a shift again in a while.
pub(super) fn try_again(aggregate: Aggregate, now: DateTime<Utc>) -> Commit {
    let mut commit = Commit::new(now);
    commit.aggregates.push(Aggregate {
        next_due: Some(now + TRY_AGAIN),
        ..aggregate
    });
    commit
}
