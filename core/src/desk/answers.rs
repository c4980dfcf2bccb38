//! Lists, which the desk answers itself because it sees every shift of the team.

use super::Desk;
use super::hear::Hearing;
use super::work::Work;
use crate::chat::parse::COMMANDS;
use crate::chat::wording::desk as words;
use crate::chat::wording::help::{ask_me_directly, help};
use crate::domain::command::Command;
use crate::domain::outgoing::Place;
use crate::domain::shift::Shift;

impl Desk {
    /// `/mine`, `/board`, `/help`. The board is made from visits alone: it looks the same whatever alarm is
    /// open.
    pub(super) fn list(&self, work: &mut Work, hearing: &Hearing, command: &Command) {
        let example = &self.teams[hearing.team].policy.reference.example;
        let words = self.words_of(work, hearing.team);
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
                let here = hearing.asked.place != Place::Team;
                let answers = self.answers_for_others(hearing);
                match topic.as_deref().filter(|name| for_responders(name)) {
                    Some(topic) if answers && !here => ask_me_directly(topic),
                    Some(topic) if answers => help(Some(topic), example, true),
                    Some(_) => help(None, example, false),
                    None => help(topic.as_deref(), example, answers),
                }
            }
            _ => return,
        };
        self.say(work, hearing, text);
    }

    /// True for those of the managers' room and for everybody's buddies: they are paged.
    fn answers_for_others(&self, hearing: &Hearing) -> bool {
        let me = Some(&hearing.person.id);
        let people = &self.teams[hearing.team].config.team.people;
        hearing.person.responds() || people.iter().any(|person| person.buddy.as_ref() == me)
    }
}

fn for_responders(topic: &str) -> bool {
    topic == "responders"
        || COMMANDS
            .iter()
            .any(|each| each.name == topic && each.responder)
}
