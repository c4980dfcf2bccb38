//! Configurations and policies that could leave somebody unwatched are refused, with what to write instead.

#[path = "config/health.rs"]
mod health;

use lonewatch_core::chat::wording::policy::page;
use lonewatch_core::config::{load, load_for_rehearsal, policy};
use lonewatch_core::domain::policy::Policy;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios")
}

fn good() -> String {
    std::fs::read_to_string(folder().join("wiltshire.toml")).expect("the scenarios' team")
}

/// The good configuration with one thing changed is refused, in words that name what is wrong.
#[track_caller]
fn check(change: &str, from: &str, to: &str, says: &[&str]) {
    let text = good();
    assert!(text.contains(from), "{change}: the team has changed");
    let name = format!(
        "lonewatch-config-{}-{}.toml",
        std::process::id(),
        change.replace(' ', "-")
    );
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, text.replace(from, to)).expect("a file");
    let error = load_for_rehearsal(&path)
        .map(|_| ())
        .expect_err(change)
        .to_string();
    std::fs::remove_file(&path).expect("it is there");
    for part in says {
        assert!(error.contains(part), "{change}: {error}");
    }
}

#[test]
fn the_teams_of_the_scenarios_and_of_the_example_are_good() {
    load_for_rehearsal(&folder().join("wiltshire.toml")).expect("good");
    load_for_rehearsal(&folder().join("../../bot-config.example.toml")).expect("good");
    for name in ["wiltshire", "../../policies/demo.toml"] {
        policy(name, &folder()).expect(name);
    }
}

#[test]
fn a_role_that_nobody_holds_is_refused_with_the_line_to_add() {
    let says = [
        "pages a director",
        "nobody is one",
        "roles = [\"director\"]",
    ];
    check(
        "no director",
        "roles = [\"director\"]",
        "roles = [\"admin\"]",
        &says,
    );
}

#[test]
fn mistakes_in_the_file_are_named() {
    check(
        "zone",
        "Europe/London",
        "Europe/Londres",
        &["is not a time zone", "Europe/London"],
    );
    check(
        "policy",
        "policy = \"wiltshire\"",
        "policy = \"wilts\"",
        &["no policy \"wilts\"", "wiltshire"],
    );
    check(
        "buddy",
        "buddy = \"ben\"",
        "buddy = \"bob\"",
        &["amira's buddy \"bob\" is nobody's id", "ben"],
    );
    check(
        "own buddy",
        "buddy = \"ben\"",
        "buddy = \"amira\"",
        &["own buddy"],
    );
    check(
        "twice",
        "id = \"ben\"",
        "id = \"dan\"",
        &["two people have the id \"dan\""],
    );
    check(
        "capital",
        "id = \"ben\"",
        "id = \"Ben\"",
        &["small letters"],
    );
    check(
        "matrix",
        "\"@ben:example.org\"",
        "\"ben\"",
        &["is not a Matrix id", "@ben:"],
    );
    check(
        "same account",
        "\"@ben:example.org\"",
        "\"@dan:example.org\"",
        &["two people have the Matrix id"],
    );
    check(
        "unknown key",
        "lives_alone = true",
        "lives_alon = true",
        &["lives_alon"],
    );
    check(
        "hours",
        "to = \"17:30\"",
        "to = \"07:30\"",
        &["end before they begin"],
    );
    check(
        "days",
        "\"mon-fri\"",
        "\"workdays\"",
        &["are not days", "mon-fri"],
    );
    check(
        "one room",
        "#north-managers:",
        "#north:",
        &["room and managers_room are the same"],
    );
}

#[test]
fn a_team_in_which_nobody_could_answer_is_refused() {
    // All on Matrix but the workers are taken off it.
    let mut text = good();
    for id in ["dan", "carol", "hana", "diana", "sam"] {
        text = text.replace(&format!("matrix = \"@{id}:example.org\"\n"), "");
    }
    let path = std::env::temp_dir().join(format!(
        "lonewatch-config-{}-alone.toml",
        std::process::id()
    ));
    std::fs::write(&path, text).expect("a file");
    let error = load_for_rehearsal(&path)
        .map(|_| ())
        .expect_err("refused")
        .to_string();
    std::fs::remove_file(&path).expect("it is there");
    assert!(
        error.contains("nobody on Matrix could answer an alarm of amira"),
        "{error}"
    );
}

#[test]
fn a_policy_that_could_fall_silent_is_refused() {
    let (_, text) = policy("wiltshire", &folder()).expect("a policy");
    let refuse = |from: &str, to: &str, says: &str| {
        assert!(text.contains(from), "{from}");
        let error = Policy::parse(&text.replace(from, to))
            .expect_err(from)
            .to_string();
        assert!(error.contains(says), "{error}");
    };
    refuse(
        "[[ladder.sos.step]]",
        "[[ladder.ring_me.step]]",
        "no ladder for Sos",
    );
    refuse("notify = [\"manager\"]", "notify = []", "it pages nobody");
    refuse(
        "repeat = \"2m\"",
        "repeat = \"0m\"",
        "repeat must be at least 1s",
    );
    refuse("final_end+15m", "final_ende+15m", "final_ende");
    refuse("final_end+15m", "final_end+15x", "not a moment");
    refuse(
        "example = \"LCS1234\"",
        "example = \"12\"",
        "does not match",
    );
}

#[test]
fn addresses_are_kept_for_days_that_the_policy_names() {
    let (rotherham, text) = policy("rotherham", &folder()).expect("built in");
    let printed = page(&rotherham);
    assert!(
        printed.contains("somebody who is not on the system (/visit NEW 14:00-15:00)"),
        "{printed}"
    );
    assert!(
        printed.contains("deleted after 7 days") && printed.contains("Rotherham 2"),
        "{printed}"
    );
    let (each, _) = policy("al-hasaniya", &folder()).expect("built in");
    assert!(page(&each).contains("The address of each visit is asked for"));
    for days in ["0", "91"] {
        let changed = text.replace("keep_days = 7", &format!("keep_days = {days}"));
        let error = Policy::parse(&changed).expect_err(days).to_string();
        assert!(error.contains("write keep_days = 7"), "{error}");
    }
}

#[test]
fn the_key_of_the_addresses_is_a_file_beside_the_keys_of_the_device() {
    let example = std::fs::read_to_string(folder().join("../../bot-config.example.toml"));
    let example = example.expect("the example");
    let path = std::env::temp_dir().join(format!("lonewatch-key-file-{}.toml", std::process::id()));
    let key_file = |text: &str| {
        std::fs::write(&path, text).expect("a file");
        load(&path).expect("good").key_file
    };
    assert_eq!(key_file(&example), Some(PathBuf::from("data/address.key")));
    let named = example.replace("[store]", "[store]\nkey_file = \"secrets/address\"");
    assert_eq!(key_file(&named), Some(PathBuf::from("secrets/address")));
    std::fs::remove_file(&path).expect("it is there");
}
