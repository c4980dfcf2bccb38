//! When sending or seeing was disturbed, by the bot's clock: what is due then may be late, by so much and no more.

use crate::simulation::talk::Time;
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// The longest wait of the courier's is a minute (its own bound, and the homeserver's `retry_after` is cut to it); then
/// one round.
const AFTERWARDS: TimeDelta = TimeDelta::seconds(75);
/// As long as anything may be due before it is judged.
const SLACK: TimeDelta = TimeDelta::seconds(2);

/// The disturbances.
#[derive(Default)]
pub struct Sky {
    now: BTreeMap<&'static str, Time>,
    past: Vec<(Time, Time)>,
    back: Vec<(Time, Time)>,
}

impl Sky {
    pub fn unsteady(&mut self, what: &'static str, at: Time, begins: bool) {
        if begins {
            self.now.entry(what).or_insert(at);
        } else if let Some(from) = self.now.remove(what) {
            self.past(from, at);
        }
    }

    pub fn past(&mut self, from: Time, to: Time) {
        let (from, to) = (from.min(to), from.max(to));
        self.past.push((from, to));
        self.past.sort();
        if self.past.len() > 60 {
            self.past.remove(0);
        }
    }

    pub fn set_back(&mut self, from: Time, to: Time) {
        // What waits to be tried again, or goes wrong still, does so at the hours that come a second time, too.
        if self.disturbed_since(from) {
            self.past(to, to);
        }
        for since in self.now.values_mut() {
            *since = to.min(*since);
        }
        self.back.push((from, to));
    }

    /// The latest time of the clock before it was set back to before `at`.
    pub fn set_back_from(&self, at: Time) -> Time {
        let over = self
            .back
            .iter()
            .filter(|(from, to)| *to <= at && at <= *from);
        over.map(|(from, _)| *from).max().unwrap_or(at)
    }

    /// By when that which was due at `by` must have gone out; `None`: it cannot be said yet.
    pub fn latest(&self, by: Time) -> Option<Time> {
        let mut latest = by + SLACK;
        for (from, to) in &self.past {
            if *from <= latest && *to + AFTERWARDS > by {
                latest = latest.max(*to + AFTERWARDS);
            }
        }
        let still = self.now.values().any(|since| *since <= latest);
        (!still).then_some(latest)
    }

    /// True if something was disturbed at some time from then on.
    pub fn disturbed_since(&self, since: Time) -> bool {
        !self.now.is_empty() || self.past.iter().any(|(_, to)| *to + AFTERWARDS > since)
    }
}
