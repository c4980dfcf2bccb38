//! What is refused, why, and with which line to send instead.

use super::*;
use lonewatch_core::chat::wording::bad::bad as wording;

#[test]
fn bad_visits_and_the_line_to_send() {
    let token = |t: &str| Why::NotATime {
        token: t.to_owned(),
    };
    let unknown = |t: &str| Why::UnknownReference {
        token: t.to_owned(),
    };
    let stranger = |n: Option<&str>| Why::UnknownPerson {
        name: n.map(str::to_owned),
    };
    let usual = "/visit LCS1234 14:00-15:00";
    #[rustfmt::skip]
    let cases: &[(&str, Why, Option<&str>)] = &[
        ("/visit LCS1234", Why::NoTime, Some(usual)),
        ("/visit LCS1234 AB cat 1 with @ben", Why::NoTime, Some("/visit LCS1234 AB cat 1 14:00-15:00 with @ben")),
        ("/visit", Why::NoReference, Some(usual)),
        ("/visit 14:00-15:00", Why::NoReference, Some(usual)),
        ("/visit LCS1234 14:00", Why::NoEnd, Some(usual)),
        ("/visit LCS1234 14:00-25:00", token("25:00"), Some(usual)),
        ("/visit LCS1234 25:00-26:00", token("25:00"), Some(usual)),
        ("/visit LCS1234 25:00", token("25:00"), Some(usual)),
        ("/visit LCS1234 14:75-15:00", token("14:75"), Some(usual)),
        ("/visit LCS1234 15:00-14:00 cat 2", Why::EndBeforeStart, Some("/visit LCS1234 cat 2 14:00-15:00")),
        ("/visit LCS1234 tomorrow 11:50-10:50", Why::EndBeforeStart, Some("/visit LCS1234 tomorrow 10:50-11:50")),
        ("/visit LCS1234 14:00-14:00", Why::EndBeforeStart, Some(usual)),
        ("/visit LCS1234 11:00-10:30", Why::EndBeforeStart, Some("/visit LCS1234 tomorrow 10:30-11:00")),
        ("/visit LCS1234 09:00-10:00", Why::Past, Some("/visit LCS1234 tomorrow 09:00-10:00")),
        ("/visit LCS1234 1/3 09:00-10:00", Why::Past, Some("/visit LCS1234 tomorrow 09:00-10:00")),
        ("/visit LCS1234 2-3", Why::AmPm, Some(usual)),
        ("/visit LCS1234 2–3 AB next home", Why::AmPm, Some("/visit LCS1234 AB 14:00-15:00 next home")),
        ("/visit LCS1234 9-10", Why::AmPm, Some("/visit LCS1234 tomorrow 09:00-10:00")),
        ("/visit LCS1234 at 2 for 45m", Why::AmPm, Some("/visit LCS1234 14:00-14:45")),
        ("/visit LCS1234 2:30-3:15", Why::AmPm, Some("/visit LCS1234 14:30-15:15")),
        ("/visit LCS1234 12:30-1:30 tomorrow", Why::AmPm, Some("/visit LCS1234 tomorrow 12:30-13:30")),
        ("/visit LCS1234 02:00-16:00 tomorrow", Why::TooLong, Some("/visit LCS1234 tomorrow 02:00-14:00")),
        ("/visit LCS1234 for 13h", Why::TooLong, Some(usual)),
        ("/visit LCS1234 31/2 14:00-15:00", Why::NoSuchDay, Some("/visit LCS1234 tomorrow 14:00-15:00")),
        ("/visit LCS1234 31/4 14:00-15:00", Why::NoSuchDay, Some("/visit LCS1234 30/4 14:00-15:00")),
        ("/visit LCS1234 3/13 14:00-15:00", Why::NoSuchDay, Some("/visit LCS1234 13/3 14:00-15:00")),
        ("/visit LCS1234 2026-06-30 14:00-15:00", Why::TooFar, None),
        ("/visit LCS1234 tue wed 14:00-15:00", Why::TwoDays, Some("/visit LCS1234 Tuesday 14:00-15:00")),
        ("/visit LCS1234 14:00-15:00 16:00-17:00", Why::TwoTimes, Some(usual)),
        ("/visit LCS1234 LCS1235 14:00-15:00", Why::TwoReferences, Some(usual)),
        ("/visit LCX1234 14:00-15:00", unknown("LCX1234"), Some(usual)),
        ("/visit LCS12 14:00-15:00 AB", unknown("LCS12"), Some("/visit LCS1234 AB 14:00-15:00")),
        ("/visit LCS1234 14:00-15:00 check 15:30", Why::CheckOutside, Some(usual)),
        ("/visit LCS1234 14:00-15:00 cat 3", Why::Category, Some("/visit LCS1234 cat 1 14:00-15:00")),
        ("/visit LCS1234 14:00-15:00 next", Why::Next, Some(usual)),
        ("/visit LCS1234 14:00-15:00 with @bne", stranger(Some("bne")), Some(usual)),
        ("/visit LCS1234 14:00-15:00 with Doris", stranger(None), Some(usual)),
        ("/visit LCS1234 14:00-15:00 for @nobody", stranger(Some("nobody")), None),
        ("/visit LCS1234 14:00-15:00 with sam", Why::SeveralPeople, Some(usual)),
        ("/visit LCS1234 14:00-15:00 ben", Why::LooseName { who: PersonId::from("ben") }, Some("/visit LCS1234 14:00-15:00 with @ben")),
        ("/visit LCS1234 yesterday 14:00-15:00", Why::NotUnderstood, Some(usual)),
        ("/visit LCS1234/LCS1235 14:00-15:00", Why::TwoReferences, Some(usual)),
        ("/visit 12 14:00-15:00 LCS1234", Why::NotUnderstood, Some(usual)),
        ("/visit 1234 14:00-15:00", Why::NoReference, Some(usual)),
    ];
    for (text, why, fix) in cases {
        refuses(&room(), text, why, *fix);
    }
}

#[test]
fn personal_data_is_refused_and_not_repeated() {
    let texts = "/visit 12 High Street 14:00-15:00 | \
         /visit 14a Elm Rd 14:00-15:00 | \
         /visit SN15 1AB 14:00-15:00 | \
         /visit LCS1234 sn151ab 14:00-15:00 | \
         /visit Mrs Smith 14:00-15:00 | \
         /visit LCS1234 John Smith 14:00-15:00 | \
         /visit Doris 14:00-15:00 | \
         /visit Ann 14:00-15:00 | /visit jo 14:00-15:00 | \
         /visit LCS1234 Ann 14:00-15:00 | \
         /visit JO LI 14:00-15:00 | \
         /visit LCS1234 07700 900123 14:00-15:00 | \
         /visit LCS1234 14:00-15:00 j.smith@example.org | \
         /visit LCS1234 14:00-15:00 with Mrs Smith | \
         /visit Flat 3 14:00-15:00 | \
         /visit LCS1234 Müller 14:00-15:00";
    refuses(
        &room(),
        texts,
        &Why::Personal,
        Some("/visit LCS1234 14:00-15:00"),
    );
    refuses(
        &room(),
        "/Vist Mrs Smith",
        &Why::Personal,
        Some("/visit LCS1234 14:00-15:00"),
    );
    refuses(
        &room(),
        "/cancel Mrs Smith",
        &Why::Personal,
        Some("/cancel LCS1234"),
    );
    let Parsed::Bad(bad) = parse("/visit 12 High Street 14:00-15:00", &room()) else {
        panic!("not refused");
    };
    let text = wording(&bad);
    assert!(
        !text.contains("High")
            && text.contains("delete")
            && text.contains("shared")
            && text.contains("LCS1234")
    );
}

#[test]
fn unknown_commands() {
    let unknown = |word: Option<&str>, nearest: Option<&str>| Why::Unknown {
        word: word.map(str::to_owned),
        nearest: nearest.map(str::to_owned),
    };
    for (text, word, nearest) in [
        ("/vist", "vist", Some("visit")),
        ("/vist LCS1234", "vist", Some("visit")),
        ("!lfet", "lfet", Some("left")),
        ("lonewatch: arived", "arived", Some("arrived")),
        ("/frobnicate", "frobnicate", None),
        ("/polic A12", "polic", None),
        ("/polica", "polica", None),
    ] {
        refuses(&room(), text, &unknown(Some(word), nearest), None);
    }
    refuses(
        &thread(),
        "/polic A12",
        &unknown(Some("polic"), Some("police")),
        Some("/police A12"),
    );
    let long = format!("/left {}", "a ".repeat(3_000));
    refuses(&room(), &long, &Why::TooMuchText, None);
    notes(&direct(), &"left ".repeat(1_000));
}

#[test]
fn a_workers_answers_are_neutral() {
    for text in [
        "/vist",
        "/visit",
        "/visit 2-3",
        "/visit LCS1234 15:00-14:00",
        "/left 16:00",
        "/extend",
        "/polic",
        "/visit Mrs X",
    ] {
        let Parsed::Bad(bad) = parse(text, &direct()) else {
            panic!("{text} is not bad");
        };
        let said = wording(&bad).to_lowercase();
        for word in ["alarm", "danger", "police", "999"] {
            assert!(!said.contains(word), "{text}: {said}");
        }
    }
}
