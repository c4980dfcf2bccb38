//! Words about somebody or something else: a car that was seen, a relative who was spoken to. They must neither
//! close an alarm nor put 999 off.

use super::clean::{Word, clean, words};
use super::people::{Named, person_at};
use super::{Listening, PersonName};

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

/// Whoever else is told of; also as thumbs write it.
const THIRD: &str = "she he her him hers his they them their theirs herself himself themselves shes hes theyre theyll theyve";
/// What tells that words are somebody's, or are the words themselves.
const REPORTS: &str = "said says saying say told tells telling mentioned mentions quoted used uses rang rung phoned texted \
    wrote messaged heard words";
/// What the phrase is called, by whoever talks about it.
const PHRASE: &str = "phrase codeword code password safeword";
const ME: &str = "i me my mine myself we us our im ill id ive";

/// Whose words carry a code phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Whoever writes says it for themselves.
    Own,
    /// They tell of the colleague for whom they were paged: `she said so on the phone`.
    Another,
    /// It can be either: `he wants me to bring it`. A human has to ask.
    Unclear,
}

/// Whose words these are, of somebody who was paged for this colleague. `text` is without the phrase.
pub fn voice(text: &str, colleague: &PersonName) -> Voice {
    let cleaned = clean(text);
    let all = words(&cleaned);
    let plain = |word: &Word<'_>| {
        let low = word.low.trim_start_matches('@');
        low.split('\'').next().unwrap_or(low).to_owned()
    };
    let all: Vec<String> = all.iter().map(plain).collect();
    let first_name = colleague.name.split(' ').next().unwrap_or_default();
    let is_her = |word: &String| {
        let bare = word.strip_suffix('s').unwrap_or(word);
        let name = |name: &str| *word == name.to_lowercase() || bare == name.to_lowercase();
        name(first_name) || name(&colleague.id.0)
    };
    let any = |list: &str| all.iter().any(|word| among(list, word));
    let named = all.iter().any(is_her);
    let third = named || any(THIRD);
    let first = all.first();
    let begins = first.is_some_and(|word| is_her(word) || among("she he shes hes", word));
    if any(PHRASE) || third && any(REPORTS) || begins && !any(ME) {
        return Voice::Another;
    }
    match third || any(REPORTS) {
        true => Voice::Unclear,
        false => Voice::Own,
    }
}

fn among(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split_whitespace().any(|each| each == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::PersonId;

    #[test]
    fn whose_voice_carries_a_phrase() {
        let amira = PersonName {
            id: PersonId("amira".to_owned()),
            name: "Amira Khan".to_owned(),
            matrix: None,
        };
        // Each as it is without the phrase.
        for (text, want) in [
            ("I am going to be", Voice::Own),
            ("", Voice::Own),
            ("Dan, can you bring the", Voice::Own),
            ("it's an emergency, where is the", Voice::Own),
            ("the details are in the", Voice::Own),
            ("she said she will be for her", Voice::Another),
            ("She'll be", Voice::Another),
            ("shes just said the on the phone", Voice::Another),
            ("Amira's asking for the", Voice::Another),
            ("amiras asking for the", Voice::Another),
            ("just had @amira on, she used the", Voice::Another),
            ("the phrase was used, calling 999 now", Voice::Another),
            ("they are in the", Voice::Unclear),
            ("he wants me to bring the", Voice::Unclear),
            ("her mum wants the", Voice::Unclear),
            ("the caller said the", Voice::Unclear),
        ] {
            assert_eq!(voice(text, &amira), want, "{text:?}");
        }
    }
}
