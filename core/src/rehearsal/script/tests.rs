//! Times, errors, the head, live lines.

mod lines;

use super::*;
use chrono::TimeZone;
use chrono_tz::Europe::London;

fn people(id: &str) -> bool {
    ["amira", "ben", "carol", "dan"].contains(&id)
}

fn parse(body: &str, start: &str) -> Result<Script, FileError> {
    let text = format!("scenario A day\nconfig   bot.toml\nstart {start}\n{body}");
    Script::parse(&text, "day.scenario", London, &people)
}

fn utc(text: &str) -> DateTime<Utc> {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f");
    Utc.from_utc_datetime(&local.expect(text))
}

/// The last line's window, read below the others.
fn check_window(body: &str, from: &str, to: &str) {
    let script = parse(body, "2026-03-02 13:45").expect(body);
    let at = script
        .lines
        .last()
        .and_then(|line| line.at.clone())
        .expect(body);
    assert_eq!(at.window(), (utc(from), utc(to)), "{body}");
}

/// The error of a file that starts on the given day, from the body's first line as line 4.
fn check_error(start: &str, body: &str, place: &str, part: &str) {
    let error = parse(body, start).expect_err(body).to_string();
    assert!(
        error.starts_with(&format!("day.scenario:{place}: ")),
        "{body}: {error}"
    );
    assert!(
        error.contains(part) && error.contains("; write "),
        "{body}: {error}"
    );
}

fn winter_error(body: &str, place: &str, part: &str) {
    check_error("2026-03-02 13:45", body, place, part);
}

#[test]
fn the_example_of_the_documentation() {
    let text = "# A comment.\nscenario No word after the final visit\nconfig   team.toml\n\
        start    2026-03-02 13:45\n\n13:50 amira > team: /visit LCS1234 AB cat 1 14:00-15:00 next home\n\
        13:50 bot > team: *LCS1234*14:00*15:00*\n15:00 bot > amira: *\n\
        15:15 bot > managers [dan]: *Amira* && *07700 900101* && *LCS1234*\n15:20 dan > managers: /noanswer amira\n\
        15:20 bot > managers [carol ...]: *LCS1234*\n16:50 bot > managers [dan carol ...]: *999*\nnever > team: *police*\n";
    let script = Script::parse(text, "day.scenario", London, &people).expect("reads");
    assert_eq!(script.header.title, "No word after the final visit");
    assert_eq!(script.header.config, "team.toml");
    assert!(!script.header.strict && script.header.team.is_none());
    assert_eq!(script.start, utc("2026-03-02 13:45:00"));
    assert_eq!(script.end(), utc("2026-03-02 16:50:59.999"));
    let numbers: Vec<usize> = script.lines.iter().map(|line| line.number).collect();
    assert_eq!(numbers, [6, 7, 8, 9, 10, 11, 12, 13]);
    assert_eq!(
        script.lines.last().map(|line| line.at.is_none()),
        Some(true)
    );
}

#[test]
fn times() {
    check_window(
        "13:50 quiet",
        "2026-03-02 13:50:00",
        "2026-03-02 13:50:59.999",
    );
    check_window(
        "13:50:20 quiet",
        "2026-03-02 13:50:20",
        "2026-03-02 13:50:20.999",
    );
    check_window(
        "13:50 quiet\n+90m quiet",
        "2026-03-02 15:20:00",
        "2026-03-02 15:20:59.999",
    );
    check_window(
        "+1h30m quiet",
        "2026-03-02 15:15:00",
        "2026-03-02 15:15:59.999",
    );
    check_window(
        "+45s quiet",
        "2026-03-02 13:45:45",
        "2026-03-02 13:45:45.999",
    );
    check_window(
        "+2d quiet\n14:00 quiet",
        "2026-03-04 14:00:00",
        "2026-03-04 14:00:59.999",
    );
    check_window(
        "13:50:20 quiet\n13:50 quiet",
        "2026-03-02 13:50:00",
        "2026-03-02 13:50:59.999",
    );
    check_window(
        "2026-03-03 08:30 quiet\n08:31 quiet",
        "2026-03-03 08:31:00",
        "2026-03-03 08:31:59.999",
    );
    check_window(
        "2026-07-01 08:30:05 quiet",
        "2026-07-01 07:30:05",
        "2026-07-01 07:30:05.999",
    );
    check_window(
        "14:00..14:10 bot > team: *",
        "2026-03-02 14:00:00",
        "2026-03-02 14:10:59.999",
    );
    check_window(
        "14:00..14:10:30 bot > *: *",
        "2026-03-02 14:00:00",
        "2026-03-02 14:10:30.999",
    );
    check_window(
        "+5m..+10m never > team: *",
        "2026-03-02 13:50:00",
        "2026-03-02 13:55:59.999",
    );
    check_window(
        "23:50..2026-03-03 00:10 never > team: *",
        "2026-03-02 23:50:00",
        "2026-03-03 00:10:59.999",
    );
    // Lines go on from the first moment of a range, and pass over a `never` without a time.
    check_window(
        "14:00..16:00 bot > team: *\nnever > team: x\n+5m quiet",
        "2026-03-02 14:05:00",
        "2026-03-02 14:05:59.999",
    );
}

#[test]
fn a_minute_that_has_begun_goes_on() {
    let script = parse(
        "13:50:20 quiet\n13:50 amira redacts\n+30m amira redacts",
        "2026-03-02 13:45",
    );
    let froms: Vec<_> = script
        .iter()
        .flat_map(|s| &s.lines)
        .filter_map(|l| l.at.as_ref())
        .collect();
    let froms: Vec<_> = froms.iter().map(|at| at.from).collect();
    let expected = [
        "2026-03-02 13:50:20",
        "2026-03-02 13:50:20",
        "2026-03-02 14:20:20",
    ];
    assert_eq!(froms, expected.map(utc));
}

#[test]
fn clocks_that_are_put_back_and_forward() {
    let autumn = |body, place, part| check_error("2026-10-25 00:30", body, place, part);
    autumn(
        "01:30 quiet",
        "4:1",
        "`2026-10-25 01:30+01:00` or `2026-10-25 01:30+00:00`",
    );
    let script = parse(
        "01:30+01:00 quiet\n2026-10-25 01:30+00:00 quiet\n+60m quiet",
        "2026-10-25 00:30",
    );
    let froms: Vec<_> = script
        .iter()
        .flat_map(|s| &s.lines)
        .filter_map(|l| l.at.as_ref())
        .collect();
    let froms: Vec<_> = froms.iter().map(|at| at.from).collect();
    let expected = [
        "2026-10-25 00:30:00",
        "2026-10-25 01:30:00",
        "2026-10-25 02:30:00",
    ];
    assert_eq!(froms, expected.map(utc));
    check_error(
        "2026-03-29 00:30",
        "01:30 quiet",
        "4:1",
        "skip 2026-03-29 01:30",
    );
    check_error(
        "2026-03-29 00:30",
        "01:30 quiet",
        "4:1",
        "`2026-03-29 01:30+00:00`",
    );
    check_error("2026-03-29 01:30", "", "3:7", "skip");
}

#[test]
fn errors_say_where_and_what_would_be_right() {
    winter_error(
        "13:40 quiet",
        "4:1",
        "the date if another day is meant, `2026-03-03 13:40`",
    );
    winter_error("2026-03-01 13:40 quiet", "4:1", "a later time");
    winter_error("23:50..00:10 bot > team: *", "4:8", "`2026-03-03 00:10`");
    winter_error("# x\n\namira > team: left", "6:1", "begin with a time");
    winter_error(
        "13:50 quiet\namira > team: left",
        "5:1",
        "begin with a time",
    );
    winter_error("13:50", "4:6", "nothing stands behind");
    winter_error("+30m", "4:5", "nothing stands behind");
    winter_error("8:30 quiet", "4:1", "`08:30`");
    winter_error("25:00 quiet", "4:1", "not a time");
    winter_error("24:00 quiet", "4:1", "not a time");
    winter_error("13:50:60 quiet", "4:1", "not a time");
    winter_error("2026-02-30 13:50 quiet", "4:1", "not a date");
    winter_error("+90 quiet", "4:2", "`90m`");
    winter_error("+99999999999999999999d quiet", "4:2", "too large");
    winter_error("13:50bot > team: *", "4:6", "does not end here");
    winter_error("13:50..14:00 amira redacts", "4:1", "span a range");
    winter_error("13:50 amria > team: left", "4:7", "such as `amira`");
    winter_error("13:50 @Amira > team: left", "4:7", "write `amira`");
    winter_error(
        "13:50 amira > room: left",
        "4:15",
        "`team`, `managers` or `bot`",
    );
    winter_error("13:50 amira > team left", "4:20", "colon");
    winter_error("13:50 amira > team:  ", "4:22", "no words");
    winter_error("13:50 amira says: hello", "4:13", "`reacts`");
    winter_error("13:50 amira reacts", "4:19", "emoji");
    winter_error("13:50 amira replies to *", "4:24", "colon");
    winter_error("13:50 amira redacts it", "4:21", "`redacts` alone");
    winter_error("13:50 amira shares location here", "4:29", "latitude");
    winter_error("13:50 ! fire", "4:9", "`! crash`");
    winter_error("13:50 ! bot down", "4:17", "`90m`");
    winter_error("13:50 ! refuse eve", "4:16", "`eve`");
    winter_error("13:50 bot: hello", "4:10", "`>`");
    winter_error("13:50 bot > eve: *", "4:13", "`eve`");
    winter_error("13:50 bot > team [eve]: *", "4:19", "`eve`");
    winter_error("13:50 bot > team [dan: *", "4:22", "closing bracket");
    winter_error(&"+999999d quiet\n".repeat(9), "6:1", "too long");
    winter_error("13:50 bot > team:", "4:18", "`*` for any text");
    winter_error("never > team []: *", "4:14", "names");
    winter_error("13:50 quiet please", "4:13", "`quiet` alone");
    winter_error("13:50 quiet\nstrict", "5:1", "above");
    winter_error("senario x", "4:1", "`scenario`");
    winter_error("config other.toml", "4:1", "line 2");
    winter_error("team", "4:5", "`team North`");
}

#[test]
fn a_head_needs_its_three_lines() {
    for (text, part) in [
        ("config a\nstart 2026-03-02 13:45\n", "`scenario`"),
        ("scenario a\nstart 2026-03-02 13:45\n", "`config`"),
        ("scenario a\nconfig a\n13:50 quiet", "`start`"),
        (
            "scenario a\nconfig a\nstart 13:45\n",
            "`start 2026-03-02 13:45`",
        ),
        ("", "`config`"),
    ] {
        let error = Script::parse(text, "f", London, &people)
            .expect_err(text)
            .to_string();
        assert!(error.contains(part), "{error}");
    }
    let text =
        "\u{feff}scenario a\r\nteam North West\r\nconfig a\r\nstrict\r\nstart 2026-03-02 13:45\r\n";
    let header = Header::parse(text, "f").expect("reads");
    assert_eq!(header.team.as_deref(), Some("North West"));
    assert!(header.strict && header.strict_line == 4);
}

#[test]
fn live_lines_may_leave_the_time_out_or_alone() {
    let now = utc("2026-03-02 13:50:20.250");
    let live = |raw: &str| parse_live(raw, now, London, &people, 1).expect(raw);
    let from = |raw: &str| live(raw).and_then(|line| line.at).map(|at| at.from);
    assert_eq!(from("amira > team: left"), Some(now));
    assert_eq!(from("13:50:20 amira > team: left"), Some(now));
    assert_eq!(from("13:50 amira > team: left"), Some(now));
    assert_eq!(from("+30m"), Some(utc("2026-03-02 14:20:20.250")));
    assert_eq!(from("15:00 "), Some(utc("2026-03-02 15:00:00")));
    assert_eq!(live("+30m").map(|line| line.what), Some(What::Wait));
    assert_eq!(live("  # note"), None);
    assert!(parse_live("13:00", now, London, &people, 1).is_err());
    assert!(parse_live("hello", now, London, &people, 1).is_err());
}
