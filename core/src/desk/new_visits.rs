//! Visits to people who are not on the system: several of one day have names of their own, `NEW`, `NEW2` (Rotherham 2).

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::domain::command::VisitRequest;
use crate::domain::ids::PersonId;
use crate::domain::shift::{NEW, is_new};
use chrono::Duration;

/// A visit so long ago is of another day.
const A_DAY: Duration = Duration::hours(25);
/// More than one person has in a day.
const MOST: u32 = 99;

impl Desk {
    /// The shifts of hers that have closed today may have had one.
    pub(super) async fn load_new_visits(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        request: &VisitRequest,
    ) -> Result<()> {
        if !is_new(&request.reference) {
            return Ok(());
        }
        let worker = request.on_behalf.as_ref().unwrap_or(&hearing.person.id);
        let since = work.now - A_DAY;
        self.load_closed_since(work, hearing.team, since, Some(worker))
            .await?;
        self.load_policies(work).await
    }

    /// Gives the visit a name that no other one of hers has on that day.
    pub(super) fn name_apart(
        &self,
        work: &Work,
        team: usize,
        worker: &PersonId,
        request: &mut VisitRequest,
    ) {
        if !is_new(&request.reference) || request.second {
            return;
        }
        let tz = self.teams[team].config.team.tz;
        let day = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&tz).date_naive();
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let hers = shifts.filter(|shift| shift.worker == *worker);
        let visits = hers.flat_map(|shift| &shift.visits);
        let taken = visits.filter(|visit| day(visit.start) == day(request.start));
        let taken: Vec<&str> = taken.map(|visit| visit.reference.as_str()).collect();
        let numbered = (2..=MOST).map(|n| format!("{NEW}{n}"));
        let mut names = [request.reference.clone(), NEW.to_owned()]
            .into_iter()
            .chain(numbered);
        if let Some(free) = names.find(|name| !taken.contains(&name.as_str())) {
            request.reference = free;
        }
    }
}
