//! `/visit`: a reference, times, and options in any order.

use super::Listening;
use super::clean::{Word, word};
use super::day::{Day, ReadDay, day_at};
use super::draft::Draft;
use super::people::{Named, person_at};
use super::personal::{ordinary, plainly_personal, street_word};
use super::reference::{
    attempt_at, clear_attempt_at, letters_known, new_at, new_word, reference_at, too_long_at,
};
use super::span::{Span, colons, span_at, split_dashes, spoken_range_at};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::VisitRequest;
use crate::domain::shift::is_new;

/// Reads what stands behind `/visit`.
pub(super) fn visit(text: &str, ctx: &Listening<'_>) -> Result<VisitRequest, Bad> {
    let apart = colons(text).replace([',', ';', '&', '+', '(', ')', '[', ']'], " ");
    let words = split_dashes(
        apart
            .split_whitespace()
            .flat_map(slashes)
            .map(word)
            .collect(),
    );
    let mut reader = Reader {
        words: &words,
        at: 0,
        ctx,
        draft: Draft::default(),
        why: None,
        personal: plainly_personal(text, &words),
        leftover: false,
    };
    while reader.at < words.len() {
        reader.step();
    }
    let Reader {
        mut draft,
        why,
        personal,
        leftover,
        ..
    } = reader;
    // `LCS 14:00-15:00`: the number is missing.
    let letters = draft.initials.clone().filter(|_| draft.reference.is_none());
    if let Some(token) = letters.filter(|letters| !personal && letters_known(letters, ctx)) {
        draft.initials = None;
        return Err(draft.bad(Why::UnknownReference { token }, ctx));
    }
    let new = words
        .iter()
        .any(|word| new_word(&word.low.to_uppercase()).is_some());
    if new && !personal && !ctx.new_visits && draft.reference.is_none() {
        draft.initials = None;
        return Err(draft.bad(Why::NoNewVisits, ctx));
    }
    let caps = draft.initials_in_capitals;
    // `Ann 14:00-15:00`: a name where the reference belongs.
    let named = draft.reference.is_none() && draft.initials.is_some() && !caps;
    if personal || named {
        draft.forget_free_words();
        return Err(draft.bad(Why::Personal, ctx));
    }
    if let Some(why) = why {
        return Err(draft.bad(why, ctx));
    }
    let request = draft.finish(ctx)?;
    if leftover {
        return Err(draft.bad(Why::NotUnderstood, ctx));
    }
    Ok(request)
}

/// `LCS1234/LCS1235` and `w/ben`, but not `3/3`.
fn slashes(part: &str) -> impl Iterator<Item = &str> {
    let apart = part.starts_with(char::is_alphabetic) && !part.contains(':');
    let pieces = part.splitn(if apart { 8 } else { 1 }, '/');
    pieces.filter(|piece| !piece.is_empty())
}

/// Does a text plainly try to log a visit? So that in a direct chat it is answered rather than noted.
pub(super) fn looks_like_a_visit(text: &str, ctx: &Listening<'_>) -> bool {
    let apart = text.replace([',', ';'], " ");
    let words = split_dashes(apart.split_whitespace().map(word).collect());
    (0..words.len()).any(|i| {
        let timed =
            span_at(&words, i).is_some_and(|(s, _)| !matches!(s, Span::Until(_) | Span::For(_)));
        let begun = i == 0 && attempt_at(&words, i).is_some();
        timed
            || begun
            || reference_at(&words, i, ctx).is_some()
            || clear_attempt_at(&words, i).is_some()
    })
}

/// Reads the words one part after the other.
pub(super) struct Reader<'a> {
    pub(super) words: &'a [Word<'a>],
    pub(super) at: usize,
    pub(super) ctx: &'a Listening<'a>,
    pub(super) draft: Draft,
    /// The first thing that was wrong; the rest is read all the same, for the line to send.
    pub(super) why: Option<Why>,
    pub(super) personal: bool,
    pub(super) leftover: bool,
}

impl Reader<'_> {
    pub(super) fn low(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |w| w.low.as_str())
    }

    pub(super) fn wrong(&mut self, why: Why) {
        self.why.get_or_insert(why);
    }

    /// Reads one part.
    fn step(&mut self) {
        let known = self.reference()
            || self.category()
            || self.companions()
            || self.on_behalf()
            || self.check()
            || self.next()
            || self.back()
            || self.day()
            || self.times()
            || self.filler()
            || self.person()
            || self.initials();
        if !known {
            self.unknown();
        }
    }

    fn reference(&mut self) -> bool {
        let new = || Some((new_at(self.words, self.at, self.ctx)?, self.at + 1));
        let found = reference_at(self.words, self.at, self.ctx).or_else(new);
        let Some((found, next)) = found else {
            return false;
        };
        match self.draft.reference.clone() {
            Some(first) if first == found => {}
            // Beside a number `NEW` are initials.
            Some(first) if is_new(&found) && !is_new(&first) => return false,
            Some(first) if is_new(&first) && !is_new(&found) => {
                self.draft.reference = Some(found);
                self.draft.initials.get_or_insert(first);
            }
            Some(_) => self.wrong(Why::TwoReferences),
            None => self.draft.reference = Some(found),
        }
        self.at = next;
        true
    }

    fn day(&mut self) -> bool {
        let Some((read, next)) = day_at(self.words, self.at, self.ctx.moment().today()) else {
            return false;
        };
        self.at = next;
        match read {
            ReadDay::Is(day) => self.take_day(day),
            ReadDay::None(meant) => {
                self.draft.day = meant;
                self.wrong(Why::NoSuchDay);
            }
        }
        true
    }

    fn take_day(&mut self, day: Day) {
        let today = self.ctx.moment().today();
        let dates = |d: Day| d.date(today, false);
        match (self.draft.day, day) {
            (Some(before), now) if dates(before) == dates(now) => {}
            (Some(_), _) => self.wrong(Why::TwoDays),
            (None, now) => self.draft.day = Some(now),
        }
    }

    fn times(&mut self) -> bool {
        let spoken = || spoken_range_at(self.words, self.at);
        let Some((span, next)) = span_at(self.words, self.at).or_else(spoken) else {
            return false;
        };
        // A number of four digits that could be the digits of a reference.
        let stray =
            matches!(span, Span::At(_)) && self.low(self.at).bytes().all(|b| b.is_ascii_digit());
        if stray && self.draft.span.is_some() {
            self.at = next;
            self.draft.stray_number = true;
            return true;
        }
        self.at = next;
        let before = self.draft.span.take();
        self.draft.span = match before {
            None => Some(span),
            Some(before) => match before.clone().join(span.clone()) {
                Some(both) => Some(both),
                None if self.draft.span_was_digits => {
                    self.draft.stray_number = true;
                    Some(span)
                }
                None => {
                    self.wrong(Why::TwoTimes);
                    Some(before)
                }
            },
        };
        self.draft.span_was_digits = stray;
        true
    }

    fn filler(&mut self) -> bool {
        let known = matches!(
            self.low(self.at),
            "" | "-"
                | "now"
                | "at"
                | "from"
                | "on"
                | "the"
                | "visit"
                | "a"
                | "and"
                | "please"
                | "pls"
                | "to"
                | "is"
                | "in"
                | "initials"
                | "initial"
                | "ref"
                | "reference"
                | "starting"
                | "thanks"
                | "ta"
                | "my"
                | "of"
                | "time"
                | "times"
                | "@"
        );
        if known {
            self.at += 1;
        }
        known
    }

    /// A colleague's name without `with` or `for`.
    fn person(&mut self) -> bool {
        let word = &self.words[self.at];
        let shout = word.raw.chars().all(char::is_uppercase) && (2..=3).contains(&word.low.len());
        if shout {
            return false;
        }
        match person_at(self.words, self.at, self.ctx.people) {
            Named::One(who, next) => {
                self.at = next;
                self.draft.loose = Some(who.clone());
                self.wrong(Why::LooseName { who });
                true
            }
            Named::Several => {
                self.at += 1;
                self.wrong(Why::SeveralPeople);
                true
            }
            Named::Nobody if self.low(self.at).starts_with('@') => {
                self.stranger();
                true
            }
            Named::Nobody => false,
        }
    }

    /// Two or three letters, `AB` or `A.B.`.
    fn initials(&mut self) -> bool {
        let word = &self.words[self.at];
        let letters = word.low.replace('.', "");
        let count = letters.chars().count();
        let fits = (2..=3).contains(&count) && letters.chars().all(char::is_alphabetic);
        let capitals = word.raw.chars().all(|c| !c.is_lowercase());
        let taken = self.draft.initials.is_some()
            || (!capitals && (street_word(&letters) || ordinary(&letters)));
        // `Ann` is a name, `ANN` and `ann` may be initials.
        let name = count == 3 && !capitals && word.raw.starts_with(char::is_uppercase);
        if !fits || taken || name {
            return false;
        }
        self.draft.initials = Some(letters.to_uppercase());
        self.draft.initials_in_capitals = capitals;
        self.at += 1;
        true
    }

    fn unknown(&mut self) {
        let low = self.low(self.at).to_owned();
        let digits = low.bytes().all(|b| b.is_ascii_digit());
        let long = || too_long_at(self.words, self.at, self.ctx);
        if let Some(token) = attempt_at(self.words, self.at).or_else(long) {
            self.wrong(Why::UnknownReference { token });
        } else if ordinary(&low) {
            self.leftover = true;
        } else if low.chars().any(char::is_alphabetic) || (digits && low.len() > 8) {
            self.personal = true;
        } else if digits && low.len() >= 3 {
            self.draft.stray_number = true;
        } else {
            self.leftover = true;
        }
        self.at += 1;
    }
}
