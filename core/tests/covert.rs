//! The covertness test: the same day played twice, with an innocent note and with a code phrase. All that the
//! worker's account receives is compared byte for byte and is equal (design, invariant 4).

#[path = "covert/drill.rs"]
mod drill;
#[path = "covert/sheet.rs"]
mod sheet;

use lonewatch_core::rehearsal::expect::{Sent, SentPlace};
use lonewatch_core::rehearsal::{Nerves, Played, play_text};
use proptest::prelude::*;
use std::path::Path;

/// What she writes before it.
const MORNINGS: [(&str, &[&str]); 9] = [
    (
        "13:00",
        &[
            "13:05 amira > bot: hello",
            "13:10 amira > bot: visit LCS1234 14:00-15:00 check 14:40",
            "14:02 amira > bot: arrived",
            "14:03 amira > bot: thinking",
            "14:09 amira > bot: well",
        ],
    ),
    ("09:00", &["09:35 amira > bot: thinking"]),
    (
        "08:00",
        &[
            "08:30 amira > bot: visit LCS1234 09:00-09:45",
            "09:35 amira > bot: left",
            "09:42 amira > bot: thinking",
        ],
    ),
    (
        "08:00",
        &[
            "08:30 amira > bot: visit LCS1234 09:00-09:45",
            "09:30 amira > bot: left",
            "09:31 amira > bot: visit LCS5678 10:30-11:00",
            "09:34 amira > bot: thinking",
        ],
    ),
    (
        "08:00",
        &[
            "08:30 amira > bot: visit LCS1234 09:00-09:45",
            "09:30 amira > bot: home",
            "10:20 amira > bot: thinking",
        ],
    ),
    (
        "21:00",
        &[
            "22:00 amira > bot: visit LCS1234 22:30-00:30 next home",
            "22:31 amira > bot: arrived",
            "23:55 amira > bot: thinking",
        ],
    ),
    (
        "13:00",
        &[
            "13:10 amira > bot: visit LCS1234 14:00-15:00",
            "14:02 amira > bot: arrived",
            "14:19 amira > bot: left",
        ],
    ),
    (
        "08:00",
        &[
            "08:30 amira > bot: visit LCS1234 09:00-09:45 back 10:15",
            "09:05 amira > bot: arrived",
            "09:35 amira > bot: left",
        ],
    ),
    // Where the policy asks for addresses there is a question that is not answered yet.
    (
        "13:00",
        &[
            "13:55 amira > team: /visit NEW 14:00-15:00",
            "13:56 amira > bot: visit LCS1234 15:30-16:00",
            "14:02 amira > bot: arrived",
            "14:03 amira > bot: thinking",
        ],
    ),
];

/// What is said at the moment of danger: the innocent words, those with a phrase in their place, and those
/// with something near a phrase.
const MOMENTS: [[&str; 3]; 15] = [
    [
        "amira > bot: the details are in the blue folder",
        "amira > bot: the visit details are in the purple file",
        "amira > bot: I am running behind for my meeting with the Director",
    ],
    [
        "amira > bot: I may be a while",
        "amira > bot: I am going to be late for my meeting with the Director",
        "amira > bot: it is in the purple mile",
    ],
    [
        "amira > bot: /ok",
        "amira > bot: /ok purple file",
        "amira > bot: /ok purple mile",
    ],
    [
        "amira > bot: extend 30m",
        "amira > bot: extend 30m purple file",
        "amira > bot: extend 30m purple mile",
    ],
    [
        "amira replies to *: all as planned",
        "amira replies to *: all as planned, see the perple file",
        "amira replies to *: all as planned, see the purple mile",
    ],
    [
        "amira edits: thinking about the blue folder",
        "amira edits: thinking about the PURPLE FILE",
        "amira edits: thinking about the PURPLE MILE",
    ],
    [
        "amira > team: see you at five",
        "amira > team: late for my meeting with the director",
        "amira > team: running behind for my meeting with the director",
    ],
    [
        "amira > bot: left",
        "amira > bot: left, I am going to be late for my meeting with the Director",
        "amira > bot: left purple mile",
    ],
    [
        "amira > bot: /visit LCS5679 17:00-17:30",
        "amira > bot: /visit LCS5679 17:00-17:30 I am going to be late for my meeting with the Director",
        "amira > bot: /visit LCS5679 17:00-17:30 purple mile",
    ],
    [
        "amira > bot: extend 30m",
        "amira > bot: extend 30m because I'll be late for my meeting with the Director",
        "amira > bot: extend 30m, it is in the purple mile",
    ],
    [
        "amira edits: ok",
        "amira edits: ok, purple file",
        "amira edits: ok, purple mile",
    ],
    [
        "amira > bot: 12 Example Street, Flat 3",
        "amira > bot: 12 Example Street, Flat 3, it was in the purple file",
        "amira > bot: 12 Example Street, Flat 3 purple mile",
    ],
    [
        "amira > bot: /address Mrs Sample, 12 Example Street",
        "amira > bot: /address Mrs Sample, 12 Example Street purple file",
        "amira > bot: /address Mrs Sample, 12 Example Street purple mile",
    ],
    [
        "amira > team: /address LCS1234 12 Example Street",
        "amira > team: /address LCS1234 12 Example Street, purple file",
        "amira > team: /address LCS1234 12 Example Street, purple mile",
    ],
    [
        "amira > bot: cat 2",
        "amira > bot: cat 2 purple file",
        "amira > bot: cat 2 purple mile",
    ],
];

/// What her account does afterwards, whoever holds the phone.
const AFTERWARDS: [&str; 55] = [
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
    "amira > bot: visit LCS7700 17:00-17:30",
    "amira > bot: visit LCS8800 for 40m",
    "amira > bot: office",
    "amira > bot: extend 20m",
    "amira > bot: extend until 23:30",
    "amira > bot: left LCS1234",
    "amira > bot: ring me",
    "amira edits: left",
    "amira edits: visit LCS1234 14:00-16:00",
    "amira reacts 👍",
    "amira > bot: visit LCS7701 for 30m back 23:50",
    "amira > bot: /vist LCS880",
    "amira shares location 51.3490,-1.9943",
    "amira > bot: left 14:15",
    "amira > team: /who @amira",
    "amira > bot: /duty",
    "amira > bot: me phone 07700 900999",
    "amira > bot: /buddy @ben",
    "amira > bot: /along",
    "amira > team: /record A1",
    "amira > team: /leftLCS1234",
    "amira > team: /left SN15 1AB",
    "amira > bot: /cover @ben for me until Friday 17:00",
    "amira > bot: /cover off",
    "amira > bot: /away until Friday",
    "amira > team: /hold",
    "amira > bot: /claim A1 LCS1234",
    "amira > bot: /asked A1 LCS1234 never arrived",
    "amira > bot: /concern A1 something is wrong",
    "amira > bot: visit LCS7702 23:00-23:50 check 23:30 call",
    "amira > bot: 14 Example Street",
    "amira > bot: /address LCS1234 14 Example Street",
    "amira > bot: /address clear",
    "amira > bot: /address",
    "amira edits: 15 Example Street",
    "amira redacts",
    "amira > bot: /visit NEW 17:40-18:00",
    "amira > bot: /drill @ben overdue",
    "amira > team: /drill stop",
    "amira > bot: cat 2",
    "amira > team: /cat 1 LCS1234",
    "amira replies to *LCS*: cat 2",
];

/// What the responders do; her account must not notice.
const RESPONSES: [&str; 4] = [
    "dan > managers: /ack A1",
    "dan > managers: /noanswer amira",
    "dan > team: /ack A1",
    "carol > managers: /police A1 4711",
];

/// What is done about it at once. On the innocent day there is no such alarm.
const DONE: [&str; 3] = [
    "carol > bot: /police A1 4711",
    "dan > managers: /reached A1 all well",
    "carol > managers: /standdown A1 seen at the office by PC 1234",
];

type Afterwards<'a> = &'a [(u32, &'a str)];

/// The policies whose days are compared.
const POLICIES: [&str; 5] = [
    "wiltshire",
    "bexley",
    "rotherham",
    "al-hasaniya",
    "hertfordshire",
];

/// Whoever stands where Dan stands in a team without duty officers.
fn cast(policy: &str, line: &str) -> String {
    match policy {
        "rotherham" => line.replace("dan >", "dora >"),
        _ => line.to_owned(),
    }
}

fn day(
    policy: &str,
    morning: usize,
    moment: &str,
    done: usize,
    afterwards: Afterwards<'_>,
) -> String {
    let (start, before) = MORNINGS[morning];
    let mut lines = vec![
        "scenario A day".to_owned(),
        format!("config {policy}.toml"),
        format!("start 2026-03-02 {start}"),
    ];
    lines.extend(before.iter().map(|line| (*line).to_owned()));
    lines.push(format!("+1m {moment}"));
    lines.push(format!("+0m {}", cast(policy, DONE[done])));
    let after = afterwards.iter();
    lines.extend(after.map(|(wait, act)| format!("+{wait}m {}", cast(policy, act))));
    lines.push("+2h quiet".to_owned());
    lines.join("\n")
}

async fn play(script: &str) -> Played {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    match play_text(script, "day", &folder, Nerves::Steady, &mut |_| {}).await {
        Ok(played) => played,
        Err(error) => panic!("{error}\n{script}"),
    }
}

/// All that Amira's account can see: her direct chat and the team's room, with each edit of the board there.
fn hers(played: &Played) -> Vec<&Sent> {
    let seen = |sent: &&Sent| match &sent.place {
        SentPlace::Team => true,
        SentPlace::Person(id) => id == "amira",
        _ => false,
    };
    played.sent.iter().filter(seen).collect()
}

/// How sure the bot was: 0 heard nothing, 1 a phrase, 2 something near one.
fn heard(played: &Played) -> usize {
    let says = |words: &str| played.sent.iter().any(|sent| sent.text.contains(words));
    if says("CALL FOR HELP") {
        1
    } else if says("POSSIBLY") {
        2
    } else {
        0
    }
}

async fn compare(
    policy: &str,
    morning: usize,
    moment: usize,
    sure: &[usize],
    done: usize,
    afterwards: Afterwards<'_>,
) {
    let [said, ..] = MOMENTS[moment];
    let innocent = play(&day(policy, morning, said, done, afterwards)).await;
    assert_eq!(heard(&innocent), 0, "{said} is not innocent");
    for &sure in sure {
        let said = MOMENTS[moment][sure];
        let secret = play(&day(policy, morning, said, done, afterwards)).await;
        let which = format!(
            "{policy}, morning {morning}, {said}, {}, then {afterwards:#?}",
            DONE[done]
        );
        assert_eq!(heard(&secret), sure, "not heard: {which}");
        assert_eq!(hers(&innocent), hers(&secret), "{which}");
        assert!(!secret.sent.iter().any(phrase), "shown: {which}");
    }
}

fn phrase(sent: &Sent) -> bool {
    let text = sent.text.to_lowercase();
    let phrases = ["purple", "perple", "meeting with the director"];
    phrases.iter().any(|words| text.contains(words))
}

#[tokio::test]
async fn every_way_of_saying_it_looks_like_an_innocent_day() {
    for moment in 0..MOMENTS.len() {
        compare("wiltshire", 0, moment, &[1, 2], 0, &[]).await;
        let everything: Vec<(u32, &str)> = AFTERWARDS.iter().map(|act| (7, *act)).collect();
        compare("wiltshire", 0, moment, &[1, 2], 0, &everything).await;
    }
}

/// Each thing that her account may do, at once or when an innocent day's shift has closed, and then taken back:
/// a call keeps her shift open after the last visit, and she must not notice.
async fn each_word_is_answered_alike(policy: &str, morning: usize) {
    for (number, act) in AFTERWARDS.into_iter().enumerate() {
        let moment = number % 2;
        for wait in [2, 22] {
            compare(
                policy,
                morning,
                moment,
                &[1, 2],
                0,
                &[(wait, act), (2, "amira > bot: undo")],
            )
            .await;
        }
    }
}

/// Whom the bot cannot reach is told with the next visit, whatever is open by then.
#[tokio::test]
async fn who_cannot_be_reached_is_told_as_on_any_day() {
    let then = [
        (2, "! invited dan"),
        (2, "amira > team: /visit LCS7702 20:00-20:30"),
        (3, "! invited amira"),
        (25, "amira > team: /visit LCS7703 21:00-21:30"),
    ];
    let played = play(&day("wiltshire", 3, MOMENTS[0][0], 0, &then)).await;
    let told = |sent: &&&Sent| sent.text.contains("I cannot");
    assert_eq!(hers(&played).iter().filter(told).count(), 2);
    for morning in [0, 1, 2, 3, 4, 6, 7] {
        compare("wiltshire", morning, morning % 2, &[1, 2], 0, &then).await;
    }
}

/// What she believes to have agreed she can look at, and end again.
#[tokio::test]
async fn who_stands_in_for_her_looks_as_she_left_it() {
    let cover = "amira > bot: /cover @ben for me until Friday 17:00";
    for then in [
        &[(2, cover), (2, "amira > bot: /cover off")][..],
        &[(2, cover), (2, "amira > bot: /duty"), (2, cover)],
        &[
            (2, cover),
            (2, "amira > bot: /away until Friday"),
            (2, "amira > bot: /away off"),
        ],
        &[
            (2, "amira > bot: /tell @ben"),
            (2, "amira > bot: /tell off"),
            (2, "amira > bot: /cover off"),
        ],
    ] {
        compare("wiltshire", 0, 0, &[1], 0, then).await;
    }
}

#[tokio::test]
async fn without_a_visit_each_word_is_answered_alike() {
    each_word_is_answered_alike("wiltshire", 1).await;
}

#[tokio::test]
async fn after_the_last_visit_each_word_is_answered_alike() {
    each_word_is_answered_alike("wiltshire", 2).await;
}

#[tokio::test]
async fn between_two_visits_each_word_is_answered_alike() {
    each_word_is_answered_alike("wiltshire", 3).await;
}

#[tokio::test]
async fn at_home_each_word_is_answered_alike() {
    each_word_is_answered_alike("wiltshire", 4).await;
}

#[tokio::test]
async fn at_night_each_word_is_answered_alike() {
    each_word_is_answered_alike("wiltshire", 5).await;
}

/// Where the end of the day is a report of its own, and each arrival is shown in the team's room.
#[tokio::test]
async fn where_she_has_to_report_back_each_word_is_answered_alike() {
    each_word_is_answered_alike("rotherham", 2).await;
}

#[tokio::test]
async fn where_the_end_of_the_day_is_told_each_word_is_answered_alike() {
    each_word_is_answered_alike("al-hasaniya", 2).await;
}

#[tokio::test]
async fn where_the_team_sees_each_arrival_each_word_is_answered_alike() {
    each_word_is_answered_alike("hertfordshire", 0).await;
}

/// The board tells when she is expected back, and follows the time by itself.
#[tokio::test]
async fn the_board_says_what_it_says_on_an_innocent_day() {
    let words = [
        "amira > bot: home",
        "amira > bot: extend 30m",
        "amira > bot: left",
    ];
    let days = [(0, 0), (0, 3), (0, 7), (5, 9), (7, 0), (7, 8)];
    for policy in POLICIES {
        for (number, (morning, moment)) in days.into_iter().enumerate() {
            let innocent = play(&day(policy, morning, MOMENTS[moment][0], 0, &[])).await;
            let edits = hers(&innocent).iter().filter(|sent| sent.edit).count();
            assert!(
                edits > 1,
                "{policy}, morning {morning}: the board does not move"
            );
            let afterwards = [(45, words[number % words.len()]), (3, "amira > bot: undo")];
            compare(policy, morning, moment, &[1, 2], 1, &afterwards).await;
        }
    }
}

/// Where the address of each visit is asked for: the question, its answers, and what becomes of them.
async fn addresses_are_answered_alike(policy: &str) {
    let everything: Vec<(u32, &str)> = AFTERWARDS.iter().map(|act| (3, *act)).collect();
    let about_it = [
        (1, "amira > bot: /address"),
        (1, "amira edits: /address NEW 15 Example Street"),
        (1, "amira edits: feeling uneasy at flat 3"),
        (1, "amira replies to *address*: 2 guys outside"),
        (1, "amira > bot: 18 Example Street"),
        (1, "amira edits: /mine"),
        (1, "amira redacts"),
        (1, "amira > bot: /address NEW clear"),
        (1, "amira > bot: 14 Example Street"),
        (1, "amira > bot: undo"),
        (1, "amira > bot: 16 Example Street"),
        (1, "amira redacts"),
        (1, "amira > bot: undo"),
        (40, "amira replies to *address*: 17 Example Street"),
        (60, "amira > bot: left"),
    ];
    for moment in [0, 2, 7, 11, 12, 13] {
        compare(policy, 8, moment, &[1, 2], 0, &[]).await;
        compare(policy, 8, moment, &[1, 2], 0, &about_it).await;
        compare(policy, 8, moment, &[1, 2], 0, &everything).await;
    }
    // Given before, and taken back when the shift would have closed.
    for wait in [1, 22] {
        let acts = [
            (1, "amira > bot: 13 Example Street"),
            (1, "amira > bot: left"),
            (1, "amira > bot: cancel LCS1234"),
            (1, "amira > bot: home"),
            (wait, "amira > bot: /address NEW clear"),
            (wait, "amira > bot: /address NEW 9 Example Street"),
            (1, "amira > bot: /visit NEW 18:00-18:30"),
            (1, "amira > bot: 10 Example Street"),
        ];
        compare(policy, 8, 0, &[1, 2], 0, &acts).await;
    }
}

#[tokio::test]
async fn where_each_address_is_asked_for_it_is_answered_alike() {
    addresses_are_answered_alike("al-hasaniya").await;
}

#[tokio::test]
async fn where_the_address_of_somebody_new_is_asked_for_it_is_answered_alike() {
    addresses_are_answered_alike("rotherham").await;
}

/// What was folded into the call: on an innocent day it is an alarm that keeps the shift open.
#[tokio::test]
async fn after_what_was_folded_each_word_is_answered_alike() {
    let late = [
        (1, "amira > bot: left"),
        (8, "amira > bot: home"),
        (1, "amira > bot: undo"),
    ];
    for policy in POLICIES {
        for (morning, wait) in [(2, 240), (6, 240), (0, 120)] {
            let mut afterwards = late;
            afterwards[0].0 += wait;
            for until in 1..=afterwards.len() {
                compare(policy, morning, 0, &[1, 2], 0, &afterwards[..until]).await;
            }
        }
    }
}

#[tokio::test]
async fn a_phrase_edited_out_beside_a_command_looks_as_if_nothing_was_edited() {
    for (moment, edit) in [(7, "left"), (9, "extend 30m")] {
        let edit = format!("amira edits: {edit}");
        compare(
            "wiltshire",
            0,
            moment,
            &[1, 2],
            0,
            &[(1, &edit), (3, "amira > bot: undo")],
        )
        .await;
    }
}

#[tokio::test]
async fn a_command_edited_into_another_with_a_phrase_is_the_other() {
    compare("wiltshire", 6, 10, &[1, 2], 0, &[(3, "amira > bot: mine")]).await;
}

fn acts() -> impl Strategy<Value = Vec<(u32, &'static str)>> {
    let act = prop_oneof![
        3 => prop::sample::select(AFTERWARDS.to_vec()),
        1 => prop::sample::select(RESPONSES.to_vec()),
    ];
    prop::collection::vec((prop_oneof![4 => 1u32..9, 1 => 9u32..50], act), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn a_random_day_looks_like_an_innocent_one(
        policy in 0..POLICIES.len(),
        morning in 0..MORNINGS.len(),
        moment in 0..MOMENTS.len(),
        sure in 1usize..3,
        done in 0..DONE.len(),
        afterwards in acts(),
    ) {
        // What responders do is for an alarm that only one of the two days has.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(compare(POLICIES[policy], morning, moment, &[sure], done, &afterwards));
    }
}
