//! Now and the team's zone: what local times mean from here.

use super::clock::Clock;
use super::day::Day;
use crate::chat::bad::Why;
use chrono::{
    DateTime, Days, Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Timelike,
    Utc,
};
use chrono_tz::Tz;

/// The longest visit, and the longest extension, in minutes.
pub(super) const LONGEST_MINUTES: i64 = 12 * 60;

/// When a visit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub crosses_midnight: bool,
}

/// Times to offer instead, as they would be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub day: Option<Day>,
    pub start: NaiveTime,
    pub end: NaiveTime,
}

/// What is wrong with the times, and what was perhaps meant.
pub(super) type Trouble = (Why, Option<Offer>);

/// Now, as everything here sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub now: DateTime<Utc>,
    pub tz: Tz,
}
impl Moment {
    /// The local date and time.
    pub fn local(self) -> NaiveDateTime {
        self.now.with_timezone(&self.tz).naive_local()
    }

    /// The local date.
    pub fn today(self) -> NaiveDate {
        self.local().date()
    }

    /// Now, without seconds.
    pub fn minute(self) -> DateTime<Utc> {
        let odd = i64::from(self.now.second());
        self.now
            - Duration::seconds(odd)
            - Duration::nanoseconds(i64::from(self.now.nanosecond() % 1_000_000_000))
    }

    /// The moment of a local time: of two the earlier, unless that has passed and the later has not.
    /// `None` where the clocks skip it.
    pub fn at(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self.tz.from_local_datetime(&local) {
            LocalResult::Single(t) => Some(t.to_utc()),
            LocalResult::Ambiguous(early, late) => {
                let passed = early < self.now && late >= self.now;
                Some(if passed { late } else { early }.to_utc())
            }
            LocalResult::None => None,
        }
    }

    /// An hour from the next half hour on, for lines to send.
    pub fn default_offer(self, day: Option<Day>) -> Offer {
        let fixed = |h| Clock::sure(h, 0).literal();
        if !matches!(day, None | Some(Day::Today)) {
            return Offer {
                day,
                start: fixed(14),
                end: fixed(15),
            };
        }
        let local = self.local().time();
        let minutes = i64::from(local.hour() * 60 + local.minute());
        let (start, _) =
            NaiveTime::MIN.overflowing_add_signed(Duration::minutes((minutes + 29) / 30 * 30));
        let day = day.filter(|_| minutes < 22 * 60);
        Offer {
            day,
            start,
            end: hour_after(start),
        }
    }
    /// The next moment that a clock time can mean, at most 12 hours ahead.
    pub fn next(self, clock: Clock) -> Option<DateTime<Utc>> {
        let today = self.today();
        let days = [Some(today), today.checked_add_days(Days::new(1))];
        let all = days.into_iter().flatten().flat_map(|d| {
            let times = clock.readings();
            times
                .into_iter()
                .filter_map(move |t| self.at(d.and_time(t)))
        });
        all.filter(|t| *t > self.now && *t - self.now <= Duration::minutes(LONGEST_MINUTES))
            .min()
            // `until 3`, said at five past three, is not the coming night.
            .filter(|t| !clock.loose || *t - self.now <= Duration::hours(8))
            // In the morning `until 02:00` is a slip of the thumb, not the coming night.
            .filter(|t| {
                self.local().hour() >= 12 || t.with_timezone(&self.tz).date_naive() == today
            })
    }
}

/// An hour later on the clock.
pub(super) fn hour_after(start: NaiveTime) -> NaiveTime {
    start + Duration::hours(1)
}
