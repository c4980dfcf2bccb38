//! Messages whose key came late: they are kept as they are and tried again.

use super::Matrix;
use super::events::Read;
use anyhow::{Context, Result};
use futures_util::StreamExt;
use lonewatch_core::domain::inbound::{Inbound, Said};
use matrix_sdk::deserialized_responses::TimelineEventKind;
use matrix_sdk::ruma::serde::Raw;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

/// How often unreadable messages are tried without a new key: the key may be in the backup.
const EVERY: Duration = Duration::from_secs(30);
/// How many are tried at a time, so that a flood of unreadable messages cannot keep this task from the newest ones.
const AT_ONCE: usize = 200;

/// Tries unreadable messages again whenever a key comes, and every half minute.
///
/// # Errors
/// Where the sync has ended, or there is no encryption.
pub(super) async fn read_late(matrix: Arc<Matrix>) -> Result<Infallible> {
    let encryption = matrix.session.client().encryption();
    let keys = encryption.room_keys_received_stream().await;
    let mut keys = pin!(keys.context("there is no encryption")?);
    matrix.caught_up().await?;
    loop {
        if let Err(error) = retry(&matrix).await {
            warn!(%error, "unreadable messages could not be tried again");
        }
        tokio::select! {
            Some(_) = keys.next() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn retry(matrix: &Matrix) -> Result<()> {
    let rows = matrix.store.unreadable().await?;
    let mut readable = 0;
    for row in rows.iter().rev().take(AT_ONCE) {
        let Said::Unreadable { raw, .. } = &row.inbound.what else {
            continue;
        };
        // One that is broken must not keep the others from being tried.
        let Ok(Some(inbound)) = decrypt(matrix, &row.inbound, raw).await else {
            continue;
        };
        matrix
            .store
            .now_readable(&inbound.room, &inbound.event, &inbound)
            .await?;
        readable += 1;
    }
    if readable > 0 {
        info!(readable, "messages became readable");
        matrix.wake.notify_one();
    }
    Ok(())
}

async fn decrypt(matrix: &Matrix, was: &Inbound, raw: &str) -> Result<Option<Inbound>> {
    let Some(room) = matrix.room(&was.room) else {
        return Ok(None);
    };
    let event = room
        .decrypt_event(&Raw::from_json_string(raw.to_owned())?, None)
        .await?;
    if !matches!(event.kind, TimelineEventKind::Decrypted(_)) {
        return Ok(None);
    }
    let read = matrix.reader(&was.room, was.said_at).read(&event);
    Ok(Some(match read {
        Read::Said(inbound) => inbound,
        // It was a sticker or the like. A deletion of itself says that to the desk: nothing is left of it.
        _ => Inbound {
            what: Said::Redaction {
                of: was.event.clone(),
            },
            ..was.clone()
        },
    }))
}
