//! The managers' room is lost: what is told, to whom, and where everything else goes meanwhile.

use crate::{Office, direct, to};
use lonewatch_core::domain::outgoing::{Outgoing, Place};
use lonewatch_core::rooms::Standing;

/// Who responds in the scenarios' team, and is on Matrix.
fn responders(office: &Office) -> Vec<String> {
    let people = &office.config.teams[0].team.people;
    let all = people.iter().filter(|p| p.responds() && p.matrix.is_some());
    all.map(|person| person.id.0.clone()).collect()
}

impl Office {
    async fn stands(&mut self, standing: Standing) {
        self.book.set_standing("North", standing);
        let looked = self.desk.look_at_managers_room("North", self.now).await;
        looked.expect("looked");
    }

    /// As [`Office::sent`], while nothing can be said in the managers' room: what is refused there, or in the chats with
    /// these people, comes to the desk.
    async fn sent_while_lost(&mut self, unreachable: &[&str]) -> Vec<Outgoing> {
        let mut all = Vec::new();
        for _ in 0..20 {
            let rows = self.store.unsent(self.now, 1000).await.expect("the outbox");
            if rows.is_empty() {
                return all;
            }
            for row in rows {
                let gone = row.out.place == Place::Managers
                    || unreachable.iter().any(|who| row.out.place == direct(who));
                let at = self.now;
                match gone {
                    true => self.store.refused(row.id, "lost", at).await,
                    false => {
                        self.store
                            .sent(row.id, "!room", &format!("$bot{}", row.id), at)
                            .await
                    }
                }
                .expect("marked");
                all.extend((!gone).then_some(row.out));
            }
            self.later(0).await;
        }
        panic!("there is no end to what is said: {all:?}");
    }
}

#[tokio::test]
async fn each_responder_hears_at_once_and_once_and_the_room_when_it_is_back() {
    for (standing, says) in [
        (
            Standing::PutOut,
            "I am no longer in the managers\u{2019} room of North.",
        ),
        (Standing::Replaced, "replaced by a new one"),
        (
            Standing::Deserted,
            "Only Dan is in the managers\u{2019} room of North now.",
        ),
    ] {
        let mut office = Office::open().await;
        office.stands(Standing::Stands).await;
        assert_eq!(office.sent().await, [], "nothing is lost yet");
        let dan = office.config.teams[0].team.person(&"dan".into());
        let dan = dan.and_then(|dan| dan.matrix.clone()).expect("dan");
        office.book.set_members("!managers", [dan].into());
        office.stands(standing).await;
        office.restart();
        office.stands(standing).await;
        let sent = office.sent().await;
        let who = responders(&office);
        assert!(who.len() > 1);
        assert_eq!(sent.len(), who.len(), "to each once, and to nobody else");
        for id in &who {
            let mine = to(&sent, &direct(id));
            assert!(mine.len() == 1 && mine[0].contains(says), "{id}: {mine:?}");
        }
        assert!(sent.iter().all(|row| row.rings && row.mentions.len() == 1));
        office.stands(Standing::Stands).await;
        let sent = office.sent().await;
        let again = to(&sent, &Place::Managers);
        let again = again.iter().filter(|text| text.contains("this room again"));
        assert_eq!(again.count(), 1, "{sent:?}");
        assert!(sent.iter().all(|row| !row.rings), "{sent:?}");
    }
}

#[tokio::test]
async fn a_start_tells_what_has_happened_to_the_room_meanwhile() {
    let mut office = Office::open().await;
    office.stands(Standing::Stands).await;
    office.restart();
    office.stands(Standing::PutOut).await;
    assert_eq!(office.sent().await.len(), responders(&office).len());
    // It is lost in another way now: what to do about it has changed, that it is lost has not.
    office.stands(Standing::Replaced).await;
    let sent = office.sent().await;
    assert_eq!(sent.len(), responders(&office).len());
    assert!(sent.iter().all(|row| !row.rings && row.mentions.is_empty()));
}

#[tokio::test]
async fn a_room_in_which_people_are_still_to_arrive_was_never_lost() {
    let mut office = Office::open().await;
    office.stands(Standing::Deserted).await;
    office.stands(Standing::Stands).await;
    assert_eq!(office.sent().await, []);
}

#[tokio::test]
async fn an_alarm_is_all_in_direct_chats_while_the_room_is_lost() {
    let mut office = Office::open().await;
    office.stands(Standing::Stands).await;
    office.says("amira", "visit LCS1234 14:00-15:00").await;
    office.stands(Standing::PutOut).await;
    office.sent().await;
    office.says("amira", "the door is open").await;
    let sent = office.sent().await;
    assert_eq!(to(&sent, &Place::Managers), Vec::<&str>::new());
    let note = |id: &str| {
        to(&sent, &direct(id))
            .iter()
            .filter(|t| t.contains("the door is open"))
            .count()
    };
    assert_eq!(
        (note("dan"), note("carol"), note("amira")),
        (1, 1, 0),
        "{sent:?}"
    );
    office.later(75).await;
    let sent = office.sent().await;
    assert_eq!(to(&sent, &Place::Managers), Vec::<&str>::new());
    let pages = |row: &&Outgoing| row.rings && row.text.starts_with("A1");
    assert!(
        sent.iter()
            .filter(pages)
            .any(|row| row.place == direct("dan")),
        "{sent:?}"
    );
    // What becomes of it is told to the others who were paged.
    office.says("dan", "/ack A1").await;
    let sent = office.sent().await;
    assert!(
        to(&sent, &direct("ben"))
            .iter()
            .any(|text| text.contains("A1")),
        "{sent:?}"
    );
    office.stands(Standing::Stands).await;
    office.says("dan", "/reached A1 all well").await;
    let sent = office.sent().await;
    assert!(
        to(&sent, &Place::Managers)
            .iter()
            .any(|text| text.contains("A1")),
        "{sent:?}"
    );
}

#[tokio::test]
async fn what_only_the_room_was_to_hear_goes_to_each_chat_and_comes_to_an_end() {
    let mut office = Office::open().await;
    office.stands(Standing::Stands).await;
    office.stands(Standing::PutOut).await;
    // Carol's chat is lost too: nobody is told of that for ever.
    let sent = office.sent_while_lost(&["carol"]).await;
    assert_eq!(sent.len(), responders(&office).len() - 1, "{sent:?}");
    office
        .desk
        .resume(office.now - chrono::Duration::minutes(9), office.now)
        .await
        .expect("resumed");
    let sent = office.sent_while_lost(&["carol"]).await;
    assert_eq!(to(&sent, &direct("dan")).len(), 1, "{sent:?}");
    assert!(to(&sent, &direct("dan"))[0].contains("not able to watch"));
    assert!(sent.iter().all(|row| !row.rings && row.mentions.is_empty()));
    let page = office.page();
    let mut commit = lonewatch_core::store::Commit::new(office.now);
    commit.outbox.push(page);
    office.store.commit(&commit).await.expect("stored");
    let sent = office.sent_while_lost(&["carol"]).await;
    assert_eq!(sent.len(), responders(&office).len() - 1, "{sent:?}");
    assert!(sent.iter().all(|row| row.rings));
}
