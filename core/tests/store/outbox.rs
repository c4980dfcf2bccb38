//! The outbox: order, retries, superseding, refusals, threads.

use crate::db::{Db, on_both};
use crate::{at, direct, out, say};
use chrono::TimeDelta;
use lonewatch_core::domain::outgoing::{Outgoing, Priority};
use lonewatch_core::store::{Commit, OutRow, Store, StoreError};

on_both!(
    the_most_urgent_goes_first,
    a_row_that_failed_waits_for_its_time,
    a_slot_holds_the_newest_of_its_place,
    what_rings_of_a_drill_is_called_back,
    what_was_sent_stays_as_it_was,
    a_refusal_is_handed_over_once,
    a_refusal_that_arrived_all_the_same_is_none,
    our_messages_are_found_by_event,
    the_root_of_a_thread,
    a_row_that_contradicts_itself_is_named,
);

fn texts(rows: &[OutRow]) -> Vec<&str> {
    rows.iter().map(|row| row.out.text.as_str()).collect()
}

async fn unsent(store: &Store) -> Vec<String> {
    let rows = store.unsent(at(1000), 100).await.unwrap();
    rows.into_iter().map(|row| row.out.text).collect()
}

async fn the_most_urgent_goes_first(db: &Db) {
    let store = db.open().await;
    let rows = vec![
        out("quiet", Priority::Quiet),
        out("answer 1", Priority::Answer),
        out("duress", Priority::Duress),
        out("prompt", Priority::Prompt),
        out("page", Priority::Page),
        out("answer 2", Priority::Answer),
    ];
    let ids = say(&store, rows).await;
    assert!(ids.is_sorted());
    let order = ["duress", "page", "answer 1", "prompt", "answer 2", "quiet"];
    assert_eq!(unsent(&store).await, order);
    let two = store.unsent(at(0), 2).await.unwrap();
    assert_eq!(texts(&two), ["duress", "page"]);
}

async fn a_row_that_failed_waits_for_its_time(db: &Db) {
    let store = db.open().await;
    let ids = say(
        &store,
        vec![out("one", Priority::Answer), out("two", Priority::Answer)],
    )
    .await;
    assert_eq!(store.next_retry().await.unwrap(), None);
    let time = at(10) + TimeDelta::nanoseconds(1);
    store.later(ids[0], time).await.unwrap();
    let rounded = at(10) + TimeDelta::milliseconds(1);
    assert_eq!(store.next_retry().await.unwrap(), Some(rounded));
    let early = store.unsent(at(10), 10).await.unwrap();
    assert_eq!(texts(&early), ["two"]);
    let due = store.unsent(rounded, 10).await.unwrap();
    assert_eq!(texts(&due), ["one", "two"]);
    assert_eq!((due[0].attempts, due[0].retry_at), (1, Some(rounded)));
    store.later(ids[0], at(20)).await.unwrap();
    let again = store.out_row(ids[0]).await.unwrap().unwrap();
    assert_eq!((again.attempts, again.retry_at), (2, Some(at(20))));

    store.sent(ids[0], "!team", "$1", at(21)).await.unwrap();
    assert_eq!(store.next_retry().await.unwrap(), None);
}

async fn a_slot_holds_the_newest_of_its_place(db: &Db) {
    let store = db.open().await;
    let slot = |out: Outgoing| Outgoing {
        slot: Some("ask".into()),
        ..out
    };
    let team = |text: &str| slot(out(text, Priority::Prompt));
    let amira = |text: &str| slot(direct(text, Priority::Prompt, "amira"));
    let ben = |text: &str| slot(direct(text, Priority::Prompt, "ben"));
    let south = |text: &str| Outgoing {
        team: "south".into(),
        ..team(text)
    };
    let sent = say(&store, vec![team("sent")]).await[0];
    store.sent(sent, "!team", "$0", at(0)).await.unwrap();
    let refused = say(&store, vec![team("refused")]).await[0];
    store.refused(refused, "no", at(0)).await.unwrap();
    let old = say(
        &store,
        vec![
            team("team 1"),
            amira("amira 1"),
            ben("ben 1"),
            south("south 1"),
            out("no slot", Priority::Prompt),
        ],
    )
    .await;
    assert_eq!(
        unsent(&store).await,
        ["team 1", "amira 1", "ben 1", "south 1", "no slot"],
        "one slot, several people: each has theirs"
    );
    let newer = Commit {
        outbox: vec![team("team 2"), amira("amira 2")],
        ..Commit::new(at(7))
    };
    store.commit(&newer).await.unwrap();
    assert_eq!(
        unsent(&store).await,
        ["ben 1", "south 1", "no slot", "team 2", "amira 2"]
    );
    let replaced = store.out_row(old[0]).await.unwrap().unwrap();
    assert_eq!(replaced.superseded_at, Some(at(7)));
    for id in [sent, refused] {
        let row = store.out_row(id).await.unwrap().unwrap();
        assert_eq!(row.superseded_at, None, "{}", row.out.text);
    }
    // It was on its way when it was superseded.
    store.sent(old[0], "!team", "$late", at(8)).await.unwrap();
    assert!(store.row_of_event("$late").await.unwrap().is_some());
}

async fn what_was_sent_stays_as_it_was(db: &Db) {
    let store = db.open().await;
    let id = say(&store, vec![out("one", Priority::Answer)]).await[0];
    store.sent(id, "!team", "$1", at(1)).await.unwrap();
    store.sent(id, "!other", "$2", at(2)).await.unwrap();
    store.later(id, at(3)).await.unwrap();
    store.refused(id, "no", at(4)).await.unwrap();
    let row = store.out_row(id).await.unwrap().unwrap();
    assert_eq!(row.room.as_deref(), Some("!team"));
    assert_eq!(row.event.as_deref(), Some("$1"));
    assert_eq!(row.sent_at, Some(at(1)));
    assert_eq!(
        (row.attempts, row.retry_at, row.refused_at),
        (0, None, None)
    );
    assert_eq!(unsent(&store).await, [] as [&str; 0]);
}

async fn a_refusal_is_handed_over_once(db: &Db) {
    let store = db.open().await;
    let ids = say(
        &store,
        vec![out("one", Priority::Page), out("two", Priority::Page)],
    )
    .await;
    let seen = |id| Commit {
        refused_seen: Some(id),
        outbox: vec![out("told", Priority::Page)],
        ..Commit::new(at(3))
    };
    let early = store.commit(&seen(ids[0])).await;
    assert!(matches!(early, Err(StoreError::Stale { .. })), "{early:?}");

    store.refused(ids[0], "too \0 long", at(1)).await.unwrap();
    store.refused(ids[0], "again", at(2)).await.unwrap();
    let refused = store.refused_unseen().await.unwrap();
    assert_eq!(texts(&refused), ["one"]);
    assert_eq!(refused[0].refused_at, Some(at(1)));
    assert_eq!(refused[0].refused_why.as_deref(), Some("too \u{fffd} long"));
    assert_eq!(unsent(&store).await, ["two"]);

    store.commit(&seen(ids[0])).await.unwrap();
    assert_eq!(store.refused_unseen().await.unwrap(), []);
    let again = store.commit(&seen(ids[0])).await;
    assert!(
        matches!(&again, Err(StoreError::Stale { what }) if *what == format!("outbox row {}", ids[0])),
        "{again:?}"
    );
    assert_eq!(unsent(&store).await, ["two", "told"]);
}

async fn a_refusal_that_arrived_all_the_same_is_none(db: &Db) {
    let store = db.open().await;
    let id = say(&store, vec![out("one", Priority::Page)]).await[0];
    store.refused(id, "no", at(1)).await.unwrap();
    store.sent(id, "!team", "$1", at(2)).await.unwrap();
    assert_eq!(store.refused_unseen().await.unwrap(), []);
}

async fn our_messages_are_found_by_event(db: &Db) {
    let store = db.open().await;
    let about = Outgoing {
        about: Some("{\"alarm\":12}".into()),
        offers: vec!["✅".into(), "🕐".into()],
        mentions: vec!["amira".into()],
        ..direct("one", Priority::Prompt, "amira")
    };
    let id = say(&store, vec![about.clone()]).await[0];
    assert_eq!(store.row_of_event("$1").await.unwrap(), None);
    store.sent(id, "!dm", "$1", at(1)).await.unwrap();
    let row = store.row_of_event("$1").await.unwrap().unwrap();
    assert_eq!((row.id, row.out), (id, about));
    assert_eq!(store.row_of_event("$2").await.unwrap(), None);
    assert_eq!(store.out_row(99).await.unwrap(), None);
}

async fn the_root_of_a_thread(db: &Db) {
    let store = db.open().await;
    let thread = |text: &str, opens_thread| Outgoing {
        thread: Some("s1#A12".into()),
        opens_thread,
        slot: opens_thread.then(|| "root".into()),
        ..out(text, Priority::Page)
    };
    say(&store, vec![thread("in it", false)]).await;
    assert_eq!(store.thread_root("s1#A12").await.unwrap(), None);

    let first = say(&store, vec![thread("superseded", true)]).await[0];
    let root = store.thread_root("s1#A12").await.unwrap();
    assert_eq!(root, Some((first, None, None)));
    let second = say(&store, vec![thread("refused", true)]).await[0];
    let root = store.thread_root("s1#A12").await.unwrap();
    assert_eq!(root, Some((second, None, None)));
    store.refused(second, "no", at(1)).await.unwrap();
    assert_eq!(store.thread_root("s1#A12").await.unwrap(), None);

    let third = say(&store, vec![thread("sent", true)]).await[0];
    store.sent(third, "!team", "$root", at(2)).await.unwrap();
    say(&store, vec![thread("later", true)]).await;
    let root = store.thread_root("s1#A12").await.unwrap();
    let sent = (third, Some("$root".to_owned()), Some("!team".to_owned()));
    assert_eq!(root, Some(sent), "the earliest");
    assert_eq!(store.thread_root("s1#A1").await.unwrap(), None);

    let name = store.thread_of_event("$root").await.unwrap();
    assert_eq!(name.as_deref(), Some("s1#A12"));
    assert_eq!(store.thread_of_event("$other").await.unwrap(), None);
}

async fn a_row_that_contradicts_itself_is_named(db: &Db) {
    let store = db.open().await;
    let id = say(&store, vec![out("one", Priority::Page)]).await[0];
    for (change, column) in [
        ("UPDATE outbox SET priority = 4", "priority"),
        ("UPDATE outbox SET team = 'south'", "team"),
        ("UPDATE outbox SET body = '{}'", "body"),
    ] {
        db.run(change).await;
        let error = store.unsent(at(1), 10).await.unwrap_err();
        let start = format!("table outbox, column {column}, row {id}: ");
        assert!(error.to_string().starts_with(&start), "{error}");
        db.run("UPDATE outbox SET priority = 1, team = 'north'")
            .await;
    }
}

async fn what_rings_of_a_drill_is_called_back(db: &Db) {
    let store = db.open().await;
    let slot = |text: &str, priority, slot: &str| Outgoing {
        slot: Some(slot.into()),
        ..out(text, priority)
    };
    let rows = vec![
        slot("sent", Priority::Page, "Nor%th_/amira/1/drill#0"),
        slot("page", Priority::Page, "Nor%th_/amira/1/drill#1"),
        slot(
            "call",
            Priority::Duress,
            "Nor%th_/amira/1/drill#A1/repeat/dan",
        ),
        slot("answer", Priority::Answer, "Nor%th_/amira/1/drill#2"),
        slot("another drill", Priority::Page, "Nor%th_/amira/12/drill#1"),
        slot("another team", Priority::Page, "NorXthY/amira/1/drill#1"),
        slot("real", Priority::Duress, "Nor%th_/amira/1#A2/repeat/dan"),
        out("no slot", Priority::Page),
    ];
    let ids = say(&store, rows).await;
    store.sent(ids[0], "!team", "$1", at(1)).await.unwrap();
    let mut commit = Commit::new(at(2));
    commit.withdrawn = vec!["Nor%th_/amira/1/drill".into()];
    store.commit(&commit).await.unwrap();
    let left = ["real", "another drill", "another team", "no slot", "answer"];
    assert_eq!(unsent(&store).await, left);
    let sent = store.out_row(ids[0]).await.unwrap().unwrap();
    assert_eq!(sent.superseded_at, None);
}
