//! Words for what was done: in an alarm's log, for the responders, in the answer to `/undo`.

use super::{Words, said};
use crate::domain::deed::Deed;

impl Words<'_> {
    /// As a line after somebody's name: `is on it`, `left LCS1234`.
    pub(super) fn line(&self, deed: &Deed) -> String {
        match deed {
            Deed::TookOn { .. } => "is on it".to_owned(),
            Deed::NoAnswer { words, .. } => with("no answer", words),
            Deed::Reached { words } => format!("{}. Closed.", with("reached", words)),
            Deed::ReachedInVain { words } => {
                let reached = with("reached", words);
                format!("{reached} (does not close a call for help)")
            }
            Deed::Seen { at, words } => {
                let seen = format!("seen at {} {}", self.moment(*at), said(words));
                seen.trim_end().to_owned()
            }
            Deed::CalledPolice { log, .. } if log.is_empty() => "called 999".to_owned(),
            Deed::CalledPolice { log, .. } => format!("called 999, log {}", said(log)),
            Deed::StoodDown { reason, .. } => with("stood it down", reason),
            other => self.deed(other),
        }
    }

    /// By itself: `left LCS1234`, `took A1 on`.
    pub(super) fn deed(&self, deed: &Deed) -> String {
        match deed {
            Deed::Wrote { words } => match said(words) {
                words if words.is_empty() => "(a message without words)".to_owned(),
                words => words,
            },
            Deed::SharedLocation { place } => {
                format!(
                    "shared a location: {}",
                    said(place.trim_start_matches("geo:"))
                )
            }
            Deed::Logged { reference } => format!("logged {reference}"),
            Deed::Changed { reference } => format!("changed {reference}"),
            Deed::Extended { reference } => format!("more time at {reference}"),
            Deed::Cancelled { reference } => format!("cancelled {reference}"),
            Deed::Arrived { reference } => format!("arrived at {reference}"),
            Deed::Approved { reference } => format!("agreed to {reference}"),
            Deed::GoesAlong { reference } => format!("goes along to {reference}"),
            Deed::GaveAddress { reference } => format!("gave the address of {reference}"),
            Deed::Left { reference } => format!("left {reference}"),
            Deed::Well => "said all is well".to_owned(),
            Deed::Home => "home".to_owned(),
            Deed::Office => "back at the office".to_owned(),
            Deed::Concern { words } => with("has a concern at the door", words),
            Deed::AskedToBeRung => "asked to be rung".to_owned(),
            Deed::PhraseAgain { words } => with("called for help again", words),
            Deed::MaybeAgain => "said something like it again".to_owned(),
            Deed::Unreadable => "a message that I cannot read".to_owned(),
            Deed::NotUnderstood => "something that I did not understand".to_owned(),
            Deed::ChangedDetails { before } => {
                format!("changed their own details; before it was: {before}")
            }
            Deed::WouldChangeCover => {
                "tried to change who is paged for whom; I have not done it".to_owned()
            }
            Deed::AskedForList => "asked for a list".to_owned(),
            Deed::FitsNoVisit => "a command that fits no visit".to_owned(),
            Deed::AnotherDay => "a command about another day".to_owned(),
            Deed::ForColleague => "a command for a colleague".to_owned(),
            Deed::MissedCheck { at } => {
                format!("has not answered the check-in at {} either", self.time(*at))
            }
            Deed::NotBack => "has not said home or office either".to_owned(),
            Deed::AfterPhrase { deed } => format!("after the code phrase: {}", self.deed(deed)),
            Deed::ToldLate { deed, at } => format!("{} at {}", self.deed(deed), self.moment(*at)),
            Deed::CheckedIn { deed } => format!("checked in: {}", self.deed(deed)),
            Deed::TookOn { number } => format!("took {number} on"),
            Deed::NoAnswer { number, .. } => format!("no answer, {number}"),
            Deed::Reached { .. } | Deed::ReachedInVain { .. } => "reached".to_owned(),
            Deed::Seen { .. } => "a sighting".to_owned(),
            Deed::CalledPolice { number, .. } => format!("police, {number}"),
            Deed::StoodDown { number, .. } => format!("stood {number} down"),
            Deed::TookBack { deed } => format!("took back: {}", self.deed(deed)),
            Deed::Paged { who } => format!("paged {}", self.names(who)),
            Deed::Unreached { who } => format!("could not reach {}", self.first(who)),
            Deed::GaveUpOn { who } => format!(
                "could not ask {}, who had taken it, so everybody was paged again",
                self.first(who)
            ),
            Deed::RoomRefused => "the managers' room refused a page".to_owned(),
            Deed::Claimed { .. }
            | Deed::Asked { .. }
            | Deed::NeverArrived { .. }
            | Deed::Worried { .. } => super::backwards::deed(deed).unwrap_or_default(),
            Deed::DrillOver => "the drill is over".to_owned(),
            Deed::ClosedWith { .. } | Deed::Became { .. } | Deed::ByMistake => self.how(deed),
        }
    }

    /// How an alarm was closed, for one who comes too late.
    pub(super) fn how(&self, deed: &Deed) -> String {
        match deed {
            Deed::Reached { words } => with("reached", words),
            Deed::StoodDown { reason, .. } => said(reason),
            Deed::ClosedWith { number, deed } => {
                format!("closed with {number}: {}", self.how(deed))
            }
            Deed::Became { number } => format!("became {number}"),
            Deed::ByMistake => "asked by mistake".to_owned(),
            other => self.deed(other),
        }
    }
}

/// `no answer: rang twice`, or `no answer` alone.
fn with(what: &str, words: &str) -> String {
    match said(words) {
        words if words.is_empty() => what.to_owned(),
        words => format!("{what}: {words}"),
    }
}
