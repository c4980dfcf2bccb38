//! Responders: which alarm they mean, and whether they may answer it.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::desk as words;
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::command::{Command, Target};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{kept_out, kept_out_of};
use crate::domain::outgoing::Place;
use crate::domain::phrase::Heard;
use crate::domain::shift::{Shift, Visit};
use chrono::Duration;

/// For how long a closed alarm is still answered by its number.
const REMEMBERED: Duration = Duration::days(7);

impl Desk {
    /// A call for help that a colleague took by phone, or sees in a message.
    pub(super) async fn duress(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        target: Target,
    ) -> Result<()> {
        let found = target
            .alarm
            .and_then(|number| alarm(work, number))
            .map(|(s, _)| s.worker.clone());
        match target.who.clone().or(found) {
            Some(worker) if worker != hearing.person.id => {
                let shift = self.shift_for_secret(work, hearing.team, &worker);
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
    pub(super) async fn respond(
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
                    .flat_map(|(shift, alarm)| kept_out_of(shift, alarm))
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

    pub(super) fn named(
        &self,
        work: &Work,
        hearing: &Hearing,
        number: AlarmNumber,
    ) -> (String, String) {
        let team = &self.teams[hearing.team].config.team;
        let named = alarm(work, number).map(|(shift, alarm)| {
            let name = team.called(&shift.worker);
            format!("{name}, {}", words::kind(alarm.kind))
        });
        (number.to_string(), named.unwrap_or_default())
    }

    pub(super) async fn load_closed(&self, work: &mut Work, team: usize) -> Result<()> {
        let name = self.teams[team].config.team.name.clone();
        let since = work.now - REMEMBERED;
        for aggregate in self.store.closed_since("shift", &name, since).await? {
            self.load_shift(work, team, &aggregate.id).await?;
        }
        Ok(())
    }

    /// The alarms that can be meant and that this person may answer.
    pub(super) fn candidates(
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
    pub(super) fn may(&self, hearing: &Hearing, shift: &Shift, alarm: &Alarm) -> bool {
        let person = &hearing.person;
        if kept_out_of(shift, alarm).contains(&person.id) {
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
    pub(super) fn seen_without_alarm(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        who: &PersonId,
        command: Command,
    ) -> Result<()> {
        // Whoever is with her says nothing about her that others rely on, and hears nothing about her alarms.
        let along = |shift: &Shift| {
            let visit = shift.current_visit(work.now);
            let with = kept_out(shift, visit).contains(&hearing.person.id);
            with || shift
                .open_alarms()
                .any(|alarm| kept_out_of(shift, alarm).contains(&hearing.person.id))
        };
        let along = work.of(who).any(along);
        let allowed = *who != hearing.person.id && hearing.person.responds() && !along;
        let shift = self.current_shift(work, who, work.now).filter(|_| allowed);
        match shift {
            Some(shift) => self.give(work, hearing, &shift, command),
            None if !hearing.person.responds() || along => {
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
    pub(super) fn discreetly_say(&self, work: &mut Work, hearing: &Hearing, text: String) {
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

    /// A responder may quote the code phrase; the bot never shows it to anybody (design, invariant 5).
    pub(super) fn masked(&self, team: usize, mut command: Command) -> Command {
        if let Command::Reached { words, .. }
        | Command::NoAnswer { words, .. }
        | Command::Seen { words, .. }
        | Command::Police { log: words, .. }
        | Command::StandDown { reason: words, .. } = &mut command
        {
            *words = self.masked_words(team, words);
        }
        command
    }

    /// Words of a responder's, with […] where they quoted the phrase.
    pub(super) fn masked_words(&self, team: usize, words: &str) -> String {
        let phrases = &self.teams[team].phrases;
        match phrases.hear(words) {
            Heard::Nothing => words.to_owned(),
            _ => format!("{} […]", self.without_phrase(team, words))
                .trim()
                .to_owned(),
        }
    }
}

/// What was just said goes to the person's direct chat instead.
pub(super) fn to_direct(work: &mut Work, person: &PersonId) {
    if let Some(row) = work.outbox.last_mut() {
        row.place = Place::Direct {
            person: person.clone(),
        };
        row.reply_to = None;
        row.thread = None;
    }
}

pub(super) fn alarm(work: &Work, number: AlarmNumber) -> Option<(&Shift, &Alarm)> {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    shifts
        .filter_map(|shift| shift.alarm(number).map(|alarm| (shift, alarm)))
        .next()
}

pub(super) fn aimed(mut command: Command, number: Option<AlarmNumber>) -> Command {
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

pub(super) fn verb(command: &Command) -> &'static str {
    match command {
        Command::Ack(_) => "/ack",
        Command::Reached { .. } => "/reached",
        Command::NoAnswer { .. } => "/noanswer",
        Command::Seen { .. } => "/seen",
        Command::Police { .. } => "/police",
        _ => "/standdown",
    }
}
