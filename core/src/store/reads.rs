//! Who answers what is only read.

use super::Result;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Connection, Executor};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};

/// A SQLite file has a connection of its own for reading, which is never given back: a pool asks each connection whether it
/// lives when it comes back, which is one more trip to the database's thread and back for each query. Others read over
/// the pool. Either sees what was committed before, and nothing of what is being written.
#[derive(Clone)]
pub(super) enum Reads {
    Pool(AnyPool),
    Line(Arc<Mutex<Option<AnyConnection>>>),
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Pool(_) => "Pool",
            Self::Line(_) => "Line",
        })
    }
}

/// A connection for one query.
pub(super) enum Reading {
    Pool(PoolConnection<Any>),
    Line(OwnedMappedMutexGuard<Option<AnyConnection>, AnyConnection>),
}

impl Reads {
    /// A connection of its own to the SQLite file of this pool.
    pub async fn line(pool: &AnyPool) -> Result<Self> {
        let mut line = pool.connect_options().connect().await?;
        for pragma in ["PRAGMA busy_timeout = 10000", "PRAGMA query_only = ON"] {
            line.execute(pragma).await?;
        }
        Ok(Self::Line(Arc::new(Mutex::new(Some(line)))))
    }

    /// Waits until it can be read.
    ///
    /// # Errors
    /// What the database says; that the store was closed.
    pub async fn take(&self) -> Result<Reading> {
        match self {
            Self::Pool(pool) => Ok(Reading::Pool(pool.acquire().await?)),
            Self::Line(line) => {
                let line = line.clone().lock_owned().await;
                let open = OwnedMutexGuard::try_map(line, Option::as_mut);
                open.map(Reading::Line)
                    .map_err(|_| sqlx::Error::PoolClosed.into())
            }
        }
    }

    /// Waits until nobody reads and closes the connection.
    pub async fn close(&self) {
        if let Self::Line(line) = self
            && let Some(line) = line.lock().await.take()
            && let Err(error) = line.close().await
        {
            tracing::warn!(%error, "a connection was not closed in order");
        }
    }
}

impl Deref for Reading {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match self {
            Self::Pool(one) => one,
            Self::Line(one) => one,
        }
    }
}

impl DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match self {
            Self::Pool(one) => one,
            Self::Line(one) => one,
        }
    }
}
