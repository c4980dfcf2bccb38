//! What is to be said, and what became of it.

use super::row::{Reader, clean, due_ms, ms};
use super::{Result, Store};
use crate::domain::outgoing::{Outgoing, Place, Priority};
use chrono::{DateTime, Utc};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// One row of the outbox. All times are UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct OutRow {
    /// Its number, never used again: the channel makes its transaction id from it.
    pub id: i64,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// The message.
    pub out: Outgoing,
    /// How often sending it has failed so far.
    pub attempts: i64,
    /// When it is tried again; `None`: at once.
    pub retry_at: Option<DateTime<Utc>>,
    /// The room it was sent to.
    pub room: Option<String>,
    /// The event it became.
    pub event: Option<String>,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was given up.
    pub refused_at: Option<DateTime<Utc>>,
    /// Why it was given up.
    pub refused_why: Option<String>,
    /// When a newer row took its place.
    pub superseded_at: Option<DateTime<Utc>>,
}

/// `SELECT …` for the rows of the outbox.
macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT id, created_at, team, priority, body, attempts, retry_at, room, event, sent_at, \
             refused_at, refused_why, superseded_at FROM outbox ",
            $rest
        )
    };
}

/// The condition under which a row is still to be sent.
macro_rules! unsent {
    () => {
        "sent_at IS NULL AND refused_at IS NULL AND superseded_at IS NULL"
    };
}

/// [`Store::stuck`]: the lowest priority that counts, and the attempts.
macro_rules! stuck {
    () => {
        concat!(
            unsent!(),
            " AND priority <= $1 AND attempts >= $2 AND stuck_seen_at IS NULL"
        )
    };
}

/// [`Store::refused_unseen`].
macro_rules! refused_unseen {
    () => {
        "refused_at IS NOT NULL AND refused_seen_at IS NULL AND sent_at IS NULL"
    };
}

pub(super) use {refused_unseen, stuck, unsent};

impl Store {
    /// What is to be sent now: by priority, then in the order in which it was decided; at most `limit` rows.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    // A bare parameter as a limit would have SQLite plan the statement anew each time (the same in the other tables).
    pub async fn unsent(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<OutRow>> {
        let query = sqlx::query(select!(concat!(
            "WHERE ",
            unsent!(),
            " AND (retry_at IS NULL OR retry_at <= $1) ORDER BY priority, id LIMIT ($2 + 0)"
        )));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = query.bind(ms(now)).bind(limit);
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// What is still to be sent, due or not, in the order of [`Self::unsent`], after the row with this
    /// priority and id.
    pub(crate) async fn unsent_after(&self, after: (i64, i64), limit: i64) -> Result<Vec<OutRow>> {
        let query = sqlx::query(select!(concat!(
            "WHERE ",
            unsent!(),
            " AND (priority > $1 OR (priority = $1 AND id > $2)) ORDER BY priority, id LIMIT ($3 + 0)"
        )));
        let query = query.bind(after.0).bind(after.1).bind(limit);
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// The oldest answer or question to the same place, or to the team's room, that was decided before this row and is
    /// still to be sent; `None`: there is none.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn answers_before(&self, row: &OutRow) -> Result<Option<OutRow>> {
        let query = sqlx::query(select!(concat!(
            "WHERE ",
            unsent!(),
            " AND id < $1 AND team = $2 AND (place = $3 OR place = $4) AND priority > 0 AND priority <= $5 \
             ORDER BY id LIMIT 1"
        )));
        let place = serde_json::to_string(&row.out.place)?;
        let room = serde_json::to_string(&Place::Team)?;
        let query = query
            .bind(row.id)
            .bind(&row.out.team)
            .bind(place)
            .bind(room);
        let found = query
            .bind(Priority::Answer.rank())
            .fetch_optional(&mut *self.read().await?)
            .await?;
        found.as_ref().map(read).transpose()
    }

    /// The pages and calls for help that have failed at least so often and are still to be sent, due or not, without
    /// those that the desk has dealt with by [`super::Commit::stuck_seen`].
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn stuck(&self, attempts: i64) -> Result<Vec<OutRow>> {
        let query = sqlx::query(select!(concat!(
            "WHERE ",
            stuck!(),
            " ORDER BY priority, id"
        )));
        let query = query.bind(Priority::Page.rank()).bind(attempts);
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// When the first of the rows that failed is tried again; `None`: none waits for that.
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_retry(&self) -> Result<Option<DateTime<Utc>>> {
        let query = sqlx::query(concat!(
            "SELECT MIN(retry_at) AS retry_at FROM outbox WHERE ",
            unsent!()
        ));
        let row = query.fetch_one(&mut *self.read().await?).await?;
        Reader::keyed(&row, "outbox", "next to be tried".to_owned()).maybe_time("retry_at")
    }

    /// A row was sent and became this event. Said twice, the first stands. It is kept whoever acts: it is true.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sent(&self, id: i64, room: &str, event: &str, at: DateTime<Utc>) -> Result<()> {
        let mut db = self.pool.acquire().await?;
        mark_sent(&mut db, id, room, event, at).await
    }

    /// Sending a row failed for now: it counts as one more attempt and is tried again at `retry_at` (UTC).
    ///
    /// # Errors
    /// What the database says.
    pub async fn later(&self, id: i64, retry_at: DateTime<Utc>) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query(concat!(
            "UPDATE outbox SET retry_at = $1, attempts = attempts + 1 WHERE id = $2 AND ",
            unsent!()
        ))
        .bind(due_ms(retry_at))
        .bind(id)
        .execute(&mut *tx)
        .await?;
        self.check_fence(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// A row cannot be sent at all. The desk finds it with [`Self::refused_unseen`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn refused(&self, id: i64, why: &str, at: DateTime<Utc>) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE outbox SET refused_at = $1, refused_why = $2 \
             WHERE id = $3 AND sent_at IS NULL AND refused_at IS NULL",
        )
        .bind(ms(at))
        .bind(clean(why))
        .bind(id)
        .execute(&mut *tx)
        .await?;
        self.check_fence(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// What could not be sent and the desk has not dealt with, oldest first. It deals with one by giving its id
    /// as [`super::Commit::refused_seen`].
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn refused_unseen(&self) -> Result<Vec<OutRow>> {
        let query = sqlx::query(select!(concat!(
            "WHERE ",
            refused_unseen!(),
            " ORDER BY id"
        )));
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// Which of our messages an event is; `None`: none.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn row_of_event(&self, event: &str) -> Result<Option<OutRow>> {
        let query = sqlx::query(select!("WHERE event = $1 ORDER BY id LIMIT 1"));
        let row = query
            .bind(clean(event))
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// One row by its number.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn out_row(&self, id: i64) -> Result<Option<OutRow>> {
        let query = sqlx::query(select!("WHERE id = $1"));
        let row = query
            .bind(id)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.as_ref().map(read).transpose()
    }
}

/// Adds one message under its number. An older unsent one with the same slot in the same place is
/// superseded: one slot may stand for a message to several people, and each keeps theirs.
pub(super) async fn add(
    db: &mut AnyConnection,
    id: i64,
    out: &Outgoing,
    at: DateTime<Utc>,
) -> Result<()> {
    let place = serde_json::to_string(&out.place)?;
    // The name of a standing message is its slot: a newer state replaces an unsent one, and finds the first by it.
    let slot = out.standing.as_ref().or(out.slot.as_ref());
    if let Some(slot) = slot {
        sqlx::query(concat!(
            "UPDATE outbox SET superseded_at = $1 WHERE slot = $2 AND team = $3 AND place = $4 AND ",
            unsent!()
        ))
        .bind(ms(at))
        .bind(slot)
        .bind(&out.team)
        .bind(&place)
        .execute(&mut *db)
        .await?;
    }
    let opens = out.thread.as_ref().filter(|_| out.opens_thread);
    sqlx::query(
        "INSERT INTO outbox (id, created_at, team, place, priority, slot, thread, opens, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(ms(at))
    .bind(&out.team)
    .bind(&place)
    .bind(out.priority.rank())
    .bind(slot)
    .bind(&out.thread)
    .bind(opens)
    .bind(serde_json::to_string(out)?)
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// Calls back what rings, has a slot of this shift and is still to be sent.
pub(super) async fn withdraw(db: &mut AnyConnection, shift: &str, at: DateTime<Utc>) -> Result<()> {
    let mut slots: String = String::with_capacity(shift.len() + 2);
    for letter in shift.chars() {
        if matches!(letter, '!' | '%' | '_') {
            slots.push('!');
        }
        slots.push(letter);
    }
    slots.push_str("#%");
    sqlx::query(concat!(
        "UPDATE outbox SET superseded_at = $1 WHERE slot LIKE $2 ESCAPE '!' AND priority <= $3 AND ",
        unsent!()
    ))
    .bind(ms(at))
    .bind(slots)
    .bind(Priority::Page.rank())
    .execute(db)
    .await?;
    Ok(())
}

/// Marks a row as sent, unless it is known to be.
pub(super) async fn mark_sent(
    db: &mut AnyConnection,
    id: i64,
    room: &str,
    event: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query(
        "UPDATE outbox SET room = $1, event = $2, sent_at = $3 WHERE id = $4 AND sent_at IS NULL",
    )
    .bind(clean(room))
    .bind(clean(event))
    .bind(ms(at))
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

fn read_all(rows: &[AnyRow]) -> Result<Vec<OutRow>> {
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<OutRow> {
    let (row, id) = Reader::new(row, "outbox")?;
    let out: Outgoing = row.json("body")?;
    row.agree("team", row.get::<String>("team")?, out.team.clone())?;
    // Answers had a rank of their own once.
    let stored: i64 = row.get("priority")?;
    if !(out.priority == Priority::Answer && stored == 3) {
        row.agree("priority", stored, out.priority.rank())?;
    }
    Ok(OutRow {
        id,
        created_at: row.time("created_at")?,
        out,
        attempts: row.get("attempts")?,
        retry_at: row.maybe_time("retry_at")?,
        room: row.get("room")?,
        event: row.get("event")?,
        sent_at: row.maybe_time("sent_at")?,
        refused_at: row.maybe_time("refused_at")?,
        refused_why: row.get("refused_why")?,
        superseded_at: row.maybe_time("superseded_at")?,
    })
}
