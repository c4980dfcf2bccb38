//! The world around the real desk, store and courier: time, people, the homeserver, and what breaks.

use super::dice::Dice;
use super::fuse::{DEATH, Fuse};
use super::mutant::Mutant;
use super::oracle::Oracle;
use super::people::{Author, Speech};
use super::plan::{Action, Plan, Queue};
use super::react::People;
use super::server::{Mood, Post, Server};
use super::talk::{Heard, Time};
use super::town::Town;
use super::transcript::Transcript;
use chrono::TimeDelta;
use lonewatch_core::config::{Config, load_for_rehearsal};
use lonewatch_core::courier::Courier;
use lonewatch_core::desk::{BotNames, Desk};
use lonewatch_core::domain::inbound::Inbound;
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::seal::SealKey;
use lonewatch_core::store::Store;
use std::path::PathBuf;
use std::sync::Arc;

pub const BOT: &str = "@lonewatch:example.org";
/// More rounds than any moment can need.
const MOST_ROUNDS: usize = 400;

/// Something that ends the run: the world cannot go on.
pub type Broken = String;

/// What keeps messages from going to and fro.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outage {
    Bot,
    Server,
}

/// How often each thing happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub team_days: u64,
    pub messages: u64,
    pub sent: u64,
    pub alarms: u64,
    pub crashes: u64,
    pub faults: u64,
    pub outages: u64,
    pub jumps: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.team_days += other.team_days;
        self.messages += other.messages;
        self.sent += other.sent;
        self.alarms += other.alarms;
        self.crashes += other.crashes;
        self.faults += other.faults;
        self.outages += other.outages;
        self.jumps += other.jumps;
    }
}

/// A world under way.
pub struct World {
    pub plan: Plan,
    pub town: Arc<Town>,
    pub mutant: Option<Mutant>,
    pub oracle: Oracle,
    pub transcript: Transcript,
    pub counts: Counts,
    pub queue: Queue,
    pub author: Author,
    pub people: People,
    pub server: Server,
    pub rooms: RoomBook,
    pub store: Store,
    pub fuse: Fuse,
    pub dice: Dice,
    /// The true time.
    pub now: Time,
    /// How far the bot's clock is ahead of it.
    pub skew: TimeDelta,
    pub outage: Option<(Outage, Time)>,
    /// What was said while nothing could come through, or before it was stored.
    pub held: Vec<Inbound>,
    /// The same for the oracle.
    pub unheard: Vec<Heard>,
    pub batches: u64,
    /// The process that runs has seen the rooms.
    pub seen: bool,
    /// Only for the bot that does not believe a stand-down.
    pub put_back: bool,
    desk: Desk,
    courier: Courier<Server>,
    config: Config,
    folder: PathBuf,
    database: PathBuf,
    key: SealKey,
    armed: bool,
    /// When the courier tries again, as its last round said.
    retry: Option<Time>,
}

impl World {
    pub async fn new(plan: Plan, mutant: Option<Mutant>, folder: PathBuf) -> Result<Self, Broken> {
        let town = Arc::new(Town::new(&plan.policies));
        let other = |name: &str| mutant.and_then(|mutant| mutant.policy(name));
        let path = town.write(&folder, &other);
        let config = load_for_rehearsal(&path).map_err(|error| error.to_string())?;
        let rooms = RoomBook::default();
        furnish(&rooms, &town);
        let database = folder.join("0.db");
        let key = SealKey::fleeting();
        let store = open(&database, &key).await?;
        let fuse = Fuse::new(&database).await.map_err(|e| e.to_string())?;
        let dice = Dice::of(plan.seed, "server");
        let server = Server::new(dice, rooms.clone(), accounts(&town), mutant);
        let names = BotNames::of(BOT);
        let desk = Desk::new(store.clone(), rooms.clone(), &config, names);
        let courier = Courier::new(store.clone(), server.clone());
        let start = plan.start;
        server.set_time(start);
        let author = Author::new(Dice::of(plan.seed, "author"));
        let mut world = Self {
            oracle: Oracle::new(town.clone(), start),
            transcript: Transcript::default(),
            counts: Counts::default(),
            queue: Queue::default(),
            people: People::new(Dice::of(plan.seed, "people")),
            dice: Dice::of(plan.seed, "world"),
            author,
            town,
            mutant,
            server,
            rooms,
            store,
            fuse,
            now: start,
            skew: TimeDelta::zero(),
            outage: None,
            held: Vec::new(),
            unheard: Vec::new(),
            batches: 0,
            seen: true,
            put_back: false,
            desk: desk.map_err(|error| error.to_string())?,
            courier,
            config,
            folder,
            database,
            key,
            armed: false,
            retry: None,
            plan,
        };
        for team in &world.town.teams.clone() {
            let up = world.desk.put_up_board(&team.name, start).await;
            up.map_err(|error| error.to_string())?;
        }
        Ok(world)
    }

    /// The bot's clock.
    pub fn bot_now(&self) -> Time {
        self.now + self.skew
    }

    /// Plays it to its end.
    pub async fn run(&mut self) -> Result<(), Broken> {
        self.write_days();
        while let Some(next) = self.next().await? {
            if next > self.plan.end {
                break;
            }
            self.now = self.now.max(next);
            self.server.set_time(self.bot_now());
            self.transcript.step(self.now);
            while let Some(action) = self.queue.due(self.now) {
                self.act(action).await?;
            }
            if self.outage.is_some_and(|(kind, _)| kind == Outage::Bot) {
                continue;
            }
            self.maybe_arm().await?;
            let before = match self.put_back {
                true => self.fuse.copy().await.map_err(|e| e.to_string())?,
                false => vec![],
            };
            self.settle().await?;
            if std::mem::take(&mut self.put_back) {
                let due = self.bot_now().timestamp_millis() + 60_000;
                let done = self.fuse.put_back(&before, due).await;
                done.map_err(|error| error.to_string())?;
            }
            self.oracle.time(self.bot_now());
            if self.oracle.found().is_some() {
                break;
            }
        }
        self.nothing_left_undone().await?;
        self.counts.faults = self.server.faults();
        self.counts.alarms = self.oracle.alarms();
        self.store.close().await;
        Ok(())
    }

    /// Whatever was refused has been dealt with, if the bot could.
    async fn nothing_left_undone(&self) -> Result<(), Broken> {
        if self.outage.is_some() || self.mutant.is_some() {
            return Ok(());
        }
        let unseen = self.store.refused_unseen().await;
        match unseen.map_err(|error| error.to_string())?.first() {
            None => Ok(()),
            Some(row) => Err(format!("nobody has dealt with a refusal: {}", row.out.text)),
        }
    }

    /// Everybody's days, written beforehand.
    fn write_days(&mut self) {
        let town = self.town.clone();
        for day in self.plan.days() {
            for (index, team) in town.teams.iter().enumerate() {
                self.counts.team_days += 1;
                let workers = team.people.iter().filter(|p| p.matrix.is_some());
                let workers = workers.filter(|p| p.roles.iter().any(|role| role == "worker"));
                for worker in workers {
                    let speeches = self.author.day(index, team, &worker.id, day);
                    self.will_say(speeches);
                }
            }
        }
        for (at, action) in self.plan.weather.clone() {
            self.queue.add(at, action);
        }
    }

    pub fn will_say(&mut self, speeches: Vec<Speech>) {
        for speech in speeches {
            self.queue.add(speech.at, Action::Say(Box::new(speech)));
        }
    }

    async fn next(&mut self) -> Result<Option<Time>, Broken> {
        let planned = self.queue.next();
        if self.outage.is_some_and(|(kind, _)| kind == Outage::Bot) {
            return Ok(planned);
        }
        let retry = self.retry;
        let mut due = None;
        // While it sees nothing it only hears.
        if self.outage.is_none() && self.mutant != Some(Mutant::NeverWakes) {
            due = self.desk.next_due().await.map_err(|e| e.to_string())?;
        }
        // What waits longer than any row does was put off before the clock was set back: it goes at the next look.
        let look = self.bot_now() + TimeDelta::seconds(15);
        let retry = retry.map(|at| {
            at.max(self.bot_now() + TimeDelta::milliseconds(1))
                .min(look)
        });
        let due = due.map(|at| at.max(self.bot_now()));
        let bot = due.into_iter().chain(retry).min();
        Ok(bot
            .map(|at| at - self.skew)
            .into_iter()
            .chain(planned)
            .min())
    }

    async fn maybe_arm(&mut self) -> Result<(), Broken> {
        if self.dice.chance(self.plan.crashes) {
            // The process looked around half a minute ago at most, if it could.
            if self.outage.is_none() {
                self.heartbeat().await?;
            }
            let rows = self.dice.from(0, 45);
            self.fuse.arm(rows).await.map_err(|e| e.to_string())?;
            self.armed = true;
        }
        Ok(())
    }

    async fn disarm(&mut self) -> Result<(), Broken> {
        if std::mem::take(&mut self.armed) {
            self.fuse.disarm().await.map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    /// Does what there is to do at this moment; dies on the way, and begins again.
    async fn settle(&mut self) -> Result<(), Broken> {
        for _ in 0..MOST_ROUNDS {
            match self.once().await {
                Ok(true) => return self.disarm().await,
                Ok(false) => {}
                Err(why) if self.armed && why.contains(DEATH) => {
                    self.disarm().await?;
                    self.counts.crashes += 1;
                    self.transcript.line(self.bot_now(), "! it dies");
                    self.server.send_kept_back(true);
                    self.restart().await?;
                }
                Err(why) => return Err(why),
            }
        }
        Err("it does not come to rest".to_owned())
    }

    /// One round of the bot's; true if nothing is left.
    async fn once(&mut self) -> Result<bool, Broken> {
        let now = self.bot_now();
        self.take_in().await?;
        let seeing = self.outage.is_none();
        let desk = &mut self.desk;
        let worked = match seeing && self.mutant != Some(Mutant::NeverWakes) {
            true => desk.work(now).await,
            false => desk.listen(now).await,
        };
        worked.map_err(|e| e.to_string())?;
        let round = self.courier.round(now).await.map_err(|e| e.to_string())?;
        self.retry = round.next;
        self.server.send_kept_back(false);
        self.collect();
        let cut_short = round.sent > 0 && round.next.is_some_and(|next| next <= now);
        // A refusal is the desk's business, at once.
        let more = cut_short || seeing && round.refused > 0;
        Ok(!more || self.mutant == Some(Mutant::NeverWakes))
    }

    /// The oracle and the people see what was sent.
    pub fn collect(&mut self) {
        for post in self.server.take() {
            self.transcript.post(self.bot_now(), &self.town, &post);
            if let Post::Sent(sent) = &post {
                self.counts.sent += 1;
                let now = self.now;
                let town = self.town.clone();
                let then = self.people.see(sent, now, &town, &mut self.author);
                self.will_say(then);
            }
            let now = self.bot_now();
            self.oracle.post(now, &post);
        }
    }

    /// A new process on what the store holds.
    pub async fn restart(&mut self) -> Result<(), Broken> {
        if self.mutant == Some(Mutant::ForgetsAtRestart) {
            self.batches += 1;
            self.database = self.folder.join(format!("{}.db", self.batches));
            self.server.echoed(self.server.echoes().len());
            self.reopen().await?;
        } else if self.dice.chance(25) {
            self.reopen().await?;
        }
        let names = BotNames::of(BOT);
        let desk = Desk::new(self.store.clone(), self.rooms.clone(), &self.config, names);
        self.desk = desk.map_err(|error| error.to_string())?;
        self.courier = Courier::new(self.store.clone(), self.server.clone());
        self.seen = self.outage.is_none();
        if self.seen {
            self.first_sight().await?;
        }
        Ok(())
    }

    async fn reopen(&mut self) -> Result<(), Broken> {
        self.store.close().await;
        self.store = open(&self.database, &self.key).await?;
        let fuse = Fuse::new(&self.database).await;
        self.fuse = fuse.map_err(|error| error.to_string())?;
        Ok(())
    }

    /// The start as in `run`: heard first, then said, then raised.
    pub async fn first_sight(&mut self) -> Result<(), Broken> {
        let now = self.bot_now();
        if self.mutant == Some(Mutant::RaisesBeforeHearing) {
            self.desk.wake(now).await.map_err(|e| e.to_string())?;
        }
        self.take_in().await?;
        let desk = &mut self.desk;
        desk.listen(now).await.map_err(|e| e.to_string())?;
        if self.mutant == Some(Mutant::HidesBlindness) {
            return Ok(());
        }
        desk.say_if_blind(now).await.map_err(|e| e.to_string())
    }

    /// The homeserver is there again: heard first, then said, then raised.
    pub async fn sees_again(&mut self, since: Time) -> Result<(), Broken> {
        let now = self.bot_now();
        if self.mutant == Some(Mutant::RaisesBeforeHearing) {
            self.desk.wake(now).await.map_err(|e| e.to_string())?;
        }
        self.take_in().await?;
        let desk = &mut self.desk;
        desk.listen(now).await.map_err(|e| e.to_string())?;
        if self.mutant == Some(Mutant::HidesBlindness) {
            return Ok(());
        }
        desk.resume(since, now).await.map_err(|e| e.to_string())
    }

    /// The last thing before it stands still: its mark is half a minute old at most.
    pub async fn heartbeat(&mut self) -> Result<(), Broken> {
        let beat = self.desk.heartbeat(self.bot_now()).await;
        beat.map_err(|error| error.to_string())
    }

    pub fn set_mood(&mut self, mood: Mood) {
        self.server.set_mood(mood);
    }
}

async fn open(database: &std::path::Path, key: &SealKey) -> Result<Store, Broken> {
    let url = format!("sqlite://{}", database.display());
    let store = Store::open(&url).await.map_err(|error| error.to_string())?;
    Ok(store.with_key(key.clone()))
}

fn accounts(town: &Town) -> Vec<(String, std::collections::BTreeMap<String, String>)> {
    let of = |team: &super::town::Team| {
        let people = team.people.iter();
        let known = people.filter_map(|p| Some((p.id.clone(), p.matrix.clone()?)));
        (team.name.clone(), known.collect())
    };
    town.teams.iter().map(of).collect()
}

/// The rooms as in a rehearsal.
fn furnish(rooms: &RoomBook, town: &Town) {
    for team in &town.teams {
        let (room, managers) = (team_room(&team.name), managers_room(&team.name));
        rooms.set_team(&team.name, &room);
        rooms.set_managers(&team.name, &managers);
        let on = || team.people.iter().filter(|p| p.matrix.is_some());
        let account = |p: &super::town::Person| p.matrix.clone();
        rooms.set_members(&room, on().filter_map(account).collect());
        let respond = on().filter(|p| p.responds());
        rooms.set_members(&managers, respond.filter_map(account).collect());
        for user in on().filter_map(account) {
            rooms.set_direct(&user, &direct_room(&user));
            rooms.set_members(&direct_room(&user), [user.clone()].into());
        }
    }
}

pub fn team_room(team: &str) -> String {
    format!("!team-{team}")
}

pub fn managers_room(team: &str) -> String {
    format!("!managers-{team}")
}

pub fn direct_room(user: &str) -> String {
    format!("!direct-{user}")
}
