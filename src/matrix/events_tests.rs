//! Raw events as clients send them, and what they must be read as.

use super::*;
use matrix_sdk::ruma::serde::Raw;
use serde_json::json;

const NOW: &str = "2026-03-02T14:00:00Z";
const AT: i64 = 1_772_460_000_000; // 2026-03-02 14:00 UTC

fn now() -> DateTime<Utc> {
    NOW.parse().expect("a time")
}

fn reader(direct: bool) -> Reader<'static> {
    Reader {
        me: "@bot:x",
        store_id: "s1",
        room: "!r",
        direct,
        now: now(),
    }
}

fn read(event: Value) -> Read {
    reader(false).read_json(&event, &event.to_string())
}

fn event(kind: &str, content: Value) -> Value {
    json!({"type": kind, "event_id": "$e", "sender": "@amira:x", "origin_server_ts": AT - 5000, "content": content})
}

#[track_caller]
fn check(event: Value, expected: Said) {
    match read(event) {
        Read::Said(inbound) => assert_eq!(inbound.what, expected),
        other => panic!("{other:?} is not {expected:?}"),
    }
}

fn said(body: &str) -> Said {
    Said::Text {
        body: body.into(),
        reply_to: None,
        thread: None,
    }
}

#[test]
fn plain_words_are_text_with_sender_room_and_time() {
    let Read::Said(inbound) = read(event(
        "m.room.message",
        json!({"msgtype": "m.text", "body": "/left"}),
    )) else {
        panic!("nothing read");
    };
    assert_eq!(inbound.what, said("/left"));
    assert_eq!(
        (&*inbound.room, &*inbound.event, &*inbound.sender),
        ("!r", "$e", "@amira:x")
    );
    assert_eq!(inbound.said_at, now() - chrono::Duration::seconds(5));
}

#[test]
fn a_time_in_the_future_is_clamped_and_a_missing_one_is_now() {
    let mut ahead = event("m.room.message", json!({"msgtype": "m.text", "body": "x"}));
    ahead["origin_server_ts"] = json!(AT + 3_600_000);
    let mut missing = ahead.clone();
    missing["origin_server_ts"] = Value::Null;
    for event in [ahead, missing] {
        let Read::Said(inbound) = read(event) else {
            panic!("nothing read")
        };
        assert_eq!(inbound.said_at, now());
    }
}

#[test]
fn emotes_are_text_and_notices_and_verification_requests_are_nothing() {
    check(
        event(
            "m.room.message",
            json!({"msgtype": "m.emote", "body": "is out"}),
        ),
        said("is out"),
    );
    for msgtype in ["m.notice", "m.key.verification.request", "m.server_notice"] {
        let content = json!({"msgtype": msgtype, "body": "/left"});
        assert_eq!(read(event("m.room.message", content)), Read::Nothing);
    }
    assert_eq!(read(event("m.room.message", json!({}))), Read::Nothing);
    assert_eq!(
        read(event("m.sticker", json!({"body": "/left"}))),
        Read::Nothing
    );
    assert_eq!(
        read(event("org.matrix.msc3381.poll.start", json!({"body": "x"}))),
        Read::Nothing
    );
}

#[test]
fn a_caption_is_text_and_a_file_name_is_not() {
    for msgtype in ["m.image", "m.file", "m.video", "m.audio"] {
        check(
            event(
                "m.room.message",
                json!({"msgtype": msgtype, "body": "the purple file", "filename": "a.jpg"}),
            ),
            said("the purple file"),
        );
        for content in [
            json!({"msgtype": msgtype, "body": "a.jpg"}),
            json!({"msgtype": msgtype, "body": "a.jpg", "filename": "a.jpg"}),
        ] {
            assert_eq!(read(event("m.room.message", content)), Read::Nothing);
        }
    }
}

#[test]
fn an_edit_brings_the_new_words() {
    let content = json!({"msgtype": "m.text", "body": "* new", "m.new_content": {"msgtype": "m.text", "body": "new"},
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}});
    let expected = Said::Edit {
        of: "$old".into(),
        body: "new".into(),
    };
    check(event("m.room.message", content), expected);
}

#[test]
fn a_reply_loses_its_quotation() {
    for (body, words) in [
        ("> <@bot:x> /standdown\n> more\n\n/ack", "/ack"),
        ("> <@bot:x> quoted only", ""),
        ("/ack", "/ack"),
        ("> * <@bot:x> is here\n\nfirst\n\n> kept", "first\n\n> kept"),
    ] {
        let content = json!({"msgtype": "m.text", "body": body, "m.relates_to": {"m.in_reply_to": {"event_id": "$q"}}});
        let expected = Said::Text {
            body: words.into(),
            reply_to: Some("$q".into()),
            thread: None,
        };
        check(event("m.room.message", content), expected);
    }
    // Without a reply, a quotation is the sender's own.
    check(
        event(
            "m.room.message",
            json!({"msgtype": "m.text", "body": "> a\n\nb"}),
        ),
        said("> a\n\nb"),
    );
}

#[test]
fn a_thread_is_no_reply_unless_it_says_so() {
    for (falling_back, reply_to) in [
        (json!(true), None),
        (json!(false), Some("$last")),
        (Value::Null, Some("$last")),
    ] {
        let content = json!({"msgtype": "m.text", "body": "he rang", "m.relates_to": {"rel_type": "m.thread",
            "event_id": "$root", "is_falling_back": falling_back, "m.in_reply_to": {"event_id": "$last"}}});
        let expected = Said::Text {
            body: "he rang".into(),
            reply_to: reply_to.map(Into::into),
            thread: Some("$root".into()),
        };
        check(event("m.room.message", content), expected);
    }
}

#[test]
fn reactions_and_deletions_name_their_target() {
    let content =
        json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$p", "key": "👍"}});
    let expected = Said::Reaction {
        to: "$p".into(),
        key: "👍".into(),
    };
    check(event("m.reaction", content), expected);
    let deleted = Said::Redaction { of: "$d".into() };
    check(
        event("m.room.redaction", json!({"redacts": "$d"})),
        deleted.clone(),
    );
    let mut old = event("m.room.redaction", json!({}));
    old["redacts"] = json!("$d");
    check(old, deleted);
}

#[test]
fn places_come_as_messages_and_as_beacons() {
    let expected = Said::Location {
        place: "geo:51.3,-1.9".into(),
    };
    check(
        event(
            "m.room.message",
            json!({"msgtype": "m.location", "body": "here", "geo_uri": "geo:51.3,-1.9"}),
        ),
        expected.clone(),
    );
    for (kind, field) in [
        ("org.matrix.msc3672.beacon", "org.matrix.msc3488.location"),
        ("m.beacon", "m.location"),
    ] {
        check(
            event(kind, json!({field: {"uri": "geo:51.3,-1.9"}})),
            expected.clone(),
        );
    }
}

#[test]
fn own_messages_are_echoes_and_never_words() {
    let mut own = event(
        "m.room.message",
        json!({"msgtype": "m.text", "body": "/standdown", mark::FIELD: mark::mark("s1", 7)}),
    );
    own["sender"] = json!("@bot:x");
    let echo = Read::Own {
        outbox: 7,
        event: "$e".into(),
    };
    assert_eq!(read(own.clone()), echo);
    own["content"][mark::FIELD] = json!(mark::mark("another store", 7));
    assert_eq!(read(own.clone()), Read::Nothing);
    // Somebody who copies the mark does not become the bot.
    own["content"][mark::FIELD] = json!(mark::mark("s1", 7));
    own["sender"] = json!("@amira:x");
    check(own, said("/standdown"));
}

#[test]
fn an_edit_of_our_own_is_the_echo_of_its_row_and_no_edit_of_anybodys() {
    let words = json!({"msgtype": "m.notice", "body": "/left"});
    let mut own = event(
        "m.room.message",
        json!({
            "msgtype": "m.notice", "body": "* /left", "m.new_content": words,
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$first"},
            mark::FIELD: mark::mark("s1", 8),
        }),
    );
    own["sender"] = json!("@bot:x");
    let echo = Read::Own {
        outbox: 8,
        event: "$e".into(),
    };
    assert_eq!(read(own), echo);
}

#[test]
fn what_cannot_be_decrypted_keeps_the_raw_event() {
    let encrypted = event(
        "m.room.encrypted",
        json!({"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}),
    );
    let expected = Said::Unreadable {
        reason: "not decrypted".into(),
        raw: encrypted.to_string(),
    };
    check(encrypted.clone(), expected);
    let deleted = event("m.room.encrypted", json!({}));
    assert_eq!(read(deleted), Read::Nothing);
    let mut own = encrypted;
    own["sender"] = json!("@bot:x");
    assert_eq!(read(own), Read::Nothing);
}

#[test]
fn odd_events_are_nothing() {
    for odd in [
        json!(null),
        json!([]),
        json!({"type": "m.room.message"}),
        json!({"type": "m.room.message", "event_id": "$e", "content": {"msgtype": "m.text", "body": 7}}),
        json!({"type": "m.room.message", "event_id": "$e", "content": {"msgtype": "m.text", "body": "no sender"}}),
        event(
            "m.reaction",
            json!({"m.relates_to": {"rel_type": "m.thread", "event_id": "$p", "key": "👍"}}),
        ),
    ] {
        assert_eq!(read(odd.clone()), Read::Nothing, "{odd}");
    }
}

fn timeline(moves: &[&str]) -> Vec<TimelineEvent> {
    let json = moves.iter().enumerate().map(|(n, what)| {
        let (content, before) = match *what {
            "joins" => (json!({"membership": "join"}), "invite"),
            "is invited" => (json!({"membership": "invite"}), "leave"),
            "leaves" => (json!({"membership": "leave"}), "join"),
            "renames" => (json!({"membership": "join"}), "join"),
            _ => return json!({"type": "m.room.message", "event_id": format!("${n}"), "sender": "@amira:x", "origin_server_ts": AT,
                "content": {"msgtype": "m.text", "body": what}}),
        };
        json!({"type": "m.room.member", "state_key": "@bot:x", "sender": "@bot:x", "event_id": format!("${n}"),
            "origin_server_ts": AT, "content": content, "unsigned": {"prev_content": {"membership": before}}})
    });
    let raw = json.map(|json| Raw::new(&json).expect("JSON").cast_unchecked());
    raw.map(TimelineEvent::from_plaintext).collect()
}

#[test]
fn only_what_is_said_in_its_presence_counts() {
    for (events, from_start, heard) in [
        (vec!["a", "b"], true, vec!["$0", "$1"]),
        (vec!["a", "joins", "b"], false, vec!["$2"]),
        (vec!["a", "leaves", "b"], true, vec!["$0"]),
        (
            vec!["a", "leaves", "b", "joins", "c"],
            true,
            vec!["$0", "$4"],
        ),
        (
            vec!["a", "joins", "b", "leaves", "c", "joins", "d"],
            false,
            vec!["$2", "$6"],
        ),
        (vec!["a", "renames", "b"], true, vec!["$0", "$1", "$2"]),
        (vec![], true, vec![]),
    ] {
        let all = timeline(&events);
        let (whole, said) = reader(false).while_present(&all);
        let ids: Vec<String> = said
            .iter()
            .filter_map(|event| event.event_id())
            .map(|id| id.to_string())
            .collect();
        assert_eq!(
            (whole, ids),
            (from_start, heard.iter().map(ToString::to_string).collect()),
            "{events:?}"
        );
    }
}

#[test]
fn first_words_in_a_direct_chat_come_before_the_invitation_is_accepted() {
    let all = timeline(&["a", "is invited", "help", "joins", "b"]);
    let heard = |direct: bool| {
        let reader = reader(direct);
        let (whole, said) = reader.while_present(&all);
        let read = said.into_iter().map(|event| reader.read(event));
        let words: Vec<_> = read
            .filter_map(|read| match read {
                Read::Said(inbound) => Some(inbound.what),
                _ => None,
            })
            .collect();
        (whole, words)
    };
    assert_eq!(heard(true), (false, vec![said("help"), said("b")]));
    assert_eq!(heard(false), (false, vec![said("b")]), "a team's room");
    // Where more is missing than the timeline has, it is fetched back to the invitation.
    let invitation = &timeline(&["is invited"])[0];
    assert!(reader(true).is_own_join(invitation));
    assert!(!reader(false).is_own_join(invitation));
    let late = timeline(&["help", "joins"]);
    assert!(reader(true).while_present(&late).0);
}

#[test]
fn a_time_before_all_memory_is_clamped() {
    let mut old = event("m.room.message", json!({"msgtype": "m.text", "body": "x"}));
    for at in [0, -8_000_000_000_000_000_i64] {
        old["origin_server_ts"] = json!(at);
        let Read::Said(inbound) = read(old.clone()) else {
            panic!("nothing read")
        };
        assert!(inbound.said_at >= now() - TimeDelta::days(30));
    }
}

#[test]
fn an_edit_without_new_words_of_its_own_has_those_of_the_message() {
    let content = json!({"msgtype": "m.text", "body": "* new", "m.new_content": {},
        "m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}});
    let expected = Said::Edit {
        of: "$old".into(),
        body: "new".into(),
    };
    check(event("m.room.message", content), expected);
}

#[test]
fn what_is_no_json_is_unreadable() {
    let broken = |kind: &str| {
        let depth = ["[", "]"].map(|bracket| bracket.repeat(200)).concat();
        let text = format!(
            r#"{{"type": "{kind}", "event_id": "$e", "sender": "@amira:x", "origin_server_ts": {AT}, "content": {depth}}}"#
        );
        let raw = Raw::from_json_string(text).expect("raw JSON");
        reader(false).read(&TimelineEvent::from_plaintext(raw))
    };
    let Read::Said(inbound) = broken("m.room.message") else {
        panic!("nothing read")
    };
    assert_eq!((&*inbound.event, &*inbound.sender), ("$e", "@amira:x"));
    assert!(matches!(inbound.what, Said::Unreadable { .. }));
    assert_eq!(broken("m.room.topic"), Read::Nothing);
}

#[test]
fn an_id_that_is_too_long_names_nothing() {
    let long = "$".repeat(256);
    let message = |relation: Value| {
        json!({"msgtype": "m.text", "body": "help", "m.new_content": {"msgtype": "m.text", "body": "left"},
            "m.relates_to": relation})
    };
    for relation in [
        json!({"rel_type": "m.replace", "event_id": long}),
        json!({"rel_type": "m.replace"}),
        json!({"rel_type": "m.thread", "event_id": long}),
        json!({"m.in_reply_to": {"event_id": long}}),
    ] {
        check(event("m.room.message", message(relation)), said("help"));
    }
    let tap = json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": long, "key": "x"}});
    assert_eq!(read(event("m.reaction", tap)), Read::Nothing);
    let deleted = event("m.room.redaction", json!({"redacts": long}));
    assert_eq!(read(deleted), Read::Nothing);
}

/// Names are chosen freely, and a quotation may say anything: neither is read.
#[test]
fn a_forged_name_and_the_html_of_a_quotation_are_nothing() {
    let quoted = json!({
        "msgtype": "m.text",
        "body": "> <@dan:x> ack A12\n\nok, seen",
        "format": "org.matrix.custom.html",
        "formatted_body": "<mx-reply><blockquote><a href=\"https://matrix.to/#/@dan:x\">@dan:x</a><br>ack A12</blockquote></mx-reply>/standdown A12",
        "displayname": "Dan Price",
        "m.relates_to": {"m.in_reply_to": {"event_id": "$page"}},
    });
    let mut forged = event("m.room.message", quoted);
    forged["unsigned"] = json!({"sender": "@dan:x", "displayname": "Dan Price"});
    let Read::Said(inbound) = read(forged) else {
        panic!("nothing read");
    };
    assert_eq!(inbound.sender, "@amira:x");
    let expected = Said::Text {
        body: "ok, seen".to_owned(),
        reply_to: Some("$page".to_owned()),
        thread: None,
    };
    assert_eq!(inbound.what, expected);
}
