//! Whether the bot's account has signed this device. It does so within the first syncs; a device that takes over from a lost
//! one is signed with the recovery key.

use super::Matrix;
use anyhow::Result;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// How often is looked before it is, and after: it can be taken back.
const SOON: Duration = Duration::from_secs(1);
const LATER: Duration = Duration::from_secs(60);

/// Looks again and again, and notes it on the line.
///
/// # Errors
/// Where the sync has ended.
pub(super) async fn look(matrix: Arc<Matrix>) -> Result<Infallible> {
    matrix.caught_up().await?;
    loop {
        let encryption = matrix.session.client().encryption();
        let device = encryption.get_own_device().await;
        let signed = device
            .is_ok_and(|device| device.is_some_and(|device| device.is_cross_signed_by_owner()));
        matrix.link.send_if_modified(|link| {
            let before = std::mem::replace(&mut link.signed, signed);
            before != signed
        });
        tokio::time::sleep(if signed { LATER } else { SOON }).await;
    }
}
