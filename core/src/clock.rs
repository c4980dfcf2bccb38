//! The only place that reads the time.

use chrono::{DateTime, Utc};

/// The time now, UTC. Everything else is given it.
#[allow(clippy::disallowed_methods)] // this is the place
pub fn now() -> DateTime<Utc> {
    Utc::now()
}
