//! A drill as somebody must go on seeing it who has called for help secretly: nothing of the call may show in it (design,
//! invariant 4).

use super::Why;
use crate::domain::ids::PersonId;
use crate::domain::shift::Shift;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A drill that goes on for a few people only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Believed {
    /// For whom: those from whom the call is hidden.
    pub by: Vec<PersonId>,
    /// As it is for them.
    pub shift: Box<Shift>,
    /// It never began for anybody else.
    #[serde(default)]
    pub feigned: bool,
}

impl Shift {
    /// The drill as it goes on for those who must not notice its end.
    pub fn believed(&self) -> Option<&Believed> {
        self.drill.as_ref()?.believed.as_ref()
    }

    /// True while a drill goes on that only they believe in.
    pub fn is_believed_on(&self) -> bool {
        self.believed().is_some_and(|b| b.shift.is_drill_on())
    }

    /// When there is nothing more to do about it (UTC), for anybody.
    pub fn all_closed_at(&self) -> Option<DateTime<Utc>> {
        let goes_on = self.believed().is_some_and(|b| b.shift.closed_at.is_none());
        self.closed_at.filter(|_| !goes_on)
    }

    /// Notes when the worker is really out next (UTC), also in the copy that goes on for a few.
    pub fn foresee(&mut self, out_at: Option<DateTime<Utc>>) {
        let Some(drill) = &mut self.drill else { return };
        drill.out_at = out_at;
        if let Some(believed) = &mut drill.believed {
            believed.shift.foresee(out_at);
        }
    }

    /// Ends a drill for all but those from whom a secret call is hidden: for them a copy of it goes on. Where the worker is
    /// one of them, the copy tells her of its end.
    pub fn end_drill_unseen(&mut self, why: Why, at: DateTime<Utc>, by: Vec<PersonId>) {
        let copy = Box::new(self.clone());
        self.end_drill(why, at);
        let hers = by.contains(&self.worker);
        let Some(drill) = &mut self.drill else { return };
        if by.is_empty() {
            return;
        }
        if hers {
            (drill.told_at, self.closed_at) = (Some(at), Some(at));
        }
        drill.believed = Some(Believed {
            by,
            shift: copy,
            feigned: false,
        });
    }

    /// The drill as it is kept that is only made to look begun, for these people.
    pub fn feigned(&self, at: DateTime<Utc>, by: Vec<PersonId>) -> Self {
        let mut kept = self.clone();
        kept.end_drill_unseen(Why::Real { number: None }, at, by);
        kept.closed_at = Some(at);
        if let Some(drill) = &mut kept.drill {
            drill.told_at = Some(at);
            if let Some(believed) = &mut drill.believed {
                believed.feigned = true;
            }
        }
        kept
    }
}
