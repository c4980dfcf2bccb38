//! Before a visit is confirmed: can the worker be reached, and whoever would be paged first for it (issue 4, 3)? It is logged
//! all the same. Chosen by visits, roster and rooms, never by alarms: the answer is that of any other day.

use super::{Given, Turn};
use crate::domain::ids::PersonId;
use crate::domain::ladder::{kept_out, people};
use crate::domain::notice::{Notice, To, Unreached};
use crate::domain::outgoing::{Place, Priority};
use crate::domain::reach::{Obstacle, ToldUnreached, first_page};
use crate::domain::roster::{Role, Team};
use crate::domain::shift::Visit;

impl Turn<'_> {
    /// What the answer to `reader` says of it, where there is anything that they have not read today.
    pub(super) fn unreached(&mut self, visit: &Visit, reader: &PersonId) -> Option<Unreached> {
        let found = self.out_of_reach(visit, Some(reader));
        let who = self.news_of(found, Some(reader));
        if who.is_empty() {
            return None;
        }
        let reach = self.world.reach.as_ref()?;
        let roster = reach.roster(self.now, Some(reader));
        let told = self.told_of_reach(&roster, visit).map(|(_, managers)| {
            let others = managers.into_iter().filter(|id| id != reader);
            others.collect()
        });
        Some(Unreached {
            worker: self.shift.worker.clone(),
            who,
            told,
        })
    }

    /// Tells the managers who and why; and the worker, where a colleague has logged it for her.
    pub(super) fn tell_of_unreached(&mut self, visit: &Visit, given: &Given<'_>) {
        let worker = self.shift.worker.clone();
        let reached =
            |id| matches!(&self.world.reach, Some(r) if r.obstacle(id, self.now).is_none());
        if *given.by != worker
            && reached(&worker)
            && let Some(unreached) = self.unreached(visit, &worker)
        {
            self.quietly_to(&worker, Notice::Unreached(unreached));
        }
        let Some(reach) = self.world.reach.as_ref() else {
            return;
        };
        let told = self.told_of_reach(&reach.roster(self.now, None), visit);
        let Some((in_room, managers)) = told else {
            return; // nobody is left to be told
        };
        let found = self.out_of_reach(visit, None);
        let who = self.news_of(found, None);
        if who.is_empty() {
            return;
        }
        let notice = Notice::OutOfReach {
            worker,
            visit: visit.clone(),
            who,
        };
        if !in_room {
            for manager in &managers {
                self.quietly_to(manager, notice.clone());
            }
            return;
        }
        self.answer(notice);
        if let Some(effect) = self.effects.last_mut() {
            effect.to = To::Place(Place::Managers);
            effect.priority = Priority::Quiet;
            effect.hide_from = kept_out(&self.shift, Some(visit));
        }
    }

    /// The worker and whoever the first page would go to, as far as something stands between the bot and them.
    fn out_of_reach(&self, visit: &Visit, reader: Option<&PersonId>) -> Vec<(PersonId, Obstacle)> {
        let (world, worker) = (self.world, &self.shift.worker);
        let Some(reach) = world.reach.as_ref() else {
            return vec![];
        };
        let mut who = vec![worker.clone()];
        if let Some((step, due)) = first_page(world.policy, &self.shift, visit) {
            let at = due.max(self.now);
            let roster = reach.roster(at, reader);
            let mut out = kept_out(&self.shift, Some(visit));
            let beside = world.beside.iter().filter(|(no, _)| *no == visit.no);
            out.extend(beside.map(|(_, id)| id.clone()));
            who.extend(people(&roster, step, worker, &out, at));
        }
        let obstacle = |id: PersonId| {
            let why = reach.obstacle(&id, self.now)?;
            Some((id, why))
        };
        who.into_iter().filter_map(obstacle).collect()
    }

    /// Those of whom this reader (`None`: the managers) has not been told today. From now on they have.
    fn news_of(
        &mut self,
        found: Vec<(PersonId, Obstacle)>,
        reader: Option<&PersonId>,
    ) -> Vec<(PersonId, Obstacle)> {
        let (world, day) = (self.world, self.today());
        let mut news = Vec::new();
        for (who, why) in found {
            let told = ToldUnreached {
                to: reader.cloned(),
                who: who.clone(),
                why,
                day,
            };
            let known = world
                .reach
                .as_ref()
                .is_some_and(|reach| reach.was_told(&told));
            if !known && !self.told_unreached.iter().any(|old| old.covers(&told)) {
                self.told_unreached.push(told);
                news.push((who, why));
            }
        }
        news
    }

    /// Where the managers are told (`true`: in their room), and which of them read it; `None` where nobody would. In their
    /// direct chats where that room is lost, or the worker or whoever is with her is in it.
    fn told_of_reach(&self, roster: &Team, visit: &Visit) -> Option<(bool, Vec<PersonId>)> {
        let (world, worker) = (self.world, &self.shift.worker);
        let out = kept_out(&self.shift, Some(visit));
        let reads = |id: &PersonId| {
            let on_matrix = roster.person(id).is_some_and(|p| p.matrix.is_some());
            let reach = world.reach.as_ref();
            let reached = reach.is_some_and(|reach| reach.obstacle(id, self.now).is_none());
            on_matrix && reached && !out.contains(id)
        };
        let there = |ids: Vec<PersonId>| -> Vec<PersonId> {
            let mut ids: Vec<PersonId> = ids.iter().flat_map(|id| roster.paged_for(id)).collect();
            ids.sort();
            ids.dedup();
            ids.retain(reads);
            ids
        };
        let mut managers = there(roster.managers_of(worker));
        let room = world.managers_room;
        let seen = out.iter().any(|id| room.contains(id));
        if world.room_stands && !seen && room.iter().any(reads) {
            managers.retain(|id| room.contains(id));
            return Some((true, managers));
        }
        let officers = || roster.with_role(Role::DutyOfficer).map(|p| p.id.clone());
        let others = || roster.people.iter().filter(|p| p.responds());
        if managers.is_empty() {
            managers = there(officers().collect());
        }
        if managers.is_empty() {
            managers = there(others().map(|p| p.id.clone()).collect());
        }
        (!managers.is_empty()).then_some((false, managers))
    }
}
