//! Invitations, and the direct chats that the bot opens itself.

use super::failure::{self, Failure};
use super::{Matrix, found, rooms};
use matrix_sdk::ruma::api::client::membership::leave_room;
use matrix_sdk::ruma::{OwnedRoomId, RoomId, UserId};
use matrix_sdk::{Room, RoomMemberships, RoomState};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;
use tracing::{info, warn};

/// How long a chat that the homeserver refused to open is left alone.
const REFUSED: Duration = Duration::from_secs(3600);

/// How long one that failed for now is left alone.
const FAILED: Duration = Duration::from_secs(60);

/// What this run of the program has tried.
#[derive(Default)]
pub(super) struct Invites {
    /// Whose invitation was left unanswered or could not be accepted, and when.
    ignored: BTreeMap<OwnedRoomId, (String, Instant)>,
    /// When a chat with somebody was opened, and which, or that it could not be.
    tried: BTreeMap<String, (Instant, Option<OwnedRoomId>)>,
    /// When it failed for now to open a chat with somebody.
    failed: BTreeMap<String, Instant>,
    /// Rooms that were joined, and of which it is not known yet whether the bot may stay.
    unsure: BTreeSet<OwnedRoomId>,
}

impl Invites {
    /// Accepts the invitations of configured people to a chat between the two of them. Configured rooms are joined
    /// elsewhere; all other invitations are left unanswered. False where one failed for now.
    pub(super) async fn accept(&mut self, matrix: &Matrix) -> bool {
        let mut complete = true;
        for room in matrix.session.client().invited_rooms() {
            let id = room.room_id().to_owned();
            if matrix.plan.has_room(matrix, &id) {
                continue;
            }
            let Ok(invitation) = room.invite_details().await else {
                complete = false;
                continue;
            };
            let inviter = invitation.inviter_id.to_string();
            if self.is_ignored(&id, &inviter) {
                continue;
            }
            if !matrix.plan.people.contains(&inviter) {
                info!("an invitation is ignored: from somebody who is not configured");
                self.ignored.insert(id, (inviter, Instant::now()));
                continue;
            }
            match looks_like_a_chat(matrix, &room).await {
                Some(true) => {}
                Some(false) => {
                    info!("an invitation is left for now: it may be to a team's room");
                    self.ignored.insert(id, (inviter, Instant::now()));
                    continue;
                }
                None => {
                    complete = false;
                    continue;
                }
            }
            match room.join().await.map_err(|error| failure::of(&error)) {
                Ok(()) => {
                    self.unsure.insert(id);
                }
                Err(Failure::Refused(code)) => {
                    warn!(code, "an invitation could not be accepted");
                    self.ignored.insert(id, (inviter, Instant::now()));
                }
                Err(_) => complete = false,
            }
        }
        complete & self.settle(matrix).await
    }

    /// Stays in the rooms just joined that are chats between two, and goes out of the others. False where one cannot be
    /// looked at now: it is looked at again.
    async fn settle(&mut self, matrix: &Matrix) -> bool {
        for id in self.unsure.clone() {
            let settled = match matrix.room(id.as_str()) {
                Some(room) if room.state() == RoomState::Joined => {
                    keep_if_direct(matrix, &room).await
                }
                _ => true,
            };
            if settled {
                self.unsure.remove(&id);
            }
        }
        self.unsure.is_empty()
    }

    fn is_ignored(&self, room: &RoomId, inviter: &str) -> bool {
        let ignored = self.ignored.get(room);
        ignored.is_some_and(|(who, at)| who == inviter && at.elapsed() < REFUSED)
    }

    /// Opens a chat with everybody configured who has none. False where one failed for now.
    pub(super) async fn open_chats(&mut self, matrix: &Matrix) -> bool {
        let (mut complete, mut in_vain) = (true, 0);
        let client = matrix.session.client();
        for user in matrix
            .plan
            .people
            .iter()
            .filter(|user| *user != matrix.session.user())
        {
            if has_chat(matrix, user).await {
                continue;
            }
            let failed = self.failed.get(user);
            if failed.is_some_and(|at| at.elapsed() < FAILED) {
                complete = false;
                continue;
            }
            if self.was_tried(matrix, user).await {
                continue;
            }
            let Ok(id) = UserId::parse(user) else {
                continue;
            };
            match client
                .create_dm(&id)
                .await
                .map_err(|error| failure::of(&error))
            {
                Ok(room) => {
                    info!("opened a direct chat");
                    // Not again within the hour if it is left at once: nobody is to be pestered with invitations.
                    let id = room.room_id().to_owned();
                    matrix.book.set_direct(user, id.as_str());
                    self.tried.insert(user.clone(), (Instant::now(), Some(id)));
                }
                Err(Failure::LoggedOut { .. }) => return false,
                Err(Failure::Later(_)) => {
                    // Theirs may be the server that is away: the homeserver made a room all the same. Ours: the next
                    // fails too.
                    self.failed.insert(user.clone(), Instant::now());
                    in_vain += 1;
                    complete = false;
                    if in_vain > 1 {
                        return false;
                    }
                }
                Err(refusal) => {
                    warn!(?refusal, "a direct chat could not be opened");
                    self.tried.insert(user.clone(), (Instant::now(), None));
                    complete &= !matches!(refusal, Failure::Local);
                }
            }
        }
        complete
    }

    /// True where a chat with this person was opened lately, unless somebody else has come into it: then she needs another.
    async fn was_tried(&self, matrix: &Matrix, user: &str) -> bool {
        let Some((at, opened)) = self.tried.get(user) else {
            return false;
        };
        if at.elapsed() >= REFUSED {
            return false;
        }
        let room = opened.as_ref().and_then(|id| matrix.room(id.as_str()));
        let Some(room) = room.filter(|room| room.state() == RoomState::Joined) else {
            return true;
        };
        let members = rooms::members(&room, RoomMemberships::ACTIVE).await;
        !members.is_ok_and(|members| {
            members.contains(user) && !is_between(&members, user, matrix.session.user())
        })
    }
}

/// True for a room that may be a chat between two; `None`: not known now. One with a name may be a team's whose address
/// is not known yet, and joining it to see would use the invitation up. Not every client marks a chat as direct.
async fn looks_like_a_chat(matrix: &Matrix, room: &Room) -> Option<bool> {
    if room.name().is_none() && room.canonical_alias().is_none() || room.is_direct().await.ok()? {
        return Some(true);
    }
    for name in matrix.plan.names() {
        match found::resolve(matrix, name).await {
            Ok(_) => {}
            Err(Failure::Refused(_)) => return Some(false),
            Err(_) => return None,
        }
    }
    Some(true)
}

/// Goes out again of a room that is not a chat between two: the bot is only where it is configured to be.
async fn keep_if_direct(matrix: &Matrix, room: &Room) -> bool {
    // The sync has not brought the members yet: ask.
    if room.members(RoomMemberships::ACTIVE).await.is_err() {
        return false;
    }
    match rooms::partner(matrix, room).await {
        Some(user) if rooms::is_safe(matrix, room).await => {
            info!("accepted an invitation to a direct chat");
            matrix.book.set_direct(&user, room.room_id().as_str());
            true
        }
        _ => go_out(matrix, room).await,
    }
}

/// Leaves one room, unless it is a configured one.
async fn go_out(matrix: &Matrix, room: &Room) -> bool {
    for name in matrix.plan.names() {
        if let Err(Failure::Later(_)) = found::resolve(matrix, name).await {
            return false; // it may be this one
        }
    }
    if matrix.plan.has_room(matrix, room.room_id()) {
        return true;
    }
    info!("leaving a room that is no encrypted chat between two");
    // The bare request. Room::leave also leaves every room that this one claims to replace, and anybody can claim that of
    // the managers' room.
    let request = leave_room::v3::Request::new(room.room_id().to_owned());
    matrix.session.client().send(request).await.is_ok()
}

/// True where a chat with this person can be used, now or as soon as she accepts the invitation to it. Closes the chats
/// that she or the bot has left, or that somebody else has come into.
async fn has_chat(matrix: &Matrix, user: &str) -> bool {
    while let Some(id) = matrix.book.room_of_direct(user) {
        if let Some(room) = matrix.room(&id)
            && room.state() == RoomState::Joined
        {
            let Ok(members) = rooms::members(&room, RoomMemberships::ACTIVE).await else {
                return true;
            };
            if is_between(&members, user, matrix.session.user()) {
                return true;
            }
        }
        // What was said last in it is still judged.
        matrix.book.close_direct(user, &id);
    }
    false
}

/// True where only these two are in a chat. One just made has no members here before the next sync.
fn is_between(members: &BTreeSet<String>, user: &str, me: &str) -> bool {
    !members.contains(me)
        || members.contains(user) && members.iter().all(|who| who == user || who == me)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chat_is_between_two() {
        let between = |members: &[&str]| {
            let members = members.iter().map(ToString::to_string).collect();
            is_between(&members, "@amira:x", "@bot:x")
        };
        assert!(between(&["@amira:x", "@bot:x"]));
        assert!(between(&[]), "just made");
        assert!(!between(&["@bot:x"]), "she has left");
        assert!(!between(&["@amira:x", "@bot:x", "@he:x"]));
    }

    #[test]
    fn an_invitation_of_somebody_else_is_looked_at_anew() {
        let id = RoomId::parse("!r:x").expect("an id");
        let mut invites = Invites::default();
        assert!(!invites.is_ignored(&id, "@he:x"));
        let by_him = ("@he:x".to_owned(), Instant::now());
        invites.ignored.insert(id.clone(), by_him);
        assert!(invites.is_ignored(&id, "@he:x"));
        assert!(!invites.is_ignored(&id, "@amira:x"));
    }
}
