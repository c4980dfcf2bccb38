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
        self.pairs("SELECT person, room FROM directs").await
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

    /// Every direct chat that there was: the Matrix account for each room.
    ///
    /// # Errors
    /// What the database says.
    pub async fn chats(&self) -> Result<BTreeMap<String, String>> {
        self.pairs("SELECT room, person FROM chats").await
    }

    /// Remembers that a room is or was the direct chat with a Matrix account.
    ///
    /// # Errors
    /// What the database says.
    pub async fn add_chat(&self, room: &str, user: &str) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO chats (room, person) VALUES ($1, $2) \
             ON CONFLICT (room) DO UPDATE SET person = excluded.person",
        );
        let query = query.bind(clean(room)).bind(clean(user));
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// The configured rooms that the bot has been in: the room for each address.
    ///
    /// # Errors
    /// What the database says.
    pub async fn addresses(&self) -> Result<BTreeMap<String, String>> {
        self.pairs("SELECT name, room FROM addresses").await
    }

    /// Remembers which room an address of the configuration stands for. The newest wins.
    ///
    /// # Errors
    /// What the database says.
    pub async fn set_address(&self, name: &str, room: &str) -> Result<()> {
        let query = sqlx::query(
            "INSERT INTO addresses (name, room) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET room = excluded.room",
        );
        let query = query.bind(clean(name)).bind(clean(room));
        query.execute(&self.pool).await?;
        Ok(())
    }

    async fn pairs(&self, sql: &'static str) -> Result<BTreeMap<String, String>> {
        let rows = sqlx::query(sql).fetch_all(&mut *self.read().await?).await?;
        let pair = |row: &sqlx::any::AnyRow| Ok((row.try_get(0)?, row.try_get(1)?));
        rows.iter().map(pair).collect()
    }

    /// The policy text with this hash.
    ///
    /// # Errors
    /// What the database says.
    pub async fn policy(&self, hash: &str) -> Result<Option<String>> {
        let query = sqlx::query_scalar("SELECT text FROM policies WHERE hash = $1");
        Ok(query
            .bind(hash)
            .fetch_optional(&mut *self.read().await?)
            .await?)
    }

    /// A mark that was set with [`super::Commit::meta`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn meta(&self, name: &str) -> Result<Option<String>> {
        let query = sqlx::query_scalar("SELECT value FROM meta WHERE name = $1");
        Ok(query
            .bind(name)
            .fetch_optional(&mut *self.read().await?)
            .await?)
    }
}
