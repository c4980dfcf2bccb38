//! Whose turn it is to act. Where several instances share a PostgreSQL one acts; the others stand by with a device of their
//! own, which hears and stores what is said, and says nothing. A file of SQLite belongs to one instance.
//!
//! Whoever acts holds the right to it for [`LASTS`] by the database's clock, and renews it. It speaks only until
//! [`MARGIN`] before that ends, by its own clock from the moment at which it asked: so an instance that is cut off from the
//! database has fallen silent before another begins. What is written down is guarded by the database itself ([`Fence`]).

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
/// How long the database may take to answer that.
const ANSWER: Duration = Duration::from_millis(1500);

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

    /// Takes the turn when nobody has it, and keeps it.
    ///
    /// # Errors
    /// [`Replaced`]. A database that is away is waited for.
    pub async fn keep(&self) -> Result<Infallible> {
        if !self.store.is_shared() {
            self.state.send_replace(State::Acting(None));
            return std::future::pending().await;
        }
        self.state.send_replace(State::StandingBy);
        let fence = self.taken().await;
        info!(epoch = fence.epoch, "this instance acts");
        loop {
            sleep(EVERY).await;
            let asked = Instant::now();
            match timeout(ANSWER, self.store.renew_lease(&fence, LASTS)).await {
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

    async fn taken(&self) -> Fence {
        let mut told = false;
        loop {
            let asked = Instant::now();
            let wait = match timeout(ANSWER, self.store.take_lease(&self.holder, LASTS)).await {
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

    /// Gives the turn back, so that another need not wait.
    pub async fn release(&self) {
        let state = self.state.send_replace(State::StandingBy);
        if let State::Acting(Some((fence, _))) = state {
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
