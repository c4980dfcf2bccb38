//! What must hold of every drill, whoever does what: it is told from the real thing by its first words, the worker's
//! phone and the team's room see nothing of it, and nobody is sent to the police.

use lonewatch_core::chat::wording::drill::{MARK, OVER};
use lonewatch_core::rehearsal::expect::{Sent, SentPlace};
use lonewatch_core::rehearsal::{Nerves, Played, play_text};
use proptest::prelude::*;
use std::path::Path;

const POLICIES: [&str; 5] = [
    "wiltshire",
    "bexley",
    "rotherham",
    "al-hasaniya",
    "hertfordshire",
];

/// What responders, the worker and the world do about a drill.
const ACTS: [&str; 22] = [
    "dan > managers: /ack A1",
    "dan > bot: on it",
    "dan > managers: /noanswer A1 rang twice",
    "dan > bot: /noanswer @amira",
    "carol > managers: /police A1 drill",
    "carol > managers: /police",
    "carol > managers: /seen @amira 10:01 at her desk",
    "carol > bot: /reached A1 all well",
    "carol > managers: /standdown A1 seen by PC 1234 at the door",
    "dan > managers: /standdown A1",
    "dan > managers: /undo",
    "carol > bot: /record A1",
    "dan > managers: /drill @ben duress",
    "carol > managers: /drill stop",
    "carol > managers replies: all right here",
    "! crash",
    "! bot down 9m",
    "! refuse dan",
    "amira > bot: left",
    "amira > bot: hello",
    "amira > team: /board",
    "amira > bot: undo",
];

fn cast(policy: &str, line: &str) -> String {
    match policy {
        "rotherham" => line.replace("dan", "dora"),
        _ => line.to_owned(),
    }
}

fn day(policy: &str, kind: &str, acts: &[(u32, &str)], hours: u32) -> String {
    let mut lines = vec![
        "scenario A drill".to_owned(),
        format!("config {policy}.toml"),
        "start 2026-03-02 09:00".to_owned(),
        cast(
            policy,
            &format!("10:00 dan > managers: /drill @amira {kind}"),
        ),
    ];
    for (wait, act) in acts {
        let act = act.replace(" > managers replies:", " replies to *A1*:");
        lines.push(format!("+{wait}m {}", cast(policy, &act)));
    }
    lines.push(format!("+{hours}h quiet"));
    lines.join("\n")
}

async fn play(script: &str) -> Played {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    match play_text(script, "day", &folder, Nerves::Steady, &mut |_| {}).await {
        Ok(played) => played,
        Err(error) => panic!("{error}\n{script}"),
    }
}

fn hers(sent: &Sent) -> bool {
    match &sent.place {
        SentPlace::Team => true,
        SentPlace::Person(id) => id == "amira",
        _ => false,
    }
}

/// The alarms of this number are named in it, and not as part of a longer number.
fn names(text: &str, number: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| word == number)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    #[test]
    fn all_of_a_drill_is_marked_and_nobody_is_sent_to_the_police(
        policy in 0..POLICIES.len(),
        kind in prop::sample::select(vec!["overdue", "duress"]),
        acts in prop::collection::vec((0u32..16, prop::sample::select(ACTS.to_vec())), 0..12),
    ) {
        let script = day(POLICIES[policy], kind, &acts, 6);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let played = runtime.block_on(play(&script));
        let pages = played.sent.iter().filter(|sent| !sent.pings.is_empty());
        prop_assert!(pages.count() > 0, "nobody was paged\n{script}");
        for sent in &played.sent {
            let text = &sent.text;
            if hers(sent) {
                prop_assert!(!text.contains("DRILL") && sent.pings.is_empty(), "{text}\n{script}");
                continue;
            }
            // The answer that another one is on, and the report, tell of it by its number.
            let tells = text.starts_with("The drill A") || text.contains("in the last year")
                // Words that could not be read, about one that is over.
                || text.starts_with("A reason is needed");
            let file = text.starts_with("DRILL-record-");
            let marked = file || text.starts_with(MARK) || text.starts_with(OVER) || tells;
            prop_assert!(marked || !names(text, "A1") && sent.pings.is_empty(), "{text}\n{script}");
            // The rule is quoted as it is for real, and says so.
            let said = text.lines().filter(|line| !line.starts_with("Rule, for real: "));
            let low = said.collect::<Vec<_>>().join(" ").to_lowercase();
            prop_assert!(!low.contains("call 999") && !low.contains("called 999"), "{text}\n{script}");
        }
    }

    /// The other way round: nothing real is ever taken for practice.
    #[test]
    fn nothing_real_is_marked(
        policy in 0..POLICIES.len(),
        kind in prop::sample::select(vec!["overdue", "duress"]),
        acts in prop::collection::vec((0u32..9, prop::sample::select(ACTS.to_vec())), 0..6),
        call in prop::sample::select(vec![
            "ben > bot: /sos he has locked the door",
            "ben > bot: the details are in the purple file",
            "amira > bot: the details are in the purple file",
            "amira > bot: ring me",
            "ben > bot: /police",
        ]),
        after in prop::collection::vec((0u32..9, prop::sample::select(ACTS.to_vec())), 0..6),
    ) {
        let plain = |(_, act): &(u32, &str)| !act.starts_with("! refuse") && !act.contains("/drill @");
        let mut all: Vec<_> = acts.into_iter().filter(plain).collect();
        all.push((1, call));
        all.extend(after.into_iter().filter(plain));
        let script = day(POLICIES[policy], kind, &all, 1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let played = runtime.block_on(play(&script));
        let called = played.sent.iter().filter(|sent| !sent.pings.is_empty() && !sent.text.starts_with("DRILL"));
        let first = called.map(|sent| sent.at).min();
        prop_assert!(first.is_some(), "no real page\n{script}");
        for sent in &played.sent {
            let marked = sent.text.starts_with(MARK);
            let real = names(&sent.text, "A2") || names(&sent.text, "A3");
            prop_assert!(!(marked && real) || sent.text.contains("practise"), "{}\n{script}", sent.text);
            // From then on the drill pings nobody, but whoever called secretly and must not notice: in their own chat.
            let unseen = call.contains("purple") && sent.place == SentPlace::Person(call[..3].to_owned());
            let pings = marked && !sent.pings.is_empty() && Some(sent.at) > first && !unseen;
            prop_assert!(!pings, "{}\n{script}", sent.text);
        }
    }
}
