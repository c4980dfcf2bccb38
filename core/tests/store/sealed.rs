//! What is kept encrypted.

use super::db::{Db, on_both};
use super::{at, batch, text};
use lonewatch_core::domain::inbound::Said;
use lonewatch_core::domain::outgoing::Unsealed;
use lonewatch_core::seal::SealKey;
use lonewatch_core::store::{Commit, Secret, Store};

on_both!(
    words_come_back_with_their_key_only,
    a_row_is_deleted_when_its_time_has_come,
    a_sealed_message_leaves_no_words_in_the_inbox,
    without_a_key_nothing_is_kept,
    a_row_cannot_stand_in_for_another,
);

const WORDS: &str = "12 Example Street";

async fn secret(store: &Store, until: i64) -> Secret {
    Secret {
        row: store.reserve_sealed().await.unwrap(),
        team: "north".into(),
        shift: "s1".into(),
        visit: 1,
        words: WORDS.into(),
        delete_after: at(until),
    }
}

async fn keep(store: &Store, secret: &Secret) {
    let commit = Commit {
        sealed: vec![secret.clone()],
        ..Commit::new(at(0))
    };
    store.commit(&commit).await.unwrap();
}

async fn words_come_back_with_their_key_only(db: &Db) {
    let bytes = SealKey::random_bytes();
    let store = db.open().await.with_key(SealKey::new(&bytes));
    let secret = secret(&store, 100).await;
    assert!(!format!("{secret:?}").contains("Example"));
    keep(&store, &secret).await;
    assert_eq!(store.any_sealed().await.unwrap(), Some(secret.row));
    // A new start.
    let again = db.open().await.with_key(SealKey::new(&bytes));
    let words = Unsealed::Words(WORDS.into());
    assert_eq!(again.unsealed(secret.row).await.unwrap(), words);
    let lost = db.open().await.with_key(SealKey::fleeting());
    assert_eq!(
        lost.unsealed(secret.row).await.unwrap(),
        Unsealed::Unreadable
    );
    let none = db.open().await;
    assert_eq!(
        none.unsealed(secret.row).await.unwrap(),
        Unsealed::Unreadable
    );
    assert!(store.unsealed(secret.row + 1).await.unwrap() == Unsealed::Deleted);
}

async fn a_row_is_deleted_when_its_time_has_come(db: &Db) {
    let store = db.open().await.with_key(SealKey::fleeting());
    assert_eq!(store.next_deletion().await.unwrap(), None);
    let (first, second) = (secret(&store, 100).await, secret(&store, 200).await);
    assert_ne!(first.row, second.row);
    keep(&store, &first).await;
    keep(&store, &second).await;
    assert_eq!(store.next_deletion().await.unwrap(), Some(at(100)));
    assert!(store.sealed_due(at(99)).await.unwrap().is_empty());
    let due = store.sealed_due(at(100)).await.unwrap();
    assert_eq!(
        due.iter().map(|due| due.row).collect::<Vec<_>>(),
        [first.row]
    );
    let commit = Commit {
        unsealed: vec![first.row],
        sealed_until: vec![(second.row, at(300))],
        ..Commit::new(at(100))
    };
    store.commit(&commit).await.unwrap();
    assert_eq!(store.unsealed(first.row).await.unwrap(), Unsealed::Deleted);
    assert_eq!(store.next_deletion().await.unwrap(), Some(at(300)));
    let third = secret(&store, 100).await;
    assert!(third.row > second.row, "a number came back");
}

async fn a_sealed_message_leaves_no_words_in_the_inbox(db: &Db) {
    let store = db.open().await.with_key(SealKey::fleeting());
    let events = vec![text("$a", 1), text("$b", 2)];
    store.ingest(&batch("s1", events)).await.unwrap();
    let row = store.said("!team", "$a").await.unwrap().unwrap();
    let commit = Commit {
        done: Some(row.as_read()),
        forget_words: true,
        ..Commit::new(at(5))
    };
    store.commit(&commit).await.unwrap();
    let body = |what: &Said| match what {
        Said::Text { body, .. } => body.clone(),
        other => panic!("{other:?}"),
    };
    let wiped = store.said("!team", "$a").await.unwrap().unwrap();
    assert_eq!(body(&wiped.inbound.what), "");
    assert!(wiped.done_at.is_some());
    let other = store.said("!team", "$b").await.unwrap().unwrap();
    assert_eq!(body(&other.inbound.what), "words of $b");
    // The homeserver sends it once more: it is known.
    assert_eq!(
        store
            .ingest(&batch("s2", vec![text("$a", 1)]))
            .await
            .unwrap(),
        0
    );
    let still = store.said("!team", "$a").await.unwrap().unwrap();
    assert_eq!(body(&still.inbound.what), "");
}

async fn without_a_key_nothing_is_kept(db: &Db) {
    let store = db.open().await;
    assert!(!store.seals());
    let secret = secret(&store, 100).await;
    let commit = Commit {
        sealed: vec![secret.clone()],
        meta: vec![("mark".into(), "set".into())],
        ..Commit::new(at(0))
    };
    let error = store.commit(&commit).await.unwrap_err();
    assert!(!error.to_string().contains("Example"), "{error}");
    assert_eq!(store.meta("mark").await.unwrap(), None, "all or nothing");
    assert_eq!(store.unsealed(secret.row).await.unwrap(), Unsealed::Deleted);
}

async fn a_row_cannot_stand_in_for_another(db: &Db) {
    let store = db.open().await.with_key(SealKey::fleeting());
    let secret = secret(&store, 100).await;
    keep(&store, &secret).await;
    db.run("UPDATE sealed SET visit = 2").await;
    assert_eq!(
        store.unsealed(secret.row).await.unwrap(),
        Unsealed::Unreadable
    );
}
