//! What is well and what is not. The bounds are those of the words: syncing, last commit, oldest unsent alarm, next
//! deadline; logged in and signed.

use super::*;

/// A bot that is well, with people out.
fn well() -> Values {
    let fresh = Some(Duration::from_secs(10));
    Values {
        watching: true,
        login: Login::In,
        device_signed: true,
        last_sync_age: Some(Duration::from_secs(31)),
        desk_age: fresh,
        courier_age: fresh,
        last_commit_age: Some(Duration::from_secs(31)),
        counted_age: Some(Duration::from_secs(2)),
        inbox_pending: 3,
        open_shifts: 12,
        open_alarms: 2,
        switch: Switch::Armed,
        ..Values::default()
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Values), expected: &[&str]) {
    let mut values = well();
    change(&mut values);
    assert_eq!(values.wrong(), expected);
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn all_is_well() {
    check(|_| {}, &[]);
    // Much to do is no fault, nor is a homeserver that cannot be a dead man's switch.
    check(|v| (v.inbox_pending, v.open_alarms) = (5000, 40), &[]);
    check(|v| v.switch = Switch::Unsupported, &[]);
    // A page that has just been decided, a deadline that is being seen to.
    check(|v| v.oldest_unsent_alarm = Some(seconds(5)), &[]);
    check(|v| v.deadline_lateness = seconds(2), &[]);
}

#[test]
fn each_fault_is_named() {
    let out = "logged out: the homeserver does not know this device any more";
    check(|v| v.login = Login::Out, &[out]);
    check(|v| v.login = Login::NotYet, &["not logged in yet"]);
    let unsigned = "the bot's device is not signed by its account yet";
    check(|v| v.device_signed = false, &[unsigned]);
    check(|v| v.watching = false, &["not watching yet"]);
    let sync = "the last sync that worked was 61 s ago (at most 60 s)";
    check(|v| v.last_sync_age = Some(seconds(61)), &[sync]);
    check(|v| v.last_sync_age = None, &["no sync has worked yet"]);
    let commit = "the last commit was 121 s ago (at most 120 s)";
    check(|v| v.last_commit_age = Some(seconds(121)), &[commit]);
    check(
        |v| v.last_commit_age = None,
        &["nothing has been stored yet"],
    );
    let database = "the database answered last 31 s ago (at most 30 s)";
    check(|v| v.counted_age = Some(seconds(31)), &[database]);
    let page = "a page has waited for 61 s (at most 60 s) to be sent";
    check(|v| v.oldest_unsent_alarm = Some(seconds(61)), &[page]);
    let late = "a deadline has been due for 61 s (at most 60 s)";
    check(|v| v.deadline_lateness = seconds(61), &[late]);
}

#[test]
fn a_bot_that_starts_is_alive_and_not_ready() {
    let starting = Values::default();
    assert!(starting.alive() && !starting.turning());
    assert!(starting.wrong().len() > 3, "{:?}", starting.wrong());
}

#[test]
fn a_loop_that_hangs_is_neither_alive_nor_ready() {
    type Loop = fn(&mut Values) -> &mut Option<Duration>;
    let loops: [(&str, Loop); 2] = [
        ("the desk", |v| &mut v.desk_age),
        ("the courier", |v| &mut v.courier_age),
    ];
    for (name, of) in loops {
        let mut values = well();
        *of(&mut values) = Some(seconds(91));
        assert!(!values.alive() && !values.turning(), "{name}");
        let hung = format!("{name} has hung for 91 s (at most 90 s)");
        assert_eq!(values.wrong(), [hung]);
        *of(&mut values) = None;
        assert!(!values.turning(), "{name} has not begun");
    }
    assert!(well().alive() && well().turning());
}

#[test]
fn several_faults_are_all_named() {
    check(
        |v| {
            v.last_sync_age = Some(seconds(600));
            v.deadline_lateness = seconds(300);
        },
        &[
            "the last sync that worked was 600 s ago (at most 60 s)",
            "a deadline has been due for 300 s (at most 60 s)",
        ],
    );
}
