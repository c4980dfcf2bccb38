//! How many alarms are open: a number for whoever watches the bot.

use super::Result;
use super::stored::body;
use crate::domain::shift::Shift;
use crate::store::Store;

/// Counts the open alarms of all teams, drills left out. A shift that cannot be read counts as one: its managers have been
/// told, and somebody has to see to it.
///
/// # Errors
/// What the database says.
pub async fn open_alarms(store: &Store) -> Result<u64> {
    let mut open = 0;
    for aggregate in store.open_shifts().await? {
        open += body::<Shift>(&aggregate).map_or(1, |shift| {
            shift.alarms.iter().filter(|alarm| alarm.is_open()).count() as u64
        });
    }
    Ok(open)
}
