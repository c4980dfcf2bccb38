//! Gaps: where more was said than one sync brings, the rest is fetched page by page, backwards.

use super::{Matrix, sync};
use anyhow::{Context, Result, bail};
use lonewatch_core::store::{Gap, OpenGap};
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::room::MessagesOptions;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use tracing::{info, warn};

const PAGE: u32 = 100;
/// The most pages of one gap: far more than people write while the bot is away for a day.
const PAGES: usize = 500;
/// How long one attempt in the background may take.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often the background looks for open gaps.
const EVERY: Duration = Duration::from_secs(15);
const AT_MOST: Duration = Duration::from_secs(600);
/// A gap that has been tried for so long in vain, with the homeserver there, is told to the managers. It is still tried.
const TELL: Duration = Duration::from_secs(3600);

/// The events of a gap, oldest first: from the sync before to the timeline that we have, or from our own joining.
///
/// # Errors
/// Where the homeserver does not give them before `deadline`.
pub(super) async fn fetch(
    matrix: &Matrix,
    gap: &Gap,
    deadline: Instant,
) -> Result<Vec<TimelineEvent>> {
    let room = matrix.room(&gap.room).context("the room is not known")?;
    let reader = matrix.reader(&gap.room, (matrix.now)());
    let mut from = gap.prev_batch.clone();
    let mut newest_first = Vec::new();
    for _ in 0..PAGES {
        let mut options = MessagesOptions::backward().from(from.as_str());
        options.to = Some(gap.since.clone());
        options.limit = PAGE.into();
        let page = timeout_at(deadline, room.messages(options));
        let page = page
            .await
            .context("it takes too long")?
            .context("the homeserver does not give them")?;
        for event in page.chunk {
            if reader.is_own_join(&event) || is_known(matrix, &gap.room, &event).await? {
                newest_first.reverse();
                return Ok(newest_first);
            }
            newest_first.push(event);
        }
        match page.end {
            Some(end) if end != from => from = end,
            _ => {
                newest_first.reverse();
                return Ok(newest_first);
            }
        }
    }
    bail!("there are too many");
}

/// True where the inbox has the event: everything before it was there at the sync before. The homeserver is told where to
/// stop as well; this is for those that do not listen. (The outbox proves nothing: the bot speaks into gaps too.)
async fn is_known(matrix: &Matrix, room: &str, event: &TimelineEvent) -> Result<bool> {
    let Some(id) = event.event_id() else {
        return Ok(false);
    };
    Ok(matrix.store.said(room, id.as_str()).await?.is_some())
}

/// Fills the gaps that the sync had to leave open, for ever.
///
/// # Errors
/// Where the sync has ended.
pub(super) async fn fill_open(matrix: Arc<Matrix>) -> Result<Infallible> {
    matrix.caught_up().await?;
    let mut rest = EVERY;
    let mut in_vain = BTreeMap::new();
    loop {
        rest = (rest * 2).min(AT_MOST);
        match matrix.store.open_gaps().await {
            Ok(open) if open.is_empty() => rest = EVERY,
            Ok(open) => {
                for open in open {
                    if let Err(error) = fill_or_tell(&matrix, &open, &mut in_vain).await {
                        warn!(error = %format!("{error:#}"), "messages are still missing");
                    }
                }
            }
            Err(error) => warn!(%error, "the open gaps cannot be read"),
        }
        tokio::time::sleep(rest).await;
    }
}

/// Only while the homeserver is there: an outage says nothing about a gap.
async fn fill_or_tell(
    matrix: &Matrix,
    open: &OpenGap,
    in_vain: &mut BTreeMap<i64, Instant>,
) -> Result<()> {
    let Err(error) = fill(matrix, open.id, &open.gap).await else {
        in_vain.remove(&open.id);
        return Ok(());
    };
    if !matrix.link.borrow().connected {
        in_vain.clear();
    } else if in_vain
        .entry(open.id)
        .or_insert_with(Instant::now)
        .elapsed()
        > TELL
    {
        matrix.store.gap_in_vain(open.id, (matrix.now)()).await?;
        matrix.wake.notify_one();
    }
    Err(error)
}

async fn fill(matrix: &Matrix, id: i64, gap: &Gap) -> Result<()> {
    let events = fetch(matrix, gap, Instant::now() + PATIENCE).await?;
    let received_at = (matrix.now)();
    let (said, own) = sync::sorted(matrix, &gap.room, events.iter(), received_at);
    let filled = matrix.store.fill_gap(id, &said, &own, received_at);
    filled.await?;
    info!("missing messages were fetched");
    matrix.wake.notify_one();
    Ok(())
}
