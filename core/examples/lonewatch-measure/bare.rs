//! What a database does at best: rows of one text, so many in a transaction, on disk before it says so.

use super::office::Outcome;
use sqlx::any::install_default_drivers;
use sqlx::{AnyConnection, Connection, Executor};

/// A table and nothing else, over the same driver and with the same settings as Lonewatch's own.
pub struct Bare {
    db: AnyConnection,
    next: i64,
}

impl Bare {
    pub async fn new(url: &str) -> Outcome<Self> {
        install_default_drivers();
        let mut db = AnyConnection::connect(url).await?;
        if url.starts_with("sqlite:") {
            for pragma in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"] {
                db.execute(pragma).await?;
            }
        }
        db.execute("CREATE TABLE bare (id BIGINT NOT NULL PRIMARY KEY, body TEXT NOT NULL)")
            .await?;
        Ok(Self { db, next: 0 })
    }

    pub async fn insert(&mut self, rows: usize) -> Outcome<()> {
        let mut tx = self.db.begin().await?;
        for _ in 0..rows {
            self.next += 1;
            sqlx::query("INSERT INTO bare (id, body) VALUES ($1, $2)")
                .bind(self.next)
                .bind("what somebody said, in a row of its own")
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }
}
