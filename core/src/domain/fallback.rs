//! Who is rung for a worker when the bot is silent: the ladder's people, in the ladder's order, as the team is now.

use super::ids::PersonId;
use super::ladder::whom;
use super::policy::{LadderKind, Notify, Policy};
use super::roster::{Role, Team};
use super::shift::{Shift, Visit};
use super::team_state::TeamState;
use chrono::{DateTime, Utc};

/// Somebody who is rung, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Who.
    pub who: PersonId,
    /// As what the ladder names them; `None`: as somebody who holds her tonight.
    pub named: Option<Notify>,
    /// Only outside working hours.
    pub out_of_hours: bool,
}

/// Whom to ring for this worker, in order: those whom the ladder of the last visit names (it is the strictest of visits),
/// who holds her tonight, and the Emergency Duty Team. Whoever is with her on a visit is left out, unless that leaves
/// nobody. Chosen by visits and the roster, never by alarms: she may read it herself (design, invariant 4).
pub fn in_turn(policy: &Policy, team: &Team, shifts: &[&Shift], worker: &PersonId) -> Vec<Rung> {
    let mut beside = vec![worker.clone()];
    let hers = shifts.iter().filter(|shift| shift.worker == *worker);
    let open = hers.flat_map(|shift| shift.visits.iter().filter(|visit| visit.is_open()));
    beside.extend(open.flat_map(|visit: &Visit| visit.with.clone()));
    let found = rung(policy, team, worker, &beside);
    match found.is_empty() {
        false => found,
        true => rung(policy, team, worker, std::slice::from_ref(worker)),
    }
}

fn rung(policy: &Policy, team: &Team, worker: &PersonId, out: &[PersonId]) -> Vec<Rung> {
    let mut all: Vec<Rung> = Vec::new();
    let mut add = |who: PersonId, named: Option<Notify>, out_of_hours: bool| {
        let known = all.iter_mut().find(|rung| rung.who == who);
        match known {
            // Named for all hours by a later step.
            Some(known) => known.out_of_hours &= out_of_hours,
            None if out.contains(&who) => {}
            None => all.push(Rung {
                who,
                named,
                out_of_hours,
            }),
        }
    };
    for step in &policy.ladder(LadderKind::FinalVisit).steps {
        let always = step.notify.iter().map(|notify| (*notify, false));
        let added = step.out_of_hours.iter().map(|notify| (*notify, true));
        for (notify, out_of_hours) in always.chain(added) {
            for who in whom(team, notify, worker, out) {
                add(who, Some(notify), out_of_hours);
            }
        }
    }
    for holder in team.holders.get(worker).into_iter().flatten() {
        for who in team.paged_for(holder) {
            add(who, None, false);
        }
    }
    for edt in team.with_role(Role::Edt) {
        add(edt.id.clone(), Some(Notify::Edt), true);
    }
    all
}

/// The moments at which the roster reads otherwise by itself: leave, cover and duty end, a night begins or is over.
pub fn turns(state: &TeamState) -> impl Iterator<Item = DateTime<Utc>> {
    let holds = state.holds.iter().flat_map(|hold| [hold.from, hold.until]);
    state.turning_points().chain(holds)
}
