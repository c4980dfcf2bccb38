//! How much there is to do: numbers for whoever watches the bot. Read only, and by the indexes of what is open, so that
//! it costs the same after years.

use super::row::Reader;
use super::{Aggregate, Result, Store};
use crate::domain::outgoing::Priority;
use chrono::{DateTime, Utc};

/// What waits, as numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// What was said and has not been dealt with.
    pub inbox_pending: u64,
    /// What is still to be sent, by urgency.
    pub unsent: Unsent,
    /// When the oldest page or call for help that is still to be sent was decided (UTC).
    pub oldest_unsent_alarm: Option<DateTime<Utc>>,
    /// Shifts that are watched.
    pub open_shifts: u64,
    /// When the next shift, drill or team wants to be woken (UTC).
    pub next_due: Option<DateTime<Utc>>,
}

/// What is still to be sent, by urgency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    /// Calls for help.
    pub duress: u64,
    /// Other pages.
    pub page: u64,
    /// Questions and answers.
    pub answer: u64,
    /// Quiet lines.
    pub quiet: u64,
}

impl Store {
    /// Counts what waits.
    ///
    /// # Errors
    /// What the database says.
    pub async fn tally(&self) -> Result<Tally> {
        let mut tally = Tally {
            inbox_pending: self
                .count("SELECT COUNT(*) FROM inbox WHERE done_at IS NULL")
                .await?,
            open_shifts: self
                .count("SELECT COUNT(*) FROM aggregates WHERE kind = 'shift' AND closed_at IS NULL")
                .await?,
            next_due: self.next_due().await?,
            ..Tally::default()
        };
        let rows = sqlx::query(
            "SELECT priority, COUNT(*) AS many, MIN(created_at) AS oldest FROM outbox \
             WHERE sent_at IS NULL AND refused_at IS NULL AND superseded_at IS NULL GROUP BY priority",
        )
        .fetch_all(&mut *self.read().await?)
        .await?;
        for row in &rows {
            let row = Reader::keyed(row, "outbox", "what is unsent".to_owned());
            let (priority, many): (i64, i64) = (row.get("priority")?, row.get("many")?);
            let many = u64::try_from(many).unwrap_or(0);
            let kind = match priority {
                p if p == Priority::Duress.rank() => &mut tally.unsent.duress,
                p if p == Priority::Page.rank() => &mut tally.unsent.page,
                p if p >= Priority::Quiet.rank() => &mut tally.unsent.quiet,
                _ => &mut tally.unsent.answer,
            };
            *kind += many;
            if priority <= Priority::Page.rank() {
                let oldest = row.maybe_time("oldest")?;
                tally.oldest_unsent_alarm =
                    tally.oldest_unsent_alarm.into_iter().chain(oldest).min();
            }
        }
        Ok(tally)
    }

    /// The open shifts of all teams, by id.
    pub(crate) async fn open_shifts(&self) -> Result<Vec<Aggregate>> {
        super::aggregates::all_open(&mut *self.read().await?, "shift").await
    }

    async fn count(&self, sql: &'static str) -> Result<u64> {
        let many: i64 = sqlx::query_scalar(sql)
            .fetch_one(&mut *self.read().await?)
            .await?;
        Ok(u64::try_from(many).unwrap_or(0))
    }
}
