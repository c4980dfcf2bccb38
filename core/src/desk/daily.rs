//! The lines of the day in the team's room: who is out today, and in the evening whether everybody is back
//! (Hertfordshire 4.1, in place of a WhatsApp group). Made from visits alone, as everybody reads them.

use super::Desk;
use super::hear::Hearing;
use super::work::Work;
use crate::chat::wording::{daily as words, news};
use crate::domain::ids::PersonId;
use crate::domain::ladder::{kept_out_of, whom};
use crate::domain::outgoing::Place;
use crate::domain::policy::{LadderKind, Notify};
use crate::domain::roster::Team;
use crate::domain::shift::{Shift, Visit};
use chrono::{DateTime, Utc};

impl Desk {
    /// Whoever would be paged may put the phone away (Hertfordshire 4.1). After a code phrase what her account says is
    /// not to be relied on.
    pub(super) fn tell_that_all_are_out(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        me: &PersonId,
        all: bool,
    ) {
        let policy = &self.teams[hearing.team].policy;
        let shifts = || work.shifts.iter().map(|open| &open.shift);
        let Some(rule) = policy.rules.last_out.as_ref() else {
            return;
        };
        // Not while anybody is looked for, nor before a visit that is still to come today.
        let tz = self.teams[hearing.team].config.team.tz;
        let day = |at: DateTime<Utc>| at.with_timezone(&tz).date_naive();
        let to_come = |visit: &Visit| visit.is_open() && day(visit.start) == day(work.now);
        let looked_for = |shift: &Shift| {
            let folded = shift.report.folded || shift.visits.iter().any(|visit| visit.folded);
            folded || shift.open_alarms().any(|alarm| !alarm.kind.is_secret())
        };
        if all && shifts().any(|s| looked_for(s) || s.visits.iter().any(to_come)) {
            return;
        }
        // While a call for help is open only those hear it who must not notice the call.
        let secret = |shift: &&Shift| shift.open_alarms().any(|alarm| alarm.kind.is_secret());
        let hidden = shifts().filter(secret).flat_map(|shift| {
            let alarms = shift.open_alarms().filter(|alarm| alarm.kind.is_secret());
            alarms
                .flat_map(|alarm| kept_out_of(shift, alarm))
                .collect::<Vec<_>>()
        });
        let hidden: Vec<PersonId> = hidden.collect();
        let team = self.team_now(work, hearing.team);
        let ladder = policy.ladder(LadderKind::FinalVisit);
        let steps = ladder.steps.iter().flat_map(|step| &step.notify);
        let steps = steps.filter(|notify| **notify != Notify::Worker);
        let mut who: Vec<PersonId> = steps
            .flat_map(|notify| whom(team, *notify, me, std::slice::from_ref(me)))
            .collect();
        who.sort();
        who.dedup();
        who.retain(|id| hidden.is_empty() || hidden.contains(id));
        let text = match all {
            true => news::all_out(&rule.cite),
            false => news::not_all_out(team.called(me)),
        };
        for person in who.iter().filter(|id| *id != me) {
            self.tell_latest(work, hearing, person, text.clone(), "all out");
        }
    }

    /// When the next line is due; `None` where the policy does not ask for them, or the team has no working hours.
    pub(super) fn lines_due(&self, work: &Work, team: usize) -> Option<DateTime<Utc>> {
        let each = &self.teams[team];
        each.policy.rules.team_lines.as_ref()?;
        let (_, state, _, _) = work.team.as_ref()?;
        next_line(&each.config.team, state.lines_at.unwrap_or(work.now))
    }

    /// Writes the line of the moment `at`, where there is anything to tell.
    pub(super) fn lines_of_the_day(&self, work: &mut Work, team: usize, at: DateTime<Utc>) {
        let configured = &self.teams[team].config.team;
        let local = at.with_timezone(&configured.tz);
        let today = local.date_naive();
        let morning = configured
            .hours
            .as_ref()
            .is_some_and(|hours| local.time() < hours.to);
        let shifts: Vec<&Shift> = work.shifts.iter().map(|open| &open.shift).collect();
        let text = words::line(&shifts, today, morning, &self.words_of(work, team));
        let name = configured.name.clone();
        if let Some(text) = text {
            work.outbox.push(super::quiet(
                &name,
                Place::Team,
                text,
                "the line of the day",
            ));
        }
        let now = work.now;
        if let Some((_, state, _, _)) = &mut work.team {
            state.lines_at = Some(now);
        }
    }
}

/// The first beginning or end of working hours after this moment.
fn next_line(team: &Team, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let hours = team.hours.as_ref()?;
    team.working_moments(after, &[hours.from, hours.to]).next()
}

/// Those for whom an alarm is open that they may know of.
pub(super) fn looked_for(work: &Work) -> Vec<PersonId> {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    let alarmed = shifts.filter(|shift| shift.open_alarms().any(|alarm| !alarm.kind.is_secret()));
    alarmed.map(|shift| shift.worker.clone()).collect()
}

/// True while somebody is on a visit.
pub(super) fn anybody_out(work: &Work) -> bool {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    let mut visits = shifts.flat_map(|shift| &shift.visits);
    visits.any(|visit| visit.is_on(work.now))
}
