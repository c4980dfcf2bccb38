//! `--record`: the file again, with what the bot really said in place of what was expected of it.

#[cfg(test)]
mod tests;

use super::expect::Sent;
use super::script::{Line, Script, What, When, floor, written_when};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Writes `original` back with the bot's messages as its expectation lines, in the order of sending (edits
/// are left out: no line can expect them). All other lines stay, in their order; a line's time is only
/// rewritten where it would mean another moment below its new neighbour. `marks` as in
/// [`judge`](super::expect::judge); times in `tz`, the first team's zone.
pub fn record(original: &str, script: &Script, sent: &[Sent], tz: Tz, marks: &[usize]) -> String {
    let mut out = Recorder {
        sent,
        tz,
        previous: script.start,
        next: 0,
        gap: Vec::new(),
        text: String::new(),
    };
    for (index, raw) in original.lines().enumerate() {
        let line = script
            .lines
            .iter()
            .position(|line| line.number == index + 1);
        match line.and_then(|i| script.lines.get(i).map(|line| (i, line))) {
            Some((i, line @ Line { at: Some(at), .. })) => match line.what {
                What::Expect(_) => {
                    let limit = next_mark(script, i, marks, sent.len());
                    out.expectation(at, limit);
                }
                _ => {
                    out.say_up_to(marks.get(i).copied().unwrap_or(sent.len()));
                    out.close_gap();
                    out.keep(line, at);
                }
            },
            _ if index < script.header.last_line => out.push(raw),
            _ => out.gap.push(raw),
        }
    }
    out.say_up_to(sent.len());
    out.close_gap();
    out.text
}

/// How many messages had been sent before the next line that is no expectation.
fn next_mark(script: &Script, index: usize, marks: &[usize], all: usize) -> usize {
    let mut below = script.lines.iter().enumerate().skip(index + 1);
    let next = below.find(|(_, line)| line.at.is_some() && !matches!(line.what, What::Expect(_)));
    next.and_then(|(i, _)| marks.get(i).copied()).unwrap_or(all)
}

struct Recorder<'a> {
    sent: &'a [Sent],
    tz: Tz,
    /// The moment of the last line with a time that was written.
    previous: DateTime<Utc>,
    /// The next message to be written.
    next: usize,
    /// Comments, empty lines and `never` lines that wait for what they stand above.
    gap: Vec<&'a str>,
    text: String,
}

impl Recorder<'_> {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn close_gap(&mut self) {
        for line in std::mem::take(&mut self.gap) {
            self.push(line);
        }
    }

    fn say_up_to(&mut self, limit: usize) {
        while let Some(message) = self.sent.get(self.next).filter(|_| self.next < limit) {
            self.next += 1;
            if !message.edit {
                let line = message.line(self.previous, self.tz);
                self.push(&line);
                self.previous = self.previous.max(floor(message.at, true));
            }
        }
    }

    /// In place of an expectation: what was sent before its time goes above the comments that stand over it,
    /// what was sent at its time below them.
    fn expectation(&mut self, at: &When, limit: usize) {
        let (first, last) = at.window();
        let unsaid = self.sent.get(self.next..limit).unwrap_or_default();
        let early = unsaid.iter().take_while(|s| s.at < first).count();
        let there = unsaid.iter().take_while(|s| s.at <= last).count();
        let next = self.next;
        self.say_up_to(next + early);
        self.close_gap();
        self.say_up_to(next + there);
    }

    /// Writes a line that stays, with its time rewritten where it would read otherwise here.
    fn keep(&mut self, line: &Line, at: &When) {
        let same = |read: &When| match line.what {
            What::Never(_) => read.window() == at.window(),
            _ => read.from == at.from,
        };
        match line.time_below(self.previous, self.tz).filter(same) {
            Some(read) => {
                self.push(&line.raw);
                self.previous = read.from;
            }
            None => {
                let time = written_when(at, self.previous, self.tz);
                self.push(&format!("{time} {}", line.matter()));
                self.previous = self.previous.max(at.from);
            }
        }
    }
}
