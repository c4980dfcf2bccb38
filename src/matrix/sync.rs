//! Listening: the sync loop with a cursor of our own, so that no message is lost between the SDK and the inbox.

use super::events::Read;
use super::failure::{self, Failure};
use super::pause::Pause;
use super::{Matrix, gaps, reach, rooms};
use anyhow::{Result, anyhow};
use chrono::{DateTime, Utc};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::store::{Batch, Gap, OwnEcho};
use matrix_sdk::config::{SyncSettings, SyncToken};
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::RoomId;
use matrix_sdk::ruma::api::client::filter::{Filter, FilterDefinition};
use matrix_sdk::sync::{SyncResponse, Timeline};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use tracing::{info, warn};

/// How long the homeserver may hold a sync open while nothing happens.
const POLL: Duration = Duration::from_secs(30);
/// The same for an instance that stands by.
const STANDING_BY: Duration = Duration::from_millis(500);
/// How much of what it cannot read an instance that stands by keeps in mind.
const MOST_WAITING: usize = 1_000;
/// How often a batch is tried as a whole, before one event in it is taken to be what the database refuses.
const AS_A_WHOLE: u32 = 3;
/// How long gaps may hold up a batch (invariant 9: "a minute, then it goes on with what it has").
const GAPS: Duration = Duration::from_secs(60);

/// Listens for ever.
///
/// # Errors
/// Whatever is not a matter of the network.
pub(super) async fn listen(matrix: Arc<Matrix>) -> Result<Infallible> {
    // Before the first event is stored the desk must know which room is which.
    rooms::survey(&matrix).await?;
    reach::recall(&matrix).await?;
    matrix.link.send_modify(|link| link.surveyed = true);
    let account = matrix.session.account();
    let mut since = matrix.store.since(&account).await?;
    // A device that replaces a lost one goes on where that one stopped; its own state starts empty.
    let mut full_state = false;
    if since.is_none()
        && let Some(before) = matrix.session.account_before()
    {
        since = matrix.store.since(before).await?;
        full_state = since.is_some();
    }
    // So does one that is new beside others.
    if since.is_none() {
        since = matrix.store.since_of_others(matrix.session.user()).await?;
        full_state = since.is_some();
    }
    let mut poll = Duration::ZERO;
    let mut pause = Pause::default();
    loop {
        let settings = settings(since.as_deref(), poll).full_state(full_state);
        let asked_at = std::time::Instant::now();
        // Never inside a select or a timeout: dropped after it has persisted, the response would be gone.
        let response = match matrix.session.client().sync_once(settings).await {
            Ok(response) => response,
            Err(error) => match failure::of(&error) {
                Failure::LoggedOut { soft } => return Err(matrix.session.logged_out(soft)),
                Failure::Local => return Err(anyhow!(error).context("the sync broke off")),
                Failure::Refused(code) => {
                    offline(&matrix);
                    poll = Duration::ZERO; // what is due waits for the next answer
                    let why = format!("the homeserver refuses to sync ({code})");
                    pause.wait(&why, None).await;
                    continue;
                }
                Failure::Later(wait) => {
                    offline(&matrix);
                    poll = Duration::ZERO;
                    pause.wait("the homeserver cannot be reached", wait).await;
                    continue;
                }
            },
        };
        pause = Pause::default();
        let received_at = (matrix.now)();
        matrix.link.send_if_modified(|link| {
            link.answered_at = Some(std::time::Instant::now());
            false
        });
        rooms::note(&matrix, &response).await;
        reach::note(&matrix, &response, received_at).await;
        let batch = batch(&matrix, &account, since.as_deref(), &response, received_at).await;
        if since.as_deref() != Some(&*batch.since) || !batch.events.is_empty() {
            commit(&matrix, &batch).await;
        }
        since = Some(batch.since);
        // Whoever stands by must see soon what the other one has sent; so must whoever has just taken over, and waits for it.
        let settled = matrix.turn.is_mine() && matrix.has_looked.load(Ordering::Relaxed);
        (full_state, poll) = (false, if settled { POLL } else { STANDING_BY });
        if !matrix.link.borrow().caught_up {
            rooms::refuse_unencrypted(&matrix).await?;
        }
        online(&matrix, received_at, asked_at);
        matrix.wake.notify_one();
    }
}

fn settings(since: Option<&str>, poll: Duration) -> SyncSettings {
    let mut filter = FilterDefinition::default();
    // Synapse gives at most a hundred; whatever is beyond is a gap and fetched page by page.
    filter.room.timeline.limit = Some(100_u32.into());
    // Of what passes only what people have read: it tells that they are still there.
    filter.room.ephemeral.types = Some(vec!["m.receipt".to_owned()]);
    filter.presence = Filter::ignore_all();
    let token = since.map_or(SyncToken::NoToken, |since| {
        SyncToken::Specific(since.to_owned())
    });
    SyncSettings::new()
        .filter(filter.into())
        .timeout(poll)
        .token(token)
}

/// Everything of a response that is to be stored. Nothing of the very first sync: that is the past.
async fn batch(
    matrix: &Matrix,
    account: &str,
    since: Option<&str>,
    response: &SyncResponse,
    received_at: DateTime<Utc>,
) -> Batch {
    let mut batch = Batch {
        account: account.to_owned(),
        since: response.next_batch.clone(),
        received_at,
        events: Vec::new(),
        own: Vec::new(),
        gaps: Vec::new(),
    };
    let Some(since) = since else {
        return batch;
    };
    let deadline = Instant::now() + GAPS;
    let joined = response
        .rooms
        .joined
        .iter()
        .map(|(id, room)| (id, &room.timeline));
    // Somebody may have said something before the bot was put out of the room.
    let left = response
        .rooms
        .left
        .iter()
        .map(|(id, room)| (id, &room.timeline));
    for (room, timeline) in joined.chain(left) {
        take(matrix, &mut batch, room, timeline, since, deadline).await;
    }
    if !matrix.turn.is_mine() {
        put_by(matrix, &mut batch);
    }
    batch
}

/// What this device cannot read the acting one may have read: stored as unreadable it would be told to people.
fn put_by(matrix: &Matrix, batch: &mut Batch) {
    let unread = |said: &Inbound| matches!(said.what, Said::Unreadable { .. });
    let (unread, read) = std::mem::take(&mut batch.events)
        .into_iter()
        .partition(unread);
    batch.events = read;
    let mut waiting = waiting(matrix);
    waiting.extend::<Vec<Inbound>>(unread);
    let too_many = waiting.len().saturating_sub(MOST_WAITING);
    waiting.drain(..too_many);
}

fn waiting(matrix: &Matrix) -> std::sync::MutexGuard<'_, Vec<Inbound>> {
    matrix
        .waiting
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// See [`Matrix::take_over`].
pub(super) async fn keep_what_waited(matrix: &Matrix) -> Result<()> {
    let account = matrix.session.account();
    let since = matrix.store.since(&account).await?;
    let waited = std::mem::take(&mut *waiting(matrix));
    if let (Some(since), false) = (since, waited.is_empty()) {
        let batch = Batch {
            account,
            since,
            received_at: (matrix.now)(),
            events: waited,
            own: Vec::new(),
            gaps: Vec::new(),
        };
        commit(matrix, &batch).await;
        matrix.wake.notify_one();
    }
    Ok(())
}

/// Takes the timeline of one room into the batch, oldest first, with what is missing before it.
async fn take(
    matrix: &Matrix,
    batch: &mut Batch,
    room: &RoomId,
    timeline: &Timeline,
    since: &str,
    deadline: Instant,
) {
    let reader = matrix.reader(room.as_str(), batch.received_at);
    let (from_start, events) = reader.while_present(&timeline.events);
    if from_start
        && timeline.limited
        && let Some(prev_batch) = &timeline.prev_batch
    {
        let gap = Gap {
            room: room.to_string(),
            prev_batch: prev_batch.clone(),
            since: since.to_owned(),
        };
        info!("messages are missing in the timeline; fetching them");
        match gaps::fetch(matrix, &gap, deadline).await {
            Ok(missing) => sort_in(matrix, batch, room, missing.iter()).await,
            Err(error) => {
                warn!(%error, "the missing messages are fetched later");
                batch.gaps.push(gap);
            }
        }
    }
    sort_in(matrix, batch, room, events.into_iter()).await;
}

async fn sort_in<'e>(
    matrix: &Matrix,
    batch: &mut Batch,
    room: &RoomId,
    events: impl Iterator<Item = &'e TimelineEvent>,
) {
    let (said, own) = sorted(matrix, room.as_str(), events, batch.received_at);
    for said in &said {
        rooms::heard(matrix, said).await;
    }
    batch.events.extend(said);
    batch.own.extend(own);
}

/// What was said in some timeline, and the echoes of the bot's own messages.
pub(super) fn sorted<'e>(
    matrix: &Matrix,
    room: &str,
    events: impl Iterator<Item = &'e TimelineEvent>,
    received_at: DateTime<Utc>,
) -> (Vec<Inbound>, Vec<OwnEcho>) {
    let reader = matrix.reader(room, received_at);
    let (mut all, mut own) = (Vec::new(), Vec::new());
    for event in events {
        match reader.read(event) {
            Read::Nothing => {}
            Read::Own { outbox, event } => own.push(OwnEcho {
                outbox,
                room: room.to_owned(),
                event,
            }),
            Read::Said(said) => all.push(said),
        }
    }
    (all, own)
}

/// Stores the batch, however long that takes: the response is in memory only, and the SDK will not give it again. Whoever
/// cannot be heard meanwhile must not be taken for silent, so the line counts as cut.
async fn commit(matrix: &Matrix, batch: &Batch) {
    let mut pause = Pause::default();
    for attempt in 1_u32.. {
        let kept = match attempt {
            ..=AS_A_WHOLE => matrix.store.ingest(batch).await,
            _ => matrix.store.ingest_singly(batch).await,
        };
        let Err(error) = kept else { return };
        offline(matrix);
        warn!(%error, "what was received cannot be stored");
        pause.wait("the database cannot be written to", None).await;
    }
}

fn online(matrix: &Matrix, at: DateTime<Utc>, asked_at: std::time::Instant) {
    let mut was_off = false;
    matrix.link.send_modify(|link| {
        was_off = !link.connected;
        (link.connected, link.caught_up) = (true, true);
        link.last_good = Some(at);
        link.asked_at = Some(asked_at);
    });
    if was_off {
        info!("connected to the homeserver");
    }
}

fn offline(matrix: &Matrix) {
    matrix
        .link
        .send_if_modified(|link| std::mem::take(&mut link.connected));
}
