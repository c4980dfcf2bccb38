//! When something last came from each account.

use super::row::{clean, ms};
use super::{Result, Store};
use chrono::{DateTime, Utc};
use sqlx::AnyConnection;

impl Store {
    /// When something last came from each account (UTC).
    ///
    /// # Errors
    /// What the database says.
    pub async fn seen(&self) -> Result<Vec<(String, DateTime<Utc>)>> {
        let query = sqlx::query_as("SELECT account, at FROM seen ORDER BY account");
        let rows: Vec<(String, i64)> = query.fetch_all(&mut *self.read().await?).await?;
        let read = |(account, at)| Some((account, DateTime::from_timestamp_millis(at)?));
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Something came from these accounts then (UTC). What is known to be later stays.
    ///
    /// # Errors
    /// What the database says; then nothing of it is kept.
    pub async fn saw(&self, accounts: &[(String, DateTime<Utc>)]) -> Result<()> {
        let later = "INSERT INTO seen (account, at) VALUES ($1, $2) \
             ON CONFLICT (account) DO UPDATE SET at = excluded.at WHERE seen.at < excluded.at";
        self.note_seen(later, accounts).await
    }

    /// From now on it is looked out for these accounts. One that was known before is left as it is, so that whoever is
    /// new to the bot has the same time to be seen as everybody.
    ///
    /// # Errors
    /// What the database says; then nothing of it is kept.
    pub async fn look_out_for(&self, accounts: &[String], now: DateTime<Utc>) -> Result<()> {
        let new = "INSERT INTO seen (account, at) VALUES ($1, $2) ON CONFLICT (account) DO NOTHING";
        let accounts: Vec<_> = accounts.iter().map(|user| (user.clone(), now)).collect();
        self.note_seen(new, &accounts).await
    }

    async fn note_seen(
        &self,
        sql: &'static str,
        accounts: &[(String, DateTime<Utc>)],
    ) -> Result<()> {
        if accounts.is_empty() {
            return Ok(());
        }
        let mut tx = self.write().await?;
        let db: &mut AnyConnection = &mut tx;
        for (account, at) in accounts {
            let query = sqlx::query(sql).bind(clean(account)).bind(ms(*at));
            query.execute(&mut *db).await?;
        }
        Ok(tx.commit().await?)
    }
}
