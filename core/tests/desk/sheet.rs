//! The fallback sheet in the managers' room: what stands on it, when it is written anew, and that it keeps quiet.

use crate::{Office, words};
use chrono::{TimeZone, Utc};
use lonewatch_core::domain::inbound::Said;
use lonewatch_core::domain::outgoing::{Outgoing, Place, Priority};

/// What goes out to the sheet, without its heading.
fn sheets(sent: &[Outgoing]) -> Vec<String> {
    let sheet = |row: &&Outgoing| row.standing.as_deref() == Some("sheet");
    let below = |row: &Outgoing| {
        assert_eq!(row.place, Place::Managers);
        assert_eq!(row.priority, Priority::Quiet, "never before a page");
        assert!(!row.rings && row.mentions.is_empty() && row.offers.is_empty());
        let (heading, below) = row.text.split_once('\n').expect("a heading");
        assert!(heading.starts_with("FALLBACK SHEET, "), "{heading}");
        below.to_owned()
    };
    sent.iter().filter(sheet).map(below).collect()
}

impl Office {
    async fn sheet(&mut self) -> Vec<String> {
        let sent = self.sent().await;
        sheets(&sent)
    }

    async fn put_up_sheet(&mut self) -> Vec<String> {
        let put = self.desk.put_up_board("North", self.now).await;
        put.expect("put up");
        self.sheet().await
    }

    /// Puts it up, and lets the minute pass in which it is not edited.
    async fn with_sheet() -> Self {
        let mut office = Self::open().await;
        office.put_up_sheet().await;
        office.later(1).await;
        office
    }

    fn at(&mut self, day: u32, hour: u32, minute: u32) {
        let at = Utc.with_ymd_and_hms(2026, 3, day, hour, minute, 0);
        self.now = at.single().expect("a time");
    }
}

#[tokio::test]
async fn it_says_who_is_out_until_when_and_whom_to_ring_in_which_order() {
    let mut office = Office::with_sheet().await;
    office
        .says(
            "amira",
            "visit LCS1234 AB cat 1 14:30-15:00 with Ben next home",
        )
        .await;
    let sheet = office.sheet().await;
    let [sheet] = sheet.as_slice() else {
        panic!("{sheet:?}");
    };
    let lines: Vec<&str> = sheet.lines().collect();
    for wanted in [
        "Amira Khan: 07700 900101, at home 01632 960101",
        "LCS1234 AB, Mon 2 March, 14:30–15:00 GMT, category 1, with Ben, then home",
        // Ben is her buddy, and is with her: the duty officer stands in. Then Wiltshire's ladder of the last visit.
        "Dan Price: 07700 900103",
        "Carol Hughes: 07700 900104",
        "Hana Reid: 07700 900105",
        "Emergency Duty Team: 01632 960700",
    ] {
        assert!(lines.contains(&wanted), "{wanted}\n{sheet}");
    }
    let order = lines.iter().find(|line| line.starts_with("Then ring: "));
    let order = order.expect("an order");
    let places: Vec<Option<usize>> = ["Dan Price", "Carol Hughes", "Emergency Duty Team"]
        .iter()
        .map(|name| order.find(name))
        .collect();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{order}"
    );
    assert!(
        !order.contains("Ben") && !order.contains("Amira"),
        "{order}"
    );
    // No home address, no next of kin: those are for an alarm.
    assert!(
        !sheet.contains("Example Street") && !sheet.contains("900199"),
        "{sheet}"
    );
}

#[tokio::test]
async fn it_follows_the_visits_at_most_once_a_minute_and_the_last_state_stands() {
    let mut office = Office::with_sheet().await;
    office.says("amira", "visit LCS1234 14:30-15:00").await;
    assert_eq!(office.sheet().await.len(), 1);
    for end in ["15:05", "15:10", "15:15"] {
        office
            .says("amira", &format!("extend LCS1234 until {end}"))
            .await;
        assert_eq!(office.sheet().await, [] as [&str; 0], "within the minute");
    }
    let due = office
        .desk
        .next_due()
        .await
        .expect("the store")
        .expect("due");
    assert!(
        due <= office.now + chrono::Duration::minutes(1),
        "it is woken for it"
    );
    office.later(1).await;
    let sheet = office.sheet().await;
    assert!(
        sheet.len() == 1 && sheet[0].contains("14:30–15:15"),
        "{sheet:?}"
    );
    // What changes nothing on it is no edit.
    office.later(1).await;
    office.says("amira", "he has a new dog").await;
    office.says("dan", "/board").await;
    office.later(1).await;
    assert_eq!(office.sheet().await, [] as [&str; 0]);
    office.says("amira", "left").await;
    let sheet = office.sheet().await;
    assert!(
        sheet.len() == 1 && !sheet[0].contains("LCS1234 14"),
        "{sheet:?}"
    );
}

#[tokio::test]
async fn it_follows_who_stands_in_and_when_that_ends() {
    let mut office = Office::with_sheet().await;
    office.says("amira", "visit LCS1234 14:30-16:30").await;
    office.later(1).await;
    office.sheet().await;
    office.says("sam", "/duty me until 15:30").await;
    let on = office.sheet().await;
    assert!(
        on.len() == 1 && on[0].contains("Sam Okoro (duty officer)"),
        "{on:?}"
    );
    office.at(2, 15, 29);
    office.later(0).await;
    assert_eq!(office.sheet().await, [] as [&str; 0]);
    office.later(1).await;
    let off = office.sheet().await;
    assert!(
        off.len() == 1 && !off[0].contains("Sam Okoro (duty officer)"),
        "{off:?}"
    );
}

#[tokio::test]
async fn each_working_morning_it_is_a_message_of_its_own() {
    let mut office = Office::with_sheet().await;
    office
        .says("amira", "visit LCS1234 2026-03-03 10:00-11:00")
        .await;
    office.sheet().await;
    office.at(3, 8, 29);
    office.later(0).await;
    assert_eq!(office.sheet().await, [] as [&str; 0]);
    office.later(1).await;
    let rows = office.store.unsent(office.now, 10).await.expect("rows");
    let row = rows
        .iter()
        .find(|row| row.out.standing.as_deref() == Some("sheet"));
    let row = row.expect("the morning's sheet");
    assert_eq!(
        office.store.standing(&row.out).await.expect("the outbox"),
        None,
        "no edit"
    );
    assert_eq!(office.sheet().await.len(), 1);
    office.later(5).await;
    office.says("ben", "visit LCS5678 10:00-11:00").await;
    let rows = office.store.unsent(office.now, 10).await.expect("rows");
    let row = rows
        .iter()
        .find(|row| row.out.standing.as_deref() == Some("sheet"));
    let first = office.store.standing(&row.expect("an edit").out).await;
    assert!(
        first.expect("the outbox").is_some(),
        "an edit of this morning's"
    );
    office.sheet().await;
    // Saturday: nobody goes out, and nothing is said.
    office.at(7, 8, 30);
    office.later(0).await;
    let weekdays = office.sheet().await;
    office.later(60).await;
    assert_eq!(office.sheet().await, [] as [&str; 0], "{weekdays:?}");
}

#[tokio::test]
async fn it_is_refused_quietly_and_made_anew_where_it_was_deleted() {
    let mut office = Office::open().await;
    office
        .desk
        .put_up_board("North", office.now)
        .await
        .expect("put up");
    let rows = office.store.unsent(office.now, 10).await.expect("rows");
    let row = rows
        .iter()
        .find(|row| row.out.standing.as_deref() == Some("sheet"));
    let id = row.expect("the sheet").id;
    office
        .store
        .refused(id, "not in the room", office.now)
        .await
        .expect("marked");
    for _ in 0..5 {
        office.later(0).await;
        let sent = office.sent().await;
        assert!(sent.iter().all(|row| !row.rings), "{sent:?}");
        assert_eq!(sheets(&sent), [] as [&str; 0], "not over and over");
    }
    office.later(1).await;
    office.says("amira", "visit LCS1234 14:30-15:00").await;
    let rows = office.store.unsent(office.now, 10).await.expect("rows");
    let row = rows
        .iter()
        .find(|row| row.out.standing.as_deref() == Some("sheet"));
    let event = format!("$bot{}", row.expect("tried again").id);
    office.sheet().await;
    office
        .arrives("mallory", "!room", Said::Redaction { of: event })
        .await;
    assert_eq!(office.sheet().await.len(), 1);
}

#[tokio::test]
async fn it_shows_visits_and_never_alarms() {
    let mut office = Office::with_sheet().await;
    office.says("amira", "visit LCS1234 14:30-15:00").await;
    let before = office.sheet().await;
    office.later(2).await;
    office
        .says("amira", "the details are in the purple file")
        .await;
    office.later(2).await;
    office.arrives("dan", "!managers", words("/ack")).await;
    office.later(2).await;
    assert_eq!(office.sheet().await, [] as [&str; 0]);
    let now = office.desk.sheet(0, office.now).await.expect("the store");
    assert_eq!(now.split_once('\n').expect("a heading").1, before[0]);
}
