//! What the store and the courier promise, on SQLite and on PostgreSQL.
//!
//! PostgreSQL is named by `LONEWATCH_TEST_POSTGRES` (`postgres://…`); each test makes a schema of its own there.
//! Without it those tests pass unseen, unless `LONEWATCH_REQUIRE_POSTGRES=1`: then they fail.

mod aggregates;
mod backup;
mod channel;
mod commit;
mod courier;
mod db;
mod inbox;
mod lease;
mod opening;
mod outbox;
mod received;
mod sealed;
mod seen;
mod standing;
mod tally;

use chrono::{DateTime, TimeDelta, Utc};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::domain::outgoing::{Outgoing, Place, Priority};
use lonewatch_core::store::{Aggregate, Batch, Commit, JournalRow, Store};

/// So many seconds after a Tuesday noon.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_772_539_200 + seconds)
}

/// A text of amira's.
fn text(event: &str, seconds: i64) -> Inbound {
    let what = Said::Text {
        body: format!("words of {event}"),
        reply_to: None,
        thread: None,
    };
    said(event, seconds, what)
}

fn said(event: &str, seconds: i64, what: Said) -> Inbound {
    Inbound {
        room: "!team".into(),
        event: event.into(),
        sender: "@amira:localhost".into(),
        said_at: at(seconds),
        what,
    }
}

/// What a sync brought at `at(100)`.
fn batch(since: &str, events: Vec<Inbound>) -> Batch {
    Batch {
        account: "@bot:localhost DEVICE".into(),
        since: since.into(),
        received_at: at(100),
        events,
        own: vec![],
        gaps: vec![],
    }
}

/// A message to the team room.
fn out(text: &str, priority: Priority) -> Outgoing {
    Outgoing {
        team: "north".into(),
        place: Place::Team,
        priority,
        text: text.into(),
        mentions: vec![],
        rings: false,
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
        why: "a test".into(),
    }
}

/// A message to one person.
fn direct(text: &str, priority: Priority, person: &str) -> Outgoing {
    let place = Place::Direct {
        person: person.into(),
    };
    Outgoing {
        place,
        ..out(text, priority)
    }
}

/// Puts messages into the outbox at `at(0)` and answers their numbers.
async fn say(store: &Store, outbox: Vec<Outgoing>) -> Vec<i64> {
    let commit = Commit {
        outbox,
        ..Commit::new(at(0))
    };
    store.commit(&commit).await.unwrap()
}

/// A shift of amira's that has never been stored.
fn shift(id: &str) -> Aggregate {
    Aggregate {
        kind: "shift".into(),
        id: id.into(),
        team: "north".into(),
        owner: Some("amira".into()),
        version: 0,
        next_due: None,
        closed_at: None,
        body: format!("{{\"format\":1,\"id\":\"{id}\"}}"),
    }
}

/// Stores aggregates at `at(0)`.
async fn save(store: &Store, aggregates: Vec<Aggregate>) {
    let commit = Commit {
        aggregates,
        ..Commit::new(at(0))
    };
    store.commit(&commit).await.unwrap();
}

fn line(input: &str) -> JournalRow {
    JournalRow {
        team: "north".into(),
        kind: "shift".into(),
        aggregate: "s1".into(),
        input: input.into(),
        decision: "[]".into(),
    }
}
