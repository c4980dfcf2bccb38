//! What the bot sent, and how it reads as a line.

use crate::rehearsal::script::{ExpectPlace, written};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Where the bot said something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SentPlace {
    /// The team's room.
    Team,
    /// The managers' room.
    Managers,
    /// The direct chat with the person of this id.
    Person(String),
    /// An e-mail to this address.
    Email(String),
    /// A text message to this number.
    Sms(String),
}

/// One message that the bot sent. A message in a thread belongs to its room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When (simulated, UTC).
    pub at: DateTime<Utc>,
    /// Where.
    pub place: SentPlace,
    /// The ids of the people whom it pings.
    pub pings: Vec<String>,
    /// Its plain text.
    pub text: String,
    /// True where it replaces an earlier message: counts for `never` only.
    pub edit: bool,
}

impl Sent {
    /// The message as an expectation line that it satisfies, `15:00 bot > amira [amira]: …`, below a line at
    /// `previous` (the date stands there only where it is another day). Times in `tz`.
    pub fn line(&self, previous: DateTime<Utc>, tz: Tz) -> String {
        let place = match &self.place {
            SentPlace::Team => "team".to_owned(),
            SentPlace::Managers => "managers".to_owned(),
            SentPlace::Person(id) => id.clone(),
            SentPlace::Email(address) => format!("email:{address}"),
            SentPlace::Sms(number) => format!("sms:{number}"),
        };
        let pings = match &self.place {
            SentPlace::Email(_) | SentPlace::Sms(_) => String::new(),
            _ => format!(" [{}]", self.pings.join(" ")),
        };
        // A lone `&&` would join two patterns; `&*&` matches it. An empty text only `*` can stand for.
        let words = self
            .text
            .split_whitespace()
            .map(|word| if word == "&&" { "&*&" } else { word });
        let text = match words.collect::<Vec<_>>().join(" ") {
            empty if empty.is_empty() => "*".to_owned(),
            text => text,
        };
        format!(
            "{} bot > {place}{pings}: {text}",
            written(self.at, false, previous, tz)
        )
    }
}

impl ExpectPlace {
    /// True where a message in that place is meant. Addresses compare without case, numbers by their digits.
    pub fn covers(&self, place: &SentPlace) -> bool {
        let digits = |number: &str| -> String {
            number
                .chars()
                .filter(|c| c.is_ascii_digit() || *c == '+')
                .collect()
        };
        match (self, place) {
            (Self::Any, _)
            | (Self::Team, SentPlace::Team)
            | (Self::Managers, SentPlace::Managers) => true,
            (Self::Person(id), SentPlace::Person(other)) => id == other,
            (Self::Email(address), SentPlace::Email(other)) => {
                address.to_lowercase() == other.to_lowercase()
            }
            (Self::Sms(number), SentPlace::Sms(other)) => digits(number) == digits(other),
            _ => false,
        }
    }
}
