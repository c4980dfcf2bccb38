//! Drills: the response to a call, practised in the real rooms (Wiltshire 3c: all teams must train and practise the
//! responses to receiving any call for assistance).
//!
//! A drill is a shift of its own with one made-up visit, kept apart from the real ones. It is measured from the record
//! that its alarm leaves behind.

use super::alarm::{Alarm, Closed};
use super::deed::Deed;
use super::ids::{AlarmNumber, PersonId};
use super::shift::{Shift, Stage};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// What stands in the place of a reference: the visit of a drill is made up.
pub const REFERENCE: &str = "DRILL";
/// After the last step of the ladder there is so much time to finish.
pub const AFTERWARDS: Duration = Duration::minutes(30);
/// A drill lasts for at least so long, so that nobody has to hurry.
pub const SHORTEST: Duration = Duration::hours(1);
/// A drill lasts for at most so long: practice must not go on through the night.
pub const LONGEST: Duration = Duration::hours(4);

/// What is practised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrillKind {
    /// No word after the last visit.
    Overdue,
    /// A call by code phrase.
    Duress,
}

/// The mark of a shift that is a drill. All times are UTC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drill {
    /// What is practised.
    pub kind: DrillKind,
    /// Who began it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
    /// How it ended.
    #[serde(default)]
    pub over: Option<Over>,
    /// When the worker was told that it is over.
    #[serde(default)]
    pub told_at: Option<DateTime<Utc>>,
}

/// The end of a drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Over {
    /// When (UTC).
    pub at: DateTime<Utc>,
    /// Why.
    pub why: Why,
}

/// Why a drill ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Why {
    /// It was dealt with, as a real alarm is.
    Done,
    /// Somebody stopped it.
    Stopped {
        /// Who.
        by: PersonId,
    },
    /// Its time was over.
    TimeUp,
    /// The worker is really on a visit.
    Out,
    /// A real alarm was raised.
    Real {
        /// Which; `None` where not everybody may know.
        number: Option<AlarmNumber>,
    },
}

impl Drill {
    /// True until it has ended.
    pub fn is_on(&self) -> bool {
        self.over.is_none()
    }

    /// True where the worker hears of the end only when its time is over: it ended by nobody's word, and she must not be
    /// able to tell whether a real call has ended it (design, invariant 4).
    pub fn is_told_later(&self) -> bool {
        let silent = |over: &Over| matches!(over.why, Why::Out | Why::Real { .. });
        self.told_at.is_none() && self.over.as_ref().is_some_and(silent)
    }
}

impl Shift {
    /// True for a drill that goes on.
    pub fn is_drill_on(&self) -> bool {
        self.drill.as_ref().is_some_and(Drill::is_on)
    }

    /// The alarm of a drill.
    pub fn practised(&self) -> Option<&Alarm> {
        self.alarms.first().filter(|_| self.drill.is_some())
    }

    /// Ends a drill: from now on it pages nobody, and there is nothing to be answered.
    pub fn end_drill(&mut self, why: Why, at: DateTime<Utc>) {
        let Some(drill) = self.drill.as_mut().filter(|drill| drill.is_on()) else {
            return;
        };
        drill.over = Some(Over { at, why });
        let by = drill.by.clone();
        for alarm in self.alarms.iter_mut().filter(|alarm| alarm.is_open()) {
            alarm.standing.closed = Some(Closed {
                by: by.clone(),
                at,
                how: Deed::DrillOver,
                reached: false,
            });
            alarm.record.push(super::alarm::Record {
                at,
                by: None,
                what: Deed::DrillOver,
            });
        }
        self.end_made_up_visits(at);
        self.undo.clear();
        self.settled_at = Some(at);
    }

    /// The visit of a drill is over with the last alarm of it.
    pub(crate) fn end_made_up_visits(&mut self, at: DateTime<Utc>) {
        if self.drill.is_none() || self.open_alarms().next().is_some() {
            return;
        }
        let open = self.visits.iter_mut().filter(|visit| visit.is_open());
        open.for_each(|visit| visit.stage = Stage::Ended { at });
    }
}

/// A drill as it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Each page to new people, in order.
    pub steps: Vec<Measure>,
    /// Everything that ended or answered it, with the minutes since the first page.
    pub done: Vec<(Done, PersonId, i64)>,
    /// Who was paged and did nothing that shows.
    pub silent: Vec<PersonId>,
}

/// One step of a drill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// When it was paged (UTC).
    pub at: DateTime<Utc>,
    /// Who was paged.
    pub who: Vec<PersonId>,
    /// Who answered it first, and after how many minutes; `None`: nobody did before the next step.
    pub answered: Option<(PersonId, i64)>,
}

/// What is measured besides the pages, each where it was said first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Taken on.
    TookOn,
    /// Tried.
    Tried,
    /// Spoke to her.
    Reached,
    /// The step with the police.
    Police,
    /// Stood down.
    StoodDown,
}

/// Measures a drill from the record of its alarm. What was taken back counts as done: it was answered.
pub fn measure(alarm: &Alarm) -> Measured {
    let mut found = Measured {
        steps: vec![],
        done: vec![],
        silent: vec![],
    };
    let mut heard: Vec<&PersonId> = vec![];
    for line in &alarm.record {
        let Some(by) = &line.by else {
            if let Deed::Paged { who } = &line.what {
                let (at, who) = (line.at, who.clone());
                found.steps.push(Measure {
                    at,
                    who,
                    answered: None,
                });
            }
            continue;
        };
        heard.push(by);
        let first = found.steps.first().map_or(line.at, |step| step.at);
        let Some(done) = done(&line.what) else {
            continue;
        };
        if let Some(step) = found.steps.last_mut().filter(|s| s.answered.is_none()) {
            step.answered = Some((by.clone(), (line.at - step.at).num_minutes()));
        }
        if !found.done.iter().any(|(other, _, _)| *other == done) {
            let minutes = (line.at - first).num_minutes();
            found.done.push((done, by.clone(), minutes));
        }
    }
    let paged = found.steps.iter().flat_map(|step| step.who.clone());
    let mut silent: Vec<PersonId> = paged.filter(|id| !heard.contains(&id)).collect();
    silent.sort();
    silent.dedup();
    found.silent = silent;
    found
}

fn done(deed: &Deed) -> Option<Done> {
    Some(match deed {
        Deed::TookOn { .. } => Done::TookOn,
        Deed::NoAnswer { .. } => Done::Tried,
        Deed::Reached { .. } | Deed::ReachedInVain { .. } => Done::Reached,
        Deed::CalledPolice { .. } => Done::Police,
        Deed::StoodDown { .. } => Done::StoodDown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::alarm::{AlarmKind, Record};
    use crate::domain::policy::LadderKind;
    use chrono::TimeZone;

    fn at(minute: i64) -> DateTime<Utc> {
        let ten = Utc.with_ymd_and_hms(2026, 3, 2, 10, 0, 0).single();
        ten.expect("a time") + Duration::minutes(minute)
    }

    fn alarm(record: Vec<(i64, Option<&str>, Deed)>) -> Alarm {
        let record = record.into_iter().map(|(minute, by, what)| Record {
            at: at(minute),
            by: by.map(PersonId::from),
            what,
        });
        let ladder = LadderKind::FinalVisit;
        Alarm {
            record: record.collect(),
            ..Alarm::raised(AlarmNumber(1), AlarmKind::Overdue, ladder, Some(1), at(0))
        }
    }

    fn paged(who: &[&str]) -> Deed {
        let who = who.iter().map(|id| PersonId::from(*id)).collect();
        Deed::Paged { who }
    }

    #[test]
    fn each_step_is_measured_from_its_own_page_to_its_first_answer() {
        let number = AlarmNumber(1);
        let words = String::new;
        let alarm = alarm(vec![
            (0, None, paged(&["ben", "dan"])),
            (12, Some("ben"), Deed::TookOn { number }),
            (20, Some("dan"), Deed::TookOn { number }),
            (30, None, paged(&["carol"])),
            (31, Some("dan"), Deed::Wrote { words: words() }),
            (
                33,
                Some("ben"),
                Deed::NoAnswer {
                    number,
                    words: words(),
                },
            ),
            (60, None, paged(&["hana"])),
        ]);
        let found = measure(&alarm);
        let answered = found.steps.iter().map(|step| step.answered.clone());
        let answered: Vec<_> = answered.collect();
        let ben = PersonId::from("ben");
        assert_eq!(
            answered,
            [Some((ben.clone(), 12)), Some((ben.clone(), 3)), None]
        );
        assert_eq!(
            found.done,
            [(Done::TookOn, ben.clone(), 12), (Done::Tried, ben, 33)]
        );
        assert_eq!(
            found.silent,
            [PersonId::from("carol"), PersonId::from("hana")]
        );
    }

    #[test]
    fn nothing_happened() {
        let found = measure(&alarm(vec![(0, None, paged(&["dan"]))]));
        assert_eq!(found.steps.len(), 1);
        assert_eq!(found.steps[0].answered, None);
        assert!(found.done.is_empty());
        assert_eq!(found.silent, [PersonId::from("dan")]);
    }
}
