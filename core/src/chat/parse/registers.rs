//! `/risk`, `/training`, `/incident`, `/device`.

use super::Listening;
use super::clean::{Word, join, words};
use super::day::{ReadDay, day_at};
use super::people::{Named, person_at};
use super::reference::{attempt_at, reference_at};
use super::span::{Span, span_at, split_dashes, spoken_range_at};
use super::table::Verb;
use crate::chat::bad::{Bad, Why};
use crate::domain::command::RegisterCommand;
use crate::domain::shift::is_new;
use crate::domain::team_state::Care;
use chrono::NaiveDate;

/// The longest name of a course or a device.
const LONGEST_NAME: usize = 40;

/// Reads what stands behind one of these commands. `None` for the other verbs.
pub(super) fn register(
    verb: Verb,
    text: &str,
    ctx: &Listening<'_>,
) -> Option<Result<RegisterCommand, Bad>> {
    let all = words(text);
    Some(match verb {
        Verb::Risk => risk(&all, ctx),
        Verb::Training => training(&all, ctx),
        Verb::Incident => incident(&all, ctx),
        Verb::Device => device(&all, ctx),
        _ => return None,
    })
}

fn low<'a>(all: &'a [Word<'_>], at: usize) -> &'a str {
    all.get(at).map_or("", |word| word.low.as_str())
}

/// Nothing; `LCS1234`; `LCS1234 flag review 2026-06-01`; `LCS1234 clear`. Words about the case are refused.
fn risk(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<RegisterCommand, Bad> {
    let line = format!(
        "/risk {} flag review {}",
        ctx.reference_example,
        next_year(ctx)
    );
    if all.is_empty() || low(all, 0) == "list" {
        return Ok(RegisterCommand::Risks(None));
    }
    // A flag at `NEW` would be one at everybody who is not on the system.
    let known = reference_at(all, 0, ctx).filter(|(found, _)| !is_new(found));
    let Some((reference, next)) = known else {
        let why = match attempt_at(all, 0) {
            Some(token) => Why::UnknownReference { token },
            None => Why::Personal,
        };
        return Err(Bad::with_fix(why, line));
    };
    match low(all, next) {
        "" => Ok(RegisterCommand::Risks(Some(reference))),
        "clear" | "cleared" | "remove" | "off" if next + 1 == all.len() => {
            Ok(RegisterCommand::RiskClear(reference))
        }
        "flag" | "flagged" | "red" => {
            let line = format!("/risk {reference} flag review {}", next_year(ctx));
            let mut at = next + 1;
            while matches!(
                low(all, at),
                "flag" | "review" | "reviewed" | "on" | "by" | "until"
            ) {
                at += 1;
            }
            let review = date_at(all, at, ctx, &line)?;
            let (review, end) = review.ok_or_else(|| Bad::with_fix(Why::NoReview, line.clone()))?;
            if end < all.len() {
                return Err(Bad::with_fix(
                    Why::PointerOnly,
                    format!("/risk {reference} flag review {review}"),
                ));
            }
            if review <= ctx.moment().today() {
                return Err(Bad::with_fix(Why::Past, line));
            }
            Ok(RegisterCommand::RiskFlag { reference, review })
        }
        _ => Err(Bad::with_fix(
            Why::PointerOnly,
            format!("/risk {reference} flag review {}", next_year(ctx)),
        )),
    }
}

fn next_year(ctx: &Listening<'_>) -> NaiveDate {
    let today = ctx.moment().today();
    today
        .checked_add_months(chrono::Months::new(6))
        .unwrap_or(today)
}

fn date_at(
    all: &[Word<'_>],
    at: usize,
    ctx: &Listening<'_>,
    line: &str,
) -> Result<Option<(NaiveDate, usize)>, Bad> {
    let today = ctx.moment().today();
    match day_at(all, at, today) {
        None => Ok(None),
        Some((ReadDay::None(_), _)) => Err(Bad::with_fix(Why::NoSuchDay, line)),
        Some((ReadDay::Is(day), next)) => Ok(day.date(today, false).map(|date| (date, next))),
    }
}

/// Nothing; `@amira`; `@amira lone-worker 2025-06-01`; `@amira starter 2026-01-05`.
fn training(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<RegisterCommand, Bad> {
    let line = "/training @amira lone-worker 2025-06-01";
    if all.is_empty() {
        return Ok(RegisterCommand::Trainings(None));
    }
    let (who, next) = match person_at(all, 0, ctx.people) {
        Named::One(who, next) => (who, next),
        Named::Several => return Err(Bad::new(Why::SeveralPeople)),
        Named::Nobody => return Err(Bad::with_fix(Why::UnknownPerson { name: None }, line)),
    };
    if next == all.len() {
        return Ok(RegisterCommand::Trainings(Some(who)));
    }
    let course = low(all, next).to_owned();
    let line = format!("/training @{who} lone-worker 2025-06-01");
    let found = date_at(all, next + 1, ctx, &line)?;
    let Some((on, end)) = found.filter(|_| course.chars().count() <= LONGEST_NAME) else {
        return Err(Bad::with_fix(Why::NoDay, line));
    };
    if end < all.len() {
        return Err(Bad::with_fix(Why::NotUnderstood, line));
    }
    if on > ctx.moment().today() {
        return Err(Bad::with_fix(Why::StillToCome, line));
    }
    let starter = matches!(
        course.as_str(),
        "starter" | "started" | "new" | "new-starter"
    );
    Ok(RegisterCommand::Training {
        who,
        course: (!starter).then_some(course),
        on,
    })
}

/// Words; `I3 done medical`; `I3 close words`; `list`.
fn incident(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<RegisterCommand, Bad> {
    if all.is_empty() {
        return Err(Bad::with_fix(Why::NoWords, "/incident and what happened"));
    }
    if low(all, 0) == "list" && all.len() == 1 {
        return Ok(RegisterCommand::Incidents);
    }
    let first = low(all, 0).strip_prefix('i').unwrap_or(low(all, 0));
    let plain = !first.is_empty() && first.bytes().all(|b| b.is_ascii_digit());
    if !plain {
        let named = low(all, 0)
            .starts_with('@')
            .then(|| person_at(all, 0, ctx.people));
        let (about, from) = match named {
            Some(Named::One(who, next)) => (Some(who), next),
            Some(_) => {
                let line = "/incident @amira and what happened";
                return Err(Bad::with_fix(Why::UnknownPerson { name: None }, line));
            }
            None => (None, 0),
        };
        let words = join(all, from);
        return Ok(RegisterCommand::Incident { about, words });
    }
    let Ok(no) = first.parse::<u32>() else {
        return Err(Bad::with_fix(Why::NotUnderstood, "/incident list"));
    };
    let line = format!("/incident I{no} done form");
    match low(all, 1) {
        "close" | "closed" => Ok(RegisterCommand::IncidentClose {
            no,
            words: join(all, 2),
        }),
        "done" => match care(low(all, 2)) {
            Some(care) => Ok(RegisterCommand::IncidentDone { no, care }),
            None => Err(Bad::with_fix(Why::WhichCare, line)),
        },
        word => match care(word) {
            Some(care) => Ok(RegisterCommand::IncidentDone { no, care }),
            None => Err(Bad::with_fix(Why::WhichCare, line)),
        },
    }
}

fn care(word: &str) -> Option<Care> {
    Some(match word {
        "medical" | "doctor" | "hospital" => Care::Medical,
        "police" => Care::Police,
        "debrief" | "debriefed" => Care::Debrief,
        "support" | "eap" => Care::Support,
        "risk" | "assessment" => Care::Risk,
        "form" => Care::Form,
        _ => return None,
    })
}

/// `list`; `take G24-3 for tomorrow 14:00-15:00`; `return [G24-3]`.
fn device(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<RegisterCommand, Bad> {
    let line = "/device take G24-3 for tomorrow 14:00-15:00";
    match low(all, 0) {
        "" | "list" => Ok(RegisterCommand::Devices),
        "return" | "returned" | "back" => {
            if all.len() > 2 {
                return Err(Bad::with_fix(Why::NotUnderstood, "/device return G24-3"));
            }
            let device = all.get(1).map(|word| word.low.to_uppercase());
            Ok(RegisterCommand::DeviceReturn(device))
        }
        "take" | "book" | "borrow" if all.len() > 1 => {
            let device = all[1].low.to_uppercase();
            if device.chars().count() > LONGEST_NAME {
                return Err(Bad::with_fix(Why::NotUnderstood, line));
            }
            let rest: Vec<&str> = all[2..].iter().map(|word| word.raw).collect();
            let rest = rest.join(" ");
            let parts = split_dashes(words(&rest));
            let line = format!("/device take {device} for tomorrow 14:00-15:00");
            let (mut day, mut span) = (None, None);
            let mut at = 0;
            while at < parts.len() {
                if let Some((read, next)) = day_at(&parts, at, ctx.moment().today()) {
                    let ReadDay::Is(found) = read else {
                        return Err(Bad::with_fix(Why::NoSuchDay, line));
                    };
                    (day, at) = (Some(found), next);
                } else if let Some((found, next)) =
                    span_at(&parts, at).or_else(|| spoken_range_at(&parts, at))
                {
                    (span, at) = (Some(found), next);
                } else if matches!(
                    low(&parts, at),
                    "" | "for" | "on" | "at" | "from" | "please"
                ) {
                    at += 1;
                } else {
                    return Err(Bad::with_fix(Why::NotUnderstood, line));
                }
            }
            let span = span.filter(|span| !matches!(span, Span::At(_)));
            let Some(span) = span else {
                return Err(Bad::with_fix(Why::NoTime, line));
            };
            let when = ctx.moment().settle(&span, day);
            let when = when.map_err(|(why, _)| Bad::with_fix(why, line))?;
            Ok(RegisterCommand::DeviceTake {
                device,
                start: when.start,
                end: when.end,
            })
        }
        _ => Err(Bad::with_fix(Why::NotUnderstood, line)),
    }
}
