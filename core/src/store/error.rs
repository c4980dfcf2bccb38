//! What can go wrong in the store.

use std::path::PathBuf;

/// The answer of the store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What can go wrong in the store. No message shows the database's address: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed or did it first. Nothing was written: read again and decide again.
    #[error("{what} was changed by somebody else in the meantime; nothing was written")]
    Stale {
        /// What was changed: `shift s1`, `inbox row 7`.
        what: String,
    },
    /// The inbox row that was dealt with has become readable meanwhile. Nothing was written: it is still to be dealt
    /// with, as what it is now.
    #[error("inbox row {row} has become readable in the meantime; nothing was written")]
    NowReadable {
        /// Its number.
        row: i64,
    },
    /// Another process acts on the same file.
    #[error(
        "the database is in use by another Lonewatch: stop that one first; only with PostgreSQL can there be several"
    )]
    InUse,
    /// What is done to a file was asked of PostgreSQL.
    #[error("PostgreSQL has its own tools: use pg_dump and pg_restore (docs/operations.md)")]
    Shared,
    /// Another instance has taken over. Nothing was written.
    #[error("another instance acts now; nothing was written")]
    NotActing,
    /// A row contradicts itself or what Lonewatch knows.
    #[error("table {table}, column {column}, row {row}: {why}")]
    Contradiction {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What is wrong with it.
        why: String,
    },
    /// The database belongs to a newer Lonewatch.
    #[error(
        "the database was used by a newer Lonewatch (its tables are at version {version}); \
         please start that version again"
    )]
    Newer {
        /// The version of its tables.
        version: i64,
    },
    /// The database belongs to an older Lonewatch, and whoever only reads must not change it.
    #[error(
        "the database was last used by an older Lonewatch; it is brought up to date when this version runs: lonewatch run"
    )]
    Older,
    /// There is no database of Lonewatch's to read.
    #[error(
        "there is no database of Lonewatch's at this address yet: `lonewatch run` makes it; look at url under [store]"
    )]
    Missing,
    /// The tables could not be brought up to date.
    #[error("the database's tables could not be brought up to date: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The address is not one that Lonewatch understands.
    #[error("the database must be sqlite://path or postgres://…")]
    Address,
    /// The database file cannot be made or opened.
    #[error("the database file {path}: {why}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// A value that cannot be kept as JSON.
    #[error("this cannot be kept: {0}")]
    Json(#[from] serde_json::Error),
    /// The database itself.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// True where the database cannot be reached now, or is being stopped: waiting mends it.
    pub fn is_away(&self) -> bool {
        let Self::Database(error) = self else {
            return false;
        };
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            // Connection exceptions; being shut down, starting up; an idle transaction that was ended.
            sqlx::Error::Database(said) => said.code().is_some_and(|code| {
                ["08", "57P", "25P03"]
                    .iter()
                    .any(|class| code.starts_with(class))
            }),
            _ => false,
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            // The database knows a migration that we do not.
            sqlx::migrate::MigrateError::VersionMissing(version) => Self::Newer { version },
            other => Self::Migrate(other),
        }
    }
}

/// A row that contradicts itself.
pub(super) fn contradiction(
    table: &'static str,
    column: &'static str,
    row: impl ToString,
    why: impl ToString,
) -> StoreError {
    StoreError::Contradiction {
        table,
        column,
        row: row.to_string(),
        why: why.to_string(),
    }
}
