//! The inbox: order, looking back, late keys.

use crate::db::{Db, on_both};
use crate::{at, batch, said, text};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::store::{Commit, InboxRow, Store, StoreError};

on_both!(
    pending_is_in_order_and_bounded,
    who_waits_is_known_and_a_stranger_is_passed_over,
    every_kind_comes_back_as_it_was,
    odd_characters_do_no_harm,
    edits_are_found_once_they_are_done,
    a_late_key_applies_the_message_once,
    a_key_that_comes_while_the_desk_decides_is_not_lost,
    a_row_that_contradicts_itself_is_named,
);

async fn done(store: &Store, row: &InboxRow) {
    let done = Commit {
        done: Some(row.as_read()),
        ..Commit::new(at(120))
    };
    store.commit(&done).await.unwrap();
}

async fn pending_is_in_order_and_bounded(db: &Db) {
    let store = db.open().await;
    // The order of arrival counts, not what the time stamps say.
    for (token, event, seconds) in [("s1", "$1", 3), ("s2", "$2", 1), ("s3", "$3", 2)] {
        store
            .ingest(&batch(token, vec![text(event, seconds)]))
            .await
            .unwrap();
    }
    let two = store.pending(2).await.unwrap();
    let events: Vec<_> = two.iter().map(|row| row.inbound.event.as_str()).collect();
    assert_eq!(events, ["$1", "$2"]);
    assert!(two[0].id < two[1].id);

    done(&store, &two[0]).await;
    let rest = store.pending(2).await.unwrap();
    let events: Vec<_> = rest.iter().map(|row| row.inbound.event.as_str()).collect();
    assert_eq!(events, ["$2", "$3"]);
    let first = store.said("!team", "$1").await.unwrap().unwrap();
    assert_eq!(first.done_at, Some(at(120)));
}

async fn who_waits_is_known_and_a_stranger_is_passed_over(db: &Db) {
    let store = db.open().await;
    let of = |event: &str, sender: &str, room: &str, what: Said| Inbound {
        sender: sender.into(),
        room: room.into(),
        ..said(event, 1, what)
    };
    let words = || text("$", 1).what;
    let gone = Said::Redaction { of: "$0".into() };
    let events = vec![
        of("$1", "@mallory:x", "!team", words()),
        of("$2", "@amira:x", "!team", words()),
        of("$3", "@mallory:x", "!team", words()),
        of("$4", "@mallory:x", "!team", gone),
        of("$5", "@amira:x", "!direct", words()),
    ];
    store.ingest(&batch("s1", events)).await.unwrap();
    let pair = |sender: &str, room: &str| (sender.to_owned(), room.to_owned());
    let (mallory, amira) = (pair("@mallory:x", "!team"), pair("@amira:x", "!team"));
    let waiting = store.waiting().await.unwrap();
    assert_eq!(
        waiting,
        [mallory.clone(), amira.clone(), pair("@amira:x", "!direct")]
    );
    let rows = store.pending_of("@amira:x", 1).await.unwrap();
    assert_eq!(
        rows.iter()
            .map(|row| row.inbound.event.as_str())
            .collect::<Vec<_>>(),
        ["$2"]
    );
    store
        .pass_over("@mallory:x", "!team", at(120))
        .await
        .unwrap();
    let events: Vec<String> = store
        .pending(9)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.inbound.event)
        .collect();
    assert_eq!(
        events,
        ["$2", "$4", "$5"],
        "what was deleted may have been ours"
    );
}

async fn every_kind_comes_back_as_it_was(db: &Db) {
    let store = db.open().await;
    let kinds = vec![
        Said::Text {
            body: "left".into(),
            reply_to: Some("$q".into()),
            thread: Some("$root".into()),
        },
        Said::Edit {
            of: "$0".into(),
            body: "/visit LCS1234 14:00-15:00".into(),
        },
        Said::Reaction {
            to: "$0".into(),
            key: "✅".into(),
        },
        Said::Redaction { of: "$2".into() },
        Said::Location {
            place: "geo:51.3,-2.2".into(),
        },
        Said::Unreadable {
            reason: "no key".into(),
            raw: "{}".into(),
        },
    ];
    let events: Vec<_> = kinds
        .into_iter()
        .enumerate()
        .map(|(number, what)| said(&format!("${number}"), 1, what))
        .collect();
    store.ingest(&batch("s1", events.clone())).await.unwrap();
    let pending = store.pending(10).await.unwrap();
    let back: Vec<_> = pending.into_iter().map(|row| row.inbound).collect();
    assert_eq!(back, events);
    assert_eq!(store.said("!team", "$none").await.unwrap(), None);
    assert_eq!(store.said("!other", "$1").await.unwrap(), None);
}

async fn odd_characters_do_no_harm(db: &Db) {
    let store = db.open().await;
    let body = "nul \0, \u{202e}right to left, \u{7}, '; DROP TABLE inbox; --, $1, 👩‍🦰";
    let words = Said::Text {
        body: body.into(),
        reply_to: None,
        thread: None,
    };
    let edit = Said::Edit {
        of: "$\0odd".into(),
        body: body.into(),
    };
    let events = vec![said("$1", 1, words.clone()), said("$\0odd", 1, edit)];
    store.ingest(&batch("s1", events)).await.unwrap();
    let pending = store.pending(10).await.unwrap();
    assert_eq!(pending[0].inbound.what, words);
    assert_eq!(pending.len(), 2);
    done(&store, &pending[1]).await;
    assert_eq!(store.edits_of("!team", "$\0odd").await.unwrap().len(), 1);
    assert!(store.said("!team", "$\0odd").await.unwrap().is_some());
}

async fn edits_are_found_once_they_are_done(db: &Db) {
    let store = db.open().await;
    let edit = |event: &str, of: &str| {
        let of = of.to_owned();
        let body = event.to_owned();
        said(event, 1, Said::Edit { of, body })
    };
    let mut elsewhere = edit("$e4", "$1");
    elsewhere.room = "!other".into();
    let reaction = said(
        "$r",
        1,
        Said::Reaction {
            to: "$1".into(),
            key: "👍".into(),
        },
    );
    let events = vec![
        edit("$e1", "$1"),
        edit("$e2", "$1"),
        edit("$e3", "$2"),
        elsewhere,
        reaction,
        edit("$e5", "$1"),
    ];
    store.ingest(&batch("s1", events)).await.unwrap();
    assert_eq!(store.edits_of("!team", "$1").await.unwrap(), []);
    for row in &store.pending(5).await.unwrap() {
        done(&store, row).await;
    }
    let edits = store.edits_of("!team", "$1").await.unwrap();
    let events: Vec<_> = edits.iter().map(|row| row.inbound.event.as_str()).collect();
    assert_eq!(events, ["$e1", "$e2"], "$e5 has not been applied yet");
}

async fn a_late_key_applies_the_message_once(db: &Db) {
    let store = db.open().await;
    let locked = |event| {
        let what = Said::Unreadable {
            reason: "no key".into(),
            raw: "{}".into(),
        };
        said(event, 1, what)
    };
    let events = vec![locked("$1"), text("$2", 2), locked("$3")];
    store.ingest(&batch("s1", events)).await.unwrap();
    for row in &store.pending(10).await.unwrap() {
        done(&store, row).await;
    }
    let unreadable = store.unreadable().await.unwrap();
    let events: Vec<_> = unreadable.iter().map(|row| &row.inbound.event).collect();
    assert_eq!(events, ["$1", "$3"], "also after the desk has seen them");

    let still = store.now_readable("!team", "$1", &locked("$1")).await;
    assert!(!still.unwrap());
    let mut read = text("$1", 1);
    assert!(store.now_readable("!team", "$1", &read).await.unwrap());
    let pending = store.pending(10).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!((pending[0].id, &pending[0].inbound), (1, &read));
    assert_eq!(store.unreadable().await.unwrap().len(), 1);

    done(&store, &pending[0]).await;
    read = text("$1", 7);
    assert!(!store.now_readable("!team", "$1", &read).await.unwrap());
    assert!(!store.now_readable("!team", "$2", &read).await.unwrap());
    assert!(!store.now_readable("!team", "$9", &read).await.unwrap());
    assert_eq!(store.pending(10).await.unwrap(), []);
}

async fn a_key_that_comes_while_the_desk_decides_is_not_lost(db: &Db) {
    let store = db.open().await;
    let locked = Said::Unreadable {
        reason: "no key".into(),
        raw: "{}".into(),
    };
    let events = vec![said("$1", 1, locked)];
    store.ingest(&batch("s1", events)).await.unwrap();
    let in_hand = store.pending(10).await.unwrap().remove(0);
    let read = text("$1", 1);
    assert!(store.now_readable("!team", "$1", &read).await.unwrap());
    let commit = Commit {
        done: Some(in_hand.as_read()),
        meta: vec![("mark".into(), "set".into())],
        ..Commit::new(at(120))
    };
    let error = store.commit(&commit).await.unwrap_err();
    assert!(
        matches!(error, StoreError::NowReadable { row: 1 }),
        "{error:?}"
    );
    assert_eq!(store.meta("mark").await.unwrap(), None);
    let pending = store.pending(10).await.unwrap();
    assert_eq!(pending[0].inbound, read);
    done(&store, &pending[0]).await;
}

async fn a_row_that_contradicts_itself_is_named(db: &Db) {
    let store = db.open().await;
    let event = said(
        "$1",
        1,
        Said::Redaction {
            of: "$secret".into(),
        },
    );
    store.ingest(&batch("s1", vec![event])).await.unwrap();
    for (change, column) in [
        ("UPDATE inbox SET did = 'edit'", "did"),
        ("UPDATE inbox SET said_at = 9223372036854775807", "said_at"),
        ("UPDATE inbox SET body = '{\"did\":\"$secret\"}'", "body"),
    ] {
        db.run(change).await;
        let error = store.pending(10).await.unwrap_err();
        assert!(
            matches!(
                &error,
                StoreError::Contradiction { table: "inbox", column: found, row, .. }
                    if *found == column && row == "1"
            ),
            "{error:?}"
        );
        let words = error.to_string();
        assert!(
            words.starts_with(&format!("table inbox, column {column}, row 1: ")),
            "{words}"
        );
        assert!(!words.contains("secret"), "{words}");
        db.run("UPDATE inbox SET did = 'redaction', said_at = 0")
            .await;
    }
}
