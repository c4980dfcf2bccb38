//! The recovery key: what is left when this device is lost.

use super::secrets::Folder;
use futures_util::StreamExt;
use matrix_sdk::Client;
use matrix_sdk::encryption::recovery::RecoveryState;
use std::time::Duration;
use tracing::{info, warn};

const FILE: &str = "recovery_key";

/// Sees to it that the keys can be had back after this device is lost: makes a recovery key once and keeps it in
/// `recovery_key`, or uses the one that is there to sign a new device. What fails is a warning only, and tried
/// again at the next start.
pub(super) async fn ensure(client: &Client, folder: &Folder) {
    let recovery = client.encryption().recovery();
    let mut states = std::pin::pin!(recovery.state_stream());
    let known = async {
        while recovery.state() == RecoveryState::Unknown && states.next().await.is_some() {}
    };
    if tokio::time::timeout(Duration::from_secs(60), known)
        .await
        .is_err()
    {
        return warn!("whether there is a recovery key is not known yet");
    }
    let kept = match folder.read(FILE) {
        Ok(kept) => kept,
        Err(error) => return warn!("the recovery key: {error:#}"),
    };
    let made = match (kept, recovery.state()) {
        (None, RecoveryState::Disabled) => recovery.enable().await.map(Some),
        // Made, but lost before it was written down.
        (None, RecoveryState::Enabled) => recovery.reset_key().await.map(Some),
        (Some(key), RecoveryState::Incomplete) => recovery.recover(&key).await.map(|()| None),
        _ => return,
    };
    match made.map(|key| key.map_or(Ok(()), |key| folder.write(FILE, &key))) {
        Ok(Ok(())) => info!("the recovery key is in order"),
        Ok(Err(error)) => warn!("the recovery key was not kept: {error:#}"),
        Err(error) => warn!(%error, "no recovery key"),
    }
}
