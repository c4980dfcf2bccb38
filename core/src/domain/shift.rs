//! One worker's working period with its itinerary of visits.

mod address;
mod report;
mod visit;

pub use address::{AddressNote, GaveAddress, NEW, SealedAddress, is_new};
pub use report::Report;
pub use visit::{Check, Moved, Stage, Visit};

use super::alarm::{Alarm, AlarmKind, Standing};
use super::deed::Deed;
use super::drill::Drill;
use super::ids::{AlarmNumber, PersonId};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// For so long a shift stays open after nothing is left to watch, so that a mis-tap can be undone.
pub const LINGERS: Duration = Duration::minutes(5);

/// A shift: opens with the first visit (or a call for help), closes when all its visits have ended and
/// every alarm of it is stood down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shift {
    /// Unique, made from team, worker and time of opening.
    pub id: String,
    /// The team.
    pub team: String,
    /// Whose shift it is.
    pub worker: PersonId,
    /// The local day it belongs to; night work belongs to the evening it began.
    pub day: NaiveDate,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// Hash of the policy text it began under (design, invariant 8).
    pub policy: String,
    /// The itinerary, in the order of logging.
    pub visits: Vec<Visit>,
    /// Confirmed contacts.
    pub sightings: Vec<Sighting>,
    /// Alarms, the closed ones too.
    pub alarms: Vec<Alarm>,
    /// Messages of hers that cannot be read yet.
    pub unreadable: Vec<Unread>,
    /// Her notes, and other words that belong to the record.
    pub log: Vec<LogLine>,
    /// After a code phrase she asked for what would be an alarm of its own on an innocent day, and keep the shift open.
    #[serde(default)]
    pub asked_in_vain: bool,
    /// Her report that she is home, or back at the office, where the policy asks for it.
    #[serde(default)]
    pub report: Report,
    /// What is known about the addresses of the visits, where the policy asks for them.
    #[serde(default)]
    pub addresses: Vec<AddressNote>,
    /// What each person can take back.
    pub undo: BTreeMap<PersonId, Undo>,
    /// Since when nothing is open but calls for help that she must not notice.
    #[serde(default)]
    pub quiet_since: Option<DateTime<Utc>>,
    /// Only a call for help that she must not notice keeps it open, or has opened it: see [`Shift::sleeps`].
    #[serde(default)]
    pub dormant: bool,
    /// It is a drill, and not a working period of hers.
    #[serde(default)]
    pub drill: Option<Drill>,
    /// Since when nothing is open any more; it closes a little later, so that a mis-tap can be undone.
    pub settled_at: Option<DateTime<Utc>>,
    /// When it closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// A confirmed contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// When she was seen or heard.
    pub at: DateTime<Utc>,
    /// How it is known.
    pub how: SightingKind,
    /// Who says so.
    pub by: PersonId,
    /// The visit it was at, if any.
    pub reference: Option<String>,
    /// False for what her account said after a code phrase: nobody relies on it.
    pub confirmed: bool,
}

/// How a sighting is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SightingKind {
    /// A visit was logged.
    Logged,
    /// She arrived.
    Arrived,
    /// She left.
    Left,
    /// She said that she is well.
    Ok,
    /// She asked for more time.
    Extended,
    /// She is home, or back at the office.
    Back,
    /// She wrote something.
    Wrote,
    /// She shared her location.
    Location,
    /// Somebody spoke to her.
    Reached,
    /// Somebody saw her.
    Seen,
}

/// A message that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unread {
    /// Its event.
    pub event: String,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// A line of the shift's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was said.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: PersonId,
    /// The words.
    pub words: String,
}

/// What a command can be taken back to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// When the command took effect.
    pub at: DateTime<Utc>,
    /// The event that gave it: taking a reaction away takes back just that.
    pub event: String,
    /// What it was, for the answer.
    pub what: Deed,
    /// The visits that it changed, as they were.
    pub visits: Vec<Visit>,
    /// The visits that it logged.
    pub added: Vec<u32>,
    /// The visits that it changed or logged, as it left them.
    #[serde(default)]
    pub left: Vec<Visit>,
    /// The sightings that it added.
    pub sightings: Vec<Sighting>,
    /// The standing of the alarms that it changed: as it was, and as the command left it.
    pub alarms: Vec<(AlarmNumber, Standing, Standing)>,
    /// Requests to be rung that it made.
    pub raised: Vec<AlarmNumber>,
    /// The report as it was and as the command left it, where it changed it.
    #[serde(default)]
    pub report: Option<(Report, Report)>,
}

impl Shift {
    /// A shift of this worker with nothing in it, opened now; it belongs to the day on which it begins (UTC; the desk knows the
    /// team's own day).
    pub fn empty(worker: PersonId, opened_at: DateTime<Utc>) -> Self {
        Self {
            id: String::new(),
            team: String::new(),
            worker,
            day: opened_at.date_naive(),
            opened_at,
            policy: String::new(),
            visits: Vec::new(),
            sightings: Vec::new(),
            alarms: Vec::new(),
            unreadable: Vec::new(),
            log: Vec::new(),
            asked_in_vain: false,
            report: Report::default(),
            addresses: Vec::new(),
            undo: BTreeMap::new(),
            quiet_since: None,
            dormant: false,
            drill: None,
            settled_at: None,
            closed_at: None,
        }
    }

    /// The visit with this number.
    pub fn visit(&self, no: u32) -> Option<&Visit> {
        self.visits.iter().find(|visit| visit.no == no)
    }

    /// The visit with this number, to be changed.
    pub fn visit_mut(&mut self, no: u32) -> Option<&mut Visit> {
        self.visits.iter_mut().find(|visit| visit.no == no)
    }

    /// The alarm with this number.
    pub fn alarm(&self, number: AlarmNumber) -> Option<&Alarm> {
        self.alarms.iter().find(|alarm| alarm.number == number)
    }

    /// The alarm with this number, to be changed.
    pub fn alarm_mut(&mut self, number: AlarmNumber) -> Option<&mut Alarm> {
        self.alarms.iter_mut().find(|alarm| alarm.number == number)
    }

    /// Alarms that are not stood down.
    pub fn open_alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.iter().filter(|alarm| alarm.is_open())
    }

    /// The open call for help by code phrase, if there is one.
    pub fn duress(&self) -> Option<&Alarm> {
        self.open_alarms()
            .find(|alarm| alarm.kind == AlarmKind::Duress)
    }

    /// True if no open visit ends after this one: the ladder of the final visit holds for it.
    pub fn is_final(&self, visit: &Visit) -> bool {
        let later =
            |other: &&Visit| other.is_open() && (other.end, other.no) > (visit.end, visit.no);
        !self.visits.iter().any(|other| later(&other))
    }

    /// The visit she is most likely on: the one that has begun last, else the next one.
    pub fn current_visit(&self, now: DateTime<Utc>) -> Option<&Visit> {
        let open = || self.visits.iter().filter(|visit| visit.is_open());
        open()
            .filter(|visit| visit.is_on(now))
            .max_by_key(|visit| (matches!(visit.stage, Stage::Arrived { .. }), visit.start))
            .or_else(|| open().min_by_key(|visit| visit.start))
    }

    /// The visit she is most likely on, or the one she has left last: for those who look for her.
    pub fn latest_visit(&self, now: DateTime<Utc>) -> Option<&Visit> {
        let ended = |visit: &&Visit| match visit.stage {
            Stage::Ended { at } => Some(at),
            _ => None,
        };
        let left = self
            .visits
            .iter()
            .filter(|visit| ended(visit).is_some())
            .max_by_key(ended);
        let on = self.current_visit(now).filter(|visit| visit.is_on(now));
        on.or(left).or_else(|| self.current_visit(now))
    }

    /// The last confirmed contact.
    pub fn last_sighting(&self) -> Option<&Sighting> {
        let confirmed = self.sightings.iter().filter(|sighting| sighting.confirmed);
        confirmed.max_by_key(|sighting| sighting.at)
    }

    /// True if only a secret call for help keeps it open: on an innocent day she would have no shift now, and what
    /// she says must be answered as on that day (design, invariant 4).
    pub fn sleeps(&self, now: DateTime<Utc>) -> bool {
        let over = |since: DateTime<Utc>| since + LINGERS <= now;
        let secret = self.open_alarms().any(|alarm| alarm.kind.is_secret());
        secret && (self.dormant || self.quiet_since.is_some_and(over))
    }

    /// True if nothing is left to watch but secret calls for help.
    pub fn is_quiet(&self) -> bool {
        // What was folded into a call would be an alarm of its own on an innocent day, and keep the shift open.
        self.unreadable.is_empty()
            && self.report.since.is_none()
            && !self.report.folded
            && !self.visits.iter().any(|visit| {
                visit.is_open() || visit.folded || visit.checks.iter().any(|c| c.folded)
            })
            && !self.asked_in_vain
            && self.open_alarms().all(|alarm| alarm.kind.is_secret())
    }

    /// True if nothing is left to watch.
    pub fn is_settled(&self) -> bool {
        self.unreadable.is_empty()
            && !self.report.is_awaited()
            && !self.visits.iter().any(Visit::is_open)
            && self.open_alarms().next().is_none()
    }
}
