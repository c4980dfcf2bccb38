//! The receiving side: batches, cursors, own echoes, gaps.

use crate::db::{Db, cut_short, on_both};
use crate::{at, batch, out, said, say, text};
use lonewatch_core::domain::inbound::Said;
use lonewatch_core::domain::outgoing::Priority;
use lonewatch_core::store::{Batch, Commit, Gap, OwnEcho, StoreError};

on_both!(
    events_and_cursor_are_kept_together,
    what_is_known_is_not_added_again,
    a_time_in_the_future_is_clamped,
    what_was_received_survives_a_crash,
    a_crash_keeps_all_or_nothing,
    an_echo_marks_the_row_as_sent,
    a_gap_is_noted_once_and_filled_once,
    a_gap_that_is_tried_in_vain_is_told_once,
    an_id_that_is_none_keeps_nobody_out,
    an_event_that_the_database_refuses_keeps_nobody_out,
);

pub const ACCOUNT: &str = "@bot:localhost DEVICE";

async fn events_and_cursor_are_kept_together(db: &Db) {
    let store = db.open().await;
    assert_eq!(store.since(ACCOUNT).await.unwrap(), None);
    let new = store
        .ingest(&batch("s1", vec![text("$1", 1), text("$2", 2)]))
        .await;
    assert_eq!(new.unwrap(), 2);
    assert_eq!(store.since(ACCOUNT).await.unwrap().as_deref(), Some("s1"));
    assert_eq!(store.since("@other:localhost X").await.unwrap(), None);

    let pending = store.pending(10).await.unwrap();
    let said: Vec<_> = pending.iter().map(|row| row.inbound.clone()).collect();
    assert_eq!(said, [text("$1", 1), text("$2", 2)]);
    assert_eq!(pending[0].received_at, at(100));
    assert_eq!(pending[0].done_at, None);

    assert_eq!(store.ingest(&batch("s2", vec![])).await.unwrap(), 0);
    assert_eq!(store.since(ACCOUNT).await.unwrap().as_deref(), Some("s2"));
}

async fn what_is_known_is_not_added_again(db: &Db) {
    let store = db.open().await;
    store
        .ingest(&batch("s1", vec![text("$1", 1), text("$2", 2)]))
        .await
        .unwrap();
    let first = store.pending(1).await.unwrap().remove(0);
    let done = Commit {
        done: Some(first.as_read()),
        ..Commit::new(at(5))
    };
    store.commit(&done).await.unwrap();

    let mut elsewhere = text("$1", 3);
    elsewhere.room = "!other".into();
    let again = vec![text("$1", 1), text("$2", 2), text("$3", 3), elsewhere];
    assert_eq!(store.ingest(&batch("s2", again)).await.unwrap(), 2);
    let pending = store.pending(10).await.unwrap();
    let events: Vec<_> = pending
        .iter()
        .map(|row| (row.inbound.room.as_str(), row.inbound.event.as_str()))
        .collect();
    assert_eq!(
        events,
        [("!team", "$2"), ("!team", "$3"), ("!other", "$1")],
        "$1 is done and stays done; (room, event) is the key"
    );
}

async fn a_time_in_the_future_is_clamped(db: &Db) {
    let store = db.open().await;
    let events = vec![text("$past", 99), text("$now", 100), text("$future", 101)];
    store.ingest(&batch("s1", events)).await.unwrap();
    let pending = store.pending(10).await.unwrap();
    let times: Vec<_> = pending.iter().map(|row| row.inbound.said_at).collect();
    assert_eq!(times, [at(99), at(100), at(100)]);
}

async fn what_was_received_survives_a_crash(db: &Db) {
    let store = db.open().await;
    store
        .ingest(&batch("s1", vec![text("$1", 1)]))
        .await
        .unwrap();
    drop(store);
    let store = db.open().await;
    assert_eq!(store.since(ACCOUNT).await.unwrap().as_deref(), Some("s1"));
    let pending = store.pending(10).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].inbound, text("$1", 1));
}

async fn a_crash_keeps_all_or_nothing(db: &Db) {
    let mut cut = 0;
    for polls in 1.. {
        let store = db.open().await;
        let token = format!("s{polls}");
        let event = format!("${polls}");
        let batch = Batch {
            gaps: vec![gap(&event)],
            ..batch(&token, vec![text(&event, 1)])
        };
        let ended = cut_short(store.ingest(&batch), polls).await;
        drop(store);

        let store = db.open().await;
        let cursor = store.since(ACCOUNT).await.unwrap() == Some(token);
        let event = store.said("!team", &event).await.unwrap().is_some();
        let gaps = store.open_gaps().await.unwrap();
        let gap = gaps.iter().any(|open| open.gap == batch.gaps[0]);
        assert_eq!((cursor, event), (event, gap), "cut after {polls} polls");
        if let Some(ended) = ended {
            ended.unwrap();
            assert!(event);
            break;
        }
        cut += 1;
    }
    assert!(cut > 1, "it was never cut");
}

async fn an_echo_marks_the_row_as_sent(db: &Db) {
    let store = db.open().await;
    let ids = say(
        &store,
        vec![out("one", Priority::Answer), out("two", Priority::Answer)],
    )
    .await;
    store.sent(ids[1], "!team", "$two", at(1)).await.unwrap();
    let echo = |row: usize, event: &str| OwnEcho {
        outbox: ids[row],
        room: "!team".into(),
        event: event.into(),
    };
    let batch = Batch {
        own: vec![echo(0, "$one"), echo(1, "$twin")],
        ..batch("s1", vec![])
    };
    store.ingest(&batch).await.unwrap();
    let one = store.row_of_event("$one").await.unwrap().unwrap();
    assert_eq!((one.id, one.sent_at), (ids[0], Some(at(100))));
    assert_eq!(one.room.as_deref(), Some("!team"));
    let two = store.out_row(ids[1]).await.unwrap().unwrap();
    assert_eq!(two.event.as_deref(), Some("$two"), "the first stands");
    assert_eq!(two.sent_at, Some(at(1)));
    assert_eq!(store.unsent(at(200), 10).await.unwrap(), []);
}

fn gap(prev_batch: &str) -> Gap {
    Gap {
        room: "!team".into(),
        prev_batch: prev_batch.into(),
        since: "s0".into(),
    }
}

async fn a_gap_is_noted_once_and_filled_once(db: &Db) {
    let store = db.open().await;
    let noted = Batch {
        gaps: vec![gap("p1"), gap("p2")],
        ..batch("s1", vec![text("$9", 9)])
    };
    store.ingest(&noted).await.unwrap();
    store.ingest(&noted).await.unwrap();
    let open = store.open_gaps().await.unwrap();
    let gaps: Vec<_> = open.iter().map(|open| open.gap.clone()).collect();
    assert_eq!(gaps, [gap("p1"), gap("p2")]);
    assert_eq!(open[0].noted_at, at(100));

    let found = [text("$8", 8), text("$9", 9)];
    let new = store.fill_gap(open[0].id, &found, &[], at(110)).await;
    assert_eq!(new.unwrap(), 1);
    assert_eq!(store.open_gaps().await.unwrap(), open[1..]);
    let late = store.said("!team", "$8").await.unwrap().unwrap();
    assert_eq!(late.received_at, at(110));

    let twice = store
        .fill_gap(open[0].id, &[text("$7", 7)], &[], at(120))
        .await;
    assert!(matches!(twice, Err(StoreError::Stale { .. })), "{twice:?}");
    assert_eq!(store.said("!team", "$7").await.unwrap(), None);
}

async fn a_gap_that_is_tried_in_vain_is_told_once(db: &Db) {
    let store = db.open().await;
    let noted = Batch {
        gaps: vec![gap("p1"), gap("p2")],
        ..batch("s1", vec![])
    };
    store.ingest(&noted).await.unwrap();
    let open = store.open_gaps().await.unwrap();
    assert_eq!(store.gaps_untold().await.unwrap(), []);
    store.gap_in_vain(open[0].id, at(4000)).await.unwrap();
    assert_eq!(store.open_gaps().await.unwrap(), open, "it is still tried");
    assert_eq!(store.gaps_untold().await.unwrap(), open[..1]);
    let told = Commit {
        gap_told: Some(open[0].id),
        ..Commit::new(at(4001))
    };
    store.commit(&told).await.unwrap();
    assert_eq!(store.gaps_untold().await.unwrap(), []);
    let again = store.commit(&told).await;
    assert!(matches!(again, Err(StoreError::Stale { .. })), "{again:?}");

    // What was filled is not given up; an echo that was in the hole marks its row.
    let row = say(&store, vec![out("in the hole", Priority::Page)]).await[0];
    let echo = OwnEcho {
        outbox: row,
        room: "!team".into(),
        event: "$own".into(),
    };
    let filled = store.fill_gap(open[1].id, &[], &[echo], at(4002)).await;
    assert_eq!(filled.unwrap(), 0);
    let row = store.row_of_event("$own").await.unwrap().unwrap();
    assert_eq!(row.sent_at, Some(at(4002)));
    store.gap_in_vain(open[1].id, at(4003)).await.unwrap();
    assert_eq!(store.gaps_untold().await.unwrap(), []);
}

async fn an_id_that_is_none_keeps_nobody_out(db: &Db) {
    let store = db.open().await;
    // Random, because PostgreSQL compresses what repeats itself and would take it.
    let mut state = 1_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
    };
    let of: String = (0..60_000).map(|_| random()).collect();
    let long = |event: &str, what| said(event, 1, what);
    let events = vec![
        long("$1", Said::Redaction { of: of.clone() }),
        long(
            "$2",
            Said::Edit {
                of: of.clone(),
                body: "left".into(),
            },
        ),
        long(
            "$3",
            Said::Reaction {
                to: of,
                key: "👍".into(),
            },
        ),
        text("$4", 2),
    ];
    assert_eq!(store.ingest(&batch("s1", events)).await.unwrap(), 4);
}

async fn an_event_that_the_database_refuses_keeps_nobody_out(db: &Db) {
    let store = db.open().await;
    db.run("CREATE UNIQUE INDEX one_reaction ON inbox (did) WHERE did = 'reaction'")
        .await;
    let tap = |event: &str| {
        let (to, key) = ("$0".into(), "👍".into());
        said(event, 1, Said::Reaction { to, key })
    };
    let mut batch = batch(
        "s1",
        vec![tap("$1"), text("$2", 2), tap("$3"), text("$4", 4)],
    );
    batch.gaps.push(Gap {
        room: "!team".into(),
        prev_batch: "p1".into(),
        since: "s0".into(),
    });
    store.ingest(&batch).await.unwrap_err();
    assert_eq!(store.since(ACCOUNT).await.unwrap(), None, "nothing is kept");

    assert_eq!(store.ingest_singly(&batch).await.unwrap(), 1);
    let pending = store.pending(10).await.unwrap();
    let events: Vec<_> = pending
        .iter()
        .map(|row| {
            let unreadable = matches!(row.inbound.what, Said::Unreadable { .. });
            (row.inbound.event.as_str(), unreadable)
        })
        .collect();
    assert_eq!(
        events,
        [("$1", false), ("$2", false), ("$3", true), ("$4", false)]
    );
    assert_eq!(store.since(ACCOUNT).await.unwrap().as_deref(), Some("s1"));
    assert_eq!(store.open_gaps().await.unwrap().len(), 1);
    assert_eq!(
        store.ingest_singly(&batch).await.unwrap(),
        0,
        "all are known"
    );
    assert_eq!(store.pending(10).await.unwrap().len(), 4);
}
