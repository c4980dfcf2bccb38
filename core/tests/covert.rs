//! The covertness test: the same day played twice, with an innocent note and with a code phrase. All that the
//! worker's account receives is compared byte for byte and is equal (design, invariant 4).

use lonewatch_core::rehearsal::expect::{Sent, SentPlace};
use lonewatch_core::rehearsal::{Nerves, Played, play_text};
use proptest::prelude::*;
use std::path::Path;

/// What is said at the moment of danger: the innocent words, and those with a phrase in their place.
const MOMENTS: [(&str, &str); 7] = [
    (
        "amira > bot: the details are in the blue folder",
        "amira > bot: the visit details are in the purple file",
    ),
    (
        "amira > bot: I may be a while",
        "amira > bot: I am going to be late for my meeting with the Director",
    ),
    ("amira > bot: /ok", "amira > bot: /ok purple file"),
    (
        "amira > bot: extend 30m",
        "amira > bot: extend 30m purple file",
    ),
    (
        "amira replies to *: all as planned",
        "amira replies to *: all as planned, see the perple file",
    ),
    (
        "amira edits: thinking about the blue folder",
        "amira edits: thinking about the PURPLE FILE",
    ),
    (
        "amira > team: see you at five",
        "amira > team: late for my meeting with the director",
    ),
];

/// What her account does afterwards, whoever holds the phone.
const AFTERWARDS: [&str; 22] = [
    "amira > bot: left",
    "amira > bot: ok",
    "amira > bot: arrived",
    "amira > bot: extend 30m",
    "amira > bot: undo",
    "amira > bot: mine",
    "amira > bot: /board",
    "amira > bot: I am fine, please do not worry",
    "amira > bot: home",
    "amira > team: /left",
    "amira > team: /standdown A1 all is well",
    "amira > bot: /ack A1",
    "amira > bot: cancel",
    "amira > bot: visit LCS770 17:00-17:30",
    "amira edits: left",
    "amira edits: visit LCS1234 14:00-16:00",
    "amira reacts 👍",
    "amira > bot: /vist LCS880",
    "amira shares location 51.3490,-1.9943",
    "amira > bot: left 14:15",
    "amira > team: /leftLCS1234",
    "amira > team: /left SN15 1AB",
];

/// What the responders do; her account must not notice.
const RESPONSES: [&str; 4] = [
    "dan > managers: /ack A1",
    "dan > managers: /noanswer amira",
    "dan > team: /ack A1",
    "carol > managers: /police A1 4711",
];

fn day(moment: &str, afterwards: &[(u32, &str)]) -> String {
    let mut lines = vec![
        "scenario A day".to_owned(),
        "config wiltshire.toml".to_owned(),
        "start 2026-03-02 13:00".to_owned(),
        "13:05 amira > bot: hello".to_owned(),
        "13:10 amira > bot: visit LCS1234 14:00-15:00 check 14:40".to_owned(),
        "14:02 amira > bot: arrived".to_owned(),
        "14:03 amira > bot: thinking".to_owned(),
        format!("14:10 {moment}"),
        // Quickly with the police, or the responders' pages would be most of the day. On the innocent day
        // there is no such alarm.
        "14:10 carol > bot: /police A1 4711".to_owned(),
    ];
    let mut minute = 14 * 60 + 10;
    for (wait, act) in afterwards {
        minute += wait;
        lines.push(format!("{:02}:{:02} {act}", minute / 60, minute % 60));
    }
    lines.push("18:00 quiet".to_owned());
    lines.join("\n")
}

async fn play(script: &str) -> Played {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    match play_text(script, "day", &folder, Nerves::Steady, &mut |_| {}).await {
        Ok(played) => played,
        Err(error) => panic!("{error}\n{script}"),
    }
}

/// All that Amira's account can see: her direct chat and the team's room.
fn hers(played: &Played) -> Vec<&Sent> {
    let seen = |sent: &&Sent| match &sent.place {
        SentPlace::Team => true,
        SentPlace::Person(id) => id == "amira",
        _ => false,
    };
    played.sent.iter().filter(seen).collect()
}

fn called_for_help(played: &Played) -> bool {
    played
        .sent
        .iter()
        .any(|sent| sent.text.contains("CALL FOR HELP"))
}

async fn compare(moment: usize, afterwards: &[(u32, &str)]) {
    let (innocent, secret) = MOMENTS[moment];
    let innocent = play(&day(innocent, afterwards)).await;
    let secret = play(&day(secret, afterwards)).await;
    assert!(
        !called_for_help(&innocent),
        "moment {moment} is not innocent"
    );
    assert!(called_for_help(&secret), "moment {moment} was not heard");
    assert_eq!(
        hers(&innocent),
        hers(&secret),
        "moment {moment}, then {afterwards:#?}"
    );
    let phrase = |sent: &Sent| {
        let text = sent.text.to_lowercase();
        text.contains("purple")
            || text.contains("perple")
            || text.contains("meeting with the director")
    };
    assert!(!secret.sent.iter().any(phrase), "the bot showed the phrase");
}

#[tokio::test]
async fn every_way_of_saying_it_looks_like_an_innocent_day() {
    for moment in 0..MOMENTS.len() {
        compare(moment, &[]).await;
        let everything: Vec<(u32, &str)> = AFTERWARDS.iter().map(|act| (7, *act)).collect();
        compare(moment, &everything).await;
    }
}

fn acts() -> impl Strategy<Value = Vec<(u32, &'static str)>> {
    let act = prop_oneof![
        3 => prop::sample::select(AFTERWARDS.to_vec()),
        1 => prop::sample::select(RESPONSES.to_vec()),
    ];
    prop::collection::vec((1u32..9, act), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn a_random_day_looks_like_an_innocent_one(moment in 0..MOMENTS.len(), afterwards in acts()) {
        // What responders do is for an alarm that only one of the two days has.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(compare(moment, &afterwards));
    }
}
