//! Keeps a standing message pinned, so that people find it. The message works without.

use super::failure::{self, Failure};
use super::rooms::RoomNews;
use super::send::{TIMEOUT, brief};
use lonewatch_core::domain::outgoing::Outgoing;
use lonewatch_core::store::Store;
use matrix_sdk::Room;
use matrix_sdk::ruma::events::room::pinned_events::RoomPinnedEventsEventContent;
use matrix_sdk::ruma::{EventId, OwnedEventId};
use tokio::sync::mpsc::UnboundedSender;
use tracing::warn;

/// Pins an event of ours in its room, beside the courier's way, and leaves what others have pinned; an earlier message of
/// the same name is let go (the sheet of yesterday). Asked for with each edit: so a crash, or a server that was away, is
/// made good with the next, and so is a role that the bot gets later.
pub(super) fn keep_pinned(
    room: &Room,
    event: &str,
    out: &Outgoing,
    store: &Store,
    news: &UnboundedSender<RoomNews>,
) {
    let Ok(event) = EventId::parse(event) else {
        return;
    };
    // As the last sync left it.
    let known = room.pinned_event_ids().unwrap_or_default();
    if known.contains(&event) {
        return;
    }
    let (room, out, store, news) = (room.clone(), out.clone(), store.clone(), news.clone());
    tokio::spawn(async move {
        let pinned = tokio::time::timeout(TIMEOUT, pin(&room, event, &out, &store)).await;
        let error = match pinned {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => return warn!("a standing message was not pinned: no answer"),
        };
        warn!(error = %brief(&error), "a standing message was not pinned");
        if matches!(failure::of(&error), Failure::Refused(_)) {
            let (room, team) = (room.room_id().to_string(), out.team);
            // Nobody listens only while the program ends.
            let _ = news.send(RoomNews::CannotPin { team, room });
        }
    });
}

async fn pin(
    room: &Room,
    event: OwnedEventId,
    out: &Outgoing,
    store: &Store,
) -> matrix_sdk::Result<()> {
    // Asked of the server: the list is replaced as a whole, and somebody may have pinned something just now.
    let pinned = room.load_pinned_events().await?.unwrap_or_default();
    if pinned.contains(&event) {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(pinned.len() + 1);
    for each in pinned {
        // What the store cannot tell stays pinned.
        let ours = store.row_of_event(each.as_str()).await.ok().flatten();
        let earlier = ours
            .is_some_and(|row| (&row.out.team, &row.out.standing) == (&out.team, &out.standing));
        if !earlier {
            kept.push(each);
        }
    }
    kept.push(event);
    room.send_state_event(RoomPinnedEventsEventContent::new(kept))
        .await?;
    Ok(())
}
