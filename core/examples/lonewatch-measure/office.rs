//! A bot without a homeserver: the desk, the store and the courier, and teams as large as they are.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use lonewatch_core::config::{Config, TeamConfig, rehearsal_text};
use lonewatch_core::courier::{Channel, Courier, Delivered, SendError};
use lonewatch_core::desk::{BotNames, Desk};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::store::{Aggregate, Batch, Commit, OutRow, Store};
use std::fmt::Write as _;
use std::path::Path;

/// Whatever may go wrong ends the measurement.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// So many people of a team are out at once: 100,000 workers in 3,000 teams.
pub const OUT: usize = 33;
/// And one more, who is measured.
const WORKERS: usize = OUT + 1;
/// So many shifts are written at once.
const AT_ONCE: usize = 1_000;

/// Everything that is sent is there at once.
#[derive(Clone)]
struct Nowhere;

impl Channel for Nowhere {
    async fn send(&self, row: &OutRow, _: Option<&Delivered>) -> Result<Delivered, SendError> {
        Ok(Delivered {
            room: "!nowhere".to_owned(),
            event: format!("$sent-{}", row.id),
        })
    }
}

/// One bot.
pub struct Office {
    pub store: Store,
    pub desk: Desk,
    pub now: DateTime<Utc>,
    courier: Courier<Nowhere>,
    said: u64,
}

/// The name of a team: all are equally long.
fn name(team: usize) -> String {
    format!("team-{team:06}")
}

fn account(worker: usize, team: usize) -> String {
    format!("@w{worker}-{}:example.org", name(team))
}

fn direct(user: &str) -> String {
    format!("!direct-{user}")
}

/// Monday, nine o'clock.
pub fn monday() -> DateTime<Utc> {
    let monday = Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0);
    monday.single().unwrap_or_default()
}

/// So many teams of the same people.
pub fn configuration(teams: usize) -> Outcome<Config> {
    let mut text = format!(
        "[[team]]\nname = \"{0}\"\npolicy = \"wiltshire\"\ntimezone = \"Europe/London\"\nroom = \"#a:example.org\"\n\
         managers_room = \"#b:example.org\"\ncode_phrases = [\"purple file\"]\n",
        name(0)
    );
    let mut person = |id: &str, roles: &str, more: &str| {
        let user = format!("@{id}-{}:example.org", name(0));
        write!(
            text,
            "[[team.person]]\nid = \"{id}\"\nname = \"{id} of the team\"\nmatrix = \"{user}\"\nroles = {roles}\n\
             phone = \"07700 900101\"\n{more}"
        )
    };
    for worker in 0..WORKERS {
        let manager = "manager = \"boss\"\n";
        person(&format!("w{worker}"), "[\"worker\"]", manager)?;
    }
    person("duty", "[\"duty_officer\"]", "")?;
    person("boss", "[\"manager\"]", "")?;
    person("head", "[\"head_of_service\", \"senior_manager\"]", "")?;
    person("chief", "[\"director\"]", "")?;
    text.push_str(
        "[[team.person]]\nid = \"edt\"\nname = \"Emergency Duty Team\"\nroles = [\"edt\"]\nphone = \"01632 960700\"\n",
    );
    let mut config = rehearsal_text(&text, Path::new("measured.toml"))?;
    let first = config.teams.remove(0);
    config.teams = (0..teams).map(|team| renamed(&first, team)).collect();
    Ok(config)
}

fn renamed(first: &TeamConfig, team: usize) -> TeamConfig {
    let mut config = first.clone();
    config.team.name = name(team);
    for person in &mut config.team.people {
        let renamed = |user: &String| user.replace(&name(0), &name(team));
        person.matrix = person.matrix.as_ref().map(renamed);
    }
    config
}

/// Everybody is in their rooms.
pub fn furnish(rooms: &RoomBook, config: &Config) {
    for team in &config.teams {
        let name = &team.team.name;
        let (room, managers) = (format!("!team-{name}"), format!("!managers-{name}"));
        rooms.set_team(name, &room);
        rooms.set_managers(name, &managers);
        let users = || team.team.people.iter().filter_map(|p| p.matrix.clone());
        rooms.set_members(&room, users().collect());
        let responders = team.team.people.iter().filter(|p| p.responds());
        rooms.set_members(
            &managers,
            responders.filter_map(|p| p.matrix.clone()).collect(),
        );
        for user in users() {
            rooms.set_direct(&user, &direct(&user));
            rooms.set_members(&direct(&user), [user.clone()].into());
        }
    }
}

/// The desk of a store, as `lonewatch run` makes it.
pub fn desk(store: &Store, config: &Config) -> Outcome<Desk> {
    let rooms = RoomBook::default();
    furnish(&rooms, config);
    let names = BotNames::of("@lonewatch:example.org");
    Ok(Desk::new(store.clone(), rooms, config, names)?)
}

impl Office {
    /// With so many teams, of which everybody but one is out until five o'clock.
    pub async fn new(url: &str, teams: usize, out: bool) -> Outcome<Self> {
        let config = configuration(teams)?;
        let store = Store::open(url).await?;
        let desk = desk(&store, &config)?;
        let courier = Courier::new(store.clone(), Nowhere);
        let mut office = Self {
            store,
            desk,
            now: monday(),
            courier,
            said: 0,
        };
        if out {
            office.send_out(teams).await?;
        }
        Ok(office)
    }

    /// The first team logs its visits; the shifts of the others are copies.
    async fn send_out(&mut self, teams: usize) -> Outcome<()> {
        let said = (0..OUT).map(|worker| {
            (
                0,
                worker,
                format!("/visit LCS{} 09:00-17:00", 1000 + worker),
            )
        });
        self.hear(&said.collect::<Vec<_>>()).await?;
        self.post().await?;
        let first = self.store.open_of_team(&name(0)).await?;
        let copies = (1..teams).flat_map(|team| first.iter().map(move |one| copy(one, team)));
        let copies: Vec<Aggregate> = copies.collect();
        for some in copies.chunks(AT_ONCE) {
            let mut commit = Commit::new(self.now);
            commit.aggregates = some.to_vec();
            self.store.commit(&commit).await?;
        }
        Ok(())
    }

    /// What people of teams say in their direct chats comes in one batch, and is dealt with.
    pub async fn hear(&mut self, said: &[(usize, usize, String)]) -> Outcome<()> {
        let mut events = Vec::with_capacity(said.len());
        for (team, worker, words) in said {
            self.said += 1;
            let sender = account(*worker, *team);
            events.push(Inbound {
                room: direct(&sender),
                event: format!("$said-{}", self.said),
                sender,
                said_at: self.now,
                what: Said::Text {
                    body: words.clone(),
                    reply_to: None,
                    thread: None,
                },
            });
        }
        let batch = Batch {
            account: "@lonewatch:example.org DEVICE".to_owned(),
            since: format!("s{}", self.said),
            received_at: self.now,
            events,
            own: vec![],
            gaps: vec![],
        };
        self.store.ingest(&batch).await?;
        Ok(self.desk.work(self.now).await?)
    }

    /// Time goes on; what is due is done.
    pub async fn wait(&mut self, long: TimeDelta) -> Outcome<()> {
        self.now += long;
        Ok(self.desk.work(self.now).await?)
    }

    /// What is to be said is sent.
    pub async fn post(&mut self) -> Outcome<()> {
        while self.courier.round(self.now).await?.sent > 0 {}
        Ok(())
    }
}

fn copy(one: &Aggregate, team: usize) -> Aggregate {
    let renamed = |text: &str| text.replace(&name(0), &name(team));
    Aggregate {
        id: renamed(&one.id),
        team: renamed(&one.team),
        body: renamed(&one.body),
        version: 0,
        ..one.clone()
    }
}
