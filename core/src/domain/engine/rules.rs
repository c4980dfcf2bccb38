//! What a document asks for besides its ladders: somebody is told, quietly.

use super::{Given, Turn};
use crate::domain::ids::PersonId;
use crate::domain::ladder::whom;
use crate::domain::notice::{Line, News, Notice, To};
use crate::domain::outgoing::{Place, Priority};
use crate::domain::policy::Tell;
use crate::domain::roster::Person;
use crate::domain::shift::{Stage, Visit};
use chrono::{DateTime, Duration, Utc};

/// A visit that begins so soon after it is logged begins now.
const NOW: Duration = Duration::minutes(5);
/// How long after the start of working hours everybody has reported at the office, where the rule does not say.
const REPORTS_WITHIN: Duration = Duration::minutes(30);

impl Turn<'_> {
    /// A visit has been logged: is it one that somebody must know of?
    pub(super) fn tell_of_logging(&mut self, visit: &Visit, given: &Given<'_>) {
        let rules = &self.world.policy.rules;
        if let Some(rule) = &rules.unplanned
            && visit.start <= given.said_at + NOW
        {
            self.tell(rule, News::Unplanned, visit, given.by);
        }
        if let Some(rule) = &rules.day_before
            && self.should_have_been_logged_before(rule, visit, given.said_at)
        {
            self.tell(rule, News::NotTheDayBefore, visit, given.by);
        }
    }

    /// Before she first reports at the office, and not logged the day before (Rotherham 14). Without a word from
    /// the office she is taken to report at the start of working hours.
    fn should_have_been_logged_before(
        &self,
        rule: &Tell,
        visit: &Visit,
        said_at: DateTime<Utc>,
    ) -> bool {
        let team = self.world.team;
        let day = visit.start.with_timezone(&team.tz).date_naive();
        let day_of = |at: DateTime<Utc>| at.with_timezone(&team.tz).date_naive();
        if day_of(said_at) < day || self.world.at_office.is_some_and(|at| day_of(at) == day) {
            return false;
        }
        let within = rule.within.map_or(REPORTS_WITHIN, |within| within.0);
        let earlier = visit.start - within;
        // Nobody has been at work yet on that day, half an hour before it begins.
        team.hours.as_ref().is_none_or(|hours| {
            !hours.days.contains(&chrono::Datelike::weekday(&day))
                || hours.closed.contains(&day)
                || earlier.with_timezone(&team.tz).time() < hours.from
        })
    }

    /// She is out of these visits, by her own word.
    pub(super) fn tell_of_end(&mut self, visits: &[Visit], by: &PersonId) {
        // After a code phrase it is told in the thread of the call, not to be relied on.
        if let (Some(rule), None) = (&self.world.policy.rules.visit_ended, self.shift.duress()) {
            for visit in visits {
                self.tell(rule, News::Ended, visit, by);
            }
        }
        for visit in visits {
            self.tell_the_team(visit, Line::Left);
        }
    }

    /// She took something back about this visit: whoever was told is told this too.
    pub(super) fn tell_of_taking_back(&mut self, was: &Visit, is: &Visit, by: &PersonId) {
        if was.stage == is.stage {
            return;
        }
        let over = matches!(was.stage, Stage::Ended { .. });
        if let (true, Some(rule), None) = (
            over,
            &self.world.policy.rules.visit_ended,
            self.shift.duress(),
        ) {
            self.tell(rule, News::NotEnded, is, by);
        }
        if was.stage != Stage::Planned {
            self.tell_the_team(is, Line::TookBack);
        }
    }

    /// She took back that she is home, or at the office.
    pub(super) fn tell_of_no_return(&mut self, by: &PersonId) {
        let rule = self.world.policy.rules.return_told.as_ref();
        let rule = rule.filter(|_| self.shift.duress().is_none());
        let last = self.shift.visits.last().cloned();
        if let Some((rule, visit)) = rule.zip(last) {
            self.tell(rule, News::NotBack, &visit, by);
        }
    }

    /// She is home, or back at the office.
    pub(super) fn tell_of_return(&mut self, home: bool, by: &PersonId) {
        let rule = self.world.policy.rules.return_told.as_ref();
        let rule = rule.filter(|_| self.shift.duress().is_none());
        let last = self.shift.last_over().cloned();
        if let Some((rule, visit)) = rule.zip(last) {
            self.tell(rule, News::Back { home }, &visit, by);
        }
    }

    /// A quiet line to each of the people whom a rule names, but for those who know.
    pub(super) fn tell(&mut self, rule: &Tell, what: News, visit: &Visit, by: &PersonId) {
        let team = self.world.team;
        let worker = self.shift.worker.clone();
        let mut out = visit.with.clone();
        out.extend([worker.clone(), by.clone()]);
        let mut who: Vec<PersonId> = Vec::new();
        let instead = what
            .is_of_her_return()
            .then_some(self.world.told_instead.as_ref())
            .flatten();
        match instead {
            Some(instead) => who.push(instead.clone()),
            None => {
                let named = rule.notify.iter();
                who.extend(named.flat_map(|notify| whom(team, *notify, &worker, &visit.with)));
            }
        }
        who.sort();
        who.dedup();
        let written = |id: &&PersonId| team.person(id).is_some_and(|p| p.matrix.is_some());
        // Who is on the visit, or has said it, need not be told; where that leaves nobody, another manager is.
        let free = |id: &&PersonId| !out.contains(id);
        let knows = *by != worker && who.contains(by);
        if !knows && !who.iter().filter(free).any(|id| written(&id)) {
            let above = |p: &&Person| p.roles.iter().any(|role| role.is_manager_or_above());
            let above = team.people.iter().filter(above);
            who = above.flat_map(|p| team.paged_for(&p.id)).collect();
            who.sort();
            who.dedup();
        }
        for person in who.iter().filter(free).filter(written) {
            let notice = Notice::News {
                worker: worker.clone(),
                visit: visit.clone(),
                what,
                cite: rule.cite.clone(),
            };
            self.quietly_to(person, notice);
        }
    }

    /// Arrival or end of a visit, as a quiet line in the team's room (Hertfordshire 4.1). It is the same whatever
    /// alarm is open, as she reads it herself.
    pub(super) fn tell_the_team(&mut self, visit: &Visit, line: Line) {
        if self.world.policy.rules.team_lines.is_none() {
            return;
        }
        self.answer(Notice::TeamLine {
            worker: self.shift.worker.clone(),
            visit: visit.clone(),
            line,
        });
        if let Some(effect) = self.effects.last_mut() {
            effect.to = To::Place(Place::Team);
            effect.priority = Priority::Quiet;
        }
    }
}
