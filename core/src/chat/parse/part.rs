//! Parts of the day: `this morning`, `tonight`.

use super::clock::Clock;
use chrono::{NaiveTime, Timelike};

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Up to noon.
    Morning,
    /// Noon to six.
    Afternoon,
    /// From four on.
    Evening,
    /// From six on, and the small hours.
    Night,
    /// The night before today.
    LastNight,
}

impl Part {
    /// Is this time in it?
    pub fn holds(self, time: NaiveTime) -> bool {
        let hour = time.hour();
        match self {
            Self::Morning => hour < 12,
            Self::Afternoon => (12..18).contains(&hour),
            Self::Evening => hour >= 16,
            Self::Night | Self::LastNight => !(6..17).contains(&hour),
        }
    }

    /// A time near its beginning.
    pub fn begins(self) -> NaiveTime {
        let hour = match self {
            Self::Morning => 8,
            Self::Afternoon => 13,
            Self::Evening => 18,
            Self::Night | Self::LastNight => 20,
        };
        Clock::sure(hour, 0).literal()
    }

    /// The part that a word names.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "morning" | "morn" | "mornin" | "breakfast" => Self::Morning,
            "afternoon" | "arvo" | "teatime" => Self::Afternoon,
            "evening" | "eve" => Self::Evening,
            "night" | "nite" | "tonight" | "overnight" => Self::Night,
            _ => return None,
        })
    }
}
