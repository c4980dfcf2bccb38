//! The JSON of an outgoing message.

use super::mark;
use lonewatch_core::domain::outgoing::Outgoing;
use serde_json::{Value, json};

/// The content of the message for a row of the outbox. `mentions` are Matrix ids; `thread_root` is the event that the
/// row's thread hangs under.
pub fn message(
    store_id: &str,
    row: i64,
    out: &Outgoing,
    mentions: &[String],
    thread_root: Option<&str>,
) -> Value {
    let mut content = json!({
        "msgtype": if out.rings { "m.text" } else { "m.notice" },
        "body": out.text,
        // Present even when empty: then clients do not look for names in the text by themselves.
        "m.mentions": if mentions.is_empty() { json!({}) } else { json!({ "user_ids": mentions }) },
        mark::FIELD: mark::mark(store_id, row),
    });
    let answered = out.reply_to.as_ref().map(|answered| &answered.event);
    let relation = match (thread_root, answered) {
        (Some(root), answered) => Some(json!({
            "rel_type": "m.thread",
            "event_id": root,
            "is_falling_back": answered.is_none(),
            "m.in_reply_to": { "event_id": answered.map_or(root, String::as_str) },
        })),
        (None, Some(answered)) => Some(json!({ "m.in_reply_to": { "event_id": answered } })),
        (None, None) => None,
    };
    if let Some(relation) = relation {
        content["m.relates_to"] = relation;
    }
    content
}

/// The content of a reaction that is offered for tapping.
pub fn reaction(event: &str, key: &str) -> Value {
    json!({ "m.relates_to": { "rel_type": "m.annotation", "event_id": event, "key": key } })
}

/// The transaction id of a row: repeated, it gives the same event again instead of a second one.
pub fn transaction(store_id: &str, row: i64) -> String {
    format!("lw-{store_id}-{row}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use lonewatch_core::domain::outgoing::{Place, Priority, ReplyTo};

    fn out() -> Outgoing {
        Outgoing {
            team: "North".into(),
            place: Place::Managers,
            priority: Priority::Page,
            text: "Ring her.".into(),
            mentions: vec![],
            rings: true,
            reply_to: None,
            thread: None,
            opens_thread: false,
            offers: vec![],
            hide_from: vec![],
            about: None,
            slot: None,
            sealed: None,
            why: "test".into(),
        }
    }

    fn answering(event: &str) -> Outgoing {
        let reply_to = Some(ReplyTo {
            room: "!r".into(),
            event: event.into(),
        });
        Outgoing { reply_to, ..out() }
    }

    #[test]
    fn a_page_rings_and_pings() {
        let content = message("s", 7, &out(), &["@dan:x".into()], None);
        assert_eq!(content["msgtype"], "m.text");
        assert_eq!(content["body"], "Ring her.");
        assert_eq!(content["m.mentions"], json!({"user_ids": ["@dan:x"]}));
        assert!(content.get("m.relates_to").is_none());
        let marked = content[mark::FIELD].as_str().expect("a mark");
        assert_eq!(mark::row_of("s", marked), Some(7));
    }

    #[test]
    fn a_quiet_line_does_neither() {
        let quiet = Outgoing {
            rings: false,
            ..out()
        };
        let content = message("s", 7, &quiet, &[], None);
        assert_eq!(content["msgtype"], "m.notice");
        assert_eq!(content["m.mentions"], json!({}));
    }

    #[test]
    fn replies_and_threads_are_related() {
        let reply = message("s", 7, &answering("$q"), &[], None);
        assert_eq!(
            reply["m.relates_to"],
            json!({"m.in_reply_to": {"event_id": "$q"}})
        );
        let threaded = message("s", 7, &out(), &[], Some("$root"));
        let expected = json!({"rel_type": "m.thread", "event_id": "$root", "is_falling_back": true,
            "m.in_reply_to": {"event_id": "$root"}});
        assert_eq!(threaded["m.relates_to"], expected);
        let both = message("s", 7, &answering("$q"), &[], Some("$root"));
        let expected = json!({"rel_type": "m.thread", "event_id": "$root", "is_falling_back": false,
            "m.in_reply_to": {"event_id": "$q"}});
        assert_eq!(both["m.relates_to"], expected);
    }
}
