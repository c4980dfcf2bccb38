//! One inbound event: who said it where, what it means, which shifts it concerns.

use super::work::{About, Asked, Work};
use super::{Desk, Result};
use crate::chat::parse::{Listening, Parsed, PersonName, parse, strip_reply_fallback};
use crate::chat::wording::{Words, bad::bad, desk as words, render};
use crate::domain::command::{Command, Extension, Target, Told};
use crate::domain::engine::Input;
use crate::domain::inbound::{Inbound, Said};
use crate::domain::notice::{Notice, Tap};
use crate::domain::outgoing::{Outgoing, Place, Priority, ReplyTo};
use crate::domain::phrase::Heard;
use crate::domain::roster::{Person, Role};
use crate::domain::shift::{Shift, Visit};
use crate::rooms::RoomKind;
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
}

/// Team by index, person, place.
type Who = (usize, Person, Place);

impl Desk {
    /// Deals with one row of the inbox; a message that cannot be dealt with holds nobody else's up.
    pub(super) async fn deal_with(&mut self, row: &InboxRow, now: DateTime<Utc>) -> Result<()> {
        let mut work = Work::new(now);
        work.done = Some(row.id);
        let mut found = self.who(&row.inbound);
        if found.len() > 1 {
            found = self.meant_team(found, row, now).await?;
        }
        let Some((team, person, place)) = found.into_iter().next() else {
            return self.commit(work).await; // strangers and other rooms: silence
        };
        self.load_team(&mut work, team).await?;
        self.load_policies(&work).await?;
        let hearing = self.hearing(team, person, place, &row.inbound).await?;
        self.now_readable(&mut work, &hearing, &row.inbound)?;
        match &row.inbound.what {
            Said::Text { body, .. } => {
                self.text(&mut work, &hearing, strip_reply_fallback(body))
                    .await?;
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
        self.commit(work).await
    }

    /// Team, person and place of an event; none for strangers and rooms that are not configured, several for
    /// somebody in several teams. Authority comes from the configuration and the room only (design, 6).
    fn who(&self, inbound: &Inbound) -> Vec<Who> {
        let mut found = Vec::new();
        if inbound.sender == self.bot.user {
            return found;
        }
        for kind in self.rooms.places_of(&inbound.room) {
            for (index, team) in self.teams.iter().enumerate() {
                let name = &team.config.team.name;
                let Some(person) = self.person(index, &inbound.sender) else {
                    continue;
                };
                let place = match &kind {
                    RoomKind::Team(of) if of == name => Place::Team,
                    RoomKind::Managers(of) if of == name => Place::Managers,
                    RoomKind::Direct(with) if *with == inbound.sender => Place::Direct {
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
    /// nothing.
    async fn meant_team(
        &mut self,
        found: Vec<Who>,
        row: &InboxRow,
        now: DateTime<Utc>,
    ) -> Result<Vec<Who>> {
        let answered = match &row.inbound.what {
            Said::Text {
                reply_to, thread, ..
            } => reply_to.iter().chain(thread).next().cloned(),
            Said::Reaction { to, .. } => Some(to.clone()),
            _ => None,
        };
        if let Some(event) = answered
            && let Some(answered) = self.store.row_of_event(&event).await?
        {
            let name = &answered.out.team;
            let of = |who: &Who| self.teams[who.0].config.team.name == *name;
            if let Some(who) = found.iter().find(|who| of(who)) {
                return Ok(vec![who.clone()]);
            }
        }
        let (mut responding, mut visiting) = (None, None);
        for who in &found {
            let mut work = Work::new(now);
            self.load_team(&mut work, who.0).await?;
            let hearing = self
                .hearing(who.0, who.1.clone(), who.2.clone(), &row.inbound)
                .await?;
            if let Said::Text { body, .. } = &row.inbound.what
                && let Parsed::Command(command) = self.understand(&work, &hearing, body)
                && self.could_answer(&work, &hearing, &command)
            {
                responding = responding.or(Some(who.clone()));
            }
            if work
                .of(&who.1.id)
                .flat_map(|shift| &shift.visits)
                .any(Visit::is_open)
            {
                visiting = visiting.or(Some(who.clone()));
            }
        }
        Ok(responding.or(visiting).map_or(found, |who| vec![who]))
    }

    async fn hearing(
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
        })
    }

    async fn about(&self, event: &str) -> Result<Option<About>> {
        let row = self.store.row_of_event(event).await?;
        Ok(row.and_then(|row| About::of(row.out.about.as_deref())))
    }

    /// Words: the code phrase first, then what they would have meant without it.
    async fn text(&mut self, work: &mut Work, hearing: &Hearing, body: &str) -> Result<()> {
        let phrases = &self.teams[hearing.team].phrases;
        let listens = hearing.asked.place != Place::Managers;
        let heard = if listens {
            phrases.hear(body)
        } else {
            Heard::Nothing
        };
        let sure = match heard {
            Heard::Nothing => return self.words(work, hearing, body, false).await,
            Heard::Possible(_) => false,
            Heard::Alarm(_) => true,
        };
        let rest = phrases.without(body);
        let phrases = phrases.clone();
        self.load_recent(work, hearing).await?;
        let kept = if matches!(phrases.hear(&rest), Heard::Nothing) {
            rest.clone()
        } else {
            String::new()
        };
        let shift = self.shift_now(work, hearing.team, &hearing.person.id);
        let input = Input::Phrase { sure, words: kept };
        self.apply(work, hearing.team, &shift, &input, None)?;
        self.words(work, hearing, &rest, true).await
    }

    /// Words without a code phrase. `carried`: they had carried one, so they are no note to show.
    async fn words(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        body: &str,
        carried: bool,
    ) -> Result<()> {
        match self.understand(work, hearing, body) {
            Parsed::Command(command) => self.command(work, hearing, command).await,
            Parsed::Bad(what) => {
                let marked = self.marked(work, hearing);
                let mut text = bad(&what);
                if let Some(visit) = self.edited_visit(work, hearing) {
                    let stays = words::edited_away(&visit, &self.words_of(hearing.team, work.now));
                    text = format!("{text}\n{stays}");
                }
                self.say(work, hearing, text);
                if marked && !carried {
                    self.mark(work, hearing, "something that I did not understand")?;
                }
                Ok(())
            }
            Parsed::Note => self.note(work, hearing, body, carried),
        }
    }

    fn understand(&self, work: &Work, hearing: &Hearing, body: &str) -> Parsed {
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
        let listening = Listening {
            now: hearing.said_at,
            tz: team.config.team.tz,
            direct: hearing.direct,
            answering: self.answers_alarm(work, hearing),
            bot_names: &self.bot.names,
            people: &people,
            reference: &team.reference,
            reference_example: &team.policy.reference.example,
        };
        parse(body, &listening)
    }

    fn answers_alarm(&self, work: &Work, hearing: &Hearing) -> bool {
        hearing.asked.thread.is_some()
            || hearing
                .about
                .as_ref()
                .is_some_and(|about| about.alarm.is_some())
            || self.paged_for(work, hearing).is_some()
    }

    /// Words that are no command: an answer in an alarm's thread, or a note in a direct chat.
    fn note(&self, work: &mut Work, hearing: &Hearing, body: &str, carried: bool) -> Result<()> {
        let by = &hearing.person.id;
        if let Some((shift, alarm)) = self.alarm_of_words(work, hearing) {
            let input = Input::Answer {
                by: by.clone(),
                alarm,
                words: body.to_owned(),
                said_at: hearing.said_at,
                shown: !hearing.direct,
            };
            self.apply(work, hearing.team, &shift, &input, None)?;
            if hearing.direct {
                self.say(work, hearing, words::kept(&alarm.to_string()));
            }
            return Ok(());
        }
        if let Some(visit) = self.edited_visit(work, hearing) {
            let text = words::edited_away(&visit, &self.words_of(hearing.team, work.now));
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
                self.mark_elsewhere(work, hearing, &shift, body)
            }
            _ => {
                self.say(work, hearing, note_answer(self, hearing, work.now));
                Ok(())
            }
        }
    }

    /// The open visit that the edited message had logged.
    fn edited_visit(&self, work: &Work, hearing: &Hearing) -> Option<Visit> {
        let shifts = work
            .shifts
            .iter()
            .map(|open| &open.shift)
            .filter(|_| hearing.edit);
        let mut visits = shifts.flat_map(|shift| &shift.visits);
        visits
            .find(|visit| visit.is_open() && visit.logged_in == hearing.event)
            .cloned()
    }

    async fn edit(
        &mut self,
        work: &mut Work,
        mut hearing: Hearing,
        row: &InboxRow,
        of: &str,
        body: &str,
    ) -> Result<()> {
        let room = &row.inbound.room;
        let original = self.store.said(room, of).await?;
        if original
            .as_ref()
            .is_some_and(|old| old.inbound.sender != row.inbound.sender)
        {
            return Ok(()); // nobody edits another's words
        }
        let latest = match self.store.edits_of(room, of).await?.pop() {
            Some(edit) => Some(edit),
            None => original,
        };
        let before = latest.and_then(|old| match old.inbound.what {
            Said::Text { body, .. } | Said::Edit { body, .. } => Some(body),
            _ => None,
        });
        let same = |old: &String| old.split_whitespace().eq(body.split_whitespace());
        if before.as_ref().is_some_and(same) {
            return Ok(()); // it counts once
        }
        hearing.event = of.to_owned();
        hearing.edit = true;
        self.take_back(work, &hearing, body)?;
        self.text(work, &hearing, strip_reply_fallback(body)).await
    }

    /// A correction: the command that the message gave before is taken back, and the new one counts. An edited
    /// visit is amended instead.
    fn take_back(&self, work: &mut Work, hearing: &Hearing, body: &str) -> Result<()> {
        let command = match self.understand(work, hearing, &strip_reply_fallback(body)) {
            Parsed::Command(command) => command,
            Parsed::Note | Parsed::Bad(_) => return Ok(()),
        };
        if self.edited_visit(work, hearing).is_some() && matches!(command, Command::Visit(_)) {
            return Ok(());
        }
        let me = &hearing.person.id;
        let gave = |shift: &&Shift| {
            shift
                .undo
                .get(me)
                .is_some_and(|undo| undo.event == hearing.event)
        };
        let shift = work
            .shifts
            .iter()
            .map(|open| &open.shift)
            .find(gave)
            .map(|s| s.id.clone());
        let Some(shift) = shift else { return Ok(()) };
        let input = Input::TapRemoved {
            by: me.clone(),
            event: hearing.event.clone(),
        };
        self.apply(work, hearing.team, &shift, &input, None)
    }

    async fn reaction(
        &mut self,
        work: &mut Work,
        mut hearing: Hearing,
        to: &str,
        key: &str,
    ) -> Result<()> {
        let Some(about) = self.about(to).await? else {
            return Ok(());
        };
        let offered = about.offers.iter().map(|(emoji, _)| emoji.as_str());
        let Some(meant) = crate::chat::wording::taps::meant(key, offered) else {
            return Ok(());
        };
        let Some((_, tap)) = about.offers.iter().find(|(emoji, _)| emoji == meant) else {
            return Ok(());
        };
        self.load_shift(work, hearing.team, &about.shift).await?;
        self.load_policies(work).await?;
        let worker = work.shift(&about.shift).map(|shift| shift.worker.clone());
        let target = Target {
            alarm: about.alarm,
            who: None,
        };
        let command = match tap {
            Tap::Done => Command::Left(Told::default()),
            Tap::Fine => Command::Ok(Told::default()),
            Tap::MoreTime => Command::Extend {
                reference: None,
                to: Extension::Minutes(30),
            },
            Tap::RingMe => Command::RingMe,
            Tap::OnIt => Command::Ack(target),
            Tap::Reached => Command::Reached {
                target,
                words: String::new(),
            },
            Tap::NoAnswer => Command::NoAnswer {
                target,
                words: String::new(),
            },
            Tap::Raise => Command::Duress(Target {
                alarm: None,
                who: worker.clone(),
            }),
        };
        let for_worker = matches!(tap, Tap::Done | Tap::Fine | Tap::MoreTime | Tap::RingMe);
        if for_worker && worker.as_ref() != Some(&hearing.person.id) {
            return Ok(());
        }
        hearing.asked.reply_to.event = to.to_owned();
        hearing.visit = about.visit;
        hearing.about = Some(about);
        self.command(work, &hearing, command).await
    }

    /// A redaction undoes nothing, but for a reaction taken away by the one who gave it: a mis-tap.
    async fn redaction(
        &mut self,
        work: &mut Work,
        mut hearing: Hearing,
        row: &InboxRow,
        of: &str,
    ) -> Result<()> {
        let Some(old) = self.store.said(&row.inbound.room, of).await? else {
            return Ok(());
        };
        let Said::Reaction { to, .. } = &old.inbound.what else {
            return Ok(());
        };
        if old.inbound.sender != row.inbound.sender {
            return Ok(());
        }
        let Some(about) = self.about(to).await? else {
            return Ok(());
        };
        hearing.asked.reply_to.event.clone_from(to);
        let input = Input::TapRemoved {
            by: hearing.person.id.clone(),
            event: of.to_owned(),
        };
        self.apply(
            work,
            hearing.team,
            &about.shift,
            &input,
            Some(&hearing.asked),
        )
    }

    fn location(&self, work: &mut Work, hearing: &Hearing, place: &str) -> Result<()> {
        match self.current_shift(work, &hearing.person.id, work.now) {
            Some(shift) => {
                let input = Input::Location {
                    place: place.to_owned(),
                    said_at: hearing.said_at,
                };
                self.apply(work, hearing.team, &shift, &input, Some(&hearing.asked))
            }
            None => {
                self.say(work, hearing, note_answer(self, hearing, work.now));
                Ok(())
            }
        }
    }

    fn unreadable(&self, work: &mut Work, hearing: &Hearing, inbound: &Inbound) -> Result<()> {
        if !hearing.person.has(Role::Worker) || hearing.asked.place == Place::Managers {
            let words = self.words_of(hearing.team, work.now);
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
    fn now_readable(&self, work: &mut Work, hearing: &Hearing, inbound: &Inbound) -> Result<()> {
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
            why: "an answer".to_owned(),
        });
    }

    /// True if what this person says is to be marked for the responders.
    pub(super) fn marked(&self, work: &Work, hearing: &Hearing) -> bool {
        work.of(&hearing.person.id)
            .any(|shift| shift.duress().is_some())
    }

    /// Shows the responders what her account did after a code phrase, where no shift was concerned.
    pub(super) fn mark(&self, work: &mut Work, hearing: &Hearing, what: &str) -> Result<()> {
        let id = work
            .of(&hearing.person.id)
            .find(|shift| shift.duress().is_some());
        let Some(id) = id.map(|shift| shift.id.clone()) else {
            return Ok(());
        };
        let input = Input::AfterPhrase {
            what: what.to_owned(),
        };
        self.apply(work, hearing.team, &id, &input, None)
    }

    pub(super) fn words_of<'a>(&'a self, team: usize, now: DateTime<Utc>) -> Words<'a> {
        Words {
            team: &self.teams[team].config.team,
            now,
            example: &self.teams[team].policy.reference.example,
        }
    }
}

/// The one answer to a note, from the one place that has it.
fn note_answer(desk: &Desk, hearing: &Hearing, now: DateTime<Utc>) -> String {
    render(&Notice::NoteTaken, &desk.words_of(hearing.team, now))
}
