//! Cover, leave and duty (Rotherham 13: a back-up is agreed and logged; nobody's safety is left to chance).

use super::TeamState;
use crate::domain::ids::PersonId;
use crate::domain::roster::Team;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Somebody stands in for somebody until a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// Who is covered for.
    pub who: PersonId,
    /// Who stands in.
    pub by: PersonId,
    /// Until when.
    pub until: DateTime<Utc>,
    /// Who asked for it.
    pub asked_by: PersonId,
    /// When the other one accepted; until then both are paged.
    pub accepted_at: Option<DateTime<Utc>>,
}

/// Somebody has taken the duty on until a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Who.
    pub who: PersonId,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Somebody is away until a moment, and not paged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Away {
    /// Who.
    pub who: PersonId,
    /// Until when.
    pub until: DateTime<Utc>,
}

/// Why a cover or a leave is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CoverError {
    /// Nobody stands in for themselves.
    Oneself,
    /// The one who is to stand in is covered for, or is away.
    NotThere(PersonId),
    /// Following who stands in for whom leads back to where it began.
    Loop,
    /// The one who is to stand in cannot be written to.
    NoChat(PersonId),
}

impl Cover {
    /// True while it holds, accepted or not.
    pub fn is_on(&self, now: DateTime<Utc>) -> bool {
        now < self.until
    }

    /// Whose word it still needs.
    pub fn other(&self) -> &PersonId {
        if self.asked_by == self.by {
            &self.who
        } else {
            &self.by
        }
    }
}

impl Duty {
    /// True while it lasts.
    pub fn is_on(&self, now: DateTime<Utc>) -> bool {
        now < self.until
    }
}

impl Away {
    /// True while it lasts.
    pub fn is_on(&self, now: DateTime<Utc>) -> bool {
        now < self.until
    }
}

impl TeamState {
    /// Somebody is to stand in; it needs the other's word.
    ///
    /// # Errors
    /// Where it would leave alarms with nobody.
    pub fn cover(
        &mut self,
        team: &Team,
        cover: Cover,
        now: DateTime<Utc>,
    ) -> Result<(), CoverError> {
        let by = &cover.by;
        if cover.who == *by {
            return Err(CoverError::Oneself);
        }
        if team.person(by).is_none_or(|person| person.matrix.is_none()) {
            return Err(CoverError::NoChat(by.clone()));
        }
        let mut at = by;
        let covers = || {
            self.covers
                .iter()
                .filter(|other| other.is_on(now) && other.who != cover.who)
        };
        for _ in 0..=self.covers.len() {
            match covers().find(|other| other.who == *at) {
                Some(next) if next.by == cover.who => return Err(CoverError::Loop),
                Some(next) => at = &next.by,
                None => break,
            }
        }
        let away = |away: &Away| away.who == *at && away.is_on(now);
        if at != by || self.away.iter().any(away) {
            return Err(CoverError::NotThere(by.clone()));
        }
        // One that is in force stays so until the new one is accepted.
        let replaced = |other: &Cover| other.who == cover.who && other.accepted_at.is_none();
        self.covers.retain(|other| !replaced(other));
        self.covers.push(cover);
        Ok(())
    }

    /// The covers that wait for the word of `who`, perhaps only the one that concerns `about`.
    pub fn waiting(
        &self,
        who: &PersonId,
        about: Option<&PersonId>,
        now: DateTime<Utc>,
    ) -> Vec<Cover> {
        let waits = |cover: &&Cover| {
            let meant = about.is_none_or(|about| cover.who == *about || cover.by == *about);
            cover.accepted_at.is_none() && cover.is_on(now) && cover.other() == who && meant
        };
        self.covers.iter().filter(waits).cloned().collect()
    }

    /// A cover that waited is in force from now on; the one that it replaces.
    pub fn accept(&mut self, cover: &Cover, now: DateTime<Utc>) -> Option<Cover> {
        let before = self.covered(&cover.who, now).cloned();
        self.covers.retain(|other| other.who != cover.who);
        self.covers.push(Cover {
            accepted_at: Some(now),
            ..cover.clone()
        });
        before
    }

    /// The cover for somebody that is in force.
    pub fn covered(&self, who: &PersonId, now: DateTime<Utc>) -> Option<&Cover> {
        let covers = self.covers.iter();
        let mut on = covers.filter(|c| c.who == *who && c.is_on(now) && c.accepted_at.is_some());
        on.next()
    }
}
