//! What somebody outside may count, and what is said after the homeserver has spoken in the bot's place.

use crate::{Office, to};
use lonewatch_core::desk::open_alarms;
use lonewatch_core::domain::outgoing::Place;
use lonewatch_core::store::Commit;

#[tokio::test]
async fn open_alarms_are_counted_without_drills() {
    let mut office = Office::open().await;
    assert_eq!(open_alarms(&office.store).await.expect("a number"), 0);
    office.says("dan", "drill @amira overdue").await; // A1
    let drills = office.store.open_aggregates("drill", "North").await;
    assert_eq!(drills.expect("drills").len(), 1);
    assert_eq!(open_alarms(&office.store).await.expect("a number"), 0);
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    assert_eq!(open_alarms(&office.store).await.expect("a number"), 0);
    office.says("amira", "/sos").await;
    assert_eq!(open_alarms(&office.store).await.expect("a number"), 1);
    let closes = "/standdown A2 stood with her at the office, all is well";
    office.says("carol", closes).await;
    assert_eq!(open_alarms(&office.store).await.expect("a number"), 0);
    // Nobody can tell what is in it: somebody has to see to it.
    let shifts = office.store.open_aggregates("shift", "North").await;
    let mut shift = shifts.expect("shifts").remove(0);
    shift.body = "{}".to_owned();
    let mut commit = Commit::new(office.now);
    commit.aggregates.push(shift);
    office.store.commit(&commit).await.expect("kept");
    assert_eq!(open_alarms(&office.store).await.expect("a number"), 1);
}

#[tokio::test]
async fn after_the_homeserver_has_spoken_the_managers_hear_that_it_answers_again() {
    let mut office = Office::open().await;
    office.later(0).await;
    office.sent().await;
    office
        .desk
        .answers_again("North", office.now)
        .await
        .expect("said");
    let sent = office.sent().await;
    let said = to(&sent, &Place::Managers);
    assert_eq!(
        said,
        ["I am answering again. The message that I have stopped no longer holds."]
    );
    assert_eq!(sent.len(), 1, "nobody else hears it: {sent:?}");
    assert!(!sent[0].rings && sent[0].mentions.is_empty());
}
