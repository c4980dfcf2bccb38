//! Names for things, so that one kind cannot be passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The short name of a person in `bot-config.toml` (`amira`), lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub String);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for PersonId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

/// The number people say of an alarm: `A12`. Counted per team, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlarmNumber(pub u32);

impl fmt::Display for AlarmNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A{}", self.0)
    }
}

/// The id of a shift for the log: from its day on, without the team and the worker, for nobody's name is in a log. What is
/// no such id stays as it is.
pub fn unnamed(id: &str) -> String {
    let is_day = |part: &&str| chrono::NaiveDate::parse_from_str(part, "%Y-%m-%d").is_ok();
    let parts: Vec<&str> = id.split('/').collect();
    match parts.iter().rposition(is_day) {
        Some(day) => format!("\u{2026}/{}", parts[day..].join("/")),
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::unnamed;

    #[test]
    fn the_id_of_a_shift_is_shown_without_names() {
        for (id, shown) in [
            (
                "North/amira/2026-03-02/1772460000000",
                "\u{2026}/2026-03-02/1772460000000",
            ),
            (
                "North/East/amira/2026-03-02/17/drill",
                "\u{2026}/2026-03-02/17/drill",
            ),
            ("North", "North"),
        ] {
            assert_eq!(unnamed(id), shown);
        }
    }
}
