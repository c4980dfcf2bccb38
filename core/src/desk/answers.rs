//! Lists, which the desk answers itself because it sees every shift of the team.

use super::Desk;
use super::hear::Hearing;
use super::work::Work;
use crate::chat::parse::COMMANDS;
use crate::chat::wording::{desk as words, help::help};
use crate::domain::command::Command;
use crate::domain::outgoing::Place;
use crate::domain::shift::Shift;

impl Desk {
    /// `/mine`, `/board`, `/help`. The board is made from visits alone: it looks the same whatever alarm is
    /// open.
    pub(super) fn list(&self, work: &mut Work, hearing: &Hearing, command: &Command) {
        let example = &self.teams[hearing.team].policy.reference.example;
        let words = self.words_of(hearing.team, work.now);
        let open = work.shifts.iter().map(|open| &open.shift);
        let mut shifts: Vec<&Shift> = open.filter(|shift| shift.closed_at.is_none()).collect();
        let text = match command {
            Command::Mine => {
                shifts.retain(|shift| shift.worker == hearing.person.id);
                words::mine(&shifts, &words)
            }
            Command::Board => words::board(&shifts, &words),
            Command::Help { topic } => {
                // The responders' commands speak of alarms and police: not in the team's room, nor on the
                // phone of somebody who only makes visits.
                let responders = hearing.person.responds() && hearing.asked.place != Place::Team;
                help(
                    topic
                        .as_deref()
                        .filter(|name| responders || !for_responders(name)),
                    example,
                )
            }
            _ => return,
        };
        self.say(work, hearing, text);
    }
}

fn for_responders(topic: &str) -> bool {
    topic == "responders"
        || COMMANDS
            .iter()
            .any(|each| each.name == topic && each.responder)
}
