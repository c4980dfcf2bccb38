//! Logging a visit: to which shift it belongs, and whether it is another one's.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::{desk as words, render};
use crate::domain::command::{Command, VisitRequest};
use crate::domain::deed::Deed;
use crate::domain::ids::PersonId;
use crate::domain::notice::{Clash, Notice};
use crate::domain::roster::Role;
use crate::domain::shift::{Shift, Visit};
use chrono::{Duration, NaiveDate};

/// A visit that begins so soon after the last one belongs to the same working period, also past midnight.
const SAME_NIGHT: Duration = Duration::hours(6);

impl Desk {
    pub(super) fn visit(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        request: &VisitRequest,
    ) -> Result<()> {
        let me = &hearing.person.id;
        let worker = request.on_behalf.clone().unwrap_or_else(|| me.clone());
        let mut request = request.clone();
        request.with.retain(|id| *id != worker);
        let team = &self.teams[hearing.team].config.team;
        if worker != *me
            && !team
                .person(&worker)
                .is_some_and(|person| person.has(Role::Worker))
        {
            self.say(work, hearing, words::no_worker(team.called(&worker)));
            return Ok(());
        }
        let logged = |shift: &&Shift| {
            shift.closed_at.is_none()
                && shift
                    .visits
                    .iter()
                    .any(|visit| visit.is_open() && visit.logged_in == hearing.event)
        };
        let amended = work.shifts.iter().map(|open| &open.shift).find(logged);
        let amended = amended
            .filter(|_| hearing.edit)
            .map(|shift| shift.id.clone());
        if let Some(was) = amended.as_ref().and_then(|id| work.shift(id))
            && was.worker != worker
        {
            let (was, now) = (team.called(&was.worker), team.called(&worker));
            let old = self.edited_visit(work, hearing);
            let reference = old.map_or(request.reference.clone(), |visit| visit.reference);
            let text = words::another_worker(was, now, &reference);
            self.say(work, hearing, text);
            return Ok(());
        }
        let day = request
            .start
            .with_timezone(&self.teams[hearing.team].config.team.tz)
            .date_naive();
        let today = work.now.with_timezone(&team.tz).date_naive();
        let joined = || {
            let awake = |shift: &&Shift| !shift.sleeps(work.now) && joins(shift, &request, day);
            let asleep = |shift: &&Shift| shift.sleeps(work.now) && day == today;
            let found = work.of(&worker).find(awake);
            let found = found.or_else(|| work.of(&worker).find(asleep));
            found.map(|shift| shift.id.clone())
        };
        let shift = match amended.or_else(joined) {
            Some(shift) => shift,
            None => self.open_shift(work, hearing.team, &worker, day),
        };
        if let Some(visit) = elsewhere(work, &worker, &shift, &request) {
            self.say_overlap(work, hearing, visit, &request, &worker);
            work.shifts
                .retain(|open| open.shift.id != shift || !open.shift.visits.is_empty());
            return Ok(());
        }
        self.give(work, hearing, &shift, Command::Visit(request))
    }

    /// A manager agrees to a visit that needs it: of the shift that was asked about, or the only one that waits.
    pub(super) fn approve(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        reference: Option<String>,
        command: Command,
    ) -> Result<()> {
        let me = &hearing.person;
        let rules = &self.teams[hearing.team].policy.rules;
        let waits = |shift: &&Shift| {
            let meant = |visit: &&Visit| {
                reference
                    .as_ref()
                    .is_none_or(|name| visit.reference == *name)
            };
            let mut visits = shift.visits.iter().filter(meant);
            visits.any(|visit| visit.is_open() && rules.lacks(visit).approval)
        };
        let tapped = hearing.about.as_ref().map(|about| about.shift.clone());
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let mut found = shifts.filter(|shift| tapped.as_ref().is_none_or(|id| shift.id == *id));
        let found = found
            .find(waits)
            .filter(|shift| shift.worker != me.id && me.responds());
        match found.map(|shift| shift.id.clone()) {
            Some(shift) => self.give(work, hearing, &shift, command),
            None => {
                let text = render(
                    &Notice::NothingToApprove,
                    &self.words_of(work, hearing.team),
                );
                self.say(work, hearing, text);
                Ok(())
            }
        }
    }

    /// The second worker of a colleague's visit confirms; the same visit is logged for them, so that a clock of
    /// their own runs.
    pub(super) fn along(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        reference: Option<String>,
    ) -> Result<()> {
        let me = hearing.person.id.clone();
        let named = |visit: &&Visit| {
            let one = hearing.visit.is_none_or(|no| visit.no == no);
            let meant = reference
                .as_ref()
                .is_none_or(|name| visit.reference == *name);
            visit.is_open() && visit.with.contains(&me) && one && meant
        };
        let tapped = hearing.about.as_ref().map(|about| about.shift.clone());
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let shifts = shifts.filter(|shift| tapped.as_ref().is_none_or(|id| shift.id == *id));
        let visits =
            shifts.flat_map(|shift| shift.visits.iter().filter(named).map(move |v| (shift, v)));
        let found = visits.min_by_key(|(_, visit)| visit.start);
        let Some((shift, visit)) = found else {
            let text = render(&Notice::NotNamed, &self.words_of(work, hearing.team));
            self.say(work, hearing, text);
            return self.mark_if_secret(work, hearing, Deed::FitsNoVisit);
        };
        let (id, worker, visit) = (shift.id.clone(), shift.worker.clone(), visit.clone());
        let mine = VisitRequest {
            reference: visit.reference.clone(),
            initials: visit.initials.clone(),
            start: visit.start,
            end: visit.end,
            category: None,
            back: visit.back,
            with: vec![worker],
            checks: vec![],
            next: None,
            on_behalf: None,
            crosses_midnight: false,
        };
        let reference = Some(visit.reference);
        self.give(work, hearing, &id, Command::Along { reference })?;
        self.visit(work, hearing, &mine)
    }

    /// Nothing is logged: a visit of another shift is in the way.
    fn say_overlap(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        visit: Visit,
        request: &VisitRequest,
        worker: &PersonId,
    ) {
        let me = &hearing.person.id;
        let clash = Clash {
            reference: request.reference.clone(),
            end: request.end,
            by: me.clone(),
            worker: (worker != me).then(|| worker.clone()),
            amends: self.edited_visit(work, hearing),
        };
        let words = self.words_of(work, hearing.team);
        let text = render(&Notice::Overlap { visit, clash }, &words);
        self.say(work, hearing, text);
    }
}

fn joins(shift: &Shift, request: &VisitRequest, day: NaiveDate) -> bool {
    let last = shift.visits.iter().filter(|visit| !visit.past);
    let last = last.map(|visit| visit.end).max();
    let goes_on = last.is_some_and(|end| request.start >= end && request.start - end <= SAME_NIGHT);
    shift.day == day || shift.day.succ_opt() == Some(day) && goes_on
}

/// An open visit of another shift of hers at the same time: never two visits.
fn elsewhere(work: &Work, worker: &PersonId, shift: &str, request: &VisitRequest) -> Option<Visit> {
    let others = work.of(worker).filter(|other| other.id != shift);
    let mut visits = others.flat_map(|other| &other.visits);
    let overlaps = |v: &&Visit| v.is_open() && v.start < request.end && request.start < v.end;
    visits.find(overlaps).cloned()
}
