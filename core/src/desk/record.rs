//! The escalation record of an alarm, asked for in a room or at the command line.

use super::hear::Hearing;
use super::meant::alarm;
use super::respond::to_direct;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::record;
use crate::domain::ids::AlarmNumber;
use crate::domain::ladder::kept_out_of;
use crate::domain::outgoing::{Attachment, Outgoing, Place};
use crate::domain::team_state::TeamState;
use chrono::{DateTime, Utc};

/// A record that is longer, in bytes, is told in short, with the whole of it in a file: it is read on a phone.
const LONGEST: usize = 3_000;

/// An escalation record in both forms.
#[derive(Clone, Debug)]
pub struct Record {
    /// Plain text.
    pub text: String,
    /// A page that prints well.
    pub html: String,
}

impl Desk {
    /// `/record A12`: for responders, out of the sight of whoever it is about; with a page to print and to keep.
    pub(super) fn show_record(&self, work: &mut Work, hearing: &Hearing, number: AlarmNumber) {
        let Some((text, files, hidden)) = alarm(work, number).map(|(shift, alarm)| {
            let words = self.words_of(work, hearing.team);
            let title = self.title_of(shift, hearing.team);
            let text = record::text(shift, alarm, &title, &words);
            let page = record::html(shift, alarm, &title, &words);
            let name = match shift.drill {
                Some(_) => format!("DRILL-record-{number}"),
                None => format!("record-{number}"),
            };
            let mut files = vec![file(&name, "html", "text/html", page)];
            let said = if text.len() > LONGEST {
                files.push(file(&name, "txt", "text/plain", text));
                record::summary(shift, alarm, &title, &words)
            } else {
                text
            };
            (said, files, kept_out_of(shift, alarm))
        }) else {
            return;
        };
        self.say(work, hearing, text);
        let room = &hearing.asked.reply_to.room;
        let seen = hearing.asked.place == Place::Managers && self.in_room(room, &hidden);
        if hearing.asked.place == Place::Team || seen {
            to_direct(work, &hearing.person.id);
        }
        let Some(row) = work.outbox.last_mut() else {
            return;
        };
        row.hide_from = hidden;
        // The files go where the words go, and nowhere else.
        let row = row.clone();
        work.outbox.extend(files.into_iter().map(|file| Outgoing {
            text: file.name.clone(),
            file: Some(file),
            ..row.clone()
        }));
    }

    fn title_of(&self, shift: &crate::domain::shift::Shift, team: usize) -> String {
        let policy = self.policies.get(&shift.policy);
        policy.unwrap_or(&self.teams[team].policy).title.clone()
    }

    /// What is kept of a team, by its index.
    ///
    /// # Errors
    /// What the store says.
    pub async fn state_of(&mut self, team: usize, now: DateTime<Utc>) -> Result<TeamState> {
        let mut work = Work::new(now);
        self.load_state(&mut work, team).await?;
        Ok(work.team.map(|(_, state, _, _)| state).unwrap_or_default())
    }

    /// The records of the alarms of this number, one for each team that has it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn records(
        &mut self,
        number: AlarmNumber,
        now: DateTime<Utc>,
    ) -> Result<Vec<Record>> {
        let mut found = Vec::new();
        for team in 0..self.teams.len() {
            let mut work = Work::new(now);
            self.load_team(&mut work, team).await?;
            self.load_closed_since(&mut work, team, DateTime::UNIX_EPOCH, None)
                .await?;
            self.load_closed_drills(&mut work, team, DateTime::UNIX_EPOCH)
                .await?;
            self.load_policies(&work).await?;
            if let Some((shift, alarm)) = alarm(&work, number) {
                let words = self.words_of(&work, team);
                let title = self.title_of(shift, team);
                found.push(Record {
                    text: record::text(shift, alarm, &title, &words),
                    html: record::html(shift, alarm, &title, &words),
                });
            }
        }
        Ok(found)
    }
}

fn file(name: &str, ending: &str, mime: &str, body: String) -> Attachment {
    Attachment {
        name: format!("{name}.{ending}"),
        mime: mime.to_owned(),
        body,
    }
}
