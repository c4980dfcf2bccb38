//! Working backwards (Wiltshire 3c): somebody asks at the last place of the itinerary, then at the one before, until
//! there is a definite last sighting. One person rings each place, so that no family is rung twice.

use super::alarm::Taken;
use super::deed::Deed;
use super::ids::PersonId;
use super::shift::{NEW, Shift, Stage, Visit};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// A claim that nothing came of holds for so long; then somebody else may ring there (ours).
pub const CLAIM_LASTS: Duration = Duration::minutes(15);

/// A place of the itinerary at which somebody asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    /// The visit there, by its number in the shift.
    pub visit: u32,
    /// Who rings there, since when.
    pub claimed: Option<Taken>,
    /// What was said there.
    pub found: Option<Found>,
}

/// What was said at a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Who asked.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// What was said; empty: nobody answered, or she never arrived.
    pub words: String,
    /// She never arrived there.
    #[serde(default)]
    pub never: bool,
}

/// Cause for concern, which does not wait for the clock (Wiltshire 3c).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worry {
    /// Who says so.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// Why: what was found at a place, or words.
    pub why: Deed,
}

impl Inquiry {
    /// A place at which nobody has asked.
    pub fn open(visit: u32) -> Self {
        Self {
            visit,
            claimed: None,
            found: None,
        }
    }

    /// Who rings there now, if somebody does.
    pub fn ringing(&self, now: DateTime<Utc>) -> Option<&Taken> {
        let fresh = |claim: &&Taken| now < claim.at + CLAIM_LASTS;
        self.claimed
            .as_ref()
            .filter(fresh)
            .filter(|_| self.found.is_none())
    }
}

/// Where to ask: from the last place back to the one of the last confirmed sighting.
pub fn places(shift: &Shift, now: DateTime<Utc>) -> Vec<&Visit> {
    let begun = |visit: &&Visit| visit.stage != Stage::Cancelled && since(visit) <= now;
    let mut visits: Vec<&Visit> = shift.visits.iter().filter(begun).collect();
    visits.sort_by_key(|visit| std::cmp::Reverse((since(visit), visit.no)));
    let seen = shift.last_sighting().map(|sighting| sighting.at);
    let before = |visit: &&Visit| seen.is_some_and(|seen| since(visit) <= seen);
    let back_to = visits.iter().position(before);
    visits.truncate(back_to.map_or(visits.len(), |index| index + 1));
    visits
}

/// From when she was expected there, or was there.
fn since(visit: &Visit) -> DateTime<Utc> {
    match visit.stage {
        Stage::Arrived { at } => at.min(visit.start),
        _ => visit.start,
    }
}

/// True for words that may be cause for concern: shouting, an ambulance. Whoever sent them is asked, and nothing is done
/// by itself (ours).
pub fn worrying(words: &str) -> bool {
    const BEGINNINGS: &str = "shout scream ambulance blood bleed scared afraid frighten terrif fight argu police knife \
        weapon threat violen attack injur hurt crying cried smash unconscious collaps aggress yell";
    const WHOLE: &str = "fought gun hit hitting punched drunk angry locked trapped";
    let low = words.to_lowercase();
    low.split(|c: char| !c.is_alphanumeric()).any(|word| {
        let begins = |start: &str| !word.is_empty() && word.starts_with(start);
        BEGINNINGS.split_whitespace().any(begins) || WHOLE.split_whitespace().any(|w| w == word)
    })
}

/// True where the reference is a word of its own. `new` is an ordinary word: the visit is `NEW`, as it is written.
pub fn names(words: &str, reference: &str) -> bool {
    let said = match reference == NEW {
        true => words.to_owned(),
        false => words.to_uppercase(),
    };
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    said.match_indices(reference).any(|(at, found)| {
        let (before, after) = (&said[..at], &said[at + found.len()..]);
        apart(before.chars().next_back()) && apart(after.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_named_by_its_whole_reference() {
        for (words, reference) in [
            ("seen at lcs1234", "LCS1234"),
            ("(LCS1234) she left at 14:05", "LCS1234"),
            ("LCS12345, then LCS1234", "LCS1234"),
            ("they saw her at NEW", "NEW"),
            ("they saw her at new2", "NEW2"),
        ] {
            assert!(names(words, reference), "{words}");
        }
        for (words, reference) in [
            ("seen at LCS1234", "LCS123"),
            ("seen at ALCS1234", "LCS1234"),
            ("the new receptionist saw her", "NEW"),
            ("News from the clinic", "NEW"),
            ("they saw her at NEW2", "NEW"),
            ("they saw her at NEW", "NEW2"),
        ] {
            assert!(!names(words, reference), "{words}");
        }
    }
}
