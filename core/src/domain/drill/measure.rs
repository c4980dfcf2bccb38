//! What of a drill is measured, from the record of its alarm.

use crate::domain::alarm::Alarm;
use crate::domain::deed::Deed;
use crate::domain::ids::PersonId;
use chrono::{DateTime, Utc};

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
    use crate::domain::ids::AlarmNumber;
    use crate::domain::policy::LadderKind;
    use chrono::{Duration, TimeZone};

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
