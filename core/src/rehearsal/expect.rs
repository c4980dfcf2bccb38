//! Does what the bot sent hold against what the scenario expects?

mod matching;
mod sent;
#[cfg(test)]
mod tests;

pub use sent::{Sent, SentPlace};

use super::script::{Expect, Never, Script, What, When};
use chrono::Duration;
use chrono_tz::Tz;

/// What became of a scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// What did not hold, in the order of the file's lines.
    pub failures: Vec<Failure>,
    /// For each line of the script the message (index into what was sent) that satisfies it; `None` where
    /// there is none, or the line expects none.
    pub met_by: Vec<Option<usize>>,
}

impl Verdict {
    /// True where everything held.
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }
}

/// One line that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line's number in the file, from 1.
    pub number: usize,
    /// The line as it was written.
    pub raw: String,
    /// In which way.
    pub kind: FailureKind,
    /// Indices into what was sent: the messages that broke the line, or for [`FailureKind::NotSent`] those
    /// that come nearest.
    pub sent: Vec<usize>,
}

/// In which way a line did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// An expected message was not sent.
    NotSent,
    /// A `never` message was sent.
    SentAnyway,
    /// Somebody was pinged before a `quiet`.
    NotQuiet,
    /// The head says `strict` and no line expects this message.
    NotExpected,
}

impl Failure {
    /// For people: what is wrong and what was sent instead, one message a line. Times in `tz`.
    pub fn explain(&self, sent: &[Sent], tz: Tz) -> String {
        let what = match (self.kind, self.sent.is_empty()) {
            (FailureKind::NotSent, true) => "was not sent, nor anything like it",
            (FailureKind::NotSent, false) => "was not sent; the nearest:",
            (FailureKind::SentAnyway, _) => "must never be sent, and was:",
            (FailureKind::NotQuiet, _) => "was not quiet:",
            (FailureKind::NotExpected, _) => "no line expects this:",
        };
        let mut text = format!("{}: {}\n  {what}", self.number, self.raw.trim());
        const SHOWN: usize = 5;
        if self.sent.len() > SHOWN {
            text += &format!(" ({} messages, the first {SHOWN})", self.sent.len());
        }
        for message in self
            .sent
            .iter()
            .take(SHOWN)
            .filter_map(|&index| sent.get(index))
        {
            text += &format!("\n    {}", message.line(message.at, tz));
        }
        text
    }
}

impl Expect {
    /// True where the message is in the place and of the kind expected; its time is not looked at.
    pub fn fits(&self, sent: &Sent) -> bool {
        !sent.edit
            && self.place.covers(&sent.place)
            && self.pings_fit(sent)
            && self.glob.matches(&sent.text)
    }

    fn pings_fit(&self, sent: &Sent) -> bool {
        self.pings.as_ref().is_none_or(|pings| {
            let all_named = pings.people.iter().all(|id| sent.pings.contains(id));
            let no_other = sent.pings.iter().all(|id| pings.people.contains(id));
            all_named && (pings.at_least || no_other)
        })
    }
}

impl Never {
    /// True where the message is what must not be sent; its time is not looked at.
    pub fn fits(&self, sent: &Sent) -> bool {
        let pinged = self.people.is_empty() || self.people.iter().any(|id| sent.pings.contains(id));
        pinged && self.place.covers(&sent.place) && self.glob.matches(&sent.text)
    }
}

/// Compares what was sent, in the order of sending, with what the script expects.
///
/// `marks[i]` is the number of messages that had been sent just before line `i` of `script.lines` took
/// effect, after everything due up to its time had happened. A mark that is missing counts as "all".
pub fn judge(script: &Script, sent: &[Sent], marks: &[usize]) -> Verdict {
    let wishes: Vec<Vec<usize>> = (0..script.lines.len())
        .map(|i| wish(script, i, sent))
        .collect();
    let met_by = matching::greatest(&wishes, sent.len());
    let mut failures: Vec<Failure> = script
        .lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| {
            let (kind, found) = match &line.what {
                What::Expect(_) if met_by.get(index).is_none_or(Option::is_none) => {
                    (FailureKind::NotSent, nearest(script, index, sent, &met_by))
                }
                What::Never(never) => (
                    FailureKind::SentAnyway,
                    broken_by(never, line.at.as_ref(), sent),
                ),
                What::Quiet => (
                    FailureKind::NotQuiet,
                    pinged_before(script, index, sent, marks, &met_by),
                ),
                _ => return None,
            };
            (kind == FailureKind::NotSent || !found.is_empty()).then(|| Failure {
                number: line.number,
                raw: line.raw.clone(),
                kind,
                sent: found,
            })
        })
        .collect();
    if script.header.strict {
        let met = |index: &usize| met_by.contains(&Some(*index));
        let extra = (0..sent.len())
            .filter(|index| sent.get(*index).is_some_and(|s| !s.edit) && !met(index));
        failures.extend(extra.map(|index| Failure {
            number: script.header.strict_line,
            raw: "strict".to_owned(),
            kind: FailureKind::NotExpected,
            sent: vec![index],
        }));
        failures.sort_by_key(|failure| failure.number);
    }
    Verdict { failures, met_by }
}

/// The messages that could satisfy line `index`; none for a line that expects none.
fn wish(script: &Script, index: usize, sent: &[Sent]) -> Vec<usize> {
    let Some((What::Expect(expect), Some(at))) = script.lines.get(index).map(|l| (&l.what, &l.at))
    else {
        return Vec::new();
    };
    which(sent, |s| at.contains(s.at) && expect.fits(s))
}

fn which(sent: &[Sent], wanted: impl Fn(&Sent) -> bool) -> Vec<usize> {
    sent.iter()
        .enumerate()
        .filter(|(_, s)| wanted(s))
        .map(|(index, _)| index)
        .collect()
}

fn broken_by(never: &Never, at: Option<&When>, sent: &[Sent]) -> Vec<usize> {
    which(sent, |s| {
        at.is_none_or(|at| at.contains(s.at)) && never.fits(s)
    })
}

/// At most this many messages are shown beside a failure.
const SHOWN: usize = 4;

/// What was sent in that place at that time (first what satisfies no other line); else such a message at
/// another time or with other pings, the nearest in time first; else what is in that place, likewise.
fn nearest(script: &Script, index: usize, sent: &[Sent], met_by: &[Option<usize>]) -> Vec<usize> {
    let Some((What::Expect(expect), Some(at))) = script.lines.get(index).map(|l| (&l.what, &l.at))
    else {
        return Vec::new();
    };
    let there = |s: &Sent| !s.edit && expect.place.covers(&s.place);
    let away = |i: &usize| {
        let (first, last) = at.window();
        sent.get(*i)
            .map_or(Duration::MAX, |s| (first - s.at).max(s.at - last))
    };
    let mut found = which(sent, |s| there(s) && at.contains(s.at));
    found.sort_by_key(|i| met_by.contains(&Some(*i)));
    if found.is_empty() {
        found = which(sent, |s| {
            !s.edit && expect.glob.matches(&s.text) && (there(s) || at.contains(s.at))
        });
        found.sort_by_key(away);
    }
    if found.is_empty() {
        found = which(sent, there);
        found.sort_by_key(away);
    }
    found.truncate(SHOWN);
    found
}

/// The messages that pinged somebody since the line before the `quiet` line `index`. Of an action that is all
/// that came of it. Of an expected message it is what came after the minute (or second) that it names; those
/// that satisfy the expectations just above, late in their ranges, are expected and so no noise.
fn pinged_before(
    script: &Script,
    index: usize,
    sent: &[Sent],
    marks: &[usize],
    met_by: &[Option<usize>],
) -> Vec<usize> {
    let mark = |i: usize| marks.get(i).copied().unwrap_or(sent.len()).min(sent.len());
    let above = script.lines.get(..index).unwrap_or_default();
    let timed = |i: &usize| above.get(*i).is_some_and(|line| line.at.is_some());
    let expects = |i: &usize| {
        above
            .get(*i)
            .is_some_and(|line| matches!(line.what, What::Expect(_)))
    };
    let mut before = (0..index).rev().filter(timed).peekable();
    let first = before.peek().copied();
    let after = first
        .filter(expects)
        .and_then(|i| above.get(i)?.at.as_ref())
        .map(|at| at.first_ends());
    let begin = match (first, after) {
        (Some(action), None) => mark(action),
        _ => 0,
    };
    let expected: Vec<usize> = before
        .take_while(expects)
        .filter_map(|i| met_by.get(i).copied().flatten())
        .collect();
    let mut found = which(sent, |s| {
        !s.edit
            && !s.pings.is_empty()
            && after.is_none_or(|end| s.at.timestamp_millis() > end.timestamp_millis())
    });
    found.retain(|i| (begin..mark(index)).contains(i) && !expected.contains(i));
    found
}
