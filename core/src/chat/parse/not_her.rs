//! Words about somebody or something else: a car that was seen, a relative who was spoken to. They must neither
//! close an alarm nor put 999 off.

use super::clean::{Word, clean, words};
use super::people::{Named, person_at};
use super::{Listening, PersonName};
use crate::domain::ids::PersonId;

/// What is seen without the person: `her car is still there`.
const THINGS: &str = "car cars vehicle van bike bicycle motorbike scooter phone mobile handbag bag coat keys light lights";
/// What stands between a thing and the word that says where she was: `in her blue car`.
const DETERMINERS: &str =
    "her his their the a an this that own blue red black white silver grey gray green traffic";
/// She was beside it, or did something with it: `in her car`, `waved from the car`.
const BESIDE: &str = "in into inside from by beside near at to with of out off on behind outside towards past against \
    parked drove took got left locked opened answered rode charged used";

/// True where a thing was seen, and not the person.
pub(super) fn only_a_thing(all: &[Word<'_>], from: usize, people: &[PersonName]) -> bool {
    let tail = all.get(from..).unwrap_or_default();
    if tail.iter().any(|word| is_she(word)) || names_somebody(tail, people) {
        return false;
    }
    let alone = |at: usize| {
        let before = tail[..at].iter().rev().map(|word| word.low.as_str());
        let mut before = before.skip_while(|word| among(DETERMINERS, word.trim_end_matches("'s")));
        before
            .next()
            .is_none_or(|word| !among(BESIDE, word) && !word.ends_with("ing"))
    };
    (0..tail.len()).any(|at| among(THINGS, &tail[at].low) && alone(at))
}

fn is_she(word: &Word<'_>) -> bool {
    let low = word.low.as_str();
    let low = low.split('\'').next().unwrap_or(low);
    among("she he herself himself themselves themself", low)
}

/// A name of the team's, but not behind `by`, which says who saw her, nor in `Amira's car`.
fn names_somebody(tail: &[Word<'_>], people: &[PersonName]) -> bool {
    (0..tail.len()).any(|at| {
        let by = at.checked_sub(1).is_some_and(|i| tail[i].low == "by");
        !by && matches!(person_at(tail, at, people), Named::One(..))
            && !tail[at].low.ends_with("'s")
    })
}

/// People at a place, or of hers, who are not the worker.
const OTHERS: &str = "mother mum mam mom mummy father dad daddy parent parents husband wife partner boyfriend girlfriend \
    fiance fiancee son daughter brother sister aunt auntie uncle cousin nan nana gran granny grandmother grandma \
    grandfather grandad granddad mother-in-law father-in-law family relative relatives neighbour neighbours neighbor \
    neighbors landlord landlady receptionist reception client clients carer carers caretaker housemate flatmate \
    roommate tenant tenants foster lodger warden user patient next-of-kin";
/// What may stand before the one who was spoken to.
const LEADS: &str = "her his their the a an my to spoke speaking spoken talked talking rang phoned called got hold \
    of i we have i've just only service next old elderly";
const SPOKE: &str = "spoke speaking spoken talked talking";

/// True where somebody else was spoken to: `her mother`, `spoke to the client, she has left`. Not where the words
/// say that she was spoken to as well, nor `with her sister`, which says where she is.
pub(super) fn another_spoken_to(text: &[Word<'_>], named: bool, ctx: &Listening<'_>) -> bool {
    let low = |at: usize| text.get(at).map_or("", |word| word.low.as_str());
    let other = |at: usize| {
        let word = low(at);
        let whose = word.strip_suffix("'s");
        among(OTHERS, word)
            || whose.is_some_and(|of| among(OTHERS, of))
                && among("house home phone mobile landline number place", low(at + 1))
    };
    // `spoke with her mum` under another name of the command.
    let lead = |at: &usize| among(LEADS, low(*at)) || !named && low(*at) == "with";
    let first = (0..text.len()).find(|at| !lead(at));
    let leads = first.is_some_and(other);
    let spoke = |at: usize| {
        let to = among(SPOKE, low(at)) && among("to with", low(at + 1));
        let whom = (at + 2..text.len()).find(|at| !among("her his their the a an", low(*at)));
        to && whom.is_some_and(other)
    };
    let says = |at: usize| {
        other(at) && among("says said answered answers told picked thinks", low(at + 1))
    };
    let another = leads || (0..text.len()).any(|at| spoke(at) || says(at));
    another && !herself(text, &other, ctx)
}

/// `spoke to Amira`, `spoke to her`, `and her too`, `both are fine`.
fn herself(text: &[Word<'_>], other: &impl Fn(usize) -> bool, ctx: &Listening<'_>) -> bool {
    let low = |at: usize| text.get(at).map_or("", |word| word.low.as_str());
    let ends = |at: usize| {
        // `spoke to her sister` is about her sister; `spoke to her, ...` is not.
        let closed = text[at].raw.ends_with([',', '.', ';', ':']);
        let then = "too both herself himself directly personally on in at and as now she who is was myself \
            yesterday today briefly";
        closed || at + 1 >= text.len() || among(then, low(at + 1)) && !other(at + 1)
    };
    let to = |at: usize| {
        let spoke = at >= 2 && among("to with", low(at - 1)) && among(SPOKE, low(at - 2));
        let named = matches!(person_at(text, at, ctx.people), Named::One(..));
        let her = among("her him them", low(at)) && ends(at);
        spoke && (named || her)
            || at >= 1 && low(at - 1) == "and" && (named || her) && {
                let last = at + 1 >= text.len() || text[at].raw.ends_with([',', '.', ';']);
                last || among("too both herself himself", low(at + 1))
            }
    };
    (0..text.len()).any(|at| among("herself himself themself themselves both", low(at)) || to(at))
}

/// Whoever else is told of.
const THIRD: &str = "she he her him hers his they them their theirs";

/// True where the words tell of somebody other than who writes them: `she said so on the phone`, a colleague's name.
pub fn tells_of_somebody(text: &str, me: &PersonId, people: &[PersonName]) -> bool {
    let cleaned = clean(text);
    let all = words(&cleaned);
    let third = |word: &Word<'_>| among(THIRD, word.low.split('\'').next().unwrap_or(""));
    let named = |at: usize| match person_at(&all, at, people) {
        Named::One(who, _) => who != *me,
        Named::Several => true,
        Named::Nobody => false,
    };
    all.iter().any(third) || (0..all.len()).any(named)
}

fn among(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split_whitespace().any(|each| each == word)
}
