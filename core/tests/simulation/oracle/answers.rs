//! Each message is applied once: each command is answered, and none twice.

use super::{Harm, Oracle};
use crate::simulation::talk::{Heard, Meaning, Sent, Spot, Time};
use std::collections::BTreeMap;

/// What was asked.
struct Asked {
    at: Time,
    answers: u32,
    /// A message can be tapped more than once.
    asked: u32,
    must: bool,
    what: String,
}

/// All that was said, and its answers.
#[derive(Default)]
pub struct Answers {
    asked: BTreeMap<String, Asked>,
    waiting: Vec<String>,
}

impl Answers {
    pub fn heard(&mut self, at: Time, heard: &Heard, elsewhere: bool) {
        let must = heard.who.is_some() && !elsewhere && is_answered(heard);
        if must {
            self.waiting.push(heard.asks_at.clone());
        }
        let what = format!("{:?} of {:?}", heard.meaning, heard.who);
        let new = || Asked {
            at,
            answers: 0,
            asked: 0,
            must,
            what,
        };
        let asked = self.asked.entry(heard.asks_at.clone()).or_insert_with(new);
        asked.asked += 1;
    }

    pub fn sent(&mut self, sent: &Sent) -> Option<String> {
        let event = sent.reply_to.as_ref().filter(|_| !sent.file)?;
        let Some(asked) = self.asked.get_mut(event) else {
            return Some(format!(
                "an answer to {event}, which nobody said: {}",
                sent.text
            ));
        };
        asked.answers += 1;
        if asked.answers > asked.asked {
            return Some(format!(
                "{event} ({}) is answered {} times: {}",
                asked.what, asked.answers, sent.text
            ));
        }
        None
    }
}

/// What gets an answer for certain: everything in a direct chat that is not taken back, and commands in rooms.
fn is_answered(heard: &Heard) -> bool {
    match heard.meaning {
        Meaning::Chatter | Meaning::Gone => false,
        Meaning::Phrase | Meaning::VisitNow { .. } => !heard.text.starts_with("Edit"),
        _ => matches!(heard.spot, Spot::Direct(_)) || heard.text.contains("\"/"),
    }
}

impl Oracle {
    /// What should have been answered by now.
    pub(super) fn silent_answers(&mut self) {
        let now = self.now;
        let waiting = std::mem::take(&mut self.answers.waiting);
        for event in waiting {
            let Some(asked) = self.answers.asked.get(&event) else {
                continue;
            };
            if asked.answers > 0 || !asked.must {
                continue;
            }
            match self.sky.latest(asked.at).filter(|latest| *latest <= now) {
                None => self.answers.waiting.push(event),
                Some(_) => {
                    let what = format!("{event} ({}) is not answered", asked.what);
                    self.wrong(Harm::Lost, what);
                }
            }
        }
    }
}
