//! The board in the team's room: one pinned message, edited whenever what it says has changed (Rotherham 4: a whiteboard
//! shows whereabouts and expected time back). It says what `/board` answers there: made from visits alone.

use super::caught::caught;
use super::sheet::SHEET;
use super::work::Work;
use super::{Desk, DeskError, Result};
use crate::chat::wording::desk as words;
use crate::domain::outgoing::{Outgoing, Place};
use crate::domain::shift::Shift;
use crate::store::{Commit, OutRow};
use chrono::{DateTime, Days, NaiveTime, Utc};

/// The name of the standing message.
const BOARD: &str = "board";

impl Desk {
    /// Puts up the board of a team, and its fallback sheet, where they do not stand or say something else by now: once the
    /// bot is in its rooms.
    ///
    /// # Errors
    /// What the store says.
    pub async fn put_up_board(&mut self, team: &str, now: DateTime<Utc>) -> Result<()> {
        let named = |each: &super::TeamDesk| each.config.team.name == team;
        let Some(team) = self.teams.iter().position(named) else {
            return Ok(());
        };
        for sheet in [false, true] {
            let mut work = Work::new(now);
            let written = async {
                match sheet {
                    false => self.write_board(&mut work, team).await?,
                    true => self.write_sheet(&mut work, team, true).await?,
                }
                self.commit(work).await
            };
            told_only(caught(written).await)?;
        }
        Ok(())
    }

    /// The board, or the sheet, cannot be pinned in this room of a team: its managers are told once.
    ///
    /// # Errors
    /// What the store says.
    pub async fn cannot_pin(&mut self, team: &str, room: &str, now: DateTime<Utc>) -> Result<()> {
        let told = format!("cannot_pin/{room}");
        if self.store.meta(&told).await?.is_some() {
            return Ok(());
        }
        let mut commit = Commit::new(now);
        let here = self.rooms.room_of_managers(team).as_deref() == Some(room);
        commit.outbox.push(super::quiet(
            team,
            Place::Managers,
            words::cannot_pin(here),
            "a standing message cannot be pinned",
        ));
        commit.meta.push((told, now.timestamp_millis().to_string()));
        self.store.commit(&commit).await?;
        Ok(())
    }

    /// Writes the board anew, at the end of whatever may have changed what it says: a shift, or the time.
    pub(super) async fn renew_board(&self, work: &mut Work) -> Result<()> {
        let changed = work.shifts.iter().find(|open| open.moved);
        let changed = changed.and_then(|open| self.team_named(&open.shift.team));
        let due = work.team.as_ref().filter(|(_, state, _, _)| {
            let until = state.board.until;
            until.is_some_and(|until| until <= work.now)
        });
        match changed.or(due.map(|(team, ..)| *team)) {
            // It must not stand in the way of what else is written down now.
            Some(team) => told_only(caught(self.write_board(work, team)).await),
            None => Ok(()),
        }
    }

    /// True where somebody has deleted a standing message of ours; it is made anew, whoever did it.
    pub(super) async fn taken_down(
        &self,
        work: &mut Work,
        room: &str,
        event: &str,
    ) -> Result<bool> {
        let row = self.store.row_of_event(event).await?;
        let ours = |row: &OutRow| row.room.as_deref() == Some(room);
        let Some(OutRow { out, .. }) = row.filter(ours) else {
            return Ok(false);
        };
        let Some(team) = self
            .team_named(&out.team)
            .filter(|_| out.standing.is_some())
        else {
            return Ok(false);
        };
        // Where only an edit was deleted, the message itself can still be edited.
        let first = self.store.standing(&out).await?;
        let sheet = out.standing.as_deref() == Some(SHEET);
        if first.is_some_and(|first| first.event == event) {
            work.taken_down = Some(out);
        }
        self.forget_standing(work, team, sheet).await?;
        match sheet {
            true => self.write_sheet(work, team, false).await?,
            false => self.write_board(work, team).await?,
        }
        Ok(true)
    }

    /// The board could not be written to: the next change of anything on it tries again.
    pub(super) async fn board_refused(&self, row: &OutRow, now: DateTime<Utc>) -> Result<()> {
        let mut work = Work::new(now);
        work.refused_seen = Some(row.id);
        let Some(team) = self.team_named(&row.out.team) else {
            return self.commit(work).await;
        };
        let sheet = row.out.standing.as_deref() == Some(SHEET);
        match caught(self.forget_standing(&mut work, team, sheet)).await {
            Err(DeskError::Store(error)) => return Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "a board that was refused is not forgotten");
                work.team = None; // the refusal is dealt with all the same
            }
            Ok(()) => {}
        }
        self.commit(work).await
    }

    async fn forget_standing(&self, work: &mut Work, team: usize, sheet: bool) -> Result<()> {
        self.load_state(work, team).await?;
        if let Some((_, state, _, changed)) = &mut work.team {
            match sheet {
                // Refused: tried with the next change of anything on it, and not before a minute has passed.
                true if work.refused_seen.is_some() => state.sheet.room = None,
                true => state.sheet.text.clear(),
                false => state.board.text.clear(),
            }
            *changed = true;
        }
        Ok(())
    }

    pub(super) fn team_named(&self, name: &str) -> Option<usize> {
        let named = |each: &super::TeamDesk| each.config.team.name == name;
        self.teams.iter().position(named)
    }

    /// Works out what the board says now and until when; where that is something else, it goes out.
    async fn write_board(&self, work: &mut Work, team: usize) -> Result<()> {
        self.load_state(work, team).await?;
        let each = &self.teams[team].config.team;
        let shifts = self.shifts_that_stand(work, team).await?;
        let shifts: Vec<&Shift> = shifts.iter().collect();
        let text = words::standing_board(&shifts, &self.words_of(work, team));
        let now = work.now;
        let local = now.with_timezone(&each.tz).date_naive();
        let tomorrow = local.checked_add_days(Days::new(1));
        let midnight = tomorrow.map(|day| each.moment(day, NaiveTime::MIN));
        let until = turns(&shifts)
            .chain(midnight)
            .filter(|at| *at > now)
            .min()
            .filter(|_| turns(&shifts).next().is_some());
        // What cannot be written now is written when the bot comes into the room.
        let room = self.rooms.room_of_team(&each.name);
        let row = Outgoing {
            standing: Some(BOARD.to_owned()),
            ..super::quiet(&each.name, Place::Team, text.clone(), "the board")
        };
        let Some((index, state, _, changed)) = &mut work.team else {
            return Ok(());
        };
        if *index != team {
            return Ok(()); // the shifts in hand are of one team
        }
        if room.is_some() && (state.board.text != text || state.board.room != room) {
            (state.board.text, state.board.room) = (text, room);
            *changed = true;
            work.outbox.push(row);
        }
        if state.board.until != until {
            state.board.until = until;
            *changed = true;
        }
        Ok(())
    }
}

/// A board that cannot be written ends nothing: it is only told in the log.
pub(super) fn told_only(written: Result<()>) -> Result<()> {
    match written {
        Err(DeskError::Store(error)) => Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "the board cannot be written");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// The moments at which the board reads otherwise by itself; none where there is nothing on it.
fn turns(shifts: &[&Shift]) -> impl Iterator<Item = DateTime<Utc>> {
    let visits = shifts.iter().flat_map(|shift| {
        let open = shift.visits.iter().filter(|visit| visit.is_open());
        open.flat_map(|visit| [visit.start, visit.due()])
    });
    let returns = shifts.iter().filter(|shift| shift.report.since.is_some());
    let returns = returns.filter_map(|shift| Some(shift.last_over()?.expected_back()));
    visits.chain(returns)
}
