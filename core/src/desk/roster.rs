//! Who is there, who stands in, and what people say about themselves: the team's own state.

use super::cover::only_hers;
use super::hear::Hearing;
use super::respond::to_direct;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::policy::for_worker;
use crate::chat::wording::{cover, roster as words};
use crate::domain::command::{RosterCommand, Until};
use crate::domain::deed::Deed;
use crate::domain::ids::PersonId;
use crate::domain::outgoing::Place;
use crate::domain::roster::Team;
use crate::domain::shift::Shift;
use crate::domain::team_state::{Detail, Duty, Own, Signature, TeamState};
use chrono::{DateTime, NaiveTime, TimeZone, Utc};

impl Desk {
    /// Obeys one of these commands, and marks it where her account is not to be relied on.
    pub(super) fn roster(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        command: &RosterCommand,
    ) -> Result<()> {
        let deed = self.deed(work, hearing, command);
        let marked = self.marked(work, hearing);
        let before = (work.team.clone(), work.roster.clone());
        if let (false, Some((_, state, _, changed))) = (marked, &mut work.team) {
            // Nothing is open any more: what she believed meanwhile is forgotten.
            *changed |= state.shadows.remove(&hearing.person.id).is_some();
        }
        let real = marked.then(|| self.believe(work, hearing)).flatten();
        match command {
            RosterCommand::Who(who) => self.whereabouts(work, hearing, who),
            RosterCommand::Buddy(buddy) => self.buddy(work, hearing, buddy.as_ref()),
            RosterCommand::Away(until) => self.away(work, hearing, until.as_ref()),
            RosterCommand::Cover { by, who, until } => {
                let me = &hearing.person.id;
                let (by, who) = (by.as_ref().unwrap_or(me), who.as_ref().unwrap_or(me));
                self.cover(work, hearing, (by, who), until);
            }
            RosterCommand::CoverOff => self.cover_off(work, hearing),
            RosterCommand::Accept(about) => self.accept(work, hearing, about.as_ref()),
            RosterCommand::Hold(workers) => self.hold(work, hearing, workers),
            RosterCommand::HoldOff => self.hold_off(work, hearing, None),
            RosterCommand::GiveBack(workers) => self.hold_off(work, hearing, Some(workers)),
            RosterCommand::Duty => {
                let text = words::duty(
                    self.team_now(work, hearing.team),
                    &self.words_of(work, hearing.team),
                );
                self.say_directly(work, hearing, text);
            }
            RosterCommand::OnDuty(until) => self.on_duty(work, hearing, until),
            RosterCommand::OffDuty => self.off_duty(work, hearing),
            RosterCommand::Tell(who) => self.tell_instead(work, hearing, who.as_ref()),
            RosterCommand::MeRight => self.details_right(work, hearing),
            RosterCommand::Policy => self.rules(work, hearing),
            RosterCommand::Sign => self.sign(work, hearing),
            RosterCommand::SignStatus => self.sign_status(work, hearing),
            RosterCommand::Contacts(who) => self.contacts(work, hearing, who.as_ref()),
            RosterCommand::Me(change) => self.me(work, hearing, change.clone()),
        }
        if let Some(real) = real {
            let believed = self.wake_up(work, hearing, real);
            if for_others(command) {
                // After a code phrase her account moves nobody's paging; she reads what she would read otherwise.
                (work.team, work.roster) = before;
                if let (Some((_, state, _, changed)), Some(believed)) = (&mut work.team, believed) {
                    state.shadows.insert(hearing.person.id.clone(), believed);
                    *changed = true;
                }
                only_hers(work, hearing);
            }
        }
        self.mark_if_secret(work, hearing, deed)
    }

    /// After a code phrase she is shown what she believes to hold; what really holds.
    fn believe(&self, work: &mut Work, hearing: &Hearing) -> Option<Own> {
        let (_, state, _, _) = work.team.as_mut()?;
        let real = state.believe(&hearing.person.id);
        let roster = state.roster(&self.teams[hearing.team].config.team, work.now);
        work.roster = Some((hearing.team, std::sync::Arc::new(roster)));
        Some(real)
    }

    fn wake_up(&self, work: &mut Work, hearing: &Hearing, real: Own) -> Option<Own> {
        let (_, state, _, _) = work.team.as_mut()?;
        let believed = state.wake_up(&hearing.person.id, real);
        let roster = state.roster(&self.teams[hearing.team].config.team, work.now);
        work.roster = Some((hearing.team, std::sync::Arc::new(roster)));
        Some(believed)
    }

    /// For the responders, after a code phrase: what they knew of her may have been changed by others.
    fn deed(&self, work: &Work, hearing: &Hearing, command: &RosterCommand) -> Deed {
        let me = &hearing.person.id;
        let team = self.team_now(work, hearing.team);
        match command {
            RosterCommand::Me(Some(_)) => Deed::ChangedDetails {
                before: words::card_in_a_line(team.person(me)),
            },
            RosterCommand::Buddy(Some(_)) => Deed::ChangedDetails {
                before: words::buddy(me, team, &self.words_of(work, hearing.team)),
            },
            command if for_others(command) => Deed::WouldChangeCover,
            _ => Deed::AskedForList,
        }
    }

    /// Changes the team's state, and the roster with it. What was said before can no longer be taken back: `/undo` is
    /// about the last command, and this one has an `off` of its own.
    pub(super) fn change(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        change: impl FnOnce(&mut TeamState),
    ) {
        let (now, team) = (work.now, hearing.team);
        for open in work.shifts.iter_mut().chain(&mut work.drills) {
            open.changed |= open.shift.undo.remove(&hearing.person.id).is_some();
        }
        if let Some((_, state, _, changed)) = &mut work.team {
            change(state);
            state.tidy(now);
            *changed = true;
            let roster = state.roster(&self.teams[team].config.team, now);
            work.roster = Some((team, std::sync::Arc::new(roster)));
        }
    }

    /// Where somebody is, by visits alone: it looks the same whatever alarm is open.
    fn whereabouts(&self, work: &mut Work, hearing: &Hearing, who: &PersonId) {
        let open = work.of(who).filter(|shift| !shift.sleeps(work.now));
        let shifts: Vec<&Shift> = open.collect();
        let text = words::whereabouts(who, &shifts, &self.words_of(work, hearing.team));
        self.say(work, hearing, text);
    }

    fn buddy(&self, work: &mut Work, hearing: &Hearing, buddy: Option<&PersonId>) {
        let me = hearing.person.id.clone();
        let team = self.team_now(work, hearing.team);
        if buddy == Some(&me) {
            return self.say(work, hearing, words::own_buddy());
        }
        if let Some(text) = buddy.and_then(|buddy| without_chat(team, buddy)) {
            return self.say(work, hearing, text);
        }
        if let Some(buddy) = buddy {
            self.change(work, hearing, |state| {
                state.buddies.insert(me.clone(), buddy.clone());
            });
            let name = self.team_now(work, hearing.team).called(&me).to_owned();
            self.tell(work, hearing, buddy, words::you_are_the_buddy(&name));
        }
        let text = words::buddy(
            &me,
            self.team_now(work, hearing.team),
            &self.words_of(work, hearing.team),
        );
        self.say(work, hearing, text);
    }

    fn on_duty(&self, work: &mut Work, hearing: &Hearing, until: &Until) {
        if !hearing.person.responds() {
            return self.say(work, hearing, words::duty_not_yours());
        }
        let until = self.moment(hearing.team, until);
        if until <= work.now {
            return self.say(work, hearing, cover::over_already());
        }
        let who = hearing.person.id.clone();
        self.change(work, hearing, |state| {
            state.duties.retain(|duty| duty.who != who);
            state.duties.push(Duty { who, until });
        });
        let spoken = self.words_of(work, hearing.team);
        let text = words::on_duty(&hearing.person.id, until, &spoken);
        self.say(work, hearing, text.clone());
        self.tell_managers(work, hearing, text);
    }

    fn off_duty(&self, work: &mut Work, hearing: &Hearing) {
        let me = hearing.person.id.clone();
        self.change(work, hearing, |state| {
            state.duties.retain(|duty| duty.who != me)
        });
        let text = words::duty(
            self.team_now(work, hearing.team),
            &self.words_of(work, hearing.team),
        );
        self.say_directly(work, hearing, text);
    }

    /// Another than the manager hears today that she is out (Al-Hasaniya: where the line manager is not available).
    fn tell_instead(&self, work: &mut Work, hearing: &Hearing, who: Option<&PersonId>) {
        let me = hearing.person.id.clone();
        let team = self.team_now(work, hearing.team);
        if who == Some(&me) {
            return self.say(work, hearing, words::tell_oneself());
        }
        if let Some(text) = who.and_then(|who| without_chat(team, who)) {
            return self.say(work, hearing, text);
        }
        let today = work.now.with_timezone(&team.tz).date_naive();
        // Night work belongs to the evening it began.
        let tomorrow = today.succ_opt().unwrap_or(today);
        let until = team.moment(tomorrow, NaiveTime::MIN) + chrono::Duration::hours(6);
        let name = who.map(|who| team.called(who).to_owned());
        self.change(work, hearing, |state| match who {
            Some(who) => drop(state.told_instead.insert(me.clone(), (who.clone(), until))),
            None => drop(state.told_instead.remove(&me)),
        });
        if let Some(who) = who {
            let mine = hearing.person.first_name();
            self.tell(work, hearing, who, words::you_are_told(mine));
        }
        self.say(work, hearing, words::told_instead(name.as_deref()));
    }

    fn details_right(&self, work: &mut Work, hearing: &Hearing) {
        let (me, now) = (hearing.person.id.clone(), work.now);
        self.change(work, hearing, |state| {
            state.details.entry(me).or_default().confirmed_at = Some(now);
        });
        self.say(work, hearing, words::details_right());
    }

    fn rules(&self, work: &mut Work, hearing: &Hearing) {
        let team = &self.teams[hearing.team];
        let state = work.team.as_ref().map(|(_, state, _, _)| state);
        let signed = state.and_then(|state| state.signed.get(&hearing.person.id));
        let signed = signed.filter(|signature| signature.policy == team.policy_hash);
        let text = for_worker(
            &team.policy,
            signed.map(|s| s.at),
            &self.words_of(work, hearing.team),
        );
        self.say(work, hearing, text);
    }

    fn sign(&self, work: &mut Work, hearing: &Hearing) {
        let policy = self.teams[hearing.team].policy_hash.clone();
        let (me, at) = (hearing.person.id.clone(), work.now);
        self.change(work, hearing, |state| {
            state.signed.insert(me, Signature { policy, at });
        });
        let title = &self.teams[hearing.team].policy.title;
        let text = words::signed(title, at, &self.words_of(work, hearing.team));
        self.say(work, hearing, text);
    }

    /// Who has signed what is in force: for those who answer for others.
    fn sign_status(&self, work: &mut Work, hearing: &Hearing) {
        if !hearing.person.responds() {
            return self.say(work, hearing, words::not_for_you());
        }
        let now = &self.teams[hearing.team].policy_hash;
        let state = work.team.as_ref().map(|(_, state, _, _)| state);
        let team = self.team_now(work, hearing.team);
        let lines = team
            .people
            .iter()
            .filter(|person| person.matrix.is_some())
            .map(|person| {
                let signature = state.and_then(|state| state.signed.get(&person.id));
                let signature = signature.map(|s| (s.at, s.policy == *now));
                words::signature(person, signature, &self.words_of(work, hearing.team))
            });
        let text = lines.collect::<Vec<_>>().join("\n");
        self.say_directly(work, hearing, text);
    }

    /// Numbers are for the team, the rest for those who answer alarms; neither for a shared room.
    fn contacts(&self, work: &mut Work, hearing: &Hearing, who: Option<&PersonId>) {
        let whole = hearing.person.responds();
        let team = self.team_now(work, hearing.team);
        let text = words::contacts(who, whole, team, &self.words_of(work, hearing.team));
        self.say_directly(work, hearing, text);
    }

    /// Numbers are not for the team's room.
    pub(super) fn say_directly(&self, work: &mut Work, hearing: &Hearing, text: String) {
        self.say(work, hearing, text);
        if hearing.asked.place == Place::Team {
            to_direct(work, &hearing.person.id);
        }
    }

    fn me(&self, work: &mut Work, hearing: &Hearing, change: Option<(Detail, String)>) {
        let me = hearing.person.id.clone();
        if !hearing.direct {
            return self.say(work, hearing, words::me_directly(change.is_some()));
        }
        let now = work.now;
        let changed = change.is_some();
        if let Some((detail, value)) = change {
            self.change(work, hearing, |state| {
                state
                    .details
                    .entry(me.clone())
                    .or_default()
                    .set(detail, value, now);
            });
        }
        let team = self.team_now(work, hearing.team);
        let text = words::me(team.person(&me), changed);
        self.say(work, hearing, text);
    }

    /// A day ends with working hours.
    pub(super) fn moment(&self, team: usize, until: &Until) -> DateTime<Utc> {
        let team = &self.teams[team].config.team;
        match until {
            Until::At(at) => *at,
            Until::EndOf(day) => {
                let evening = NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default();
                let ends = team.hours.as_ref().map_or(evening, |hours| hours.to);
                let local = team.tz.from_local_datetime(&day.and_time(ends));
                local.latest().map_or_else(
                    || Utc.from_utc_datetime(&day.and_time(ends)),
                    |at| at.to_utc(),
                )
            }
        }
    }
}

/// What to say where the bot has no chat with this person, who could therefore not be told.
fn without_chat(team: &Team, who: &PersonId) -> Option<String> {
    let reachable = team
        .person(who)
        .is_some_and(|person| person.matrix.is_some());
    (!reachable).then(|| words::no_chat(team.called(who)))
}

/// True for commands by which somebody else is paged, or is not.
fn for_others(command: &RosterCommand) -> bool {
    matches!(
        command,
        RosterCommand::Away(_)
            | RosterCommand::Cover { .. }
            | RosterCommand::CoverOff
            | RosterCommand::Accept(_)
            | RosterCommand::Tell(_)
            | RosterCommand::OnDuty(_)
            | RosterCommand::OffDuty
            | RosterCommand::Hold(_)
            | RosterCommand::HoldOff
            | RosterCommand::GiveBack(_)
    )
}
