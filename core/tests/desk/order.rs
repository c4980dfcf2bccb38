//! What comes out of order, or could be meant for either of two teams.

use crate::{Office, direct, matrix, to, words};
use chrono::Duration;
use lonewatch_core::domain::inbound::Said;
use lonewatch_core::domain::outgoing::Place;
use lonewatch_core::store::OutRow;

fn unreadable() -> Said {
    Said::Unreadable {
        reason: "no key".to_owned(),
        raw: "{}".to_owned(),
    }
}

impl Office {
    /// The key of an event comes: it was these words.
    async fn key_comes(&mut self, room: &str, event: &str, text: &str) {
        let row = self.store.said(room, event).await.expect("read");
        let mut inbound = row.expect("the row").inbound;
        inbound.what = words(text);
        let waited = self.store.now_readable(room, event, &inbound).await;
        assert!(waited.expect("stored"));
        self.later(0).await;
    }
}

#[tokio::test]
async fn a_correction_stands_when_the_key_of_its_original_comes_late() {
    let mut office = Office::open().await;
    let room = format!("!direct-{}", matrix("amira"));
    let old = office.arrives("amira", &room, unreadable()).await;
    let edit = Said::Edit {
        of: old.clone(),
        body: "visit LCS1234 15:00-16:00".to_owned(),
    };
    office.arrives("amira", &room, edit).await;
    office.sent().await;
    office
        .key_comes(&room, &old, "visit LCS1234 14:00-15:00")
        .await;
    let sent = office.sent().await;
    assert_eq!(to(&sent, &direct("amira")), [] as [&str; 0], "{sent:?}");
    office.says("amira", "/mine").await;
    let sent = office.sent().await;
    let mine = to(&sent, &direct("amira"))[0];
    assert!(
        mine.contains("15:00–16:00") && !mine.contains("14:00"),
        "{mine}"
    );
}

#[tokio::test]
async fn a_code_phrase_counts_although_it_was_corrected_away() {
    let mut office = Office::open().await;
    let room = format!("!direct-{}", matrix("amira"));
    let old = office.arrives("amira", &room, unreadable()).await;
    let edit = Said::Edit {
        of: old.clone(),
        body: "visit LCS1234 15:00-16:00".to_owned(),
    };
    office.arrives("amira", &room, edit).await;
    office.sent().await;
    office
        .key_comes(&room, &old, "the details are in the purple file")
        .await;
    let sent = office.sent().await;
    let calls = |text: &&str| text.contains("CALL FOR HELP");
    assert!(to(&sent, &Place::Managers).iter().any(calls), "{sent:?}");
    assert_eq!(to(&sent, &direct("amira")), [] as [&str; 0]);
}

#[tokio::test]
async fn a_tap_is_taken_back_in_the_team_that_asked() {
    let mut office = Office::open().await;
    let mut south = office.config.teams[0].clone();
    south.team.name = "South".to_owned();
    office.config.teams.push(south);
    office.book.set_team("South", "!south");
    office.book.set_managers("South", "!southern-managers");
    office.restart();
    for (team, reference) in [("!team", "LCS1111"), ("!south", "LCS2222")] {
        let visit = format!("/visit {reference} 14:00-15:00");
        office.arrives("amira", team, words(&visit)).await;
    }
    office.sent().await;
    office.later(60).await;
    let asks = |row: &OutRow| row.out.team == "South" && !row.out.offers.is_empty();
    let rows = office.store.unsent(office.now, 100).await.expect("rows");
    let question = rows.into_iter().find(asks).expect("South's question");
    office.sent().await;
    let room = format!("!direct-{}", matrix("amira"));
    let tap = Said::Reaction {
        to: format!("$bot{}", question.id),
        key: question.out.offers[0].clone(),
    };
    let tap = office.arrives("amira", &room, tap).await;
    let closed = office.sent().await;
    assert!(!closed.is_empty());
    let back = Said::Redaction { of: tap };
    office.arrives("amira", &room, back).await;
    let sent = office.sent().await;
    let told = to(&sent, &direct("amira"));
    assert!(told.iter().any(|text| text.contains("LCS2222")), "{sent:?}");
}

#[tokio::test]
async fn that_it_was_blind_is_told_before_the_pages_that_are_late_by_it() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.sent().await;
    let from = office.now;
    office.now += Duration::minutes(150);
    office.desk.resume(from, office.now).await.expect("told");
    office.later(0).await;
    let sent = office.sent().await;
    let managers = to(&sent, &Place::Managers);
    assert!(managers.len() > 1, "nobody was paged: {managers:?}");
    assert!(
        managers[0].contains("14:00") && !managers[0].contains("A1"),
        "{managers:?}"
    );
}

#[tokio::test]
async fn a_call_for_help_is_not_edited_away_before_its_key_comes() {
    let room = format!("!direct-{}", matrix("amira"));
    for (words, edit, called) in [
        ("help", "all fine, sorry", true),
        ("help", "ok", true),
        ("left", "ok", false),
    ] {
        let mut office = Office::open().await;
        let old = office.arrives("amira", &room, unreadable()).await;
        let edit = Said::Edit {
            of: old.clone(),
            body: edit.to_owned(),
        };
        office.arrives("amira", &room, edit).await;
        office.sent().await;
        office.key_comes(&room, &old, words).await;
        let sent = office.sent().await;
        let calls = |text: &&str| text.contains("CALL FOR HELP");
        let heard = to(&sent, &Place::Managers).iter().any(calls);
        assert_eq!(heard, called, "{words}: {sent:?}");
    }
}

#[tokio::test]
async fn of_two_corrections_the_newer_stands_whichever_key_comes_first() {
    let mut office = Office::open().await;
    let room = format!("!direct-{}", matrix("amira"));
    let visit = |end: &str| format!("visit LCS1234 14:00-{end}");
    let old = office.says("amira", &visit("15:00")).await;
    let first = office.arrives("amira", &room, unreadable()).await;
    let second = Said::Edit {
        of: old.clone(),
        body: visit("15:30"),
    };
    office.arrives("amira", &room, second).await;
    let row = office.store.said(&room, &first).await.expect("read");
    let mut inbound = row.expect("the row").inbound;
    inbound.what = Said::Edit {
        of: old,
        body: visit("16:00"),
    };
    let waited = office.store.now_readable(&room, &first, &inbound).await;
    assert!(waited.expect("stored"));
    office.later(0).await;
    office.sent().await;
    office.says("amira", "/mine").await;
    let sent = office.sent().await;
    let mine = to(&sent, &direct("amira"))[0];
    assert!(mine.contains("15:30") && !mine.contains("16:00"), "{mine}");
}

#[tokio::test]
async fn an_edit_by_somebody_else_does_not_swallow_ones_own() {
    let mut office = Office::open().await;
    let room = format!("!direct-{}", matrix("amira"));
    let old = office.says("amira", "visit LCS1234 14:00-15:00").await;
    let edit = || Said::Edit {
        of: old.clone(),
        body: "visit LCS1234 14:00-16:00".to_owned(),
    };
    office.arrives("ben", &room, edit()).await;
    office.arrives("amira", &room, edit()).await;
    office.sent().await;
    office.says("amira", "/mine").await;
    let sent = office.sent().await;
    let mine = to(&sent, &direct("amira"))[0];
    assert!(mine.contains("16:00"), "{mine}");
}

#[tokio::test]
async fn a_visit_whose_key_comes_late_is_logged_although_it_was_edited_into_a_note() {
    let mut office = Office::open().await;
    let room = format!("!direct-{}", matrix("amira"));
    let old = office.arrives("amira", &room, unreadable()).await;
    let edit = Said::Edit {
        of: old.clone(),
        body: "not yet".to_owned(),
    };
    office.arrives("amira", &room, edit).await;
    office.sent().await;
    office
        .key_comes(&room, &old, "visit LCS1234 14:30-15:00")
        .await;
    let sent = office.sent().await;
    assert!(
        to(&sent, &direct("amira"))[0].starts_with("Logged: LCS1234"),
        "{sent:?}"
    );
}
