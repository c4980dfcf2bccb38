//! What goes wrong: pages that do not go out, shifts and policies that cannot be read, bugs.

use crate::{Office, direct, matrix, to, words};
use chrono::{DateTime, Duration, Utc};
use lonewatch_core::domain::inbound::Inbound;
use lonewatch_core::domain::outgoing::{Outgoing, Place};
use lonewatch_core::store::{Aggregate, Batch, Commit, Gap};

#[tokio::test]
async fn a_page_that_is_tried_in_vain_for_a_minute_counts_as_undelivered() {
    // Of the room that is lost, both who were paged hear.
    for (lost, hear) in [(direct("dan"), 1), (Place::Managers, 2)] {
        let mut office = Office::open().await;
        office.says("amira", "visit LCS1234 14:00-15:00").await;
        office.later(75).await;
        office.sent_but_to(&lost).await;
        let rows = office.store.unsent(office.now, 10).await.expect("rows");
        let page = rows.iter().find(|row| row.out.rings).expect("a page");
        for _ in 0..3 {
            // Quick failures: the courier has put it off whenever the desk looks.
            let again = office.now + Duration::minutes(2);
            office.store.later(page.id, again).await.expect("put off");
        }
        office.later(0).await;
        assert_eq!(
            told(&office.sent_but_to(&lost).await),
            0,
            "not yet a minute"
        );
        office.later(1).await;
        let sent = office.sent_but_to(&lost).await;
        assert_eq!(told(&sent), hear, "{lost:?}: {sent:?}");
        let pinged = |who: &str| sent.iter().any(|row| row.mentions.contains(&who.into()));
        assert_eq!(
            pinged("carol"),
            lost == direct("dan"),
            "the next step comes at once"
        );
        office.later(1).await;
        assert_eq!(told(&office.sent_but_to(&lost).await), 0, "told once");
    }
}

#[tokio::test]
async fn two_pages_to_a_lost_room_are_one_piece_of_news() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    // The page, and ten minutes later its reminder.
    for minutes in [75, 10] {
        office.later(minutes).await;
        office.sent_but_to(&Place::Managers).await;
    }
    let rows = office.store.unsent(office.now, 10).await.expect("rows");
    let pages: Vec<_> = rows.iter().filter(|row| row.out.rings).collect();
    assert_eq!(pages.len(), 2, "{pages:?}");
    for _ in 0..3 {
        for page in &pages {
            let again = office.now + Duration::minutes(2);
            office.store.later(page.id, again).await.expect("put off");
        }
    }
    office.later(1).await;
    let sent = office.sent_but_to(&Place::Managers).await;
    // Both who were paged, once each.
    assert_eq!(told(&sent), 2, "{sent:?}");
}

/// How many lines say that a page did not arrive.
fn told(sent: &[Outgoing]) -> usize {
    let words = ["could not be delivered", "could not write in"];
    let says = |row: &&Outgoing| words.iter().any(|words| row.text.contains(words));
    sent.iter().filter(says).count()
}

/// Puts a shift of Ben's beside Amira's, as some other version of the program might have left it.
async fn ben_has(office: &Office, change: impl Fn(&str) -> String) {
    let shifts = office.store.open_aggregates("shift", "North").await;
    let hers = shifts.expect("shifts").remove(0);
    let mut commit = Commit::new(office.now);
    commit.aggregates.push(Aggregate {
        id: "bens".to_owned(),
        owner: Some("ben".to_owned()),
        version: 0,
        body: change(&hers.body.replace(&hers.id, "bens").replace("amira", "ben")),
        ..hers
    });
    office.store.commit(&commit).await.expect("stored");
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_holds_up_only_its_own_shifts() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let shifts = office.store.open_aggregates("shift", "North").await;
    let body = &shifts.expect("shifts")[0].body;
    let begin = body.find("\"policy\":\"").expect("a policy") + 10;
    let hash = body[begin..]
        .split('"')
        .next()
        .expect("its hash")
        .to_owned();
    ben_has(&office, |body| body.replace(&hash, "gone")).await;
    office.sent().await;
    office.says("amira", "arrived").await;
    let sent = office.sent().await;
    assert!(
        to(&sent, &direct("amira"))[0].starts_with("Arrived"),
        "{sent:?}"
    );
    office.says("ben", "arrived").await;
    let sent = office.sent().await;
    let told = to(&sent, &Place::Managers);
    assert!(
        told[0].contains("could not deal with a message from Ben"),
        "{sent:?}"
    );
    office.later(60).await;
    let sent = office.sent().await;
    assert!(to(&sent, &Place::Managers)[0].contains("NOT looking out for Ben"));
    assert!(to(&sent, &direct("amira"))[0].contains("finished?"));
}

#[tokio::test]
async fn a_refusal_that_concerns_a_broken_shift_does_not_end_the_process() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    ben_has(&office, |_| {
        "{\"format\":1,\"body\":{\"id\":\"the purple file\"}}".to_owned()
    })
    .await;
    office.sent().await;
    let mut commit = Commit::new(office.now);
    let mut page = office.page();
    page.about = Some("{\"shift\":\"bens\",\"alarm\":1,\"visit\":1}".to_owned());
    commit.outbox = vec![page.clone(), page];
    let ids = office.store.commit(&commit).await.expect("stored");
    office
        .store
        .refused(ids[0], "gone", office.now)
        .await
        .expect("refused");
    for _ in 0..3 {
        office
            .store
            .later(ids[1], office.now)
            .await
            .expect("put off");
    }
    office.later(2).await;
    let told = office
        .sent_where(|row| row.out.text.contains("NOT looking out for Ben"))
        .await;
    assert_eq!(told.len(), 2, "one for each page");
    office.later(1).await;
    let told = office
        .sent_where(|row| row.out.text.contains("NOT looking out for Ben"))
        .await;
    assert!(told.is_empty(), "{told:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_shift_is_told_without_its_words() {
    let broken = lonewatch_core::desk::DeskError::Body {
        id: "s1".to_owned(),
        line: 1,
        column: 7,
    };
    assert_eq!(
        broken.to_string(),
        "aggregates.body of s1: cannot be read from line 1, column 7"
    );
}

#[tokio::test]
async fn a_panic_holds_nobody_up() {
    let mut office = Office::open().await;
    let inbound = Inbound {
        room: "!team".to_owned(),
        event: "$old".to_owned(),
        sender: matrix("amira"),
        said_at: DateTime::<Utc>::MIN_UTC,
        what: words("/visit LCS1234 14:00-15:00"),
    };
    let batch = Batch {
        account: "bot".to_owned(),
        since: "s".to_owned(),
        received_at: office.now,
        events: vec![inbound],
        own: vec![],
        gaps: vec![],
    };
    office.store.ingest(&batch).await.expect("stored");
    office.says("ben", "visit LCS5678 14:00-15:00").await;
    let sent = office.sent().await;
    assert!(
        to(&sent, &Place::Managers)[0].contains("a message from Amira"),
        "{sent:?}"
    );
    assert!(to(&sent, &direct("ben"))[0].contains("LCS5678"));
}

#[tokio::test]
async fn a_team_that_is_not_configured_for_a_while_is_watched_again() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.sent().await;
    let name = std::mem::replace(&mut office.config.teams[0].team.name, "Nrth".to_owned());
    office.restart();
    office.later(70).await;
    assert_eq!(office.sent().await, []);
    office.config.teams[0].team.name = name;
    office.restart();
    office.later(10).await;
    let sent = office.sent().await;
    assert!(
        to(&sent, &Place::Managers)[0].contains("Amira Khan"),
        "{sent:?}"
    );
}

#[tokio::test]
async fn messages_that_cannot_be_fetched_are_told_once() {
    for (room, says) in [
        (format!("!direct-{}", matrix("amira")), "Amira sent me"),
        ("!team".to_owned(), "in the room of North"),
        ("!managers".to_owned(), "in this room"),
    ] {
        let mut office = Office::open().await;
        let gap = Gap {
            room,
            prev_batch: "p".to_owned(),
            since: "s".to_owned(),
        };
        let batch = Batch {
            account: "bot".to_owned(),
            since: "s1".to_owned(),
            received_at: office.now,
            events: vec![],
            own: vec![],
            gaps: vec![gap],
        };
        office.store.ingest(&batch).await.expect("stored");
        office.later(1).await;
        assert_eq!(office.sent().await, [], "it may still be filled");
        let open = office.store.open_gaps().await.expect("gaps");
        let given_up = office.store.gap_in_vain(open[0].id, office.now).await;
        given_up.expect("stored");
        office.later(1).await;
        let sent = office.sent().await;
        let told = to(&sent, &Place::Managers);
        assert!(told[0].contains(says), "{told:?}");
        assert!(sent[0].rings);
        office.later(1).await;
        assert_eq!(office.sent().await, [], "told once");
    }
}

#[tokio::test]
async fn in_a_chat_that_is_closed_she_is_still_heard() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.sent().await;
    // She has left it, or somebody else has come into it.
    let room = format!("!direct-{}", matrix("amira"));
    office.book.close_direct(&matrix("amira"), &room);
    office
        .says("amira", "the details are in the purple file")
        .await;
    let sent = office.sent().await;
    let calls = |text: &&str| text.contains("CALL FOR HELP");
    assert!(to(&sent, &Place::Managers).iter().any(calls), "{sent:?}");
}

#[tokio::test]
async fn nobody_is_introduced_to_before_they_are_there() {
    let mut office = Office::open().await;
    office.desk.introduce(office.now).await.expect("nobody");
    assert_eq!(office.sent().await, []);
    let room = format!("!direct-{}", matrix("amira"));
    office.book.set_members(&room, [matrix("amira")].into());
    for _ in 0..2 {
        office.desk.introduce(office.now).await.expect("Amira");
    }
    let sent = office.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    assert!(to(&sent, &direct("amira"))[0].starts_with("Hello Amira"));
}

#[tokio::test]
async fn what_rings_and_is_refused_by_the_managers_room_goes_to_their_chats() {
    let mut office = Office::open().await;
    let commit = Commit {
        outbox: vec![office.page()],
        ..Commit::new(office.now)
    };
    office.store.commit(&commit).await.expect("stored");
    let row = office.store.unsent(office.now, 1).await.expect("the page");
    let refused = office
        .store
        .refused(row[0].id, "not in the room", office.now);
    refused.await.expect("stored");
    office.later(1).await;
    let sent = office.sent().await;
    assert_eq!(to(&sent, &direct("dan")), ["A1"], "{sent:?}");
    assert_eq!(to(&sent, &direct("carol")), ["A1"]);
    assert_eq!(to(&sent, &direct("amira")), [] as [&str; 0]);
    office.later(1).await;
    assert_eq!(office.sent().await, [], "once");
}

#[tokio::test]
async fn a_closed_shift_that_cannot_be_read_stands_in_nobodys_way() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.says("amira", "left").await;
    office.later(6).await;
    let closed = office
        .store
        .closed_since("shift", "North", office.now - Duration::hours(1));
    let mut closed = closed.await.expect("closed").remove(0);
    closed.body = "{".to_owned();
    let commit = Commit {
        aggregates: vec![closed],
        ..Commit::new(office.now)
    };
    office.store.commit(&commit).await.expect("broken");
    office.sent().await;
    office
        .says("amira", "the details are in the purple file")
        .await;
    let sent = office.sent().await;
    let calls = |text: &&str| text.contains("CALL FOR HELP");
    assert!(to(&sent, &Place::Managers).iter().any(calls), "{sent:?}");
}
