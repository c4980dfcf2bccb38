//! The escalation record of an alarm (Wiltshire, Appendix 5): what happened, who did what, how it ended.

use super::{Words, address, desk::kind};
use crate::domain::alarm::Alarm;
use crate::domain::deed::Deed;
use crate::domain::shift::Shift;
use chrono::{DateTime, Utc};

/// A heading and lines of two columns, so that text and page say the same.
struct Document {
    title: String,
    facts: Vec<(&'static str, String)>,
    done: Vec<(String, String)>,
}

/// As plain text.
pub fn text(shift: &Shift, alarm: &Alarm, policy: &str, words: &Words<'_>) -> String {
    let document = document(shift, alarm, policy, words);
    let mut lines = heading(&document);
    lines.push("What was done:".to_owned());
    lines.extend(
        document
            .done
            .iter()
            .map(|(at, what)| format!("{at} {what}")),
    );
    lines.join("\n")
}

/// What a phone shows of a long one: without what was done, which is in the files that come with it.
pub fn summary(shift: &Shift, alarm: &Alarm, policy: &str, words: &Words<'_>) -> String {
    let document = document(shift, alarm, policy, words);
    let mut lines = heading(&document);
    let done = document.done.len();
    lines.push(format!("What was done: {done} lines, in the files below."));
    lines.join("\n")
}

/// A file of a record that cannot be sent.
pub fn not_sent(name: &str) -> String {
    format!(
        "I could not send the file {name}: the server does not take it. Whoever looks after me can print the record."
    )
}

fn heading(document: &Document) -> Vec<String> {
    let facts = document.facts.iter();
    let facts = facts.map(|(name, value)| format!("{name}: {value}"));
    std::iter::once(document.title.clone())
        .chain(facts)
        .collect()
}

/// As a page that prints well.
pub fn html(shift: &Shift, alarm: &Alarm, policy: &str, words: &Words<'_>) -> String {
    let document = document(shift, alarm, policy, words);
    let row = |name: &str, value: &str| {
        format!(
            "<tr><th>{}</th><td>{}</td></tr>",
            escaped(name),
            escaped(value)
        )
    };
    let facts: String = document
        .facts
        .iter()
        .map(|(name, value)| row(name, value))
        .collect();
    let done: String = document
        .done
        .iter()
        .map(|(at, what)| row(at, what))
        .collect();
    let title = escaped(&document.title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\n<style>\n\
         body {{ font: 11pt/1.4 sans-serif; margin: 2cm; }}\n\
         table {{ border-collapse: collapse; width: 100%; }}\n\
         th, td {{ border: 1px solid #999; padding: 4px 8px; text-align: left; vertical-align: top; }}\n\
         th {{ width: 28%; font-weight: 600; }}\ntr {{ break-inside: avoid; }}\n</style></head>\n\
         <body><h1>{title}</h1>\n<table>{facts}</table>\n<h2>What was done</h2>\n<table>{done}</table></body></html>\n"
    )
}

fn document(shift: &Shift, alarm: &Alarm, policy: &str, words: &Words<'_>) -> Document {
    let at = |at: DateTime<Utc>| words.day_and_time(at);
    let visit = alarm.visit.and_then(|no| shift.visit(no));
    let mut facts = vec![
        ("Team", words.team.name.clone()),
        ("Procedure", policy.to_owned()),
        ("Worker", words.full(&shift.worker).to_owned()),
        ("Why", kind(alarm.kind).to_owned()),
        (
            "Visit",
            visit.map_or("none was logged".to_owned(), |visit| words.visit(visit)),
        ),
        ("Raised", at(alarm.raised_at)),
    ];
    facts.extend(alarm.written_at.map(|sent| ("Message sent", at(sent))));
    let address = alarm.visit.and_then(|no| shift.address(no));
    facts.extend(address.map(|note| ("Address", address::on_record(note, words))));
    let by = alarm.raised_by.as_ref().map(|by| words.full(by).to_owned());
    facts.extend(by.map(|by| ("Raised by", by)));
    let before = shift
        .sightings
        .iter()
        .filter(|s| s.confirmed && s.at <= alarm.raised_at);
    if let Some(last) = before.max_by_key(|s| s.at) {
        facts.push(("Last confirmed contact before", words.sighting(last)));
    }
    let after = shift
        .sightings
        .iter()
        .filter(|s| s.confirmed && s.at > alarm.raised_at);
    facts.extend(after.map(|s| ("Confirmed contact since", words.sighting(s))));
    if let Some(police) = &alarm.standing.police {
        let log = if police.log.is_empty() {
            "no log number"
        } else {
            police.log.as_str()
        };
        let told = format!(
            "{}, told by {}, {log}",
            at(police.at),
            words.full(&police.by)
        );
        let told = match &shift.drill {
            Some(_) => format!("{told} (practice: nobody was called)"),
            None => told,
        };
        facts.push(("Police", told));
    }
    let closed = alarm
        .standing
        .closed
        .as_ref()
        .map_or("still open".to_owned(), |closed| {
            format!(
                "{} by {}: {}",
                at(closed.at),
                words.full(&closed.by),
                words.how(&closed.how)
            )
        });
    facts.push(("Closed", closed));
    let done = alarm.record.iter().map(|line| {
        let who = line.by.as_ref().map_or("Lonewatch", |by| words.full(by));
        let what = match (&shift.drill, &line.what) {
            (Some(_), Deed::CalledPolice { .. }) => "would call the police now".to_owned(),
            (_, what) => words.line(what),
        };
        (at(line.at), format!("{who}: {what}"))
    });
    Document {
        title: match &shift.drill {
            Some(_) => super::drill::marked(&format!("Record {}", alarm.number)),
            None => format!("Escalation record {}", alarm.number),
        },
        facts,
        done: done.collect(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
