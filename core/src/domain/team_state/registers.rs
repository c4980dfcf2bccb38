//! What a team keeps lists of: risks, training, incidents, pooled devices. Each has a moment at which it asks for
//! somebody's attention, derived from what is kept, so that a restart has nothing to rebuild.

use super::TeamState;
use crate::domain::ids::PersonId;
use crate::domain::policy::Trained;
use crate::domain::roster::Team;
use chrono::{DateTime, Days, Duration, Months, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

/// Training holds for so long (Wiltshire 2, Hertfordshire 4.1).
const TRAINED_FOR: Months = Months::new(36);
/// A new starter has so long (Wiltshire 2).
const STARTERS_HAVE: Months = Months::new(3);
/// So long before it ends it is said (ours).
const WARNED_BEFORE: Days = Days::new(60);
/// The form of an incident is due (Hertfordshire 4.1).
const FORM_WITHIN: Duration = Duration::hours(24);
/// A device that is not back is asked after (ours).
const DEVICE_LATE: Duration = Duration::minutes(30);
/// Where everything was seen to, a manager is asked to close it.
const CLOSE_AGAIN: Duration = Duration::hours(24);
/// Details are asked for again after this (ours; the documents say "current").
const DETAILS_HOLD: Months = Months::new(6);
/// And then every week.
const DETAILS_AGAIN: Duration = Duration::days(7);
/// What was asked and not answered is asked again (ours).
const ASK_AGAIN: Duration = Duration::hours(4);

/// A flag at a reference, by pointer only: what it is about is in the case system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// The case.
    pub reference: String,
    /// Who flagged it.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
    /// The day on which it is reviewed (Hertfordshire 8.1).
    pub review: NaiveDate,
    /// When somebody was last asked to review it.
    pub asked_at: Option<DateTime<Utc>>,
}

/// Training of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    /// Who.
    pub who: PersonId,
    /// The course; `None`: a new starter who has not had it yet.
    pub course: Option<String>,
    /// When it was completed, or the starter began.
    pub on: NaiveDate,
    /// The warning before its end has been given.
    pub warned: bool,
    /// Its end has been told.
    pub ended: bool,
}

/// Something happened to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// `I3`, counted per team.
    pub no: u32,
    /// To whom, or who tells of it.
    pub by: PersonId,
    /// When it was told.
    pub at: DateTime<Utc>,
    /// What was said.
    pub words: String,
    /// What has been dealt with, in the order of [`Care::ALL`].
    pub done: Vec<Care>,
    /// When somebody was last asked.
    pub asked_at: DateTime<Utc>,
    /// When a manager closed it.
    pub closed_at: Option<DateTime<Utc>>,
}

/// What has to be seen to after an incident (Hertfordshire 4.1, 9.2; Al-Hasaniya).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Care {
    /// The police report.
    Police,
    /// Medical attention.
    Medical,
    /// Time to debrief.
    Debrief,
    /// Support, such as the Employee Assistance Programme.
    Support,
    /// A fresh risk assessment.
    Risk,
    /// The incident form.
    Form,
}

impl Care {
    /// All of it, in the order in which it is asked about.
    pub const ALL: [Self; 6] = [
        Self::Medical,
        Self::Police,
        Self::Debrief,
        Self::Support,
        Self::Risk,
        Self::Form,
    ];
}

/// A pooled device, taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Which device.
    pub device: String,
    /// By whom.
    pub who: PersonId,
    /// From when.
    pub start: DateTime<Utc>,
    /// Until when.
    pub end: DateTime<Utc>,
    /// When its return was last asked for.
    pub asked_at: Option<DateTime<Utc>>,
}

/// What asks for attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attention {
    /// A flag is to be reviewed.
    Review(Risk),
    /// A training ends soon, or has ended.
    Training(Training),
    /// Something about an incident is still to be seen to.
    Incident(Incident),
    /// A device has not come back.
    Device(Booking),
    /// Somebody's details are to be confirmed again.
    Details(PersonId),
}

impl Training {
    /// The day on which it ends.
    pub fn ends(&self) -> NaiveDate {
        let lasts = if self.course.is_some() {
            TRAINED_FOR
        } else {
            STARTERS_HAVE
        };
        self.on.checked_add_months(lasts).unwrap_or(NaiveDate::MAX)
    }
}

impl Incident {
    /// What is next to be asked about; `None` where everything has been seen to.
    pub fn next(&self) -> Option<Care> {
        Care::ALL.into_iter().find(|care| !self.done.contains(care))
    }

    /// When the form is due.
    pub fn form_due(&self) -> DateTime<Utc> {
        self.at + FORM_WITHIN
    }
}

impl TeamState {
    /// When the team next has to be woken.
    pub fn next_due(&self, team: &Team) -> Option<DateTime<Utc>> {
        let attentions = self.attentions(team).into_iter().map(|(at, _)| at);
        attentions
            .chain(self.board.until)
            .chain(self.sheet.until)
            .min()
    }

    /// Everything that asks for attention, with its moment.
    pub fn attentions(&self, team: &Team) -> Vec<(DateTime<Utc>, Attention)> {
        let mut found = Vec::new();
        for risk in &self.risks {
            let at = risk.asked_at.map_or_else(
                || morning(team, risk.review),
                |at| in_hours(team, at + Duration::days(1)),
            );
            found.push((at, Attention::Review(risk.clone())));
        }
        for training in self.trainings.iter().filter(|training| !training.ended) {
            let ends = training.ends();
            let on = match training.warned {
                true => ends.checked_add_days(Days::new(1)).unwrap_or(ends),
                false => ends
                    .checked_sub_days(WARNED_BEFORE)
                    .unwrap_or(ends)
                    .max(training.on),
            };
            found.push((morning(team, on), Attention::Training(training.clone())));
        }
        for incident in self
            .incidents
            .iter()
            .filter(|incident| incident.closed_at.is_none())
        {
            let again = if incident.next().is_some() {
                ASK_AGAIN
            } else {
                CLOSE_AGAIN
            };
            let at = in_hours(team, incident.asked_at + again);
            // Its form is asked for when it is due, however lately something else was.
            let form =
                !incident.done.contains(&Care::Form) && incident.asked_at < incident.form_due();
            let at = if form {
                at.min(incident.form_due())
            } else {
                at
            };
            found.push((at, Attention::Incident(incident.clone())));
        }
        for (who, details) in &self.details {
            if let Some(confirmed) = details.confirmed_at {
                let asked = details.asked_at.filter(|asked| *asked >= confirmed);
                let half_a_year = confirmed
                    .checked_add_months(DETAILS_HOLD)
                    .unwrap_or(confirmed);
                let at = asked.map_or(half_a_year, |asked| asked + DETAILS_AGAIN);
                let at = in_hours(team, at);
                found.push((at, Attention::Details(who.clone())));
            }
        }
        for booking in &self.bookings {
            let at = booking.asked_at.map_or(booking.end + DEVICE_LATE, |at| {
                in_hours(team, at + ASK_AGAIN)
            });
            found.push((at, Attention::Device(booking.clone())));
        }
        found
    }

    /// Notes that attention has been asked for at `now`.
    pub fn asked(&mut self, attention: &Attention, now: DateTime<Utc>) {
        match attention {
            Attention::Review(risk) => {
                for same in self.risks.iter_mut().filter(|other| *other == risk) {
                    same.asked_at = Some(now);
                }
            }
            Attention::Training(training) => {
                for same in self.trainings.iter_mut().filter(|other| *other == training) {
                    (same.ended, same.warned) = (same.warned, true);
                }
            }
            Attention::Incident(incident) => {
                for same in self
                    .incidents
                    .iter_mut()
                    .filter(|other| other.no == incident.no)
                {
                    same.asked_at = now;
                }
            }
            Attention::Details(who) => {
                if let Some(details) = self.details.get_mut(who) {
                    details.asked_at = Some(now);
                }
            }
            Attention::Device(booking) => {
                for same in self.bookings.iter_mut().filter(|other| *other == booking) {
                    same.asked_at = Some(now);
                }
            }
        }
    }

    /// True if this person's training has ended, or never came in the time that new starters have; a course that is
    /// not the one which the document means does not count.
    pub fn is_untrained(&self, rule: &Trained, who: &PersonId, today: NaiveDate) -> bool {
        let mut known = self
            .trainings
            .iter()
            .filter(|training| training.who == *who)
            .peekable();
        // A starter is untrained from the first day for what needs training.
        known.peek().is_some()
            && !known.any(|training| {
                let course = training.course.as_ref();
                course.is_some_and(|course| rule.counts(course)) && training.ends() >= today
            })
    }

    /// The flags at a reference.
    pub fn flags<'a>(&'a self, reference: &'a str) -> impl Iterator<Item = &'a Risk> {
        self.risks
            .iter()
            .filter(move |risk| risk.reference == reference)
    }
}

/// The moment itself, or the beginning of the next working day: reminders wake nobody.
fn in_hours(team: &Team, at: DateTime<Utc>) -> DateTime<Utc> {
    if team.is_working_time(at) {
        return at;
    }
    let first = at.with_timezone(&team.tz).date_naive();
    let days = (0..=30).filter_map(|days| first.checked_add_days(Days::new(days)));
    let mornings = days.map(|day| morning(team, day));
    let mut later = mornings.filter(|morning| *morning >= at && team.is_working_time(*morning));
    later.next().unwrap_or(at)
}

/// When a working day begins; people read it then.
fn morning(team: &Team, day: NaiveDate) -> DateTime<Utc> {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    let from = team.hours.as_ref().map_or(nine, |hours| hours.from);
    team.moment(day, from)
}
