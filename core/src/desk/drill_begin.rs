//! The beginning of a drill, and why there is none.

use super::drill::{is_out, kept_out_of_all};
use super::hear::Hearing;
use super::respond::to_direct;
use super::stored::DRILL_ID;
use super::work::{Open, Work};
use super::{Desk, Result};
use crate::chat::wording::drill as words;
use crate::chat::wording::drill::Refused;
use crate::domain::drill::{Drill, DrillKind, LONGEST};
use crate::domain::engine::Input;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::outgoing::{Outgoing, Place};
use crate::domain::roster::Role;

impl Desk {
    pub(super) fn whom_to_ask(&self, work: &Work, hearing: &Hearing) -> Vec<PersonId> {
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

    pub(super) fn begin_drill(
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
        let said = work.outbox.len();
        let id = self.open_drill(work, hearing, who, kind);
        let asked = Some(&hearing.asked);
        self.apply(work, hearing.team, &id, &Input::BeginDrill, asked)?;
        self.out_of_sight(work, hearing, who);
        if open.is_empty() {
            let text = words::told_begun(hearing.person.first_name(), kind);
            self.tell_worker(work, hearing.team, who, text);
            return Ok(());
        }
        // A call that must stay hidden from whoever asks: they read what they would read on another day, now and
        // later, and nothing begins (design, invariant 4).
        let mut by = kept_out_of_all(work, &open);
        by.sort();
        by.dedup();
        let now = work.now;
        if let Some(open) = work.any_mut(&id) {
            let kept = open.shift.feigned(now, by);
            open.behind = Some(Box::new(kept));
        }
        self.for_believers(work, hearing.team, &id, said);
        Ok(())
    }

    /// The answer about a drill goes to the direct chat where the worker or the whole team would read it.
    pub(super) fn out_of_sight(&self, work: &mut Work, hearing: &Hearing, who: &PersonId) {
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
            out_at: None,
            over: None,
            told_at: None,
            believed: None,
        });
        let id = shift.id.clone();
        work.drills.push(Open {
            shift,
            version: 0,
            changed: true,
            moved: false,
            behind: None,
        });
        id
    }

    pub(super) fn refuse(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        why: &Refused<'_>,
        hidden: &[PersonId],
    ) {
        let text = words::refused(why, &self.words_of(work, hearing.team));
        self.discreetly_say(work, hearing, text);
        let seen = hearing.asked.place == Place::Managers
            && self.in_room(&hearing.asked.reply_to.room, hidden);
        if seen {
            to_direct(work, &hearing.person.id);
        }
    }
}

/// The real alarms of the team that are open.
fn open_alarms(work: &Work) -> Vec<(String, AlarmNumber)> {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    let alarms = shifts.flat_map(|s| s.open_alarms().map(move |a| (s.id.clone(), a.number)));
    alarms.collect()
}
