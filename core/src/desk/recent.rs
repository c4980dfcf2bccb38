//! What was known of somebody who calls for help with no visit open.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::parse::Parsed;
use crate::domain::engine::LAST_WORDS;
use crate::domain::inbound::Said;
use crate::domain::shift::{AddressNote, Shift, Stage, Visit};
use chrono::Duration;

/// For how long a visit that is over is the last one known.
const RECENT: Duration = Duration::hours(12);
/// How far back last words are looked for.
const WRITTEN: i64 = 20;

impl Desk {
    /// A call for help right after the last visit has closed is still about that visit: loads it.
    pub(super) async fn load_recent(&self, work: &mut Work, hearing: &Hearing) -> Result<()> {
        let me = &hearing.person.id;
        if self.current_shift(work, me, work.now).is_some() {
            return Ok(());
        }
        let since = work.now - RECENT;
        self.load_closed_since(work, hearing.team, since, Some(me))
            .await
    }

    /// What she wrote just before a call for help that has no words of its own, where no shift has kept it.
    pub(super) async fn last_words(&self, work: &Work, hearing: &Hearing) -> Result<String> {
        if !hearing.direct
            || self
                .current_shift(work, &hearing.person.id, work.now)
                .is_some()
        {
            return Ok(String::new()); // the shift's own log has it
        }
        let Some(sender) = &hearing.person.matrix else {
            return Ok(String::new());
        };
        let room = &hearing.asked.reply_to.room;
        let since = work.now - LAST_WORDS;
        for row in self
            .store
            .written_since(room, sender, since, WRITTEN)
            .await?
        {
            if let Said::Text { body, .. } = &row.inbound.what
                && !body.is_empty()
                && matches!(self.understand(work, hearing, body), Parsed::Note)
            {
                return Ok(self.without_phrase(hearing.team, body));
            }
        }
        Ok(String::new())
    }

    /// Gives a shift that a call for help opened what is known of her last visit, or of the visit that she is
    /// on with a colleague: as one that has ended, so that nothing of it shows to her.
    pub(super) fn lend_last_visit(&self, work: &mut Work, id: &str) {
        let Some(shift) = work.shift(id) else { return };
        let (worker, now) = (shift.worker.clone(), work.now);
        let shifts = || {
            work.shifts
                .iter()
                .map(|open| &open.shift)
                .filter(|other| other.id != id)
        };
        let with = |other: &Shift, visit: &Visit| {
            let mut visit = visit.clone();
            visit.with.retain(|person| *person != worker);
            visit.with.push(other.worker.clone());
            visit
        };
        let along = shifts().find_map(|other| {
            let mut visits = other.visits.iter();
            let found = visits.find(|visit| visit.is_on(now) && visit.with.contains(&worker))?;
            Some((with(other, found), vec![], other.address(found.no).cloned()))
        });
        let own = shifts()
            .filter(|other| other.worker == worker)
            .max_by_key(|other| other.closed_at);
        let own = own.and_then(|other| {
            let visit = other.latest_visit(now)?.clone();
            let address = other.address(visit.no).cloned();
            Some((visit, other.sightings.clone(), address))
        });
        if let Some((mut visit, sightings, address)) = along.or(own) {
            visit.no = 1;
            visit.logged_in = String::new();
            visit.checks.clear();
            visit.stage = match visit.stage {
                Stage::Ended { at } => Stage::Ended { at },
                _ => Stage::Ended { at: now },
            };
            if let Some(open) = work.shifts.iter_mut().find(|open| open.shift.id == id) {
                open.shift.visits.push(visit);
                open.shift.sightings = sightings;
                // For those who look for her; her account knows it by the shift that asked.
                open.shift.addresses.extend(address.map(|note| AddressNote {
                    visit: 1,
                    hers: None,
                    ..note
                }));
            }
        }
    }
}
