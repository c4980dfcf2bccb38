//! What a seed decides beforehand: which teams, which days, what breaks when.

use super::dice::Dice;
use super::people::Speech;
use super::talk::{Heard, Time};
use super::town::POLICIES;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use lonewatch_core::domain::inbound::Inbound;
use std::collections::BTreeMap;

/// Something that happens at a time of its own.
#[derive(Clone, Debug)]
pub enum Action {
    Say(Box<Speech>),
    /// It comes to the bot; `None`: once more.
    Arrive(Box<(Inbound, Option<Heard>)>),
    /// From now on so many sends in a hundred go wrong; 0: none.
    Bad(u64),
    BotDown(TimeDelta),
    ServerDown(TimeDelta),
    Up,
    Refuse {
        team: usize,
        person: String,
        on: bool,
    },
    /// The clock is set.
    Jump(TimeDelta),
    Restart,
}

/// What is to come, in the order of time and of being added.
#[derive(Default)]
pub struct Queue {
    all: BTreeMap<(Time, u64), Action>,
    count: u64,
}

impl Queue {
    pub fn add(&mut self, at: Time, action: Action) {
        self.count += 1;
        self.all.insert((at, self.count), action);
    }

    pub fn next(&self) -> Option<Time> {
        self.all.keys().next().map(|(at, _)| *at)
    }

    pub fn due(&mut self, now: Time) -> Option<Action> {
        let first = self.all.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }
}

/// How hard it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing breaks.
    None,
    /// As the seed says.
    Any,
}

/// One world.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub policies: Vec<&'static str>,
    pub start: Time,
    pub end: Time,
    /// At so many moments in a hundred a fuse is lit.
    pub crashes: u64,
    pub weather: Vec<(Time, Action)>,
    first: NaiveDate,
    length: u64,
}

impl Plan {
    /// The world of a seed, so many days long.
    pub fn of(seed: u64, days: u64, trouble: Trouble) -> Self {
        let mut dice = Dice::of(seed, "plan");
        let count = 1 + dice.below(3);
        let mut policies: Vec<&str> = POLICIES.to_vec();
        while policies.len() > count {
            policies.remove(dice.below(policies.len()));
        }
        let first = match dice.below(8) {
            // The nights on which the clocks change.
            0 => NaiveDate::from_ymd_opt(2026, 3, 28),
            1 => NaiveDate::from_ymd_opt(2026, 10, 24),
            _ => NaiveDate::from_ymd_opt(2026, 1, 1)
                .and_then(|day| day.checked_add_days(Days::new(dice.next() % 364))),
        };
        let first = first.unwrap_or_default();
        let at = |day: NaiveDate| Utc.from_utc_datetime(&day.and_time(NaiveTime::MIN));
        let start = at(first) + TimeDelta::hours(4);
        let mut plan = Self {
            seed,
            policies,
            start,
            end: start + TimeDelta::days(i64::try_from(days).unwrap_or(1)) + TimeDelta::hours(6),
            crashes: 0,
            weather: Vec::new(),
            first,
            length: days,
        };
        if trouble == Trouble::Any {
            plan.crashes = [0, 3, 12, 40][dice.below(4)];
            for day in plan.days() {
                plan.trouble(at(day), &mut dice);
            }
        }
        plan
    }

    /// Its days.
    pub fn days(&self) -> Vec<NaiveDate> {
        self.first
            .iter_days()
            .take(usize::try_from(self.length).unwrap_or(1))
            .collect()
    }

    /// What breaks on a day, one thing after the other.
    fn trouble(&mut self, day: Time, dice: &mut Dice) {
        let mut at = day + TimeDelta::hours(7);
        loop {
            at += TimeDelta::seconds(dice.from(600, 5 * 3600));
            if at > day + TimeDelta::hours(22) {
                return;
            }
            let long = match dice.below(3) {
                0 => TimeDelta::seconds(dice.from(20, 110)),
                1 => TimeDelta::minutes(dice.from(3, 12)),
                _ => TimeDelta::minutes(dice.from(10, 70)),
            };
            match dice.below(7) {
                0 => self.weather.push((at, Action::BotDown(long))),
                1 => self.weather.push((at, Action::ServerDown(long))),
                2 | 3 => {
                    let bad = [20, 50, 90][dice.below(3)];
                    self.weather.push((at, Action::Bad(bad)));
                    self.weather.push((at + long, Action::Bad(0)));
                }
                4 => self.refuse(at, dice),
                5 => self.jump(at, dice),
                _ => self.weather.push((at, Action::Restart)),
            }
            at += long + TimeDelta::minutes(2);
        }
    }

    fn refuse(&mut self, at: Time, dice: &mut Dice) {
        let people = ["dan", "carol", "ben", "amira", "sam"];
        let person = (*dice.pick(&people)).to_owned();
        let team = dice.below(self.policies.len());
        let action = |on| Action::Refuse {
            team,
            person: person.clone(),
            on,
        };
        self.weather.push((at, action(true)));
        let until = at + TimeDelta::minutes(dice.from(30, 240));
        self.weather.push((until, action(false)));
    }

    /// The clock is set wrong, and right again.
    fn jump(&mut self, at: Time, dice: &mut Dice) {
        let far = match dice.below(3) {
            0 => dice.from(1, 90),
            1 => dice.from(120, 900),
            _ => dice.from(900, 7200),
        };
        let far = TimeDelta::seconds(if dice.chance(50) { far } else { -far });
        self.weather.push((at, Action::Jump(far)));
        let back = at + TimeDelta::minutes(dice.from(5, 90));
        self.weather.push((back, Action::Jump(-far)));
    }
}
