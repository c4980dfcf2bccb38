//! Where the parts of the bot note how they are, and the values of one moment.

use super::judge::Values;
use crate::matrix::Link;
use chrono::{DateTime, Utc};
use lonewatch_core::courier::{Channel, Delivered, SendError};
use lonewatch_core::store::{OutRow, Tally};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;

/// Whether the bot is logged in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Login {
    /// It has not got that far.
    #[default]
    NotYet,
    /// It is.
    In,
    /// The homeserver does not know its device any more (`M_UNKNOWN_TOKEN`).
    Out,
}

/// How the homeserver stands as a dead man's switch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Switch {
    /// Not known yet.
    #[default]
    Unknown,
    /// Turned off in the configuration.
    Off,
    /// The homeserver has no delayed events.
    Unsupported,
    /// It speaks in every managers' room if the bot does not.
    Armed,
    /// Somewhere it would not speak now.
    NotArmed,
}

/// How the parts of the bot are. Each notes its own; anybody may read.
#[derive(Default)]
pub struct Vitals(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    watching: bool,
    login: Login,
    logouts: u64,
    switch: Switch,
    line: Option<watch::Receiver<Link>>,
    desk: Option<Instant>,
    courier: Option<Instant>,
    sent: u64,
    refused: u64,
    counted: Option<Counted>,
    committed: Option<Instant>,
}

struct Counted {
    at: Instant,
    tally: Tally,
    alarms: u64,
    commits: u64,
}

impl Vitals {
    /// Whether the bot is logged in. Logged out it watches no more.
    pub fn login(&self, login: Login) {
        let mut noted = self.noted();
        noted.login = login;
        if login == Login::Out {
            noted.logouts += 1;
            noted.watching = false;
            noted.line = None;
        }
    }

    /// The line to the homeserver, of this login.
    pub fn line(&self, line: watch::Receiver<Link>) {
        self.noted().line = Some(line);
    }

    /// The start is over: the bot watches.
    pub fn watching(&self) {
        self.noted().watching = true;
    }

    /// The desk has come round once more.
    pub fn desk_turned(&self) {
        self.noted().desk = Some(Instant::now());
    }

    /// The courier has come round once more, or has got on with a message.
    pub fn courier_turned(&self) {
        self.noted().courier = Some(Instant::now());
    }

    /// What became of a message. Noted with each: a round of the courier may take long.
    pub fn delivered(&self, sent: &Result<Delivered, SendError>) {
        let mut noted = self.noted();
        match sent {
            Ok(_) => noted.sent += 1,
            Err(SendError::Refused { .. }) => noted.refused += 1,
            Err(SendError::Later { .. }) => {}
        }
    }

    /// How the homeserver stands as a dead man's switch.
    pub fn switch(&self, switch: Switch) {
        self.noted().switch = switch;
    }

    /// What waits in the store, how many alarms are open, and how many decisions were kept in it so far.
    pub fn counted(&self, tally: Tally, alarms: u64, commits: u64) {
        let mut noted = self.noted();
        let at = Instant::now();
        let before = noted.counted.as_ref().map_or(0, |before| before.commits);
        if commits != before {
            noted.committed = Some(at);
        }
        noted.counted = Some(Counted {
            at,
            tally,
            alarms,
            commits,
        });
    }

    /// True while the desk and the courier both come round.
    pub fn turning(&self) -> bool {
        // The time of day matters to none of what is asked here.
        self.values(DateTime::UNIX_EPOCH).turning()
    }

    /// Everything of this moment; `now` in UTC.
    pub fn values(&self, now: DateTime<Utc>) -> Values {
        let noted = self.noted();
        let at = Instant::now();
        let age = |of: Option<Instant>| of.map(|of| at.saturating_duration_since(of));
        // A clock that was set back makes nothing younger than new.
        let since = |of: DateTime<Utc>| (now - of).to_std().unwrap_or_default();
        let line = noted.line.as_ref().map(|line| *line.borrow());
        let line = line.unwrap_or_default();
        let counted = noted.counted.as_ref();
        let tally = counted.map(|counted| counted.tally.clone());
        let tally = tally.unwrap_or_default();
        // Whoever decides gets on, even where one round takes long.
        let desk = age(noted.desk).into_iter().chain(age(noted.committed));
        Values {
            watching: noted.watching,
            login: noted.login,
            device_signed: line.signed,
            blind: noted.watching && !line.connected,
            last_sync_age: line.last_good.map(since),
            desk_age: noted.desk.and(desk.min()),
            courier_age: age(noted.courier),
            last_commit_age: age(noted.committed),
            counted_age: age(counted.map(|counted| counted.at)),
            oldest_unsent_alarm: tally.oldest_unsent_alarm.map(since),
            deadline_lateness: tally.next_due.map(since).unwrap_or_default(),
            inbox_pending: tally.inbox_pending,
            unsent: tally.unsent,
            open_shifts: tally.open_shifts,
            open_alarms: counted.map_or(0, |counted| counted.alarms),
            switch: noted.switch,
            sent: noted.sent,
            refused: noted.refused,
            logouts: noted.logouts,
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A channel that notes each message as a turn: a round with many messages takes long, and is no sign of being stuck.
pub struct Watched<C> {
    channel: C,
    vitals: Arc<Vitals>,
}

impl<C> Watched<C> {
    /// This channel, watched.
    pub fn new(channel: C, vitals: Arc<Vitals>) -> Self {
        Self { channel, vitals }
    }
}

impl<C: Channel> Channel for Watched<C> {
    async fn send(&self, row: &OutRow, under: Option<&Delivered>) -> Result<Delivered, SendError> {
        self.vitals.courier_turned();
        let sent = self.channel.send(row, under).await;
        self.vitals.courier_turned();
        self.vitals.delivered(&sent);
        sent
    }
}
