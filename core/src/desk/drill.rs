//! Drills: stopped, reported, and told from what is real. `drill_begin`, `drill_end`: how they begin and end.
//!
//! A drill is kept apart from the shifts (`Work::drills`, and a kind of its own in the store), so that nothing that looks
//! at shifts finds one: not the worker's own words, no list, no line of the day, no leave, no shift that closes. Only
//! what responders say of an alarm looks at both.

use super::drill_end::End;
use super::hear::Hearing;
use super::meant::alarm;
use super::work::Work;
use super::{Desk, Result, quiet};
use crate::chat::wording::drill as words;
use crate::chat::wording::drill::Refused;
use crate::chat::wording::drill_report;
use crate::domain::command::DrillCommand;
use crate::domain::deed::Deed;
use crate::domain::drill::Why;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::kept_out_of;
use crate::domain::outgoing::Place;
use crate::domain::shift::Shift;
use chrono::{DateTime, Duration, Utc};

/// How far back a report goes.
const REPORTED: Duration = Duration::days(365);

impl Desk {
    /// `/drill`: for those who answer for the team.
    pub(super) async fn drill(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        command: &DrillCommand,
    ) -> Result<()> {
        if !hearing.person.responds() {
            let asked = self.whom_to_ask(work, hearing);
            self.refuse(work, hearing, &Refused::AskOne(asked), &[]);
            return self.mark_if_secret(work, hearing, Deed::AskedForList);
        }
        match command {
            DrillCommand::Begin { who, kind } => self.begin_drill(work, hearing, who, *kind)?,
            DrillCommand::Stop => self.stop_drill(work, hearing),
            DrillCommand::Report => {
                self.load_drills(work, hearing.team).await?;
                let since = work.now - REPORTED;
                self.load_closed_drills(work, hearing.team, since).await?;
                self.report_drills(work, hearing);
            }
        }
        self.mark_if_secret(work, hearing, Deed::AskedForList)
    }

    /// `/drill stop`, and `/undo` of `/drill`.
    pub(super) fn stop_drill(&self, work: &mut Work, hearing: &Hearing) {
        let on = work.drills.iter().map(|open| &open.shift);
        let Some(shift) = on.into_iter().find(|shift| shift.is_drill_on()) else {
            let text = words::none_is_on();
            self.discreetly_say(work, hearing, text);
            return self.unlike_believed(work, hearing);
        };
        let (id, worker) = (shift.id.clone(), shift.worker.clone());
        let number = shift.practised().map(|alarm| alarm.number);
        let why = Why::Stopped {
            by: hearing.person.id.clone(),
        };
        let text =
            number.map(|number| words::over(number, &why, &self.words_of(work, hearing.team)));
        self.say(work, hearing, text.unwrap_or_default());
        self.out_of_sight(work, hearing, &worker);
        let end = End {
            told: why.clone(),
            why,
            hidden: vec![],
            unseen: vec![],
            hearing: Some(hearing),
            call: None,
        };
        self.end_drill(work, hearing.team, &id, end);
    }

    fn report_drills(&self, work: &mut Work, hearing: &Hearing) {
        let mut drills: Vec<&Shift> = work.drills.iter().map(|open| &open.shift).collect();
        drills.sort_by_key(|shift| std::cmp::Reverse(shift.opened_at));
        let text = drill_report::report(&drills, &self.words_of(work, hearing.team));
        self.discreetly_say(work, hearing, text);
        self.unlike_believed(work, hearing);
    }

    /// The latest drill that this person began and can take back, with when.
    pub(super) fn begun_by(&self, work: &Work, me: &PersonId) -> Option<DateTime<Utc>> {
        let on = work.drills.iter().map(|open| &open.shift);
        let on = on.filter(|shift| shift.is_drill_on());
        let mine = on.filter_map(|shift| shift.drill.as_ref());
        let mine = mine.filter(|drill| drill.by == *me);
        let recent = mine.filter(|drill| work.now - drill.at <= crate::domain::shift::LINGERS);
        recent.map(|drill| drill.at).max()
    }

    pub(super) fn tell_worker(
        &self,
        work: &mut Work,
        team: usize,
        worker: &PersonId,
        text: String,
    ) {
        let team = &self.teams[team].config.team;
        if team.person(worker).is_some_and(|p| p.matrix.is_some()) {
            let place = Place::Direct {
                person: worker.clone(),
            };
            work.outbox.push(quiet(&team.name, place, text, "a drill"));
        }
    }

    /// What a bare `/police` can only mean for a drill, and may be meant for real: its number.
    pub(super) fn only_practised(
        &self,
        work: &Work,
        hearing: &Hearing,
        log: &str,
        named: bool,
        found: &[(String, AlarmNumber)],
    ) -> Option<AlarmNumber> {
        let pointed = hearing
            .about
            .as_ref()
            .is_some_and(|about| about.alarm.is_some());
        let said = log.to_lowercase().contains("drill");
        if named || pointed || said || hearing.asked.thread.is_some() {
            return None;
        }
        let (_, number) = found.first()?;
        is_drill(work, *number).then_some(*number)
    }
}

/// True for the alarm of a drill.
pub(super) fn is_drill(work: &Work, number: AlarmNumber) -> bool {
    alarm(work, number).is_some_and(|(shift, _)| shift.drill.is_some())
}

/// On a visit now, one's own or a colleague's.
pub(super) fn is_out(work: &Work, who: &PersonId) -> bool {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    let visits = shifts.flat_map(|shift| shift.visits.iter().map(move |visit| (shift, visit)));
    let mut on = visits.filter(|(_, visit)| visit.is_on(work.now));
    on.any(|(shift, visit)| shift.worker == *who || visit.with.contains(who))
}

pub(super) fn kept_out_of_all(work: &Work, alarms: &[(String, AlarmNumber)]) -> Vec<PersonId> {
    let found = alarms.iter().filter_map(|(id, number)| {
        let shift = work.shift(id)?;
        Some(kept_out_of(shift, shift.alarm(*number)?))
    });
    found.flatten().collect()
}

/// True if an answer names the alarm of a drill: not to the worker, nor where the whole team reads it.
pub(super) fn drill_named(work: &Work, hearing: &Hearing, text: &str) -> bool {
    let drills = work.drills.iter().map(|open| &open.shift);
    let others = drills.filter(|shift| shift.worker != hearing.person.id);
    let alarms = others.filter_map(Shift::practised);
    let numbers: Vec<String> = alarms.map(|alarm| alarm.number.to_string()).collect();
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    hearing.asked.place != Place::Team && words.any(|word| numbers.iter().any(|n| n == word))
}
