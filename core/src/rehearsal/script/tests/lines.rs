//! What stands behind the time.

use super::*;
use crate::rehearsal::glob::Glob;

/// The last line means this.
fn check(line: &str, expected: &What) {
    let read = Script::line(line, utc("2026-03-02 13:45:00"), London, &people, 1).expect(line);
    assert_eq!(&read.what, expected, "{line}");
}

#[test]
fn what_people_do() {
    let act = |act| What::Act {
        who: "amira".to_owned(),
        act,
    };
    let say = |place, text: &str| {
        act(Act::Say {
            place,
            text: text.to_owned(),
        })
    };
    check(
        "13:50 amira > team: /visit LCS1: 14:00 ",
        &say(SayPlace::Team, "/visit LCS1: 14:00 "),
    );
    check("13:50 amira>managers:ok", &say(SayPlace::Managers, "ok"));
    check(
        "  13:50   amira  >  bot :  left",
        &say(SayPlace::Bot, "left"),
    );
    let key = "👍".to_owned();
    check(
        "13:50 amira reacts 👍",
        &act(Act::Reacts {
            key: key.clone(),
            to: None,
        }),
    );
    let to = Some(Glob::parse("*LCS1*"));
    check(
        "13:50 amira reacts 👍 to *LCS1*",
        &act(Act::Reacts { key, to }),
    );
    let replies = |to: &str, text: &str| {
        let (to, text) = (Glob::parse(to), text.to_owned());
        act(Act::Replies { to, text })
    };
    check(
        "13:50 amira replies to *14:00*: left: fine",
        &replies("*14:00*", "left: fine"),
    );
    check(
        "13:50 amira replies to *at: 14:00* && *x*: ok",
        &replies("*at: 14:00* && *x*", "ok"),
    );
    check(
        "13:50 amira replies to Are you well?: ok",
        &replies("Are you well?", "ok"),
    );
    check(
        "13:50 amira replies to *14:00*:ok",
        &replies("*14:00*", "ok"),
    );
    check(
        "13:50 amira edits: /left",
        &act(Act::Edits {
            text: "/left".to_owned(),
        }),
    );
    check("13:50 amira redacts", &act(Act::Redacts));
    let place = "51.3490,-1.9943".to_owned();
    check(
        "13:50 amira shares location 51.3490,-1.9943",
        &act(Act::SharesLocation { place }),
    );
    check("13:50 amira sends unreadable", &act(Act::Unreadable));
}

#[test]
fn what_the_world_does() {
    check("13:50 ! crash", &What::World(World::Crash));
    check(
        "13:50 ! bot down 30m",
        &What::World(World::BotDown(chrono::Duration::minutes(30))),
    );
    let down = World::HomeserverDown(chrono::Duration::minutes(90));
    check("13:50 ! homeserver down 1h30m", &What::World(down));
    check(
        "13:50 ! refuse amira",
        &What::World(World::Refuse("amira".to_owned())),
    );
    let invited = World::Invited("amira".to_owned());
    check("13:50 ! invited amira", &What::World(invited));
}

#[test]
fn expectations() {
    let expect = |place, pings: Option<(&[&str], bool)>, glob: &str| {
        What::Expect(Expect {
            place,
            pings: pings.map(|(people, at_least)| Pings {
                people: people.iter().map(|&id| id.to_owned()).collect(),
                at_least,
            }),
            glob: Glob::parse(glob),
        })
    };
    check(
        "13:50 bot > team: a: b [c]",
        &expect(ExpectPlace::Team, None, "a: b [c]"),
    );
    let both: &[&str] = &["dan", "carol"];
    check(
        "13:50 bot > managers [dan carol]: *",
        &expect(ExpectPlace::Managers, Some((both, false)), "*"),
    );
    check(
        "13:50 bot > * [dan carol ...]: *",
        &expect(ExpectPlace::Any, Some((both, true)), "*"),
    );
    let ben = ExpectPlace::Person("ben".to_owned());
    check(
        "13:50 bot > ben []: *",
        &expect(ben, Some((&[], false)), "*"),
    );
    let email = ExpectPlace::Email("edt@example.org".to_owned());
    check(
        "13:50 bot > email:edt@example.org: *Amira*",
        &expect(email, None, "*Amira*"),
    );
    let sms = ExpectPlace::Sms("07700 900101".to_owned());
    check(
        "13:50 bot > sms:07700 900101: *Amira*",
        &expect(sms, None, "*Amira*"),
    );
    check("13:50 quiet", &What::Quiet);
    let never = |people: &[&str]| {
        What::Never(Never {
            place: ExpectPlace::Team,
            people: people.iter().map(|&id| id.to_owned()).collect(),
            glob: Glob::parse("*police*"),
        })
    };
    check("never > team: *police*", &never(&[]));
    check(
        "14:00..15:00 never > team [dan]: *police*",
        &never(&["dan"]),
    );
}
