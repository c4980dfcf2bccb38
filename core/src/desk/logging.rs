//! Logging a visit: to which shift it belongs, and whether it is another one's.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::{desk as words, render};
use crate::domain::command::{Command, VisitRequest};
use crate::domain::deed::Deed;
use crate::domain::engine::Input;
use crate::domain::ids::PersonId;
use crate::domain::ladder::whom;
use crate::domain::notice::{Clash, Notice};
use crate::domain::roster::Role;
use crate::domain::shift::{Shift, Sighting, SightingKind, Stage, Visit};
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
        self.name_apart(work, hearing.team, &worker, &mut request);
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
        let before = self
            .logged_as(work, hearing, &worker)
            .map(|visit| visit.end);
        self.give(work, hearing, &shift, Command::Visit(request))?;
        let logged = self.logged_as(work, hearing, &worker);
        if let Some(visit) = logged.filter(|visit| before != Some(visit.end)) {
            self.ask_for_the_night(work, hearing.team, &worker, &visit);
            self.ask_for_details(work, hearing, &worker, &visit);
        }
        Ok(())
    }

    /// The open visit that this message has logged.
    fn logged_as(&self, work: &Work, hearing: &Hearing, worker: &PersonId) -> Option<Visit> {
        let shifts = work.of(worker).filter(|shift| !shift.sleeps(work.now));
        let mut visits = shifts.flat_map(|shift| &shift.visits);
        visits
            .find(|visit| visit.is_open() && visit.logged_in == hearing.event)
            .cloned()
    }

    /// The entry of a visit that this message replies to, where it is the sender's own, or was logged by them: its shift
    /// and number.
    pub(super) fn entry_replied_to(&self, work: &Work, hearing: &Hearing) -> Option<(String, u32)> {
        let about = hearing.about.as_ref()?;
        let no = about.entry?;
        let shift = work.shift(&about.shift)?;
        let visit = shift.visit(no)?;
        let me = &hearing.person.id;
        let mine = shift.worker == *me || visit.logged_by == *me;
        mine.then(|| (shift.id.clone(), no))
    }

    /// Which visit a category is said of: the one whose entry is replied to, or the newest open one of theirs, or logged
    /// by them, that has none. Nothing where another is meant by its reference, or none lacks it.
    pub(super) fn categorised(
        &self,
        work: &Work,
        hearing: &Hearing,
        reference: Option<&str>,
    ) -> (Option<String>, Option<u32>) {
        let me = &hearing.person.id;
        if let (None, Some((shift, no))) = (reference, self.entry_replied_to(work, hearing)) {
            return (Some(shift), Some(no));
        }
        let awake = work.shifts.iter().map(|open| &open.shift);
        let awake = awake.filter(|shift| shift.closed_at.is_none() && !shift.sleeps(work.now));
        let visits = awake.flat_map(|shift| shift.visits.iter().map(move |visit| (shift, visit)));
        let meant = visits.filter(|(shift, visit)| {
            let named = reference.is_none_or(|name| visit.reference == name);
            let mine = shift.worker == *me || visit.logged_by == *me;
            visit.is_open() && !visit.second && visit.category.is_none() && named && mine
        });
        // When it was logged, which says her log of what was heard.
        let logged = |shift: &Shift, visit: &Visit| {
            let of = |seen: &&Sighting| seen.reference.as_ref() == Some(&visit.reference);
            let logged = |seen: &&Sighting| seen.how == SightingKind::Logged;
            let seen = shift.sightings.iter().filter(of).filter(logged);
            seen.map(|seen| seen.at).max()
        };
        let newest = meant.max_by_key(|(shift, visit)| {
            (
                shift.worker == *me,
                logged(shift, visit),
                shift.day,
                visit.no,
            )
        });
        newest.map_or((None, None), |(shift, visit)| {
            (Some(shift.id.clone()), Some(visit.no))
        })
    }

    /// A manager agrees to a visit that needs it: the one that was asked about, or the only one that waits.
    pub(super) fn approve(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        reference: Option<String>,
    ) -> Result<()> {
        let rules = &self.teams[hearing.team].policy.rules;
        let meant = |visit: &&Visit| {
            let named = reference
                .as_ref()
                .is_none_or(|name| visit.reference == *name);
            let tapped = hearing.visit.is_none_or(|no| visit.no == no);
            visit.is_open() && rules.lacks(visit).approval && named && tapped
        };
        let asked = hearing.about.as_ref().map(|about| about.shift.clone());
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let mine = shifts.filter(|shift| {
            let one = asked.as_ref().is_none_or(|id| shift.id == *id);
            one && self.may_approve(work, hearing, &shift.worker)
        });
        let waiting =
            mine.flat_map(|shift| shift.visits.iter().filter(meant).map(move |v| (shift, v)));
        let waiting: Vec<(String, Visit)> = waiting
            .map(|(shift, visit)| (shift.id.clone(), visit.clone()))
            .collect();
        let notice = match waiting.as_slice() {
            [(shift, visit)] => {
                let reference = Some(visit.reference.clone());
                let shift = shift.clone();
                return self.give(work, hearing, &shift, Command::Approve { reference });
            }
            [] => Notice::NothingToApprove,
            several => Notice::Which {
                verb: "/approve".to_owned(),
                visits: several.iter().map(|(_, visit)| visit.clone()).collect(),
            },
        };
        let text = render(&notice, &self.words_of(work, hearing.team));
        self.say(work, hearing, text);
        Ok(())
    }

    /// A manager or above, or somebody whom the rule names; never the worker herself.
    fn may_approve(&self, work: &Work, hearing: &Hearing, worker: &PersonId) -> bool {
        let me = &hearing.person;
        let rule = self.teams[hearing.team].policy.rules.flagged.as_ref();
        let team = self.team_now(work, hearing.team);
        let named = rule.is_some_and(|rule| {
            let mut named = rule.notify.iter();
            named.any(|notify| whom(team, *notify, worker, &[]).contains(&me.id))
        });
        let manager = me.roles.iter().any(|role| role.is_manager_or_above());
        me.id != *worker && (named || manager)
    }

    /// The second worker of a colleague's visit confirms: first the same visit is logged for them, so that a clock of
    /// their own runs, and only with it they count.
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
            visit.is_open() && !visit.second && visit.with.contains(&me) && one && meant
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
            calls: vec![],
            next: None,
            on_behalf: None,
            second: true,
            crosses_midnight: false,
        };
        self.visit(work, hearing, &mine)?;
        let logged = |mine: &Visit| {
            mine.is_open() && mine.reference == visit.reference && mine.start == visit.start
        };
        if !work.of(&me).any(|shift| shift.visits.iter().any(logged)) {
            return Ok(());
        }
        let reference = Some(visit.reference.clone());
        self.give(work, hearing, &id, Command::Along { reference })
    }

    /// Whoever goes along no more does not count: their own entry was called off or taken back.
    pub(super) fn withdraw(&self, work: &mut Work, hearing: &Hearing) -> Result<()> {
        let me = hearing.person.id.clone();
        let own: Vec<Visit> = work
            .of(&me)
            .flat_map(|shift| shift.visits.clone())
            .collect();
        let gone = |visit: &Visit| {
            let same = |mine: &&Visit| {
                mine.second && mine.reference == visit.reference && mine.start == visit.start
            };
            let mut entries = own.iter().filter(same).peekable();
            entries.peek().is_some() && entries.all(|mine| mine.stage == Stage::Cancelled)
        };
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let lost: Vec<String> = shifts
            .filter(|shift| {
                let mut visits = shift.visits.iter();
                visits.any(|visit| visit.is_open() && visit.confirmed.contains(&me) && gone(visit))
            })
            .map(|shift| shift.id.clone())
            .collect();
        for shift in lost {
            let input = Input::NotAlong { who: me.clone() };
            self.apply(work, hearing.team, &shift, &input, None)?;
        }
        self.note_gone(work, hearing, &own)
    }

    /// Where this person has left a colleague's visit, by an own entry, those who look for the colleague can ask.
    fn note_gone(&self, work: &mut Work, hearing: &Hearing, own: &[Visit]) -> Result<()> {
        let me = &hearing.person.id;
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let theirs = shifts.flat_map(|shift| shift.visits.iter().map(move |visit| (shift, visit)));
        let theirs = theirs.filter(|(shift, v)| shift.worker != *me && v.with.contains(me));
        let changed = theirs.filter_map(|(shift, visit)| {
            let mine = |mine: &&Visit| {
                mine.second && mine.reference == visit.reference && mine.start == visit.start
            };
            let left = match own.iter().rfind(mine)?.stage {
                Stage::Ended { at, .. } => Some(at),
                _ => None,
            };
            let known = visit.gone.iter().find(|(who, _)| who == me);
            let (who, no) = (me.clone(), visit.no);
            let input = Input::Gone {
                who,
                visit: no,
                at: left,
            };
            (left != known.map(|(_, at)| *at)).then(|| (shift.id.clone(), input))
        });
        for (shift, input) in changed.collect::<Vec<_>>() {
            self.apply(work, hearing.team, &shift, &input, None)?;
        }
        Ok(())
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
