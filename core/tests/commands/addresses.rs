//! Visits to people who have no reference yet, and the address of a visit (Rotherham 2, Al-Hasaniya).

use super::*;
use lonewatch_core::chat::parse::reads_as_address;
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

#[test]
fn which_words_are_an_address() {
    let chat = asking(direct());
    for text in [
        "12 High Street",
        "Mrs Sample, 12 High Street, Wath",
        "Flat 3, The Old Mill, Mill Lane",
        "S60 1AB",
        "14a The Paddocks",
        "Mr Sample\n7 Elm Rd\nRotherham",
        "Mrs Sample 12",
        "The address is 12 High Street",
        "It's 12 High Street",
    ] {
        assert!(reads_as_address(text, false, &chat), "{text}");
        assert!(reads_as_address(text, true, &chat), "{text}");
    }
    // Enough as an answer to the question, and not by themselves.
    for text in [
        "The Old Vicarage, Wath",
        "Mrs Sample",
        "the mill, mill lane",
        "number 12",
    ] {
        assert!(reads_as_address(text, true, &chat), "{text}");
        assert!(!reads_as_address(text, false, &chat), "{text}");
    }
    // These have to reach people.
    for text in [
        "He has locked the door of flat 3",
        "there are 3 men at 12 High Street",
        "Mrs Sample has a knife",
        "I am at 12 High Street",
        "police to 12 High Street",
        "stuck in flat 3",
        "can't get out of 12 High Street",
        "thank you",
        "ok",
        "all fine",
        "Is it 12 High Street?",
        "",
    ] {
        assert!(!reads_as_address(text, false, &chat), "{text}");
        assert!(!reads_as_address(text, true, &chat), "{text}");
    }
}
