//! `/claim LCS1234`, `/asked LCS1234 words`, `/concern A12 words`: what is said while one works backwards.

use super::Listening;
use super::clean::{Word, join, words};
use super::reference::{attempt_at, reference_at};
use super::responder::{aimed, alarm, target_at};
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{Command, Target};

/// Reads what stands behind `/claim`.
pub(super) fn claim(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<Command, Bad> {
    let (target, reference, next) = place(all, "claim", ctx)?;
    let fix = format!("/claim {}", ctx.reference_example);
    if let Some(token) = attempt_at(all, next).filter(|_| reference.is_none()) {
        return Err(Bad::with_fix(Why::UnknownReference { token }, fix));
    }
    Ok(Command::Claim { target, reference })
}

/// Reads what stands behind `/asked`.
pub(super) fn asked(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<Command, Bad> {
    let (target, reference, next) = place(all, "asked", ctx)?;
    if let Some(token) = attempt_at(all, next).filter(|_| reference.is_none()) {
        let fix = format!("/asked {}", ctx.reference_example);
        return Err(Bad::with_fix(Why::UnknownReference { token }, fix));
    }
    let words = join(all, next);
    let never = never_arrived(&words);
    // What the command says by itself is not said twice.
    let bare = [
        "never arrived",
        "she never arrived",
        "he never arrived",
        "they never arrived",
        "no answer",
        "nobody answered",
        "nobody answers",
        "no reply",
        "nobody there",
    ];
    let low = words.to_lowercase();
    let words = match bare.contains(&low.trim_end_matches('.')) {
        true => String::new(),
        false => words,
    };
    Ok(Command::Asked {
        target,
        reference,
        words,
        never,
    })
}

/// The target and the reference, in any order, and where the words begin.
fn place(
    all: &[Word<'_>],
    name: &str,
    ctx: &Listening<'_>,
) -> Result<(Target, Option<String>, usize), Bad> {
    let mut target = Target::default();
    let mut reference = None;
    let mut next = 0;
    loop {
        let before = next;
        if let Some((found, after)) = reference_at(all, next, ctx).filter(|_| reference.is_none()) {
            reference = Some(found);
            next = after;
        }
        // Behind the place a name begins what was said: "amira left at three".
        if reference.is_none() || points(all, next) {
            next = target_at(all, next, &mut target, name, ctx)?;
        }
        if next == before {
            return Ok((target, reference, next));
        }
    }
}

/// True for `@amira` and `A12`, which can be nothing else.
fn points(all: &[Word<'_>], at: usize) -> bool {
    let low = all.get(at).map_or("", |w| w.low.as_str());
    low.starts_with('@') || alarm(low).is_some()
}

/// True where the words say that she never came.
fn never_arrived(words: &str) -> bool {
    let low = words.to_lowercase().replace(['\'', '’'], "");
    const NEVER: &[&str] = &["never", "did not", "didnt", "has not", "hasnt", "not", "no"];
    const CAME: &[&str] = &[
        "arrived",
        "arrive",
        "came",
        "come",
        "turned up",
        "turn up",
        "showed up",
        "show up",
        "showed",
        "show",
        "been there",
        "been here",
        "got there",
        "get there",
    ];
    let says = |never: &str, came: &str| {
        let phrase = format!("{never} {came}");
        low.match_indices(&phrase).any(|(at, _)| {
            let before = low[..at].chars().next_back();
            let after = low[at + phrase.len()..].chars().next();
            let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            edge(before) && edge(after)
        })
    };
    NEVER
        .iter()
        .any(|never| CAME.iter().any(|came| says(never, came)))
}

/// Reads what stands behind `/concern`: her own at a doorstep, or that of somebody who looks for her, who names the
/// alarm (`A12`, `@amira`) or answers its page.
pub(super) fn concern(rest: &str, ctx: &Listening<'_>) -> Result<Command, Bad> {
    let all = words(rest);
    let named = points(&all, 0);
    let own = Command::Concern {
        words: rest.to_owned(),
    };
    if !named && !ctx.answering {
        return Ok(own);
    }
    match aimed(&all, "concern", ctx) {
        Ok((target, words)) => Ok(Command::Worry { target, words }),
        // Whoever stands at a door must be heard, whatever the first word is.
        Err(_) if !named => Ok(own),
        Err(bad) => Err(bad),
    }
}
