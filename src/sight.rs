//! Whether the rooms can be seen, and since when not: so that it can be said (invariant 9), and another instance may act.

use crate::matrix::Link;
use chrono::{DateTime, Utc};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A line that does not work, and from which nothing has come for so long, is not only slow.
const BLIND: Duration = Duration::from_secs(60);

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

/// The line to the homeserver, for who may act: by a clock that nobody sets.
pub struct Line {
    link: watch::Receiver<Link>,
    since: Instant,
}

impl From<watch::Receiver<Link>> for Line {
    fn from(link: watch::Receiver<Link>) -> Self {
        let since = Instant::now();
        Self { link, since }
    }
}

impl Line {
    /// The last sync worked. One that is on its way, or whose answer is being stored, is no failure.
    pub fn sees(&self) -> bool {
        self.link.borrow().connected
    }

    /// Nothing has been seen for so long that it is not only slow.
    pub fn is_blind(&self) -> bool {
        let last = self.link.borrow().answered_at.unwrap_or(self.since);
        !self.sees() && last.elapsed() >= BLIND
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

    #[test]
    fn a_line_is_cut_when_it_fails_and_nothing_came_for_a_minute() {
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds));
        for (connected, answered_at, blind) in [
            (true, ago(40), false),
            // An answer that takes long to be stored.
            (true, ago(90), false),
            (false, ago(40), false),
            (false, ago(61), true),
            // It is only beginning.
            (false, None, false),
        ] {
            let link = Link {
                connected,
                answered_at,
                ..Link::default()
            };
            let (_line, seen) = watch::channel(link);
            assert_eq!(Line::from(seen).is_blind(), blind, "{link:?}");
        }
    }
}
