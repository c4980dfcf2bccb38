//! What the bot owes, by when, and what proves that it was done.

use super::{Harm, Oracle};
use crate::simulation::talk::{Sent, Spot, Time, alarm_number};
use chrono::TimeDelta;

/// To whom it belongs, so that it can be taken back as a whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// The visits of a worker.
    Visits(usize, String),
    /// The report at the end of her shift.
    Report(usize, String),
    /// A call of hers.
    Call(usize, String),
    Alarm(usize, u32),
    Blind,
}

/// What must be among the messages.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A page to this person about her, with one of these in it.
    Page {
        team: usize,
        person: String,
        name: String,
        marks: Vec<String>,
    },
    /// A question to the worker herself.
    Question {
        team: usize,
        worker: String,
        says: Vec<String>,
    },
    /// Somebody hears that this person was not reached.
    Unreached {
        team: usize,
        number: u32,
        name: String,
    },
    /// The managers hear that it was blind.
    Blind { team: usize, until: String },
}

/// One thing that is owed.
#[derive(Clone, Debug)]
pub struct Owed {
    pub key: Key,
    /// A message from then on counts.
    pub since: Time,
    /// It must be there by then.
    pub by: Time,
    /// And no earlier than so long after what is due at that time, which may have come late.
    pub after: Option<(Time, TimeDelta)>,
    pub proof: Proof,
    pub why: String,
}

impl Proof {
    fn fits(&self, sent: &Sent) -> bool {
        match self {
            Self::Page {
                team,
                person,
                name,
                marks,
            } => {
                let to = Spot::Direct(person.clone());
                let here = sent.team == *team && sent.spot == to && sent.rings;
                let page = alarm_number(&sent.text).is_some() && sent.text.contains(name.as_str());
                let pinged = sent.pings.contains(person);
                here && page && pinged && marks.iter().any(|mark| sent.text.contains(mark.as_str()))
            }
            Self::Question { team, worker, says } => {
                let to = Spot::Direct(worker.clone());
                let here = sent.team == *team && sent.spot == to && sent.rings;
                here && says.iter().all(|word| sent.text.contains(word.as_str()))
            }
            Self::Unreached { team, number, name } => {
                let says = sent.text.contains("could not be delivered")
                    || sent.text.contains("could not be reached");
                let about = alarm_number(&sent.text) == Some(*number);
                sent.team == *team && says && about && sent.text.contains(name.as_str())
            }
            Self::Blind { team, until } => {
                let says = sent.text.starts_with("I was not able to watch from");
                let when = sent.text.contains(&format!("to {until}"));
                sent.team == *team && sent.spot == Spot::Managers && says && when
            }
        }
    }
}

impl Oracle {
    /// Takes back what is owed under a key.
    pub(super) fn take_back(&mut self, key: &Key) {
        self.owed.retain(|owed| owed.key != *key);
    }

    /// Looks at what is due by now.
    pub(super) fn judge(&mut self) {
        let now = self.now;
        let owed = std::mem::take(&mut self.owed);
        for one in owed {
            let Some(latest) = self.latest_of(&one).filter(|latest| *latest <= now) else {
                self.owed.push(one);
                continue;
            };
            // Before the clock was set back later times were earlier.
            let end = latest.max(self.sky.set_back_from(latest));
            let in_time = |sent: &&Sent| sent.at >= one.since && sent.at <= end;
            let done = self
                .said
                .iter()
                .rev()
                .filter(in_time)
                .any(|sent| one.proof.fits(sent));
            if !done && !self.waived(&one) {
                let what = format!("{}: by {} it owed {:?}", one.why, one.by, one.proof);
                self.wrong(Harm::Late, what);
            }
        }
    }

    fn latest_of(&self, owed: &Owed) -> Option<Time> {
        let Some((before, wait)) = owed.after else {
            return self.sky.latest(owed.by);
        };
        let before = self.sky.latest(before)?;
        self.sky.latest(owed.by.max(before + wait))
    }

    /// True if it cannot be asked of the bot any more.
    fn waived(&self, owed: &Owed) -> bool {
        if let Key::Alarm(team, number) = &owed.key {
            let seen = self.alarms.get(&(*team, *number));
            if seen.is_some_and(|seen| !seen.is_surely_open()) {
                return true;
            }
        }
        match &owed.proof {
            Proof::Page { team, person, .. } => self.unreachable(*team, person, owed.since),
            Proof::Question { team, worker, .. } => self.unreachable(*team, worker, owed.since),
            Proof::Unreached { .. } | Proof::Blind { .. } => false,
        }
    }
}
