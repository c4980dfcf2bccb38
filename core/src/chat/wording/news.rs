//! Quiet lines that a rule of the document asks for: to one person, or to the team's room.

use super::Words;
use crate::domain::notice::{Line, News, Notice};

/// The text, if the notice is such a line.
pub fn render(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::News {
            worker,
            visit,
            what,
            cite,
        } => {
            let reference = &visit.reference;
            let (name, visit) = (words.full(worker), words.dated(visit));
            let told = match what {
                News::Unplanned => format!("{name} begins a visit that was not planned: {visit}."),
                News::NotTheDayBefore => {
                    format!("{name} logged this on the day itself, not the day before: {visit}.")
                }
                News::Alone => format!(
                    "{name} has logged a visit that is not for one person, and no second worker has confirmed: {visit}. Until \
                     one has, it is not covered."
                ),
                News::BegunAlone => format!(
                    "{name} has begun a visit that is not covered: {visit}. A second worker, or a manager's word, is missing. Please \
                     see to it, or call it off."
                ),
                News::Flagged { approval: false } => format!(
                    "{name} has logged a visit to a reference that is flagged: {visit}. Has it been discussed?"
                ),
                News::Flagged { approval: true } => format!(
                    "{name} has logged a visit to a reference that is flagged: {visit}. Do you agree to it?\n👍 yes (send: /approve \
                     {reference})\nUntil you do it is not covered."
                ),
                News::Untrained => format!(
                    "{name} is not trained, or no longer, and is the primary worker of a visit that needs it: {visit}."
                ),
                News::Accompanied => format!("A second worker has confirmed for {name}: {visit}."),
                News::Ended => format!("{name} is out of {visit}."),
                News::NotEnded => format!("{name} took that back, and is not out of {visit} yet."),
                News::NotBack => {
                    format!("{name} took that back, and is not home or at the office yet.")
                }
                News::Back { home: true } => format!("{name} is home. The last visit was {visit}."),
                News::Back { home: false } => {
                    format!("{name} is back at the office. The last visit was {visit}.")
                }
            };
            format!("{told} Rule: {}.", cite.trim_end_matches('.'))
        }
        Notice::TeamLine {
            worker,
            visit,
            line,
        } => {
            let (name, visit) = (words.first(worker), words.brief(visit));
            match line {
                Line::Arrived => format!("{name} has arrived: {visit}"),
                Line::Left => format!("{name} has left: {visit}"),
                Line::TookBack => format!("{name} took that back: {visit}"),
            }
        }
        _ => return None,
    })
}

/// Nobody is on a visit any more.
pub fn all_out(cite: &str) -> String {
    format!(
        "Everybody is out of their visits now. Rule: {}.",
        cite.trim_end_matches('.')
    )
}

/// It was taken back.
pub fn not_all_out(name: &str) -> String {
    format!("{name} took that back: not everybody is out yet.")
}
