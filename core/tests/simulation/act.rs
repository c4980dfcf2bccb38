//! What people and the world do, and how it comes to the bot.

use super::mutant::Mutant;
use super::people::{Act, Speech, Way};
use super::plan::Action;
use super::server::Mood;
use super::talk::{Heard, Meaning, Spot};
use super::world::{BOT, Broken, Outage, World, direct_room, managers_room, team_room};
use chrono::TimeDelta;
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::store::Batch;

impl World {
    pub async fn act(&mut self, action: Action) -> Result<(), Broken> {
        let breaks = matches!(
            action,
            Action::BotDown(_) | Action::ServerDown(_) | Action::Jump(_)
        );
        if breaks && !self.held.is_empty() && self.outage.is_none() {
            // What has come in this moment is heard in it.
            self.queue.add(self.now + TimeDelta::seconds(1), action);
            return Ok(());
        }
        match action {
            Action::Say(speech) => self.say(&speech),
            Action::Arrive(arrival) => {
                let (inbound, heard) = *arrival;
                self.arrive(inbound, heard);
            }
            Action::Bad(percent) => self.weather(percent),
            Action::BotDown(long) => self.goes_down(Outage::Bot, long).await?,
            Action::ServerDown(long) => self.goes_down(Outage::Server, long).await?,
            Action::Up => self.comes_up().await?,
            Action::Refuse { team, person, on } => {
                self.transcript
                    .line(self.bot_now(), &format!("! refused {team} {person}: {on}"));
                self.server.refuse(team, &person, on);
                self.oracle.refuses(team, &person, on);
            }
            Action::Jump(by) if self.outage.is_none() => self.jump(by),
            Action::Jump(by) => {
                // It is set when the process is back.
                let at = self.now + TimeDelta::minutes(5);
                self.queue.add(at, Action::Jump(by));
            }
            Action::Restart if self.outage.is_none() => {
                self.transcript.line(self.bot_now(), "! it starts again");
                self.heartbeat().await?;
                self.counts.crashes += 1;
                self.restart().await?;
            }
            Action::Restart => {}
        }
        Ok(())
    }

    fn weather(&mut self, percent: u64) {
        self.transcript
            .line(self.bot_now(), &format!("! sends go wrong: {percent}%"));
        let down = self.server.mood().down;
        self.set_mood(Mood { down, bad: percent });
        let now = self.bot_now();
        self.oracle.unsteady("sends", now, percent > 0);
    }

    fn jump(&mut self, by: TimeDelta) {
        let from = self.bot_now();
        self.skew += by;
        self.counts.jumps += 1;
        let to = self.bot_now();
        self.transcript
            .line(to, &format!("! the clock is set, from {from}"));
        self.server.set_time(to);
        self.oracle.jumps(from, to);
    }

    async fn goes_down(&mut self, kind: Outage, long: TimeDelta) -> Result<(), Broken> {
        if self.outage.is_some() {
            return Ok(());
        }
        self.heartbeat().await?;
        let now = self.bot_now();
        self.transcript
            .line(now, &format!("! down: {kind:?} {long}"));
        self.counts.outages += 1;
        self.outage = Some((kind, now));
        self.seen = true;
        if kind == Outage::Server {
            let bad = self.server.mood().bad;
            self.set_mood(Mood { down: true, bad });
        }
        self.oracle.unsteady("down", now, true);
        self.queue.add(self.now + long, Action::Up);
        Ok(())
    }

    async fn comes_up(&mut self) -> Result<(), Broken> {
        let Some((kind, since)) = self.outage.take() else {
            return Ok(());
        };
        let now = self.bot_now();
        self.transcript.line(now, "! up");
        let bad = self.server.mood().bad;
        self.set_mood(Mood { down: false, bad });
        for inbound in &mut self.held {
            if kind == Outage::Server {
                // Their apps send it when they can: the server's stamp is of then.
                inbound.said_at = self.now;
            }
        }
        for mut heard in std::mem::take(&mut self.unheard) {
            if kind == Outage::Server {
                heard.said_at = self.now;
            }
            self.tell_oracle(heard);
        }
        self.oracle.unsteady("down", now, false);
        self.oracle.blind(since, now);
        if kind == Outage::Bot {
            self.restart().await?;
        } else if self.seen {
            self.sees_again(since).await?;
        } else {
            self.first_sight().await?;
        }
        Ok(())
    }

    /// Somebody says something in a room.
    fn say(&mut self, speech: &Speech) {
        self.counts.messages += 1;
        let team = &self.town.teams[speech.team];
        let person = speech.who.as_ref().and_then(|id| team.person(id));
        let account = match person {
            Some(person) => person.matrix.clone().unwrap_or_default(),
            None => "@mallory:elsewhere.org".to_owned(),
        };
        let room = match (&speech.act, &speech.spot) {
            (Act::Tap { room, .. }, _) => room.clone(),
            (_, Spot::Team) => team_room(&team.name),
            (_, Spot::Managers) => managers_room(&team.name),
            (_, Spot::Direct(_)) => direct_room(&account),
        };
        let inbound = Inbound {
            room,
            event: speech.event.clone(),
            sender: account,
            said_at: self.now,
            what: said(&speech.act),
        };
        let asks_at = match &speech.act {
            Act::Tap { to, .. } => to.clone(),
            _ => speech.event.clone(),
        };
        let heard = Heard {
            event: speech.event.clone(),
            asks_at,
            team: speech.team,
            who: speech.who.clone(),
            spot: speech.spot.clone(),
            said_at: self.now,
            meaning: speech.meaning.clone(),
            text: format!("{:?}", speech.act),
            words: match &speech.act {
                Act::Text(words) | Act::Edit { body: words, .. } => words.clone(),
                _ => String::new(),
            },
        };
        match speech.way {
            Way::Straight => self.arrive(inbound, Some(heard)),
            Way::Twice(minutes) => {
                let again = Action::Arrive(Box::new((inbound.clone(), None)));
                self.queue
                    .add(self.now + TimeDelta::minutes(minutes), again);
                self.arrive(inbound, Some(heard));
            }
            Way::Late(minutes) => {
                let later = Action::Arrive(Box::new((inbound, Some(heard))));
                self.queue
                    .add(self.now + TimeDelta::minutes(minutes), later);
            }
        }
    }

    fn arrive(&mut self, inbound: Inbound, heard: Option<Heard>) {
        self.held.push(inbound);
        match heard {
            Some(heard) if self.outage.is_some() => self.unheard.push(heard),
            Some(heard) => self.tell_oracle(heard),
            None => {}
        }
    }

    fn tell_oracle(&mut self, heard: Heard) {
        let now = self.bot_now();
        self.transcript.heard(now, &heard);
        if self.mutant == Some(Mutant::PagesAfterStandDown) {
            self.put_back |= matches!(heard.meaning, Meaning::StandDown(_));
        }
        self.oracle.heard(now, &heard);
    }

    /// What has come is stored, in one transaction; if that fails it comes again.
    pub async fn take_in(&mut self) -> Result<(), Broken> {
        if self.held.is_empty() || self.outage.is_some() {
            return Ok(());
        }
        self.batches += 1;
        let batch = Batch {
            account: BOT.to_owned(),
            since: format!("s{}", self.batches),
            received_at: self.bot_now(),
            events: self.events(),
            own: self.server.echoes(),
            gaps: Vec::new(),
        };
        let stored = self.store.ingest(&batch).await;
        stored.map_err(|error| error.to_string())?;
        self.held.clear();
        self.server.echoed(batch.own.len());
        Ok(())
    }

    fn events(&mut self) -> Vec<Inbound> {
        let mut events = self.held.clone();
        let manager = |room: &str| {
            let mut teams = self.town.teams.iter();
            let team = teams.find(|team| managers_room(&team.name) == room)?;
            team.people.iter().find(|p| p.may_close())?.matrix.clone()
        };
        match self.mutant {
            Some(Mutant::DropsInbox) => {
                let dice = &mut self.dice;
                events.retain(|_| !dice.chance(10));
            }
            Some(Mutant::HearsTwice) => {
                let again = events.clone();
                events.extend(again.into_iter().map(|mut inbound| {
                    inbound.event += "-again";
                    inbound
                }));
            }
            Some(Mutant::BelievesStrangers) => {
                for event in &mut events {
                    if event.sender.starts_with("@mallory")
                        && let Some(manager) = manager(&event.room)
                    {
                        event.sender = manager;
                    }
                }
            }
            Some(Mutant::IgnoresEdits) => {
                events.retain(|event| !matches!(event.what, Said::Edit { .. }));
            }
            Some(Mutant::IgnoresTaps) => {
                events.retain(|event| !matches!(event.what, Said::Reaction { .. }));
            }
            _ => {}
        }
        events
    }
}

fn said(act: &Act) -> Said {
    match act {
        Act::Text(body) => Said::Text {
            body: body.clone(),
            reply_to: None,
            thread: None,
        },
        Act::Edit { of, body } => Said::Edit {
            of: of.clone(),
            body: body.clone(),
        },
        Act::Tap { to, key, .. } => Said::Reaction {
            to: to.clone(),
            key: (*key).to_owned(),
        },
        Act::Redact(of) => Said::Redaction { of: of.clone() },
        Act::Location => Said::Location {
            place: "51.3490,-1.9943".to_owned(),
        },
        Act::Unreadable => Said::Unreadable {
            reason: "no key".to_owned(),
            raw: "{}".to_owned(),
        },
    }
}
