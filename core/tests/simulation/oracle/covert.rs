//! Who may see what (invariants 4 and 5), and that nothing is said twice.

use super::{Harm, Oracle};
use crate::simulation::talk::{Heard, Meaning, Sent, Spot, Time, alarm_number};
use crate::simulation::town::Team;
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};

/// Team, place, text, what it answers.
type Line = (usize, Spot, String, Option<String>);

/// Messages that are the same.
#[derive(Default)]
pub struct Twins {
    /// What was said last in these words, as which event, and how often in that moment.
    last: BTreeMap<Line, (Time, String, u32)>,
    reminders: BTreeSet<(usize, u32, Spot, String)>,
    /// Notes, and how often they were written: what passes one on may be said as often.
    notes: BTreeMap<String, u32>,
    /// Who has written what, heard when last.
    words: BTreeMap<(String, String), Time>,
    /// Whose same words were heard twice in one moment: each is answered, in their own chat where the room is not for it.
    repeated: BTreeMap<String, Time>,
    /// What somebody said about an alarm in one moment, and how often, in whatever words: each is answered, and the answer
    /// may be the same.
    about: BTreeMap<(String, usize, u32), (Time, u32)>,
    /// When each account was heard last, and how often in that moment: after a code phrase each of her messages is a line.
    moments: BTreeMap<String, (Time, u32)>,
}

impl Twins {
    /// After the clock was set back, moments come again.
    pub fn forget(&mut self) {
        self.last.clear();
    }

    pub fn heard(&mut self, now: Time, heard: &Heard) {
        if let Some(who) = heard.who.clone() {
            let moment = self.moments.entry(who).or_insert((now, 0));
            moment.1 = if moment.0 == now { moment.1 + 1 } else { 1 };
            moment.0 = now;
        }
        if let (Some(who), Some(number)) = (heard.who.clone(), heard.meaning.alarm()) {
            let about = (who, heard.team, number);
            let said = self.about.entry(about).or_insert((now, 0));
            said.1 = if said.0 == now { said.1 + 1 } else { 1 };
            said.0 = now;
        }
        if let Some(who) = heard.who.clone().filter(|_| !heard.words.is_empty()) {
            let before = self.words.insert((who.clone(), heard.words.clone()), now);
            if before == Some(now) {
                self.repeated.insert(who, now);
            }
        }
        if matches!(
            heard.meaning,
            Meaning::Note | Meaning::Chatter | Meaning::Location
        ) {
            let words = match heard.words.as_str() {
                "" => "shared a location",
                words => words,
            };
            *self.notes.entry(words.to_owned()).or_default() += 1;
        }
    }

    pub fn sent(&mut self, sent: &Sent) -> Option<String> {
        let often =
            |(words, count): (&String, &u32)| *count > 1 && sent.text.contains(words.as_str());
        if sent.standing || self.notes.iter().any(often) {
            return None;
        }
        let key = (
            sent.team,
            sent.spot.clone(),
            sent.text.clone(),
            sent.reply_to.clone(),
        );
        let now = |at: Time| (sent.decided - at).abs() < TimeDelta::seconds(1);
        let before = self.last.get(&key).filter(|before| now(before.0)).cloned();
        let times = before.as_ref().map_or(1, |before| before.2 + 1);
        self.last
            .insert(key, (sent.decided, sent.event.clone(), times));
        if let Some((_, event, _)) = before
            && !self.each_is_said(sent, times)
        {
            return Some(format!(
                "said twice to {:?}, as {event} and {}: {}",
                sent.spot, sent.event, sent.text
            ));
        }
        let number = alarm_number(&sent.text)?;
        let (_, rest) = sent.text.split_once("(reminder ")?;
        let (which, _) = rest.split_once(')')?;
        let key = (sent.team, number, sent.spot.clone(), which.to_owned());
        let new = self.reminders.insert(key);
        (!new).then(|| format!("the same reminder twice to {:?}: {}", sent.spot, sent.text))
    }

    /// True if there is a reason to say the same so many times in one moment: each message heard has its own answer.
    fn each_is_said(&self, sent: &Sent, times: u32) -> bool {
        let now = |at: Time| (sent.decided - at).abs() < TimeDelta::seconds(1);
        let answered = match &sent.spot {
            Spot::Direct(whose) if sent.reply_to.is_none() => self.repeated.get(whose),
            _ => None,
        };
        let line = sent.text.contains("sent after the code phrase");
        let several = |(at, times): &(Time, u32)| *times > 1 && now(*at);
        answered.is_some_and(|at| now(*at))
            || line && self.moments.values().any(several)
            || self
                .said_about(sent)
                .is_some_and(|(at, said)| now(*at) && times <= *said)
    }

    /// What whoever reads this said last about its alarm, where this answers no message by name.
    fn said_about(&self, sent: &Sent) -> Option<&(Time, u32)> {
        let Spot::Direct(whose) = &sent.spot else {
            return None;
        };
        let number = alarm_number(&sent.text).filter(|_| sent.reply_to.is_none() && !sent.rings)?;
        self.about.get(&(whose.clone(), sent.team, number))
    }
}

fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

/// True if this person can read what is said there.
pub fn reads(team: &Team, person: &str, spot: &Spot) -> bool {
    match spot {
        Spot::Team => true,
        Spot::Managers => team.person(person).is_some_and(|p| p.responds()),
        Spot::Direct(whose) => whose == person,
    }
}

impl Oracle {
    /// Nobody sees what is not for them.
    pub(super) fn seen_by_whom(&mut self, sent: &Sent) {
        let town = self.town.clone();
        let team = &town.teams[sent.team];
        let text = folded(&sent.text);
        if let Some(phrase) = team
            .phrases
            .iter()
            .find(|phrase| text.contains(&folded(phrase)))
        {
            let what = format!("it says the phrase “{phrase}”: {}", sent.text);
            return self.wrong(Harm::Shown, what);
        }
        if sent.spot == Spot::Team {
            let never = ["07700", "01632", "999", "police", "help", "example street"];
            let told = never.iter().find(|word| text.contains(**word));
            if told.is_some() || alarm_number(&sent.text).is_some() {
                return self.wrong(Harm::Shown, format!("in the team's room: {}", sent.text));
            }
        }
        let Some(number) = alarm_number(&sent.text) else {
            return;
        };
        let named = team.people.iter().find(|p| sent.text.contains(&p.name));
        let seen = self.alarms.get(&(sent.team, number));
        let whose = seen.map(|seen| seen.worker.clone());
        let Some(worker) = whose.or_else(|| named.map(|p| p.id.clone())) else {
            return;
        };
        let secret = seen.is_none_or(|seen| matches!(seen.kind, "duress" | "possible"));
        if sent.pings.contains(&worker)
            || (secret || sent.rings) && reads(team, &worker, &sent.spot)
        {
            self.wrong(
                Harm::Shown,
                format!(
                    "{worker} sees A{number}, which is about {worker}: {}",
                    sent.text
                ),
            );
        }
    }
}
