//! Opening: the database's own id, its file, and what is refused.

use crate::at;
use crate::db::{Db, on_both};
use lonewatch_core::domain::outgoing::Priority;
use lonewatch_core::store::{Commit, Store, StoreError};
use std::sync::Arc;
use std::time::Duration;

on_both!(
    keeps_its_id,
    a_newer_one_is_refused,
    an_older_one_is_brought_forward_with_what_is_in_it,
);

async fn keeps_its_id(db: &Db) {
    let first = db.open().await;
    let id = first.store_id().to_owned();
    assert_eq!(id.len(), 32, "{id}");
    assert_eq!(first.clone().store_id(), id);
    first.close().await;
    assert_eq!(db.open().await.store_id(), id);

    let other = Store::open("sqlite::memory:").await.unwrap();
    assert_ne!(other.store_id(), id);
}

async fn a_newer_one_is_refused(db: &Db) {
    db.open().await.close().await;
    db.run(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 99, 'from the future', success, checksum, execution_time FROM _sqlx_migrations \
         WHERE version = 1",
    )
    .await;
    let error = Store::open(&db.url).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { version: 99 }),
        "{error:?}"
    );
    assert!(error.to_string().contains("newer Lonewatch"), "{error}");
    let error = Store::open_to_read(&db.url).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { version: 99 }),
        "{error:?}"
    );
}

async fn an_older_one_is_brought_forward_with_what_is_in_it(db: &Db) {
    let store = db.open().await;
    let batch = crate::batch("s1", vec![crate::text("$1", 1)]);
    store.ingest(&batch).await.unwrap();
    crate::save(&store, vec![crate::shift("one")]).await;
    let ids = crate::say(&store, vec![crate::out("said", Priority::Page)]).await;
    store.close().await;
    // As the version before the leases left it.
    let before =
        "DROP TABLE lease; DROP TABLE seen; DELETE FROM _sqlx_migrations WHERE version >= 5";
    db.run(before).await;

    let store = db.open().await;
    assert_eq!(store.pending(10).await.unwrap().len(), 1);
    assert!(store.aggregate("shift", "one").await.unwrap().is_some());
    let unsent = store.unsent(crate::at(9), 10).await.unwrap();
    assert_eq!(unsent.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
    let holder = Arc::from("one");
    let lasts = Duration::from_secs(9);
    assert!(store.take_lease(&holder, lasts).await.unwrap().is_some());
    assert_eq!(store.seen().await.unwrap(), []);
}

#[tokio::test]
async fn another_kind_of_database_is_refused_without_showing_the_password() {
    for url in ["mysql://bot:secret@localhost/x", "lonewatch.db", ""] {
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, StoreError::Address), "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

#[tokio::test]
#[cfg(unix)]
async fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let db = Db::sqlite();
    let store = db.open().await;
    let folder = db.folder.as_ref().unwrap().join("a folder");
    let mut names = vec![];
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(
        names,
        ["100% #1.db", "100% #1.db-shm", "100% #1.db-wal"],
        "the write-ahead log is on"
    );
    store.close().await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let db = Db::sqlite();
    db.open().await.close().await;
    let inside_a_file = format!("{}/further/x.db", db.url);
    let error = Store::open(&inside_a_file).await.unwrap_err();
    assert!(matches!(error, StoreError::File { .. }), "{error:?}");
    assert!(error.to_string().contains("further"), "{error}");
}

#[tokio::test]
async fn who_only_reads_changes_nothing_and_makes_nothing() {
    let folder = std::env::temp_dir().join(format!("lonewatch-reading-{}", std::process::id()));
    let url = format!("sqlite://{}", folder.join("store.db").display());
    let missing = Store::open_to_read(&url).await;
    assert!(matches!(missing, Err(StoreError::Missing)), "{missing:?}");
    assert!(!folder.exists());
    let writes = Store::open(&url).await.expect("made");
    let reads = Store::open_to_read(&url).await.expect("opened");
    assert_eq!(reads.store_id(), writes.store_id());
    let mark = Commit {
        meta: vec![("mark".to_owned(), "1".to_owned())],
        ..Commit::new(at(0))
    };
    assert!(
        reads.commit(&mark).await.is_err(),
        "it can be written through"
    );
    writes.commit(&mark).await.expect("kept");
    let seen = reads.meta("mark").await.expect("read");
    assert_eq!(
        seen.as_deref(),
        Some("1"),
        "what is written meanwhile is seen"
    );
    reads.close().await;
    writes.close().await;
    std::fs::remove_dir_all(&folder).expect("removed");
}
