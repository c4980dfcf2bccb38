//! The courier: order, back-off, threads, refusals.

use crate::channel::{Fake, later, refused};
use crate::db::{Db, cut_short, on_both};
use crate::{at, direct, out, say};
use chrono::{DateTime, Utc};
use lonewatch_core::courier::{Courier, Round, SendError};
use lonewatch_core::domain::outgoing::{Outgoing, Priority};
use lonewatch_core::store::Store;
use std::time::Duration;

on_both!(
    sends_by_priority_and_marks,
    waits_longer_and_longer,
    waits_as_long_as_it_is_told,
    a_failure_holds_up_its_place_only,
    what_is_more_urgent_goes_past,
    a_later_page_does_not_hold_up_an_earlier_answer,
    one_bad_message_does_not_silence_a_room,
    a_thread_waits_for_its_root,
    without_a_root_it_goes_by_itself,
    a_refusal_is_left_for_the_desk,
    a_call_for_help_goes_next,
    after_a_crash_it_is_sent_again_as_the_same_row,
    a_long_round_ends,
    a_page_does_not_wait_for_the_end_of_a_long_round,
    a_clock_that_is_set_back_holds_nothing_up,
);

fn round(sent: usize, next: Option<DateTime<Utc>>) -> Round {
    let refused = 0;
    Round {
        sent,
        refused,
        next,
    }
}

async fn start(db: &Db) -> (Store, Fake, Courier<Fake>) {
    let store = db.open().await;
    let fake = Fake::default();
    let courier = Courier::new(store.clone(), fake.clone());
    (store, fake, courier)
}

async fn sends_by_priority_and_marks(db: &Db) {
    let (store, fake, courier) = start(db).await;
    assert_eq!(courier.round(at(0)).await.unwrap(), round(0, None));
    let rows = vec![
        out("quiet", Priority::Quiet),
        out("answer 1", Priority::Answer),
        out("answer 2", Priority::Answer),
        direct("duress", Priority::Duress, "carol"),
    ];
    let ids = say(&store, rows).await;
    // It can be spawned.
    let task = tokio::spawn(async move { courier.round(at(9)).await });
    assert_eq!(task.await.unwrap().unwrap(), round(4, None));
    assert_eq!(fake.tried(), ["duress", "answer 1", "answer 2", "quiet"]);
    let row = store.row_of_event("$quiet").await.unwrap().unwrap();
    assert_eq!((row.id, row.sent_at), (ids[0], Some(at(9))));
    assert_eq!(row.room.as_deref(), Some("!room"));
}

/// Lets a message fail again and again and answers the waits in seconds.
async fn waits(db: &Db, priority: Priority) -> Vec<i64> {
    let (store, fake, courier) = start(db).await;
    let text = format!("{priority:?}");
    fake.fail(&text, 9, &later());
    let id = say(&store, vec![out(&text, priority)]).await[0];
    let mut now = at(0);
    let mut waits = vec![];
    loop {
        let Round { sent, next, .. } = courier.round(now).await.unwrap();
        let Some(next) = next else {
            assert_eq!(sent, 1);
            break;
        };
        assert_eq!(sent, 0);
        waits.push((next - now).num_seconds());
        fake.tried();
        let early = next - chrono::TimeDelta::milliseconds(1);
        let again = courier.round(early).await.unwrap();
        assert_eq!(again, round(0, Some(next)));
        assert_eq!(fake.tried(), [] as [&str; 0], "not before its time");
        now = next;
    }
    let row = store.out_row(id).await.unwrap().unwrap();
    assert_eq!(row.attempts, 9);
    waits
}

async fn waits_longer_and_longer(db: &Db) {
    let slow = [1, 2, 4, 8, 16, 32, 60, 60, 60];
    let quick = [1, 2, 4, 5, 5, 5, 5, 5, 5];
    assert_eq!(waits(db, Priority::Prompt).await, slow);
    assert_eq!(waits(db, Priority::Quiet).await, slow);
    assert_eq!(waits(db, Priority::Duress).await, quick);
    assert_eq!(waits(db, Priority::Page).await, quick);
}

async fn waits_as_long_as_it_is_told(db: &Db) {
    let (store, fake, courier) = start(db).await;
    for (text, asked, waits) in [("a", 7, 7), ("b", 0, 1), ("c", 3600, 60)] {
        let wait = Some(Duration::from_secs(asked));
        let why = "slower".to_owned();
        fake.fail(text, 1, &SendError::Later { wait, why });
        say(&store, vec![out(text, Priority::Page)]).await;
        let next = courier.round(at(0)).await.unwrap();
        assert_eq!(next, round(0, Some(at(waits))), "asked for {asked} s");
        assert_eq!(courier.round(at(waits)).await.unwrap().sent, 1);
    }
}

async fn a_failure_holds_up_its_place_only(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("team 1", 1, &later());
    let south = Outgoing {
        team: "south".into(),
        ..out("south", Priority::Answer)
    };
    let rows = vec![
        out("team 1", Priority::Answer),
        out("team 2", Priority::Answer),
        direct("amira", Priority::Answer, "amira"),
        out("team quiet", Priority::Quiet),
        south,
    ];
    say(&store, rows).await;
    let first = courier.round(at(0)).await.unwrap();
    assert_eq!(first, round(2, Some(at(1))));
    assert_eq!(fake.tried(), ["team 1", "amira", "south"]);
    assert_eq!(courier.round(at(1)).await.unwrap(), round(3, None));
    assert_eq!(fake.tried(), ["team 1", "team 2", "team quiet"]);
}

async fn what_is_more_urgent_goes_past(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("answer", 2, &later());
    fake.fail("page 1", 1, &later());
    say(&store, vec![out("answer", Priority::Answer)]).await;
    courier.round(at(0)).await.unwrap();
    assert_eq!(fake.tried(), ["answer"]);

    let urgent = vec![
        out("page 1", Priority::Page),
        out("page 2", Priority::Page),
        out("duress", Priority::Duress),
    ];
    say(&store, urgent).await;
    let second = courier.round(at(0)).await.unwrap();
    assert_eq!(second, round(1, Some(at(1))));
    assert_eq!(
        fake.tried(),
        ["duress", "page 1"],
        "page 2 keeps its place behind page 1"
    );
    courier.round(at(1)).await.unwrap();
    assert_eq!(fake.tried(), ["page 1", "page 2", "answer"]);
    assert_eq!(courier.round(at(3)).await.unwrap(), round(1, None));
}

async fn a_later_page_does_not_hold_up_an_earlier_answer(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("page", 1, &later());
    let rows = vec![
        out("before", Priority::Answer),
        out("page", Priority::Page),
        out("after", Priority::Answer),
    ];
    say(&store, rows).await;
    let first = courier.round(at(0)).await.unwrap();
    assert_eq!(first, round(1, Some(at(1))));
    assert_eq!(fake.tried(), ["page", "before"]);
    courier.round(at(1)).await.unwrap();
    assert_eq!(fake.tried(), ["page", "after"]);
}

async fn one_bad_message_does_not_silence_a_room(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("bad", 100, &later());
    let rows = vec![out("bad", Priority::Page), out("good", Priority::Page)];
    say(&store, rows).await;
    let mut tries = 0;
    let mut now = at(0);
    while store.row_of_event("$good").await.unwrap().is_none() {
        now = courier.round(now).await.unwrap().next.unwrap();
        tries += 1;
        assert!(tries < 10, "it waits for ever");
    }
    assert_eq!(tries, 6, "five failures are waited for");
}

fn thread(text: &str, priority: Priority, opens_thread: bool) -> Outgoing {
    Outgoing {
        thread: Some("s1#A12".into()),
        opens_thread,
        ..out(text, priority)
    }
}

async fn a_thread_waits_for_its_root(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("root", 1, &later());
    let rows = vec![
        thread("root", Priority::Answer, true),
        thread("in it", Priority::Page, false),
        out("beside it", Priority::Page),
    ];
    say(&store, rows).await;
    let first = courier.round(at(0)).await.unwrap();
    assert_eq!(first, round(1, Some(at(1))));
    let bare = |text: &str| (text.to_owned(), None);
    assert_eq!(fake.tried_under(), [bare("beside it"), bare("root")]);
    assert_eq!(courier.round(at(1)).await.unwrap(), round(2, None));
    let under = |text: &str| (text.to_owned(), Some("$root".to_owned()));
    assert_eq!(fake.tried_under(), [bare("root"), under("in it")]);

    // Another place has no root of its own; an event of this room would not do there.
    let elsewhere = Outgoing {
        thread: Some("s1#A12".into()),
        ..direct("elsewhere", Priority::Page, "carol")
    };
    say(&store, vec![elsewhere]).await;
    courier.round(at(2)).await.unwrap();
    assert_eq!(fake.tried_under(), [bare("elsewhere")]);
}

async fn without_a_root_it_goes_by_itself(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("root", 1, &refused());
    let rows = vec![
        thread("root", Priority::Page, true),
        thread("in it", Priority::Quiet, false),
    ];
    say(&store, rows).await;
    assert_eq!(courier.round(at(0)).await.unwrap().sent, 1);
    let bare = |text: &str| (text.to_owned(), None);
    assert_eq!(fake.tried_under(), [bare("root"), bare("in it")]);
}

async fn a_refusal_is_left_for_the_desk(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("page", 1, &refused());
    let rows = vec![out("page", Priority::Page), out("next", Priority::Page)];
    let ids = say(&store, rows).await;
    let first = courier.round(at(4)).await.unwrap();
    assert_eq!((first.sent, first.refused, first.next), (1, 1, None));
    let unseen = store.refused_unseen().await.unwrap();
    assert_eq!(unseen.len(), 1);
    assert_eq!((unseen[0].id, unseen[0].refused_at), (ids[0], Some(at(4))));
    assert_eq!(unseen[0].refused_why.as_deref(), Some("not in the room"));
    fake.tried();
    let later = courier.round(at(1000)).await.unwrap();
    assert_eq!(later, round(0, None), "the desk is called once");
    assert_eq!(fake.tried(), [] as [&str; 0], "it is not tried again");
}

async fn a_call_for_help_goes_next(db: &Db) {
    let (store, fake, courier) = start(db).await;
    let rows = vec![out("one", Priority::Page), out("two", Priority::Page)];
    say(&store, rows).await;
    let duress = direct("duress", Priority::Duress, "carol");
    *fake.meanwhile.lock().unwrap() = Some(("one".into(), store.clone(), duress));
    assert_eq!(courier.round(at(0)).await.unwrap(), round(3, None));
    assert_eq!(fake.tried(), ["one", "duress", "two"]);
}

async fn after_a_crash_it_is_sent_again_as_the_same_row(db: &Db) {
    let (store, fake, courier) = start(db).await;
    let id = say(&store, vec![out("one", Priority::Page)]).await[0];
    let mut rounds = 0;
    for polls in 1.. {
        let ended = cut_short(courier.round(at(0)), polls).await;
        rounds += 1;
        if ended.is_some() || store.row_of_event("$one").await.unwrap().is_some() {
            break;
        }
    }
    assert!(rounds > 1, "it was never cut");
    let seen = fake.seen.lock().unwrap().clone();
    assert!(seen.iter().all(|(row, _, _)| *row == id), "{seen:?}");
    let row = store.out_row(id).await.unwrap().unwrap();
    assert_eq!((row.sent_at, row.attempts), (Some(at(0)), 0));
    let (store, fake, courier) = start(db).await;
    assert_eq!(courier.round(at(9)).await.unwrap(), round(0, None));
    assert_eq!(fake.tried(), [] as [&str; 0]);
    drop(store);
}

async fn a_long_round_ends(db: &Db) {
    let (store, fake, courier) = start(db).await;
    let rows = (0..201).map(|number| out(&format!("{number}"), Priority::Quiet));
    say(&store, rows.collect()).await;
    let first = courier.round(at(0)).await.unwrap();
    assert_eq!(first, round(200, Some(at(0))), "and asks to go on at once");
    assert_eq!(courier.round(at(0)).await.unwrap(), round(1, None));
    let order: Vec<_> = (0..201).map(|number| number.to_string()).collect();
    assert_eq!(fake.tried(), order);
}

async fn a_page_does_not_wait_for_the_end_of_a_long_round(db: &Db) {
    let (store, fake, courier) = start(db).await;
    let mut rows = vec![direct("page", Priority::Page, "carol")];
    rows.extend((0..9).map(|number| out(&format!("{number}"), Priority::Answer)));
    let page = say(&store, rows).await[0];
    fake.fail("page", 1, &later());
    // Each attempt takes a second.
    let clock = || at(i64::try_from(fake.seen.lock().unwrap().len()).unwrap());
    assert_eq!(courier.round_by(clock).await.unwrap(), round(10, None));
    let row = store.out_row(page).await.unwrap().unwrap();
    assert_eq!(row.sent_at, Some(at(3)), "not when the round began");
    assert_eq!(fake.tried()[..3], ["page", "0", "page"]);
}

async fn a_clock_that_is_set_back_holds_nothing_up(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("page", 1, &later());
    say(&store, vec![out("page", Priority::Page)]).await;
    courier.round(at(3600)).await.unwrap();
    assert_eq!(courier.round(at(0)).await.unwrap(), round(1, None));
    assert_eq!(fake.tried(), ["page", "page"]);
}
