//! What the sender of a bad command reads: what is wrong, then the line to send.
//!
//! A worker's phone may be read by others, so nothing here says more than it must; and a shared room
//! keeps what is said, so nothing that could be a client's name or address is repeated.

use crate::chat::bad::{Bad, Why};

/// The answer to a command that could not be taken.
pub fn bad(bad: &Bad) -> String {
    let what = match (&bad.why, &bad.fix) {
        (Why::Unknown { word, .. }, Some(_)) => unknown(word.as_deref(), None),
        (why, _) => what(why),
    };
    match &bad.fix {
        Some(fix) => format!("{what} {}\n{fix}", lead(&bad.why)),
        None => what,
    }
}

fn lead(why: &Why) -> &'static str {
    match why {
        Why::NoReason => "Send it like this, with the reason in your words:",
        Why::WhenSeen => "Send it with the time that you know, for example:",
        Why::ReachedPlace => "Send:",
        Why::ReachedAnother { .. } => "If you spoke to the person:",
        Why::NotHer => "To note what is there, send:",
        Why::NotReached => "If nobody answered, send:",
        Why::Unknown { .. } => "Did you mean this? Nothing is done yet.",
        Why::MeantVisit | Why::LooseName { .. } => "Then send:",
        _ => "Send, for example:",
    }
}

fn what(why: &Why) -> String {
    let fixed = match why {
        Why::Unknown { word, nearest } => return unknown(word.as_deref(), nearest.as_deref()),
        Why::UnknownReference { token } => {
            return format!("{token} is not a reference that I know, so nothing is changed.");
        }
        Why::NotATime { token } => return format!("{token} is not a time, so nothing is logged."),
        Why::ReachedAnother { seen } => {
            return format!(
                "That reads as if you spoke to somebody else, so it stays open. If they saw the person for certain, send it \
                 with the time: {seen}"
            );
        }
        Why::UnknownPerson { name: Some(name) } => {
            return format!("I know nobody called @{name} in this team, so nothing is logged.");
        }
        Why::LooseName { who } => {
            return format!("Nothing is logged yet. Is @{who} going along?");
        }
        Why::UnknownPerson { name: None } => {
            "I know nobody of that name in this team, so nothing is logged. Use the name that I know, such as @amira."
        }
        Why::SeveralPeople => {
            "Several people here have that name, so nothing is logged. Please give the full name."
        }
        Why::TooMuchText => {
            "That is too long for me to read as a command. Please send it again, shorter."
        }
        Why::NoNewVisits => {
            "Each visit is logged here by its reference, so nothing is logged yet. Which one is it?"
        }
        Why::AddressHere => {
            "Others read this room, so I have not kept that. Please delete your message, and send it to me in our direct chat."
        }
        Why::AddressOfWhich => {
            "I do not know that reference, so I have not kept that. Your visits: /mine Then send /address, the reference, and \
             the address."
        }
        Why::AddressLong => {
            "That is longer than an address, so I have not kept it. Please send only the name and the address."
        }
        Why::NoReference => "Which visit, please? Nothing is logged yet.",
        Why::TwoReferences => {
            "There are two references in that. One command for each visit, please."
        }
        Why::Personal => {
            "What is logged here is shared, so I have not logged that. Please delete your message: names, addresses and phone \
             numbers of clients do not belong in it."
        }
        Why::NoTime => "When is the visit? Nothing is logged yet.",
        Why::NoEnd => "And when does it end? Nothing is logged yet.",
        Why::AmPm => "Morning or afternoon? Nothing is logged yet.",
        Why::EndBeforeStart => "The end is before the start, so nothing is logged.",
        Why::Past => "That time is over already, so nothing is changed.",
        Why::TooLong => "That is longer than 12 hours, so nothing is changed.",
        Why::TooFar => {
            "That is more than 60 days ahead, so nothing is logged. Please send it nearer the day."
        }
        Why::Skipped => {
            "The clocks go forward that night, and this time does not exist. Nothing is logged."
        }
        Why::NoSuchDay => "There is no such day, so nothing is logged.",
        Why::TwoTimes => "I read two different times in that, so nothing is changed.",
        Why::TwoDays => "I read two different days in that, so nothing is logged.",
        Why::CheckOutside => {
            "A check has to be during the visit, and that one is not: nothing is logged, and the line below is without it."
        }
        Why::BackBefore => "You cannot be back before the visit ends, so nothing is logged.",
        Why::BackWhen => "Back at what time? Nothing is logged yet.",
        Why::Category => "The category is 1 or 2. Nothing is logged yet.",
        Why::WhichCategory => "The category is 1 or 2. Nothing is changed yet.",
        Why::Next => "Where next? A reference, office or home. Nothing is logged yet.",
        Why::NotUnderstood => "I did not understand all of that, so nothing is changed.",
        Why::NoAmount => "How much longer? Nothing is changed yet.",
        Why::StillToCome => "That time is still to come, so nothing is logged.",
        Why::TooLongAgo => "That is more than 12 hours ago, so nothing is logged.",
        Why::WhenSeen => "At what time was that? Nothing is logged yet.",
        Why::NotHer => {
            "A car, a phone or a light is not a sighting of the person, so nothing is logged. Was the person seen? Then say \
             so, with the time."
        }
        Why::NoReason => "A reason is needed to close it.",
        Why::NotReached => "That reads as if nobody was reached, so it stays open.",
        Why::ReachedPlace => {
            "Only speaking to the person closes it, so it stays open. That is what was said at a place."
        }
        Why::NoPerson => "Who is meant? Nothing is changed.",
        Why::NoUntil => "Until when? Nothing is changed yet.",
        Why::UntilTooFar => "That is more than three months ahead, so nothing is changed.",
        Why::WhichDetail => {
            "What has changed? phone, landline, address, vehicle or nextofkin, and how it is now. Nothing is changed yet."
        }
        Why::NoReview => "When is it reviewed? Nothing is changed yet.",
        Why::PointerOnly => {
            "Only the flag and the day of its review are kept here; what it is about belongs in the case system. Nothing is \
             changed."
        }
        Why::NoDay => "On which day? Nothing is changed yet.",
        Why::NoWords => "What happened? Nothing is noted yet.",
        Why::WhichCare => {
            "What has been seen to? One word, such as form or debrief. Nothing is changed yet."
        }
        Why::NotANumber => "That is not a phone number, so nothing is changed.",
        Why::NoTarget => "For whom? Send /duress and the name, for example: /duress @amira",
        Why::WhichDrill => {
            "What is practised? overdue: no word after a visit. duress: a call by code phrase. Nothing has begun."
        }
        Why::MeantVisit => "Nothing is logged yet. Is this a visit?",
    };
    fixed.to_owned()
}

fn unknown(word: Option<&str>, nearest: Option<&str>) -> String {
    let what = match word {
        Some(word) => format!("I do not know /{word}."),
        None => "I do not know that command.".to_owned(),
    };
    match nearest {
        Some(nearest) => {
            format!("{what} Did you mean /{nearest}? Nothing is done yet. All commands: /help")
        }
        None => format!("{what} All commands: /help"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_with_the_line_to_send() {
        let line = "/visit LCS1234 14:00-15:00";
        let text = bad(&Bad::with_fix(Why::AmPm, line));
        assert_eq!(text.lines().last(), Some(line));
    }

    #[test]
    fn the_nearest_command_and_help() {
        let why = Why::Unknown {
            word: Some("vist".to_owned()),
            nearest: Some("visit".to_owned()),
        };
        let text = bad(&Bad::new(why));
        assert!(text.contains("/visit") && text.contains("/help"), "{text}");
    }
}
