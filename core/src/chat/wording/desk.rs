//! What is said outside any shift: introductions, lists, refusals, "I was not listening".

use super::Words;
use crate::domain::alarm::AlarmKind;
use crate::domain::command::Next;
use crate::domain::shift::{Shift, Stage, Visit};
use chrono::{DateTime, Utc};

/// The introduction in a new direct chat: three lines.
pub fn introduction(words: &Words<'_>, name: &str) -> String {
    format!(
        "Hello {name}, I am Lonewatch, for the team {}. I look out for people on visits.\n\
         Before a visit, send: visit {example} 14:00-15:00  When you are out, send: left  I will ask if I do not hear from you.\n\
         Anything else you write here is kept as a note. For the list of what I understand, send: /help",
        words.team.name,
        example = words.example
    )
}

/// One's own visits.
pub fn mine(shifts: &[&Shift], words: &Words<'_>) -> String {
    let lines = visit_lines(shifts, words, |_, visit| words.visit(visit));
    match lines.as_slice() {
        [] => format!(
            "You have no visit logged. To log one: /visit {} 14:00-15:00",
            words.example
        ),
        lines => lines.join("\n"),
    }
}

/// Who is out, where, due when, and who is on the way back.
pub fn board(shifts: &[&Shift], words: &Words<'_>) -> String {
    on_the_board(&board_lines(shifts, words))
}

/// The same for the message that stands in the team's room. A message has an end: what is left out is counted.
pub fn standing_board(shifts: &[&Shift], words: &Words<'_>) -> String {
    /// In bytes. An edit holds the text twice, and encrypted it is longer by a third; Matrix takes 65,536 bytes.
    const LONGEST: usize = 15_000;
    let mut lines = board_lines(shifts, words);
    let mut length = 0;
    let fits = lines.iter().take_while(|line| {
        length += line.len() + 1;
        length <= LONGEST
    });
    let (shown, all) = (fits.count(), lines.len());
    lines.truncate(shown);
    if shown < all {
        lines.push(format!(
            "and {} more. For one\u{2019}s own, send: /mine",
            all - shown
        ));
    }
    on_the_board(&lines)
}

fn on_the_board(lines: &[String]) -> String {
    match lines {
        [] => "Nobody has a visit logged.".to_owned(),
        lines => lines.join("\n"),
    }
}

fn board_lines(shifts: &[&Shift], words: &Words<'_>) -> Vec<String> {
    lines_of(shifts, words, |shift| {
        format!("{}: ", words.first(&shift.worker))
    })
}

/// What the board says of one person, whose shifts these are, without the name.
pub(super) fn said_of_one(shifts: &[&Shift], words: &Words<'_>) -> Vec<String> {
    lines_of(shifts, words, |_| String::new())
}

fn lines_of(
    shifts: &[&Shift],
    words: &Words<'_>,
    before: impl Fn(&Shift) -> String,
) -> Vec<String> {
    let mut lines = Vec::new();
    for shift in shifts {
        let name = before(shift);
        for visit in shift.visits.iter().filter(|visit| visit.is_open()) {
            let line = format!("{name}{}: {}", words.visit(visit), state(visit, words));
            lines.push((visit.start, visit.end, line));
        }
        if let Some((visit, line)) = on_the_way(shift, words) {
            lines.push((visit.start, visit.end, format!("{name}{line}")));
        }
    }
    // Also by their words: the order must not depend on what was loaded first.
    lines.sort();
    lines.into_iter().map(|(_, _, line)| line).collect()
}

/// Her visits are over, and she has still to report home, or back at the office.
fn on_the_way<'s>(shift: &'s Shift, words: &Words<'_>) -> Option<(&'s Visit, String)> {
    shift.report.since?;
    let visit = shift.last_over()?;
    let Stage::Ended { at } = visit.stage else {
        return None;
    };
    let mut line = format!("left {} at {}", words.short(visit), words.moment(at));
    match visit.next {
        Some(Next::Home) => line += ", then home",
        Some(Next::Office) => line += ", then the office",
        Some(Next::Visit(_)) | None => {}
    }
    if visit.back.is_some() {
        line += &format!(", expected back {}", words.moment(visit.expected_back()));
    }
    if visit.back.is_none() || visit.expected_back() <= words.now {
        line += ", not reported back yet";
    }
    Some((visit, line))
}

/// The board cannot be pinned in the team's room, or the sheet in the managers' room (`here`).
pub fn cannot_pin(here: bool) -> String {
    let (what, room) = match here {
        false => ("a board of who is out in the team\u{2019}s room", "there"),
        true => ("a fallback sheet in this room", "here"),
    };
    let that = if here { "this room" } else { "that room" };
    format!(
        "I keep {what}, but I may not pin it {room}. To mend that, make me a moderator of {that} (its settings, roles and \
         permissions)."
    )
}

fn visit_lines(
    shifts: &[&Shift],
    words: &Words<'_>,
    line: impl Fn(&Shift, &Visit) -> String,
) -> Vec<String> {
    let open = shifts
        .iter()
        .flat_map(|shift| shift.visits.iter().map(move |visit| (*shift, visit)));
    let mut open: Vec<_> = open.filter(|(_, visit)| visit.is_open()).collect();
    open.sort_by_key(|(_, visit)| (visit.start, visit.end));
    open.iter()
        .map(|(shift, visit)| format!("{}: {}", line(shift, visit), state(visit, words)))
        .collect()
}

fn state(visit: &Visit, words: &Words<'_>) -> String {
    match visit.stage {
        _ if visit.due() <= words.now => {
            format!("due {}, not reported out yet", words.moment(visit.due()))
        }
        Stage::Arrived { at } => format!(
            "there since {}, due {}",
            words.moment(at),
            words.moment(visit.due())
        ),
        _ if visit.start <= words.now => format!("out, due {}", words.moment(visit.due())),
        _ => "to come".to_owned(),
    }
}

/// The one answer to whoever names an alarm that is not there, or not theirs to answer: it gives nothing away.
pub fn no_alarm() -> String {
    "I know of nothing open that you could answer with this. To see what I understand: /help"
        .to_owned()
}

/// Several alarms can be meant: the line for each, and whose it is.
pub fn which_alarm(alarms: &[(String, String)]) -> String {
    let lines: Vec<String> = alarms
        .iter()
        .map(|(line, name)| format!("{name}:\n{line}"))
        .collect();
    format!("Which alarm? Send one of these:\n{}", lines.join("\n"))
}

/// What `/asked` says by itself.
pub const NEVER_ARRIVED: &str = "never arrived";
/// In a line to send, for words that are not repeated.
pub const THEIR_WORDS: &str = "and what they said";
/// The same for a concern.
pub const AND_WHY: &str = "and why";
/// The same for the end of an alarm.
pub const A_REASON: &str = "and the reason";

/// She is not out.
pub fn not_out(name: &str) -> String {
    format!("{name} has no visit logged, and nothing is open for {name}.")
}

/// A command in the name of oneself, where somebody else must be named.
pub fn not_yourself() -> String {
    "That is for somebody else to say. For yourself, send: /ok or /left".to_owned()
}

/// Words in answer to a page, kept in its record.
pub fn kept(number: &str) -> String {
    format!("Thank you, kept with {number}.")
}

/// Words in answer to a concern at the door.
pub fn passed_on(name: &str) -> String {
    format!("Thank you, passed on to {name}.")
}

/// A visit that was edited into something else.
pub fn edited_away(visit: &Visit, words: &Words<'_>) -> String {
    format!(
        "{} stays as it was: {}. To change it, edit your message, for example to: {}\nIf it does not take place, send: \
         /cancel {}",
        visit.reference,
        words.visit(visit),
        visit_line(visit, words),
        visit.reference
    )
}

/// The line that logs a visit with all that it has.
fn visit_line(visit: &Visit, words: &Words<'_>) -> String {
    let mut line = format!("/visit {}", words.short(visit));
    line += &format!(" {}-{}", words.time(visit.start), words.time(visit.end));
    if let Some(category) = visit.category {
        line += &format!(" cat {category}");
    }
    for with in &visit.with {
        line += &format!(" with @{with}");
    }
    for check in &visit.checks {
        let call = if check.call { " call" } else { "" };
        line += &format!(" check {}{call}", words.time(check.at));
    }
    if let Some(back) = visit.back {
        line += &format!(" back {}", words.time(back));
    }
    line
}

/// The bot was not listening.
pub fn was_blind(words: &Words<'_>, from: DateTime<Utc>, to: DateTime<Utc>) -> String {
    format!(
        "I was not able to watch from {} to {}. I have read what was said meanwhile; whatever is overdue follows now.",
        words.moment(from),
        words.moment(to)
    )
}

/// A message to somebody that did not arrive.
pub fn not_reached(name: &str, text: &str) -> String {
    format!("{name} could not be reached with this; please see to it: {text}")
}

/// A message that could not be dealt with.
pub fn failed(name: &str) -> String {
    format!(
        "I could not deal with a message from {name}, and it is kept in my log. Please ask {name} what it was."
    )
}

/// Somebody writes more than thumbs can.
pub fn crowd(name: &str, most: usize) -> String {
    format!(
        "Very many messages come from {name}: more than {most} within a minute. I keep all of them, but no longer answer or \
         show each one. A call for help and a word about a visit still count. Please ask {name} whether that is a mistake."
    )
}

/// Where messages are missing.
pub enum Lost<'a> {
    /// In the direct chat with this person.
    From(&'a str),
    /// In the team's room.
    TeamRoom,
    /// In the managers' room.
    ManagersRoom,
}

/// Messages that were sent before `until` and cannot be fetched.
pub fn missing(lost: &Lost<'_>, until: DateTime<Utc>, words: &Words<'_>) -> String {
    let until = words.moment(until);
    match lost {
        Lost::From(name) => format!(
            "I could not fetch some messages that {name} sent me before {until}, so I have not read them. Please ask {name} \
             what they were."
        ),
        Lost::TeamRoom => format!(
            "I could not fetch some messages in the room of {} from before {until}, so I have not read them. Please look there \
             for anything that I should have heard.",
            words.team.name
        ),
        Lost::ManagersRoom => format!(
            "I could not fetch some messages in this room from before {until}, so I have not read them. Please send again what \
             I have not answered."
        ),
    }
}

/// A shift that cannot be read: nobody is watching it.
pub fn cannot_watch(name: &str) -> String {
    format!(
        "I cannot read what {name} has logged, so I am NOT looking out for {name}. Please ring {name} now, and tell whoever \
         looks after me. I will try again in 5 minutes."
    )
}

/// A visit for somebody who makes none.
pub fn no_worker(name: &str) -> String {
    format!("{name} makes no visits here, so nothing is logged. For yourself, leave out the name.")
}

/// What kind of alarm it is, in a word or three.
pub fn kind(kind: AlarmKind) -> &'static str {
    match kind {
        AlarmKind::Overdue => "not reported out",
        AlarmKind::MissedCheckIn => "missed check-in",
        AlarmKind::Duress | AlarmKind::Sos => "call for help",
        AlarmKind::Possible => "possible call for help",
        AlarmKind::Concern => "concern at the door",
        AlarmKind::RingMe => "asks to be rung",
        AlarmKind::ShiftEnd => "not reported back",
        AlarmKind::Unreadable => "unreadable message",
    }
}

/// Somebody tells of a code phrase that a colleague used.
pub fn for_whom() -> String {
    "If a colleague has asked for help in this way, I call everybody at once when you send, with their name: /duress @amira\n\
     If you are in danger yourself, send: /sos"
        .to_owned()
}

/// An edit names somebody else than the message had.
pub fn another_worker(was: &str, now: &str, reference: &str) -> String {
    format!(
        "Your message logged {reference} for {was}, and that stays as it is: nothing is logged for {now}. To log it for {now}, \
         send a new message. To take it away for {was}: /cancel {reference}"
    )
}
