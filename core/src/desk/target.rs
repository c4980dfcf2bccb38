//! What a command is about: which shift, which alarm, and whether its giver may.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::{desk as words, render};
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::command::{Command, Target, VisitRequest};
use crate::domain::engine::Input;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::kept_out;
use crate::domain::notice::Notice;
use crate::domain::outgoing::Place;
use crate::domain::phrase::Heard;
use crate::domain::roster::Role;
use crate::domain::shift::{Shift, Stage, Visit};
use chrono::{DateTime, Duration, NaiveDate, Utc};

/// A visit that begins so soon after the last one belongs to the same working period, also past midnight.
const SAME_NIGHT: Duration = Duration::hours(6);
/// For how long a visit that is over is the last one known.
const RECENT: Duration = Duration::hours(12);
/// For how long a closed alarm is still answered by its number.
const REMEMBERED: Duration = Duration::days(7);

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
                if self.marked(work, hearing) {
                    self.mark(work, hearing, "asked for a list")?;
                }
                Ok(())
            }
            Command::Visit(request) => self.visit(work, hearing, request),
            Command::Undo => self.undo(work, hearing, command),
            Command::Sos { .. } | Command::RingMe => {
                self.load_recent(work, hearing).await?;
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
            _ => self.own_word(work, hearing, command),
        }
    }

    /// A responder may quote the code phrase; the bot never shows it to anybody (design, invariant 5).
    fn masked(&self, team: usize, mut command: Command) -> Command {
        let phrases = &self.teams[team].phrases;
        if let Command::Reached { words, .. }
        | Command::NoAnswer { words, .. }
        | Command::Seen { words, .. }
        | Command::Police { log: words, .. }
        | Command::StandDown { reason: words, .. } = &mut command
            && !matches!(phrases.hear(words), Heard::Nothing)
        {
            *words = format!("{} […]", phrases.without(words)).trim().to_owned();
        }
        command
    }

    fn give(
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
        self.mark_elsewhere(work, hearing, shift, "a command about another day")
    }

    /// What her account did on another shift than the one with an open call for help is marked there too.
    pub(super) fn mark_elsewhere(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        shift: &str,
        what: &str,
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
    fn own_word(&self, work: &mut Work, hearing: &Hearing, command: Command) -> Result<()> {
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
                let text = self.nothing_open(hearing, &command, work.now);
                self.say(work, hearing, text);
                Ok(())
            }
        }
    }

    fn nothing_open(&self, hearing: &Hearing, command: &Command, now: DateTime<Utc>) -> String {
        let notice = match command {
            Command::Home(_) => Notice::Back {
                home: true,
                ended: vec![],
                open: vec![],
            },
            Command::Office(_) => Notice::Back {
                home: false,
                ended: vec![],
                open: vec![],
            },
            Command::Ok(_) => Notice::Fine { visit: None },
            Command::Arrived(_) => Notice::NoVisit {
                verb: "/arrived".to_owned(),
            },
            Command::Left(_) => Notice::NoVisit {
                verb: "/left".to_owned(),
            },
            Command::Cancel { .. } => Notice::NoVisit {
                verb: "/cancel".to_owned(),
            },
            _ => Notice::NoVisit {
                verb: "/extend 30m".to_owned(),
            },
        };
        render(&notice, &self.words_of(hearing.team, now))
    }

    fn visit(&self, work: &mut Work, hearing: &Hearing, request: &VisitRequest) -> Result<()> {
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
        let day = request
            .start
            .with_timezone(&self.teams[hearing.team].config.team.tz)
            .date_naive();
        let joined = || {
            work.of(&worker)
                .find(|shift| joins(shift, &request, day))
                .map(|s| s.id.clone())
        };
        let shift = match amended.or_else(joined) {
            Some(shift) => shift,
            None => self.open_shift(work, hearing.team, &worker, day),
        };
        if let Some(visit) = elsewhere(work, &worker, &shift, &request) {
            let reference = request.reference.clone();
            let words = self.words_of(hearing.team, work.now);
            let text = render(&Notice::Overlap { visit, reference }, &words);
            self.say(work, hearing, text);
            work.shifts
                .retain(|open| open.shift.id != shift || !open.shift.visits.is_empty());
            return Ok(());
        }
        self.give(work, hearing, &shift, Command::Visit(request))
    }

    fn undo(&self, work: &mut Work, hearing: &Hearing, command: Command) -> Result<()> {
        let me = &hearing.person.id;
        let open = work
            .shifts
            .iter()
            .map(|open| &open.shift)
            .filter(|s| s.closed_at.is_none());
        let latest = open
            .filter_map(|shift| shift.undo.get(me).map(|undo| (undo.at, shift.id.clone())))
            .max_by_key(|(at, _)| *at);
        match latest {
            Some((_, shift)) => self.give(work, hearing, &shift, command),
            None => {
                let words = self.words_of(hearing.team, work.now);
                let text = render(&Notice::NothingToUndo, &words);
                self.say(work, hearing, text);
                Ok(())
            }
        }
    }

    /// A call for help that a colleague took by phone, or sees in a message.
    async fn duress(&self, work: &mut Work, hearing: &Hearing, target: Target) -> Result<()> {
        let found = target
            .alarm
            .and_then(|number| alarm(work, number))
            .map(|(s, _)| s.worker.clone());
        match target.who.clone().or(found) {
            Some(worker) if worker != hearing.person.id => {
                let shift = self.shift_now(work, hearing.team, &worker);
                self.give(work, hearing, &shift, Command::Duress(target))
            }
            Some(_) => {
                self.say(work, hearing, words::not_yourself());
                Ok(())
            }
            None => {
                self.discreetly_say(work, hearing, words::no_alarm());
                Ok(())
            }
        }
    }

    /// What a responder says about an alarm: by its number, its thread, the message answered, or whose it is.
    async fn respond(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        target: &Target,
        command: Command,
    ) -> Result<()> {
        if let Some(shift) = hearing.about.as_ref().map(|about| about.shift.clone()) {
            self.load_shift(work, hearing.team, &shift).await?;
        }
        if target
            .alarm
            .is_some_and(|number| alarm(work, number).is_none())
        {
            self.load_closed(work, hearing.team).await?;
        }
        self.load_policies(work).await?;
        let found = self.candidates(work, hearing, target);
        if matches!(command, Command::Police { .. })
            && found.is_empty()
            && hearing.direct
            && !hearing.person.responds()
        {
            // Somebody alone who writes "/police" is not answering an alarm: it is a call for help.
            let shift = self.shift_now(work, hearing.team, &hearing.person.id);
            return self.give(
                work,
                hearing,
                &shift,
                Command::Sos {
                    words: String::new(),
                },
            );
        }
        if let (Command::Seen { .. } | Command::Reached { .. }, Some(who), []) =
            (&command, &target.who, found.as_slice())
        {
            return self.seen_without_alarm(work, hearing, who, command.clone());
        }
        // Named by the person, speaking to her closes all that it can close.
        let all = matches!(command, Command::Reached { .. }) && target.who.is_some();
        match found.as_slice() {
            [] => {
                self.discreetly_say(work, hearing, words::no_alarm());
                Ok(())
            }
            [(shift, number)] => {
                let number = if all { None } else { Some(*number) };
                let shift = shift.clone();
                self.give(work, hearing, &shift, aimed(command, number))
            }
            [(shift, _), ..] if all => {
                let shift = shift.clone();
                self.give(work, hearing, &shift, aimed(command, None))
            }
            [(shift, first), rest @ ..] if target.who.is_some() => {
                // The gravest of hers, then the newest.
                let grave = |number: &AlarmNumber| {
                    let found = alarm(work, *number);
                    found.map(|(_, a)| (a.kind.is_call_for_help(), a.raised_at, *number))
                };
                let all = std::iter::once(first).chain(rest.iter().map(|(_, number)| number));
                let number = all.max_by_key(|number| grave(number)).copied();
                let shift = rest
                    .iter()
                    .find(|(_, each)| Some(*each) == number)
                    .map_or_else(|| shift.clone(), |(shift, _)| shift.clone());
                self.give(work, hearing, &shift, aimed(command, number))
            }
            several => {
                let list: Vec<(String, String)> = several
                    .iter()
                    .map(|(_, number)| self.named(work, hearing, *number))
                    .collect();
                let text = words::which_alarm(verb(&command), &list);
                let hidden: Vec<PersonId> = several
                    .iter()
                    .filter_map(|(_, number)| alarm(work, *number))
                    .flat_map(|(shift, alarm)| {
                        kept_out(shift, alarm.visit.and_then(|no| shift.visit(no)))
                    })
                    .collect();
                self.say(work, hearing, text);
                if hearing.asked.place == Place::Team
                    || hearing.asked.place == Place::Managers
                        && self.in_room(&hearing.asked.reply_to.room, &hidden)
                {
                    to_direct(work, &hearing.person.id);
                }
                Ok(())
            }
        }
    }

    fn named(&self, work: &Work, hearing: &Hearing, number: AlarmNumber) -> (String, String) {
        let team = &self.teams[hearing.team].config.team;
        let name = alarm(work, number).map(|(shift, _)| team.called(&shift.worker).to_owned());
        (number.to_string(), name.unwrap_or_default())
    }

    async fn load_closed(&self, work: &mut Work, team: usize) -> Result<()> {
        let name = self.teams[team].config.team.name.clone();
        let since = work.now - REMEMBERED;
        for aggregate in self.store.closed_since("shift", &name, since).await? {
            self.load_shift(work, team, &aggregate.id).await?;
        }
        Ok(())
    }

    /// The alarms that can be meant and that this person may answer.
    fn candidates(
        &self,
        work: &Work,
        hearing: &Hearing,
        target: &Target,
    ) -> Vec<(String, AlarmNumber)> {
        let all = work.shifts.iter().flat_map(|open| {
            open.shift
                .alarms
                .iter()
                .map(move |alarm| (&open.shift, alarm))
        });
        let may: Vec<_> = all
            .filter(|(shift, alarm)| self.may(hearing, shift, alarm))
            .collect();
        let pointed = hearing.about.as_ref().and_then(|about| about.alarm);
        let in_thread = hearing.asked.thread.as_deref();
        let pick = |wanted: &dyn Fn(&Shift, &Alarm) -> bool| -> Vec<(String, AlarmNumber)> {
            let fits = may.iter().filter(|(shift, alarm)| wanted(shift, alarm));
            fits.map(|(shift, alarm)| (shift.id.clone(), alarm.number))
                .collect()
        };
        match (target.alarm, &target.who, pointed) {
            (Some(number), _, _) => pick(&|_, alarm| alarm.number == number),
            (None, Some(who), pointed) => {
                let hers = pick(&|shift, alarm| shift.worker == *who && alarm.is_open());
                match pointed {
                    // "reached Ben at the door", in answer to a page: Ben is part of the story.
                    Some(number) if hers.is_empty() => pick(&|_, alarm| alarm.number == number),
                    _ => hers,
                }
            }
            (None, None, Some(number)) => pick(&|_, alarm| alarm.number == number),
            _ if in_thread.is_some() => {
                pick(&|shift, alarm| Some(alarm.thread(&shift.id).as_str()) == in_thread)
            }
            _ => pick(&|_, alarm| alarm.is_open()),
        }
    }

    /// Responders: everybody in the managers' room and whoever was paged, but never the worker concerned nor
    /// anybody who is with her; and her buddy.
    fn may(&self, hearing: &Hearing, shift: &Shift, alarm: &Alarm) -> bool {
        let person = &hearing.person;
        let visit = alarm.visit.and_then(|no| shift.visit(no));
        if kept_out(shift, visit).contains(&person.id) {
            return false;
        }
        let team = &self.teams[hearing.team].config.team;
        person.responds()
            || alarm.paged.contains(&person.id)
            || team.buddies_of(&shift.worker).contains(&person.id)
                && alarm.kind != AlarmKind::Possible
            || self.in_managers_room(hearing.team).contains(&person.id)
    }

    /// Somebody saw or spoke to a worker for whom no alarm is open: a sighting all the same.
    fn seen_without_alarm(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        who: &PersonId,
        command: Command,
    ) -> Result<()> {
        let allowed = *who != hearing.person.id && hearing.person.responds();
        let shift = self.current_shift(work, who, work.now).filter(|_| allowed);
        match shift {
            Some(shift) => self.give(work, hearing, &shift, command),
            None if !hearing.person.responds() => {
                self.discreetly_say(work, hearing, words::no_alarm());
                Ok(())
            }
            None if *who == hearing.person.id => {
                self.discreetly_say(work, hearing, words::not_yourself());
                Ok(())
            }
            None => {
                let name = self.teams[hearing.team].config.team.called(who).to_owned();
                self.discreetly_say(work, hearing, words::not_out(&name));
                Ok(())
            }
        }
    }

    /// An answer to a responder about alarms: in the team's room it would show whether there is one. Whoever
    /// answers none is refused in the same words always.
    fn discreetly_say(&self, work: &mut Work, hearing: &Hearing, text: String) {
        self.say(work, hearing, text);
        if hearing.asked.place == Place::Team && hearing.person.responds() {
            to_direct(work, &hearing.person.id);
        }
    }

    /// The one open alarm for which this person was paged, where their words in the direct chat can only be an
    /// answer to it: they are on no visit themselves.
    pub(super) fn paged_for(
        &self,
        work: &Work,
        hearing: &Hearing,
    ) -> Option<(String, AlarmNumber)> {
        let me = &hearing.person.id;
        let out = work
            .of(me)
            .flat_map(|shift| &shift.visits)
            .any(Visit::is_open);
        if !hearing.direct || out {
            return None;
        }
        let mut found = self.candidates(work, hearing, &Target::default());
        found.retain(|(_, number)| alarm(work, *number).is_some_and(|(_, a)| a.paged.contains(me)));
        if found.len() == 1 { found.pop() } else { None }
    }

    /// True if this command of a responder's finds an alarm in this team.
    pub(super) fn could_answer(&self, work: &Work, hearing: &Hearing, command: &Command) -> bool {
        match command {
            Command::Ack(target)
            | Command::Reached { target, .. }
            | Command::NoAnswer { target, .. }
            | Command::Seen { target, .. }
            | Command::Police { target, .. }
            | Command::StandDown { target, .. } => {
                !self.candidates(work, hearing, target).is_empty()
            }
            _ => false,
        }
    }

    /// A call for help right after the last visit has closed is still about that visit: loads it.
    pub(super) async fn load_recent(&self, work: &mut Work, hearing: &Hearing) -> Result<()> {
        let me = &hearing.person.id;
        if self.current_shift(work, me, work.now).is_some() {
            return Ok(());
        }
        let team = self.teams[hearing.team].config.team.name.clone();
        for aggregate in self
            .store
            .closed_since("shift", &team, work.now - RECENT)
            .await?
        {
            if aggregate.owner.as_deref() == Some(me.0.as_str()) {
                self.load_shift(work, hearing.team, &aggregate.id).await?;
            }
        }
        Ok(())
    }

    /// Gives a shift that a call for help opened what is known of her last visit, or of the visit that she is
    /// on with a colleague: as one that has ended, so that nothing of it shows to her.
    fn lend_last_visit(&self, work: &mut Work, id: &str) {
        let Some(shift) = work.shift(id) else { return };
        let (worker, now) = (shift.worker.clone(), work.now);
        let shifts = || {
            work.shifts
                .iter()
                .map(|open| &open.shift)
                .filter(|other| other.id != id)
        };
        let with = |other: &Shift, visit: &Visit| {
            let mut visit = visit.clone();
            visit.with.retain(|person| *person != worker);
            visit.with.push(other.worker.clone());
            visit
        };
        let along = shifts().find_map(|other| {
            let mut visits = other.visits.iter();
            let found = visits.find(|visit| visit.is_on(now) && visit.with.contains(&worker))?;
            Some((with(other, found), vec![]))
        });
        let own = shifts()
            .filter(|other| other.worker == worker)
            .max_by_key(|other| other.closed_at);
        let own =
            own.and_then(|other| Some((other.latest_visit(now)?.clone(), other.sightings.clone())));
        if let Some((mut visit, sightings)) = along.or(own) {
            visit.no = 1;
            visit.logged_in = String::new();
            visit.checks.clear();
            visit.stage = match visit.stage {
                Stage::Ended { at } => Stage::Ended { at },
                _ => Stage::Ended { at: now },
            };
            if let Some(open) = work.shifts.iter_mut().find(|open| open.shift.id == id) {
                open.shift.visits.push(visit);
                open.shift.sightings = sightings;
            }
        }
    }

    /// The alarm that free words belong to: in its thread, or in answer to its page.
    pub(super) fn alarm_of_words(
        &self,
        work: &Work,
        hearing: &Hearing,
    ) -> Option<(String, AlarmNumber)> {
        let pointed = hearing
            .about
            .as_ref()
            .is_some_and(|about| about.alarm.is_some());
        if !pointed && hearing.asked.thread.is_none() {
            return self.paged_for(work, hearing);
        }
        self.candidates(work, hearing, &Target::default())
            .into_iter()
            .next()
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
        let alive = |shift: &&Shift| !shift.is_settled() || shift.settled_at.is_some();
        work.of(worker)
            .filter(alive)
            .min_by_key(distance)
            .map(|shift| shift.id.clone())
    }

    /// The same; where there is none, a new one of today.
    pub(super) fn shift_now(&self, work: &mut Work, team: usize, worker: &PersonId) -> String {
        if let Some(shift) = self.current_shift(work, worker, work.now) {
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
    let last = shift.visits.iter().map(|visit| visit.end).max();
    let goes_on = last.is_some_and(|end| request.start >= end && request.start - end <= SAME_NIGHT);
    shift.day == day || shift.day.succ_opt() == Some(day) && goes_on
}

fn alarm(work: &Work, number: AlarmNumber) -> Option<(&Shift, &Alarm)> {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    shifts
        .filter_map(|shift| shift.alarm(number).map(|alarm| (shift, alarm)))
        .next()
}

fn aimed(mut command: Command, number: Option<AlarmNumber>) -> Command {
    if let Command::Ack(target)
    | Command::Reached { target, .. }
    | Command::NoAnswer { target, .. }
    | Command::Seen { target, .. }
    | Command::Police { target, .. }
    | Command::StandDown { target, .. } = &mut command
    {
        target.alarm = number;
    }
    command
}

fn verb(command: &Command) -> &'static str {
    match command {
        Command::Ack(_) => "/ack",
        Command::Reached { .. } => "/reached",
        Command::NoAnswer { .. } => "/noanswer",
        Command::Seen { .. } => "/seen",
        Command::Police { .. } => "/police",
        _ => "/standdown",
    }
}

/// What was just said goes to the person's direct chat instead.
fn to_direct(work: &mut Work, person: &PersonId) {
    if let Some(row) = work.outbox.last_mut() {
        row.place = Place::Direct {
            person: person.clone(),
        };
        row.reply_to = None;
        row.thread = None;
    }
}

/// An open visit of another shift of hers at the same time: never two visits.
fn elsewhere(work: &Work, worker: &PersonId, shift: &str, request: &VisitRequest) -> Option<Visit> {
    let others = work.of(worker).filter(|other| other.id != shift);
    let mut visits = others.flat_map(|other| &other.visits);
    let overlaps = |v: &&Visit| v.is_open() && v.start < request.end && request.start < v.end;
    visits.find(overlaps).cloned()
}
