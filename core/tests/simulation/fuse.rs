//! Death at a commit: triggers of SQLite let a transaction fail after so many rows that it would have written, so the
//! process dies with everything before it on disk and nothing of it. That is what a crash at a commit boundary leaves,
//! and it comes at the same row each time.

use sqlx::{Connection, Executor, SqliteConnection};
use std::path::Path;

/// What the failing transaction says.
pub const DEATH: &str = "the simulation dies here";

const TABLES: [&str; 7] = [
    "inbox",
    "cursors",
    "outbox",
    "aggregates",
    "journal",
    "meta",
    "counters",
];

/// A second connection to the same database.
pub struct Fuse(SqliteConnection);

impl Fuse {
    pub async fn new(file: &Path) -> Result<Self, sqlx::Error> {
        let url = format!("sqlite://{}", file.display());
        let mut db = SqliteConnection::connect(&url).await?;
        db.execute("CREATE TABLE IF NOT EXISTS sim_fuse (rows INTEGER NOT NULL)")
            .await?;
        db.execute("DELETE FROM sim_fuse").await?;
        for table in TABLES {
            for event in ["INSERT", "UPDATE"] {
                let sql = format!(
                    "CREATE TRIGGER IF NOT EXISTS sim_{table}_{event} BEFORE {event} ON {table} \
                     WHEN EXISTS (SELECT 1 FROM sim_fuse) BEGIN UPDATE sim_fuse SET rows = rows - 1; \
                     SELECT CASE WHEN (SELECT rows FROM sim_fuse) < 0 THEN RAISE(ABORT, '{DEATH}') END; END"
                );
                db.execute(sqlx::AssertSqlSafe(sql)).await?;
            }
        }
        Ok(Self(db))
    }

    /// After so many rows the next one is death.
    pub async fn arm(&mut self, rows: i64) -> Result<(), sqlx::Error> {
        let set = sqlx::query("INSERT INTO sim_fuse (rows) VALUES ($1)");
        set.bind(rows).execute(&mut self.0).await?;
        Ok(())
    }

    /// Nothing happens any more.
    pub async fn disarm(&mut self) -> Result<(), sqlx::Error> {
        self.0.execute("DELETE FROM sim_fuse").await?;
        Ok(())
    }

    /// What a shift or a team holds, before somebody puts it back.
    pub async fn copy(&mut self) -> Result<Vec<(String, String, String)>, sqlx::Error> {
        sqlx::query_as("SELECT kind, id, body FROM aggregates")
            .fetch_all(&mut self.0)
            .await
    }

    /// Puts back what they held.
    pub async fn put_back(
        &mut self,
        all: &[(String, String, String)],
        due_ms: i64,
    ) -> Result<(), sqlx::Error> {
        for (kind, id, body) in all {
            sqlx::query(
                "UPDATE aggregates SET body = $1, next_due = $2, closed_at = NULL WHERE kind = $3 AND id = $4 AND kind = 'shift'",
            )
            .bind(body)
            .bind(due_ms)
            .bind(kind)
            .bind(id)
            .execute(&mut self.0)
            .await?;
        }
        Ok(())
    }
}
