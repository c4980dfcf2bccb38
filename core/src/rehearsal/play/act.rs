//! What people do in a scenario, as events that arrive.

use super::{PlayError, Rehearsal};
use crate::chat::wording::taps;
use crate::domain::ids::PersonId;
use crate::domain::inbound::{Inbound, Said};
use crate::domain::roster::Person;
use crate::rehearsal::script::{Act, Line, SayPlace};
use crate::rehearsal::stage::Shown;

impl Rehearsal {
    pub(super) async fn act(
        &mut self,
        who: &str,
        act: &Act,
        line: &Line,
        file: &str,
    ) -> Result<(), PlayError> {
        let id = PersonId::from(who);
        let Some(person) = self.team.person(&id).cloned() else {
            return Ok(());
        };
        let Some(matrix) = person.matrix.clone() else {
            let what = format!("{who} is not on Matrix and cannot speak here");
            return Err(PlayError::File(line.error(
                file,
                &what,
                "somebody who has a matrix id",
            )));
        };
        self.events += 1;
        let event = format!("$event-{}", self.events);
        let direct = direct_room(&matrix);
        let done = match act {
            Act::Say { place, text } => {
                let room = self.room_to_speak(&person, *place, line, file)?;
                self.stage.said(&event, &room, &id, text);
                Some((room, words(text, None)))
            }
            Act::Reacts { key, to } => {
                let fits = |shown: &Shown| {
                    let offers = shown.offers.iter().map(String::as_str);
                    shown.by.is_none()
                        && match to {
                            Some(glob) => glob.matches(&shown.text),
                            None => taps::meant(key, offers).is_some(),
                        }
                };
                let found = self.stage.newest(&matrix, fits);
                found.map(|to| {
                    (
                        to.room,
                        Said::Reaction {
                            to: to.event,
                            key: key.clone(),
                        },
                    )
                })
            }
            Act::Replies { to, text } => {
                let found = self.stage.newest(&matrix, |shown| to.matches(&shown.text));
                if let Some(found) = &found {
                    self.stage.said(&event, &found.room, &id, text);
                }
                found.map(|to| (to.room, words(text, Some(to.event))))
            }
            Act::Edits { text } => self.own_newest(&matrix, &id).map(|old| {
                (
                    old.room,
                    Said::Edit {
                        of: old.event,
                        body: text.clone(),
                    },
                )
            }),
            Act::Redacts => self
                .own_newest(&matrix, &id)
                .map(|old| (old.room, Said::Redaction { of: old.event })),
            Act::SharesLocation { place } => Some((
                direct,
                Said::Location {
                    place: place.clone(),
                },
            )),
            Act::Unreadable => {
                let reason = "no key".to_owned();
                Some((
                    direct,
                    Said::Unreadable {
                        reason,
                        raw: "{}".to_owned(),
                    },
                ))
            }
        };
        let Some((room, what)) = done else {
            let raw = line.raw.trim();
            self.impossible.push(format!(
                "{}: {raw}\n  there is no such message to see",
                line.number
            ));
            return Ok(());
        };
        self.arrive(Inbound {
            room,
            event,
            sender: matrix,
            said_at: self.now,
            what,
        })
        .await
    }

    async fn arrive(&mut self, inbound: Inbound) -> Result<(), PlayError> {
        match self.outage {
            Some(_) => self.held.push(inbound),
            None => self.ingest(vec![inbound]).await?,
        }
        Ok(())
    }

    fn own_newest(&self, matrix: &str, id: &PersonId) -> Option<Shown> {
        self.stage
            .newest(matrix, |shown| shown.by.as_ref() == Some(id))
    }

    fn room_to_speak(
        &self,
        person: &Person,
        place: SayPlace,
        line: &Line,
        file: &str,
    ) -> Result<String, PlayError> {
        let matrix = person.matrix.clone().unwrap_or_default();
        let team = &self.team.name;
        let room = match place {
            SayPlace::Bot => Some(direct_room(&matrix)),
            SayPlace::Team => self.rooms.room_of_team(team),
            SayPlace::Managers => self.rooms.room_of_managers(team),
        };
        room.filter(|room| self.rooms.is_member(room, &matrix))
            .ok_or_else(|| {
                let what = format!("{} is not in that room", person.id);
                PlayError::File(line.error(file, &what, &format!("{} > team or > bot", person.id)))
            })
    }
}

fn words(text: &str, reply_to: Option<String>) -> Said {
    Said::Text {
        body: text.to_owned(),
        reply_to,
        thread: None,
    }
}

/// The room of the direct chat with an account.
pub(super) fn direct_room(matrix: &str) -> String {
    format!("!direct-{matrix}")
}
