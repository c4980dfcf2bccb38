//! What time brings to drills.

use super::caught::caught;
use super::drill::is_out;
use super::drill_end::End;
use super::stored::DRILL;
use super::wake::try_again;
use super::work::Work;
use super::{Desk, DeskError, Result};
use crate::domain::drill::Why;
use crate::domain::engine::Input;
use crate::domain::ids::PersonId;
use crate::domain::ids::unnamed;
use crate::domain::shift::Shift;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

impl Desk {
    /// Does what time brings to drills, after all that it brings to real shifts.
    pub(super) async fn wake_drills(
        &mut self,
        held: &BTreeSet<String>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        for aggregate in self.due(DRILL, held, now).await? {
            let named = |team: &super::TeamDesk| team.config.team.name == aggregate.team;
            let Some(team) = self.teams.iter().position(named) else {
                tracing::error!(
                    drill = unnamed(&aggregate.id),
                    "a drill of a team that is not configured"
                );
                self.store.commit(&try_again(aggregate, now)).await?;
                continue;
            };
            match caught(self.drill_tick(team, &aggregate.id, now)).await {
                Err(DeskError::Store(error)) => return Err(error.into()),
                Err(error) => {
                    // Nobody is in danger by it: nobody is woken for it.
                    tracing::error!(%error, drill = unnamed(&aggregate.id), "a drill cannot be woken");
                    self.store.commit(&try_again(aggregate, now)).await?;
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    async fn drill_tick(&mut self, team: usize, id: &str, now: DateTime<Utc>) -> Result<()> {
        let mut work = Work::new(now);
        self.load_shift(&mut work, team, id).await?;
        self.load_team(&mut work, team).await?;
        self.load_policies(&work).await?;
        self.drill_time(&mut work, team, id)?;
        let shift = work.any_mut(id).map(|open| &open.shift);
        let believed = shift.and_then(|shift| shift.believed());
        if believed.is_some_and(|b| b.shift.closed_at.is_none()) {
            self.as_believed(&mut work, team, id, |desk, work| {
                desk.drill_time(work, team, id)
            })?;
        }
        self.commit(work).await
    }

    /// What time brings to a drill, or to the copy in hand.
    fn drill_time(&self, work: &mut Work, team: usize, id: &str) -> Result<()> {
        let drill = work.any_mut(id).and_then(|open| {
            let worker = open.shift.worker.clone();
            open.shift.drill.clone().map(|drill| (drill, worker))
        });
        let Some((drill, worker)) = drill else {
            return Ok(());
        };
        let time_up = drill.until <= work.now;
        let done = drill.over.as_ref().is_some_and(|o| o.why == Why::Done);
        if drill.is_told_later() && time_up {
            self.tell_over(work, team, id);
        } else if drill.is_on() && time_up {
            self.end_drill(work, team, id, End::plain(Why::TimeUp));
        } else if drill.is_on() && is_out(work, &worker) {
            self.end_drill(work, team, id, End::plain(Why::Out));
        } else if drill.is_on() || done {
            self.apply(work, team, id, &Input::Tick, None)?;
        }
        Ok(())
    }
}

/// When a drill that is over wants to be woken: where no policy is needed to tell.
pub(super) fn due_without_policy(shift: &Shift) -> Option<Option<DateTime<Utc>>> {
    let drill = shift.drill.as_ref()?;
    let over = drill.over.as_ref()?;
    (over.why != Why::Done).then(|| drill.is_told_later().then_some(drill.until))
}

/// When a shift wants to be woken: a drill at its end too, and when a real visit of the worker's begins.
pub(super) fn due(shift: &Shift, next: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    let drill = shift.drill.as_ref().filter(|drill| drill.is_on());
    let ends = drill.map(|drill| drill.out_at.map_or(drill.until, |at| at.min(drill.until)));
    ends.into_iter().chain(next).min()
}

/// Notes when the worker of each drill is really out next: now, if she is. Nobody is to ring her for practice then.
pub(super) fn foresee_visits(work: &mut Work) {
    for index in 0..work.drills.len() {
        let shift = &work.drills[index].shift;
        if !shift.is_drill_on() && !shift.is_believed_on() {
            continue;
        }
        let out_at = match is_out(work, &shift.worker) {
            true => Some(work.now),
            false => begins(work, &shift.worker),
        };
        let open = &mut work.drills[index];
        let was = open.shift.drill.as_ref().and_then(|drill| drill.out_at);
        if was != out_at {
            open.shift.foresee(out_at);
            open.changed = true;
        }
    }
}

/// When the next visit that somebody is to go on begins.
fn begins(work: &Work, who: &PersonId) -> Option<DateTime<Utc>> {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    let visits = shifts.flat_map(|shift| shift.visits.iter().map(move |visit| (shift, visit)));
    let theirs = visits.filter(|(shift, visit)| {
        visit.is_open() && (shift.worker == *who || visit.with.contains(who))
    });
    theirs.map(|(_, visit)| visit.start).min()
}
