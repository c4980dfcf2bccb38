//! Whose turn it is to act. Where several instances share a PostgreSQL one acts; the others stand by with a device of their
//! own, which hears and stores what is said, and says nothing. A file of SQLite belongs to one instance.
//!
//! Whoever acts holds the right to it for [`LASTS`] by the database's clock, and renews it. It speaks only until
//! [`MARGIN`] before that ends, by its own clock from the moment at which it asked: so an instance that is cut off from the
//! database has fallen silent before another begins. What is written down is guarded by the database itself ([`Fence`]).
//!
//! One that is cut off from the homeserver for a minute hands over, if another stands by and is not: alone it would hear nobody
//! and reach nobody. Where nobody sees anything nothing changes hands.

use crate::matrix::Link;
use crate::sight::Line;
use anyhow::Result;
use lonewatch_core::courier::{Channel, Delivered, SendError};
use lonewatch_core::store::{Fence, OutRow, Store};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

/// For so long the right to act is taken.
const LASTS: Duration = Duration::from_secs(4);
/// So long before its end nothing is said any more: a request that is under way must have arrived by then.
const MARGIN: Duration = Duration::from_secs(1);
/// How often it is renewed, and how often one who stands by asks for it.
const EVERY: Duration = Duration::from_millis(500);
/// How long the database may take to answer one who stands by.
const ANSWER: Duration = Duration::from_millis(1500);

/// For so long it counts that one who stands by has seen the rooms.
const READY: Duration = Duration::from_secs(4);

/// The error that says that another instance has taken over: drop everything, and stand by.
#[derive(Debug)]
pub struct Replaced;

impl std::fmt::Display for Replaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("another instance acts now")
    }
}

impl std::error::Error for Replaced {}

#[derive(Clone, Debug, Default)]
enum State {
    #[default]
    StandingBy,
    /// `None`: alone, for ever.
    Acting(Option<(Fence, Instant)>),
}

/// Whose turn it is, as this instance knows it.
#[derive(Clone)]
pub struct Turn {
    /// A connection of its own: it must not wait for those of the desk.
    store: Store,
    holder: Arc<str>,
    state: Arc<watch::Sender<State>>,
}

impl Turn {
    /// For an instance with this name; `store` is not used for anything else.
    pub fn new(store: Store, holder: &str) -> Self {
        Self {
            store,
            holder: Arc::from(holder),
            state: Arc::default(),
        }
    }

    /// What was this instance's turn before is none any more: it has to be taken again.
    pub fn begin_anew(&self) {
        if self.store.is_shared() {
            self.state.send_replace(State::StandingBy);
        }
    }

    /// Takes the turn when nobody has it, and keeps it while the homeserver can be seen on this line, or nobody else sees it.
    ///
    /// # Errors
    /// [`Replaced`]. A database that is away is waited for.
    pub async fn keep(&self, line: watch::Receiver<Link>) -> Result<Infallible> {
        if !self.store.is_shared() {
            self.state.send_replace(State::Acting(None));
            return std::future::pending().await;
        }
        self.state.send_replace(State::StandingBy);
        let sight = Line::from(line);
        let fence = self.taken(&sight).await;
        info!(epoch = fence.epoch, "this instance acts");
        loop {
            sleep(EVERY).await;
            if sight.is_blind() && self.is_other_ready().await {
                warn!("the homeserver cannot be reached from here; another instance can");
                self.release().await;
                return Err(Replaced.into());
            }
            let asked = Instant::now();
            match timeout(LASTS - MARGIN, self.store.renew_lease(&fence, LASTS)).await {
                Ok(Ok(true)) => self.acts(&fence, asked),
                Ok(Ok(false)) => {
                    self.state.send_replace(State::StandingBy);
                    return Err(Replaced.into());
                }
                // It goes on as long as it may: the desk hears of the database by itself.
                Ok(Err(_)) | Err(_) => {}
            }
        }
    }

    /// True while another instance stands by and sees the rooms, as far as the database answers.
    async fn is_other_ready(&self) -> bool {
        let asked = self.store.is_other_ready(&self.holder);
        matches!(timeout(ANSWER, asked).await, Ok(Ok(true)))
    }

    async fn taken(&self, sight: &Line) -> Fence {
        let mut told = false;
        loop {
            // Whoever has seen nothing yet, perhaps because it has just handed over, leaves it to one who sees.
            let leaves_it = !sight.sees() && self.is_other_ready().await;
            let asked = Instant::now();
            let take = self.store.take_lease(&self.holder, LASTS);
            let taken = match leaves_it {
                true => Ok(Ok(None)),
                false => timeout(ANSWER, take).await,
            };
            let wait = match taken {
                Ok(Ok(Some(fence))) => {
                    self.acts(&fence, asked);
                    return fence;
                }
                Ok(Ok(None)) => "another instance acts; standing by",
                Ok(Err(_)) | Err(_) => "the database does not answer; standing by",
            };
            if !std::mem::replace(&mut told, true) {
                info!("{wait}");
                println!("standing by");
            }
            if sight.sees() {
                // Where the database does not answer, it does not answer whoever acts either.
                let _ = timeout(ANSWER, self.store.say_ready(&self.holder, READY)).await;
            }
            sleep(EVERY).await;
        }
    }

    fn acts(&self, fence: &Fence, asked: Instant) {
        let until = asked + LASTS - MARGIN;
        self.state
            .send_replace(State::Acting(Some((fence.clone(), until))));
    }

    /// Waits for the turn, and answers the store whose decisions are guarded by it.
    pub async fn begins(&self, store: &Store) -> Result<Store> {
        let mut state = self.state.subscribe();
        let acting = state
            .wait_for(|state| matches!(state, State::Acting(_)))
            .await?;
        Ok(match &*acting {
            State::Acting(Some((fence, _))) => store.fenced(fence.clone()),
            _ => store.clone(),
        })
    }

    /// Waits for the turn.
    pub async fn wait(&self) -> Result<()> {
        let mut state = self.state.subscribe();
        let acting = |state: &State| matches!(state, State::Acting(_));
        state.wait_for(acting).await?;
        Ok(())
    }

    /// True while this instance acts, as far as it knows.
    pub fn is_mine(&self) -> bool {
        matches!(&*self.state.borrow(), State::Acting(_))
    }

    /// For how long from now it may speak; `None`: not at all.
    pub fn speaks(&self) -> Option<Duration> {
        match &*self.state.borrow() {
            State::StandingBy => None,
            State::Acting(None) => Some(Duration::MAX),
            State::Acting(Some((_, until))) => until
                .checked_duration_since(Instant::now())
                .filter(|left| !left.is_zero()),
        }
    }

    /// Gives the turn back, so that another need not wait until it is over. What was on its way arrives first.
    pub async fn release(&self) {
        let state = self.state.send_replace(State::StandingBy);
        if let State::Acting(Some((fence, _))) = state {
            sleep(MARGIN).await;
            let released = timeout(ANSWER, self.store.release_lease(&fence)).await;
            if !matches!(released, Ok(Ok(()))) {
                warn!("another instance has to wait until the turn of this one is over");
            }
        }
    }
}

/// A channel that speaks only in its turn, and no longer than that.
pub struct InTurn<C> {
    channel: C,
    turn: Turn,
}

impl<C> InTurn<C> {
    /// This channel, in this turn.
    pub fn new(channel: C, turn: Turn) -> Self {
        Self { channel, turn }
    }
}

impl<C: Channel> Channel for InTurn<C> {
    async fn send(&self, row: &OutRow, under: Option<&Delivered>) -> Result<Delivered, SendError> {
        let later = |why: &str| SendError::Later {
            wait: Some(EVERY),
            why: why.to_owned(),
        };
        let Some(left) = self.turn.speaks() else {
            return Err(later("another instance may be acting"));
        };
        match timeout(left, self.channel.send(row, under)).await {
            Ok(sent) => sent,
            Err(_) => Err(later("no answer while it was this instance's turn")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Counting(Arc<AtomicUsize>);

    impl Channel for Counting {
        async fn send(&self, _: &OutRow, _: Option<&Delivered>) -> Result<Delivered, SendError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Delivered {
                room: String::new(),
                event: String::new(),
            })
        }
    }

    async fn turn() -> Turn {
        Turn::new(Store::open("sqlite::memory:").await.unwrap(), "one")
    }

    fn acting(until: Instant) -> State {
        let holder = Arc::from("one");
        State::Acting(Some((Fence { holder, epoch: 1 }, until)))
    }

    /// How many of these messages go out in this state.
    async fn sent(state: State) -> usize {
        let turn = turn().await;
        turn.state.send_replace(state);
        let count = Arc::new(AtomicUsize::new(0));
        let channel = InTurn::new(Counting(count.clone()), turn);
        let row = row();
        let _ = channel.send(&row, None).await;
        count.load(Ordering::Relaxed)
    }

    fn row() -> OutRow {
        let out = serde_json::json!({
            "team": "North", "place": {"in": "team"}, "text": "", "priority": "page",
            "rings": true, "mentions": [], "reply_to": null, "thread": null, "opens_thread": false,
            "offers": [], "hide_from": [], "about": null, "slot": null, "why": ""
        });
        OutRow {
            id: 1,
            created_at: chrono::DateTime::UNIX_EPOCH,
            out: serde_json::from_value(out).unwrap(),
            attempts: 0,
            retry_at: None,
            room: None,
            event: None,
            sent_at: None,
            refused_at: None,
            refused_why: None,
            superseded_at: None,
        }
    }

    #[tokio::test]
    async fn it_speaks_in_its_turn_only_and_not_when_that_may_be_over() {
        let now = Instant::now();
        assert_eq!(sent(State::StandingBy).await, 0);
        assert_eq!(sent(acting(now)).await, 0);
        assert_eq!(sent(acting(now + LASTS)).await, 1);
        assert_eq!(sent(State::Acting(None)).await, 1);
    }

    #[tokio::test]
    async fn a_file_belongs_to_one_who_acts_for_ever() {
        let turn = turn().await;
        assert_eq!(turn.speaks(), None);
        let (_line, seen) = watch::channel(Link::default());
        let kept = timeout(Duration::ZERO, turn.keep(seen)).await;
        assert!(kept.is_err() && turn.is_mine());
        assert_eq!(turn.speaks(), Some(Duration::MAX));
    }
}
