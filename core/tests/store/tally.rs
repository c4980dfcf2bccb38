//! What waits, as numbers.

use crate::db::{Db, on_both};
use crate::{at, batch, out, save, say, shift, text};
use lonewatch_core::domain::outgoing::Priority;
use lonewatch_core::store::{Aggregate, Commit, Tally, Unsent};

on_both!(an_empty_store_waits_for_nothing, what_waits_is_counted);

async fn an_empty_store_waits_for_nothing(db: &Db) {
    let store = db.open().await;
    assert_eq!(store.tally().await.unwrap(), Tally::default());
    assert_eq!(store.commits(), 0);
}

async fn what_waits_is_counted(db: &Db) {
    let store = db.open().await;
    let events = vec![text("$1", 0), text("$2", 1)];
    store.ingest(&batch("s1", events)).await.unwrap();
    let pending = store.pending(1).await.unwrap();
    let mut commit = Commit::new(at(100));
    commit.done = Some(pending[0].as_read());
    store.commit(&commit).await.unwrap();
    let team = Aggregate {
        kind: "team".into(),
        next_due: Some(at(30)),
        ..shift("north")
    };
    let closed = Aggregate {
        closed_at: Some(at(5)),
        next_due: Some(at(6)),
        ..shift("s2")
    };
    let drill = Aggregate {
        kind: "drill".into(),
        ..shift("s3/drill")
    };
    save(&store, vec![shift("s1"), team, closed, drill]).await;
    let rows = vec![
        out("quiet", Priority::Quiet),
        out("page", Priority::Page),
        out("an older page, sent", Priority::Duress),
        out("refused", Priority::Page),
        out("answer", Priority::Answer),
        out("prompt", Priority::Prompt),
    ];
    let ids = say(&store, rows).await; // at(0)
    store.sent(ids[2], "!team", "$bot", at(1)).await.unwrap();
    store.refused(ids[3], "no", at(1)).await.unwrap();
    let mut later = Commit::new(at(40));
    later.outbox = vec![
        out("call for help", Priority::Duress),
        out("page", Priority::Page),
    ];
    store.commit(&later).await.unwrap();
    // One that is tried again waits like the others, from when it was decided.
    store.later(ids[1], at(600)).await.unwrap();
    let expected = Tally {
        inbox_pending: 1,
        unsent: Unsent {
            duress: 1,
            page: 2,
            answer: 2,
            quiet: 1,
        },
        oldest_unsent_alarm: Some(at(0)),
        open_shifts: 1,
        next_due: Some(at(30)),
    };
    assert_eq!(store.tally().await.unwrap(), expected);
    assert_eq!(store.commits(), 4, "what was kept: done, saved, said, said");
    store.sent(ids[1], "!team", "$bot2", at(50)).await.unwrap();
    let tally = store.tally().await.unwrap();
    assert_eq!(tally.oldest_unsent_alarm, Some(at(40)));
    let stale = Commit {
        done: commit.done,
        ..Commit::new(at(60))
    };
    store.commit(&stale).await.unwrap_err();
    assert_eq!(store.commits(), 4, "what is refused is not kept");
}
