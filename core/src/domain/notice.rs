//! What is to be said, before it has words: the engine's side of `chat/wording`.

mod card;
mod effect;
mod news;
mod parts;

pub use card::{AskedPlace, Card, NextStep, PlaceToAsk};
pub use effect::{Effect, Tap, To};
pub use news::{Line, News};
pub use parts::{Change, Clash, Unreached, Whereabouts};

use super::alarm::{AlarmKind, Closed, Taken};
use super::deed::Deed;
use super::drill::Drill;
use super::ids::{AlarmNumber, PersonId};
use super::inquiry::Found;
use super::policy::Span;
use super::reach::Obstacle;
use super::shift::{SealedAddress, Stage, Visit};
use chrono::{DateTime, Duration, Utc};

/// What is to be said. The words are in `chat/wording`.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// The visit is logged, or amended.
    Logged {
        visit: Visit,
        /// When she will be asked.
        ask: DateTime<Utc>,
        crosses_midnight: bool,
        worker: Option<PersonId>,
        amended: bool,
        /// It is not for one person, and no second worker has confirmed.
        alone: bool,
        /// It has no category, and should have one.
        category: bool,
        /// Whom the bot cannot reach about it.
        unreached: Option<Unreached>,
    },
    /// The same for the worker, where a colleague has logged the visit.
    Unreached(Unreached),
    /// The same for the managers.
    OutOfReach {
        worker: PersonId,
        visit: Visit,
        who: Vec<(PersonId, Obstacle)>,
    },
    /// The reference of a visit that is logged has a flag now.
    FlaggedSince { visit: Visit },
    /// A colleague did something with a visit of hers.
    DoneForYou {
        by: PersonId,
        visit: Visit,
        change: Change,
    },
    /// The same visit is logged already.
    SameVisit { visit: Visit },
    /// It overlaps another one; nothing was logged.
    Overlap { visit: Visit, clash: Clash },
    /// The visit that was to be amended is over.
    AmendTooLate { visit: Visit },
    /// At the door.
    Arrived {
        visit: Visit,
        /// When she will be asked.
        ask: DateTime<Utc>,
        over: Vec<String>,
        /// When, where told late.
        told: Option<DateTime<Utc>>,
    },
    /// Out and safe.
    Left {
        visit: Visit,
        others: Vec<Visit>,
        /// When, where told late.
        told: Option<DateTime<Utc>>,
        /// It had not begun.
        early: bool,
        /// She is asked to say when she is home, or back at the office.
        report: bool,
    },
    /// Well, still here.
    Fine {
        /// Where she is, and when she will be asked.
        visit: Option<(Visit, DateTime<Utc>)>,
        /// When, where told late.
        told: Option<DateTime<Utc>>,
    },
    /// Home, or back at the office.
    Back {
        home: bool,
        ended: Vec<String>,
        open: Vec<Visit>,
        /// Since when, where told late.
        told: Option<DateTime<Utc>>,
    },
    /// The agreed end was moved.
    Extended {
        visit: Visit,
        /// When she will be asked.
        ask: DateTime<Utc>,
        /// The next visit, where it now begins before this one ends.
        into: Option<Visit>,
    },
    /// The new end is not later than now.
    ExtendPast { visit: Visit },
    /// It does not take place.
    Cancelled { visit: Visit },
    /// It has begun and cannot be cancelled.
    CancelBegun { visit: Visit },
    /// It has not begun.
    NotBegun { visit: Visit, verb: &'static str },
    /// Several can be meant.
    Which { verb: String, visits: Vec<Visit> },
    /// None can be meant.
    NoVisit { verb: String },
    /// It is over already, and nothing else is open.
    ClosedAlready { visit: Visit },
    /// A command was taken back.
    Undone { what: Deed },
    /// Somebody else has changed the visit since.
    UndoTooLate { visit: Visit },
    /// There is nothing to take back.
    NothingToUndo,
    /// The one short answer to every note.
    NoteTaken,
    /// She will be rung.
    RingPromised { who: Vec<PersonId> },
    /// An answer to a message with a name or an address in it, which is asked to be deleted.
    PleaseDelete { answer: Box<Notice> },
    /// She has a concern; these have been asked.
    ConcernHeard {
        who: Vec<PersonId>,
        /// Where she is, by her visits.
        place: Whereabouts,
    },
    /// What a responder says that she is to do.
    Direction { by: PersonId, words: String },
    /// A message could not be read.
    SendAgain,
    /// Are you finished?
    AskEnd { visit: Visit },
    /// The agreed check-in.
    AskCheck { visit: Visit, at: DateTime<Utc> },
    /// Are you home, or back at the office?
    AskReport { visit: Visit },
    /// A page.
    Page(Box<Card>),
    /// A step was taken: for those who are to know, and are not paged.
    Informed {
        number: AlarmNumber,
        worker: PersonId,
        visit: Option<Visit>,
        /// Who has been paged.
        paged: Vec<PersonId>,
        cite: String,
    },
    /// Who took the alarm is asked what happened.
    FollowUp {
        number: AlarmNumber,
        kind: AlarmKind,
        worker: PersonId,
    },
    /// The police have it; is there news?
    PoliceFollowUp {
        number: AlarmNumber,
        kind: AlarmKind,
        worker: PersonId,
        log: String,
    },
    /// She checked in; somebody is to speak to her and close it.
    HeardFrom {
        number: AlarmNumber,
        worker: PersonId,
        /// What she did; `None` where it was said before and nobody has closed the alarm.
        what: Option<Deed>,
        /// When she sent it, where it could be read only later.
        sent: Option<DateTime<Utc>>,
    },
    /// Taken on.
    Taken {
        number: AlarmNumber,
        kind: AlarmKind,
        worker: PersonId,
        pause: Span,
    },
    /// A failed call was noted.
    TriedNoted {
        number: AlarmNumber,
        next: Option<NextStep>,
        /// How soon everybody paged is asked again.
        every: Option<Span>,
    },
    /// Spoke to her: closed; what is still open is asked about again.
    ReachedNoted {
        numbers: Vec<AlarmNumber>,
        worker: PersonId,
        open: Option<Visit>,
    },
    /// Speaking to her does not close a call for help.
    ReachedNotEnough { number: AlarmNumber },
    /// A sighting was noted.
    SeenNoted {
        worker: PersonId,
        at: DateTime<Utc>,
        next: Option<NextStep>,
    },
    /// Seen at a place, but when? In answer to a place's line nobody means now.
    SeenWhen { worker: PersonId, visit: Visit },
    /// A place at which to ask for her, working backwards.
    AskThere(Box<PlaceToAsk>),
    /// It is a call for help: nobody rings a place.
    DoNotRing { number: AlarmNumber },
    /// That place is yours.
    PlaceClaimed {
        number: AlarmNumber,
        worker: PersonId,
        visit: Visit,
    },
    /// Somebody else rings there, or has asked there.
    PlaceTaken {
        number: AlarmNumber,
        visit: Visit,
        claim: Option<Taken>,
        found: Option<Found>,
    },
    /// What was said there was noted; where to ask next, and what the ladder does.
    PlaceAsked {
        number: AlarmNumber,
        visit: Visit,
        next: Option<Visit>,
        /// All of them, with who is ringing there.
        places: Vec<AskedPlace>,
        /// The words may be cause for concern.
        worrying: bool,
        ladder: Option<NextStep>,
    },
    /// Somebody has asked or is ringing everywhere.
    NoPlaceLeft {
        number: AlarmNumber,
        places: Vec<AskedPlace>,
    },
    /// There is no such place in her itinerary.
    NoSuchPlace {
        number: AlarmNumber,
        places: Vec<Visit>,
    },
    /// Cause for concern was noted.
    WorryNoted { number: AlarmNumber },
    /// Somebody sees cause for concern.
    Worried {
        number: AlarmNumber,
        worker: PersonId,
        by: PersonId,
        why: Deed,
    },
    /// The police have it.
    PoliceNoted {
        number: AlarmNumber,
        kind: AlarmKind,
        log: String,
    },
    /// Stood down.
    StoodDown {
        number: AlarmNumber,
        worker: PersonId,
        /// The visits that it ended.
        ended: Vec<Visit>,
        /// A visit that goes on.
        watched: Option<Visit>,
    },
    /// Only a manager or above may close it.
    NeedsManager { number: AlarmNumber },
    /// A reason is needed.
    NeedsReason {
        number: AlarmNumber,
        kind: AlarmKind,
    },
    /// It is closed already.
    TooLate { number: AlarmNumber, closed: Closed },
    /// A call for help was raised for her.
    RaisedFor {
        number: AlarmNumber,
        worker: PersonId,
    },
    /// A line of the alarm's log.
    Record {
        number: AlarmNumber,
        by: PersonId,
        what: Deed,
    },
    /// Her note, shown quietly.
    Note {
        worker: PersonId,
        visit: Visit,
        what: Deed,
    },
    /// What she wrote while somebody looks for her.
    Adds {
        number: AlarmNumber,
        worker: PersonId,
        what: Deed,
    },
    /// What her account said after a code phrase.
    AfterPhrase {
        number: AlarmNumber,
        worker: PersonId,
        what: Deed,
    },
    /// A call for help has come: whoever was asked to ring her must not.
    HoldOff {
        number: AlarmNumber,
        worker: PersonId,
        /// The call for help.
        help: AlarmNumber,
    },
    /// The code phrase came again.
    PhraseAgain {
        number: AlarmNumber,
        worker: PersonId,
        words: String,
    },
    /// Another alarm of hers, noted in the thread of a call for help.
    Folded {
        number: AlarmNumber,
        worker: PersonId,
        visit: Visit,
    },
    /// Are you going along, as the second worker?
    AskAlong { worker: PersonId, visit: Visit },
    /// You go along.
    GoingAlong { worker: PersonId, visit: Visit },
    /// Name and address, please; `again`: once more, at the start.
    AskAddress {
        visit: Visit,
        keep_days: u32,
        again: bool,
    },
    /// The address is kept; `before`: in place of an earlier one; `next`: the visit whose address is still asked for.
    AddressKept {
        visit: Visit,
        keep_days: u32,
        before: bool,
        next: Option<Visit>,
    },
    /// The address is taken back.
    AddressCleared { visit: Visit },
    /// There is none to take back.
    AddressNone { visit: Visit },
    /// An address came while an alarm is open.
    AddressCame {
        number: AlarmNumber,
        worker: PersonId,
        visit: Visit,
        sealed: SealedAddress,
        /// After a code phrase.
        doubtful: bool,
    },
    /// There is no visit on which you were named.
    NotNamed,
    /// A second worker goes along no more.
    NotAlong { by: PersonId, visit: Visit },
    /// No visit waits for a manager's word.
    NothingToApprove,
    /// A manager has agreed; `hers`: told to the worker.
    Approved {
        by: PersonId,
        visit: Visit,
        hers: bool,
    },
    /// A second worker has confirmed.
    Accompanied { by: PersonId, visit: Visit },
    /// What a rule of the document has somebody told, quietly.
    News {
        worker: PersonId,
        visit: Visit,
        what: News,
        /// The rule.
        cite: String,
    },
    /// Arrival or end of a visit, in the team's room.
    TeamLine {
        worker: PersonId,
        visit: Visit,
        line: Line,
    },
    /// She moved the agreed end again, or far.
    ExtendedAgain { worker: PersonId, visit: Visit },
    /// While an SOS is open a question to its worker did not arrive: nothing else is raised for it until that is closed.
    NotAsked {
        /// The SOS.
        number: AlarmNumber,
        /// Whom it is about.
        worker: PersonId,
    },
    /// Somebody could not be reached by message.
    Undelivered {
        number: Option<AlarmNumber>,
        worker: PersonId,
        who: PersonId,
        /// Others are asked instead.
        instead: bool,
    },
    /// The managers' room did not take a page; the direct chats have it.
    RoomRefused {
        number: AlarmNumber,
        worker: PersonId,
    },
    /// A message of hers cannot be read.
    CannotRead { worker: PersonId },
    /// A drill has begun: what happens when.
    DrillBegun {
        drill: Drill,
        worker: PersonId,
        steps: Vec<NextStep>,
    },
    /// It can be read now.
    CanRead {
        number: AlarmNumber,
        worker: PersonId,
    },
}

/// For how long a visit that is over is known to have been hers.
pub const REMEMBERED: Duration = Duration::hours(6);

impl Notice {
    /// The answer to `/left` for a visit that has ended, perhaps because somebody closed it for her. Found by the
    /// visits alone, so that it is the same whatever alarm is open.
    pub fn closed_already<'a>(
        visits: impl Iterator<Item = &'a Visit>,
        reference: Option<&str>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let ended = visits.filter_map(|visit| match visit.stage {
            Stage::Ended { at } if at + REMEMBERED > now => Some((at, visit)),
            _ => None,
        });
        ended
            .filter(|(_, visit)| reference.is_none_or(|name| visit.reference == name))
            .max_by_key(|(at, _)| *at)
            .map(|(_, visit)| Self::ClosedAlready {
                visit: visit.clone(),
            })
    }

    /// The encrypted address that its words have a place for.
    pub fn sealed(&self) -> Option<i64> {
        match self {
            Self::Page(card) => card.address.as_ref()?.rows().next(),
            Self::AddressCame { sealed, .. } => Some(sealed.row),
            _ => None,
        }
    }

    /// The same, and the request to delete the message that it answers.
    pub fn and_delete(self) -> Self {
        let answer = Box::new(self);
        Self::PleaseDelete { answer }
    }
}
