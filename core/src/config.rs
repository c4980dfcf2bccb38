//! `bot-config.toml` → a validated [`Config`]. What is wrong is said with the line to write instead.

mod health;
mod people;

pub use health::{HealthConfig, SecretUrl};

use crate::domain::policy::{Policy, PolicyError};
use crate::domain::roster::{Person, Team, WorkingHours};
use chrono::{NaiveDate, NaiveTime, Weekday};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The configuration, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// How to reach the homeserver; absent in a rehearsal's file.
    pub matrix: Option<MatrixConfig>,
    /// Where everything is kept.
    pub store_url: Option<String>,
    /// The file with the key for what is kept encrypted; it is not in the database.
    pub key_file: Option<PathBuf>,
    /// How somebody outside can tell that the bot is well.
    pub health: HealthConfig,
    /// The teams.
    pub teams: Vec<TeamConfig>,
}

/// One team with the policy it works under.
#[derive(Clone, Debug)]
pub struct TeamConfig {
    /// Its people and rooms.
    pub team: Team,
    /// Its policy.
    pub policy: Policy,
    /// The policy's text, kept with each shift that begins under it.
    pub policy_text: String,
}

/// The `[matrix]` part.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatrixConfig {
    /// Base URL of the homeserver.
    pub homeserver: String,
    /// The bot's Matrix id.
    pub user: String,
    /// A file with the password; or the variable `LONEWATCH_PASSWORD`.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// A file with an access token; or the variable `LONEWATCH_TOKEN`.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// This device's keys.
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    /// Refuse to work in rooms that are not encrypted.
    #[serde(default = "yes")]
    pub require_encryption: bool,
}

fn default_data_dir() -> PathBuf {
    PathBuf::from("data/matrix")
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    matrix: Option<toml::Value>,
    store: Option<toml::Value>,
    health: Option<toml::Value>,
    #[serde(default)]
    team: Vec<RawTeam>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStore {
    url: String,
    #[serde(default)]
    key_file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTeam {
    name: String,
    policy: String,
    timezone: String,
    room: String,
    managers_room: String,
    #[serde(default)]
    working_hours: Option<RawHours>,
    #[serde(default)]
    code_phrases: Vec<String>,
    #[serde(default)]
    devices: Vec<String>,
    #[serde(default)]
    person: Vec<Person>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHours {
    days: String,
    from: String,
    to: String,
    #[serde(default)]
    closed: Vec<NaiveDate>,
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Not TOML, or not of the shape.
    #[error("{path}: {error}")]
    Toml {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        error: Box<toml::de::Error>,
    },
    /// The policy is wrong.
    #[error("policy {name}: {error}")]
    Policy {
        /// As it was named.
        name: String,
        /// What is wrong with it.
        error: Box<PolicyError>,
    },
    /// Anything else, in words.
    #[error("{0}")]
    Wrong(String),
}

fn wrong<T>(what: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError::Wrong(what.into()))
}

/// The built-in policies by name.
#[rustfmt::skip] // one line for each
pub const BUILT_IN: [(&str, &str); 5] = [
    ("bexley", include_str!("../../policies/bexley.toml")),
    ("rotherham", include_str!("../../policies/rotherham.toml")),
    ("al-hasaniya", include_str!("../../policies/al-hasaniya.toml")),
    ("wiltshire", include_str!("../../policies/wiltshire.toml")),
    ("hertfordshire", include_str!("../../policies/hertfordshire.toml")),
];

/// Paths in a configuration are relative to the folder that Lonewatch is started in; a policy's path also to
/// the configuration file.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    load_text(&read(path)?, path)
}

/// The same from a text; `path` is where it stands, for messages and for what is named relative to it.
///
/// # Errors
/// As [`load`].
pub fn load_text(text: &str, path: &Path) -> Result<Config, ConfigError> {
    let (raw, folder) = raw(text, path)?;
    let part = |value: Option<toml::Value>, name: &str| match value {
        Some(value) => Ok(value),
        None => wrong(format!(
            "{}: there is no [{name}]; see bot-config.example.toml",
            path.display()
        )),
    };
    let toml_error = |error| ConfigError::Toml {
        path: path.to_owned(),
        error: Box::new(error),
    };
    let matrix: MatrixConfig = part(raw.matrix, "matrix")?.try_into().map_err(toml_error)?;
    let store: RawStore = part(raw.store, "store")?.try_into().map_err(toml_error)?;
    let health = match raw.health {
        Some(value) => value.try_into().map_err(toml_error)?,
        None => health::RawHealth::default(),
    };
    let health = health::checked(health)?;
    let teams = teams(raw.team, &folder)?;
    let beside = || matrix.data_dir.with_file_name("address.key");
    Ok(Config {
        key_file: Some(store.key_file.unwrap_or_else(beside)),
        matrix: Some(matrix),
        store_url: Some(store.url),
        health,
        teams,
    })
}

/// Reads a configuration for a rehearsal: its `[matrix]`, `[store]` and `[health]` are neither used nor checked.
pub fn load_for_rehearsal(path: &Path) -> Result<Config, ConfigError> {
    rehearsal_text(&read(path)?, path)
}

/// The same from a text.
///
/// # Errors
/// As [`load_for_rehearsal`].
pub fn rehearsal_text(text: &str, path: &Path) -> Result<Config, ConfigError> {
    let (raw, folder) = raw(text, path)?;
    Ok(Config {
        matrix: None,
        store_url: None,
        key_file: None,
        health: HealthConfig::default(),
        teams: teams(raw.team, &folder)?,
    })
}

/// The longest file that is read, in bytes: who names the wrong one (a device, a database) is told so.
const LONGEST_FILE: u64 = 1024 * 1024;

/// Reads a file that people write: a configuration, a policy, a scenario.
///
/// # Errors
/// What the system says; also for what is no file, is longer than a megabyte, or holds no text.
pub fn read_file(path: &Path) -> std::io::Result<String> {
    use std::io::{Error, ErrorKind, Read};
    let file = std::fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "this is not a file"));
    }
    let mut text = String::new();
    file.take(LONGEST_FILE + 1).read_to_string(&mut text)?;
    match text.len() as u64 > LONGEST_FILE {
        true => Err(Error::new(
            ErrorKind::InvalidData,
            "this is longer than a megabyte; is it the right file?",
        )),
        false => Ok(text),
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    read_file(path).map_err(|error| ConfigError::File {
        path: path.to_owned(),
        error,
    })
}

fn raw(text: &str, path: &Path) -> Result<(Raw, PathBuf), ConfigError> {
    let raw = toml::from_str(text).map_err(|error| ConfigError::Toml {
        path: path.to_owned(),
        error: Box::new(error),
    })?;
    Ok((raw, path.parent().map(Path::to_owned).unwrap_or_default()))
}

fn teams(raw: Vec<RawTeam>, folder: &Path) -> Result<Vec<TeamConfig>, ConfigError> {
    if raw.is_empty() {
        return wrong("there is no [[team]]; see bot-config.example.toml");
    }
    let mut names = BTreeSet::new();
    let mut teams = Vec::new();
    for each in raw {
        if !names.insert(each.name.clone()) {
            return wrong(format!(
                "two teams are called \"{}\"; give one another name",
                each.name
            ));
        }
        teams.push(team(each, folder)?);
    }
    Ok(teams)
}

fn team(raw: RawTeam, folder: &Path) -> Result<TeamConfig, ConfigError> {
    let (policy, policy_text) = policy(&raw.policy, folder)?;
    let Ok(tz) = raw.timezone.parse() else {
        return wrong(format!(
            "team {}: \"{}\" is not a time zone; write timezone = \"Europe/London\"",
            raw.name, raw.timezone
        ));
    };
    let hours = raw
        .working_hours
        .map(|hours| working_hours(&raw.name, hours))
        .transpose()?;
    let team = Team {
        name: raw.name,
        tz,
        room: raw.room,
        managers_room: raw.managers_room,
        hours,
        code_phrases: raw.code_phrases,
        devices: raw.devices,
        people: raw.person,
        holders: Default::default(),
        stand_ins: Default::default(),
    };
    people::check(&team)?;
    people::check_roles(&team, &policy)?;
    Ok(TeamConfig {
        team,
        policy,
        policy_text,
    })
}

/// A policy by its built-in name, or from a file.
pub fn policy(name: &str, folder: &Path) -> Result<(Policy, String), ConfigError> {
    let built_in = BUILT_IN.iter().find(|(known, _)| *known == name);
    let text = match built_in {
        Some((_, text)) => (*text).to_owned(),
        None => {
            let beside = folder.join(name);
            let path = if beside.exists() {
                beside
            } else {
                PathBuf::from(name)
            };
            if !path.exists() {
                let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
                return wrong(format!(
                    "there is no policy \"{name}\"; write one of {} or the path of a file",
                    known.join(", ")
                ));
            }
            read(&path)?
        }
    };
    let policy = Policy::parse(&text).map_err(|error| ConfigError::Policy {
        name: name.to_owned(),
        error: Box::new(error),
    })?;
    Ok((policy, text))
}

fn working_hours(team: &str, raw: RawHours) -> Result<WorkingHours, ConfigError> {
    let time = |text: &str| match NaiveTime::parse_from_str(text, "%H:%M") {
        Ok(time) => Ok(time),
        Err(_) => wrong(format!(
            "team {team}: \"{text}\" is not a time; write from = \"08:30\""
        )),
    };
    let Some(days) = days(&raw.days) else {
        return wrong(format!(
            "team {team}: \"{}\" are not days; write days = \"mon-fri\" or \"mon, wed\"",
            raw.days
        ));
    };
    let hours = WorkingHours {
        days,
        from: time(&raw.from)?,
        to: time(&raw.to)?,
        closed: raw.closed,
    };
    if hours.from >= hours.to {
        return wrong(format!("team {team}: working_hours end before they begin"));
    }
    Ok(hours)
}

/// `mon-fri`, `mon, wed, fri`, `sat-sun`.
fn days(text: &str) -> Option<Vec<Weekday>> {
    let mut days = Vec::new();
    for part in text.split(',').map(str::trim) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (mut day, to): (Weekday, Weekday) =
            (from.trim().parse().ok()?, to.trim().parse().ok()?);
        days.push(day);
        while day != to {
            day = day.succ();
            days.push(day);
        }
    }
    Some(days)
}
