//! The simulated rooms: what was said where, who can see it, and whose messages are refused.

use super::expect::{Sent, SentPlace};
use crate::courier::{Channel, Delivered, SendError};
use crate::desk::SHEET;
use crate::domain::ids::PersonId;
use crate::domain::outgoing::Place;
use crate::domain::roster::Team;
use crate::rooms::RoomBook;
use crate::store::OutRow;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One message on the stage, the bot's or a person's.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its event.
    pub event: String,
    /// Its room.
    pub room: String,
    /// Who said it; `None` is the bot.
    pub by: Option<PersonId>,
    /// The words.
    pub text: String,
    /// What can be tapped.
    pub offers: Vec<String>,
}

#[derive(Debug, Default)]
struct Inner {
    now: DateTime<Utc>,
    shown: Vec<Shown>,
    sent: Vec<Sent>,
    sheets: Vec<Sent>,
    refused: BTreeSet<PersonId>,
    rows: BTreeMap<i64, Delivered>,
}

/// The stage. Clones share it.
#[derive(Clone, Debug)]
pub struct Stage {
    inner: Arc<Mutex<Inner>>,
    team: Arc<Team>,
    rooms: RoomBook,
}

impl Stage {
    /// An empty stage for one team.
    pub fn new(team: &Team, rooms: RoomBook) -> Self {
        Self {
            inner: Arc::default(),
            team: Arc::new(team.clone()),
            rooms,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the time at which messages are sent from now on.
    pub fn set_time(&self, now: DateTime<Utc>) {
        self.lock().now = now;
    }

    /// From now on messages to this person's direct chat are refused.
    pub fn refuse(&self, person: &str) {
        self.lock().refused.insert(PersonId::from(person));
    }

    /// What the bot has sent, in order.
    pub fn sent(&self) -> Vec<Sent> {
        self.lock().sent.clone()
    }

    /// What the fallback sheet in the managers' room has said, in order.
    pub fn sheets(&self) -> Vec<Sent> {
        self.lock().sheets.clone()
    }

    /// How much the bot has sent.
    pub fn count(&self) -> usize {
        self.lock().sent.len()
    }

    /// Remembers what a person said.
    pub fn said(&self, event: &str, room: &str, by: &PersonId, text: &str) {
        self.lock().shown.push(Shown {
            event: event.to_owned(),
            room: room.to_owned(),
            by: Some(by.clone()),
            text: text.to_owned(),
            offers: Vec::new(),
        });
    }

    /// The newest message that this person can see and that fits.
    pub fn newest(&self, matrix: &str, fits: impl Fn(&Shown) -> bool) -> Option<Shown> {
        let inner = self.lock();
        let seen = |shown: &&Shown| self.rooms.is_member(&shown.room, matrix) && fits(shown);
        inner.shown.iter().rev().find(seen).cloned()
    }

    fn room(&self, place: &Place, team: &str) -> Option<String> {
        match place {
            Place::Team => self.rooms.room_of_team(team),
            Place::Managers => self.rooms.room_of_managers(team),
            Place::Direct { person } => {
                let matrix = self.team.person(person)?.matrix.clone()?;
                self.rooms.room_of_direct(&matrix)
            }
        }
    }

    /// What was sent until now was there long ago.
    pub fn begin(&self) {
        let mut inner = self.lock();
        (inner.sent, inner.shown) = (Vec::new(), Vec::new());
        inner.sheets.clear();
    }

    fn deliver(&self, row: &OutRow, under: Option<&Delivered>) -> Result<Delivered, SendError> {
        let refused = |why: &str| {
            Err(SendError::Refused {
                why: why.to_owned(),
            })
        };
        if row.out.team != self.team.name {
            let event = format!("$elsewhere-{}", row.id);
            return Ok(Delivered {
                room: "!elsewhere".to_owned(),
                event,
            });
        }
        let room = match &row.out.reply_to {
            Some(reply) => Some(reply.room.clone()),
            None => self.room(&row.out.place, &row.out.team),
        };
        let Some(room) = room else {
            return refused("there is no such room");
        };
        let matrix = |id: &PersonId| {
            self.team
                .person(id)
                .and_then(|person| person.matrix.clone())
        };
        let hidden = row.out.hide_from.iter().filter_map(matrix);
        if hidden
            .into_iter()
            .any(|user| self.rooms.is_member(&room, &user))
        {
            return refused("somebody who must not see it is in the room");
        }
        let mut inner = self.lock();
        if let Place::Direct { person } = &row.out.place
            && inner.refused.contains(person)
        {
            return refused("the server refused it");
        }
        if let Some(known) = inner.rows.get(&row.id) {
            return Ok(known.clone());
        }
        let event = format!("$bot-{}", row.id);
        let place = match &row.out.place {
            Place::Team => SentPlace::Team,
            Place::Managers => SentPlace::Managers,
            Place::Direct { person } => SentPlace::Person(person.0.clone()),
        };
        let at = inner.now;
        let standing = row.out.standing.is_some();
        let pings = row.out.mentions.iter().map(|id| id.0.clone()).collect();
        let sent = Sent {
            at,
            place,
            pings,
            text: row.out.text.clone(),
            edit: standing && under.is_some_and(|first| first.room == room),
        };
        // The sheet says every day what the scenario does not speak of: it counts for no line of it.
        match row.out.standing.as_deref() == Some(SHEET) {
            true => inner.sheets.push(sent),
            false => inner.sent.push(sent),
        }
        // Nobody in a scenario answers the board or the sheet.
        if !standing {
            inner.shown.push(Shown {
                event: event.clone(),
                room: room.clone(),
                by: None,
                text: row.out.text.clone(),
                offers: row.out.offers.clone(),
            });
        }
        let delivered = Delivered { room, event };
        inner.rows.insert(row.id, delivered.clone());
        Ok(delivered)
    }
}

impl Channel for Stage {
    async fn send(&self, row: &OutRow, under: Option<&Delivered>) -> Result<Delivered, SendError> {
        self.deliver(row, under)
    }
}
