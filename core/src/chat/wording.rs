//! Every sentence that a person reads: plain English, short, kind, readable on a phone.
//!
//! What the worker's phone shows is neutral, because others may read its lock screen: unless she sent
//! `/sos`, nothing in the team room or in her chat says alarm, danger, police or 999.

pub mod address;
mod backwards;
pub mod bad;
pub mod cover;
pub mod daily;
mod deeds;
pub mod desk;
pub mod drill;
pub mod drill_report;
pub mod handover;
pub mod help;
pub mod news;
mod overlap;
mod pages;
pub mod policy;
pub mod proof;
mod reach;
pub mod record;
pub mod registers;
mod responders;
pub mod rooms;
pub mod roster;
pub mod sheet;
pub mod switch;
pub mod taps;
mod worker;

use crate::domain::command::Next;
use crate::domain::ids::PersonId;
use crate::domain::notice::Notice;
use crate::domain::roster::{Person, Team};
use crate::domain::shift::{Sighting, SightingKind, Visit};
use chrono::{DateTime, Duration, Utc};

/// What a sentence may look up: names, numbers and the team's time zone.
pub struct Words<'a> {
    /// The team.
    pub team: &'a Team,
    /// The moment at which it is said.
    pub now: DateTime<Utc>,
    /// A reference of the team's form, for lines to copy.
    pub example: &'a str,
}

/// The plain text of a notice.
pub fn render(notice: &Notice, words: &Words<'_>) -> String {
    worker::render(notice, words)
        .or_else(|| responders::render(notice, words))
        .or_else(|| backwards::render(notice, words))
        .or_else(|| news::render(notice, words))
        .or_else(|| address::render(notice, words))
        .or_else(|| reach::render(notice, words))
        .unwrap_or_else(|| match notice {
            Notice::Page(card) => pages::page(card, words),
            other => {
                debug_assert!(false, "{other:?} has no words");
                String::new()
            }
        })
}

impl Words<'_> {
    /// `14:00`, in the team's zone.
    pub fn time(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.team.tz).format("%H:%M").to_string()
    }

    /// `14:00`, with the day where it is not today.
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        let (local, now) = (
            at.with_timezone(&self.team.tz),
            self.now.with_timezone(&self.team.tz),
        );
        if local.date_naive() == now.date_naive() {
            return self.time(at);
        }
        format!("{} on {}", self.time(at), local.format("%a %-d %b"))
    }

    /// `I will ask you at 15:00`, for a visit that is logged, and what follows it; what is over by now is asked now.
    pub fn will_ask(&self, whom: &str, at: DateTime<Utc>) -> String {
        if at <= self.now {
            return format!("I am asking {whom} now");
        }
        format!("I will ask {whom} at {}", self.moment(at))
    }

    /// `Mon 2 March, 14:00–15:00 GMT`.
    pub fn span(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> String {
        let (from, to) = (
            start.with_timezone(&self.team.tz),
            end.with_timezone(&self.team.tz),
        );
        let day = from.format("%a %-d %B");
        let zone = |at: &DateTime<chrono_tz::Tz>| at.format("%Z").to_string();
        let (first, last) = (zone(&from), zone(&to));
        let next_day = if from.date_naive() == to.date_naive() {
            String::new()
        } else {
            to.format(" (%a)").to_string()
        };
        if first == last {
            return format!(
                "{day}, {}–{}{next_day} {first}",
                from.format("%H:%M"),
                to.format("%H:%M")
            );
        }
        // The clocks change during the visit: both zones are said.
        format!(
            "{day}, {} {first}–{} {last}{next_day}",
            from.format("%H:%M"),
            to.format("%H:%M")
        )
    }

    /// `LCS1234 AB, Mon 2 March, 14:00–15:00 GMT`, and what else was agreed.
    pub fn visit(&self, visit: &Visit) -> String {
        let mut text = format!(
            "{}, {}",
            self.short(visit),
            self.span(visit.start, visit.end)
        );
        if let Some(category) = visit.category {
            text += &format!(", category {category}");
        }
        if !visit.with.is_empty() {
            text += &format!(", with {}", self.names(&visit.with));
        }
        let checks: Vec<String> = visit
            .checks
            .iter()
            .map(|check| match check.call {
                true => format!("{} by phone", self.time(check.at)),
                false => self.time(check.at),
            })
            .collect();
        if !checks.is_empty() {
            text += &format!(", check-in {}", join(&checks));
        }
        if let Some(back) = visit.back {
            text += &format!(", back {}", self.time(back));
        }
        match &visit.next {
            Some(Next::Home) => text += ", then home",
            Some(Next::Office) => text += ", then the office",
            Some(Next::Visit(reference)) => text += &format!(", then {reference}"),
            None => {}
        }
        text
    }

    /// `LCS1234 AB`.
    pub fn short(&self, visit: &Visit) -> String {
        match &visit.initials {
            Some(initials) => format!("{} {initials}", visit.reference),
            None => visit.reference.clone(),
        }
    }

    /// `15:24, was spoken to by Dan`.
    pub(super) fn sighting(&self, sighting: &Sighting) -> String {
        let at = self.moment(sighting.at);
        let how = match sighting.how {
            SightingKind::Logged => "a visit was logged",
            SightingKind::Arrived => "arrived",
            SightingKind::Left => "left",
            SightingKind::Ok => "said all was well",
            SightingKind::Extended => "asked for more time",
            SightingKind::Back => "was home or at the office",
            SightingKind::Wrote => "wrote a note",
            SightingKind::Location => "shared a location",
            SightingKind::Reached => "was spoken to",
            SightingKind::Seen => "was seen",
        };
        let place = sighting
            .reference
            .as_ref()
            .map_or(String::new(), |reference| format!(" ({reference})"));
        let by = match sighting.how {
            SightingKind::Reached | SightingKind::Seen => {
                format!(" by {}", self.first(&sighting.by))
            }
            _ => String::new(),
        };
        format!("{at}, {how}{by}{place}")
    }

    /// `2026-03-06 17:00`, as it can be sent.
    pub fn date_and_time(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.team.tz)
            .format("%Y-%m-%d %H:%M")
            .to_string()
    }

    /// `Fri 6 March 17:00`.
    pub fn day_and_time(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.team.tz)
            .format("%a %-d %B %H:%M")
            .to_string()
    }

    /// `LCS1234, Mon 2 March, 14:00–15:00 GMT`
    pub fn dated(&self, visit: &Visit) -> String {
        format!("{}, {}", visit.reference, self.span(visit.start, visit.end))
    }

    /// `LCS1234 14:00–15:00`.
    pub fn brief(&self, visit: &Visit) -> String {
        format!(
            "{} {}–{}",
            visit.reference,
            self.time(visit.start),
            self.time(visit.end)
        )
    }

    /// The full name.
    pub fn full<'a>(&'a self, id: &'a PersonId) -> &'a str {
        self.team
            .person(id)
            .map_or(id.0.as_str(), |person| person.name.as_str())
    }

    /// The first name.
    pub fn first<'a>(&'a self, id: &'a PersonId) -> &'a str {
        self.team.called(id)
    }

    /// `Ben and Dan`.
    pub fn names(&self, ids: &[PersonId]) -> String {
        let names: Vec<String> = ids.iter().map(|id| self.first(id).to_owned()).collect();
        join(&names)
    }

    /// `07700 900101, at home 01632 960101`; what to say where there is no number.
    pub fn numbers(&self, person: Option<&Person>) -> String {
        let Some(person) = person else {
            return "no number known".to_owned();
        };
        let mobile = person.phone.clone();
        let landline = person
            .landline
            .as_ref()
            .map(|number| format!("at home {number}"));
        let numbers: Vec<String> = mobile.into_iter().chain(landline).collect();
        if numbers.is_empty() {
            "no number known".to_owned()
        } else {
            numbers.join(", ")
        }
    }
}

/// What somebody wrote, as it is shown to others: one line, without control and direction marks, and not
/// longer than a phone shows; the whole of it stays in the log.
pub fn said(text: &str) -> String {
    const LONGEST: usize = 500;
    let hidden = |c: char| {
        c.is_control() && !c.is_whitespace()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    let plain: String = text.chars().filter(|c| !hidden(*c)).collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let start: String = line.chars().take(LONGEST).collect();
    format!("{start}… (cut; the whole is in the log)")
}

/// `a, b and c`.
pub fn join(words: &[String]) -> String {
    match words {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `15 minutes`, `1 hour 30 minutes`, `6 seconds`.
pub fn length(span: Duration) -> String {
    let (hours, minutes, seconds) = (
        span.num_hours(),
        span.num_minutes() % 60,
        span.num_seconds() % 60,
    );
    let part = |n: i64, unit: &str| match n {
        0 => None,
        1 => Some(format!("1 {unit}")),
        n => Some(format!("{n} {unit}s")),
    };
    let parts: Vec<String> = [
        part(hours, "hour"),
        part(minutes, "minute"),
        part(seconds, "second"),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.join(" ")
}
