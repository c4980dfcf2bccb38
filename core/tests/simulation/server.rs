//! The homeserver as the bot's courier meets it: it fails, answers too late, asks to wait, refuses; and knows a
//! transaction that it has seen.

use super::dice::Dice;
use super::mutant::{Bent, Mutant};
use super::talk::{Sent, Spot, Time};
use lonewatch_core::courier::{Channel, Delivered, SendError};
use lonewatch_core::domain::outgoing::Place;
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::store::{OutRow, OwnEcho};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What became of a message, in order.
#[derive(Clone, Debug)]
pub enum Post {
    Sent(Sent),
    /// To whom, in which team, whether it was to ring, and the text.
    Refused(usize, Spot, bool, String),
}

/// How it behaves now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mood {
    /// It cannot be reached.
    pub down: bool,
    /// So many sends in a hundred go wrong.
    pub bad: u64,
}

#[derive(Default)]
struct Inner {
    now: Time,
    mood: Mood,
    refused: BTreeSet<(usize, String)>,
    known: BTreeMap<i64, Delivered>,
    posts: Vec<Post>,
    /// What a bot that marks before it sends has still to send.
    kept_back: Vec<(OutRow, Option<Delivered>)>,
    doubled: u64,
    faults: u64,
    /// Its own messages, for the bot's next sync.
    echoes: Vec<OwnEcho>,
}

/// The homeserver. Clones are the same one.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Mutex<Inner>>,
    dice: Arc<Mutex<Dice>>,
    rooms: RoomBook,
    /// Team names with the accounts of their people.
    teams: Arc<Vec<(String, BTreeMap<String, String>)>>,
    mutant: Option<Mutant>,
}

fn open<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    pub fn new(
        dice: Dice,
        rooms: RoomBook,
        teams: Vec<(String, BTreeMap<String, String>)>,
        mutant: Option<Mutant>,
    ) -> Self {
        Self {
            inner: Arc::default(),
            dice: Arc::new(Mutex::new(dice)),
            rooms,
            teams: Arc::new(teams),
            mutant,
        }
    }

    pub fn set_time(&self, now: Time) {
        open(&self.inner).now = now;
    }

    pub fn set_mood(&self, mood: Mood) {
        open(&self.inner).mood = mood;
    }

    pub fn mood(&self) -> Mood {
        open(&self.inner).mood
    }

    /// From now on what goes to this person's chat is refused, or no longer.
    pub fn refuse(&self, team: usize, person: &str, refuse: bool) {
        let mut inner = open(&self.inner);
        let key = (team, person.to_owned());
        match refuse {
            true => inner.refused.insert(key),
            false => inner.refused.remove(&key),
        };
    }

    /// What has happened since the last call.
    pub fn take(&self) -> Vec<Post> {
        std::mem::take(&mut open(&self.inner).posts)
    }

    /// The bot's own messages, as its sync brings them back.
    pub fn echoes(&self) -> Vec<OwnEcho> {
        open(&self.inner).echoes.clone()
    }

    /// So many of them have been stored.
    pub fn echoed(&self, count: usize) {
        open(&self.inner).echoes.drain(..count);
    }

    pub fn faults(&self) -> u64 {
        open(&self.inner).faults
    }

    /// A bot that marked before it sent sends now, or has died before.
    pub fn send_kept_back(&self, died: bool) {
        let rows = std::mem::take(&mut open(&self.inner).kept_back);
        for (row, under) in rows.into_iter().filter(|_| !died) {
            let _ = self.deliver(&row, under.as_ref());
        }
    }

    fn team(&self, row: &OutRow) -> usize {
        let named = |(name, _): &(String, _)| *name == row.out.team;
        self.teams.iter().position(named).unwrap_or(usize::MAX)
    }

    fn account(&self, team: usize, person: &str) -> Option<&String> {
        self.teams.get(team)?.1.get(person)
    }

    fn room(&self, team: usize, row: &OutRow) -> Option<String> {
        if let Some(reply) = &row.out.reply_to {
            return Some(reply.room.clone());
        }
        match &row.out.place {
            Place::Team => self.rooms.room_of_team(&row.out.team),
            Place::Managers => self.rooms.room_of_managers(&row.out.team),
            Place::Direct { person } => self
                .rooms
                .room_of_direct(self.account(team, &person.0)?.as_str()),
        }
    }

    /// The homeserver takes the message.
    fn deliver(&self, row: &OutRow, under: Option<&Delivered>) -> Result<Delivered, SendError> {
        let team = self.team(row);
        let room = self.room(team, row).ok_or(SendError::Refused {
            why: "there is no such room".to_owned(),
        })?;
        let mut inner = open(&self.inner);
        let doubles = self.mutant == Some(Mutant::SendsTwice);
        if let Some(known) = inner.known.get(&row.id).filter(|_| !doubles) {
            return Ok(known.clone());
        }
        inner.doubled += 1;
        let event = match doubles {
            true => format!("$bot-{}-{}", row.id, inner.doubled),
            false => format!("$bot-{}", row.id),
        };
        let delivered = Delivered {
            room: room.clone(),
            event: event.clone(),
        };
        let sent = Sent {
            at: inner.now,
            row: row.id,
            decided: row.created_at,
            team,
            spot: spot(&row.out.place),
            room: room.clone(),
            pings: row.out.mentions.iter().map(|id| id.0.clone()).collect(),
            rings: row.out.rings,
            text: row.out.text.clone(),
            reply_to: row.out.reply_to.as_ref().map(|reply| reply.event.clone()),
            event,
            offers: row.out.offers.clone(),
            standing: row.out.standing.is_some() && under.is_some_and(|first| first.room == room),
            file: row.out.file.is_some(),
        };
        inner.known.insert(row.id, delivered.clone());
        inner.echoes.push(OwnEcho {
            outbox: row.id,
            room,
            event: delivered.event.clone(),
        });
        inner.posts.push(Post::Sent(sent));
        Ok(delivered)
    }

    /// The homeserver refuses: somebody who must not see it is there (the channel's part of invariant 4), or it will not.
    fn refusal(&self, row: &OutRow) -> Option<String> {
        let team = self.team(row);
        let room = self.room(team, row)?;
        let hidden = row.out.hide_from.iter();
        let mut accounts = hidden.filter_map(|id| self.account(team, &id.0));
        if accounts.any(|user| self.rooms.is_member(&room, user)) {
            return Some("somebody who must not see it is in the room".to_owned());
        }
        let Place::Direct { person } = &row.out.place else {
            return None;
        };
        let key = (team, person.0.clone());
        let refused = row.out.reply_to.is_none() && open(&self.inner).refused.contains(&key);
        refused.then(|| "the server refused it".to_owned())
    }

    async fn try_to_send(
        &self,
        row: &OutRow,
        under: Option<&Delivered>,
    ) -> Result<Delivered, SendError> {
        let mood = self.mood();
        let later = |wait: Option<u64>, why: &str| {
            open(&self.inner).faults += 1;
            Err(SendError::Later {
                wait: wait.map(Duration::from_secs),
                why: why.to_owned(),
            })
        };
        if mood.down {
            return later(None, "the homeserver cannot be reached");
        }
        if open(&self.dice).chance(mood.bad) {
            let (what, wait) = {
                let mut dice = open(&self.dice);
                (dice.below(3), dice.from(1, 40).unsigned_abs())
            };
            match what {
                0 => return later(None, "it failed"),
                1 if self.mutant == Some(Mutant::WaitIsRefusal) => {
                    return Err(SendError::Refused {
                        why: "429".to_owned(),
                    });
                }
                1 => return later(Some(wait), "429"),
                _ => {
                    // Taken, and the answer is lost.
                    if self.refusal(row).is_none() {
                        self.deliver(row, under)?;
                    }
                    return later(None, "no answer");
                }
            }
        }
        if let Some(why) = self.refusal(row) {
            let refused = Post::Refused(
                self.team(row),
                spot(&row.out.place),
                row.out.rings,
                row.out.text.clone(),
            );
            let mut inner = open(&self.inner);
            inner.faults += 1;
            inner.posts.push(refused);
            if self.mutant == Some(Mutant::LosesRefusal) {
                return Ok(Delivered {
                    room: "!nowhere".to_owned(),
                    event: format!("$nowhere-{}", row.id),
                });
            }
            return Err(SendError::Refused { why });
        }
        self.deliver(row, under)
    }
}

fn spot(place: &Place) -> Spot {
    match place {
        Place::Team => Spot::Team,
        Place::Managers => Spot::Managers,
        Place::Direct { person } => Spot::Direct(person.0.clone()),
    }
}

impl Channel for Server {
    async fn send(&self, row: &OutRow, under: Option<&Delivered>) -> Result<Delivered, SendError> {
        let Some(mutant) = self.mutant else {
            return self.try_to_send(row, under).await;
        };
        if mutant == Mutant::MarksFirst {
            open(&self.inner)
                .kept_back
                .push((row.clone(), under.cloned()));
            return Ok(Delivered {
                room: self.room(self.team(row), row).unwrap_or_default(),
                event: format!("$bot-{}", row.id),
            });
        }
        let mut row = row.clone();
        let bent = mutant.bend(&mut row);
        let as_if = || {
            Ok(Delivered {
                room: "!nowhere".to_owned(),
                event: format!("$nowhere-{}", row.id),
            })
        };
        if matches!(bent, Bent::Dropped) {
            return as_if();
        }
        let fate = self.try_to_send(&row, under).await;
        if let (Ok(_), Bent::Also(extra)) = (&fate, bent) {
            let _ = self.deliver(&extra, None);
        }
        match fate {
            Err(SendError::Later { .. }) if mutant == Mutant::GivesUpRetries => as_if(),
            fate => fate,
        }
    }
}
