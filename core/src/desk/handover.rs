//! At the end of working hours: who is still out, and who holds them tonight; one tap takes it, or it goes up.

use super::Desk;
use super::attention::state;
use super::hear::Hearing;
use super::work::{About, Work};
use crate::chat::wording::handover as words;
use crate::domain::handover::{GOES_UP, Handover, Hold, Out, still_out};
use crate::domain::ids::PersonId;
use crate::domain::notice::Tap;
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::roster::{Person, Role};
use crate::domain::shift::Visit;
use chrono::{DateTime, Utc};

/// What stands before the names in the mark of this question, which is about no shift.
pub(super) const NIGHT_OF: &str = "night of ";

impl Desk {
    /// When the team is asked next; `None` without working hours.
    pub(super) fn handover_due(&self, work: &Work, team: usize) -> Option<DateTime<Utc>> {
        let (_, state, _, _) = work.team.as_ref()?;
        let evening = self.teams[team]
            .config
            .team
            .next_end(state.handover_at.unwrap_or(work.now));
        let up = state.handover.as_ref().filter(|asked| !asked.up);
        let up = up.map(|asked| asked.asked_at + GOES_UP);
        [evening, up].into_iter().flatten().min()
    }

    /// Asks, where somebody is out whom nobody holds.
    pub(super) fn handover(&self, work: &mut Work, team: usize) {
        let now = work.now;
        let again = state(work).handover.filter(|asked| !asked.up);
        let goes_up = again
            .as_ref()
            .is_some_and(|asked| asked.asked_at + GOES_UP <= now);
        let out = self.nobody_holds(work, team);
        if let Some((_, state, _, changed)) = &mut work.team {
            state.handover_at = Some(now);
            state.handover = (!out.is_empty()).then_some(Handover {
                asked_at: now,
                up: goes_up,
            });
            *changed = true;
        }
        if !out.is_empty() {
            self.ask_who_holds(work, team, &out, goes_up);
        }
    }

    /// Who is out and held by nobody.
    fn nobody_holds(&self, work: &Work, team: usize) -> Vec<Out> {
        let state = state(work);
        let configured = &self.teams[team].config.team;
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let open = shifts.filter(|shift| shift.closed_at.is_none());
        let mut out = still_out(open, configured, work.now);
        out.retain(|(worker, _)| !state.is_held(worker, work.now));
        out
    }

    fn ask_who_holds(&self, work: &mut Work, team: usize, out: &[Out], up: bool) {
        let roster = self.team_now(work, team);
        let above = |person: &&Person| person.roles.iter().any(|role| role.is_manager_or_above());
        let mut who: Vec<PersonId> = match up {
            true => roster
                .people
                .iter()
                .filter(above)
                .map(|p| p.id.clone())
                .collect(),
            false => {
                let officers = roster.with_role(Role::DutyOfficer).map(|p| p.id.clone());
                let managers = out
                    .iter()
                    .flat_map(|(worker, _)| roster.managers_of(worker));
                officers.chain(managers).collect()
            }
        };
        who = who.iter().flat_map(|id| roster.paged_for(id)).collect();
        let mut seen = std::collections::BTreeSet::new();
        let on_matrix = |id: &PersonId| roster.person(id).is_some_and(|p| p.matrix.is_some());
        who.retain(|id| {
            let themselves = out.iter().any(|(worker, _)| worker == id);
            !themselves && on_matrix(id) && seen.insert(id.clone())
        });
        let text = words::who_holds(out, up, &self.words_of(work, team));
        let there = self.in_managers_room(team);
        let (inside, outside): (Vec<_>, Vec<_>) =
            who.into_iter().partition(|id| there.contains(id));
        let row = |place: Place, mentions: Vec<PersonId>| Outgoing {
            mentions,
            rings: true,
            priority: Priority::Prompt,
            ..self.question_of_the_night(team, place, text.clone(), out)
        };
        let mut rows = vec![row(Place::Managers, inside)];
        rows.extend(outside.into_iter().map(|person| {
            let mentions = vec![person.clone()];
            row(Place::Direct { person }, mentions)
        }));
        work.outbox.extend(rows);
    }

    /// A line that one tap answers.
    fn question_of_the_night(
        &self,
        team: usize,
        place: Place,
        text: String,
        out: &[Out],
    ) -> Outgoing {
        let names: Vec<&str> = out.iter().map(|(worker, _)| worker.0.as_str()).collect();
        let about = About {
            shift: format!("{NIGHT_OF}{}", names.join(" ")),
            alarm: None,
            visit: None,
            address: false,
            offers: vec![("👍".to_owned(), Tap::Hold)],
        };
        let name = &self.teams[team].config.team.name;
        Outgoing {
            offers: vec!["👍".to_owned()],
            about: serde_json::to_string(&about).ok(),
            ..super::quiet(name, place, text, "who holds them tonight")
        }
    }

    /// A visit that runs into the night asks for a named person as it is logged, where the policy says so (Bexley):
    /// quietly in working hours, since there is time until the evening.
    pub(super) fn ask_for_the_night(&self, work: &mut Work, hearing: &Hearing, worker: &PersonId) {
        let (team, now) = (&self.teams[hearing.team].config.team, work.now);
        if self.teams[hearing.team].policy.rules.night.is_none() {
            return;
        }
        let shifts = work.of(worker).filter(|shift| !shift.sleeps(now));
        let logged = shifts.flat_map(|shift| &shift.visits);
        let logged = logged.filter(|visit| visit.is_open() && visit.logged_in == hearing.event);
        let Some(visit) = logged.last().cloned() else {
            return;
        };
        let last_minute = visit.end - chrono::Duration::minutes(1);
        if team.is_working_time(last_minute) || state(work).is_held(worker, visit.end) {
            return;
        }
        let out = [(worker.clone(), visit.due())];
        if !team.is_working_time(now) && visit.start < team.next_beginning(now).unwrap_or(now) {
            self.ask_who_holds(work, hearing.team, &out, false);
            if let Some((_, state, _, changed)) = &mut work.team {
                state.handover = Some(Handover {
                    asked_at: now,
                    up: false,
                });
                *changed = true;
            }
            return;
        }
        let text = words::runs_into_the_night(worker, &visit, &self.words_of(work, hearing.team));
        let row = self.question_of_the_night(hearing.team, Place::Managers, text, &out);
        work.outbox.push(row);
    }

    /// Beyond working hours the office needs her number and her car (Hertfordshire 6.1); what is missing is asked for.
    pub(super) fn ask_for_details(&self, work: &mut Work, hearing: &Hearing, worker: &PersonId) {
        let each = &self.teams[hearing.team];
        if each.policy.rules.beyond_hours.is_none() {
            return;
        }
        let beyond = |visit: &Visit| {
            let last_minute = visit.end - chrono::Duration::minutes(1);
            visit.logged_in == hearing.event && !each.config.team.is_working_time(last_minute)
        };
        let logged = work.of(worker).flat_map(|shift| &shift.visits).any(beyond);
        let person = self.team_now(work, hearing.team).person(worker);
        let Some(person) = person.filter(|_| logged) else {
            return;
        };
        let phone = person.phone.is_none().then_some("/me phone YOUR-NUMBER");
        let vehicle = person.vehicle.is_none();
        let vehicle = vehicle.then_some("/me vehicle registration, make, model");
        let missing: Vec<&str> = phone.into_iter().chain(vehicle).collect();
        if !missing.is_empty() {
            let text = words::details_for_the_evening(&missing);
            self.tell(work, hearing, worker, text);
        }
    }

    /// `/hold`, or a tap: somebody holds these people until the morning; nobody named: all who are out and not held.
    pub(super) fn hold(&self, work: &mut Work, hearing: &Hearing, workers: &[PersonId]) {
        let me = hearing.person.id.clone();
        let now = work.now;
        let configured = &self.teams[hearing.team].config.team;
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let open: Vec<_> = shifts.filter(|shift| shift.closed_at.is_none()).collect();
        let mut out: Vec<Out> = Vec::new();
        for shift in &open {
            let named = workers.is_empty() || workers.contains(&shift.worker);
            let until = shift
                .visits
                .iter()
                .filter(|v| v.is_open())
                .map(|v| v.due())
                .max();
            if let (true, Some(until)) = (named && shift.worker != me, until) {
                out.push((shift.worker.clone(), until));
            }
        }
        out.sort_by_key(|(worker, until)| (*until, worker.clone()));
        let on_a_visit = open
            .iter()
            .filter(|shift| shift.worker == me || shift.visits.iter().any(|v| v.with.contains(&me)))
            .any(|shift| shift.visits.iter().any(|visit| visit.is_on(now)));
        let spoken = self.words_of(work, hearing.team);
        let buddy = |(worker, _): &Out| {
            self.team_now(work, hearing.team)
                .buddies_of(worker)
                .contains(&me)
        };
        let may = hearing.person.responds() || out.iter().all(buddy);
        let refused = if on_a_visit {
            Some(words::out_yourself())
        } else if workers.contains(&me) {
            Some(words::not_oneself())
        } else if out.is_empty() {
            Some(words::nobody_out())
        } else if !may {
            Some(words::not_yours())
        } else {
            None
        };
        let held_by_others = state(work).holds;
        let taken = out.iter().find_map(|(worker, _)| {
            let other = |hold: &&Hold| hold.worker == *worker && hold.by != me && hold.until > now;
            held_by_others.iter().find(other).cloned()
        });
        let refused = refused.or_else(|| {
            taken
                .as_ref()
                .map(|hold| words::held_already(hold, &spoken))
        });
        if let Some(text) = refused {
            return self.say_directly(work, hearing, text);
        }
        // Held until the morning after the last of the visits.
        let last = out.iter().map(|(_, until)| *until).max().unwrap_or(now);
        let until = configured.next_beginning(last.max(now));
        let until = until.unwrap_or(last + chrono::Duration::hours(12));
        let text = words::holds(&me, &out, &spoken);
        let lines: Vec<(PersonId, String)> = out
            .iter()
            .map(|(worker, _)| (worker.clone(), words::holds_you(&me, &spoken)))
            .collect();
        self.change(work, hearing, |state| {
            for (worker, _) in &out {
                state.holds.retain(|hold| hold.worker != *worker);
                state.holds.push(Hold {
                    worker: worker.clone(),
                    by: me.clone(),
                    until,
                });
            }
        });
        if self.nobody_holds(work, hearing.team).is_empty() {
            self.change(work, hearing, |state| state.handover = None);
        }
        self.say_directly(work, hearing, text.clone());
        self.tell_managers(work, hearing, text);
        for (worker, line) in lines {
            self.tell(work, hearing, &worker, line);
        }
    }

    /// `/hold off`: somebody else has to, so it is asked again at once, and goes up.
    pub(super) fn hold_off(&self, work: &mut Work, hearing: &Hearing) {
        let me = hearing.person.id.clone();
        let held: Vec<PersonId> = state(work)
            .holds
            .into_iter()
            .filter(|hold| hold.by == me && hold.until > work.now)
            .map(|hold| hold.worker)
            .collect();
        self.change(work, hearing, |state| {
            state.holds.retain(|hold| hold.by != me)
        });
        let text = words::given_back(&held, &self.words_of(work, hearing.team));
        self.say_directly(work, hearing, text);
        let mut out = self.nobody_holds(work, hearing.team);
        out.retain(|(worker, _)| held.contains(worker));
        if !out.is_empty() {
            self.ask_who_holds(work, hearing.team, &out, true);
        }
    }
}

/// The people whom the mark of the question names.
pub(super) fn people_of(about: &str) -> Option<Vec<PersonId>> {
    let names = about.strip_prefix(NIGHT_OF)?;
    Some(names.split(' ').map(PersonId::from).collect())
}
