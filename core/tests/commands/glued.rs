//! A command glued to what follows it, or mistyped: never a note behind a sign.

use super::*;
use lonewatch_core::chat::wording::bad::bad as wording;

fn meant(nearest: &str) -> Why {
    Why::Unknown {
        word: None,
        nearest: Some(nearest.to_owned()),
    }
}

#[test]
fn a_glued_command_is_answered_with_the_line() {
    for here in [room(), direct()] {
        for (texts, name, fix) in [
            (
                "/visitLCS1234 14:00-15:00 | /visit-LCS1234 14:00-15:00 | /visit/LCS1234 14:00-15:00 | \
                 !visitLCS1234 14:00-15:00 | /VisitLCS1234 14:00-15:00 | /visitingLCS1234 14:00-15:00",
                "visit",
                "/visit LCS1234 14:00-15:00",
            ),
            (
                "/leftLCS1234 | /left-LCS1234 | /outLCS1234",
                "left",
                "/left LCS1234",
            ),
            ("/leftLCS1234 13:30 words", "left", "/left LCS1234 13:30"),
            ("/arrivedLCS1234", "arrived", "/arrived LCS1234"),
            ("/okLCS1234", "ok", "/ok LCS1234"),
            ("/extendLCS1234 30m", "extend", "/extend 30m LCS1234"),
            ("/cancelLCS1234", "cancel", "/cancel LCS1234"),
            ("/ackA12", "ack", "/ack A12"),
            ("/reached@amira at home", "reached", "/reached @amira"),
        ] {
            refuses(&here, texts, &meant(name), Some(fix));
        }
    }
}

#[test]
fn a_reference_behind_a_sign_is_probably_a_visit() {
    refuses(
        &room(),
        "/LCS1234 14:00-15:00 | !LCS1234 14:00-15:00",
        &Why::MeantVisit,
        Some("/visit LCS1234 14:00-15:00"),
    );
    refuses(
        &direct(),
        "/LCS1234",
        &Why::NoTime,
        Some("/visit LCS1234 14:00-15:00"),
    );
}

#[test]
fn what_is_glued_to_a_name_is_not_repeated() {
    for text in [
        "/visitJohnSmith 14:00-15:00",
        "/visitSmith 14:00-15:00",
        "/leftSmith",
        "/sosSmith",
        "/okayJones",
        "/visit-12HighStreet 14:00-15:00",
    ] {
        let Parsed::Bad(bad) = parse(text, &room()) else {
            panic!("{text:?} gave {:?}", parse(text, &room()));
        };
        let said = wording(&bad).to_lowercase();
        assert!(!said.contains("smith") && !said.contains("high"), "{said}");
        assert!(!said.contains("jones"), "{said}");
        assert!(said.contains("/help") || said.contains("/visit"), "{said}");
    }
}

#[test]
fn notes_and_paths_stay_what_they_are() {
    notes(&direct(), "visiting | leftover food | visitor at the door");
    notes(&room(), "/etc/passwd | /usr/bin | /home/user/file");
    // On a worker's phone the police are not suggested.
    let Parsed::Bad(bad) = parse("/policeA12", &direct()) else {
        return;
    };
    assert!(!wording(&bad).contains("police"));
}

#[test]
fn a_reference_glued_to_a_plain_word_is_answered_too() {
    let chat = direct();
    let visit = Some("/visit LCS1234 14:00-15:00");
    refuses(
        &chat,
        "visitLCS1234 14:00-15:00 | Visit-LCS1234 14:00-15:00",
        &meant("visit"),
        visit,
    );
    refuses(&chat, "leftLCS1234", &meant("left"), Some("/left LCS1234"));
    notes(&chat, "leftLCX12 | visitSmith 14:00 | leftover LCS1234");
    notes(&room(), "visitLCS1234 14:00-15:00");
}

#[test]
fn a_mistyped_command_comes_with_its_line() {
    let unknown = |word: &str, nearest: &str| Why::Unknown {
        word: Some(word.to_owned()),
        nearest: Some(nearest.to_owned()),
    };
    refuses(
        &room(),
        "/vist LCS1234 2-3pm",
        &unknown("vist", "visit"),
        Some("/visit LCS1234 2-3pm"),
    );
    refuses(
        &room(),
        "/lfet LCS1234 13:30",
        &unknown("lfet", "left"),
        Some("/left LCS1234 13:30"),
    );
    refuses(
        &room(),
        "/vist 12 High Street 14:00-15:00",
        &Why::Personal,
        Some("/visit LCS1234 14:00-15:00"),
    );
}

#[test]
fn a_call_for_help_may_be_glued() {
    let sos = |words: &str| Command::Sos {
        words: words.to_owned(),
    };
    does(&room(), "/soshelp", sos("soshelp"));
    does(&direct(), "helpme | helpme!!", sos("helpme"));
    does(&room(), "/helpme", sos("helpme"));
    refuses(&room(), "/soshehasaknife", &meant("sos"), Some("/sos"));
}
