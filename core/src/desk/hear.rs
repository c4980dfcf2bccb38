//! One inbound event: who said it where, what it means, which shifts it concerns.

use super::work::{About, Asked, Work};
use super::{Desk, Result};
use crate::chat::parse::{Listening, Parsed, PersonName, parse, strip_reply_fallback};
use crate::chat::wording::{Words, bad::bad, desk as words, render};
use crate::domain::deed::Deed;
use crate::domain::engine::Input;
use crate::domain::inbound::{Inbound, Said};
use crate::domain::notice::Notice;
use crate::domain::outgoing::{Outgoing, Place, Priority, ReplyTo};
use crate::domain::phrase::Heard;
use crate::domain::roster::{Person, Role};
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

/// What a code phrase in somebody's words comes to, and the words without it.
pub(super) enum Carries {
    /// There is none, or it is a colleague's that is told of in an answer.
    Nothing,
    /// A call for help by whoever wrote it; it has been raised.
    Call {
        /// What the message would have been without it.
        rest: String,
    },
    /// Somebody who makes no visits tells of one.
    Report {
        /// What the message would have been without it.
        rest: String,
    },
}

/// Team by index, person, place.
pub(super) type Who = (usize, Person, Place);

impl Desk {
    /// Deals with one row of the inbox; a message that cannot be dealt with holds nobody else's up.
    pub(super) async fn deal_with(&mut self, row: &InboxRow, now: DateTime<Utc>) -> Result<()> {
        let mut work = Work::new(now);
        work.done = Some(row.as_read());
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
                let body = strip_reply_fallback(body);
                if self.is_corrected(row).await? {
                    // The newer words have been dealt with: of the older only a code phrase still counts.
                    self.phrase(&mut work, &hearing, body).await?;
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
        })
    }

    pub(super) async fn about(&self, event: &str) -> Result<Option<About>> {
        let row = self.store.row_of_event(event).await?;
        Ok(row.and_then(|row| About::of(row.out.about.as_deref())))
    }

    /// Words: the code phrase first, then what they would have meant without it.
    pub(super) async fn text(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        body: &str,
    ) -> Result<()> {
        match self.phrase(work, hearing, body).await? {
            Carries::Nothing => self.words(work, hearing, body, false).await,
            Carries::Report { rest } => self.reported(work, hearing, &rest).await,
            Carries::Call { rest } => {
                self.words(work, hearing, &rest, true).await?;
                answer_first(work, hearing);
                Ok(())
            }
        }
    }

    /// Listens for a code phrase, and raises the call that it is.
    pub(super) async fn phrase(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        body: &str,
    ) -> Result<Carries> {
        let phrases = &self.teams[hearing.team].phrases;
        let listens = hearing.asked.place != Place::Managers;
        let heard = if listens {
            phrases.hear(body)
        } else {
            Heard::Nothing
        };
        let sure = match heard {
            Heard::Nothing => return Ok(Carries::Nothing),
            Heard::Possible(_) => false,
            Heard::Alarm(_) => true,
        };
        if self.tells_of_another(work, hearing, body) {
            return Ok(Carries::Nothing);
        }
        let rest = phrases.without(body);
        if !hearing.person.has(Role::Worker) {
            return Ok(match sure {
                true => Carries::Report { rest },
                false => Carries::Nothing,
            });
        }
        let kept = self.without_phrase(hearing.team, body);
        self.load_recent(work, hearing).await?;
        let shift = self.shift_for_secret(work, hearing.team, &hearing.person.id);
        let input = Input::Phrase { sure, words: kept };
        self.apply(work, hearing.team, &shift, &input, None)?;
        Ok(Carries::Call { rest })
    }

    /// True for a responder's word about a colleague: it may quote the phrase, and calls nobody to the responder.
    /// Somebody who is on a visit is heard for herself, but for a command that names the other.
    fn tells_of_another(&self, work: &Work, hearing: &Hearing, body: &str) -> bool {
        let me = &hearing.person.id;
        if let Parsed::Command(command) = self.understand(work, hearing, body)
            && let Some(target) = command.target()
        {
            let another = target.who.as_ref().is_some_and(|who| who != me);
            return another || self.could_answer(work, hearing, &command);
        }
        let out = work.of(me).flat_map(|shift| &shift.visits);
        let out = out.into_iter().any(|visit| visit.is_on(work.now));
        !out && self.alarm_of_words(work, hearing).is_some()
    }

    /// Somebody who makes no visits wrote a code phrase: most likely a colleague said it to them.
    async fn reported(&mut self, work: &mut Work, hearing: &Hearing, rest: &str) -> Result<()> {
        if let Parsed::Command(command) = self.understand(work, hearing, rest) {
            return self.command(work, hearing, command).await;
        }
        self.discreetly_say(work, hearing, words::for_whom());
        Ok(())
    }

    /// What others may see of words that carry a code phrase.
    pub(super) fn without_phrase(&self, team: usize, body: &str) -> String {
        let phrases = &self.teams[team].phrases;
        match phrases.hear(body) {
            Heard::Nothing => body.to_owned(),
            _ => {
                let rest = phrases.without(body);
                match phrases.hear(&rest) {
                    Heard::Nothing => rest,
                    _ => String::new(),
                }
            }
        }
    }

    /// Words without a code phrase. `carried`: they had carried one, so they are no note to show.
    pub(super) async fn words(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        body: &str,
        carried: bool,
    ) -> Result<()> {
        match self.understand(work, hearing, body) {
            Parsed::Command(command) => self.command(work, hearing, command).await,
            Parsed::Bad(mut what) => {
                let marked = self.marked(work, hearing);
                // A line to send may hold a responder's words, who quotes the phrase: it is never shown.
                let phrases = &self.teams[hearing.team].phrases;
                let shown = what.fix.map(|line| phrases.without(&line));
                what.fix = shown.filter(|line| !line.is_empty());
                let mut text = bad(&what);
                if let Some(visit) = self.edited_visit(work, hearing) {
                    let stays = words::edited_away(&visit, &self.words_of(hearing.team, work.now));
                    text = format!("{text}\n{stays}");
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

    pub(super) fn answers_alarm(&self, work: &Work, hearing: &Hearing) -> bool {
        hearing.asked.thread.is_some()
            || hearing
                .about
                .as_ref()
                .is_some_and(|about| about.alarm.is_some())
            || self.paged_for(work, hearing).is_some()
    }

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
                let words = body.to_owned();
                self.mark_elsewhere(work, hearing, &shift, Deed::Wrote { words })
            }
            _ => {
                self.say(work, hearing, note_answer(self, hearing, work.now));
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
                self.say(work, hearing, note_answer(self, hearing, work.now));
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

    pub(super) fn mark_if_secret(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        what: Deed,
    ) -> Result<()> {
        match self.marked(work, hearing) {
            true => self.mark(work, hearing, what),
            false => Ok(()),
        }
    }

    /// Shows the responders what her account did after a code phrase, where no shift was concerned.
    pub(super) fn mark(&self, work: &mut Work, hearing: &Hearing, what: Deed) -> Result<()> {
        let id = work
            .of(&hearing.person.id)
            .find(|shift| shift.duress().is_some());
        let Some(id) = id.map(|shift| shift.id.clone()) else {
            return Ok(());
        };
        let input = Input::AfterPhrase { what };
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

/// Her own answer goes out before the pages: waiting behind them it would come later than on an innocent day.
fn answer_first(work: &mut Work, hearing: &Hearing) {
    let hers = |row: &Outgoing| {
        let answers = row.reply_to.as_ref() == Some(&hearing.asked.reply_to);
        answers
            || row.place
                == Place::Direct {
                    person: hearing.person.id.clone(),
                }
    };
    for row in work.outbox.iter_mut().filter(|row| hers(row)) {
        row.priority = Priority::Duress;
    }
    work.outbox.sort_by_key(|row| !hers(row));
}
