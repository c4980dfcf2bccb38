//! A store that is only read: for whoever looks into it beside a bot that runs, or one that is dead.

use super::reads::Reads;
use super::{MIGRATIONS, Result, Store, StoreError, drivers, sqlite_path};
use sqlx::AnyPool;
use sqlx::Executor;
use sqlx::any::AnyPoolOptions;
use std::path::PathBuf;

impl Store {
    /// Opens a store that is there already, and changes nothing in it: neither its tables nor its file.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such file, or nothing of Lonewatch's in it; [`StoreError::Older`] and
    /// [`StoreError::Newer`] where another version has used it; otherwise what the database says.
    pub async fn open_to_read(url: &str) -> Result<Self> {
        drivers();
        let (pool, shared) = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => (sqlite(url).await?, false),
            Some("postgres" | "postgresql") => {
                let read = reading("SET default_transaction_read_only = on");
                (read.connect(url).await?, true)
            }
            _ => return Err(StoreError::Address),
        };
        let newest = sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations");
        let found: std::result::Result<Option<i64>, _> = newest.fetch_one(&pool).await;
        let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
        match found {
            Ok(Some(version)) if version > known => return Err(StoreError::Newer { version }),
            Ok(Some(version)) if version < known => return Err(StoreError::Older),
            Ok(Some(_)) => {}
            Ok(None) | Err(sqlx::Error::Database(_)) => return Err(StoreError::Missing),
            Err(other) => return Err(other.into()),
        }
        let id: String = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'store_id'")
            .fetch_one(&pool)
            .await?;
        let reads = Reads::Pool(pool.clone());
        Ok(Self::of((pool, reads), id.into(), shared))
    }
}

/// One connection, on which this was said first.
fn reading(first: &'static str) -> AnyPoolOptions {
    let options = AnyPoolOptions::new().max_connections(1);
    options.after_connect(move |db, _| {
        Box::pin(async move {
            db.execute(first).await?;
            Ok(())
        })
    })
}

async fn sqlite(url: &str) -> Result<AnyPool> {
    let path: PathBuf = sqlite_path(url).ok_or(StoreError::Missing)?;
    if !path.is_file() {
        return Err(StoreError::Missing);
    }
    let path = std::path::absolute(&path).map_err(|why| StoreError::File { path, why })?;
    let url = format!("sqlite://{}?mode=ro", super::escape(&path)?);
    // A bot that runs beside it may write just now.
    Ok(reading("PRAGMA busy_timeout = 10000").connect(&url).await?)
}
