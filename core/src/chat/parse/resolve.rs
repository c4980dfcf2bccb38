//! From times as written to moments, seen from now and in the team's zone.

use super::clock::Clock;
use super::day::Day;
use super::halves::{gap, likely, pick};
use super::moment::{LONGEST_MINUTES, Moment, Offer, Trouble, When, hour_after};
use super::span::Span;
use crate::chat::bad::Why;
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveTime, Timelike, Utc};

/// How far ahead a visit can be logged.
const FURTHEST: Duration = Duration::days(60);

impl Moment {
    /// Settles times of a visit.
    pub fn settle(self, span: &Span, day: Option<Day>) -> Result<When, Trouble> {
        match span {
            Span::Range(a, b) => self.two_clocks(*a, *b, day),
            Span::ClockFor(clock, minutes) => self.clock_for(*clock, *minutes, day),
            Span::For(minutes) => {
                if !(1..=LONGEST_MINUTES).contains(minutes) {
                    return Err((no_length(*minutes), Some(self.default_offer(day))));
                }
                self.starting_now(day, self.minute() + Duration::minutes(*minutes))
            }
            Span::Until(clock) => {
                let end = self.next(*clock).ok_or_else(|| {
                    let start = clock.literal() - Duration::hours(1);
                    (
                        Why::Past,
                        Some(Offer {
                            day: Some(Day::Tomorrow),
                            start,
                            end: clock.literal(),
                        }),
                    )
                })?;
                self.starting_now(day, end)
            }
            Span::At(clock) => {
                let start = if clock.loose {
                    likely(*clock)
                } else {
                    clock.literal()
                };
                Err((
                    Why::NoEnd,
                    Some(Offer {
                        day,
                        start,
                        end: hour_after(start),
                    }),
                ))
            }
            Span::Wrong(token, start) => {
                let offer = start.map(|c| if c.loose { likely(c) } else { c.literal() });
                let offer = offer.map(|start| Offer {
                    day,
                    start,
                    end: hour_after(start),
                });
                Err((
                    Why::NotATime {
                        token: token.clone(),
                    },
                    offer,
                ))
            }
        }
    }

    fn two_clocks(self, a: Clock, b: Clock, day: Option<Day>) -> Result<When, Trouble> {
        let (start, end) = pick(a, b).map_err(|(s, e)| self.ask(day, s, e))?;
        let today = day.is_none_or(|d| d == Day::Today);
        let passed = today && self.rather_afternoon(a, start, end);
        if a.loose && b.loose && (passed || (a.hour < 7 && !self.soon(day, start))) {
            let later = |t: NaiveTime| t + Duration::hours(12);
            return Err(self.ask(day, later(start), later(end)));
        }
        self.range(day, start, end)
    }

    fn clock_for(self, clock: Clock, minutes: i64, day: Option<Day>) -> Result<When, Trouble> {
        let start = clock.literal();
        if !(1..=LONGEST_MINUTES).contains(&minutes) {
            let end = hour_after(start);
            return Err((no_length(minutes), Some(Offer { day, start, end })));
        }
        let early = clock.hour < 7 && !self.soon(day, start);
        if clock.loose && (clock.hour_only || early) {
            let start = likely(clock);
            return Err(self.ask(day, start, start + Duration::minutes(minutes)));
        }
        let (end, over) = start.overflowing_add_signed(Duration::minutes(minutes));
        self.placed(day, start, end, over != 0)
    }

    fn ask(self, day: Option<Day>, start: NaiveTime, end: NaiveTime) -> Trouble {
        (Why::AmPm, Some(Offer { day, start, end }))
    }

    /// `9:30-10:30` said in the afternoon.
    fn rather_afternoon(self, written: Clock, start: NaiveTime, end: NaiveTime) -> bool {
        let now = self.local().time();
        let morning = written.hour < 10 && start < end && end.hour() < 12;
        morning && end <= now && end + Duration::hours(12) > now
    }

    /// Within an hour before and six hours after now.
    fn soon(self, day: Option<Day>, start: NaiveTime) -> bool {
        let date = match day {
            None | Some(Day::Today) => self.today(),
            Some(_) => return false,
        };
        let ahead = date.and_time(start) - self.local();
        ahead >= -Duration::hours(1) && ahead <= Duration::hours(6)
    }

    fn starting_now(self, day: Option<Day>, end: DateTime<Utc>) -> Result<When, Trouble> {
        let start = self.minute();
        let today = self.today();
        if day.is_some_and(|d| d.date(today, false) != Some(today)) {
            return Err((Why::NoTime, Some(self.default_offer(day))));
        }
        Ok(When {
            start,
            end,
            crosses_midnight: end.with_timezone(&self.tz).date_naive() != today,
        })
    }

    fn range(self, day: Option<Day>, start: NaiveTime, end: NaiveTime) -> Result<When, Trouble> {
        if end > start {
            if (end - start).num_minutes() > LONGEST_MINUTES {
                let end = start + Duration::minutes(LONGEST_MINUTES);
                return Err((Why::TooLong, Some(Offer { day, start, end })));
            }
            return self.placed(day, start, end, false);
        }
        let through = (end - start).num_minutes() + 24 * 60;
        // Through the night at most 12 hours, so it begins at noon at the earliest.
        if end < start && through <= LONGEST_MINUTES {
            return self.placed(day, start, end, true);
        }
        // `14:00-03:00` is meant, and only too long.
        if end < start && end.hour() < 6 && start.hour() >= 12 {
            let end = start + Duration::minutes(LONGEST_MINUTES);
            return Err((Why::TooLong, Some(Offer { day, start, end })));
        }
        let offer = if end == start {
            Offer {
                day,
                start,
                end: hour_after(start),
            }
        } else {
            let swapped = gap(end, start).min(LONGEST_MINUTES);
            Offer {
                day,
                start: end,
                end: end + Duration::minutes(swapped),
            }
        };
        Err((Why::EndBeforeStart, Some(offer)))
    }

    /// Start and end on their day.
    fn placed(
        self,
        day: Option<Day>,
        start: NaiveTime,
        end: NaiveTime,
        crosses: bool,
    ) -> Result<When, Trouble> {
        let today = self.today();
        let offer = |day| Some(Offer { day, start, end });
        let over = self
            .on(today, start, end, crosses)
            .is_some_and(|w| w.end <= self.now);
        let date = match day {
            None => self.unsaid(start, end, crosses, over),
            Some(day) => day.date(today, over).ok_or((Why::NoSuchDay, offer(None)))?,
        };
        let Some(when) = self.on(date, start, end, crosses) else {
            // Only what does not exist is moved; a visit that begins later ends later as well.
            let hour = Duration::hours(1);
            let begins = self.at(date.and_time(start)).is_some();
            let start = if begins { start } else { start + hour };
            let end = end + hour;
            return Err((Why::Skipped, Some(Offer { day, start, end })));
        };
        if when.end <= self.now {
            return Err((Why::Past, offer(Some(Day::Tomorrow))));
        }
        if when.start - self.now > FURTHEST {
            return Err((Why::TooFar, None));
        }
        if when.end <= when.start {
            return Err((Why::EndBeforeStart, None));
        }
        Ok(when)
    }

    /// The date, where no day was said: today, but the small hours said late in the evening are
    /// tomorrow's, and a night that has begun yesterday goes on.
    fn unsaid(self, start: NaiveTime, end: NaiveTime, crosses: bool, over: bool) -> NaiveDate {
        let today = self.today();
        if over && !crosses && start.hour() < 6 && self.local().hour() >= 20 {
            return today.checked_add_days(Days::new(1)).unwrap_or(today);
        }
        let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let going_on = crosses
            && self
                .on(yesterday, start, end, true)
                .is_some_and(|w| w.start <= self.now && self.now < w.end);
        if going_on { yesterday } else { today }
    }

    fn on(self, date: NaiveDate, start: NaiveTime, end: NaiveTime, crosses: bool) -> Option<When> {
        let last = if crosses {
            date.checked_add_days(Days::new(1))?
        } else {
            date
        };
        Some(When {
            start: self.at(date.and_time(start))?,
            end: self.at(last.and_time(end))?,
            crosses_midnight: crosses,
        })
    }
}

/// Why a length cannot be taken: none at all, or more than 12 hours.
fn no_length(minutes: i64) -> Why {
    match minutes {
        ..1 => Why::NoEnd,
        _ => Why::TooLong,
    }
}
