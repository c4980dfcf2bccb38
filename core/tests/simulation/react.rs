//! What people do about what the bot says: workers tap, responders answer pages, others try what they may not.

use super::dice::Dice;
use super::people::{Act, Author, Speech, Way};
use super::talk::{Meaning, Sent, Spot, Time, alarm_number};
use super::town::{Person, Town};
use chrono::TimeDelta;
use std::collections::BTreeSet;

/// Who has an alarm in hand already.
pub struct People {
    pub dice: Dice,
    handled: BTreeSet<(usize, u32)>,
}

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

impl People {
    pub fn new(dice: Dice) -> Self {
        Self {
            dice,
            handled: BTreeSet::new(),
        }
    }

    /// What comes of one message; `now` is the true time.
    pub fn see(&mut self, sent: &Sent, now: Time, town: &Town, author: &mut Author) -> Vec<Speech> {
        let Some(team) = town.teams.get(sent.team) else {
            return vec![];
        };
        let mut out = Vec::new();
        if let Spot::Direct(person) = &sent.spot
            && sent.rings
            && sent.text.contains(": finished?")
        {
            out.extend(self.answers(sent, person, now, author));
        }
        let Some(number) = alarm_number(&sent.text).filter(|_| sent.rings) else {
            return out;
        };
        let about = team.people.iter().find(|p| sent.text.contains(&p.name));
        let Spot::Direct(paged) = &sent.spot else {
            return out;
        };
        let (Some(about), Some(paged)) = (about, team.person(paged)) else {
            return out;
        };
        if self.handled.insert((sent.team, number)) {
            let mut hands = Hands {
                dice: &mut self.dice,
                author,
                sent,
                number,
                out: &mut out,
            };
            let others = team.people.iter().filter(|p| p.matrix.is_some());
            let closers: Vec<&Person> = others
                .filter(|p| p.may_close() && p.id != about.id)
                .collect();
            hands.close(&closers, now);
            hands.try_without_right(team, about, now);
            hands.take(paged, now);
        }
        out
    }

    /// The question at the agreed end is answered by a tap, sometimes.
    fn answers(
        &mut self,
        sent: &Sent,
        who: &str,
        now: Time,
        author: &mut Author,
    ) -> Option<Speech> {
        let reference = sent.text.split_whitespace().next()?.to_owned();
        let (key, meaning) = match self.dice.below(12) {
            0 | 1 => ("👍", Meaning::Left(reference)),
            2 => ("⏳", Meaning::MoreTime(reference)),
            _ => return None,
        };
        Some(Speech {
            at: now + minutes(self.dice.from(1, 6)),
            event: author.event(),
            team: sent.team,
            who: Some(who.to_owned()),
            spot: sent.spot.clone(),
            act: Act::Tap {
                to: sent.event.clone(),
                room: sent.room.clone(),
                key,
            },
            meaning,
            way: Way::Straight,
        })
    }
}

/// What is done about one alarm.
struct Hands<'a> {
    dice: &'a mut Dice,
    author: &'a mut Author,
    sent: &'a Sent,
    number: u32,
    out: &'a mut Vec<Speech>,
}

impl Hands<'_> {
    fn say(&mut self, who: &Person, at: Time, text: String, meaning: Meaning) {
        let spot = match who.responds() && self.dice.chance(70) {
            true => Spot::Managers,
            false => Spot::Direct(who.id.clone()),
        };
        self.push(Some(who.id.clone()), at, spot, Act::Text(text), meaning);
    }

    fn push(&mut self, who: Option<String>, at: Time, spot: Spot, act: Act, meaning: Meaning) {
        let way = match self.dice.chance(4) {
            true => Way::Twice(self.dice.from(0, 10)),
            false => Way::Straight,
        };
        self.out.push(Speech {
            at,
            event: self.author.event(),
            team: self.sent.team,
            who,
            spot,
            act,
            meaning,
            way,
        });
    }

    /// A manager ends it at last, twice, should the first be lost; a call by code phrase with how she was seen.
    fn close(&mut self, closers: &[&Person], now: Time) {
        let n = self.number;
        let closer = *self.dice.pick(closers);
        let after = match self.dice.chance(15) {
            true => self.dice.from(100, 240),
            false => self.dice.from(12, 75),
        };
        if self.dice.chance(25) {
            let text = format!("/standdown A{n} sounded fine to me");
            let at = now + minutes(self.dice.from(5, after));
            self.say(closer, at, text, Meaning::WeakStandDown(n));
        }
        let text = format!("/standdown A{n} seen by PC 1234 at the door, safe and well");
        let at = now + minutes(after);
        self.say(closer, at, text.clone(), Meaning::StandDown(n));
        self.say(closer, at + minutes(7), text, Meaning::StandDown(n));
    }

    /// A stranger, or the worker herself, tries to end it.
    fn try_without_right(&mut self, team: &super::town::Team, about: &Person, now: Time) {
        let n = self.number;
        let at = now + minutes(self.dice.from(1, 20));
        let text = format!("/standdown A{n} seen by PC 1234 at the door, safe and well");
        if self.dice.chance(30) {
            let spot = Spot::Managers;
            self.push(None, at, spot, Act::Text(text), Meaning::NoRight(n));
        } else if self.dice.chance(20) && !about.responds() {
            let spot = Spot::Direct(about.id.clone());
            let who = Some(about.id.clone());
            self.push(who, at, spot, Act::Text(text), Meaning::NoRight(n));
        }
        if self.dice.chance(30)
            && let Some(officer) = team
                .people
                .iter()
                .find(|p| p.responds() && p.id != about.id)
        {
            let text = "I am at my desk until six".to_owned();
            let who = Some(officer.id.clone());
            self.push(who, at, Spot::Managers, Act::Text(text), Meaning::Chatter);
        }
    }

    /// Whoever was paged first does something, or nothing.
    fn take(&mut self, who: &Person, now: Time) {
        let n = self.number;
        let at = now + minutes(self.dice.from(1, 7)) + TimeDelta::seconds(self.dice.from(0, 50));
        let tap = self.dice.chance(40);
        match self.dice.below(100) {
            0..=39 => {
                if tap && self.sent.offers.iter().any(|offer| offer == "👍") {
                    let act = Act::Tap {
                        to: self.sent.event.clone(),
                        room: self.sent.room.clone(),
                        key: "👍",
                    };
                    let spot = self.sent.spot.clone();
                    self.push(Some(who.id.clone()), at, spot, act, Meaning::Ack(n));
                } else {
                    self.say(who, at, format!("/ack A{n}"), Meaning::Ack(n));
                }
                self.then(who, at);
            }
            40..=52 => self.say(who, at, format!("/noanswer A{n}"), Meaning::NoAnswer(n)),
            53..=62 => self.say(who, at, format!("/police A{n} 4711"), Meaning::Police(n)),
            63..=70 => self.say(
                who,
                at,
                format!("/reached A{n} all well"),
                Meaning::Reached(n),
            ),
            _ => {}
        }
    }

    fn then(&mut self, who: &Person, at: Time) {
        let n = self.number;
        let at = at + minutes(self.dice.from(3, 40));
        match self.dice.below(10) {
            0..=2 => self.say(who, at, format!("/noanswer A{n}"), Meaning::NoAnswer(n)),
            3 | 4 => self.say(who, at, format!("/police A{n} 4711"), Meaning::Police(n)),
            5 => self.say(
                who,
                at,
                format!("/reached A{n} all well"),
                Meaning::Reached(n),
            ),
            _ => {}
        }
    }
}
