//! Plays the lines of a scenario: time first, then what people and the world do.

use super::Nerves;
mod act;

use act::direct_room;

use super::expect::Sent;
use super::script::{FileError, Header, Line, What, World};
use super::stage::Stage;
use crate::config::Config;
use crate::courier::Courier;
use crate::desk::{BotNames, Desk, DeskError};
use crate::domain::inbound::Inbound;
use crate::domain::roster::{Person, Team};
use crate::rooms::RoomBook;
use crate::seal::SealKey;
use crate::store::{Batch, Store, StoreError};
use chrono::{DateTime, Duration, Utc};

const BOT: &str = "@lonewatch:rehearsal";
/// More rounds than any moment can need; passing it means that something goes round in circles.
const MOST_ROUNDS: usize = 1_000;

/// Why a scenario cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// The file has a mistake.
    #[error(transparent)]
    File(FileError),
    /// The file is not there.
    #[error("{0}")]
    Unreadable(String),
    /// Its configuration has a mistake.
    #[error("{0}")]
    Config(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The desk failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

/// The team that a scenario names, or the first.
pub fn choose_team(config: &Config, header: &Header, file: &str) -> Result<usize, PlayError> {
    let Some(name) = &header.team else {
        return Ok(0);
    };
    let found = config.teams.iter().position(|team| team.team.name == *name);
    found.ok_or_else(|| {
        let known: Vec<_> = config
            .teams
            .iter()
            .map(|team| team.team.name.clone())
            .collect();
        PlayError::File(FileError {
            file: file.to_owned(),
            line: header.team_line,
            column: 1,
            what: format!("the configuration has no team {name}"),
            would_be_right: format!("team {}", known.join(" or team ")),
        })
    })
}

/// What keeps messages from going to and fro.
#[derive(Clone, Copy, PartialEq)]
enum Outage {
    Bot,
    Homeserver,
}

/// A rehearsal under way.
pub struct Rehearsal {
    config: Config,
    team: Team,
    rooms: RoomBook,
    stage: Stage,
    store: Store,
    desk: Desk,
    courier: Courier<Stage>,
    now: DateTime<Utc>,
    events: u64,
    nerves: Nerves,
    outage: Option<(Outage, DateTime<Utc>, DateTime<Utc>)>,
    held: Vec<Inbound>,
    impossible: Vec<String>,
}

impl Rehearsal {
    /// Sets the stage: everybody is in their rooms and was introduced long ago, and the board stands.
    pub async fn new(
        config: &Config,
        team: usize,
        start: DateTime<Utc>,
        nerves: Nerves,
    ) -> Result<Self, PlayError> {
        let rooms = RoomBook::default();
        for each in &config.teams {
            furnish(&rooms, &each.team);
        }
        // Nothing of a rehearsal outlives it.
        let store = Store::open("sqlite::memory:").await?;
        let store = store.with_key(SealKey::fleeting());
        let team = config.teams[team].team.clone();
        let stage = Stage::new(&team, rooms.clone());
        let mut desk = Desk::new(store.clone(), rooms.clone(), config, BotNames::of(BOT))?;
        let courier = Courier::new(store.clone(), stage.clone());
        stage.set_time(start);
        for each in &config.teams {
            desk.put_up_board(&each.team.name, start).await?;
        }
        courier.round(start).await?;
        stage.begin();
        Ok(Self {
            config: config.clone(),
            team,
            rooms,
            stage,
            store,
            desk,
            courier,
            now: start,
            events: 0,
            nerves,
            outage: None,
            held: Vec::new(),
            impossible: Vec::new(),
        })
    }

    /// The time on the stage.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The team on the stage.
    pub fn team(&self) -> &Team {
        &self.team
    }

    /// Lets time pass up to the line, then lets it take effect. How many messages had been sent in between.
    pub async fn play(
        &mut self,
        line: &Line,
        file: &str,
        print: &mut dyn FnMut(&str),
    ) -> Result<usize, PlayError> {
        if let Some(when) = &line.at {
            self.advance(when.from, print).await?;
        }
        let mark = self.stage.count();
        match &line.what {
            What::Act { who, act } => {
                print(line.raw.trim());
                self.act(who, act, line, file).await?;
            }
            What::World(world) => {
                print(line.raw.trim());
                self.world(world).await?;
            }
            What::Expect(_) | What::Quiet | What::Never(_) | What::Wait => {}
        }
        if self.outage.is_none() {
            self.settle(print).await?;
        }
        Ok(mark)
    }

    /// Everything due up to `to` happens, in order.
    pub async fn advance(
        &mut self,
        to: DateTime<Utc>,
        print: &mut dyn FnMut(&str),
    ) -> Result<(), PlayError> {
        while let Some(next) = self.next().await?.filter(|next| *next <= to) {
            self.set_time(next.max(self.now));
            if let Some((_, from, until)) = self.outage {
                debug_assert!(until <= self.now);
                self.over(from).await?;
            }
            self.settle(print).await?;
        }
        self.set_time(to.max(self.now));
        Ok(())
    }

    /// What the fallback sheet has said so far.
    pub fn sheets(&self) -> Vec<Sent> {
        self.stage.sheets()
    }

    /// What was sent, and what could not be played.
    pub async fn finish(self) -> (Vec<Sent>, Vec<String>) {
        let (sent, impossible) = (self.stage.sent(), self.impossible.clone());
        self.store.close().await;
        (sent, impossible)
    }

    fn set_time(&mut self, now: DateTime<Utc>) {
        self.now = now;
        self.stage.set_time(now);
    }

    async fn next(&mut self) -> Result<Option<DateTime<Utc>>, PlayError> {
        if let Some((_, _, until)) = self.outage {
            return Ok(Some(until));
        }
        let due = self.desk.next_due().await?;
        let retry = self.store.next_retry().await?;
        Ok(due.into_iter().chain(retry).min())
    }

    /// The desk and the courier do all there is to do at this moment, and it is printed.
    async fn settle(&mut self, print: &mut dyn FnMut(&str)) -> Result<(), PlayError> {
        for _ in 0..MOST_ROUNDS {
            let before = self.stage.count();
            if self.nerves == Nerves::DyingEverywhere {
                self.restart()?;
                self.desk.listen(self.now).await?;
                self.restart()?;
                self.desk.wake(self.now).await?;
                self.restart()?;
            }
            self.desk.work(self.now).await?;
            if self.nerves == Nerves::DyingEverywhere {
                self.restart()?;
            }
            let round = self.courier.round(self.now).await?;
            for sent in &self.stage.sent()[before..] {
                // An edit, of the board: no line can expect it.
                let mark = if sent.edit { "~ " } else { "" };
                print(&format!(
                    "    {mark}{}",
                    sent.line(sent.at, self.config.teams[0].team.tz)
                ));
            }
            if round.sent == 0 && self.store.refused_unseen().await?.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn world(&mut self, world: &World) -> Result<(), PlayError> {
        match world {
            World::Crash => self.restart()?,
            World::BotDown(length) => self.begin(Outage::Bot, *length),
            World::HomeserverDown(length) => self.begin(Outage::Homeserver, *length),
            World::Refuse(person) => self.stage.refuse(person),
            World::Invited(person) => {
                let person = self.team.person(&person.as_str().into());
                if let Some(user) = person.and_then(|person| person.matrix.as_ref()) {
                    self.rooms.set_members(&direct_room(user), [].into());
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, outage: Outage, length: Duration) {
        let until = self.now + length;
        let (outage, from, until) = match self.outage {
            Some((before, from, earlier)) => (before, from, until.max(earlier)),
            None => (outage, self.now, until),
        };
        self.outage = Some((outage, from, until));
    }

    /// A new desk on what the store holds: nothing else survives a process.
    fn restart(&mut self) -> Result<(), PlayError> {
        let names = BotNames::of(BOT);
        self.desk = Desk::new(self.store.clone(), self.rooms.clone(), &self.config, names)?;
        self.courier = Courier::new(self.store.clone(), self.stage.clone());
        Ok(())
    }

    /// The outage is over: what was said meanwhile arrives, and is heard before anything is raised.
    async fn over(&mut self, from: DateTime<Utc>) -> Result<(), PlayError> {
        let Some((kind, _, _)) = self.outage.take() else {
            return Ok(());
        };
        if kind == Outage::Bot {
            self.restart()?;
        }
        let mut events = std::mem::take(&mut self.held);
        if kind == Outage::Homeserver {
            // Their apps send it when they can: the server's stamp is of then.
            events.iter_mut().for_each(|event| event.said_at = self.now);
        }
        self.ingest(events).await?;
        self.desk.listen(self.now).await?;
        self.desk.resume(from, self.now).await?;
        Ok(())
    }

    async fn ingest(&self, events: Vec<Inbound>) -> Result<(), PlayError> {
        let batch = Batch {
            account: BOT.to_owned(),
            since: format!("s{}", self.events),
            received_at: self.now,
            events,
            own: Vec::new(),
            gaps: Vec::new(),
        };
        self.store.ingest(&batch).await?;
        Ok(())
    }
}

/// The team room holds everybody who is on Matrix; the managers' room those whose roles are more than
/// `worker`; each has a direct chat.
fn furnish(rooms: &RoomBook, team: &Team) {
    let (room, managers) = (
        format!("!team-{}", team.name),
        format!("!managers-{}", team.name),
    );
    rooms.set_team(&team.name, &room);
    rooms.set_managers(&team.name, &managers);
    let on_matrix = || team.people.iter().filter(|person| person.matrix.is_some());
    let ids = |people: Vec<&Person>| people.iter().filter_map(|p| p.matrix.clone()).collect();
    rooms.set_members(&room, ids(on_matrix().collect()));
    rooms.set_members(
        &managers,
        ids(on_matrix().filter(|person| person.responds()).collect()),
    );
    for user in on_matrix().filter_map(|person| person.matrix.as_ref()) {
        rooms.set_direct(user, &direct_room(user));
        rooms.set_members(&direct_room(user), [user.clone()].into());
    }
}
