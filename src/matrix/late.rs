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
/// How many of the newest are tried at a time, and how many of the others, in turn: a flood of unreadable messages keeps
/// this task from neither.
const AT_ONCE: usize = 100;

/// Tries unreadable messages again whenever a key comes, and every half minute.
///
/// # Errors
/// Where the sync has ended, or there is no encryption.
pub(super) async fn read_late(matrix: Arc<Matrix>) -> Result<Infallible> {
    let encryption = matrix.session.client().encryption();
    let keys = encryption.room_keys_received_stream().await;
    let mut keys = pin!(keys.context("there is no encryption")?);
    matrix.caught_up().await?;
    for round in 0.. {
        if let Err(error) = retry(&matrix, round).await {
            warn!(%error, "unreadable messages could not be tried again");
        }
        tokio::select! {
            Some(_) = keys.next() => {}
            () = tokio::time::sleep(EVERY) => {}
        }
    }
    anyhow::bail!("the rounds are used up")
}

async fn retry(matrix: &Matrix, round: usize) -> Result<()> {
    let rows = matrix.store.unreadable().await?;
    let mut readable = 0;
    for row in in_turn(&rows, round) {
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

/// The newest, newest first, and some of the others: in each round the next.
fn in_turn<T>(oldest_first: &[T], round: usize) -> impl Iterator<Item = &T> {
    let (others, newest) = oldest_first.split_at(oldest_first.len().saturating_sub(AT_ONCE));
    let parts = others.len().div_ceil(AT_ONCE).max(1);
    let begin = round % parts * AT_ONCE;
    let part = others.iter().skip(begin).take(AT_ONCE);
    newest.iter().rev().chain(part)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn in_a_flood_the_newest_are_tried_each_time_and_the_others_in_turn() {
        let rows: Vec<usize> = (0..350).collect();
        let mut tried = BTreeSet::new();
        for round in 7..10 {
            let now: Vec<usize> = in_turn(&rows, round).copied().collect();
            assert_eq!(now[..AT_ONCE], (250..350).rev().collect::<Vec<_>>());
            assert!(now.len() <= 2 * AT_ONCE);
            tried.extend(now);
        }
        assert_eq!(tried.len(), rows.len());
        assert_eq!(
            in_turn(&rows[..3], 5).copied().collect::<Vec<_>>(),
            [2, 1, 0]
        );
        assert_eq!(in_turn(&rows[..0], 5).count(), 0);
    }
}
