//! The conversions at the store's edge.

use super::error::{Result, contradiction};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{Any, Decode, Row, Type};

/// A moment that has been, in UTC milliseconds.
pub(super) fn ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// A moment to come, in UTC milliseconds, rounded up: nothing may be woken before its time.
pub(super) fn due_ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis() + i64::from(!at.timestamp_subsec_nanos().is_multiple_of(1_000_000))
}

/// A text as both databases take it: PostgreSQL refuses U+0000, which anybody in a room could send.
pub(super) fn clean(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// One row that is being read: names table, column and row in every error.
pub(super) struct Reader<'r> {
    row: &'r AnyRow,
    table: &'static str,
    key: String,
}

impl<'r> Reader<'r> {
    /// Reads a row whose key is the number `id`.
    pub(super) fn new(row: &'r AnyRow, table: &'static str) -> Result<(Self, i64)> {
        let unnamed = Self::keyed(row, table, "?".to_owned());
        let id = unnamed.get("id")?;
        Ok((Self::keyed(row, table, format!("{id}")), id))
    }

    /// Reads a row that is known by another key.
    pub(super) fn keyed(row: &'r AnyRow, table: &'static str, key: String) -> Self {
        Self { row, table, key }
    }

    /// A column as it is.
    pub(super) fn get<T: Decode<'r, Any> + Type<Any>>(&self, column: &'static str) -> Result<T> {
        self.row
            .try_get(column)
            .map_err(|error| self.wrong(column, error))
    }

    /// A moment.
    pub(super) fn time(&self, column: &'static str) -> Result<DateTime<Utc>> {
        self.moment(column, self.get(column)?)
    }

    /// A moment that may not have come.
    pub(super) fn maybe_time(&self, column: &'static str) -> Result<Option<DateTime<Utc>>> {
        let stored: Option<i64> = self.get(column)?;
        stored.map(|ms| self.moment(column, ms)).transpose()
    }

    /// A body in JSON.
    pub(super) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        let text: String = self.get(column)?;
        // serde's own words could quote what somebody said; the place is enough.
        serde_json::from_str(&text).map_err(|error| {
            let at = (error.line(), error.column());
            self.wrong(
                column,
                format!("cannot be read from line {}, column {}", at.0, at.1),
            )
        })
    }

    /// An error if two columns disagree.
    pub(super) fn agree<T: PartialEq>(&self, column: &'static str, this: T, that: T) -> Result<()> {
        if this == that {
            return Ok(());
        }
        Err(self.wrong(column, "does not agree with the body"))
    }

    /// What is wrong with a column of this row.
    pub(super) fn wrong(
        &self,
        column: &'static str,
        why: impl ToString,
    ) -> super::error::StoreError {
        contradiction(self.table, column, &self.key, why)
    }

    fn moment(&self, column: &'static str, ms: i64) -> Result<DateTime<Utc>> {
        DateTime::from_timestamp_millis(ms)
            .ok_or_else(|| self.wrong(column, format!("{ms} is not a time")))
    }
}
