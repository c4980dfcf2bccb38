//! Drills: begun, stopped and reported; ended by a real alarm, by a real visit, by time.
//!
//! A drill is kept apart from the shifts (`Work::drills`, and a kind of its own in the store), so that nothing that looks
//! at shifts finds one: not the worker's own words, no list, no line of the day, no leave, no shift that closes. Only
//! what responders say of an alarm looks at both.

use super::drill_end::End;
use super::hear::Hearing;
use super::meant::alarm;
use super::respond::to_direct;
use super::stored::DRILL_ID;
use super::work::{Open, Work};
use super::{Desk, Result, quiet};
use crate::chat::wording::drill as words;
use crate::chat::wording::drill::Refused;
use crate::chat::wording::drill_report;
use crate::domain::command::DrillCommand;
use crate::domain::deed::Deed;
use crate::domain::drill::{Drill, DrillKind, LONGEST, Why};
use crate::domain::engine::Input;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::kept_out_of;
use crate::domain::outgoing::{Outgoing, Place};
use crate::domain::roster::Role;
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

    fn whom_to_ask(&self, work: &Work, hearing: &Hearing) -> Vec<PersonId> {
        let team = self.team_now(work, hearing.team);
        let officers = team.with_role(Role::DutyOfficer);
        let all = officers.chain(team.with_role(Role::Manager));
        let mut who: Vec<PersonId> = all
            .filter(|person| person.matrix.is_some() && person.id != hearing.person.id)
            .map(|person| person.id.clone())
            .collect();
        who.sort();
        who.dedup();
        who
    }

    fn begin_drill(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        who: &PersonId,
        kind: DrillKind,
    ) -> Result<()> {
        if let Some(why) = self.cannot_begin(work, hearing, who) {
            self.refuse(work, hearing, &why, &[]);
            return Ok(());
        }
        let open = open_alarms(work);
        let may = |(shift, number): &&(String, AlarmNumber)| {
            let shift = work.shift(shift);
            let alarm = shift.and_then(|shift| shift.alarm(*number));
            let found = shift.zip(alarm);
            found.is_some_and(|(shift, alarm)| self.may(work, hearing, shift, alarm))
        };
        if let Some((_, number)) = open.iter().find(may) {
            let hidden = kept_out_of_all(work, &open);
            self.refuse(work, hearing, &Refused::Real(*number), &hidden);
            return Ok(());
        }
        let before = (work.team.clone(), work.outbox.len());
        let id = self.open_drill(work, hearing, who, kind);
        let asked = Some(&hearing.asked);
        self.apply(work, hearing.team, &id, &Input::BeginDrill, asked)?;
        self.out_of_sight(work, hearing, who);
        if open.is_empty() {
            let text = words::told_begun(hearing.person.first_name(), kind);
            self.tell_worker(work, hearing.team, who, text);
        } else {
            // A call that must stay hidden from whoever asks: they read what they would read on another day, and
            // nothing begins (design, invariant 4).
            work.team = before.0;
            work.drills.retain(|open| open.shift.id != id);
            let answers = |row: &Outgoing| row.reply_to.is_some() || !row.rings;
            let mut nth = 0;
            work.outbox.retain(|row| {
                nth += 1;
                nth <= before.1 || answers(row)
            });
            work.outbox
                .iter_mut()
                .skip(before.1)
                .for_each(|row| row.about = None);
        }
        Ok(())
    }

    /// The answer about a drill goes to the direct chat where the worker or the whole team would read it.
    fn out_of_sight(&self, work: &mut Work, hearing: &Hearing, who: &PersonId) {
        let room = &hearing.asked.reply_to.room;
        let seen =
            hearing.asked.place == Place::Managers && self.in_room(room, std::slice::from_ref(who));
        if hearing.asked.place != Place::Team && !seen {
            return;
        }
        let answer = |row: &&mut Outgoing| row.reply_to.as_ref() == Some(&hearing.asked.reply_to);
        if let Some(row) = work.outbox.iter_mut().find(answer) {
            row.place = Place::Direct {
                person: hearing.person.id.clone(),
            };
            (row.reply_to, row.thread) = (None, None);
        }
    }

    /// Why this person cannot begin a drill about that one now. By visits alone: open alarms are another matter.
    fn cannot_begin<'a>(
        &self,
        work: &Work,
        hearing: &Hearing,
        who: &'a PersonId,
    ) -> Option<Refused<'a>> {
        let team = self.team_now(work, hearing.team);
        let worker = team.person(who).is_some_and(|p| p.has(Role::Worker));
        let on = work.drills.iter().map(|open| &open.shift);
        let mut on = on.filter(|shift| shift.is_drill_on());
        if *who == hearing.person.id {
            Some(Refused::Yourself)
        } else if !worker {
            Some(Refused::NoWorker(who))
        } else if is_out(work, &hearing.person.id) {
            Some(Refused::YouAreOut)
        } else if is_out(work, who) {
            Some(Refused::Out(who))
        } else {
            let (alarm, drill) = on.find_map(|s| s.practised().zip(s.drill.as_ref()))?;
            Some(Refused::Another(alarm.number, drill.until))
        }
    }

    fn open_drill(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        who: &PersonId,
        kind: DrillKind,
    ) -> String {
        let now = work.now;
        let tz = self.teams[hearing.team].config.team.tz;
        let day = now.with_timezone(&tz).date_naive();
        let mut shift = self.new_shift(work, hearing.team, who, day);
        shift.id += DRILL_ID;
        shift.drill = Some(Drill {
            kind,
            by: hearing.person.id.clone(),
            at: now,
            until: now + LONGEST,
            over: None,
            told_at: None,
        });
        let id = shift.id.clone();
        work.drills.push(Open {
            shift,
            version: 0,
            changed: true,
            moved: false,
        });
        id
    }

    /// `/drill stop`, and `/undo` of `/drill`.
    pub(super) fn stop_drill(&self, work: &mut Work, hearing: &Hearing) {
        let on = work.drills.iter().map(|open| &open.shift);
        let Some(shift) = on.into_iter().find(|shift| shift.is_drill_on()) else {
            let text = words::none_is_on();
            return self.discreetly_say(work, hearing, text);
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
    }

    fn refuse(&self, work: &mut Work, hearing: &Hearing, why: &Refused<'_>, hidden: &[PersonId]) {
        let text = words::refused(why, &self.words_of(work, hearing.team));
        self.discreetly_say(work, hearing, text);
        let seen = hearing.asked.place == Place::Managers
            && self.in_room(&hearing.asked.reply_to.room, hidden);
        if seen {
            to_direct(work, &hearing.person.id);
        }
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

/// The real alarms of the team that are open.
fn open_alarms(work: &Work) -> Vec<(String, AlarmNumber)> {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    let alarms = shifts.flat_map(|s| s.open_alarms().map(move |a| (s.id.clone(), a.number)));
    alarms.collect()
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
