//! What a team knows besides its configuration and its shifts: who is away, who stands in, who is on duty, and what
//! people have changed about themselves.

mod cover;
mod details;
mod registers;
mod shadow;

pub use cover::{Away, Cover, CoverError, Duty};
pub use details::{Detail, Details};
pub use registers::{Attention, Booking, Care, Incident, Risk, Training};
pub use shadow::Own;

use super::handover::{Handover, Hold};
use super::ids::PersonId;
use super::reach::ToldUnreached;
use super::roster::{Role, StandIn, Team};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The team's own state, one aggregate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TeamState {
    /// The number of its next alarm.
    pub next_alarm: u32,
    /// When each person last said that they are at the office.
    #[serde(default)]
    pub at_office: BTreeMap<PersonId, DateTime<Utc>>,
    /// Buddies that people have chosen, instead of those of the configuration.
    #[serde(default)]
    pub buddies: BTreeMap<PersonId, PersonId>,
    /// Who stands in for whom.
    #[serde(default)]
    pub covers: Vec<Cover>,
    /// Who has taken the duty on, besides those who hold the role.
    #[serde(default)]
    pub duties: Vec<Duty>,
    /// Who is away.
    #[serde(default)]
    pub away: Vec<Away>,
    /// Who has read and understood which procedure, and when (Bexley).
    #[serde(default)]
    pub signed: BTreeMap<PersonId, Signature>,
    /// Who hears of the end of somebody's visits instead of the manager, until when.
    #[serde(default)]
    pub told_instead: BTreeMap<PersonId, (PersonId, DateTime<Utc>)>,
    /// When the lines of the day were last written into the team's room.
    #[serde(default)]
    pub lines_at: Option<DateTime<Utc>>,
    /// What people believe to have changed after a code phrase; nothing of it holds.
    #[serde(default)]
    pub shadows: BTreeMap<PersonId, Own>,
    /// Who holds whom outside working hours.
    #[serde(default)]
    pub holds: Vec<Hold>,
    /// When the end of working hours was last looked at.
    #[serde(default)]
    pub handover_at: Option<DateTime<Utc>>,
    /// The question of this evening, while it waits for somebody.
    #[serde(default)]
    pub handover: Option<Handover>,
    /// Flags at references.
    #[serde(default)]
    pub risks: Vec<Risk>,
    /// Who was trained when.
    #[serde(default)]
    pub trainings: Vec<Training>,
    /// Incidents, the closed ones too.
    #[serde(default)]
    pub incidents: Vec<Incident>,
    /// Pooled devices that are taken.
    #[serde(default)]
    pub bookings: Vec<Booking>,
    /// What people have changed about themselves.
    #[serde(default)]
    pub details: BTreeMap<PersonId, Details>,
    /// What stands on the board in the team's room.
    #[serde(default)]
    pub board: Board,
    /// What stands on the fallback sheet in the managers' room.
    #[serde(default)]
    pub sheet: Sheet,
    /// Who was told today whom the bot cannot reach.
    #[serde(default)]
    pub unreached_told: Vec<ToldUnreached>,
}

/// The board in the team's room (Rotherham 4: whereabouts and expected time back).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Board {
    /// What was put out last; empty where nothing was, or where it is gone.
    pub text: String,
    /// The id of the team's room into which that was.
    pub room: Option<String>,
    /// When it reads otherwise by itself (UTC): a visit begins, is due, a day ends.
    pub until: Option<DateTime<Utc>>,
}

/// The fallback sheet in the managers' room: what people go by when the bot is silent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sheet {
    /// What was put out last, without its heading; empty where nothing was, or where it is gone.
    pub text: String,
    /// The id of the managers' room into which that was.
    pub room: Option<String>,
    /// When that was (UTC); `None` until it is put up for the first time.
    pub at: Option<DateTime<Utc>>,
    /// When the message was made that has been edited since (UTC).
    pub made_at: Option<DateTime<Utc>>,
    /// When it has to be looked at again (UTC): cover ends, a morning comes, an edit that had to wait may go out.
    pub until: Option<DateTime<Utc>>,
}

/// "I have read and understood."
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Which text: the hash under which it is kept.
    pub policy: String,
    /// When.
    pub at: DateTime<Utc>,
}

impl Default for TeamState {
    fn default() -> Self {
        Self {
            next_alarm: 1,
            at_office: BTreeMap::new(),
            buddies: BTreeMap::new(),
            covers: Vec::new(),
            duties: Vec::new(),
            away: Vec::new(),
            told_instead: BTreeMap::new(),
            lines_at: None,
            shadows: BTreeMap::new(),
            holds: Vec::new(),
            handover_at: None,
            handover: None,
            risks: Vec::new(),
            trainings: Vec::new(),
            incidents: Vec::new(),
            bookings: Vec::new(),
            signed: BTreeMap::new(),
            details: BTreeMap::new(),
            board: Board::default(),
            sheet: Sheet::default(),
            unreached_told: Vec::new(),
        }
    }
}

impl TeamState {
    /// False where the team is as it was configured.
    pub fn changes_the_roster(&self) -> bool {
        !(self.buddies.is_empty()
            && self.covers.is_empty()
            && self.duties.is_empty()
            && self.away.is_empty()
            && self.holds.is_empty()
            && self.details.is_empty())
    }

    /// The team as it is at `now`: with the buddies, numbers and duties of the moment, and who is paged for whom.
    pub fn roster(&self, team: &Team, now: DateTime<Utc>) -> Team {
        let mut team = team.clone();
        for person in &mut team.people {
            if let Some(buddy) = self.buddies.get(&person.id) {
                person.buddy = Some(buddy.clone());
            }
            if let Some(details) = self.details.get(&person.id) {
                details.apply(person);
            }
            let on_duty = |duty: &Duty| duty.who == person.id && duty.is_on(now);
            if self.duties.iter().any(on_duty) && !person.has(Role::DutyOfficer) {
                person.roles.push(Role::DutyOfficer);
            }
        }
        let on = |hold: &&Hold| (hold.from..hold.until).contains(&now);
        for hold in self.holds.iter().filter(on) {
            let holders = team.holders.entry(hold.worker.clone()).or_default();
            holders.push(hold.by.clone());
        }
        for away in self.away.iter().filter(|away| away.is_on(now)) {
            team.stand_ins.insert(away.who.clone(), StandIn::default());
        }
        for cover in self.covers.iter().filter(|cover| cover.is_on(now)) {
            let accepted = cover.accepted_at.is_some();
            // Whoever offers to stand in is paged only once that is accepted.
            if !accepted && cover.asked_by == cover.by {
                continue;
            }
            let fresh = || StandIn {
                by: vec![],
                both: true,
            };
            let known = team
                .stand_ins
                .entry(cover.who.clone())
                .or_insert_with(fresh);
            known.both &= !accepted;
            known.by.push(cover.by.clone());
            if accepted {
                lend_roles(&mut team, &cover.who, &cover.by);
            }
        }
        team
    }

    /// True if somebody holds this worker then.
    pub fn is_held(&self, worker: &PersonId, at: DateTime<Utc>) -> bool {
        self.holds
            .iter()
            .any(|hold| hold.worker == *worker && (hold.from..hold.until).contains(&at))
    }

    /// The moments at which leave, cover and duty end.
    pub fn turning_points(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let covers = self.covers.iter().map(|cover| cover.until);
        let duties = self.duties.iter().map(|duty| duty.until);
        covers
            .chain(duties)
            .chain(self.away.iter().map(|away| away.until))
    }

    /// Forgets what is over.
    pub fn tidy(&mut self, now: DateTime<Utc>) {
        self.covers.retain(|cover| cover.until > now);
        self.duties.retain(|duty| duty.until > now);
        self.away.retain(|away| away.until > now);
        self.holds.retain(|hold| hold.until > now);
        self.told_instead.retain(|_, (_, until)| *until > now);
    }
}

/// Whoever stands in may do what the other may do.
fn lend_roles(team: &mut Team, from: &PersonId, to: &PersonId) {
    let lent = team.person(from).map(|person| person.roles.clone());
    let taker = team.people.iter_mut().find(|person| person.id == *to);
    let (Some(lent), Some(taker)) = (lent, taker) else {
        return;
    };
    for role in lent.into_iter().filter(|role| *role != Role::Worker) {
        if !taker.has(role) {
            taker.roles.push(role);
        }
    }
}
