//! Check-ins and extensions behind a prefix.

use super::*;
use lonewatch_core::domain::command::Extension;

#[test]
fn check_ins() {
    let here = room();
    does(
        &here,
        "/left | //left | !LEFT | /left. | /left now | /done",
        Command::Left(Told::default()),
    );
    does(&here, "/arrived", Command::Arrived(Told::default()));
    does(
        &here,
        "/ok | /okay | @lonewatch ok",
        Command::Ok(Told::default()),
    );
    does(&here, "/home", Command::Home(Told::default()));
    does(&here, "/office", Command::Office(Told::default()));
    does(&here, "/ringme | /ring me | /call me", Command::RingMe);
    does(
        &here,
        "/cancel LCS1234 | /cancel the visit lcs1234, client ill",
        Command::Cancel {
            reference: Some("LCS1234".to_owned()),
        },
    );
}

#[test]
fn told_late() {
    let here = room();
    let at_half_past = Some(at("2026-03-02 13:30"));
    does(
        &here,
        "/left 13:30 | /left at 13.30 | /left 1330 | /left 1:30pm | /left 1:30 | /left 15 min ago | /left 15m ago",
        Command::Left(told(None, at_half_past, "")),
    );
    does(
        &here,
        "/left LCS1234 13:30 all fine | /left 13:30 lcs1234 all fine | /left from LCS1234 at 13:30 all fine",
        Command::Left(told(Some("LCS1234"), at_half_past, "all fine")),
    );
    does(
        &here,
        "/ok, with the neighbour until 4",
        Command::Ok(told(None, None, "with the neighbour until 4")),
    );
    does(
        &here,
        "/left, going to LCS1235",
        Command::Left(told(None, None, "going to LCS1235")),
    );
    // Two minutes ahead is a clock that goes differently; it counts as now.
    does(
        &here,
        "/left 13:47",
        Command::Left(told(None, Some(here.now), "")),
    );
}

#[test]
fn told_wrongly() {
    let here = room();
    refuses(
        &here,
        "/left 13:48 | /left at 16:00",
        &Why::StillToCome,
        Some("/left"),
    );
    refuses(
        &here,
        "/arrived LCS1234 14:00",
        &Why::StillToCome,
        Some("/arrived LCS1234"),
    );
    refuses(
        &here,
        "/left 25:00",
        &Why::NotATime {
            token: "25:00".to_owned(),
        },
        Some("/left"),
    );
    refuses(
        &here,
        "/left LC1234",
        &Why::UnknownReference {
            token: "LC1234".to_owned(),
        },
        Some("/left"),
    );
    // Another visit must not be cleared, or called off, by a slip.
    for name in ["left", "cancel"] {
        let fix = if name == "left" {
            "/left"
        } else {
            "/cancel LCS1234"
        };
        let why = Why::UnknownReference {
            token: "LCS99".to_owned(),
        };
        refuses(&here, &format!("/{name} lcs99"), &why, Some(fix));
    }
    let night = Listening {
        now: at("2026-03-03 00:20"),
        ..room()
    };
    does(
        &night,
        "/left 23:50",
        Command::Left(told(None, Some(at("2026-03-02 23:50")), "")),
    );
    refuses(&night, "/left 17:50", &Why::StillToCome, Some("/left"));
}

#[test]
fn extending() {
    let here = room();
    let minutes = |n| Command::Extend {
        reference: None,
        to: Extension::Minutes(n),
    };
    let until = |t: &str| Command::Extend {
        reference: None,
        to: Extension::Until(at(t)),
    };
    does(
        &here,
        "/extend 30m | /extend 30 | /extend by 30 minutes | /extend half an hour | /extend30m | \
         /extend 30 mins please",
        minutes(30),
    );
    does(
        &here,
        "/extend 90 | /extend 1h30 | /extend 1.5h | /extend 1 hour 30 | /extend an hour and a half",
        minutes(90),
    );
    does(
        &here,
        "/extend until 15:45 | /extend to 15:45 | /extend till 15.45 | /extend until 3:45 | /extend 15:45 | \
         /extend until 1545 | /extend until quarter to four",
        until("2026-03-02 15:45"),
    );
    does(
        &here,
        "/extend 30m LCS1234 | /extend LCS1234 30m | /extend lcs1234 by 30",
        Command::Extend {
            reference: Some("LCS1234".to_owned()),
            to: Extension::Minutes(30),
        },
    );
    let night = Listening {
        now: at("2026-03-02 23:30"),
        ..room()
    };
    does(&night, "/extend until 00:30", until("2026-03-03 00:30"));
}

#[test]
fn extending_by_how_much() {
    let here = room();
    refuses(
        &here,
        "/extend | /extend please | /extend 0",
        &Why::NoAmount,
        Some("/extend 30m"),
    );
    refuses(
        &here,
        "/extend LCS1234",
        &Why::NoAmount,
        Some("/extend 30m LCS1234"),
    );
    refuses(
        &here,
        "/extend 13h | /extend 721",
        &Why::TooLong,
        Some("/extend 30m"),
    );
    refuses(
        &here,
        "/extend until 13:00",
        &Why::Past,
        Some("/extend 30m"),
    );
    refuses(
        &here,
        "/extend until 25:00",
        &Why::NotATime {
            token: "25:00".to_owned(),
        },
        Some("/extend 30m"),
    );
}
