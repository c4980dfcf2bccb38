//! Shifts and teams as rows: what the desk loads and steps.

use super::row::{Reader, due_ms, ms};
use super::{Result, Store, StoreError};
use crate::domain::ids::unnamed;
use chrono::{DateTime, Utc};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

/// One shift or team as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate {
    /// What it is: `shift`, `team`.
    pub kind: String,
    /// Its id, unique among its kind.
    pub id: String,
    /// The team that it belongs to.
    pub team: String,
    /// Whose it is, for a shift: the worker.
    pub owner: Option<String>,
    /// How often it has been stored; 0 has never been. The version that was read is given back with
    /// [`super::Commit`], so that nobody overwrites what somebody else wrote in between.
    pub version: i64,
    /// When it wants to be woken (UTC).
    pub next_due: Option<DateTime<Utc>>,
    /// When it was closed (UTC). What is closed is not woken.
    pub closed_at: Option<DateTime<Utc>>,
    /// The state, in JSON.
    pub body: String,
}

/// `SELECT …` for the aggregates.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT kind, id, team, owner, version, next_due, closed_at, body FROM aggregates ",
            $rest
        )
    };
}

impl Store {
    /// One aggregate, open or closed.
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself. The same holds for the others.
    pub async fn aggregate(&self, kind: &str, id: &str) -> Result<Option<Aggregate>> {
        let query = sqlx::query(select!("WHERE kind = $1 AND id = $2"));
        let row = query
            .bind(kind)
            .bind(id)
            .fetch_optional(&mut *self.read().await?)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The open ones of a team, by id.
    ///
    /// # Errors
    /// As [`Self::aggregate`].
    pub async fn open_aggregates(&self, kind: &str, team: &str) -> Result<Vec<Aggregate>> {
        let query = sqlx::query(select!(
            "WHERE kind = $1 AND team = $2 AND closed_at IS NULL ORDER BY id"
        ));
        read_all(
            &query
                .bind(kind)
                .bind(team)
                .fetch_all(&mut *self.read().await?)
                .await?,
        )
    }

    /// The open ones of a team, of every kind, by kind and id.
    ///
    /// # Errors
    /// As [`Self::aggregate`].
    pub async fn open_of_team(&self, team: &str) -> Result<Vec<Aggregate>> {
        // The kinds are named for the index, which begins with them.
        let query = sqlx::query(select!(
            "WHERE kind IN ('drill', 'shift', 'team') AND team = $1 AND closed_at IS NULL ORDER BY kind, id"
        ));
        read_all(&query.bind(team).fetch_all(&mut *self.read().await?).await?)
    }

    /// The open ones of one person of a team, by id.
    ///
    /// # Errors
    /// As [`Self::aggregate`].
    pub async fn open_of(&self, kind: &str, team: &str, owner: &str) -> Result<Vec<Aggregate>> {
        let query = sqlx::query(select!(
            "WHERE kind = $1 AND owner = $2 AND team = $3 AND closed_at IS NULL ORDER BY id"
        ));
        let query = query.bind(kind).bind(owner).bind(team);
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// The open ones that want to be woken at `now` or wanted to be before, the longest due first, at most
    /// `limit`.
    ///
    /// # Errors
    /// As [`Self::aggregate`].
    pub async fn due(
        &self,
        kind: &str,
        now: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<Aggregate>> {
        let query = sqlx::query(select!(
            "WHERE kind = $1 AND closed_at IS NULL AND next_due <= $2 \
             ORDER BY next_due, id LIMIT ($3 + 0)"
        ));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = query.bind(kind).bind(ms(now)).bind(limit);
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }

    /// When the next one wants to be woken, of any kind; `None`: nobody does.
    ///
    /// # Errors
    /// As [`Self::aggregate`].
    pub async fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let row = sqlx::query(
            "SELECT MIN(next_due) AS next_due FROM aggregates \
             WHERE closed_at IS NULL AND next_due IS NOT NULL",
        )
        .fetch_one(&mut *self.read().await?)
        .await?;
        Reader::keyed(&row, "aggregates", "next to be woken".to_owned()).maybe_time("next_due")
    }

    /// Those of a team that were closed at `since` or later, the last closed last.
    ///
    /// # Errors
    /// As [`Self::aggregate`].
    pub async fn closed_since(
        &self,
        kind: &str,
        team: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<Aggregate>> {
        let query = sqlx::query(select!(
            "WHERE kind = $1 AND team = $2 AND closed_at >= $3 ORDER BY closed_at, id"
        ));
        let query = query.bind(kind).bind(team).bind(ms(since));
        read_all(&query.fetch_all(&mut *self.read().await?).await?)
    }
}

/// The open ones of every team, by id.
pub(super) async fn all_open(db: &mut AnyConnection, kind: &str) -> Result<Vec<Aggregate>> {
    let query = sqlx::query(select!("WHERE kind = $1 AND closed_at IS NULL ORDER BY id"));
    read_all(&query.bind(kind).fetch_all(db).await?)
}

/// Stores one aggregate as the version after the one that was read.
pub(super) async fn save(db: &mut AnyConnection, aggregate: &Aggregate) -> Result<()> {
    let sql = if aggregate.version == 0 {
        "INSERT INTO aggregates (kind, id, team, owner, next_due, closed_at, body, version) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8 + 1) ON CONFLICT (kind, id) DO NOTHING"
    } else {
        "UPDATE aggregates SET team = $3, owner = $4, next_due = $5, closed_at = $6, body = $7, \
         version = $8 + 1 WHERE kind = $1 AND id = $2 AND version = $8"
    };
    let saved = sqlx::query(sql)
        .bind(&aggregate.kind)
        .bind(&aggregate.id)
        .bind(&aggregate.team)
        .bind(&aggregate.owner)
        .bind(aggregate.next_due.map(due_ms))
        .bind(aggregate.closed_at.map(ms))
        .bind(&aggregate.body)
        .bind(aggregate.version)
        .execute(db)
        .await?;
    if saved.rows_affected() == 1 {
        return Ok(());
    }
    let what = format!("{} {}", aggregate.kind, unnamed(&aggregate.id));
    Err(StoreError::Stale { what })
}

fn read_all(rows: &[AnyRow]) -> Result<Vec<Aggregate>> {
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<Aggregate> {
    let raw = Reader::keyed(row, "aggregates", "?".to_owned());
    let (kind, id): (String, String) = (raw.get("kind")?, raw.get("id")?);
    let row = Reader::keyed(row, "aggregates", format!("{kind} {}", unnamed(&id)));
    let version = row.get("version")?;
    if version < 1 {
        return Err(row.wrong("version", format!("{version} has never been stored")));
    }
    Ok(Aggregate {
        team: row.get("team")?,
        owner: row.get("owner")?,
        version,
        next_due: row.maybe_time("next_due")?,
        closed_at: row.maybe_time("closed_at")?,
        body: row.get("body")?,
        kind,
        id,
    })
}
