//! A council's procedure as data: ladders of timed steps, code phrases, visit rules.
//!
//! No rule language: what another council needs becomes one more typed field that all may use.

mod rules;
mod span;
mod step;

pub use rules::{AddressOf, AddressRule, Cited, Flagged, Lacks, Rules, Tell, Trained, TwoWorkers};
pub use span::{Anchor, Moment, Span};
pub use step::{Ask, EarlyOn, Ladder, LadderKind, Notify, Step};

use super::roster::Role;
use chrono::Duration;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One policy file under `policies/`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Short name, as in `policy = "…"`.
    pub name: String,
    /// The document's title.
    pub title: String,
    /// How a reference looks.
    pub reference: ReferenceRule,
    /// Code phrases, by which a worker calls for help unnoticed.
    #[serde(default, rename = "phrase")]
    pub phrases: Vec<PhraseRule>,
    /// Rules for visits.
    #[serde(default)]
    pub visit: VisitRule,
    /// What else the document asks for.
    #[serde(default, rename = "rule")]
    pub rules: Rules,
    /// What happens, step by step, per kind of alarm.
    #[serde(rename = "ladder")]
    pub ladders: BTreeMap<LadderKind, Ladder>,
}

/// How a reference looks, and an example to show in refusals.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceRule {
    /// Regular expression, matched against the whole upper-cased word.
    pub pattern: String,
    /// An example that matches.
    pub example: String,
    /// The paragraph.
    #[serde(default)]
    pub cite: String,
    /// What the document leaves open.
    #[serde(default)]
    pub open: Option<String>,
}

/// One code phrase.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseRule {
    /// The words that carry it.
    pub text: String,
    /// The paragraph.
    #[serde(default)]
    pub cite: String,
}

/// Rules for visits.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VisitRule {
    /// A word up to this long before an agreed check-in counts for it.
    pub early_check: Span,
    /// How long a plain "ok" after the agreed end lasts before she is asked again.
    pub ok_lasts: Span,
    /// How long after a responder spoke to her she is asked again, where the visit is still open.
    pub reached_lasts: Span,
}

impl Default for VisitRule {
    fn default() -> Self {
        Self {
            early_check: Span::minutes(10),
            ok_lasts: Span::minutes(15),
            reached_lasts: Span::minutes(30),
        }
    }
}

/// What is wrong with a policy file.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML, or not a policy.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// The reference pattern does not compile or does not match its own example.
    #[error("reference.pattern: {0}")]
    Pattern(String),
    /// A ladder is missing.
    #[error("there is no ladder for {0:?}; add [[ladder.{1}.step]] with at, notify, ask and cite")]
    NoLadder(LadderKind, String),
    /// A ladder reaches nobody but the worker.
    #[error(
        "the ladder for {0:?} pages nobody but the worker; add a step with notify = [\"manager\"]"
    )]
    ReachesNobody(LadderKind),
    /// A text that people read holds the code phrase.
    #[error(
        "a cite holds the code phrase, which must never be shown: {0:?}; write \"the code phrase\" instead"
    )]
    Shows(String),
    /// A ladder that is like another one, which has no steps or does not exist.
    #[error(
        "the ladder for {0:?} is like one that has no steps of its own; name one that has, or write its steps"
    )]
    Like(LadderKind),
    /// An address that is kept for no time or for too long.
    #[error(
        "rule.address: keep_days is 1 to {}; write keep_days = 7",
        AddressRule::MOST_DAYS
    )]
    KeepDays,
    /// A worker's step that does not come first, or a repeat of nothing.
    #[error("the ladder for {0:?}, step {1}: {2}")]
    Step(LadderKind, usize, &'static str),
}

impl Policy {
    /// Reads a policy file and refuses one that could fall silent (design, invariant 2).
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy = Self::kept(text)?;
        policy.check()?;
        Ok(policy)
    }

    /// Reads a policy that a shift began under: it was checked then, and holds whatever is checked today (design,
    /// invariant 8).
    pub fn kept(text: &str) -> Result<Self, PolicyError> {
        let mut policy: Self = toml::from_str(text)?;
        policy.copy_ladders()?;
        Ok(policy)
    }

    /// The ladder of a kind.
    ///
    /// # Panics
    /// Never for a policy that came from [`Policy::parse`], which refuses a missing ladder.
    pub fn ladder(&self, kind: LadderKind) -> &Ladder {
        &self.ladders[&kind]
    }

    /// The ladder for a shift whose end was not reported, where the document asks for that report.
    pub fn shift_end(&self) -> Option<&Ladder> {
        self.ladders.get(&LadderKind::ShiftEnd)
    }

    /// True where the document has somebody give a direction for a concern at the doorstep; elsewhere she is rung.
    pub fn gives_directions(&self) -> bool {
        self.ladders.contains_key(&LadderKind::Concern)
    }

    fn copy_ladders(&mut self) -> Result<(), PolicyError> {
        let likes = self.ladders.iter();
        let likes: Vec<_> = likes
            .filter_map(|(kind, l)| l.like.map(|like| (*kind, like)))
            .collect();
        for (kind, like) in likes {
            let steps = self.ladders.get(&like).map(|ladder| ladder.steps.clone());
            let steps = steps.filter(|steps| !steps.is_empty());
            let steps = steps.ok_or(PolicyError::Like(kind))?;
            if let Some(ladder) = self.ladders.get_mut(&kind) {
                if !ladder.steps.is_empty() {
                    return Err(PolicyError::Like(kind));
                }
                ladder.steps = steps;
            }
        }
        Ok(())
    }

    /// The compiled reference pattern, anchored at both ends.
    pub fn reference_regex(&self) -> Result<regex::Regex, PolicyError> {
        regex::Regex::new(&format!("^(?:{})$", self.reference.pattern))
            .map_err(|error| PolicyError::Pattern(error.to_string()))
    }

    /// Every role that some step pages.
    pub fn roles(&self) -> Vec<Role> {
        let steps = self.ladders.values().flat_map(|ladder| &ladder.steps);
        let mut roles: Vec<Role> = steps
            .flat_map(|step| {
                step.notify
                    .iter()
                    .chain(&step.out_of_hours)
                    .chain(&step.inform)
            })
            .chain(self.rules.tells().flat_map(|tell| &tell.notify))
            .chain(self.rules.flagged.iter().flat_map(|rule| &rule.notify))
            .chain(self.rules.training.iter().flat_map(|rule| &rule.notify))
            .chain(self.rules.two_workers.iter().flat_map(|rule| &rule.notify))
            .filter_map(|notify| notify.role())
            .collect();
        roles.sort();
        roles.dedup();
        roles
    }

    fn check(&self) -> Result<(), PolicyError> {
        let pattern = self.reference_regex()?;
        if !pattern.is_match(&self.reference.example) {
            let example = &self.reference.example;
            return Err(PolicyError::Pattern(format!(
                "its own example `{example}` does not match"
            )));
        }
        for kind in LadderKind::ALL {
            let ladder = self.ladders.get(&kind).ok_or_else(|| {
                let key = serde_json::to_string(&kind).unwrap_or_default();
                PolicyError::NoLadder(kind, key.trim_matches('"').to_owned())
            })?;
            check_ladder(kind, ladder)?;
        }
        let cites = self
            .ladders
            .values()
            .flat_map(|l| &l.steps)
            .map(|s| &s.cite);
        let address = self.rules.address.iter().map(|rule| &rule.cite);
        let cites = cites.chain(address);
        for cite in cites.chain(self.rules.tells().map(|tell| &tell.cite)) {
            let shown = |rule: &PhraseRule| cite.to_lowercase().contains(&rule.text.to_lowercase());
            if self.phrases.iter().any(shown) {
                return Err(PolicyError::Shows(cite.clone()));
            }
        }
        let days = self.rules.address.as_ref().map(|rule| rule.keep_days);
        if days.is_some_and(|days| !(1..=AddressRule::MOST_DAYS).contains(&days)) {
            return Err(PolicyError::KeepDays);
        }
        for kind in [LadderKind::ShiftEnd, LadderKind::Concern] {
            if let Some(ladder) = self.ladders.get(&kind) {
                check_ladder(kind, ladder)?;
            }
        }
        Ok(())
    }
}

fn check_ladder(kind: LadderKind, ladder: &Ladder) -> Result<(), PolicyError> {
    let mut pages = false;
    for (index, step) in ladder.steps.iter().enumerate() {
        let fault = |what| Err(PolicyError::Step(kind, index + 1, what));
        let asks_worker = step.notify.contains(&Notify::Worker);
        if asks_worker && (pages || step.notify.len() > 1) {
            return fault("the worker is asked first, in a step of her own");
        }
        if step.notify.is_empty() {
            return fault("it pages nobody; write notify = [\"manager\"]");
        }
        if step.repeat.0 < Duration::seconds(1) {
            return fault("repeat must be at least 1s");
        }
        if step.at.anchor == Anchor::PreviousStep && !pages {
            return fault("there is no step before it to count from");
        }
        pages |= !asks_worker;
    }
    if !pages || ladder.follow_up.0 < Duration::seconds(1) {
        return Err(PolicyError::ReachesNobody(kind));
    }
    Ok(())
}
