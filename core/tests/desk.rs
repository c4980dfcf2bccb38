//! The desk at its own boundary: what a scenario file cannot say (a new policy, a late key, a broken row, an
//! event that comes twice).

#[path = "desk/board.rs"]
mod board;
#[path = "desk/drill.rs"]
mod drill;
#[path = "desk/hostile.rs"]
mod hostile;
#[path = "desk/lost_room.rs"]
mod lost_room;
#[path = "desk/order.rs"]
mod order;
#[path = "desk/reach.rs"]
mod reach;
#[path = "desk/record.rs"]
mod record;
#[path = "desk/sheet.rs"]
mod sheet;
#[path = "desk/tally.rs"]
mod tally;
#[path = "desk/trouble.rs"]
mod trouble;

use chrono::{DateTime, Duration, TimeZone, Utc};
use lonewatch_core::config::{Config, load_for_rehearsal};
use lonewatch_core::desk::{BotNames, Desk};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::domain::outgoing::{Outgoing, Place, Priority};
use lonewatch_core::domain::policy::Policy;
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::store::{Aggregate, Batch, Commit, OutRow, Store};
use std::path::Path;

struct Office {
    store: Store,
    config: Config,
    book: RoomBook,
    desk: Desk,
    events: usize,
    now: DateTime<Utc>,
}

fn two_o_clock() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 14, 0, 0)
        .single()
        .expect("a time")
}

fn config() -> Config {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    load_for_rehearsal(&folder.join("wiltshire.toml")).expect("the scenarios' team")
}

fn matrix(id: &str) -> String {
    format!("@{id}:example.org")
}

fn rooms(config: &Config) -> RoomBook {
    let book = RoomBook::default();
    book.set_team("North", "!team");
    book.set_managers("North", "!managers");
    let people = &config.teams[0].team.people;
    let ids = |all: bool| {
        people
            .iter()
            .filter(move |p| all || p.responds())
            .filter_map(|p| p.matrix.clone())
    };
    book.set_members("!team", ids(true).collect());
    book.set_members("!managers", ids(false).collect());
    for user in ids(true) {
        book.set_direct(&user, &format!("!direct-{user}"));
    }
    book
}

impl Office {
    async fn open() -> Self {
        let config = config();
        let book = rooms(&config);
        let store = Store::open("sqlite::memory:").await.expect("a store");
        let desk = Desk::new(
            store.clone(),
            book.clone(),
            &config,
            BotNames::of("@lonewatch:example.org"),
        );
        let desk = desk.expect("a desk");
        Self {
            store,
            config,
            book,
            desk,
            events: 0,
            now: two_o_clock(),
        }
    }

    fn restart(&mut self) {
        let names = BotNames::of("@lonewatch:example.org");
        let desk = Desk::new(self.store.clone(), self.book.clone(), &self.config, names);
        self.desk = desk.expect("a desk");
    }

    async fn arrives(&mut self, who: &str, room: &str, what: Said) -> String {
        self.events += 1;
        let event = format!("$e{}", self.events);
        self.arrives_as(&event, who, room, what).await;
        event
    }

    async fn arrives_as(&mut self, event: &str, who: &str, room: &str, what: Said) {
        let inbound = Inbound {
            room: room.to_owned(),
            event: event.to_owned(),
            sender: matrix(who),
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
        self.desk.work(self.now).await.expect("dealt with");
    }

    async fn says(&mut self, who: &str, text: &str) -> String {
        let room = format!("!direct-{}", matrix(who));
        self.arrives(who, &room, words(text)).await
    }

    async fn later(&mut self, minutes: i64) {
        self.now += Duration::minutes(minutes);
        self.desk.work(self.now).await.expect("woken");
    }

    /// A page to the managers' room.
    fn page(&self) -> Outgoing {
        Outgoing {
            team: "North".to_owned(),
            place: Place::Managers,
            priority: Priority::Page,
            text: "A1".to_owned(),
            mentions: vec![],
            rings: true,
            reply_to: None,
            thread: None,
            opens_thread: false,
            offers: vec![],
            hide_from: vec![],
            about: None,
            slot: None,
            standing: None,
            file: None,
            sealed: None,
            why: "a test".to_owned(),
        }
    }

    /// All that waits to be sent, then counted as sent.
    async fn sent(&mut self) -> Vec<Outgoing> {
        self.sent_where(|_| true).await
    }

    /// The same, but nothing goes to this place.
    async fn sent_but_to(&mut self, lost: &Place) -> Vec<Outgoing> {
        self.sent_where(|row| row.out.place != *lost).await
    }

    async fn sent_where(&mut self, goes: impl Fn(&OutRow) -> bool) -> Vec<Outgoing> {
        let mut rows = self.store.unsent(self.now, 1000).await.expect("the outbox");
        rows.retain(goes);
        for row in &rows {
            let event = format!("$bot{}", row.id);
            self.store
                .sent(row.id, "!room", &event, self.now)
                .await
                .expect("marked");
        }
        rows.into_iter().map(|row| row.out).collect()
    }
}

fn words(text: &str) -> Said {
    Said::Text {
        body: text.to_owned(),
        reply_to: None,
        thread: None,
    }
}

fn direct(who: &str) -> Place {
    Place::Direct { person: who.into() }
}

fn to<'a>(sent: &'a [Outgoing], place: &Place) -> Vec<&'a str> {
    sent.iter()
        .filter(|row| row.place == *place)
        .map(|row| row.text.as_str())
        .collect()
}

#[tokio::test]
async fn a_shift_is_protected_by_the_policy_as_it_was_when_it_began() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    // Overnight somebody edits the policy: nobody is told before five hours have passed.
    let lazy = office.config.teams[0]
        .policy_text
        .replace("final_end+15m", "final_end+5h");
    office.config.teams[0].policy = Policy::parse(&lazy).expect("a policy");
    office.config.teams[0].policy_text = lazy;
    office.restart();
    office.says("ben", "visit LCS5678 14:00-15:00").await;
    office.sent().await;
    office.later(75).await;
    let sent = office.sent().await;
    let pages = to(&sent, &Place::Managers);
    assert!(
        pages.iter().any(|text| text.contains("A1: Amira Khan")),
        "{pages:?}"
    );
    assert!(
        !pages.iter().any(|text| text.contains("Ben Ward")),
        "{pages:?}"
    );
}

#[tokio::test]
async fn an_event_that_comes_twice_is_applied_once() {
    let mut office = Office::open().await;
    let event = office.says("amira", "visit LCS1234 14:00-15:00").await;
    let room = format!("!direct-{}", matrix("amira"));
    for _ in 0..3 {
        office
            .arrives_as(&event, "amira", &room, words("visit LCS1234 14:00-15:00"))
            .await;
        office.restart();
    }
    assert_eq!(to(&office.sent().await, &direct("amira")).len(), 1);
}

#[tokio::test]
async fn a_message_whose_key_comes_late_counts_as_said_when_it_was_sent() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.sent().await;
    let room = format!("!direct-{}", matrix("amira"));
    let secret = Said::Unreadable {
        reason: "no key".to_owned(),
        raw: "{}".to_owned(),
    };
    let event = office.arrives("amira", &room, secret.clone()).await;
    let sent = office.sent().await;
    assert_eq!(
        to(&sent, &direct("amira")),
        ["I could not read your last message. Please send it again."]
    );
    assert!(
        to(&sent, &direct("dan"))
            .iter()
            .any(|text| text.contains("could not be read"))
    );
    assert!(sent.iter().all(|row| !row.rings), "told quietly at first");
    office.later(2).await;
    let sent = office.sent().await;
    let pinged = |row: &Outgoing| row.rings && row.mentions.contains(&"dan".into());
    assert!(
        sent.iter().any(pinged),
        "the duty officer is pinged after two minutes"
    );
    let left = Inbound {
        room: room.clone(),
        event: event.clone(),
        sender: matrix("amira"),
        said_at: two_o_clock(),
        what: words("left"),
    };
    assert!(
        office
            .store
            .now_readable(&room, &event, &left)
            .await
            .expect("stored")
    );
    office.later(1).await;
    let sent = office.sent().await;
    assert!(
        to(&sent, &direct("amira"))
            .iter()
            .any(|text| text.starts_with("Left: LCS1234")),
        "{sent:?}"
    );
    assert!(
        to(&sent, &Place::Managers)
            .iter()
            .any(|text| text.contains("can be read now"))
    );
    // One that closes no visit in time, and was sent before the responders were told: they read when.
    office.says("ben", "visit LCS2345 14:00-14:05").await;
    let room = format!("!direct-{}", matrix("ben"));
    let event = office.arrives("ben", &room, secret).await;
    let said_at = office.now;
    office.later(30).await;
    office.sent().await;
    let left = Inbound {
        room: room.clone(),
        event: event.clone(),
        sender: matrix("ben"),
        said_at,
        what: words("left"),
    };
    let read = office.store.now_readable(&room, &event, &left).await;
    assert!(read.expect("stored"));
    office.later(1).await;
    let sent = office.sent().await;
    let says = "left LCS2345). The paging has stopped. The message was sent at 14:03; I could read it only now.";
    let told = to(&sent, &Place::Managers);
    assert!(told.iter().any(|text| text.contains(says)), "{sent:?}");
}

#[tokio::test]
async fn a_code_phrase_that_can_be_read_only_later_alarms_and_says_when_it_was_sent() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 13:30-15:00").await;
    let room = format!("!direct-{}", matrix("amira"));
    let what = Said::Unreadable {
        reason: "no key".to_owned(),
        raw: "{}".to_owned(),
    };
    let event = office.arrives("amira", &room, what).await;
    office.later(7).await;
    office.sent().await;
    let phrase = Inbound {
        room: room.clone(),
        event: event.clone(),
        sender: matrix("amira"),
        said_at: two_o_clock(),
        what: words("running over, the details are in the purple file"),
    };
    let read = office.store.now_readable(&room, &event, &phrase).await;
    assert!(read.expect("stored"));
    office.later(1).await;
    let sent = office.sent().await;
    assert_eq!(to(&sent, &direct("amira")), ["Thank you, noted."]);
    let late = "The message was sent at 14:00; I could read it only at 14:08.";
    let page = |text: &&str| text.contains("CALL FOR HELP") && text.contains(late);
    assert!(to(&sent, &direct("dan")).iter().any(page), "{sent:?}");
    // One that is heard as it is sent says nothing of it.
    office.says("ben", "visit LCS2345 13:30-15:00").await;
    office
        .says("ben", "the details are in the purple file")
        .await;
    let sent = office.sent().await;
    let pages = to(&sent, &direct("dan"));
    let page = pages.iter().find(|text| text.contains("CALL FOR HELP"));
    assert!(!page.expect("a page").contains("was sent at"), "{pages:?}");
}

#[tokio::test]
async fn a_shift_that_cannot_be_read_holds_nobody_else_up() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let mut commit = Commit::new(office.now);
    commit.aggregates.push(Aggregate {
        kind: "shift".to_owned(),
        id: "broken".to_owned(),
        team: "North".to_owned(),
        owner: Some("ben".to_owned()),
        version: 0,
        next_due: Some(office.now),
        closed_at: None,
        body: "{\"format\":1,\"body\":{}}".to_owned(),
    });
    office.store.commit(&commit).await.expect("stored");
    office.sent().await;
    office.later(60).await;
    let sent = office.sent().await;
    assert!(
        to(&sent, &Place::Managers)
            .iter()
            .any(|text| text.contains("NOT looking out for Ben"))
    );
    assert!(
        to(&sent, &direct("amira"))
            .iter()
            .any(|text| text.contains("finished?"))
    );
}

#[tokio::test]
async fn strangers_and_rooms_that_are_not_configured_get_silence() {
    let mut office = Office::open().await;
    office
        .arrives("mallory", "!team", words("/visit LCS1234 14:00-15:00"))
        .await;
    office
        .arrives("amira", "!elsewhere", words("/visit LCS1234 14:00-15:00"))
        .await;
    // Amira's direct chat is hers alone, whoever has got into it.
    let room = format!("!direct-{}", matrix("amira"));
    office
        .arrives("dan", &room, words("/visit LCS1234 14:00-15:00"))
        .await;
    assert_eq!(office.sent().await, []);
    assert!(
        office
            .store
            .open_aggregates("shift", "North")
            .await
            .expect("shifts")
            .is_empty()
    );
}

#[tokio::test]
async fn words_in_a_quoted_reply_are_nobodys_command() {
    let mut office = Office::open().await;
    office
        .arrives(
            "amira",
            "!team",
            words("> <@dan:example.org> /visit LCS1234 14:00-15:00\n\nwhat is this?"),
        )
        .await;
    assert_eq!(office.sent().await, []);
}

#[tokio::test]
async fn what_is_shown_of_a_note_has_no_hidden_marks_and_an_end() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.sent().await;
    office
        .says(
            "amira",
            &format!(
                "\u{202E}he has\u{7} locked\u{200F} the door {}",
                "x".repeat(60_000)
            ),
        )
        .await;
    let sent = office.sent().await;
    let shown = to(&sent, &Place::Managers);
    assert!(
        shown[0].starts_with("Note from Amira (LCS1234 14:00–15:00): he has locked the door x"),
        "{}",
        shown[0]
    );
    assert!(shown[0].len() < 1000);
    assert_eq!(to(&sent, &direct("amira")), ["Thank you, noted."]);
}

#[tokio::test]
async fn her_answer_does_not_wait_behind_the_pages() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.sent().await;
    office
        .says("amira", "the details are in the purple file")
        .await;
    let sent = office.sent().await;
    assert_eq!(sent[0].text, "Thank you, noted.");
    assert!(!sent[0].rings);
    assert!(sent[1].text.contains("CALL FOR HELP"));
}
