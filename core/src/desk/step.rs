//! One step of one shift, with what it means for the rest of the work in hand; and the commit of it all.

use super::reach::note_told;
use super::stored::{json, kind_of};
use super::work::{Asked, Work};
use super::{Desk, DeskError, Result};
use crate::domain::engine::{self, Input, Outcome};
use crate::domain::ids::PersonId;
use crate::domain::ladder::World;
use crate::domain::outgoing::Outgoing;
use crate::domain::shift::{Shift, Visit};
use crate::store::{Aggregate, Commit, JournalRow};

impl Desk {
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
        let asks = matches!(input, Input::Command { .. });
        let kept = state.filter(|_| asks).cloned();
        let next_alarm = state.map_or(1, |state| state.next_alarm);
        let roster = work.roster.clone().filter(|(index, _)| *index == team);
        let configured = &self.teams[team].config.team;
        let world = World {
            policy: &policy,
            team: roster.as_ref().map_or(configured, |(_, now)| now),
            managers_room: &managers_room,
            room_stands: self.rooms.managers_room_stands(&shift.team),
            next_alarm,
            beside: beside(work, &shift),
            at_office,
            told_instead,
            risks: &risks,
            untrained,
            reach: kept.as_ref().map(|state| self.reach(team, state)),
        };
        let Outcome {
            shift,
            effects,
            decisions,
            alarms_raised,
            told_unreached,
        } = engine::step(shift, input, work.now, &world);
        if let Some((_, state, _, changed)) = &mut work.team
            && alarms_raised > 0
        {
            state.next_alarm += alarms_raised;
            *changed = true;
        }
        note_raised(work, &shift, alarms_raised);
        note_told(work, told_unreached);
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
        self.renew_sheet(&mut work).await?;
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
