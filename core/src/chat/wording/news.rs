//! Quiet lines that a rule of the document asks for: to one person, or to the team's room.

use super::Words;
use crate::domain::notice::{News, Notice};

/// The text, if the notice is such a line.
pub fn render(notice: &Notice, words: &Words<'_>) -> Option<String> {
    Some(match notice {
        Notice::News {
            worker,
            visit,
            what,
            cite,
        } => {
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
                    "{name} has begun a visit that is not for one person, and no second worker has confirmed: {visit}. Please \
                     ask who goes along, or call it off."
                ),
                News::Accompanied => format!("A second worker has confirmed for {name}: {visit}."),
                News::Ended => format!("{name} is out of {visit}."),
                News::NotEnded => format!("{name} took that back, and is not out of {visit} yet."),
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
            arrived,
        } => {
            let (name, visit) = (words.first(worker), words.brief(visit));
            match arrived {
                true => format!("{name} has arrived: {visit}"),
                false => format!("{name} has left: {visit}"),
            }
        }
        _ => return None,
    })
}
