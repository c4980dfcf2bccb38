//! What the desk decided, in one transaction.

use super::aggregates::{self, Aggregate};
use super::row::{Reader, clean, ms};
use super::sealed::{self, Secret};
use super::{Result, Store, StoreError, allot_both};
use super::{outbox, standing};
use crate::domain::outgoing::Outgoing;
use chrono::{DateTime, Utc};
use sqlx::AnyConnection;
use std::sync::atomic::Ordering;

/// One decision of the desk with all that follows from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commit {
    /// When it was decided (UTC).
    pub at: DateTime<Utc>,
    /// The inbox row that it deals with: [`super::InboxRow::as_read`].
    pub done: Option<(i64, &'static str)>,
    /// The same inbox row keeps none of its words: what they gave is in `sealed`, or nowhere.
    pub forget_words: bool,
    /// What is kept encrypted.
    pub sealed: Vec<Secret>,
    /// Encrypted rows, and until when each is kept from now on (UTC).
    pub sealed_until: Vec<(i64, DateTime<Utc>)>,
    /// Encrypted rows that are deleted.
    pub unsealed: Vec<i64>,
    /// The refused outbox row that it deals with.
    pub refused_seen: Option<i64>,
    /// The outbox row that does not go out and that it deals with.
    pub stuck_seen: Option<i64>,
    /// The standing message that somebody has deleted, by any of its rows.
    pub taken_down: Option<Outgoing>,
    /// The hole that was given up and that it tells of.
    pub gap_told: Option<i64>,
    /// What changed, each with the version that was read.
    pub aggregates: Vec<Aggregate>,
    /// What is to be said.
    pub outbox: Vec<Outgoing>,
    /// What the auditor reads.
    pub journal: Vec<JournalRow>,
    /// Marks by name; the newest stands.
    pub meta: Vec<(String, String)>,
    /// Policy texts by hash.
    pub policies: Vec<(String, String)>,
    /// Shifts of which nothing that rings is to go out any more: by what their slots begin with, before a `#`.
    pub withdrawn: Vec<String>,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRow {
    /// The team.
    pub team: String,
    /// The kind of aggregate.
    pub kind: String,
    /// Its id.
    pub aggregate: String,
    /// What came in.
    pub input: String,
    /// What was decided.
    pub decision: String,
}

impl Commit {
    /// A decision of this moment (UTC), with nothing in it yet.
    pub fn new(at: DateTime<Utc>) -> Self {
        let empty = Self::default();
        Self { at, ..empty }
    }
}

impl Store {
    /// Keeps a decision, all of it or nothing, and answers the numbers of its outbox rows.
    ///
    /// # Errors
    /// [`StoreError::Stale`] if the inbox row was applied before, the refused row was dealt with before, or an
    /// aggregate is not at the version that was read; [`StoreError::NowReadable`]; [`StoreError::NotActing`] if another
    /// instance has taken over; what the database says.
    pub async fn commit(&self, commit: &Commit) -> Result<Vec<i64>> {
        let mut tx = self.write().await?;
        settle(&mut tx, commit).await?;
        if let Some((row, _)) = commit.done.filter(|_| commit.forget_words) {
            super::inbox::forget_words(&mut tx, row).await?;
        }
        for secret in &commit.sealed {
            sealed::keep(&mut tx, self.key.as_ref(), secret).await?;
        }
        sealed::tidy(&mut tx, &commit.sealed_until, &commit.unsealed).await?;
        for aggregate in &commit.aggregates {
            aggregates::save(&mut tx, aggregate).await?;
        }
        if let Some(row) = &commit.taken_down {
            standing::taken_down(&mut tx, row, commit.at).await?;
        }
        for shift in &commit.withdrawn {
            outbox::withdraw(&mut tx, shift, commit.at).await?;
        }
        let rows = [
            ("outbox", commit.outbox.len()),
            ("journal", commit.journal.len()),
        ];
        let [said, noted] = allot_both(&mut tx, rows).await?;
        let ids = add_all(&mut tx, said, &commit.outbox, commit.at).await?;
        write_journal(&mut tx, noted, &commit.journal, commit.at).await?;
        write_names(&mut tx, commit).await?;
        self.check_fence(&mut tx).await?;
        tx.commit().await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(ids)
    }

    /// The journal of one aggregate, oldest first, with the time of each decision (UTC).
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn journal(
        &self,
        kind: &str,
        aggregate: &str,
    ) -> Result<Vec<(DateTime<Utc>, JournalRow)>> {
        let rows = sqlx::query(
            "SELECT id, at, team, kind, aggregate, input, decision FROM journal \
             WHERE kind = $1 AND aggregate = $2 ORDER BY id",
        )
        .bind(kind)
        .bind(aggregate)
        .fetch_all(&mut *self.read().await?)
        .await?;
        let read = |row| {
            let (row, _) = Reader::new(row, "journal")?;
            let line = JournalRow {
                team: row.get("team")?,
                kind: row.get("kind")?,
                aggregate: row.get("aggregate")?,
                input: row.get("input")?,
                decision: row.get("decision")?,
            };
            Ok((row.time("at")?, line))
        };
        rows.iter().map(read).collect()
    }
}

/// Adds what is to be said, in its order, and answers the numbers of its rows.
async fn add_all(
    db: &mut AnyConnection,
    first: i64,
    all: &[Outgoing],
    at: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let mut ids = Vec::with_capacity(all.len());
    for (id, out) in (first..).zip(all) {
        outbox::add(db, id, out, at).await?;
        ids.push(id);
    }
    Ok(ids)
}

/// Marks what the decision deals with as dealt with: once.
async fn settle(db: &mut AnyConnection, commit: &Commit) -> Result<()> {
    if let Some((id, did)) = commit.done {
        settle_heard(db, id, did, commit.at).await?;
    }
    let marks = [
        (
            "outbox",
            commit.refused_seen,
            "UPDATE outbox SET refused_seen_at = $1 \
             WHERE id = $2 AND refused_at IS NOT NULL AND refused_seen_at IS NULL",
        ),
        (
            "outbox",
            commit.stuck_seen,
            "UPDATE outbox SET stuck_seen_at = $1 WHERE id = $2 AND stuck_seen_at IS NULL",
        ),
        (
            "gaps",
            commit.gap_told,
            "UPDATE gaps SET told_at = $1 WHERE id = $2 AND told_at IS NULL",
        ),
    ];
    for (table, id, sql) in marks {
        let Some(id) = id else { continue };
        let query = sqlx::query(sql).bind(ms(commit.at)).bind(id);
        if query.execute(&mut *db).await?.rows_affected() == 0 {
            let what = format!("{table} row {id}");
            return Err(StoreError::Stale { what });
        }
    }
    Ok(())
}

/// Marks an inbox row as done, if it still is what was read: its key may have come while it was dealt with.
async fn settle_heard(
    db: &mut AnyConnection,
    row: i64,
    did: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let done =
        sqlx::query("UPDATE inbox SET done_at = $1 WHERE id = $2 AND did = $3 AND done_at IS NULL")
            .bind(ms(at))
            .bind(row)
            .bind(did)
            .execute(&mut *db)
            .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    let waits: Option<i64> =
        sqlx::query_scalar("SELECT id FROM inbox WHERE id = $1 AND done_at IS NULL")
            .bind(row)
            .fetch_optional(db)
            .await?;
    match waits {
        Some(row) => Err(StoreError::NowReadable { row }),
        None => {
            let what = format!("inbox row {row}");
            Err(StoreError::Stale { what })
        }
    }
}

async fn write_journal(
    db: &mut AnyConnection,
    first: i64,
    lines: &[JournalRow],
    at: DateTime<Utc>,
) -> Result<()> {
    for (id, line) in (first..).zip(lines) {
        sqlx::query(
            "INSERT INTO journal (id, at, team, kind, aggregate, input, decision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id)
        .bind(ms(at))
        .bind(&line.team)
        .bind(&line.kind)
        .bind(&line.aggregate)
        .bind(clean(&line.input))
        .bind(clean(&line.decision))
        .execute(&mut *db)
        .await?;
    }
    Ok(())
}

async fn write_names(db: &mut AnyConnection, commit: &Commit) -> Result<()> {
    let kinds = [
        (
            &commit.meta,
            "INSERT INTO meta (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        ),
        (
            &commit.policies,
            "INSERT INTO policies (hash, text) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
        ),
    ];
    for (pairs, sql) in kinds {
        for (name, value) in pairs {
            let query = sqlx::query(sql).bind(name).bind(clean(value));
            query.execute(&mut *db).await?;
        }
    }
    Ok(())
}
