//! Whom a policy's ladder must have paged by when: its own reading of the steps.

use super::Oracle;
use super::owed::{Key, Owed, Proof};
use super::watch::{Report, Visit, Watch};
use crate::simulation::talk::Time;
use crate::simulation::town::{Ladder, Moment, Step, Team};
use chrono::TimeDelta;

/// A message that nobody can read becomes an alarm after two minutes (issue 4, section 2).
const GRACE: TimeDelta = TimeDelta::minutes(2);

/// From what the steps of one ladder are counted, at the latest.
struct Anchors {
    due: Time,
    check: Time,
    word: Time,
    raised: Time,
    over: Time,
    previous: Time,
}

impl Anchors {
    fn all(at: Time) -> Self {
        Self {
            due: at,
            check: at,
            word: at,
            raised: at,
            over: at,
            previous: at,
        }
    }

    fn moment(&self, moment: &Moment) -> Time {
        let anchor = match moment.anchor.as_str() {
            "due" | "final_end" | "return" => self.due,
            "check_in" => self.check,
            "last_sighting" => self.word,
            "visits_over" => self.over,
            "previous_step" => self.previous,
            "raised" => self.raised,
            other => panic!("the anchor {other} is new: the oracle has to learn it"),
        };
        anchor + moment.after
    }

    fn latest(&self, step: &Step) -> Time {
        let mut at = self.moment(&step.at);
        if let Some(latest) = &step.latest {
            at = at.min(self.moment(latest));
        }
        if let Some(earliest) = &step.earliest {
            at = at.max(self.moment(earliest));
        }
        at
    }
}

/// Words that a page for this step has, or for any after it: several that are due together go out as one.
fn marks(ladder: &Ladder, from: usize) -> Vec<String> {
    let cites = ladder.steps.iter().skip(from);
    cites
        .map(|step| step.cite.trim_end_matches('.').to_owned())
        .collect()
}

/// The time after the agreed end before which nobody but the worker hears of it, whatever the visit's ladder is.
pub fn first_page_after(team: &Team, kinds: &[&str]) -> TimeDelta {
    let ladders = kinds.iter().filter_map(|kind| team.ladder(kind));
    let first = ladders.filter_map(|ladder| ladder.steps.iter().find(|step| !step.asks_worker()));
    first.map(|step| step.at.after).min().unwrap_or_default()
}

fn waits_for_previous(step: &Step) -> Option<TimeDelta> {
    let earliest = step.earliest.as_ref();
    let found = earliest.filter(|moment| moment.anchor == "previous_step");
    found.map(|moment| moment.after)
}

impl Oracle {
    /// What is owed if nothing more is heard about a visit.
    pub(super) fn owe_visit(&mut self, team: usize, who: &str, watch: &Watch, visit: &Visit) {
        let town = self.town.clone();
        let its = &town.teams[team];
        // Which of two is the last can change: then the later of both ladders' times holds.
        let alone = watch.visits.iter().all(|other| {
            other.reference == visit.reference || other.high <= visit.low && other.low <= visit.low
        });
        let (Some(last), Some(other)) = (its.ladder("final_visit"), its.ladder("visit")) else {
            return;
        };
        let ladders: Vec<&Ladder> = if alone { vec![last] } else { vec![last, other] };
        let mut anchors = Anchors {
            due: visit.high,
            word: watch.spoken.map_or(watch.word, |at| at.max(watch.word)),
            ..Anchors::all(visit.high)
        };
        let shortest = ladders.iter().map(|ladder| ladder.steps.len()).min();
        for index in 0..shortest.unwrap_or(0) {
            let of = |ladder: &&Ladder| anchors.latest(&ladder.steps[index]);
            let by = ladders.iter().map(of).max().unwrap_or(visit.high);
            // What it learns late it can only do then.
            let by = by.max(anchors.previous).max(self.now);
            let step = &ladders[0].steps[index];
            // Where the step before came late, because of an outage, the next one counts from there.
            let after = ladders
                .iter()
                .filter_map(|l| waits_for_previous(&l.steps[index]))
                .max();
            let after = after.map(|wait| (anchors.previous, wait));
            anchors.previous = by;
            let marks: Vec<String> = ladders
                .iter()
                .flat_map(|ladder| marks(ladder, index))
                .collect();
            let about = (team, who, Key::Visits(team, who.to_owned()));
            if step.asks_worker() {
                let says = vec![visit.reference.clone(), "finished?".to_owned()];
                self.owe_question(about, (visit.since, by), says);
            } else {
                let named: Vec<&Step> = ladders.iter().map(|ladder| &ladder.steps[index]).collect();
                let before = self.owed.len();
                self.owe_pages(about, (visit.since, by), &named, marks);
                self.owed[before..]
                    .iter_mut()
                    .for_each(|owed| owed.after = after);
            }
        }
        if let Some(check) = visit.check.filter(|_| !visit.check_met) {
            self.owe_check(team, who, visit, check);
        }
    }

    /// An agreed check-in, if no word comes from ten minutes before it on.
    fn owe_check(&mut self, team: usize, who: &str, visit: &Visit, check: Time) {
        let word = self.watch(team, who).word;
        if word > check - TimeDelta::minutes(31) || visit.logged > check {
            return;
        }
        let town = self.town.clone();
        let Some(ladder) = town.teams[team].ladder("check_in") else {
            return;
        };
        let anchors = Anchors {
            check,
            ..Anchors::all(check)
        };
        for (index, step) in ladder.steps.iter().enumerate() {
            let by = anchors.latest(step);
            let about = (team, who, Key::Visits(team, who.to_owned()));
            // Once the visit is due as well there are two alarms, and two questions.
            if by >= visit.low {
                return;
            }
            if step.asks_worker() {
                let says = vec![visit.reference.clone(), "your check-in at".to_owned()];
                self.owe_question(about, (visit.logged, by), says);
            } else {
                self.owe_pages(about, (visit.logged, by), &[step], marks(ladder, index));
            }
        }
    }

    /// The report at the end of a shift, where the policy has a ladder for it.
    pub(super) fn plan_report(&mut self, team: usize, who: &str) {
        let key = Key::Report(team, who.to_owned());
        self.take_back(&key);
        let town = self.town.clone();
        let Some(ladder) = town.teams[team].ladder("shift_end") else {
            return;
        };
        let watch = self.watch(team, who).clone();
        let Report::Awaited { high, due, low } = watch.report else {
            return;
        };
        // While another alarm of hers is open the report is part of it, or is not raised beside it.
        let open = |seen: &super::alarms::Seen| seen.worker == who && seen.closed.is_none();
        let other = self
            .alarms
            .iter()
            .any(|((t, _), seen)| *t == team && open(seen));
        if watch.help.is_some() || other {
            return;
        }
        // Somebody spoke to her: she is asked half an hour later.
        let high = watch.hush.map_or(high, |hush| hush.max(high));
        let mut anchors = Anchors {
            due: due.max(high),
            over: high,
            ..Anchors::all(high)
        };
        for (index, step) in ladder.steps.iter().enumerate() {
            let by = anchors.latest(step).max(anchors.previous).max(self.now);
            anchors.previous = by;
            let about = (team, who, key.clone());
            if step.asks_worker() {
                self.owe_question(about, (low, by), vec!["Are you back?".to_owned()]);
            } else {
                self.owe_pages(about, (low, by), &[step], marks(ladder, index));
            }
        }
    }

    /// She has called, in whichever way.
    pub(super) fn calls(&mut self, team: usize, who: &str, kind: &'static str) {
        let now = self.now;
        let open = |seen: &super::alarms::Seen| {
            let same = seen.kind == kind || seen.kind == "duress" || seen.kind == "sos";
            seen.worker == who && same && seen.closed.is_none()
        };
        let again = self
            .alarms
            .iter()
            .any(|((at, _), seen)| *at == team && open(seen));
        let watch = self.watch(team, who);
        watch.asked.push((now, kind));
        watch.since_call = 0;
        let help = watch.help;
        if kind != "ring_me" {
            watch.help = Some(help.unwrap_or(now));
            watch.blur(now + TimeDelta::days(3));
            self.owed.retain(|owed| {
                owed.key != Key::Visits(team, who.to_owned())
                    && owed.key != Key::Report(team, who.to_owned())
            });
            self.folds(team, who);
        }
        // What a second call does beside an open one is not in the small model.
        if again || help.is_some() {
            return;
        }
        self.owe_call(team, who, kind, now);
    }

    fn owe_call(&mut self, team: usize, who: &str, kind: &'static str, raised: Time) {
        let town = self.town.clone();
        let Some(ladder) = town.teams[team].ladder(kind) else {
            return;
        };
        let anchors = Anchors::all(raised);
        for (index, step) in ladder.steps.iter().enumerate() {
            // Later steps wait for what is done about the first; its silence is watched as the alarm's.
            if index > 0 && (step.while_unanswered || kind != "ring_me") {
                continue;
            }
            let by = anchors.latest(step);
            let about = (team, who, Key::Call(team, who.to_owned()));
            self.owe_pages(about, (raised, by), &[step], marks(ladder, index));
        }
    }

    /// A message that nobody could read, and nothing since.
    pub(super) fn unread_after_grace(&mut self) {
        let now = self.now;
        let due = |watch: &&Watch| watch.unread.is_some_and(|at| at + GRACE <= now);
        let found: Vec<(usize, String)> = self
            .watches
            .iter()
            .filter(|(_, watch)| due(watch))
            .map(|(key, _)| key.clone())
            .collect();
        for (team, who) in found {
            let watch = self.watch(team, &who);
            let Some(at) = watch.unread.take() else {
                continue;
            };
            let open = |seen: &super::alarms::Seen| seen.worker == who && seen.closed.is_none();
            let other = self
                .alarms
                .iter()
                .any(|((t, _), seen)| *t == team && open(seen));
            if !other {
                self.owe_call(team, &who, "unreadable", at + GRACE);
            }
        }
    }

    fn owe_question(
        &mut self,
        (team, who, key): (usize, &str, Key),
        (since, by): (Time, Time),
        says: Vec<String>,
    ) {
        let why = format!("{who} is to be asked");
        let worker = who.to_owned();
        let proof = Proof::Question { team, worker, says };
        self.owed.push(Owed {
            key,
            since,
            by,
            after: None,
            proof,
            why,
        });
    }

    /// Everybody whom a step names; of two steps that may be meant, those whom both name.
    fn owe_pages(
        &mut self,
        (team, who, key): (usize, &str, Key),
        (since, by): (Time, Time),
        steps: &[&Step],
        marks: Vec<String>,
    ) {
        let town = self.town.clone();
        let its = &town.teams[team];
        let name = its.person(who).map(|p| p.name.clone()).unwrap_or_default();
        let mut all = steps.iter().map(|step| its.paged(step, who));
        let first = all.next().unwrap_or_default();
        let rest: Vec<Vec<String>> = all.collect();
        for person in first {
            if !rest.iter().all(|others| others.contains(&person)) {
                continue;
            }
            let proof = Proof::Page {
                team,
                person,
                name: name.clone(),
                marks: marks.clone(),
            };
            self.owed.push(Owed {
                key: key.clone(),
                since,
                by,
                after: None,
                proof,
                why: format!("{who}, {}", steps[0].cite),
            });
        }
    }
}
