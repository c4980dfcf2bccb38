//! What happened, line by line: the last of it for people, all of it as one number for the test of determinism.

use super::server::Post;
use super::talk::{Heard, Time};
use super::town::Town;
use std::collections::VecDeque;

/// So many lines are kept.
const KEPT: usize = 60;

/// The lines.
#[derive(Debug)]
pub struct Transcript {
    hash: u64,
    pub step: u64,
    last: VecDeque<String>,
    aloud: bool,
}

impl Default for Transcript {
    fn default() -> Self {
        Self {
            hash: 0xCBF2_9CE4_8422_2325,
            step: 0,
            last: VecDeque::new(),
            aloud: std::env::var_os("LONEWATCH_SIM_ALOUD").is_some(),
        }
    }
}

impl Transcript {
    pub fn line(&mut self, at: Time, what: &str) {
        let line = format!("{} {what}", at.format("%m-%d %H:%M:%S"));
        if self.aloud {
            println!("{line}");
        }
        for byte in line.bytes().chain([b'\n']) {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// One more moment at which something happens.
    pub fn step(&mut self, _at: Time) {
        self.step += 1;
    }

    pub fn heard(&mut self, at: Time, heard: &Heard) {
        let who = heard.who.as_deref().unwrap_or("a stranger");
        let said = heard.said_at.format("%H:%M:%S");
        let line = format!(
            "{}/{who} > {:?}: {} ({:?}, said {said}) {}",
            heard.team, heard.spot, heard.text, heard.meaning, heard.event
        );
        self.line(at, &line);
    }

    pub fn post(&mut self, at: Time, town: &Town, post: &Post) {
        let name = |team: usize| {
            town.teams
                .get(team)
                .map_or("?", |team| team.policy.as_str())
        };
        let line = match post {
            Post::Sent(sent) => format!(
                "    {} bot > {:?} {:?}{}: {} [{}{}]",
                name(sent.team),
                sent.spot,
                sent.pings,
                if sent.rings { " rings" } else { "" },
                sent.text.replace('\n', " / "),
                sent.row,
                sent.reply_to
                    .as_ref()
                    .map_or(String::new(), |event| format!(" to {event}")),
            ),
            Post::Refused(team, spot, rings, text) => format!(
                "    {} REFUSED > {spot:?} rings={rings}: {}",
                name(*team),
                text.replace('\n', " / ")
            ),
        };
        self.line(at, &line);
    }

    pub fn hash(&self) -> u64 {
        self.hash
    }

    pub fn last(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }
}
