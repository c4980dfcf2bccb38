//! Working backwards (Wiltshire 3c): who asks at which place, what was said there, and cause for concern.

use super::{Given, Turn};
use crate::domain::alarm::{Alarm, Taken};
use crate::domain::deed::Deed;
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::inquiry::{self, Found, Inquiry};
use crate::domain::notice::{AskedPlace, Notice, PlaceToAsk, Tap};
use crate::domain::policy::Ask;
use crate::domain::shift::Visit;

impl Turn<'_> {
    /// The places to ask at, the last one first, each with a line of its own in the alarm's thread.
    pub(super) fn list_places(&mut self, number: AlarmNumber) {
        if self.shift.drill.is_some() {
            return; // its visit is made up
        }
        let places: Vec<Visit> = inquiry::places(&self.shift, self.now)
            .into_iter()
            .cloned()
            .collect();
        let worker = self.shift.worker.clone();
        let Some(alarm) = self.shift.alarm_mut(number) else {
            return;
        };
        let known = &mut alarm.standing.places;
        let mut fresh: Vec<(usize, Visit)> = Vec::new();
        for (index, visit) in places.iter().enumerate() {
            if !known.iter().any(|place| place.visit == visit.no) {
                known.push(Inquiry::open(visit.no));
                fresh.push((index + 1, visit.clone()));
            }
        }
        for (index, visit) in fresh {
            let no = visit.no;
            let notice = Notice::AskThere(Box::new(PlaceToAsk {
                number,
                worker: worker.clone(),
                visit,
                index,
                of: places.len(),
            }));
            let before = self.effects.len();
            self.quiet_line(number, &worker, notice);
            for effect in &mut self.effects[before..] {
                effect.visit = Some(no);
                effect.taps = vec![Tap::Claim, Tap::NobodyThere, Tap::Worry];
            }
        }
    }

    /// The places, with what is known of each.
    pub(super) fn places_of(&self, alarm: &Alarm) -> Vec<AskedPlace> {
        let places = inquiry::places(&self.shift, self.now).into_iter();
        let known = |visit: &Visit| {
            let mut known = alarm.standing.places.iter();
            known.find(|place| place.visit == visit.no)
        };
        places
            .map(|visit| AskedPlace {
                visit: visit.clone(),
                ringing: known(visit).and_then(|place| place.ringing(self.now).cloned()),
                found: known(visit).and_then(|place| place.found.clone()),
            })
            .collect()
    }

    /// The visit at the place that is meant: by its reference, by the line that was answered, or the next one that
    /// nobody has asked at.
    fn place_meant(
        &mut self,
        number: AlarmNumber,
        reference: Option<&str>,
        given: &Given<'_>,
    ) -> Option<Visit> {
        let visits = self.shift.visits.iter();
        let found = match (reference, given.visit) {
            (Some(name), _) => visits
                .filter(|visit| visit.reference == name)
                .max_by_key(|visit| (visit.start <= self.now, visit.start)),
            (None, Some(no)) => self.shift.visit(no),
            (None, None) => self.next_place(number),
        };
        let found = found.cloned();
        if found.is_none() {
            let none_named = reference.is_none() && given.visit.is_none();
            let places = inquiry::places(&self.shift, self.now);
            let places: Vec<Visit> = places.into_iter().cloned().collect();
            let notice = match self.shift.alarm(number) {
                Some(alarm) if none_named && !places.is_empty() => Notice::NoPlaceLeft {
                    number,
                    places: self.places_of(alarm),
                },
                _ => Notice::NoSuchPlace { number, places },
            };
            self.answer_about(number, notice);
        }
        found
    }

    /// The place that this person is ringing: what they tell is told of it.
    fn rung_by(&self, number: AlarmNumber, by: &PersonId) -> Option<&Visit> {
        let places = &self.shift.alarm(number)?.standing.places;
        let rings = |place: &&Inquiry| place.ringing(self.now).is_some_and(|claim| claim.by == *by);
        let place = places.iter().rev().find(rings)?;
        self.shift.visit(place.visit)
    }

    /// The next place at which nobody has asked and nobody is ringing, the last one first.
    fn next_place(&self, number: AlarmNumber) -> Option<&Visit> {
        let alarm = self.shift.alarm(number)?;
        let free = |visit: &&Visit| {
            let known = alarm.standing.places.iter();
            let mut known = known.filter(|place| place.visit == visit.no);
            known.all(|place| place.found.is_none() && place.ringing(self.now).is_none())
        };
        inquiry::places(&self.shift, self.now)
            .into_iter()
            .find(free)
    }

    fn inquiry(&mut self, number: AlarmNumber, visit: u32) -> Option<&mut Inquiry> {
        let places = &mut self.shift.alarm_mut(number)?.standing.places;
        if !places.iter().any(|place| place.visit == visit) {
            places.push(Inquiry::open(visit));
        }
        places.iter_mut().find(|place| place.visit == visit)
    }

    /// `/claim LCS1234`: one person rings there, and nobody else.
    pub(super) fn claim(
        &mut self,
        number: AlarmNumber,
        reference: Option<&str>,
        given: &Given<'_>,
    ) -> Option<Deed> {
        if !self.in_time(number) || self.others_listen(number) {
            return None;
        }
        let now = self.now;
        let visit = self.place_meant(number, reference, given)?;
        let place = self.inquiry(number, visit.no)?;
        let other = place.ringing(now).filter(|claim| claim.by != *given.by);
        if other.is_some() || place.found.is_some() {
            let (claim, found) = (other.cloned(), place.found.clone());
            let notice = Notice::PlaceTaken {
                number,
                visit,
                claim,
                found,
            };
            self.answer_about(number, notice);
            return None;
        }
        place.claimed = Some(Taken {
            by: given.by.clone(),
            at: now,
        });
        let worker = self.shift.worker.clone();
        let claimed = Deed::Claimed {
            reference: visit.reference.clone(),
        };
        self.log_line(number, given.by, claimed.clone());
        let notice = Notice::PlaceClaimed {
            number,
            worker,
            visit,
        };
        self.answer_about(number, notice);
        Some(claimed)
    }

    /// `/asked LCS1234 words`: what was said there. That she never arrived is cause for concern.
    pub(super) fn asked(
        &mut self,
        number: AlarmNumber,
        reference: Option<&str>,
        words: &str,
        never: bool,
        given: &Given<'_>,
    ) -> Option<Deed> {
        if !self.in_time(number) {
            return None;
        }
        if self.others_listen(number) {
            // They have rung there: what they heard is kept, and nobody is sent to the next place.
            let place = given.visit.and_then(|no| self.shift.visit(no));
            let place = place.map(|visit| visit.reference.clone());
            let place = reference.map(str::to_owned).or(place);
            let asked = asked_at(place.unwrap_or_default(), words, never);
            self.log_line(number, given.by, asked);
            return None;
        }
        let rung = self.rung_by(number, given.by).map(|visit| visit.no);
        let there = Given {
            visit: given.visit.or(rung),
            ..*given
        };
        let visit = self.place_meant(number, reference, &there)?;
        self.found(number, visit.no, words, never, given.by);
        let asked = asked_at(visit.reference.clone(), words, never);
        self.log_line(number, given.by, asked.clone());
        if never {
            let why = asked.clone();
            self.worried(number, why, given);
        }
        let worrying = !never && inquiry::worrying(words);
        self.answer_next_place(number, &visit, worrying);
        Some(asked)
    }

    /// On a call for help nobody rings the house: others may be listening.
    fn others_listen(&mut self, number: AlarmNumber) -> bool {
        let kind = self.shift.alarm(number).map(|alarm| alarm.kind);
        let help = kind.is_some_and(|kind| kind.is_call_for_help());
        if help {
            self.answer_about(number, Notice::DoNotRing { number });
        }
        help
    }

    /// Ticks a place, with what was said.
    pub(super) fn found(
        &mut self,
        number: AlarmNumber,
        visit: u32,
        words: &str,
        never: bool,
        by: &PersonId,
    ) {
        let found = Found {
            by: by.clone(),
            at: self.now,
            words: words.to_owned(),
            never,
        };
        if let Some(place) = self.inquiry(number, visit) {
            place.found = Some(found);
        }
    }

    /// A sighting that answers a place's line, or names its reference, ticks that place.
    pub(super) fn seen_at_a_place(&mut self, number: AlarmNumber, words: &str, given: &Given<'_>) {
        let named = |place: &&Inquiry| {
            let visit = self.shift.visit(place.visit);
            visit.is_some_and(|visit| inquiry::names(words, &visit.reference))
        };
        let alarm = self.shift.alarm(number);
        let places = alarm.into_iter().flat_map(|alarm| &alarm.standing.places);
        let named = places.filter(named).map(|place| place.visit).next();
        if let Some(visit) = given.visit.or(named) {
            self.found(number, visit, words, false, given.by);
        }
    }

    fn answer_next_place(&mut self, number: AlarmNumber, asked: &Visit, worrying: bool) {
        let next = self.next_place(number).cloned();
        let places = self.shift.alarm(number).map(|alarm| self.places_of(alarm));
        let ladder = self.shift.alarm(number).cloned();
        let ladder = ladder.and_then(|alarm| self.what_next(&alarm));
        let notice = Notice::PlaceAsked {
            number,
            visit: asked.clone(),
            next,
            places: places.unwrap_or_default(),
            worrying,
            ladder,
        };
        self.answer_about(number, notice);
    }

    /// True for a step at which one works backwards.
    pub(super) fn works_backwards(&self, number: AlarmNumber, steps: &[usize]) -> bool {
        let Some(alarm) = self.shift.alarm(number) else {
            return false;
        };
        let ladder = crate::domain::ladder::ladder_of(self.world.policy, alarm);
        let asks = |index: &usize| {
            ladder
                .steps
                .get(*index)
                .is_some_and(|step| step.ask == Ask::WorkBackwards)
        };
        steps.iter().any(asks)
    }
}

fn asked_at(reference: String, words: &str, never: bool) -> Deed {
    let words = words.to_owned();
    match never {
        true => Deed::NeverArrived { reference, words },
        false => Deed::Asked { reference, words },
    }
}
