//! Waiting between attempts.

use std::time::Duration;
use tracing::warn;

/// Waits longer each time, from one second to ten, and says why once a minute at most.
#[derive(Default)]
pub(super) struct Pause {
    times: u32,
}

impl Pause {
    /// Sleeps, at least as long as the server asked for.
    pub(super) async fn wait(&mut self, why: &str, asked: Option<Duration>) {
        if self.times.is_multiple_of(6) {
            warn!("{why}; trying again");
        }
        let own = Duration::from_secs(1 << self.times.min(3)).min(Duration::from_secs(10));
        self.times += 1;
        tokio::time::sleep(asked.map_or(own, |asked| asked.max(own))).await;
    }
}
