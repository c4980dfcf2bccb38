//! The address of a visit: asking her for it, and where it stands on a page. Her phone shows nothing but that she is asked.

use super::{Words, said};
use crate::domain::notice::{Card, Notice};
use crate::domain::outgoing::Unsealed;
use crate::domain::shift::{AddressNote, Visit, is_new};

/// Where the words of an encrypted row go into a text, when it is sent.
const PLACE: char = '\u{E0AD}';

/// The text, if the notice is one about an address.
pub(super) fn render(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::AskAddress {
            visit,
            keep_days,
            again,
        } => ask(visit, *keep_days, *again, words),
        Notice::AddressKept {
            visit,
            keep_days,
            before,
            next,
        } => {
            let next = next.as_ref().map_or(String::new(), |visit| {
                format!("\nStill missing: {}.", words.brief(visit))
            });
            let instead = if *before {
                " now, in place of the one before"
            } else {
                ""
            };
            format!(
                "Thank you. I have the address of {}{instead}. {}.{next}",
                words.brief(visit),
                kept(*keep_days)
            )
        }
        Notice::AddressCleared { visit } => {
            format!("Taken back: the address of {}.", words.brief(visit))
        }
        Notice::AddressNone { visit } => format!(
            "I have no address of {} from you, so nothing is changed.",
            words.brief(visit)
        ),
        Notice::AddressCame {
            number,
            worker,
            visit,
            sealed,
            doubtful,
        } => {
            let at = words.time(sealed.at);
            let doubt = if *doubtful {
                ", sent after the code phrase, do not rely on it"
            } else {
                ""
            };
            format!(
                "{number}: address of {} for {}, at {at}{doubt}: {PLACE}",
                words.brief(visit),
                words.first(worker)
            )
        }
        _ => return None,
    })
}

fn ask(visit: &Visit, keep_days: u32, again: bool, words: &Words<'_>) -> String {
    let what = if is_new(&visit.reference) {
        "name and address"
    } else {
        "the address"
    };
    let visit = words.brief(visit);
    match again {
        true => format!(
            "{visit}: I do not have {what} yet. If you can, send that as a reply to this message."
        ),
        false => format!(
            "{visit}: {what}, please? Reply to this message. {}.",
            kept(keep_days)
        ),
    }
}

/// `7 days`.
pub(super) fn days(count: u32) -> String {
    match count {
        1 => "1 day".to_owned(),
        count => format!("{count} days"),
    }
}

fn kept(keep_days: u32) -> String {
    let days = days(keep_days);
    format!(
        "It is kept encrypted, shown only to those who look for you if you cannot be reached, and deleted {days} after the visit"
    )
}

/// What a page says about the address of its visit; nothing where none is asked for.
pub(super) fn on_page(card: &Card, words: &Words<'_>) -> Option<String> {
    let (note, visit) = (card.address.as_ref()?, card.visit.as_ref()?);
    let name = words.first(&card.worker);
    Some(match (note.kept, note.doubtful) {
        (Some(kept), _) => format!(
            "Address, as {name} gave it at {}: {PLACE}",
            words.moment(kept.at)
        ),
        (None, Some(doubtful)) => format!(
            "Address, sent at {} after the code phrase, do not rely on it: {PLACE}",
            words.moment(doubtful.at)
        ),
        (None, None) => not_given(note, visit, name, words),
    })
}

fn not_given(note: &AddressNote, visit: &Visit, name: &str, words: &Words<'_>) -> String {
    let elsewhere = if is_new(&visit.reference) {
        "Look in the diary, and ask whoever arranged the visit"
    } else {
        "Look in the case system under the reference"
    };
    format!(
        "Address: {name} was asked for it at {} and has given none. {elsewhere}.",
        words.moment(note.asked_at)
    )
}

/// Where the address of a visit is to be found, besides what was given.
pub(super) fn whereabouts(visit: &Visit) -> &'static str {
    if is_new(&visit.reference) {
        "It is not on the case system yet."
    } else {
        "The address is in the case system under the reference."
    }
}

/// What the escalation record says: that it was given, never the address.
pub(super) fn on_record(note: &AddressNote, words: &Words<'_>) -> String {
    match (note.kept, note.doubtful) {
        (Some(kept), _) => format!(
            "was given at {}, and is not shown here",
            words.day_and_time(kept.at)
        ),
        (None, Some(doubtful)) => format!(
            "was given after the code phrase, at {}, and is not shown here",
            words.day_and_time(doubtful.at)
        ),
        (None, None) => format!(
            "was asked for at {} and not given",
            words.day_and_time(note.asked_at)
        ),
    }
}

/// The text of a message at the moment of sending, with the words of the encrypted row in their place.
pub fn fill(text: &str, words: &Unsealed) -> String {
    let words = match words {
        Unsealed::Words(words) => said(words),
        Unsealed::Deleted => "it has been deleted".to_owned(),
        Unsealed::Unreadable => {
            "it was given, but I cannot read it: the key that it is kept with is missing. Look in the diary, and ask whoever \
             arranged the visit"
                .to_owned()
        }
    };
    text.replacen(PLACE, &words, 1)
}

/// The visits whose address is asked for, and whether it was given.
pub fn status(visits: &[(Visit, AddressNote)], words: &Words<'_>) -> String {
    let line = |(visit, note): &(Visit, AddressNote)| {
        let visit = words.brief(visit);
        match &note.hers {
            Some(gave) => format!("{visit}: given at {}", words.moment(gave.at)),
            None => format!("{visit}: not given yet"),
        }
    };
    match visits {
        [] => not_asked(None, words),
        visits => visits.iter().map(line).collect::<Vec<_>>().join("\n"),
    }
}

/// Nobody asks for it, so it is not kept.
pub fn not_asked(visit: Option<&Visit>, words: &Words<'_>) -> String {
    match visit {
        Some(visit) => format!(
            "The address of {} is not asked for: it is in the case system under the reference. Please delete your message; I \
             have not kept it.",
            words.brief(visit)
        ),
        None => "You have no open visit whose address is asked for, so nothing is kept. If you sent one, please delete your \
                 message. Your visits: /mine"
            .to_owned(),
    }
}

/// The visit is over.
pub fn too_late(visit: &Visit, words: &Words<'_>) -> String {
    format!(
        "{} is over, so its address is not needed any more, and I have not kept it. Please delete your message.",
        words.brief(visit)
    )
}

/// Without its key nothing can be encrypted.
pub fn cannot_keep(visit: &Visit, words: &Words<'_>) -> String {
    format!(
        "I cannot keep addresses just now, so I have not kept that of {}. Please put it into the diary, or give it to your \
         manager.",
        words.brief(visit)
    )
}
