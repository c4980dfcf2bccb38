//! Where in a message something like a word of a phrase stands.

use super::fold::{Folded, SPACE, mask};
use super::near::{Near, Word};
use super::runs::Run;
use super::words::is_real;

/// A place in the message that may stand for one content word of a phrase.
#[derive(Clone, Debug)]
pub(super) struct Hit {
    /// Index into the vocabulary.
    pub word: usize,
    /// Words of the message: first and one past the last.
    pub from: usize,
    pub to: usize,
    /// Place within a run-together word ("purplefile").
    pub part: usize,
    /// Run together with other words, small ones perhaps.
    pub fused: bool,
    pub near: Near,
}

impl Hit {
    /// Whether both may be used together: no word of the message stands for two, unless they were run together.
    pub fn apart_from(&self, other: &Self) -> bool {
        self.to <= other.from
            || other.to <= self.from
            || (self.from == other.from && self.to == other.to && self.part != other.part)
    }
}

/// Content words of all phrases, and how they look when run together.
#[derive(Clone, Debug, Default)]
pub(super) struct Vocabulary {
    pub words: Vec<Word>,
    /// Written as one: the letters, and the content words (by index) in their order.
    pub runs: Vec<Run>,
    /// Longest content word.
    pub longest: usize,
}

impl Vocabulary {
    /// The index of a content word; added where it is new.
    pub fn add(&mut self, text: &str) -> usize {
        if let Some(index) = self.words.iter().position(|word| word.text == text) {
            return index;
        }
        self.longest = self.longest.max(text.len());
        self.words.push(Word::new(text));
        self.words.len() - 1
    }

    /// All hits in the message, in order of place. Takes time in proportion to the message's length.
    pub fn hits(&self, message: &Folded) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let mut single = 0;
        for at in 0..message.tokens.len() {
            let before = hits.len();
            self.single(message, at, &mut hits);
            if hits.len() == before {
                self.run_together(
                    message.word(at),
                    message.tokens[at].mask,
                    at..at + 1,
                    &mut hits,
                );
            }
            if message.tokens[at].mask.count_ones() == 1 && message.word(at).len() == 1 {
                single += 1;
                if single >= 4
                    && message
                        .tokens
                        .get(at + 1)
                        .is_none_or(|_| message.word(at + 1).len() != 1)
                {
                    self.spelt(message, at + 1 - single, at + 1, &mut hits);
                }
            } else {
                single = 0;
            }
        }
        self.joined(message, &mut hits);
        self.sayings(message, &mut hits);
        hits.sort_by_key(|hit| (hit.from, hit.part, hit.to));
        hits
    }

    fn single(&self, message: &Folded, at: usize, hits: &mut Vec<Hit>) {
        let (said, mask) = (message.word(at), message.tokens[at].mask);
        let last = at + 1 == message.tokens.len() && message.tail == 0;
        for (word, wanted) in self.words.iter().enumerate() {
            let near = if wanted.may_match(said, mask) {
                wanted.near(said)
            } else {
                None
            };
            let near = near.or_else(|| {
                (last && is_beginning(said, wanted)).then_some(Near {
                    slips: 2,
                    weak: true,
                })
            });
            if let Some(near) = near {
                hits.push(Hit {
                    word,
                    from: at,
                    to: at + 1,
                    part: 0,
                    fused: false,
                    near,
                });
            }
        }
    }

    /// "p u r p l e", "P.U.R.P.L.E F.I.L.E": letters spelt out.
    fn spelt(&self, message: &Folded, from: usize, to: usize, hits: &mut Vec<Hit>) {
        let said = message.joined(from, to - 1);
        let before = hits.len();
        for (word, wanted) in self.words.iter().enumerate() {
            if wanted.text == said {
                hits.push(Hit {
                    word,
                    from,
                    to,
                    part: 0,
                    fused: false,
                    near: Near {
                        slips: 1,
                        weak: false,
                    },
                });
            }
        }
        if hits.len() == before {
            self.run_together(said, mask(said), from..to, hits);
        }
    }

    /// "pur ple", "meet ing", "die rector", "f!le".
    fn joined(&self, message: &Folded, hits: &mut Vec<Hit>) {
        let mut found: Vec<Hit> = Vec::new();
        for from in 0..message.tokens.len() {
            let (mut letters, mut mask, mut spaced) =
                (message.word(from).len(), message.tokens[from].mask, false);
            for last in from + 1..message.tokens.len().min(from + 4) {
                letters += message.word(last).len();
                mask |= message.tokens[last].mask;
                spaced |= message.tokens[last].gap & SPACE != 0;
                if letters > self.longest + 3 {
                    break;
                }
                let said = message.joined(from, last);
                for (word, wanted) in self.words.iter().enumerate() {
                    if (mask ^ wanted.mask).count_ones() > 4 || !wanted.may_match(said, mask) {
                        continue;
                    }
                    let real = || (from..=last).all(|at| is_real(message.word(at)));
                    let Some(near) = wanted.near_joined(said, spaced, real()) else {
                        continue;
                    };
                    let whole = |hit: &Hit| {
                        hit.word == word && hit.from >= from && hit.to <= last + 1 && !hit.near.weak
                    };
                    if !hits[nearby(hits, from)..]
                        .iter()
                        .take_while(|hit| hit.from <= last)
                        .any(whole)
                    {
                        found.push(Hit {
                            word,
                            from,
                            to: last + 1,
                            part: 0,
                            fused: false,
                            near,
                        });
                    }
                }
            }
        }
        hits.append(&mut found);
    }
}

/// The first hit that starts at or after this word (hits of single words are in order of place).
fn nearby(hits: &[Hit], from: usize) -> usize {
    hits.partition_point(|hit| hit.from < from)
}

/// The message breaks off within the word: "purple fi".
fn is_beginning(said: &str, wanted: &Word) -> bool {
    said.len() >= 2
        && said.len() < wanted.text.len()
        && wanted.text.starts_with(said)
        && (said.len() >= 3 || !is_real(said))
}
