//! What responders say.

use super::*;

#[test]
fn responders_name_the_alarm_or_the_person() {
    let here = room();
    let words = |w: &str| w.to_owned();
    does(
        &here,
        "/ack | /acknowledged",
        Command::Ack(Target::default()),
    );
    does(
        &here,
        "/ack A12 | /ack a12 | /ack #12 | /ack alarm 12 | /ack 12 | /ack A12 on it",
        Command::Ack(alarm(12)),
    );
    does(
        &here,
        "/ack @amira | /ack Amira Khan | /ack amira",
        Command::Ack(who("amira")),
    );
    does(
        &here,
        "/reached @amira She is fine | /reached amira She is fine",
        Command::Reached {
            target: who("amira"),
            words: words("She is fine"),
        },
    );
    does(
        &here,
        "/reached A12 She is fine",
        Command::Reached {
            target: alarm(12),
            words: words("She is fine"),
        },
    );
    does(
        &here,
        "/reached she is fine",
        Command::Reached {
            target: Target::default(),
            words: words("she is fine"),
        },
    );
    does(
        &here,
        "/noanswer @amira | /no answer amira | /no-answer from amira | /NoAnswer @amira",
        Command::NoAnswer {
            target: who("amira"),
            words: String::new(),
        },
    );
}

#[test]
fn sightings() {
    let here = room();
    let words = |w: &str| w.to_owned();
    does(
        &here,
        "/seen @amira 13:20 at the shop | /seen 13:20 amira at the shop | /seen amira at 13.20 at the shop",
        Command::Seen {
            target: who("amira"),
            at: Some(at("2026-03-02 13:20")),
            words: words("at the shop"),
        },
    );
    does(
        &here,
        "/seen A12 at 5 High Street",
        Command::Seen {
            target: alarm(12),
            at: None,
            words: words("at 5 High Street"),
        },
    );
    does(
        &here,
        "/seen amira by the neighbour at 13:20",
        Command::Seen {
            target: who("amira"),
            at: Some(at("2026-03-02 13:20")),
            words: words("by the neighbour at 13:20"),
        },
    );
}

#[test]
fn police_and_stand_down() {
    let here = room();
    let words = |w: &str| w.to_owned();
    does(
        &here,
        "/police A12 412-020326 | /police a12 log 412-020326 | /police A12 log number: 412-020326",
        Command::Police {
            target: alarm(12),
            log: words("412-020326"),
        },
    );
    does(
        &here,
        "/police A12 | /police A12 log",
        Command::Police {
            target: alarm(12),
            log: String::new(),
        },
    );
    does(
        &here,
        "/standdown A12 Spoke to her, flat battery | /stand down a12 Spoke to her, flat battery | \
         /stand-down A12 Spoke to her, flat battery.",
        Command::StandDown {
            target: alarm(12),
            reason: words("Spoke to her, flat battery"),
        },
    );
    does(
        &here,
        "/duress @amira | /duress amira",
        Command::Duress {
            target: who("amira"),
            words: String::new(),
        },
    );
}

#[test]
fn responders_refused() {
    let here = room();
    refuses(&here, "/duress", &Why::NoTarget, None);
    refuses(
        &here,
        "/standdown A12",
        &Why::NoReason,
        Some("/standdown A12 reason"),
    );
    refuses(
        &here,
        "/reached A12 nobody | /reached voicemail | /seen nothing",
        &Why::NotReached,
        Some("/noanswer"),
    );
    let stranger = Why::UnknownPerson {
        name: Some("amina".to_owned()),
    };
    refuses(&here, "/noanswer @amina", &stranger, None);
}

#[test]
fn answers_to_a_page_need_no_prefix() {
    let here = thread();
    does(
        &here,
        "ack | Ack. | on it | I'm on it",
        Command::Ack(Target::default()),
    );
    does(
        &here,
        "reached she is fine | Reached: she is fine",
        Command::Reached {
            target: Target::default(),
            words: "she is fine".to_owned(),
        },
    );
    does(
        &here,
        "no answer | noanswer | No answer.",
        Command::NoAnswer {
            target: Target::default(),
            words: String::new(),
        },
    );
    does(
        &here,
        "police log 412 | police 412",
        Command::Police {
            target: Target::default(),
            log: "412".to_owned(),
        },
    );
    does(
        &here,
        "stand down, flat battery | standdown flat battery",
        Command::StandDown {
            target: Target::default(),
            reason: "flat battery".to_owned(),
        },
    );
    refuses(
        &here,
        "standdown",
        &Why::NoReason,
        Some("/standdown reason"),
    );
    notes(
        &here,
        "on my way | reached? | reached nobody | reached out to her family | police are on their way | \
         seen nothing yet | spoke too soon | left | police?",
    );
}

#[test]
fn only_speaking_to_her_closes() {
    let here = room();
    for (words, told) in [
        ("LCS3333 they said she left at two", "she left at two"),
        ("A1 LCS3333 she left at two", "she left at two"),
        ("LCS3333", "and what they said"),
        ("LCS 3333 12 High Street", "and what they said"),
    ] {
        let told = match words.contains("they said she") {
            true => "they said she left at two",
            false => told,
        };
        refuses(
            &here,
            &format!("/reached {words}"),
            &Why::ReachedPlace,
            Some(&format!("/asked LCS3333 {told}")),
        );
    }
    let another = |target: &str| Why::ReachedAnother {
        seen: format!("/seen {target}13:15 by whom"),
    };
    refuses(
        &here,
        "/reached her mother | /reached her husband | /reached neighbour | /spoke to her mum | /spoke with her mum | \
         /reached the landlord, he saw her at two",
        &another(""),
        Some("/reached spoke to her"),
    );
    refuses(
        &here,
        "/reached A1 spoke to the client, amira has left | /reached A1 her sister's house",
        &another("A1 "),
        Some("/reached A1 spoke to her"),
    );
    refuses(
        &here,
        "/reached amira her mum answered | /reached @amira rang, her husband says she left",
        &another("@amira "),
        Some("/reached @amira spoke to Amira"),
    );
    for words in [
        "phone was flat, she is with her sister",
        "spoke to Amira, her mother was there too",
        "her mum answered, then I spoke to her, all fine",
        "spoke to her and the client, both fine",
        "her sister and amira, both fine",
        "with her sister",
        "at her mother's",
        "her herself, the client kept her",
        "the bus was late",
    ] {
        does(
            &here,
            &format!("/reached A1 {words}"),
            Command::Reached {
                target: alarm(1),
                words: words.to_owned(),
            },
        );
    }
}
