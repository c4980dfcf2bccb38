//! The lines of the day in the team's room.

use super::Words;
use crate::domain::shift::{Shift, Stage, Visit};
use chrono::NaiveDate;

/// In the morning who is out today, in the evening who is not back; `None` where there is nothing to tell.
pub fn line(
    shifts: &[&Shift],
    today: NaiveDate,
    morning: bool,
    words: &Words<'_>,
) -> Option<String> {
    let day = |visit: &Visit| visit.start.with_timezone(&words.team.tz).date_naive();
    let visits = shifts
        .iter()
        .flat_map(|shift| shift.visits.iter().map(move |visit| (*shift, visit)));
    let mut open: Vec<_> = visits
        .filter(|(_, visit)| {
            visit.is_open() && visit.stage != Stage::Cancelled && day(visit) <= today
        })
        .collect();
    open.sort_by_key(|(_, visit)| (visit.start, visit.no));
    let all = shifts.iter().flat_map(|shift| &shift.visits);
    let any = all
        .into_iter()
        .any(|visit| day(visit) == today && visit.stage != Stage::Cancelled);
    let each = open
        .iter()
        .map(|(shift, visit)| format!("{}: {}", words.first(&shift.worker), words.brief(visit)));
    let each: Vec<String> = each.collect();
    match (morning, each.is_empty()) {
        (true, true) => None,
        (false, true) if !any => None,
        (true, false) => Some(format!("Out today: {}", each.join("; "))),
        (false, true) => Some("Everyone is back.".to_owned()),
        (false, false) => Some(format!("Not back yet: {}", each.join("; "))),
    }
}
