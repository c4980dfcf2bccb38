//! Text to commands: every form and every bad input of the issue, and what tired thumbs make of them.

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use lonewatch_core::chat::bad::Why;
use lonewatch_core::chat::parse::{Listening, Parsed, PersonName, parse};
use lonewatch_core::domain::command::{Command, Target, Told, VisitRequest};
use lonewatch_core::domain::ids::{AlarmNumber, PersonId};
use std::sync::LazyLock;

mod addresses;
mod backwards;
mod check_ins;
mod direct;
mod drills;
mod evening;
mod glued;
mod kept_private;
mod properties;
mod refused;
mod responders;
mod sightings;
mod slips;
mod visits;

static PEOPLE: LazyLock<Vec<PersonName>> = LazyLock::new(|| {
    let person = |id: &str, name: &str| PersonName {
        id: PersonId::from(id),
        name: name.to_owned(),
        matrix: Some(format!("@{id}:localhost")),
    };
    vec![
        person("amira", "Amira Khan"),
        person("ben", "Ben Jones"),
        person("carol", "Carol Diaz"),
        person("hana", "Hana Ito"),
        person("sam1", "Sam Green"),
        person("sam2", "Sam Brown"),
    ]
});
static BOT: LazyLock<Vec<String>> = LazyLock::new(|| {
    ["lonewatch", "@lonewatch:localhost", "Lone Watch"]
        .map(str::to_owned)
        .to_vec()
});
static REFERENCE: LazyLock<regex::Regex> =
    LazyLock::new(|| regex::Regex::new("^(LCS|EHM|LAS)[0-9]{3,8}$").expect("a pattern"));

/// A local time in London.
fn at(local: &str) -> DateTime<Utc> {
    let naive = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").expect("a local time");
    London
        .from_local_datetime(&naive)
        .earliest()
        .expect("a time")
        .to_utc()
}

/// A Monday, 13:45, in a group room.
fn room() -> Listening<'static> {
    Listening {
        now: at("2026-03-02 13:45"),
        tz: London,
        direct: false,
        answering: false,
        bot_names: &BOT,
        people: &PEOPLE,
        reference: &REFERENCE,
        reference_example: "LCS1234",
        new_visits: false,
    }
}

fn direct() -> Listening<'static> {
    Listening {
        direct: true,
        ..room()
    }
}

fn thread() -> Listening<'static> {
    Listening {
        answering: true,
        ..room()
    }
}

/// One helper: every text gives this.
fn check(ctx: &Listening<'_>, texts: &str, want: &Parsed) {
    for text in texts.split(" | ") {
        assert_eq!(&parse(text, ctx), want, "{text:?}");
    }
}

fn does(ctx: &Listening<'_>, texts: &str, want: Command) {
    check(ctx, texts, &Parsed::Command(want));
}

fn notes(ctx: &Listening<'_>, texts: &str) {
    check(ctx, texts, &Parsed::Note);
}

/// Every text is refused for this reason; the line to send can be sent as it stands.
fn refuses(ctx: &Listening<'_>, texts: &str, want: &Why, fix: Option<&str>) {
    for text in texts.split(" | ") {
        let Parsed::Bad(bad) = parse(text, ctx) else {
            panic!("{text:?} gave {:?}", parse(text, ctx));
        };
        assert_eq!(&bad.why, want, "{text:?}");
        assert_eq!(bad.fix.as_deref(), fix, "{text:?}");
        if let Some(fix) = fix {
            assert!(
                matches!(parse(fix, ctx), Parsed::Command(_)),
                "{fix:?} gave {:?}",
                parse(fix, ctx)
            );
        }
    }
}

fn visit(start: &str, end: &str) -> VisitRequest {
    VisitRequest {
        reference: "LCS1234".to_owned(),
        initials: None,
        start: at(start),
        end: at(end),
        category: None,
        back: None,
        with: Vec::new(),
        checks: Vec::new(),
        calls: Vec::new(),
        next: None,
        on_behalf: None,
        second: false,
        crosses_midnight: false,
    }
}

fn two_to_three() -> VisitRequest {
    visit("2026-03-02 14:00", "2026-03-02 15:00")
}

fn told(reference: Option<&str>, at: Option<DateTime<Utc>>, words: &str) -> Told {
    Told {
        reference: reference.map(str::to_owned),
        at,
        words: words.to_owned(),
        personal: false,
    }
}

fn alarm(number: u32) -> Target {
    Target {
        alarm: Some(AlarmNumber(number)),
        who: None,
    }
}

fn who(id: &str) -> Target {
    Target {
        alarm: None,
        who: Some(PersonId::from(id)),
    }
}
