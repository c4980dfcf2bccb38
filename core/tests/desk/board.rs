//! The board in the team's room: when it is written anew, and what it says.

use crate::{Office, direct, matrix, rooms, to, words};
use chrono::{Duration, TimeZone, Utc};
use lonewatch_core::domain::inbound::Said;
use lonewatch_core::domain::outgoing::{Outgoing, Place};

const EMPTY: &str = "Nobody has a visit logged.";

/// What goes out to the board.
fn boards(sent: &[Outgoing]) -> Vec<&str> {
    let board = |row: &&Outgoing| row.standing.as_deref() == Some("board");
    for row in sent.iter().filter(board) {
        assert_eq!(row.place, Place::Team);
        assert!(!row.rings && row.mentions.is_empty() && row.offers.is_empty());
    }
    sent.iter()
        .filter(board)
        .map(|row| row.text.as_str())
        .collect()
}

impl Office {
    /// What has gone out to the board since this was asked last.
    async fn board(&mut self) -> Vec<String> {
        let sent = self.sent().await;
        boards(&sent).into_iter().map(str::to_owned).collect()
    }

    async fn put_up(&mut self) -> Vec<String> {
        let put = self.desk.put_up_board("North", self.now).await;
        put.expect("put up");
        self.board().await
    }
}

#[tokio::test]
async fn it_is_put_up_once_the_room_is_there() {
    let mut office = Office::open().await;
    assert_eq!(office.put_up().await, [EMPTY]);
    assert_eq!(office.put_up().await, [] as [&str; 0], "it stands");
    office.restart();
    assert_eq!(office.put_up().await, [] as [&str; 0]);
}

#[tokio::test]
async fn in_a_room_that_replaces_the_old_one_it_is_put_up_again() {
    let mut office = Office::open().await;
    office.put_up().await;
    office.book.set_team("North", "!upgraded");
    assert_eq!(office.put_up().await, [EMPTY]);
    assert_eq!(office.put_up().await, [] as [&str; 0]);
}

#[tokio::test]
async fn it_follows_what_people_say() {
    let mut office = Office::open().await;
    office.put_up().await;
    office
        .says("amira", "visit LCS1234 14:30-15:00 back 15:30")
        .await;
    let amira = "Amira: LCS1234, Mon 2 March, 14:30–15:00 GMT, back 15:30";
    assert_eq!(office.board().await, [format!("{amira}: to come")]);
    office
        .says("ben", "visit LCS5678 14:00-16:00 next home")
        .await;
    let ben = "Ben: LCS5678, Mon 2 March, 14:00–16:00 GMT, then home: out, due 16:00";
    assert_eq!(office.board().await, [format!("{ben}\n{amira}: to come")]);
    // What changes nothing on it is no edit.
    office.says("amira", "he has a new dog").await;
    office.says("dan", "/board").await;
    assert_eq!(office.board().await, [] as [&str; 0]);
    office.says("amira", "extend LCS1234 until 15:15").await;
    let amira = "Amira: LCS1234, Mon 2 March, 14:30–15:15 GMT, back 15:45";
    assert_eq!(office.board().await, [format!("{ben}\n{amira}: to come")]);
    office.says("ben", "left").await;
    assert_eq!(office.board().await, [format!("{amira}: to come")]);
    office.says("amira", "cancel").await;
    assert_eq!(office.board().await, [EMPTY]);
    office.says("amira", "undo").await;
    assert_eq!(office.board().await, [format!("{amira}: to come")]);
}

#[tokio::test]
async fn it_follows_the_time() {
    let mut office = Office::open().await;
    office.put_up().await;
    office.says("amira", "visit LCS1234 14:30-15:00").await;
    office.board().await;
    let says = |what: &str| format!("Amira: LCS1234, Mon 2 March, 14:30–15:00 GMT: {what}");
    for (at, what) in [
        ((14, 30), "out, due 15:00"),
        ((15, 0), "due 15:00, not reported out yet"),
    ] {
        let at = Utc
            .with_ymd_and_hms(2026, 3, 2, at.0, at.1, 0)
            .single()
            .expect("a time");
        let due = office.desk.next_due().await.expect("the store");
        assert!(due.is_some_and(|due| due <= at), "it is woken for it");
        office.now = at - Duration::seconds(1);
        office.later(0).await;
        assert_eq!(office.board().await, [] as [&str; 0]);
        office.now = at;
        office.later(0).await;
        assert_eq!(office.board().await, [says(what)]);
        office.later(0).await;
        assert_eq!(office.board().await, [] as [&str; 0], "once");
    }
    // At midnight the day is told.
    office.now = Utc
        .with_ymd_and_hms(2026, 3, 3, 0, 0, 0)
        .single()
        .expect("a time");
    office.later(0).await;
    let told = says("due 15:00 on Mon 2 Mar, not reported out yet");
    assert_eq!(office.board().await, [told]);
}

#[tokio::test]
async fn it_is_what_the_team_is_answered() {
    let mut office = Office::open().await;
    office.put_up().await;
    office.says("amira", "visit LCS1234 14:30-15:00").await;
    office
        .says("ben", "visit LCS5678 14:00-16:00 next home")
        .await;
    let board = office.board().await.pop();
    office.arrives("dan", "!team", words("/board")).await;
    let answered = office.sent().await;
    assert_eq!(to(&answered, &Place::Team), board.as_deref().as_slice());
}

#[tokio::test]
async fn what_somebody_deletes_is_made_anew() {
    let mut office = Office::open().await;
    office
        .desk
        .put_up_board("North", office.now)
        .await
        .expect("put up");
    let rows = office
        .store
        .unsent(office.now, 10)
        .await
        .expect("the outbox");
    let event = format!("$bot{}", rows[0].id);
    assert_eq!(office.board().await, [EMPTY]);
    // Also by somebody who is not configured: a moderator of the server.
    let gone = Said::Redaction { of: event };
    office.arrives("mallory", "!room", gone).await;
    let rows = office
        .store
        .unsent(office.now, 10)
        .await
        .expect("the outbox");
    let first = office
        .store
        .standing(&rows[0].out)
        .await
        .expect("the outbox");
    assert_eq!(first, None, "a message of its own, no edit of what is gone");
    assert_eq!(office.board().await, [EMPTY]);
}

#[tokio::test]
async fn what_was_refused_is_tried_again_with_the_next_change() {
    let mut office = Office::open().await;
    office
        .desk
        .put_up_board("North", office.now)
        .await
        .expect("put up");
    let rows = office
        .store
        .unsent(office.now, 10)
        .await
        .expect("the outbox");
    office
        .store
        .refused(rows[0].id, "not in the room", office.now)
        .await
        .expect("marked");
    office.later(1).await;
    let sent = office.sent().await;
    assert!(
        boards(&sent).is_empty() && sent.iter().all(|row| !row.rings),
        "and nobody is rung for it"
    );
    assert_eq!(office.put_up().await, [EMPTY]);
}

#[tokio::test]
async fn without_a_room_nothing_is_lost() {
    let mut office = Office::open().await;
    office.book = lonewatch_core::rooms::RoomBook::default();
    let user = matrix("amira");
    office.book.set_direct(&user, &format!("!direct-{user}"));
    office.restart();
    office.says("amira", "visit LCS1234 14:30-15:00").await;
    office.later(60).await;
    let sent = office.sent().await;
    assert_eq!(boards(&sent), [] as [&str; 0]);
    assert_eq!(to(&sent, &direct("amira")).len(), 2, "answered and asked");
    let due = office.desk.next_due().await.expect("the store");
    assert!(due.is_none_or(|due| due > office.now), "it does not spin");
    office.book = rooms(&office.config);
    office.restart();
    assert_eq!(office.put_up().await.len(), 1);
}

#[tokio::test]
async fn the_managers_are_told_once_that_it_cannot_be_pinned() {
    let mut office = Office::open().await;
    for _ in 0..3 {
        let told = office.desk.cannot_pin("North", "!team", office.now).await;
        told.expect("told");
        office.restart();
    }
    let sent = office.sent().await;
    let told = to(&sent, &Place::Managers);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("moderator"), "{told:?}");
}
