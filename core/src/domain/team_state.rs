//! What a team knows besides its configuration and its shifts.

use super::ids::PersonId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The team's own state, one aggregate.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TeamState {
    /// The number of its next alarm.
    pub next_alarm: u32,
    /// When each person last said that they are at the office.
    #[serde(default)]
    pub at_office: BTreeMap<PersonId, DateTime<Utc>>,
}

impl Default for TeamState {
    fn default() -> Self {
        Self {
            next_alarm: 1,
            at_office: BTreeMap::new(),
        }
    }
}
