//! Which of a worker's shifts is meant.

use super::Desk;
use super::work::Work;
use crate::domain::ids::PersonId;
use crate::domain::shift::{Shift, Visit};
use chrono::{DateTime, Duration, Utc};

impl Desk {
    /// The open shift that words of this worker belong to now.
    pub(super) fn current_shift(
        &self,
        work: &Work,
        worker: &PersonId,
        now: DateTime<Utc>,
    ) -> Option<String> {
        let distance = |shift: &&Shift| {
            let on = shift.visits.iter().any(|visit| visit.is_on(now));
            let open = shift.visits.iter().filter(|visit| visit.is_open());
            let next = open.map(|visit: &Visit| (visit.start - now).abs()).min();
            // Chosen by visits alone: an open call for help must not change what she is answered. After her last visit
            // today, "home" is not about tomorrow.
            (
                !on,
                shift.report.since.is_none(),
                next.unwrap_or(Duration::MAX),
            )
        };
        let alive = |shift: &&Shift| {
            (!shift.is_settled() || shift.settled_at.is_some()) && !shift.sleeps(now)
        };
        work.of(worker)
            .filter(alive)
            .min_by_key(distance)
            .map(|shift| shift.id.clone())
    }

    /// The same for a call for help that she must not notice: a shift opened for it is none of hers.
    pub(super) fn shift_for_secret(
        &self,
        work: &mut Work,
        team: usize,
        worker: &PersonId,
    ) -> String {
        let known = work.shifts.len();
        let id = self.shift_now(work, team, worker);
        if let Some(open) = work.shifts.get_mut(known) {
            open.shift.dormant = true;
            open.shift
                .visits
                .iter_mut()
                .for_each(|visit| visit.past = true);
        }
        id
    }

    /// The same; where there is none, a new one of today.
    pub(super) fn shift_now(&self, work: &mut Work, team: usize, worker: &PersonId) -> String {
        let help = |shift: &&Shift| shift.sleeps(work.now);
        let known = self
            .current_shift(work, worker, work.now)
            .or_else(|| work.of(worker).find(help).map(|shift| shift.id.clone()));
        if let Some(shift) = known {
            return shift;
        }
        let day = work
            .now
            .with_timezone(&self.teams[team].config.team.tz)
            .date_naive();
        let id = self.open_shift(work, team, worker, day);
        self.lend_last_visit(work, &id);
        id
    }
}
