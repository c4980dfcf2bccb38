//! Incidents: told to the manager, cared for one thing after another, closed by a manager.

use super::Desk;
use super::attention::state;
use super::hear::Hearing;
use super::work::Work;
use crate::chat::wording::registers as words;
use crate::domain::ids::PersonId;
use crate::domain::roster::Person;
use crate::domain::team_state::{Care, Incident, TeamState};

impl Desk {
    /// An incident: she leaves first, the manager is told, and everything is asked about one by one.
    pub(super) fn incident(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        about: Option<&PersonId>,
        told: &str,
    ) -> String {
        let no = state(work)
            .incidents
            .iter()
            .map(|incident| incident.no)
            .max()
            .unwrap_or(0)
            + 1;
        let incident = Incident {
            no,
            by: about.unwrap_or(&hearing.person.id).clone(),
            at: work.now,
            words: self.masked_words(hearing.team, told),
            done: vec![],
            asked_at: work.now,
            closed_at: None,
        };
        self.change(work, hearing, |state| {
            state.incidents.push(incident.clone())
        });
        let mut managers = self.managers_of(work, hearing.team, &incident.by);
        managers.retain(|id| *id != hearing.person.id);
        let text = words::incident_told(&incident, &self.words_of(work, hearing.team));
        self.ring(work, hearing.team, &managers, &text);
        if about.is_some_and(|about| *about != hearing.person.id) {
            return words::incident_noted(&incident, &self.words_of(work, hearing.team));
        }
        words::incident_heard(&incident, &managers, &self.words_of(work, hearing.team))
    }

    pub(super) fn cared(&self, work: &mut Work, hearing: &Hearing, no: u32, care: Care) -> String {
        let Some(incident) = open_incident(work, no) else {
            return words::no_incident(no);
        };
        // The form is the worker's own to fill in; the rest is for those who look after her.
        if !(hearing.person.responds() || care == Care::Form && incident.by == hearing.person.id) {
            return words::ask_a_manager();
        }
        let now = work.now;
        self.change(work, hearing, |state| {
            if let Some(incident) = incident_mut(state, no) {
                if !incident.done.contains(&care) {
                    incident.done.push(care);
                }
                incident.asked_at = now;
            }
        });
        let after = open_incident(work, no);
        if !hearing.person.responds() {
            return words::form_noted(no);
        }
        words::cared(
            &after.unwrap_or(incident),
            care,
            &self.words_of(work, hearing.team),
        )
    }

    pub(super) fn close_incident(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        no: u32,
        told: &str,
    ) -> String {
        let manager = |person: &Person| person.roles.iter().any(|role| role.is_manager_or_above());
        if !manager(&hearing.person) {
            return words::only_a_manager_closes(no);
        }
        let Some(incident) = open_incident(work, no) else {
            return words::no_incident(no);
        };
        if told.trim().is_empty() && incident.next().is_some() {
            return words::close_with_a_reason(&incident);
        }
        let now = work.now;
        self.change(work, hearing, |state| {
            if let Some(incident) = incident_mut(state, no) {
                incident.closed_at = Some(now);
            }
        });
        words::incident_closed(no)
    }
}

/// The incident of this number, if nobody has closed it.
fn open_incident(work: &Work, no: u32) -> Option<Incident> {
    let state = state(work);
    let found = state.incidents.iter().find(|incident| incident.no == no);
    found
        .filter(|incident| incident.closed_at.is_none())
        .cloned()
}

fn incident_mut(state: &mut TeamState, no: u32) -> Option<&mut Incident> {
    let mut incidents = state.incidents.iter_mut();
    incidents.find(|incident| incident.no == no)
}
