//! Responders: which alarm they mean, and whether they may answer it.

use super::hear::Hearing;
use super::meant::{aimed, alarm};
use super::which;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::{desk as words, drill};
use crate::domain::command::{Command, Target};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::{kept_out, kept_out_of};
use crate::domain::outgoing::Place;
use crate::domain::shift::Shift;

impl Desk {
    /// A call for help that a colleague took by phone, or sees in a message.
    pub(super) async fn duress(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        target: Target,
        words: String,
    ) -> Result<()> {
        let found = target.alarm.and_then(|number| alarm(work, number));
        if let (Some((shift, alarm)), None) = (found, &target.who)
            && shift.drill.is_some()
        {
            let text = drill::not_for_a_number(alarm.number, &shift.worker);
            self.discreetly_say(work, hearing, text);
            return Ok(());
        }
        let found = found.map(|(s, _)| s.worker.clone());
        match target.who.clone().or(found) {
            Some(worker) if worker != hearing.person.id => {
                let shift = self.shift_for_secret(work, hearing.team, &worker);
                self.give(work, hearing, &shift, Command::Duress { target, words })
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
        if self
            .is_meant_for_the_drill(work, hearing, target, &command)
            .await?
        {
            return Ok(());
        }
        let mut found = self.candidates(work, hearing, target);
        at_that_place(work, &command, &mut found);
        if self.is_meant_for_real(work, hearing, &command, &mut found) {
            return Ok(());
        }
        if self.is_a_call(hearing, &command, &found) {
            let shift = self.shift_now(work, hearing.team, &hearing.person.id);
            let words = String::new();
            return self.give(work, hearing, &shift, Command::Sos { words });
        }
        if let (Command::Seen { .. } | Command::Reached { .. }, Some(who), []) =
            (&command, &target.who, found.as_slice())
        {
            return self.seen_without_alarm(work, hearing, who, command.clone());
        }
        // Named by the person, speaking to her closes all that it can close.
        let all = matches!(command, Command::Reached { .. }) && target.who.is_some();
        match found.as_slice() {
            [] if self.is_at_a_door(work, hearing, &command) => {
                self.doorstep(work, hearing, command).await
            }
            [] => {
                self.discreetly_say(work, hearing, words::no_alarm());
                Ok(())
            }
            [(_, number)] if matches!(command, Command::Record(_)) => {
                self.show_record(work, hearing, *number);
                Ok(())
            }
            [(shift, number)] => {
                let place = self.place_answered(hearing, *number);
                let number = if all { None } else { Some(*number) };
                let shift = shift.clone();
                self.give_about(work, hearing, &shift, aimed(command, number), place)
            }
            [(shift, _), ..] if all => {
                let shift = shift.clone();
                self.give(work, hearing, &shift, aimed(command, None))
            }
            [(shift, first), rest @ ..]
                if target.who.is_some() && !matches!(command, Command::Record(_)) =>
            {
                // The gravest of hers, then the newest.
                let grave = |number: &AlarmNumber| {
                    let found = alarm(work, *number);
                    found.map(|(_, a)| (a.kind.is_call_for_help(), a.raised_at, *number))
                };
                let all = std::iter::once(first).chain(rest.iter().map(|(_, number)| number));
                let gravest = all.max_by_key(|number| grave(number)).copied();
                // In answer to a place's line it is the one whose place that is.
                let at_place =
                    |number: &AlarmNumber| self.place_answered(hearing, *number).is_some();
                let answered = found.iter().map(|(_, number)| *number).find(at_place);
                let number = answered.or(gravest);
                let shift = rest
                    .iter()
                    .find(|(_, each)| Some(*each) == number)
                    .map_or_else(|| shift.clone(), |(shift, _)| shift.clone());
                let place = number.and_then(|number| self.place_answered(hearing, number));
                self.give_about(work, hearing, &shift, aimed(command, number), place)
            }
            several => {
                self.ask_which(work, hearing, several, &command);
                Ok(())
            }
        }
    }

    /// The visit at the place whose line is answered, working backwards.
    fn place_answered(&self, hearing: &Hearing, number: AlarmNumber) -> Option<u32> {
        let about = hearing.about.as_ref()?;
        about.visit.filter(|_| about.alarm == Some(number))
    }

    /// True in answer to a place's line of an open alarm, by somebody who may answer it: the words are what was said there.
    pub(super) fn is_place_answered(&self, work: &Work, hearing: &Hearing) -> bool {
        let pointed = hearing.about.as_ref().and_then(|about| about.alarm);
        let place = pointed.filter(|number| self.place_answered(hearing, *number).is_some());
        let found = place.and_then(|number| alarm(work, number));
        found.is_some_and(|(shift, alarm)| alarm.is_open() && self.may(work, hearing, shift, alarm))
    }

    /// On a visit, and answering no alarm: the concern is her own, whatever name it begins with.
    fn is_at_a_door(&self, work: &Work, hearing: &Hearing, command: &Command) -> bool {
        let mut visits = work.of(&hearing.person.id).flat_map(|s| &s.visits);
        matches!(command, Command::Worry { .. }) && visits.any(|visit| visit.is_on(work.now))
    }

    async fn doorstep(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        command: Command,
    ) -> Result<()> {
        let Command::Worry { target, words } = command else {
            return Ok(());
        };
        let whom = target.who.map(|who| format!("@{who} ")).unwrap_or_default();
        let words = format!("{whom}{words}");
        self.load_recent(work, hearing).await?;
        let shift = self.shift_now(work, hearing.team, &hearing.person.id);
        self.give(work, hearing, &shift, Command::Concern { words })
    }

    /// A bare "/police" while only a drill is open: a responder is asked to name it, and true is answered; of anybody
    /// else in their own chat it is what it would be without the drill.
    fn is_meant_for_real(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        command: &Command,
        found: &mut Vec<(String, AlarmNumber)>,
    ) -> bool {
        let Command::Police { target, log } = command else {
            return false;
        };
        let named = target.alarm.is_some();
        let Some(number) = self.only_practised(work, hearing, log, named, found) else {
            return false;
        };
        if hearing.person.responds() || !hearing.direct {
            self.discreetly_say(work, hearing, drill::police_of_a_drill(number));
            return true;
        }
        found.clear();
        false
    }

    /// Somebody alone who writes "/police" is not answering an alarm: it is a call for help.
    fn is_a_call(
        &self,
        hearing: &Hearing,
        command: &Command,
        found: &[(String, AlarmNumber)],
    ) -> bool {
        matches!(command, Command::Police { .. })
            && found.is_empty()
            && hearing.direct
            && !hearing.person.responds()
    }

    /// Several alarms can be meant: each with its line, out of the sight of whom they are about.
    pub(super) fn ask_which(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        several: &[(String, AlarmNumber)],
        command: &Command,
    ) {
        let tz = self.teams[hearing.team].config.team.tz;
        let list = several.iter().map(|(_, number)| {
            let line = which::line(command, *number, work.now, tz);
            (line, self.named(work, hearing, *number).1)
        });
        let list: Vec<(String, String)> = list.collect();
        let text = words::which_alarm(&list);
        let hidden: Vec<PersonId> = several
            .iter()
            .filter_map(|(_, number)| alarm(work, *number))
            .flat_map(|(shift, alarm)| kept_out_of(shift, alarm))
            .collect();
        self.say(work, hearing, text);
        let seen = hearing.asked.place == Place::Managers
            && self.in_room(&hearing.asked.reply_to.room, &hidden);
        if hearing.asked.place == Place::Team || seen {
            to_direct(work, &hearing.person.id);
        }
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
            Some(shift) => {
                self.give(work, hearing, &shift, command)?;
                // In the team's room an answer would show that there is no alarm.
                for row in work
                    .outbox
                    .iter_mut()
                    .filter(|row| row.place == Place::Team)
                {
                    if row.reply_to.as_ref() == Some(&hearing.asked.reply_to) {
                        row.place = Place::Direct {
                            person: hearing.person.id.clone(),
                        };
                        (row.reply_to, row.thread) = (None, None);
                    }
                }
                Ok(())
            }
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
}

/// A place that is named says whose alarm is meant.
fn at_that_place(work: &Work, command: &Command, found: &mut Vec<(String, AlarmNumber)>) {
    let names = |visit: &str| match command {
        Command::Claim { reference, .. } | Command::Asked { reference, .. } => {
            reference.as_deref() == Some(visit)
        }
        // A sighting names it among its words.
        Command::Seen { words, .. } => {
            let said = words.to_uppercase();
            let mut all = said.split(|c: char| !c.is_alphanumeric() && c != '-');
            all.any(|word| word == visit)
        }
        _ => false,
    };
    let goes_there = |shift: &String| {
        let visits = work.shift(shift).map(|shift| &shift.visits);
        let mut visits = visits.into_iter().flatten();
        visits.any(|visit| names(&visit.reference))
    };
    if found.iter().any(|(shift, _)| goes_there(shift)) {
        found.retain(|(shift, _)| goes_there(shift));
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

pub(super) fn verb(command: &Command) -> &'static str {
    match command {
        Command::Ack(_) => "/ack",
        Command::Reached { .. } => "/reached",
        Command::NoAnswer { .. } => "/noanswer",
        Command::Seen { .. } => "/seen",
        Command::Claim { .. } => "/claim",
        Command::Asked { .. } => "/asked",
        Command::Worry { .. } => "/concern",
        Command::Police { .. } => "/police",
        Command::Record(_) => "/record",
        _ => "/standdown",
    }
}
