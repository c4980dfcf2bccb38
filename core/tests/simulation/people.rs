//! What workers do on a day: stories with chance in them, each word with what it means.

use super::dice::Dice;
use super::talk::{Meaning, Spot, Time};
use super::town::Team;
use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::London;

/// How a message comes to the bot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Straight,
    /// The same event once more, so many minutes later.
    Twice(i64),
    /// So many minutes late: it was said before what arrives before it.
    Late(i64),
}

/// What is done in the room.
#[derive(Clone, Debug)]
pub enum Act {
    Text(String),
    Edit {
        of: String,
        body: String,
    },
    Tap {
        to: String,
        room: String,
        key: &'static str,
    },
    Redact(String),
    Location,
    Unreadable,
}

/// Something that somebody will say.
#[derive(Clone, Debug)]
pub struct Speech {
    pub at: Time,
    pub event: String,
    pub team: usize,
    /// Whose account; `None` is a stranger's.
    pub who: Option<String>,
    pub spot: Spot,
    pub act: Act,
    pub meaning: Meaning,
    pub way: Way,
}

/// Words that are a note and nothing else.
pub const NOTES: [&str; 6] = [
    "the kettle is on",
    "reading the plan together",
    "we are looking at school photos",
    "the dog is in the garden",
    "thinking about next week",
    "grandmother is here too",
];

/// Writes days.
pub struct Author {
    pub dice: Dice,
    events: u64,
    references: u64,
}

/// One worker's day as it is written.
struct Page<'a> {
    author: &'a mut Author,
    team: usize,
    who: String,
    phrases: &'a [String],
    out: Vec<Speech>,
}

/// A visit of the plan.
#[derive(Clone)]
struct Stop {
    reference: String,
    start: Time,
    end: Time,
    logged_in: String,
}

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

impl Author {
    pub fn new(dice: Dice) -> Self {
        Self {
            dice,
            events: 0,
            references: 1000,
        }
    }

    pub fn event(&mut self) -> String {
        self.events += 1;
        format!("$e{}", self.events)
    }

    /// The day of one worker; perhaps nothing.
    pub fn day(&mut self, index: usize, team: &Team, who: &str, day: NaiveDate) -> Vec<Speech> {
        let mut page = Page {
            author: self,
            team: index,
            who: who.to_owned(),
            phrases: &team.phrases,
            out: Vec::new(),
        };
        page.write(day);
        page.out
    }
}

impl Page<'_> {
    fn write(&mut self, day: NaiveDate) {
        let story = self.author.dice.below(100);
        let night = self.author.dice.chance(8);
        let stops = if night {
            self.at_night(day)
        } else {
            self.stops(day)
        };
        let Some(last) = stops.last().cloned() else {
            return;
        };
        match story {
            0..=29 => self.plain(&stops),
            30..=36 => self.late(&stops),
            37..=51 => self.silent(&stops),
            52..=57 => self.well_after(&stops),
            58..=63 => self.longer(&stops),
            64..=72 => self.phrase(&stops),
            73..=76 => self.asks(&stops, Meaning::Sos),
            77..=80 => self.asks(&stops, Meaning::RingMe),
            81..=84 => self.asks(&stops, Meaning::Unreadable),
            85..=90 => self.checked(&stops),
            91..=94 => self.corrected(&stops),
            _ => self.called_off(&last, &stops),
        }
    }

    fn local(day: NaiveDate, minute: i64) -> Option<Time> {
        let hour = u32::try_from(minute / 60).ok()?;
        let time = NaiveTime::from_hms_opt(hour, u32::try_from(minute % 60).ok()?, 0)?;
        let at = London.from_local_datetime(&day.and_time(time)).single()?;
        Some(at.with_timezone(&Utc))
    }

    fn stops(&mut self, day: NaiveDate) -> Vec<Stop> {
        let count = self.author.dice.from(1, 3);
        let mut at = self.author.dice.from(33, 60) * 15;
        let mut stops = Vec::new();
        for _ in 0..count {
            let long = self.author.dice.from(2, 6) * 15;
            if at + long > 23 * 60 {
                break;
            }
            stops.extend(self.stop(day, at, long));
            at += long + self.author.dice.from(2, 4) * 15;
        }
        stops
    }

    /// Over midnight, also where the clocks change.
    fn at_night(&mut self, day: NaiveDate) -> Vec<Stop> {
        let at = self.author.dice.from(86, 92) * 15;
        let long = self.author.dice.from(2, 5) * 60;
        let mut stops: Vec<Stop> = self.stop(day, at, long).into_iter().collect();
        let local = stops.first().map(|stop| stop.end.with_timezone(&London));
        // In the hour that is skipped or comes twice nobody can say what an end means.
        if local.is_some_and(|end| end.format("%H").to_string() == "01") {
            stops.clear();
        }
        stops
    }

    fn stop(&mut self, day: NaiveDate, at: i64, long: i64) -> Option<Stop> {
        self.author.references += 1;
        let start = Self::local(day, at)?;
        Some(Stop {
            reference: format!("LCS{}", self.author.references),
            start,
            end: start + minutes(long),
            logged_in: String::new(),
        })
    }

    fn say(&mut self, at: Time, spot: Spot, act: Act, meaning: Meaning) -> String {
        let event = self.author.event();
        let late = matches!(
            meaning,
            Meaning::Note | Meaning::Arrived(_) | Meaning::Left(_) | Meaning::Phrase
        );
        let way = match self.author.dice.below(40) {
            0 | 1 => Way::Twice(self.author.dice.from(0, 30)),
            2 if late => Way::Late(self.author.dice.from(1, 12)),
            _ => Way::Straight,
        };
        self.out.push(Speech {
            at,
            event: event.clone(),
            team: self.team,
            who: Some(self.who.clone()),
            spot,
            act,
            meaning,
            way,
        });
        event
    }

    fn tell(&mut self, at: Time, text: String, meaning: Meaning) -> String {
        let second = self.author.dice.from(0, 59);
        let at = at + TimeDelta::seconds(second);
        let spot = Spot::Direct(self.who.clone());
        self.say(at, spot, Act::Text(text), meaning)
    }

    /// Logs a visit some time before it, in the chat or in the team's room.
    fn log(&mut self, stop: &Stop, check: Option<Time>) -> Stop {
        let before = self.author.dice.from(5, 50);
        let local = |at: Time| at.with_timezone(&London).format("%H:%M").to_string();
        let mut text = format!(
            "/visit {} {}-{}",
            stop.reference,
            local(stop.start),
            local(stop.end)
        );
        if let Some(check) = check {
            text += &format!(" check {}", local(check));
        }
        let meaning = Meaning::Visit {
            reference: stop.reference.clone(),
            start: stop.start,
            end: stop.end,
            check,
        };
        let at = stop.start - minutes(before);
        let logged_in = if self.author.dice.chance(40) {
            self.say(at, Spot::Team, Act::Text(text), meaning)
        } else {
            self.tell(at, text, meaning)
        };
        Stop {
            logged_in,
            ..stop.clone()
        }
    }

    /// She is there, and says some of it.
    fn go(&mut self, stop: &Stop) -> Stop {
        let stop = self.log(stop, None);
        self.there(&stop);
        stop
    }

    fn there(&mut self, stop: &Stop) {
        if self.author.dice.chance(60) {
            let text = format!("arrived {}", stop.reference);
            let meaning = Meaning::Arrived(stop.reference.clone());
            self.tell(stop.start + minutes(2), text, meaning);
        }
        if self.author.dice.chance(35) {
            let event = self.note(stop.start + minutes(10));
            if self.author.dice.chance(15) {
                let at = stop.start + minutes(13);
                let spot = Spot::Direct(self.who.clone());
                self.say(at, spot, Act::Redact(event), Meaning::Gone);
            }
        }
        if self.author.dice.chance(8) {
            let at = stop.start + minutes(14);
            let spot = Spot::Direct(self.who.clone());
            self.say(at, spot, Act::Location, Meaning::Location);
        }
        if self.author.dice.chance(10) {
            let at = stop.start + minutes(5);
            let text = "see you at the stall".to_owned();
            self.say(at, Spot::Team, Act::Text(text), Meaning::Chatter);
        }
    }

    fn note(&mut self, at: Time) -> String {
        let text = (*self.author.dice.pick(&NOTES)).to_owned();
        self.tell(at, text, Meaning::Note)
    }

    fn leave(&mut self, stop: &Stop, at: Time) {
        let text = format!("left {}", stop.reference);
        self.tell(at, text, Meaning::Left(stop.reference.clone()));
    }

    fn leave_in_time(&mut self, stop: &Stop) {
        let early = self.author.dice.from(2, 8);
        self.leave(stop, stop.end - minutes(early));
    }

    fn home(&mut self, after: Time) {
        let later = self.author.dice.from(5, 25);
        self.tell(after + minutes(later), "home".to_owned(), Meaning::Home);
    }

    fn before(&mut self, stops: &[Stop]) {
        for stop in &stops[..stops.len() - 1] {
            let stop = self.go(stop);
            self.leave_in_time(&stop);
        }
    }

    fn plain(&mut self, stops: &[Stop]) {
        self.before(stops);
        let last = self.go(&stops[stops.len() - 1]);
        self.leave_in_time(&last);
        self.home(last.end);
    }

    /// She answers a few minutes after she was asked.
    fn late(&mut self, stops: &[Stop]) {
        self.before(stops);
        let last = self.go(&stops[stops.len() - 1]);
        let later = self.author.dice.from(1, 8);
        self.leave(&last, last.end + minutes(later));
        self.home(last.end + minutes(later + 1));
    }

    /// Nothing comes; perhaps much later.
    fn silent(&mut self, stops: &[Stop]) {
        let which = self.author.dice.below(stops.len());
        self.before(&stops[..=which]);
        let last = self.go(&stops[which]);
        if self.author.dice.chance(35) {
            let later = self.author.dice.from(40, 220);
            self.leave(&last, last.end + minutes(later));
            self.home(last.end + minutes(later + 2));
        }
    }

    /// "ok" after the agreed end, and then left, or silence.
    fn well_after(&mut self, stops: &[Stop]) {
        self.before(stops);
        let last = self.go(&stops[stops.len() - 1]);
        let later = self.author.dice.from(2, 40);
        self.tell(last.end + minutes(later), "ok".to_owned(), Meaning::Fine);
        if self.author.dice.chance(50) {
            self.leave(&last, last.end + minutes(later + 6));
            self.home(last.end + minutes(later + 7));
        }
    }

    fn longer(&mut self, stops: &[Stop]) {
        self.before(stops);
        let last = self.go(&stops[stops.len() - 1]);
        let more = self.author.dice.from(2, 6) * 15;
        let end = last.end + minutes(more);
        let local = end.with_timezone(&London).format("%H:%M").to_string();
        if local.starts_with("01") {
            return;
        }
        let at = last.end - minutes(self.author.dice.from(3, 12));
        let meaning = Meaning::Until {
            reference: last.reference.clone(),
            end,
        };
        self.tell(at, format!("extend until {local}"), meaning);
        if self.author.dice.chance(60) {
            self.leave(&last, end - minutes(3));
            self.home(end);
        }
    }

    /// A code phrase, in a message of its own or in the edit of one; then she says what she is made to say.
    fn phrase(&mut self, stops: &[Stop]) {
        self.before(stops);
        let last = self.go(&stops[stops.len() - 1]);
        let phrase = self.author.dice.pick(self.phrases).clone();
        let words = match phrase.starts_with("late") {
            true => format!("I am going to be {phrase}"),
            false => format!("the details are in the {phrase}"),
        };
        let at = last.start + minutes(self.author.dice.from(8, 25));
        if self.author.dice.chance(30) {
            let event = self.note(at);
            let later = at + minutes(2);
            let act = Act::Edit {
                of: event,
                body: words,
            };
            let spot = Spot::Direct(self.who.clone());
            self.say(later, spot, act, Meaning::Phrase);
        } else {
            self.tell(at, words, Meaning::Phrase);
        }
        for (after, chance) in [(4, 50), (9, 30)] {
            if self.author.dice.chance(chance) {
                self.note(at + minutes(after));
            }
        }
        if self.author.dice.chance(60) {
            self.leave(&last, last.end - minutes(1));
            self.home(last.end + minutes(1));
        }
    }

    /// In plain words; or in words that nobody can read.
    fn asks(&mut self, stops: &[Stop], meaning: Meaning) {
        self.before(stops);
        let last = self.go(&stops[stops.len() - 1]);
        let at = last.start + minutes(self.author.dice.from(6, 20));
        match meaning {
            Meaning::Sos => self.tell(at, "/sos".to_owned(), Meaning::Sos),
            Meaning::RingMe => self.tell(at, "ring me".to_owned(), Meaning::RingMe),
            _ => {
                let spot = Spot::Direct(self.who.clone());
                self.say(at, spot, Act::Unreadable, Meaning::Unreadable)
            }
        };
        if self.author.dice.chance(70) {
            self.leave(&last, last.end - minutes(1));
            self.home(last.end + minutes(1));
        }
    }

    /// A visit with an agreed check-in, kept or missed.
    fn checked(&mut self, stops: &[Stop]) {
        let stop = &stops[0];
        let check = stop.start + minutes((stop.end - stop.start).num_minutes() / 2);
        let local = check.with_timezone(&London).format("%H").to_string();
        if local == "01" {
            return;
        }
        let stop = self.log(stop, Some(check));
        if self.author.dice.chance(50) {
            let at = check + minutes(self.author.dice.from(1, 8));
            self.tell(at, "ok".to_owned(), Meaning::Fine);
        }
        if self.author.dice.chance(60) {
            self.leave(&stop, stop.end - minutes(1));
            self.home(stop.end);
        }
    }

    /// The entry is edited to another end.
    fn corrected(&mut self, stops: &[Stop]) {
        let stop = self.log(&stops[0], None);
        let more = self.author.dice.from(1, 4) * 15;
        let end = stop.end + minutes(more);
        let local = |at: Time| at.with_timezone(&London).format("%H:%M").to_string();
        if local(end).starts_with("01") {
            return;
        }
        let body = format!(
            "/visit {} {}-{}",
            stop.reference,
            local(stop.start),
            local(end)
        );
        let written = self
            .out
            .iter()
            .find(|speech| speech.event == stop.logged_in);
        let Some((spot, at)) = written.map(|speech| (speech.spot.clone(), speech.at)) else {
            return;
        };
        let act = Act::Edit {
            of: stop.logged_in.clone(),
            body,
        };
        let meaning = Meaning::VisitNow {
            reference: stop.reference.clone(),
            end,
        };
        self.say(at + minutes(3), spot, act, meaning);
        if self.author.dice.chance(60) {
            self.leave(&stop, end - minutes(4));
            self.home(end);
        }
    }

    /// It does not take place; nothing is to be heard of it again.
    fn called_off(&mut self, last: &Stop, stops: &[Stop]) {
        if stops.len() > 1 {
            self.before(stops);
        }
        let stop = self.log(last, None);
        let text = format!("cancel {}", stop.reference);
        let meaning = Meaning::Cancel(stop.reference.clone());
        self.tell(stop.start - minutes(4), text, meaning);
        if stops.len() > 1 {
            self.home(stop.start);
        }
    }
}
