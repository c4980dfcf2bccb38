//! Looks for a phrase among the hits of a message.

use super::fold::Folded;
use super::hits::Hit;
use super::judge::Level;
use super::scene::{Pattern, Scene};

/// Words of the message that may stand between the first and the last word of a phrase.
pub(super) const WINDOW: usize = 24;

/// A phrase heard in one place.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub level: Level,
    pub why: &'static str,
    pub slips: usize,
    /// Words of the message: first and one past the last.
    pub from: usize,
    pub to: usize,
}

impl Found {
    fn beats(&self, other: &Self) -> bool {
        let rank = |found: &Self| {
            (
                found.level,
                std::cmp::Reverse((found.to - found.from, found.slips)),
            )
        };
        rank(self) > rank(other)
    }
}

/// All places where the phrase is heard, in order, none touching another.
pub(super) fn find(pattern: &Pattern, message: &Folded, hits: &[Hit]) -> Vec<Found> {
    let place = |hit: &Hit| pattern.words.iter().position(|word| *word == hit.word);
    let own: Vec<(usize, &Hit)> = hits
        .iter()
        .filter_map(|hit| place(hit).map(|word| (word, hit)))
        .collect();
    let mut all = Vec::new();
    if own.len() < 2 {
        return all;
    }
    let mut best: Option<Found> = None;
    for start in 0..own.len() {
        if let Some(found) = best.take_if(|found| own[start].1.from >= found.to) {
            all.push(found);
        }
        if all
            .last()
            .is_some_and(|found: &Found| own[start].1.from < found.to)
        {
            continue;
        }
        let mut search = Search {
            pattern,
            message,
            choices: choices(pattern, &own, start),
            best: None,
        };
        search.choose(0, own[start].0, &mut vec![own[start]]);
        if let Some(found) = search.best
            && best.as_ref().is_none_or(|best| found.beats(best))
        {
            best = Some(found);
        }
    }
    all.extend(best);
    all
}

/// For each word of the phrase, the likeliest hits that follow the first one: few, so that the search stays short.
fn choices<'a>(pattern: &Pattern, own: &[(usize, &'a Hit)], start: usize) -> Vec<Vec<&'a Hit>> {
    let first = own[start].1;
    let many = if pattern.words.len() > 5 { 1 } else { 2 };
    let mut choices: Vec<Vec<&Hit>> = vec![Vec::new(); pattern.words.len()];
    let window = own[start + 1..]
        .iter()
        .take_while(|(_, hit)| hit.from <= first.from + WINDOW);
    for (word, hit) in window.filter(|(_, hit)| hit.apart_from(first)) {
        let alike = choices[*word]
            .iter()
            .filter(|other| other.near.weak == hit.near.weak)
            .count();
        if alike < many {
            choices[*word].push(hit);
        }
    }
    choices
}

struct Search<'a> {
    pattern: &'a Pattern,
    message: &'a Folded,
    choices: Vec<Vec<&'a Hit>>,
    best: Option<Found>,
}

impl<'a> Search<'a> {
    /// Tries each hit for the words from `word` on, and each way to leave one out.
    fn choose(&mut self, word: usize, first: usize, chosen: &mut Vec<(usize, &'a Hit)>) {
        let wanted = self.pattern.words.len();
        if word == wanted {
            return self.weigh(chosen);
        }
        if word == first {
            return self.choose(word + 1, first, chosen);
        }
        for index in 0..self.choices[word].len() {
            let hit = self.choices[word][index];
            if chosen.iter().all(|(_, other)| hit.apart_from(other)) {
                chosen.push((word, hit));
                self.choose(word + 1, first, chosen);
                chosen.pop();
            }
        }
        let left_out = word + usize::from(word < first) - chosen.len();
        if left_out == 0 && wanted > 2 {
            self.choose(word + 1, first, chosen);
        }
    }

    fn weigh(&mut self, chosen: &[(usize, &'a Hit)]) {
        let mut at = chosen.to_vec();
        at.sort_by_key(|(_, hit)| (hit.from, hit.part));
        let scene = Scene {
            pattern: self.pattern,
            message: self.message,
            at,
        };
        let (level, why) = scene.judge();
        if level == Level::Nothing {
            return;
        }
        let ends = || scene.at.iter().map(|(_, hit)| hit);
        let found = Found {
            level,
            why,
            slips: ends().map(|hit| usize::from(hit.near.slips)).sum(),
            from: ends().map(|hit| hit.from).min().unwrap_or(0),
            to: ends().map(|hit| hit.to).max().unwrap_or(0),
        };
        if self.best.as_ref().is_none_or(|best| found.beats(best)) {
            self.best = Some(found);
        }
    }
}
