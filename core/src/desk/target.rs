//! What a command is about: which shift, which alarm, and whether its giver may.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::{desk as words, render};
use crate::domain::command::{Command, Told, VisitRequest};
use crate::domain::deed::Deed;
use crate::domain::engine::{Input, extend_line};
use crate::domain::ids::PersonId;
use crate::domain::notice::{Clash, Notice, REMEMBERED};
use crate::domain::roster::Role;
use crate::domain::shift::{Shift, Visit};
use chrono::{DateTime, Duration, NaiveDate, Utc};

/// A visit that begins so soon after the last one belongs to the same working period, also past midnight.
const SAME_NIGHT: Duration = Duration::hours(6);

impl Desk {
    /// Obeys one command: answers lists itself, and gives everything else to the shift it concerns.
    pub(super) async fn command(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        command: Command,
    ) -> Result<()> {
        match &command {
            Command::Mine | Command::Board | Command::Help { .. } => {
                self.list(work, hearing, &command);
                self.mark_if_secret(work, hearing, Deed::AskedForList)
            }
            Command::Visit(request) => self.visit(work, hearing, request),
            Command::Undo => self.undo(work, hearing, command),
            Command::Sos { .. } | Command::RingMe => {
                self.load_recent(work, hearing).await?;
                let mut command = command;
                if let Command::Sos { words } = &mut command
                    && words.is_empty()
                {
                    *words = self.last_words(work, hearing).await?;
                }
                let shift = self.shift_now(work, hearing.team, &hearing.person.id);
                self.give(work, hearing, &shift, command)
            }
            Command::Duress(target) => self.duress(work, hearing, target.clone()).await,
            Command::Ack(target)
            | Command::Reached { target, .. }
            | Command::NoAnswer { target, .. }
            | Command::Seen { target, .. }
            | Command::Police { target, .. }
            | Command::StandDown { target, .. } => {
                let target = target.clone();
                let command = self.masked(hearing.team, command);
                self.respond(work, hearing, &target, command).await
            }
            Command::Left(told) => match self.closed_already(work, hearing, told).await? {
                Some(text) => {
                    self.say(work, hearing, text);
                    self.mark_if_secret(work, hearing, Deed::FitsNoVisit)
                }
                None => self.own_word(work, hearing, command),
            },
            _ => self.own_word(work, hearing, command),
        }
    }

    /// The answer to `/left` where nothing is open and a visit of hers has ended lately. It goes by the visits of
    /// all her shifts, so that it is the same whatever alarm keeps one of them open, or has opened one.
    async fn closed_already(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        told: &Told,
    ) -> Result<Option<String>> {
        let me = &hearing.person.id;
        if hearing.visit.is_some() || work.of(me).any(|s| s.visits.iter().any(Visit::is_open)) {
            return Ok(None);
        }
        let team = self.teams[hearing.team].config.team.name.clone();
        let since = work.now - REMEMBERED - REMEMBERED;
        for aggregate in self.store.closed_since("shift", &team, since).await? {
            if aggregate.owner.as_deref() == Some(me.0.as_str()) {
                self.load_shift(work, hearing.team, &aggregate.id).await?;
            }
        }
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let visits = shifts
            .filter(|shift| shift.worker == *me)
            .flat_map(|shift| &shift.visits);
        // What was lent to a call for help was logged by no message of this shift.
        let hers = visits.filter(|visit| !visit.logged_in.is_empty());
        let found = Notice::closed_already(hers, told.reference.as_deref(), work.now);
        let notice = found.map(|notice| match told.personal {
            true => notice.and_delete(),
            false => notice,
        });
        let words = self.words_of(hearing.team, work.now);
        Ok(notice.map(|notice| render(&notice, &words)))
    }

    pub(super) fn give(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        shift: &str,
        command: Command,
    ) -> Result<()> {
        let input = Input::Command {
            by: hearing.person.id.clone(),
            command,
            said_at: hearing.said_at,
            event: hearing.event.clone(),
            visit: hearing.visit,
        };
        self.apply(work, hearing.team, shift, &input, Some(&hearing.asked))?;
        self.mark_elsewhere(work, hearing, shift, Deed::AnotherDay)
    }

    /// What her account did on another shift than the one with an open call for help is marked there too.
    pub(super) fn mark_elsewhere(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        shift: &str,
        what: Deed,
    ) -> Result<()> {
        let mine = |s: &&Shift| s.worker == hearing.person.id && s.duress().is_some();
        let secret = work
            .shifts
            .iter()
            .map(|open| &open.shift)
            .find(mine)
            .map(|s| s.id.clone());
        match secret {
            Some(secret) if secret != shift => self.mark(work, hearing, what),
            _ => Ok(()),
        }
    }

    /// A check-in, an extension, a cancellation: of one's own shift only.
    pub(super) fn own_word(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        command: Command,
    ) -> Result<()> {
        let me = &hearing.person.id;
        let reference = match &command {
            Command::Arrived(told) | Command::Left(told) | Command::Ok(told) => {
                told.reference.clone()
            }
            Command::Extend { reference, .. } | Command::Cancel { reference } => reference.clone(),
            _ => None,
        };
        let tapped = hearing.about.as_ref().filter(|about| about.visit.is_some());
        let named = reference.as_ref().and_then(|name| {
            let has = |shift: &&Shift| {
                shift
                    .visits
                    .iter()
                    .any(|visit| visit.is_open() && visit.reference == *name)
            };
            work.of(me)
                .filter(has)
                .min_by_key(|shift| shift.day)
                .map(|shift| shift.id.clone())
        });
        let logged = || {
            let mine = |v: &Visit| {
                v.is_open() && v.logged_by == *me && Some(&v.reference) == reference.as_ref()
            };
            let shifts = work.shifts.iter().map(|open| &open.shift);
            let mut theirs = shifts.filter(|shift| shift.visits.iter().any(&mine));
            theirs.next().map(|shift| shift.id.clone())
        };
        let cancels = matches!(command, Command::Cancel { .. });
        let shift = tapped
            .map(|about| about.shift.clone())
            .or(named)
            .or_else(|| if cancels { logged() } else { None })
            .or_else(|| self.current_shift(work, me, work.now));
        match shift {
            Some(shift) => self.give(work, hearing, &shift, command),
            None => {
                let text = self.nothing_open(work, hearing, &command);
                self.say(work, hearing, text);
                let deed = match command {
                    Command::Ok(_) => Deed::Well,
                    Command::Home(_) => Deed::Home,
                    Command::Office(_) => Deed::Office,
                    _ => Deed::FitsNoVisit,
                };
                self.mark_if_secret(work, hearing, deed)
            }
        }
    }

    pub(super) fn nothing_open(&self, work: &Work, hearing: &Hearing, command: &Command) -> String {
        let notice = match command {
            Command::Home(told) => Notice::Back {
                home: true,
                ended: vec![],
                open: vec![],
                told: told.at,
            },
            Command::Office(told) => Notice::Back {
                home: false,
                ended: vec![],
                open: vec![],
                told: told.at,
            },
            Command::Ok(told) => Notice::Fine {
                visit: None,
                told: told.at,
            },
            Command::Arrived(_) => Notice::NoVisit {
                verb: "/arrived".to_owned(),
            },
            Command::Left(_) => Notice::NoVisit {
                verb: "/left".to_owned(),
            },
            Command::Cancel { .. } => Notice::NoVisit {
                verb: "/cancel".to_owned(),
            },
            Command::Extend { to, .. } => Notice::NoVisit {
                verb: extend_line(to, self.teams[hearing.team].config.team.tz),
            },
            _ => Notice::NoVisit {
                verb: "/extend 30m".to_owned(),
            },
        };
        let private = match command {
            Command::Arrived(told)
            | Command::Left(told)
            | Command::Ok(told)
            | Command::Home(told)
            | Command::Office(told) => told.personal,
            _ => false,
        };
        let notice = if private { notice.and_delete() } else { notice };
        render(&notice, &self.words_of(hearing.team, work.now))
    }

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
        let words = self.words_of(hearing.team, work.now);
        let text = render(&Notice::Overlap { visit, clash }, &words);
        self.say(work, hearing, text);
    }

    pub(super) fn undo(&self, work: &mut Work, hearing: &Hearing, command: Command) -> Result<()> {
        let me = &hearing.person.id;
        let open = work
            .shifts
            .iter()
            .map(|open| &open.shift)
            .filter(|s| s.closed_at.is_none() && !(s.worker == *me && s.sleeps(work.now)));
        let latest = open
            .filter_map(|shift| shift.undo.get(me).map(|undo| (undo.at, shift.id.clone())))
            .max_by_key(|(at, _)| *at);
        match latest {
            Some((_, shift)) => self.give(work, hearing, &shift, command),
            None => {
                let words = self.words_of(hearing.team, work.now);
                let text = render(&Notice::NothingToUndo, &words);
                self.say(work, hearing, text);
                self.mark_if_secret(work, hearing, Deed::FitsNoVisit)
            }
        }
    }

    /// The open shift that words of this worker belong to now.
    pub(super) fn current_shift(
        &self,
        work: &Work,
        worker: &PersonId,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let distance = |shift: &&Shift| {
            let on = shift.visits.iter().any(|visit| visit.is_on(now));
            let open = shift.visits.iter().filter(|visit| visit.is_open());
            let next = open.map(|visit: &Visit| (visit.start - now).abs()).min();
            // Chosen by visits alone: an open call for help must not change what she is answered.
            (!on, next.unwrap_or(Duration::MAX))
        };
        let alive = |shift: &&Shift| {
            (!shift.is_settled() || shift.settled_at.is_some()) && !shift.sleeps(now)
        };
        work.of(worker)
            .filter(alive)
            .min_by_key(distance)
            .map(|shift| shift.id.clone())
    }

    /// The same for a call for help that she must not notice: a shift opened for it is none of hers.
    pub(super) fn shift_for_secret(
        &self,
        work: &mut Work,
        team: usize,
        worker: &PersonId,
    ) -> String {
        let known = work.shifts.len();
        let id = self.shift_now(work, team, worker);
        if let Some(open) = work.shifts.get_mut(known) {
            open.shift.dormant = true;
            open.shift
                .visits
                .iter_mut()
                .for_each(|visit| visit.past = true);
        }
        id
    }

    /// The same; where there is none, a new one of today.
    pub(super) fn shift_now(&self, work: &mut Work, team: usize, worker: &PersonId) -> String {
        let help = |shift: &&Shift| shift.sleeps(work.now);
        let known = self
            .current_shift(work, worker, work.now)
            .or_else(|| work.of(worker).find(help).map(|shift| shift.id.clone()));
        if let Some(shift) = known {
            return shift;
        }
        let day = work
            .now
            .with_timezone(&self.teams[team].config.team.tz)
            .date_naive();
        let id = self.open_shift(work, team, worker, day);
        self.lend_last_visit(work, &id);
        id
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
