//! Code phrases in what somebody writes: who is heard, what others may see of it, what is marked.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::parse::{Parsed, Voice, voice};
use crate::chat::wording::desk as words;
use crate::domain::command::Command;
use crate::domain::deed::Deed;
use crate::domain::engine::Input;
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::phrase::Heard;
use crate::domain::roster::Role;

impl Desk {
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
        let whose = self.whose(work, hearing, body);
        if whose == Voice::Another {
            return Ok(Carries::Nothing);
        }
        // Where it can be either, the duty officer is asked.
        let sure = sure && whose == Voice::Own;
        let rest = phrases.without(body);
        if !hearing.person.has(Role::Worker) && !self.is_out(work, hearing) {
            return Ok(match sure {
                true => Carries::Report { rest },
                false => Carries::Nothing,
            });
        }
        // An address beside it is kept encrypted, and nowhere else.
        let kept = match self.holds_address(work, hearing, &rest) {
            true => String::new(),
            false => self.without_phrase(hearing.team, body),
        };
        self.load_recent(work, hearing).await?;
        let shift = self.shift_for_secret(work, hearing.team, &hearing.person.id);
        let input = Input::Phrase {
            sure,
            words: kept,
            said_at: Some(hearing.said_at),
        };
        self.apply(work, hearing.team, &shift, &input, None)?;
        Ok(Carries::Call { rest })
    }

    /// Whose call it is. A responder's word about a colleague may quote the phrase, and calls nobody to the responder: in a
    /// command, in answer to a page, or in free words that tell of that colleague. Somebody who is on a visit is heard for
    /// herself, but for a command that names the other.
    fn whose(&self, work: &Work, hearing: &Hearing, body: &str) -> Voice {
        let me = &hearing.person.id;
        if let Parsed::Command(command) = self.understand(work, hearing, body)
            && let Some(target) = command.target()
        {
            let another = target.who.as_ref().is_some_and(|who| who != me);
            return match another || self.could_answer(work, hearing, &command) {
                true => Voice::Another,
                false => Voice::Own,
            };
        }
        let out = work.of(me).flat_map(|shift| &shift.visits);
        let out = out.into_iter().any(|visit| visit.is_on(work.now));
        let Some((shift, _)) = self.alarm_of_words(work, hearing).filter(|_| !out) else {
            return Voice::Own;
        };
        let about = hearing.about.as_ref();
        let answers = about.is_some_and(|about| about.alarm.is_some());
        let visits = hearing.person.has(Role::Worker) || self.is_out(work, hearing);
        if answers || hearing.asked.thread.is_some() || !visits {
            return Voice::Another;
        }
        // They may be out and have logged nothing: their own voice is theirs, also where a colleague's alarm waits for them.
        let without = self.teams[hearing.team].phrases.without(body);
        let colleague = work.shift(&shift).map(|shift| shift.worker.clone());
        self.listening(hearing, false, |listening| {
            let mut people = listening.people.iter();
            let colleague = people.find(|person| Some(&person.id) == colleague.as_ref());
            colleague.map_or(Voice::Another, |colleague| voice(&without, colleague))
        })
    }

    /// On a visit now, of their own or a colleague's, whatever their roles say.
    fn is_out(&self, work: &Work, hearing: &Hearing) -> bool {
        let me = &hearing.person.id;
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let mut visits = shifts.flat_map(|shift| {
            let own = shift.worker == *me;
            shift
                .visits
                .iter()
                .filter(move |visit| own || visit.with.contains(me))
        });
        visits.any(|visit| visit.is_open())
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

    /// A responder may quote the code phrase; the bot never shows it to anybody (design, invariant 5).
    pub(super) fn masked(&self, team: usize, mut command: Command) -> Command {
        if let Command::Reached { words, .. }
        | Command::NoAnswer { words, .. }
        | Command::Seen { words, .. }
        | Command::Asked { words, .. }
        | Command::Worry { words, .. }
        | Command::Police { log: words, .. }
        | Command::StandDown { reason: words, .. } = &mut command
        {
            *words = self.masked_words(team, words);
        }
        command
    }

    /// Words of a responder's, with […] where they quoted the phrase.
    pub(super) fn masked_words(&self, team: usize, words: &str) -> String {
        let phrases = &self.teams[team].phrases;
        match phrases.hear(words) {
            Heard::Nothing => words.to_owned(),
            _ => format!("{} […]", self.without_phrase(team, words))
                .trim()
                .to_owned(),
        }
    }
}

/// What a code phrase in somebody's words comes to, and the words without it.
pub(super) enum Carries {
    /// There is none, or it is a colleague's that is told of.
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
