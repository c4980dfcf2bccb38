//! The fallback sheet in the managers' room: who is out, until when, and whom to ring in which order, for the day on which
//! the bot is silent (issue 4, 3: "Whoever reads it must have the phone list"). Made from visits and the roster, never from
//! alarms: somebody whom it concerns may be in that room.

use super::caught::caught;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::{Words, sheet as words};
use crate::domain::fallback::{in_turn, turns};
use crate::domain::outgoing::{Outgoing, Place};
use crate::domain::roster::Team;
use crate::domain::shift::Shift;
use crate::domain::team_state::TeamState;
use chrono::{DateTime, Datelike, Days, Duration, NaiveTime, Utc};

/// The name of the standing message.
pub(crate) const SHEET: &str = "sheet";
/// Edits keep so far apart (ours): they must not crowd the room's history.
const APART: Duration = Duration::minutes(1);

impl Desk {
    /// The sheet of a team as it is now, for whoever stands before a dead bot.
    ///
    /// # Errors
    /// What the store says, or what is stored that cannot be read.
    pub async fn sheet(&self, team: usize, now: DateTime<Utc>) -> Result<String> {
        let mut work = Work::new(now);
        self.load_state(&mut work, team).await?;
        let state = work.team.as_ref().map(|(_, state, _, _)| state.clone());
        let configured = &self.teams[team].config.team;
        let roster = state.unwrap_or_default().roster(configured, now);
        let shifts = self.shifts_that_stand(&work, team).await?;
        let shifts: Vec<&Shift> = shifts.iter().collect();
        Ok(words::sheet(
            &self.sheet_body(team, &roster, &shifts, now),
            &self.words_with(team, &roster, now),
        ))
    }

    /// Writes the sheet anew, at the end of whatever may have changed what it says: a shift, the team, or the time.
    pub(super) async fn renew_sheet(&self, work: &mut Work) -> Result<()> {
        if work.refused_seen.is_some() {
            return Ok(()); // a sheet that was refused would be refused again at once
        }
        let moved = work.shifts.iter().find(|open| open.moved);
        let moved = moved.and_then(|open| self.team_named(&open.shift.team));
        let changed = work.team.as_ref().filter(|(_, state, _, changed)| {
            *changed || state.sheet.until.is_some_and(|until| until <= work.now)
        });
        match moved.or(changed.map(|(team, ..)| *team)) {
            // It must not stand in the way of what else is written down now.
            Some(team) => {
                super::board::told_only(caught(self.write_sheet(work, team, false)).await)
            }
            None => Ok(()),
        }
    }

    /// Works out what the sheet says; where that is something else, or a morning has come, it goes out. `put_up`: also where
    /// it has never stood.
    pub(super) async fn write_sheet(
        &self,
        work: &mut Work,
        team: usize,
        put_up: bool,
    ) -> Result<()> {
        self.load_state(work, team).await?;
        let Some((_, state, _, _)) = work.team.as_ref().filter(|(index, ..)| *index == team) else {
            return Ok(()); // the shifts in hand are of one team
        };
        if state.sheet.at.is_none() && !put_up {
            return Ok(());
        }
        let now = work.now;
        let (configured, name) = (
            &self.teams[team].config.team,
            &self.teams[team].config.team.name,
        );
        let believed = self.believed(team, state);
        let roster = believed.roster(configured, now);
        let shifts = self.shifts_that_stand(work, team).await?;
        let shifts: Vec<&Shift> = shifts.iter().collect();
        let body = self.sheet_body(team, &roster, &shifts, now);
        let text = words::sheet(&body, &self.words_with(team, &roster, now));
        let room = self.rooms.room_of_managers(name);
        let room = room.filter(|_| self.rooms.managers_room_stands(name));
        let Some((_, state, _, changed)) = &mut work.team else {
            return Ok(());
        };
        let sheet = &mut state.sheet;
        let before = sheet.clone();
        let due = plan(sheet, configured, (&body, room.as_ref()), now);
        let wait = sheet
            .at
            .filter(|_| !sheet.text.is_empty())
            .map(|at| at + APART);
        // A clock that was set back must not hold it up.
        let wait = wait.filter(|at| *at > now && *at <= now + APART);
        let mornings = next_morning(configured, now);
        sheet.until = turns(&believed)
            .chain(mornings)
            .filter(|at| *at > now)
            .min();
        match (due, wait) {
            (Due::No, _) => {}
            (_, Some(at)) => sheet.until = sheet.until.into_iter().chain([at]).min(),
            (due, None) => {
                let row = Outgoing {
                    standing: Some(SHEET.to_owned()),
                    ..super::quiet(name, Place::Managers, text, "the fallback sheet")
                };
                if due == Due::Anew {
                    sheet.made_at = Some(now);
                    // Below the talk of yesterday nobody finds it: the old one is let go.
                    work.taken_down.get_or_insert_with(|| row.clone());
                }
                (sheet.text, sheet.room, sheet.at) = (body, room, Some(now));
                work.outbox.push(row);
            }
        }
        *changed |= before != *sheet;
        Ok(())
    }

    /// The open shifts of a team: those in hand as they are now, the others as they are stored. One that cannot be read is
    /// left out; its own wake-up tells the managers.
    pub(super) async fn shifts_that_stand(&self, work: &Work, team: usize) -> Result<Vec<Shift>> {
        let name = &self.teams[team].config.team.name;
        let others = match work.whole == Some(team) {
            true => vec![],
            false => self.store.open_aggregates("shift", name).await?,
        };
        let others = others
            .iter()
            .filter_map(|other| super::stored::body::<Shift>(other).ok());
        let others = others.filter(|other| work.shift(&other.id).is_none());
        let in_hand = work.shifts.iter().map(|open| open.shift.clone());
        let open = |shift: &Shift| shift.closed_at.is_none() && shift.team == *name;
        Ok(in_hand.chain(others).filter(open).collect())
    }

    fn sheet_body(
        &self,
        team: usize,
        roster: &Team,
        shifts: &[&Shift],
        now: DateTime<Utc>,
    ) -> String {
        let policy = &self.teams[team].policy;
        let order = |worker: &_| in_turn(policy, roster, shifts, worker);
        words::body(shifts, order, &self.words_with(team, roster, now))
    }

    fn words_with<'a>(&'a self, team: usize, roster: &'a Team, now: DateTime<Utc>) -> Words<'a> {
        let example = &self.teams[team].policy.reference.example;
        Words {
            team: roster,
            now,
            example,
        }
    }

    /// The team's state as the sheet shows it: somebody in the room who believes to have changed who is paged, after a code
    /// phrase, must see it as on any other day.
    fn believed(&self, team: usize, state: &TeamState) -> TeamState {
        let mut state = state.clone();
        let mut there = self.in_managers_room(team);
        there.retain(|id| state.shadows.contains_key(id));
        for id in &there {
            state.believe(id);
        }
        state
    }
}

/// What the sheet needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Nothing.
    No,
    /// An edit; or a message, where none is to be edited.
    Edit,
    /// A message of its own.
    Anew,
}

/// Each day's first is a message of its own: on a working day in the morning, on others when something changes.
fn plan(
    sheet: &crate::domain::team_state::Sheet,
    team: &Team,
    (body, room): (&str, Option<&String>),
    now: DateTime<Utc>,
) -> Due {
    if room.is_none() {
        return Due::No; // written when the bot comes into the room
    }
    let differs = sheet.text != body || sheet.room.as_ref() != room;
    let old = sheet.made_at.is_none_or(|at| at < last_morning(team, now));
    let works = last_morning(team, now).with_timezone(&team.tz).date_naive();
    let works = team.hours.as_ref().is_none_or(|hours| {
        hours.days.contains(&works.weekday()) && !hours.closed.contains(&works)
    });
    match (old, differs) {
        (true, true) => Due::Anew,
        (true, false) if works => Due::Anew,
        (false, true) => Due::Edit,
        _ => Due::No,
    }
}

/// The time of day at which working hours begin; without them seven o'clock.
fn morning_time(team: &Team) -> NaiveTime {
    let seven = NaiveTime::from_hms_opt(7, 0, 0).unwrap_or_default();
    team.hours.as_ref().map_or(seven, |hours| hours.from)
}

/// The last moment of that time of day that has come, on any day.
fn last_morning(team: &Team, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = now.with_timezone(&team.tz).date_naive();
    let at = team.moment(today, morning_time(team));
    if at <= now {
        return at;
    }
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    team.moment(yesterday, morning_time(team))
}

/// The next one of a working day.
fn next_morning(team: &Team, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if team.hours.is_some() {
        return team.next_beginning(now);
    }
    let tomorrow = last_morning(team, now).with_timezone(&team.tz).date_naive();
    let tomorrow = tomorrow.checked_add_days(Days::new(1))?;
    Some(team.moment(tomorrow, morning_time(team)))
}
