use super::*;
use crate::rehearsal::expect::{SentPlace, judge};
use chrono::{Duration, TimeZone};
use chrono_tz::Europe::London;
use proptest::prelude::*;

const HEAD: &str = "# A day.\nscenario A\nconfig b\nstart 2026-03-02 13:45\n";

fn parse(text: &str) -> Script {
    Script::parse(text, "f", London, &|_| true).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn said(time: &str, place: SentPlace, pings: &[&str], text: &str) -> Sent {
    Sent {
        at: chrono::DateTime::parse_from_rfc3339(time)
            .expect(time)
            .to_utc(),
        place,
        pings: pings.iter().map(|&id| id.to_owned()).collect(),
        text: text.to_owned(),
        edit: false,
    }
}

fn marks(script: &Script, sent: &[Sent]) -> Vec<usize> {
    let from = |line: &Line| line.at.as_ref().map_or(script.start, |at| at.from);
    script
        .lines
        .iter()
        .map(|line| sent.iter().filter(|s| s.at < from(line)).count())
        .collect()
}

/// Records, and makes sure that the recorded file holds and records as itself.
fn recorded(text: &str, sent: &[Sent]) -> String {
    let script = parse(text);
    let result = record(text, &script, sent, London, &marks(&script, sent));
    let again = parse(&result);
    let marks = marks(&again, sent);
    let verdict = judge(&again, sent, &marks);
    let explained: Vec<String> = verdict
        .failures
        .iter()
        .map(|f| f.explain(sent, London))
        .collect();
    assert!(verdict.holds(), "{result}\n{}", explained.join("\n"));
    assert_eq!(record(&result, &again, sent, London, &marks), result);
    result
}

fn check(body: &str, sent: &[Sent], expected: &str) {
    assert_eq!(
        recorded(&format!("{HEAD}{body}"), sent),
        format!("{HEAD}{expected}")
    );
}

#[test]
fn the_bots_lines_stand_where_they_were_expected() {
    let sent = [
        said(
            "2026-03-02T13:50:00Z",
            SentPlace::Team,
            &[],
            "Logged:\n  LCS1 && 14:00 ",
        ),
        said(
            "2026-03-02T15:00:00Z",
            SentPlace::Person("amira".into()),
            &["amira"],
            "Are you well?",
        ),
        said(
            "2026-03-02T15:15:00Z",
            SentPlace::Managers,
            &["dan", "carol"],
            "Ring *Amira*",
        ),
        said(
            "2026-03-02T15:30:00Z",
            SentPlace::Sms("07700 900101".into()),
            &[],
            "",
        ),
    ];
    check(
        "\n13:50 amira > team: /visit\n13:50 bot > team: *nothing like it*\n\n# She is silent.\n\
         15:00 bot > amira: *\n15:00 bot > ben: *\n15:20 dan > managers: /noanswer\nnever > team: *police*\n",
        &sent,
        "\n13:50 amira > team: /visit\n13:50 bot > team []: Logged: LCS1 &*& 14:00\n\n# She is silent.\n\
         15:00 bot > amira [amira]: Are you well?\n15:15 bot > managers [dan carol]: Ring *Amira*\n\
         15:20 dan > managers: /noanswer\n15:30 bot > sms:07700 900101: *\nnever > team: *police*\n",
    );
}

#[test]
fn times_still_mean_the_same() {
    let sent = [
        said("2026-03-02T14:00:00Z", SentPlace::Team, &[], "a"),
        said("2026-03-03T08:00:30Z", SentPlace::Team, &[], "b"),
    ];
    check(
        "13:50 amira redacts\n+90m amira redacts\n2026-03-03 08:00 bot > team: *\n08:05:10 amira redacts\n+5m quiet\n\
         +1m..+3m never > team: x",
        &sent,
        "13:50 amira redacts\n14:00 bot > team []: a\n15:20 amira redacts\n2026-03-03 08:00 bot > team []: b\n\
         08:05:10 amira redacts\n+5m quiet\n+1m..+3m never > team: x\n",
    );
    check(
        "2026-03-03 08:00 bot > team: nothing\n08:05 amira redacts\n+5m bot > team: nothing\n+1m..+3m never > ben: x",
        &sent,
        "14:00 bot > team []: a\n2026-03-03 08:00 bot > team []: b\n08:05 amira redacts\n08:11..08:13 never > ben: x\n",
    );
    check(
        "2026-03-04 08:00 bot > team: nothing\n08:05 amira redacts\n08:06 quiet",
        &sent,
        "14:00 bot > team []: a\n2026-03-03 08:00 bot > team []: b\n2026-03-04 08:05 amira redacts\n08:06 quiet\n",
    );
}

#[test]
fn repeated_hours_have_their_offset() {
    let sent = [
        said("2026-10-25T00:30:00Z", SentPlace::Team, &[], "a"),
        said("2026-10-25T01:30:00Z", SentPlace::Team, &[], "a"),
        said("2026-10-25T02:30:00Z", SentPlace::Team, &[], "a"),
    ];
    check(
        "2026-10-25 00:10 quiet\n03:00 quiet",
        &sent,
        "2026-10-25 00:10 quiet\n2026-10-25 01:30+01:00 bot > team []: a\n\
         2026-10-25 01:30+00:00 bot > team []: a\n02:30 bot > team []: a\n03:00 quiet\n",
    );
}

fn message() -> impl Strategy<Value = (i64, u8, Vec<String>, String, bool)> {
    let pings = prop::collection::hash_set("amira|ben|dan", 0..3);
    let pings = pings.prop_map(|set| set.into_iter().collect());
    (
        0..180_000_i64,
        0..5_u8,
        pings,
        "([a-c*:\\[\\]#é \n]|&&| && |\t){0,8}",
        any::<bool>(),
    )
}

proptest! {
    #[test]
    fn what_was_recorded_holds(
        messages in prop::collection::vec(message(), 0..12),
        lines in prop::collection::vec((0..30_000_i64, 0..6_u8), 0..8),
        autumn in any::<bool>(),
    ) {
        let day = if autumn { 24 } else { 2 };
        let month = if autumn { 10 } else { 3 };
        let start = London.with_ymd_and_hms(2026, month, day, 13, 45, 0).single().expect("a time").to_utc();
        let mut body = String::new();
        for (later, kind) in lines {
            let time = if later % 3 == 0 { format!("+{later}s") } else { format!("+{}m", later / 60) };
            body += &match kind {
                0 => format!("{time} amira > team: left\n"),
                1 => format!("{time} ! crash\n"),
                2 => format!("{time}..+600m bot > team: *\n"),
                3 => format!("# {time}\n\nnever > team: *z*\n"),
                4 => format!("{time} bot > ben [dan ...]: *a*\n"),
                _ => format!("{time} quiet\n"),
            };
        }
        let mut sent: Vec<Sent> = messages.into_iter().map(|(after, place, pings, text, edit)| Sent {
            at: start + Duration::seconds(after),
            place: match place {
                0 => SentPlace::Team,
                1 => SentPlace::Managers,
                2 => SentPlace::Person("amira".into()),
                3 => SentPlace::Email("edt@example.org".into()),
                _ => SentPlace::Sms("07700 900101".into()),
            },
            // The simulated post has no mentions.
            pings: if place > 2 { Vec::new() } else { pings },
            text,
            edit,
        }).collect();
        sent.sort_by_key(|s| s.at);
        let strict = format!("strict\nscenario A\nconfig b\nstart 2026-{month:02}-{day:02} 13:45\n{body}");
        recorded(&strict, &sent);
    }
}
