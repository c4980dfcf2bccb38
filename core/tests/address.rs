//! The address of a visit: nowhere in plain, shown on an alarm only, deleted when its days are over (Rotherham 2,
//! Al-Hasaniya). The whole database is searched for the words, after everything that is done with them.

use chrono::{DateTime, Duration, TimeZone, Utc};
use lonewatch_core::config::{Config, load_for_rehearsal};
use lonewatch_core::courier::{Channel, Courier, Delivered, SendError};
use lonewatch_core::desk::{BotNames, Desk};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::domain::outgoing::Place;
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::seal::SealKey;
use lonewatch_core::store::{Batch, OutRow, Store};
use sqlx::{AssertSqlSafe, Connection, Row};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Words that stand nowhere else.
const WORDS: &str = "Zebedee Quux, 77 Xylophone Street";
const TEAM: &str = "!team";

/// What was sent: where, and the words.
#[derive(Clone, Default)]
struct Post(Arc<Mutex<Vec<(Place, String)>>>);

impl Channel for Post {
    async fn send(&self, row: &OutRow, _root: Option<&Delivered>) -> Result<Delivered, SendError> {
        let sent = (row.out.place.clone(), row.out.text.clone());
        self.0.lock().expect("post").push(sent);
        Ok(Delivered {
            room: "!somewhere".to_owned(),
            event: format!("$bot-{}", row.id),
        })
    }
}

struct Office {
    folder: PathBuf,
    store: Store,
    config: Config,
    book: RoomBook,
    desk: Desk,
    post: Post,
    events: usize,
    now: DateTime<Utc>,
}

fn direct(who: &str) -> String {
    format!("!direct-{who}")
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Office {
    async fn open(policy: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
        let config = load_for_rehearsal(&scenarios.join(format!("{policy}.toml"))).expect("a team");
        let book = RoomBook::default();
        book.set_team("North", TEAM);
        book.set_managers("North", "!managers");
        let people = config.teams[0].team.people.iter();
        let people = people.filter_map(|p| Some((p, p.matrix.clone()?)));
        let all: Vec<_> = people.collect();
        let users = |every: bool| {
            let there = all.iter().filter(move |(p, _)| every || p.responds());
            there.map(|(_, user)| user.clone()).collect()
        };
        book.set_members(TEAM, users(true));
        book.set_members("!managers", users(false));
        for (person, user) in &all {
            book.set_direct(user, &direct(&person.id.0));
            book.set_members(&direct(&person.id.0), [user.clone()].into());
        }
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("lonewatch-plain-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let store = Store::open(&format!("sqlite://{}/test.db", folder.display())).await;
        let store = store.expect("a store").with_key(SealKey::fleeting());
        let desk = desk(&store, &book, &config);
        Self {
            folder,
            store,
            config,
            book,
            desk,
            post: Post::default(),
            events: 0,
            now: Utc
                .with_ymd_and_hms(2026, 3, 2, 13, 45, 0)
                .single()
                .expect("a time"),
        }
    }

    async fn happens(&mut self, who: &str, room: &str, what: Said) -> String {
        self.events += 1;
        let event = format!("$e{}", self.events);
        let inbound = Inbound {
            room: room.to_owned(),
            event: event.clone(),
            sender: format!("@{who}:example.org"),
            said_at: self.now,
            what,
        };
        let batch = Batch {
            account: "bot".to_owned(),
            since: format!("s{}", self.events),
            received_at: self.now,
            events: vec![inbound],
            own: vec![],
            gaps: vec![],
        };
        self.store.ingest(&batch).await.expect("stored");
        self.work().await;
        event
    }

    async fn work(&mut self) {
        self.desk.work(self.now).await.expect("dealt with");
        let courier = Courier::new(self.store.clone(), self.post.clone());
        courier.round(self.now).await.expect("sent");
    }

    async fn says(&mut self, who: &str, room: &str, text: &str) -> String {
        self.happens(who, room, words(text, None)).await
    }

    /// Amira's direct chat.
    async fn amira(&mut self, text: &str) -> String {
        self.says("amira", &direct("amira"), text).await
    }

    async fn edits(&mut self, of: &str, text: &str) {
        let what = Said::Edit {
            of: of.to_owned(),
            body: text.to_owned(),
        };
        self.happens("amira", &direct("amira"), what).await;
    }

    async fn redacts(&mut self, of: &str) {
        let of = of.to_owned();
        self.happens("amira", &direct("amira"), Said::Redaction { of })
            .await;
    }

    /// A message of hers whose key has not come.
    async fn unreadable(&mut self) -> String {
        let what = Said::Unreadable {
            reason: "no key".to_owned(),
            raw: "{}".to_owned(),
        };
        self.happens("amira", &direct("amira"), what).await
    }

    /// Its key comes.
    async fn key_comes(&mut self, event: &str, what: Said) {
        let inbound = Inbound {
            room: direct("amira"),
            event: event.to_owned(),
            sender: "@amira:example.org".to_owned(),
            said_at: self.now,
            what,
        };
        let read = self.store.now_readable(&inbound.room, event, &inbound);
        assert!(read.await.expect("stored"));
        self.work().await;
    }

    /// Time passes, and what is due happens at its time.
    async fn pass(&mut self, length: Duration) {
        let until = self.now + length;
        while let Some(next) = self
            .desk
            .next_due()
            .await
            .expect("a time")
            .filter(|at| *at <= until)
        {
            self.now = next.max(self.now);
            self.work().await;
        }
        self.now = until;
        self.work().await;
    }

    fn with_key(&mut self, key: SealKey) {
        self.store = self.store.clone().with_key(key);
        self.desk = desk(&self.store, &self.book, &self.config);
    }

    /// All that was sent to a place and holds these words.
    fn sent(&self, place: &Place, part: &str) -> Vec<String> {
        let post = self.post.0.lock().expect("post");
        let fits = post
            .iter()
            .filter(|(to, text)| to == place && text.contains(part));
        fits.map(|(_, text)| text.clone()).collect()
    }

    fn last_to_amira(&self) -> String {
        let post = self.post.0.lock().expect("post");
        let hers = post.iter().rev().find(|(to, _)| *to == to_direct("amira"));
        hers.map(|(_, text)| text.clone()).unwrap_or_default()
    }

    /// Every value of every table.
    async fn everything(&self) -> Vec<(String, String)> {
        let url = format!("sqlite://{}/test.db", self.folder.display());
        let mut db = sqlx::AnyConnection::connect(&url)
            .await
            .expect("the database");
        let mut values = Vec::new();
        let tables =
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '_sqlx%'";
        for table in strings(&mut db, tables).await {
            let columns = format!("SELECT name FROM pragma_table_info('{table}')");
            for column in strings(&mut db, &columns).await {
                let all = format!("SELECT COALESCE(CAST({column} AS TEXT), '') FROM {table}");
                let found = strings(&mut db, &all).await;
                values.extend(found.into_iter().map(|v| (format!("{table}.{column}"), v)));
            }
        }
        db.close().await.expect("closed");
        assert!(
            values.iter().any(|(at, _)| at == "inbox.body"),
            "nothing was read"
        );
        values
    }

    /// The columns in which one of these words stands.
    async fn found(&self, words: &[&str]) -> Vec<String> {
        let all = self.everything().await;
        let holds = |value: &str| words.iter().any(|word| value.contains(word));
        let found = all.into_iter().filter(|(_, value)| holds(value));
        found.map(|(at, value)| format!("{at}: {value}")).collect()
    }

    async fn nothing_in_plain(&self) {
        let found = self.found(&["Zebedee", "Quux", "Xylophone"]).await;
        assert_eq!(found, Vec::<String>::new());
    }

    async fn sealed(&self) -> usize {
        let all = self.everything().await;
        all.iter().filter(|(at, _)| at == "sealed.id").count()
    }
}

fn to_direct(who: &str) -> Place {
    Place::Direct { person: who.into() }
}

fn desk(store: &Store, book: &RoomBook, config: &Config) -> Desk {
    let names = BotNames::of("@lonewatch:example.org");
    Desk::new(store.clone(), book.clone(), config, names).expect("a desk")
}

fn words(text: &str, reply_to: Option<String>) -> Said {
    Said::Text {
        body: text.to_owned(),
        reply_to,
        thread: None,
    }
}

async fn strings(db: &mut sqlx::AnyConnection, sql: &str) -> Vec<String> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    let rows = query.fetch_all(db).await.expect("rows");
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

#[tokio::test]
async fn the_words_are_in_the_page_and_nowhere_in_the_database() {
    let mut office = Office::open("al-hasaniya").await;
    office
        .says("amira", TEAM, "/visit LCS1234 14:00-15:00")
        .await;
    // The search itself: what is said in plain is found.
    assert!(!office.found(&["LCS1234"]).await.is_empty());
    let gave = office.amira(WORDS).await;
    assert!(
        office
            .last_to_amira()
            .starts_with("Thank you. I have the address of LCS1234")
    );
    assert_eq!(office.sealed().await, 1);
    office.nothing_in_plain().await;
    office
        .edits(&gave, "Zebedee Quux, 78 Xylophone Street")
        .await;
    assert!(
        office
            .last_to_amira()
            .contains("in place of the one before")
    );
    assert_eq!(office.sealed().await, 1);
    office.nothing_in_plain().await;
    // She is overdue: the page has them, in the managers' room and to the one who is paged.
    office.pass(Duration::minutes(110)).await;
    let address = "Address, as Amira gave it at 13:45: Zebedee Quux, 78 Xylophone Street";
    assert!(!office.sent(&Place::Managers, address).is_empty());
    assert!(!office.sent(&to_direct("carol"), address).is_empty());
    office.nothing_in_plain().await;
    for place in [Place::Team, to_direct("amira"), to_direct("ben")] {
        assert_eq!(office.sent(&place, "Xylophone"), Vec::<String>::new());
    }
    office.says("carol", "!managers", "/record A1").await;
    assert!(
        !office
            .sent(&Place::Managers, "and is not shown here")
            .is_empty()
    );
    office.says("dan", "!managers", "/board").await;
    office.says("dan", "!managers", "/who @amira").await;
    office.amira("left").await;
    office.says("carol", "!managers", "/reached A1").await;
    office.amira("home").await;
    office.nothing_in_plain().await;
    // Seven days after the agreed end of 15:00, to the minute.
    assert_eq!(office.sealed().await, 1);
    let end = Utc
        .with_ymd_and_hms(2026, 3, 9, 15, 0, 0)
        .single()
        .expect("a time");
    office.pass(end - Duration::minutes(1) - office.now).await;
    assert_eq!(office.sealed().await, 1);
    office.pass(Duration::minutes(1)).await;
    assert_eq!(office.sealed().await, 0);
}

#[tokio::test]
async fn every_way_of_giving_it_leaves_no_words() {
    let mut office = Office::open("rotherham").await;
    office.says("amira", TEAM, "/visit NEW 15:00-16:00").await;
    office.amira(&format!("/address {WORDS}")).await;
    office.nothing_in_plain().await;
    office.amira(&format!("address NEW: {WORDS}")).await;
    office.nothing_in_plain().await;
    let asked = {
        let all = office.everything().await;
        all.iter()
            .filter(|(at, v)| at == "outbox.event" && !v.is_empty())
            .count()
    };
    assert!(asked > 0);
    // As a reply to the question, which was the second message of the bot's.
    office
        .happens(
            "amira",
            &direct("amira"),
            words(WORDS, Some("$bot-2".to_owned())),
        )
        .await;
    assert!(
        office
            .last_to_amira()
            .contains("in place of the one before"),
        "{}",
        office.last_to_amira()
    );
    office.nothing_in_plain().await;
    assert_eq!(office.sealed().await, 1, "the older ones are gone");
    // Where others read it, and with slips: refused, and forgotten.
    office
        .says("amira", TEAM, &format!("/address NEW {WORDS}"))
        .await;
    assert!(!office.sent(&Place::Team, "in our direct chat").is_empty());
    office
        .says("carol", "!managers", &format!("/address {WORDS}"))
        .await;
    office.amira(&format!("/addres {WORDS}")).await;
    office.amira(&format!("/address LCS9 {WORDS}")).await;
    office.amira(&format!("/address LCS1234 {WORDS}")).await;
    office.nothing_in_plain().await;
    assert_eq!(office.sealed().await, 1);
}

#[tokio::test]
async fn beside_a_code_phrase_it_is_sealed_as_well_and_marked() {
    let mut office = Office::open("al-hasaniya").await;
    office
        .says("amira", TEAM, "/visit LCS1234 14:00-15:00")
        .await;
    office.amira("5 Plum Street").await;
    office
        .amira(&format!("/address {WORDS} it is in the purple file"))
        .await;
    office.nothing_in_plain().await;
    // What she gave before stands on the page; what came with the phrase is in the thread, marked.
    assert!(
        !office
            .sent(&Place::Managers, "as Amira gave it at 13:45: 5 Plum Street")
            .is_empty()
    );
    let marked = office.sent(
        &Place::Managers,
        "sent after the code phrase, do not rely on it",
    );
    assert!(
        marked.iter().any(|text| text.contains("Xylophone")),
        "{marked:?}"
    );
    // Nothing that her account does takes the first one from those who look for her.
    office.amira("/address LCS1234 clear").await;
    office.pass(Duration::minutes(2)).await;
    let pages = office.sent(&Place::Managers, "as Amira gave it at 13:45: 5 Plum Street");
    assert!(pages.len() > 1, "{pages:?}");
    // And not while the alarm is open.
    office.now += Duration::days(9);
    office.work().await;
    assert!(office.sealed().await > 0);
    office.amira("left").await;
    office
        .says("sam", "!managers", "/standdown A1 seen by PC 99")
        .await;
    office.amira("home").await;
    office.pass(Duration::hours(1)).await;
    assert_eq!(office.sealed().await, 0);
    office.nothing_in_plain().await;
}

#[tokio::test]
async fn deleting_the_message_clearing_and_undo_delete_it() {
    let mut office = Office::open("al-hasaniya").await;
    office
        .says("amira", TEAM, "/visit LCS1234 15:00-16:00")
        .await;
    let gave = office.amira(WORDS).await;
    office.redacts(&gave).await;
    assert_eq!(
        office.last_to_amira(),
        "Taken back: the address of LCS1234 15:00–16:00."
    );
    assert_eq!(office.sealed().await, 0);
    office.amira(&format!("/address {WORDS}")).await;
    assert_eq!(office.sealed().await, 1);
    office.amira("/address LCS1234 clear").await;
    assert_eq!(office.sealed().await, 0);
    office.amira(&format!("/address {WORDS}")).await;
    office.amira("/undo").await;
    assert_eq!(
        office.last_to_amira(),
        "Taken back: the address of LCS1234 15:00–16:00."
    );
    assert_eq!(office.sealed().await, 0);
    // The visit is still there.
    office.amira("/mine").await;
    assert!(office.last_to_amira().contains("LCS1234"));
    // After the visit as well.
    let gave = office.amira(&format!("/address {WORDS}")).await;
    office.pass(Duration::minutes(130)).await;
    office.amira("left").await;
    office.amira("home").await;
    office.pass(Duration::hours(20)).await;
    assert_eq!(office.sealed().await, 1);
    office.redacts(&gave).await;
    assert_eq!(office.sealed().await, 0);
    office.nothing_in_plain().await;
}

#[tokio::test]
async fn a_cancelled_visit_counts_from_when_it_was_called_off() {
    let mut office = Office::open("al-hasaniya").await;
    office
        .says("amira", TEAM, "/visit LCS1234 Friday 14:00-15:00")
        .await;
    office.amira(WORDS).await;
    office.amira("/cancel LCS1234").await;
    office.pass(Duration::days(7) - Duration::minutes(1)).await;
    assert_eq!(office.sealed().await, 1);
    office.pass(Duration::minutes(1)).await;
    assert_eq!(office.sealed().await, 0);
}

#[tokio::test]
async fn a_lost_key_is_said_and_stops_nothing() {
    let mut office = Office::open("al-hasaniya").await;
    office
        .says("amira", TEAM, "/visit LCS1234 14:00-15:00")
        .await;
    office.amira(WORDS).await;
    office.with_key(SealKey::fleeting());
    office.pass(Duration::minutes(110)).await;
    let pages = office.sent(&Place::Managers, "A1: Amira Khan");
    assert!(
        pages[0].contains("I cannot read it: the key that it is kept with is missing"),
        "{pages:?}"
    );
    assert!(pages[0].contains("07700 900101"));
    // Without any key it is not kept, and she is told.
    let mut office = Office::open("al-hasaniya").await;
    let url = format!("sqlite://{}/test.db", office.folder.display());
    office.store = Store::open(&url).await.expect("a store");
    office.desk = desk(&office.store, &office.book, &office.config);
    office
        .says("amira", TEAM, "/visit LCS1234 14:00-15:00")
        .await;
    office.amira(WORDS).await;
    assert!(
        office
            .last_to_amira()
            .starts_with("I cannot keep addresses just now")
    );
    office.nothing_in_plain().await;
}

#[tokio::test]
async fn a_call_for_help_after_the_visit_still_has_its_address() {
    let mut office = Office::open("al-hasaniya").await;
    office
        .says("amira", TEAM, "/visit LCS1234 14:00-15:00")
        .await;
    let gave = office.amira(WORDS).await;
    office.pass(Duration::minutes(60)).await;
    office.amira("left").await;
    office.amira("home").await;
    office.pass(Duration::minutes(30)).await; // her shift has closed
    office.amira("it is in the purple file").await;
    let page = "Address, as Amira gave it at 13:45: Zebedee Quux";
    assert!(!office.sent(&Place::Managers, page).is_empty());
    // Whoever has her phone cannot delete it now; the answer is the same as on any day.
    office.redacts(&gave).await;
    assert_eq!(
        office.last_to_amira(),
        "Taken back: the address of LCS1234 14:00–15:00."
    );
    assert_eq!(office.sealed().await, 1);
    office.pass(Duration::minutes(2)).await;
    assert!(office.sent(&Place::Managers, page).len() > 1);
    office.nothing_in_plain().await;
}

#[tokio::test]
async fn a_team_that_is_not_configured_loses_no_address() {
    let mut office = Office::open("al-hasaniya").await;
    office
        .says("amira", TEAM, "/visit LCS1234 14:00-15:00")
        .await;
    office.amira(WORDS).await;
    office.pass(Duration::minutes(110)).await; // an alarm is open
    // A slip in the configuration, for longer than the address is kept.
    let config = office.config.clone();
    office.config.teams[0].team.name = "Nroth".to_owned();
    office.desk = desk(&office.store, &office.book, &office.config);
    office.now += Duration::days(9);
    office.work().await;
    assert_eq!(office.sealed().await, 1);
    office.config = config;
    office.desk = desk(&office.store, &office.book, &office.config);
    office.work().await;
    office.amira("left").await;
    office.says("carol", "!managers", "/reached A1").await;
    office.amira("home").await;
    office.pass(Duration::days(2)).await;
    assert_eq!(office.sealed().await, 0);
}

/// Before the visit begins, with its address asked for.
async fn asked() -> Office {
    let mut office = Office::open("al-hasaniya").await;
    office
        .says("amira", TEAM, "/visit LCS1234 15:00-16:00")
        .await;
    office
}

#[tokio::test]
async fn what_newer_words_have_overtaken_stays_nowhere_in_plain() {
    // A message that a command has replaced before its key came, and an older edit.
    let mut office = asked().await;
    for late in [WORDS, "Zebedee Quux at the back", "the old Xylophone Lane"] {
        let event = office.unreadable().await;
        office.edits(&event, "/mine").await;
        office.key_comes(&event, words(late, None)).await;
        office.nothing_in_plain().await;
        assert_eq!(office.sealed().await, 0);
    }
    let note = office.amira("all fine").await;
    let older = office.unreadable().await;
    office.edits(&note, "all is fine").await;
    let edit = Said::Edit {
        of: note,
        body: WORDS.to_owned(),
    };
    office.key_comes(&older, edit).await;
    office.nothing_in_plain().await;
    assert_eq!(office.sealed().await, 0);
}

#[tokio::test]
async fn a_command_that_an_address_has_replaced_is_not_carried_out_when_its_key_comes() {
    let mut office = asked().await;
    let event = office.unreadable().await;
    office.edits(&event, &format!("/address {WORDS}")).await;
    office
        .key_comes(&event, words("/cancel LCS1234", None))
        .await;
    office.amira("/address").await;
    assert_eq!(
        office.last_to_amira(),
        "LCS1234 15:00–16:00: given at 13:45"
    );
    assert_eq!(office.sealed().await, 1);
    office.nothing_in_plain().await;
}

#[tokio::test]
async fn what_an_edit_of_a_note_gave_goes_with_the_message() {
    let mut office = asked().await;
    let note = office.amira("thinking").await;
    office.edits(&note, WORDS).await;
    assert_eq!(office.sealed().await, 1);
    office.redacts(&note).await;
    assert_eq!(
        office.last_to_amira(),
        "Taken back: the address of LCS1234 15:00–16:00."
    );
    assert_eq!(office.sealed().await, 0);
    // Some apps delete the edit by itself.
    let note = office.amira("thinking").await;
    office.edits(&note, WORDS).await;
    assert_eq!(office.sealed().await, 1);
    let edit = format!("$e{}", office.events);
    office.redacts(&edit).await;
    assert_eq!(office.sealed().await, 0);
    office.nothing_in_plain().await;
}

#[tokio::test]
async fn an_answer_that_is_edited_into_something_else_gives_no_address_any_more() {
    let taken_back = "Taken back: the address of LCS1234 15:00–16:00.";
    for instead in ["I am on my way", "/mine", "/address"] {
        let mut office = asked().await;
        let gave = office.amira(WORDS).await;
        office.edits(&gave, instead).await;
        assert_eq!(
            office.sent(&to_direct("amira"), taken_back).len(),
            1,
            "{instead}"
        );
        assert_eq!(office.sealed().await, 0, "{instead}");
        office.nothing_in_plain().await;
    }
    // Cleared by the edit itself it is said once; a slip changes nothing; nor does the same visit's other address.
    let mut office = asked().await;
    let gave = office.amira(WORDS).await;
    office.edits(&gave, "/addres 12").await;
    office.edits(&gave, &format!("/address {WORDS} 2")).await;
    assert_eq!(office.sealed().await, 1);
    office.edits(&gave, "/address clear").await;
    assert_eq!(office.sent(&to_direct("amira"), taken_back).len(), 1);
    assert_eq!(office.sealed().await, 0);
    // Moved to another visit it leaves the first; without a name it stays with its own.
    office
        .says("amira", TEAM, "/visit LCS5678 17:00-18:00")
        .await;
    let gave = office.amira(&format!("/address LCS1234 {WORDS}")).await;
    office.edits(&gave, &format!("/address {WORDS} 2")).await;
    assert!(office.last_to_amira().contains("address of LCS1234"));
    office
        .edits(&gave, &format!("/address LCS5678 {WORDS}"))
        .await;
    assert_eq!(office.sent(&to_direct("amira"), taken_back).len(), 2);
    assert_eq!(office.sealed().await, 1);
    // After the day as well.
    office.amira("/cancel LCS1234").await;
    office.amira("/cancel LCS5678").await;
    office.pass(Duration::hours(30)).await;
    assert_eq!(office.sealed().await, 1);
    office.edits(&gave, "nothing here").await;
    assert_eq!(office.sealed().await, 0);
    office.nothing_in_plain().await;
}

#[tokio::test]
async fn a_call_for_help_in_place_of_the_answer_keeps_the_address_for_those_who_look() {
    let mut office = asked().await;
    let gave = office.amira(WORDS).await;
    office.edits(&gave, "sos").await;
    let page = "Address, as Amira gave it at 13:45: Zebedee Quux";
    assert!(!office.sent(&Place::Managers, page).is_empty());
    office.pass(Duration::minutes(2)).await;
    assert!(office.sent(&Place::Managers, page).len() > 1);
    assert_eq!(office.sealed().await, 1);
}
