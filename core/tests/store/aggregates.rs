//! Shifts and teams: found by id, team, owner, and when they are due.

use crate::db::{Db, on_both};
use crate::{at, save, shift};
use chrono::TimeDelta;
use lonewatch_core::store::{Aggregate, StoreError};

on_both!(
    comes_back_as_it_was,
    the_open_ones_of_team_and_owner,
    the_due_ones_longest_due_first,
    nobody_is_woken_before_the_time,
    the_closed_ones_since,
    a_version_that_cannot_be_is_named,
);

fn ids(found: &[Aggregate]) -> Vec<&str> {
    found.iter().map(|one| one.id.as_str()).collect()
}

async fn comes_back_as_it_was(db: &Db) {
    let store = db.open().await;
    assert_eq!(store.aggregate("shift", "s1").await.unwrap(), None);
    let full = Aggregate {
        next_due: Some(at(60)),
        closed_at: Some(at(90)),
        ..shift("s1")
    };
    let bare = Aggregate {
        kind: "team".into(),
        owner: None,
        ..shift("s1")
    };
    save(&store, vec![full.clone(), bare.clone()]).await;
    let version = 1;
    let found = store.aggregate("shift", "s1").await.unwrap().unwrap();
    assert_eq!(found, Aggregate { version, ..full });
    let found = store.aggregate("team", "s1").await.unwrap().unwrap();
    assert_eq!(found, Aggregate { version, ..bare });

    let changed = Aggregate {
        owner: None,
        body: "{}".into(),
        ..found
    };
    save(&store, vec![changed.clone()]).await;
    let found = store.aggregate("team", "s1").await.unwrap().unwrap();
    let version = 2;
    assert_eq!(found, Aggregate { version, ..changed });
}

async fn the_open_ones_of_team_and_owner(db: &Db) {
    let store = db.open().await;
    let south = Aggregate {
        team: "south".into(),
        ..shift("s3")
    };
    let ben = Aggregate {
        owner: Some("ben".into()),
        ..shift("s2")
    };
    let closed = Aggregate {
        closed_at: Some(at(1)),
        ..shift("s4")
    };
    let team = Aggregate {
        kind: "team".into(),
        owner: None,
        ..shift("north")
    };
    save(&store, vec![south, ben, closed, team, shift("s1")]).await;
    let open = store.open_aggregates("shift", "north").await.unwrap();
    assert_eq!(ids(&open), ["s1", "s2"]);
    let open = store.open_of("shift", "north", "amira").await.unwrap();
    assert_eq!(ids(&open), ["s1"]);
    let open = store.open_of("shift", "south", "amira").await.unwrap();
    assert_eq!(ids(&open), ["s3"]);
    let open = store.open_aggregates("team", "north").await.unwrap();
    assert_eq!(ids(&open), ["north"]);
}

async fn the_due_ones_longest_due_first(db: &Db) {
    let store = db.open().await;
    assert_eq!(store.next_due().await.unwrap(), None);
    let due = |id: &str, seconds| Aggregate {
        next_due: Some(at(seconds)),
        ..shift(id)
    };
    let closed = Aggregate {
        closed_at: Some(at(0)),
        ..due("closed", 1)
    };
    let team = Aggregate {
        kind: "team".into(),
        ..due("north", 5)
    };
    let never = shift("never");
    save(
        &store,
        vec![
            due("late", 30),
            due("b", 20),
            due("a", 20),
            closed,
            never,
            team,
        ],
    )
    .await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(5)), "any kind");
    let found = store.due("shift", at(19), 10).await.unwrap();
    assert_eq!(ids(&found), [] as [&str; 0]);
    let found = store.due("shift", at(20), 10).await.unwrap();
    assert_eq!(ids(&found), ["a", "b"]);
    let found = store.due("shift", at(1000), 10).await.unwrap();
    assert_eq!(ids(&found), ["a", "b", "late"]);
    let found = store.due("shift", at(1000), 1).await.unwrap();
    assert_eq!(ids(&found), ["a"]);
}

async fn nobody_is_woken_before_the_time(db: &Db) {
    let store = db.open().await;
    let exact = at(10) + TimeDelta::microseconds(1_400);
    let one = Aggregate {
        next_due: Some(exact),
        ..shift("s1")
    };
    save(&store, vec![one]).await;
    let next = store.next_due().await.unwrap().unwrap();
    assert_eq!(next, at(10) + TimeDelta::milliseconds(2));
    let early = exact - TimeDelta::microseconds(1);
    assert_eq!(store.due("shift", early, 1).await.unwrap(), []);
    assert_eq!(store.due("shift", next, 1).await.unwrap().len(), 1);
}

async fn the_closed_ones_since(db: &Db) {
    let store = db.open().await;
    let closed = |id: &str, seconds| Aggregate {
        closed_at: Some(at(seconds)),
        ..shift(id)
    };
    let south = Aggregate {
        team: "south".into(),
        ..closed("south", 20)
    };
    save(
        &store,
        vec![
            closed("c", 10),
            closed("b", 20),
            closed("a", 30),
            shift("open"),
            south,
        ],
    )
    .await;
    let found = store.closed_since("shift", "north", at(20)).await.unwrap();
    assert_eq!(ids(&found), ["b", "a"]);
}

async fn a_version_that_cannot_be_is_named(db: &Db) {
    let store = db.open().await;
    save(&store, vec![shift("s1")]).await;
    db.run("UPDATE aggregates SET version = 0").await;
    let error = store.aggregate("shift", "s1").await.unwrap_err();
    assert!(
        matches!(
            &error,
            StoreError::Contradiction { table: "aggregates", column: "version", row, .. }
                if row == "shift s1"
        ),
        "{error:?}"
    );
}
