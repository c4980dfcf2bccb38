//! One function a target: bytes in, and nothing may crash, hang or grow without bound, whatever they are.

use chrono::{TimeZone, Utc};
use chrono_tz::Europe::London;
use lonewatch_core::chat::parse::{
    AddressAs, Listening, Parsed, PersonName, holds_them, may_hold_address, only_category, parse,
    reads_as_address, said_at_place, strip_reply_fallback,
};
use lonewatch_core::chat::wording::{bad::bad, policy as page, said};
use lonewatch_core::config;
use lonewatch_core::domain::phrase::{Heard, Phrases};
use lonewatch_core::domain::policy::Policy;
use lonewatch_core::rehearsal::expect::judge;
use lonewatch_core::rehearsal::record::record;
use lonewatch_core::rehearsal::script::{Script, parse_live};
use std::path::Path;
use std::sync::LazyLock;

static PEOPLE: LazyLock<Vec<PersonName>> = LazyLock::new(|| {
    let person = |id: &str, name: &str| PersonName {
        id: id.into(),
        name: name.to_owned(),
        matrix: Some(format!("@{id}:example.org")),
    };
    vec![
        person("amira", "Amira Khan"),
        person("ben", "Ben Ward"),
        person("sam1", "Sam Green"),
    ]
});
static BOT: LazyLock<Vec<String>> =
    LazyLock::new(|| vec!["lonewatch".to_owned(), "@lonewatch:example.org".to_owned()]);
static REFERENCE: LazyLock<regex::Regex> =
    LazyLock::new(|| regex::Regex::new("^(?:LCS[0-9]{3,8})$").expect("a pattern"));
static PHRASES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&["purple file", "late for my meeting with the Director"]).expect("the phrases")
});

/// What an answer may be longer than what was said: the words around it.
const WORDS: usize = 4_000;

fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// A message, in each of the places in which it may be said.
pub fn command(data: &[u8]) {
    let body = text(data);
    let body = strip_reply_fallback(&body);
    let now = Utc
        .with_ymd_and_hms(2026, 3, 28, 22, 45, 0)
        .single()
        .expect("a time");
    for (direct, answering, new_visits) in [
        (false, false, false),
        (true, false, true),
        (false, true, false),
        (true, true, true),
    ] {
        let listening = Listening {
            now,
            tz: London,
            direct,
            answering,
            bot_names: &BOT,
            people: &PEOPLE,
            reference: &REFERENCE,
            reference_example: "LCS1234",
            new_visits,
        };
        match parse(body, &listening) {
            Parsed::Bad(what) => {
                let told = bad(&what);
                assert!(!told.is_empty());
                assert!(
                    told.len() <= WORDS + 4 * body.len(),
                    "{} of {}",
                    told.len(),
                    body.len()
                );
                if let Some(fix) = &what.fix {
                    let _ = parse(fix, &listening);
                }
            }
            Parsed::Command(_) | Parsed::Note => {}
        }
        let _ = said_at_place(body, &listening);
        let _ = only_category(body, &listening);
        for how in [AddressAs::Alone, AddressAs::Answer, AddressAs::Certain] {
            let _ = reads_as_address(body, how, &listening);
        }
        let _ = may_hold_address(body, &listening);
    }
    let _ = holds_them(body);
    assert!(said(body).len() <= WORDS);
}

/// A message, and what is heard in it; the first line may be a team's own phrase.
pub fn phrase(data: &[u8]) {
    let all = text(data);
    listen(&PHRASES, &all);
    let (first, rest) = all.split_once('\n').unwrap_or((&all, ""));
    if let Ok(own) = Phrases::new(&[first]) {
        listen(&own, rest);
        listen(&own, first);
    }
}

fn listen(phrases: &Phrases, message: &str) {
    let heard = phrases.hear(message);
    let rest = phrases.without(message);
    assert!(
        rest.len() <= message.len() + 8,
        "{} of {}",
        rest.len(),
        message.len()
    );
    if heard == Heard::Nothing {
        assert_eq!(phrases.hear(message), Heard::Nothing);
    }
    let _ = phrases.hear(&rest);
}

/// A policy file, and the page that is made of it.
pub fn policy(data: &[u8]) {
    let all = text(data);
    match Policy::parse(&all) {
        Ok(policy) => {
            assert!(policy.reference_regex().is_ok());
            let page = page::page(&policy);
            assert!(page.len() <= 20_000 + 20 * all.len());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A configuration file.
pub fn configuration(data: &[u8]) {
    let all = text(data);
    // Paths in it are looked for where nothing is.
    let path = Path::new("/nonexistent/bot-config.toml");
    for read in [config::load_text, config::rehearsal_text] {
        match read(&all, path) {
            Ok(config) => assert!(!config.teams.is_empty()),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// A scenario file, judged and written back with nothing sent; and each of its lines as it would be typed live.
pub fn scenario(data: &[u8]) {
    let all = text(data);
    let known = |id: &str| matches!(id, "amira" | "ben" | "dan" | "carol");
    match Script::parse(&all, "a.scenario", London, &known) {
        Ok(script) => {
            let marks = vec![0; script.lines.len()];
            for failure in judge(&script, &[], &marks).failures {
                assert!(!failure.explain(&[], London).is_empty());
            }
            let written = record(&all, &script, &[], London, &marks);
            assert!(written.len() <= 2 * all.len() + 100);
            assert!(script.end() >= script.start);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let now = Utc
        .with_ymd_and_hms(2026, 3, 2, 14, 0, 0)
        .single()
        .expect("a time");
    for (number, raw) in all.lines().enumerate() {
        let _ = parse_live(raw, now, London, &known, number + 1);
    }
}
