//! Logging, amending, extending and cancelling visits.

use super::{Given, Turn};
use crate::domain::alarm::Alarm;
use crate::domain::command::VisitRequest;
use crate::domain::deed::Deed;
use crate::domain::ladder;
use crate::domain::notice::{Change, Clash, Notice};
use crate::domain::shift::{Check, SightingKind, Visit};

impl Turn<'_> {
    /// `/visit`, or an edit of one.
    pub(super) fn visit(&mut self, request: &VisitRequest, given: &Given<'_>) -> Option<Deed> {
        let amended = self
            .shift
            .visits
            .iter()
            .find(|visit| visit.is_open() && visit.logged_in == given.event)
            .cloned();
        let apart = self.told_apart(request, amended.as_ref());
        let request = apart.as_ref().unwrap_or(request);
        let same = |visit: &&Visit| {
            visit.reference == request.reference
                && visit.start == request.start
                && visit.end == request.end
                && amended.as_ref().is_none_or(|old| old.no == visit.no)
        };
        if amended.is_none()
            && let Some(visit) = self.shift.visits.iter().filter(|v| v.is_open()).find(same)
        {
            return self.once_more(&visit.clone(), request, given);
        }
        let overlaps = |visit: &&Visit| {
            visit.is_open()
                && amended.as_ref().is_none_or(|old| old.no != visit.no)
                && visit.start < request.end
                && request.start < visit.end
        };
        if let Some(visit) = self.shift.visits.iter().find(overlaps) {
            let visit = visit.clone();
            let clash = Clash {
                reference: request.reference.clone(),
                end: request.end,
                by: given.by.clone(),
                worker: (*given.by != self.shift.worker).then(|| self.shift.worker.clone()),
                amends: amended,
            };
            self.answer(Notice::Overlap { visit, clash });
            return None;
        }
        match amended {
            Some(old) => self.amend(&old, request, given),
            None => self.log(request, given),
        }
    }

    /// The same visit once more: what is new about it is added, and nothing is taken away.
    fn once_more(
        &mut self,
        old: &Visit,
        request: &VisitRequest,
        given: &Given<'_>,
    ) -> Option<Deed> {
        let mut all = request.clone();
        all.initials = all.initials.or_else(|| old.initials.clone());
        all.category = all.category.or(old.category);
        all.back = all.back.or(old.back);
        all.next = all.next.or_else(|| old.next.clone());
        all.checks.extend(old.checks.iter().map(|check| check.at));
        let called = old.checks.iter().filter(|check| check.call);
        all.calls.extend(called.map(|check| check.at));
        all.with.extend(old.with.iter().cloned());
        all.with.sort();
        all.with.dedup();
        let news = all.initials != old.initials
            || all.category != old.category
            || all.next != old.next
            || all.back != old.back
            || agreed(&checks(&all)) != agreed(&old.checks)
            || all.with.len() != old.with.len();
        if news {
            return self.amend(old, &all, given);
        }
        self.answer(Notice::SameVisit { visit: old.clone() });
        None
    }

    fn log(&mut self, request: &VisitRequest, given: &Given<'_>) -> Option<Deed> {
        let no = self
            .shift
            .visits
            .iter()
            .map(|visit| visit.no)
            .max()
            .unwrap_or(0)
            + 1;
        let tz = self.world.team.tz;
        self.wake(request.start.with_timezone(&tz).date_naive());
        let visit = Visit {
            no,
            reference: request.reference.clone(),
            initials: request.initials.clone(),
            category: request.category,
            back: request.back,
            with: request.with.clone(),
            checks: checks(request),
            next: request.next.clone(),
            logged_in: given.event.to_owned(),
            flagged: self.has_flag(&request.reference) && !request.second,
            second: request.second,
            ..Visit::plain(given.by.clone(), request.start, request.end)
        };
        self.shift.visits.push(visit.clone());
        self.sighted(given.said_at, SightingKind::Logged, given.by, Some(no));
        let reference = visit.reference.clone();
        let on_behalf = (*given.by != self.shift.worker).then(|| self.shift.worker.clone());
        self.told_by_another(given, &visit, Change::Logged);
        let told = visit.clone();
        let ask = self.asked_at(&visit);
        let alone = self.is_alone(&visit);
        let category = self.lacks_category(&visit);
        let unreached = self.unreached(&visit, given.by);
        self.answer(Notice::Logged {
            visit,
            ask,
            crosses_midnight: request.crosses_midnight,
            worker: on_behalf,
            amended: false,
            alone,
            category,
            unreached,
        });
        self.tell_of_unreached(&told, given);
        self.tell_of_logging(&told, given);
        self.ask_along(&told, &[], given.by);
        self.tell_of_flag(&told, given.by);
        self.tell_of_training(&told, given.by);
        self.ask_address(&told);
        Some(Deed::Logged { reference })
    }

    /// What a colleague did with her visits is told to her: she relies on what was logged.
    pub(super) fn told_by_another(&mut self, given: &Given<'_>, visit: &Visit, change: Change) {
        let worker = self.shift.worker.clone();
        if *given.by == worker {
            return;
        }
        let notice = Notice::DoneForYou {
            by: given.by.clone(),
            visit: visit.clone(),
            change,
        };
        self.quietly_to(&worker, notice);
    }

    /// Alarms about the visit that she knows of keep out whoever is with her now. A call by code phrase goes by
    /// who was with her then: whoever holds her phone could otherwise edit the visit until nobody is paged.
    fn now_with(&mut self, visit: &Visit) {
        let with = ladder::companions(self.world, &self.shift.worker, Some(visit));
        let about = |alarm: &&mut Alarm| {
            alarm.is_open() && alarm.visit == Some(visit.no) && !alarm.kind.is_secret()
        };
        for alarm in self.shift.alarms.iter_mut().filter(about) {
            alarm.with.clone_from(&with);
        }
    }

    fn amend(&mut self, old: &Visit, request: &VisitRequest, given: &Given<'_>) -> Option<Deed> {
        let flagged = self.has_flag(&request.reference);
        let moved = old.reference != request.reference
            || old.category != request.category
            || (old.start, old.end) != (request.start, request.end);
        let visit = self.shift.visit_mut(old.no)?;
        let later = request.end > visit.end;
        visit.reference.clone_from(&request.reference);
        visit.initials.clone_from(&request.initials);
        visit.category = request.category;
        (visit.start, visit.end) = (request.start, request.end);
        visit.with.clone_from(&request.with);
        visit.back = request.back;
        let with = &visit.with;
        visit.confirmed.retain(|id| with.contains(id));
        visit.flagged = flagged;
        if moved {
            // What was agreed to was another visit.
            (visit.approved_by, visit.told_alone) = (None, false);
            visit.confirmed.clear();
        }
        visit.next.clone_from(&request.next);
        let known = std::mem::replace(&mut visit.checks, checks(request));
        for check in &mut visit.checks {
            if let Some(old) = known.iter().find(|old| old.at == check.at) {
                *check = Check {
                    call: check.call,
                    ..old.clone()
                };
            }
        }
        let visit = visit.clone();
        self.now_with(&visit);
        // A colleague who corrects the entry has not heard from her.
        if *given.by == self.shift.worker {
            let how = if later {
                SightingKind::Extended
            } else {
                SightingKind::Logged
            };
            self.sighted(given.said_at, how, given.by, Some(old.no));
        } else {
            self.told_by_another(given, &visit, Change::Changed);
        }
        if later && old.is_on(given.said_at) {
            self.extended(&visit, old, given);
        }
        let reference = visit.reference.clone();
        let crosses_midnight = request.crosses_midnight;
        let ask = self.asked_at(&visit);
        let alone = self.is_alone(&visit);
        let category = self.lacks_category(&visit);
        let unreached = self.unreached(&visit, given.by);
        let now = visit.clone();
        self.answer(Notice::Logged {
            visit,
            ask,
            crosses_midnight,
            worker: (*given.by != self.shift.worker).then(|| self.shift.worker.clone()),
            amended: true,
            alone,
            category,
            unreached,
        });
        self.tell_of_unreached(&now, given);
        let asked = if moved { &[] } else { old.with.as_slice() };
        self.ask_along(&now, asked, given.by);
        if moved || !old.flagged {
            self.tell_of_flag(&now, given.by);
            self.tell_of_training(&now, given.by);
        }
        self.ask_address(&now);
        Some(Deed::Changed { reference })
    }

    /// `/cat 2`: the category of the visit that is meant; without one the newest that lacks it.
    pub(super) fn categorise(
        &mut self,
        reference: Option<&str>,
        category: u8,
        given: &Given<'_>,
    ) -> Option<Deed> {
        let lacks = |v: &&Visit| v.is_open() && v.category.is_none() && !v.second;
        let newest = self.shift.visits.iter().filter(lacks).max_by_key(|v| v.no);
        let newest = newest.filter(|_| reference.is_none() && given.visit.is_none());
        let old = match newest.cloned() {
            Some(visit) => visit,
            None => self.meant(reference, given, &format!("/cat {category}"))?,
        };
        let request = VisitRequest {
            category: Some(category),
            ..as_logged(&old)
        };
        self.amend(&old, &request, given)
    }
}

/// What would log the visit as it is now.
fn as_logged(visit: &Visit) -> VisitRequest {
    let called = visit.checks.iter().filter(|check| check.call);
    VisitRequest {
        reference: visit.reference.clone(),
        initials: visit.initials.clone(),
        start: visit.start,
        end: visit.end,
        category: visit.category,
        back: visit.back,
        with: visit.with.clone(),
        checks: visit.checks.iter().map(|check| check.at).collect(),
        calls: called.map(|check| check.at).collect(),
        next: visit.next.clone(),
        on_behalf: None,
        second: visit.second,
        crosses_midnight: false,
    }
}

fn checks(request: &VisitRequest) -> Vec<Check> {
    let mut times = request.checks.clone();
    times.sort();
    times.dedup();
    times
        .into_iter()
        .map(|at| Check {
            at,
            done: false,
            asked: false,
            call: request.calls.contains(&at),
            unasked: false,
            folded: false,
        })
        .collect()
}

fn agreed(checks: &[Check]) -> Vec<(chrono::DateTime<chrono::Utc>, bool)> {
    checks.iter().map(|check| (check.at, check.call)).collect()
}
