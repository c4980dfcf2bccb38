//! What was wrong with a command, and the line to send instead. The sentences are in `wording::bad`.

use crate::domain::ids::PersonId;

/// A command that could not be taken. Nothing has changed; the sender is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// What is wrong.
    pub why: Why,
    /// The corrected line, ready to copy. Built only from what was understood, so that it never
    /// repeats a name or an address (design, invariant 5).
    pub fix: Option<String>,
}

impl Bad {
    /// Without a line to send.
    pub fn new(why: Why) -> Self {
        Self { why, fix: None }
    }

    /// With the line to send instead.
    pub fn with_fix(why: Why, fix: impl Into<String>) -> Self {
        Self {
            why,
            fix: Some(fix.into()),
        }
    }
}

impl Bad {
    /// True where what was sent may be an address, which is not to be kept in plain.
    pub fn may_be_address(&self) -> bool {
        match &self.why {
            Why::AddressHere | Why::AddressOfWhich | Why::AddressLong => true,
            Why::Unknown { nearest, .. } => nearest.as_deref() == Some("address"),
            _ => false,
        }
    }
}

/// What can be wrong with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// More than 4,000 characters.
    TooMuchText,
    /// No such command.
    Unknown {
        /// The word, where it is short and plain enough to be repeated.
        word: Option<String>,
        /// The command that was probably meant, without the slash.
        nearest: Option<String>,
    },
    /// Which visit?
    NoReference,
    /// `/visit NEW`, where each visit has a reference.
    NoNewVisits,
    /// `/address` where others read it.
    AddressHere,
    /// `/address` with something like a reference that is none.
    AddressOfWhich,
    /// `/address` with far more than an address.
    AddressLong,
    /// Letters and digits, but not as the team's pattern has them.
    UnknownReference {
        /// As written, upper case.
        token: String,
    },
    /// More than one reference in one command.
    TwoReferences,
    /// A name, an address, a phone number or other words where a reference belongs. Never repeated.
    Personal,
    /// Nobody of the team has this name.
    UnknownPerson {
        /// As written, where it is short and was written with `@`.
        name: Option<String>,
    },
    /// Several people of the team have this first name.
    SeveralPeople,
    /// A colleague's name without `with` or `for`.
    LooseName {
        /// Who.
        who: PersonId,
    },
    /// A visit without times.
    NoTime,
    /// A start without an end.
    NoEnd,
    /// `25:00`.
    NotATime {
        /// As written: digits and punctuation only.
        token: String,
    },
    /// `2-3`: morning or afternoon?
    AmPm,
    /// The end is before the start.
    EndBeforeStart,
    /// The end has passed already.
    Past,
    /// Longer than 12 hours.
    TooLong,
    /// More than 60 days ahead.
    TooFar,
    /// A local time that the clocks skip that night.
    Skipped,
    /// `31/2`.
    NoSuchDay,
    /// Two different times or ranges.
    TwoTimes,
    /// Two different days.
    TwoDays,
    /// An agreed check-in that is not during the visit.
    CheckOutside,
    /// `back` before the visit ends.
    BackBefore,
    /// `back` without a time.
    BackWhen,
    /// A category other than 1 or 2.
    Category,
    /// `/cat` without 1 or 2.
    WhichCategory,
    /// `next` without a place.
    Next,
    /// Something else could not be read.
    NotUnderstood,
    /// `/extend` without how long.
    NoAmount,
    /// `/left 16:00` said at three.
    StillToCome,
    /// `/left` told more than 12 hours late.
    TooLongAgo,
    /// `/seen @amira this morning`: at what time?
    WhenSeen,
    /// `/seen @amira her car`: a thing was seen, and not the person.
    NotHer,
    /// `/standdown` without a reason.
    NoReason,
    /// `/reached` or `/seen` with words that say nobody was.
    NotReached,
    /// `/reached LCS1234`: a place was reached, and not the person.
    ReachedPlace,
    /// `/reached her mother`: somebody else was spoken to.
    ReachedAnother {
        /// The line to send where they saw her, built from what was understood.
        seen: String,
    },
    /// A name is needed.
    NoPerson,
    /// Until when?
    NoUntil,
    /// Leave, cover or duty for more than three months.
    UntilTooFar,
    /// `/me` about nothing that is kept.
    WhichDetail,
    /// A flag without the day of its review.
    NoReview,
    /// Words about a case, where only a pointer may stand.
    PointerOnly,
    /// A day is needed.
    NoDay,
    /// What happened?
    NoWords,
    /// What of an incident has been seen to?
    WhichCare,
    /// Not a phone number.
    NotANumber,
    /// `/duress` without whom.
    NoTarget,
    /// `/drill` without what is practised.
    WhichDrill,
    /// A reference and times in a direct chat, but no command: probably a visit.
    MeantVisit,
}
