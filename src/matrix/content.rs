//! The JSON of an outgoing message.

use super::mark;
use lonewatch_core::domain::outgoing::{Attachment, Outgoing};
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

/// The same message as a newer state of one that stands: whoever shows edits shows the new words in its place.
/// <https://spec.matrix.org/v1.12/client-server-api/#event-replacements>
pub fn edit(mut content: Value, of: &str) -> Value {
    let body = content["body"].as_str().unwrap_or_default().to_owned();
    content["m.new_content"] = json!({
        "msgtype": content["msgtype"],
        "body": body,
        "m.mentions": content["m.mentions"],
    });
    content["body"] = format!("* {body}").into();
    content["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": of });
    content
}

/// The same message as a file that was uploaded: `source` says where to, `url` or, encrypted, `file`.
/// <https://spec.matrix.org/v1.12/client-server-api/#mfile>
pub fn file(mut content: Value, file: &Attachment, source: (&str, Value)) -> Value {
    content["msgtype"] = "m.file".into();
    content["body"] = file.name.as_str().into();
    content["filename"] = file.name.as_str().into();
    content["info"] = json!({ "mimetype": file.mime, "size": file.body.len() });
    content[source.0] = source.1;
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
            standing: None,
            file: None,
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
    fn an_edit_is_marked_as_its_own_row_and_pings_nobody() {
        let quiet = Outgoing {
            rings: false,
            ..out()
        };
        let content = edit(message("s", 9, &quiet, &[], None), "$first");
        let relation = json!({"rel_type": "m.replace", "event_id": "$first"});
        assert_eq!(content["m.relates_to"], relation);
        let new = json!({"msgtype": "m.notice", "body": "Ring her.", "m.mentions": {}});
        assert_eq!(content["m.new_content"], new);
        assert_eq!(content["body"], "* Ring her.");
        assert_eq!(content["msgtype"], "m.notice");
        assert_eq!(content["m.mentions"], json!({}));
        let marked = content[mark::FIELD].as_str().expect("a mark");
        assert_eq!(mark::row_of("s", marked), Some(9));
    }

    #[test]
    fn a_file_carries_the_mark_of_its_row_and_what_it_answers() {
        let page = Attachment {
            name: "record-A1.html".into(),
            mime: "text/html".into(),
            body: "<p>é</p>".into(),
        };
        let answer = message("s", 9, &answering("$q"), &[], None);
        let source = json!({"url": "mxc://x/y", "v": "v2"});
        let content = file(answer, &page, ("file", source.clone()));
        assert_eq!(content["msgtype"], "m.file");
        assert_eq!(content["body"], "record-A1.html");
        assert_eq!(content["filename"], "record-A1.html");
        let info = json!({"mimetype": "text/html", "size": 9});
        assert_eq!((&content["info"], &content["file"]), (&info, &source));
        let relation = json!({"m.in_reply_to": {"event_id": "$q"}});
        assert_eq!(content["m.relates_to"], relation);
        let marked = content[mark::FIELD].as_str().expect("a mark");
        assert_eq!(mark::row_of("s", marked), Some(9));
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
