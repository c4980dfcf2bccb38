//! A visit as far as it was understood, and the line to send instead.

use super::Listening;
use super::clock::Clock;
use super::day::Day;
use super::moment::{Offer, Trouble, When};
use super::span::Span;
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{Next, VisitRequest};
use crate::domain::ids::PersonId;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use std::fmt::Write;

/// The parts that were understood.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub reference: Option<String>,
    pub initials: Option<String>,
    /// `AB` rather than `Ab`: hardly a short name.
    pub initials_in_capitals: bool,
    pub category: Option<u8>,
    pub with: Vec<PersonId>,
    pub on_behalf: Option<PersonId>,
    pub checks: Vec<Clock>,
    /// Those of them at which the manager rings her.
    pub calls: Vec<Clock>,
    /// The expected return.
    pub back: Option<Clock>,
    pub next: Option<Next>,
    pub day: Option<Day>,
    pub span: Option<Span>,
    /// The time so far was four digits, which may have been meant for a reference.
    pub span_was_digits: bool,
    /// A number that fits nowhere.
    pub stray_number: bool,
    /// A colleague's name without `with`.
    pub loose: Option<PersonId>,
    /// A line without the unknown name would mean something else: `for @nobody`.
    pub unsafe_fix: bool,
}

impl Draft {
    /// The visit, or what is wrong with it.
    pub fn finish(&self, ctx: &Listening<'_>) -> Result<VisitRequest, Bad> {
        let Some(reference) = &self.reference else {
            return Err(self.bad(Why::NoReference, ctx));
        };
        if self.stray_number {
            return Err(self.bad(Why::TwoTimes, ctx));
        }
        let when = self
            .when(ctx)
            .map_err(|(why, offer)| self.bad_time(why, offer, ctx))?;
        let mut checks = Vec::with_capacity(self.checks.len());
        for check in &self.checks {
            match during(*check, when, ctx) {
                Some(at) => checks.push(at),
                None => return Err(self.bad(Why::CheckOutside, ctx)),
            }
        }
        checks.sort_unstable();
        checks.dedup();
        let calls = self.calls.iter();
        let calls = calls.filter_map(|call| during(*call, when, ctx)).collect();
        let back = match self.back {
            Some(clock) => match after(clock, when, ctx) {
                Some(at) => Some(at),
                None => return Err(self.bad(Why::BackBefore, ctx)),
            },
            None => None,
        };
        Ok(VisitRequest {
            reference: reference.clone(),
            initials: self.initials.clone(),
            start: when.start,
            end: when.end,
            category: self.category,
            back,
            with: self.with.clone(),
            checks,
            calls,
            next: self.next.clone(),
            on_behalf: self.on_behalf.clone(),
            second: false,
            crosses_midnight: when.crosses_midnight,
        })
    }

    /// Initials beside a name may be part of it, and a lone number may be that of a house.
    pub fn forget_free_words(&mut self) {
        self.initials = None;
        if matches!(self.span, Some(Span::At(_))) {
            self.span = None;
        }
    }

    /// What is wrong, with a line that is right.
    pub fn bad(&self, why: Why, ctx: &Listening<'_>) -> Bad {
        let offer = match self.when(ctx) {
            Ok(_) => None,
            Err((_, offer)) => Some(offer.unwrap_or_else(|| ctx.moment().default_offer(self.day))),
        };
        self.bad_with(why, offer, ctx)
    }

    fn bad_time(&self, why: Why, offer: Option<Offer>, ctx: &Listening<'_>) -> Bad {
        if why == Why::TooFar {
            return Bad::new(why);
        }
        let offer = offer.unwrap_or_else(|| ctx.moment().default_offer(self.day));
        self.bad_with(why, Some(offer), ctx)
    }

    fn bad_with(&self, why: Why, offer: Option<Offer>, ctx: &Listening<'_>) -> Bad {
        if self.unsafe_fix {
            return Bad::new(why);
        }
        let fix = self.line(offer, ctx);
        Bad::with_fix(why, fix)
    }

    fn when(&self, ctx: &Listening<'_>) -> Result<When, Trouble> {
        match &self.span {
            Some(span) => ctx.moment().settle(span, self.day),
            None => Err((Why::NoTime, None)),
        }
    }

    /// The line to send; with other times, where those given do not work.
    fn line(&self, offer: Option<Offer>, ctx: &Listening<'_>) -> String {
        let reference = self.reference.as_deref().unwrap_or(ctx.reference_example);
        let mut line = format!("/visit {reference}");
        if let Some(initials) = &self.initials {
            let _ = write!(line, " {initials}");
        }
        if let Some(category) = self.category {
            let _ = write!(line, " cat {category}");
        }
        let (day, times) = self.times(offer, ctx);
        if let Some(day) = day {
            let _ = write!(line, " {}", day.text());
        }
        let _ = write!(line, " {times}");
        self.people_and_places(&mut line);
        for (check, call) in self.good_checks(offer, ctx) {
            let call = if call { " call" } else { "" };
            let _ = write!(line, " check {}{call}", check.format("%H:%M"));
        }
        if let Some(back) = self.good_back(offer, ctx) {
            let _ = write!(line, " back {}", back.format("%H:%M"));
        }
        line
    }

    /// The expected return as given, where it fits the visit of the line; else half an hour after its end.
    fn good_back(&self, offer: Option<Offer>, ctx: &Listening<'_>) -> Option<NaiveTime> {
        let clock = self.back?;
        let when = match offer {
            None => self.when(ctx).ok(),
            Some(offer) => settled(usable(offer, ctx), ctx).ok(),
        }?;
        let later = || when.end + TimeDelta::minutes(30);
        let at = after(clock, when, ctx).unwrap_or_else(later);
        Some(at.with_timezone(&ctx.tz).time())
    }

    fn people_and_places(&self, line: &mut String) {
        for (i, who) in self.with.iter().chain(&self.loose).enumerate() {
            let _ = write!(line, "{} @{who}", if i == 0 { " with" } else { "" });
        }
        match &self.next {
            Some(Next::Visit(reference)) => {
                let _ = write!(line, " next {reference}");
            }
            Some(Next::Office) => line.push_str(" next office"),
            Some(Next::Home) => line.push_str(" next home"),
            None => {}
        }
        if let Some(who) = &self.on_behalf {
            let _ = write!(line, " for @{who}");
        }
    }

    /// Day and times for the line, such that it can be sent as it stands.
    fn times(&self, offer: Option<Offer>, ctx: &Listening<'_>) -> (Option<Day>, String) {
        let text = |start: NaiveTime, end: NaiveTime| {
            format!("{}-{}", start.format("%H:%M"), end.format("%H:%M"))
        };
        let Some(offer) = offer else {
            return match self.span {
                Some(Span::For(minutes)) => (None, format!("for {minutes}m")),
                _ => (
                    self.day,
                    self.given(ctx)
                        .map_or_else(String::new, |(s, e)| text(s, e)),
                ),
            };
        };
        let offer = usable(offer, ctx);
        (offer.day, text(offer.start, offer.end))
    }

    /// The local times of what was given, where that works.
    fn given(&self, ctx: &Listening<'_>) -> Option<(NaiveTime, NaiveTime)> {
        let when = self.when(ctx).ok()?;
        let local = |t: DateTime<Utc>| t.with_timezone(&ctx.tz).time();
        Some((local(when.start), local(when.end)))
    }

    /// The checks that lie inside the visit of the line.
    fn good_checks(&self, offer: Option<Offer>, ctx: &Listening<'_>) -> Vec<(NaiveTime, bool)> {
        let when = match offer {
            None => self.when(ctx).ok(),
            Some(offer) => settled(usable(offer, ctx), ctx).ok(),
        };
        let Some(when) = when else {
            return Vec::new();
        };
        let inside = self.checks.iter().filter_map(|check| {
            let at = during(*check, when, ctx)?;
            Some((at.with_timezone(&ctx.tz).time(), self.calls.contains(check)))
        });
        inside.collect()
    }
}

fn settled(offer: Offer, ctx: &Listening<'_>) -> Result<When, Trouble> {
    let fixed = |t: NaiveTime| {
        use chrono::Timelike;
        Clock::sure(t.hour(), t.minute())
    };
    ctx.moment().settle(
        &Span::Range(fixed(offer.start), fixed(offer.end)),
        offer.day,
    )
}

/// The offer itself, or the same tomorrow, or the next hour: whichever can be sent.
fn usable(offer: Offer, ctx: &Listening<'_>) -> Offer {
    let tomorrow = Offer {
        day: Some(Day::Tomorrow),
        ..offer
    };
    let default = ctx.moment().default_offer(None);
    [offer, tomorrow]
        .into_iter()
        .find(|o| settled(*o, ctx).is_ok())
        .unwrap_or(default)
}

/// The moment of a check inside a visit, for which a loose time takes the half of the day that fits.
fn during(check: Clock, when: When, ctx: &Listening<'_>) -> Option<DateTime<Utc>> {
    let first = when.start.with_timezone(&ctx.tz).date_naive();
    let dates = [Some(first), first.checked_add_days(Days::new(1))];
    check.readings().into_iter().find_map(|time| {
        dates
            .into_iter()
            .flatten()
            .filter_map(|d| ctx.moment().at(d.and_time(time)))
            .find(|t| *t > when.start && *t < when.end)
    })
}

/// The moment of a return after a visit: within so many hours of its end.
fn after(clock: Clock, when: When, ctx: &Listening<'_>) -> Option<DateTime<Utc>> {
    let last = when.end.with_timezone(&ctx.tz).date_naive();
    let dates = [Some(last), last.checked_add_days(Days::new(1))];
    let readings = clock.readings().into_iter();
    let found = readings.flat_map(|time| {
        let days = dates.into_iter().flatten();
        days.filter_map(move |day| ctx.moment().at(day.and_time(time)))
    });
    found
        .filter(|at| *at >= when.end && *at - when.end <= TimeDelta::hours(12))
        .min()
}
