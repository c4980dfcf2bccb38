//! Drills that go on for a few people alone: those from whom the secret call is hidden that ended it, or because of which it
//! never began. What they say of it is answered from a copy (`Believed`); nobody else notices.

use super::hear::Hearing;
use super::respond::to_direct;
use super::work::{Open, Work};
use super::{Desk, Result};
use crate::domain::ids::PersonId;
use crate::domain::outgoing::{Outgoing, Place};
use crate::domain::shift::Shift;

impl Open {
    /// Takes the copy in hand for whoever is heard. False for a drill that began for others alone.
    pub(super) fn shown_to(&mut self, listener: Option<&PersonId>) -> bool {
        let (Some(believed), Some(who)) = (self.shift.believed(), listener) else {
            return true;
        };
        if believed.by.contains(who) {
            self.believe();
            return true;
        }
        !believed.feigned
    }

    /// Takes the copy in hand; [`Open::wake_up`] ends it.
    pub(super) fn believe(&mut self) {
        if let Some(believed) = self.shift.believed() {
            let copy = (*believed.shift).clone();
            self.behind = Some(Box::new(std::mem::replace(&mut self.shift, copy)));
        }
    }

    /// What is real is in hand again, and keeps what became of the copy.
    fn wake_up(&mut self) {
        let Some(real) = self.behind.take() else {
            return;
        };
        let copy = std::mem::replace(&mut self.shift, *real);
        let drill = self.shift.drill.as_mut();
        if let Some(believed) = drill.and_then(|drill| drill.believed.as_mut()) {
            *believed.shift = copy;
        }
    }
}

impl Desk {
    /// Does something to the copy of a drill.
    pub(super) fn as_believed(
        &self,
        work: &mut Work,
        team: usize,
        id: &str,
        act: impl FnOnce(&Self, &mut Work) -> Result<()>,
    ) -> Result<()> {
        if let Some(open) = work.any_mut(id) {
            open.believe();
        }
        act(self, work)?;
        self.settle_drill(work, team, id);
        if let Some(open) = work.any_mut(id) {
            open.wake_up();
        }
        Ok(())
    }

    /// Before a piece of work is written down: nobody in particular is heard any more.
    pub(super) fn stop_believing(&self, work: &mut Work) {
        work.listener = None;
        let team = work.team.as_ref().map(|(team, ..)| *team);
        let copies = work
            .drills
            .iter()
            .filter(|open| open.changed && open.behind.is_some());
        let copies: Vec<String> = copies.map(|open| open.shift.id.clone()).collect();
        for (id, team) in copies.iter().zip(team.into_iter().cycle()) {
            self.settle_drill(work, team, id);
        }
        work.drills.iter_mut().for_each(Open::wake_up);
    }

    /// Of what was said since `from` about a drill that only some believe in, what reaches only them: answers, their own
    /// direct chats, and in the managers' room, where one of them is in it, what pings nobody.
    pub(super) fn for_believers(&self, work: &mut Work, team: usize, id: &str, from: usize) {
        let behind = work.drills.iter().find(|open| open.shift.id == id);
        let behind = behind.and_then(|open| open.behind.as_ref());
        let Some(believed) = behind.and_then(|shift| shift.believed()) else {
            return;
        };
        let by = believed.by.clone();
        let room = self.in_managers_room(team);
        let there = by.iter().any(|id| room.contains(id));
        let theirs = |row: &Outgoing| match &row.place {
            Place::Direct { person } => by.contains(person),
            Place::Managers => there && !row.rings && row.mentions.is_empty(),
            Place::Team => false,
        };
        let mut nth = 0;
        work.outbox.retain(|row| {
            nth += 1;
            nth <= from || row.reply_to.is_some() || theirs(row)
        });
    }

    /// What was just said of drills goes to the direct chat where somebody would read it for whom one goes on.
    pub(super) fn unlike_believed(&self, work: &mut Work, hearing: &Hearing) {
        let drills = work.drills.iter().map(|open| &open.shift);
        let by = drills
            .filter_map(Shift::believed)
            .flat_map(|b| b.by.clone());
        let by: Vec<PersonId> = by.collect();
        let room = &hearing.asked.reply_to.room;
        if hearing.asked.place == Place::Managers && self.in_room(room, &by) {
            to_direct(work, &hearing.person.id);
        }
    }
}
