//! Which room is what: the configured rooms, the direct chats, and who is in them. The sync keeps the book of rooms up to
//! date here; the keeper joins, accepts invitations and opens direct chats.

use super::failure::Failure;
use super::pause::Pause;
use super::{Matrix, found, standing};
use anyhow::{Result, bail};
use lonewatch_core::domain::inbound::Inbound;
use lonewatch_core::rooms::RoomKind;
use matrix_sdk::deserialized_responses::TimelineEvent;
use matrix_sdk::ruma::RoomId;
use matrix_sdk::sync::{JoinedRoomUpdate, State, SyncResponse};
use matrix_sdk::{Room, RoomMemberships, RoomState};
use std::collections::BTreeSet;
use tracing::{info, warn};

/// The rooms and people of the configuration.
#[derive(Clone, Debug, Default)]
pub struct RoomPlan {
    /// The teams.
    pub teams: Vec<TeamPlan>,
    /// The Matrix ids of everybody configured: they get a direct chat, and may invite the bot.
    pub people: BTreeSet<String>,
}

/// The rooms of a team, as configured: an alias (`#north:localhost`) or an id (`!…`).
#[derive(Clone, Debug)]
pub struct TeamPlan {
    /// The team's name.
    pub name: String,
    /// Its room.
    pub room: String,
    /// Its managers' room.
    pub managers_room: String,
    /// The Matrix ids of those whose room that is.
    pub responders: BTreeSet<String>,
}

/// What happened to the rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoomNews {
    /// This person and the bot are both in this direct chat: the bot should introduce itself, if it has not yet. Said once
    /// per run of the program.
    NewDirect {
        /// The person's Matrix id.
        user: String,
        /// The room's id.
        room: String,
    },
    /// The bot is in both rooms of this team. Said once per run of the program, and again where one of them was replaced
    /// by another.
    TeamReady {
        /// The team's name.
        team: String,
    },
    /// The standing message of this team cannot be pinned in this room, for want of power. Said with each of its edits.
    CannotPin {
        /// The team's name.
        team: String,
        /// The room's id.
        room: String,
    },
    /// The homeserver has said in this team's managers' room that the bot had stopped; it has not, or not any more.
    SpokenFor {
        /// The team's name.
        team: String,
    },
    /// The managers' room of this team stands otherwise than before, as the book of rooms has it; said at the start too.
    ManagersRoom {
        /// The team's name.
        team: String,
    },
    /// Something that an administrator has to do, in a sentence; said again only when it changes. No personal data.
    Problem {
        /// The configured room that it is about.
        room: String,
        /// What is wrong and what to do.
        text: String,
    },
}

/// How often an address is asked for at the start, where the server that answers for it may be away for itself.
const TRIES: u32 = 2;

/// Fills the book with what is known at the start, before anything that was said is judged. Rooms that were in use before
/// are known without the homeserver; for others it waits.
pub(super) async fn survey(matrix: &Matrix) -> Result<()> {
    let kept = matrix.store.addresses().await?;
    for name in matrix.plan.names() {
        match kept.get(name) {
            Some(id) => found::remember(matrix, name, id),
            None => look_up(matrix, name).await,
        }
    }
    for team in &matrix.plan.teams {
        let known = |name| {
            kept.get(name)
                .filter(|id| !matrix.plan.clashes(&matrix.found, id))
        };
        if let Some(id) = known(&team.room) {
            matrix.book.set_team(&team.name, id);
        }
        if let Some(id) = known(&team.managers_room) {
            matrix.book.set_managers(&team.name, id);
        }
    }
    for (room, user) in matrix.store.chats().await? {
        if matrix.plan.people.contains(&user) && matrix.book.place_of(&room).is_none() {
            // What was said there is heard; to be written in, it has to be found as it was.
            matrix.book.close_direct(&user, &room);
        }
    }
    for room in matrix.session.client().joined_rooms() {
        enter(matrix, &room).await;
    }
    Ok(())
}

async fn look_up(matrix: &Matrix, name: &str) {
    let ours = found::is_ours(name, matrix.session.user());
    let mut pause = Pause::default();
    for attempt in 1.. {
        let Err(Failure::Later(wait)) = found::resolve(matrix, name).await else {
            return;
        };
        if !ours && attempt >= TRIES {
            return warn!("the address {name} cannot be asked for; going on without this room");
        }
        pause.wait("the homeserver cannot be reached", wait).await;
    }
}

/// Refuses to start in a room that is not encrypted. Asked after the first sync, because somebody may have mended it while
/// the bot was away.
///
/// # Errors
/// Where a configured room is not encrypted and must be.
pub(super) async fn refuse_unencrypted(matrix: &Matrix) -> Result<()> {
    for name in matrix.plan.names() {
        if let Some(room) = found_room(matrix, name)
            && room.state() == RoomState::Joined
            && !is_safe(matrix, &room).await
        {
            bail!("{}", unencrypted(name));
        }
    }
    Ok(())
}

/// Notes what a sync says about rooms: before its messages are stored, so that the desk never meets an unknown room.
/// A room that the bot was put out of stays as it was, so that the last words in it are judged like any others.
pub(super) async fn note(matrix: &Matrix, response: &SyncResponse) {
    let rooms = &response.rooms;
    let mut stirred = !rooms.invited.is_empty() || !rooms.left.is_empty();
    for (id, update) in &rooms.joined {
        let changed = has_state(update);
        stirred |= changed;
        if (changed || matrix.book.place_of(id.as_str()).is_none())
            && let Some(room) = matrix.session.client().get_room(id)
        {
            enter(matrix, &room).await;
        }
    }
    standing::look(matrix);
    if stirred {
        matrix.stirred.notify_one();
        matrix.joined.notify_one();
    }
}

fn has_state(update: &JoinedRoomUpdate) -> bool {
    let (State::Before(state) | State::After(state)) = &update.state;
    let mut events = update.timeline.events.iter();
    let is_state = |event: &TimelineEvent| {
        let key = event.raw().get_field::<String>("state_key");
        key.is_ok_and(|key| key.is_some())
    };
    !state.is_empty() || events.any(is_state)
}

/// Somebody spoke: the direct chat that a person writes in is the one where she is reached.
pub(super) async fn heard(matrix: &Matrix, said: &Inbound) {
    if let Some(RoomKind::Direct(user)) = matrix.book.place_of(&said.room)
        && user == said.sender
        && !matrix.book.is_closed(&said.room)
        && matrix.book.set_direct(&user, &said.room)
    {
        info!("a person now writes in another direct chat; it is used from here on");
        if let Err(error) = matrix.store.set_direct(&user, &said.room).await {
            warn!(%error, "the direct chat cannot be kept");
        }
    }
}

/// Enters a joined room into the book, with its members, if it is one of ours.
pub(super) async fn enter(matrix: &Matrix, room: &Room) {
    let id = room.room_id().as_str();
    let members = match members(room, RoomMemberships::JOIN).await {
        Ok(members) => members,
        Err(error) => return warn!(%error, "the members of a room cannot be read"),
    };
    let mut configured = false;
    for team in &matrix.plan.teams {
        for (name, managers) in [(&team.room, false), (&team.managers_room, true)] {
            if matrix
                .found
                .get(name)
                .is_none_or(|found| found != room.room_id())
            {
                continue;
            }
            configured = true;
            if matrix.plan.clashes(&matrix.found, id) || !is_safe(matrix, room).await {
                continue;
            }
            match managers {
                false => matrix.book.set_team(&team.name, id),
                true => matrix.book.set_managers(&team.name, id),
            }
            found::keep(matrix, name, room.room_id()).await;
        }
    }
    if !configured {
        enter_direct(matrix, room).await;
    }
    if matrix.book.place_of(id).is_some() {
        matrix.book.set_members(id, members);
    }
}

/// Enters a room that may be a direct chat. Where somebody else is in it, or she is not, nothing is said there any more,
/// but she is heard.
async fn enter_direct(matrix: &Matrix, room: &Room) {
    let id = room.room_id().as_str();
    let before = matrix.book.place_of(id);
    let Ok(active) = members(room, RoomMemberships::ACTIVE).await else {
        return; // what cannot be read now says nothing against the chat
    };
    if !is_safe(matrix, room).await {
        return;
    }
    let Some(user) = the_other(matrix, active) else {
        if let Some(RoomKind::Direct(user)) = before {
            matrix.book.close_direct(&user, id);
        }
        return;
    };
    // Of several chats the one that the store remembers is hers, until she writes in another.
    let kept = matrix.store.directs().await.unwrap_or_default();
    let is_new = before.is_none() || matrix.book.is_closed(id);
    if is_new && kept.get(&user).is_some_and(|kept| kept == id) {
        matrix.book.set_direct(&user, id);
    } else {
        matrix.book.add_direct(&user, id);
    }
    let chats = matrix.store.chats().await.unwrap_or_default();
    if chats.get(id) != Some(&user)
        && let Err(error) = matrix.store.add_chat(id, &user).await
    {
        warn!(%error, "a direct chat cannot be kept");
    }
}

/// The configured person that a joined room is a direct chat with: nobody else is in it or invited.
pub(super) async fn partner(matrix: &Matrix, room: &Room) -> Option<String> {
    let active = members(room, RoomMemberships::ACTIVE).await.ok()?;
    the_other(matrix, active)
}

fn the_other(matrix: &Matrix, active: BTreeSet<String>) -> Option<String> {
    let mut others = active
        .into_iter()
        .filter(|user| user != matrix.session.user());
    let user = others.next()?;
    (others.next().is_none() && matrix.plan.people.contains(&user)).then_some(user)
}

/// The Matrix ids of those with these memberships, from what the syncs brought (they are not lazy, so all are there).
pub(super) async fn members(room: &Room, which: RoomMemberships) -> Result<BTreeSet<String>> {
    let members = room.members_no_sync(which).await?;
    Ok(members
        .iter()
        .map(|member| member.user_id().to_string())
        .collect())
}

/// True where the room may be used. What is not known counts as unencrypted.
pub(super) async fn is_safe(matrix: &Matrix, room: &Room) -> bool {
    if !matrix.session.requires_encryption() {
        return true;
    }
    let state = room.latest_encryption_state().await;
    state.is_ok_and(|state| state.is_encrypted())
}

fn found_room(matrix: &Matrix, name: &str) -> Option<Room> {
    matrix.session.client().get_room(&matrix.found.get(name)?)
}

pub(super) fn unencrypted(name: &str) -> String {
    format!(
        "{name} is not encrypted. Turn encryption on in the room's settings, or set require_encryption = false in [matrix]."
    )
}

impl RoomPlan {
    /// The configured names of all rooms, each once.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let both = self
            .teams
            .iter()
            .flat_map(|team| [&team.room, &team.managers_room]);
        both.map(String::as_str).collect()
    }

    /// True where this is one of the configured rooms.
    pub(super) fn has_room(&self, matrix: &Matrix, id: &RoomId) -> bool {
        let mut names = self.names().into_iter();
        names.any(|name| matrix.found.get(name).is_some_and(|found| found == id))
    }
}
