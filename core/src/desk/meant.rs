//! Which alarm a responder means, and whether they may answer it.

use super::drill::is_drill;
use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::desk as words;
use crate::domain::alarm::{Alarm, AlarmKind};
use crate::domain::command::{Command, Target};
use crate::domain::ids::{AlarmNumber, PersonId};
use crate::domain::ladder::kept_out_of;
use crate::domain::shift::{Shift, Visit};
use chrono::Duration;

/// For how long a closed alarm is still answered by its number.
const REMEMBERED: Duration = Duration::days(7);

impl Desk {
    pub(super) fn named(
        &self,
        work: &Work,
        hearing: &Hearing,
        number: AlarmNumber,
    ) -> (String, String) {
        let team = self.team_now(work, hearing.team);
        let named = alarm(work, number).map(|(shift, alarm)| {
            let name = team.called(&shift.worker);
            let drill = shift.drill.as_ref().map_or("", |_| "DRILL: ");
            format!("{drill}{name}, {}", words::kind(alarm.kind))
        });
        (number.to_string(), named.unwrap_or_default())
    }

    pub(super) async fn load_closed(&self, work: &mut Work, team: usize) -> Result<()> {
        let since = work.now - REMEMBERED;
        self.load_closed_since(work, team, since, None).await?;
        self.load_closed_drills(work, team, since).await
    }

    /// The alarms that can be meant and that this person may answer.
    pub(super) fn candidates(
        &self,
        work: &Work,
        hearing: &Hearing,
        target: &Target,
    ) -> Vec<(String, AlarmNumber)> {
        let all = work
            .answered()
            .flat_map(|shift| shift.alarms.iter().map(move |alarm| (shift, alarm)));
        let may: Vec<_> = all
            .filter(|(shift, alarm)| self.may(work, hearing, shift, alarm))
            .collect();
        let pointed = hearing.about.as_ref().and_then(|about| about.alarm);
        let in_thread = hearing.asked.thread.as_deref();
        let pick = |wanted: &dyn Fn(&Shift, &Alarm) -> bool| -> Vec<(String, AlarmNumber)> {
            let fits = may.iter().filter(|(shift, alarm)| wanted(shift, alarm));
            fits.map(|(shift, alarm)| (shift.id.clone(), alarm.number))
                .collect()
        };
        match (target.alarm, &target.who, pointed) {
            (Some(number), _, _) => pick(&|_, alarm| alarm.number == number),
            // Whoever is named is meant, also in answer to a page about somebody else.
            (None, Some(who), _) => pick(&|shift, alarm| shift.worker == *who && alarm.is_open()),
            (None, None, Some(number)) => pick(&|_, alarm| alarm.number == number),
            _ if in_thread.is_some() => {
                pick(&|shift, alarm| Some(alarm.thread(&shift.id).as_str()) == in_thread)
            }
            _ => pick(&|_, alarm| alarm.is_open()),
        }
    }

    /// Responders: everybody in the managers' room and whoever was paged, but never the worker concerned nor
    /// anybody who is with her; and her buddy. Whoever was with her and has left can tell what they saw.
    pub(super) fn may(&self, work: &Work, hearing: &Hearing, shift: &Shift, alarm: &Alarm) -> bool {
        let person = &hearing.person;
        if saw_her(shift, alarm, &person.id) {
            return true;
        }
        if kept_out_of(shift, alarm).contains(&person.id) {
            return false;
        }
        let team = self.team_now(work, hearing.team);
        person.responds()
            || alarm.paged.contains(&person.id)
            || team.buddies_of(&shift.worker).contains(&person.id)
                && alarm.kind != AlarmKind::Possible
            || self.in_managers_room(hearing.team).contains(&person.id)
    }

    /// The one open alarm for which this person was paged, where their words in the direct chat can only be an
    /// answer to it: they are on no visit themselves.
    fn paged_for(&self, work: &Work, hearing: &Hearing) -> Option<(String, AlarmNumber)> {
        self.only_one(work, hearing, |_, alarm, me| alarm.paged.contains(me))
    }

    /// The one open alarm about a visit that this person was on and has left (Wiltshire 3c: a definite last sighting).
    pub(super) fn witness_of(
        &self,
        work: &Work,
        hearing: &Hearing,
    ) -> Option<(String, AlarmNumber)> {
        self.only_one(work, hearing, saw_her)
    }

    /// The one open alarm of which this is true, for somebody who writes in their direct chat and is on no visit.
    fn only_one(
        &self,
        work: &Work,
        hearing: &Hearing,
        fits: impl Fn(&Shift, &Alarm, &PersonId) -> bool,
    ) -> Option<(String, AlarmNumber)> {
        let me = &hearing.person.id;
        let out = work
            .of(me)
            .flat_map(|shift| &shift.visits)
            .any(Visit::is_open);
        if !hearing.direct || out {
            return None;
        }
        let mut found = self.candidates(work, hearing, &Target::default());
        found.retain(|(_, number)| alarm(work, *number).is_some_and(|(s, a)| fits(s, a, me)));
        if found.len() == 1 { found.pop() } else { None }
    }

    /// True where a bare word of a responder's, such as "on it", can only be an answer to a page.
    pub(super) fn is_paged(&self, work: &Work, hearing: &Hearing) -> bool {
        self.paged_for(work, hearing).is_some()
    }

    /// True if this command finds a real alarm in this team, or names the drill that it is about: what may be meant for
    /// real is not taken for practice.
    pub(super) fn could_answer(&self, work: &Work, hearing: &Hearing, command: &Command) -> bool {
        let found = self.found(work, hearing, command);
        let pointed = hearing.about.is_some() || hearing.asked.thread.is_some();
        let named = command
            .target()
            .is_some_and(|target| *target != Target::default());
        let real = |(_, number): &(String, AlarmNumber)| !is_drill(work, *number);
        found.iter().any(real) || !found.is_empty() && (pointed || named)
    }

    /// What this command of a responder's finds in this team.
    pub(super) fn found(
        &self,
        work: &Work,
        hearing: &Hearing,
        command: &Command,
    ) -> Vec<(String, AlarmNumber)> {
        match command {
            Command::Ack(target)
            | Command::Record(target)
            | Command::Reached { target, .. }
            | Command::NoAnswer { target, .. }
            | Command::Seen { target, .. }
            | Command::Claim { target, .. }
            | Command::Asked { target, .. }
            | Command::Worry { target, .. }
            | Command::Police { target, .. }
            | Command::StandDown { target, .. } => self.candidates(work, hearing, target),
            _ => vec![],
        }
    }

    /// The alarm that free words belong to: in its thread, or in answer to its page.
    pub(super) fn alarm_of_words(
        &self,
        work: &Work,
        hearing: &Hearing,
    ) -> Option<(String, AlarmNumber)> {
        let pointed = hearing
            .about
            .as_ref()
            .is_some_and(|about| about.alarm.is_some());
        if !pointed && hearing.asked.thread.is_none() {
            // Free words may be meant for real: a drill must be pointed at.
            let paged = self.paged_for(work, hearing);
            let paged = paged.or_else(|| self.witness_of(work, hearing));
            return paged.filter(|(_, number)| !is_drill(work, *number));
        }
        self.candidates(work, hearing, &Target::default())
            .into_iter()
            .next()
    }
}

/// True for somebody who was on the visit that an alarm is about, and has left it. Of a secret call nobody hears who was
/// beside her.
fn saw_her(shift: &Shift, alarm: &Alarm, who: &PersonId) -> bool {
    let visit = alarm.visit.and_then(|no| shift.visit(no));
    let mut gone = visit.into_iter().flat_map(|visit| &visit.gone);
    !alarm.kind.is_secret() && gone.any(|(id, _)| id == who)
}

pub(super) fn alarm(work: &Work, number: AlarmNumber) -> Option<(&Shift, &Alarm)> {
    work.answered()
        .filter_map(|shift| shift.alarm(number).map(|alarm| (shift, alarm)))
        .next()
}

pub(super) fn aimed(mut command: Command, number: Option<AlarmNumber>) -> Command {
    if let Command::Ack(target)
    | Command::Reached { target, .. }
    | Command::NoAnswer { target, .. }
    | Command::Seen { target, .. }
    | Command::Claim { target, .. }
    | Command::Asked { target, .. }
    | Command::Worry { target, .. }
    | Command::Police { target, .. }
    | Command::StandDown { target, .. } = &mut command
    {
        target.alarm = number;
    }
    command
}
