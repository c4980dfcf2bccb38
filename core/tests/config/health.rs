//! The `[health]` part: every key is optional, and a mistake is answered with the line to write.

use crate::folder;
use lonewatch_core::config::{ConfigError, HealthConfig, load};
use std::time::Duration;

/// The example's configuration with these lines of `[health]` at its end.
fn with(lines: &str) -> Result<HealthConfig, ConfigError> {
    let example = std::fs::read_to_string(folder().join("../../bot-config.example.toml"));
    let example = example.expect("the example").replace("\n[health]\n", "\n");
    let text = format!("{example}\n{lines}\n");
    let number = lines
        .bytes()
        .fold(0_u64, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte));
    let name = format!("lonewatch-health-{}-{number}.toml", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, text).expect("a file");
    let read = load(&path).map(|config| config.health);
    std::fs::remove_file(&path).expect("it is there");
    read
}

#[track_caller]
fn refuse(line: &str, says: &[&str]) {
    let error = with(&format!("[health]\n{line}"))
        .expect_err(line)
        .to_string();
    for part in says {
        assert!(error.contains(part), "{line}: {error}");
    }
}

#[test]
fn without_it_nobody_is_told_and_the_homeserver_watches() {
    for nothing in ["", "[health]"] {
        let health = with(nothing).expect("good");
        assert_eq!(
            (health.listen, health.heartbeat, health.heartbeat_file),
            (None, None, None)
        );
        let [minute, five] = [60, 300].map(Duration::from_secs);
        assert_eq!(
            (health.heartbeat_every, health.dead_mans_switch),
            (minute, Some(five))
        );
    }
}

#[test]
fn what_is_written_counts() {
    let health = with(
        "[health]\nlisten = \"127.0.0.1:9464\"\nheartbeat = \"https://watch.example.org/ping/s3cret\"\n\
         heartbeat_every = \"2m\"\ndead_mans_switch = \"10m\"",
    )
    .expect("good");
    assert_eq!(health.listen, Some(([127, 0, 0, 1], 9464).into()));
    assert_eq!(health.heartbeat_every, Duration::from_secs(120));
    assert_eq!(health.dead_mans_switch, Some(Duration::from_secs(600)));
    let secret = health.heartbeat.as_ref().map(|url| url.0.as_str());
    assert_eq!(secret, Some("https://watch.example.org/ping/s3cret"));
    assert!(
        !format!("{health:?}").contains("s3cret"),
        "it stands in no log"
    );
    let off = with("[health]\ndead_mans_switch = \"off\"").expect("good");
    assert_eq!(off.dead_mans_switch, None);
    let file = with("[health]\nheartbeat_file = \"secrets/heartbeat\"").expect("good");
    assert!(file.heartbeat_file.is_some() && file.heartbeat.is_none());
}

#[test]
fn mistakes_are_named_with_the_line_to_write() {
    refuse("listenn = \"127.0.0.1:9464\"", &["listenn", "listen"]);
    for address in ["9464", "localhost:9464", "127.0.0.1"] {
        let says = [
            "is not an address with a port",
            "write listen = \"127.0.0.1:9464\"",
        ];
        refuse(&format!("listen = \"{address}\""), &says);
    }
    refuse(
        "heartbeat_every = \"soon\"",
        &[
            "\"soon\" is not a length of time",
            "heartbeat_every = \"60s\"",
        ],
    );
    refuse(
        "heartbeat_every = \"0s\"",
        &["too short", "heartbeat_every = \"60s\""],
    );
    refuse(
        "dead_mans_switch = \"2s\"",
        &["too short", "dead_mans_switch = \"5m\""],
    );
    refuse(
        "dead_mans_switch = \"25h\"",
        &["too long", "dead_mans_switch = \"5m\""],
    );
    let both = "heartbeat = \"https://example.org\"\nheartbeat_file = \"x\"";
    refuse(both, &["heartbeat or heartbeat_file, not both"]);
}

#[test]
fn a_secret_that_is_no_address_is_not_repeated() {
    let error = with("[health]\nheartbeat = \"s3cret\"")
        .expect_err("no address")
        .to_string();
    assert!(error.contains("write heartbeat = \"https://"), "{error}");
    assert!(!error.contains("s3cret"), "{error}");
}
