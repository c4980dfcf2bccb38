//! Words written as one: "purplefile", "formymeeting".

use super::fold::mask;
use super::hits::{Hit, Vocabulary};
use super::near::{LONGEST, Near, Word};
use super::words::is_real;
use std::ops::Range;

/// Small words that are run together with others (fewer than all: "she-a-red" would be "sheared").
const GLUE: &[&str] = &[
    "the", "my", "our", "your", "a", "with", "for", "in", "that", "is", "its", "this", "to", "you",
    "be", "im", "i",
];

/// Content words of a phrase, one after another, written as one.
#[derive(Clone, Debug)]
pub(super) struct Run {
    letters: String,
    mask: u32,
    words: Vec<usize>,
}

impl Vocabulary {
    /// Adds a run of content words; `letters` may hold the small words between them too.
    pub fn add_run(&mut self, letters: String, words: &[usize]) {
        self.runs.push(Run {
            mask: mask(&letters),
            letters,
            words: words.to_vec(),
        });
        self.runs
            .sort_by_key(|run| std::cmp::Reverse(run.letters.len()));
    }

    /// "purplefile", "formymeeting", "thepurpelfile".
    pub fn run_together(
        &self,
        said: &str,
        said_mask: u32,
        place: Range<usize>,
        hits: &mut Vec<Hit>,
    ) {
        if said.len() < 6
            || !said.is_ascii()
            || !self
                .words
                .iter()
                .any(|word| (word.mask & !said_mask).count_ones() <= 2)
        {
            return;
        }
        if said.len() <= 2 * LONGEST {
            if is_real(said) {
                return;
            }
            if let Some(words) = self.pieces(said, said_mask) {
                return push_run(&words, place, 1, hits);
            }
        }
        for run in &self.runs {
            let far = run.letters.len().abs_diff(said.len());
            let lost = (run.mask & !said_mask).count_ones();
            if lost == 0 && run.letters.len() >= 8 && said.contains(run.letters.as_str()) {
                return push_run(&run.words, place, 1, hits);
            }
            if far <= 3 && lost <= 3 {
                let distance = strsim::osa_distance(&run.letters, said);
                if distance <= (run.letters.len() / 5).min(3) {
                    return push_run(&run.words, place, distance, hits);
                }
            }
        }
    }

    /// Cuts a word into content words (one at least) and small words, all exactly written.
    fn pieces(&self, said: &str, said_mask: u32) -> Option<Vec<usize>> {
        let within = |word: &Word| {
            word.mask & !said_mask == 0 && word.len >= 3 && said.contains(word.text.as_str())
        };
        if !self.words.iter().any(within) {
            return None;
        }
        // way[i]: how the letters from i on can be cut; the most content words win.
        let mut way: Vec<Option<Vec<usize>>> = vec![None; said.len() + 1];
        way[said.len()] = Some(Vec::new());
        for from in (0..said.len()).rev() {
            for to in from + 1..=said.len().min(from + LONGEST) {
                let Some(rest) = way[to].clone() else {
                    continue;
                };
                let piece = &said[from..to];
                let content = self.words.iter().position(|word| {
                    word.text == piece
                        || (word.len >= 3 && piece.strip_suffix('s') == Some(word.text.as_str()))
                });
                let Some(found) = content
                    .map(Some)
                    .or_else(|| GLUE.contains(&piece).then_some(None))
                else {
                    continue;
                };
                let cut: Vec<usize> = found.into_iter().chain(rest).collect();
                if way[from].as_ref().is_none_or(|best| best.len() < cut.len()) {
                    way[from] = Some(cut);
                }
            }
        }
        way[0].take().filter(|cut| !cut.is_empty())
    }
}

fn push_run(words: &[usize], place: Range<usize>, slips: usize, hits: &mut Vec<Hit>) {
    let near = Near {
        slips: slips as u8,
        weak: false,
    };
    let hit = |(part, &word)| Hit {
        word,
        from: place.start,
        to: place.end,
        part,
        fused: true,
        near,
    };
    hits.extend(words.iter().enumerate().map(hit));
}
