//! `/claim LCS1234`, `/asked LCS1234 words`, `/concern A12 words`: what is said while one works backwards.

use super::Listening;
use super::clean::{Word, clean, join, words};
use super::never::never_arrived;
use super::reference::{attempt_at, reference_at};
use super::responder::{aimed, alarm, target_at};
use super::sayings::polite;
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
    let (words, never) = told(join(all, next));
    Ok(Command::Asked {
        target,
        reference,
        words,
        never,
    })
}

/// What was said there, without what the command says by itself; and whether she never arrived.
fn told(words: String) -> (String, bool) {
    const BARE: [&str; 9] = [
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
    let never = never_arrived(&words);
    let low = words.to_lowercase();
    match BARE.contains(&low.trim_end_matches('.')) {
        true => (String::new(), never),
        false => (words, never),
    }
}

/// Words without a command in answer to a place's line: what was said there. `None` for a question, for thanks, and
/// for who says that they ring there.
pub fn said_at_place(body: &str, ctx: &Listening<'_>) -> Option<Command> {
    let cleaned = clean(body);
    let all = words(&cleaned);
    let low = |at: usize| all.get(at).map_or("", |word| word.low.as_str());
    let from = usize::from(matches!(low(0), "asked" | "rang"));
    let (reference, next) = match reference_at(&all, from, ctx) {
        Some((found, next)) => (Some(found), next),
        None => (None, from),
    };
    let announces = |word: &str| {
        matches!(
            word,
            "i'll"
                | "ill"
                | "i'm"
                | "im"
                | "will"
                | "ringing"
                | "calling"
                | "trying"
                | "going"
                | "let"
                | "who"
        )
    };
    let about_to = announces(low(next))
        || low(next) == "i" && matches!(low(next + 1), "am" | "will" | "ring" | "can");
    let rest = join(&all, next);
    let remark = rest.ends_with('?')
        || polite(&rest)
        || matches!(rest.to_lowercase().as_str(), "ok" | "okay" | "yes" | "no");
    let nothing = !rest.contains(char::is_alphanumeric) && from == 0;
    if about_to && from == 0 || remark && !(rest.is_empty() && from > 0) || nothing {
        return None;
    }
    let (words, never) = told(rest);
    Some(Command::Asked {
        target: Target::default(),
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
