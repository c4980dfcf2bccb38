//! Alarms as they are seen from outside: they have a reason, they do not fall silent, they end when they are ended.

use super::ladders::first_page_after;
use super::owed::Key;
use super::watch::{Report, Stand};
use super::words::{kind, worker};
use super::{Harm, Oracle};
use crate::simulation::talk::{Heard, Meaning, Sent, Spot, Time, alarm_number};
use crate::simulation::town::Team;
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// How long whoever took an alarm on has, where the policy does not say (design, invariant 2).
const OTHERS_FOLLOW_UP: TimeDelta = TimeDelta::minutes(15);
/// After `/reached` she is asked again half an hour later.
const REACHED_LASTS: TimeDelta = TimeDelta::minutes(30);
/// After `/police` they are asked hourly.
const POLICE: TimeDelta = TimeDelta::hours(1);

/// An alarm that has been seen.
#[derive(Clone, Debug)]
pub struct Seen {
    pub worker: String,
    pub kind: &'static str,
    /// The first line of its first page.
    headline: String,
    /// When somebody was last rung about it.
    pub last: Time,
    /// When somebody last did something about it.
    pub asked: Time,
    /// Taken on, or she was heard: it waits longer.
    pub calm: bool,
    pub police: bool,
    /// Ended for certain, then.
    pub closed: Option<Time>,
    /// Perhaps ended, or part of another.
    pub perhaps: bool,
    /// The steps that each was paged for, and what had happened by then.
    steps: BTreeMap<(Spot, String), u64>,
    stir: u64,
}

impl Seen {
    pub fn is_surely_open(&self) -> bool {
        self.closed.is_none() && !self.perhaps
    }

    fn gap(&self, team: &Team) -> TimeDelta {
        if self.police {
            return POLICE;
        }
        let kinds = match self.kind {
            "visit" => vec!["visit", "final_visit"],
            kind => vec![kind],
        };
        let ladders: Vec<_> = kinds.iter().filter_map(|kind| team.ladder(kind)).collect();
        let steps = ladders.iter().flat_map(|ladder| &ladder.steps);
        let repeat = steps.map(|step| step.repeat).max().unwrap_or(POLICE);
        let repeat = match self.kind {
            // The first step's alone is never asked of anybody else than the worker.
            "visit" | "check_in" | "shift_end" => repeat,
            _ => repeat,
        };
        let follow_up = ladders.iter().filter_map(|ladder| ladder.follow_up).max();
        match self.calm {
            true => repeat.max(follow_up.unwrap_or(OTHERS_FOLLOW_UP)),
            false => repeat,
        }
    }
}

impl Oracle {
    /// A message about an alarm went out.
    pub(super) fn rung(&mut self, sent: &Sent) {
        let Some(number) = alarm_number(&sent.text).filter(|_| sent.rings) else {
            return;
        };
        let key = (sent.team, number);
        if !self.alarms.contains_key(&key) {
            self.raised(sent, number);
        }
        let Some(seen) = self.alarms.get_mut(&key) else {
            return;
        };
        if seen
            .closed
            .is_some_and(|at| sent.decided > at + TimeDelta::seconds(1))
        {
            let what = format!("A{number} was stood down, and still: {}", sent.text);
            return self.wrong(Harm::Needless, what);
        }
        seen.last = seen.last.max(sent.at);
        let stir = self.watches.get(&(sent.team, seen.worker.clone()));
        let stir = stir.map_or(0, |watch| watch.stir) + seen.stir;
        let rule = sent.text.lines().find(|line| line.starts_with("Rule: "));
        // In a room two steps may cite the same paragraph, for different people.
        let first = matches!(sent.spot, Spot::Direct(_)) && !sent.text.contains("(reminder ");
        if let Some(rule) = rule.filter(|_| first) {
            let before = seen
                .steps
                .insert((sent.spot.clone(), rule.to_owned()), stir);
            if before == Some(stir) {
                let what = format!("the same step twice to {:?}: {}", sent.spot, sent.text);
                self.wrong(Harm::Doubled, what);
            }
        }
    }

    /// The first page of an alarm: it has a reason, and is not before its time.
    fn raised(&mut self, sent: &Sent, number: u32) {
        let town = self.town.clone();
        let team = &town.teams[sent.team];
        let (Some(kind), Some(worker)) = (kind(&sent.text), worker(team, &sent.text)) else {
            return self.wrong(
                Harm::Needless,
                format!("an alarm that nobody has seen: {}", sent.text),
            );
        };
        if let Some(why) = self.without_reason(team, sent, kind, &worker) {
            self.wrong(Harm::Needless, format!("{why}: {}", sent.text));
        }
        let watch = self.watch(sent.team, &worker);
        let help = watch.help.is_some();
        // After an outage she may have been heard in the moment of the first page.
        let heard = watch.since_call > 0 && watch.word >= sent.decided;
        let seen = Seen {
            worker,
            kind,
            headline: sent.text.lines().next().unwrap_or_default().to_owned(),
            last: sent.at,
            asked: sent.at,
            calm: heard && kind != "duress",
            police: false,
            closed: None,
            perhaps: help && !matches!(kind, "duress" | "sos"),
            steps: BTreeMap::new(),
            stir: 0,
        };
        self.alarms.insert((sent.team, number), seen);
    }

    /// Why this alarm should not be; `None`: it may be.
    fn without_reason(
        &mut self,
        team: &Team,
        sent: &Sent,
        kind: &str,
        worker: &str,
    ) -> Option<String> {
        let at = sent.decided + TimeDelta::seconds(1);
        // Whoever cannot be asked is looked for at once.
        let deaf = self.unreachable(sent.team, worker, at - TimeDelta::hours(8));
        let watch = self.watch(sent.team, worker).clone();
        let hazy = watch.visits.iter().any(|visit| visit.stand == Stand::Hazy);
        match kind {
            "visit" => {
                let headline = sent.text.lines().next().unwrap_or_default();
                let named = |reference: &str| headline.contains(reference);
                let found = watch.visits.iter().find(|visit| named(&visit.reference));
                let Some(visit) = found else {
                    return Some("a visit that nobody logged".to_owned());
                };
                let after = first_page_after(team, &["visit", "final_visit"]);
                match visit.stand {
                    Stand::Hazy => None,
                    Stand::Over => Some("a visit that is over".to_owned()),
                    Stand::Open if deaf => None,
                    Stand::Open if at < visit.low + after => Some("before its time".to_owned()),
                    Stand::Open => None,
                }
            }
            "check_in" => {
                let due = |check: &Time| *check <= at;
                let missed = watch
                    .visits
                    .iter()
                    .any(|v| v.check.as_ref().is_some_and(due));
                (!missed).then(|| "no check-in was missed".to_owned())
            }
            "shift_end" => {
                let awaited = watch.report != Report::Nothing || hazy;
                (!awaited).then(|| "she is home".to_owned())
            }
            other => {
                let recent = |(when, what): &(Time, &str)| {
                    *what == other && *when <= at && at < *when + TimeDelta::hours(24)
                };
                let asked = watch.asked.iter().any(recent);
                (!asked).then(|| format!("nobody has asked for {other}"))
            }
        }
    }

    /// Somebody did something about an alarm.
    pub(super) fn answered(&mut self, number: u32, heard: &Heard) {
        let (team, now) = (heard.team, self.now);
        let Some(seen) = self.alarms.get_mut(&(team, number)) else {
            return;
        };
        seen.stir += 1;
        seen.asked = seen.asked.max(now);
        let (worker, kind) = (seen.worker.clone(), seen.kind);
        let headline = seen.headline.clone();
        let help = matches!(kind, "duress" | "sos");
        match heard.meaning {
            Meaning::Ack(_) => seen.calm = true,
            Meaning::NoAnswer(_) => seen.perhaps |= kind == "possible",
            Meaning::Police(_) => seen.police = true,
            Meaning::StandDown(_) => {
                seen.closed = Some(seen.closed.unwrap_or(now));
            }
            // Neither ends a call by code phrase.
            _ if kind == "duress" => {}
            _ => seen.perhaps = true,
        }
        let ended = seen.closed.is_some() || seen.perhaps;
        if !ended && !seen.police {
            return;
        }
        if help && ended {
            self.folds(team, &worker);
        }
        let still = |seen: &Seen| {
            seen.worker == worker && matches!(seen.kind, "duress" | "sos") && seen.closed.is_none()
        };
        let calls = self
            .alarms
            .iter()
            .any(|((at, _), seen)| *at == team && still(seen));
        let watch = self.watch(team, &worker);
        watch.stir += 1;
        if matches!(heard.meaning, Meaning::Reached(_)) {
            watch.hush = watch.hush.max(Some(now + REACHED_LASTS));
            watch.spoken = Some(now);
        }
        if help && !calls {
            watch.help = None;
        }
        watch.closed = Some(now);
        watch.blur(now);
        watch.blur_named(&headline);
        self.take_back(&Key::Call(team, worker.clone()));
        self.plan_visits(team, &worker);
        self.plan_report(team, &worker);
    }

    /// Her other alarms are part of a call for help, or were.
    pub(super) fn folds(&mut self, team: usize, worker: &str) {
        for ((at, _), seen) in &mut self.alarms {
            if *at == team && seen.worker == worker && !matches!(seen.kind, "duress" | "sos") {
                seen.perhaps = true;
            }
        }
    }

    /// No alarm falls silent (invariant 2).
    pub(super) fn silent_alarms(&mut self) {
        let now = self.now;
        let town = self.town.clone();
        let mut silent = None;
        for ((team, number), seen) in &self.alarms {
            if !seen.is_surely_open() {
                continue;
            }
            let due = seen.last.max(seen.asked) + seen.gap(&town.teams[*team]);
            let latest = self.sky.latest(due);
            if latest.is_some_and(|latest| latest <= now) {
                silent = Some(format!(
                    "A{number} of {team} is silent since {}: {seen:?}",
                    seen.last
                ));
            }
        }
        if let Some(silent) = silent {
            self.wrong(Harm::Lost, silent);
        }
    }
}
