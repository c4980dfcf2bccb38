//! Standing messages: one message in a place that is edited to its newest state (the board).

use super::row::{Reader, ms};
use super::{Result, Store};
use crate::courier::Delivered;
use crate::domain::outgoing::Outgoing;
use chrono::{DateTime, Utc};
use sqlx::AnyConnection;

/// The rows of one standing message that were sent: its name, team and place are `$1` to `$3`.
macro_rules! sent {
    () => {
        "slot = $1 AND team = $2 AND place = $3 AND event IS NOT NULL"
    };
}

impl Store {
    /// The message that a newer state of it edits; `None`: there is none. It is the first that was sent into the room
    /// that the last one went to: all after it were edits. Whether that room still is the place, only the channel knows.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn standing(&self, out: &Outgoing) -> Result<Option<Delivered>> {
        let place = serde_json::to_string(&out.place)?;
        // The newest row first: its room is the one, and what was sent elsewhere before it counts no more.
        let first = sqlx::query(concat!(
            "WITH sent AS (SELECT id, event, room FROM outbox WHERE ",
            sent!(),
            "), newest AS (SELECT room FROM sent ORDER BY id DESC LIMIT 1) \
             SELECT id, event, room FROM sent WHERE id > (SELECT COALESCE(MAX(id), 0) FROM sent \
             WHERE room <> (SELECT room FROM newest)) ORDER BY id LIMIT 1"
        ))
        .bind(&out.standing)
        .bind(&out.team)
        .bind(&place)
        .fetch_optional(&mut *self.read().await?)
        .await?;
        let Some(first) = first else { return Ok(None) };
        let (first, _) = Reader::new(&first, "outbox")?;
        let (event, room) = (first.get("event")?, first.get("room")?);
        Ok(Some(Delivered { room, event }))
    }
}

/// The message was deleted by somebody: the next state is a message of its own. What is on its way is forgotten as well.
pub(super) async fn taken_down(
    db: &mut AnyConnection,
    out: &Outgoing,
    at: DateTime<Utc>,
) -> Result<()> {
    let place = serde_json::to_string(&out.place)?;
    sqlx::query(
        "UPDATE outbox SET superseded_at = $1 WHERE slot = $2 AND team = $3 AND place = $4 \
         AND sent_at IS NULL AND refused_at IS NULL AND superseded_at IS NULL",
    )
    .bind(ms(at))
    .bind(&out.standing)
    .bind(&out.team)
    .bind(&place)
    .execute(&mut *db)
    .await?;
    sqlx::query("UPDATE outbox SET slot = NULL WHERE slot = $1 AND team = $2 AND place = $3")
        .bind(&out.standing)
        .bind(&out.team)
        .bind(&place)
        .execute(db)
        .await?;
    Ok(())
}
