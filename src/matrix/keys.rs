//! The store of this device's keys, made safe against a kill at the wrong moment.
//!
//! The SDK (0.18) saves the Olm session that a first message opens before it saves the room key that the same message
//! carries. A kill between the two loses the key for good: the session is known by then, so the message, delivered
//! again, counts as a replay. Here such a session waits in memory and is written together with the key, in the one
//! transaction that ends the SDK's work on a sync response. Killed before that, the store knows nothing of the
//! message, and it is read again like new.

use async_trait::async_trait;
use matrix_sdk::ruma::events::secret::request::SecretName;
use matrix_sdk::ruma::{DeviceId, OwnedDeviceId, RoomId, TransactionId, UserId};
use matrix_sdk_base::cross_process_lock::CrossProcessLockGeneration;
use matrix_sdk_base::crypto::olm::{
    Account, InboundGroupSession, OlmMessageHash, OutboundGroupSession,
    PrivateCrossSigningIdentity, SenderDataType, Session,
};
use matrix_sdk_base::crypto::store::CryptoStore;
use matrix_sdk_base::crypto::store::types::{
    BackupKeys, Changes, DehydratedDeviceKey, PendingChanges, RoomKeyCounts, RoomKeyWithheldEntry,
    RoomPendingKeyBundleDetails, RoomSettings, StoredRoomKeyBundleData, TrackedUser,
};
use matrix_sdk_base::crypto::vodozemac::Curve25519PublicKey;
use matrix_sdk_base::crypto::{DeviceData, GossipRequest, SecretInfo, UserIdentityData};
use std::collections::HashMap;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// A key store that writes a session that somebody else opened no earlier than what came with it.
#[derive(Debug)]
pub(super) struct Keys<S> {
    store: S,
    /// Sessions opened by messages of the sync response in hand.
    held: Mutex<Vec<Session>>,
}

impl<S: CryptoStore> Keys<S> {
    /// Puts itself before `store`.
    pub(super) fn new(store: S) -> Self {
        Self {
            store,
            held: Mutex::default(),
        }
    }

    /// Writes `changes`, but for sessions that have to wait.
    async fn save(&self, mut changes: Changes) -> Result<(), S::Error> {
        let mut held = self.held.lock().await;
        if changes.next_batch_token.is_some() {
            // The end of a sync response: whatever its messages opened and carried, all or nothing.
            let mut sessions = held.clone();
            sessions.retain(|session| !changes.sessions.contains(session));
            changes.sessions.extend(sessions);
            self.store.save_changes(changes).await?;
            held.clear();
            return Ok(());
        }
        let mut now = Vec::new();
        for session in std::mem::take(&mut changes.sessions) {
            if !held.contains(&session) && self.is_new_and_theirs(&session).await? {
                held.push(session);
            } else {
                // Used to encrypt: it has to be on disk before that message goes out.
                held.retain(|other| *other != session);
                now.push(session);
            }
        }
        changes.sessions = now;
        if changes.is_empty() {
            return Ok(());
        }
        self.store.save_changes(changes).await
    }

    /// True for a session that a message from the other side has just opened. One that we opened has received nothing
    /// when it is first saved.
    async fn is_new_and_theirs(&self, session: &Session) -> Result<bool, S::Error> {
        if !session.inner.lock().await.has_received_message() {
            return Ok(false);
        }
        let sender_key = session.sender_key().to_base64();
        let known = self.store.get_sessions(&sender_key).await?;
        Ok(!known.unwrap_or_default().contains(session))
    }

    async fn sessions(&self, sender_key: &str) -> Result<Option<Vec<Session>>, S::Error> {
        let held = self.held.lock().await;
        let stored = self.store.get_sessions(sender_key).await?;
        let waiting = held
            .iter()
            .filter(|session| session.sender_key().to_base64() == sender_key);
        let waiting: Vec<_> = waiting.cloned().collect();
        if waiting.is_empty() {
            return Ok(stored);
        }
        let mut all = stored.unwrap_or_default();
        all.extend(waiting);
        Ok(Some(all))
    }
}

/// Everything else goes to the store behind it as it is.
macro_rules! all_else_passes {
    ($(fn $name:ident($($given:ident: $kind:ty),*) -> $got:ty;)*) => {
        #[async_trait]
        impl<S: CryptoStore> CryptoStore for Keys<S> {
            type Error = S::Error;

            async fn save_changes(&self, changes: Changes) -> Result<(), S::Error> {
                self.save(changes).await
            }

            async fn get_sessions(&self, sender_key: &str) -> Result<Option<Vec<Session>>, S::Error> {
                self.sessions(sender_key).await
            }

            $(async fn $name(&self, $($given: $kind),*) -> Result<$got, S::Error> {
                self.store.$name($($given),*).await
            })*
        }
    };
}

all_else_passes! {
    fn load_account() -> Option<Account>;
    fn load_identity() -> Option<PrivateCrossSigningIdentity>;
    fn save_pending_changes(changes: PendingChanges) -> ();
    fn save_inbound_group_sessions(
        sessions: Vec<InboundGroupSession>,
        backed_up_to_version: Option<&str>
    ) -> ();
    fn get_inbound_group_session(room: &RoomId, session: &str) -> Option<InboundGroupSession>;
    fn get_withheld_info(room: &RoomId, session: &str) -> Option<RoomKeyWithheldEntry>;
    fn get_withheld_sessions_by_room_id(room: &RoomId) -> Vec<RoomKeyWithheldEntry>;
    fn get_inbound_group_sessions() -> Vec<InboundGroupSession>;
    fn inbound_group_session_counts(backup_version: Option<&str>) -> RoomKeyCounts;
    fn get_inbound_group_sessions_by_room_id(room: &RoomId) -> Vec<InboundGroupSession>;
    fn get_inbound_group_sessions_for_device_batch(
        curve_key: Curve25519PublicKey,
        sender_data_type: SenderDataType,
        after_session: Option<String>,
        limit: usize
    ) -> Vec<InboundGroupSession>;
    fn inbound_group_sessions_for_backup(
        backup_version: &str,
        limit: usize
    ) -> Vec<InboundGroupSession>;
    fn mark_inbound_group_sessions_as_backed_up(
        backup_version: &str,
        rooms_and_sessions: &[(&RoomId, &str)]
    ) -> ();
    fn reset_backup_state() -> ();
    fn load_backup_keys() -> BackupKeys;
    fn load_dehydrated_device_pickle_key() -> Option<DehydratedDeviceKey>;
    fn delete_dehydrated_device_pickle_key() -> ();
    fn get_outbound_group_session(room: &RoomId) -> Option<OutboundGroupSession>;
    fn load_tracked_users() -> Vec<TrackedUser>;
    fn save_tracked_users(users: &[(&UserId, bool)]) -> ();
    fn get_device(user: &UserId, device: &DeviceId) -> Option<DeviceData>;
    fn get_user_devices(user: &UserId) -> HashMap<OwnedDeviceId, DeviceData>;
    fn get_own_device() -> DeviceData;
    fn get_user_identity(user: &UserId) -> Option<UserIdentityData>;
    fn is_message_known(hash: &OlmMessageHash) -> bool;
    fn get_outgoing_secret_requests(request: &TransactionId) -> Option<GossipRequest>;
    fn get_secret_request_by_info(info: &SecretInfo) -> Option<GossipRequest>;
    fn get_unsent_secret_requests() -> Vec<GossipRequest>;
    fn delete_outgoing_secret_requests(request: &TransactionId) -> ();
    fn get_secrets_from_inbox(name: &SecretName) -> Vec<Zeroizing<String>>;
    fn delete_secrets_from_inbox(name: &SecretName) -> ();
    fn get_room_settings(room: &RoomId) -> Option<RoomSettings>;
    fn get_received_room_key_bundle_data(
        room: &RoomId,
        user: &UserId
    ) -> Option<StoredRoomKeyBundleData>;
    fn get_pending_key_bundle_details_for_room(
        room: &RoomId
    ) -> Option<RoomPendingKeyBundleDetails>;
    fn get_all_rooms_pending_key_bundles() -> Vec<RoomPendingKeyBundleDetails>;
    fn has_downloaded_all_room_keys(room: &RoomId) -> bool;
    fn get_custom_value(key: &str) -> Option<Vec<u8>>;
    fn set_custom_value(key: &str, value: Vec<u8>) -> ();
    fn remove_custom_value(key: &str) -> ();
    fn try_take_leased_lock(
        lease_ms: u32,
        key: &str,
        holder: &str
    ) -> Option<CrossProcessLockGeneration>;
    fn next_batch_token() -> Option<String>;
    fn close() -> ();
    fn reopen() -> ();
    fn get_size() -> Option<usize>;
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
