//! What is kept encrypted: the addresses of visits.

use super::row::{Reader, clean, due_ms, ms};
use super::{Result, Store, allot};
use crate::domain::outgoing::Unsealed;
use crate::seal::SealKey;
use chrono::{DateTime, Utc};
use sqlx::AnyConnection;
use std::fmt;

/// A text that is stored encrypted only.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its row, from [`Store::reserve_sealed`].
    pub row: i64,
    /// The team.
    pub team: String,
    /// The shift.
    pub shift: String,
    /// The visit's number within it.
    pub visit: u32,
    /// The words.
    pub words: String,
    /// When it is deleted (UTC).
    pub delete_after: DateTime<Utc>,
}

// The words stand in no log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Secret");
        shown.field("row", &self.row).field("shift", &self.shift);
        shown.finish_non_exhaustive()
    }
}

/// An encrypted row whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueAddress {
    /// The row.
    pub row: i64,
    /// The team.
    pub team: String,
    /// The shift.
    pub shift: String,
}

impl Store {
    /// True where there is a key: without it nothing is kept that must be encrypted.
    pub fn seals(&self) -> bool {
        self.key.is_some()
    }

    /// The number of a new encrypted row; it is never given again, used or not.
    ///
    /// # Errors
    /// What the database says.
    pub async fn reserve_sealed(&self) -> Result<i64> {
        let mut tx = self.write().await?;
        let row = allot(&mut tx, "sealed", 1).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// What an encrypted row holds. It is read at the moment of sending, and written nowhere.
    ///
    /// # Errors
    /// What the database says.
    pub async fn unsealed(&self, row: i64) -> Result<Unsealed> {
        let query = sqlx::query("SELECT team, shift, visit, sealed FROM sealed WHERE id = $1");
        let Some(found) = query
            .bind(row)
            .fetch_optional(&mut *self.read().await?)
            .await?
        else {
            return Ok(Unsealed::Deleted);
        };
        let read = Reader::keyed(&found, "sealed", row.to_string());
        let (team, shift): (String, String) = (read.get("team")?, read.get("shift")?);
        let (visit, sealed): (i64, String) = (read.get("visit")?, read.get("sealed")?);
        let place = place(row, &team, &shift, visit);
        let words = self.key.as_ref().and_then(|key| key.open(&sealed, &place));
        Ok(words.map_or(Unsealed::Unreadable, Unsealed::Words))
    }

    /// The first row of those that are there, whether or not a key opens it.
    ///
    /// # Errors
    /// What the database says.
    pub async fn any_sealed(&self) -> Result<Option<i64>> {
        let query = sqlx::query_scalar("SELECT MIN(id) AS id FROM sealed");
        Ok(query.fetch_one(&mut *self.read().await?).await?)
    }

    /// The rows that are to be deleted by now, oldest first.
    ///
    /// # Errors
    /// What the database says.
    pub async fn sealed_due(&self, now: DateTime<Utc>) -> Result<Vec<DueAddress>> {
        let rows = sqlx::query(
            "SELECT id, team, shift FROM sealed WHERE delete_after <= $1 ORDER BY delete_after, id",
        );
        let rows = rows
            .bind(ms(now))
            .fetch_all(&mut *self.read().await?)
            .await?;
        let read = |row| {
            let (row, id) = Reader::new(row, "sealed")?;
            Ok(DueAddress {
                row: id,
                team: row.get("team")?,
                shift: row.get("shift")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// When the next row is to be deleted (UTC).
    ///
    /// # Errors
    /// What the database says.
    pub async fn next_deletion(&self) -> Result<Option<DateTime<Utc>>> {
        let query = sqlx::query("SELECT MIN(delete_after) AS delete_after FROM sealed");
        let row = query.fetch_one(&mut *self.read().await?).await?;
        Reader::keyed(&row, "sealed", "next to be deleted".to_owned()).maybe_time("delete_after")
    }
}

/// Encrypts a text and keeps it.
pub(super) async fn keep(
    db: &mut AnyConnection,
    key: Option<&SealKey>,
    secret: &Secret,
) -> Result<()> {
    let visit = i64::from(secret.visit);
    let place = place(secret.row, &secret.team, &secret.shift, visit);
    let sealed = key.and_then(|key| key.seal(&clean(&secret.words), &place));
    let Some(sealed) = sealed else {
        // The desk asks first whether there is a key.
        let row = secret.row.to_string();
        return Err(super::error::contradiction(
            "sealed",
            "sealed",
            &row,
            "has no key",
        ));
    };
    sqlx::query(
        "INSERT INTO sealed (id, team, shift, visit, sealed, delete_after) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(secret.row)
    .bind(&secret.team)
    .bind(&secret.shift)
    .bind(visit)
    .bind(sealed)
    .bind(due_ms(secret.delete_after))
    .execute(db)
    .await?;
    Ok(())
}

/// Deletes rows, and moves the day of others.
pub(super) async fn tidy(
    db: &mut AnyConnection,
    until: &[(i64, DateTime<Utc>)],
    deleted: &[i64],
) -> Result<()> {
    for (row, at) in until {
        let query = sqlx::query("UPDATE sealed SET delete_after = $1 WHERE id = $2");
        query.bind(due_ms(*at)).bind(row).execute(&mut *db).await?;
    }
    for row in deleted {
        let query = sqlx::query("DELETE FROM sealed WHERE id = $1");
        query.bind(row).execute(&mut *db).await?;
    }
    Ok(())
}

/// What is authenticated with the words, so that no row can stand in for another.
fn place(row: i64, team: &str, shift: &str, visit: i64) -> Vec<u8> {
    serde_json::json!([row, team, shift, visit])
        .to_string()
        .into_bytes()
}
