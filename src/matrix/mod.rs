//! The rooms: the only place that knows the Matrix SDK. What comes in becomes [`Inbound`] rows of the store's inbox,
//! together with the place in the sync; what goes out comes from the courier, through [`MatrixChannel`].
//!
//! [`Inbound`]: lonewatch_core::domain::inbound::Inbound

mod content;
mod events;
mod failure;
mod files;
mod found;
mod gaps;
mod invites;
mod keeper;
mod keys;
mod late;
mod mark;
mod pause;
mod pins;
mod reach;
mod recovery;
mod rooms;
mod secrets;
mod send;
mod session;
mod signed;
mod standing;
mod switch;
mod sync;
mod token;

pub use rooms::{RoomNews, RoomPlan, TeamPlan};
pub use send::{MatrixChannel, People};
pub use session::{LoggedOut, MatrixConfig, Session};
pub use switch::{SwitchPlan, SwitchState};

use crate::turn::Turn;
use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use lonewatch_core::domain::inbound::Inbound;
use lonewatch_core::rooms::{RoomBook, RoomKind};
use lonewatch_core::store::Store;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

/// Where the time comes from, UTC.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// How the line to the homeserver is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// True while the last sync worked.
    pub connected: bool,
    /// When the last answer of a sync came, by a clock that nobody sets. It changes without news of it.
    pub answered_at: Option<std::time::Instant>,
    /// When the last sync that worked was asked for: it shows all that had happened by then.
    pub asked_at: Option<std::time::Instant>,
    /// When the last sync worked, UTC, in this run of the program; `None` before the first.
    pub last_good: Option<DateTime<Utc>>,
    /// True once the rooms of before this start are known: the desk judges nothing before this, because it would take
    /// whoever has written there for a stranger.
    pub surveyed: bool,
    /// True once everything said up to the start of this run has been stored (or noted as a gap). The desk judges
    /// what is overdue only after this.
    pub caught_up: bool,
    /// True once every configured room was looked for, for a minute at most: what cannot be sent after this is refused, not
    /// only put off.
    pub settled: bool,
    /// True once the account has signed this device: until then other devices may keep their keys from it.
    pub signed: bool,
}

/// What the tasks of this module share.
pub struct Matrix {
    session: Session,
    store: Store,
    book: RoomBook,
    plan: RoomPlan,
    wake: Arc<Notify>,
    now: Now,
    news: mpsc::UnboundedSender<RoomNews>,
    link: watch::Sender<Link>,
    found: found::Found,
    /// Whose turn it is to act: out of its turn this instance hears, and does nothing.
    turn: Turn,
    /// True once it is known what the instance before has sent, or will never be: until then each sync has to come back soon.
    has_looked: AtomicBool,
    /// What this device could not read while another instance acted, which may have read it.
    waiting: std::sync::Mutex<Vec<Inbound>>,
    /// Rings when somebody joined, left or invited us: the keeper of the rooms looks again.
    stirred: Notify,
    /// Rings when somebody has come or gone: whether they can read is asked anew.
    joined: Notify,
}

impl Matrix {
    /// Puts the parts together. `book` is filled and kept up to date, `wake` is rung after each batch that was stored.
    /// The news and the link are for the desk.
    pub fn new(
        session: Session,
        store: Store,
        book: RoomBook,
        plan: RoomPlan,
        wake: Arc<Notify>,
        now: Now,
        turn: Turn,
    ) -> (
        Arc<Self>,
        mpsc::UnboundedReceiver<RoomNews>,
        watch::Receiver<Link>,
    ) {
        let (news, told) = mpsc::unbounded_channel();
        let (link, linked) = watch::channel(Link::default());
        let matrix = Self {
            session,
            has_looked: AtomicBool::new(!store.is_shared()),
            store,
            book,
            plan,
            wake,
            now,
            news,
            link,
            turn,
            waiting: std::sync::Mutex::default(),
            found: found::Found::default(),
            stirred: Notify::new(),
            joined: Notify::new(),
        };
        (Arc::new(matrix), told, linked)
    }

    /// Waits until the first sync is stored and the rooms are known: then the desk and the courier may begin.
    ///
    /// # Errors
    /// Where [`Self::run`] has ended before that.
    pub async fn ready(&self) -> Result<()> {
        let mut link = self.link.subscribe();
        let ready = link.wait_for(|link| link.caught_up && link.settled).await;
        ready.context("the Matrix side has ended").map(|_| ())
    }

    /// The courier's channel into these rooms. `people` tells who is who.
    pub fn channel(&self, people: People) -> MatrixChannel {
        MatrixChannel::new(
            self.session.client().clone(),
            self.book.clone(),
            self.store.clone(),
            self.session.requires_encryption(),
            people,
            self.news.clone(),
        )
    }

    /// Listens, keeps the rooms, fills gaps and reads what was unreadable, until something fails that waiting does not
    /// mend.
    ///
    /// # Errors
    /// [`LoggedOut`] (drop everything of this session and open it again), a configured room that is not encrypted at
    /// the start, or a broken key store: exit and start again.
    pub async fn run(self: Arc<Self>) -> Result<Infallible> {
        let mut tasks = JoinSet::new();
        tasks.spawn(sync::listen(self.clone()));
        tasks.spawn(keeper::keep(self.clone()));
        tasks.spawn(keeper::settle_at_last(self.clone()));
        tasks.spawn(gaps::fill_open(self.clone()));
        tasks.spawn(late::read_late(self.clone()));
        tasks.spawn(recover(self.clone()));
        tasks.spawn(signed::look(self.clone()));
        tasks.spawn(reach::look(self.clone()));
        let ended = tasks.join_next().await;
        // Only when none of them is left is the folder of the keys free again.
        tasks.shutdown().await;
        let ended = ended.context("no task of the Matrix side was started")?;
        ended.context("a task of the Matrix side broke off")?
    }

    /// Keeps the homeserver as a dead man's switch, beside [`Self::run`].
    ///
    /// # Errors
    /// Where the sync or the store has ended.
    pub async fn keep_switch(self: Arc<Self>, plan: SwitchPlan) -> Result<Infallible> {
        switch::keep(self, plan).await
    }

    /// It is this instance's turn. Chats that another one has opened meanwhile are looked up, or whoever writes there would be
    /// a stranger. What this device could not read, and the other one has not stored, is stored: somebody has to be told of it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn take_over(&self) -> Result<()> {
        self.has_looked.store(true, Ordering::Relaxed);
        rooms::survey(self).await?;
        sync::keep_what_waited(self).await
    }

    fn reader<'a>(&'a self, room: &'a str, now: DateTime<Utc>) -> events::Reader<'a> {
        events::Reader {
            me: self.session.user(),
            store_id: self.store.store_id(),
            room,
            direct: matches!(self.book.place_of(room), Some(RoomKind::Direct(_))),
            now,
        }
    }

    /// Waits until the first sync of this run is stored.
    async fn caught_up(&self) -> Result<()> {
        let mut link = self.link.subscribe();
        link.wait_for(|link| link.caught_up)
            .await
            .context("the sync ended")?;
        Ok(())
    }

    fn room(&self, id: &str) -> Option<matrix_sdk::Room> {
        let id = matrix_sdk::ruma::RoomId::parse(id).ok()?;
        self.session.client().get_room(&id)
    }
}

/// Puts the recovery key in order, once the first sync has told how things stand.
async fn recover(matrix: Arc<Matrix>) -> Result<Infallible> {
    matrix.caught_up().await?;
    matrix.session.ensure_recovery().await;
    std::future::pending().await
}
