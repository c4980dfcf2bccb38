//! Who is there and who stands in: `/who`, `/buddy`, `/away`, `/cover`, `/duty`, `/contacts`, `/me`.

use super::Listening;
use super::clean::{Word, join, words};
use super::clock::{Read, clock_at};
use super::day::{ReadDay, day_at};
use super::people::{Named, person_at};
use super::sayings::{plain_text, strip_polite};
use super::table::Verb;
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{RosterCommand, Until};
use crate::domain::ids::PersonId;
use crate::domain::team_state::Detail;
use chrono::Duration;
use regex::Regex;
use std::sync::LazyLock;

/// The furthest that leave, cover or duty may reach.
const FURTHEST: Duration = Duration::days(92);
/// The longest detail that is kept.
const LONGEST_DETAIL: usize = 200;

/// Reads what stands behind one of these commands. `None` for the other verbs.
pub(super) fn roster(
    verb: Verb,
    text: &str,
    ctx: &Listening<'_>,
) -> Option<Result<RosterCommand, Bad>> {
    let all = words(text);
    Some(match verb {
        Verb::Who => someone(&all, "/who @amira", ctx).map(RosterCommand::Who),
        Verb::Buddy => match all.is_empty() {
            true => Ok(RosterCommand::Buddy(None)),
            false => someone(&all, "/buddy @ben", ctx).map(|who| RosterCommand::Buddy(Some(who))),
        },
        Verb::Away => away(&all, ctx),
        Verb::Cover => cover(&all, ctx),
        Verb::Accept => match person_at(&all, 0, ctx.people) {
            Named::One(who, _) => Ok(RosterCommand::Accept(Some(who))),
            _ => Ok(RosterCommand::Accept(None)),
        },
        Verb::Hold if ends(&all) => Ok(RosterCommand::HoldOff),
        Verb::Hold if all.is_empty() => Ok(RosterCommand::Hold(vec![])),
        Verb::Hold => hold(&all, ctx),
        Verb::Duty => duty(&all, ctx),
        Verb::Contacts => match all.is_empty() {
            true => Ok(RosterCommand::Contacts(None)),
            false => {
                someone(&all, "/contacts @amira", ctx).map(|who| RosterCommand::Contacts(Some(who)))
            }
        },
        Verb::Tell if ends(&all) => Ok(RosterCommand::Tell(None)),
        Verb::Tell => someone(&all, "/tell @eve", ctx).map(|who| RosterCommand::Tell(Some(who))),
        Verb::Policy => Ok(RosterCommand::Policy),
        Verb::Sign => match all.first().map_or("", |word| word.low.as_str()) {
            "" => Ok(RosterCommand::Sign),
            "status" | "list" | "who" => Ok(RosterCommand::SignStatus),
            _ => Err(Bad::with_fix(Why::NotUnderstood, "/sign")),
        },
        Verb::Me => me(&all),
        _ => return None,
    })
}

fn ends(all: &[Word<'_>]) -> bool {
    matches!(
        all.first().map_or("", |word| word.low.as_str()),
        "off" | "over" | "end" | "ended" | "none" | "back"
    ) && all.len() == 1
}

fn someone(all: &[Word<'_>], line: &str, ctx: &Listening<'_>) -> Result<PersonId, Bad> {
    match person_at(all, 0, ctx.people) {
        Named::One(who, next) if next == all.len() => Ok(who),
        Named::One(..) => Err(Bad::with_fix(Why::NotUnderstood, line)),
        Named::Several => Err(Bad::new(Why::SeveralPeople)),
        Named::Nobody if all.is_empty() => Err(Bad::with_fix(Why::NoPerson, line)),
        Named::Nobody => Err(unknown(&all[0], Some(line))),
    }
}

fn unknown(word: &Word<'_>, line: Option<&str>) -> Bad {
    let name = word.low.trim_start_matches('@');
    let plain = name.len() <= 20
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "._-".contains(c));
    let shown = word.low.starts_with('@') && plain;
    Bad {
        why: Why::UnknownPerson {
            name: shown.then(|| name.to_owned()),
        },
        fix: line.map(str::to_owned),
    }
}

/// `@amira and carol`, `everyone`; `off @carol`.
fn hold(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<RosterCommand, Bad> {
    let low = |i: usize| all.get(i).map_or("", |word| word.low.as_str());
    let off = matches!(low(0), "off" | "back");
    let first = usize::from(off);
    let everybody = matches!(
        low(first),
        "all" | "everyone" | "everybody" | "them" | "both"
    );
    if everybody && all.len() == first + 1 {
        return Ok(match off {
            true => RosterCommand::HoldOff,
            false => RosterCommand::Hold(vec![]),
        });
    }
    let line = if off {
        "/hold off @amira"
    } else {
        "/hold @amira"
    };
    let (mut who, mut at) = (Vec::new(), first);
    while at < all.len() {
        match person_at(all, at, ctx.people) {
            Named::One(id, next) => {
                if !who.contains(&id) {
                    who.push(id);
                }
                at = next;
            }
            Named::Several => return Err(Bad::new(Why::SeveralPeople)),
            Named::Nobody if matches!(low(at), "and" | "" | "&" | "+") => at += 1,
            Named::Nobody => return Err(unknown(&all[at], Some(line))),
        }
    }
    match (who.is_empty(), off) {
        (true, _) => Err(Bad::with_fix(Why::NoPerson, line)),
        (false, true) => Ok(RosterCommand::GiveBack(who)),
        (false, false) => Ok(RosterCommand::Hold(who)),
    }
}

/// "I hold Amira", "I'll hold her": `None` where nobody is named, or more is said.
pub(super) fn holds_plainly(text: &str, ctx: &Listening<'_>) -> Option<RosterCommand> {
    let plain = text.to_lowercase().replace('\'', "");
    let begins = [
        "i hold ",
        "ill hold ",
        "i will hold ",
        "i am holding ",
        "im holding ",
        "i can hold ",
    ];
    let cut = begins.iter().find(|begin| plain.starts_with(*begin))?;
    let skip = cut.split_whitespace().count();
    let all = words(text);
    hold(all.get(skip..)?, ctx).ok()
}

/// What answers "Who holds her tonight?" with yes, where the message is a reply to it.
pub fn holds_them(text: &str) -> bool {
    const YES: &str = "i do | me | hold | yes | yes i do | yes me | ill do it | i will | i will do it | ill do that | i can | \
        i hold her | i hold him | i hold them | ill hold her | ill hold him | ill hold them | i will hold her | \
        i will hold them | i have her | i have them | ive got her | ive got them | ive got it | ill take it | i take it | \
        ill take her | ill take them | on it | im on it | mine | i am | hold her | hold them | i hold | i hold it | yep | \
        happy to | hold everyone | hold all | i do it | i can do it | ok i do | ok i will | ok ill do it | me tonight";
    let plain = strip_polite(&plain_text(text));
    let plain = if plain.is_empty() {
        plain_text(text)
    } else {
        plain
    };
    YES.split(" | ").any(|yes| yes.trim() == plain)
}

fn away(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<RosterCommand, Bad> {
    if ends(all) {
        return Ok(RosterCommand::Away(None));
    }
    let line = "/away until Friday";
    match until(all, 0, ctx)? {
        Some((until, next)) if next == all.len() => Ok(RosterCommand::Away(Some(until))),
        Some(_) => Err(Bad::with_fix(Why::NotUnderstood, line)),
        None => Err(Bad::with_fix(Why::NoUntil, line)),
    }
}

/// `@eve for @carol until Fri 17:00`; `me` is whoever says it.
fn cover(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<RosterCommand, Bad> {
    if ends(all) {
        return Ok(RosterCommand::CoverOff);
    }
    let line = "/cover @eve for @carol until Friday 17:00";
    let low = |i: usize| all.get(i).map_or("", |word| word.low.as_str());
    let party = |at: usize| match person_at(all, at, ctx.people) {
        _ if matches!(low(at), "me" | "myself") => Ok((None, at + 1)),
        Named::One(who, next) => Ok((Some(who), next)),
        Named::Several => Err(Bad::new(Why::SeveralPeople)),
        Named::Nobody if at >= all.len() => Err(Bad::with_fix(Why::NoPerson, line)),
        Named::Nobody => Err(unknown(&all[at], Some(line))),
    };
    let (by, next) = party(0)?;
    if low(next) != "for" {
        return Err(Bad::with_fix(Why::NoPerson, line));
    }
    let (who, next) = party(next + 1)?;
    match until(all, next, ctx)? {
        Some((until, next)) if next == all.len() => Ok(RosterCommand::Cover { by, who, until }),
        Some(_) => Err(Bad::with_fix(Why::NotUnderstood, line)),
        None => Err(Bad::with_fix(Why::NoUntil, line)),
    }
}

/// Nothing, `me until 17:00`, `off`.
fn duty(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<RosterCommand, Bad> {
    if all.is_empty() {
        return Ok(RosterCommand::Duty);
    }
    if ends(all) {
        return Ok(RosterCommand::OffDuty);
    }
    let line = "/duty me until 17:00";
    let me = usize::from(matches!(all[0].low.as_str(), "me" | "i" | "mine"));
    match until(all, me, ctx)? {
        Some((until, next)) if next == all.len() && me == 1 => Ok(RosterCommand::OnDuty(until)),
        Some(_) => Err(Bad::with_fix(Why::NotUnderstood, line)),
        None => Err(Bad::with_fix(Why::NoUntil, line)),
    }
}

/// `until Fri 17:00`, `until Fri`, `until 17:00`, in either order; and what follows.
fn until(all: &[Word<'_>], at: usize, ctx: &Listening<'_>) -> Result<Option<(Until, usize)>, Bad> {
    let low = |i: usize| all.get(i).map_or("", |word| word.low.as_str());
    let mut next = at + usize::from(matches!(low(at), "until" | "till" | "til" | "to"));
    let today = ctx.moment().today();
    let (mut day, mut clock) = (None, None);
    loop {
        let small = usize::from(matches!(low(next), "at" | "on" | ","));
        if day.is_none()
            && let Some((read, after)) = day_at(all, next + small, today)
        {
            let ReadDay::Is(found) = read else {
                return Err(Bad::new(Why::NoSuchDay));
            };
            day = found.date(today, false);
            next = after;
        } else if clock.is_none()
            && let Some((read, after)) = clock_at(all, next + small, true)
        {
            let Read::Is(found) = read else {
                let token = low(next + small).to_owned();
                return Err(Bad::new(Why::NotATime { token }));
            };
            clock = Some(found);
            next = after;
        } else {
            break;
        }
    }
    let here = ctx.moment();
    let until = match (day, clock) {
        (None, None) => return Ok(None),
        (Some(day), None) if day < today => return Err(Bad::new(Why::Past)),
        (Some(day), None) => Until::EndOf(day),
        (None, Some(clock)) => Until::At(here.next(clock).ok_or(Bad::new(Why::Past))?),
        (Some(day), Some(clock)) => {
            let times = clock.readings().into_iter();
            let times = times.filter_map(|time| here.at(day.and_time(time)));
            // `Fri 5` is the afternoon: of two readings the later.
            let at = times.max().ok_or(Bad::new(Why::Skipped))?;
            if at <= ctx.now {
                return Err(Bad::new(Why::Past));
            }
            Until::At(at)
        }
    };
    let far = match until {
        Until::At(at) => at - ctx.now > FURTHEST,
        Until::EndOf(day) => day - today > FURTHEST,
    };
    if far {
        return Err(Bad::new(Why::UntilTooFar));
    }
    Ok(Some((until, next)))
}

/// A registration as it stands on British plates since 1963, with or without its space.
static REGISTRATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:[a-z]{2}[0-9]{2} ?[a-z]{3}|[a-z][0-9]{1,3} ?[a-z]{3}|[a-z]{3} ?[0-9]{1,3}[a-z])\b")
        .expect("a fixed pattern")
});

/// True where words without a sign are plainly a detail: "me car has broken down" is a note, "me car red Fiesta AB12 CDE" is
/// none, nor is "me vehicle none".
pub(super) fn plainly_a_detail(detail: Detail, value: &str) -> bool {
    let vehicle = detail == Detail::Vehicle;
    detail.is_a_number() || vehicle && (value == "none" || REGISTRATION.is_match(value))
}

/// `phone 07700 900101`; nothing shows what is known.
fn me(all: &[Word<'_>]) -> Result<RosterCommand, Bad> {
    let low = |i: usize| all.get(i).map_or("", |word| word.low.as_str());
    let line = "/me phone YOUR-NUMBER";
    let (detail, used) = match (low(0), low(1)) {
        ("", _) => return Ok(RosterCommand::Me(None)),
        ("ok" | "right" | "same" | "correct", "") => return Ok(RosterCommand::MeRight),
        ("next", "of") if low(2) == "kin" => (Detail::NextOfKin, 3),
        ("nextofkin" | "next-of-kin" | "kin" | "nok", _) => (Detail::NextOfKin, 1),
        ("phone" | "mobile" | "number", _) => (Detail::Phone, 1),
        ("landline" | "homephone", _) => (Detail::Landline, 1),
        ("address" | "home", _) => (Detail::Address, 1),
        ("vehicle" | "car" | "registration" | "reg", _) => (Detail::Vehicle, 1),
        _ => return Err(Bad::with_fix(Why::WhichDetail, line)),
    };
    let mut value = join(all, used);
    let none = matches!(
        plain_text(&value).as_str(),
        "none"
            | "no"
            | "no car"
            | "no vehicle"
            | "nothing"
            | "n a"
            | "na"
            | "i have none"
            | "i have no car"
            | "not driving"
            | "i do not drive"
            | "i dont drive"
            | "do not drive"
            | "dont drive"
    );
    if detail == Detail::Vehicle && none {
        value = "none".to_owned();
    }
    if value.trim().is_empty() || value.chars().count() > LONGEST_DETAIL {
        return Err(Bad::with_fix(Why::WhichDetail, line));
    }
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let number = value
        .chars()
        .all(|c| c.is_ascii_digit() || " +()-./".contains(c));
    if detail.is_a_number() && !(number && (7..=15).contains(&digits)) {
        return Err(Bad::with_fix(Why::NotANumber, line));
    }
    Ok(RosterCommand::Me(Some((detail, value))))
}
