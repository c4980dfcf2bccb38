//! When a step is due, and whom it pages: pure functions over shift, policy and team.

use super::alarm::{Alarm, AlarmKind};
use super::ids::{AlarmNumber, PersonId};
use super::policy::{Anchor, EarlyOn, Ladder, LadderKind, Moment, Notify, Policy, Step};
use super::reach::Reach;
use super::roster::{Person, Team};
use super::shift::{Shift, Visit};
use super::team_state::Risk;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// What the engine may read: never changed by it.
pub struct World<'a> {
    /// The policy that the shift began under.
    pub policy: &'a Policy,
    /// The team, with its people.
    pub team: &'a Team,
    /// Who is in the managers' room at this moment.
    pub managers_room: &'a BTreeSet<PersonId>,
    /// False while that room is lost: direct chats stand in for it.
    pub room_stands: bool,
    /// The number that the team's next alarm gets.
    pub next_alarm: u32,
    /// Who hears of the end of her visits today, instead of the manager.
    pub told_instead: Option<PersonId>,
    /// The flags at references.
    pub risks: &'a [Risk],
    /// Her training has ended, or a new starter has none yet.
    pub untrained: bool,
    /// Who has logged a visit to the same reference at an overlapping time, by the visit's number: they are with her,
    /// also where nobody has written it.
    pub beside: Vec<(u32, PersonId)>,
    /// When the worker last said that she is at the office.
    pub at_office: Option<DateTime<Utc>>,
    /// Who can be reached, for what may log a visit; `None`: it is not asked.
    pub reach: Option<Reach<'a>>,
}

/// What the steps of one ladder are counted from, at one moment.
pub struct Anchors<'a> {
    /// The shift.
    pub shift: &'a Shift,
    /// The visit, if the ladder is about one.
    pub visit: Option<&'a Visit>,
    /// The agreed check-in, if the ladder is about one.
    pub check: Option<DateTime<Utc>>,
    /// The alarm, once it is raised.
    pub alarm: Option<&'a Alarm>,
    /// For the report at the end of a shift: counted from no earlier than this.
    pub since: Option<DateTime<Utc>>,
}

impl Anchors<'_> {
    /// The ladder's anchors for an alarm that has been raised.
    pub fn of_alarm<'a>(shift: &'a Shift, alarm: &'a Alarm) -> Anchors<'a> {
        let visit = alarm.visit.and_then(|no| shift.visit(no));
        Anchors {
            shift,
            visit,
            check: alarm.check,
            alarm: Some(alarm),
            since: shift
                .report
                .since
                .filter(|_| alarm.kind == AlarmKind::ShiftEnd),
        }
    }

    /// The anchors of a visit before an alarm about it is raised; of a check-in agreed for it, with its time.
    pub fn of_visit<'a>(
        shift: &'a Shift,
        visit: &'a Visit,
        check: Option<DateTime<Utc>>,
    ) -> Anchors<'a> {
        Anchors {
            shift,
            visit: Some(visit),
            check,
            alarm: None,
            since: None,
        }
    }

    /// The anchors of the report at the end of a shift, before an alarm about it is raised.
    pub fn of_report(shift: &Shift) -> Anchors<'_> {
        Anchors {
            shift,
            visit: shift.last_over(),
            check: None,
            alarm: None,
            since: shift.report.since,
        }
    }

    fn anchor(&self, anchor: Anchor) -> Option<DateTime<Utc>> {
        let raised = self.alarm.map(|alarm| alarm.raised_at);
        let asked_later = self.shift.report.not_before;
        let not_before = |at: DateTime<Utc>| match self.since {
            Some(since) => at.max(since).max(asked_later.unwrap_or(since)),
            None => at,
        };
        match anchor {
            Anchor::Start => self.visit.map(|visit| visit.start),
            Anchor::Due | Anchor::FinalEnd => self.visit.map(Visit::due).map(not_before),
            Anchor::Return => self.visit.map(Visit::expected_back).map(not_before),
            Anchor::VisitsOver => self.since,
            Anchor::CheckIn => self.check,
            Anchor::LastSighting => self.shift.last_sighting().map(|sighting| sighting.at),
            Anchor::Raised => raised,
            Anchor::PreviousStep => self
                .alarm
                .and_then(|alarm| alarm.standing.fired.last())
                .map(|fired| fired.at),
        }
        .or(raised)
    }

    fn moment(&self, moment: Moment) -> Option<DateTime<Utc>> {
        self.anchor(moment.anchor)?
            .checked_add_signed(moment.offset)
    }

    /// When a step is due: `at`, or at once where a failed call brought it forward; not after `latest`, and
    /// above all not before `earliest`.
    pub fn due(&self, step: &Step, index: usize) -> Option<DateTime<Utc>> {
        let mut due = self.moment(step.at)?;
        if let Some(latest) = step.latest.and_then(|moment| self.moment(moment)) {
            due = due.min(latest);
        }
        if let Some(forward) = self.forward_to(index) {
            due = due.min(forward);
        }
        match step.earliest.and_then(|moment| self.moment(moment)) {
            Some(earliest) => Some(due.max(earliest)),
            None => Some(due),
        }
    }

    fn forward_to(&self, index: usize) -> Option<DateTime<Utc>> {
        let alarm = self.alarm?;
        let last = alarm
            .standing
            .fired
            .last()
            .map_or(alarm.raised_at, |fired| fired.at);
        (alarm.standing.forward == Some(index)).then_some(last)
    }
}

/// The ladder that an alarm climbs now. A visit that has become the last one climbs the stricter ladder.
pub fn ladder_of<'a>(policy: &'a Policy, alarm: &Alarm) -> &'a Ladder {
    policy.ladder(alarm.ladder)
}

/// The ladder for a visit that is overdue.
pub fn ladder_for_visit(shift: &Shift, visit: &Visit) -> LadderKind {
    if shift.is_final(visit) {
        LadderKind::FinalVisit
    } else {
        LadderKind::Visit
    }
}

/// When the worker herself is asked whether a visit is over: the ladder's first step, or the agreed end.
pub fn asked_at(policy: &Policy, shift: &Shift, visit: &Visit) -> DateTime<Utc> {
    let anchors = Anchors::of_visit(shift, visit, None);
    let first = policy.ladder(ladder_for_visit(shift, visit)).steps.first();
    let asks = first.filter(|step| step.notify.contains(&Notify::Worker));
    let at = asks.and_then(|step| anchors.due(step, 0));
    at.map_or(visit.due(), |at| at.max(visit.due()))
}

/// The first step of a ladder that pages somebody other than the worker, with its index.
pub fn first_page(ladder: &Ladder) -> Option<(usize, &Step)> {
    let pages = |step: &Step| !step.notify.contains(&Notify::Worker);
    ladder
        .steps
        .iter()
        .enumerate()
        .find(|(_, step)| pages(step))
}

/// The next step of an alarm and when it is due; `None` when the last has been taken, or when only an
/// unanswered alarm would climb further.
pub fn next_step<'a>(
    policy: &'a Policy,
    shift: &Shift,
    alarm: &Alarm,
) -> Option<(usize, &'a Step, DateTime<Utc>)> {
    let anchors = Anchors::of_alarm(shift, alarm);
    let answered = alarm.standing.taken.is_some();
    let steps = ladder_of(policy, alarm).steps.iter().enumerate();
    let (index, step) = steps
        .skip(alarm.next_step())
        .filter(|(_, step)| !step.notify.contains(&Notify::Worker))
        .find(|(_, step)| !(answered && step.while_unanswered))?;
    let due = anchors.due(step, index)?;
    // Cause for concern waits for nothing: with the step that it brings go all before it.
    let brought = |step: &Step| step.early_on.contains(&EarlyOn::Concern);
    let worry = alarm.standing.worry.as_ref();
    let worry = worry.filter(|_| ladder_of(policy, alarm).steps[index..].iter().any(brought));
    Some((index, step, worry.map_or(due, |worry| due.min(worry.at))))
}

/// The worker and whoever is with her on the visit: never paged for it, and nothing secret in their sight.
pub fn kept_out(shift: &Shift, visit: Option<&Visit>) -> Vec<PersonId> {
    let mut out = vec![shift.worker.clone()];
    out.extend(visit.into_iter().flat_map(|visit| visit.with.clone()));
    out.dedup();
    out
}

/// The same for an alarm that is raised.
pub fn kept_out_of(shift: &Shift, alarm: &Alarm) -> Vec<PersonId> {
    let mut out = vec![shift.worker.clone()];
    out.extend(alarm.with.iter().filter(|id| **id != shift.worker).cloned());
    out
}

/// Who counts as being with her where an alarm is raised about this visit. If that were everybody who could
/// answer it, nobody: somebody has to hear of it.
pub fn companions(world: &World<'_>, worker: &PersonId, visit: Option<&Visit>) -> Vec<PersonId> {
    let team = world.team;
    let mut with = visit.map(|visit| visit.with.clone()).unwrap_or_default();
    let beside = world.beside.iter();
    let beside = beside.filter(|(no, _)| visit.is_some_and(|visit| visit.no == *no));
    with.extend(beside.map(|(_, who)| who.clone()));
    with.sort();
    with.dedup();
    let others = responders(team, worker);
    if others.iter().all(|id| with.contains(id)) {
        return vec![];
    }
    with
}

/// Everybody who answers alarms and can be written to, but for the worker herself.
fn responders(team: &Team, worker: &PersonId) -> Vec<PersonId> {
    let answers =
        |person: &&Person| person.responds() && person.matrix.is_some() && person.id != *worker;
    let found = team.people.iter().filter(answers);
    found.map(|person| person.id.clone()).collect()
}

/// The people that a list of `notify` means at `now`, without those kept out. Where that leaves nobody,
/// every responder of the team: a step never pages nobody.
pub fn people(
    team: &Team,
    step: &Step,
    worker: &PersonId,
    kept_out: &[PersonId],
    now: DateTime<Utc>,
) -> Vec<PersonId> {
    let mut found = named(team, step, worker, kept_out, now);
    let reachable = |id: &PersonId| {
        team.person(id)
            .is_some_and(|person| person.matrix.is_some())
    };
    if !found.iter().any(reachable) {
        let others = responders(team, worker).into_iter();
        found.extend(others.filter(|id| !kept_out.contains(id)));
    }
    // Whoever holds her tonight hears it with the others, and never instead of them.
    let holders = team.holders.get(worker).into_iter().flatten();
    for holder in holders.flat_map(|id| team.paged_for(id)) {
        if !kept_out.contains(&holder) && !found.contains(&holder) {
            found.push(holder);
        }
    }
    found
}

/// The people whom a step names at `now`, without those kept out; perhaps nobody.
pub fn named(
    team: &Team,
    step: &Step,
    worker: &PersonId,
    kept_out: &[PersonId],
    now: DateTime<Utc>,
) -> Vec<PersonId> {
    let out_of_hours = !team.is_working_time(now);
    let added = step.out_of_hours.iter().filter(|_| out_of_hours);
    let mut found: Vec<PersonId> = Vec::new();
    for notify in step.notify.iter().chain(added) {
        found.extend(whom(team, *notify, worker, kept_out));
    }
    let mut seen = BTreeSet::new();
    found.retain(|id| !kept_out.contains(id) && seen.insert(id.clone()));
    found
}

/// The people that one entry of `notify` means; `out` are those who cannot stand in.
pub fn whom(team: &Team, notify: Notify, worker: &PersonId, out: &[PersonId]) -> Vec<PersonId> {
    let with_role = |role| {
        team.with_role(role)
            .map(|p| p.id.clone())
            .collect::<Vec<_>>()
    };
    let free = |ids: &[PersonId]| ids.iter().any(|id| !out.contains(id));
    let meant = match notify {
        Notify::Worker => return vec![worker.clone()],
        // A buddy who is on the visit herself cannot be the one outside: the duty officer stands in.
        Notify::Buddy => {
            let buddies = team.buddies_of(worker);
            if free(&buddies) {
                buddies
            } else {
                team.stand_ins_for_a_buddy(worker)
            }
        }
        Notify::Manager => {
            let managers = team.managers_of(worker);
            if free(&managers) {
                managers
            } else {
                with_role(super::roster::Role::Manager)
            }
        }
        other => other.role().map(with_role).unwrap_or_default(),
    };
    let there: Vec<PersonId> = meant.iter().flat_map(|id| team.paged_for(id)).collect();
    // Leave must not leave an alarm with nobody: then whoever is away is paged all the same.
    if there.iter().any(|id| !out.contains(id)) {
        there
    } else {
        meant
    }
}

/// The SOS that is open, without a call by code phrase. While it is, nothing else is raised: it would have her rung. It is raised
/// when the SOS is closed.
pub fn held_by_sos(shift: &Shift) -> Option<AlarmNumber> {
    let sos = shift
        .open_alarms()
        .find(|alarm| alarm.kind == AlarmKind::Sos);
    sos.filter(|_| shift.duress().is_none())
        .map(|alarm| alarm.number)
}

/// True if an alarm of this kind pages nobody now: a call for help is open, and "ring her" would be wrong.
pub fn folds(shift: &Shift, kind: AlarmKind) -> bool {
    let help = |alarm: &Alarm| matches!(alarm.kind, AlarmKind::Duress | AlarmKind::Sos);
    !kind.is_call_for_help() && shift.open_alarms().any(help)
}
