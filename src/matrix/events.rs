//! What an event says: from the JSON of a timeline event to a plain [`Inbound`]. Pure; the time is passed in.

use super::mark;
use chrono::{DateTime, TimeDelta, Utc};
use lonewatch_core::domain::inbound::{Inbound, Said};
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use serde_json::Value;

/// The most bytes that an id of Matrix has.
const LONGEST_ID: usize = 255;
/// What claims to have been said before that was said then.
const LONGEST_AGO: TimeDelta = TimeDelta::days(30);

/// What the reader of an event has to know.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The bot's own Matrix id.
    pub me: &'a str,
    /// The store's id, to recognise the bot's own messages.
    pub store_id: &'a str,
    /// The room that the event is from.
    pub room: &'a str,
    /// True where the room is a direct chat: what is said there to the bot before it has accepted the invitation is said
    /// to it. In other rooms it is not, and cannot be read.
    pub direct: bool,
    /// When it was received, UTC.
    pub now: DateTime<Utc>,
}

/// What an event is to Lonewatch.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// Nothing that matters: state, stickers, polls, notices of other bots, calls.
    Nothing,
    /// The echo of a row of the outbox.
    Own {
        /// The row.
        outbox: i64,
        /// The event that it became.
        event: String,
    },
    /// Something that somebody did.
    Said(Inbound),
}

impl Reader<'_> {
    /// Reads an event of the timeline, decrypted or not.
    pub fn read(&self, event: &TimelineEvent) -> Read {
        let raw = event.raw().json().get();
        let Ok(json) = serde_json::from_str::<Value>(raw) else {
            return self.malformed(event);
        };
        match &event.kind {
            TimelineEventKind::UnableToDecrypt { utd_info, .. } => {
                self.unreadable(&json, format!("{:?}", utd_info.reason), raw)
            }
            _ => self.read_json(&json, raw),
        }
    }

    /// Reads a decrypted event, or one that never was encrypted. `raw` is the same event as text.
    pub fn read_json(&self, event: &Value, raw: &str) -> Read {
        let content = &event["content"];
        let (Some(kind), Some(id)) = (event["type"].as_str(), event["event_id"].as_str()) else {
            return Read::Nothing;
        };
        if event["sender"] == self.me {
            let row = content[mark::FIELD]
                .as_str()
                .and_then(|mark| mark::row_of(self.store_id, mark));
            return row.map_or(Read::Nothing, |outbox| Read::Own {
                outbox,
                event: id.to_owned(),
            });
        }
        let said = match kind {
            "m.room.encrypted" => {
                return self.unreadable(event, "not decrypted".to_owned(), raw);
            }
            "m.room.message" => message(content),
            "m.reaction" => reaction(content),
            // Up to room version 10 the deleted event is named beside the content, from 11 on inside it.
            "m.room.redaction" => event_id(&content["redacts"])
                .or_else(|| event_id(&event["redacts"]))
                .map(|of| Said::Redaction { of }),
            "m.beacon" | "org.matrix.msc3672.beacon" | "m.location" => location(content),
            _ => None,
        };
        said.map_or(Read::Nothing, |what| self.said(event, what))
    }

    /// True where the event is the bot's own joining of the room, of a direct chat its invitation (not a change of its name or picture).
    pub fn is_own_join(&self, event: &TimelineEvent) -> bool {
        self.own_move(event) == Some(true)
    }

    /// The events of a timeline that were said while the bot was in the room, and whether it was there from the start:
    /// what was said before it joined was not said to it.
    pub fn while_present<'e>(&self, events: &'e [TimelineEvent]) -> (bool, Vec<&'e TimelineEvent>) {
        let first_move = events.iter().find_map(|event| self.own_move(event));
        let from_start = first_move != Some(true);
        let mut present = from_start;
        let mut said = Vec::new();
        for event in events {
            match self.own_move(event) {
                Some(joined) => present = joined,
                None if present => said.push(event),
                None => {}
            }
        }
        (from_start, said)
    }

    /// True where the bot comes in with this event, false where it leaves or is put out; `None` for any other event.
    fn own_move(&self, event: &TimelineEvent) -> Option<bool> {
        let json = serde_json::from_str::<Value>(event.raw().json().get()).ok()?;
        if json["type"] != "m.room.member" || json["state_key"] != self.me {
            return None;
        }
        let is_there = |content: &Value| {
            content["membership"] == "join" || self.direct && content["membership"] == "invite"
        };
        let was_in = is_there(&json["unsigned"]["prev_content"]);
        let is_in = is_there(&json["content"]);
        (was_in != is_in).then_some(is_in)
    }

    /// An event that nobody can read yet. A deleted one has no content left and is nothing any more.
    fn unreadable(&self, event: &Value, reason: String, raw: &str) -> Read {
        let deleted = event["content"]["algorithm"].is_null();
        if deleted || event["sender"] == self.me {
            return Read::Nothing;
        }
        let raw = raw.to_owned();
        self.said(event, Said::Unreadable { reason, raw })
    }

    /// A message that is no JSON to us (a broken escape, nested without end): somebody said something, and is to be asked.
    fn malformed(&self, event: &TimelineEvent) -> Read {
        let field = |name| event.raw().get_field::<String>(name).ok().flatten();
        if field("type").as_deref() != Some("m.room.message") {
            return Read::Nothing;
        }
        let known = serde_json::json!({
            "event_id": field("event_id"),
            "sender": field("sender"),
            "content": {"algorithm": "none"},
        });
        self.unreadable(&known, "malformed".to_owned(), "{}")
    }

    fn said(&self, event: &Value, what: Said) -> Read {
        let (Some(id), Some(sender)) = (text(&event["event_id"]), text(&event["sender"])) else {
            return Read::Nothing;
        };
        let sent = event["origin_server_ts"]
            .as_i64()
            .and_then(DateTime::from_timestamp_millis);
        Read::Said(Inbound {
            room: self.room.to_owned(),
            event: id,
            sender,
            said_at: sent.map_or(self.now, |sent| {
                // A foreign server may claim any year.
                sent.clamp(self.now - LONGEST_AGO, self.now)
            }),
            what,
        })
    }
}

fn message(content: &Value) -> Option<Said> {
    let relation = &content["m.relates_to"];
    if relation["rel_type"] == "m.replace"
        && let Some(of) = event_id(&relation["event_id"])
    {
        let body = words(&content["m.new_content"]).or_else(|| {
            let whole = words(content)?;
            Some(whole.strip_prefix("* ").unwrap_or(&whole).to_owned())
        })?;
        return Some(Said::Edit { of, body });
    }
    if content["msgtype"] == "m.location" {
        return location(content);
    }
    let body = words(content)?;
    let answered = event_id(&relation["m.in_reply_to"]["event_id"]);
    let body = match answered {
        Some(_) => without_quote(&body).to_owned(),
        None => body,
    };
    let in_thread = relation["rel_type"] == "m.thread";
    // Clients without threads are shown a thread as a chain of replies; that chain answers nothing.
    let mere_fallback = in_thread && relation["is_falling_back"] == true;
    Some(Said::Text {
        body,
        reply_to: answered.filter(|_| !mere_fallback),
        thread: in_thread.then(|| event_id(&relation["event_id"])).flatten(),
    })
}

/// The words of a message, or the caption of a file. A file's body is a caption only beside a different file name.
/// <https://spec.matrix.org/v1.10/client-server-api/#media-captions>
fn words(content: &Value) -> Option<String> {
    match content["msgtype"].as_str()? {
        "m.text" | "m.emote" => text(&content["body"]),
        "m.image" | "m.file" | "m.video" | "m.audio" => {
            let filename = text(&content["filename"])?;
            text(&content["body"]).filter(|caption| *caption != filename)
        }
        _ => None,
    }
}

fn reaction(content: &Value) -> Option<Said> {
    let relation = &content["m.relates_to"];
    let to = event_id(&relation["event_id"])?;
    let key = text(&relation["key"])?;
    (relation["rel_type"] == "m.annotation").then_some(Said::Reaction { to, key })
}

fn location(content: &Value) -> Option<Said> {
    let place = text(&content["geo_uri"])
        .or_else(|| text(&content["m.location"]["uri"]))
        .or_else(|| text(&content["org.matrix.msc3488.location"]["uri"]))?;
    Some(Said::Location { place })
}

/// A reply without the quotation that older clients put before it.
/// <https://spec.matrix.org/v1.12/client-server-api/#fallbacks-for-rich-replies>
fn without_quote(body: &str) -> &str {
    if !body.starts_with("> ") {
        return body;
    }
    let mut rest = body;
    while rest.starts_with('>') {
        match rest.split_once('\n') {
            Some((_, next)) => rest = next,
            None => return "",
        }
    }
    rest.strip_prefix('\n').unwrap_or(rest)
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The id of an event. Inside an encrypted message no homeserver has looked at it: what is longer than any id names
/// nothing, and a message that relates to it stands for itself.
fn event_id(value: &Value) -> Option<String> {
    text(value).filter(|id| id.len() <= LONGEST_ID)
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
