//! Who is where: the rooms that count and the people in them, as last seen. The Matrix side keeps it up to date; the
//! rehearsal fills the same book without Matrix. Ids are opaque strings here: room ids and Matrix ids are never parsed.

mod reach;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What a room is to Lonewatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomKind {
    /// The room of this team.
    Team(String),
    /// The managers' room of this team.
    Managers(String),
    /// A direct chat with this person, by Matrix id.
    Direct(String),
}

/// How the managers' room of a team stands. It is lost while it does not [`Self::Stands`]: nothing is said in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// The bot is in it, and so are people.
    #[default]
    Stands,
    /// The bot is not in it (any more).
    PutOut,
    /// It was replaced by another room, in which the bot is not yet.
    Replaced,
    /// Of several who belong there one is left, or nobody.
    Deserted,
}

/// The shared book of rooms. A clone is another handle on the same book.
#[derive(Clone, Debug, Default)]
pub struct RoomBook(Arc<RwLock<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    teams: BTreeMap<String, TeamRooms>,
    preferred: BTreeMap<String, String>,
    directs: BTreeMap<String, String>,
    closed: BTreeSet<String>,
    members: BTreeMap<String, BTreeSet<String>>,
    /// Who has a device that can read what is encrypted for it; those of whom it is not known are missing.
    readers: BTreeMap<String, bool>,
    seen: BTreeMap<String, reach::Seen>,
    settled: bool,
}

#[derive(Debug, Default)]
struct TeamRooms {
    team: Option<String>,
    managers: Option<String>,
    standing: Option<Standing>,
}

impl Inner {
    fn open(&mut self, user: &str, room: &str) {
        self.directs.insert(room.to_owned(), user.to_owned());
        self.closed.remove(room);
    }

    fn drop_direct(&mut self, room: &str) {
        self.directs.remove(room);
        self.closed.remove(room);
        self.preferred.retain(|_, kept| kept != room);
    }
}

impl RoomBook {
    /// What this room is, or `None` for a room that is not ours. Two teams may share a managers' room: then the first
    /// team by name, see [`Self::places_of`].
    pub fn place_of(&self, room: &str) -> Option<RoomKind> {
        self.places_of(room).into_iter().next()
    }

    /// Everything that this room is; more than one entry only where teams share a room.
    pub fn places_of(&self, room: &str) -> Vec<RoomKind> {
        let inner = self.read();
        let is = |id: &Option<String>| id.as_deref() == Some(room);
        let mut places = Vec::new();
        for (name, rooms) in &inner.teams {
            if is(&rooms.team) {
                places.push(RoomKind::Team(name.clone()));
            }
            if is(&rooms.managers) {
                places.push(RoomKind::Managers(name.clone()));
            }
        }
        if places.is_empty()
            && let Some(user) = inner.directs.get(room)
        {
            places.push(RoomKind::Direct(user.clone()));
        }
        places
    }

    /// The id of the team's room, once it is known.
    pub fn room_of_team(&self, team: &str) -> Option<String> {
        self.read().teams.get(team)?.team.clone()
    }

    /// The id of the team's managers' room, once it is known.
    pub fn room_of_managers(&self, team: &str) -> Option<String> {
        self.read().teams.get(team)?.managers.clone()
    }

    /// How the managers' room of a team stands, once somebody has looked.
    pub fn standing_of_managers(&self, team: &str) -> Option<Standing> {
        self.read().teams.get(team)?.standing
    }

    /// False while the managers' room of a team is lost. What nobody has looked at is not.
    pub fn managers_room_stands(&self, team: &str) -> bool {
        self.standing_of_managers(team).unwrap_or_default() == Standing::Stands
    }

    /// Notes how the managers' room of a team stands. Returns true where that is news.
    pub fn set_standing(&self, team: &str, standing: Standing) -> bool {
        let mut inner = self.write();
        let rooms = inner.teams.entry(team.to_owned()).or_default();
        rooms.standing.replace(standing) != Some(standing)
    }

    /// The direct chat to use for this person.
    pub fn room_of_direct(&self, user: &str) -> Option<String> {
        self.read().preferred.get(user).cloned()
    }

    /// True where this person has joined this room.
    pub fn is_member(&self, room: &str, user: &str) -> bool {
        self.read()
            .members
            .get(room)
            .is_some_and(|members| members.contains(user))
    }

    /// The Matrix ids of those who have joined this room, the bot's own among them; empty where unknown.
    pub fn members(&self, room: &str) -> BTreeSet<String> {
        self.read().members.get(room).cloned().unwrap_or_default()
    }

    /// The ids of all rooms in the book.
    pub fn rooms(&self) -> BTreeSet<String> {
        let inner = self.read();
        let shared = inner
            .teams
            .values()
            .flat_map(|rooms| rooms.team.iter().chain(&rooms.managers));
        shared.chain(inner.directs.keys()).cloned().collect()
    }

    /// True once every configured room was looked for. Before that, a room that is missing here may only be not known yet.
    pub fn is_settled(&self) -> bool {
        self.read().settled
    }

    /// Remembers that every configured room was looked for.
    pub fn settle(&self) {
        self.write().settled = true;
    }

    /// Remembers the room of a team. What was taken for a direct chat before is none.
    pub fn set_team(&self, team: &str, room: &str) {
        let mut inner = self.write();
        inner.teams.entry(team.to_owned()).or_default().team = Some(room.to_owned());
        inner.drop_direct(room);
    }

    /// Remembers the managers' room of a team. What was taken for a direct chat before is none.
    pub fn set_managers(&self, team: &str, room: &str) {
        let mut inner = self.write();
        inner.teams.entry(team.to_owned()).or_default().managers = Some(room.to_owned());
        inner.drop_direct(room);
    }

    /// Remembers a direct chat with a person and prefers it to the others that she may have. Returns true where that
    /// changed which chat is preferred.
    pub fn set_direct(&self, user: &str, room: &str) -> bool {
        let mut inner = self.write();
        inner.open(user, room);
        let before = inner.preferred.insert(user.to_owned(), room.to_owned());
        before.as_deref() != Some(room)
    }

    /// Remembers a direct chat with a person without preferring it, unless she has no other.
    pub fn add_direct(&self, user: &str, room: &str) {
        let mut inner = self.write();
        inner.open(user, room);
        inner
            .preferred
            .entry(user.to_owned())
            .or_insert_with(|| room.to_owned());
    }

    /// Remembers a direct chat in which nothing can be said to this person, because she or the bot has left it or because
    /// somebody else is in it. What she says or said there is heard all the same.
    pub fn close_direct(&self, user: &str, room: &str) {
        let mut inner = self.write();
        inner.open(user, room);
        inner.closed.insert(room.to_owned());
        if inner.preferred.get(user).is_some_and(|kept| kept == room) {
            let mut chats = inner.directs.iter();
            let other = chats.find(|(id, whose)| *whose == user && !inner.closed.contains(*id));
            match other.map(|(other, _)| other.clone()) {
                Some(other) => inner.preferred.insert(user.to_owned(), other),
                None => inner.preferred.remove(user),
            };
        }
    }

    /// True for a direct chat in which nothing can be said, see [`Self::close_direct`].
    pub fn is_closed(&self, room: &str) -> bool {
        self.read().closed.contains(room)
    }

    /// Replaces the list of those who have joined a room.
    pub fn set_members(&self, room: &str, members: BTreeSet<String>) {
        self.write().members.insert(room.to_owned(), members);
    }

    // A writer that panicked cannot leave the maps half-written in a way that matters: each change is one insertion.
    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> RoomBook {
        let book = RoomBook::default();
        book.set_team("North", "!t");
        book.set_managers("North", "!m");
        book.set_direct("@amira:x", "!d1");
        book
    }

    #[test]
    fn a_room_is_found_by_place_and_a_place_by_room() {
        let book = book();
        assert_eq!(book.place_of("!t"), Some(RoomKind::Team("North".into())));
        assert_eq!(
            book.place_of("!m"),
            Some(RoomKind::Managers("North".into()))
        );
        assert_eq!(
            book.place_of("!d1"),
            Some(RoomKind::Direct("@amira:x".into()))
        );
        assert_eq!(book.place_of("!other"), None);
        assert_eq!(book.room_of_team("North").as_deref(), Some("!t"));
        assert_eq!(book.room_of_managers("South"), None);
    }

    #[test]
    fn a_shared_managers_room_belongs_to_both_teams() {
        let book = book();
        book.set_managers("South", "!m");
        let both = ["North", "South"].map(|team| RoomKind::Managers(team.into()));
        assert_eq!(book.places_of("!m"), both);
    }

    #[test]
    fn one_person_may_have_several_chats_and_the_last_set_is_preferred() {
        let book = book();
        book.add_direct("@amira:x", "!d2");
        assert_eq!(book.room_of_direct("@amira:x").as_deref(), Some("!d1"));
        assert!(book.set_direct("@amira:x", "!d2"));
        assert!(!book.set_direct("@amira:x", "!d2"));
        assert_eq!(book.room_of_direct("@amira:x").as_deref(), Some("!d2"));
        assert_eq!(
            book.place_of("!d1"),
            Some(RoomKind::Direct("@amira:x".into()))
        );
    }

    #[test]
    fn in_a_closed_chat_she_is_heard_and_told_nothing() {
        let book = book();
        let amira = Some(RoomKind::Direct("@amira:x".into()));
        book.add_direct("@amira:x", "!d2");
        book.close_direct("@amira:x", "!d1");
        assert_eq!(book.place_of("!d1"), amira);
        assert_eq!(book.room_of_direct("@amira:x").as_deref(), Some("!d2"));
        book.close_direct("@amira:x", "!d2");
        assert_eq!(book.room_of_direct("@amira:x"), None);
        assert!(book.is_closed("!d1") && book.is_closed("!d2"));
        // The third person has left again.
        book.add_direct("@amira:x", "!d1");
        assert_eq!(book.room_of_direct("@amira:x").as_deref(), Some("!d1"));
        assert!(!book.is_closed("!d1"));
    }

    #[test]
    fn a_room_of_a_team_is_nobodys_direct_chat() {
        for set in [RoomBook::set_team, RoomBook::set_managers] {
            let book = book();
            set(&book, "South", "!d1");
            assert_eq!(book.room_of_direct("@amira:x"), None);
        }
    }

    #[test]
    fn members_are_replaced_as_a_whole() {
        let book = book();
        book.set_members("!t", ["@amira:x".to_owned()].into());
        assert!(book.is_member("!t", "@amira:x"));
        book.set_members("!t", ["@ben:x".to_owned()].into());
        assert!(!book.is_member("!t", "@amira:x"));
        assert_eq!(book.members("!t").len(), 1);
        assert!(book.members("!m").is_empty());
    }
}
