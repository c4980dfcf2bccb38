//! A database for one test.

use lonewatch_core::store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

/// Runs each of these tests on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let db = crate::db::Db::sqlite();
                super::$name(&db).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let name = concat!(module_path!(), "_", stringify!($name));
                if let Some(db) = crate::db::Db::postgres(name).await {
                    super::$name(&db).await;
                    db.remove().await;
                }
            })*
        }
    };
}
pub(crate) use on_both;

/// A database for one test.
pub struct Db {
    pub url: String,
    /// The folder of a SQLite file.
    pub folder: Option<PathBuf>,
    /// The schema on PostgreSQL, and the server.
    schema: Option<(String, String)>,
}

impl Db {
    /// A SQLite file that does not exist yet, in a folder that does not exist yet.
    pub fn sqlite() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("lonewatch-store-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let file = folder.join("a folder/100% #1.db");
        Self {
            url: format!("sqlite://{}", file.display()),
            folder: Some(folder),
            schema: None,
        }
    }

    /// A schema of its own on the PostgreSQL that the environment names.
    pub async fn postgres(name: &str) -> Option<Self> {
        let Ok(server) = std::env::var("LONEWATCH_TEST_POSTGRES") else {
            let required = std::env::var("LONEWATCH_REQUIRE_POSTGRES");
            assert_ne!(
                required.as_deref(),
                Ok("1"),
                "LONEWATCH_TEST_POSTGRES is not set"
            );
            return None;
        };
        let mut hash = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(name, &mut hash);
        let hash = std::hash::Hasher::finish(&hash);
        let schema = format!("lonewatch_{}_{hash:x}", std::process::id());
        run(&server, &format!("CREATE SCHEMA {schema}")).await;
        let mark = if server.contains('?') { '&' } else { '?' };
        Some(Self {
            url: format!("{server}{mark}options=-c%20search_path%3D{schema}"),
            folder: None,
            schema: Some((schema, server)),
        })
    }

    /// Opens the store, as at a start.
    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    /// Changes the database behind the store's back.
    pub async fn run(&self, sql: &str) {
        let url = match &self.folder {
            Some(_) => self.url.replace('%', "%25").replace('#', "%23"),
            None => self.url.clone(),
        };
        run(&url, sql).await;
    }

    /// Removes the schema. A test that failed leaves it to be looked at.
    pub async fn remove(&self) {
        if let Some((schema, server)) = &self.schema {
            run(server, &format!("DROP SCHEMA {schema} CASCADE")).await;
        }
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

async fn run(url: &str, sql: &str) {
    sqlx::any::install_default_drivers();
    let mut db = AnyConnection::connect(url).await.unwrap();
    let sql = sqlx::raw_sql(AssertSqlSafe(sql));
    sql.execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

/// Runs a future until it has been polled so often, then drops it: the nearest thing to a crash within one
/// process. Answers what it answered, if it came that far.
pub async fn cut_short<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
