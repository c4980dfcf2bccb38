//! Copies of the database, and what has to change in one that goes on in place of the lost one.

use super::row::ms;
use super::{Result, Store, StoreError, fresh_id, make_private, sqlite_path};
use chrono::{DateTime, Utc};
use std::fs::File;
use std::path::Path;

impl Store {
    /// Writes a copy of a SQLite database to a file that does not exist, readable by its owner only, while the bot runs. It
    /// is whole: what is decided meanwhile is in it or is not.
    ///
    /// # Errors
    /// [`StoreError::File`] where the file is there or cannot be made; [`StoreError::Shared`] for PostgreSQL, which has
    /// `pg_dump`; what the database says.
    pub async fn back_up(&self, to: &Path) -> Result<()> {
        if self.shared {
            return Err(StoreError::Shared);
        }
        if to.exists() {
            return Err(exists(to));
        }
        let path = make_private(to)?;
        let name = path.to_str().ok_or(StoreError::Address)?;
        let copied = sqlx::query("VACUUM INTO $1")
            .bind(name)
            .execute(&self.pool)
            .await;
        if let Err(error) = copied {
            let _ = std::fs::remove_file(&path);
            return Err(error.into());
        }
        let synced = File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(|why| StoreError::File { path, why })
    }

    /// Puts a copy in the place of a SQLite database that is gone.
    ///
    /// # Errors
    /// [`StoreError::File`] where a database is there already, or the copy cannot be read; [`StoreError::Shared`] for an
    /// address of PostgreSQL.
    pub fn put_back(copy: &Path, url: &str) -> Result<()> {
        if !url.starts_with("sqlite:") {
            return Err(StoreError::Shared);
        }
        let path = sqlite_path(url).ok_or(StoreError::Address)?;
        // The log of the lost one would be written over the copy.
        let log = |end: &str| path.with_file_name(format!("{}{end}", name_of(&path)));
        if let Some(there) = [path.clone(), log("-wal"), log("-shm")]
            .iter()
            .find(|path| path.exists())
        {
            return Err(exists(there));
        }
        let failed = |why| StoreError::File {
            path: copy.to_owned(),
            why,
        };
        let words = std::fs::read(copy).map_err(failed)?;
        let path = make_private(&path)?;
        let written = std::fs::write(&path, words);
        let synced = written.and_then(|()| File::open(&path)?.sync_all());
        synced.map_err(|why| StoreError::File { path, why })
    }

    /// Makes a database that was put back from a copy one that can go on. It gets a new id: numbers that the lost one gave
    /// to messages after the copy was made come again, and the homeserver would take them for the same messages. What was
    /// still to be sent is old by now, and is not sent: what is overdue is raised anew.
    ///
    /// # Errors
    /// What the database says; then nothing has changed.
    pub async fn go_on_from_a_copy(&self, at: DateTime<Utc>) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE meta SET value = $1 WHERE name = 'store_id'")
            .bind(fresh_id())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE outbox SET superseded_at = $1 \
             WHERE sent_at IS NULL AND refused_at IS NULL AND superseded_at IS NULL",
        )
        .bind(ms(at))
        .execute(&mut *tx)
        .await?;
        // By the clock of another server it might last for ever.
        sqlx::query("UPDATE lease SET holder = '', until = 0")
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Holds the file of a SQLite database for as long as what is answered lives, so that no second instance acts on it;
    /// nothing for other databases.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process holds it.
    pub fn hold_alone(url: &str) -> Result<Option<File>> {
        let Some(path) = Some(url)
            .filter(|url| url.starts_with("sqlite:"))
            .and_then(sqlite_path)
        else {
            return Ok(None);
        };
        let path = make_private(&path.with_file_name(format!("{}.lock", name_of(&path))))?;
        let failed = |why| StoreError::File {
            path: path.clone(),
            why,
        };
        let file = File::options().write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::InUse),
            Err(std::fs::TryLockError::Error(why)) => Err(failed(why)),
        }
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn exists(path: &Path) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        why: std::io::Error::new(
            std::io::ErrorKind::AlreadyExists,
            "it is there already; move it away first",
        ),
    }
}
