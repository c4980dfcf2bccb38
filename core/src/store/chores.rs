//! What the desk has to do besides hearing people, seen in one look.

use super::outbox::{refused_unseen, stuck, unsent};
use super::row::Reader;
use super::{Result, Store};
use crate::domain::outgoing::Priority;
use chrono::{DateTime, Utc};

/// What waits for the desk. Most of the time it is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chores {
    /// [`Store::refused_unseen`] has rows.
    pub refused: bool,
    /// [`Store::stuck`] has rows.
    pub stuck: bool,
    /// [`Store::gaps_untold`] has holes.
    pub gaps: bool,
    /// [`Store::next_due`] (UTC).
    pub next_due: Option<DateTime<Utc>>,
    /// [`Store::next_deletion`] (UTC).
    pub next_deletion: Option<DateTime<Utc>>,
}

impl Store {
    /// What waits for the desk; `attempts` as for [`Self::stuck`].
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn chores(&self, attempts: i64) -> Result<Chores> {
        let query = sqlx::query(concat!(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE ",
            stuck!(),
            ") AS stuck, (SELECT COUNT(*) FROM outbox WHERE ",
            refused_unseen!(),
            ") AS refused, \
             (SELECT COUNT(*) FROM gaps WHERE in_vain_at IS NOT NULL AND told_at IS NULL) AS gaps, \
             (SELECT MIN(next_due) FROM aggregates WHERE closed_at IS NULL AND next_due IS NOT NULL) AS next_due, \
             (SELECT MIN(delete_after) FROM sealed) AS next_deletion",
        ));
        let query = query.bind(Priority::Page.rank()).bind(attempts);
        let row = query.fetch_one(&mut *self.read().await?).await?;
        let row = Reader::keyed(&row, "chores", "of the desk".to_owned());
        let some = |column| row.get::<i64>(column).map(|count| count > 0);
        Ok(Chores {
            refused: some("refused")?,
            stuck: some("stuck")?,
            gaps: some("gaps")?,
            next_due: row.maybe_time("next_due")?,
            next_deletion: row.maybe_time("next_deletion")?,
        })
    }

    /// When time brings something next (UTC): the earlier of [`Store::next_due`] and [`Store::next_deletion`].
    ///
    /// # Errors
    /// What the database says, or a row that contradicts itself.
    pub async fn next_wake(&self) -> Result<Option<DateTime<Utc>>> {
        let query = sqlx::query(
            "SELECT (SELECT MIN(next_due) FROM aggregates WHERE closed_at IS NULL AND next_due IS NOT NULL) AS next_due, \
             (SELECT MIN(delete_after) FROM sealed) AS next_deletion",
        );
        let row = query.fetch_one(&mut *self.read().await?).await?;
        let row = Reader::keyed(&row, "wake", "of the desk".to_owned());
        let both = [
            row.maybe_time("next_due")?,
            row.maybe_time("next_deletion")?,
        ];
        Ok(both.into_iter().flatten().min())
    }
}
