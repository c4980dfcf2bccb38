//! What is known about the message that waits in one managers' room.

use super::delayed::Trouble;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::time::Instant;
use tracing::{info, warn};

/// It is put off at the latest so long after the last time, even where it would wait for hours.
const LONGEST_STEP: Duration = Duration::from_secs(60);
/// How long what the homeserver refuses is left alone.
pub(super) const REFUSED: Duration = Duration::from_secs(60);

/// The message that waits in one room, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Waiting {
    /// Its number at the homeserver.
    pub(super) id: String,
    /// How long it waits, in milliseconds.
    pub(super) after_ms: u64,
}

/// What is known about one room in this run of the program.
#[derive(Default)]
pub(super) struct Kept {
    /// What an earlier start has left was looked up.
    pub(super) read: bool,
    /// What waits there.
    pub(super) waiting: Option<Waiting>,
    /// When it was put off last.
    at: Option<Instant>,
    not_before: Option<Instant>,
    /// The transaction under which the next message is left: tried again, it is still one.
    pub(super) txn: Option<String>,
    /// What was wrong with it last, so that it is said once.
    wrong: Option<String>,
}

impl Kept {
    /// It waits now, with its whole time before it.
    pub(super) fn armed(&mut self) -> bool {
        if self.wrong.take().is_some() || self.at.is_none() {
            info!("the homeserver speaks in a managers' room if Lonewatch stops");
        }
        (self.at, self.not_before) = (Some(Instant::now()), None);
        true
    }

    /// Answers whether it still waits all the same.
    pub(super) fn failed(&mut self, trouble: Trouble, after: Duration) -> bool {
        let text = match trouble {
            Trouble::Later => "the homeserver cannot be reached".to_owned(),
            Trouble::Gone => "it is not there any more".to_owned(),
            Trouble::Refused(code) => {
                self.not_before = Some(Instant::now() + REFUSED);
                format!(
                    "the homeserver refuses ({code}). It may allow no more than its max_event_delay_duration: see [health] \
                     dead_mans_switch"
                )
            }
        };
        if self.wrong.as_ref() != Some(&text) {
            warn!("the dead man's switch: {text}");
            self.wrong = Some(text);
        }
        self.waits(after)
    }

    /// True while what waits has not been posted for certain.
    pub(super) fn waits(&self, after: Duration) -> bool {
        self.waiting.is_some() && self.at.is_some_and(|at| at.elapsed() < after)
    }

    /// True where the last attempt to put it off did not work.
    pub(super) fn is_failing(&self) -> bool {
        self.wrong.is_some()
    }

    /// True where the homeserver has refused it a moment ago.
    pub(super) fn is_left_alone(&self) -> bool {
        self.not_before.is_some_and(|at| Instant::now() < at)
    }
}

/// How long after it was put off it is put off again: several times before it would speak.
pub(super) fn step(after: Duration) -> Duration {
    (after / 4).min(LONGEST_STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_put_off_several_times_before_it_would_speak() {
        for seconds in [4, 60, 300, 86_400] {
            let after = Duration::from_secs(seconds);
            assert!(step(after) * 4 <= after, "{seconds}");
            assert!(step(after) <= LONGEST_STEP, "{seconds}");
        }
    }

    #[test]
    fn one_that_cannot_be_put_off_still_waits_for_its_time() {
        let after = Duration::from_secs(300);
        let mut kept = Kept::default();
        assert!(!kept.failed(Trouble::Later, after), "none was ever left");
        kept.waiting = Some(Waiting {
            id: "one".to_owned(),
            after_ms: 300_000,
        });
        kept.armed();
        assert!(!kept.is_failing());
        assert!(kept.failed(Trouble::Later, after));
        assert!(kept.is_failing(), "it is tried again soon");
        kept.at = Instant::now().checked_sub(after);
        assert!(!kept.failed(Trouble::Later, after), "its time is over");
    }
}
