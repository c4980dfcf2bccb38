use super::*;
use chrono::{NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::London;

/// `15:00:10 team [dan]: text` or, for an edit, `15:00:10 edit team: text`, on the day of the tests.
fn sent(line: &str) -> Sent {
    let (time, rest) = line.split_once(' ').expect(line);
    let edit = rest.starts_with("edit ");
    let rest = rest.trim_start_matches("edit ");
    let (head, text) = rest.split_once(": ").expect(line);
    let (place, pings) = head.split_once(" [").unwrap_or((head, ""));
    let at = NaiveDateTime::parse_from_str(&format!("2026-03-02 {time}"), "%Y-%m-%d %H:%M:%S%.f");
    Sent {
        at: Utc.from_utc_datetime(&at.expect(line)),
        place: match place.split_once('=') {
            Some(("sms", number)) => SentPlace::Sms(number.to_owned()),
            Some((_, address)) => SentPlace::Email(address.to_owned()),
            None if place == "team" => SentPlace::Team,
            None if place == "managers" => SentPlace::Managers,
            None => SentPlace::Person(place.to_owned()),
        },
        pings: pings
            .trim_end_matches(']')
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        text: text.to_owned(),
        edit,
    }
}

fn script(body: &str) -> Script {
    let text = format!("scenario A\nconfig b\nstart 2026-03-02 13:45\n{body}");
    let text = text.replace("STRICT\n", "strict\n");
    Script::parse(&text, "f", London, &|_| true).unwrap_or_else(|error| panic!("{error}"))
}

/// Judged with marks as if everything before a line's moment had been sent when it took effect.
fn check(body: &str, said: &[&str], failing: &[usize]) {
    let script = script(body);
    let sent: Vec<Sent> = said.iter().map(|line| sent(line)).collect();
    let mark = |line: &crate::rehearsal::script::Line| {
        let from = line.at.as_ref().map_or(script.start, |at| at.from);
        sent.iter().filter(|s| s.at <= from).count()
    };
    let marks: Vec<usize> = script.lines.iter().map(mark).collect();
    let numbers: Vec<usize> = judge(&script, &sent, &marks)
        .failures
        .iter()
        .map(|f| f.number - 3)
        .collect();
    assert_eq!(numbers, failing, "{body}\n{said:?}");
}

#[test]
fn time_and_place() {
    check("15:00 bot > team: *x*", &["15:00:59.999 team: axb"], &[]);
    check("15:00 bot > team: *x*", &["14:59:59.999 team: axb"], &[1]);
    check("15:00 bot > team: *x*", &["15:01:00 team: axb"], &[1]);
    check("15:00:10 bot > team: *x*", &["15:00:10.5 team: axb"], &[]);
    check("15:00:10 bot > team: *x*", &["15:00:11 team: axb"], &[1]);
    check("15:00..15:10 bot > team: *", &["15:10:30 team: a"], &[]);
    check("15:00..15:10 bot > team: *", &["15:11:00 team: a"], &[1]);
    check("15:00 bot > managers: *", &["15:00:00 team: a"], &[1]);
    check("15:00 bot > amira: *", &["15:00:00 ben: a"], &[1]);
    check("15:00 bot > amira: *", &["15:00:00 amira: a"], &[]);
    check(
        "15:00 bot > *: *",
        &["15:00:00 email=x@example.org: a"],
        &[],
    );
    check(
        "15:00 bot > email:EDT@example.org: *",
        &["15:00:00 email=edt@example.org: a"],
        &[],
    );
    check(
        "15:00 bot > sms:07700 900101: *",
        &["15:00:00 sms=07700900101: a"],
        &[],
    );
    check(
        "15:00 bot > sms:07700 900102: *",
        &["15:00:00 sms=07700900101: a"],
        &[1],
    );
}

#[test]
fn pings() {
    check(
        "15:00 bot > team [dan carol]: *",
        &["15:00:00 team [carol dan]: a"],
        &[],
    );
    check(
        "15:00 bot > team [dan]: *",
        &["15:00:00 team [carol dan]: a"],
        &[1],
    );
    check(
        "15:00 bot > team [dan ...]: *",
        &["15:00:00 team [carol dan]: a"],
        &[],
    );
    check(
        "15:00 bot > team [dan eve ...]: *",
        &["15:00:00 team [carol dan]: a"],
        &[1],
    );
    check(
        "15:00 bot > team []: *",
        &["15:00:00 team [carol]: a"],
        &[1],
    );
    check("15:00 bot > team []: *", &["15:00:00 team: a"], &[]);
    check("15:00 bot > team: *", &["15:00:00 team [carol]: a"], &[]);
}

#[test]
fn one_message_satisfies_one_line() {
    check(
        "15:00 bot > team: *\n15:00 bot > team: *",
        &["15:00:00 team: a"],
        &[2],
    );
    // The wide pattern must leave the only fitting message to the narrow one, in either order.
    let two = ["15:00:00 team: ab", "15:00:00 team: a"];
    check("15:00 bot > team: *\n15:00 bot > team: *b*", &two, &[]);
    check("15:00 bot > team: *b*\n15:00 bot > team: *", &two, &[]);
    let three = [
        "15:00:00 team: abc",
        "15:00:00 team: ab",
        "15:00:00 team: a",
    ];
    check(
        "15:00 bot > *: *a*\n15:00 bot > *: *b*\n15:00 bot > *: *c*",
        &three,
        &[],
    );
}

#[test]
fn edits_count_for_never_only() {
    check("15:00 bot > team: *", &["15:00:00 edit team: a"], &[1]);
    check(
        "never > team: *police*",
        &["15:00:00 edit team: Police"],
        &[1],
    );
    check("15:10 quiet", &["15:00:00 edit team [dan]: a"], &[]);
    check("STRICT\n15:10 quiet", &["15:00:00 edit team: a"], &[]);
}

#[test]
fn never() {
    check(
        "never > team: *x*\n14:00 quiet",
        &["15:00:00 team: x"],
        &[1],
    );
    check("never > team: *x*", &["15:00:00 managers: x"], &[]);
    check("never > *: *x*", &["15:00:00 sms=1: x"], &[1]);
    check(
        "never > team [dan eve]: *x*",
        &["15:00:00 team [dan carol]: x"],
        &[1],
    );
    check(
        "never > team [dan]: *x*",
        &["15:00:00 team [carol]: x"],
        &[],
    );
    check("14:00..15:00 never > team: *", &["15:00:59 team: x"], &[1]);
    check(
        "14:00..15:00 never > team: *",
        &["13:59:59 team: x", "15:01:00 team: x"],
        &[],
    );
}

#[test]
fn quiet() {
    let ping = ["15:00:00 team [dan]: a"];
    check("15:30 quiet", &ping, &[1]);
    check("15:30 quiet", &["15:00:00 team: a"], &[]);
    check("14:59 quiet", &ping, &[]);
    check("15:00 quiet", &ping, &[1]);
    check("14:00 amira redacts\n15:30 quiet", &ping, &[2]);
    check("15:00 bot > team: *\n15:30 quiet", &ping, &[]);
    check(
        "15:00 bot > team: *\n15:30 quiet",
        &["15:00:00 team: a", "15:01:00 team [dan]: a"],
        &[2],
    );
    check(
        "15:00:00 bot > team: *\n15:30 quiet",
        &["15:00:00 team: a", "15:00:01 team [dan]: a"],
        &[2],
    );
    check("15:10 quiet\n15:30 quiet", &ping, &[1]);
    check(
        "15:10 quiet\nnever > team: x\n15:30 quiet",
        &["15:20:00 team [dan]: a"],
        &[3],
    );
    // What the lines just above expect is no noise, however late in their ranges.
    let late = ["15:05:00 team [dan]: a", "15:06:00 team [dan]: b"];
    check(
        "15:00..15:10 bot > team: a\n15:00..15:10 bot > team: b\n15:30 quiet",
        &late,
        &[],
    );
    check("15:00..15:10 bot > team: a\n15:30 quiet", &late, &[2]);
}

#[test]
fn an_action_causes_noise_at_its_own_moment() {
    let script = script("15:00 amira redacts\n15:30 quiet");
    let said = [
        sent("15:00:00 team [dan]: due before"),
        sent("15:00:00 team [dan]: caused by it"),
    ];
    assert!(judge(&script, &said, &[2, 2]).holds());
    let verdict = judge(&script, &said, &[1, 2]);
    assert_eq!(
        verdict.failures.first().map(|f| f.sent.clone()),
        Some(vec![1])
    );
}

#[test]
fn strict() {
    check(
        "STRICT\n15:00 bot > team: *",
        &["15:00:00 team: a", "15:00:00 team: b"],
        &[1],
    );
    check("STRICT\n15:00 bot > team: *", &["15:00:00 team: a"], &[]);
    check(
        "15:00 bot > team: *",
        &["15:00:00 team: a", "15:00:00 ben: b"],
        &[],
    );
}

#[test]
fn a_failure_shows_what_was_sent_instead() {
    let script = script("15:00 bot > team [dan]: *x*");
    let said = [
        sent("15:00:00 team: x"),
        sent("15:00:30 team [dan]: y"),
        sent("15:00:00 ben: x"),
    ];
    let verdict = judge(&script, &said, &[]);
    assert_eq!(verdict.met_by, [None]);
    let text = verdict
        .failures
        .iter()
        .map(|f| f.explain(&said, London))
        .collect::<String>();
    assert_eq!(
        text,
        "4: 15:00 bot > team [dan]: *x*\n  was not sent; the nearest:\n    15:00 bot > team []: x\n    \
         15:00 bot > team [dan]: y"
    );
    let late = [sent("16:00:00 team: z"), sent("15:03:00 team [dan]: x")];
    let verdict = judge(&script, &late, &[]);
    assert_eq!(
        verdict.failures.first().map(|f| f.sent.clone()),
        Some(vec![1])
    );
    let none = judge(&script, &[], &[])
        .failures
        .iter()
        .map(|f| f.explain(&[], London))
        .collect::<String>();
    assert!(
        none.ends_with("was not sent, nor anything like it"),
        "{none}"
    );
}
