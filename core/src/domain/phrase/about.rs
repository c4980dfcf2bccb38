//! Who and what the words of a phrase are said of: the speaker or somebody else, the phrase's own thing or another.

use super::fold::{CLAUSE, SENTENCE};
use super::scene::{Link, Scene};
use super::search::WINDOW;
use super::words::{Kind, is_name, kind};

/// How far back the one who is late is looked for, in words.
const REACH: usize = 8;
const PRONOUNS: &str = "he she they hes shes theyre hell shell theyll hed theyd theyve";
const PAST: &str = "yesterday last ago earlier morning";
const APPEARS: &str = "look looks looked looking turned turns turning wore wears wearing";

/// Of whom the first word of a phrase is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// "I'm going to be late".
    Speaker,
    /// "she'll be late": perhaps a companion speaks for her.
    Pronoun,
    /// "Ben is late", "the director is late".
    Named,
    /// "are you late?".
    Asked,
    /// Nobody is named: "running late".
    Open,
}

impl Scene<'_> {
    /// Whether what follows the last word takes it as part of something else ("purple stickers", "late for the bus").
    pub fn trails(&self) -> bool {
        let Some((_, last)) = self.at.last() else {
            return false;
        };
        for index in last.to..(last.to + 4).min(self.message.tokens.len()) {
            if self.message.gap(index) & (CLAUSE | SENTENCE) != 0 {
                return false;
            }
            let word = self.message.word(index);
            match kind(word) {
                Some(Kind::It | Kind::First | Kind::Clause) => return false,
                Some(Kind::Block) if matches!(word, "and" | "but" | "if" | "or") => return false,
                Some(Kind::Block)
                    if matches!(word, "home" | "back" | "leaving" | "finishing" | "coming") =>
                {
                    return true;
                }
                Some(_) => {}
                None if word.bytes().all(|byte| byte.is_ascii_digit()) => {}
                None => return true,
            }
        }
        false
    }

    /// "late for it", "late for that one": what it is for was named before.
    pub fn points_back(&self) -> bool {
        let Some((_, last)) = self.at.last() else {
            return false;
        };
        (last.to..(last.to + 3).min(self.message.tokens.len())).any(|index| {
            let word = self.message.word(index);
            word == "her" || matches!(kind(word), Some(Kind::It))
        })
    }

    /// An article, "my" or "that" stands before the first word.
    pub fn is_named(&self) -> bool {
        let first = self.at[0].1.from;
        first > 0 && matches!(kind(self.message.word(first - 1)), Some(Kind::Article))
    }

    /// "purple. File on desk": the second word begins a sentence of its own.
    pub fn goes_on(&self) -> bool {
        let Some((_, last)) = self.at.last() else {
            return false;
        };
        last.to < self.message.tokens.len() && self.message.gap(last.to) & (CLAUSE | SENTENCE) == 0
    }

    /// "I'm late", "running late", not "a late …".
    pub fn is_predicate(&self) -> bool {
        let first = self.at[0].1.from;
        first > 0
            && !matches!(
                kind(self.message.word(first - 1)),
                None | Some(Kind::Article)
            )
    }
}

impl Scene<'_> {
    /// The word of the message is neither small nor a figure nor stands for a word of the phrase.
    fn is_content(&self, index: usize) -> bool {
        let word = self.message.word(index);
        kind(word).is_none()
            && !word.as_bytes()[0].is_ascii_digit()
            && !self
                .at
                .iter()
                .any(|(_, hit)| hit.from <= index && index < hit.to)
    }

    /// Whether word `index` follows the one before it without a pause.
    fn follows_on(&self, index: usize) -> bool {
        index < self.message.tokens.len() && self.message.gap(index) & (CLAUSE | SENTENCE) == 0
    }

    /// Whether a noun (or a verb) follows the hit directly: "purple shelf", "late visit". Not a name, which may be a call.
    pub fn noun_after(&self, place: usize) -> bool {
        let next = self.at[place].1.to;
        self.follows_on(next) && self.is_content(next) && !is_name(self.message.word(next))
    }

    /// Of whom the word at this place of the scene is said.
    pub fn subject(&self, place: usize) -> Subject {
        let at = self.at[place].1.from;
        for index in (at.saturating_sub(REACH)..at).rev() {
            if !self.follows_on(index + 1) {
                break;
            }
            let word = self.message.word(index);
            match kind(word) {
                Some(Kind::First) => return Subject::Speaker,
                Some(_) if matches!(word, "you" | "u") => {
                    // Not "can you feed the cat", where she asks for what the phrase says.
                    let are = index > 0 && matches!(self.message.word(index - 1), "are" | "were");
                    return if are { Subject::Asked } else { Subject::Open };
                }
                Some(Kind::Article | Kind::Block) => break,
                Some(_) if PRONOUNS.split_whitespace().any(|other| other == word) => {
                    return Subject::Pronoun;
                }
                Some(_) => {}
                None if word.as_bytes()[0].is_ascii_digit() || word.ends_with("ing") => {}
                None => return Subject::Named,
            }
        }
        Subject::Open
    }

    /// Somebody else's business, or over: "Ben is late for his meeting", "I was late for my meeting yesterday", "are you
    /// late for the meeting?".
    pub fn is_past_or_others(&self) -> bool {
        let Some(first) = self.at.iter().position(|(word, _)| *word == 0) else {
            return false;
        };
        let subject = self.subject(first);
        let other = subject == Subject::Named || subject == Subject::Pronoun;
        let at = self.at[first].1.from;
        let was = (at.saturating_sub(3)..at)
            .rev()
            .find(|index| matches!(kind(self.message.word(*index)), Some(Kind::Be)))
            .is_some_and(|index| matches!(self.message.word(index), "was" | "were"));
        if was && self.is_over(at) {
            return true;
        }
        let (from, to) = (self.at[0].1.to, self.at[self.at.len() - 1].1.from);
        let between = |words: &[&str]| {
            (from..to.max(from)).any(|index| words.contains(&self.message.word(index)))
        };
        let own = self.pattern.own.iter().flatten();
        let mine = own
            .into_iter()
            .any(|word| matches!(word.as_str(), "my" | "our"));
        let theirs = between(&["his", "her", "their"]);
        // "the bus was late for my meeting": hers all the same.
        let hers = between(&["my", "our"]);
        (mine && subject == Subject::Named && theirs)
            || (!hers && (subject == Subject::Asked || (was && other)))
    }

    /// A word of the past is near the word at `at`.
    fn is_over(&self, at: usize) -> bool {
        let to = self.message.tokens.len().min(at + 2 * WINDOW);
        (at.saturating_sub(WINDOW)..to).any(|index| {
            PAST.split_whitespace()
                .any(|past| past == self.message.word(index))
        })
    }

    /// A colour or state that belongs to something named before: "bruise is purple, file note to follow", "looks purple file
    /// note updated". Without a pause "is" is not enough: "the word is purple file send somebody".
    pub fn is_of_another(&self, pause: bool) -> bool {
        let at = self.at[0].1.from;
        if at == 0 || !self.follows_on(at) {
            return false;
        }
        let before = self.message.word(at - 1);
        if APPEARS.split_whitespace().any(|verb| verb == before) {
            return pause || self.noun_after(self.at.len() - 1);
        }
        let verb = matches!(
            before,
            "is" | "was" | "are" | "were" | "in" | "goes" | "went" | "gone"
        );
        pause && verb && at >= 2 && self.follows_on(at - 1) && self.is_content(at - 2)
    }

    /// A verb follows the last word directly: "the director is in", "the meeting overran".
    pub fn told_after(&self) -> bool {
        let next = self.at[self.at.len() - 1].1.to;
        self.follows_on(next) && {
            let word = self.message.word(next);
            matches!(kind(word), Some(Kind::Be))
                || matches!(
                    word,
                    "ran" | "overran" | "went" | "moved" | "cancelled" | "finished" | "said"
                )
        }
    }

    /// "running late, …": said of somebody, or beginning a clause. Not "a late one, …".
    pub fn stands_alone(&self) -> bool {
        let first = self.at[0].1.from;
        first == 0
            || !self.follows_on(first)
            || self.is_predicate()
            || self.message.word(first - 1).as_bytes()[0].is_ascii_digit()
    }

    /// Whether nearly nothing else is said in the message.
    pub fn is_all(&self) -> bool {
        self.message.tokens.len() <= 16
            && !(0..self.message.tokens.len()).any(|index| self.is_content(index))
    }

    /// The first word of the phrase describes another thing, and the rest is elsewhere: "the file is on the purple shelf",
    /// "purple tabs in the file", "a late visit, then a meeting with the director".
    pub fn is_bound(&self, links: &[Link]) -> bool {
        let Some(place) = self.at.iter().position(|(word, _)| *word == 0) else {
            return false;
        };
        let next = self.at[place].1.to;
        if !self.noun_after(place) || self.message.word(next).ends_with("ing") {
            return false;
        }
        let before = self.at[place]
            .1
            .from
            .checked_sub(1)
            .map(|before| self.message.word(before));
        let is = |word| {
            kind(word) == Some(Kind::Be) && !matches!(word, "has" | "have" | "had" | "having")
        };
        if before.is_some_and(is) {
            return false;
        }
        if place > 0 {
            let link = &links[place - 1];
            return link.be + link.blocks + link.clauses + link.first + link.content > 0
                || self.pattern.words.len() > 2;
        }
        let link = &links[0];
        let (from, to) = (self.at[0].1.to, self.at[1].1.from);
        // "the purple folder, sorry, file": she corrects herself.
        let corrected = (from..to).any(|index| {
            matches!(
                self.message.word(index),
                "mean" | "meant" | "sorry" | "rather"
            )
        });
        let beside = link.words == link.content + link.fillers + link.articles
            && !link.comma
            && !link.sentence;
        link.own == 0 && !beside && !corrected
    }
}
