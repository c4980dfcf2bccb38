//! Invitations, and the direct chats that the bot opens itself.

use super::failure::{self, Failure};
use super::{Matrix, rooms};
use matrix_sdk::ruma::{OwnedRoomId, UserId};
use matrix_sdk::{Room, RoomMemberships, RoomState};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;
use tracing::{info, warn};

/// How long a chat that the homeserver refused to open is left alone.
const REFUSED: Duration = Duration::from_secs(3600);

/// What this run of the program has tried.
#[derive(Default)]
pub(super) struct Invites {
    ignored: BTreeSet<OwnedRoomId>,
    tried: BTreeMap<String, Instant>,
}

impl Invites {
    /// Accepts the invitations of configured people to a chat between the two of them. Configured rooms are joined
    /// elsewhere; all other invitations are left unanswered. False where one failed for now.
    pub(super) async fn accept(&mut self, matrix: &Matrix) -> bool {
        let mut complete = true;
        for room in matrix.session.client().invited_rooms() {
            let id = room.room_id().to_owned();
            if self.ignored.contains(&id) || matrix.plan.has_room(matrix, &id) {
                continue;
            }
            let inviter = room.invite_details().await.map(|invite| invite.inviter_id);
            if !inviter.is_ok_and(|inviter| matrix.plan.people.contains(inviter.as_str())) {
                info!("an invitation from somebody who is not configured is ignored");
                self.ignored.insert(id);
                continue;
            }
            match room.join().await.map_err(|error| failure::of(&error)) {
                Ok(()) => complete &= keep_if_direct(matrix, &room).await,
                Err(Failure::Refused(code)) => {
                    warn!(code, "an invitation could not be accepted");
                    self.ignored.insert(id);
                }
                Err(_) => complete = false,
            }
        }
        complete
    }

    /// Opens a chat with everybody configured who has none. False where one failed for now.
    pub(super) async fn open_chats(&mut self, matrix: &Matrix) -> bool {
        let mut complete = true;
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
            if self
                .tried
                .get(user)
                .is_some_and(|at| at.elapsed() < REFUSED)
            {
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
                    self.tried.insert(user.clone(), Instant::now());
                    matrix.book.set_direct(user, room.room_id().as_str());
                }
                Err(Failure::Later(_) | Failure::LoggedOut { .. }) => return false,
                Err(refusal) => {
                    warn!(?refusal, "a direct chat could not be opened");
                    self.tried.insert(user.clone(), Instant::now());
                    complete &= !matches!(refusal, Failure::Local);
                }
            }
        }
        complete
    }
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
        _ => {
            info!("left a room that is no encrypted chat between two");
            room.leave().await.is_ok()
        }
    }
}

/// True where a chat with this person can be used, now or as soon as she accepts the invitation to it. Forgets the
/// chats that she or the bot has left.
async fn has_chat(matrix: &Matrix, user: &str) -> bool {
    while let Some(id) = matrix.book.room_of_direct(user) {
        if let Some(room) = matrix.room(&id)
            && room.state() == RoomState::Joined
        {
            let Ok(members) = rooms::members(&room, RoomMemberships::ACTIVE).await else {
                return true;
            };
            // A chat just made has no members here before the next sync.
            if members.contains(user) || !members.contains(matrix.session.user()) {
                return true;
            }
        }
        matrix.book.forget(&id);
    }
    false
}
