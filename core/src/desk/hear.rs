//! One inbound event: who said it where, what it means, which shifts it concerns.

use super::crowd::thin_out;
use super::drill::drill_named;
use super::handover::people_of;
use super::work::{About, Asked, Work};
use super::{Desk, Result};
use crate::chat::parse::{
    Listening, Parsed, PersonName, holds_them, only_category, parse, said_at_place,
    strip_reply_fallback,
};
use crate::chat::wording::{Words, bad::bad, desk as words, drill};
use crate::domain::command::{Command, RosterCommand};
use crate::domain::deed::Deed;
use crate::domain::inbound::{Inbound, Said};
use crate::domain::outgoing::{Outgoing, Place, Priority, ReplyTo};
use crate::domain::roster::{Person, Team};
use crate::store::InboxRow;
use chrono::{DateTime, Utc};

/// Who is speaking, where, and what the words belong to.
pub(super) struct Hearing {
    /// The team, by index.
    pub team: usize,
    /// Who.
    pub person: Person,
    /// When it was said.
    pub said_at: DateTime<Utc>,
    /// The event; of an edit, the event that it replaces.
    pub event: String,
    /// Where the answer goes.
    pub asked: Asked,
    /// What the message of the bot's that it answers or taps is about.
    pub about: Option<About>,
    /// The visit of a tapped question.
    pub visit: Option<u32>,
    /// True in a direct chat.
    pub direct: bool,
    /// True where the words replace earlier ones.
    pub edit: bool,
    /// When the message that is edited was first said.
    pub first_said: Option<DateTime<Utc>>,
}

/// Team by index, person, place.
pub(super) type Who = (usize, Person, Place);

impl Desk {
    /// Deals with one row of the inbox; a message that cannot be dealt with holds nobody else's up.
    pub(super) async fn deal_with(&mut self, row: &InboxRow, now: DateTime<Utc>) -> Result<()> {
        let mut work = Work::new(now);
        work.done = Some(row.as_read());
        if let Said::Redaction { of } = &row.inbound.what
            && self.taken_down(&mut work, &row.inbound.room, of).await?
        {
            return self.commit(work).await;
        }
        let mut found = self.who(&row.inbound);
        if found.len() > 1 {
            found = self.meant_team(found, row, now).await?;
        }
        let Some((team, person, place)) = found.into_iter().next() else {
            return self.commit(work).await; // strangers and other rooms: silence
        };
        work.listener = Some(person.id.clone());
        self.load_team(&mut work, team).await?;
        self.load_policies(&work).await?;
        let person = self
            .team_now(&work, team)
            .person(&person.id)
            .cloned()
            .unwrap_or(person);
        let hearing = self.hearing(team, person, place, &row.inbound).await?;
        let of_a_visit = |about: &&About| about.visit.is_some() || about.entry.is_some();
        if let Some(about) = hearing.about.as_ref().filter(of_a_visit) {
            // A question about a visit that is over by now is answered, not applied to another.
            self.load_shift(&mut work, team, &about.shift).await?;
            self.load_policies(&work).await?;
        }
        self.now_readable(&mut work, &hearing, &row.inbound)?;
        let crowded = self.crowd.count(row);
        if let (true, Said::Text { body, .. } | Said::Edit { body, .. }) =
            (crowded, &row.inbound.what)
            && self
                .is_only_kept(&mut work, &hearing, row, strip_reply_fallback(body))
                .await?
        {
            return self.commit(work).await;
        }
        let (said, by) = (work.outbox.len(), hearing.person.id.0.clone());
        match &row.inbound.what {
            Said::Text { body, .. } => {
                let body = strip_reply_fallback(body);
                if self.is_corrected(&work, &hearing, row, body).await? {
                    self.only_phrase(&mut work, &hearing, body).await?;
                } else {
                    self.text(&mut work, &hearing, body).await?;
                }
            }
            Said::Edit { of, body } => self.edit(&mut work, hearing, row, of, body).await?,
            Said::Reaction { to, key } => self.reaction(&mut work, hearing, to, key).await?,
            Said::Redaction { of } => self.redaction(&mut work, hearing, row, of).await?,
            Said::Location { place } if hearing.direct => {
                self.location(&mut work, &hearing, place)?;
            }
            Said::Unreadable { .. } => self.unreadable(&mut work, &hearing, &row.inbound)?,
            Said::Location { .. } => {}
        }
        if crowded {
            thin_out(&mut work, &by, said);
        }
        self.commit(work).await
    }

    pub(super) async fn hearing(
        &self,
        team: usize,
        person: Person,
        place: Place,
        inbound: &Inbound,
    ) -> Result<Hearing> {
        let (mut about, mut thread) = (None, None);
        if let Said::Text {
            reply_to,
            thread: root,
            ..
        } = &inbound.what
        {
            for event in reply_to.iter().chain(root) {
                if about.is_none() {
                    about = self.about(event).await?;
                }
            }
            if let Some(root) = root {
                thread = self.store.thread_of_event(root).await?;
            }
        }
        let direct = matches!(place, Place::Direct { .. });
        let reply_to = ReplyTo {
            room: inbound.room.clone(),
            event: inbound.event.clone(),
        };
        Ok(Hearing {
            team,
            person,
            said_at: inbound.said_at,
            event: inbound.event.clone(),
            asked: Asked {
                place,
                reply_to,
                thread,
            },
            about,
            visit: None,
            direct,
            edit: false,
            first_said: None,
        })
    }

    pub(super) async fn about(&self, event: &str) -> Result<Option<About>> {
        let row = self.store.row_of_event(event).await?;
        Ok(row.and_then(|row| About::of(row.out.about.as_deref())))
    }

    /// Words without a code phrase. `carried`: they had carried one, so they are no note to show.
    pub(super) async fn words(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        body: &str,
        carried: bool,
    ) -> Result<()> {
        let parsed = self.understand(work, hearing, body);
        if let Some((shift, visit)) = self.address_answer(work, hearing, &parsed, body) {
            return self.keep_address(work, hearing, &shift, visit, body).await;
        }
        let what = parsed.clone();
        self.deal_with_words(work, hearing, parsed, body, carried)
            .await?;
        match hearing.edit {
            true => self.address_edited(work, hearing, &what).await,
            false => Ok(()),
        }
    }

    async fn deal_with_words(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        parsed: Parsed,
        body: &str,
        carried: bool,
    ) -> Result<()> {
        match parsed {
            Parsed::Command(command) => self.command(work, hearing, command).await,
            Parsed::Bad(mut what) => {
                work.forget_words |= what.may_be_address();
                let marked = self.marked(work, hearing);
                // A line to send may hold a responder's words, who quotes the phrase: it is never shown.
                let phrases = &self.teams[hearing.team].phrases;
                let shown = what.fix.map(|line| phrases.without(&line));
                what.fix = shown.filter(|line| !line.is_empty());
                let mut text = bad(&what);
                if let Some(visit) = self.edited_visit(work, hearing) {
                    let stays = words::edited_away(&visit, &self.words_of(work, hearing.team));
                    text = format!("{text}\n{stays}");
                }
                if drill_named(work, hearing, &text) {
                    text = drill::marked(&text);
                }
                self.say(work, hearing, text);
                match marked && !carried {
                    true => self.mark(work, hearing, Deed::NotUnderstood),
                    false => Ok(()),
                }
            }
            Parsed::Note => self.note(work, hearing, body, carried),
        }
    }

    pub(super) fn understand(&self, work: &Work, hearing: &Hearing, body: &str) -> Parsed {
        let answering = self.answers_alarm(work, hearing);
        let place = self.is_place_answered(work, hearing);
        let read = |at| {
            self.listening(hearing, answering, |listening| {
                let then = Listening {
                    now: at,
                    ..*listening
                };
                match parse(body, &then) {
                    Parsed::Note if place => {
                        said_at_place(body, &then).map_or(Parsed::Note, Parsed::Command)
                    }
                    Parsed::Note => self.read_as_answer(work, hearing, body, &then),
                    // Of all who are out, those whom the question names.
                    Parsed::Command(Command::Roster(RosterCommand::Hold(named)))
                        if named.is_empty() =>
                    {
                        let about = hearing.about.as_ref();
                        let out = about.and_then(|about| people_of(&about.shift));
                        Parsed::Command(Command::Roster(RosterCommand::Hold(out.unwrap_or(named))))
                    }
                    parsed => parsed,
                }
            })
        };
        let now = read(hearing.said_at);
        let visit = |read: &Parsed| matches!(read, Parsed::Command(Command::Visit(_)));
        // "For an hour" counts from when the visit was logged, also where the entry is corrected later.
        match hearing.first_said.filter(|_| visit(&now)) {
            Some(first) => Some(read(first)).filter(visit).unwrap_or(now),
            None => now,
        }
    }

    /// A few words that answer a question of the bot's, and would be a note anywhere else.
    fn read_as_answer(
        &self,
        work: &Work,
        hearing: &Hearing,
        body: &str,
        listening: &Listening<'_>,
    ) -> Parsed {
        let night = hearing.about.as_ref();
        let night = night.and_then(|about| people_of(&about.shift));
        if let Some(out) = night.filter(|_| holds_them(body)) {
            return Parsed::Command(Command::Roster(RosterCommand::Hold(out)));
        }
        let entry = self.entry_replied_to(work, hearing);
        let category = entry.and_then(|_| only_category(body, listening));
        category.map_or(Parsed::Note, Parsed::Command)
    }

    /// Gives what the parser may know about the message in hand.
    pub(super) fn listening<T>(
        &self,
        hearing: &Hearing,
        answering: bool,
        read: impl FnOnce(&Listening<'_>) -> T,
    ) -> T {
        let team = &self.teams[hearing.team];
        let people: Vec<PersonName> = team
            .config
            .team
            .people
            .iter()
            .map(|p| PersonName {
                id: p.id.clone(),
                name: p.name.clone(),
                matrix: p.matrix.clone(),
            })
            .collect();
        read(&Listening {
            now: hearing.said_at,
            tz: team.config.team.tz,
            direct: hearing.direct,
            answering,
            bot_names: &self.bot.names,
            people: &people,
            reference: &team.reference,
            reference_example: &team.policy.reference.example,
            new_visits: team.policy.rules.address.is_some(),
        })
    }

    pub(super) fn answers_alarm(&self, work: &Work, hearing: &Hearing) -> bool {
        hearing.asked.thread.is_some()
            || hearing
                .about
                .as_ref()
                .is_some_and(|about| about.alarm.is_some())
            || self.is_paged(work, hearing)
    }

    /// A quiet answer to the message in hand.
    pub(super) fn say(&self, work: &mut Work, hearing: &Hearing, text: String) {
        let Asked {
            place,
            reply_to,
            thread,
        } = hearing.asked.clone();
        work.outbox.push(Outgoing {
            team: self.teams[hearing.team].config.team.name.clone(),
            place,
            priority: Priority::Answer,
            text,
            mentions: Vec::new(),
            rings: false,
            reply_to: Some(reply_to),
            thread,
            opens_thread: false,
            offers: Vec::new(),
            hide_from: Vec::new(),
            about: None,
            slot: None,
            standing: None,
            file: None,
            sealed: None,
            why: "an answer".to_owned(),
        });
    }

    /// The team as it is now: with who stands in for whom.
    pub(super) fn team_now<'a>(&'a self, work: &'a Work, team: usize) -> &'a Team {
        let roster = work.roster.as_ref().filter(|(index, _)| *index == team);
        roster.map_or(&self.teams[team].config.team, |(_, roster)| roster)
    }

    pub(super) fn words_of<'a>(&'a self, work: &'a Work, team: usize) -> Words<'a> {
        Words {
            team: self.team_now(work, team),
            now: work.now,
            example: &self.teams[team].policy.reference.example,
        }
    }
}
