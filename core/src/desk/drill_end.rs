//! The end of drills: by a real alarm, by what responders say.

use super::drill::kept_out_of_all;
use super::drill_wake::foresee_visits;
use super::hear::Hearing;
use super::work::{About, Work};
use super::{Desk, Result, quiet};
use crate::chat::wording::drill as words;
use crate::domain::alarm::AlarmKind;
use crate::domain::drill::{Over, Why};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::kept_out_of;
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::shift::Shift;

/// How a drill ends.
pub(super) struct End<'a> {
    /// As it is kept.
    pub why: Why,
    /// As it is told.
    pub told: Why,
    /// Who must not hear of it.
    pub hidden: Vec<PersonId>,
    /// For whom it goes on: they are not to notice the secret call that ends it.
    pub unseen: Vec<PersonId>,
    /// The command that ends it, which is answered by itself.
    pub hearing: Option<&'a Hearing>,
    /// The call for help of the same worker that ends it: whoever was to ring her for practice must not.
    pub call: Option<(String, AlarmNumber)>,
}

impl End<'_> {
    /// An end that everybody may know, by nobody's command.
    pub(super) fn plain(why: Why) -> Self {
        Self {
            told: why.clone(),
            why,
            hidden: vec![],
            unseen: vec![],
            hearing: None,
            call: None,
        }
    }
}

impl Desk {
    /// Ends a drill: what has not gone out is called back, and those who took part hear of it, quietly.
    pub(super) fn end_drill(&self, work: &mut Work, team: usize, id: &str, end: End<'_>) {
        let (now, said) = (work.now, work.outbox.len());
        let Some(open) = work.any_mut(id).filter(|open| open.shift.is_drill_on()) else {
            return;
        };
        let unseen = end.unseen.clone();
        open.shift.end_drill_unseen(end.why.clone(), now, unseen);
        open.changed = true;
        let shift = open.shift.clone();
        work.withdrawn.push(id.to_owned());
        let drill = shift.drill.as_ref();
        if !drill.is_some_and(|drill| drill.is_told_later() || drill.told_at.is_some()) {
            self.tell_over(work, team, id);
        }
        self.tell_the_others(work, team, &shift, &end);
        self.for_believers(work, team, id, said);
    }

    /// Whoever was paged, did something or began it hears that it is over, in the same places.
    fn tell_the_others(&self, work: &mut Work, team: usize, shift: &Shift, end: &End<'_>) {
        let Some((alarm, drill)) = shift.practised().zip(shift.drill.as_ref()) else {
            return;
        };
        let mut hidden = kept_out_of(shift, alarm);
        hidden.extend(end.hidden.iter().cloned());
        let spoken = self.words_of(work, team);
        let mut text = words::over(alarm.number, &end.told, &spoken);
        if end.call.is_some() {
            text = words::and_do_not_ring(&text, spoken.first(&shift.worker));
        }
        // Behind the pages of what is real, and before everything else.
        let priority = match end.told {
            Why::Real { .. } => Priority::Page,
            _ => Priority::Quiet,
        };
        let line = |place: Place| Outgoing {
            priority,
            hide_from: hidden.clone(),
            ..quiet(&shift.team, place, text.clone(), "the end of a drill")
        };
        let room = self.in_managers_room(team);
        let stands = self.rooms.managers_room_stands(&shift.team);
        let asked = end.hearing.map(|hearing| &hearing.asked.place);
        if stands && !hidden.iter().any(|id| room.contains(id)) && asked != Some(&Place::Managers) {
            work.outbox.push(line(Place::Managers));
        }
        let acted = alarm.record.iter().filter_map(|line| line.by.clone());
        let mut who: Vec<PersonId> = alarm.paged.iter().cloned().chain(acted).collect();
        who.push(drill.by.clone());
        who.sort();
        who.dedup();
        let by = end.hearing.map(|hearing| &hearing.person.id);
        let people = &self.teams[team].config.team;
        let written = |id: &PersonId| people.person(id).is_some_and(|p| p.matrix.is_some());
        who.retain(|id| !hidden.contains(id) && Some(id) != by && written(id));
        let called = end.call.as_ref().and_then(|(id, number)| {
            let alarm = work.shift(id)?.alarm(*number)?;
            Some(alarm.paged.clone())
        });
        for person in who {
            let mut row = line(Place::Direct {
                person: person.clone(),
            });
            // Whoever has a page of the real call knows; the others must not ring her, and it rings for them.
            if called
                .as_ref()
                .is_some_and(|called| !called.contains(&person))
            {
                (row.rings, row.mentions) = (true, vec![person]);
                row.about = end.call.as_ref().and_then(about);
            }
            work.outbox.push(row);
        }
    }

    /// Tells the worker that it is over, and closes it unless its last command may be taken back.
    pub(super) fn tell_over(&self, work: &mut Work, team: usize, id: &str) {
        let (now, said) = (work.now, work.outbox.len());
        let Some(open) = work.any_mut(id) else { return };
        let worker = open.shift.worker.clone();
        open.changed = true;
        let Some(drill) = &mut open.shift.drill else {
            return;
        };
        drill.told_at = Some(now);
        if !drill
            .over
            .as_ref()
            .is_some_and(|over| over.why == Why::Done)
        {
            open.shift.closed_at = Some(now);
        }
        self.tell_worker(work, team, &worker, words::told_over());
        self.for_believers(work, team, id, said);
    }

    /// Before a piece of work is written down: a real alarm in it ends every drill of the team, and one that was dealt
    /// with is over.
    pub(super) async fn see_to_drills(&self, work: &mut Work) -> Result<()> {
        self.stop_believing(work);
        let Some(team) = work.team.as_ref().map(|(team, ..)| *team) else {
            return Ok(());
        };
        // Where drills are in hand, the whole team is.
        if !work.drills.is_empty() {
            foresee_visits(work);
        }
        if !work.raised.is_empty() {
            self.load_drills(work, team).await?;
            let all: Vec<String> = work.drills.iter().map(|o| o.shift.id.clone()).collect();
            for id in all {
                self.end_by_what_is_real(work, team, &id)?;
            }
        }
        let changed = work.drills.iter().filter(|open| open.changed);
        let changed: Vec<String> = changed.map(|open| open.shift.id.clone()).collect();
        for id in changed {
            self.settle_drill(work, team, &id);
        }
        Ok(())
    }

    /// Ends it, and the copy that goes on for a few, unless it is from them that what is real is hidden.
    fn end_by_what_is_real(&self, work: &mut Work, team: usize, id: &str) -> Result<()> {
        let Some(shift) = work.any_mut(id).map(|open| open.shift.clone()) else {
            return Ok(());
        };
        let end = real(work, id);
        if shift.is_drill_on() {
            self.end_drill(work, team, id, end);
        } else if let Some(believed) = shift.believed().filter(|_| shift.is_believed_on())
            && !believed.by.iter().all(|who| end.unseen.contains(who))
        {
            let unseen = vec![];
            let end = End { unseen, ..end };
            self.as_believed(work, team, id, |desk, work| {
                desk.end_drill(work, team, id, end);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// It is over with its alarm, and goes on if that was taken back.
    pub(super) fn settle_drill(&self, work: &mut Work, team: usize, id: &str) {
        let now = work.now;
        let Some(shift) = work.any_mut(id).map(|open| &mut open.shift) else {
            return;
        };
        let dealt_with = shift.open_alarms().next().is_none();
        let Some(drill) = &mut shift.drill else {
            return;
        };
        let done = drill.over.as_ref().map(|over| over.why == Why::Done);
        match (done, dealt_with) {
            (None, true) => {
                let why = Why::Done;
                drill.over = Some(Over { at: now, why });
                self.tell_over(work, team, id);
            }
            (Some(true), false) => (drill.over, drill.told_at) = (None, None),
            _ => {}
        }
    }
}

/// The end by what this work has raised. A guess is not for everybody; and what somebody must not notice is kept by no
/// number, so that no report shows it later.
fn real(work: &Work, drill: &str) -> End<'static> {
    let raised = work.raised.iter().filter_map(|(id, number)| {
        let alarm = work.shift(id)?.alarm(*number)?;
        Some((alarm.kind, *number))
    });
    let raised: Vec<(AlarmKind, AlarmNumber)> = raised.collect();
    let known = |keep: &dyn Fn(AlarmKind) -> bool| {
        let found = raised.iter().find(|(kind, _)| keep(*kind));
        found.map(|(_, number)| *number)
    };
    let drills = work.drills.iter().map(|open| &open.shift);
    let worker = drills.into_iter().find(|shift| shift.id == drill);
    let calls = work.raised.iter().find(|(id, number)| {
        let shift = work.shift(id);
        let same = shift.zip(worker).is_some_and(|(a, b)| a.worker == b.worker);
        let alarm = shift.and_then(|shift| shift.alarm(*number));
        let keeps_off = |kind| matches!(kind, AlarmKind::Duress | AlarmKind::Sos);
        same && alarm.is_some_and(|alarm| keeps_off(alarm.kind))
    });
    let is_secret = |(id, number): &&(String, AlarmNumber)| {
        let alarm = work.shift(id).and_then(|shift| shift.alarm(*number));
        alarm.is_some_and(|alarm| alarm.kind.is_secret())
    };
    let secret: Vec<_> = work.raised.iter().filter(is_secret).cloned().collect();
    End {
        call: calls.cloned(),
        why: Why::Real {
            number: known(&|kind| !kind.is_secret()),
        },
        told: Why::Real {
            number: known(&|kind| kind != AlarmKind::Possible),
        },
        hidden: kept_out_of_all(work, &work.raised),
        unseen: kept_out_of_all(work, &secret),
        hearing: None,
    }
}

/// What a line about a real alarm is about, so that its alarm hears of it where it does not arrive.
fn about((shift, number): &(String, AlarmNumber)) -> Option<String> {
    let about = About {
        shift: shift.clone(),
        alarm: Some(*number),
        visit: None,
        address: false,
        entry: None,
        offers: vec![],
    };
    serde_json::to_string(&about).ok()
}
