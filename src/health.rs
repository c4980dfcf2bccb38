//! How somebody outside can tell that the bot is well: `/healthz`, `/readyz` and `/metrics`, the heartbeat to an outside
//! watchdog, and systemd's watchdog. One judgement (`judge`) for all of them.
//!
//! Nothing here says a name, a phone number or what somebody wrote: watchdogs are read by people who are on no team.

mod heartbeat;
mod judge;
mod metrics;
mod page;
mod serve;
mod systemd;
mod vitals;

pub use vitals::{Login, Switch, Vitals, Watched};

use anyhow::{Context, Result};
use lonewatch_core::config::HealthConfig;
use lonewatch_core::desk::open_alarms;
use lonewatch_core::store::{self, Store};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tracing::{info, warn};

/// How often the store is counted.
const COUNT: Duration = Duration::from_secs(2);

/// The tasks that tell the outside how the bot is; they end with it.
pub struct Health {
    vitals: Arc<Vitals>,
    _tasks: JoinSet<()>,
    systemd: Option<Arc<systemd::Notifier>>,
}

impl Health {
    /// Begins to answer and to tell.
    ///
    /// # Errors
    /// Where the address is taken, or the heartbeat's address is none or cannot be read.
    pub async fn start(config: &HealthConfig, store: &Store) -> Result<Self> {
        let vitals = Arc::new(Vitals::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(count(vitals.clone(), store.clone()));
        if let Some(address) = config.listen {
            let listener = TcpListener::bind(address).await;
            let listener = listener.with_context(|| {
                format!("[health] listen: cannot answer on {address}; write another port")
            })?;
            if !address.ip().is_loopback() {
                warn!(
                    "[health] listen: others than this machine can ask how the bot is; there is no password"
                );
            }
            info!("health is told on {address}: /healthz, /readyz, /metrics");
            tasks.spawn(serve::serve(listener, vitals.clone()));
        }
        if let Some(url) = heartbeat::address(config)? {
            let heartbeat = heartbeat::Heartbeat::new(url, config.heartbeat_every)?;
            tasks.spawn(heartbeat.beat(vitals.clone()));
        }
        let systemd = systemd::Notifier::from_environment().map(Arc::new);
        if let Some(systemd) = &systemd {
            tasks.spawn(systemd::keep(systemd.clone(), vitals.clone()));
        }
        Ok(Self {
            vitals,
            _tasks: tasks,
            systemd,
        })
    }

    /// Where the parts of the bot note how they are.
    pub fn vitals(&self) -> &Arc<Vitals> {
        &self.vitals
    }

    /// The bot is about to end, because it was told to or for this reason.
    pub fn stopping(&self, why: &str) {
        if let Some(systemd) = &self.systemd {
            systemd.stopping(why);
        }
    }
}

/// Counts what waits in the store, again and again. Never cut off in the middle, and never on somebody's request: however
/// often the outside asks, the store is asked as often as before.
async fn count(vitals: Arc<Vitals>, store: Store) {
    loop {
        match counted(&store).await {
            Ok((tally, alarms)) => vitals.counted(tally, alarms, store.commits()),
            Err(error) => warn!(%error, "health: the store cannot be counted"),
        }
        tokio::time::sleep(COUNT).await;
    }
}

async fn counted(store: &Store) -> Result<(store::Tally, u64)> {
    Ok((store.tally().await?, open_alarms(store).await?))
}
