//! What a document asks for besides its ladders: who is told what, quietly.

use super::{Notify, Span};
use crate::domain::shift::{Visit, is_new};
use serde::Deserialize;

/// The rules of one document; one that it does not have is absent.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// A visit that begins as it is logged is told to these people.
    pub unplanned: Option<Tell>,
    /// The end of each visit is told to these people.
    pub visit_ended: Option<Tell>,
    /// A visit before she reports at the office that was not logged the day before is told to these people.
    pub day_before: Option<Tell>,
    /// That she is home, or back at the office, is told to these people.
    pub return_told: Option<Tell>,
    /// A visit of this category is not for one person: a second worker confirms, or these people hear that none has.
    pub two_workers: Option<TwoWorkers>,
    /// Whoever is named with `with` is asked whether they go along, on any visit: then it applies to them as well.
    pub accompanied: Option<Cited>,
    /// A visit to a flagged reference is discussed with the manager first.
    pub flagged: Option<Flagged>,
    /// Every visit has a category: whoever gives none is asked for it.
    pub category: Option<Cited>,
    /// Whoever is out beyond working hours is asked for the details that the office needs then.
    pub beyond_hours: Option<Cited>,
    /// A visit that runs into the night asks, as it is logged, for a named person who holds it.
    pub night: Option<Cited>,
    /// Visits of the category that takes two need training; where it is missing, these people hear it.
    pub training: Option<Trained>,
    /// Arrival and end of each visit as one quiet line in the team's room.
    pub team_lines: Option<Cited>,
    /// Whoever would be paged hears when the last one has left.
    pub last_out: Option<Cited>,
    /// The address of a visit is asked for, kept encrypted, and shown on an alarm only.
    pub address: Option<AddressRule>,
}

/// Visits whose address is asked for (Rotherham 2, Al-Hasaniya).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressRule {
    /// Of which visits.
    pub ask: AddressOf,
    /// So many days after the agreed end it is deleted.
    #[serde(default = "keep_days")]
    pub keep_days: u32,
    /// The passage.
    pub cite: String,
    /// What the document leaves open.
    #[serde(default)]
    pub open: Option<String>,
}

/// Of which visits the address is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressOf {
    /// Of those to somebody who is not on the system: `/visit NEW 14:00-15:00`.
    New,
    /// Of each.
    Each,
}

impl AddressRule {
    /// The longest time that an address is kept, in days.
    pub const MOST_DAYS: u32 = 90;

    /// True if the address of a visit with this reference is asked for.
    pub fn asks(&self, reference: &str) -> bool {
        self.ask == AddressOf::Each || is_new(reference)
    }
}

fn keep_days() -> u32 {
    7
}

/// A rule by which somebody is told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// Whom.
    pub notify: Vec<Notify>,
    /// How far it reaches, where the rule has a length of time.
    #[serde(default)]
    pub within: Option<Span>,
    /// The passage.
    pub cite: String,
    /// What the document leaves open.
    #[serde(default)]
    pub open: Option<String>,
}

/// Visits of the category that takes two need training.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trained {
    /// Which courses count: a part of their names, lower case without spaces or hyphens. None: every course.
    #[serde(default)]
    pub courses: Vec<String>,
    /// Who hears where it is missing.
    pub notify: Vec<Notify>,
    /// The passage.
    pub cite: String,
    /// What the document leaves open.
    #[serde(default)]
    pub open: Option<String>,
}

impl Trained {
    /// Whom it is told.
    pub fn tell(&self) -> Tell {
        Tell {
            notify: self.notify.clone(),
            within: None,
            cite: self.cite.clone(),
            open: self.open.clone(),
        }
    }

    /// True if a course of this name is the training that the document means.
    pub fn counts(&self, course: &str) -> bool {
        let plain = course.to_lowercase().replace([' ', '-', '_'], "");
        self.courses.is_empty()
            || self
                .courses
                .iter()
                .any(|part| plain.contains(part.as_str()))
    }
}

/// Visits that one person does not make alone.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TwoWorkers {
    /// The category of such visits.
    pub category: u8,
    /// Who hears where nobody has confirmed.
    pub notify: Vec<Notify>,
    /// The passage.
    pub cite: String,
    /// What the document leaves open.
    #[serde(default)]
    pub open: Option<String>,
}

/// Visits where potential risks have been identified.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flagged {
    /// Who hears of such a visit.
    pub notify: Vec<Notify>,
    /// One of them has to agree.
    #[serde(default)]
    pub approval: bool,
    /// A second worker has to confirm.
    #[serde(default)]
    pub two: bool,
    /// The passage.
    pub cite: String,
    /// What the document leaves open.
    #[serde(default)]
    pub open: Option<String>,
}

/// What a visit still lacks before it counts as covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lacks {
    /// A second worker's word.
    pub second: bool,
    /// A manager's.
    pub approval: bool,
}

impl Lacks {
    /// True if it lacks anything.
    pub fn anything(self) -> bool {
        self.second || self.approval
    }
}

/// A rule without people of its own.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cited {
    /// The passage.
    pub cite: String,
    /// What the document leaves open.
    #[serde(default)]
    pub open: Option<String>,
}

impl Rules {
    /// What this visit still lacks.
    pub fn lacks(&self, visit: &Visit) -> Lacks {
        if visit.second {
            return Lacks::default(); // it is the first worker's that has to be covered
        }
        let category = self.two_workers.as_ref().map(|rule| rule.category);
        let flagged = self.flagged.as_ref().filter(|_| visit.flagged);
        let two = category.is_some() && visit.category == category
            || flagged.is_some_and(|rule| rule.two);
        Lacks {
            second: two && visit.confirmed.is_empty(),
            approval: flagged.is_some_and(|rule| rule.approval) && visit.approved_by.is_none(),
        }
    }

    /// The rules by which somebody is told.
    pub fn tells(&self) -> impl Iterator<Item = &Tell> {
        [
            &self.unplanned,
            &self.visit_ended,
            &self.day_before,
            &self.return_told,
        ]
        .into_iter()
        .flatten()
    }
}
