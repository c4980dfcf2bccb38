//! The desk's decision: all of it or nothing, once.

use crate::db::{Db, cut_short, on_both};
use crate::{at, batch, line, out, save, say, shift, text};
use lonewatch_core::domain::outgoing::Priority;
use lonewatch_core::store::{Aggregate, Commit, Store, StoreError};

on_both!(
    keeps_all_of_it,
    an_inbox_row_is_done_once,
    a_stale_aggregate_writes_nothing,
    a_new_one_that_exists_writes_nothing,
    a_crash_keeps_all_or_nothing,
    two_at_once_do_not_both_win,
    an_id_never_comes_back,
    names_and_policies,
);

/// A decision that touches everything.
fn whole(done: i64, aggregates: Vec<Aggregate>) -> Commit {
    Commit {
        at: at(5),
        done: Some((done, "text")),
        forget_words: false,
        sealed: vec![],
        sealed_until: vec![],
        unsealed: vec![],
        refused_seen: None,
        stuck_seen: None,
        taken_down: None,
        gap_told: None,
        aggregates,
        outbox: vec![out("answer", Priority::Answer)],
        journal: vec![line("one"), line("two")],
        meta: vec![("mark".into(), "set".into())],
        policies: vec![("h1".into(), "the text".into())],
        withdrawn: vec![],
    }
}

/// The inbox row that is waiting.
async fn waiting(store: &Store, event: &str) -> i64 {
    store
        .ingest(&batch(event, vec![text(event, 1)]))
        .await
        .unwrap();
    let row = store.said("!team", event).await.unwrap().unwrap();
    row.id
}

/// What is there of [`whole`]: inbox row done, outbox, journal, mark, policy.
async fn written(store: &Store) -> [bool; 5] {
    [
        store.pending(10).await.unwrap().is_empty(),
        !store.unsent(at(10), 10).await.unwrap().is_empty(),
        !store.journal("shift", "s1").await.unwrap().is_empty(),
        store.meta("mark").await.unwrap().is_some(),
        store.policy("h1").await.unwrap().is_some(),
    ]
}

fn stale<T: std::fmt::Debug>(result: Result<T, StoreError>, what: &str) {
    match result {
        Err(StoreError::Stale { what: found }) => assert_eq!(found, what),
        other => panic!("not stale: {other:?}"),
    }
}

async fn keeps_all_of_it(db: &Db) {
    let store = db.open().await;
    let row = waiting(&store, "$1").await;
    let ids = store.commit(&whole(row, vec![shift("s1")])).await.unwrap();
    store.close().await;
    let store = db.open().await;
    assert_eq!(written(&store).await, [true; 5]);
    let unsent = store.unsent(at(10), 10).await.unwrap();
    assert_eq!(ids, [unsent[0].id]);
    assert_eq!(unsent[0].out, out("answer", Priority::Answer));
    assert_eq!(unsent[0].created_at, at(5));
    assert_eq!((unsent[0].attempts, unsent[0].retry_at), (0, None));
    let journal = store.journal("shift", "s1").await.unwrap();
    assert_eq!(journal, [(at(5), line("one")), (at(5), line("two"))]);
    assert_eq!(store.meta("mark").await.unwrap().as_deref(), Some("set"));
    let row = store.said("!team", "$1").await.unwrap().unwrap();
    assert_eq!(row.done_at, Some(at(5)));
}

async fn an_inbox_row_is_done_once(db: &Db) {
    let store = db.open().await;
    let row = waiting(&store, "$1").await;
    let done = Commit {
        done: Some((row, "text")),
        ..Commit::new(at(1))
    };
    store.commit(&done).await.unwrap();
    let again = store.commit(&whole(row, vec![shift("s1")])).await;
    stale(again, &format!("inbox row {row}"));
    assert_eq!(written(&store).await, [true, false, false, false, false]);
    assert_eq!(store.aggregate("shift", "s1").await.unwrap(), None);
    stale(store.commit(&whole(99, vec![])).await, "inbox row 99");
}

async fn a_stale_aggregate_writes_nothing(db: &Db) {
    let store = db.open().await;
    save(&store, vec![shift("s1"), shift("s2")]).await;
    let first = store.aggregate("shift", "s1").await.unwrap().unwrap();
    let second = store.aggregate("shift", "s2").await.unwrap().unwrap();
    save(&store, vec![second.clone()]).await;

    let row = waiting(&store, "$1").await;
    let changed = Aggregate {
        body: "{}".into(),
        ..first.clone()
    };
    let result = store.commit(&whole(row, vec![changed, second])).await;
    stale(result, "shift s2");
    assert_eq!(written(&store).await, [false; 5]);
    let now = store.aggregate("shift", "s1").await.unwrap().unwrap();
    assert_eq!(now, first, "the one before it was not saved either");

    let gone = Aggregate {
        version: 1,
        ..shift("s3")
    };
    stale(store.commit(&whole(row, vec![gone])).await, "shift s3");
}

async fn a_new_one_that_exists_writes_nothing(db: &Db) {
    let store = db.open().await;
    save(&store, vec![shift("s1")]).await;
    let row = waiting(&store, "$1").await;
    let again = Aggregate {
        body: "{}".into(),
        ..shift("s1")
    };
    stale(store.commit(&whole(row, vec![again])).await, "shift s1");
    assert_eq!(written(&store).await, [false; 5]);
    let kept = store.aggregate("shift", "s1").await.unwrap().unwrap();
    assert_eq!((kept.version, kept.body), (1, shift("s1").body));
}

/// Where a poll ends depends on how fast the database answers: it is cut again until that was within a commit.
async fn a_crash_keeps_all_or_nothing(db: &Db) {
    let mut most = 0;
    for attempt in 0..100 {
        most = most.max(cut_at_each_poll(db, &format!("${attempt}")).await);
        if most > 1 {
            return;
        }
        db.run(
            "DELETE FROM inbox; DELETE FROM outbox; DELETE FROM journal; DELETE FROM policies; \
             DELETE FROM aggregates; DELETE FROM meta WHERE name = 'mark'",
        )
        .await;
    }
    panic!("it was never cut");
}

/// Commits the same again and again, cut one poll later each time, until it is there. How often it was cut.
async fn cut_at_each_poll(db: &Db, event: &str) -> usize {
    let store = db.open().await;
    let row = waiting(&store, event).await;
    let commit = whole(row, vec![shift("s1")]);
    drop(store);
    let mut cut = 0;
    for polls in 1.. {
        let store = db.open().await;
        let ended = cut_short(store.commit(&commit), polls).await;
        drop(store);

        let store = db.open().await;
        let all = written(&store).await;
        let saved = store.aggregate("shift", "s1").await.unwrap().is_some();
        assert_eq!(all, [saved; 5], "cut after {polls} polls");
        if saved {
            break;
        }
        assert!(ended.is_none(), "{ended:?}");
        cut += 1;
    }
    cut
}

async fn two_at_once_do_not_both_win(db: &Db) {
    let one = db.open().await;
    let two = db.open().await;
    let row = waiting(&one, "$1").await;
    let commit = whole(row, vec![shift("s1")]);
    let (first, second) = tokio::join!(one.commit(&commit), two.commit(&commit));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    let lost = first.and(second);
    assert!(matches!(lost, Err(StoreError::Stale { .. })), "{lost:?}");
    assert_eq!(one.unsent(at(10), 10).await.unwrap().len(), 1);
    one.close().await;
    two.close().await;
}

async fn an_id_never_comes_back(db: &Db) {
    let store = db.open().await;
    let first = say(&store, vec![out("one", Priority::Answer)]).await;
    db.run("DELETE FROM outbox").await;
    let second = say(&store, vec![out("two", Priority::Answer)]).await;
    assert!(second[0] > first[0], "{first:?} {second:?}");
}

async fn names_and_policies(db: &Db) {
    let store = db.open().await;
    let named = |mark: &str, policy: &str| Commit {
        meta: vec![("mark".into(), mark.into())],
        policies: vec![("h1".into(), policy.into())],
        ..Commit::new(at(0))
    };
    assert_eq!(store.policy("h1").await.unwrap(), None);
    assert_eq!(store.meta("mark").await.unwrap(), None);
    store.commit(&named("a", "text")).await.unwrap();
    store.commit(&named("b", "other")).await.unwrap();
    assert_eq!(store.meta("mark").await.unwrap().as_deref(), Some("b"));
    let policy = store.policy("h1").await.unwrap();
    assert_eq!(policy.as_deref(), Some("text"), "a hash has one text");

    for (name, room) in [("#n:x", "!1"), ("#s:x", "!2"), ("#n:x", "!3")] {
        store.set_address(name, room).await.unwrap();
    }
    let addresses: Vec<_> = store.addresses().await.unwrap().into_iter().collect();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(addresses, [pair("#n:x", "!3"), pair("#s:x", "!2")]);
    for (room, user) in [("!1", "@amira:x"), ("!2", "@amira:x"), ("!1", "@ben:x")] {
        store.add_chat(room, user).await.unwrap();
    }
    let chats: Vec<_> = store.chats().await.unwrap().into_iter().collect();
    assert_eq!(chats, [pair("!1", "@ben:x"), pair("!2", "@amira:x")]);
    store.set_direct("@amira:localhost", "!old").await.unwrap();
    store.set_direct("@ben:localhost", "!ben").await.unwrap();
    store.set_direct("@amira:localhost", "!new").await.unwrap();
    let directs: Vec<_> = store.directs().await.unwrap().into_iter().collect();
    let pair = |user: &str, room: &str| (user.to_owned(), room.to_owned());
    assert_eq!(
        directs,
        [
            pair("@amira:localhost", "!new"),
            pair("@ben:localhost", "!ben")
        ]
    );
}
