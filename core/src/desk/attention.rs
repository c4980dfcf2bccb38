//! What the team's lists ask people's attention for, when the time comes.

use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::registers as words;
use crate::domain::ids::PersonId;
use crate::domain::outgoing::{Outgoing, Place};
use crate::domain::team_state::{Attention, Care, TeamState};
use chrono::{DateTime, Utc};

impl Desk {
    /// What time brings to the team: reviews, trainings that end, incidents, devices that have not come back.
    pub(super) async fn team_tick(&mut self, team: usize, now: DateTime<Utc>) -> Result<()> {
        let mut work = Work::new(now);
        self.load_state(&mut work, team).await?;
        let configured = self.teams[team].config.team.clone();
        let due: Vec<Attention> = {
            let mut all = state(&work).attentions(&configured);
            all.retain(|(at, _)| *at <= now);
            all.sort_by_key(|(at, _)| *at);
            all.into_iter().map(|(_, attention)| attention).collect()
        };
        for attention in due {
            self.ask_attention(&mut work, team, &attention);
            if let Some((_, state, _, changed)) = &mut work.team {
                state.asked(&attention, now);
                *changed = true;
            }
        }
        if let Some(at) = self.lines_due(&work, team).filter(|at| *at <= now) {
            self.load_team(&mut work, team).await?;
            let yesterday = at - chrono::Duration::hours(24);
            self.load_closed_since(&mut work, team, yesterday, None)
                .await?;
            self.lines_of_the_day(&mut work, team, at);
        }
        if self.handover_due(&work, team).is_some_and(|at| at <= now) {
            self.load_team(&mut work, team).await?;
            self.handover(&mut work, team);
        }
        // Written back even where nothing was due: its next moment is worked out anew.
        if let Some((_, _, _, changed)) = &mut work.team {
            *changed = true;
        }
        self.commit(work).await
    }

    fn ask_attention(&self, work: &mut Work, team: usize, attention: &Attention) {
        let spoken = self.words_of(work, team);
        let text = words::attention(attention, &spoken);
        match attention {
            Attention::Review(risk) => {
                let mut who = self.managers_of(work, team, &risk.by);
                who.push(risk.by.clone());
                self.ring(work, team, &who, &text);
            }
            Attention::Training(training) => {
                let mut who = self.managers_of(work, team, &training.who);
                who.push(training.who.clone());
                self.ring(work, team, &who, &text);
            }
            Attention::Incident(incident) => {
                let who = self.managers_of(work, team, &incident.by);
                self.ring(work, team, &who, &text);
                if !incident.done.contains(&Care::Form) && work.now >= incident.form_due() {
                    let text = words::form_is_due(incident, &self.words_of(work, team));
                    self.ring(work, team, std::slice::from_ref(&incident.by), &text);
                }
            }
            Attention::Details(who) => {
                let person = self.team_now(work, team).person(who);
                let text = crate::chat::wording::roster::still_right(person);
                self.ring(work, team, std::slice::from_ref(who), &text);
            }
            Attention::Device(booking) => {
                let mut who = vec![booking.who.clone()];
                if booking.asked_at.is_some() {
                    who.extend(self.managers_of(work, team, &booking.who));
                }
                self.ring(work, team, &who, &text);
            }
        }
    }

    /// A ringing line in the direct chats of these people.
    pub(super) fn ring(&self, work: &mut Work, team: usize, who: &[PersonId], text: &str) {
        let team = &self.teams[team].config.team;
        let mut seen: Vec<&PersonId> = vec![];
        for person in who {
            let written = team.person(person).is_some_and(|p| p.matrix.is_some());
            if !written || seen.contains(&person) {
                continue;
            }
            seen.push(person);
            let place = Place::Direct {
                person: person.clone(),
            };
            work.outbox.push(Outgoing {
                mentions: vec![person.clone()],
                rings: true,
                priority: crate::domain::outgoing::Priority::Prompt,
                ..super::quiet(&team.name, place, text.to_owned(), "a list of the team's")
            });
        }
    }
}

/// What is kept of the team in hand.
pub(super) fn state(work: &Work) -> TeamState {
    work.team
        .as_ref()
        .map(|(_, state, _, _)| state.clone())
        .unwrap_or_default()
}
