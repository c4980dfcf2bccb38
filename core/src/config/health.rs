//! The `[health]` part of the configuration: how somebody outside can tell that the bot is well. Every key is optional.

use super::{ConfigError, wrong};
use crate::domain::policy::Span;
use serde::Deserialize;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// How often the heartbeat is sent, where nothing else is written.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(60);
/// How long after the bot's last sign the homeserver speaks, where nothing else is written. Longer than a restart, and
/// than the two minutes from which on the bot says that it was blind.
const DEAD_MANS_SWITCH: Duration = Duration::from_secs(5 * 60);
/// The shortest and the longest that each may be.
const HEARTBEATS: [u64; 2] = [1, 3600];
const SWITCHES: [u64; 2] = [4, 24 * 3600];

/// The `[health]` part, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthConfig {
    /// Where `/healthz`, `/readyz` and `/metrics` are answered; `None`: nowhere.
    pub listen: Option<SocketAddr>,
    /// The address that is asked for as long as all is well; or from the file, or the variable `LONEWATCH_HEARTBEAT`.
    pub heartbeat: Option<SecretUrl>,
    /// The file with that address, because whoever knows it can pretend that all is well.
    pub heartbeat_file: Option<PathBuf>,
    /// How often it is asked for.
    pub heartbeat_every: Duration,
    /// How long after the bot's last sign the homeserver speaks in its place; `None`: never.
    pub dead_mans_switch: Option<Duration>,
}

/// A web address that stands in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(pub String);

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretUrl")
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawHealth {
    listen: Option<String>,
    heartbeat: Option<String>,
    heartbeat_file: Option<PathBuf>,
    heartbeat_every: Option<String>,
    dead_mans_switch: Option<String>,
}

impl Default for HealthConfig {
    fn default() -> Self {
        Self {
            listen: None,
            heartbeat: None,
            heartbeat_file: None,
            heartbeat_every: HEARTBEAT_EVERY,
            dead_mans_switch: Some(DEAD_MANS_SWITCH),
        }
    }
}

/// Checks the part as it was written.
pub(super) fn checked(raw: RawHealth) -> Result<HealthConfig, ConfigError> {
    let mut health = HealthConfig::default();
    if let Some(text) = raw.listen {
        let Ok(address) = text.parse() else {
            return wrong(format!(
                "[health] listen: \"{text}\" is not an address with a port; write listen = \"127.0.0.1:9464\""
            ));
        };
        health.listen = Some(address);
    }
    if raw.heartbeat.is_some() && raw.heartbeat_file.is_some() {
        return wrong("[health]: write heartbeat or heartbeat_file, not both");
    }
    health.heartbeat = raw.heartbeat.map(web_address).transpose()?;
    health.heartbeat_file = raw.heartbeat_file;
    if let Some(text) = raw.heartbeat_every {
        health.heartbeat_every = length("heartbeat_every", &text, "60s", HEARTBEATS)?;
    }
    match raw.dead_mans_switch.as_deref() {
        None => {}
        Some("off") => health.dead_mans_switch = None,
        Some(text) => {
            let length = length("dead_mans_switch", text, "5m", SWITCHES)?;
            health.dead_mans_switch = Some(length);
        }
    }
    Ok(health)
}

/// An address of the web. What was written instead is not repeated: it may be most of the secret.
fn web_address(text: String) -> Result<SecretUrl, ConfigError> {
    let host = text
        .strip_prefix("https://")
        .or(text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() => Ok(SecretUrl(text)),
        _ => wrong(
            "[health] heartbeat: this is not a web address; write heartbeat = \"https://…\", or heartbeat_file",
        ),
    }
}

fn length(
    key: &str,
    text: &str,
    example: &str,
    [least, most]: [u64; 2],
) -> Result<Duration, ConfigError> {
    let span = Span::parse(text).and_then(|span| span.0.to_std().ok());
    let Some(span) = span else {
        return wrong(format!(
            "[health] {key}: \"{text}\" is not a length of time; write {key} = \"{example}\""
        ));
    };
    if !(least..=most).contains(&span.as_secs()) {
        return wrong(format!(
            "[health] {key}: \"{text}\" is too short or too long (from {least}s to {most}s); write {key} = \"{example}\""
        ));
    }
    Ok(span)
}
