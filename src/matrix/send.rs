//! Sending one row of the outbox into its room.

use super::{RoomNews, content, failure, files, pins};
use lonewatch_core::courier::{Channel, Delivered, SendError};
use lonewatch_core::domain::ids::PersonId;
use lonewatch_core::domain::outgoing::{Outgoing, Place};
use lonewatch_core::rooms::{RoomBook, RoomKind};
use lonewatch_core::store::{OutRow, Store};
use matrix_sdk::config::RequestConfig;
use matrix_sdk::ruma::{RoomId, TransactionId};
use matrix_sdk::{Client, Room, RoomMemberships, RoomState};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tracing::warn;

/// How long one attempt may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(20);
/// How often an offered reaction is tried; its words stand beside it in the message.
const REACTION_TRIES: u32 = 5;

/// The Matrix id of a person of a team. Whoever is missing is not on Matrix.
pub type People = BTreeMap<(String, PersonId), String>;

/// The courier's channel into Matrix rooms.
#[derive(Clone)]
pub struct MatrixChannel {
    client: Client,
    book: RoomBook,
    store: Store,
    require_encryption: bool,
    people: Arc<People>,
    news: mpsc::UnboundedSender<RoomNews>,
}

impl Channel for MatrixChannel {
    async fn send(&self, row: &OutRow, under: Option<&Delivered>) -> Result<Delivered, SendError> {
        let room = self.room_for(&row.out)?;
        // The members may have to be asked for, and whoever is paged next waits behind this.
        let checked = tokio::time::timeout(TIMEOUT, self.check(&room, &row.out));
        checked
            .await
            .unwrap_or_else(|_| Err(later("the members of the room do not come")))?;
        let mentions: Vec<String> = row
            .out
            .mentions
            .iter()
            .filter_map(|person| self.user(&row.out.team, person).cloned())
            .collect();
        // An event can only hang under one of its own room: after an upgrade, or in a new direct chat, it goes by itself.
        let under = under
            .filter(|first| first.room == room.room_id().as_str())
            .map(|first| first.event.as_str());
        let standing = row.out.standing.is_some();
        let (thread_root, first) = if standing {
            (None, under)
        } else {
            (under, None)
        };
        let mut content = content::message(
            self.store.store_id(),
            row.id,
            &row.out,
            &mentions,
            thread_root,
        );
        if let Some(first) = first {
            content = content::edit(content, first);
        }
        if let Some(file) = &row.out.file {
            let source = files::upload(&self.client, &room, file).await?;
            content = content::file(content, file, source);
        }
        let txn = content::transaction(self.store.store_id(), row.id);
        let event = put(&room, "m.room.message", content, &txn)
            .await
            .map_err(|error| {
                warn!(row = row.id, error = %brief(&error), "a message was not sent");
                failure::of(&error).into_send_error()
            })?;
        self.offer(&room, &event, &row.out.offers, &txn);
        if standing {
            let first = first.unwrap_or(&event);
            pins::keep_pinned(&room, first, &row.out, &self.store, &self.news);
        }
        Ok(Delivered {
            room: room.room_id().to_string(),
            event,
        })
    }
}

impl MatrixChannel {
    /// A channel that sends through this client. `people` tells who is who; `news` hears of what somebody has to mend.
    pub fn new(
        client: Client,
        book: RoomBook,
        store: Store,
        require_encryption: bool,
        people: People,
        news: mpsc::UnboundedSender<RoomNews>,
    ) -> Self {
        Self {
            client,
            book,
            store,
            require_encryption,
            people: Arc::new(people),
            news,
        }
    }

    fn user(&self, team: &str, person: &PersonId) -> Option<&String> {
        self.people.get(&(team.to_owned(), person.clone()))
    }

    /// The room that a row goes to: that of the event which it answers, else that of its place.
    fn room_for(&self, out: &Outgoing) -> Result<Room, SendError> {
        let id = match (&out.reply_to, &out.place) {
            (Some(answered), _) => Some(answered.room.clone()),
            (None, Place::Team) => self.book.room_of_team(&out.team),
            (None, Place::Managers) => {
                if !self.book.managers_room_stands(&out.team) {
                    return Err(refused("the managers' room is lost"));
                }
                self.book.room_of_managers(&out.team)
            }
            (None, Place::Direct { person }) => {
                let user = self.user(&out.team, person);
                let user = user.ok_or_else(|| refused("this person is not on Matrix"))?;
                self.book.room_of_direct(user)
            }
        };
        let room = id
            .and_then(|id| RoomId::parse(id).ok())
            .and_then(|id| self.client.get_room(&id))
            .filter(|room| room.state() == RoomState::Joined);
        match room {
            Some(room) => Ok(room),
            None if self.book.is_settled() => Err(refused(match (&out.reply_to, &out.place) {
                (None, Place::Direct { .. }) => "there is no direct chat with this person",
                _ => "the bot is not in this room",
            })),
            None => Err(later("the rooms are not known yet")),
        }
    }

    /// What must hold at the moment of sending, whatever was true when the row was written (invariant 4).
    async fn check(&self, room: &Room, out: &Outgoing) -> Result<(), SendError> {
        if self.require_encryption && !is_encrypted(room).await? {
            return Err(refused("the room is not encrypted"));
        }
        let joined = people_in(room, RoomMemberships::JOIN).await?;
        // Somebody who is only invited could read it all the same: clients share the keys with the invited too.
        let active = people_in(room, RoomMemberships::ACTIVE).await?;
        let hidden = out
            .hide_from
            .iter()
            .filter_map(|who| self.user(&out.team, who));
        if hidden.into_iter().any(|user| active.contains(user)) {
            return Err(refused("somebody who must not see it is in the room"));
        }
        let kinds = self.book.places_of(room.room_id().as_str());
        if let Place::Direct { person } = &out.place
            && !is_chat_with(&kinds, self.user(&out.team, person))
        {
            return Err(refused("this is no direct chat with this person"));
        }
        if let Some(RoomKind::Direct(user)) = kinds.into_iter().next() {
            if !joined.contains(&user) {
                return Err(refused("this person has not joined the chat"));
            }
            let me = self.client.user_id().map(ToString::to_string);
            if active
                .iter()
                .any(|who| *who != user && Some(who) != me.as_ref())
            {
                return Err(refused("somebody else is in the direct chat"));
            }
        }
        Ok(())
    }

    /// Puts the offered reactions under the message so that they can be tapped. Beside the courier's way: a page does
    /// not wait for them.
    fn offer(&self, room: &Room, event: &str, offers: &[String], txn: &str) {
        if offers.is_empty() {
            return;
        }
        let (room, event, offers, txn) = (
            room.clone(),
            event.to_owned(),
            offers.to_vec(),
            txn.to_owned(),
        );
        tokio::spawn(async move {
            for (n, key) in offers.iter().enumerate() {
                let txn = format!("{txn}-r{n}");
                for attempt in 1..=REACTION_TRIES {
                    let content = content::reaction(&event, key);
                    let Err(error) = put(&room, "m.reaction", content, &txn).await else {
                        break;
                    };
                    match failure::of(&error) {
                        failure::Failure::Later(wait) if attempt < REACTION_TRIES => {
                            let wait = wait.unwrap_or(Duration::from_secs(attempt.into()));
                            tokio::time::sleep(wait).await;
                        }
                        _ => {
                            warn!(error = %brief(&error), "a reaction was not offered");
                            break;
                        }
                    }
                }
            }
        });
    }
}

/// What was taken for a direct chat may turn out to be a team's room: what is meant for one is not to be read by all.
fn is_chat_with(kinds: &[RoomKind], user: Option<&String>) -> bool {
    let [RoomKind::Direct(with)] = kinds else {
        return false;
    };
    Some(with) == user
}

/// True where the room is encrypted; asks the server where that is not known yet.
pub(super) async fn is_encrypted(room: &Room) -> Result<bool, SendError> {
    let state = room.latest_encryption_state().await;
    let state = state.map_err(|error| failure::of(&error).into_send_error())?;
    Ok(state.is_encrypted())
}

/// The Matrix ids of those with one of these memberships, as of the last sync.
pub(super) async fn people_in(
    room: &Room,
    memberships: RoomMemberships,
) -> Result<BTreeSet<String>, SendError> {
    let members = room.members(memberships).await;
    let members = members.map_err(|error| failure::of(&error).into_send_error())?;
    Ok(members
        .iter()
        .map(|member| member.user_id().to_string())
        .collect())
}

async fn put(
    room: &Room,
    kind: &str,
    content: serde_json::Value,
    txn: &str,
) -> matrix_sdk::Result<String> {
    let config = RequestConfig::new().disable_retry().timeout(TIMEOUT);
    let txn = <&TransactionId>::from(txn);
    let sent = room
        .send_raw(kind, content)
        .with_transaction_id(txn)
        .with_request_config(config)
        .await?;
    Ok(sent.response.event_id.to_string())
}

/// An error for the log: its class only, because the server's words may repeat what was sent.
pub(super) fn brief(error: &matrix_sdk::Error) -> String {
    format!("{:?}", failure::of(error))
}

pub(super) fn later(why: &str) -> SendError {
    SendError::Later {
        wait: None,
        why: why.to_owned(),
    }
}

fn refused(why: &str) -> SendError {
    SendError::Refused {
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_for_one_goes_into_no_other_room() {
        let (amira, ben) = ("@amira:x".to_owned(), "@ben:x".to_owned());
        let hers = [RoomKind::Direct(amira.clone())];
        assert!(is_chat_with(&hers, Some(&amira)));
        assert!(!is_chat_with(&hers, Some(&ben)));
        assert!(!is_chat_with(&hers, None));
        let north = || "North".to_owned();
        for kinds in [
            vec![],
            vec![RoomKind::Team(north())],
            vec![RoomKind::Managers(north())],
        ] {
            assert!(!is_chat_with(&kinds, Some(&amira)), "{kinds:?}");
        }
    }
}
