//! Commands about the team rather than a visit: who is there, who stands in, what is kept in lists.

use crate::domain::ids::PersonId;
use crate::domain::team_state::{Care, Detail};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Who is there, who stands in, and what people say about themselves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterCommand {
    /// `/who @amira`: where somebody is.
    Who(PersonId),
    /// `/buddy @ben`; without a name: who it is.
    Buddy(Option<PersonId>),
    /// `/away until Fri`; `None`: back.
    Away(Option<Until>),
    /// `/cover @eve for @carol until Fri 17:00`; `None` is whoever says it.
    Cover {
        /// Who stands in.
        by: Option<PersonId>,
        /// For whom.
        who: Option<PersonId>,
        /// Until when.
        until: Until,
    },
    /// `/cover off`: back before its end.
    CoverOff,
    /// `/accept`: the cover that was asked for; tapped, for whom.
    Accept(Option<PersonId>),
    /// `/hold [@amira]`: looks out for them tonight; nobody named: for all who are out.
    Hold(Vec<PersonId>),
    /// `/hold off`: gives everybody back.
    HoldOff,
    /// `/hold off @carol`: gives these back, and nobody else.
    GiveBack(Vec<PersonId>),
    /// `/duty`: who would be paged now.
    Duty,
    /// `/duty me until 17:00`.
    OnDuty(Until),
    /// `/duty off`.
    OffDuty,
    /// `/tell @eve`: who hears of the end of one's visits today; nothing: the manager again.
    Tell(Option<PersonId>),
    /// `/me ok`: one's own details are still right.
    MeRight,
    /// `/policy`: the rules on one screen.
    Policy,
    /// `/sign`: read and understood.
    Sign,
    /// `/sign status`: who has signed what.
    SignStatus,
    /// `/contacts [@amira]`.
    Contacts(Option<PersonId>),
    /// `/me phone …`; nothing: what is known.
    Me(Option<(Detail, String)>),
}

/// What the team keeps lists of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterCommand {
    /// `/risk [LCS1234]`: the flags.
    Risks(Option<String>),
    /// `/risk LCS1234 flag review 2026-06-01`.
    RiskFlag {
        /// The case.
        reference: String,
        /// When it is reviewed.
        review: NaiveDate,
    },
    /// `/risk LCS1234 clear`.
    RiskClear(String),
    /// `/training [@amira]`.
    Trainings(Option<PersonId>),
    /// `/training @amira lone-worker 2025-06-01`, `/training @amira starter 2026-01-05`.
    Training {
        /// Who.
        who: PersonId,
        /// The course; `None`: a new starter.
        course: Option<String>,
        /// When it was completed, or the starter began.
        on: NaiveDate,
    },
    /// `/incident words`, `/incident @amira words`.
    Incident {
        /// To whom it happened, where somebody else tells of it.
        about: Option<PersonId>,
        /// What happened.
        words: String,
    },
    /// `/incident I3 done medical`.
    IncidentDone {
        /// Which.
        no: u32,
        /// What has been seen to.
        care: Care,
    },
    /// `/incident I3 close words`.
    IncidentClose {
        /// Which.
        no: u32,
        /// Why, where not everything was seen to.
        words: String,
    },
    /// `/incident list`.
    Incidents,
    /// `/device list`.
    Devices,
    /// `/device take G24-3 for tomorrow 14:00-15:00`.
    DeviceTake {
        /// Which.
        device: String,
        /// From when.
        start: DateTime<Utc>,
        /// Until when.
        end: DateTime<Utc>,
    },
    /// `/device return [G24-3]`.
    DeviceReturn(Option<String>),
}

impl RegisterCommand {
    /// True where the answer may stand in the team's room: references and devices, and nobody's own matters.
    pub fn is_for_the_room(&self) -> bool {
        !matches!(
            self,
            Self::Trainings(_)
                | Self::Training { .. }
                | Self::Incident { .. }
                | Self::IncidentDone { .. }
                | Self::IncidentClose { .. }
                | Self::Incidents
        )
    }
}

/// Until when something lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Until {
    /// That moment.
    At(DateTime<Utc>),
    /// The end of working hours of that day.
    EndOf(NaiveDate),
}
