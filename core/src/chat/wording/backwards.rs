//! Working backwards: where to ask, in words that give nothing away, and what was said there.

use super::pages::next_step;
use super::{Words, said};
use crate::domain::deed::Deed;
use crate::domain::inquiry::{Found, Worry};
use crate::domain::notice::{AskedPlace, Notice, PlaceToAsk};
use crate::domain::shift::Visit;

/// The text, if the notice is about working backwards.
pub fn render(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::AskThere(place) => ask_there(place, words),
        Notice::DoNotRing { number } => format!(
            "{number} is a call for help. Do not ring there: others may be listening. Call 999. Then send: /police {number} \
             and the log number"
        ),
        Notice::PlaceClaimed {
            number,
            worker,
            visit,
        } => {
            let place = &visit.reference;
            format!(
                "{number}: {} is yours. {} Then tell me, here or in reply:\n/asked {place} and what they said\nSeen for \
                 certain: /seen @{worker} 14:20 and by whom\nNever arrived: /asked {place} never arrived",
                words.brief(visit),
                read_out(words.first(worker))
            )
        }
        Notice::PlaceTaken {
            number,
            visit,
            claim,
            found,
        } => {
            let place = words.brief(visit);
            match (found, claim) {
                (Some(found), _) => format!(
                    "{number}: {} has asked at {place} already, at {}: {}. To add to it: /asked {} and what they said",
                    words.first(&found.by),
                    words.time(found.at),
                    found_there(found),
                    visit.reference
                ),
                (None, claim) => {
                    let who = claim.as_ref().map_or("Somebody".to_owned(), |claim| {
                        format!(
                            "{}, since {},",
                            words.first(&claim.by),
                            words.time(claim.at)
                        )
                    });
                    format!("{number}: {who} is ringing at {place}. Please do not ring there too.")
                }
            }
        }
        Notice::PlaceAsked {
            number,
            visit,
            next,
            places,
            worrying,
            ladder,
        } => {
            let next = match next {
                Some(next) => format!(
                    " Next place: {}. To take it: /claim {}",
                    words.brief(next),
                    next.reference
                ),
                None => match ringing(places, words) {
                    Some(who) => format!(" {who}; no other place is left."),
                    None => " No place is left to ask at.".to_owned(),
                },
            };
            let worrying = match worrying {
                true => format!("\nWorrying? Send: /concern {number} and why"),
                false => String::new(),
            };
            let ladder = ladder.as_ref().map_or(String::new(), |step| {
                format!("\n{}.", next_step(step, words))
            });
            format!(
                "{number}: noted for {}.{next}{worrying}{ladder}",
                words.brief(visit)
            )
        }
        Notice::NoPlaceLeft { number, places } => no_place_left(*number, places, words),
        Notice::NoSuchPlace { number, places } => no_such_place(*number, places, words),
        Notice::WorryNoted { number } => format!(
            "{number}: noted, and everybody paged for it hears it now. If you fear for anybody: call 999, then send: \
             /police {number} and the log number"
        ),
        Notice::Worried {
            number,
            worker,
            by,
            why,
        } => format!(
            "{number}, {}: CAUSE FOR CONCERN. {}: {}. Do now: call 999 and ask for the police if nobody has. Then send: \
             /police {number} and the log number\n👍 I'm on it (/ack {number})",
            words.full(worker),
            words.first(by),
            words.line(why)
        ),
        _ => return None,
    })
}

fn ask_there(place: &PlaceToAsk, words: &Words<'_>) -> String {
    let PlaceToAsk {
        number,
        worker,
        visit,
        index,
        of,
    } = place;
    let reference = &visit.reference;
    format!(
        "{number}, place {index} of {of}: {}. The number is in the case system under the reference. Say that you ring before \
         you do. {}\n👍 I ring there (/claim {reference}) · ❌ nobody answers there (/asked {reference}) · 🚨 never arrived, or \
         worrying (/asked {reference} never arrived)\nSeen there for certain: /seen @{worker} 14:20 and by whom",
        words.brief(visit),
        read_out(words.first(worker))
    )
}

/// A line to read out on the phone: whoever hears it learns nothing.
fn read_out(name: &str) -> String {
    format!("Say only: “Is {name} still with you? The office has a message for {name}.”")
}

fn no_such_place(
    number: crate::domain::ids::AlarmNumber,
    places: &[Visit],
    words: &Words<'_>,
) -> String {
    let Some(first) = places.first() else {
        return format!(
            "{number}: no visit is logged that has begun, so there is no place to ask at. Seen somewhere: /seen {number} \
             14:20 and by whom"
        );
    };
    let all: Vec<String> = places.iter().map(|visit| words.brief(visit)).collect();
    format!(
        "{number}: I do not know which place you mean. The places, the last first: {}. For example: /claim {}",
        all.join("; "),
        first.reference
    )
}

/// The places on a page, with what is known of each.
pub fn places(places: &[AskedPlace], words: &Words<'_>) -> Option<String> {
    let place = |place: &AskedPlace| {
        let known = match (&place.found, &place.ringing) {
            (Some(found), _) => format!(
                " ({} asked at {}: {})",
                words.first(&found.by),
                words.time(found.at),
                found_there(found)
            ),
            (None, Some(claim)) => format!(" ({} is ringing)", words.first(&claim.by)),
            (None, None) => String::new(),
        };
        format!("{}{known}", words.brief(&place.visit))
    };
    let all: Vec<String> = places.iter().map(place).collect();
    (!all.is_empty()).then(|| format!("Places, the last first: {}.", all.join("; ")))
}

/// The line on a page that somebody sees cause for concern.
pub fn worry(worry: &Worry, words: &Words<'_>) -> String {
    format!(
        "CAUSE FOR CONCERN ({} at {}): {}.",
        words.first(&worry.by),
        words.time(worry.at),
        words.line(&worry.why)
    )
}

/// What was said at a place, for the log and the record.
pub(super) fn deed(deed: &Deed) -> Option<String> {
    Some(match deed {
        Deed::Claimed { reference } => format!("is ringing at {reference}"),
        Deed::Asked { reference, words } => format!("asked at {reference}: {}", answer(words)),
        Deed::NeverArrived { reference, words } => match said(words) {
            words if words.is_empty() => format!("never arrived at {reference}"),
            words => format!("never arrived at {reference}: {words}"),
        },
        Deed::Worried { words } => match said(words) {
            words if words.is_empty() => "sees cause for concern".to_owned(),
            words => format!("sees cause for concern: {words}"),
        },
        _ => return None,
    })
}

fn answer(words: &str) -> String {
    match said(words) {
        words if words.is_empty() => "nobody answered".to_owned(),
        words => words,
    }
}

fn found_there(found: &Found) -> String {
    match (found.never, said(&found.words)) {
        (true, words) if words.is_empty() => "never arrived".to_owned(),
        (true, words) => format!("never arrived: {words}"),
        (false, _) => answer(&found.words),
    }
}

/// `Carol is ringing at LCS1234`.
fn ringing(places: &[AskedPlace], words: &Words<'_>) -> Option<String> {
    let at = |place: &AskedPlace| {
        let claim = place.ringing.as_ref()?;
        let (who, place) = (words.first(&claim.by), &place.visit.reference);
        Some(format!("{who} is ringing at {place}"))
    };
    let all: Vec<String> = places.iter().filter_map(at).collect();
    (!all.is_empty()).then(|| super::join(&all))
}

fn no_place_left(
    number: crate::domain::ids::AlarmNumber,
    places: &[AskedPlace],
    words: &Words<'_>,
) -> String {
    let how = match ringing(places, words) {
        Some(who) => format!("no other place is left to ask at: {who}"),
        None => "all places have been asked at".to_owned(),
    };
    let last = places
        .first()
        .map_or("", |place| place.visit.reference.as_str());
    format!("{number}: {how}. To add what was said at one: /asked {last} and what they said")
}
