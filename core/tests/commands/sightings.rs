//! `/seen`: a time that is told counts, and one that cannot be read for sure is asked about, never taken as now.

use super::*;

/// A Monday, 15:25: the later steps run from the sighting, so its time matters.
fn here() -> Listening<'static> {
    Listening {
        now: at("2026-03-02 15:25"),
        ..room()
    }
}

#[track_caller]
fn seen(text: &str, want: Option<&str>) {
    let Parsed::Command(Command::Seen {
        target, at: when, ..
    }) = parse(text, &here())
    else {
        panic!("{text:?} gave {:?}", parse(text, &here()));
    };
    assert!(target == who("amira") || target == alarm(1), "{text:?}");
    assert_eq!(when, want.map(at), "{text:?}");
}

#[track_caller]
fn asks(text: &str, why: &Why, fix: &str) {
    refuses(&here(), text, why, Some(fix));
}

#[test]
fn without_a_word_about_time_it_is_now() {
    for text in [
        "/seen @amira",
        "/seen @amira at the shop",
        "/seen A1 at 5 High Street",
        "/seen @amira just now by the neighbour",
        "/seen @amira by PC 1234 at the door",
        "/seen @amira on bus 1420",
        "/seen @amira with 2 children",
        "/seen @amira she sat in the sun and spoke for 10 minutes",
    ] {
        seen(text, None);
    }
}

#[test]
fn a_time_anywhere_counts() {
    for text in [
        "/seen @amira 14:20 at the shop",
        "/seen @amira by neighbour 14:20",
        "/seen @amira by the neighbour at 14.20, in her garden",
        "/seen @amira at the shop 2.20pm",
        "/seen @amira at twenty past two",
        "/seen @amira twenty past 2 by the caretaker",
        "/seen @amira 14h20",
        "/seen @amira today 14:20",
        "/seen @amira this afternoon at 2:20 by the caretaker",
        "/seen 14:20 A1",
    ] {
        seen(text, Some("2026-03-02 14:20"));
    }
    seen("/seen @amira half past two", Some("2026-03-02 14:30"));
    seen(
        "/seen @amira at quarter to three by the nurse",
        Some("2026-03-02 14:45"),
    );
    seen("/seen @amira 20 minutes ago", Some("2026-03-02 15:05"));
    seen(
        "/seen @amira by her sister half an hour ago",
        Some("2026-03-02 14:55"),
    );
    seen("/seen @amira 9:30 this morning", Some("2026-03-02 09:30"));
    // The time beside the name is the one that is meant.
    seen(
        "/seen @amira 14:20 and before that at about 1 by the nurse",
        Some("2026-03-02 14:20"),
    );
}

#[test]
fn with_a_day_it_is_that_day() {
    for text in [
        "/seen @amira yesterday 14:20",
        "/seen @amira 14:20 yesterday",
        "/seen @amira 14:20 by the neighbour yesterday",
        "/seen @amira yesterday afternoon at 2:20",
        "/seen @amira 1/3 14:20",
        "/seen @amira 2026-03-01 14:20",
        "/seen @amira on Sunday at 14:20",
        "/seen @amira 1 March 14:20",
    ] {
        seen(text, Some("2026-03-01 14:20"));
    }
    seen("/seen @amira last night at 10:30", Some("2026-03-01 22:30"));
    seen("/seen @amira friday 14:20", Some("2026-02-27 14:20"));
    // A Monday: today, where that is over.
    seen("/seen @amira monday 14:20", Some("2026-03-02 14:20"));
    seen("/seen @amira monday 16:20", Some("2026-02-23 16:20"));
    let night = Listening {
        now: at("2026-03-03 00:20"),
        ..room()
    };
    does(
        &night,
        "/seen @amira 23:50",
        Command::Seen {
            target: who("amira"),
            at: Some(at("2026-03-02 23:50")),
            words: String::new(),
        },
    );
}

#[test]
fn what_cannot_be_read_is_asked_about() {
    let when = Why::WhenSeen;
    asks(
        "/seen @amira this morning at the nursery",
        &when,
        "/seen @amira 08:00 at the nursery",
    );
    asks("/seen @amira about 2", &when, "/seen @amira 14:00");
    asks(
        "/seen A1 about two by the shop",
        &when,
        "/seen A1 14:00 by the shop",
    );
    asks(
        "/seen @amira at the shop 2ish",
        &when,
        "/seen @amira 14:00 at the shop 2ish",
    );
    asks(
        "/seen @amira last night",
        &when,
        "/seen @amira yesterday 20:00",
    );
    asks(
        "/seen @amira yesterday at the shop",
        &when,
        "/seen @amira yesterday 08:00 at the shop",
    );
    asks(
        "/seen @amira at the shop before lunch",
        &when,
        "/seen @amira 14:30 at the shop before lunch",
    );
    asks(
        "/seen @amira by the neighbour an hour or so earlier",
        &when,
        "/seen @amira 14:30 by the neighbour an hour or so earlier",
    );
    asks(
        "/seen @amira by the shop at 13:10 and 14:20",
        &Why::TwoTimes,
        "/seen @amira 13:10 by the shop at 13:10 and 14:20",
    );
    asks(
        "/seen @amira between 14:00 and 14:30",
        &Why::TwoTimes,
        "/seen @amira 14:00 between 14:00 and 14:30",
    );
    asks(
        "/seen @amira 14:20 this morning",
        &Why::TwoTimes,
        "/seen @amira 14:20",
    );
}

#[test]
fn the_line_to_send_keeps_a_time() {
    let wrong = Why::NotATime {
        token: "25:00".to_owned(),
    };
    asks(
        "/seen @amira 16:20 shop",
        &Why::StillToCome,
        "/seen @amira 15:20 shop",
    );
    asks("/seen A1 25:00 shop", &wrong, "/seen A1 14:30 shop");
    asks(
        "/seen @amira tomorrow 14:20",
        &Why::StillToCome,
        "/seen @amira 14:20",
    );
    // An address is not repeated.
    asks(
        "/seen @amira about 2 at 12 High Street",
        &Why::WhenSeen,
        "/seen @amira 14:00",
    );
}

#[test]
fn her_car_is_not_her() {
    for words in [
        "car still there",
        "her car outside at 14:15",
        "14:15 her car is outside",
        "by the neighbour, the light is on",
        "her phone rings inside 14:15",
        "Amira's car at 14:15",
    ] {
        let text = format!("/seen A1 {words}");
        let told = words.trim_start_matches("14:15 ");
        asks(&text, &Why::NotHer, &format!("/asked A1 {told}"));
    }
    // An address is not repeated.
    asks(
        "/seen A1 her car at 12 High Street",
        &Why::NotHer,
        "/asked A1 and what they said",
    );
    for text in [
        "/seen @amira 14:20 in her car",
        "/seen @amira 14:20 getting into her blue car",
        "/seen @amira 14:20 she left by car",
        "/seen @amira by the neighbour at 14:20, beside the car",
        "/seen @amira car 14:20, she was in it",
        "/seen @amira at the traffic lights 14:20",
        "/seen @amira 14:20 in a van with carers",
    ] {
        seen(text, Some("2026-03-02 14:20"));
    }
    asks("/seen @amira ?", &Why::WhenSeen, "/seen @amira 14:30");
}
