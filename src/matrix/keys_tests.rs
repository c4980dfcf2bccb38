//! Killed at every point while a first message is read: afterwards the message can be read all the same.

use super::Keys;
use matrix_sdk::SqliteCryptoStore;
use matrix_sdk::ruma::api::client::keys::{claim_keys, get_keys, upload_keys};
use matrix_sdk::ruma::api::client::sync::sync_events::DeviceLists;
use matrix_sdk::ruma::serde::Raw;
use matrix_sdk::ruma::{RoomId, UserId, device_id, room_id, user_id};
use matrix_sdk_base::crypto::store::CryptoStore;
use matrix_sdk_base::crypto::types::requests::AnyOutgoingRequest;
use matrix_sdk_base::crypto::{
    DecryptionSettings, EncryptionSettings, EncryptionSyncChanges, OlmMachine, TrustRequirement,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

const TRUST: DecryptionSettings = DecryptionSettings {
    sender_device_trust_requirement: TrustRequirement::Untrusted,
};

/// A future that is dropped after so many polls, as a process that dies in the middle of it.
struct DiesAfter<F> {
    future: Pin<Box<F>>,
    polls: u32,
}

impl<F: Future> Future for DiesAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.future.as_mut().poll(cx).map(Some)
    }
}

/// A folder under the system's temporary one, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("lonewatch-keys-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn copied_from(other: &Path, name: &str) -> Self {
        let copy = Self::new(name);
        for file in std::fs::read_dir(other).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.0.join(file.file_name())).unwrap();
        }
        copy
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn bot() -> &'static UserId {
    user_id!("@lonewatch:example.org")
}

fn amira() -> &'static UserId {
    user_id!("@amira:example.org")
}

fn room() -> &'static RoomId {
    room_id!("!direct:example.org")
}

/// A device whose keys are kept as the program keeps them, with what closes its files.
async fn device(folder: &Path) -> (OlmMachine, SqliteCryptoStore) {
    let store = SqliteCryptoStore::open(folder, None).await.unwrap();
    let machine = OlmMachine::with_store(bot(), device_id!("BOT"), Keys::new(store.clone()), None);
    (machine.await.unwrap(), store)
}

/// Publishes a device's keys: what the homeserver would tell others, and its one-time keys.
async fn publish(machine: &OlmMachine) -> (Value, Value) {
    let requests = machine.outgoing_requests().await.unwrap();
    let upload = requests.iter().find_map(|request| match request.request() {
        AnyOutgoingRequest::KeysUpload(upload) => Some((request.request_id(), upload)),
        _ => None,
    });
    let (id, upload) = upload.expect("a new device publishes its keys");
    let keys = serde_json::to_value(&upload.device_keys).unwrap();
    let one_time = serde_json::to_value(&upload.one_time_keys).unwrap();
    let counts = upload_keys::v3::Response::new(Default::default());
    machine.mark_request_as_sent(id, &counts).await.unwrap();
    (keys, one_time)
}

/// Amira's phone, which knows the bot's device and has a session with it.
async fn phone(keys: &Value, one_time: &Value) -> OlmMachine {
    let phone = OlmMachine::new(amira(), device_id!("PHONE")).await;
    publish(&phone).await;
    phone.update_tracked_users([bot()]).await.unwrap();
    let mut known = get_keys::v3::Response::new();
    let devices = json!({ bot(): { "BOT": keys } });
    known.device_keys = serde_json::from_value(devices).unwrap();
    let (id, _) = phone.query_keys_for_users([bot()]);
    phone.mark_request_as_sent(&id, &known).await.unwrap();
    let (id, _) = phone
        .get_missing_sessions([bot()].into_iter())
        .await
        .unwrap()
        .expect("there is no session yet");
    let (name, key) = one_time.as_object().unwrap().iter().next().unwrap();
    let claimed = json!({ bot(): { "BOT": { name: key } } });
    let claimed = claim_keys::v3::Response::new(serde_json::from_value(claimed).unwrap());
    phone.mark_request_as_sent(&id, &claimed).await.unwrap();
    phone
}

/// What her phone sends: the room key for the bot, and the message that it opens.
async fn first_message(phone: &OlmMachine) -> (Value, Value) {
    let settings = EncryptionSettings::default();
    let shared = phone.share_room_key(room(), [bot()].into_iter(), settings);
    let shared = shared.await.unwrap();
    let to_bot = shared[0].messages[bot()].values().next().unwrap();
    let key = json!({
        "type": "m.room.encrypted",
        "sender": amira(),
        "content": serde_json::to_value(to_bot).unwrap(),
    });
    let content = json!({ "msgtype": "m.text", "body": "left" });
    let content = Raw::new(&content).unwrap().cast_unchecked();
    let sealed = phone
        .encrypt_room_event_raw(room(), "m.room.message", &content)
        .await
        .unwrap();
    let message = json!({
        "type": "m.room.encrypted",
        "sender": amira(),
        "event_id": "$left",
        "origin_server_ts": 1_772_460_000_000_u64,
        "room_id": room(),
        "content": sealed.content,
    });
    (key, message)
}

async fn receive(machine: &OlmMachine, key: &Value) {
    let changes = EncryptionSyncChanges {
        to_device_events: vec![Raw::new(key).unwrap().cast_unchecked()],
        changed_devices: &DeviceLists::new(),
        one_time_keys_counts: &Default::default(),
        unused_fallback_keys: None,
        next_batch_token: Some("s2".to_owned()),
    };
    machine.receive_sync_changes(changes, &TRUST).await.unwrap();
}

async fn reads(machine: &OlmMachine, message: &Value) -> bool {
    let event = Raw::new(message).unwrap().cast_unchecked();
    machine
        .decrypt_room_event(&event, room(), &TRUST)
        .await
        .is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_message_is_read_after_a_kill_at_any_point() {
    let fresh = Folder::new("fresh");
    let (machine, store) = device(&fresh.0).await;
    let (keys, one_time) = publish(&machine).await;
    drop(machine);
    store.close().await.unwrap();
    let (key, message) = first_message(&phone(&keys, &one_time).await).await;

    for polls in 0.. {
        let folder = Folder::copied_from(&fresh.0, &polls.to_string());
        let (machine, store) = device(&folder.0).await;
        let hearing = DiesAfter {
            future: Box::pin(receive(&machine, &key)),
            polls,
        };
        let survived = hearing.await.is_some();
        drop(machine);
        store.close().await.unwrap();

        // Started again, the homeserver sends it once more.
        let (machine, store) = device(&folder.0).await;
        receive(&machine, &key).await;
        assert!(
            reads(&machine, &message).await,
            "the message was lost by a kill after {polls} steps"
        );
        drop(machine);
        store.close().await.unwrap();
        if survived {
            assert!(polls > 1, "there were too few steps to die at: {polls}");
            return;
        }
    }
}
