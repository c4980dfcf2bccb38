//! What the bot is to send, or not to send.

use super::cursor::{Cursor, FileError};
use super::line::{glob, person};
use super::{Expect, ExpectPlace, Known, Never, Pings};
use crate::rehearsal::glob::Glob;

const EXPECT: &str = "`bot > team: *LCS1234*` or `bot > managers [dan]: *LCS1234*`";
const NEVER: &str = "`never > team: *police*` or `never > managers [dan]: *`";

pub(super) fn expect(cursor: &mut Cursor<'_>, known: Known<'_>) -> Result<Expect, FileError> {
    let place = place(cursor, known, EXPECT)?;
    let pings = pings(cursor, known, EXPECT)?;
    let glob = behind_colon(cursor, EXPECT)?;
    Ok(Expect { place, pings, glob })
}

pub(super) fn never(cursor: &mut Cursor<'_>, known: Known<'_>) -> Result<Never, FileError> {
    let place = place(cursor, known, NEVER)?;
    let at = cursor.clone();
    let people = match pings(cursor, known, NEVER)? {
        None => Vec::new(),
        Some(pings) if pings.people.is_empty() || pings.at_least => {
            return Err(at.error(
                "the brackets of `never` hold names only: a message that pings any of them is meant",
                "names, `[dan]`, or leave the brackets out",
            ));
        }
        Some(pings) => pings.people,
    };
    let glob = behind_colon(cursor, NEVER)?;
    Ok(Never {
        place,
        people,
        glob,
    })
}

fn behind_colon(cursor: &mut Cursor<'_>, right: &str) -> Result<Glob, FileError> {
    if !cursor.eat(":") {
        return Err(cursor.error("a colon is missing here", right));
    }
    glob(cursor.rest(), cursor, right)
}

fn place(cursor: &mut Cursor<'_>, known: Known<'_>, right: &str) -> Result<ExpectPlace, FileError> {
    if !cursor.eat(">") {
        return Err(cursor.error("`>` and a place are missing here", right));
    }
    cursor.skip_space();
    let beginning = cursor.clone();
    for (prefix, make) in [
        ("email:", ExpectPlace::Email as fn(String) -> ExpectPlace),
        ("sms:", ExpectPlace::Sms),
    ] {
        if cursor.eat(prefix) {
            // A number may hold spaces.
            let address = cursor.take_while(|c| !matches!(c, ':' | '[')).trim();
            return match address.is_empty() {
                true => Err(beginning.error(
                    "the address is missing",
                    "`email:edt@example.org` or `sms:07700 900101`",
                )),
                false => Ok(make(address.to_owned())),
            };
        }
    }
    Ok(match cursor.name() {
        "team" => ExpectPlace::Team,
        "managers" => ExpectPlace::Managers,
        "*" => ExpectPlace::Any,
        "" => return Err(beginning.error("the place is missing", right)),
        id if (known.people)(id) => ExpectPlace::Person(id.to_owned()),
        other => {
            return Err(beginning.error(
                format!("`{other}` is neither a place nor the id of a person"),
                "`team`, `managers`, a person's id such as `amira`, `email:ADDRESS`, `sms:NUMBER` or `*`",
            ));
        }
    })
}

fn pings(
    cursor: &mut Cursor<'_>,
    known: Known<'_>,
    right: &str,
) -> Result<Option<Pings>, FileError> {
    cursor.skip_space();
    if !cursor.eat("[") {
        return Ok(None);
    }
    let mut pings = Pings {
        people: Vec::new(),
        at_least: false,
    };
    loop {
        cursor.take_while(|c| c.is_whitespace() || c == ',');
        if cursor.eat("]") {
            cursor.skip_space();
            return Ok(Some(pings));
        }
        if cursor.at_end() || cursor.rest().starts_with([':', '[']) {
            return Err(cursor.error("the closing bracket is missing", right));
        }
        if cursor.eat("...") || cursor.eat("…") {
            pings.at_least = true;
            continue;
        }
        let at = cursor.clone();
        let id = cursor.take_while(|c| !c.is_whitespace() && !matches!(c, ',' | ']' | ':' | '['));
        person(&at, id, known)?;
        pings.people.push(id.to_owned());
    }
}
