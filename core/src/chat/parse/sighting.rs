//! `/seen @amira 14:20 words`: when somebody was seen. The longest clock runs from a sighting, so a time that
//! cannot be read for sure is asked about; it never counts as now.

use super::Listening;
use super::clean::{Word, join, words};
use super::clock::Clock;
use super::not_her::only_a_thing;
use super::part::Part;
use super::personal::plainly_personal;
use super::responder::{nobody_reached, spoken, target_at};
use super::seen_when::SeenWhen;
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{Command, Target};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Timelike, Utc};

/// A time this much ahead is a clock that goes differently.
const AHEAD: Duration = Duration::minutes(2);

/// Reads what stands behind `/seen`.
pub(super) fn seen(all: &[Word<'_>], ctx: &Listening<'_>) -> Result<Command, Bad> {
    let mut target = Target::default();
    let mut when = SeenWhen::default();
    let mut next = 0;
    loop {
        let before = next;
        next = target_at(all, next, &mut target, "seen", ctx)?;
        next = when.head(all, next, ctx);
        if next == before {
            break;
        }
    }
    let tail = join(all, next);
    nobody_reached(&tail)?;
    if only_a_thing(all, next, ctx.people) {
        return Err(Bad::with_fix(Why::NotHer, asked(&target, &tail)));
    }
    when.tail(all, next, ctx);
    when.asked |= tail.ends_with('?');
    match moment(&when, ctx) {
        Ok(at) => Ok(Command::Seen {
            target,
            at,
            words: tail,
        }),
        Err(why) => Err(Bad {
            why,
            fix: line(&target, &when, &tail, ctx),
        }),
    }
}

/// The line for what was seen there that is not her.
fn asked(target: &Target, tail: &str) -> String {
    let words = match plainly_personal(tail, &words(tail)) {
        true => "and what they said",
        false => tail,
    };
    format!("/asked {}{words}", spoken(target))
}

/// When it was; `None` is now, where nothing is said about the time.
fn moment(when: &SeenWhen, ctx: &Listening<'_>) -> Result<Option<DateTime<Utc>>, Why> {
    if let Some(token) = &when.wrong {
        let token = token.clone();
        return Err(Why::NotATime { token });
    }
    if when.two_times {
        return Err(Why::TwoTimes);
    }
    if when.two_days {
        return Err(Why::TwoDays);
    }
    match (when.moment, when.clock) {
        (Some(at), None) => Ok(Some(at)),
        (Some(_), Some(_)) => Err(Why::TwoTimes),
        (None, Some(clock)) => past(clock, when, ctx).map(Some),
        (None, None) if when.unclear() => Err(Why::WhenSeen),
        (None, None) => Ok(None),
    }
}

/// The last moment that the words can mean.
fn past(clock: Clock, when: &SeenWhen, ctx: &Listening<'_>) -> Result<DateTime<Utc>, Why> {
    let here = ctx.moment();
    let today = here.today();
    let yesterday = today.pred_opt().unwrap_or(today);
    let mut times = clock.readings();
    if let Some(part) = when.part {
        times.retain(|time| part.holds(*time));
    }
    if times.is_empty() {
        return Err(Why::TwoTimes); // `14:20 this morning`
    }
    let over = |date: NaiveDate, time: NaiveTime| {
        here.at(date.and_time(time))
            .filter(|at| *at <= ctx.now + AHEAD)
    };
    let found = match when.day {
        Some(days) => days.dates(today).into_iter().find_map(|date| {
            // Of two halves of another day that are both over, the one in which people are about.
            times.sort_by_key(|time| (date != today && !(7..19).contains(&time.hour()), *time));
            let all = times.iter().filter_map(|time| over(date, *time));
            if date == today {
                all.max()
            } else {
                all.take(1).next()
            }
        }),
        None if when.part == Some(Part::LastNight) => {
            let evening = times.iter().filter(|time| time.hour() >= 17);
            let small = times.iter().filter(|time| time.hour() < 6);
            let small = small.filter_map(|time| over(today, *time)).max();
            small.or_else(|| evening.filter_map(|time| over(yesterday, *time)).max())
        }
        None => {
            let now = times.iter().filter_map(|time| over(today, *time)).max();
            let late = times
                .iter()
                .filter(|time| here.local().hour() < 6 && time.hour() >= 18);
            now.or_else(|| late.filter_map(|time| over(yesterday, *time)).max())
        }
    };
    found.map(|at| at.min(ctx.now)).ok_or(Why::StillToCome)
}

/// The line to send instead: with a time, and with the words where it can be sent so. Addresses are not repeated.
fn line(target: &Target, when: &SeenWhen, tail: &str, ctx: &Listening<'_>) -> Option<String> {
    let at = guess(when, ctx).with_timezone(&ctx.tz);
    let today = ctx.moment().today();
    let day = match today.signed_duration_since(at.date_naive()).num_days() {
        0 => String::new(),
        1 => "yesterday ".to_owned(),
        _ => format!("{} ", at.date_naive()),
    };
    let short = format!("/seen {}{day}{}", spoken(target), at.format("%H:%M"));
    let full = format!("{short} {tail}");
    let works = |text: &str| {
        let rest = text.trim_start_matches("/seen ");
        SeenWhen::of(&words(rest), ctx).is_some_and(|when| moment(&when, ctx).is_ok())
    };
    let shown = tail.contains(char::is_alphanumeric) && !plainly_personal(tail, &words(tail));
    [full, short]
        .into_iter()
        .skip(usize::from(!shown))
        .find(|text| works(text))
}

/// A time that was perhaps meant: rather too early than too late.
fn guess(when: &SeenWhen, ctx: &Listening<'_>) -> DateTime<Utc> {
    let here = ctx.moment();
    let today = here.today();
    let part = when.part;
    let day = when
        .day
        .and_then(|day| day.dates(today).into_iter().find(|date| *date <= today));
    let night = matches!(part, Some(Part::LastNight)) || part == Some(Part::Night);
    let date = match day {
        Some(date) => date,
        None if night => today.pred_opt().unwrap_or(today),
        None => today,
    };
    let clock = when.clock.or(when.about).or(when.first);
    let time = clock.map(|clock| likely(clock, part, date, ctx));
    let time = time.or(part.map(Part::begins));
    let half = here.local().time();
    let before = here.minute() - Duration::minutes(30 + i64::from(half.minute() % 30));
    let Some(time) = time.or((date < today).then(|| Part::Morning.begins())) else {
        return before;
    };
    // A slip for an hour that is over: `16:20` said at 15:16 may be 14:20.
    let mut at = here.at(date.and_time(time));
    for _ in 0..24 {
        match at {
            Some(found) if found > ctx.now => at = Some(found - Duration::hours(1)),
            _ => break,
        }
    }
    at.unwrap_or(before)
}

/// The latest reading of a clock that fits the part of the day, and that is over if any is.
fn likely(clock: Clock, part: Option<Part>, date: NaiveDate, ctx: &Listening<'_>) -> NaiveTime {
    let fits = |time: &NaiveTime| part.is_none_or(|part| part.holds(*time));
    let over = |time: &NaiveTime| {
        let at = ctx.moment().at(date.and_time(*time));
        at.is_some_and(|at| at <= ctx.now)
    };
    let all = clock.readings();
    let best = all
        .into_iter()
        .max_by_key(|time| (fits(time), over(time), *time));
    best.unwrap_or(clock.literal())
}
