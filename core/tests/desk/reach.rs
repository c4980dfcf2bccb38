//! Before a visit is confirmed: whoever cannot be reached is told, to the worker and to the managers (issue 4, 3).

use crate::{Office, direct, matrix, to, words};
use chrono::Duration;
use lonewatch_core::domain::outgoing::{Outgoing, Place, Priority};
use lonewatch_core::rooms::Standing;

const PHRASE: &str = "it is in the purple file";

/// Takes somebody out of their direct chat: only invited.
fn only_invited(office: &Office, who: &str) {
    let room = format!("!direct-{}", matrix(who));
    office.book.set_members(&room, [].into());
}

fn joins(office: &Office, who: &str) {
    let room = format!("!direct-{}", matrix(who));
    office.book.set_members(&room, [matrix(who)].into());
}

/// The lines about somebody who cannot be reached.
fn told<'a>(sent: &'a [Outgoing], place: &Place) -> Vec<&'a str> {
    let all = to(sent, place).into_iter();
    all.flat_map(str::lines)
        .filter(|line| line.starts_with("I cannot") || line.starts_with("I may not"))
        .collect()
}

#[tokio::test]
async fn who_would_be_paged_first_and_has_not_joined_is_told_once_a_day() {
    let mut office = Office::open().await;
    only_invited(&office, "dan");
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let sent = office.sent().await;
    let answer = to(&sent, &direct("amira")).concat();
    assert!(
        answer.contains("Logged: LCS1234"),
        "logged all the same: {answer}"
    );
    assert_eq!(
        told(&sent, &direct("amira")),
        [
            "I cannot reach Dan Price, who would be paged first: Dan has not joined the chat with me. Carol has been told."
        ]
    );
    let managers = told(&sent, &Place::Managers);
    let [line] = managers.as_slice() else {
        panic!("{managers:?}")
    };
    for part in [
        "Dan Price",
        "Amira Khan, LCS1234",
        "has not joined",
        "accept my invitation",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    let row = sent
        .iter()
        .find(|row| row.place == Place::Managers && row.text == *line);
    let row = row.expect("the managers' line");
    assert!(!row.rings && row.mentions.is_empty() && row.priority == Priority::Quiet);

    office.says("amira", "visit LCS5678 16:00-16:30").await;
    office.says("amira", "left").await;
    let sent = office.sent().await;
    assert_eq!(
        told(&sent, &direct("amira")),
        [""; 0],
        "not with each visit"
    );
    assert_eq!(
        told(&sent, &Place::Managers),
        [""; 0],
        "not with each visit"
    );
    // Another worker has not read it; the managers have.
    office.says("carol", "visit LCS7777 16:00-16:30").await;
    let sent = office.sent().await;
    assert_eq!(told(&sent, &direct("carol")).len(), 1, "{sent:?}");
    assert_eq!(told(&sent, &Place::Managers), [""; 0]);
    // Another reason is news on the same day.
    joins(&office, "dan");
    office.book.set_reads(&matrix("dan"), false);
    office.says("amira", "visit LCS8888 17:00-17:15").await;
    let sent = office.sent().await;
    for place in [direct("amira"), Place::Managers] {
        let lines = told(&sent, &place);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].contains("no device that can read"), "{lines:?}");
    }
}

#[tokio::test]
async fn the_next_day_it_is_said_again_and_never_once_he_has_joined() {
    let mut office = Office::open().await;
    only_invited(&office, "dan");
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.later(50).await;
    office.says("amira", "home").await;
    office.sent().await;
    office.now += Duration::hours(20);
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let sent = office.sent().await;
    for place in [direct("amira"), Place::Managers] {
        assert_eq!(told(&sent, &place).len(), 1, "{place:?}: {sent:?}");
    }
    office.now += Duration::hours(24);
    joins(&office, "dan");
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let sent = office.sent().await;
    for place in [direct("amira"), Place::Managers] {
        assert_eq!(told(&sent, &place), [""; 0]);
    }
}

#[tokio::test]
async fn silent_for_a_month_is_told_with_the_day() {
    let mut office = Office::open().await;
    let at = |days| office.now - Duration::days(days);
    let silent = [("dan", at(31)), ("ben", at(29)), ("amira", at(29))];
    office
        .book
        .recall_seen(silent.map(|(who, at)| (matrix(who), at)));
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let sent = office.sent().await;
    assert_eq!(
        told(&sent, &direct("amira")),
        [
            "I may not reach Dan Price, who would be paged first: nothing has come from Dan for 30 days, since 14:00 on Fri 30 Jan. Carol has been told."
        ]
    );
    assert!(
        told(&sent, &Place::Managers)[0].contains("A word from Dan"),
        "{sent:?}"
    );
}

#[tokio::test]
async fn whoever_stands_in_is_looked_at_in_the_others_place() {
    let mut office = Office::open().await;
    for who in ["dan", "hana"] {
        only_invited(&office, who);
    }
    office
        .says("carol", "/cover @hana for @dan until 23:00")
        .await;
    office.says("hana", "/accept").await;
    office.sent().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let sent = office.sent().await;
    let lines = told(&sent, &direct("amira")).join("\n");
    assert!(
        lines.contains("Hana Reid") && !lines.contains("Dan"),
        "{lines}"
    );
}

#[tokio::test]
async fn she_herself_and_a_manager_who_logs_for_her() {
    let mut office = Office::open().await;
    only_invited(&office, "amira");
    office
        .arrives("amira", "!team", words("/visit LCS1234 14:00-15:00"))
        .await;
    let sent = office.sent().await;
    let answer = to(&sent, &Place::Team).concat();
    assert!(answer.contains("you have not joined our chat"), "{answer}");
    let line = told(&sent, &Place::Managers).concat();
    assert!(line.contains("I cannot ask Amira"), "{line}");

    joins(&office, "amira");
    only_invited(&office, "dan");
    let text = "/visit LCS5678 16:00-16:30 for @amira";
    office.arrives("carol", "!managers", words(text)).await;
    let sent = office.sent().await;
    let read = told(&sent, &Place::Managers);
    let first = "who would be paged first for Amira: Dan has not joined";
    assert!(read.iter().any(|line| line.contains(first)), "{read:?}");
    let hers = told(&sent, &direct("amira"));
    assert_eq!(hers.len(), 1, "{hers:?}");
    assert!(hers[0].ends_with("Carol has been told."), "{hers:?}");
}

#[tokio::test]
async fn where_she_is_in_the_managers_room_they_read_it_in_their_own_chats() {
    let mut office = Office::open().await;
    let mut there = office.book.members("!managers");
    there.insert(matrix("amira"));
    office.book.set_members("!managers", there);
    only_invited(&office, "dan");
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let sent = office.sent().await;
    assert_eq!(told(&sent, &Place::Managers), [""; 0]);
    assert_eq!(told(&sent, &direct("carol")).len(), 1, "{sent:?}");
    assert_eq!(told(&sent, &direct("dan")), [""; 0]);
    assert!(told(&sent, &direct("amira"))[0].ends_with("Carol has been told."));
}

#[tokio::test]
async fn while_the_managers_room_is_lost_they_read_it_in_their_own_chats() {
    let mut office = Office::open().await;
    let north = office.book.set_standing("North", Standing::PutOut);
    assert!(north, "the room was there before");
    only_invited(&office, "dan");
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    let sent = office.sent().await;
    assert_eq!(told(&sent, &Place::Managers), [""; 0]);
    let carols = told(&sent, &direct("carol"));
    assert!(
        carols.len() == 1 && carols[0].contains("Dan Price"),
        "{carols:?}"
    );
}

/// The same day with and without a phrase: after it nobody covers for her, and she must not see that.
#[tokio::test]
async fn after_a_phrase_the_answer_is_that_of_any_other_day() {
    let mut days = Vec::new();
    for said in ["it is in the blue folder", PHRASE] {
        let mut office = Office::open().await;
        office.says("carol", "visit LCS1111 14:00-15:00").await;
        only_invited(&office, "dan");
        office.says("carol", said).await;
        office
            .says("carol", "/cover @hana for me until 23:00")
            .await;
        office.sent().await;
        let text = "/visit LCS1234 16:10-16:20 for @amira";
        office.says("carol", text).await;
        office.later(30).await;
        office.says("carol", "/visit LCS5678 17:10-17:20").await;
        let sent = office.sent().await;
        let hers = to(&sent, &direct("carol")).into_iter().map(str::to_owned);
        days.push(
            hers.filter(|text| text.starts_with("Logged"))
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(days[0].len(), 2, "{days:?}");
    assert!(days[0][0].contains("Hana has been told."), "{days:?}");
    assert_eq!(days[0], days[1]);
}
