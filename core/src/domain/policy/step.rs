//! Ladders and their steps: when, whom, and what they are asked to do.

use super::{Moment, Span};
use crate::domain::roster::Role;
use serde::{Deserialize, Serialize};

/// Which ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LadderKind {
    /// A visit that is not the last of the shift has not been reported ended.
    Visit,
    /// The last visit has not been reported ended.
    FinalVisit,
    /// An agreed check-in during a visit was missed.
    CheckIn,
    /// A code phrase was heard.
    Duress,
    /// Something like a code phrase was heard.
    Possible,
    /// `/sos`.
    Sos,
    /// She asked to be rung.
    RingMe,
    /// A message of hers could not be read.
    Unreadable,
    /// A concern at the doorstep: somebody gives a direction.
    Concern,
    /// Every visit is over, and she has not said that she is home or back at the office.
    ShiftEnd,
}

impl LadderKind {
    /// The kinds for which every policy has a ladder. One for [`LadderKind::ShiftEnd`] is only there where the
    /// document asks for that report, and one for [`LadderKind::Concern`] where it speaks of it.
    pub const ALL: [Self; 8] = [
        Self::Visit,
        Self::FinalVisit,
        Self::CheckIn,
        Self::Duress,
        Self::Possible,
        Self::Sos,
        Self::RingMe,
        Self::Unreadable,
    ];
}

/// A ladder: steps in order.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The steps; at least one pages somebody other than the worker.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
    /// The same steps as another ladder, instead of steps of its own.
    #[serde(default)]
    pub like: Option<LadderKind>,
    /// How long an acknowledgement pauses the paging before whoever took it is asked what happened.
    #[serde(default = "quarter_hour")]
    pub follow_up: Span,
}

fn quarter_hour() -> Span {
    Span::minutes(15)
}

/// One step of a ladder.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// When: an anchor and a distance, `final_end+15m`.
    pub at: Moment,
    /// Never before this moment; stronger than `latest`.
    #[serde(default)]
    pub earliest: Option<Moment>,
    /// Never after this moment.
    #[serde(default)]
    pub latest: Option<Moment>,
    /// What brings the step forward to this very moment.
    #[serde(default)]
    pub early_on: Vec<EarlyOn>,
    /// Only while nobody has acknowledged.
    #[serde(default)]
    pub while_unanswered: bool,
    /// Whom it pages, all in one message.
    pub notify: Vec<Notify>,
    /// Whom it adds outside working hours.
    #[serde(default)]
    pub out_of_hours: Vec<Notify>,
    /// Who is told quietly that the step was taken, without being paged.
    #[serde(default)]
    pub inform: Vec<Notify>,
    /// What they are asked to do.
    pub ask: Ask,
    /// How often it repeats while nobody acknowledges.
    #[serde(default = "ten_minutes")]
    pub repeat: Span,
    /// The paragraph of the document.
    pub cite: String,
    /// What the document leaves open and is ours.
    #[serde(default)]
    pub open: Option<String>,
}

fn ten_minutes() -> Span {
    Span::minutes(10)
}

/// What brings a step forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EarlyOn {
    /// Somebody tried to reach her and failed.
    Noanswer,
    /// Somebody sees cause for concern, or she never arrived where she was expected.
    Concern,
}

/// Whom a step pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notify {
    /// The worker herself, neutrally.
    Worker,
    /// Her buddy, or the duty officer where she has none.
    Buddy,
    /// Her line manager, or every manager.
    Manager,
    /// Everybody with this role.
    DutyOfficer,
    /// Everybody with this role.
    Deputy,
    /// Everybody with this role.
    Admin,
    /// Everybody with this role.
    SeniorManager,
    /// Everybody with this role.
    HeadOfService,
    /// Everybody with this role.
    Director,
    /// The Emergency Duty Team.
    Edt,
}

impl Notify {
    /// The role that must be held by somebody, if it is one.
    pub fn role(self) -> Option<Role> {
        Some(match self {
            Self::Worker | Self::Buddy => return None,
            Self::Manager => Role::Manager,
            Self::DutyOfficer => Role::DutyOfficer,
            Self::Deputy => Role::Deputy,
            Self::Admin => Role::Admin,
            Self::SeniorManager => Role::SeniorManager,
            Self::HeadOfService => Role::HeadOfService,
            Self::Director => Role::Director,
            Self::Edt => Role::Edt,
        })
    }
}

/// What the people of a step are asked to do; the words are in `chat/wording`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// The worker: are you finished?
    Worker,
    /// Contact her by every number.
    Contact,
    /// Contact her, and find the last place where she was seen, from the last visit backwards.
    WorkBackwards,
    /// Decide whether to call the police.
    DecidePolice,
    /// Call 999 and ask for the police.
    CallPolice,
    /// A call for help: call 999 for her, do not phone her.
    Help,
    /// Ring her and ask a question that gives nothing away.
    AskGently,
    /// Ring her, she asked for it.
    Ring,
    /// Find out what she wrote.
    FindOut,
    /// Say what she is to do; it is passed on.
    Direct,
}
