//! Slips of the thumb, and lines to send that say just what was meant.

use super::*;

#[test]
fn longer_than_twelve_hours_through_the_night() {
    refuses(
        &room(),
        "/visit LCS1234 14:00-03:00 | /visit LCS1234 2pm-3am",
        &Why::TooLong,
        Some("/visit LCS1234 14:00-02:00"),
    );
    refuses(
        &room(),
        "/visit LCS1234 15:00-14:00",
        &Why::EndBeforeStart,
        Some("/visit LCS1234 14:00-15:00"),
    );
}

#[test]
fn no_time_at_all_is_not_too_long() {
    let usual = Some("/visit LCS1234 14:00-15:00");
    refuses(
        &room(),
        "/visit LCS1234 for 0m | /visit LCS1234 14:00 for 0m",
        &Why::NoEnd,
        usual,
    );
}

#[test]
fn commas_for_colons() {
    does(
        &room(),
        "/visit LCS1234 14;00-15;00 | /visit LCS1234 14,00-15,00 | /visit LCS1234 14,00 - 15,00 | \
         /visit LCS1234, 14;00 to 15;00",
        Command::Visit(two_to_three()),
    );
    does(
        &room(),
        "/left 13;30 | /left at 13,30 | /left half past one | /left at half past 1",
        Command::Left(told(None, Some(at("2026-03-02 13:30")), "")),
    );
    does(
        &room(),
        "/extend until 15;45",
        Command::Extend {
            reference: None,
            to: lonewatch_core::domain::command::Extension::Until(at("2026-03-02 15:45")),
        },
    );
    does(
        &room(),
        "/visit LCS1234,cat 1,14-15 | /visit cat 1,14:00-15:00,LCS1234",
        Command::Visit(VisitRequest {
            category: Some(1),
            ..two_to_three()
        }),
    );
}

#[test]
fn the_category_is_not_forgotten() {
    refuses(
        &room(),
        "/visit LCS1234 14:00-15:00 cat 3 | /visit LCS1234 cat 0 14:00-15:00",
        &Why::Category,
        Some("/visit LCS1234 cat 1 14:00-15:00"),
    );
}

#[test]
fn letters_without_their_number_are_no_initials() {
    let token = "LCS".to_owned();
    refuses(
        &room(),
        "/visit LCS 14:00-15:00 | /visit lcs 14:00-15:00",
        &Why::UnknownReference { token },
        Some("/visit LCS1234 14:00-15:00"),
    );
}

#[test]
fn help_about_a_command_without_a_sign() {
    for topic in ["left", "ok", "home", "office", "visit", "arrived"] {
        does(
            &direct(),
            &format!("help {topic} | Help {topic}."),
            Command::Help {
                topic: Some(topic.to_owned()),
            },
        );
    }
    does(
        &direct(),
        "help responders",
        Command::Help {
            topic: Some("responders".to_owned()),
        },
    );
    does(
        &direct(),
        "ringme | ring me | Ring me. | RING ME... | ring-me",
        Command::RingMe,
    );
    notes(
        &direct(),
        "help ben | help left him alone | ring me tomorrow",
    );
}

#[test]
fn only_the_end_that_the_clocks_skip_is_moved() {
    let spring = Listening {
        now: at("2026-03-28 20:00"),
        ..room()
    };
    refuses(
        &spring,
        "/visit LCS1234 23:30-01:30",
        &Why::Skipped,
        Some("/visit LCS1234 23:30-02:30"),
    );
}
