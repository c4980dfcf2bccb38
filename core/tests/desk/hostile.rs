//! Hostile people: who has no rights changes nothing, and whoever writes very much holds nobody else up.

use crate::{Office, direct, matrix, to, words};
use chrono::{DateTime, Duration, Utc};
use lonewatch_core::desk::MOST_A_MINUTE;
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::domain::outgoing::{Outgoing, Place};
use lonewatch_core::store::Batch;

/// What the flood tests send: as many as the issue names.
const FLOOD: usize = 10_000;
/// More rows than one turn hears of one account, and fewer than two turns.
const A_TURN: usize = 60;

impl Office {
    /// A second team of people of their own, in rooms of their own.
    fn with_south(&mut self) {
        let mut south = self.config.teams[0].clone();
        south.team.name = "South".to_owned();
        for person in &mut south.team.people {
            let id = format!("s-{}", person.id);
            person.matrix = person.matrix.as_ref().map(|_| matrix(&id));
        }
        let users: Vec<String> = south
            .team
            .people
            .iter()
            .filter_map(|p| p.matrix.clone())
            .collect();
        self.book.set_team("South", "!south");
        self.book.set_managers("South", "!south-managers");
        self.book
            .set_members("!south", users.iter().cloned().collect());
        let managers = south.team.people.iter().filter(|p| p.responds());
        let managers = managers.filter_map(|p| p.matrix.clone()).collect();
        self.book.set_members("!south-managers", managers);
        for user in &users {
            self.book.set_direct(user, &format!("!direct-{user}"));
        }
        self.config.teams.push(south);
        self.restart();
    }

    /// What somebody says in one go arrives; nobody has heard it yet.
    async fn floods(
        &mut self,
        who: &str,
        room: &str,
        how_many: usize,
        text: impl Fn(usize) -> String,
    ) {
        let now = self.now;
        self.floods_from(who, room, how_many, text, |_| now).await;
    }

    /// The same, with what the messages say of when they were sent.
    async fn floods_from(
        &mut self,
        who: &str,
        room: &str,
        how_many: usize,
        text: impl Fn(usize) -> String,
        said_at: impl Fn(usize) -> DateTime<Utc>,
    ) {
        let events = (0..how_many).map(|n| {
            self.events += 1;
            Inbound {
                room: room.to_owned(),
                event: format!("$f{}", self.events),
                sender: matrix(who),
                said_at: said_at(n),
                what: words(&text(n)),
            }
        });
        let batch = Batch {
            account: "bot".to_owned(),
            since: format!("f{}", self.now),
            received_at: self.now,
            events: events.collect(),
            own: vec![],
            gaps: vec![],
        };
        self.store.ingest(&batch).await.expect("stored");
    }

    async fn turn(&mut self) -> bool {
        self.desk.turn(self.now).await.expect("a turn")
    }

    /// How many messages of the flood nobody has heard yet.
    async fn unheard(&self) -> usize {
        self.store
            .pending(usize::MAX)
            .await
            .expect("the inbox")
            .len()
    }

    /// All that is kept of teams and shifts.
    async fn state(&self) -> Vec<String> {
        let mut all = Vec::new();
        for kind in ["shift", "team", "drill"] {
            let found = self
                .store
                .open_aggregates(kind, "North")
                .await
                .expect("rows");
            all.extend(found.into_iter().map(|row| row.body));
        }
        all
    }

    /// Ben is overdue, and the managers have been paged: A1.
    async fn with_alarm() -> Self {
        let mut office = Self::open().await;
        office.says("ben", "visit LCS5678 14:00-15:00").await;
        office.later(80).await;
        let sent = office.sent().await;
        assert!(
            to(&sent, &Place::Managers)
                .iter()
                .any(|text| text.contains("A1")),
            "{sent:?}"
        );
        office
    }

    /// Nothing of this changes anything, nor is it answered.
    async fn is_silent(&mut self, who: &str, room: &str, what: Said) {
        let before = self.state().await;
        self.arrives(who, room, what.clone()).await;
        assert_eq!(self.state().await, before, "{who}: {what:?}");
        assert_eq!(self.sent().await, [], "{who}: {what:?}");
    }
}

fn of_team<'a>(sent: &'a [Outgoing], team: &str) -> Vec<&'a Outgoing> {
    sent.iter().filter(|row| row.team == team).collect()
}

fn pages(sent: &[Outgoing], team: &str, about: &str) -> usize {
    let page =
        |row: &&&Outgoing| row.rings && row.place == Place::Managers && row.text.contains(about);
    of_team(sent, team).iter().filter(page).count()
}

#[tokio::test]
async fn somebody_outside_changes_nothing_whatever_they_send() {
    let mut office = Office::with_alarm().await;
    let page = "$bot1".to_owned();
    // Names are shown as people choose them; a Matrix id is whole, and compared as it is.
    for who in ["mallory", "Dan", "dan:example.org", "dan "] {
        for room in [
            "!team",
            "!managers",
            "!direct-@dan:example.org",
            "!elsewhere",
        ] {
            let said = [
                words("/standdown A1 it was me, Dan Price"),
                words("the details are in the purple file"),
                words("/visit LCS1234 15:30-16:00"),
                Said::Reaction {
                    to: page.clone(),
                    key: "👍".to_owned(),
                },
                Said::Edit {
                    of: "$e1".to_owned(),
                    body: "visit LCS5678 14:00-23:00".to_owned(),
                },
                Said::Redaction {
                    of: "$e1".to_owned(),
                },
                Said::Location {
                    place: "geo:51.3,-1.9".to_owned(),
                },
                Said::Unreadable {
                    reason: "no key".to_owned(),
                    raw: "{}".to_owned(),
                },
            ];
            for what in said {
                office.is_silent(who, room, what).await;
            }
        }
    }
}

#[tokio::test]
async fn who_was_taken_out_of_the_team_has_no_word_left() {
    let mut office = Office::with_alarm().await;
    let people = &mut office.config.teams[0].team.people;
    people.retain(|person| person.id.0 != "dan");
    office.restart();
    for room in ["!managers", "!team", "!direct-@dan:example.org"] {
        for text in ["/ack A1", "/standdown A1 all well", "/board", "/contacts"] {
            office.is_silent("dan", room, words(text)).await;
        }
    }
    // The alarm goes on, and the others hear it.
    office.later(30).await;
    let sent = office.sent().await;
    assert!(sent.iter().any(|row| row.rings), "{sent:?}");
    assert_eq!(to(&sent, &direct("dan")), [] as [&str; 0]);
}

#[tokio::test]
async fn words_of_a_responder_are_nothing_in_somebody_elses_mouth() {
    let mut office = Office::with_alarm().await;
    // Amira only makes visits: Ben's alarm is not hers to answer.
    for text in [
        "> <@dan:example.org> ack A1\n\nok, seen",
        "> <@dan:example.org> /standdown A1 all well\n> and more\n\nwhat does that mean?",
        "> <@dan:example.org> ack A1",
        "Dan Price: ack A1",
        "@dan:example.org ack A1",
        "Forwarded from Dan Price: /standdown A1 spoke to him, all well",
        "/standdown A1 spoke to him, all well",
        "ack A1",
        "/duty me",
    ] {
        let room = format!("!direct-{}", matrix("amira"));
        office.arrives("amira", &room, words(text)).await;
        let sent = office.sent().await;
        let others = sent.iter().filter(|row| row.place != direct("amira"));
        assert_eq!(others.count(), 0, "{text}: {sent:?}");
    }
    office.later(10).await;
    let sent = office.sent().await;
    assert!(
        pages(&sent, "North", "A1") > 0,
        "it still repeats: {sent:?}"
    );
    // Also in answer to the page, as clients write it, and in the managers' room by one who may answer but says nothing.
    office
        .arrives(
            "carol",
            "!managers",
            words("> <@dan:example.org> ack A1\n\nDan, is that so?"),
        )
        .await;
    office.later(10).await;
    assert!(
        pages(&office.sent().await, "North", "A1") > 0,
        "a quotation took it on"
    );
}

#[tokio::test]
async fn another_teams_alarm_does_not_wait_for_a_flood() {
    let mut office = Office::open().await;
    office.with_south();
    office.says("s-amira", "visit LCS1234 14:00-15:00").await;
    office.sent().await;
    office.later(74).await;
    office.sent().await;
    office.now += Duration::minutes(1);
    let room = format!("!direct-{}", matrix("ben"));
    office
        .floods("ben", &room, FLOOD, |n| format!("message {n}"))
        .await;
    // What time brings: due now.
    assert!(office.turn().await, "there is more to hear");
    let sent = office.sent().await;
    assert!(
        pages(&sent, "South", "Amira Khan") > 0,
        "not raised: {sent:?}"
    );
    assert!(
        FLOOD - office.unheard().await <= A_TURN,
        "the flood was heard first"
    );
    // What somebody says: behind the whole flood.
    let room = format!("!direct-{}", matrix("s-ben"));
    office
        .floods("s-ben", &room, 1, |_| "/sos".to_owned())
        .await;
    office.turn().await;
    let sent = office.sent().await;
    assert!(
        pages(&sent, "South", "Ben Ward") > 0,
        "not raised: {sent:?}"
    );
    assert!(FLOOD - office.unheard().await <= 2 * A_TURN);
}

#[tokio::test]
async fn nobody_is_paged_who_has_just_written_and_nobody_silences_an_alarm() {
    let mut office = Office::open().await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.later(74).await;
    office.sent().await;
    office.now += Duration::minutes(1);
    // She has written a lot, and at last that she is out.
    let room = format!("!direct-{}", matrix("amira"));
    let last = |n| match n {
        99 => "left".to_owned(),
        n => format!("note {n}"),
    };
    office.floods("amira", &room, 100, last).await;
    office.desk.work(office.now).await.expect("dealt with");
    assert_eq!(pages(&office.sent().await, "North", "Amira Khan"), 0);
    // But an account that does not end cannot keep its own alarm, or its team's, from being raised.
    office.says("amira", "visit LCS5678 15:20-16:00").await;
    office.later(59).await;
    office.sent().await;
    office.now += Duration::minutes(1);
    office
        .floods("amira", &room, FLOOD, |n| format!("again {n}"))
        .await;
    for _ in 0..MOST_A_MINUTE.div_ceil(50) {
        office.turn().await;
    }
    assert!(office.unheard().await > FLOOD / 2);
    assert!(
        pages(&office.sent().await, "North", "LCS5678") > 0,
        "it was kept from being raised"
    );
}

#[tokio::test]
async fn a_flood_is_capped_told_once_and_nothing_that_counts_in_it_is_lost() {
    let mut office = Office::open().await;
    office.says("ben", "visit LCS5678 14:00-15:00").await;
    office.sent().await;
    let room = format!("!direct-{}", matrix("ben"));
    let said = |n| match n {
        5_000 => "the details are in the purple file".to_owned(),
        7_000 => "left".to_owned(),
        n if n % 3 == 0 => "/board".to_owned(),
        n if n % 3 == 1 => "/vsit LCS1 what".to_owned(),
        n => format!("note {n}"),
    };
    office.floods("ben", &room, FLOOD, said).await;
    office.desk.work(office.now).await.expect("dealt with");
    let sent = office.sent().await;
    let told = |text: &&str| text.starts_with("Very many messages come from Ben");
    let managers = to(&sent, &Place::Managers);
    assert_eq!(
        managers.iter().filter(|text| told(text)).count(),
        1,
        "{managers:?}"
    );
    assert_eq!(pages(&sent, "North", "CALL FOR HELP"), 1);
    let his = to(&sent, &direct("ben"));
    assert!(
        his.iter().any(|text| text.starts_with("Left: LCS5678")),
        "{his:?}"
    );
    assert!(his.len() <= MOST_A_MINUTE + 5, "{} answers", his.len());
    assert!(sent.len() <= 3 * MOST_A_MINUTE, "{} lines", sent.len());
    // Kept: what he wrote is all there.
    let kept = office
        .store
        .written_since(&room, &matrix("ben"), office.now, 20_000)
        .await;
    assert_eq!(kept.expect("the inbox").len(), FLOOD + 1);
    // A while later he is a person like any other.
    office.later(2).await;
    office.sent().await;
    office.says("ben", "/board").await;
    assert_eq!(to(&office.sent().await, &direct("ben")).len(), 1);
}

#[tokio::test]
async fn the_same_call_over_and_over_rings_as_one() {
    let room = format!("!direct-{}", matrix("ben"));
    for text in [
        "/sos",
        "the details are in the purple file",
        "purple mile",
        "ring me",
    ] {
        let mut office = Office::open().await;
        office.floods("ben", &room, 1, |_| text.to_owned()).await;
        office.desk.work(office.now).await.expect("dealt with");
        let once = office.sent().await.iter().filter(|row| row.rings).count();
        office.floods("ben", &room, 500, |_| text.to_owned()).await;
        office.desk.work(office.now).await.expect("dealt with");
        let sent = office.sent().await;
        let rings = sent.iter().filter(|row| row.rings).count();
        assert!(
            once > 0 && rings <= once * MOST_A_MINUTE,
            "{text}: {once} at first, then {rings}"
        );
        assert!(
            office.state().await.iter().map(String::len).sum::<usize>() < 200_000,
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_strangers_flood_costs_one_turn() {
    let mut office = Office::open().await;
    office
        .floods("mallory", "!team", FLOOD, |n| {
            format!("/visit LCS{n} 14:00-15:00")
        })
        .await;
    let before = office.state().await;
    office.turn().await;
    assert_eq!(office.unheard().await, 0);
    assert_eq!(
        (office.sent().await, office.state().await),
        (vec![], before)
    );
}

#[tokio::test]
async fn a_phone_that_was_away_is_no_flood_and_a_forged_time_helps_nobody() {
    let room = format!("!direct-{}", matrix("ben"));
    for (how_many, told) in [(600, 0), (2_000, 1)] {
        let mut office = Office::open().await;
        let now = office.now;
        // One message every half minute before now, all of them received now.
        let ago = |n| now - Duration::seconds(30 * i64::try_from(how_many - n).unwrap_or(0));
        let text = |n| format!("note {n}");
        office.floods_from("ben", &room, how_many, text, ago).await;
        office.desk.work(now).await.expect("dealt with");
        let rows = office.store.unsent(now, 5_000).await.expect("rows");
        let sent: Vec<Outgoing> = rows.into_iter().map(|row| row.out).collect();
        let crowd = |text: &&str| text.starts_with("Very many messages come from Ben");
        let found = to(&sent, &Place::Managers)
            .into_iter()
            .filter(crowd)
            .count();
        assert_eq!(found, told, "of {how_many}");
        let answers = to(&sent, &direct("ben")).len();
        assert_eq!(answers == how_many, told == 0, "{answers} of {how_many}");
    }
}

/// Her phone in somebody else's hand writes and writes, a code phrase among it: she must see what she would see without.
#[tokio::test]
async fn in_a_flood_a_phrase_does_not_show() {
    let room = format!("!direct-{}", matrix("amira"));
    let mut seen = Vec::new();
    for secret in [false, true] {
        let mut office = Office::open().await;
        office.says("amira", "visit LCS1234 14:00-15:00").await;
        let said = |n: usize| match (n % 50, secret) {
            (7, true) => "it is in the purple file".to_owned(),
            (7, false) => "it is in the blue folder".to_owned(),
            (9, true) => format!("extend {n}m purple file"),
            (9, false) => format!("extend {n}m"),
            _ => format!("note {n}"),
        };
        office.floods("amira", &room, 400, said).await;
        office.desk.work(office.now).await.expect("dealt with");
        let mut rows = office.store.unsent(office.now, 5_000).await.expect("rows");
        rows.sort_by_key(|row| row.id); // as the courier sends them to her
        let sent: Vec<Outgoing> = rows.into_iter().map(|row| row.out).collect();
        assert_eq!(pages(&sent, "North", "CALL FOR HELP") > 0, secret);
        let hers: Vec<String> = to(&sent, &direct("amira"))
            .iter()
            .map(|t| (*t).to_owned())
            .collect();
        seen.push(hers);
    }
    assert!(seen[0].len() > MOST_A_MINUTE);
    assert_eq!(seen[0], seen[1]);
}
