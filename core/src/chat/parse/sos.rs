//! Calls for help without a command. Rather one too many: a human looks at each.

use super::clean::single_spaced;

/// The words of a call for help, where a whole direct message is one.
pub(super) fn call_for_help(text: &str) -> Option<String> {
    let plain = plain(text);
    if let Some(words) = after_sos(text) {
        return Some(words);
    }
    let mut said: Vec<&str> = plain.split(' ').filter(|w| !w.is_empty()).collect();
    // `help help help`
    said.dedup();
    while let Some((first, rest)) = said.split_first()
        && !rest.is_empty()
        && matches!(*first, "please" | "pls" | "plz" | "oh" | "god" | "omg")
    {
        said = rest.to_vec();
    }
    while let Some((last, rest)) = said.split_last()
        && !rest.is_empty()
        && matches!(
            *last,
            "please" | "pls" | "plz" | "now" | "quick" | "quickly" | "asap"
        )
    {
        said = rest.to_vec();
    }
    said.dedup();
    let whole = said.join(" ");
    let known = CALLS.contains(&whole.as_str());
    let begins = said.first() == Some(&"help") && said.iter().any(|w| ALARMING.contains(w));
    (known || begins).then(|| text.to_owned())
}

/// `/help me`, `/help he has a knife`: somebody who does not want the manual.
pub(super) fn help_is_a_call(rest: &str) -> bool {
    let plain = plain(rest);
    let first = plain.split(' ').next().unwrap_or_default();
    let me = matches!(first, "me" | "us") || matches!(plain.as_str(), "please help" | "now");
    me || plain.split(' ').count() > 1 && plain.split(' ').any(|w| ALARMING.contains(&w))
}

const CALLS: &[&str] = &[
    "help",
    "help me",
    "helpme",
    "soshelp",
    "help us",
    "help me please help",
    "i need help",
    "i need help urgently",
    "need help",
    "send help",
    "get help",
    "sos",
    "s o s",
    "s0s",
    "999",
    "112",
    "911",
    "police",
    "the police",
    "call the police",
    "call police",
    "phone the police",
    "ring the police",
    "get the police",
    "send the police",
    "send police",
    "i need the police",
    "need the police",
    "need police",
    "call 999",
    "ring 999",
    "phone 999",
    "dial 999",
    "call an ambulance",
    "emergency",
    "this is an emergency",
    "its an emergency",
    "it is an emergency",
    "mayday",
    "im in danger",
    "i am in danger",
];

pub(super) const ALARMING: &[&str] = &[
    "knife",
    "gun",
    "weapon",
    "attack",
    "attacked",
    "attacking",
    "hurt",
    "hurting",
    "hit",
    "hitting",
    "locked",
    "trapped",
    "police",
    "999",
    "ambulance",
    "danger",
    "scared",
    "bleeding",
    "threatening",
    "threatened",
];

/// `sos he has a knife`: what stands behind the word.
fn after_sos(text: &str) -> Option<String> {
    let head = text.get(..3).filter(|h| h.eq_ignore_ascii_case("sos"))?;
    let rest = &text[head.len()..];
    if rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    Some(
        rest.trim_start_matches(|c: char| !c.is_alphanumeric())
            .to_owned(),
    )
}

/// Letters and digits only, lower case, single spaces.
fn plain(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|c| *c != '\'')
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    single_spaced(&spaced)
}
