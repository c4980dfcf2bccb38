//! What the engine may know about who can be reached, and what it has told of it.

use super::Desk;
use super::work::Work;
use crate::domain::reach::{Reach, ToldUnreached};
use crate::domain::team_state::TeamState;

impl Desk {
    /// What the rooms tell of everybody in the team.
    pub(super) fn reach<'a>(&'a self, team: usize, state: &'a TeamState) -> Reach<'a> {
        let configured = &self.teams[team].config.team;
        let known = configured.people.iter().filter_map(|person| {
            let user = person.matrix.as_ref()?;
            Some((person.id.clone(), self.rooms.known_of(user)))
        });
        Reach {
            known: known.collect(),
            configured,
            state,
        }
    }
}

/// Keeps what was told today.
pub(super) fn note_told(work: &mut Work, told: Vec<ToldUnreached>) {
    let Some(newest) = told.iter().map(|told| told.day).max() else {
        return;
    };
    if let Some((_, state, _, changed)) = &mut work.team {
        state.unreached_told.retain(|told| told.day >= newest);
        state.unreached_told.extend(told);
        *changed = true;
    }
}
