//! Drills at the desk: kept apart in the store, called back, broken.

use crate::{Office, config, rooms};
use lonewatch_core::desk::{BotNames, Desk};
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

/// Two teams that share Amira alone: in the South she makes no visits, and is Ben's buddy.
async fn two_teams() -> Office {
    let mut office = Office::open().await;
    let mut south = config().teams.remove(0);
    south.team.name = "South".to_owned();
    for person in &mut south.team.people {
        let shared = person.id.0 == "amira";
        if let Some(user) = person.matrix.as_mut().filter(|_| !shared) {
            *user = user.replace('@', "@south-");
        }
        person.buddy = (person.id.0 == "ben").then(|| "amira".into());
    }
    office.config.teams.push(south);
    let book = rooms(&office.config);
    book.set_team("South", "!south");
    book.set_managers("South", "!south-managers");
    let people = office.config.teams[1].team.people.iter();
    let users: Vec<String> = people.filter_map(|person| person.matrix.clone()).collect();
    for user in &users {
        book.set_direct(user, &format!("!direct-{user}"));
    }
    let managers = |user: &&String| !user.contains("amira") && !user.contains("ben");
    let there = users.iter().filter(managers).cloned().collect();
    book.set_members("!south-managers", there);
    book.set_members("!south", users.into_iter().collect());
    let names = BotNames::of("@lonewatch:example.org");
    let desk = Desk::new(office.store.clone(), book.clone(), &office.config, names);
    (office.book, office.desk) = (book, desk.expect("a desk"));
    office
}

/// Where the call of Amira's went.
async fn called_in(office: &Office) -> Vec<String> {
    let rows = office.store.unsent(office.now, 200).await.expect("rows");
    let calls = rows
        .iter()
        .filter(|row| row.out.text.contains("CALL FOR HELP from Amira"));
    let mut teams: Vec<String> = calls.map(|row| row.out.team.clone()).collect();
    teams.sort();
    teams.dedup();
    teams
}

/// A drill of one team does not draw a real call for help away from the team where the visit is.
#[tokio::test]
async fn a_call_goes_to_the_team_of_the_visit_and_not_to_that_of_a_drill() {
    for visit in [true, false] {
        let mut office = two_teams().await;
        if visit {
            office.says("amira", "visit LCS1234 14:00-15:00").await;
            office.says("amira", "arrived").await;
        }
        office.says("south-dan", "drill @ben overdue").await;
        let rows = office.store.unsent(office.now, 200).await.expect("rows");
        let paged = |row: &&OutRow| row.out.team == "South" && row.out.mentions == ["amira".into()];
        assert!(rows.iter().any(|row| paged(&row)), "she is Ben's buddy");
        office.says("amira", "/police").await;
        assert_eq!(called_in(&office).await, ["North"], "visit: {visit}");
    }
}

/// Named by its number, the drill is meant.
#[tokio::test]
async fn the_drill_of_another_team_is_answered_by_its_number() {
    let mut office = two_teams().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.says("south-dan", "drill @ben overdue").await;
    office.says("amira", "/ack A1").await;
    let rows = office.store.unsent(office.now, 200).await.expect("rows");
    let thanks = |row: &OutRow| row.out.team == "South" && row.out.text.contains("A1, Ben Ward");
    assert!(
        rows.iter()
            .any(|row| thanks(row) && row.out.reply_to.is_some())
    );
}
