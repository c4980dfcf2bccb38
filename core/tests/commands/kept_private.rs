//! Names and addresses beside a check-in; ordinary words of time that are neither.

use super::*;
use lonewatch_core::chat::wording::bad::bad as wording;
use lonewatch_core::domain::command::Extension;

fn told_privately(reference: Option<&str>, at: Option<DateTime<Utc>>) -> Told {
    Told {
        personal: true,
        ..told(reference, at, "")
    }
}

#[test]
fn a_check_in_counts_and_the_name_is_dropped() {
    let here = room();
    does(
        &here,
        "/left SN15 1AB | /left sn151ab | /left 12 High Street | /left at 12 High Street | \
         /left Mrs Smith | /left Mrs Smith's | /left 1600 Park Lane | /left, ring 07700 900123",
        Command::Left(told_privately(None, None)),
    );
    does(
        &here,
        "/arrived at Mrs Smith's, 12 High Street",
        Command::Arrived(told_privately(None, None)),
    );
    does(
        &here,
        "/left LCS1234 SN15 1AB 13:30 | /left 13:30 LCS1234 Mrs Smith | /left 12 High Street LCS1234 13:30",
        Command::Left(told_privately(
            Some("LCS1234"),
            Some(at("2026-03-02 13:30")),
        )),
    );
    refuses(
        &here,
        "/left LCS99 12 High Street",
        &Why::Personal,
        Some("/left"),
    );
}

#[test]
fn a_note_about_somebody_stays_a_note() {
    let chat = direct();
    notes(
        &chat,
        "left the keys with Mrs Smith | ok, Mrs Smith is in | arrived with Mrs Smith | left 12 High Street to itself | \
         home of Mrs Smith | left LCS1234 with Mrs Smith",
    );
    does(
        &chat,
        "left SN15 1AB | left sn151ab",
        Command::Left(told_privately(None, None)),
    );
    does(
        &chat,
        "left LCS1234 SN15 1AB 13:30",
        Command::Left(told_privately(
            Some("LCS1234"),
            Some(at("2026-03-02 13:30")),
        )),
    );
}

#[test]
fn an_extension_with_a_name_is_to_be_sent_again() {
    refuses(
        &room(),
        "/extend 45m SN151AB | /extend 45m SN15 1AB | /extend 45m Mrs Smith",
        &Why::Personal,
        Some("/extend 45m"),
    );
    let quiet = Command::Extend {
        reference: None,
        to: Extension::Minutes(30),
    };
    does(&room(), "/extend 30m please", quiet);
}

#[test]
fn words_of_time_are_nobodys_name() {
    let here = room();
    let usual = Some("/visit LCS1234 14:00-15:00");
    refuses(
        &here,
        "/visit LCS1234 2-3 this afternoon | /visit LCS1234 2-3 in the afternoon",
        &Why::AmPm,
        usual,
    );
    refuses(
        &here,
        "/visit LCS1234 tomorrow morning 9-10",
        &Why::AmPm,
        Some("/visit LCS1234 tomorrow 09:00-10:00"),
    );
    refuses(
        &here,
        "/visit LCS1234 2pm-3pm this afternoon | /visit LCS1234 14:00-15:00 after lunch",
        &Why::NotUnderstood,
        usual,
    );
    refuses(
        &here,
        "/visit LCS1234 half past two to three",
        &Why::AmPm,
        Some("/visit LCS1234 14:30-15:00"),
    );
    refuses(&here, "/visit LCS1234 two to three", &Why::AmPm, usual);
    refuses(&here, "/visit LCS1234 2ish", &Why::NoTime, usual);
    does(
        &here,
        "/visit LCS1234 14:00to15:00 | /visit LCS1234 2to3pm | /visit LCS1234 2pmto3pm | /visit LCS1234 14.00till15.00",
        Command::Visit(two_to_three()),
    );
}

#[test]
fn a_long_reference_is_one_that_is_not_known() {
    let token = "LCS123456789".to_owned();
    refuses(
        &room(),
        "/visit LCS123456789 14:00-15:00 | /visit lcs123456789 14:00-15:00",
        &Why::UnknownReference { token },
        Some("/visit LCS1234 14:00-15:00"),
    );
    // A number behind other letters may be anything.
    refuses(
        &room(),
        "/visit TEL07700900123 14:00-15:00",
        &Why::Personal,
        Some("/visit LCS1234 14:00-15:00"),
    );
}

#[test]
fn the_request_to_delete_is_plain() {
    let Parsed::Bad(bad) = parse("/visit Mrs Smith 14:00-15:00", &room()) else {
        panic!("not refused");
    };
    assert_eq!(
        wording(&bad),
        "What is logged here is shared, so I have not logged that. Please delete your message: names, addresses and \
         phone numbers of clients do not belong in it. Send, for example:\n/visit LCS1234 14:00-15:00"
    );
}
