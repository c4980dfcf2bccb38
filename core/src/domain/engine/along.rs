//! Visits that are not for one person: a second worker confirms (Wiltshire 1), and goes by a clock of their own.

use super::{Given, Turn};
use crate::domain::deed::Deed;
use crate::domain::ids::PersonId;
use crate::domain::notice::{News, Notice, Tap, To};
use crate::domain::outgoing::{Place, Priority};
use crate::domain::policy::Tell;
use crate::domain::shift::Visit;
use chrono::{DateTime, Utc};

impl Turn<'_> {
    /// True if it lacks a second worker's word.
    pub(super) fn is_alone(&self, visit: &Visit) -> bool {
        self.world.policy.rules.lacks(visit).second
    }

    /// True where every visit has a category, and this one has none (Wiltshire 1).
    pub(super) fn lacks_category(&self, visit: &Visit) -> bool {
        let rule = self.world.policy.rules.category.is_some();
        rule && visit.category.is_none() && !visit.second
    }

    /// True where the reference has a flag that this policy asks about.
    pub(super) fn has_flag(&self, reference: &str) -> bool {
        let rule = self.world.policy.rules.flagged.is_some();
        rule && self
            .world
            .risks
            .iter()
            .any(|risk| risk.reference == reference)
    }

    /// A flagged visit is told to the manager, who may have to agree.
    pub(super) fn tell_of_flag(&mut self, visit: &Visit, by: &PersonId) {
        let Some(rule) = self
            .world
            .policy
            .rules
            .flagged
            .clone()
            .filter(|_| visit.flagged)
        else {
            return;
        };
        let tell = Tell {
            notify: rule.notify,
            within: None,
            cite: rule.cite,
            open: None,
        };
        let before = self.effects.len();
        let approval = self.world.policy.rules.lacks(visit).approval;
        self.tell(&tell, News::Flagged { approval }, visit, by);
        for effect in &mut self.effects[before..] {
            if let (To::Place(Place::Direct { person }), true) = (&effect.to, approval) {
                effect.ping = vec![person.clone()];
                effect.priority = Priority::Prompt;
                effect.visit = Some(visit.no);
                effect.taps = vec![Tap::Approve];
            }
        }
    }

    /// A reference that was logged before has a flag now: whoever goes there hears it, and what a flagged visit needs is
    /// asked for (Bexley, step 1; Al-Hasaniya P5; Hertfordshire 5.2).
    pub(super) fn flagged_since(&mut self, reference: &str, by: &PersonId) {
        if !self.has_flag(reference) {
            return;
        }
        let meant = |visit: &&mut Visit| {
            visit.is_open() && !visit.second && !visit.flagged && visit.reference == reference
        };
        let mut visits: Vec<Visit> = Vec::new();
        for visit in self.shift.visits.iter_mut().filter(meant) {
            visit.flagged = true;
            visits.push(visit.clone());
        }
        let worker = self.shift.worker.clone();
        for visit in visits {
            self.quietly_to(
                &worker,
                Notice::FlaggedSince {
                    visit: visit.clone(),
                },
            );
            self.tell_of_flag(&visit, by);
            self.ask_along(&visit, &[], by);
        }
    }

    /// The number of the first open visit that a command means, of those that fit.
    fn first_meant(
        &self,
        reference: Option<&str>,
        given: &Given<'_>,
        fits: impl Fn(&Visit) -> bool,
    ) -> Option<u32> {
        let meant = |visit: &&Visit| {
            visit.is_open()
                && fits(visit)
                && given.visit.is_none_or(|no| visit.no == no)
                && reference.is_none_or(|name| visit.reference == name)
        };
        let found = self.shift.visits.iter().filter(meant);
        found.min_by_key(|visit| visit.start).map(|visit| visit.no)
    }

    /// `/approve`: a manager agrees to a flagged visit.
    pub(super) fn approve(&mut self, reference: Option<&str>, given: &Given<'_>) -> Option<Deed> {
        let rules = &self.world.policy.rules;
        let found = self.first_meant(reference, given, |visit| rules.lacks(visit).approval);
        let Some(no) = found else {
            self.answer(Notice::NothingToApprove);
            return None;
        };
        let visit = self.shift.visit_mut(no)?;
        visit.approved_by = Some(given.by.clone());
        let visit = visit.clone();
        self.answer(Notice::Approved {
            by: given.by.clone(),
            visit: visit.clone(),
            hers: false,
        });
        let worker = self.shift.worker.clone();
        let told = Notice::Approved {
            by: given.by.clone(),
            visit: visit.clone(),
            hers: true,
        };
        self.quietly_to(&worker, told);
        let reference = visit.reference;
        Some(Deed::Approved { reference })
    }

    /// Whoever is not trained does not go as the primary worker where two are needed (Wiltshire 2).
    pub(super) fn tell_of_training(&mut self, visit: &Visit, by: &PersonId) {
        let category = self
            .world
            .policy
            .rules
            .two_workers
            .as_ref()
            .map(|rule| rule.category);
        let needs = category.is_some() && visit.category == category;
        if let (true, true, Some(rule)) = (
            needs,
            self.world.untrained,
            self.world.policy.rules.training.as_ref(),
        ) {
            self.tell(&rule.tell(), News::Untrained, visit, by);
        }
    }

    /// Asks those who are newly named whether they go along, and tells that nobody has confirmed yet.
    pub(super) fn ask_along(&mut self, visit: &Visit, asked: &[PersonId], by: &PersonId) {
        let alone = self.is_alone(visit);
        if !alone && (visit.second || self.world.policy.rules.accompanied.is_none()) {
            return;
        }
        let team = self.world.team;
        let worker = self.shift.worker.clone();
        let newly = visit
            .with
            .iter()
            .filter(|id| !asked.contains(id) && *id != by);
        for person in newly.filter(|id| team.person(id).is_some_and(|p| p.matrix.is_some())) {
            self.quietly_to(
                person,
                Notice::AskAlong {
                    worker: worker.clone(),
                    visit: visit.clone(),
                },
            );
            if let Some(effect) = self.effects.last_mut() {
                effect.ping = vec![person.clone()];
                effect.priority = Priority::Prompt;
                effect.visit = Some(visit.no);
                effect.taps = vec![Tap::Along];
            }
        }
        if alone {
            self.tell_of_two(News::Alone, visit, by);
        }
    }

    /// It begins, and still nobody has confirmed: it rings, for somebody has to decide.
    pub(super) fn begun_alone(&mut self, no: u32) {
        let Some(visit) = self.shift.visit_mut(no) else {
            return;
        };
        visit.told_alone = true;
        let visit = visit.clone();
        let worker = self.shift.worker.clone();
        let before = self.effects.len();
        self.tell_of_two(News::BegunAlone, &visit, &worker);
        for effect in &mut self.effects[before..] {
            if let To::Place(Place::Direct { person }) = &effect.to {
                effect.ping = vec![person.clone()];
                effect.priority = Priority::Page;
            }
        }
    }

    fn tell_of_two(&mut self, news: News, visit: &Visit, by: &PersonId) {
        let rules = &self.world.policy.rules;
        let category = rules
            .two_workers
            .as_ref()
            .filter(|rule| visit.category == Some(rule.category));
        let flagged = rules.flagged.as_ref().filter(|_| visit.flagged);
        let category = category.map(|rule| (rule.notify.clone(), rule.cite.clone()));
        let flagged = flagged.map(|rule| (rule.notify.clone(), rule.cite.clone()));
        let Some((notify, cite)) = category.or(flagged) else {
            return;
        };
        let rule = Tell {
            notify,
            within: None,
            cite,
            open: None,
        };
        self.tell(&rule, news, visit, by);
    }

    /// A second worker has called their own entry off: the visit is not covered any more, and that is told.
    pub(super) fn not_along(&mut self, who: &PersonId) {
        let confirmed = |visit: &&mut Visit| visit.is_open() && visit.confirmed.contains(who);
        let mut visits: Vec<Visit> = Vec::new();
        for visit in self.shift.visits.iter_mut().filter(confirmed) {
            visit.confirmed.retain(|id| id != who);
            visit.told_alone = false;
            visits.push(visit.clone());
        }
        let worker = self.shift.worker.clone();
        for visit in visits {
            let told = Notice::NotAlong {
                by: who.clone(),
                visit: visit.clone(),
            };
            self.quietly_to(&worker, told);
            self.tell_of_two(News::Alone, &visit, who);
        }
    }

    /// A second worker has left, or has taken that back: whoever looks for her can ask what they saw.
    pub(super) fn gone(&mut self, who: &PersonId, visit: u32, at: Option<DateTime<Utc>>) {
        if let Some(visit) = self.shift.visit_mut(visit) {
            visit.gone.retain(|(id, _)| id != who);
            visit.gone.extend(at.map(|at| (who.clone(), at)));
        }
    }

    /// `/along`, by somebody whom the worker has named.
    pub(super) fn along(&mut self, reference: Option<&str>, given: &Given<'_>) -> Option<Deed> {
        let found = self.first_meant(reference, given, |visit| visit.with.contains(given.by));
        let Some(no) = found else {
            self.answer(Notice::NotNamed);
            return None;
        };
        let visit = self.shift.visit_mut(no)?;
        if !visit.confirmed.contains(given.by) {
            visit.confirmed.push(given.by.clone());
        }
        let visit = visit.clone();
        let worker = self.shift.worker.clone();
        self.answer(Notice::GoingAlong {
            worker: worker.clone(),
            visit: visit.clone(),
        });
        let told = Notice::Accompanied {
            by: given.by.clone(),
            visit: visit.clone(),
        };
        self.quietly_to(&worker, told);
        self.tell_of_two(News::Accompanied, &visit, given.by);
        let reference = visit.reference;
        Some(Deed::GoesAlong { reference })
    }
}
