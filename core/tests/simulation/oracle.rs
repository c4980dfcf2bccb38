//! The oracle: says what must have reached whom by when, from what went in and what the homeserver saw, with a small
//! model of its own.

mod alarms;
mod answers;
mod covert;
mod ladders;
mod owed;
mod sky;
mod watch;
mod words;

use super::server::Post;
use super::talk::{Heard, Meaning, Sent, Spot, Time};
use super::town::Town;
use alarms::Seen;
use answers::Answers;
use chrono::TimeDelta;
use covert::Twins;
use owed::{Key, Owed, Proof};
use sky::Sky;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use watch::Watch;

/// What kind of harm was done; the table of `scripts/faults` counts by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// A message without its answer, an alarm that nobody hears of any more, a bot that cannot go on.
    Lost,
    /// A message, an answer, a reminder or a step twice.
    Doubled,
    /// A page, a question or news that had not come by its time; perhaps it never would.
    Late,
    /// Seen by somebody for whom it was not.
    Shown,
    /// Without a reason, or after it was over.
    Needless,
}

/// How far the bot may be behind by itself: it is there at the very moment, so this is rounding.
const SLACK: TimeDelta = TimeDelta::seconds(2);
/// A silence that is longer than this is told (design, invariant 9), with what the bot's own mark may be old.
const BLIND_AFTER: TimeDelta = TimeDelta::seconds(155);

/// What it knows.
pub struct Oracle {
    town: Arc<Town>,
    now: Time,
    wrong: Option<(Harm, String)>,
    owed: Vec<Owed>,
    sky: Sky,
    /// Messages that may be the proof of something.
    said: Vec<Sent>,
    watches: BTreeMap<(usize, String), Watch>,
    alarms: BTreeMap<(usize, u32), Seen>,
    answers: Answers,
    twins: Twins,
    /// Whose chats refuse, and until when they did.
    refusing: BTreeMap<(usize, String), (Time, Option<Time>)>,
    /// To whom a page about which alarm was refused: each is told of once.
    unreached: BTreeSet<(usize, u32, String)>,
    /// When it may be said last that it was blind.
    may_be_blind: Option<Time>,
}

impl Oracle {
    pub fn new(town: Arc<Town>, now: Time) -> Self {
        Self {
            town,
            now,
            wrong: None,
            owed: Vec::new(),
            sky: Sky::default(),
            said: Vec::new(),
            watches: BTreeMap::new(),
            alarms: BTreeMap::new(),
            answers: Answers::default(),
            twins: Twins::default(),
            refusing: BTreeMap::new(),
            unreached: BTreeSet::new(),
            may_be_blind: None,
        }
    }

    /// What is wrong, if something is.
    pub fn found(&self) -> Option<&(Harm, String)> {
        self.wrong.as_ref()
    }

    pub fn alarms(&self) -> u64 {
        self.alarms.len() as u64
    }

    fn wrong(&mut self, harm: Harm, what: impl Into<String>) {
        if self.wrong.is_none() {
            self.wrong = Some((harm, what.into()));
        }
    }

    /// Something that somebody said has come to the bot.
    pub fn heard(&mut self, now: Time, heard: &Heard) {
        self.now = now;
        let elsewhere = self.answered_elsewhere(heard);
        self.answers.heard(now, heard, elsewhere);
        self.twins.heard(now, heard);
        let Some(who) = heard.who.clone() else { return };
        match (heard.meaning.alarm(), &heard.meaning) {
            (Some(number), _) => self.answered(number, heard),
            (None, Meaning::Chatter) => {}
            _ => self.worker_said(&who, heard),
        }
    }

    /// Where the worker reads the managers' room herself, what is said there about her alarm is answered in the speaker's
    /// own chat, as no reply to anything.
    fn answered_elsewhere(&self, heard: &Heard) -> bool {
        let Some(number) = heard.meaning.alarm() else {
            return false;
        };
        let Some(seen) = self.alarms.get(&(heard.team, number)) else {
            return true;
        };
        let worker = self.town.teams[heard.team].person(&seen.worker);
        heard.spot == Spot::Managers && worker.is_some_and(|worker| worker.responds())
    }

    /// What became of a message.
    pub fn post(&mut self, now: Time, post: &Post) {
        self.now = now;
        match post {
            Post::Sent(sent) => self.sent(sent),
            Post::Refused(team, spot, rings, text) => self.refused(*team, spot, *rings, text),
        }
    }

    fn sent(&mut self, sent: &Sent) {
        self.now = sent.at;
        if sent.team >= self.town.teams.len() {
            return self.wrong(Harm::Shown, format!("a message for no team: {}", sent.text));
        }
        if let Some(wrong) = self.answers.sent(sent) {
            self.wrong(Harm::Doubled, wrong);
        }
        if let Some(wrong) = self.twins.sent(sent) {
            self.wrong(Harm::Doubled, wrong);
        }
        self.seen_by_whom(sent);
        self.blind_without_reason(sent);
        self.rung(sent);
        if sent.rings || sent.spot == Spot::Managers || sent.text.contains("could not be") {
            self.said.push(sent.clone());
        }
    }

    fn refused(&mut self, team: usize, spot: &Spot, rings: bool, text: &str) {
        let Spot::Direct(person) = spot else { return };
        let Some(number) = super::talk::alarm_number(text).filter(|_| rings) else {
            return;
        };
        let name = self.town.teams[team].person(person).map(|p| p.name.clone());
        let page = text.contains("Rule: ");
        let first = (team, number, person.clone());
        if !page || !self.unreached.insert(first) {
            return;
        }
        self.owed.push(Owed {
            key: Key::Alarm(team, number),
            // Once is enough: pages that were tried in vain may have been told of before.
            since: self.now - TimeDelta::hours(12),
            by: self.now,
            after: None,
            proof: Proof::Unreached {
                team,
                number,
                name: name.unwrap_or_default(),
            },
            why: format!("a page of A{number} to {person} was refused"),
        });
    }

    /// Time has come so far, and the bot has done what there was to do.
    pub fn time(&mut self, now: Time) {
        self.now = now;
        self.unread_after_grace();
        self.silent_alarms();
        self.silent_answers();
        self.judge();
        if self.said.len() > 4000 {
            self.said.drain(..2000);
        }
    }

    /// Sends go wrong, or nothing goes at all; or that is over.
    pub fn unsteady(&mut self, what: &'static str, now: Time, begins: bool) {
        self.now = now;
        self.sky.unsteady(what, now, begins);
    }

    /// The clock was set.
    pub fn jumps(&mut self, from: Time, to: Time) {
        self.now = to;
        if to > from {
            self.sky.past(from, to);
            self.may_be_blind = Some(to + TimeDelta::hours(3));
        } else {
            self.twins.forget();
            self.sky.set_back(from, to);
        }
    }

    /// Nothing could come or go from `since` to `now`.
    pub fn blind(&mut self, since: Time, now: Time) {
        self.may_be_blind = Some(now + TimeDelta::minutes(3));
        if now - since <= BLIND_AFTER {
            return;
        }
        let local = |at: Time| {
            let at = at.with_timezone(&chrono_tz::Europe::London);
            at.format("%H:%M").to_string()
        };
        for team in 0..self.town.teams.len() {
            self.owed.push(Owed {
                key: Key::Blind,
                since: now,
                by: now,
                after: None,
                proof: Proof::Blind {
                    team,
                    until: local(now),
                },
                why: format!("it saw nothing from {since} to {now}"),
            });
        }
    }

    fn blind_without_reason(&mut self, sent: &Sent) {
        let says = sent.text.starts_with("I was not able to watch");
        if says && self.may_be_blind.is_none_or(|until| sent.decided > until) {
            self.wrong(Harm::Needless, format!("it was not blind: {}", sent.text));
        }
    }

    /// The server begins or ends to refuse what goes to somebody's chat.
    pub fn refuses(&mut self, team: usize, person: &str, on: bool) {
        let key = (team, person.to_owned());
        let now = self.now;
        match on {
            true => {
                self.refusing.insert(key, (now, None));
            }
            false => {
                if let Some(span) = self.refusing.get_mut(&key) {
                    span.1 = Some(now);
                }
            }
        }
    }

    /// True if this person's chat refused at some time since then.
    fn unreachable(&self, team: usize, person: &str, since: Time) -> bool {
        let span = self.refusing.get(&(team, person.to_owned()));
        span.is_some_and(|(_, until)| until.is_none_or(|until| until >= since - SLACK))
    }
}
