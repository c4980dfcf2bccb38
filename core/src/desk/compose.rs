//! From an effect of the engine to a row of the outbox: words, room, and who must not read it.

use super::Desk;
use super::work::{About, Asked};
use crate::chat::wording::taps::emoji;
use crate::chat::wording::{Words, drill, render};
use crate::domain::engine::Input;
use crate::domain::ids::PersonId;
use crate::domain::ladder::{World, kept_out_of};
use crate::domain::notice::{Effect, Notice, Tap, To};
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::shift::Shift;
use chrono::{DateTime, Utc};

impl Desk {
    pub(super) fn outgoing(
        &self,
        world: &World<'_>,
        now: DateTime<Utc>,
        shift: &Shift,
        effect: &Effect,
        input: &Input,
        asked: Option<&Asked>,
    ) -> Option<Outgoing> {
        let words = Words {
            team: world.team,
            now,
            example: &world.policy.reference.example,
        };
        let mut hide_from = effect.hide_from.clone();
        let (place, reply_to, mut thread) = match &effect.to {
            To::Place(place) => (place.clone(), None, None),
            To::Answer => {
                let asked = asked?;
                let hidden = self.hidden(shift, effect);
                match self.discreetly(&hidden, input, asked) {
                    Some(direct) => (direct, None, None),
                    None => {
                        if asked.place == Place::Managers {
                            hide_from = hidden;
                        }
                        let reply_to = Some(asked.reply_to.clone());
                        (asked.place.clone(), reply_to, asked.thread.clone())
                    }
                }
            }
        };
        let alarm = effect.alarm.and_then(|number| shift.alarm(number));
        if effect.in_thread || effect.opens_thread {
            thread = alarm.map(|alarm| alarm.thread(&shift.id));
        }
        let taps = effect.taps.iter();
        let offers: Vec<(String, Tap)> = taps
            .map(|tap| (emoji(*tap, &effect.notice).to_owned(), *tap))
            .collect();
        let keys = offers.iter().map(|(emoji, _)| emoji.clone()).collect();
        let about = About {
            shift: shift.id.clone(),
            alarm: effect.alarm,
            visit: effect.visit,
            offers,
            address: matches!(effect.notice, Notice::AskAddress { .. }),
            entry: match &effect.notice {
                Notice::Logged { visit, .. } => Some(visit.no),
                _ => None,
            },
        };
        Some(Outgoing {
            team: shift.team.clone(),
            place,
            priority: effect.priority,
            text: match shift.drill {
                Some(_) => drill::render(&effect.notice, &words),
                None => render(&effect.notice, &words),
            },
            mentions: effect.ping.clone(),
            rings: effect.priority <= Priority::Prompt,
            reply_to,
            thread,
            opens_thread: effect.opens_thread,
            offers: keys,
            hide_from,
            about: serde_json::to_string(&about).ok(),
            slot: effect.slot.clone(),
            standing: None,
            file: None,
            sealed: effect.notice.sealed(),
            why: why(input),
        })
    }

    /// Who must not read an answer about an alarm; nobody where it is about none.
    pub(super) fn hidden(&self, shift: &Shift, effect: &Effect) -> Vec<PersonId> {
        let alarm = effect.alarm.and_then(|number| shift.alarm(number));
        let mut hidden = alarm
            .map(|alarm| kept_out_of(shift, alarm))
            .unwrap_or_default();
        let others = shift.believed().map(|believed| &believed.by);
        hidden.extend(others.into_iter().flatten().cloned());
        hidden
    }

    /// An answer about an alarm goes to the responder's own direct chat where the worker, somebody who is with
    /// her, or the whole team would read it.
    pub(super) fn discreetly(
        &self,
        hidden: &[PersonId],
        input: &Input,
        asked: &Asked,
    ) -> Option<Place> {
        let Input::Command { by, .. } = input else {
            return None;
        };
        if hidden.is_empty() || matches!(asked.place, Place::Direct { .. }) {
            return None;
        }
        let seen = asked.place == Place::Team || self.in_room(&asked.reply_to.room, hidden);
        seen.then(|| Place::Direct { person: by.clone() })
    }

    /// True if one of these people is in the room.
    pub(super) fn in_room(&self, room: &str, people: &[PersonId]) -> bool {
        let accounts = |id: &PersonId| {
            let people = self
                .teams
                .iter()
                .filter_map(|team| team.config.team.person(id));
            people
                .filter_map(|person| person.matrix.clone())
                .collect::<Vec<_>>()
        };
        let mut accounts = people.iter().flat_map(accounts);
        accounts.any(|user| self.rooms.is_member(room, &user))
    }
}

/// Why a row exists, in a word or two; never what was said.
fn why(input: &Input) -> String {
    let kind = match input {
        Input::Tick => "time",
        Input::BeginDrill => "a drill",
        Input::Command { .. } => "a command",
        Input::Note { .. } | Input::Location { .. } => "a note",
        Input::Phrase { .. } | Input::AfterPhrase { .. } => "a call for help",
        Input::Address { .. } => "an address",
        Input::Answer { .. } => "an answer",
        Input::Unreadable { .. } | Input::Readable { .. } => "a message that could not be read",
        Input::Undelivered { .. } => "a message that was not delivered",
        Input::Flagged { .. } => "a flag",
        Input::NotAlong { .. } => "a second worker who does not go along",
        Input::Gone { .. } => "a second worker who has left",
        Input::TapRemoved { .. } => "a reaction taken away",
    };
    kind.to_owned()
}
