//! The escalation record as a file: what is in it, where it goes, and what becomes of one that cannot be sent.

use crate::{Office, direct, to, words};
use lonewatch_core::domain::outgoing::{Outgoing, Place};

impl Office {
    /// Amira does not report out, and somebody is paged.
    async fn alarm() -> Self {
        let mut office = Self::open().await;
        office.says("amira", "visit LCS1234 14:00-15:00").await;
        office.later(80).await;
        office.sent().await;
        office
    }

    /// What dan is answered in the managers' room.
    async fn record(&mut self) -> Vec<Outgoing> {
        self.arrives("dan", "!managers", words("/record A1")).await;
        self.sent().await
    }
}

fn names(sent: &[Outgoing]) -> Vec<&str> {
    let files = sent.iter().filter_map(|row| row.file.as_ref());
    files.map(|file| file.name.as_str()).collect()
}

#[tokio::test]
async fn the_page_goes_where_the_words_go() {
    let mut office = Office::alarm().await;
    let sent = office.record().await;
    let [text, page] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(text.text.starts_with("Escalation record A1"));
    let file = page.file.as_ref().expect("a file");
    assert_eq!(
        (file.name.as_str(), file.mime.as_str()),
        ("record-A1.html", "text/html")
    );
    assert!(file.body.starts_with("<!doctype html>") && file.body.contains("Amira Khan"));
    assert_eq!(page.text, "record-A1.html");
    let way = |row: &Outgoing| {
        (
            row.place.clone(),
            row.reply_to.clone(),
            row.hide_from.clone(),
            row.priority,
        )
    };
    assert_eq!(way(text), way(page));
    assert_eq!(page.hide_from, ["amira".into()]);
    assert!(!page.rings && page.mentions.is_empty());
}

#[tokio::test]
async fn a_long_record_is_told_in_short_and_kept_whole() {
    let mut office = Office::alarm().await;
    for n in 0..40 {
        let text =
            format!("/noanswer A1 tried number {n}, and her landline, and her buddy at home");
        office.arrives("dan", "!managers", words(&text)).await;
    }
    office.sent().await;
    let sent = office.record().await;
    assert_eq!(names(&sent), ["record-A1.html", "record-A1.txt"]);
    let words = to(&sent, &Place::Managers)[0];
    assert!(words.contains("Amira Khan") && words.contains("in the files below"));
    assert!(!words.contains("tried number 3,"));
    for file in sent.iter().filter_map(|row| row.file.as_ref()) {
        assert!(file.body.contains("tried number 0,") && file.body.contains("tried number 39,"));
    }
}

#[tokio::test]
async fn a_file_that_is_refused_is_told_where_it_was_asked_for() {
    let mut office = Office::alarm().await;
    office.arrives("dan", "!team", words("/record A1")).await;
    let rows = office
        .store
        .unsent(office.now, 100)
        .await
        .expect("the outbox");
    let file = rows
        .iter()
        .find(|row| row.out.file.is_some())
        .expect("a file");
    office
        .store
        .refused(file.id, "too large", office.now)
        .await
        .expect("marked");
    office.later(0).await;
    let sent = office.sent().await;
    assert_eq!(names(&sent), [] as [&str; 0]);
    let told = to(&sent, &direct("dan"));
    assert!(
        told.last()
            .is_some_and(|text| text.contains("record-A1.html")),
        "{told:?}"
    );
    let told = sent
        .iter()
        .find(|row| row.text.contains("could not send"))
        .expect("told");
    assert_eq!(told.hide_from, ["amira".into()], "and not before her");
}
