//! When something last came from each account.

use crate::at;
use crate::db::{Db, on_both};

on_both!(
    the_latest_stays_and_survives,
    whoever_is_new_is_looked_out_for_from_then_on,
);

fn pairs(all: &[(&str, i64)]) -> Vec<(String, chrono::DateTime<chrono::Utc>)> {
    let pair = |(who, second): &(&str, i64)| ((*who).to_owned(), at(*second));
    all.iter().map(pair).collect()
}

async fn the_latest_stays_and_survives(db: &Db) {
    let store = db.open().await;
    store.saw(&[]).await.unwrap();
    store
        .saw(&pairs(&[("@a:x", 5), ("@b:x", 6)]))
        .await
        .unwrap();
    store
        .saw(&pairs(&[("@a:x", 9), ("@b:x", 2)]))
        .await
        .unwrap();
    store.close().await;
    let seen = db.open().await.seen().await.unwrap();
    assert_eq!(seen, pairs(&[("@a:x", 9), ("@b:x", 6)]));
}

async fn whoever_is_new_is_looked_out_for_from_then_on(db: &Db) {
    let store = db.open().await;
    store.saw(&pairs(&[("@a:x", 5)])).await.unwrap();
    let both = ["@a:x", "@b:x"].map(str::to_owned);
    for second in [7, 8] {
        store.look_out_for(&both, at(second)).await.unwrap();
    }
    let seen = store.seen().await.unwrap();
    assert_eq!(seen, pairs(&[("@a:x", 5), ("@b:x", 7)]));
}
