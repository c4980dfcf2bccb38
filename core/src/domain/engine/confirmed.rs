//! Whether the reason for closing a call for help says how she was seen, or who of the police confirmed it.

/// Words that tell of somebody who saw her, or of an officer.
const SEEN: &[&str] = &[
    "seen",
    "saw",
    "see",
    "sees",
    "met",
    "meet",
    "visited",
    "face",
    "person",
    "beside",
    "next",
    "with",
    "door",
    "doorstep",
    "here",
    "office",
    "hospital",
    "ward",
    "station",
    "collected",
    "fetched",
    "arrived",
    "standing",
    "pc",
    "dc",
    "ds",
    "di",
    "ps",
    "wpc",
    "pcso",
    "sgt",
    "sergeant",
    "constable",
    "inspector",
    "officer",
    "officers",
    "police",
];
/// Words that only tell what somebody heard or believes.
const HEARSAY: &[&str] = &[
    "ok", "okay", "fine", "good", "well", "safe", "false", "mistake", "error", "accident", "test",
    "think", "believe", "says", "said", "rang", "called", "texted", "wrote", "message", "messaged",
    "replied", "spoke",
];

/// True if these words can close a call for help (design, invariant 4). Somebody who is made to speak says on the
/// phone that all is well; so hearing from her is not enough.
pub(super) fn confirms(reason: &str) -> bool {
    let words: Vec<String> = reason
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let seen = words.len() >= 2 && any(SEEN);
    seen || words.len() >= 3 && !any(HEARSAY)
}

#[cfg(test)]
mod tests {
    use super::confirms;

    #[test]
    fn a_sighting_or_an_officer_is_enough() {
        for reason in [
            "seen by PC 1234 at the door, safe",
            "PC 1234",
            "I met her at the nursery, she is fine",
            "police confirmed, log 77",
            "spoke to her in person",
            "Hana took her to A&E herself",
        ] {
            assert!(confirms(reason), "{reason}");
        }
    }

    #[test]
    fn a_word_of_hers_or_a_belief_is_not() {
        for reason in [
            "",
            "ok",
            "she is fine really",
            "false alarm I think",
            "rang her, she says all good",
            "police",
        ] {
            assert!(!confirms(reason), "{reason}");
        }
    }
}
