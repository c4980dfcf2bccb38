//! Who is there, who stands in, and what people say about themselves: the team's own state.

use super::hear::Hearing;
use super::respond::to_direct;
use super::work::{About, Work};
use super::{Desk, Result};
use crate::chat::wording::roster as words;
use crate::domain::command::{RosterCommand, Until};
use crate::domain::deed::Deed;
use crate::domain::ids::PersonId;
use crate::domain::notice::Tap;
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::proof::holes;
use crate::domain::roster::{Person, Team};
use crate::domain::shift::{Shift, Visit};
use crate::domain::team_state::{Away, Cover, Duty, TeamState};
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
        match command {
            RosterCommand::Who(who) => self.whereabouts(work, hearing, who),
            RosterCommand::Buddy(buddy) => self.buddy(work, hearing, buddy.as_ref()),
            RosterCommand::Away(until) => self.away(work, hearing, until.as_ref()),
            RosterCommand::Cover { by, who, until } => {
                let me = &hearing.person.id;
                let (by, who) = (by.as_ref().unwrap_or(me), who.as_ref().unwrap_or(me));
                self.cover(work, hearing, by, who, until);
            }
            RosterCommand::CoverOff => self.cover_off(work, hearing),
            RosterCommand::Accept => self.accept(work, hearing),
            RosterCommand::Duty => {
                let text = words::duty(
                    self.team_now(work, hearing.team),
                    &self.words_of(work, hearing.team),
                );
                self.say_directly(work, hearing, text);
            }
            RosterCommand::OnDuty(until) => self.on_duty(work, hearing, until),
            RosterCommand::OffDuty => self.off_duty(work, hearing),
            RosterCommand::Contacts(who) => self.contacts(work, hearing, who.as_ref()),
            RosterCommand::Me(change) => self.me(work, hearing, change.clone()),
        }
        self.mark_if_secret(work, hearing, deed)
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
            _ => Deed::AskedForList,
        }
    }

    /// Changes the team's state, and the roster with it.
    fn change(&self, work: &mut Work, team: usize, change: impl FnOnce(&mut TeamState)) {
        let now = work.now;
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
        let wrong = buddy.and_then(|buddy| match team.person(buddy) {
            _ if *buddy == me => Some(words::own_buddy()),
            Some(person) if person.matrix.is_some() => None,
            _ => Some(words::no_chat(team.called(buddy))),
        });
        if let Some(text) = wrong {
            return self.say(work, hearing, text);
        }
        if let Some(buddy) = buddy {
            self.change(work, hearing.team, |state| {
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

    /// Leave: refused while somebody of theirs is out and nobody covers, or where it would leave alarms with nobody.
    fn away(&self, work: &mut Work, hearing: &Hearing, until: Option<&Until>) {
        let me = hearing.person.id.clone();
        let Some(until) = until.map(|until| self.moment(hearing.team, until)) else {
            self.change(work, hearing.team, |state| {
                state.away.retain(|away| away.who != me)
            });
            return self.say(work, hearing, words::back());
        };
        if until <= work.now {
            return self.say(work, hearing, words::over_already());
        }
        let covered = work
            .team
            .as_ref()
            .is_some_and(|(_, s, _, _)| s.covered(&me, work.now).is_some());
        let out = if covered {
            vec![]
        } else {
            self.people_out(work, hearing)
        };
        if !out.is_empty() {
            let text = words::away_while_out(&out, &self.words_of(work, hearing.team));
            return self.say(work, hearing, text);
        }
        let away = Away {
            who: me.clone(),
            until,
        };
        if !covered && self.would_leave_a_hole(work, hearing.team, &away) {
            return self.say(work, hearing, words::away_leaves_nobody());
        }
        self.change(work, hearing.team, |state| {
            state.away.retain(|other| other.who != away.who);
            state.away.push(away);
        });
        let text = words::away(until, &self.words_of(work, hearing.team));
        self.say(work, hearing, text);
    }

    /// Those who are out and for whom this person is paged first: as their manager or their buddy.
    fn people_out(&self, work: &Work, hearing: &Hearing) -> Vec<PersonId> {
        let me = &hearing.person.id;
        let team = self.team_now(work, hearing.team);
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let out =
            shifts.filter(|shift| shift.visits.iter().any(Visit::is_open) && shift.worker != *me);
        let mut out: Vec<PersonId> = out.map(|shift| shift.worker.clone()).collect();
        out.retain(|worker| {
            team.person(worker).is_some_and(|person| {
                person.manager.as_ref() == Some(me) || person.buddy.as_ref() == Some(me)
            })
        });
        out.sort();
        out.dedup();
        out
    }

    /// True if with this leave some ladder reached nobody any more that reaches somebody now.
    fn would_leave_a_hole(&self, work: &Work, team: usize, away: &Away) -> bool {
        let Some((_, state, _, _)) = &work.team else {
            return false;
        };
        let (configured, policy) = (&self.teams[team].config.team, &self.teams[team].policy);
        let mut then = state.clone();
        then.away.push(away.clone());
        let count = |state: &TeamState| {
            holes(
                &without_the_absent(&state.roster(configured, work.now)),
                policy,
                work.now,
            )
            .len()
        };
        count(&then) > count(state)
    }

    fn cover(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        by: &PersonId,
        who: &PersonId,
        until: &Until,
    ) {
        let me = &hearing.person.id;
        let manages = |person: &Person| person.roles.iter().any(|role| role.is_manager_or_above());
        if by != me && who != me && !manages(&hearing.person) {
            return self.say(work, hearing, words::cover_for_others());
        }
        let until = self.moment(hearing.team, until);
        if until <= work.now {
            return self.say(work, hearing, words::over_already());
        }
        let cover = Cover {
            who: who.clone(),
            by: by.clone(),
            until,
            asked_by: me.clone(),
            accepted_at: None,
        };
        let team = self.teams[hearing.team].config.team.clone();
        let now = work.now;
        let mut refused = None;
        self.change(work, hearing.team, |state| {
            refused = state.cover(&team, cover.clone(), now).err()
        });
        let spoken = self.words_of(work, hearing.team);
        let text = match &refused {
            Some(error) => words::cover_refused(error, &spoken),
            None => words::cover_asked(&cover, &spoken),
        };
        let asked = words::please_accept(&cover, &spoken);
        self.say(work, hearing, text);
        if refused.is_none() {
            let other = cover.other().clone();
            self.ask_to_accept(work, hearing, &other, asked);
        }
    }

    /// A question with one tap.
    fn ask_to_accept(&self, work: &mut Work, hearing: &Hearing, person: &PersonId, text: String) {
        self.tell(work, hearing, person, text);
        if let Some(row) = work.outbox.last_mut() {
            let offers = vec![("👍".to_owned(), Tap::Accept)];
            row.offers = offers.iter().map(|(emoji, _)| emoji.clone()).collect();
            row.mentions = vec![person.clone()];
            (row.rings, row.priority) = (true, Priority::Prompt);
            row.about = About::of_nothing(offers).json();
        }
    }

    fn accept(&self, work: &mut Work, hearing: &Hearing) {
        let me = hearing.person.id.clone();
        let now = work.now;
        let mut accepted = None;
        self.change(work, hearing.team, |state| {
            accepted = state.accept(&me, now)
        });
        let spoken = self.words_of(work, hearing.team);
        let Some(cover) = accepted else {
            return self.say(work, hearing, words::nothing_to_accept());
        };
        let text = words::cover_holds(&cover, &spoken);
        self.say(work, hearing, text.clone());
        for person in [&cover.by, &cover.who, &cover.asked_by] {
            let told = |row: &Outgoing| {
                row.place
                    == Place::Direct {
                        person: person.clone(),
                    }
            };
            if *person != me && !work.outbox.iter().any(told) {
                self.tell(work, hearing, person, text.clone());
            }
        }
        self.tell_managers(work, hearing, text);
    }

    fn cover_off(&self, work: &mut Work, hearing: &Hearing) {
        let me = hearing.person.id.clone();
        let mut ended: Vec<Cover> = Vec::new();
        self.change(work, hearing.team, |state| {
            let (mine, others) = state
                .covers
                .drain(..)
                .partition(|c| c.who == me || c.by == me);
            (ended, state.covers) = (mine, others);
        });
        let spoken = self.words_of(work, hearing.team);
        if ended.is_empty() {
            return self.say(work, hearing, words::no_cover());
        }
        let lines: Vec<String> = ended
            .iter()
            .map(|cover| words::cover_ended(cover, &spoken))
            .collect();
        let text = lines.join("\n");
        self.say(work, hearing, text.clone());
        for cover in &ended {
            let other = if cover.who == me {
                &cover.by
            } else {
                &cover.who
            };
            self.tell(work, hearing, other, text.clone());
        }
        self.tell_managers(work, hearing, text);
    }

    fn on_duty(&self, work: &mut Work, hearing: &Hearing, until: &Until) {
        if !hearing.person.responds() {
            return self.say(work, hearing, words::duty_not_yours());
        }
        let until = self.moment(hearing.team, until);
        if until <= work.now {
            return self.say(work, hearing, words::over_already());
        }
        let who = hearing.person.id.clone();
        self.change(work, hearing.team, |state| {
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
        self.change(work, hearing.team, |state| {
            state.duties.retain(|duty| duty.who != me)
        });
        let text = words::duty(
            self.team_now(work, hearing.team),
            &self.words_of(work, hearing.team),
        );
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
    fn say_directly(&self, work: &mut Work, hearing: &Hearing, text: String) {
        self.say(work, hearing, text);
        if hearing.asked.place == Place::Team {
            to_direct(work, &hearing.person.id);
        }
    }

    fn me(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        change: Option<(crate::domain::team_state::Detail, String)>,
    ) {
        let me = hearing.person.id.clone();
        if !hearing.direct {
            return self.say(work, hearing, words::me_directly(change.is_some()));
        }
        let now = work.now;
        let changed = change.is_some();
        if let Some((detail, value)) = change {
            self.change(work, hearing.team, |state| {
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

    /// A quiet line in somebody's direct chat.
    fn tell(&self, work: &mut Work, hearing: &Hearing, person: &PersonId, text: String) {
        let team = &self.teams[hearing.team].config.team;
        if team.person(person).is_some_and(|p| p.matrix.is_some()) {
            let place = Place::Direct {
                person: person.clone(),
            };
            work.outbox
                .push(super::quiet(&team.name, place, text, "who stands in"));
        }
    }

    fn tell_managers(&self, work: &mut Work, hearing: &Hearing, text: String) {
        if hearing.asked.place == Place::Managers {
            return;
        }
        let team = &self.teams[hearing.team].config.team;
        work.outbox.push(super::quiet(
            &team.name,
            Place::Managers,
            text,
            "who stands in",
        ));
    }

    /// A day ends with working hours.
    fn moment(&self, team: usize, until: &Until) -> DateTime<Utc> {
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

/// For the proof: whoever is away without a stand-in cannot be reached.
fn without_the_absent(team: &Team) -> Team {
    let mut team = team.clone();
    for person in &mut team.people {
        if team
            .stand_ins
            .get(&person.id)
            .is_some_and(|s| s.by.is_empty())
        {
            person.matrix = None;
        }
    }
    team
}

impl About {
    /// A question about no shift.
    fn of_nothing(offers: Vec<(String, Tap)>) -> Self {
        Self {
            shift: String::new(),
            alarm: None,
            visit: None,
            offers,
        }
    }

    fn json(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}
