//! Check-ins: signs that the worker is well. Only her own word clears her.

use super::{Given, Turn};
use crate::domain::alarm::AlarmKind;
use crate::domain::command::Told;
use crate::domain::deed::Deed;
use crate::domain::notice::{Line, Notice, Tap, To};
use crate::domain::shift::{NEW, SightingKind, Stage, Visit, is_new};
use chrono::{DateTime, Duration, Utc};

/// A worker who arrives or leaves so long before the agreed start means that visit.
const EARLY_START: Duration = Duration::minutes(60);

impl Turn<'_> {
    /// `/arrived`: at the door. Whoever arrives at the next place has left the one before.
    pub(super) fn arrived(&mut self, told: &Told, given: &Given<'_>) -> Option<Deed> {
        let deed = self.at_the_door(told, given);
        self.ask_to_delete(told);
        deed
    }

    fn at_the_door(&mut self, told: &Told, given: &Given<'_>) -> Option<Deed> {
        let at = told.at.unwrap_or(given.said_at).min(given.said_at);
        let visit = match self.only_expected(told, given) {
            Some(visit) => visit,
            None => self.meant(
                told.reference.as_deref(),
                given,
                &self.line("/arrived", told),
            )?,
        };
        let before: Vec<u32> = self
            .shift
            .visits
            .iter()
            .filter(|other| other.no != visit.no && other.is_on(at) && other.start < visit.start)
            .map(|other| other.no)
            .collect();
        let over = before
            .iter()
            .filter_map(|no| self.end(*no, at))
            .collect::<Vec<_>>();
        let left = self.visits_of(&before);
        let found = self.shift.visit_mut(visit.no)?;
        found.stage = Stage::Arrived { at };
        let visit = found.clone();
        self.sighted(at, SightingKind::Arrived, given.by, Some(visit.no));
        let reference = visit.reference.clone();
        let deed = late(Deed::Arrived { reference }, told);
        self.checked_in(given, at, deed.clone());
        let visit = self.shift.visit(visit.no)?.clone();
        let told = told.at;
        let ask = self.asked_at(&visit);
        let there = visit.clone();
        self.answer(Notice::Arrived {
            visit,
            ask,
            over,
            told,
        });
        self.tell_of_end(&left, given.by);
        self.tell_the_team(&there, Line::Arrived);
        Some(deed)
    }

    /// The command with the time told, so that a line to copy keeps it.
    fn line(&self, verb: &str, told: &Told) -> String {
        let tz = self.world.team.tz;
        match told.at {
            Some(at) => format!("{verb} {}", at.with_timezone(&tz).format("%H:%M")),
            None => verb.to_owned(),
        }
    }

    /// The one visit she can be arriving at: expected about now and not arrived at yet.
    fn only_expected(&self, told: &Told, given: &Given<'_>) -> Option<Visit> {
        if told.reference.is_some() || given.visit.is_some() {
            return None;
        }
        let expected = |visit: &&Visit| {
            visit.stage == Stage::Planned && visit.start <= given.said_at + EARLY_START
        };
        let there = |visit: &&Visit| {
            matches!(visit.stage, Stage::Arrived { .. }) && given.said_at < visit.due()
        };
        let mut found = self.shift.visits.iter().filter(expected);
        let first = found.next()?;
        // Twice at the same door: which one is meant is asked.
        let unsure =
            self.shift.visits.iter().any(|visit| there(&visit)) && given.said_at < first.start;
        (found.next().is_none() && !unsure).then(|| first.clone())
    }

    /// `/left`: out and safe, also without `/arrived`.
    pub(super) fn left(&mut self, told: &Told, given: &Given<'_>) -> Option<Deed> {
        let deed = self.out(told, given);
        self.ask_to_delete(told);
        deed
    }

    fn out(&mut self, told: &Told, given: &Given<'_>) -> Option<Deed> {
        let at = told.at.unwrap_or(given.said_at).min(given.said_at);
        let visit = self.meant(told.reference.as_deref(), given, &self.line("/left", told))?;
        // A second "left" by mistake must not end the visit that comes next.
        let only = self
            .shift
            .visits
            .iter()
            .filter(|v| v.stage != Stage::Cancelled && !v.past)
            .count()
            == 1;
        let meant = told.reference.is_some() || given.visit.is_some() || only;
        let ahead = if meant { EARLY_START } else { Duration::zero() };
        if !visit.is_on(given.said_at + ahead) {
            self.answer(Notice::NotBegun {
                visit,
                verb: "/left",
            });
            return None;
        }
        let early = visit.stage == Stage::Planned && at < visit.start;
        self.end(visit.no, at);
        self.sighted(at, SightingKind::Left, given.by, Some(visit.no));
        let reference = visit.reference.clone();
        let deed = late(Deed::Left { reference }, told);
        self.checked_in(given, at, deed.clone());
        let others = self.shift.visits.iter().filter(|visit| visit.is_open());
        let mut others: Vec<Visit> = others.cloned().collect();
        others.sort_by_key(|visit| visit.start);
        let visit = self.shift.visit(visit.no)?.clone();
        let over = visit.clone();
        self.answer(Notice::Left {
            visit,
            others,
            told: told.at,
            early,
            report: self.world.policy.shift_end().is_some(),
        });
        self.tell_of_end(&[over], given.by);
        Some(deed)
    }

    /// `/ok`: well, still here.
    pub(super) fn fine(&mut self, told: &Told, given: &Given<'_>) -> Option<Deed> {
        let deed = self.well(told, given);
        self.ask_to_delete(told);
        deed
    }

    fn well(&mut self, told: &Told, given: &Given<'_>) -> Option<Deed> {
        let at = told.at.unwrap_or(given.said_at).min(given.said_at);
        let named = told.reference.as_deref();
        let of_name = |visit: &&Visit| visit.is_open() && named == Some(visit.reference.as_str());
        let visit = match named {
            Some(_) => self.shift.visits.iter().find(of_name).cloned(),
            None => self.shift.current_visit(self.now).cloned(),
        };
        let on = visit
            .filter(|visit| visit.is_on(given.said_at))
            .map(|visit| visit.no);
        self.sighted(at, SightingKind::Ok, given.by, on);
        let deed = late(Deed::Well, told);
        self.checked_in(given, at, deed.clone());
        let visit = on.and_then(|no| self.shift.visit(no)).cloned();
        let visit = visit.map(|visit| (visit.clone(), self.asked_at(&visit)));
        let told = told.at;
        self.answer(Notice::Fine { visit, told });
        Some(deed)
    }

    /// `/home`, `/office`: every visit that has begun is over.
    pub(super) fn back(&mut self, told: &Told, given: &Given<'_>, home: bool) -> Option<Deed> {
        let deed = self.done(told, given, home);
        self.ask_to_delete(told);
        deed
    }

    fn done(&mut self, told: &Told, given: &Given<'_>, home: bool) -> Option<Deed> {
        let at = told.at.unwrap_or(given.said_at).min(given.said_at);
        let begun: Vec<u32> = self
            .shift
            .visits
            .iter()
            .filter(|visit| visit.is_on(given.said_at))
            .map(|visit| visit.no)
            .collect();
        let ended = begun.iter().filter_map(|no| self.end(*no, at)).collect();
        let deed = late(if home { Deed::Home } else { Deed::Office }, told);
        // Told late, it still ends the visits that are over by now.
        self.reported(given.said_at);
        self.sighted(at, SightingKind::Back, given.by, None);
        self.checked_in(given, at, deed.clone());
        let tz = self.world.team.tz;
        let day = |at: DateTime<Utc>| at.with_timezone(&tz).date_naive();
        let open = self.shift.visits.iter().filter(|visit| visit.is_open());
        let open = open.filter(|visit| day(visit.start) <= day(self.now));
        let mut open: Vec<Visit> = open.cloned().collect();
        open.sort_by_key(|visit| visit.start);
        self.answer(Notice::Back {
            home,
            ended,
            open,
            told: told.at,
        });
        let over = self.visits_of(&begun);
        self.tell_of_end(&over, given.by);
        self.tell_of_return(home, given.by);
        Some(deed)
    }

    /// The answer also asks for a message with a name or an address in it to be deleted.
    fn ask_to_delete(&mut self, told: &Told) {
        let mut answers = self
            .effects
            .iter_mut()
            .filter(|effect| effect.to == To::Answer);
        if told.personal
            && let Some(answer) = answers.next_back()
        {
            answer.notice = answer.notice.clone().and_delete();
        }
    }

    fn visits_of(&self, numbers: &[u32]) -> Vec<Visit> {
        let found = numbers.iter().filter_map(|no| self.shift.visit(*no));
        found.cloned().collect()
    }

    /// Ends a visit; its reference.
    pub(super) fn end(&mut self, no: u32, at: DateTime<Utc>) -> Option<String> {
        let visit = self.shift.visit_mut(no).filter(|visit| visit.is_open())?;
        visit.stage = Stage::Ended { at };
        Some(visit.reference.clone())
    }

    /// She is well, and may still be there after the agreed end: she is asked again in a while.
    fn keep_asking(&mut self, at: DateTime<Utc>) {
        let lasts = self.world.policy.visit.ok_lasts.0;
        if self.shift.report.since.is_some_and(|since| since <= at) {
            self.ask_report_later(at + lasts);
        }
        let overdue = |visit: &&mut Visit| visit.is_open() && visit.due() <= at;
        for visit in self.shift.visits.iter_mut().filter(overdue) {
            visit.not_before = Some(at + lasts);
        }
    }

    /// A sign that she is well: agreed check-ins about now are met, and alarms that are not duress stop
    /// paging and ask somebody to speak to her. After a code phrase it does neither for the responders.
    pub(super) fn checked_in(&mut self, given: &Given<'_>, at: DateTime<Utc>, deed: Deed) {
        self.keep_asking(at);
        let early = self.world.policy.visit.early_check.0;
        let until = given.said_at + early;
        for visit in &mut self.shift.visits {
            // An agreed call is for her voice: a word that anybody could write does not stand for it.
            let met = |check: &&mut crate::domain::shift::Check| check.at <= until && !check.call;
            for check in visit.checks.iter_mut().filter(met) {
                check.done = true;
            }
        }
        if self.shift.duress().is_some() {
            return;
        }
        self.shift.unreadable.clear(); // she has written again, as she was asked to
        let stops = |alarm: &&crate::domain::alarm::Alarm| {
            !alarm.kind.is_secret() && alarm.standing.heard_at.is_none()
        };
        let numbers: Vec<_> = self
            .shift
            .open_alarms()
            .filter(stops)
            .map(|a| a.number)
            .collect();
        for number in numbers {
            self.stop_paging(number, deed.clone());
        }
    }

    fn stop_paging(&mut self, number: crate::domain::ids::AlarmNumber, deed: Deed) {
        let now = self.now;
        let worker = self.shift.worker.clone();
        let Some(alarm) = self.shift.alarm_mut(number) else {
            return;
        };
        alarm.standing.heard_at = Some(now);
        alarm.standing.asked_at = Some(now);
        alarm.standing.forward = None;
        // The concern is answered; the record keeps it.
        alarm.standing.worry = None;
        if matches!(alarm.kind, AlarmKind::Overdue | AlarmKind::ShiftEnd) {
            // Should she fall silent again, the ladder begins anew from the new agreed end.
            alarm.standing.fired.clear();
        }
        let alarm = alarm.clone();
        self.record(
            number,
            Some(worker.clone()),
            now,
            Deed::CheckedIn {
                deed: Box::new(deed.clone()),
            },
        );
        let notice = Notice::HeardFrom {
            number,
            worker,
            what: Some(deed),
            sent: self.came_late(),
        };
        self.ask_responders(&alarm, notice, vec![Tap::Reached]);
    }

    /// The visit that a command means; where several or none can be meant, that is answered.
    pub(super) fn meant(
        &mut self,
        reference: Option<&str>,
        given: &Given<'_>,
        verb: &str,
    ) -> Option<Visit> {
        if let Some(visit) = given.visit.and_then(|no| self.shift.visit(no)).cloned() {
            if visit.is_open() {
                return Some(visit);
            }
            // A tap that comes too late is answered, not applied.
            self.answer(Notice::AmendTooLate { visit });
            return None;
        }
        let open = self.shift.visits.iter().filter(|visit| visit.is_open());
        let mut found: Vec<&Visit> = match reference {
            Some(name) => open.filter(|visit| visit.reference == name).collect(),
            None => open.collect(),
        };
        if found.is_empty() && reference == Some(NEW) {
            // `/left NEW` at the only one that is open, whatever its number.
            let open = self.shift.visits.iter().filter(|visit| visit.is_open());
            found = open.filter(|visit| is_new(&visit.reference)).collect();
        }
        let begun = |visit: &&&Visit| visit.is_on(given.said_at);
        if found.len() > 1 && found.iter().filter(begun).count() == 1 {
            found.retain(|visit| visit.is_on(given.said_at));
        } else if found.len() > 1 && reference.is_some() {
            found.sort_by_key(|visit| visit.start);
            found.truncate(1);
        } else if found.len() > 1 && found.iter().any(|visit| visit.is_on(given.said_at)) {
            found.retain(|visit| visit.is_on(given.said_at));
        }
        match found.as_slice() {
            [] => {
                let verb = verb.to_owned();
                self.answer(Notice::NoVisit { verb });
                None
            }
            [visit] => Some((*visit).clone()),
            several => {
                let visits = several.iter().map(|visit| (*visit).clone()).collect();
                self.answer(Notice::Which {
                    verb: verb.to_owned(),
                    visits,
                });
                None
            }
        }
    }
}

/// The responders read when it was, where she told it late.
fn late(deed: Deed, told: &Told) -> Deed {
    match told.at {
        Some(at) => Deed::ToldLate {
            deed: Box::new(deed),
            at,
        },
        None => deed,
    }
}
