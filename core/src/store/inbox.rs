//! What was said, and whether it has been acted on.

use super::row::{Reader, clean, ms};
use super::{Result, Store};
use crate::domain::inbound::{Inbound, Said};
use chrono::{DateTime, Utc};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// The most bytes that an id of Matrix has.
const LONGEST_ID: usize = 255;

/// One row of the inbox.
#[derive(Clone, Debug, PartialEq)]
pub struct InboxRow {
    /// Its number: the order in which things are applied.
    pub id: i64,
    /// What was said.
    pub inbound: Inbound,
    /// When the bot had it (UTC).
    pub received_at: DateTime<Utc>,
    /// When it was applied (UTC); `None` while it waits.
    pub done_at: Option<DateTime<Utc>>,
}

impl InboxRow {
    /// The row as it was read, for [`super::Commit::done`].
    pub fn as_read(&self) -> (i64, &'static str) {
        (self.id, did(&self.inbound.what))
    }
}

/// `SELECT …` for the rows of the inbox.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, room, event, sender, said_at, received_at, did, body, done_at FROM inbox ",
            $rest
        )
    };
}

impl Store {
    /// What has not been applied yet, oldest first, at most `limit` rows.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn pending(&self, limit: usize) -> Result<Vec<InboxRow>> {
        let query = sqlx::query(select!("WHERE done_at IS NULL ORDER BY id LIMIT ($1 + 0)"));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        read_all(
            &query
                .bind(limit)
                .fetch_all(&mut *self.read().await?)
                .await?,
        )
    }

    /// The same of one account.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn pending_of(&self, sender: &str, limit: usize) -> Result<Vec<InboxRow>> {
        let query = sqlx::query(select!(
            "WHERE done_at IS NULL AND sender = $1 ORDER BY id LIMIT ($2 + 0)"
        ));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = query.bind(clean(sender)).bind(limit);
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// Of which accounts, in which rooms, something has not been applied yet: (account, room), the longest waiting first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn waiting(&self) -> Result<Vec<(String, String)>> {
        let rows = sqlx::query(
            "SELECT sender, room, MIN(id) AS id FROM inbox WHERE done_at IS NULL \
             GROUP BY sender, room ORDER BY MIN(id)",
        )
        .fetch_all(&mut *self.read().await?)
        .await?;
        let read = |row| {
            let (row, _) = Reader::new(row, "inbox")?;
            Ok((row.get("sender")?, row.get("room")?))
        };
        rows.iter().map(read).collect()
    }

    /// Nothing comes of what this account has said in this room so far: all of it is applied at once. What was deleted
    /// still waits, for it may have been ours.
    ///
    /// # Errors
    /// What the database says.
    pub async fn pass_over(&self, sender: &str, room: &str, at: DateTime<Utc>) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE inbox SET done_at = $1 \
             WHERE done_at IS NULL AND sender = $2 AND room = $3 AND did <> 'redaction'",
        )
        .bind(ms(at))
        .bind(clean(sender))
        .bind(clean(room))
        .execute(&mut *tx)
        .await?;
        self.check_fence(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// What was said in one event, applied or not.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn said(&self, room: &str, event: &str) -> Result<Option<InboxRow>> {
        let row = sqlx::query(select!("WHERE room = $1 AND event = $2"))
            .bind(clean(room))
            .bind(clean(event))
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The edits of one event that have been applied, oldest first.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn edits_of(&self, room: &str, event: &str) -> Result<Vec<InboxRow>> {
        let query = sqlx::query(select!(
            "WHERE target = $1 AND room = $2 AND did = 'edit' AND done_at IS NOT NULL ORDER BY id"
        ));
        let query = query.bind(clean(event)).bind(clean(room));
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// What somebody wrote in a room since `since` (UTC), the newest first, at most `most` of it.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn written_since(
        &self,
        room: &str,
        sender: &str,
        since: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<InboxRow>> {
        let query = sqlx::query(select!(
            "WHERE room = $1 AND sender = $2 AND did = 'text' AND done_at IS NOT NULL AND said_at >= $3 \
             ORDER BY id DESC LIMIT $4"
        ));
        let query = query
            .bind(clean(room))
            .bind(clean(sender))
            .bind(ms(since))
            .bind(most);
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// Everything that could not be decrypted so far, oldest first, to be tried again.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn unreadable(&self) -> Result<Vec<InboxRow>> {
        let query = sqlx::query(select!("WHERE did = 'unreadable' ORDER BY id"));
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// Its key came: the event is to be applied as what it really was, once. Answers whether it was waiting
    /// for that; if not (it was readable already, or still is not), nothing changes.
    ///
    /// # Errors
    /// What the database says.
    pub async fn now_readable(&self, room: &str, event: &str, inbound: &Inbound) -> Result<bool> {
        if matches!(inbound.what, Said::Unreadable { .. }) {
            return Ok(false);
        }
        let mut db = self.pool.acquire().await?;
        make_readable(&mut db, room, event, inbound).await
    }
}

/// The row that waits for its key becomes what it really was; false: it does not wait.
pub(super) async fn make_readable(
    db: &mut AnyConnection,
    room: &str,
    event: &str,
    inbound: &Inbound,
) -> Result<bool> {
    let changed = sqlx::query(
        "UPDATE inbox SET did = $1, target = $2, body = $3, done_at = NULL \
             WHERE room = $4 AND event = $5 AND did = 'unreadable'",
    )
    .bind(did(&inbound.what))
    .bind(target(&inbound.what).map(clean))
    .bind(serde_json::to_string(&inbound.what)?)
    .bind(clean(room))
    .bind(clean(event))
    .execute(db)
    .await?;
    Ok(changed.rows_affected() > 0)
}

/// What somebody wrote in this event is forgotten; that they wrote stays.
pub(super) async fn forget_words(db: &mut AnyConnection, row: i64) -> Result<()> {
    let query = sqlx::query("SELECT body FROM inbox WHERE id = $1");
    let found = query.bind(row).fetch_one(&mut *db).await?;
    let reader = Reader::keyed(&found, "inbox", row.to_string());
    let mut said: Said = reader.json("body")?;
    if let Said::Text { body, .. } | Said::Edit { body, .. } = &mut said {
        body.clear();
    }
    sqlx::query("UPDATE inbox SET body = $1 WHERE id = $2")
        .bind(serde_json::to_string(&said)?)
        .bind(row)
        .execute(db)
        .await?;
    Ok(())
}

/// What was done, as the column `did` has it.
pub(super) fn did(what: &Said) -> &'static str {
    match what {
        Said::Text { .. } => "text",
        Said::Edit { .. } => "edit",
        Said::Reaction { .. } => "reaction",
        Said::Redaction { .. } => "redaction",
        Said::Location { .. } => "location",
        Said::Unreadable { .. } => "unreadable",
    }
}

/// The earlier event that it was done to. Event ids have at most 255 bytes, and PostgreSQL refuses to index a text that is
/// much longer: what claims to be an id and is longer names no event.
pub(super) fn target(what: &Said) -> Option<&str> {
    let named = match what {
        Said::Edit { of, .. } | Said::Redaction { of } => of,
        Said::Reaction { to, .. } => to,
        Said::Text { .. } | Said::Location { .. } | Said::Unreadable { .. } => return None,
    };
    (named.len() <= LONGEST_ID).then_some(named)
}

fn read_all(rows: &[AnyRow]) -> Result<Vec<InboxRow>> {
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<InboxRow> {
    let (row, id) = Reader::new(row, "inbox")?;
    let what: Said = row.json("body")?;
    row.agree("did", row.get::<String>("did")?.as_str(), did(&what))?;
    Ok(InboxRow {
        id,
        inbound: Inbound {
            room: row.get("room")?,
            event: row.get("event")?,
            sender: row.get("sender")?,
            said_at: row.time("said_at")?,
            what,
        },
        received_at: row.time("received_at")?,
        done_at: row.maybe_time("done_at")?,
    })
}
