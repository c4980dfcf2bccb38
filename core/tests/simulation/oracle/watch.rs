//! What the oracle believes of one worker: her visits, and what she has asked for.

use super::Oracle;
use super::owed::Key;
use crate::simulation::talk::{Heard, Meaning, Time};
use chrono::TimeDelta;

/// After a plain "ok" she is asked again in a quarter of an hour (the engine's `ok_lasts`, shown to users).
const OK_LASTS: TimeDelta = TimeDelta::minutes(15);
/// A tap on ⏳ is half an hour more, as its question says.
const MORE: TimeDelta = TimeDelta::minutes(30);
/// What nobody has spoken of for so long is forgotten here.
const FORGOTTEN: TimeDelta = TimeDelta::hours(16);

/// Where a visit stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stand {
    Open,
    Over,
    /// Something happened after which the small model does not say.
    Hazy,
}

/// A visit.
#[derive(Clone, Debug)]
pub struct Visit {
    pub reference: String,
    pub start: Time,
    /// It is due no earlier and no later.
    pub low: Time,
    pub high: Time,
    pub stand: Stand,
    pub arrived: bool,
    pub check: Option<Time>,
    /// A human has dealt with it.
    pub check_met: bool,
    /// From when on pages about it count.
    pub since: Time,
    pub logged: Time,
}

/// The report at the end of the shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Report {
    Nothing,
    /// Since then, no earlier and no later; and the due time of the last visit.
    Awaited {
        low: Time,
        high: Time,
        due: Time,
    },
    Hazy,
}

/// A worker.
#[derive(Clone, Debug)]
pub struct Watch {
    pub visits: Vec<Visit>,
    pub report: Report,
    /// The last word of hers, by the bot's clock.
    pub word: Time,
    /// Somebody has told, last at that time, that they spoke to her.
    pub spoken: Option<Time>,
    /// She has called for help, and it is not closed for certain.
    pub help: Option<Time>,
    /// What she asked for, and when: the reasons of alarms.
    pub asked: Vec<(Time, &'static str)>,
    /// What cannot be read, and since when.
    pub unread: Option<Time>,
    /// Somebody spoke to her: until then she is left in peace.
    pub hush: Option<Time>,
    /// An alarm of hers was closed last then: that is a report as well.
    pub closed: Option<Time>,
    /// How often something happened that may begin a ladder anew.
    pub stir: u64,
    /// How much she has said since she last called.
    pub since_call: u64,
}

impl Watch {
    fn new(now: Time) -> Self {
        Self {
            visits: Vec::new(),
            report: Report::Nothing,
            word: now,
            spoken: None,
            help: None,
            asked: Vec::new(),
            unread: None,
            hush: None,
            closed: None,
            stir: 0,
            since_call: 0,
        }
    }

    pub fn open(&self) -> impl Iterator<Item = &Visit> {
        self.visits
            .iter()
            .filter(|visit| visit.stand == Stand::Open)
    }

    /// The model says nothing of her visits any more.
    pub fn blur(&mut self, from: Time) {
        for visit in &mut self.visits {
            visit.check_met |= visit.check.is_some_and(|check| check <= from);
            if visit.stand == Stand::Open && visit.low <= from {
                visit.stand = Stand::Hazy;
            }
        }
        if self.report != Report::Nothing {
            self.report = Report::Hazy;
        }
    }

    /// The same for a visit that an alarm is about, also where its end has moved since.
    pub fn blur_named(&mut self, headline: &str) {
        for visit in &mut self.visits {
            if visit.stand == Stand::Open && headline.contains(&visit.reference) {
                visit.stand = Stand::Hazy;
            }
        }
    }

    fn find(&mut self, reference: &str) -> Option<&mut Visit> {
        self.visits
            .iter_mut()
            .find(|visit| visit.reference == reference)
    }

    /// Any word of hers puts off what is overdue by then, perhaps.
    fn put_off(&mut self, said: Time, now: Time, surely: bool) {
        for visit in &mut self.visits {
            if visit.stand != Stand::Open || visit.low > said {
                continue;
            }
            let later = said + OK_LASTS;
            if surely && visit.high <= said {
                (visit.low, visit.high, visit.since) = (later, later, now);
            } else {
                visit.high = visit.high.max(later);
            }
        }
        if let Report::Awaited { high, .. } = &mut self.report {
            *high = (*high).max(said + OK_LASTS);
        }
    }

    fn end(&mut self, reference: &str, said: Time, now: Time) {
        let (help, closed) = (self.help, self.closed);
        let mut over = None;
        let mut hazy = false;
        if let Some(visit) = self.find(reference) {
            // A stand-down may have closed it, and the report with it.
            hazy = visit.stand == Stand::Hazy || closed.is_some_and(|at| at >= said);
            let doubt = help.is_some() || visit.start > said + TimeDelta::minutes(55);
            match visit.stand {
                Stand::Over => {}
                _ if doubt => visit.stand = Stand::Hazy,
                _ => {
                    visit.stand = Stand::Over;
                    over = Some(visit.high);
                }
            }
        }
        match over {
            Some(_) if hazy => self.report = Report::Hazy,
            Some(due) => self.over((said, now), due),
            None => {}
        }
    }

    /// A visit is over; perhaps it was the last.
    /// A word that comes late is counted from when it came.
    fn over(&mut self, (low, high): (Time, Time), due: Time) {
        let left = self.visits.iter().any(|visit| visit.stand != Stand::Over);
        self.report = match left {
            true => Report::Hazy,
            false => Report::Awaited { low, high, due },
        };
    }

    fn arrives(&mut self, reference: &str, said: Time) {
        let Some(start) = self.find(reference).map(|visit| visit.start) else {
            return;
        };
        for visit in &mut self.visits {
            let before = visit.reference != reference && visit.start < start;
            if before && visit.stand == Stand::Open {
                // Whoever arrives at the next place has left the one before.
                let on = visit.arrived || visit.start <= said;
                visit.stand = if on { Stand::Over } else { Stand::Hazy };
            }
        }
        if let Some(visit) = self.find(reference) {
            visit.arrived = true;
        }
    }

    fn home(&mut self, said: Time, now: Time) {
        for visit in &mut self.visits {
            let begun = visit.arrived || visit.start <= said;
            if visit.stand == Stand::Open && begun {
                visit.stand = Stand::Over;
            }
        }
        let all = self.visits.iter().all(|visit| visit.stand == Stand::Over);
        // A word that came late was said before her "left". Where that lies ahead, the clock was set back: she is home.
        let earlier =
            matches!(self.report, Report::Awaited { low, .. } if said < low && low <= now);
        self.report = match all && self.help.is_none() && !earlier {
            true => Report::Nothing,
            false => Report::Hazy,
        };
    }
}

impl Oracle {
    pub(super) fn watch(&mut self, team: usize, worker: &str) -> &mut Watch {
        let now = self.now;
        let key = (team, worker.to_owned());
        self.watches.entry(key).or_insert_with(|| Watch::new(now))
    }

    /// A word from a worker's account.
    pub(super) fn worker_said(&mut self, who: &str, heard: &Heard) {
        let (team, now) = (heard.team, self.now);
        let said = heard.said_at.min(now);
        if self.watch(team, who).help.is_none() {
            // She was heard: nobody else has to be told that she asked to be rung.
            self.take_back(&Key::Call(team, who.to_owned()));
        }
        let watch = self.watch(team, who);
        watch.visits.retain(|visit| visit.high + FORGOTTEN > now);
        watch.word = watch.word.max(now);
        watch.stir += 1;
        watch.since_call += 1;
        watch.unread = None;
        let plain = !matches!(heard.meaning, Meaning::Fine | Meaning::Until { .. });
        if plain {
            watch.put_off(said, now, false);
        }
        match &heard.meaning {
            Meaning::Visit {
                reference,
                start,
                end,
                check,
            } => {
                // One at the time of another is not logged, and that is said; what ends the other may come late.
                let over = |visit: &&Visit| visit.stand != Stand::Over;
                let beside = |visit: &Visit| visit.start < *end && *start < visit.high;
                let beside = watch.visits.iter().filter(over).any(beside);
                let doubt = said > *end - TimeDelta::minutes(1) || watch.help.is_some() || beside;
                watch.report = match beside {
                    true => Report::Hazy,
                    false => Report::Nothing,
                };
                watch.visits.push(Visit {
                    reference: reference.clone(),
                    start: *start,
                    low: *end,
                    high: *end,
                    stand: if doubt { Stand::Hazy } else { Stand::Open },
                    arrived: false,
                    check: *check,
                    check_met: false,
                    since: now,
                    logged: now,
                });
            }
            Meaning::VisitNow { reference, end } => watch.moved(reference, *end, said, now),
            Meaning::Until { reference, end } => watch.moved(reference, *end, said, now),
            Meaning::MoreTime(reference) => {
                if let Some(visit) = watch.find(reference) {
                    visit.high = visit.high.max(now).max(said) + MORE;
                }
            }
            Meaning::Arrived(reference) => watch.arrives(reference, said),
            Meaning::Left(reference) => watch.end(reference, said, now),
            Meaning::Cancel(reference) => watch.called_off(reference, said),
            Meaning::Fine => watch.put_off(said, now, true),
            Meaning::Home => watch.home(said, now),
            Meaning::Phrase => self.calls(team, who, "duress"),
            Meaning::Sos => self.calls(team, who, "sos"),
            Meaning::RingMe => self.calls(team, who, "ring_me"),
            Meaning::Unreadable => {
                watch.asked.push((now, "unreadable"));
                let on = |visit: &Visit| visit.start <= said && visit.low > now;
                let out = watch.open().any(on);
                watch.unread = out.then_some(now);
            }
            _ => {}
        }
        self.calm(team, who);
        self.plan_visits(team, who);
        self.plan_report(team, who);
    }

    /// The alarms of a worker who has said something wait longer.
    fn calm(&mut self, team: usize, who: &str) {
        let now = self.now;
        for ((at, _), seen) in &mut self.alarms {
            if *at == team && seen.worker == who && seen.kind != "duress" {
                seen.calm = true;
                seen.asked = seen.asked.max(now);
            }
        }
    }

    /// Forgets what is owed for her visits, and says it anew.
    pub(super) fn plan_visits(&mut self, team: usize, who: &str) {
        self.take_back(&Key::Visits(team, who.to_owned()));
        let Some(watch) = self.watches.get(&(team, who.to_owned())).cloned() else {
            return;
        };
        if watch.help.is_some() {
            return;
        }
        for visit in watch.open() {
            self.owe_visit(team, who, &watch, visit);
        }
    }
}

impl Watch {
    /// The agreed end is another one.
    fn moved(&mut self, reference: &str, end: Time, said: Time, now: Time) {
        let help = self.help.is_some();
        let Some(visit) = self.find(reference) else {
            return;
        };
        if visit.stand != Stand::Open {
            return;
        }
        if help || said >= end - TimeDelta::minutes(1) {
            visit.stand = Stand::Hazy;
            return;
        }
        (visit.low, visit.high, visit.since) = (end, end, now);
    }

    fn called_off(&mut self, reference: &str, said: Time) {
        let Some(visit) = self.find(reference) else {
            return;
        };
        if visit.stand == Stand::Over {
            return;
        }
        let planned = said < visit.start && !visit.arrived;
        visit.stand = if planned { Stand::Over } else { Stand::Hazy };
        // Whether a report is still awaited for what was before it, the small model does not say.
        self.report = Report::Hazy;
    }
}
