//! A copy of the database, and going on from it.

use crate::db::{Db, on_both};
use crate::received::ACCOUNT;
use crate::{at, out, say, text};
use lonewatch_core::domain::outgoing::Priority;
use lonewatch_core::store::{Store, StoreError};

on_both!(what_goes_on_from_a_copy_is_another_database);

async fn what_goes_on_from_a_copy_is_another_database(db: &Db) {
    let store = db.open().await;
    let two = vec![out("one", Priority::Page), out("two", Priority::Page)];
    let ids = say(&store, two).await;
    store.sent(ids[0], "!team", "$one", at(1)).await.unwrap();
    let lost = store.store_id().to_owned();
    store.go_on_from_a_copy(at(2)).await.unwrap();
    store.close().await;

    let store = db.open().await;
    // Under the old one the homeserver knows messages with the numbers that come next.
    assert_ne!(store.store_id(), lost);
    assert!(store.unsent(at(9), 10).await.unwrap().is_empty());
    let sent = store.out_row(ids[0]).await.unwrap().unwrap();
    assert_eq!(
        sent.event.as_deref(),
        Some("$one"),
        "what was sent was sent"
    );
}

#[tokio::test]
async fn a_copy_is_whole_private_and_can_be_put_back() {
    let (db, elsewhere) = (Db::sqlite(), Db::sqlite());
    let store = db.open().await;
    store
        .ingest(&crate::batch("s1", vec![text("$1", 1)]))
        .await
        .unwrap();
    let copy = db.folder.as_ref().unwrap().join("copies/first.db");
    store.back_up(&copy).await.unwrap();
    // What comes after is not in it.
    store
        .ingest(&crate::batch("s2", vec![text("$2", 2)]))
        .await
        .unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = copy.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
    let again = store.back_up(&copy).await.unwrap_err();
    assert!(again.to_string().contains("move it away"), "{again}");

    Store::put_back(&copy, &elsewhere.url).unwrap();
    let back = elsewhere.open().await;
    let said = back.pending(10).await.unwrap();
    let said: Vec<_> = said.iter().map(|row| row.inbound.event.as_str()).collect();
    assert_eq!(said, ["$1"]);
    assert_eq!(back.since(ACCOUNT).await.unwrap().as_deref(), Some("s1"));
    let there = Store::put_back(&copy, &elsewhere.url).unwrap_err();
    assert!(matches!(there, StoreError::File { .. }), "{there:?}");
}

#[tokio::test]
async fn a_file_is_held_by_one() {
    let db = Db::sqlite();
    let held = Store::hold_alone(&db.url).unwrap();
    assert!(held.is_some());
    let second = Store::hold_alone(&db.url).unwrap_err();
    assert!(matches!(second, StoreError::InUse), "{second:?}");
    drop(held);
    assert!(Store::hold_alone(&db.url).unwrap().is_some());
    assert!(
        Store::hold_alone("postgres://nobody@127.0.0.1/none")
            .unwrap()
            .is_none()
    );
}
