//! The receiving side: what a sync brought, in one transaction with how far it read.

use super::gaps::Gap;
use super::inbox::{did, target};
use super::row::{clean, ms};
use super::{Result, Store, allot};
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

impl Store {
    /// Keeps all that a sync brought, and where reading goes on, in one transaction. Answers how many events
    /// are new: known ones are left as they are, unless another device could not read them. `said_at` is kept no later than the time of receipt.
    ///
    /// # Errors
    /// What the database says; then nothing is kept, and the same batch may be given again.
    pub async fn ingest(&self, batch: &Batch) -> Result<usize> {
        let at = batch.received_at;
        let mut tx = self.write().await?;
        let new = add(&mut tx, &batch.events, at).await?;
        if new < batch.events.len() {
            for event in &batch.events {
                become_readable(&mut tx, event).await?;
            }
        }
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
                .fetch_optional(&mut *self.read().await?)
                .await?,
        )
    }
}

impl Store {
    /// Where the other devices of this user have got to, the newest: a device that is new goes on there.
    ///
    /// # Errors
    /// What the database says.
    pub async fn since_of_others(&self, user: &str) -> Result<Option<String>> {
        let all: Vec<(String, String)> =
            sqlx::query_as("SELECT account, since FROM cursors ORDER BY at DESC")
                .fetch_all(&mut *self.read().await?)
                .await?;
        let theirs = |(account, _): &(String, String)| {
            let device = account.strip_prefix(user);
            device.is_some_and(|device| device.starts_with(' '))
        };
        Ok(all.into_iter().find(theirs).map(|(_, since)| since))
    }
}

/// Keeps the echoes, the holes and the place in the sync.
async fn keep_the_rest(db: &mut AnyConnection, batch: &Batch) -> Result<()> {
    let at = batch.received_at;
    keep_echoes(db, &batch.own, at).await?;
    super::gaps::note(db, &batch.gaps, at).await?;
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

/// Marks the rows of the outbox that came back as sent.
pub(super) async fn keep_echoes(
    db: &mut AnyConnection,
    own: &[OwnEcho],
    at: DateTime<Utc>,
) -> Result<()> {
    for echo in own {
        super::outbox::mark_sent(db, echo.outbox, &echo.room, &echo.event, at).await?;
    }
    Ok(())
}

/// Adds one event, and takes only that back where the database refuses it.
async fn add_alone(db: &mut AnyConnection, event: &Inbound, at: DateTime<Utc>) -> Result<()> {
    let mut point = db.begin().await?;
    add(&mut point, std::slice::from_ref(event), at).await?;
    Ok(point.commit().await?)
}

/// What another device could not read becomes what this one reads.
async fn become_readable(db: &mut AnyConnection, event: &Inbound) -> Result<()> {
    if !matches!(event.what, Said::Unreadable { .. }) {
        super::inbox::make_readable(db, &event.room, &event.event, event).await?;
    }
    Ok(())
}

/// Adds events to the inbox in their order and answers how many are new.
pub(super) async fn add(
    db: &mut AnyConnection,
    events: &[Inbound],
    at: DateTime<Utc>,
) -> Result<usize> {
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
