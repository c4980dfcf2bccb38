//! Whether somebody can be reached, as far as the rooms tell: asked before a visit is confirmed (issue 4, 3).

use super::ids::PersonId;
use super::ladder::{self, Anchors};
use super::policy::{Policy, Step};
use super::roster::Team;
use super::shift::{Shift, Visit};
use super::team_state::TeamState;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An account of which nothing has come for so long may not be used any more (issue 4, 3).
pub const SILENT_AFTER: Duration = Duration::days(30);

/// What the rooms tell of one person. What is not known speaks against nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// They have joined the direct chat with the bot; an invitation alone does not count.
    pub in_chat: Option<bool>,
    /// They have a device that can read what is encrypted for it.
    pub reads: Option<bool>,
    /// When something last came from their account, or when the bot began to look (UTC).
    pub seen: Option<DateTime<Utc>>,
}

/// Why a message may not come to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// They have not joined the direct chat, or have left it.
    NotInChat,
    /// No device of theirs can read what is encrypted.
    NoDevice,
    /// Nothing has come from their account since then (UTC).
    Silent(DateTime<Utc>),
}

impl Obstacle {
    /// True for the same reason, whenever it began.
    pub fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

impl Known {
    /// What stands between the bot and this person; of several things the first that has to be mended.
    pub fn obstacle(&self, now: DateTime<Utc>) -> Option<Obstacle> {
        if self.in_chat == Some(false) {
            return Some(Obstacle::NotInChat);
        }
        if self.reads == Some(false) {
            return Some(Obstacle::NoDevice);
        }
        let silent = self.seen.filter(|at| now - *at > SILENT_AFTER);
        silent.map(Obstacle::Silent)
    }
}

/// That somebody was told whom the bot cannot reach: once a day for each person and reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldUnreached {
    /// Who was told; `None`: the managers.
    pub to: Option<PersonId>,
    /// Who cannot be reached.
    pub who: PersonId,
    /// Why.
    pub why: Obstacle,
    /// On which day, in the team's zone.
    pub day: NaiveDate,
}

impl ToldUnreached {
    /// True where the same need not be said again that day.
    pub fn covers(&self, other: &Self) -> bool {
        let same = (&self.to, &self.who, self.day) == (&other.to, &other.who, other.day);
        same && self.why.is_like(other.why)
    }
}

/// What the engine may know about who can be reached.
#[derive(Clone, Debug)]
pub struct Reach<'a> {
    /// What the rooms tell of each person.
    pub known: BTreeMap<PersonId, Known>,
    /// The team as configured.
    pub configured: &'a Team,
    /// What the team knows besides: who stands in when, and who was told what.
    pub state: &'a TeamState,
}

impl Reach<'_> {
    /// What stands between the bot and this person.
    pub fn obstacle(&self, who: &PersonId, now: DateTime<Utc>) -> Option<Obstacle> {
        self.known.get(who).and_then(|known| known.obstacle(now))
    }

    /// The team as it will be at `at`. `reader`: as this person believes it, after a code phrase (design, invariant 4).
    pub fn roster(&self, at: DateTime<Utc>, reader: Option<&PersonId>) -> Team {
        let shadowed = reader.filter(|reader| self.state.shadows.contains_key(*reader));
        match shadowed {
            None => self.state.roster(self.configured, at),
            Some(reader) => {
                let mut believed = self.state.clone();
                believed.believe(reader);
                believed.roster(self.configured, at)
            }
        }
    }

    /// True where this was said today.
    pub fn was_told(&self, news: &ToldUnreached) -> bool {
        self.state
            .unreached_told
            .iter()
            .any(|told| told.covers(news))
    }
}

/// The first step that would page somebody if this visit were not reported over, and when it is due.
pub fn first_page<'a>(
    policy: &'a Policy,
    shift: &Shift,
    visit: &Visit,
) -> Option<(&'a Step, DateTime<Utc>)> {
    let ladder = policy.ladder(ladder::ladder_for_visit(shift, visit));
    let (index, step) = ladder::first_page(ladder)?;
    let anchors = Anchors::of_visit(shift, visit, None);
    let due = anchors.due(step, index);
    Some((step, due.unwrap_or(visit.due())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_speaks_against_nobody_and_the_first_obstacle_counts() {
        let now = DateTime::UNIX_EPOCH + Duration::days(100);
        assert_eq!(Known::default().obstacle(now), None);
        let since = |days| Some(now - Duration::days(days));
        let all = Known {
            in_chat: Some(false),
            reads: Some(false),
            seen: since(40),
        };
        assert_eq!(all.obstacle(now), Some(Obstacle::NotInChat));
        let joined = Known {
            in_chat: Some(true),
            ..all
        };
        assert_eq!(joined.obstacle(now), Some(Obstacle::NoDevice));
        let reads = Known {
            reads: Some(true),
            ..joined
        };
        let silent = now - Duration::days(40);
        assert_eq!(reads.obstacle(now), Some(Obstacle::Silent(silent)));
        for (days, silent) in [(30, false), (31, true)] {
            let seen = Known {
                seen: since(days),
                ..reads
            };
            assert_eq!(seen.obstacle(now).is_some(), silent, "{days} days");
        }
    }
}
