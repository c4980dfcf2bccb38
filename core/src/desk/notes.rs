//! What is no command: notes, places, and what cannot be read.

use super::drill::is_drill;
use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::drill::marked;
use crate::chat::wording::{desk as words, render};
use crate::domain::deed::Deed;
use crate::domain::engine::Input;
use crate::domain::inbound::{Inbound, Said};
use crate::domain::notice::Notice;
use crate::domain::outgoing::{Outgoing, Place};
use crate::domain::roster::Role;

impl Desk {
    /// Words that are no command: an answer in an alarm's thread, or a note in a direct chat.
    pub(super) fn note(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        body: &str,
        carried: bool,
    ) -> Result<()> {
        let by = &hearing.person.id;
        if let Some((shift, alarm)) = self.alarm_of_words(work, hearing) {
            let input = Input::Answer {
                by: by.clone(),
                alarm,
                words: self.masked_words(hearing.team, body),
                said_at: hearing.said_at,
                shown: !hearing.direct,
                pointed: hearing.asked.thread.is_some() || hearing.about.is_some(),
            };
            let before = work.outbox.len();
            // Of a call in their own voice nothing may be left: a message without words would show that some were taken out.
            let nothing = carried && !body.contains(char::is_alphanumeric);
            if !nothing {
                self.apply(work, hearing.team, &shift, &input, None)?;
            }
            if hearing.direct {
                let worker = work.shift(&shift).map(|shift| shift.worker.clone());
                let hers = |row: &Outgoing| {
                    row.rings
                        && matches!(&row.place, Place::Direct { person } if worker.as_ref() == Some(person))
                };
                let passed = work.outbox[before..].iter().any(hers);
                let team = self.team_now(work, hearing.team);
                let text = match worker.as_ref().filter(|_| passed) {
                    Some(worker) => words::passed_on(team.called(worker)),
                    None => words::kept(&alarm.to_string()),
                };
                let text = match is_drill(work, alarm) {
                    true => marked(&text),
                    false => text,
                };
                self.say(work, hearing, text);
            }
            return Ok(());
        }
        if let Some(visit) = self.edited_visit(work, hearing) {
            let text = words::edited_away(&visit, &self.words_of(work, hearing.team));
            self.say(work, hearing, text);
        }
        if !hearing.direct || hearing.edit && self.edited_visit(work, hearing).is_some() {
            return Ok(());
        }
        let shift = self.current_shift(work, by, work.now);
        match shift {
            Some(shift) if !carried => {
                let input = Input::Note {
                    words: body.to_owned(),
                    said_at: hearing.said_at,
                };
                self.apply(work, hearing.team, &shift, &input, Some(&hearing.asked))?;
                let words = body.to_owned();
                self.mark_elsewhere(work, hearing, &shift, Deed::Wrote { words })
            }
            _ => {
                self.say(work, hearing, note_answer(self, work, hearing));
                if carried {
                    return Ok(());
                }
                let words = body.to_owned();
                self.mark_if_secret(work, hearing, Deed::Wrote { words })
            }
        }
    }

    pub(super) fn location(&self, work: &mut Work, hearing: &Hearing, place: &str) -> Result<()> {
        match self.current_shift(work, &hearing.person.id, work.now) {
            Some(shift) => {
                let input = Input::Location {
                    place: place.to_owned(),
                    said_at: hearing.said_at,
                };
                self.apply(work, hearing.team, &shift, &input, Some(&hearing.asked))
            }
            None => {
                self.say(work, hearing, note_answer(self, work, hearing));
                let place = place.to_owned();
                self.mark_if_secret(work, hearing, Deed::SharedLocation { place })
            }
        }
    }

    pub(super) fn unreadable(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        inbound: &Inbound,
    ) -> Result<()> {
        if !hearing.person.has(Role::Worker) || hearing.asked.place == Place::Managers {
            let words = self.words_of(work, hearing.team);
            self.say(work, hearing, render(&Notice::SendAgain, &words));
            return Ok(());
        }
        let shift = self.shift_now(work, hearing.team, &hearing.person.id);
        let input = Input::Unreadable {
            event: inbound.event.clone(),
            said_at: inbound.said_at,
        };
        self.apply(work, hearing.team, &shift, &input, Some(&hearing.asked))
    }

    /// A message whose key came late: whoever waits for it is told before it is dealt with.
    pub(super) fn now_readable(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        inbound: &Inbound,
    ) -> Result<()> {
        if matches!(inbound.what, Said::Unreadable { .. }) {
            return Ok(());
        }
        let event = &inbound.event;
        let waiting = work.of(&hearing.person.id).find(|shift| {
            shift.unreadable.iter().any(|unread| unread.event == *event)
                || shift
                    .open_alarms()
                    .any(|alarm| alarm.event.as_ref() == Some(event))
        });
        let Some(shift) = waiting.map(|shift| shift.id.clone()) else {
            return Ok(());
        };
        let input = Input::Readable {
            event: event.clone(),
        };
        self.apply(work, hearing.team, &shift, &input, None)
    }
}

/// The one answer to a note, from the one place that has it.
fn note_answer(desk: &Desk, work: &Work, hearing: &Hearing) -> String {
    render(&Notice::NoteTaken, &desk.words_of(work, hearing.team))
}
