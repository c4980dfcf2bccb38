//! Whether people can be reached: who has a device that can read, and when something last came from each account.

use super::Matrix;
use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::ruma::UserId;
use matrix_sdk::ruma::api::client::keys::get_keys::v3::{Request, Response};
use matrix_sdk::ruma::events::AnySyncEphemeralRoomEvent;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::sync::SyncResponse;
use serde_json::Value;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tracing::warn;

/// How often devices are asked for where nothing tells of a change, and how far apart at least.
const EVERY: Duration = Duration::from_secs(60);
const APART: Duration = Duration::from_secs(2);
/// How long the homeserver may wait for other servers, and the start for the answer.
const REMOTE: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
/// What reads messages of an encrypted room.
const MEGOLM: &str = "m.megolm.v1.aes-sha2";

/// Asks again and again who can read: when a device comes or goes, when somebody joins, and now and then.
///
/// # Errors
/// Where the sync has ended, or there is no encryption.
pub(super) async fn look(matrix: Arc<Matrix>) -> Result<Infallible> {
    let encryption = matrix.session.client().encryption();
    let devices = encryption.devices_stream().await;
    let mut devices = pin!(devices.context("there is no encryption")?);
    matrix.caught_up().await?;
    loop {
        tokio::select! {
            Some(_) = devices.next() => {}
            () = matrix.joined.notified() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
        ask(&matrix).await;
        tokio::time::sleep(APART).await;
    }
}

/// Asks which of the configured accounts have a device that can read. What cannot be learnt now stays as it was.
pub(super) async fn ask(matrix: &Matrix) {
    if !matrix.session.requires_encryption() {
        return; // what is not encrypted everybody reads
    }
    let people = matrix.plan.people.iter();
    let users: BTreeSet<_> = people.filter_map(|user| UserId::parse(user).ok()).collect();
    let mut request = Request::new();
    request.timeout = Some(REMOTE);
    request.device_keys = users.iter().map(|user| (user.clone(), vec![])).collect();
    // The bare request: what the SDK knows of devices it has only for those it has written to.
    let answer = tokio::time::timeout(ANSWER, matrix.session.client().send(request)).await;
    let Ok(Ok(answer)) = answer else {
        return warn!("the devices of people cannot be asked for; it is tried again");
    };
    for user in &users {
        if let Some(reads) = reads(&answer, user) {
            matrix.book.set_reads(user.as_str(), reads);
        }
    }
}

/// True where one of the account's devices can read; `None` where its server did not answer.
fn reads(answer: &Response, user: &UserId) -> Option<bool> {
    if answer.failures.contains_key(user.server_name().as_str()) {
        return None;
    }
    let devices = answer.device_keys.get(user);
    let mut devices = devices.into_iter().flat_map(|devices| devices.values());
    Some(devices.any(|keys| {
        keys.deserialize_as::<Value>()
            .is_ok_and(|keys| can_read(&keys))
    }))
}

fn can_read(device: &Value) -> bool {
    let algorithms = device["algorithms"].as_array();
    let megolm = algorithms.is_some_and(|all| all.iter().any(|name| name == MEGOLM));
    let keys = device["keys"].as_object();
    let has_key = keys.is_some_and(|keys| keys.keys().any(|id| id.starts_with("curve25519:")));
    // A dehydrated device keeps messages for the next login; nobody looks at it.
    let dehydrated = device["dehydrated"] == true;
    megolm && has_key && !dehydrated
}

/// Begins with what the store knows of when people were last seen.
///
/// # Errors
/// What the store says.
pub(super) async fn recall(matrix: &Matrix) -> Result<()> {
    let people: Vec<String> = matrix.plan.people.iter().cloned().collect();
    matrix.store.look_out_for(&people, (matrix.now)()).await?;
    matrix.book.recall_seen(matrix.store.seen().await?);
    Ok(())
}

/// Notes from whom a sync brought anything: what they wrote, tapped or joined, and what they have read.
pub(super) async fn note(matrix: &Matrix, response: &SyncResponse, received_at: DateTime<Utc>) {
    let rooms = &response.rooms;
    let joined = rooms.joined.values().flat_map(|room| &room.timeline.events);
    let left = rooms.left.values().flat_map(|room| &room.timeline.events);
    let mut wrote = Vec::new();
    for event in joined.chain(left) {
        let Some((user, at)) = sent(event) else {
            continue;
        };
        // Whoever writes encrypted can read what is encrypted.
        let decrypted = matches!(event.kind, TimelineEventKind::Decrypted(_));
        if decrypted && matrix.plan.people.contains(&user) {
            matrix.book.set_reads(&user, true);
        }
        wrote.push((user, at));
    }
    let ephemeral = rooms.joined.values().flat_map(|room| &room.ephemeral);
    let mut kept = Vec::new();
    for (user, at) in wrote.into_iter().chain(ephemeral.flat_map(read)) {
        // A foreign server may claim any year.
        let at = at.min(received_at);
        if matrix.plan.people.contains(&user) && matrix.book.saw(&user, at) {
            kept.push((user, at));
        }
    }
    // Always in one order: another instance writes the same rows.
    kept.sort();
    if let Err(error) = matrix.store.saw(&kept).await {
        warn!(%error, "when people were last seen cannot be kept");
    }
}

/// Who sent an event, and when.
fn sent(event: &TimelineEvent) -> Option<(String, DateTime<Utc>)> {
    let raw = event.raw();
    let field = |name| raw.get_field::<String>(name).ok().flatten();
    let at = raw.get_field::<i64>("origin_server_ts").ok().flatten()?;
    Some((field("sender")?, DateTime::from_timestamp_millis(at)?))
}

/// Who has read something, and when.
fn read(event: &Raw<AnySyncEphemeralRoomEvent>) -> Vec<(String, DateTime<Utc>)> {
    let event = event.deserialize_as::<Value>().unwrap_or_default();
    if event["type"] != "m.receipt" {
        return vec![];
    }
    let receipts = event["content"].as_object().into_iter().flatten();
    let kinds = receipts.flat_map(|(_, of)| of.as_object().into_iter().flatten());
    let users = kinds.flat_map(|(_, users)| users.as_object().into_iter().flatten());
    let read = users.filter_map(|(user, receipt)| {
        let at = receipt["ts"].as_i64()?;
        Some((user.clone(), DateTime::from_timestamp_millis(at)?))
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn raw<T>(value: &Value) -> Raw<T> {
        Raw::new(value).expect("JSON").cast_unchecked()
    }

    #[test]
    fn a_device_reads_if_it_has_keys_for_encrypted_rooms() {
        let device = json!({
            "algorithms": ["m.olm.v1.curve25519-aes-sha2", MEGOLM],
            "keys": {"curve25519:PHONE": "a", "ed25519:PHONE": "b"},
        });
        assert!(can_read(&device));
        let without = |field: &str, value: Value| {
            let mut changed = device.clone();
            changed[field] = value;
            changed
        };
        assert!(!can_read(&without("algorithms", json!([]))));
        assert!(!can_read(&without("keys", json!({"ed25519:PHONE": "b"}))));
        assert!(!can_read(&without("dehydrated", json!(true))));
    }

    #[test]
    fn who_has_no_device_is_told_from_whose_server_is_away() {
        let dan = UserId::parse("@dan:example.org").expect("an id");
        let mut answer = Response::new();
        assert_eq!(reads(&answer, &dan), Some(false));
        let device = json!({"algorithms": [MEGOLM], "keys": {"curve25519:A": "a"}});
        let devices = [("A".into(), raw(&device))].into();
        answer.device_keys.insert(dan.clone(), devices);
        assert_eq!(reads(&answer, &dan), Some(true));
        answer.failures.insert("example.org".to_owned(), json!({}));
        assert_eq!(reads(&answer, &dan), None);
    }

    #[test]
    fn a_receipt_says_who_has_read_and_when() {
        let receipt = json!({"type": "m.receipt", "content": {"$e": {
            "m.read": {"@dan:x": {"ts": 5_000}, "@eve:x": {}},
        }}});
        let at = DateTime::from_timestamp(5, 0).expect("a time");
        assert_eq!(read(&raw(&receipt)), [("@dan:x".to_owned(), at)]);
        let typing = json!({"type": "m.typing", "content": {"user_ids": ["@dan:x"]}});
        assert_eq!(read(&raw(&typing)), []);
    }
}
