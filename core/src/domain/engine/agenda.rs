//! What is coming up for a shift, derived from its state alone.

use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::ids::AlarmNumber;
use crate::domain::ladder::{self, Anchors, first_page, folds, ladder_for_visit};
use crate::domain::policy::{LadderKind, Notify, Policy};
use crate::domain::shift::{LINGERS, Shift, Visit};
use chrono::{DateTime, Duration, Utc};

/// How long a message may stay unreadable before somebody is pinged.
const UNREADABLE_GRACE: Duration = Duration::minutes(2);
/// How often a responder is asked to speak to a worker who checked in, and to close the alarm.
const ASK_TO_CLOSE: Duration = Duration::minutes(15);
/// How often the responders are asked after `/police` (design, invariant 2).
const POLICE_FOLLOW_UP: Duration = Duration::hours(1);
/// Something that time brings.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Due {
    AskEnd(u32),
    AskCheck(u32, usize),
    AskReport,
    BegunAlone(u32),
    RemindAddress(u32),
    RaiseShiftEnd,
    RaiseOverdue(u32),
    RaiseCheck(u32, usize),
    RaiseUnreadable(String),
    Step(AlarmNumber, usize),
    Repeat(AlarmNumber),
    FollowUp(AlarmNumber),
    Close,
}

/// When the shift next needs a tick; `None` once it is closed.
pub fn next_due(shift: &Shift, policy: &Policy) -> Option<DateTime<Utc>> {
    agenda(shift, policy).into_iter().map(|(at, _)| at).min()
}

/// Everything that is coming up, with its time.
pub(super) fn agenda(shift: &Shift, policy: &Policy) -> Vec<(DateTime<Utc>, Due)> {
    let mut items = Vec::new();
    if shift.closed_at.is_some() {
        return items;
    }
    // The visit of a drill is made up: nobody is asked about it.
    let real = shift.visits.iter().filter(|_| shift.drill.is_none());
    for visit in real.filter(|visit| visit.is_open()) {
        visit_agenda(shift, policy, visit, &mut items);
    }
    for alarm in shift
        .open_alarms()
        .filter(|alarm| !folds(shift, alarm.kind))
    {
        alarm_agenda(shift, policy, alarm, &mut items);
    }
    // One alarm for all of them: a phone that has lost its key writes many.
    let told = |alarm: &Alarm| alarm.kind == AlarmKind::Unreadable;
    let told = shift.open_alarms().any(told) || folds(shift, AlarmKind::Unreadable);
    for unread in shift.unreadable.iter().filter(|_| !told) {
        let known = |alarm: &Alarm| alarm.event.as_deref() == Some(&unread.event);
        if !shift.alarms.iter().any(known) {
            items.push((
                unread.at + UNREADABLE_GRACE,
                Due::RaiseUnreadable(unread.event.clone()),
            ));
        }
    }
    report_agenda(shift, policy, &mut items);
    if let Some(at) = shift.settled_at {
        items.push((at + LINGERS, Due::Close));
    }
    items
}

fn visit_agenda(
    shift: &Shift,
    policy: &Policy,
    visit: &Visit,
    items: &mut Vec<(DateTime<Utc>, Due)>,
) {
    if policy.rules.lacks(visit).anything() && !visit.told_alone {
        items.push((visit.start, Due::BegunAlone(visit.no)));
    }
    let asks = policy.rules.address.as_ref();
    if asks.is_some_and(|rule| rule.asks(&visit.reference))
        && let Some(at) = shift
            .address(visit.no)
            .and_then(|note| note.remind_at(visit))
    {
        items.push((at, Due::RemindAddress(visit.no)));
    }
    let due = visit.due();
    let ask = ladder::asked_at(policy, shift, visit);
    let held = ladder::held_by_sos(shift).is_some();
    if visit.asked_for != Some(ask) && !(held && visit.unasked) {
        items.push((ask, Due::AskEnd(visit.no)));
    }
    let open = |kind: AlarmKind, check: Option<DateTime<Utc>>| {
        let same = |a: &Alarm| a.kind == kind && a.visit == Some(visit.no) && a.check == check;
        shift.open_alarms().any(same)
    };
    let raise_at = |kind: LadderKind, check: Option<DateTime<Utc>>| {
        let anchors = Anchors::of_visit(shift, visit, check);
        first_page(policy.ladder(kind)).and_then(|(index, step)| anchors.due(step, index))
    };
    if !open(AlarmKind::Overdue, None) && !visit.folded && !held {
        let kind = ladder_for_visit(shift, visit);
        // A step that cannot be anchored is due with the visit itself: never silent.
        let at = raise_at(kind, None).unwrap_or(due).max(ask);
        items.push((at, Due::RaiseOverdue(visit.no)));
    }
    for (index, check) in visit
        .checks
        .iter()
        .enumerate()
        .filter(|(_, check)| !check.done)
    {
        if check.call {
            // The manager rings her at that time, instead of a question to her.
            if !open(AlarmKind::MissedCheckIn, Some(check.at)) && !held {
                items.push((check.at, Due::RaiseCheck(visit.no, index)));
            }
        } else if !check.asked {
            if !(held && check.unasked) {
                items.push((check.at, Due::AskCheck(visit.no, index)));
            }
        } else if !open(AlarmKind::MissedCheckIn, Some(check.at)) && !held {
            let at = raise_at(LadderKind::CheckIn, Some(check.at)).unwrap_or(check.at);
            items.push((at.max(check.at), Due::RaiseCheck(visit.no, index)));
        }
    }
}

/// The report that she is home, or back at the office: she is asked, then it is an alarm of its own.
fn report_agenda(shift: &Shift, policy: &Policy, items: &mut Vec<(DateTime<Utc>, Due)>) {
    let Some((ladder, since)) = policy.shift_end().zip(shift.report.since) else {
        return;
    };
    let anchors = Anchors::of_report(shift);
    let asks = ladder
        .steps
        .first()
        .filter(|step| step.notify.contains(&Notify::Worker));
    let ask = asks.and_then(|step| anchors.due(step, 0));
    let held = ladder::held_by_sos(shift).is_some();
    if let Some(ask) = ask
        && shift.report.asked_for != Some(ask)
        && !(held && shift.report.unasked)
    {
        items.push((ask, Due::AskReport));
    }
    let raised = |alarm: &Alarm| alarm.kind == AlarmKind::ShiftEnd;
    let raised = shift.report.folded || shift.open_alarms().any(raised);
    if !held && !raised {
        let at = first_page(ladder).and_then(|(index, step)| anchors.due(step, index));
        let at = at.unwrap_or(since).max(since);
        items.push((ask.map_or(at, |ask| at.max(ask)), Due::RaiseShiftEnd));
    }
}

fn alarm_agenda(
    shift: &Shift,
    policy: &Policy,
    alarm: &Alarm,
    items: &mut Vec<(DateTime<Utc>, Due)>,
) {
    let standing = &alarm.standing;
    let asked = |since: DateTime<Utc>| standing.asked_at.map_or(since, |at| at.max(since));
    let ladder = ladder::ladder_of(policy, alarm);
    if let Some(police) = &standing.police {
        items.push((
            asked(police.at) + POLICE_FOLLOW_UP,
            Due::FollowUp(alarm.number),
        ));
        return;
    }
    let next = ladder::next_step(policy, shift, alarm);
    if let Some(heard_at) = standing.heard_at {
        let visit = alarm
            .visit
            .and_then(|no| shift.visit(no))
            .filter(|visit| visit.is_open());
        if let (AlarmKind::Overdue, Some(visit), Some((index, _, at))) = (alarm.kind, visit, next) {
            items.push((at.max(visit.due()), Due::Step(alarm.number, index)));
        }
        if let (AlarmKind::ShiftEnd, Some(since), Some((index, _, at))) =
            (alarm.kind, shift.report.since, next)
        {
            items.push((at.max(since), Due::Step(alarm.number, index)));
        }
        // Of two at the same moment the step goes first: then she has not checked in any more.
        items.push((asked(heard_at) + ASK_TO_CLOSE, Due::FollowUp(alarm.number)));
        return;
    }
    if let Some((index, _, at)) = next {
        items.push((at, Due::Step(alarm.number, index)));
    }
    if let Some(taken) = &standing.taken {
        items.push((
            asked(taken.at) + ladder.follow_up.0,
            Due::FollowUp(alarm.number),
        ));
    } else if let Some(fired) = standing.fired.last() {
        let repeat = ladder.steps[fired.step].repeat.0;
        items.push((alarm.paged_at + repeat, Due::Repeat(alarm.number)));
    }
}
