//! What the words of a sighting say about its time: a time, a day, or something that has to be asked about.

use super::Listening;
use super::clean::Word;
use super::clock::{Clock, Read, clock_at, hour_word, read, spoken_at};
use super::length::length_at;
use super::part::Part;
use super::seen_words::{
    PastDay, days_ago, is_ago, leads, numbered, past_day, street_behind, vague,
};
use chrono::{DateTime, Duration, Utc};

/// What was read so far.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenWhen {
    /// A clock time.
    pub clock: Option<Clock>,
    /// `20 min ago`.
    pub moment: Option<DateTime<Utc>>,
    pub day: Option<PastDay>,
    pub part: Option<Part>,
    /// `about 2`: an hour that is asked about.
    pub about: Option<Clock>,
    /// Of two times the first.
    pub first: Option<Clock>,
    pub two_times: bool,
    pub two_days: bool,
    /// `25:00`.
    pub wrong: Option<String>,
    /// It is a question: `?`
    pub asked: bool,
    /// Some other word about time.
    vague: bool,
    /// The time stood first, where it is meant for certain.
    settled: bool,
}

impl SeenWhen {
    /// Does anything speak of a time that is not known?
    pub fn unclear(&self) -> bool {
        self.asked
            || self.vague
            || self.about.is_some()
            || self.part.is_some()
            || self.day.is_some()
    }

    /// Of a whole line, whose target is of no interest here.
    pub fn of(all: &[Word<'_>], ctx: &Listening<'_>) -> Option<Self> {
        let mut when = Self::default();
        let start = (0..all.len().min(3)).find(|at| when.clone().head(all, *at, ctx) > *at)?;
        let next = when.head(all, start, ctx);
        when.tail(all, next, ctx);
        Some(when)
    }

    /// Reads days and times at `at`, right beside the target; what follows them.
    pub fn head(&mut self, all: &[Word<'_>], at: usize, ctx: &Listening<'_>) -> usize {
        let mut next = at;
        while let Some(after) = self.part_at(all, next, true, ctx) {
            next = after;
        }
        self.settled |= self.clock.is_some() || self.moment.is_some();
        next
    }

    /// Reads the words behind, for what they say about the time.
    pub fn tail(&mut self, all: &[Word<'_>], from: usize, ctx: &Listening<'_>) {
        let mut at = from;
        while at < all.len() {
            at = self.part_at(all, at, false, ctx).unwrap_or_else(|| {
                self.vague |= vague(all, at);
                at + 1
            });
        }
        if self.clock.is_some() || self.moment.is_some() {
            (self.about, self.vague) = (None, false);
        }
    }

    /// One day, time or part of the day at `at`, and what follows it.
    fn part_at(
        &mut self,
        all: &[Word<'_>],
        at: usize,
        head: bool,
        ctx: &Listening<'_>,
    ) -> Option<usize> {
        let low = |i: usize| all.get(i).map_or("", |w| w.low.as_str());
        let led = leads(low(at));
        let from = if led { at + 1 } else { at };
        if let Some((minutes, next)) = length_at(all, from).filter(|(_, n)| is_ago(low(*n))) {
            self.take_moment(ctx.now - Duration::minutes(minutes));
            return Some(next + 1);
        }
        if let Some((days, next)) = days_ago(all, from) {
            self.take_day(PastDay::Ago(days), ctx);
            return Some(next);
        }
        if low(at) == "last" && matches!(low(at + 1), "night" | "nite" | "evening") {
            self.part = Some(Part::LastNight);
            return Some(at + 2);
        }
        if let Some((day, next)) = past_day(all, from, ctx) {
            self.take_day(day, ctx);
            return Some(next);
        }
        if let Some(part) = Part::named(low(at)) {
            self.part = self.part.or(Some(part));
            if low(at) == "tonight" {
                self.take_day(PastDay::Today, ctx);
            }
            return Some(at + 1);
        }
        if low(at) == "this" && Part::named(low(at + 1)).is_some() {
            self.take_day(PastDay::Today, ctx);
            return Some(at + 1);
        }
        // `in the morning`, only where it comes to that
        if low(at) == "in" && low(at + 1) == "the" && Part::named(low(at + 2)).is_some() {
            return Some(at + 2);
        }
        self.clock_part(all, from, led, head)
    }

    fn clock_part(&mut self, all: &[Word<'_>], at: usize, led: bool, head: bool) -> Option<usize> {
        let word = all.get(at)?;
        if let Some(next) = self.spoken_part(all, at, led) {
            return Some(next);
        }
        // `14:00-14:30` are two times, of which the first one is offered.
        if let Some((left, right)) = word.low.split_once('-')
            && let (Some(Read::Is(first)), Some(Read::Is(_))) =
                (read(left, true), read(right, true))
            && (led || head || left.contains([':', '.']))
        {
            (self.first, self.two_times) = (Some(first), !self.settled);
            return Some(at + 1);
        }
        let h = word.low.split_once('h').is_some_and(|(hour, minute)| {
            [hour, minute].iter().all(|part| {
                (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
            })
        });
        let (read, next) = clock_at(all, at, led || head || h)?;
        let dotted = word.low.contains([':', '.']);
        match read {
            Read::Wrong if led || head || dotted => {
                self.wrong.get_or_insert(word.low.clone());
            }
            Read::Wrong => return None,
            Read::Is(clock) if clock.hour_only && !clock.half => {
                let oclock = all[at].low.ends_with("oclock") || next > at + 1;
                if !oclock && (!(led || head) || street_behind(all, next)) {
                    return None;
                }
                self.about = self.about.or(Some(clock));
            }
            // Digits alone may number something else: asked about, unless `PC 1234` says what they are.
            Read::Is(clock) if !dotted && !clock.half && !h && !led && !head => {
                if at.checked_sub(1).is_some_and(|i| numbered(&all[i].low)) {
                    return None;
                }
                self.about = self.about.or(Some(clock));
            }
            Read::Is(clock) => self.take_clock(clock),
        }
        Some(next)
    }

    /// `half past two`, `two o'clock`, `2ish`.
    fn spoken_part(&mut self, all: &[Word<'_>], at: usize, led: bool) -> Option<usize> {
        let word = all.get(at)?;
        if let Some((clock, next)) = spoken_at(all, at) {
            self.take_clock(clock);
            return Some(next);
        }
        if let Some(hour) = hour_word(&word.low) {
            let exact = all
                .get(at + 1)
                .is_some_and(|w| w.low.replace('\'', "") == "oclock");
            if !exact && !led {
                return None;
            }
            self.about = self.about.or(Some(hour));
            return Some(at + 1 + usize::from(exact));
        }
        if let Some(whole) = word.low.strip_suffix("ish") {
            let about = read(whole.trim_end_matches('-'), true);
            let Some(Read::Is(clock)) = about else {
                return None;
            };
            self.about = self.about.or(Some(clock));
            return Some(at + 1);
        }
        None
    }

    fn take_clock(&mut self, clock: Clock) {
        match self.clock {
            Some(before) if before != clock => {
                if !self.settled {
                    self.two_times = true;
                    self.first = Some(before);
                }
            }
            _ => self.clock = Some(clock),
        }
    }

    fn take_moment(&mut self, at: DateTime<Utc>) {
        match self.moment {
            Some(before) if before != at => self.two_times |= !self.settled,
            _ => self.moment = Some(at),
        }
    }

    fn take_day(&mut self, day: PastDay, ctx: &Listening<'_>) {
        let today = ctx.moment().today();
        match self.day {
            Some(before) if before.dates(today) != day.dates(today) => self.two_days = true,
            _ => self.day = Some(day),
        }
    }
}
