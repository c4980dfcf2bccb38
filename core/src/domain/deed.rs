//! What somebody did, or what happened, before it has words: for records, for taking back, for the responders.

use super::ids::{AlarmNumber, PersonId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One thing that was done or said. The words are in `chat/wording/deeds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Deed {
    /// Somebody wrote this.
    Wrote { words: String },
    /// She shared where she is: a `geo:` URI or `lat,lon`.
    SharedLocation { place: String },
    /// A visit was logged.
    Logged { reference: String },
    /// A visit was changed.
    Changed { reference: String },
    /// An agreed end was moved.
    Extended { reference: String },
    /// A visit was called off.
    Cancelled { reference: String },
    /// She arrived.
    Arrived { reference: String },
    /// A second worker confirmed to go along.
    GoesAlong { reference: String },
    /// A manager agreed to a flagged visit.
    Approved { reference: String },
    /// She gave the address of a visit, which is kept encrypted.
    GaveAddress { reference: String },
    /// She left.
    Left { reference: String },
    /// She said that all is well.
    Well,
    /// She is home.
    Home,
    /// She is back at the office.
    Office,
    /// She has a concern at the doorstep.
    Concern { words: String },
    /// She asked to be rung.
    AskedToBeRung,
    /// She used the code phrase again, beside these words.
    PhraseAgain { words: String },
    /// She said something like a code phrase again.
    MaybeAgain,
    /// She wrote what nobody can read.
    Unreadable,
    /// She wrote what Lonewatch does not understand.
    NotUnderstood,
    /// She changed her own details or her buddy; what was known before.
    ChangedDetails { before: String },
    /// She tried to change who is paged for whom, which her account cannot now.
    WouldChangeCover,
    /// She asked for a list.
    AskedForList,
    /// A command that fits no visit.
    FitsNoVisit,
    /// A command that concerns another day.
    AnotherDay,
    /// A command for a colleague.
    ForColleague,
    /// She did not answer the check-in agreed for then.
    MissedCheck { at: DateTime<Utc> },
    /// She has not said that she is home, or back at the office.
    NotBack,
    /// What she did meets no alarm: she had used the code phrase before.
    AfterPhrase { deed: Box<Deed> },
    /// Told late: it happened then.
    ToldLate { deed: Box<Deed>, at: DateTime<Utc> },
    /// Her sign of life stopped the paging.
    CheckedIn { deed: Box<Deed> },
    /// Somebody took the alarm on.
    TookOn { number: AlarmNumber },
    /// Somebody tried and failed.
    NoAnswer { number: AlarmNumber, words: String },
    /// Somebody spoke to her, which closed what can be closed so.
    Reached { words: String },
    /// Somebody spoke to her, which does not close a call for help.
    ReachedInVain { words: String },
    /// Somebody saw her.
    Seen { at: DateTime<Utc>, words: String },
    /// Somebody asks for her at that place.
    Claimed { reference: String },
    /// Somebody has asked there; nothing said: nobody answered.
    Asked { reference: String, words: String },
    /// She never arrived there.
    NeverArrived { reference: String, words: String },
    /// Somebody sees cause for concern.
    Worried { words: String },
    /// Somebody called the police.
    CalledPolice { number: AlarmNumber, log: String },
    /// Somebody closed it.
    StoodDown { number: AlarmNumber, reason: String },
    /// It was closed together with another one.
    ClosedWith {
        number: AlarmNumber,
        deed: Box<Deed>,
    },
    /// A guess became a call for help.
    Became { number: AlarmNumber },
    /// It was asked for by mistake.
    ByMistake,
    /// Somebody took their own command back.
    TookBack { deed: Box<Deed> },
    /// Lonewatch paged these people.
    Paged { who: Vec<PersonId> },
    /// No message reached this person.
    Unreached { who: PersonId },
    /// Whoever took it on could not be asked what came of it: it counts as not taken.
    GaveUpOn { who: PersonId },
    /// The managers' room took no page.
    RoomRefused,
    /// The drill ended with it open.
    DrillOver,
}
