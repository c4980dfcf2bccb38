//! Small things by name: direct chats, policy texts, marks.

use super::row::clean;
use super::{Result, Store};
use sqlx::Row;
use std::collections::BTreeMap;

impl Store {
    /// The direct chats: the room for each Matrix account.
    ///
    /// # Errors
    /// What the database says.
    pub async fn directs(&self) -> Result<BTreeMap<String, String>> {
        let rows = sqlx::query("SELECT person, room FROM directs")
            .fetch_all(&self.pool)
            .await?;
        let pair = |row: &sqlx::any::AnyRow| Ok((row.try_get("person")?, row.try_get("room")?));
        rows.iter().map(pair).collect()
    }

    /// Remembers the room of the direct chat with a Matrix account. The newest wins.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_direct(&self, user: &str, room: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO directs (person, room) VALUES ($1, $2) \
             ON CONFLICT (person) DO UPDATE SET room = excluded.room",
        )
        .bind(clean(user))
        .bind(clean(room))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The policy text with this hash.
    ///
    /// # Errors
    /// What the database says.
    pub async fn policy(&self, hash: &str) -> Result<Option<String>> {
        let query = sqlx::query_scalar("SELECT text FROM policies WHERE hash = $1");
        Ok(query.bind(hash).fetch_optional(&self.pool).await?)
    }

    /// A mark that was set with [`super::Commit::meta`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn meta(&self, name: &str) -> Result<Option<String>> {
        let query = sqlx::query_scalar("SELECT value FROM meta WHERE name = $1");
        Ok(query.bind(name).fetch_optional(&self.pool).await?)
    }
}
