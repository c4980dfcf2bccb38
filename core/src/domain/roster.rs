//! Who is in a team, what they may be asked, and how to reach them.

use super::ids::PersonId;
use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What somebody may be asked to do for a lone worker. Buddy is a relation between people, not a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works alone on visits.
    Worker,
    /// On duty for calls from workers.
    DutyOfficer,
    /// Line or team manager.
    Manager,
    /// Stands in for the manager.
    Deputy,
    /// Administration support.
    Admin,
    /// Senior manager.
    SeniorManager,
    /// Head of service.
    HeadOfService,
    /// Director.
    Director,
    /// Emergency Duty Team, out of hours.
    Edt,
}

impl Role {
    /// The name in a configuration file: `duty_officer`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::DutyOfficer => "duty_officer",
            Self::Manager => "manager",
            Self::Deputy => "deputy",
            Self::Admin => "admin",
            Self::SeniorManager => "senior_manager",
            Self::HeadOfService => "head_of_service",
            Self::Director => "director",
            Self::Edt => "edt",
        }
    }

    /// A manager or above: who may close a call for help (design, invariant 4).
    pub fn is_manager_or_above(self) -> bool {
        matches!(
            self,
            Self::Manager | Self::SeniorManager | Self::HeadOfService | Self::Director
        )
    }
}

/// One person of a team, as configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Short name, lower case.
    pub id: PersonId,
    /// Name as colleagues know it.
    pub name: String,
    /// Matrix id; missing for somebody reached by phone or e-mail only.
    #[serde(default)]
    pub matrix: Option<String>,
    /// Roles, at least one.
    pub roles: Vec<Role>,
    /// The pre-arranged buddy (Wiltshire 3c); without one the duty officer stands in.
    #[serde(default)]
    pub buddy: Option<PersonId>,
    /// Line manager; without one every manager of the team.
    #[serde(default)]
    pub manager: Option<PersonId>,
    /// Mobile number, as people write it.
    #[serde(default)]
    pub phone: Option<String>,
    /// Home landline.
    #[serde(default)]
    pub landline: Option<String>,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Home address; shown on an alarm only.
    #[serde(default)]
    pub address: Option<String>,
    /// Make, colour, registration.
    #[serde(default)]
    pub vehicle: Option<String>,
    /// Next of kin with a number.
    #[serde(default)]
    pub next_of_kin: Option<String>,
    /// Nobody at home would notice that she is missing (Bexley).
    #[serde(default)]
    pub lives_alone: bool,
}

impl Person {
    /// True if the person holds the role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// True if the roles are more than `worker`: such people are in the managers' room.
    pub fn responds(&self) -> bool {
        self.roles.iter().any(|role| *role != Role::Worker)
    }

    /// The first name, for chat; a team that stands in the list is called by its whole name.
    pub fn first_name(&self) -> &str {
        if self.has(Role::Edt) {
            return &self.name;
        }
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }
}

/// When a team is at work, in the team's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    /// The working days.
    pub days: Vec<Weekday>,
    /// Start of the working day.
    pub from: NaiveTime,
    /// End of the working day.
    pub to: NaiveTime,
    /// Days on which the office is closed.
    pub closed: Vec<NaiveDate>,
}

/// One team with its people.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// The name, unique in the configuration.
    pub name: String,
    /// The team's time zone; every time in chat is in it.
    pub tz: Tz,
    /// Alias or id of the team room.
    pub room: String,
    /// Alias or id of the managers' room.
    pub managers_room: String,
    /// Working hours; without them every minute is one.
    pub hours: Option<WorkingHours>,
    /// Code phrases of the team besides those of its policy.
    pub code_phrases: Vec<String>,
    /// Pooled devices that people may take on visits (Hertfordshire 4.1).
    pub devices: Vec<String>,
    /// Everybody.
    pub people: Vec<Person>,
    /// Who is not paged at this moment, and who is paged instead.
    pub stand_ins: BTreeMap<PersonId, StandIn>,
    /// Who holds somebody outside working hours at this moment: paged with the others for them.
    pub holders: BTreeMap<PersonId, Vec<PersonId>>,
}

/// Who is paged in somebody's place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandIn {
    /// Who stands in; nobody: others of the same role have to do.
    pub by: Vec<PersonId>,
    /// The cover is not accepted yet: both are paged.
    pub both: bool,
}

impl Team {
    /// The moment of a time of day in the team's time zone: of two the earlier; where the clocks skip it, an
    /// hour later.
    pub fn moment(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let local = day.and_time(time);
        let found = |local| self.tz.from_local_datetime(&local).earliest();
        let moment = found(local).or_else(|| found(local + Duration::hours(1)));
        moment.map_or_else(|| local.and_utc(), |at| at.to_utc())
    }

    /// The person with this id.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// The person with this Matrix id.
    pub fn by_matrix(&self, matrix: &str) -> Option<&Person> {
        self.people
            .iter()
            .find(|person| person.matrix.as_deref() == Some(matrix))
    }

    /// The first name of a person, or the id where nobody of that id is left in the team.
    pub fn called<'a>(&'a self, id: &'a PersonId) -> &'a str {
        self.person(id).map_or(id.0.as_str(), Person::first_name)
    }

    /// Everybody who holds a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |person| person.has(role))
    }

    /// The managers of one worker: her own, or every manager of the team.
    pub fn managers_of(&self, worker: &PersonId) -> Vec<PersonId> {
        let own = self
            .person(worker)
            .and_then(|person| person.manager.clone());
        match own {
            Some(manager) => vec![manager],
            None => self
                .with_role(Role::Manager)
                .map(|p| p.id.clone())
                .collect(),
        }
    }

    /// The buddy of one worker, or the duty officers, who stand in.
    pub fn buddies_of(&self, worker: &PersonId) -> Vec<PersonId> {
        let own = self.person(worker).and_then(|person| person.buddy.clone());
        match own {
            Some(buddy) => vec![buddy],
            None => self.stand_ins_for_a_buddy(worker),
        }
    }

    /// The duty officers; where a team has none, the managers of this worker.
    pub fn stand_ins_for_a_buddy(&self, worker: &PersonId) -> Vec<PersonId> {
        let officers = self.with_role(Role::DutyOfficer);
        let officers: Vec<PersonId> = officers.map(|p| p.id.clone()).collect();
        if officers.is_empty() {
            return self.managers_of(worker);
        }
        officers
    }

    /// Who is paged for this person at this moment: themselves, or whoever stands in; nobody, if they are away.
    pub fn paged_for(&self, id: &PersonId) -> Vec<PersonId> {
        let mut found = Vec::new();
        let mut waiting = vec![id.clone()];
        let mut seen = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if !seen.insert(id.clone()) {
                continue;
            }
            match self.stand_ins.get(&id) {
                None => found.push(id),
                Some(stand_in) => {
                    waiting.extend(stand_in.by.iter().cloned());
                    if stand_in.both {
                        found.push(id);
                    }
                }
            }
        }
        found
    }

    /// True if `at` lies in the team's working hours.
    pub fn is_working_time(&self, at: DateTime<Utc>) -> bool {
        let Some(hours) = &self.hours else {
            return true;
        };
        let local = at.with_timezone(&self.tz).naive_local();
        hours.days.contains(&local.date().weekday())
            && !hours.closed.contains(&local.date())
            && (hours.from..hours.to).contains(&local.time())
    }

    /// The next moment at which working hours begin; `None` without working hours.
    pub fn next_beginning(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let hours = self.hours.as_ref()?;
        self.working_moments(after, &[hours.from]).next()
    }

    /// The next moment at which working hours end; `None` without working hours.
    pub fn next_end(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let hours = self.hours.as_ref()?;
        self.working_moments(after, &[hours.to]).next()
    }

    /// These times of day on the working days of the next month, later than `after`.
    pub fn working_moments<'a>(
        &'a self,
        after: DateTime<Utc>,
        times: &'a [NaiveTime],
    ) -> impl Iterator<Item = DateTime<Utc>> + 'a {
        let first = after.with_timezone(&self.tz).date_naive();
        let works = |day: &NaiveDate| {
            let hours = self.hours.as_ref();
            hours.is_some_and(|hours| {
                hours.days.contains(&day.weekday()) && !hours.closed.contains(day)
            })
        };
        let days = (0..=30).filter_map(move |days| first.checked_add_days(Days::new(days)));
        let moments = days
            .filter(works)
            .flat_map(move |day| times.iter().map(move |time| self.moment(day, *time)));
        moments.filter(move |at| *at > after)
    }
}
