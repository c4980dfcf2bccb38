//! Drills at the desk: kept apart in the store, called back, broken.

use crate::Office;
use lonewatch_core::store::{Commit, OutRow};

/// A page of a drill that has not gone out when something real comes is called back, and the real one goes.
#[tokio::test]
async fn pages_of_a_drill_that_wait_are_called_back_by_what_is_real() {
    let mut office = Office::open().await;
    office.says("dan", "drill @amira overdue").await;
    let waiting = office.store.unsent(office.now, 100).await.expect("rows");
    let practice = |rows: &[OutRow]| {
        let pages = rows.iter().filter(|row| row.out.rings);
        pages
            .filter(|row| row.out.text.starts_with("DRILL"))
            .count()
    };
    assert_eq!(practice(&waiting), 3, "managers, Ben and Dan");
    let drills = office.store.open_aggregates("drill", "North").await;
    assert_eq!(drills.expect("stored").len(), 1);
    let shifts = office.store.open_aggregates("shift", "North").await;
    assert_eq!(shifts.expect("stored").len(), 0, "a drill is no shift");

    office.says("ben", "/sos").await;
    let waiting = office.store.unsent(office.now, 100).await.expect("rows");
    assert_eq!(practice(&waiting), 0);
    let real = |row: &&OutRow| row.out.rings && row.out.text.starts_with("A2: CALL FOR HELP");
    assert!(waiting.iter().filter(real).count() >= 3);
    let first = waiting.first().expect("a row");
    assert!(real(&first), "{}", first.out.text);
}

/// A drill that cannot be read is nobody's danger: what is real goes on, and nobody is woken for it.
#[tokio::test]
async fn a_broken_drill_holds_up_nobody() {
    let mut office = Office::open().await;
    office.says("dan", "drill @amira overdue").await;
    let drills = office.store.open_aggregates("drill", "North").await;
    let mut broken = drills.expect("stored").remove(0);
    broken.body = "{}".to_owned();
    let mut commit = Commit::new(office.now);
    commit.aggregates.push(broken);
    office.store.commit(&commit).await.expect("broken");
    office.later(20).await;
    office.says("ben", "/sos").await;
    office.later(20).await;
    let rows = office.store.unsent(office.now, 200).await.expect("rows");
    let says = |words: &str| rows.iter().any(|row| row.out.text.contains(words));
    assert!(says("CALL FOR HELP from Ben"));
    assert!(!says("NOT looking out"));
}
