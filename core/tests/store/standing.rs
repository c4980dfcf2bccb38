//! Standing messages: which message a newer state edits.

use crate::channel::{Fake, later, refused};
use crate::db::{Db, cut_short, on_both};
use crate::{at, batch, out, say};
use lonewatch_core::courier::Courier;
use lonewatch_core::domain::outgoing::{Outgoing, Place, Priority};
use lonewatch_core::store::{Batch, Commit, OwnEcho, Store};

on_both!(
    a_newer_state_edits_the_first,
    each_team_place_and_name_has_its_own,
    an_unsent_state_is_superseded,
    one_that_was_refused_is_made_anew,
    in_another_room_it_is_made_anew,
    back_in_the_first_room_it_is_made_anew,
    what_was_taken_down_is_made_anew,
    what_is_on_its_way_when_it_is_taken_down_is_no_first,
    after_a_crash_an_edit_is_sent_again_as_the_same_row,
    an_echo_of_an_edit_marks_its_own_row,
);

fn board(text: &str) -> Outgoing {
    Outgoing {
        standing: Some("board".into()),
        ..out(text, Priority::Quiet)
    }
}

async fn start(db: &Db) -> (Store, Fake, Courier<Fake>) {
    let store = db.open().await;
    let fake = Fake::default();
    let courier = Courier::new(store.clone(), fake.clone());
    (store, fake, courier)
}

type Tried = (String, Option<String>);

fn new(text: &str) -> Tried {
    (text.to_owned(), None)
}

fn edit(text: &str, of: &str) -> Tried {
    (text.to_owned(), Some(of.to_owned()))
}

/// Says it, sends it, and answers what was tried.
async fn put(store: &Store, fake: &Fake, courier: &Courier<Fake>, out: Outgoing) -> Vec<Tried> {
    say(store, vec![out]).await;
    courier.round(at(0)).await.unwrap();
    fake.tried_under()
}

async fn a_newer_state_edits_the_first(db: &Db) {
    let (store, fake, courier) = start(db).await;
    assert_eq!(put(&store, &fake, &courier, board("1")).await, [new("1")]);
    let two = put(&store, &fake, &courier, board("2")).await;
    assert_eq!(two, [edit("2", "$1")]);
    let three = put(&store, &fake, &courier, board("3")).await;
    assert_eq!(three, [edit("3", "$1")], "the message, not its last edit");
    // A reply or a tap is on the message; each edit is an event of its own.
    let first = store.row_of_event("$1").await.unwrap().unwrap();
    assert_eq!(first.out.text, "1");
    let third = store.row_of_event("$3").await.unwrap().unwrap();
    assert_eq!(third.out.text, "3");
}

async fn each_team_place_and_name_has_its_own(db: &Db) {
    let (store, fake, courier) = start(db).await;
    put(&store, &fake, &courier, board("1")).await;
    let south = Outgoing {
        team: "south".into(),
        ..board("south")
    };
    let managers = Outgoing {
        place: Place::Managers,
        ..board("managers")
    };
    let other = Outgoing {
        standing: Some("other".into()),
        ..board("other")
    };
    // An ordinary message that happens to have a slot of that name is no board.
    let slot = Outgoing {
        slot: Some("board".into()),
        ..out("no board", Priority::Quiet)
    };
    for (row, text) in [
        (south, "south"),
        (managers, "managers"),
        (other, "other"),
        (slot, "no board"),
    ] {
        assert_eq!(put(&store, &fake, &courier, row).await, [new(text)]);
    }
}

async fn an_unsent_state_is_superseded(db: &Db) {
    let (store, fake, courier) = start(db).await;
    let old = say(&store, vec![board("1"), board("2")]).await;
    courier.round(at(0)).await.unwrap();
    assert_eq!(fake.tried_under(), [new("2")]);
    let row = store.out_row(old[0]).await.unwrap().unwrap();
    assert_eq!(row.superseded_at, Some(at(0)));
    // Also one that has been tried in vain.
    fake.fail("3", 1, &later());
    put(&store, &fake, &courier, board("3")).await;
    let four = put(&store, &fake, &courier, board("4")).await;
    assert_eq!(four, [edit("4", "$2")]);
    courier.round(at(100)).await.unwrap();
    assert_eq!(
        fake.tried_under(),
        [],
        "the older state never comes after it"
    );
}

async fn one_that_was_refused_is_made_anew(db: &Db) {
    let (store, fake, courier) = start(db).await;
    fake.fail("1", 1, &refused());
    put(&store, &fake, &courier, board("1")).await;
    assert_eq!(store.refused_unseen().await.unwrap().len(), 1);
    assert_eq!(put(&store, &fake, &courier, board("2")).await, [new("2")]);
}

/// The courier hands over the message in the old room; the channel finds that it is another room now.
async fn in_another_room_it_is_made_anew(db: &Db) {
    let (store, fake, courier) = start(db).await;
    put(&store, &fake, &courier, board("1")).await;
    *fake.room.lock().unwrap() = Some("!upgraded".into());
    put(&store, &fake, &courier, board("2")).await;
    let three = put(&store, &fake, &courier, board("3")).await;
    assert_eq!(three, [edit("3", "$2")]);
    let first = store.standing(&board("4")).await.unwrap().unwrap();
    assert_eq!(
        (first.room.as_str(), first.event.as_str()),
        ("!upgraded", "$2")
    );
}

async fn back_in_the_first_room_it_is_made_anew(db: &Db) {
    let (store, fake, courier) = start(db).await;
    put(&store, &fake, &courier, board("1")).await;
    *fake.room.lock().unwrap() = Some("!other".into());
    put(&store, &fake, &courier, board("2")).await;
    *fake.room.lock().unwrap() = None;
    put(&store, &fake, &courier, board("3")).await;
    let four = put(&store, &fake, &courier, board("4")).await;
    assert_eq!(
        four,
        [edit("4", "$3")],
        "not the old one, far up in the room"
    );
}

fn taken_down(outbox: Vec<Outgoing>) -> Commit {
    Commit {
        taken_down: Some(board("")),
        outbox,
        ..Commit::new(at(1))
    }
}

async fn what_was_taken_down_is_made_anew(db: &Db) {
    let (store, fake, courier) = start(db).await;
    put(&store, &fake, &courier, board("1")).await;
    put(&store, &fake, &courier, board("2")).await;
    let commit = taken_down(vec![board("again")]);
    store.commit(&commit).await.unwrap();
    courier.round(at(1)).await.unwrap();
    fake.tried();
    let three = put(&store, &fake, &courier, board("3")).await;
    assert_eq!(three, [edit("3", "$again")]);
}

async fn what_is_on_its_way_when_it_is_taken_down_is_no_first(db: &Db) {
    let (store, fake, courier) = start(db).await;
    put(&store, &fake, &courier, board("1")).await;
    let id = say(&store, vec![board("2")]).await[0];
    store.commit(&taken_down(vec![])).await.unwrap();
    store.sent(id, "!room", "$2", at(2)).await.unwrap();
    assert_eq!(put(&store, &fake, &courier, board("3")).await, [new("3")]);
}

/// Where a poll ends depends on how fast the database answers: it is cut again until that was behind the sending.
async fn after_a_crash_an_edit_is_sent_again_as_the_same_row(db: &Db) {
    let (store, fake, courier) = start(db).await;
    put(&store, &fake, &courier, board("1")).await;
    for text in (2..100).map(|number| number.to_string()) {
        let id = say(&store, vec![board(&text)]).await[0];
        fake.seen.lock().unwrap().clear();
        for polls in 1.. {
            let ended = cut_short(courier.round(at(0)), polls).await;
            let event = format!("${text}");
            if ended.is_some() || store.row_of_event(&event).await.unwrap().is_some() {
                break;
            }
        }
        let seen = fake.seen.lock().unwrap().clone();
        let same = (id, text, Some("$1".to_owned()));
        assert!(seen.iter().all(|each| *each == same), "{seen:?}");
        if seen.len() > 1 {
            return;
        }
    }
    panic!("it was never cut");
}

async fn an_echo_of_an_edit_marks_its_own_row(db: &Db) {
    let (store, fake, courier) = start(db).await;
    put(&store, &fake, &courier, board("1")).await;
    let id = say(&store, vec![board("2")]).await[0];
    let echo = OwnEcho {
        outbox: id,
        room: "!room".into(),
        event: "$2".into(),
    };
    let echoed = Batch {
        own: vec![echo],
        ..batch("s1", vec![])
    };
    store.ingest(&echoed).await.unwrap();
    let three = put(&store, &fake, &courier, board("3")).await;
    assert_eq!(three, [edit("3", "$1")]);
}
