//! Who acts, where several instances share one database.

use crate::at;
use crate::db::{Db, on_both};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::store::{Batch, Commit, Fence, StoreError};
use std::sync::Arc;
use std::time::Duration;

on_both![
    one_acts_until_its_time_is_over,
    an_instance_that_was_replaced_writes_no_decision,
    who_stops_hands_over_at_once,
    late_is_not_lost_while_nobody_else_wants_it,
    one_who_stands_by_is_ready_for_a_while,
    what_one_device_could_not_read_another_can,
    a_new_device_goes_on_where_the_others_are,
];

const LONG: Duration = Duration::from_secs(3600);
const OVER: Duration = Duration::ZERO;

fn named(name: &str) -> Arc<str> {
    Arc::from(name)
}

async fn one_acts_until_its_time_is_over(db: &Db) {
    let (one, two) = (db.open().await, db.open().await);
    let first = one.take_lease(&named("one"), LONG).await.unwrap();
    let first = first.expect("nobody has it");
    assert_eq!(two.take_lease(&named("two"), LONG).await.unwrap(), None);
    assert!(one.renew_lease(&first, OVER).await.unwrap());
    let second = two.take_lease(&named("two"), LONG).await.unwrap();
    let second = second.expect("its time is over");
    assert!(second.epoch > first.epoch, "{second:?} after {first:?}");
    assert!(!one.renew_lease(&first, LONG).await.unwrap());
    assert!(two.renew_lease(&second, LONG).await.unwrap());
}

async fn an_instance_that_was_replaced_writes_no_decision(db: &Db) {
    let (one, two) = (db.open().await, db.open().await);
    let first = one.take_lease(&named("one"), OVER).await.unwrap();
    let old = one.fenced(first.expect("nobody has it"));
    let mut decision = Commit::new(at(0));
    decision.meta = vec![("by".to_owned(), "one".to_owned())];
    old.commit(&decision).await.unwrap();
    let second = two.take_lease(&named("two"), LONG).await.unwrap();
    let new = two.fenced(second.expect("its time is over"));
    decision.meta[0].1 = "one, too late".to_owned();
    let refused = old.commit(&decision).await;
    assert!(matches!(refused, Err(StoreError::NotActing)), "{refused:?}");
    assert_eq!(new.meta("by").await.unwrap().as_deref(), Some("one"));
    decision.meta[0].1 = "two".to_owned();
    new.commit(&decision).await.unwrap();
    assert_eq!(old.meta("by").await.unwrap().as_deref(), Some("two"));
    // Nor does it put anything off, or give anything up.
    let now = at(0);
    for refused in [old.later(1, now).await, old.refused(1, "", now).await] {
        assert!(matches!(refused, Err(StoreError::NotActing)), "{refused:?}");
    }
}

async fn who_stops_hands_over_at_once(db: &Db) {
    let store = db.open().await;
    let first = store.take_lease(&named("one"), LONG).await.unwrap();
    let first = first.expect("nobody has it");
    store.release_lease(&first).await.unwrap();
    let second = store.take_lease(&named("two"), LONG).await.unwrap();
    let second = second.expect("it was given back");
    // What is given back twice is another's by now.
    store.release_lease(&first).await.unwrap();
    assert!(store.renew_lease(&second, LONG).await.unwrap());
}

async fn late_is_not_lost_while_nobody_else_wants_it(db: &Db) {
    let store = db.open().await;
    let first = store.take_lease(&named("one"), OVER).await.unwrap();
    let first = first.expect("nobody has it");
    assert!(store.renew_lease(&first, LONG).await.unwrap());
    // Started again in the same process it need not wait for itself; what it was before may write no more.
    let again = store.take_lease(&named("one"), LONG).await.unwrap();
    let again: Fence = again.expect("it is its own");
    assert!(again.epoch > first.epoch);
    assert!(!store.renew_lease(&first, LONG).await.unwrap());
}

async fn one_who_stands_by_is_ready_for_a_while(db: &Db) {
    let (one, two, three) = (named("one"), named("two"), named("three"));
    let store = db.open().await;
    let acts = store.take_lease(&one, LONG).await.unwrap();
    let acts = acts.expect("nobody has it");
    assert!(!store.is_other_ready(&one).await.unwrap());
    store.say_ready(&two, LONG).await.unwrap();
    assert!(store.is_other_ready(&one).await.unwrap());
    assert!(!store.is_other_ready(&two).await.unwrap(), "no other");
    store.say_ready(&three, LONG).await.unwrap();
    assert!(store.is_other_ready(&two).await.unwrap());
    // To be ready is not to act.
    assert!(store.renew_lease(&acts, LONG).await.unwrap());
    store.say_ready(&three, OVER).await.unwrap();
    assert!(
        !store.is_other_ready(&one).await.unwrap(),
        "its time is over"
    );
}

fn words(body: &str) -> Said {
    Said::Text {
        body: body.to_owned(),
        reply_to: None,
        thread: None,
    }
}

fn said(what: Said) -> Inbound {
    Inbound {
        room: "!direct".to_owned(),
        event: "$one".to_owned(),
        sender: "@amira:localhost".to_owned(),
        said_at: at(0),
        what,
    }
}

fn batch(device: &str, since: &str, said: Inbound) -> Batch {
    Batch {
        account: format!("@lonewatch:localhost {device}"),
        since: since.to_owned(),
        received_at: at(0),
        events: vec![said],
        own: vec![],
        gaps: vec![],
    }
}

async fn what_one_device_could_not_read_another_can(db: &Db) {
    let store = db.open().await;
    let unreadable = || {
        said(Said::Unreadable {
            reason: "no key".to_owned(),
            raw: "{}".to_owned(),
        })
    };
    let text = said(words("purple file"));
    assert_eq!(
        store
            .ingest(&batch("ONE", "s1", unreadable()))
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        store
            .ingest(&batch("TWO", "s1", text.clone()))
            .await
            .unwrap(),
        0
    );
    let pending = store.pending(10).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].inbound.what, text.what);
    // The other way round nothing is lost.
    store
        .ingest(&batch("ONE", "s2", unreadable()))
        .await
        .unwrap();
    assert_eq!(store.pending(10).await.unwrap()[0].inbound.what, text.what);
}

async fn a_new_device_goes_on_where_the_others_are(db: &Db) {
    let store = db.open().await;
    let text = |event: &str| Inbound {
        event: event.to_owned(),
        ..said(words("arrived"))
    };
    let user = "@lonewatch:localhost";
    assert_eq!(store.since_of_others(user).await.unwrap(), None);
    let mut first = batch("ONE", "s9", text("$a"));
    first.received_at -= chrono::Duration::minutes(1);
    store.ingest(&first).await.unwrap();
    store
        .ingest(&batch("TWO", "s10", text("$b")))
        .await
        .unwrap();
    let newest = store.since_of_others(user).await.unwrap();
    assert_eq!(newest.as_deref(), Some("s10"));
    assert_eq!(store.since_of_others("@lone").await.unwrap(), None);
}
