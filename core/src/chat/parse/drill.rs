//! `/drill @amira overdue`, `/drill @amira duress`, `/drill stop`, `/drill report`.

use super::Listening;
use super::clean::{Word, words};
use super::people::{Named, person_at};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::DrillCommand;
use crate::domain::drill::DrillKind;
use crate::domain::ids::PersonId;

/// Words that change nothing.
const FILLING: &str = "with for about a an the on please start begin drill practice practise";

/// Reads what stands behind `/drill`; name and kind in any order.
pub(super) fn drill(text: &str, ctx: &Listening<'_>) -> Result<DrillCommand, Bad> {
    let all = words(text);
    if let [only] = all.as_slice() {
        match only.low.as_str() {
            "stop" | "off" | "end" | "over" | "cancel" => return Ok(DrillCommand::Stop),
            "report" | "reports" | "list" | "results" => return Ok(DrillCommand::Report),
            _ => {}
        }
    }
    let kind = all.iter().find_map(|word| kind_of(&word.low));
    let mut who = None;
    let mut at = 0;
    while at < all.len() {
        let word = all[at].low.as_str();
        let same = kind_of(word).is_some_and(|found| kind == Some(found));
        if same || FILLING.split(' ').any(|filling| filling == word) {
            at += 1;
        } else {
            let (found, next) = someone(&all, at, kind, ctx)?;
            if who.is_some() {
                return Err(Bad::with_fix(Why::NotUnderstood, line(&who, kind)));
            }
            (who, at) = (Some(found), next);
        }
    }
    match (who, kind) {
        (Some(who), Some(kind)) => Ok(DrillCommand::Begin { who, kind }),
        (None, _) => Err(Bad::with_fix(Why::NoPerson, line(&None, kind))),
        (who, None) => Err(Bad::with_fix(Why::WhichDrill, line(&who, None))),
    }
}

fn someone(
    all: &[Word<'_>],
    at: usize,
    kind: Option<DrillKind>,
    ctx: &Listening<'_>,
) -> Result<(PersonId, usize), Bad> {
    match person_at(all, at, ctx.people) {
        Named::One(who, next) => Ok((who, next)),
        Named::Several => Err(Bad::new(Why::SeveralPeople)),
        Named::Nobody if all[at].low.starts_with('@') => Err(Bad::with_fix(
            Why::UnknownPerson { name: None },
            line(&None, kind),
        )),
        Named::Nobody => Err(Bad::with_fix(Why::NotUnderstood, line(&None, kind))),
    }
}

fn kind_of(word: &str) -> Option<DrillKind> {
    Some(match word {
        "overdue" | "late" | "missing" | "silence" => DrillKind::Overdue,
        "duress" | "phrase" | "code-phrase" | "codephrase" | "help" | "call" => DrillKind::Duress,
        _ => return None,
    })
}

fn line(who: &Option<PersonId>, kind: Option<DrillKind>) -> String {
    let who = who.as_ref().map_or("amira", |who| who.0.as_str());
    let kind = match kind {
        Some(DrillKind::Duress) => "duress",
        _ => "overdue",
    };
    format!("/drill @{who} {kind}")
}
