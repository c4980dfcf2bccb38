//! The address of a visit (Rotherham 2, Al-Hasaniya): heard in her direct chat only, sealed at once, and forgotten here.
//!
//! The words go from the message into an encrypted row, and nowhere else: not into a command that is journalled, not into
//! the shift. What the inbox kept of the message is emptied in the same transaction.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::bad::Why;
use crate::chat::parse::{AddressAs, Parsed, reads_as_address};
use crate::chat::wording::{address as words, render};
use crate::domain::command::{AddressWord, Command};
use crate::domain::deed::Deed;
use crate::domain::engine::Input;
use crate::domain::ids::PersonId;
use crate::domain::notice::Notice;
use crate::domain::shift::{AddressNote, NEW, Shift, Visit, is_new};
use crate::store::Secret;

/// A visit of a shift.
pub(super) type OfVisit = (String, u32);

impl Desk {
    /// `/address`: gives, deletes, or asks what is known.
    pub(super) async fn address(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        reference: Option<String>,
        what: AddressWord,
    ) -> Result<()> {
        work.forget_words = true;
        match what {
            AddressWord::Ask => {
                let mine = self.asked_of(work, &hearing.person.id);
                let text = words::status(&mine, &self.words_of(work, hearing.team));
                self.say(work, hearing, text);
                self.mark_if_secret(work, hearing, Deed::AskedForList)
            }
            AddressWord::Clear => self.clear_address(work, hearing, reference).await,
            AddressWord::Give(given) => {
                match self.address_target(work, hearing, reference.as_deref()) {
                    Ok((shift, visit)) => {
                        self.keep_address(work, hearing, &shift, visit, &given)
                            .await
                    }
                    Err(text) => {
                        self.say(work, hearing, text);
                        self.mark_if_secret(work, hearing, Deed::FitsNoVisit)
                    }
                }
            }
        }
    }

    /// The visit whose address these words are, without a command: a reply to the question, a corrected answer, or the
    /// next words that look like one. Everything else stays what it was: a note has to reach people.
    pub(super) fn address_answer(
        &self,
        work: &Work,
        hearing: &Hearing,
        parsed: &Parsed,
        body: &str,
    ) -> Option<OfVisit> {
        let free = match parsed {
            Parsed::Note => true,
            Parsed::Bad(bad) => {
                bad.why == Why::Personal && !body.trim_start().starts_with(['/', '!'])
            }
            Parsed::Command(_) => false,
        };
        if !hearing.direct || !free {
            return None;
        }
        let me = &hearing.person.id;
        let on = self.is_on_a_visit(work, hearing);
        let reads = |how| self.listening(hearing, false, |ears| reads_as_address(body, how, ears));
        if let Some((shift, visit)) = gave(work, hearing) {
            // What is older than an edit of it is dropped: it can be read more freely.
            let how = if on && hearing.edit {
                AddressAs::Certain
            } else {
                AddressAs::Answer
            };
            return reads(how).then_some((shift, visit));
        }
        if let Some(about) = &hearing.about {
            let visit = about.visit.filter(|_| about.address)?;
            let note = work
                .shift(&about.shift)
                .and_then(|shift| shift.address(visit));
            let kept = note.is_some_and(|note| note.hers.is_some());
            let how = if on || kept {
                AddressAs::Certain
            } else {
                AddressAs::Answer
            };
            return reads(how).then(|| (about.shift.clone(), visit));
        }
        let alone = hearing.asked.thread.is_none() && *parsed == Parsed::Note;
        if on || !alone || !reads(AddressAs::Alone) {
            return None;
        }
        let waits = notes(work, me).filter(|(shift, note)| {
            let open = shift.visit(note.visit).is_some_and(Visit::is_open);
            open && note.waits(hearing.said_at)
        });
        // Several questions are answered in the order of the visits; the answer names the visit, and the one that is next.
        let begins = |(shift, note): &(&Shift, &AddressNote)| {
            let visit = shift.visit(note.visit);
            (visit.map(|visit| visit.start), note.visit)
        };
        let first = waits.min_by_key(begins);
        first.map(|(shift, note)| (shift.id.clone(), note.visit))
    }

    /// On a visit, her own or a colleague's: her words may be some that somebody has to hear. Known by visits alone.
    fn is_on_a_visit(&self, work: &Work, hearing: &Hearing) -> bool {
        let me = &hearing.person.id;
        let at = work.now.max(hearing.said_at);
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let mut visits = shifts.flat_map(|shift| {
            let own = shift.worker == *me;
            let visits = shift.visits.iter();
            visits.filter(move |visit| own || visit.with.contains(me))
        });
        visits.any(|visit| visit.is_on(at))
    }

    /// True for words that are dealt with as an address: they are kept nowhere else, whatever stands beside them.
    pub(super) fn holds_address(&self, work: &Work, hearing: &Hearing, body: &str) -> bool {
        match self.understand(work, hearing, body) {
            Parsed::Command(Command::Address { .. }) => true,
            Parsed::Bad(bad) if bad.may_be_address() => true,
            parsed => self.address_answer(work, hearing, &parsed, body).is_some(),
        }
    }

    /// Seals the words and tells the shift that they were given.
    pub(super) async fn keep_address(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        shift: &str,
        visit: u32,
        given: &str,
    ) -> Result<()> {
        work.forget_words = true;
        let found = work
            .shift(shift)
            .filter(|shift| shift.worker == hearing.person.id);
        let found = found.and_then(|shift| Some((shift.visit(visit)?, shift.address(visit)?)));
        let Some((of, note)) = found.map(|(of, note)| (of.clone(), note.clone())) else {
            let text = words::not_asked(None, &self.words_of(work, hearing.team));
            self.say(work, hearing, text);
            return self.mark_if_secret(work, hearing, Deed::FitsNoVisit);
        };
        let newer = note
            .hers
            .as_ref()
            .is_some_and(|gave| gave.event == hearing.event);
        if newer && !hearing.edit {
            return Ok(()); // its key came late, and what it was edited to has been kept
        }
        let spoken = self.words_of(work, hearing.team);
        let refused = if !of.is_open() {
            Some(words::too_late(&of, &spoken))
        } else if !self.store.seals() {
            tracing::error!("an address cannot be kept: there is no key for it");
            Some(words::cannot_keep(&of, &spoken))
        } else {
            None
        };
        if let Some(text) = refused {
            self.say(work, hearing, text);
            return self.mark_if_secret(work, hearing, Deed::FitsNoVisit);
        }
        let row = self.store.reserve_sealed().await?;
        work.sealed.push(Secret {
            row,
            team: self.teams[hearing.team].config.team.name.clone(),
            shift: shift.to_owned(),
            visit,
            words: self.without_phrase(hearing.team, given).trim().to_owned(),
            delete_after: note.ends_at(&of),
        });
        self.tell_shift(work, hearing, shift, visit, Some(row))
    }

    pub(super) fn tell_shift(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        shift: &str,
        visit: u32,
        row: Option<i64>,
    ) -> Result<()> {
        let input = Input::Address {
            visit,
            row,
            said_at: hearing.said_at,
            event: hearing.event.clone(),
            doubtful: self.marked(work, hearing),
        };
        self.apply(work, hearing.team, shift, &input, Some(&hearing.asked))
    }

    /// The visit that `/address` means, or what to say instead.
    fn address_target(
        &self,
        work: &Work,
        hearing: &Hearing,
        reference: Option<&str>,
    ) -> std::result::Result<OfVisit, String> {
        let me = &hearing.person.id;
        let spoken = self.words_of(work, hearing.team);
        let replied = hearing.about.as_ref().filter(|about| about.address);
        if let (None, Some(about)) = (reference, replied)
            && let Some(visit) = about.visit
        {
            return Ok((about.shift.clone(), visit));
        }
        if let (None, Some(same)) = (reference, gave(work, hearing)) {
            return Ok(same); // an edit of what gave it
        }
        let open = notes(work, me).filter(|(shift, note)| {
            let visit = shift.visit(note.visit);
            visit.is_some_and(|visit| visit.is_open() && (named(visit, reference)))
        });
        let mut open: Vec<_> = open.collect();
        let waiting = open.iter().filter(|(_, note)| note.hers.is_none());
        if reference.is_none() && waiting.clone().count() == 1 {
            open.retain(|(_, note)| note.hers.is_none());
        }
        let exact = |(shift, note): &(&Shift, &AddressNote)| {
            let visit = shift.visit(note.visit);
            visit.is_some_and(|visit| Some(visit.reference.as_str()) == reference)
        };
        if open.iter().any(exact) {
            open.retain(exact);
            open.sort_by_key(|(shift, note)| shift.visit(note.visit).map(|visit| visit.start));
            open.truncate(1);
        }
        match open.as_slice() {
            [(shift, note)] => Ok((shift.id.clone(), note.visit)),
            [] => {
                let mut visits = work.of(me).flat_map(|shift| &shift.visits);
                let unasked = visits.find(|visit| visit.is_open() && named(visit, reference));
                Err(words::not_asked(
                    unasked.filter(|_| reference.is_some()),
                    &spoken,
                ))
            }
            several => {
                let visits = several
                    .iter()
                    .filter_map(|(shift, note)| shift.visit(note.visit));
                let which = Notice::Which {
                    verb: "/address".to_owned(),
                    visits: visits.cloned().collect(),
                };
                Err(render(&which, &spoken))
            }
        }
    }

    /// Her visits whose address is asked for, the open ones.
    fn asked_of(&self, work: &Work, me: &PersonId) -> Vec<(Visit, AddressNote)> {
        let found = notes(work, me).filter_map(|(shift, note)| {
            let visit = shift.visit(note.visit).filter(|visit| visit.is_open())?;
            Some((visit.clone(), note.clone()))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_by_key(|(visit, _)| visit.start);
        found
    }
}

/// `NEW` stands for `NEW2` as well, where no visit is called just that.
pub(super) fn named(visit: &Visit, reference: Option<&str>) -> bool {
    reference.is_none_or(|name| visit.reference == name || name == NEW && is_new(&visit.reference))
}

/// The visit whose address this message gave, or the one that it edits.
pub(super) fn gave(work: &Work, hearing: &Hearing) -> Option<OfVisit> {
    let this = |note: &AddressNote| {
        let gave = note.hers.as_ref();
        gave.is_some_and(|gave| gave.event == hearing.event)
    };
    let found = notes(work, &hearing.person.id).find(|(_, note)| this(note));
    found.map(|(shift, note)| (shift.id.clone(), note.visit))
}

/// What is known of the addresses of her visits; of a shift that only a secret call keeps open as little as on a day on
/// which it has closed.
pub(super) fn notes<'a>(
    work: &'a Work,
    me: &'a PersonId,
) -> impl Iterator<Item = (&'a Shift, &'a AddressNote)> {
    let awake = work.of(me).filter(|shift| !shift.sleeps(work.now));
    awake.flat_map(|shift| shift.addresses.iter().map(move |note| (shift, note)))
}
