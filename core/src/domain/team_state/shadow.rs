//! What somebody believes to have changed about who is paged, after a code phrase: nothing of it holds, and whoever
//! stands beside them must see it as on any other day (design, invariant 4).

use super::{Away, Cover, Duty, TeamState};
use crate::domain::handover::Hold;
use crate::domain::ids::PersonId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The entries of one person: their covers, duties, leave and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    covers: Vec<Cover>,
    duties: Vec<Duty>,
    away: Vec<Away>,
    holds: Vec<Hold>,
    told_instead: Option<(PersonId, DateTime<Utc>)>,
}

impl TeamState {
    /// Takes this person's entries out.
    fn take_own(&mut self, me: &PersonId) -> Own {
        fn split<T>(from: &mut Vec<T>, mine: impl Fn(&T) -> bool) -> Vec<T> {
            let (own, others) = from.drain(..).partition(|each| mine(each));
            *from = others;
            own
        }
        Own {
            covers: split(&mut self.covers, |cover| {
                cover.who == *me || cover.by == *me || cover.asked_by == *me
            }),
            duties: split(&mut self.duties, |duty| duty.who == *me),
            away: split(&mut self.away, |away| away.who == *me),
            holds: split(&mut self.holds, |hold| hold.by == *me),
            told_instead: self.told_instead.remove(me),
        }
    }

    fn put_own(&mut self, me: &PersonId, own: Own) {
        self.covers.extend(own.covers);
        self.duties.extend(own.duties);
        self.away.extend(own.away);
        self.holds.extend(own.holds);
        if let Some(told) = own.told_instead {
            self.told_instead.insert(me.clone(), told);
        }
    }

    /// Shows this person their own entries as they believe them to be; what they really are.
    pub fn believe(&mut self, me: &PersonId) -> Own {
        let real = self.take_own(me);
        let believed = self.shadows.get(me).unwrap_or(&real).clone();
        self.put_own(me, believed);
        real
    }

    /// Ends [`TeamState::believe`]: their entries are the real ones again; what they believe now.
    pub fn wake_up(&mut self, me: &PersonId, real: Own) -> Own {
        let believed = self.take_own(me);
        self.put_own(me, real);
        believed
    }
}
