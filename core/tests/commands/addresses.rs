//! Visits to people who have no reference yet, and the address of a visit (Rotherham 2, Al-Hasaniya).

use super::*;
use lonewatch_core::chat::parse::{AddressAs, may_hold_address, reads_as_address};
use lonewatch_core::domain::command::{AddressWord, Extension};

/// A team whose policy asks for addresses.
fn asking(ctx: Listening<'static>) -> Listening<'static> {
    Listening {
        new_visits: true,
        ..ctx
    }
}

fn new(reference: &str) -> VisitRequest {
    VisitRequest {
        reference: reference.to_owned(),
        ..two_to_three()
    }
}

fn address(reference: Option<&str>, what: AddressWord) -> Command {
    Command::Address {
        reference: reference.map(str::to_owned),
        what,
    }
}

fn give(reference: Option<&str>, words: &str) -> Command {
    address(reference, AddressWord::Give(words.to_owned()))
}

#[test]
fn a_visit_to_somebody_without_a_reference() {
    for ctx in [asking(room()), asking(direct())] {
        does(
            &ctx,
            "/visit NEW 14:00-15:00 | /visit new 2-3pm | /visit 14:00-15:00 new | /visit new, 14:00 for 1h | !visit NEW: 1400-1500 | \
             /visit a new 14:00 to 15:00 | /visit NEW1 14:00-15:00 | /visit new from 2 to 3pm",
            Command::Visit(new("NEW")),
        );
        does(
            &ctx,
            "/visit NEW2 14:00-15:00 | /visit new2 2-3pm | /visit NEW-2 14:00-15:00",
            Command::Visit(new("NEW2")),
        );
        let with = VisitRequest {
            initials: Some("AB".to_owned()),
            back: Some(at("2026-03-02 15:30")),
            ..new("NEW")
        };
        does(
            &ctx,
            "/visit NEW AB 14:00-15:00 back 15:30 | /visit AB new 14:00-15:00 back 15:30",
            Command::Visit(with),
        );
        // Beside a number they are initials.
        let initials = VisitRequest {
            initials: Some("NEW".to_owned()),
            ..two_to_three()
        };
        does(
            &ctx,
            "/visit LCS1234 NEW 14:00-15:00 | /visit NEW LCS1234 14:00-15:00",
            Command::Visit(initials),
        );
        refuses(
            &ctx,
            "/visit NEW NEW2 14:00-15:00",
            &Why::TwoReferences,
            Some("/visit NEW 14:00-15:00"),
        );
        refuses(
            &ctx,
            "/visit NEW Mrs Sample 14:00-15:00 | /visit NEW 12 High Street 14:00-15:00",
            &Why::Personal,
            Some("/visit NEW 14:00-15:00"),
        );
        refuses(
            &ctx,
            "/visit NEW",
            &Why::NoTime,
            Some("/visit NEW 14:00-15:00"),
        );
    }
}

#[test]
fn elsewhere_it_is_refused_with_a_reference_to_send() {
    for ctx in [room(), direct()] {
        refuses(
            &ctx,
            "/visit NEW 14:00-15:00 | /visit new 2-3pm | /visit NEW2 14:00-15:00",
            &Why::NoNewVisits,
            Some("/visit LCS1234 14:00-15:00"),
        );
    }
    let initials = VisitRequest {
        initials: Some("NEW".to_owned()),
        ..two_to_three()
    };
    does(
        &room(),
        "/visit LCS1234 NEW 14:00-15:00",
        Command::Visit(initials),
    );
}

#[test]
fn its_other_commands() {
    let chat = asking(direct());
    does(
        &chat,
        "/left NEW | left new | /left new",
        Command::Left(told(Some("NEW"), None, "")),
    );
    does(
        &chat,
        "/left NEW2 13:40 | left new2 at 13:40",
        Command::Left(told(Some("NEW2"), Some(at("2026-03-02 13:40")), "")),
    );
    // An ordinary word: her visit ends, whatever it is called.
    does(
        &chat,
        "/left new keys at the desk",
        Command::Left(told(None, None, "new keys at the desk")),
    );
    notes(
        &chat,
        "left new keys at the desk | the new one is nice | new phone, who is this",
    );
    does(
        &chat,
        "/extend NEW2 30m | /extend 30m NEW2",
        Command::Extend {
            reference: Some("NEW2".to_owned()),
            to: Extension::Minutes(30),
        },
    );
    does(
        &chat,
        "/cancel NEW | cancel new",
        Command::Cancel {
            reference: Some("NEW".to_owned()),
        },
    );
    refuses(
        &chat,
        "NEW 14:00-15:00",
        &Why::MeantVisit,
        Some("/visit NEW 14:00-15:00"),
    );
    // A flag there would be one at everybody who is not on the system.
    let Parsed::Bad(_) = parse("/risk NEW flag review 2026-06-01", &chat) else {
        panic!("a flag at nobody");
    };
}

#[test]
fn the_address_in_the_direct_chat() {
    let chat = asking(direct());
    does(
        &chat,
        "/address LCS1234 Mrs Sample, 12 High Street | address LCS1234: Mrs Sample, 12 High Street | \
         /address LCS 1234 Mrs Sample, 12 High Street | /adress LCS1234 is Mrs Sample, 12 High Street",
        give(Some("LCS1234"), "Mrs Sample, 12 High Street"),
    );
    does(
        &chat,
        "/address 12 High Street | address is 12 High Street",
        give(None, "12 High Street"),
    );
    does(&chat, "/address SN15 1AB", give(None, "SN15 1AB"));
    does(
        &chat,
        "/address NEW 12 High Street | /address new 12 High Street",
        give(Some("NEW"), "12 High Street"),
    );
    does(&chat, "/address New Road 3", give(None, "New Road 3"));
    does(
        &chat,
        "/address NEW2 Mrs Sample",
        give(Some("NEW2"), "Mrs Sample"),
    );
    does(&chat, "/address", address(None, AddressWord::Ask));
    does(
        &chat,
        "/address LCS1234 clear | /address LCS1234 delete",
        address(Some("LCS1234"), AddressWord::Clear),
    );
    does(&chat, "/address clear", address(None, AddressWord::Clear));
    refuses(
        &chat,
        "/address LCS99 12 High Street",
        &Why::AddressOfWhich,
        None,
    );
    let long = format!("/address {}", "very ".repeat(80));
    refuses(&chat, &long, &Why::AddressLong, None);
    notes(
        &chat,
        "address book is at the office | address the problem later",
    );
}

#[test]
fn never_where_others_read_it() {
    let texts = "/address LCS1234 Mrs Sample, 12 High Street | !address 12 High Street | lonewatch: address NEW Mrs Sample | \
                 /address LCS1234 clear | /address";
    for ctx in [room(), asking(room()), thread()] {
        refuses(&ctx, texts, &Why::AddressHere, None);
    }
    // A slip of the pen repeats nothing.
    for text in [
        "/addres 12 High Street",
        "/address12 High Street",
        "/addressLCS1234 12 High Street",
    ] {
        let Parsed::Bad(bad) = parse(text, &room()) else {
            panic!("{text}");
        };
        let shown = lonewatch_core::chat::wording::bad::bad(&bad);
        assert!(bad.may_be_address(), "{text}: {bad:?}");
        assert!(!shown.contains("High"), "{text}: {shown}");
    }
}

/// In which of the three ways words are taken for an address.
fn taken(text: &str) -> [bool; 3] {
    let chat = asking(direct());
    [AddressAs::Certain, AddressAs::Alone, AddressAs::Answer]
        .map(|how| reads_as_address(text, how, &chat))
}

#[test]
fn which_words_are_an_address() {
    // Also while she is on the visit, in answer to the question.
    for text in [
        "12 High Street",
        "Mrs Sample, 12 High Street, Wath",
        "Mrs Sample",
        "Mr & Mrs Sample",
        "Flat 3, The Old Mill, 2-4 Mill Lane",
        "S60 1AB",
        "The Old Vicarage, s60 1ab",
        "Mr Sample\n7 Elm Rd\nRotherham",
        "Mrs Sample 12",
        "The address is 12 High Street",
        "It's 12 High Street",
        "Flat C, 2nd Floor, 14 O'Hara Close",
    ] {
        assert!(taken(text)[0] && taken(text)[2], "{text}");
    }
    // By themselves, soon after the question, while she is on no visit.
    for text in ["14a The Paddocks", "Flat 3", "12 HIGH STREET, WATH"] {
        assert_eq!(taken(text), [false, true, true], "{text}");
    }
    // Enough as an answer to the question, and not by themselves.
    for text in [
        "The Old Vicarage, Wath",
        "Mill Lane",
        "number 12",
        "12 high street",
        "14a old mill lane, Wath",
    ] {
        assert_eq!(taken(text), [false, false, true], "{text}");
    }
}

#[test]
fn what_has_to_reach_people_is_no_address() {
    for text in [
        "He has locked the door of flat 3",
        "there are 3 men at 12 High Street",
        "Mrs Sample has a knife",
        "I am at 12 High Street",
        "police to 12 High Street",
        "stuck in flat 3",
        "can't get out of 12 High Street",
        "Feel unsafe, 2 guys outside",
        "Flat 3 attacker, bring backup",
        "Flat 3 Attacker, Bring Backup",
        "FLAT 3 ATTACKER",
        "Attacked 12 High Street",
        "trapped Flat 3",
        "Scared. 12 High Street",
        "3 Lads Following",
        "Mr Sample kicked off",
        "Mr Sample Kicked Off",
        "Mrs Sample wobbly on her feet",
        "2 odd fellows near 12 High Street",
        "Need Backup 12 High Street",
        "12 High Street, son turned up",
        "Flat 3 kitchen S60 1AB",
        "the mill, mill lane",
        "thank you",
        "ok",
        "all fine",
        "Is it 12 High Street?",
        "Back at 14:30",
        "",
    ] {
        assert_eq!(taken(text), [false; 3], "{text}");
    }
    // Nor behind the bare word; with a sign it is a command.
    let chat = asking(direct());
    notes(
        &chat,
        "address feel unsafe, 2 guys outside | address is flat 3 attacker | address LCS1234 2 guys outside | address Flat 3",
    );
    does(
        &chat,
        "address LCS1234 The Old Vicarage, Wath",
        give(Some("LCS1234"), "The Old Vicarage, Wath"),
    );
    // What nobody deals with any more is read the other way.
    for text in ["stuck in flat 3", "Mill Lane", "s60 1ab", "John Sample"] {
        assert!(may_hold_address(text, &chat), "{text}");
    }
    assert!(!may_hold_address("all fine", &chat));
}
