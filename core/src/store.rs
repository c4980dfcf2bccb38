//! The database: the only place with sqlx.
//!
//! One set of SQL and migrations serves SQLite (the embedded default) and PostgreSQL, through sqlx's
//! `Any` driver. Columns are `BIGINT` (UTC milliseconds) and `TEXT`; a moment that something falls due is
//! rounded up to the next millisecond, so that nothing is woken before its time.

mod aggregates;
mod backup;
mod chores;
mod commit;
mod error;
mod gaps;
mod inbox;
mod lease;
mod outbox;
mod reading;
mod reads;
mod received;
mod rooms;
mod row;
mod sealed;
mod seen;
mod standing;
mod tally;
mod threads;

pub use aggregates::Aggregate;
pub use chores::Chores;
pub use commit::{Commit, JournalRow};
pub use error::{Result, StoreError};
pub use gaps::{Gap, OpenGap};
pub use inbox::InboxRow;
pub use lease::Fence;
pub use outbox::OutRow;
pub use received::{Batch, OwnEcho};
pub use sealed::{DueAddress, Secret};
pub use tally::{Tally, Unsent};
pub(crate) use threads::Root;

use crate::seal::SealKey;
use reads::Reads;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Executor, SqlSafeStr, Transaction};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

/// Every migration, oldest first. A published one is never changed: a new one is added.
const MIGRATIONS: [(i64, &str, &str); 6] = [
    (1, "start", include_str!("../../migrations/0001_start.sql")),
    (2, "told", include_str!("../../migrations/0002_told.sql")),
    (3, "rooms", include_str!("../../migrations/0003_rooms.sql")),
    (
        4,
        "sealed",
        include_str!("../../migrations/0004_sealed.sql"),
    ),
    (5, "lease", include_str!("../../migrations/0005_lease.sql")),
    (6, "seen", include_str!("../../migrations/0006_seen.sql")),
];

/// Connections to PostgreSQL: the desk, the courier and the receiving side, and one to spare.
const POSTGRES_CONNECTIONS: u32 = 4;
/// How long a connection is waited for before the database counts as away.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// PostgreSQL ends a transaction whose client has fallen silent: a machine that was cut off must not hold rows.
const IDLE_IN_TRANSACTION: &str = "SET idle_in_transaction_session_timeout = '3s'";

/// The database of one Lonewatch. Cheap to clone; all clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    reads: Reads,
    /// The SQL that opens a transaction that is going to write.
    begin: &'static str,
    id: Arc<str>,
    /// For the table `sealed`.
    key: Option<SealKey>,
    /// Several instances can share it.
    shared: bool,
    lease: &'static lease::Statements,
    /// The right to act, which every decision checks.
    fence: Option<Fence>,
    /// How many decisions were kept, since this was opened.
    commits: Arc<AtomicU64>,
}

impl Store {
    /// Opens `sqlite://path`, `sqlite::memory:` or `postgres://…` and brings its tables up to date.
    ///
    /// A SQLite file is made where it is missing, readable by its owner only, with its folders.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer Lonewatch has used the database; [`StoreError::Address`] for an
    /// address of another kind; otherwise what the database or the file system says.
    pub async fn open(url: &str) -> Result<Self> {
        drivers();
        let (pool, shared) = match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => (open_sqlite(url).await?, false),
            Some("postgres" | "postgresql") => (open_postgres(url).await?, true),
            _ => return Err(StoreError::Address),
        };
        migrate(&pool).await?;
        let id = keep_id(&pool).await?;
        // A database in memory lives in its one connection.
        let reads = match shared || sqlite_path(url).is_none() {
            true => Reads::Pool(pool.clone()),
            false => Reads::line(&pool).await?,
        };
        Ok(Self::of((pool, reads), id, shared))
    }

    /// `shared`: a PostgreSQL, that several instances can share.
    fn of((pool, reads): (AnyPool, Reads), id: Arc<str>, shared: bool) -> Self {
        let (begin, lease) = match shared {
            true => ("BEGIN", &lease::POSTGRES),
            false => ("BEGIN IMMEDIATE", &lease::SQLITE),
        };
        Self {
            pool,
            reads,
            begin,
            id,
            key: None,
            shared,
            lease,
            fence: None,
            commits: Arc::default(),
        }
    }

    /// The same store with the key for what is kept encrypted. Without it such things are neither kept nor read.
    #[must_use]
    pub fn with_key(self, key: SealKey) -> Self {
        let key = Some(key);
        Self { key, ..self }
    }

    /// The id of this database: made once at random, the same for ever after.
    pub fn store_id(&self) -> &str {
        &self.id
    }

    /// How many decisions were kept since the store was opened: it grows as long as the desk gets on.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Waits until all that runs has ended and closes the connections. Dropping the store does as well,
    /// only without waiting.
    pub async fn close(&self) {
        self.reads.close().await;
        self.pool.close().await;
    }

    /// Waits until a write that was given up half-way has come to its end, so that what is read next knows of it. (With
    /// PostgreSQL, which has several connections, it is only likely.)
    ///
    /// # Errors
    /// What the database says.
    pub async fn settled(&self) -> Result<()> {
        // It comes back to the pool when its statement has ended.
        self.pool.acquire().await?;
        Ok(())
    }

    /// A connection for one query that only reads.
    async fn read(&self) -> Result<reads::Reading> {
        self.reads.take().await
    }

    /// Opens a transaction that is going to write. SQLite takes its lock at once, so that a second
    /// process waits here and not half-way.
    async fn write(&self) -> Result<Transaction<'static, sqlx::Any>> {
        Ok(self.pool.begin_with(self.begin).await?)
    }
}

/// Makes SQLite and PostgreSQL known to sqlx, once.
fn drivers() {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(install_default_drivers);
}

/// Allots `count` ids of a table and answers the first. The counter's row is locked until the transaction
/// ends, so ids become visible in their order.
async fn allot(db: &mut AnyConnection, table: &'static str, count: usize) -> Result<i64> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let last: Option<i64> =
        sqlx::query_scalar("UPDATE counters SET last = last + $1 WHERE name = $2 RETURNING last")
            .bind(count)
            .bind(table)
            .fetch_optional(db)
            .await?;
    let last = last.ok_or_else(|| error::contradiction("counters", "name", table, "is missing"))?;
    Ok(last - count + 1)
}

/// The same for two tables at once; of one from which nothing is wanted the answer is of no use.
async fn allot_both(
    db: &mut AnyConnection,
    wanted: [(&'static str, usize); 2],
) -> Result<[i64; 2]> {
    let wanted = wanted.map(|(table, count)| (table, i64::try_from(count).unwrap_or(i64::MAX)));
    let [(one, ones), (other, others)] = wanted;
    if ones == 0 && others == 0 {
        return Ok([0, 0]);
    }
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "UPDATE counters SET last = last + (CASE WHEN name = $1 THEN $2 ELSE $3 END) \
         WHERE name IN ($1, $4) RETURNING name, last",
    )
    .bind(one)
    .bind(ones)
    .bind(others)
    .bind(other)
    .fetch_all(db)
    .await?;
    let first = |(table, count): (&'static str, i64)| {
        let found = rows.iter().find(|(name, _)| name == table);
        let (_, last) =
            found.ok_or_else(|| error::contradiction("counters", "name", table, "is missing"))?;
        Ok::<i64, StoreError>(last - count + 1)
    };
    Ok([first(wanted[0])?, first(wanted[1])?])
}

async fn open_sqlite(url: &str) -> Result<AnyPool> {
    let url = match sqlite_path(url) {
        Some(path) => {
            let path = make_private(&path)?;
            format!("sqlite://{}", escape(&path)?)
        }
        None => "sqlite::memory:".to_owned(),
    };
    let pool = AnyPoolOptions::new()
        .max_connections(1)
        // A database in memory lives as long as its connection.
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        // A file does not hang up: asking first would be a trip to the database's thread and back for every query.
        .test_before_acquire(false)
        .after_connect(|db, _| {
            Box::pin(async move {
                for pragma in [
                    "PRAGMA busy_timeout = 10000",
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA synchronous = FULL",
                    "PRAGMA foreign_keys = ON",
                    // What is deleted is overwritten.
                    "PRAGMA secure_delete = ON",
                ] {
                    db.execute(pragma).await?;
                }
                Ok(())
            })
        });
    Ok(pool.connect(&url).await?)
}

async fn open_postgres(url: &str) -> Result<AnyPool> {
    let pool = AnyPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(CONNECT_WITHIN)
        .after_connect(|db, _| {
            Box::pin(async move { db.execute(IDLE_IN_TRANSACTION).await.map(drop) })
        });
    Ok(pool.connect(url).await?)
}

/// The file of a SQLite address; `None` is a database in memory.
fn sqlite_path(url: &str) -> Option<PathBuf> {
    let rest = url.trim_start_matches("sqlite:");
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let path = rest.split('?').next().unwrap_or(rest);
    (path != ":memory:").then(|| PathBuf::from(path))
}

/// Makes the file and its folders, for the owner only, and answers its absolute path. SQLite gives the
/// files that it puts beside it the same permissions.
fn make_private(path: &Path) -> Result<PathBuf> {
    let file = |why| StoreError::File {
        path: path.to_owned(),
        why,
    };
    let path = std::path::absolute(path).map_err(file)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(file)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).map_err(file)?;
    Ok(path)
}

/// A path as it is written in an address.
fn escape(path: &Path) -> Result<String> {
    let text = path.to_str().ok_or(StoreError::Address)?;
    Ok(text
        .replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23"))
}

async fn migrate(pool: &AnyPool) -> Result<()> {
    let known = MIGRATIONS.map(|(version, name, sql)| {
        let sql = sql.into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(known.to_vec());
    migrator.run(pool).await.map_err(StoreError::from)
}

/// An id that no other database has.
fn fresh_id() -> String {
    // Two keyed hashes of nothing: the keys come from the operating system's randomness.
    let part = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", part(), part())
}

/// Reads the database's own id, or makes it.
async fn keep_id(pool: &AnyPool) -> Result<Arc<str>> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ('store_id', $1) ON CONFLICT (name) DO NOTHING",
    )
    .bind(fresh_id())
    .execute(pool)
    .await?;
    let id: String = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'store_id'")
        .fetch_one(pool)
        .await?;
    Ok(id.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sqlite_writes_to_the_disk_before_it_says_so() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert_eq!(synchronous, 2, "FULL");
        let foreign_keys: i64 = sqlx::query_scalar("PRAGMA foreign_keys")
            .fetch_one(&store.pool)
            .await
            .unwrap();
        assert_eq!(foreign_keys, 1);
    }
}
