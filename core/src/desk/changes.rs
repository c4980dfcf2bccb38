//! Words that are changed, reactions given and taken away.

use super::address::gave;
use super::cover::COVER_OF;
use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::parse::{Parsed, strip_reply_fallback};
use crate::domain::command::{Command, Extension, RosterCommand, Target, Told};
use crate::domain::deed::Deed;
use crate::domain::engine::Input;
use crate::domain::ids::PersonId;
use crate::domain::inbound::Said;
use crate::domain::notice::Tap;
use crate::domain::shift::{Shift, Visit};
use crate::store::InboxRow;

impl Desk {
    /// The open visit that the edited message had logged.
    pub(super) fn edited_visit(&self, work: &Work, hearing: &Hearing) -> Option<Visit> {
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

    pub(super) async fn edit(
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
        let first = original.as_ref().map(|old| old.inbound.said_at);
        let mut edits = self.own_edits(room, of, &row.inbound.sender).await?;
        let overtaken = edits.iter().any(|edit| edit.id > row.id);
        let latest = edits.pop().or(original);
        let before = latest.and_then(|old| match old.inbound.what {
            Said::Text { body, .. } | Said::Edit { body, .. } => Some(body),
            _ => None,
        });
        hearing.event = of.to_owned();
        hearing.edit = true;
        hearing.first_said = first.filter(|_| self.edited_visit(work, &hearing).is_some());
        let body = strip_reply_fallback(body);
        if overtaken {
            return self.only_phrase(work, &hearing, body).await;
        }
        if let Some(old) = before {
            if old.split_whitespace().eq(body.split_whitespace()) {
                return Ok(()); // it counts once
            }
            if self.same_command(work, &hearing, &old, body) {
                return self.only_phrase(work, &hearing, body).await;
            }
        }
        let bare = self.without_phrase(hearing.team, body);
        self.take_back(work, &hearing, &bare)?;
        self.text(work, &hearing, body).await
    }

    /// Newer words have been dealt with: of the older only a code phrase still counts, and an address stays nowhere.
    pub(super) async fn only_phrase(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        body: &str,
    ) -> Result<()> {
        let bare = self.without_phrase(hearing.team, body);
        work.forget_words |= self.may_hold_address(work, hearing, &bare);
        self.phrase(work, hearing, body).await?;
        Ok(())
    }

    /// True where both say the same command, whatever stands beside it: it counts once, and a code phrase that
    /// came or went must not show.
    fn same_command(&self, work: &Work, hearing: &Hearing, old: &str, new: &str) -> bool {
        let meant = |body: &str| {
            let bare = self.without_phrase(hearing.team, strip_reply_fallback(body));
            self.understand(work, hearing, &bare)
        };
        let new = meant(new);
        matches!(new, Parsed::Command(_)) && new == meant(old)
    }

    /// True where a command has replaced this message before its key came. A call for help is not edited away.
    pub(super) async fn is_corrected(
        &self,
        work: &Work,
        hearing: &Hearing,
        row: &InboxRow,
        body: &str,
    ) -> Result<bool> {
        let said = &row.inbound;
        let edits = self
            .own_edits(&said.room, &said.event, &said.sender)
            .await?;
        let meant = |body: &str| {
            let bare = self.without_phrase(hearing.team, strip_reply_fallback(body));
            self.understand(work, hearing, &bare)
        };
        let replaced = edits.iter().any(|edit| match &edit.inbound.what {
            Said::Edit { body, .. } => matches!(meant(body), Parsed::Command(_)),
            _ => false,
        });
        let now = meant(body);
        // What gave an address is kept nowhere in plain, so that only this tells of it.
        let sealed = !edits.is_empty() && gave(work, hearing).is_some();
        let replaced = replaced || sealed && matches!(now, Parsed::Command(_));
        Ok(replaced && !matches!(now, Parsed::Command(Command::Sos { .. })))
    }

    /// What the writer of a message has edited it to, oldest first. Another's edit is nothing.
    async fn own_edits(&self, room: &str, of: &str, sender: &str) -> Result<Vec<InboxRow>> {
        let mut edits = self.store.edits_of(room, of).await?;
        edits.retain(|edit| edit.inbound.sender == sender);
        Ok(edits)
    }

    /// A correction: the command that the message gave before is taken back, and the new one counts. An edited
    /// visit is amended instead.
    pub(super) fn take_back(&self, work: &mut Work, hearing: &Hearing, body: &str) -> Result<()> {
        let command = match self.understand(work, hearing, strip_reply_fallback(body)) {
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
        let shift = work.answered().find(gave).map(|s| s.id.clone());
        let Some(shift) = shift else { return Ok(()) };
        let input = Input::TapRemoved {
            by: me.clone(),
            event: hearing.event.clone(),
        };
        self.apply(work, hearing.team, &shift, &input, None)
    }

    pub(super) async fn reaction(
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
        if *tap == Tap::Accept {
            let who = about.shift.strip_prefix(COVER_OF).map(PersonId::from);
            let accept = Command::Roster(RosterCommand::Accept(who));
            return self.command(work, &hearing, accept).await;
        }
        if *tap == Tap::Hold {
            let workers = super::handover::people_of(&about.shift).unwrap_or_default();
            let hold = Command::Roster(RosterCommand::Hold(workers));
            hearing.asked.reply_to.event = to.to_owned();
            return self.command(work, &hearing, hold).await;
        }
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
            Tap::Home => Command::Home(Told::default()),
            Tap::Office => Command::Office(Told::default()),
            Tap::OnIt => Command::Ack(target),
            Tap::Reached => Command::Reached {
                target,
                words: String::new(),
            },
            Tap::NoAnswer => Command::NoAnswer {
                target,
                words: String::new(),
            },
            Tap::Claim => Command::Claim {
                target,
                reference: None,
            },
            Tap::NobodyThere => Command::Asked {
                target,
                reference: None,
                words: String::new(),
                never: false,
            },
            Tap::Worry => Command::Asked {
                target,
                reference: None,
                words: String::new(),
                never: true,
            },
            Tap::Approve => Command::Approve { reference: None },
            Tap::Along => Command::Along { reference: None },
            Tap::Accept | Tap::Hold => return Ok(()), // dealt with above
            Tap::Raise => Command::Duress {
                target: Target {
                    alarm: None,
                    who: worker.clone(),
                },
                words: String::new(),
            },
        };
        let for_worker = tap.is_workers();
        if for_worker && worker.as_ref() != Some(&hearing.person.id) {
            return Ok(());
        }
        hearing.asked.reply_to.event = to.to_owned();
        hearing.visit = about.visit;
        hearing.about = Some(about);
        self.command(work, &hearing, command).await
    }

    /// Somebody has deleted the message in which they said that a worker was seen: a sighting that nobody stands by makes the
    /// ladder wait (Wiltshire 3c: definite). What was said of her by others stays.
    fn sighting_redacted(&self, work: &mut Work, hearing: &mut Hearing, of: &str) -> Result<()> {
        let me = hearing.person.id.clone();
        let gave = |shift: &&Shift| {
            let last = shift.undo.get(&me).filter(|_| shift.worker != me);
            last.is_some_and(|undo| undo.event == of && matches!(undo.what, Deed::Seen { .. }))
        };
        let Some(shift) = work.answered().find(gave).map(|shift| shift.id.clone()) else {
            return Ok(());
        };
        hearing.asked.reply_to.event = of.to_owned();
        let (by, event) = (me, of.to_owned());
        let input = Input::TapRemoved { by, event };
        self.apply(work, hearing.team, &shift, &input, Some(&hearing.asked))
    }

    /// A redaction undoes nothing, but for a reaction taken away by the one who gave it, a mis-tap, for a sighting that a
    /// responder gave, and for the address of a visit, which is deleted with the message that gave it.
    pub(super) async fn redaction(
        &mut self,
        work: &mut Work,
        mut hearing: Hearing,
        row: &InboxRow,
        of: &str,
    ) -> Result<()> {
        let Some(old) = self.store.said(&row.inbound.room, of).await? else {
            return Ok(());
        };
        if old.inbound.sender != row.inbound.sender {
            return Ok(());
        }
        match &old.inbound.what {
            // It may have given an address, or an edit of it may have.
            Said::Text { .. } | Said::Unreadable { .. } => {
                self.sighting_redacted(work, &mut hearing, of)?;
                return self.address_redacted(work, &mut hearing, of).await;
            }
            Said::Edit { of: first, body } if body.is_empty() => {
                // Its words were sealed.
                let edits = self.own_edits(&old.inbound.room, first, &old.inbound.sender);
                let newest = edits.await?.last().is_some_and(|edit| edit.id == old.id);
                return match newest {
                    true => self.address_redacted(work, &mut hearing, first).await,
                    false => Ok(()), // a newer one gave it anew
                };
            }
            _ => {}
        }
        let Said::Reaction { to, .. } = &old.inbound.what else {
            return Ok(());
        };
        let Some(about) = self.about(to).await? else {
            return Ok(());
        };
        self.load_shift(work, hearing.team, &about.shift).await?;
        self.load_policies(work).await?;
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
}
