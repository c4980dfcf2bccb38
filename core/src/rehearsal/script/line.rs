//! What stands behind a line's time.

use super::cursor::{Cursor, FileError};
use super::expectation::{expect, never};
use super::{Act, Known, SayPlace, What, World, clock};
use crate::rehearsal::glob::Glob;

/// Reads the rest of a line. `timed` says whether a time stood before it.
pub(super) fn what(
    cursor: &mut Cursor<'_>,
    timed: bool,
    known: Known<'_>,
) -> Result<What, FileError> {
    if cursor.at_end() {
        return match known.live && timed {
            true => Ok(What::Wait),
            false => Err(cursor.error(
                "nothing stands behind the time",
                "what happens then, for example `amira > team: /left` or `quiet`",
            )),
        };
    }
    if cursor.eat("!") {
        cursor.skip_space();
        return world(cursor, known).map(What::World);
    }
    let beginning = cursor.clone();
    match cursor.name() {
        "quiet" => end(cursor, "quiet").map(|()| What::Quiet),
        "never" => never(cursor, known).map(What::Never),
        "bot" => expect(cursor, known).map(What::Expect),
        who => {
            person(&beginning, who, known)?;
            let act = act(cursor, who)?;
            Ok(What::Act {
                who: who.to_owned(),
                act,
            })
        }
    }
}

pub(super) fn person(at: &Cursor<'_>, id: &str, known: Known<'_>) -> Result<(), FileError> {
    if (known.people)(id) {
        return Ok(());
    }
    let plain = id.trim_start_matches('@').to_lowercase();
    let right = match (known.people)(&plain) {
        true => format!("`{plain}`"),
        false => "the `id` of one of the configuration's people, such as `amira`".to_owned(),
    };
    Err(at.error(format!("nobody here has the id `{id}`"), right))
}

fn end(cursor: &Cursor<'_>, whole: &str) -> Result<(), FileError> {
    match cursor.at_end() {
        true => Ok(()),
        false => Err(cursor.error(
            format!("`{whole}` has nothing behind it"),
            format!("`{whole}` alone"),
        )),
    }
}

fn act(cursor: &mut Cursor<'_>, who: &str) -> Result<Act, FileError> {
    if cursor.eat(">") {
        return say(cursor, who);
    }
    let beginning = cursor.clone();
    match cursor.name() {
        "reacts" => reacts(cursor, who),
        "replies" => replies(cursor, who),
        "edits" => Ok(Act::Edits {
            text: text(cursor, &format!("`{who} edits: TEXT`"))?,
        }),
        "redacts" => end(cursor, "redacts").map(|()| Act::Redacts),
        "shares" => location(cursor, who),
        "sends" => match cursor.eat("unreadable") {
            true => end(cursor, "sends unreadable").map(|()| Act::Unreadable),
            false => Err(cursor.error(
                "only something unreadable is sent in this way",
                format!("`{who} sends unreadable` or `{who} > bot: TEXT`"),
            )),
        },
        verb => Err(beginning.error(
            format!("`{verb}` is nothing that people do here"),
            format!(
                "`{who} > team: TEXT`, or {who} with `reacts`, `replies to`, `edits:`, `redacts`, \
                 `shares location` or `sends unreadable`"
            ),
        )),
    }
}

/// The words behind a colon. White space at their end is theirs: phones add it.
fn text(cursor: &mut Cursor<'_>, right: &str) -> Result<String, FileError> {
    cursor.skip_space();
    if !cursor.eat(":") {
        return Err(cursor.error("a colon is missing here", right));
    }
    cursor.skip_space();
    match cursor.at_end() {
        true => Err(cursor.error("there are no words behind the colon", right)),
        false => Ok(cursor.take_rest().to_owned()),
    }
}

fn say(cursor: &mut Cursor<'_>, who: &str) -> Result<Act, FileError> {
    cursor.skip_space();
    let beginning = cursor.clone();
    let place = match cursor.name() {
        "team" => SayPlace::Team,
        "managers" => SayPlace::Managers,
        "bot" => SayPlace::Bot,
        other => {
            return Err(beginning.error(
                format!("`{other}` is no place where people speak"),
                "`team`, `managers` or `bot` (the direct chat with it)",
            ));
        }
    };
    let text = text(cursor, &format!("`{who} > team: TEXT`"))?;
    Ok(Act::Say { place, text })
}

fn reacts(cursor: &mut Cursor<'_>, who: &str) -> Result<Act, FileError> {
    let right = format!("`{who} reacts 👍` or `{who} reacts 👍 to *LCS1234*`");
    let key = cursor.take_while(|c| !c.is_whitespace()).to_owned();
    if key.is_empty() {
        return Err(cursor.error("the emoji is missing", right));
    }
    cursor.skip_space();
    if cursor.at_end() {
        return Ok(Act::Reacts { key, to: None });
    }
    if cursor.name() != "to" {
        return Err(cursor.error("one emoji, then the end or `to`, is understood here", right));
    }
    let to = Some(glob(cursor.rest(), cursor, &right)?);
    Ok(Act::Reacts { key, to })
}

fn replies(cursor: &mut Cursor<'_>, who: &str) -> Result<Act, FileError> {
    let right = format!("`{who} replies to *LCS1234*: TEXT`");
    if cursor.name() != "to" {
        return Err(cursor.error("`to` is missing behind `replies`", right));
    }
    let rest = cursor.rest();
    let Some(colon) = reply_colon(rest) else {
        return Err(cursor.error("the colon before the words of the reply is missing", right));
    };
    let to = glob(&rest[..colon], cursor, &right)?;
    let text = rest[colon + 1..].trim_start().to_owned();
    if text.is_empty() {
        return Err(cursor.error("there are no words behind the colon", right));
    }
    Ok(Act::Replies { to, text })
}

/// Where the pattern of a reply ends: patterns hold colons too (`*14:00*`). Most end with a star, so a
/// colon behind a star and before a space is the best sign, a colon before a space the next best.
fn reply_colon(rest: &str) -> Option<usize> {
    let spaced = |&(at, _): &(usize, &str)| {
        rest.get(at + 1..)
            .is_some_and(|after| after.starts_with(char::is_whitespace))
    };
    let between_digits = |&(at, _): &(usize, &str)| {
        let before = rest
            .get(..at)
            .is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()));
        before
            && rest
                .get(at + 1..)
                .is_some_and(|a| a.starts_with(|c: char| c.is_ascii_digit()))
    };
    let colons = || rest.match_indices(':');
    let starred = |&(at, _): &(usize, &str)| rest.get(..at).is_some_and(|b| b.ends_with('*'));
    let found = colons().find(|c| starred(c) && spaced(c));
    let found = found.or_else(|| colons().find(spaced));
    found
        .or_else(|| colons().find(|c| !between_digits(c)))
        .map(|(at, _)| at)
}

pub(super) fn glob(source: &str, cursor: &Cursor<'_>, right: &str) -> Result<Glob, FileError> {
    match source.trim().is_empty() {
        true => Err(cursor.error("the pattern is empty", format!("`*` for any text: {right}"))),
        false => Ok(Glob::parse(source)),
    }
}

fn location(cursor: &mut Cursor<'_>, who: &str) -> Result<Act, FileError> {
    let right = format!("`{who} shares location 51.3490,-1.9943`");
    if cursor.name() != "location" {
        return Err(cursor.error("`location` is missing behind `shares`", right));
    }
    let place: String = cursor.rest().split_whitespace().collect();
    let degrees: Vec<Option<f64>> = place.split(',').map(|part| part.parse().ok()).collect();
    match degrees.as_slice() {
        [Some(lat), Some(lon)] if lat.abs() <= 90.0 && lon.abs() <= 180.0 => {
            Ok(Act::SharesLocation { place })
        }
        _ => Err(cursor.error("this is not a latitude and a longitude", right)),
    }
}

fn world(cursor: &mut Cursor<'_>, known: Known<'_>) -> Result<World, FileError> {
    let beginning = cursor.clone();
    let right = "`! crash`, `! bot down 30m`, `! homeserver down 30m`, `! refuse amira` or `! invited amira`";
    match cursor.name() {
        "crash" => end(cursor, "! crash").map(|()| World::Crash),
        who @ ("bot" | "homeserver") => {
            if cursor.name() != "down" {
                return Err(beginning.error(format!("`{who}` can only be `down`"), right));
            }
            let (length, _) = clock::duration(cursor)?;
            end(cursor, "! … down 30m")?;
            Ok(match who {
                "bot" => World::BotDown(length),
                _ => World::HomeserverDown(length),
            })
        }
        what @ ("refuse" | "invited") => {
            let at = cursor.clone();
            let who = cursor.name();
            person(&at, who, known)?;
            end(cursor, "! refuse amira")?;
            let who = who.to_owned();
            Ok(match what {
                "refuse" => World::Refuse(who),
                _ => World::Invited(who),
            })
        }
        other => Err(beginning.error(format!("`{other}` is nothing that the world does"), right)),
    }
}
