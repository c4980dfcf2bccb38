//! The evening: who is still out when working hours end, and who holds them through the night (Rotherham 13: nobody's
//! safety is left to assumptions; Bexley: evening visits).

use super::ids::PersonId;
use super::roster::Team;
use super::shift::{Shift, Visit};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// So long nobody has to take it before it goes up (ours).
pub const GOES_UP: Duration = Duration::minutes(15);

/// Somebody looks out for somebody outside working hours, besides whom the procedure names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Who is out.
    pub worker: PersonId,
    /// Who holds them.
    pub by: PersonId,
    /// From when on: now, or a visit of another evening.
    #[serde(default)]
    pub from: DateTime<Utc>,
    /// Until working hours begin again.
    pub until: DateTime<Utc>,
}

/// The question of one evening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// It has gone up.
    pub up: bool,
}

/// Who is out, and until when.
pub type Out = (PersonId, DateTime<Utc>);

/// Who is out beyond this moment, or will be before working hours begin again, with the end of their last visit. Whoever
/// is late or already looked for is not asked about: the ladder has them. A call that they must not notice makes no
/// difference.
pub fn still_out<'a>(
    shifts: impl Iterator<Item = &'a Shift>,
    team: &Team,
    now: DateTime<Utc>,
) -> Vec<Out> {
    let morning = team.next_beginning(now);
    let mut out: Vec<Out> = Vec::new();
    for shift in shifts {
        if shift.open_alarms().any(|alarm| !alarm.kind.is_secret()) {
            continue;
        }
        let tonight = |visit: &&Visit| {
            visit.is_open() && visit.end > now && morning.is_none_or(|at| visit.start < at)
        };
        let ends = shift.visits.iter().filter(tonight).map(Visit::due).max();
        let Some(until) = ends else { continue };
        match out.iter_mut().find(|(who, _)| *who == shift.worker) {
            Some((_, known)) => *known = until.max(*known),
            None => out.push((shift.worker.clone(), until)),
        }
    }
    out.sort_by_key(|(who, until)| (*until, who.clone()));
    out
}

/// The evening for which somebody can be held now: tonight, where a visit begins before working hours do again; else that
/// of the next visit which ends outside working hours. From when, until the end of which visit.
pub fn evening(
    shift: &Shift,
    team: &Team,
    now: DateTime<Utc>,
) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let morning = team.next_beginning(now);
    let open = || shift.visits.iter().filter(|visit| visit.is_open());
    let tonight = open().filter(|visit| morning.is_none_or(|at| visit.start < at));
    if let Some(until) = tonight.map(Visit::due).max() {
        return Some((now, until));
    }
    let late = open().filter(|visit| ends_at_night(visit, team));
    let first = late.min_by_key(|visit| visit.start)?;
    Some((first.start, first.due()))
}

/// True if its last minute is outside working hours.
pub fn ends_at_night(visit: &Visit, team: &Team) -> bool {
    !team.is_working_time(visit.end - Duration::minutes(1))
}
