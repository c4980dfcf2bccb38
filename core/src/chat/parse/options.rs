//! The options of `/visit`: category, companions, on whose behalf, checks, and the next place.

use super::clock::{Clock, Read, clock_at, time_at};
use super::day::day_at;
use super::people::{Named, person_at};
use super::personal::{option_word, title};
use super::reference::{attempt_at, loose_attempt_at, reference_at};
use super::span::{Span, span_at};
use super::visit::Reader;
use crate::chat::bad::Why;
use crate::domain::command::Next;

impl Reader<'_> {
    /// `cat 1`, `cat1`, `category 2`, `c2`.
    pub(super) fn category(&mut self) -> bool {
        let low = self.low(self.at).to_owned();
        let (number, used) = match low.as_str() {
            "cat" | "category" | "categ" => (self.low(self.at + 1).to_owned(), 2),
            _ => {
                let digits = ["category", "cat", "c"]
                    .iter()
                    .find_map(|p| low.strip_prefix(p));
                match digits.filter(|d| d.len() == 1 && d.as_bytes()[0].is_ascii_digit()) {
                    Some(digit) => (digit.to_owned(), 1),
                    None => return false,
                }
            }
        };
        let category = match number.as_str() {
            "1" | "one" | "i" => Some(1),
            "2" | "two" | "ii" => Some(2),
            _ => None,
        };
        let digits = number.starts_with(|c: char| c.is_ascii_digit());
        self.at += if category.is_some() || digits {
            used
        } else {
            1
        };
        match (category, self.draft.category) {
            (Some(now), Some(before)) if now != before => self.wrong(Why::Category),
            (Some(now), _) => self.draft.category = Some(now),
            (None, before) => {
                // The line to send has one, so that it is not forgotten.
                self.draft.category = before.or(Some(1));
                self.wrong(Why::Category);
            }
        }
        true
    }

    /// `with @ben and carol`.
    pub(super) fn companions(&mut self) -> bool {
        if !matches!(self.low(self.at), "with" | "w/" | "w") || self.at + 1 >= self.words.len() {
            return false;
        }
        self.at += 1;
        loop {
            match person_at(self.words, self.at, self.ctx.people) {
                Named::One(who, next) => {
                    self.at = next;
                    if !self.draft.with.contains(&who) {
                        self.draft.with.push(who);
                    }
                }
                Named::Several => {
                    self.at += 1;
                    self.wrong(Why::SeveralPeople);
                }
                Named::Nobody if self.name_like(self.at) => self.stranger(),
                Named::Nobody => {
                    self.leftover = true;
                    return true;
                }
            }
            let linked = self.low(self.at) == "and";
            let after = if linked { self.at + 1 } else { self.at };
            let named = person_at(self.words, after, self.ctx.people) != Named::Nobody;
            let more =
                named || self.low(after).starts_with('@') || (linked && self.name_like(after));
            if !more {
                return true;
            }
            self.at = after;
        }
    }

    fn name_like(&self, at: usize) -> bool {
        let low = self.low(at);
        low.starts_with('@')
            || (low.starts_with(char::is_alphabetic)
                && !option_word(low)
                && attempt_at(self.words, at).is_none())
    }

    /// A name that nobody of the team has. It may be the client's, and so is shown only behind `@`.
    pub(super) fn stranger(&mut self) {
        let low = self.low(self.at).to_owned();
        let name = low
            .strip_prefix('@')
            .filter(|n| n.len() <= 20 && !n.is_empty());
        let plain = name.filter(|n| n.chars().all(|c| c.is_alphanumeric() || "._-".contains(c)));
        self.personal |= title(&low);
        self.wrong(Why::UnknownPerson {
            name: plain.map(str::to_owned),
        });
        self.at += 1;
    }

    /// `for @amira`; `for 45m` is a time.
    pub(super) fn on_behalf(&mut self) -> bool {
        if self.low(self.at) != "for" || span_at(self.words, self.at).is_some() {
            return false;
        }
        self.at += 1;
        match person_at(self.words, self.at, self.ctx.people) {
            Named::One(who, next) => {
                self.at = next;
                self.draft.on_behalf = Some(who);
            }
            Named::Several => {
                self.at += 1;
                self.draft.unsafe_fix = true;
                self.wrong(Why::SeveralPeople);
            }
            Named::Nobody if self.at < self.words.len() => {
                self.draft.unsafe_fix = true;
                self.stranger();
            }
            Named::Nobody => self.leftover = true,
        }
        true
    }

    /// `check 14:30 and 15:00`; `check 14:30 call` or `check call 14:30`, where the manager is to ring.
    pub(super) fn check(&mut self) -> bool {
        let word = self.low(self.at);
        let whole = matches!(
            word,
            "check" | "checks" | "checkin" | "check-in" | "check-ins" | "checkins" | "chks"
        );
        if !whole && !self.short_check() {
            return false;
        }
        self.at += 1;
        let first = self.draft.checks.len();
        let call = self.by_phone();
        self.check_times();
        if self.by_phone() || call {
            let calls = self.draft.checks[first..].to_vec();
            self.draft.calls.extend(calls);
        }
        true
    }

    /// `chk 16:00`, `ck 16:00`: the word cut short, where one time follows. `CK` may be initials.
    fn short_check(&self) -> bool {
        let shout = self.words[self.at].raw.chars().all(char::is_uppercase);
        let short = self.low(self.at) == "chk" || self.low(self.at) == "ck" && !shout;
        let mut next = self.at + 1;
        while matches!(self.low(next), "at" | "in" | "call" | "@") {
            next += 1;
        }
        let range = span_at(self.words, next).is_some_and(|(s, _)| !matches!(s, Span::At(_)));
        short && !range && clock_at(self.words, next, true).is_some()
    }

    /// `call`, `by phone`, `and ring me` beside the times of a check.
    fn by_phone(&mut self) -> bool {
        const SMALL: [&str; 8] = ["and", "by", "with", "a", "as", "please", "pls", "then"];
        let small = |at: &usize| SMALL.contains(&self.low(*at));
        let at = (self.at..self.at + 3)
            .find(|at| !small(at))
            .unwrap_or(self.at);
        let call = matches!(
            self.low(at),
            "call" | "calls" | "phone" | "telephone" | "phonecall" | "ring" | "rings"
        );
        if call {
            self.at = at + 1;
            while matches!(self.low(self.at), "me" | "please" | "pls") {
                self.at += 1;
            }
        }
        call
    }

    fn check_times(&mut self) {
        let mut found = false;
        loop {
            let mut from = self.at;
            while matches!(self.low(from), "at" | "in" | "and" | "on" | "by" | "@") {
                from += 1;
            }
            match time_at(self.words, from) {
                Some((Read::Is(clock), next)) => {
                    self.at = next;
                    self.add_check(clock);
                }
                Some((Read::Wrong, next)) => {
                    let token = self.low(from).to_owned();
                    self.at = next;
                    self.wrong(Why::NotATime { token });
                }
                None if found => return,
                None => {
                    self.leftover = true;
                    return;
                }
            }
            // `check 14:30 14:00-15:00` goes on with the times of the visit.
            let range_next =
                span_at(self.words, self.at).is_some_and(|(s, _)| !matches!(s, Span::At(_)));
            if range_next {
                return;
            }
            found = true;
        }
    }

    fn add_check(&mut self, clock: Clock) {
        if self.draft.checks.len() < 24 {
            self.draft.checks.push(clock);
        }
    }

    /// `back 15:30`, `back at 15:30`, `return by 3.30pm`.
    pub(super) fn back(&mut self) -> bool {
        if !matches!(self.low(self.at), "back" | "return" | "returning") {
            return false;
        }
        let mut at = self.at + 1;
        while matches!(
            self.low(at),
            "at" | "in" | "by" | "the" | "office" | "to" | "@"
        ) {
            at += 1;
        }
        match time_at(self.words, at) {
            Some((Read::Is(clock), next)) => {
                self.at = next;
                self.draft.back = Some(clock);
            }
            Some((Read::Wrong, next)) => {
                let token = self.low(at).to_owned();
                self.at = next;
                self.wrong(Why::NotATime { token });
            }
            None => {
                self.at = at;
                self.wrong(Why::BackWhen);
            }
        }
        true
    }

    /// `next LCS77`, `next office`, `next home`.
    pub(super) fn next(&mut self) -> bool {
        if !matches!(self.low(self.at), "next" | "then") {
            return false;
        }
        let mut at = self.at + 1;
        while matches!(
            self.low(at),
            "is" | "the" | "to" | "at" | "visit" | "stop" | ":" | "back" | "go"
        ) {
            at += 1;
        }
        let (place, used) = match self.low(at) {
            "office" | "base" => (Some(Next::Office), 1),
            "home" => (Some(Next::Home), 1),
            _ => match reference_at(self.words, at, self.ctx) {
                Some((found, next)) => (Some(Next::Visit(found)), next - at),
                None => match loose_attempt_at(self.words, at) {
                    Some((found, next)) => (Some(Next::Visit(found)), next - at),
                    None => (None, 0),
                },
            },
        };
        match place {
            Some(place) => {
                self.at = at + used;
                self.draft.next = Some(place);
                true
            }
            // `next Friday` is a day.
            None if day_at(self.words, self.at, self.ctx.moment().today()).is_some() => false,
            None => {
                self.at = at;
                self.wrong(Why::Next);
                true
            }
        }
    }
}
