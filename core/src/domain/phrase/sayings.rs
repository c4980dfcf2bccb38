//! Several words that mean the same as one word of a phrase: "won't be on time" is "late". Weak hits.

use super::fold::{Folded, SENTENCE};
use super::hits::{Hit, Vocabulary};
use super::near::Near;

/// (first word, second word, what both mean, only after a "not")
const SAYINGS: &[(&str, &str, &str, bool)] = &[
    ("on", "time", "late", true),
    ("in", "time", "late", true),
    ("held", "up", "late", false),
];

/// Words that deny what follows.
const DENIALS: &str =
    "not wont cant cannot dont doubt never couldnt wouldnt shant isnt arent unlikely hardly";

/// How many words after the denial.
const REACH: usize = 14;

impl Vocabulary {
    pub fn sayings(&self, message: &Folded, hits: &mut Vec<Hit>) {
        for &(first, second, meaning, denied) in SAYINGS {
            let Some(word) = self.words.iter().position(|word| word.text == meaning) else {
                continue;
            };
            for to in 2..=message.tokens.len() {
                let from = to - 2;
                if message.word(to - 1) == second
                    && message.word(from) == first
                    && (!denied || is_denied(message, from))
                {
                    hits.push(Hit {
                        word,
                        from,
                        to,
                        part: 0,
                        fused: false,
                        near: Near {
                            slips: 0,
                            weak: true,
                        },
                    });
                }
            }
        }
    }
}

fn is_denied(message: &Folded, at: usize) -> bool {
    (at.saturating_sub(REACH)..at)
        .rev()
        .take_while(|index| message.gap(index + 1) & SENTENCE == 0)
        .any(|index| {
            DENIALS
                .split_whitespace()
                .any(|denial| denial == message.word(index))
        })
}
