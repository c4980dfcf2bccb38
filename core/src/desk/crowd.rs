//! Very many messages from one account in one place: what could call for help or tell of a visit still counts, the rest is
//! kept and no longer answered or shown one by one (issue 4, 5: "the flood is capped and reported").

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result, quiet};
use crate::chat::parse::Parsed;
use crate::chat::wording::desk as words;
use crate::domain::command::{Command, DrillCommand, RegisterCommand, RosterCommand};
use crate::domain::outgoing::{Outgoing, Place};
use crate::store::InboxRow;
use chrono::{DateTime, Duration, Utc};
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::hash::{Hash, Hasher};

/// So many messages within a minute of one account in one room are dealt with one by one: two a second. No thumbs are
/// faster, and what a phone sends in one go after a dead spot is less.
pub const MOST: usize = 120;
/// So many that were *received* within a minute, whatever they say of when they were sent: that may be forged.
const MOST_RECEIVED: usize = 10 * MOST;
/// The managers are told anew of a flood that comes after so long a calm.
const CALM: Duration = Duration::minutes(10);
/// How many different commands of a flood are remembered.
const REMEMBERED: usize = 64;

/// What the desk remembers of who has written how much; gone with a restart, which only lets a few more be answered.
#[derive(Default)]
pub(super) struct Crowd(HashMap<(String, String), Counted>);

#[derive(Default)]
struct Counted {
    said: VecDeque<DateTime<Utc>>,
    received: VecDeque<DateTime<Utc>>,
    over: bool,
    told_at: Option<DateTime<Utc>>,
    /// Hashes of commands that were obeyed.
    obeyed: VecDeque<u64>,
}

impl Counted {
    fn count(&mut self, said: DateTime<Utc>, received: DateTime<Utc>) {
        let many = |queue: &mut VecDeque<DateTime<Utc>>, at: DateTime<Utc>, most: usize| {
            queue.retain(|before| (at - *before).abs() < Duration::minutes(1));
            queue.push_back(at);
            if queue.len() > most + 1 {
                queue.pop_front();
            }
            queue.len() > most
        };
        let said = many(&mut self.said, said, MOST);
        let received = many(&mut self.received, received, MOST_RECEIVED);
        self.over = said || received;
        if !self.over {
            self.obeyed.clear();
        }
    }
}

impl Crowd {
    /// Counts one message of a known person's. True where it is one too many to be dealt with like any other.
    pub(super) fn count(&mut self, row: &InboxRow) -> bool {
        let key = (row.inbound.sender.clone(), row.inbound.room.clone());
        let counted = self.0.entry(key).or_default();
        counted.count(row.inbound.said_at, row.received_at);
        counted.over
    }

    /// True while somebody writes too much in this room.
    pub(super) fn is_over(&self, sender: &str, room: &str) -> bool {
        let key = (sender.to_owned(), room.to_owned());
        self.0.get(&key).is_some_and(|counted| counted.over)
    }

    /// True once for each flood: somebody is to be told.
    fn is_news(&mut self, row: &InboxRow, now: DateTime<Utc>) -> bool {
        let key = (row.inbound.sender.clone(), row.inbound.room.clone());
        let counted = self.0.entry(key).or_default();
        let news = counted.told_at.is_none_or(|at| now - at > CALM);
        counted.told_at = Some(now);
        news
    }

    /// True where the same words have been obeyed in this flood.
    fn is_said_again(&mut self, row: &InboxRow, body: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let hash = hasher.finish();
        let key = (row.inbound.sender.clone(), row.inbound.room.clone());
        let obeyed = &mut self.0.entry(key).or_default().obeyed;
        if obeyed.contains(&hash) {
            return true;
        }
        obeyed.push_back(hash);
        if obeyed.len() > REMEMBERED {
            obeyed.pop_front();
        }
        false
    }
}

impl Desk {
    /// One message too many: the managers are told once. True where it is kept, and nothing else comes of it but the call for
    /// help that a code phrase in it is; false for what gives an order. What she is answered is decided by the words without
    /// the phrase and by their number alone (design, invariant 4).
    pub(super) async fn is_only_kept(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        row: &InboxRow,
        body: &str,
    ) -> Result<bool> {
        if self.crowd.is_news(row, work.now) {
            let name = self.team_now(work, hearing.team).called(&hearing.person.id);
            let text = words::crowd(name, MOST);
            let team = &self.teams[hearing.team].config.team.name;
            let why = "very many messages";
            work.outbox.push(quiet(team, Place::Managers, text, why));
        }
        let bare = self.without_phrase(hearing.team, body);
        let parsed = self.understand(work, hearing, &bare);
        if self.address_answer(work, hearing, &parsed, &bare).is_some() {
            return Ok(false);
        }
        let kept = match &parsed {
            Parsed::Note => true,
            Parsed::Bad(what) => {
                work.forget_words |= what.may_be_address();
                true
            }
            Parsed::Command(command) if calls(command) => false,
            Parsed::Command(command) if only_asks(command) => true,
            Parsed::Command(_) => self.crowd.is_said_again(row, &bare),
        };
        if kept && !(self.is_called_for(work, hearing) && self.crowd.is_said_again(row, body)) {
            self.phrase(work, hearing, body).await?;
        }
        Ok(kept)
    }

    /// True while a call for help of theirs is open that a code phrase has raised: the same words again ring nobody anew.
    fn is_called_for(&self, work: &Work, hearing: &Hearing) -> bool {
        let mut alarms = work
            .of(&hearing.person.id)
            .flat_map(|shift| shift.open_alarms());
        alarms.any(|alarm| alarm.kind.is_secret())
    }
}

/// Of what is answered all the same only the newest goes out: it takes the place of an older line that still waits. What
/// rings, opens a thread or brings a file stays as it is.
pub(super) fn thin_out(work: &mut Work, hearing_of: &str, from: usize) {
    let plain = |row: &&mut Outgoing| {
        !row.rings
            && !row.opens_thread
            && row.slot.is_none()
            && row.standing.is_none()
            && row.file.is_none()
    };
    for row in work.outbox[from..].iter_mut().filter(plain) {
        row.slot = Some(format!("crowd/{hearing_of}"));
    }
}

/// Calls for help, and what cannot wait.
fn calls(command: &Command) -> bool {
    matches!(
        command,
        Command::Sos { .. }
            | Command::RingMe
            | Command::Concern { .. }
            | Command::Duress { .. }
            | Command::Worry { .. }
            | Command::Police { .. }
            | Command::Address { .. }
    )
}

/// True where the answer is all that comes of it.
fn only_asks(command: &Command) -> bool {
    match command {
        Command::Mine | Command::Board | Command::Help { .. } | Command::Record(_) => true,
        Command::Drill(drill) => matches!(drill, DrillCommand::Report),
        Command::Roster(roster) => matches!(
            roster,
            RosterCommand::Who(_)
                | RosterCommand::Buddy(None)
                | RosterCommand::Duty
                | RosterCommand::Policy
                | RosterCommand::SignStatus
                | RosterCommand::Contacts(_)
                | RosterCommand::Me(None)
        ),
        Command::Register(register) => matches!(
            register,
            RegisterCommand::Risks(_)
                | RegisterCommand::Trainings(_)
                | RegisterCommand::Incidents
                | RegisterCommand::Devices
        ),
        _ => false,
    }
}
