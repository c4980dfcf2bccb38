//! Since when the rooms cannot be seen, so that it can be said (invariant 9).

use crate::matrix::Link;
use chrono::{DateTime, Utc};

/// What the desk may do at one look at the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The rooms are there for the first time in this run: whatever was not seen since the last run is told.
    First,
    /// The rooms are there again: they were not since then.
    Again(DateTime<Utc>),
    /// The rooms are there as before.
    Steady,
    /// The rooms are not there.
    Blind,
}

/// Remembers since when the line is cut.
#[derive(Debug, Default)]
pub struct Sight {
    seen: bool,
    lost_at: Option<DateTime<Utc>>,
}

impl Sight {
    /// One look at the line.
    pub fn look(&mut self, line: Link) -> Look {
        match (line.connected, self.seen) {
            (true, false) => {
                self.seen = true;
                Look::First
            }
            (true, true) => self.lost_at.take().map_or(Look::Steady, Look::Again),
            (false, seen) => {
                // Before the first sight the store knows better since when: the program may have been down before.
                self.lost_at = self.lost_at.or(line.last_good).filter(|_| seen);
                Look::Blind
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(connected: bool, last_good: Option<DateTime<Utc>>) -> Link {
        Link {
            connected,
            last_good,
            ..Link::default()
        }
    }

    #[test]
    fn an_outage_at_the_start_is_told_at_the_first_sight() {
        let mut sight = Sight::default();
        assert_eq!(sight.look(line(false, None)), Look::Blind);
        assert_eq!(sight.look(line(false, None)), Look::Blind);
        let at = Some(DateTime::UNIX_EPOCH);
        assert_eq!(sight.look(line(true, at)), Look::First);
        assert_eq!(sight.look(line(true, at)), Look::Steady);
    }

    #[test]
    fn a_later_outage_counts_from_the_last_good_sync() {
        let mut sight = Sight::default();
        let at = DateTime::UNIX_EPOCH;
        sight.look(line(true, Some(at)));
        assert_eq!(sight.look(line(false, Some(at))), Look::Blind);
        assert_eq!(sight.look(line(false, Some(at))), Look::Blind);
        assert_eq!(sight.look(line(true, Some(at))), Look::Again(at));
        assert_eq!(sight.look(line(true, Some(at))), Look::Steady);
    }
}
