//! Covertness of drills: about whoever calls, and about somebody else while she who practises calls.

use super::{MOMENTS, POLICIES, cast, hers, phrase, play};
use lonewatch_core::rehearsal::Played;
use lonewatch_core::rehearsal::expect::{Sent, SentPlace};

/// A drill about her is on while she calls for help: it ends at once, and she hears of the end when she would have.
#[tokio::test]
async fn a_call_during_a_drill_looks_like_an_innocent_day() {
    // Every policy, both kinds, every way of saying it; not each with each.
    let mut days = vec![("wiltshire", "duress", 1), ("wiltshire", "duress", 6)];
    let kinds = ["overdue", "duress"].iter().cycle();
    let each = POLICIES.iter().zip(kinds).zip([0, 1, 6, 0, 1]);
    days.extend(each.map(|((policy, kind), moment)| (*policy, *kind, moment)));
    for (policy, kind, moment) in days {
        let which = format!("{policy} {kind} {moment}");
        let day = |said: &str| {
            let begin = cast(
                policy,
                &format!("10:00 dan > managers: /drill @amira {kind}"),
            );
            let (stop, mine) = ("+3m amira > bot: mine", "+2m amira > bot: ok");
            format!(
                "scenario A drill\nconfig {policy}.toml\nstart 2026-03-02 09:00\n{begin}\n+7m {said}\n{stop}\n{mine}\n\
                 +4h quiet"
            )
        };
        let innocent = play(&day(MOMENTS[moment][0])).await;
        assert_eq!(heard_of(&innocent), 0, "{which}");
        let told = |sent: &&&Sent| sent.text.contains("practice is over");
        assert_eq!(hers(&innocent).iter().filter(told).count(), 1, "{which}");
        for sure in [1, 2] {
            let secret = play(&day(MOMENTS[moment][sure])).await;
            assert_eq!(heard_of(&secret), sure, "{which}");
            assert_eq!(hers(&innocent), hers(&secret), "{which} {sure}");
            assert!(!secret.sent.iter().any(phrase));
        }
    }
}

/// The same of what is real, beside a drill.
fn heard_of(played: &Played) -> usize {
    let real = played
        .sent
        .iter()
        .filter(|sent| !sent.text.starts_with("DRILL"));
    let says = |words: &str| real.clone().any(|sent| sent.text.contains(words));
    match (says("CALL FOR HELP"), says("POSSIBLY")) {
        (true, _) => 1,
        (_, true) => 2,
        _ => 0,
    }
}

/// All that Carol's account reads but the pages in the managers' room, which stop (see ARCHITECTURE, known limits). `number`
/// is that of the drill.
fn carols(played: &Played, number: &str) -> Vec<Sent> {
    let reads = |sent: &&Sent| match &sent.place {
        SentPlace::Person(id) => id == "carol",
        SentPlace::Managers => sent.pings.is_empty(),
        _ => true,
    };
    let mut read: Vec<Sent> = played.sent.iter().filter(reads).cloned().collect();
    read.retain(|sent| !matches!(&sent.place, SentPlace::Person(id) if id != "carol"));
    for sent in &mut read {
        sent.text = sent.text.replace(number, "A1");
    }
    read
}

/// What Carol's account does about a drill, whoever holds the phone.
const ABOUT_IT: [&[(u32, &str)]; 10] = [
    &[
        (1, "bot: /ack A1"),
        (25, "bot: /noanswer A1"),
        (3, "bot: /drill report"),
    ],
    &[
        (1, "managers: /ack A1"),
        (2, "managers: /noanswer A1 rang twice"),
        (5, "managers: /drill report"),
    ],
    &[
        (1, "bot: /reached A1 all well"),
        (1, "bot: /undo"),
        (1, "bot: /reached @amira"),
        (7, "bot: /standdown A1 rang her"),
    ],
    &[
        (1, "managers: /standdown A1 she is at her desk"),
        (1, "bot: /drill stop"),
        (9, "bot: /drill report"),
    ],
    &[
        (2, "bot: /drill stop"),
        (1, "bot: /ack A1"),
        (1, "bot: /drill report"),
        (1, "bot: /drill stop"),
    ],
    &[(2, "managers: /drill stop"), (2, "managers: /drill report")],
    &[(2, "team: /drill stop"), (2, "team: /drill report")],
    &[
        (1, "bot: /drill @ben duress"),
        (1, "bot: on it"),
        (1, "bot: /record A1"),
        (2, "bot: /undo"),
        (1, "bot: /drill stop"),
    ],
    &[
        (1, "bot: /police A1 drill"),
        (1, "bot: /police"),
        (1, "bot: /seen @amira 11:10 at her desk"),
        (90, "bot: /drill report"),
    ],
    &[
        (1, "bot: mine"),
        (180, "bot: /drill report"),
        (1, "bot: /ack A1"),
        (1, "bot: /drill stop"),
    ],
];

fn acted(acts: &[(u32, &str)]) -> String {
    let lines = acts
        .iter()
        .map(|(wait, act)| format!("+{wait}m carol > {act}\n"));
    lines.collect()
}

/// Carol was paged by a drill about Amira, and then calls for help: what she says of the drill, what it says to her, and how
/// it ends are those of a day on which it goes on.
#[tokio::test]
async fn a_drill_goes_on_for_whoever_called_secretly_while_it_was_on() {
    for (number, acts) in ABOUT_IT.into_iter().enumerate() {
        let out = match number % 2 {
            0 => "",
            _ => "11:00 carol > bot: visit LCS1234 11:05-16:00\n",
        };
        let day = |said: &str| {
            format!(
                "scenario A drill\nconfig wiltshire.toml\nstart 2026-03-02 09:00\n10:00 dan > managers: /drill @amira overdue\n\
                 {out}11:17 carol > bot: {said}\n{}+4h quiet",
                acted(acts)
            )
        };
        let innocent = play(&day("see the blue folder")).await;
        let paged = |sent: &&Sent| sent.pings == ["carol"] && sent.text.starts_with("DRILL");
        assert!(innocent.sent.iter().any(|sent| paged(&sent)), "not paged");
        for (sure, said) in [(1, "see the purple file"), (2, "see the purple mile")] {
            let secret = play(&day(said)).await;
            assert_eq!(heard_of(&secret), sure, "{acts:?}");
            assert_eq!(
                carols(&innocent, "A1"),
                carols(&secret, "A1"),
                "{acts:?} {sure}"
            );
            assert!(!secret.sent.iter().any(phrase));
            // The others are told at once, and nobody else is asked to practise.
            let over = |sent: &Sent| {
                sent.text.starts_with("DRILL OVER")
                    && sent.place == SentPlace::Person("dan".to_owned())
            };
            let told = secret.sent.iter().find(|sent| over(sent)).expect("told");
            let others = secret
                .sent
                .iter()
                .filter(|sent| sent.at > told.at && !sent.pings.is_empty());
            let practise = others.filter(|sent| sent.text.starts_with("DRILL"));
            assert!(
                practise.into_iter().all(|sent| sent.pings == ["carol"]),
                "{acts:?}"
            );
        }
    }
}

/// What she is made to begin after a phrase did not begin, and goes on as if it had.
#[tokio::test]
async fn a_drill_that_did_not_begin_is_answered_as_if_it_had() {
    for acts in ABOUT_IT {
        let day = |said: &str, number: &str| {
            let acts = acted(acts).replace("A1", number);
            format!(
                "scenario A drill\nconfig wiltshire.toml\nstart 2026-03-02 09:00\n10:00 carol > bot: {said}\n\
                 10:02 carol > bot: /drill @amira overdue\n{acts}+4h quiet"
            )
        };
        let innocent = play(&day("see the blue folder", "A1")).await;
        for said in ["see the purple file", "see the purple mile"] {
            let secret = play(&day(said, "A2")).await;
            assert_ne!(heard_of(&secret), 0, "{said}");
            assert_eq!(
                carols(&innocent, "A1"),
                carols(&secret, "A2"),
                "{acts:?} {said}"
            );
            let others = secret
                .sent
                .iter()
                .filter(|sent| sent.place != SentPlace::Person("carol".to_owned()));
            let begun = |sent: &Sent| {
                sent.text.contains("practising")
                    || sent.text.starts_with("DRILL") && !sent.pings.is_empty()
            };
            assert!(!others.into_iter().any(begun), "{acts:?} {said}");
        }
    }
}
