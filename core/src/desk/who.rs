//! Who is speaking, where, and for which team.

use super::drill::is_drill;
use super::hear::Who;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::parse::Parsed;
use crate::domain::command::Command;
use crate::domain::inbound::{Inbound, Said};
use crate::domain::outgoing::Place;
use crate::domain::shift::Visit;
use crate::rooms::RoomKind;
use crate::store::InboxRow;
use chrono::{DateTime, Utc};

impl Desk {
    /// Team, person and place of an event; none for strangers and rooms that are not configured, several for
    /// somebody in several teams. Authority comes from the configuration and the room only (design, 6).
    pub(super) fn who(&self, inbound: &Inbound) -> Vec<Who> {
        self.who_in(&inbound.sender, &inbound.room)
    }

    /// The same for an account in a room.
    pub(super) fn who_in(&self, sender: &str, room: &str) -> Vec<Who> {
        let mut found = Vec::new();
        if sender == self.bot.user {
            return found;
        }
        for kind in self.rooms.places_of(room) {
            for (index, team) in self.teams.iter().enumerate() {
                let name = &team.config.team.name;
                let Some(person) = self.person(index, sender) else {
                    continue;
                };
                let place = match &kind {
                    RoomKind::Team(of) if of == name => Place::Team,
                    RoomKind::Managers(of) if of == name => Place::Managers,
                    RoomKind::Direct(with) if *with == sender => Place::Direct {
                        person: person.id.clone(),
                    },
                    _ => continue,
                };
                found.push((index, person.clone(), place));
            }
        }
        found
    }

    /// Which team somebody in several teams means: that of the message answered or tapped; for a responder's
    /// word one that has such an alarm; else one in which a visit of theirs is open. Their own alarms decide
    /// nothing, and a drill decides last unless it is named by its number: it must not draw a real call away.
    pub(super) async fn meant_team(
        &mut self,
        found: Vec<Who>,
        row: &InboxRow,
        now: DateTime<Utc>,
    ) -> Result<Vec<Who>> {
        if let Some(event) = self.answered(&row.inbound).await?
            && let Some(answered) = self.store.row_of_event(&event).await?
        {
            let name = &answered.out.team;
            let of = |who: &Who| self.teams[who.0].config.team.name == *name;
            if let Some(who) = found.iter().find(|who| of(who)) {
                return Ok(vec![who.clone()]);
            }
        }
        let (mut responding, mut named, mut visiting, mut practising) = (None, None, None, None);
        for who in &found {
            let mut work = Work::new(now);
            work.listener = Some(who.1.id.clone());
            self.load_team(&mut work, who.0).await?;
            let hearing = self
                .hearing(who.0, who.1.clone(), who.2.clone(), &row.inbound)
                .await?;
            if let Said::Text { body, .. } = &row.inbound.what
                && let Parsed::Command(command) = self.understand(&work, &hearing, body)
            {
                // A real alarm of one team before the drill of another, also where their numbers are the same.
                let found = self.found(&work, &hearing, &command);
                let real = found.iter().any(|(_, number)| !is_drill(&work, *number));
                let by_number = command.target().is_some_and(|t| t.alarm.is_some());
                let meant = match (real, by_number) {
                    (true, _) => &mut responding,
                    (false, true) => &mut named,
                    (false, false) => &mut practising,
                };
                // A bare "/police" of somebody who answers no alarms is a call, whatever is practised.
                let calls = matches!(command, Command::Police { .. }) && !who.1.responds();
                let counts = real || by_number || !calls;
                if counts && meant.is_none() && !found.is_empty() {
                    *meant = Some(who.clone());
                }
            }
            let visits = || work.of(&who.1.id).flat_map(|shift| &shift.visits);
            if let Said::Edit { of, .. } = &row.inbound.what
                && visits().any(|visit| visit.logged_in == *of)
            {
                return Ok(vec![who.clone()]);
            }
            if visits().any(Visit::is_open) {
                visiting = visiting.or(Some(who.clone()));
            }
        }
        let meant = responding.or(named).or(visiting).or(practising);
        Ok(meant.map_or(found, |who| vec![who]))
    }

    /// The message that an event answers or taps; of a reaction that is taken away or a message that is edited, what
    /// that one answered.
    async fn answered(&self, inbound: &Inbound) -> Result<Option<String>> {
        let changed = match &inbound.what {
            Said::Redaction { of } | Said::Edit { of, .. } => {
                self.store.said(&inbound.room, of).await?
            }
            _ => None,
        };
        let what = changed.map_or_else(|| inbound.what.clone(), |row| row.inbound.what);
        Ok(match what {
            Said::Text {
                reply_to, thread, ..
            } => reply_to.or(thread),
            Said::Reaction { to, .. } => Some(to),
            _ => None,
        })
    }
}
