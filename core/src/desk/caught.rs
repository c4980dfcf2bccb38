//! A bug in one step must not become a loop of crashes.

use super::{DeskError, Result};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Runs one step; a panic in it is an error like any other. A step writes everything at its end or nothing, so there is
/// nothing half-done to fear: the same input would only bring the same panic after each start.
pub(super) async fn caught<T>(step: impl Future<Output = Result<T>>) -> Result<T> {
    let mut step = pin!(step);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| step.as_mut().poll(context)));
        polled.unwrap_or(Poll::Ready(Err(DeskError::Panic)))
    })
    .await
}
