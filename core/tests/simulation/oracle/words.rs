//! The few words of the bot's that the oracle knows: the headlines by which the kind of an alarm is told.

use crate::simulation::town::Team;

/// The ladder that a page's headline speaks of.
pub fn kind(text: &str) -> Option<&'static str> {
    let headline = text.lines().next()?;
    let kinds = [
        ("has not reported out of", "visit"),
        ("made so that others would not notice", "duress"),
        ("POSSIBLY", "possible"),
        ("CALL FOR HELP", "sos"),
        ("missed the check-in", "check_in"),
        ("missed a check-in", "check_in"),
        ("asks to be rung", "ring_me"),
        ("cannot be read", "unreadable"),
        ("has not said home", "shift_end"),
        ("has a concern", "concern"),
    ];
    let found = kinds.iter().find(|(words, _)| headline.contains(words));
    found.map(|(_, kind)| *kind)
}

/// Whom a headline names.
pub fn worker(team: &Team, text: &str) -> Option<String> {
    let headline = text.lines().next()?;
    let named = team.people.iter().find(|p| headline.contains(&p.name));
    named.map(|p| p.id.clone())
}
