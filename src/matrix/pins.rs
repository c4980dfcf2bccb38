//! Keeps a standing message pinned, so that people find it. The message works without.

use super::failure::{self, Failure};
use super::rooms::RoomNews;
use super::send::{TIMEOUT, brief};
use matrix_sdk::Room;
use matrix_sdk::ruma::events::room::pinned_events::RoomPinnedEventsEventContent;
use matrix_sdk::ruma::{EventId, OwnedEventId};
use tokio::sync::mpsc::UnboundedSender;
use tracing::warn;

/// Pins an event of ours in its room, beside the courier's way, and leaves what others have pinned. Asked for with each
/// edit: so a crash, or a server that was away, is made good with the next, and so is a role that the bot gets later.
pub(super) fn keep_pinned(room: &Room, event: &str, team: &str, news: &UnboundedSender<RoomNews>) {
    let Ok(event) = EventId::parse(event) else {
        return;
    };
    // As the last sync left it.
    let known = room.pinned_event_ids().unwrap_or_default();
    if known.contains(&event) {
        return;
    }
    let (room, team, news) = (room.clone(), team.to_owned(), news.clone());
    tokio::spawn(async move {
        let pinned = tokio::time::timeout(TIMEOUT, pin(&room, event)).await;
        let error = match pinned {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => return warn!("the board was not pinned: no answer"),
        };
        warn!(error = %brief(&error), "the board was not pinned");
        if matches!(failure::of(&error), Failure::Refused(_)) {
            let room = room.room_id().to_string();
            // Nobody listens only while the program ends.
            let _ = news.send(RoomNews::CannotPin { team, room });
        }
    });
}

async fn pin(room: &Room, event: OwnedEventId) -> matrix_sdk::Result<()> {
    // Asked of the server: the list is replaced as a whole, and somebody may have pinned something just now.
    let mut pinned = room.load_pinned_events().await?.unwrap_or_default();
    if pinned.contains(&event) {
        return Ok(());
    }
    pinned.push(event);
    room.send_state_event(RoomPinnedEventsEventContent::new(pinned))
        .await?;
    Ok(())
}
