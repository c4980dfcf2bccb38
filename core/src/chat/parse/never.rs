//! `never arrived`, `hasn't turned up`, `no-show`: she did not come there, which is cause for concern.

/// What says no.
const NEVER: &[&str] = &[
    "never", "did not", "didnt", "has not", "hasnt", "have not", "havent", "not", "no",
];
/// What can hardly mean anything else, whatever follows but for `until ten`.
const CLEAR: &[&str] = &[
    "arrived",
    "arrive",
    "turned up",
    "turn up",
    "showed up",
    "show up",
    "made it",
    "make it",
];
/// What counts only at the end of what is said: `not come`, but not `not come to the door`.
const CAME: &[&str] = &[
    "came",
    "come",
    "showed",
    "show",
    "been",
    "been seen",
    "got there",
    "get there",
    "sign",
    "sign of her",
    "sign of him",
    "sign of them",
    "sign of anybody",
    "sign of anyone",
];
/// What may follow, and then the end.
const BEHIND: &[&str] = &["at all", "today", "here", "there", "yet", "now", "so far"];
/// Where something new begins.
const AND: &[&str] = &[
    "and",
    "but",
    "so",
    "or",
    "because",
    "since",
    "they",
    "he",
    "she",
    "says",
    "said",
    "according",
];
/// She came, but later or otherwise.
const LATER: &[&str] = &[
    "until", "till", "late", "before", "early", "alone", "with", "by", "in", "on", "home", "back",
];

/// True where the words say that she never came. One slip in a long word is forgiven.
pub(super) fn never_arrived(words: &str) -> bool {
    let tokens = tokens(words);
    (0..tokens.len()).any(|at| {
        NEVER.iter().any(|never| {
            let Some(next) = phrase(&tokens, at, never) else {
                return false;
            };
            let then = |came: &&str| phrase(&tokens, next, came);
            let clear = CLEAR.iter().filter_map(then).any(|end| {
                let word = tokens.get(end).map(String::as_str).unwrap_or_default();
                !LATER.contains(&word)
            });
            clear || CAME.iter().filter_map(then).any(|end| ends(&tokens, end))
        })
    })
}

/// Words in lower case without apostrophes; `.` stands for punctuation.
fn tokens(words: &str) -> Vec<String> {
    let low = words.to_lowercase().replace(['\'', '’'], "");
    let low = low.replace(" - ", ". ");
    let mut all = Vec::new();
    for word in low.split([' ', '-']).filter(|word| !word.is_empty()) {
        let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !plain.is_empty() {
            all.push(plain.to_owned());
        }
        if !word.ends_with(char::is_alphanumeric) {
            all.push(".".to_owned());
        }
    }
    all
}

/// Where the phrase that begins at `at` ends.
fn phrase(tokens: &[String], at: usize, phrase: &str) -> Option<usize> {
    let mut next = at;
    for want in phrase.split(' ') {
        let word = tokens.get(next)?;
        let slip = want.len() >= 5 && strsim::damerau_levenshtein(word, want) == 1;
        if word != want && !slip {
            return None;
        }
        next += 1;
    }
    Some(next)
}

fn ends(tokens: &[String], mut at: usize) -> bool {
    while let Some(next) = BEHIND.iter().find_map(|behind| phrase(tokens, at, behind)) {
        at = next;
    }
    tokens
        .get(at)
        .is_none_or(|word| word == "." || AND.contains(&word.as_str()))
}
