//! Who acts, where several instances share one database: one row, taken for a few seconds and renewed.
//!
//! Time is the database's own, so that the clocks of the machines do not matter. Not an advisory lock: one of those lives as
//! long as its connection, and the server may believe in the connection of a dead machine for hours. Whoever was cut off in
//! the middle of a transaction holds its rows for at most [`super::IDLE_IN_TRANSACTION`].

use super::{Result, Store, StoreError};
use sqlx::AnyConnection;
use std::sync::Arc;
use std::time::Duration;

/// The right to act, as one instance had it from the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// Which instance.
    pub holder: Arc<str>,
    /// Grows with each change of hands: a number that was passed on never comes back.
    pub epoch: i64,
}

/// How a kind of database says what the time is, in UTC milliseconds.
macro_rules! statements {
    ($now:expr) => {
        Statements {
            take: concat!(
                "UPDATE lease SET holder = $1, epoch = epoch + 1, until = ",
                $now,
                " + $2 WHERE name = 'acting' AND (until <= ",
                $now,
                " OR holder = $1) RETURNING epoch"
            ),
            renew: concat!(
                "UPDATE lease SET until = ",
                $now,
                " + $1 WHERE name = 'acting' AND holder = $2 AND epoch = $3"
            ),
            ready: concat!(
                "INSERT INTO lease (name, holder, epoch, until) VALUES ('ready', $1, 0, ",
                $now,
                " + $2) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until"
            ),
            other_ready: concat!(
                "SELECT COUNT(*) FROM lease WHERE name = 'ready' AND holder <> $1 AND until > ",
                $now
            ),
        }
    };
}

/// The statements that look at the database's clock.
#[derive(Debug)]
pub(super) struct Statements {
    take: &'static str,
    renew: &'static str,
    ready: &'static str,
    other_ready: &'static str,
}

pub(super) const SQLITE: Statements =
    statements!("CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)");
pub(super) const POSTGRES: Statements =
    statements!("CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)");

impl Store {
    /// True for a database that several instances can share; a file of SQLite belongs to one.
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Takes the right to act for so long, if nobody has it; `None`: another has.
    ///
    /// # Errors
    /// What the database says.
    pub async fn take_lease(&self, holder: &Arc<str>, lasts: Duration) -> Result<Option<Fence>> {
        let epoch: Option<i64> = sqlx::query_scalar(self.lease.take)
            .bind(&**holder)
            .bind(millis(lasts))
            .fetch_optional(&self.pool)
            .await?;
        let holder = holder.clone();
        Ok(epoch.map(|epoch| Fence { holder, epoch }))
    }

    /// Goes on acting for so long from now; false: another has taken over, and nothing may be said or written any more.
    /// Late, it succeeds as long as nobody has.
    ///
    /// # Errors
    /// What the database says.
    pub async fn renew_lease(&self, fence: &Fence, lasts: Duration) -> Result<bool> {
        let renewed = sqlx::query(self.lease.renew)
            .bind(millis(lasts))
            .bind(&*fence.holder)
            .bind(fence.epoch)
            .execute(&self.pool)
            .await?;
        Ok(renewed.rows_affected() > 0)
    }

    /// Gives the right to act back, so that another need not wait.
    ///
    /// # Errors
    /// What the database says.
    pub async fn release_lease(&self, fence: &Fence) -> Result<()> {
        let query = sqlx::query(
            "UPDATE lease SET until = 0, holder = '' WHERE name = 'acting' AND holder = $1 AND epoch = $2",
        );
        let query = query.bind(&*fence.holder).bind(fence.epoch);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// This instance stands by and sees the rooms: for so long from now it could act. One row for all who do: the last to say
    /// it stands for them.
    ///
    /// # Errors
    /// What the database says.
    pub async fn say_ready(&self, holder: &Arc<str>, lasts: Duration) -> Result<()> {
        let query = sqlx::query(self.lease.ready).bind(&**holder);
        query.bind(millis(lasts)).execute(&self.pool).await?;
        Ok(())
    }

    /// True while another instance stands by and sees the rooms.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_other_ready(&self, holder: &Arc<str>) -> Result<bool> {
        let query = sqlx::query_scalar(self.lease.other_ready).bind(&**holder);
        let ready: i64 = query.fetch_one(&mut *self.read().await?).await?;
        Ok(ready > 0)
    }

    /// The same store, which writes decisions only as long as this right to act has not passed on.
    #[must_use]
    pub fn fenced(&self, fence: Fence) -> Self {
        let fence = Some(fence);
        Self {
            fence,
            ..self.clone()
        }
    }

    /// The last statement of a decision: it holds until that is kept, or the right to act has passed on and nothing is.
    pub(super) async fn check_fence(&self, db: &mut AnyConnection) -> Result<()> {
        let Some(fence) = &self.fence else {
            return Ok(());
        };
        let query = sqlx::query(
            "UPDATE lease SET epoch = epoch WHERE name = 'acting' AND holder = $1 AND epoch = $2",
        );
        let query = query.bind(&*fence.holder).bind(fence.epoch);
        match query.execute(db).await?.rows_affected() {
            0 => Err(StoreError::NotActing),
            _ => Ok(()),
        }
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
