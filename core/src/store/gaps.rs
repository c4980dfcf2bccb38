//! Holes in the timelines: what is still to be fetched, and what is given up.

use super::received::{OwnEcho, add, keep_echoes};
use super::row::{Reader, clean, ms};
use super::{Result, Store, StoreError, allot};
use crate::domain::inbound::Inbound;
use chrono::{DateTime, Utc};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

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

/// `SELECT …` for the holes.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, room, prev_batch, since, noted_at FROM gaps ",
            $rest
        )
    };
}

impl Store {
    /// The holes that are still to be filled, oldest first.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn open_gaps(&self) -> Result<Vec<OpenGap>> {
        let query = sqlx::query(select!("WHERE filled_at IS NULL ORDER BY id"));
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// A hole has been tried in vain for long. The desk finds it with [`Self::gaps_untold`]; it stays open.
    ///
    /// # Errors
    /// What the database says.
    pub async fn gap_in_vain(&self, id: i64, at: DateTime<Utc>) -> Result<()> {
        sqlx::query(
            "UPDATE gaps SET in_vain_at = $1 \
             WHERE id = $2 AND filled_at IS NULL AND in_vain_at IS NULL",
        )
        .bind(ms(at))
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The holes that have been tried in vain for long and that nobody was told of, oldest first. The desk tells of one by giving its id as
    /// [`super::Commit::gap_told`].
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn gaps_untold(&self) -> Result<Vec<OpenGap>> {
        let query = sqlx::query(select!(
            "WHERE in_vain_at IS NOT NULL AND told_at IS NULL ORDER BY id"
        ));
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// Keeps what was found in a hole, the echoes of our own messages too, and marks it as filled, in one transaction. Answers how many events are
    /// new. Give them oldest first.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if it was filled before; what the database says. Then nothing is kept.
    pub async fn fill_gap(
        &self,
        id: i64,
        events: &[Inbound],
        own: &[OwnEcho],
        received_at: DateTime<Utc>,
    ) -> Result<usize> {
        let mut tx = self.write().await?;
        let new = add(&mut tx, events, received_at).await?;
        keep_echoes(&mut tx, own, received_at).await?;
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

/// Notes holes, each once.
pub(super) async fn note(db: &mut AnyConnection, gaps: &[Gap], at: DateTime<Utc>) -> Result<()> {
    for gap in gaps {
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
    Ok(())
}

fn read_all(rows: &[AnyRow]) -> Result<Vec<OpenGap>> {
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
