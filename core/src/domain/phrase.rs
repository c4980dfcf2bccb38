//! Hears code phrases in what people write: misspelt, misheard, in another order, inside other words. A miss may cost a
//! life and a false alarm costs trust, so what is weak becomes `Possible`, which only the duty officer is asked about.

mod about;
mod carrier;
mod fold;
mod hits;
mod judge;
mod many;
mod near;
mod pair;
mod runs;
mod sayings;
mod scene;
mod search;
mod sound;
mod tidy;
mod words;

use fold::{Folded, fold};
use hits::Vocabulary;
use judge::Level;
use scene::Pattern;
use search::{Found, find};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Longest phrase, in words with content.
const MOST_WORDS: usize = 8;
/// How often `without` looks again before it gives the whole message up.
const MOST_ROUNDS: usize = 12;

/// Messages of every day and commands: a phrase that one of them would trigger is refused.
const EVERYDAY: &[&str] = &[
    "/visit LCS1234 14:00-15:00 AB cat 1 with @ben check 14:30 next office",
    "visit tomorrow 14:00 to 15:00 next home, cat 2",
    "/extend 30m",
    "/extend until 15:45",
    "/standdown A12 she is safe",
    "/noanswer @amira tried her mobile twice",
    "/seen @amira 14:20 in the office",
    "/police A12 log number to follow",
    "call the police",
    "please ring me",
    "help me",
    "I have arrived at the visit",
    "left the visit",
    "just left, all fine",
    "all ok here",
    "I'm ok, still here",
    "back at the office",
    "home safe thanks",
    "on my way home",
    "finished for the day",
    "I'm running late",
    "running late for my meeting",
    "late for my next visit",
    "late for the team meeting",
    "meeting with my manager tomorrow",
    "please cancel my next meeting",
    "going to be ten minutes late sorry",
    "stuck in traffic",
    "can you call me",
    "can you ring the school",
    "visit went well, children seen and spoken to",
    "next visit is at three",
    "no answer at the door",
    "phone battery low",
    "case file is up to date",
    "the file is on my desk",
    "mum and dad are at home",
    "see you tomorrow",
    "good morning all",
    "good night",
    "thank you very much",
    "team meeting this morning",
    "doctor's appointment this afternoon",
    "working from home today",
];

/// Why a configured phrase is refused. The texts name its place in the list, never the phrase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhraseError {
    /// Fewer than two different words with content.
    #[error(
        "phrase {number} is too short: it needs two words or more besides small ones such as \"the\" or \"is\""
    )]
    TooShort {
        /// Place in the list, from 1.
        number: usize,
    },
    /// More words than anybody could say under pressure.
    #[error("phrase {number} is too long: at most {MOST_WORDS} words besides small ones")]
    TooLong {
        /// Place in the list, from 1.
        number: usize,
    },
    /// An ordinary message would set it off.
    #[error("phrase {number} is too everyday: a message such as \"{sentence}\" would set it off")]
    TooEveryday {
        /// Place in the list, from 1.
        number: usize,
        /// The ordinary message.
        sentence: &'static str,
    },
}

/// What was heard in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// No phrase.
    Nothing,
    /// Something near a phrase: ask the duty officer, alarm nobody.
    Possible(Match),
    /// The phrase.
    Alarm(Match),
}

/// Where and why a phrase was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Which phrase: its index in the list given to `Phrases::new`.
    pub phrase: usize,
    /// Bytes of the original message, from the first to the last word that carries the phrase.
    pub span: Range<usize>,
    /// For the author of a policy. Holds no word of the phrase or of the message.
    pub why: String,
}

/// The code phrases of a policy, compiled. Cheap to clone and to ask. `Debug` does not show them.
#[derive(Clone)]
pub struct Phrases {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    vocabulary: Vocabulary,
    patterns: Vec<Pattern>,
}

impl fmt::Debug for Phrases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phrases({})", self.inner.patterns.len())
    }
}

impl Phrases {
    /// Compiles phrases such as "purple file". Small words ("the", "my") in them are optional when they are sought.
    ///
    /// # Errors
    /// A phrase with fewer than two words of content or more than eight, or one that a command or an everyday message
    /// would trigger.
    pub fn new<S: AsRef<str>>(texts: &[S]) -> Result<Self, PhraseError> {
        let mut inner = Inner::default();
        for (index, text) in texts.iter().enumerate() {
            let number = index + 1;
            let pattern = compile(text.as_ref(), number, &mut inner.vocabulary)?;
            let alone = Inner {
                vocabulary: inner.vocabulary.clone(),
                patterns: vec![pattern],
            };
            if let Some(sentence) = EVERYDAY
                .iter()
                .find(|sentence| alone.hear(sentence) != Heard::Nothing)
            {
                return Err(PhraseError::TooEveryday { number, sentence });
            }
            inner.patterns.extend(alone.patterns);
        }
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Listens to one message. An alarm goes before anything possible; of several, the first in the message counts.
    pub fn hear(&self, message: &str) -> Heard {
        self.inner.hear(message)
    }

    /// The message as it would have been without any phrase and what carries it ("I am going to be"), tidied, perhaps
    /// empty: it decides the answer to the sender.
    /// Nothing, not even something possible, is heard in what is returned.
    pub fn without(&self, message: &str) -> String {
        let mut text = message.to_owned();
        for _ in 0..MOST_ROUNDS {
            let spans = self.inner.spans(&text);
            if spans.is_empty() {
                return text;
            }
            text = tidy::cut(&text, &spans);
        }
        if self.inner.spans(&text).is_empty() {
            text
        } else {
            String::new()
        }
    }
}

impl Inner {
    fn listen(&self, message: &str) -> (Folded, Vec<(usize, Found)>) {
        let folded = fold(message);
        let hits = self.vocabulary.hits(&folded);
        let mut found = Vec::new();
        if hits.len() >= 2 {
            for (phrase, pattern) in self.patterns.iter().enumerate() {
                found.extend(
                    find(pattern, &folded, &hits)
                        .into_iter()
                        .map(|found| (phrase, found)),
                );
            }
        }
        (folded, found)
    }

    fn hear(&self, message: &str) -> Heard {
        let (folded, found) = self.listen(message);
        let first = found
            .iter()
            .min_by_key(|(phrase, found)| (std::cmp::Reverse(found.level), found.from, *phrase));
        let Some((phrase, found)) = first else {
            return Heard::Nothing;
        };
        let slips = if found.slips == 0 {
            String::new()
        } else {
            format!(" (slips: {})", found.slips)
        };
        let heard = Match {
            phrase: *phrase,
            span: span(&folded, found),
            why: format!("{}{slips}", found.why),
        };
        if found.level == Level::Alarm {
            Heard::Alarm(heard)
        } else {
            Heard::Possible(heard)
        }
    }

    /// Where any phrase is heard, however weakly, with what carries it: in order, overlapping places made one.
    fn spans(&self, message: &str) -> Vec<Range<usize>> {
        let (folded, found) = self.listen(message);
        let mut spans: Vec<Range<usize>> = found
            .iter()
            .map(|(_, found)| {
                let from = carrier::carried_from(&folded, found.from);
                folded.tokens[from].start..span(&folded, found).end
            })
            .collect();
        spans.sort_by_key(|span| (span.start, span.end));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for span in spans {
            match apart.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => apart.push(span),
            }
        }
        apart
    }
}

fn span(message: &Folded, found: &Found) -> Range<usize> {
    message.tokens[found.from].start..message.tokens[found.to - 1].end
}

fn compile(text: &str, number: usize, vocabulary: &mut Vocabulary) -> Result<Pattern, PhraseError> {
    let folded = fold(text);
    let (mut pattern, mut content) = (Pattern::default(), Vec::new());
    for at in 0..folded.tokens.len() {
        let word = folded.word(at);
        if words::is_small(word) {
            if let Some(own) = pattern.own.last_mut() {
                own.push(word.to_owned());
            }
        } else if !content.iter().any(|other| other == word) {
            content.push(word.to_owned());
            pattern.words.push(vocabulary.add(word));
            pattern.common.push(words::is_real(word));
            pattern.own.push(Vec::new());
        }
    }
    pattern.own.pop();
    match content.len() {
        0 | 1 => return Err(PhraseError::TooShort { number }),
        2..=MOST_WORDS => {}
        _ => return Err(PhraseError::TooLong { number }),
    }
    for from in 0..content.len() {
        for to in from + 2..=content.len() {
            vocabulary.add_run(content[from..to].concat(), &pattern.words[from..to]);
        }
    }
    if !folded.tokens.is_empty() {
        vocabulary.add_run(
            folded.joined(0, folded.tokens.len() - 1).to_owned(),
            &pattern.words,
        );
    }
    Ok(pattern)
}
