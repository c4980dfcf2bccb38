//! What stands between and around the words of a phrase in a message.

use super::fold::{CLAUSE, Folded, SENTENCE, SPACE};
use super::hits::Hit;
use super::words::{Kind, alike_small, kind};

/// One phrase, compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Pattern {
    /// Content words, as indices into the vocabulary.
    pub words: Vec<usize>,
    /// Small words between one content word and the next.
    pub own: Vec<Vec<String>>,
    /// Which content words are ordinary English.
    pub common: Vec<bool>,
}

/// What stands between two hits.
#[derive(Debug, Default)]
pub(super) struct Link {
    pub words: usize,
    /// Words with content of their own.
    pub content: usize,
    pub articles: usize,
    pub fillers: usize,
    /// Forms of "be": "is", "that's".
    pub be: usize,
    pub it: usize,
    /// Words that part (unless the phrase has them itself).
    pub blocks: usize,
    /// The mildest of those: "and", "but".
    pub ands: usize,
    /// Words that open another clause.
    pub clauses: usize,
    pub first: usize,
    /// Prepositions of the phrase itself (not articles): "for", "with".
    pub own: usize,
    /// Content stands before the small word of the phrase: "late paperwork for the meeting", or after "to": "late to add".
    pub strayed: bool,
    /// Content stands before any preposition: "meeting paperwork with", not "meeting at County Hall with".
    pub noun: bool,
    /// Words that part more than a preposition does: "then", "because", "deputy".
    pub parts: usize,
    pub comma: bool,
    pub sentence: bool,
}

impl Link {
    pub fn free(&self) -> bool {
        self.blocks == 0 && !self.sentence && !(self.comma && self.content > 0)
    }

    /// Nothing begins another statement.
    pub fn begins_nothing(&self) -> bool {
        self.blocks + self.first + self.clauses == 0
    }

    /// Nothing but articles, hesitation and the like.
    pub fn bare(&self) -> bool {
        self.words == self.articles + self.fillers
    }
}

/// Words of one phrase at their places: (which content word of the phrase, hit), in order of place.
pub(super) struct Scene<'a> {
    pub pattern: &'a Pattern,
    pub message: &'a Folded,
    pub at: Vec<(usize, &'a Hit)>,
}

impl Scene<'_> {
    /// Small words of the phrase itself around the place between `before` and `after`.
    pub fn own_words(&self, before: usize, after: usize) -> &[Vec<String>] {
        let last = after.min(self.pattern.own.len());
        if before < last {
            &self.pattern.own[before..last]
        } else {
            &self.pattern.own[..]
        }
    }

    pub fn link(&self, next: usize) -> Link {
        let (before, after) = (self.at[next - 1], self.at[next]);
        let mut link = Link {
            own: usize::from(before.1.fused || after.1.fused),
            ..Link::default()
        };
        if before.1.from == after.1.from {
            return link;
        }
        let own = self.own_words(before.0, after.0);
        for index in before.1.to..=after.1.from {
            let gap = self.message.gap(index);
            link.comma |= gap & CLAUSE != 0;
            // "I'm late. For my meeting. With the director.": a pause, the sentence goes on.
            let on = index < after.1.from && self.is_own(index, own);
            link.sentence |= gap & SENTENCE != 0 && !on;
            if index < after.1.from {
                self.count(index, own, &mut link);
            }
        }
        link
    }

    /// Whether this word is a small word of the phrase, perhaps with an article run into it ("forthe").
    pub fn is_own(&self, index: usize, own: &[Vec<String>]) -> bool {
        let word = self.message.word(index);
        let next = self
            .message
            .tokens
            .get(index + 1)
            .map(|_| self.message.word(index + 1));
        let fused = |own: &str| {
            let rest = word.strip_prefix(own);
            rest.is_some_and(|rest| rest.len() > 1 && kind(rest) == Some(Kind::Article))
        };
        let matches = |own: &String| is_telling(own) && (alike_small(word, own) || fused(own));
        let at =
            || word == "at" && self.leads(index) && own.iter().flatten().any(|own| own == "for");
        if at() {
            return true;
        }
        !(word == "to" && next == Some("be")) && own.iter().flatten().any(matches)
    }

    /// Nothing but articles from here to a word of the phrase: "late at my meeting".
    fn leads(&self, index: usize) -> bool {
        let mut next = index + 1;
        while next < self.message.tokens.len()
            && kind(self.message.word(next)) == Some(Kind::Article)
        {
            next += 1;
        }
        self.at.iter().any(|(_, hit)| hit.from == next)
    }

    /// "at four", "by 3pm", "on Thursday".
    pub fn is_time(&self, index: usize) -> bool {
        let next = index + 1;
        matches!(self.message.word(index), "at" | "by" | "from" | "on")
            && next < self.message.tokens.len()
            && (self.message.word(next).as_bytes()[0].is_ascii_digit()
                || kind(self.message.word(next)) == Some(Kind::Filler))
    }

    /// "to add": no "late to", what follows is another word than the phrase's.
    fn to_do(&self, index: usize) -> bool {
        let next = index + 1;
        self.message.word(index) == "to"
            && self.at.iter().all(|(_, hit)| hit.from != next)
            && next < self.message.tokens.len()
            && kind(self.message.word(next)).is_none()
    }

    pub fn count(&self, index: usize, own: &[Vec<String>], link: &mut Link) {
        let word = self.message.word(index);
        link.words += 1;
        let is_own = self.is_own(index, own);
        match kind(word) {
            Some(Kind::Article) => link.articles += 1,
            _ if is_own => {
                link.own += 1;
                link.strayed |= link.content > 0 || self.to_do(index);
            }
            Some(Kind::Filler) => link.fillers += 1,
            Some(Kind::Block) if self.is_time(index) => link.fillers += 1,
            Some(Kind::Be) => link.be += 1,
            Some(Kind::It) => link.it += 1,
            Some(Kind::First) => link.first += 1,
            Some(Kind::Clause) => link.clauses += 1,
            Some(Kind::Block) => {
                link.blocks += 1;
                let and = word == "and" && link.own > 0;
                link.parts += usize::from(!and && !is_place(word));
                link.ands += usize::from(matches!(word, "and" | "but"));
            }
            Some(Kind::Plain) => {}
            None if word
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_digit()) =>
            {
                link.fillers += 1
            }
            None if self.message.gap(index) & SPACE == 0 => link.articles += 1,
            None => {
                link.noun |= link.blocks + link.own == 0;
                link.content += 1;
            }
        }
    }
}

/// Prepositions that say where or when, and "next".
fn is_place(word: &str) -> bool {
    matches!(
        word,
        "in" | "on" | "at" | "from" | "over" | "up" | "out" | "down" | "near" | "next"
    )
}

/// Whether a small word of a phrase ties what stands around it: "for", "with", not "the".
pub(super) fn is_telling(word: &str) -> bool {
    !matches!(kind(word), Some(Kind::Article))
}

pub(super) fn has_telling(own: &[String]) -> bool {
    own.iter().any(|word| is_telling(word))
}
