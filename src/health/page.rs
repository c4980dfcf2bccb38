//! The body of `/readyz`: every value, and in words what is wrong.

use super::judge::Values;
use super::vitals::{Login, Switch};
use serde_json::{Value, json};
use std::time::Duration;

/// The values and the verdict as JSON. Ages and lengths in seconds; `null`: there is none.
pub fn readiness(values: &Values, wrong: &[String]) -> Value {
    let seconds = |age: Option<Duration>| age.map(|age| age.as_secs());
    json!({
        "ready": wrong.is_empty(),
        "wrong": wrong,
        "watching": values.watching,
        "logged_in": values.login == Login::In,
        "device_signed": values.device_signed,
        "blind": values.blind,
        "last_sync_age_seconds": seconds(values.last_sync_age),
        "desk_turn_age_seconds": seconds(values.desk_age),
        "courier_turn_age_seconds": seconds(values.courier_age),
        "last_commit_age_seconds": seconds(values.last_commit_age),
        "counted_age_seconds": seconds(values.counted_age),
        "oldest_unsent_alarm_seconds": seconds(values.oldest_unsent_alarm),
        "next_deadline_lateness_seconds": values.deadline_lateness.as_secs(),
        "inbox_pending": values.inbox_pending,
        "outbox_unsent": {
            "highest": values.unsent.duress,
            "page": values.unsent.page,
            "answer": values.unsent.answer,
            "quiet": values.unsent.quiet,
        },
        "open_shifts": values.open_shifts,
        "open_alarms": values.open_alarms,
        "dead_mans_switch": switch(values.switch),
        "logouts": values.logouts,
    })
}

fn switch(switch: Switch) -> &'static str {
    match switch {
        Switch::Unknown => "not known yet",
        Switch::Off => "off",
        Switch::Unsupported => "not supported by the homeserver",
        Switch::Armed => "armed",
        Switch::NotArmed => "not armed",
    }
}
