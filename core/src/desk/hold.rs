//! Who holds whom outside working hours: taken with `/hold` or a tap, given back with `/hold off`.

use super::Desk;
use super::attention::state;
use super::handover::Asking;
use super::hear::Hearing;
use super::work::Work;
use crate::chat::wording::handover as words;
use crate::domain::handover::{Hold, Out, evening};
use crate::domain::ids::PersonId;
use crate::domain::shift::{Shift, Visit};
use chrono::{DateTime, Duration, Utc};

/// Somebody who can be held, and when.
struct Evening {
    worker: PersonId,
    from: DateTime<Utc>,
    /// The end of the visit.
    out_until: DateTime<Utc>,
    /// When working hours begin again.
    until: DateTime<Utc>,
}

impl Desk {
    /// `/hold`, or a tap: somebody holds these people until the morning; nobody named: all who are out. Whom another
    /// holds already stays with that one.
    pub(super) fn hold(&self, work: &mut Work, hearing: &Hearing, workers: &[PersonId]) {
        let me = hearing.person.id.clone();
        let mine = self.evenings(work, hearing, workers);
        let known = state(work).holds;
        let other = |evening: &Evening| {
            let theirs = |hold: &&Hold| hold.by != me && is_for(hold, evening);
            known.iter().find(theirs).cloned()
        };
        let (held, free): (Vec<Evening>, Vec<Evening>) = mine
            .into_iter()
            .partition(|evening| other(evening).is_some());
        let spoken = self.words_of(work, hearing.team);
        let taken: Vec<Hold> = held.iter().filter_map(other).collect();
        let taken = taken.iter().map(|hold| words::held_already(hold, &spoken));
        let taken = taken.collect::<Vec<_>>().join("\n");
        if let Some(text) = self.may_not_hold(work, hearing, workers, &free, &held) {
            return self.say_directly(work, hearing, text);
        }
        if free.is_empty() {
            return self.say_directly(work, hearing, taken);
        }
        let out: Vec<Out> = free
            .iter()
            .map(|evening| (evening.worker.clone(), evening.out_until))
            .collect();
        // Whoever knows it already is not told again.
        let news = |evening: &&Evening| {
            !known
                .iter()
                .any(|hold| hold.by == me && is_for(hold, evening))
        };
        let told = free.iter().filter(news).map(|evening| {
            let line = words::holds_you(&me, evening.from, evening.out_until, &spoken);
            (evening.worker.clone(), line)
        });
        let told: Vec<(PersonId, String)> = told.collect();
        let text = words::holds(&me, &out, &spoken);
        let text = match taken.is_empty() {
            true => text,
            false => format!("{text}\n{taken}"),
        };
        self.change(work, hearing, |state| {
            for evening in &free {
                let (from, until) = (evening.from, evening.until);
                let same = |hold: &Hold| {
                    hold.worker == evening.worker && hold.from < until && from < hold.until
                };
                state.holds.retain(|hold| !same(hold));
                state.holds.push(Hold {
                    worker: evening.worker.clone(),
                    by: me.clone(),
                    from,
                    until,
                });
            }
        });
        if self.nobody_holds(work, hearing.team).is_empty() {
            self.change(work, hearing, |state| state.handover = None);
        }
        self.say_directly(work, hearing, text.clone());
        self.tell_managers(work, hearing, text);
        for (worker, line) in told {
            self.tell(work, hearing, &worker, line);
        }
    }

    /// The evenings of these people, or of all who are out, for which they can be held.
    fn evenings(&self, work: &Work, hearing: &Hearing, workers: &[PersonId]) -> Vec<Evening> {
        let team = &self.teams[hearing.team].config.team;
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let meant = |shift: &&Shift| {
            let named = workers.is_empty() || workers.contains(&shift.worker);
            shift.closed_at.is_none() && named && shift.worker != hearing.person.id
        };
        let evenings = shifts.filter(meant).filter_map(|shift| {
            let (from, out_until) = evening(shift, team, work.now)?;
            let morning = team.next_beginning(out_until.max(work.now));
            Some(Evening {
                worker: shift.worker.clone(),
                from,
                out_until,
                until: morning.unwrap_or(out_until + Duration::hours(12)),
            })
        });
        let mut evenings: Vec<Evening> = evenings.collect();
        // Of all who are out: tonight; the evenings to come are named.
        if workers.is_empty() {
            evenings.retain(|evening| evening.from <= work.now);
        }
        evenings.sort_by_key(|evening| (evening.out_until, evening.worker.clone()));
        evenings
    }

    /// Why somebody cannot hold them, in words.
    fn may_not_hold(
        &self,
        work: &Work,
        hearing: &Hearing,
        workers: &[PersonId],
        free: &[Evening],
        held: &[Evening],
    ) -> Option<String> {
        let me = &hearing.person.id;
        let open = work.shifts.iter().map(|open| &open.shift);
        let with_me = |visit: &Visit, worker: &PersonId| worker == me || visit.with.contains(me);
        let on_a_visit = open.filter(|shift| shift.closed_at.is_none()).any(|shift| {
            let mut visits = shift.visits.iter();
            visits.any(|visit| visit.is_on(work.now) && with_me(visit, &shift.worker))
        });
        let team = self.team_now(work, hearing.team);
        let buddy = |evening: &Evening| team.buddies_of(&evening.worker).contains(me);
        let may = hearing.person.responds() || free.iter().chain(held).all(buddy);
        if on_a_visit {
            Some(words::out_yourself())
        } else if workers.contains(me) {
            Some(words::not_oneself())
        } else if free.is_empty() && held.is_empty() {
            Some(words::nobody_out(!workers.is_empty()))
        } else if !may {
            Some(words::not_yours())
        } else {
            None
        }
    }

    /// `/hold off`: somebody else has to, so the others who can are asked again at once. `only`: of these alone.
    pub(super) fn hold_off(&self, work: &mut Work, hearing: &Hearing, only: Option<&[PersonId]>) {
        let me = hearing.person.id.clone();
        let meant =
            |hold: &Hold| hold.by == me && only.is_none_or(|only| only.contains(&hold.worker));
        let held: Vec<PersonId> = state(work)
            .holds
            .into_iter()
            .filter(|hold| meant(hold) && hold.until > work.now)
            .map(|hold| hold.worker)
            .collect();
        self.change(work, hearing, |state| {
            state.holds.retain(|hold| !meant(hold))
        });
        let text = words::given_back(&held, &self.words_of(work, hearing.team));
        self.say_directly(work, hearing, text);
        let mut out = self.nobody_holds(work, hearing.team);
        out.retain(|(worker, _)| held.contains(worker));
        if !out.is_empty() {
            self.ask_who_holds(work, hearing.team, &out, Asking::GivenBack(&me));
        }
    }
}

/// True where it holds the worker of this evening until its end.
fn is_for(hold: &Hold, evening: &Evening) -> bool {
    let until = hold.from < evening.until && evening.until <= hold.until;
    hold.worker == evening.worker && until
}
