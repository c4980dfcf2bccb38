//! Direct chats, group rooms, and calls for help.

use super::*;
use lonewatch_core::domain::command::Extension;

#[test]
fn a_direct_chat_needs_no_prefix() {
    let chat = direct();
    let plain = Told::default;
    does(
        &chat,
        "left | Left. | I\u{2019}ve left | left now | just left | I'm out | left 👍 | done | left safe | \
         left, thanks | left all ok | Left!!!",
        Command::Left(plain()),
    );
    does(
        &chat,
        "ok | OK | okay | I'm ok | im ok | all ok | ok thanks | yes I'm ok | still here | fine",
        Command::Ok(plain()),
    );
    does(
        &chat,
        "arrived | I've arrived | arrived now",
        Command::Arrived(plain()),
    );
    does(&chat, "home | I'm home | home safe", Command::Home(plain()));
    does(
        &chat,
        "office | at office | back at the office",
        Command::Office(plain()),
    );
    does(
        &chat,
        "left LCS1234 | I've left lcs1234",
        Command::Left(told(Some("LCS1234"), None, "")),
    );
    does(
        &chat,
        "left 13:30 | left at 13.30 | left 15 min ago",
        Command::Left(told(None, Some(at("2026-03-02 13:30")), "")),
    );
}

#[test]
fn other_commands_without_prefix() {
    let chat = direct();
    does(
        &chat,
        "visit LCS1234 14:00-15:00 | Visit lcs1234 2-3pm | /visit LCS1234 14:00-15:00",
        Command::Visit(two_to_three()),
    );
    let thirty = Command::Extend {
        reference: None,
        to: Extension::Minutes(30),
    };
    does(
        &chat,
        "extend 30m | extend 30 | extend by 30 minutes | 30 more minutes | I need another 30 mins | 30 more",
        thirty,
    );
    does(
        &chat,
        "ring me | please ring me | Call me please",
        Command::RingMe,
    );
    does(&chat, "undo", Command::Undo);
    does(&chat, "mine", Command::Mine);
    does(&chat, "board", Command::Board);
    does(
        &chat,
        "cancel LCS1234",
        Command::Cancel {
            reference: Some("LCS1234".to_owned()),
        },
    );
    does(
        &chat,
        "help visit",
        Command::Help {
            topic: Some("visit".to_owned()),
        },
    );
    does(&chat, "ack A12", Command::Ack(alarm(12)));
    does(
        &chat,
        "noanswer amira | no answer from amira",
        Command::NoAnswer {
            target: who("amira"),
            words: String::new(),
        },
    );
}

#[test]
fn anything_else_is_a_note() {
    let chat = direct();
    notes(
        &chat,
        "he has locked the door | visit with the family went fine | left the keys with him | left? | ok? | \
         I'm ok but he is angry | is ben home | fine day | at the door of the neighbour | reached her at last | \
         police were here before | seen the dog again | cancel that please she said | extend my sympathy | \
         leaving now | duress at work | 30 | yes | reached the door | seen him twice | hello |  |     | ... | purple folder | not left yet | > /left",
    );
}

#[test]
fn a_plain_attempt_is_answered() {
    let chat = direct();
    refuses(
        &chat,
        "visit",
        &Why::NoReference,
        Some("/visit LCS1234 14:00-15:00"),
    );
    refuses(
        &chat,
        "visit LCS1234",
        &Why::NoTime,
        Some("/visit LCS1234 14:00-15:00"),
    );
    refuses(
        &chat,
        "visit Mrs Smith 14:00-15:00",
        &Why::Personal,
        Some("/visit LCS1234 14:00-15:00"),
    );
    refuses(
        &chat,
        "visit LCS1234 2-3",
        &Why::AmPm,
        Some("/visit LCS1234 14:00-15:00"),
    );
    refuses(
        &chat,
        "LCS1234 14:00-15:00",
        &Why::MeantVisit,
        Some("/visit LCS1234 14:00-15:00"),
    );
    refuses(
        &chat,
        "extend | extend please | I need more time",
        &Why::NoAmount,
        Some("/extend 30m"),
    );
    refuses(&chat, "left 15:30", &Why::StillToCome, Some("/left"));
}

#[test]
fn a_group_room_hears_only_what_is_addressed() {
    notes(
        &room(),
        "left | ok | help | sos | police | visit LCS1234 14:00-15:00 | /etc/passwd | /usr/bin | // a thought | \
         lonewatch is great | I asked lonewatch: visit | !!! | / | ¯\\_(ツ)_/¯ | ack",
    );
}

#[test]
fn calls_for_help() {
    let sos = |words: &str| Command::Sos {
        words: words.to_owned(),
    };
    for text in [
        "help",
        "Help",
        "HELP",
        "help me",
        "help please",
        "please help me",
        "999",
        "police",
        "call the police",
        "call 999",
        "emergency",
        "help help",
        "help he has a knife",
    ] {
        does(
            &direct(),
            &format!("{text} | {text}!! |  {text}. "),
            sos(text),
        );
        notes(&room(), text);
    }
    does(&direct(), "sos | SOS | sos! | /sos | //sos | !sos", sos(""));
    does(&room(), "/999", sos("999"));
    does(
        &direct(),
        "sos he has a knife | SOS! he has a knife | /sos he has a knife",
        sos("he has a knife"),
    );
    does(
        &room(),
        "/sos he has a knife | lonewatch: sos he has a knife",
        sos("he has a knife"),
    );
    does(&room(), "/help me | @lonewatch help me", sos("help me"));
    does(
        &room(),
        "/help | @lonewatch help | lonewatch help | @lonewatch",
        Command::Help { topic: None },
    );
    does(&direct(), "/help | /help .", Command::Help { topic: None });
    does(
        &room(),
        "/help visit | /help /visit | /visit? | /help vist",
        Command::Help {
            topic: Some("visit".to_owned()),
        },
    );
    notes(
        &direct(),
        "can you help me with the form | helpful visit | sosage rolls | police station next door",
    );
    let long = format!("/sos {}", "a".repeat(5_000));
    assert!(matches!(
        parse(&long, &room()),
        Parsed::Command(Command::Sos { .. })
    ));
}

#[test]
fn a_mistyped_visit_is_not_lost_as_a_note() {
    refuses(
        &direct(),
        "vist LCS1234 14:00-15:00 | vsit LCS1234 14:00-15:00 | Viist LCS1234 14:00-15:00",
        &Why::MeantVisit,
        Some("/visit LCS1234 14:00-15:00"),
    );
    notes(&direct(), "list of things | visa stuff");
}

#[test]
fn a_category_in_plain_words() {
    let category = |reference: Option<&str>, category| Command::Category {
        reference: reference.map(str::to_owned),
        category,
    };
    does(
        &direct(),
        "cat 2 | Cat 2. | cat2 | category 2 | Category two | it's cat 2 | category 2 please | /cat 2 | /cat2 | /category 2",
        category(None, 2),
    );
    does(
        &direct(),
        "cat 1 LCS1234 | LCS1234 cat 1 | LCS1234 is category 1",
        category(Some("LCS1234"), 1),
    );
    does(&room(), "/cat 1 | !category one", category(None, 1));
    notes(
        &direct(),
        "the cat is ill | 2 | cat | cat 2 or cat 1 | cat 2 they have a dog | is it cat 2?",
    );
    notes(&room(), "cat 2");
    refuses(
        &room(),
        "/cat | /cat 3 | /cat 1 or 2",
        &Why::WhichCategory,
        Some("/cat 1"),
    );
    refuses(
        &room(),
        "/cat 2 LC12",
        &Why::UnknownReference {
            token: "LC12".to_owned(),
        },
        Some("/cat 2"),
    );
}

#[test]
fn ones_own_car_in_plain_words() {
    use lonewatch_core::domain::command::RosterCommand;
    use lonewatch_core::domain::team_state::Detail;
    let car =
        |value: &str| Command::Roster(RosterCommand::Me(Some((Detail::Vehicle, value.to_owned()))));
    let here = direct();
    does(
        &here,
        "me car red fiesta AB12 CDE | /me car red fiesta AB12 CDE",
        car("red fiesta AB12 CDE"),
    );
    does(
        &here,
        "me vehicle ab12cde, red Fiesta",
        car("ab12cde, red Fiesta"),
    );
    does(
        &here,
        "me vehicle none | /me vehicle none | me car none | /me car no car | me vehicle no",
        car("none"),
    );
    notes(
        &here,
        "me car has broken down | me car has broken down at LCS1234 | me vehicle | me address 1 Example Street | no car",
    );
}
