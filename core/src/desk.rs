//! The desk: one serial loop that reads what arrived, steps what it concerns and commits, all or nothing.
//!
//! Inbox first, then what could not be delivered, then what time brings: so an alarm is raised only when
//! everything that was said before has been heard.

mod address;
mod address_back;
mod answers;
mod attention;
mod awake;
mod board;
mod caught;
mod changes;
mod compose;
mod cover;
mod crowd;
mod daily;
mod drill;
mod drill_begin;
mod drill_believed;
mod drill_end;
mod drill_wake;
mod forget;
mod handover;
mod hear;
mod hold;
mod incidents;
mod logging;
mod lost_room;
mod meant;
mod mistaken;
mod new_visits;
mod notes;
mod reach;
mod recent;
mod record;
mod registers;
mod respond;
mod roster;
mod secret;
mod sheet;
mod shifts;
mod step;
mod stored;
mod tally;
mod target;
mod turns;
mod wake;
mod which;
mod who;
mod work;

pub use self::crowd::MOST as MOST_A_MINUTE;
pub(crate) use self::sheet::SHEET;
pub use self::tally::open_alarms;
use crate::chat::wording::{Words, desk as words};
use crate::config::{Config, TeamConfig};
use crate::domain::ids::PersonId;
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::phrase::Phrases;
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Team};
use crate::rooms::RoomBook;
use crate::store::{Commit, InboxRow, Store, StoreError};
use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;
use std::sync::Arc;

/// A silence of the desk that is longer than this is told as having been blind.
const BLIND_AFTER: Duration = Duration::minutes(2);
/// How often the desk notes that it is awake.
const HEARTBEAT: Duration = Duration::seconds(30);
/// The mark of when the desk was last awake, UTC milliseconds.
const AWAKE: &str = "awake_at";

/// What the desk fails of.
pub type Result<T> = std::result::Result<T, DeskError>;

/// What the desk fails of. The process ends and starts again: nothing is lost by that.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stored aggregate that cannot be read. Only where: the parser's own words could quote what somebody said.
    #[error("aggregates.body of {id}: cannot be read from line {line}, column {column}")]
    Body {
        /// Which.
        id: String,
        /// The line in its text.
        line: usize,
        /// The column in its text.
        column: usize,
    },
    /// The configuration's code phrases.
    #[error("team {team}: {error}")]
    Phrase {
        /// Which team.
        team: String,
        /// What is wrong.
        error: String,
    },
    /// A bug. Where it is, the log has told.
    #[error("a step panicked")]
    Panic,
    /// A policy that a shift began under is gone or cannot be read.
    #[error("the policy {0} of an open shift cannot be read from the store")]
    Policy(String),
}

/// The desk with all that it reads.
pub struct Desk {
    store: Store,
    rooms: RoomBook,
    teams: Vec<TeamDesk>,
    bot: BotNames,
    policies: HashMap<String, Arc<Policy>>,
    awake_at: Option<DateTime<Utc>>,
    crowd: crowd::Crowd,
    /// Since when the rooms can be written to without a break.
    steady_since: Option<DateTime<Utc>>,
}

/// How the bot is called: its Matrix id, and the names that a mention may begin with.
#[derive(Clone, Debug)]
pub struct BotNames {
    /// Matrix id.
    pub user: String,
    /// `lonewatch`, `@lonewatch:localhost`.
    pub names: Vec<String>,
}

impl BotNames {
    /// From a Matrix id such as `@lonewatch:localhost`.
    pub fn of(user: &str) -> Self {
        let local = user
            .trim_start_matches('@')
            .split(':')
            .next()
            .unwrap_or(user);
        let names = vec![user.to_owned(), local.to_owned(), "lonewatch".to_owned()];
        Self {
            user: user.to_owned(),
            names,
        }
    }
}

/// One team as the desk needs it.
struct TeamDesk {
    config: TeamConfig,
    policy: Arc<Policy>,
    policy_hash: String,
    reference: regex::Regex,
    phrases: Phrases,
}

impl Desk {
    /// A desk for the teams of a configuration.
    ///
    /// # Errors
    /// A code phrase that an everyday sentence would trigger.
    pub fn new(store: Store, rooms: RoomBook, config: &Config, bot: BotNames) -> Result<Self> {
        let teams = config
            .teams
            .iter()
            .map(team_desk)
            .collect::<Result<Vec<_>>>()?;
        let policies = teams
            .iter()
            .map(|team| (team.policy_hash.clone(), team.policy.clone()))
            .collect();
        Ok(Self {
            store,
            rooms,
            teams,
            bot,
            policies,
            awake_at: None,
            crowd: crowd::Crowd::default(),
            steady_since: None,
        })
    }

    /// When time brings something next.
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        Ok(self.store.next_wake().await?)
    }

    /// A message that cannot be dealt with holds nobody else's up: it stays in the inbox's log, and the
    /// managers are told whose it is.
    async fn give_up(&self, row: &InboxRow, error: &DeskError, now: DateTime<Utc>) -> Result<()> {
        tracing::error!(%error, row = row.id, "a message cannot be dealt with");
        let mut commit = Commit::new(now);
        commit.done = Some(row.as_read());
        for team in &self.teams {
            let team = &team.config.team;
            if let Some(person) = team.by_matrix(&row.inbound.sender) {
                let text = words::failed(person.first_name());
                let mut notice = self.to_managers(team, text, "a message that failed");
                notice.mentions.retain(|id| *id != person.id);
                commit.outbox.push(notice);
            }
        }
        self.store.commit(&commit).await?;
        Ok(())
    }

    /// Introduces the bot to everybody who has a direct chat and has not met it.
    pub async fn introduce(&mut self, now: DateTime<Utc>) -> Result<()> {
        for team in &self.teams {
            let (policy, team) = (&team.policy, &team.config.team);
            for person in &team.people {
                let Some(room) = person.matrix.as_ref().and_then(|user| {
                    let room = self.rooms.room_of_direct(user)?;
                    // Before she accepts the invitation nothing can be said to her.
                    self.rooms.is_member(&room, user).then_some(room)
                }) else {
                    continue;
                };
                let met = format!("introduced/{room}");
                if self.store.meta(&met).await?.is_some() {
                    continue;
                }
                let example = &policy.reference.example;
                let text = words::introduction(&Words { team, now, example }, person.first_name());
                let place = Place::Direct {
                    person: person.id.clone(),
                };
                let mut commit = Commit::new(now);
                commit
                    .outbox
                    .push(quiet(&team.name, place, text, "a new direct chat"));
                commit.meta.push((met, now.timestamp_millis().to_string()));
                self.store.commit(&commit).await?;
            }
        }
        Ok(())
    }

    /// A line that rings in the managers' room of a team.
    fn to_managers(&self, team: &Team, text: String, why: &str) -> Outgoing {
        let mut row = quiet(&team.name, Place::Managers, text, why);
        row.rings = true;
        row.priority = Priority::Page;
        row.mentions = self.in_managers_room_of(&team.name).into_iter().collect();
        row
    }

    fn in_managers_room_of(&self, name: &str) -> std::collections::BTreeSet<PersonId> {
        let index = self
            .teams
            .iter()
            .position(|team| team.config.team.name == name);
        index
            .map(|index| self.in_managers_room(index))
            .unwrap_or_default()
    }

    fn person(&self, team: usize, matrix: &str) -> Option<&Person> {
        self.teams[team].config.team.by_matrix(matrix)
    }

    /// Who of a team is in its managers' room.
    fn in_managers_room(&self, team: usize) -> std::collections::BTreeSet<PersonId> {
        let team = &self.teams[team].config.team;
        let Some(room) = self.rooms.room_of_managers(&team.name) else {
            return Default::default();
        };
        let members = self.rooms.members(&room);
        let there = |p: &&Person| p.matrix.as_ref().is_some_and(|user| members.contains(user));
        team.people
            .iter()
            .filter(there)
            .map(|p| p.id.clone())
            .collect()
    }
}

fn team_desk(config: &TeamConfig) -> Result<TeamDesk> {
    let team = config.team.name.clone();
    let policy = &config.policy;
    let texts = policy
        .phrases
        .iter()
        .map(|phrase| &phrase.text)
        .chain(&config.team.code_phrases);
    let texts: Vec<&String> = texts.collect();
    let phrases = Phrases::new(&texts).map_err(|error| DeskError::Phrase {
        team: team.clone(),
        error: error.to_string(),
    })?;
    let reference = policy
        .reference_regex()
        .map_err(|error| DeskError::Phrase {
            team,
            error: error.to_string(),
        })?;
    Ok(TeamDesk {
        config: config.clone(),
        policy: Arc::new(policy.clone()),
        policy_hash: work::hash(&config.policy_text),
        reference,
        phrases,
    })
}

/// A quiet line that is about no shift.
fn quiet(team: &str, place: Place, text: String, why: &str) -> Outgoing {
    Outgoing {
        team: team.to_owned(),
        place,
        priority: Priority::Quiet,
        text,
        mentions: Vec::new(),
        rings: false,
        reply_to: None,
        thread: None,
        opens_thread: false,
        offers: Vec::new(),
        hide_from: Vec::new(),
        about: None,
        slot: None,
        standing: None,
        file: None,
        sealed: None,
        why: why.to_owned(),
    }
}
