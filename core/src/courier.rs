//! Sends what is in the outbox: the most urgent first, in each place in order, again and again until it is
//! sent or given up.
//!
//! There is no clock in here: whoever calls [`Courier::round_by`] hands in theirs, and calls again when
//! something was added or the time has come that the round answered.

use crate::chat::wording::address::fill;
use crate::domain::outgoing::{Place, Priority, Unsealed};
use crate::store::{OutRow, Result, Root, Store};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

/// The first wait after a failure; it doubles with each.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(1);
/// The longest wait.
const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(60);
/// The longest wait of a page: people's safety hangs on it.
const LONGEST_WAIT_OF_A_PAGE: TimeDelta = TimeDelta::seconds(5);
/// A row that failed more often than this no longer holds up those behind it: what is wrong may be wrong
/// with this one message only, and one message must not silence a room.
const HOLDS_UP: i64 = 5;
/// At most so many messages are sent in one round, so that every round ends.
const LONGEST_ROUND: usize = 200;
/// So many rows are read at once.
const PAGE: i64 = 20;

/// A way to send messages: Matrix; later e-mail and text messages.
pub trait Channel: Send + Sync {
    /// Sends one row, under `under` if there is one and it is in the same room: the root of its thread; or, for the
    /// newest state of a standing message, the message that it edits. Sending a row twice must make one message: the
    /// channel makes its transaction id from [`Store::store_id`] and the row's id. It sets its own time limit.
    fn send(
        &self,
        row: &OutRow,
        under: Option<&Delivered>,
    ) -> impl Future<Output = std::result::Result<Delivered, SendError>> + Send;
}

/// A message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The room it went to.
    pub room: String,
    /// The event it became.
    pub event: String,
}

/// A message that was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// It may go later.
    Later {
        /// How long the other side asks to wait.
        wait: Option<Duration>,
        /// Why, for the log.
        why: String,
    },
    /// It will never go: somebody must be told.
    Refused {
        /// Why, for the log and for whoever is told.
        why: String,
    },
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many messages were sent.
    pub sent: usize,
    /// How many the channel refused: the desk's business, at once.
    pub refused: usize,
    /// When the next round is due (UTC); `None`: when something is added.
    pub next: Option<DateTime<Utc>>,
}

/// Sends the outbox of one store over one channel.
#[derive(Clone, Debug)]
pub struct Courier<C> {
    store: Store,
    channel: C,
}

/// What is to be done next.
enum Choice {
    /// Send this, under that event.
    Send(Box<OutRow>, Option<Delivered>),
    /// Nothing before then.
    Wait(Option<DateTime<Utc>>),
}

/// What became of a row.
enum Fate {
    Sent,
    PutOff,
    Refused,
}

impl<C: Channel> Courier<C> {
    /// A courier for this store and channel.
    pub fn new(store: Store, channel: C) -> Self {
        Self { store, channel }
    }

    /// Sends all that is due at `now` (UTC). What is added meanwhile and is more urgent goes first.
    ///
    /// A row that must be tried again holds up later ones of its place, unless they are more urgent. A row of a
    /// thread waits for the row that opens it; if that was given up, it goes by itself. A row that the channel
    /// refuses is marked, so that the desk tells somebody.
    ///
    /// # Errors
    /// What the store says. What was sent but could not be marked is sent again with the same transaction id.
    pub async fn round(&self, now: DateTime<Utc>) -> Result<Round> {
        self.round_by(|| now).await
    }

    /// The same while time goes on, as `clock` says (UTC): a round may take long, and a page that failed in it is
    /// tried again when its time has come, not when everything else has been said.
    ///
    /// # Errors
    /// As [`Self::round`].
    pub async fn round_by(&self, clock: impl Fn() -> DateTime<Utc>) -> Result<Round> {
        let mut round = Round::default();
        for _ in 0..LONGEST_ROUND {
            let (row, root) = match self.choose(clock()).await? {
                Choice::Send(row, root) => (row, root),
                Choice::Wait(next) => return Ok(Round { next, ..round }),
            };
            match self.send(&row, root.as_ref(), &clock).await? {
                Fate::Sent => round.sent += 1,
                Fate::Refused => round.refused += 1,
                Fate::PutOff => {}
            }
        }
        let next = Some(clock());
        Ok(Round { next, ..round })
    }

    /// Finds the first row that may be sent. The outbox is read anew each time, because a call for help may
    /// have been added while the last one was on its way.
    async fn choose(&self, now: DateTime<Utc>) -> Result<Choice> {
        let mut held: HashMap<(String, Place), i64> = HashMap::new();
        let mut next: Option<DateTime<Utc>> = None;
        let mut after = (i64::MIN, i64::MIN);
        loop {
            let rows = self.store.unsent_after(after, PAGE).await?;
            let Some(last) = rows.last() else {
                return Ok(Choice::Wait(next));
            };
            after = (last.out.priority.rank(), last.id);
            for row in rows {
                let place = (row.out.team.clone(), row.out.place.clone());
                // Put off for longer than any row is: the clock was set back meanwhile.
                let waits = |at: &DateTime<Utc>| *at > now && *at <= now + LONGEST_WAIT;
                if let Some(at) = row.retry_at.filter(waits) {
                    next = Some(next.map_or(at, |next| next.min(at)));
                    if row.attempts <= HOLDS_UP {
                        // Read by priority: all that follow are at most as urgent.
                        let first = held.entry(place).or_insert(row.id);
                        *first = row.id.min(*first);
                    }
                } else if held.get(&place).is_none_or(|first| row.id < *first) {
                    let row = match self.before_it(&row).await? {
                        None => row,
                        Some(earlier) if earlier.retry_at.as_ref().is_some_and(waits) => continue,
                        Some(earlier) => earlier,
                    };
                    match self.store.root_of(&row).await? {
                        Root::Unsent => {}
                        Root::Missing => return Ok(Choice::Send(Box::new(row), None)),
                        Root::Sent(root) => return Ok(Choice::Send(Box::new(row), Some(root))),
                    }
                }
            }
        }
    }

    /// After a code phrase her answer goes out before the pages, and must not overtake an earlier one to her that still
    /// waits: on her phone the order would show it (design, invariant 4). That earlier one goes first.
    async fn before_it(&self, row: &OutRow) -> Result<Option<OutRow>> {
        if row.out.priority != Priority::Duress || row.out.reply_to.is_none() {
            return Ok(None);
        }
        self.store.answers_before(row).await
    }

    /// The row with the words of an encrypted one in it: here alone they come into a message.
    async fn filled(&self, row: &OutRow, sealed: i64) -> Result<OutRow> {
        let words = self.store.unsealed(sealed).await?;
        if words == Unsealed::Unreadable {
            tracing::error!(
                row = row.id,
                sealed,
                "an address cannot be read: its key is lost"
            );
        }
        let mut row = row.clone();
        row.out.text = fill(&row.out.text, &words);
        Ok(row)
    }

    /// Sends one row, marks what became of it, and answers that.
    async fn send(
        &self,
        row: &OutRow,
        root: Option<&Delivered>,
        clock: &impl Fn() -> DateTime<Utc>,
    ) -> Result<Fate> {
        let filled;
        let row = match row.out.sealed {
            None => row,
            Some(sealed) => {
                filled = self.filled(row, sealed).await?;
                &filled
            }
        };
        let sent = self.channel.send(row, root).await;
        let now = clock();
        match sent {
            Ok(Delivered { room, event }) => {
                self.store.sent(row.id, &room, &event, now).await?;
                Ok(Fate::Sent)
            }
            Err(SendError::Later { wait, why }) => {
                let wait = wait_after(row, wait);
                tracing::warn!(row = row.id, attempts = row.attempts + 1, %wait, why, "not sent yet");
                self.store.later(row.id, now + wait).await?;
                Ok(Fate::PutOff)
            }
            Err(SendError::Refused { why }) => {
                tracing::error!(row = row.id, why, "cannot be sent");
                self.store.refused(row.id, &why, now).await?;
                Ok(Fate::Refused)
            }
        }
    }
}

/// How long a row waits after it failed once more: as long as the other side asked for, within a minute;
/// else 1 s, 2 s, 4 s and so on.
fn wait_after(row: &OutRow, asked: Option<Duration>) -> TimeDelta {
    if let Some(asked) = asked {
        let asked = TimeDelta::from_std(asked).unwrap_or(LONGEST_WAIT);
        return asked.clamp(FIRST_WAIT, LONGEST_WAIT);
    }
    let longest = match row.out.priority {
        Priority::Duress | Priority::Page => LONGEST_WAIT_OF_A_PAGE,
        Priority::Prompt | Priority::Answer | Priority::Quiet => LONGEST_WAIT,
    };
    let doublings = u32::try_from(row.attempts.clamp(0, 6)).unwrap_or(0);
    (FIRST_WAIT * 2_i32.pow(doublings)).min(longest)
}
