//! Bots that are broken on purpose, at the seams: around the channel, the inbox, the desk's calls, the store that a
//! restart finds, the policy that the desk is given. The engine itself is as it is shipped. Each must be caught.

use super::town::policy_file;
use lonewatch_core::domain::outgoing::{Place, Priority};
use lonewatch_core::store::OutRow;
use toml::Value;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    DropsInbox,
    MarksFirst,
    ForgetsFollowUp,
    HearsTwice,
    LosesRefusal,
    NeverWakes,
    ForgetsAtRestart,
    LeavesOutStep,
    StepsLate,
    PagesWorker,
    ShowsWorker,
    RaisesBeforeHearing,
    SendsTwice,
    HidesBlindness,
    PagesAfterStandDown,
    BelievesStrangers,
    IgnoresEdits,
    TellsPhrase,
    TellsTeamRoom,
    WaitIsRefusal,
    NeverReminds,
    IgnoresTaps,
    MixesTeams,
    GivesUpRetries,
}

/// Every one with a name that a test's output shows.
pub const ALL: [(&str, Mutant); 24] = [
    ("drops one message of the inbox in ten", Mutant::DropsInbox),
    ("marks as sent before it sends", Mutant::MarksFirst),
    (
        "forgets the follow-up of an acknowledgement",
        Mutant::ForgetsFollowUp,
    ),
    (
        "applies a message twice, under another event id",
        Mutant::HearsTwice,
    ),
    (
        "takes a refused message for delivered",
        Mutant::LosesRefusal,
    ),
    ("hears, and never does what time brings", Mutant::NeverWakes),
    (
        "starts again with an empty database",
        Mutant::ForgetsAtRestart,
    ),
    (
        "has a policy without the last step of a ladder",
        Mutant::LeavesOutStep,
    ),
    (
        "has a policy whose steps come ten minutes late",
        Mutant::StepsLate,
    ),
    (
        "pages the worker instead of the duty officer",
        Mutant::PagesWorker,
    ),
    (
        "shows a call by code phrase to the worker too",
        Mutant::ShowsWorker,
    ),
    (
        "raises what is overdue before it has caught up",
        Mutant::RaisesBeforeHearing,
    ),
    (
        "sends again what the homeserver has taken already",
        Mutant::SendsTwice,
    ),
    ("does not say that it was blind", Mutant::HidesBlindness),
    (
        "goes on paging after a stand-down",
        Mutant::PagesAfterStandDown,
    ),
    (
        "takes a stranger's stand-down for a manager's",
        Mutant::BelievesStrangers,
    ),
    ("does not hear edits", Mutant::IgnoresEdits),
    ("repeats the code phrase on a page", Mutant::TellsPhrase),
    (
        "writes the log of an alarm in the team's room",
        Mutant::TellsTeamRoom,
    ),
    (
        "takes a homeserver's wait for a refusal",
        Mutant::WaitIsRefusal,
    ),
    ("never sends a reminder", Mutant::NeverReminds),
    ("does not hear taps", Mutant::IgnoresTaps),
    ("tells the managers of another team", Mutant::MixesTeams),
    ("gives up a message that fails", Mutant::GivesUpRetries),
];

/// What becomes of a row at the channel.
pub enum Bent {
    Sent,
    Dropped,
    Also(Box<OutRow>),
}

impl Mutant {
    /// Bends a row on its way out.
    pub fn bend(self, row: &mut OutRow) -> Bent {
        let page = row.out.rings && row.out.text.starts_with('A') && row.out.about.is_some();
        let worker = row.out.hide_from.first().cloned();
        match (self, worker) {
            (Self::PagesWorker, Some(worker)) if page => {
                if matches!(&row.out.place, Place::Direct { person } if person.0 == "dan") {
                    row.out.place = Place::Direct { person: worker };
                    row.out.hide_from.clear();
                }
            }
            (Self::ShowsWorker, Some(worker)) if page && row.out.priority == Priority::Duress => {
                let mut copy = row.clone();
                copy.id += 1_000_000;
                copy.out.place = Place::Direct { person: worker };
                copy.out.hide_from.clear();
                return Bent::Also(Box::new(copy));
            }
            (Self::TellsPhrase, _) if page && row.out.priority == Priority::Duress => {
                row.out.text += "\nThe message said: the details are in the Purple  File";
            }
            (Self::TellsTeamRoom, _) if page && row.out.place == Place::Managers => {
                let mut copy = row.clone();
                copy.id += 1_000_000;
                copy.out.place = Place::Team;
                copy.out.hide_from.clear();
                return Bent::Also(Box::new(copy));
            }
            (Self::NeverReminds, _) if row.out.text.contains("(reminder") => return Bent::Dropped,
            (Self::MixesTeams, _) if page && row.out.team.ends_with("bexley") => {
                row.out.team = "North wiltshire".to_owned();
            }
            _ => {}
        }
        Bent::Sent
    }

    /// The policy that the desk is given instead of the document's.
    pub fn policy(self, name: &str) -> Option<Value> {
        let mut file = policy_file(name);
        let ladders = file.get_mut("ladder")?.as_table_mut()?;
        match self {
            Self::ForgetsFollowUp => {
                for (_, ladder) in ladders.iter_mut().filter(|(_, l)| l.get("like").is_none()) {
                    let later = Value::String("20h".to_owned());
                    ladder.as_table_mut()?.insert("follow_up".to_owned(), later);
                }
            }
            Self::LeavesOutStep => {
                for kind in ["final_visit", "visit"] {
                    let steps = ladders
                        .get_mut(kind)
                        .and_then(|ladder| ladder.get_mut("step"));
                    if let Some(steps) = steps.and_then(Value::as_array_mut) {
                        steps.pop();
                    }
                }
            }
            Self::StepsLate => {
                for kind in ["final_visit", "visit", "check_in"] {
                    let steps = ladders
                        .get_mut(kind)
                        .and_then(|ladder| ladder.get_mut("step"));
                    let Some(steps) = steps.and_then(Value::as_array_mut) else {
                        continue;
                    };
                    for step in steps.iter_mut().skip(1) {
                        let at = step["at"].as_str()?;
                        let (anchor, minutes) = at.split_once('+')?;
                        if let Some(minutes) = minutes.strip_suffix('m') {
                            let minutes: u32 = minutes.parse().ok()?;
                            step["at"] = Value::String(format!("{anchor}+{}m", minutes + 10));
                        }
                    }
                }
            }
            _ => return None,
        }
        Some(file)
    }
}
