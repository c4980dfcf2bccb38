//! Threads, and the messages that open them.

use super::outbox::OutRow;
use super::row::{Reader, clean};
use super::{Result, Store};
use crate::courier::Delivered;

/// The message that a row of a thread is put under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// There is none (any more): it is sent by itself.
    Missing,
    /// It has not been sent yet.
    Unsent,
    /// It is there.
    Sent(Delivered),
}

/// The condition under which a row that opens a thread is (or will be) there.
macro_rules! stands {
    () => {
        "(event IS NOT NULL OR (refused_at IS NULL AND superseded_at IS NULL))"
    };
}

impl Store {
    /// The first row that opens a thread and was not given up: its number, and event and room once it is sent.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn thread_root(
        &self,
        thread: &str,
    ) -> Result<Option<(i64, Option<String>, Option<String>)>> {
        let row = sqlx::query(concat!(
            "SELECT id, event, room FROM outbox WHERE opens = $1 AND ",
            stands!(),
            " ORDER BY id LIMIT 1"
        ))
        .bind(thread)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (row, id) = Reader::new(&row, "outbox")?;
        Ok(Some((id, row.get("event")?, row.get("room")?)))
    }

    /// The name of the thread that one of our events opened; `None`: it opened none.
    ///
    /// # Errors
    /// What the database says.
    pub async fn thread_of_event(&self, event: &str) -> Result<Option<String>> {
        let query = sqlx::query_scalar(
            "SELECT opens FROM outbox WHERE event = $1 AND opens IS NOT NULL ORDER BY id LIMIT 1",
        );
        Ok(query
            .bind(clean(event))
            .fetch_optional(&mut *self.read().await?)
            .await?)
    }

    /// What a row is put under: the first row that opened its thread in the same place. Each place has its own
    /// root, because an event can only be under another of its own room.
    /// A row of a standing message is put onto the one that it edits.
    pub(crate) async fn root_of(&self, row: &OutRow) -> Result<Root> {
        if row.out.standing.is_some() {
            let first = self.standing(&row.out).await?;
            return Ok(first.map_or(Root::Missing, Root::Sent));
        }
        let Some(thread) = row.out.thread.as_ref().filter(|_| !row.out.opens_thread) else {
            return Ok(Root::Missing);
        };
        let found = sqlx::query(concat!(
            "SELECT id, event, room FROM outbox WHERE opens = $1 AND team = $2 AND place = $3 AND ",
            stands!(),
            " ORDER BY id LIMIT 1"
        ))
        .bind(thread)
        .bind(&row.out.team)
        .bind(serde_json::to_string(&row.out.place)?)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        let Some(found) = found else {
            return Ok(Root::Missing);
        };
        let (found, _) = Reader::new(&found, "outbox")?;
        let event: Option<String> = found.get("event")?;
        let room: Option<String> = found.get("room")?;
        Ok(match (room, event) {
            (Some(room), Some(event)) => Root::Sent(Delivered { room, event }),
            _ => Root::Unsent,
        })
    }
}
