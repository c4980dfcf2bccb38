//! The receiving side: what a sync brought, in one transaction with how far it read.

use super::inbox::{did, target};
use super::row::{Reader, clean, ms};
use super::{Result, Store, StoreError, allot};
use crate::domain::inbound::{Inbound, Said};
use chrono::{DateTime, Utc};
use sqlx::{AnyConnection, Connection};

/// What one sync brought.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// The account that reads, with its device.
    pub account: String,
    /// Where it goes on reading: the response's `next_batch`.
    pub since: String,
    /// When the response came (UTC).
    pub received_at: DateTime<Utc>,
    /// What was said.
    pub events: Vec<Inbound>,
    /// Our own messages, come back.
    pub own: Vec<OwnEcho>,
    /// Holes in a timeline.
    pub gaps: Vec<Gap>,
}

/// One of our own messages, come back from the homeserver: proof that it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnEcho {
    /// The outbox row. Only from content that names this database's [`Store::store_id`]: another database
    /// counts its rows from 1 as well.
    pub outbox: i64,
    /// The room.
    pub room: String,
    /// The event.
    pub event: String,
}

/// A hole in a room's timeline, to be read backwards from `prev_batch`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The room.
    pub room: String,
    /// Where the hole ends: the token to read back from.
    pub prev_batch: String,
    /// Where it begins: the token of the sync before.
    pub since: String,
}

/// A hole that has not been filled yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenGap {
    /// Its number.
    pub id: i64,
    /// The hole.
    pub gap: Gap,
    /// When it was noted (UTC).
    pub noted_at: DateTime<Utc>,
}

impl Store {
    /// Keeps all that a sync brought, and where reading goes on, in one transaction. Answers how many events
    /// are new: known ones are left as they are. `said_at` is kept no later than the time of receipt.
    ///
    /// # Errors
    /// What the database says; then nothing is kept, and the same batch may be given again.
    pub async fn ingest(&self, batch: &Batch) -> Result<usize> {
        let at = batch.received_at;
        let mut tx = self.write().await?;
        let new = add(&mut tx, &batch.events, at).await?;
        keep_the_rest(&mut tx, batch).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// As [`Self::ingest`], for a batch that the database will not take as a whole: one event that it refuses must not
    /// keep all others out. Such an event is kept as one that nobody could read, so that the desk tells somebody; what
    /// cannot be kept even so is left out. Answers how many events it refused.
    ///
    /// # Errors
    /// What the database says of the rest; then nothing is kept.
    pub async fn ingest_singly(&self, batch: &Batch) -> Result<usize> {
        let at = batch.received_at;
        let mut tx = self.write().await?;
        let mut refused = 0;
        for event in &batch.events {
            let Err(error) = add_alone(&mut tx, event, at).await else {
                continue;
            };
            tracing::error!(%error, "an event cannot be stored as it is");
            refused += 1;
            let shell = Inbound {
                what: Said::Unreadable {
                    reason: "it could not be stored".to_owned(),
                    raw: "{}".to_owned(),
                },
                ..event.clone()
            };
            if let Err(error) = add_alone(&mut tx, &shell, at).await {
                tracing::error!(%error, "an event is left out");
            }
        }
        keep_the_rest(&mut tx, batch).await?;
        tx.commit().await?;
        Ok(refused)
    }

    /// Where an account goes on reading; `None` before its first sync.
    ///
    /// # Errors
    /// What the database says.
    pub async fn since(&self, account: &str) -> Result<Option<String>> {
        Ok(
            sqlx::query_scalar("SELECT since FROM cursors WHERE account = $1")
                .bind(account)
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    /// The holes that are still to be filled, oldest first.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn open_gaps(&self) -> Result<Vec<OpenGap>> {
        let rows = sqlx::query(
            "SELECT id, room, prev_batch, since, noted_at FROM gaps \
             WHERE filled_at IS NULL ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        let read = |row| {
            let (row, id) = Reader::new(row, "gaps")?;
            let gap = Gap {
                room: row.get("room")?,
                prev_batch: row.get("prev_batch")?,
                since: row.get("since")?,
            };
            let noted_at = row.time("noted_at")?;
            Ok(OpenGap { id, gap, noted_at })
        };
        rows.iter().map(read).collect()
    }

    /// Keeps what was found in a hole and marks it as filled, in one transaction. Answers how many events are
    /// new. Give them oldest first.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if it was filled before; what the database says. Then nothing is kept.
    pub async fn fill_gap(
        &self,
        id: i64,
        events: &[Inbound],
        received_at: DateTime<Utc>,
    ) -> Result<usize> {
        let mut tx = self.write().await?;
        let new = add(&mut tx, events, received_at).await?;
        let filled =
            sqlx::query("UPDATE gaps SET filled_at = $1 WHERE id = $2 AND filled_at IS NULL")
                .bind(ms(received_at))
                .bind(id)
                .execute(&mut *tx)
                .await?;
        if filled.rows_affected() == 0 {
            let what = format!("gap {id}");
            return Err(StoreError::Stale { what });
        }
        tx.commit().await?;
        Ok(new)
    }
}

/// Keeps the echoes, the holes and the place in the sync.
async fn keep_the_rest(db: &mut AnyConnection, batch: &Batch) -> Result<()> {
    let at = batch.received_at;
    for echo in &batch.own {
        super::outbox::mark_sent(db, echo.outbox, &echo.room, &echo.event, at).await?;
    }
    for gap in &batch.gaps {
        let id = allot(db, "gaps", 1).await?;
        sqlx::query(
            "INSERT INTO gaps (id, room, prev_batch, since, noted_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (room, prev_batch) DO NOTHING",
        )
        .bind(id)
        .bind(clean(&gap.room))
        .bind(clean(&gap.prev_batch))
        .bind(clean(&gap.since))
        .bind(ms(at))
        .execute(&mut *db)
        .await?;
    }
    sqlx::query(
        "INSERT INTO cursors (account, since, at) VALUES ($1, $2, $3) \
         ON CONFLICT (account) DO UPDATE SET since = excluded.since, at = excluded.at",
    )
    .bind(&batch.account)
    .bind(&batch.since)
    .bind(ms(at))
    .execute(db)
    .await?;
    Ok(())
}

/// Adds one event, and takes only that back where the database refuses it.
async fn add_alone(db: &mut AnyConnection, event: &Inbound, at: DateTime<Utc>) -> Result<()> {
    let mut point = db.begin().await?;
    add(&mut point, std::slice::from_ref(event), at).await?;
    Ok(point.commit().await?)
}

/// Adds events to the inbox in their order and answers how many are new.
async fn add(db: &mut AnyConnection, events: &[Inbound], at: DateTime<Utc>) -> Result<usize> {
    if events.is_empty() {
        return Ok(0);
    }
    let first = allot(db, "inbox", events.len()).await?;
    let mut new = 0;
    for (id, event) in (first..).zip(events) {
        let added = sqlx::query(
            "INSERT INTO inbox (id, room, event, sender, said_at, received_at, did, target, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (room, event) DO NOTHING",
        )
        .bind(id)
        .bind(clean(&event.room))
        .bind(clean(&event.event))
        .bind(clean(&event.sender))
        .bind(ms(event.said_at.min(at)))
        .bind(ms(at))
        .bind(did(&event.what))
        .bind(target(&event.what).map(clean))
        .bind(serde_json::to_string(&event.what)?)
        .execute(&mut *db)
        .await?;
        new += usize::from(added.rows_affected() > 0);
    }
    Ok(new)
}
