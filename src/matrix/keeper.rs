//! The keeper of the rooms: joins the configured ones, accepts invitations, opens direct chats, and tells the news.

use super::failure::{self, Failure};
use super::found::resolve;
use super::rooms::{RoomNews, enter, is_safe, unencrypted};
use super::{Matrix, invites, reach, standing};
use anyhow::Result;
use matrix_sdk::RoomState;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

/// How often the keeper looks while something is missing, and while nothing is.
const SOON: Duration = Duration::from_secs(5);
const LATER: Duration = Duration::from_secs(60);
/// How long pages wait at the start for rooms whose server cannot be reached.
const SETTLE: Duration = Duration::from_secs(60);

/// Keeps the rooms: joins the configured ones, accepts invitations, opens direct chats; tells the news.
///
/// # Errors
/// Where the sync has ended.
pub(super) async fn keep(matrix: Arc<Matrix>) -> Result<Infallible> {
    matrix.caught_up().await?;
    matrix.turn.wait().await?;
    let mut keeper = Keeper {
        matrix: &matrix,
        announced: BTreeSet::new(),
        ready: BTreeMap::new(),
        problems: BTreeMap::new(),
        invites: invites::Invites::default(),
    };
    loop {
        if matrix.turn.speaks().is_none() {
            // Whether another instance acts is not known now: two chats with one person must not be opened.
            tokio::time::sleep(SOON).await;
            continue;
        }
        let complete = keeper.pass().await;
        let rest = if complete { LATER } else { SOON };
        tokio::select! {
            () = matrix.stirred.notified() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// The server of one room must not keep the others silent.
///
/// # Errors
/// Where the sync has ended.
pub(super) async fn settle_at_last(matrix: Arc<Matrix>) -> Result<Infallible> {
    matrix.caught_up().await?;
    matrix.turn.wait().await?;
    tokio::time::sleep(SETTLE).await;
    settle(&matrix);
    std::future::pending().await
}

fn settle(matrix: &Matrix) {
    if !matrix.book.is_settled() {
        matrix.book.settle();
        matrix.link.send_modify(|link| link.settled = true);
        matrix.wake.notify_one();
    }
}

struct Keeper<'a> {
    matrix: &'a Matrix,
    announced: BTreeSet<String>,
    /// Each team's two rooms, once they have been told of.
    ready: BTreeMap<String, (String, String)>,
    problems: BTreeMap<String, String>,
    invites: invites::Invites,
}

impl Keeper<'_> {
    /// One look at everything. True where nothing is missing that another look soon could mend.
    async fn pass(&mut self) -> bool {
        let mut complete = true;
        let mut reached = true;
        for name in self.matrix.plan.names() {
            match seek(self.matrix, name).await {
                Ok(()) => self.problem(name, None),
                Err(Missing::Unreachable) => (complete, reached) = (false, false),
                Err(Missing::Because(text)) => {
                    complete = false;
                    self.problem(name, Some(text));
                }
            }
        }
        complete &= self.invites.accept(self.matrix).await;
        complete &= self.invites.open_chats(self.matrix).await;
        standing::look(self.matrix);
        if reached {
            if !self.matrix.book.is_settled() {
                // Known before the desk answers the first visit.
                reach::ask(self.matrix).await;
            }
            settle(self.matrix);
        }
        self.announce();
        complete
    }

    fn problem(&mut self, name: &str, text: Option<String>) {
        match text {
            None => {
                self.problems.remove(name);
            }
            Some(text) if self.problems.get(name) == Some(&text) => {}
            Some(text) => {
                warn!("{text}");
                self.problems.insert(name.to_owned(), text.clone());
                let room = name.to_owned();
                self.tell(RoomNews::Problem { room, text });
            }
        }
    }

    fn announce(&mut self) {
        let book = &self.matrix.book;
        for team in &self.matrix.plan.teams {
            let missing = |name| self.problems.contains_key(name);
            if !missing(&team.room)
                && !missing(&team.managers_room)
                && let Some(room) = book.room_of_team(&team.name)
                && let Some(managers) = book.room_of_managers(&team.name)
                && let rooms = (room, managers)
                && self.ready.get(&team.name) != Some(&rooms)
            {
                let team = team.name.clone();
                self.ready.insert(team.clone(), rooms);
                self.tell(RoomNews::TeamReady { team });
            }
        }
        for user in &self.matrix.plan.people {
            if let Some(room) = book.room_of_direct(user)
                && book.is_member(&room, user)
                && self.announced.insert(room.clone())
            {
                let user = user.clone();
                self.tell(RoomNews::NewDirect { user, room });
            }
        }
    }

    fn tell(&self, news: RoomNews) {
        // Nobody listens only while the program ends.
        let _ = self.matrix.news.send(news);
    }
}

/// Why a configured room is not there.
enum Missing {
    Unreachable,
    Because(String),
}

impl From<Failure> for Missing {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(code) => Self::Because(format!("refused ({code})")),
            _ => Self::Unreachable,
        }
    }
}

/// Finds a configured room and joins it, if the bot may.
async fn seek(matrix: &Matrix, name: &str) -> Result<(), Missing> {
    let invite = || {
        let me = matrix.session.user();
        Missing::Because(format!(
            "{name}: the bot is not in this room, or in the one that has replaced it. Invite {me} to it."
        ))
    };
    if matrix
        .found
        .get(name)
        .and_then(|id| matrix.session.client().get_room(&id))
        .is_some_and(|room| room.is_tombstoned())
    {
        matrix.found.doubt(name);
    }
    let id = match resolve(matrix, name).await {
        Ok(id) => id,
        Err(Failure::Refused(_)) => {
            let me = matrix.session.user();
            return Err(Missing::Because(format!(
                "{name}: there is no such room. Make an encrypted room with this address and invite {me}."
            )));
        }
        Err(other) => return Err(other.into()),
    };
    let client = matrix.session.client();
    let room = client.get_room(&id);
    let joined = match room.filter(|room| room.state() == RoomState::Joined) {
        Some(room) => room,
        // By invitation or because it is public. The configuration names the room, so whoever invited us is right.
        None => match client.join_room_by_id(&id).await {
            Ok(room) => {
                info!("joined a configured room");
                room
            }
            Err(error) => match failure::of(&error) {
                Failure::Refused(_) => return Err(invite()),
                other => return Err(other.into()),
            },
        },
    };
    if !is_safe(matrix, &joined).await {
        return Err(Missing::Because(unencrypted(name)));
    }
    // The members come with the sync that follows the joining.
    enter(matrix, &joined).await;
    if matrix.plan.clashes(&matrix.found, id.as_str()) {
        return Err(Missing::Because(format!(
            "{name}: this is configured as a team's room and as a managers' room. It is not used; give each its own."
        )));
    }
    if joined.is_tombstoned() {
        let me = matrix.session.user();
        return Err(Missing::Because(format!(
            "{name}: this room was replaced by another, and nobody reads it any more. Give the new room this address (or \
             write the new one in the configuration) and invite {me}."
        )));
    }
    Ok(())
}
