//! An address that she takes back: by `/address LCS1234 clear`, with the message that gave it, by an edit, or with `/undo`.

use super::address::{OfVisit, named, notes};
use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::parse::{Listening, Parsed, may_hold_address};
use crate::chat::wording::address as words;
use crate::domain::command::{AddressWord, Command};
use crate::domain::deed::Deed;
use crate::domain::ids::PersonId;
use crate::domain::policy::AddressRule;
use crate::domain::shift::{AddressNote, Shift};
use chrono::{DateTime, Duration, Utc};

/// For how long giving an address can be taken back with `/undo`, as a command.
const UNDO_WINDOW: Duration = Duration::minutes(5);
/// How far back the visit of a message is looked for that gave an address.
const LONGEST_KEPT: Duration = Duration::days(AddressRule::MOST_DAYS as i64 + 60);

impl Desk {
    /// `/address LCS1234 clear`, of a visit that is over as well.
    pub(super) async fn clear_address(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        reference: Option<String>,
    ) -> Result<()> {
        let me = &hearing.person.id;
        let since = work.now - LONGEST_KEPT;
        self.load_closed_since(work, hearing.team, since, Some(me))
            .await?;
        self.load_policies(work).await?;
        let given = all_notes(work, me).filter(|(shift, note)| {
            let visit = shift.visit(note.visit);
            let meant = visit.is_some_and(|visit| named(visit, reference.as_deref()));
            meant && note.hers.is_some()
        });
        let last = given.max_by_key(|(_, note)| note.hers.as_ref().map(|gave| gave.at));
        let Some((shift, note)) = last else {
            let text = words::not_asked(None, &self.words_of(work, hearing.team));
            self.say(work, hearing, text);
            return self.mark_if_secret(work, hearing, Deed::FitsNoVisit);
        };
        let (shift, visit) = (shift.id.clone(), note.visit);
        self.tell_shift(work, hearing, &shift, visit, None)
    }

    /// The message that gave an address was deleted: so is the address.
    pub(super) async fn address_redacted(
        &mut self,
        work: &mut Work,
        hearing: &mut Hearing,
        event: &str,
    ) -> Result<()> {
        let me = hearing.person.id.clone();
        let since = work.now - LONGEST_KEPT;
        self.load_closed_since(work, hearing.team, since, Some(&me))
            .await?;
        self.load_policies(work).await?;
        let gave = |note: &AddressNote| note.hers.as_ref().is_some_and(|gave| gave.event == event);
        let found = all_notes(work, &me).find(|(_, note)| gave(note));
        let Some((shift, visit)) = found.map(|(shift, note)| (shift.id.clone(), note.visit)) else {
            return Ok(());
        };
        hearing.asked.reply_to.event = event.to_owned();
        self.tell_shift(work, hearing, &shift, visit, None)
    }

    /// The message that gave an address was edited, and `what` came of it: an address that no message of hers gives any more
    /// is deleted. Words with a mistake change nothing.
    pub(super) async fn address_edited(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        what: &Parsed,
    ) -> Result<()> {
        let stays = match what {
            Parsed::Bad(_) => true,
            Parsed::Command(Command::Address { what, .. }) => match what {
                AddressWord::Clear => true,                     // it has done so itself
                AddressWord::Give(_) => work.sealed.is_empty(), // refused
                AddressWord::Ask => false,
            },
            Parsed::Command(_) | Parsed::Note => false,
        };
        if stays {
            return Ok(());
        }
        let me = hearing.person.id.clone();
        let since = work.now - LONGEST_KEPT;
        self.load_closed_since(work, hearing.team, since, Some(&me))
            .await?;
        self.load_policies(work).await?;
        let anew = |shift: &Shift, note: &AddressNote| {
            let mut sealed = work.sealed.iter();
            sealed.any(|new| new.shift == shift.id && new.visit == note.visit)
        };
        let old = all_notes(work, &me).filter(|(shift, note)| {
            let gave = note.hers.as_ref();
            gave.is_some_and(|gave| gave.event == hearing.event) && !anew(shift, note)
        });
        let old: Vec<OfVisit> = old
            .map(|(shift, note)| (shift.id.clone(), note.visit))
            .collect();
        for (shift, visit) in old {
            self.tell_shift(work, hearing, &shift, visit, None)?;
        }
        Ok(())
    }

    /// True for words that nobody deals with, and that may hold an address: they are not kept in plain.
    pub(super) fn may_hold_address(&self, work: &Work, hearing: &Hearing, body: &str) -> bool {
        let asks = self.teams[hearing.team].policy.rules.address.is_some();
        match self.understand(work, hearing, body) {
            Parsed::Command(command) => matches!(command, Command::Address { .. }),
            Parsed::Bad(bad) if bad.may_be_address() => true,
            Parsed::Bad(_) | Parsed::Note => {
                let may = |ears: &Listening<'_>| may_hold_address(body, ears);
                hearing.direct && asks && self.listening(hearing, false, may)
            }
        }
    }

    /// The address that she gave last, if it is what `/undo` takes back: nothing that she did since can be.
    pub(super) fn address_to_undo(
        &self,
        work: &Work,
        me: &PersonId,
        before: Option<DateTime<Utc>>,
    ) -> Option<OfVisit> {
        let recent = notes(work, me).filter_map(|(shift, note)| {
            let at = note.hers.as_ref()?.at;
            let fits = work.now - at <= UNDO_WINDOW && before.is_none_or(|before| before <= at);
            fits.then(|| (at, shift.id.clone(), note.visit))
        });
        let last = recent.max_by_key(|(at, _, _)| *at);
        last.map(|(_, shift, visit)| (shift, visit))
    }

    /// Takes it back.
    pub(super) fn undo_address(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        of: &OfVisit,
    ) -> Result<()> {
        self.tell_shift(work, hearing, &of.0, of.1, None)
    }
}

/// The same, with those of shifts that have closed.
fn all_notes<'a>(
    work: &'a Work,
    me: &'a PersonId,
) -> impl Iterator<Item = (&'a Shift, &'a AddressNote)> {
    let shifts = work.shifts.iter().map(|open| &open.shift);
    let mine = shifts.filter(|shift| shift.worker == *me);
    mine.flat_map(|shift| shift.addresses.iter().map(move |note| (shift, note)))
}
