//! Moments and lengths of time as a policy file writes them.

use chrono::Duration;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What a step's time is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Scheduled start of the visit.
    Start,
    /// Agreed end of the visit, as it stands.
    Due,
    /// The agreed check-in.
    CheckIn,
    /// The expected return; the agreed end where none was given.
    Return,
    /// Agreed end of the last visit of the shift.
    FinalEnd,
    /// The last confirmed contact.
    LastSighting,
    /// When the last visit was reported over, and only her report that she is back was left to come.
    VisitsOver,
    /// When the alarm was raised.
    Raised,
    /// When the step before was taken.
    PreviousStep,
}

/// An anchor and a distance from it: `last_sighting+3h`, `due`, `final_end-15m`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// From where.
    pub anchor: Anchor,
    /// How far; may be negative.
    pub offset: Duration,
}

/// A length of time in a policy file: `90m`, `1h30m`, `6s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub struct Span(pub Duration);

impl Span {
    /// So many minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self(Duration::minutes(minutes))
    }

    /// Reads `90m`, `1h30m`, `6s`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut seconds = 0_i64;
        let mut number = String::new();
        for c in text.chars() {
            if c.is_ascii_digit() {
                number.push(c);
                continue;
            }
            let unit = match c {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                'd' => 86400,
                _ => return None,
            };
            let count: i64 = number.parse().ok().filter(|n| *n <= 100_000)?;
            seconds += count * unit;
            number.clear();
        }
        (number.is_empty() && !text.is_empty()).then(|| Self(Duration::seconds(seconds)))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&format_args!("{}s", self.0.num_seconds()))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is not a length of time; write 90m, 1h30m or 45s"
            ))
        })
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let split = text.find(['+', '-']).unwrap_or(text.len());
        let (anchor, distance) = text.split_at(split);
        let anchor =
            Anchor::deserialize(de::value::StrDeserializer::<D::Error>::new(anchor.trim()))?;
        let distance = distance.replace(' ', "");
        let offset = match distance.split_at_checked(1) {
            None | Some(("", _)) => Duration::zero(),
            Some((sign, span)) => {
                let span = Span::parse(span).ok_or_else(|| {
                    de::Error::custom(format!("`{text}` is not a moment; write final_end+15m"))
                })?;
                if sign == "-" { -span.0 } else { span.0 }
            }
        };
        Ok(Self { anchor, offset })
    }
}
