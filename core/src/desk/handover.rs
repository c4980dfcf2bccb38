//! At the end of working hours: who is still out, and who holds them tonight; one tap takes it, or it goes up.

use super::Desk;
use super::attention::state;
use super::hear::Hearing;
use super::work::{About, Work};
use crate::chat::wording::handover as words;
use crate::domain::handover::{GOES_UP, Handover, Out, ends_at_night, still_out};
use crate::domain::ids::PersonId;
use crate::domain::notice::Tap;
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::roster::{Person, Role};
use crate::domain::shift::Visit;
use chrono::{DateTime, Duration, Utc};

/// What stands before the names in the mark of this question, which is about no shift.
pub(super) const NIGHT_OF: &str = "night of ";

/// Why it is asked who holds them.
#[derive(Clone, Copy)]
pub(super) enum Asking<'a> {
    /// Working hours end, or have ended.
    First,
    /// Nobody has taken it.
    Up,
    /// Somebody has given it back, and is not asked.
    GivenBack(&'a PersonId),
}

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
        if self.teams[team].config.team.is_working_time(now) {
            // After an outage over the evening: it is over.
            if let Some((_, state, _, changed)) = &mut work.team {
                (state.handover_at, state.handover) = (Some(now), None);
                *changed = true;
            }
            return;
        }
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
            let asking = if goes_up { Asking::Up } else { Asking::First };
            self.ask_who_holds(work, team, &out, asking);
        }
    }

    /// Who is out and held by nobody.
    pub(super) fn nobody_holds(&self, work: &Work, team: usize) -> Vec<Out> {
        let state = state(work);
        let configured = &self.teams[team].config.team;
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let open = shifts.filter(|shift| shift.closed_at.is_none());
        let mut out = still_out(open, configured, work.now);
        out.retain(|(worker, until)| !state.is_held(worker, *until - Duration::minutes(1)));
        out
    }

    pub(super) fn ask_who_holds(
        &self,
        work: &mut Work,
        team: usize,
        out: &[Out],
        asking: Asking<'_>,
    ) {
        let roster = self.team_now(work, team);
        let above = |person: &&Person| person.roles.iter().any(|role| role.is_manager_or_above());
        let above = || roster.people.iter().filter(above).map(|p| p.id.clone());
        let officers = || roster.with_role(Role::DutyOfficer).map(|p| p.id.clone());
        let mut who: Vec<PersonId> = match asking {
            Asking::Up => above().collect(),
            Asking::GivenBack(_) => officers().chain(above()).collect(),
            Asking::First => {
                let managers = out
                    .iter()
                    .flat_map(|(worker, _)| roster.managers_of(worker));
                officers().chain(managers).collect()
            }
        };
        who = who.iter().flat_map(|id| roster.paged_for(id)).collect();
        let mut seen = std::collections::BTreeSet::new();
        let giver = match asking {
            Asking::GivenBack(giver) => Some(giver),
            Asking::First | Asking::Up => None,
        };
        let on_matrix = |id: &PersonId| roster.person(id).is_some_and(|p| p.matrix.is_some());
        who.retain(|id| {
            let themselves = out.iter().any(|(worker, _)| worker == id);
            !themselves && giver != Some(id) && on_matrix(id) && seen.insert(id.clone())
        });
        let spoken = self.words_of(work, team);
        let text = match asking {
            Asking::First => words::who_holds(out, &spoken),
            Asking::Up => words::nobody_took_it(out, &spoken),
            Asking::GivenBack(giver) => words::given_back_by(giver, out, &spoken),
        };
        let stands = self
            .rooms
            .managers_room_stands(&self.teams[team].config.team.name);
        let there = match stands {
            true => self.in_managers_room(team),
            false => Default::default(),
        };
        let (inside, outside): (Vec<_>, Vec<_>) =
            who.into_iter().partition(|id| there.contains(id));
        let row = |place: Place, mentions: Vec<PersonId>| Outgoing {
            mentions,
            rings: true,
            priority: Priority::Prompt,
            ..self.question_of_the_night(team, place, text.clone(), out)
        };
        let mut rows = Vec::from_iter(stands.then(|| row(Place::Managers, inside)));
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
            entry: None,
            offers: vec![("👍".to_owned(), Tap::Hold)],
        };
        let name = &self.teams[team].config.team.name;
        Outgoing {
            offers: vec!["👍".to_owned()],
            about: serde_json::to_string(&about).ok(),
            ..super::quiet(name, place, text, "who holds them tonight")
        }
    }

    /// A visit that runs into the night asks for a named person as it is logged or moved, where the policy says so
    /// (Bexley): quietly in working hours, since there is time until the evening.
    pub(super) fn ask_for_the_night(
        &self,
        work: &mut Work,
        team: usize,
        worker: &PersonId,
        visit: &Visit,
    ) {
        let (configured, now) = (&self.teams[team].config.team, work.now);
        let last_minute = visit.end - Duration::minutes(1);
        let asks = self.teams[team].policy.rules.night.is_some();
        if !asks || !ends_at_night(visit, configured) || state(work).is_held(worker, last_minute) {
            return;
        }
        if self.handover_due(work, team).is_some_and(|at| at <= now) {
            // The evening's own question is to come in this moment, after an outage: it asks about her too.
            return;
        }
        let out = [(worker.clone(), visit.due())];
        let tonight = configured
            .next_beginning(now)
            .is_none_or(|at| visit.start < at);
        if !configured.is_working_time(now) && tonight {
            self.ask_who_holds(work, team, &out, Asking::First);
            if let Some((_, state, _, changed)) = &mut work.team {
                // Another's question that waits goes up when it would have.
                let asked = Handover {
                    asked_at: now,
                    up: false,
                };
                state.handover.get_or_insert(asked);
                *changed = true;
            }
            return;
        }
        let text = words::runs_into_the_night(worker, visit, &self.words_of(work, team));
        let row = self.question_of_the_night(team, Place::Managers, text, &out);
        work.outbox.push(row);
    }

    /// Beyond working hours the office needs her number and her car (Hertfordshire 6.1); what is missing is asked for.
    pub(super) fn ask_for_details(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        worker: &PersonId,
        visit: &Visit,
    ) {
        let each = &self.teams[hearing.team];
        let asks = each.policy.rules.beyond_hours.is_some();
        let logged = asks && ends_at_night(visit, &each.config.team);
        let person = self.team_now(work, hearing.team).person(worker);
        let Some(person) = person.filter(|_| logged) else {
            return;
        };
        let phone = person.phone.is_none().then_some("/me phone YOUR-NUMBER");
        let vehicle = person.vehicle.is_none();
        let vehicle =
            vehicle.then_some("/me vehicle registration, make, model (no car: /me vehicle none)");
        let missing: Vec<&str> = phone.into_iter().chain(vehicle).collect();
        if !missing.is_empty() {
            let text = words::details_for_the_evening(&missing);
            self.tell_latest(work, hearing, worker, text, "details for the evening");
        }
    }
}

/// The people whom the mark of the question names.
pub(super) fn people_of(about: &str) -> Option<Vec<PersonId>> {
    let names = about.strip_prefix(NIGHT_OF)?;
    Some(names.split(' ').map(PersonId::from).collect())
}
