//! The configured rooms by address. What an address stood for last is kept in the store: a start must know the rooms
//! also while the homeserver is away, or it would take for strangers whoever has written in them.

use super::Matrix;
use super::failure::{self, Failure};
use super::rooms::RoomPlan;
use matrix_sdk::RoomState;
use matrix_sdk::ruma::{OwnedRoomId, RoomAliasId, RoomId};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tracing::warn;

/// So many upgrades in a row are followed: two rooms may claim to replace each other.
const MOST_UPGRADES: usize = 20;

/// The rooms that have been found, by their configured name. Shared by the sync and the keeper.
#[derive(Debug, Default)]
pub(super) struct Found(Mutex<BTreeMap<String, Known>>);

#[derive(Debug)]
struct Known {
    id: OwnedRoomId,
    /// The homeserver has said so, and nothing speaks against it.
    sure: bool,
}

impl Found {
    /// The room, sure or as last known.
    pub(super) fn get(&self, name: &str) -> Option<OwnedRoomId> {
        self.with(|found| found.get(name).map(|known| known.id.clone()))
    }

    fn sure(&self, name: &str) -> Option<OwnedRoomId> {
        self.with(|found| {
            let known = found.get(name).filter(|known| known.sure);
            known.map(|known| known.id.clone())
        })
    }

    fn put(&self, name: &str, id: &RoomId, sure: bool) {
        let id = id.to_owned();
        self.with(|found| found.insert(name.to_owned(), Known { id, sure }));
    }

    /// The address is asked for again: it may stand for another room by now.
    pub(super) fn doubt(&self, name: &str) {
        self.with(|found| {
            if let Some(known) = found.get_mut(name) {
                known.sure = false;
            }
        });
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Known>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl RoomPlan {
    /// True where a room is configured as a team's room and as a managers' room, by two addresses: what is for the managers
    /// would be read by those whom it is about.
    pub(super) fn clashes(&self, found: &Found, id: &str) -> bool {
        let is = |name: &str| found.get(name).is_some_and(|found| *found == *id);
        self.teams.iter().any(|team| is(&team.room))
            && self.teams.iter().any(|team| is(&team.managers_room))
    }
}

/// Takes up what was known before this start.
pub(super) fn remember(matrix: &Matrix, name: &str, id: &str) {
    if let Ok(id) = RoomId::parse(id) {
        matrix.found.put(name, &id, false);
    }
}

/// Keeps what a name stands for, once the bot is in that room and may use it.
pub(super) async fn keep(matrix: &Matrix, name: &str, id: &RoomId) {
    let known = matrix.store.addresses().await;
    if known.is_ok_and(|known| known.get(name).is_some_and(|known| *known == *id)) {
        return;
    }
    if let Err(error) = matrix.store.set_address(name, id.as_str()).await {
        warn!(%error, "the address of a room cannot be kept");
    }
}

/// The id of a configured room; as last known, where the homeserver cannot tell now.
pub(super) async fn resolve(matrix: &Matrix, name: &str) -> Result<OwnedRoomId, Failure> {
    if let Some(found) = matrix.found.sure(name) {
        return Ok(found);
    }
    match ask(matrix, name).await {
        Ok(id) => {
            let id = newest(matrix, id);
            matrix.found.put(name, &id, true);
            Ok(id)
        }
        Err(Failure::Later(wait)) => matrix.found.get(name).ok_or(Failure::Later(wait)),
        Err(failure) => Err(failure),
    }
}

/// The room that has replaced this one, where the bot has seen it replaced: not everybody gives the new room the old
/// one's address, and a room configured by its id never has the new one's. Whoever may replace a room may also move its address.
fn newest(matrix: &Matrix, mut id: OwnedRoomId) -> OwnedRoomId {
    for _ in 0..MOST_UPGRADES {
        let room = matrix.session.client().get_room(&id);
        // What an invitation claims counts for nothing: the bot must have been in it.
        let seen =
            room.filter(|room| !matches!(room.state(), RoomState::Invited | RoomState::Knocked));
        match seen.and_then(|room| room.successor_room()) {
            Some(next) => id = next.room_id,
            None => break,
        }
    }
    id
}

async fn ask(matrix: &Matrix, name: &str) -> Result<OwnedRoomId, Failure> {
    let no_name = |_| Failure::Refused("not a room's address".to_owned());
    if name.starts_with('!') {
        return RoomId::parse(name).map_err(no_name);
    }
    let alias = RoomAliasId::parse(name).map_err(no_name)?;
    let answer = matrix.session.client().resolve_room_alias(&alias).await;
    Ok(answer.map_err(|error| failure::of_http(&error))?.room_id)
}

/// True where our own homeserver answers for an address. Others may be away while ours is there.
pub(super) fn is_ours(name: &str, me: &str) -> bool {
    let server = |id: &str| id.split_once(':').map(|(_, server)| server.to_owned());
    server(name).is_some() && server(name) == server(me)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_remembered_is_known_but_asked_for_again() {
        let found = Found::default();
        let id = RoomId::parse("!old:x").expect("an id");
        found.put("#n:x", &id, false);
        assert_eq!((found.get("#n:x"), found.sure("#n:x")), (Some(id), None));
        let id = RoomId::parse("!new:x").expect("an id");
        found.put("#n:x", &id, true);
        assert_eq!(found.sure("#n:x"), Some(id.clone()));
        found.doubt("#n:x");
        assert_eq!((found.get("#n:x"), found.sure("#n:x")), (Some(id), None));
        assert_eq!(found.get("#s:x"), None);
    }

    #[test]
    fn one_room_by_two_addresses_is_not_for_all_and_for_the_managers() {
        let team = |name: &str, room: &str, managers_room: &str| crate::matrix::TeamPlan {
            name: name.to_owned(),
            room: room.to_owned(),
            managers_room: managers_room.to_owned(),
            responders: Default::default(),
        };
        let plan = RoomPlan {
            teams: vec![
                team("North", "#n:x", "#managers:x"),
                team("South", "#s:x", "#managers:x"),
            ],
            ..RoomPlan::default()
        };
        let found = Found::default();
        let ids = ["!n:x", "!s:x", "!m:x"].map(|id| RoomId::parse(id).expect("an id"));
        for (name, id) in ["#n:x", "#s:x", "#managers:x"].into_iter().zip(&ids) {
            found.put(name, id, true);
        }
        assert!(!ids.iter().any(|id| plan.clashes(&found, id.as_str())));
        found.put("#managers:x", &ids[1], true);
        assert!(plan.clashes(&found, "!s:x") && !plan.clashes(&found, "!n:x"));
    }

    #[test]
    fn an_address_of_our_own_server_is_known_by_its_end() {
        assert!(is_ours("#n:localhost:8448", "@bot:localhost:8448"));
        assert!(!is_ours("#n:elsewhere", "@bot:localhost"));
        assert!(!is_ours("nonsense", "@bot:localhost"));
    }
}
