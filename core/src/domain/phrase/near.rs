//! How near a word that was said is to a word of a phrase: typing slips, dictation, shortenings, neighbouring words.

use super::fold::mask;
use super::sound::{Sound, dictated, keys_touch, sound, spelling, squeeze, stretched, undigit};
use super::words::{ALIASES, SYNONYMS, is_real};

/// Longer words are compared for equality only, so that one word can never cost much.
pub(super) const LONGEST: usize = 40;

/// Mask of the letters p and h.
const PH: u32 = 1 << 7 | 1 << 15;

/// How near. A weak hit is a word in its own right, or a guess: it can never carry an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Near {
    /// Slips: 0 is the word itself (or its plural, or a shortening), or, if weak, a word of the same meaning.
    pub slips: u8,
    pub weak: bool,
}

const SAME: Near = Near {
    slips: 0,
    weak: false,
};

const fn slips(slips: u8) -> Option<Near> {
    Some(Near { slips, weak: false })
}

const fn weak(slips: u8) -> Option<Near> {
    Some(Near { slips, weak: true })
}

/// A content word of a phrase, prepared for comparison.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub text: String,
    /// Letters, `ph` counted as `f`.
    pub len: usize,
    pub mask: u32,
    heard_mask: u32,
    spelling: String,
    sound: Sound,
    dictated: String,
    short: Vec<&'static str>,
}

impl Word {
    pub fn new(text: &str) -> Self {
        let spelling = spelling(text);
        let short = ALIASES
            .iter()
            .chain(SYNONYMS)
            .filter(|(_, word)| *word == text)
            .map(|(short, _)| *short)
            .collect();
        Self {
            text: text.to_owned(),
            len: spelling.chars().count(),
            mask: mask(text),
            heard_mask: heard_mask(mask(&spelling)),
            dictated: dictated(&spelling),
            sound: sound(&spelling),
            spelling,
            short,
        }
    }

    /// Cheap test that rules most words out.
    pub fn may_match(&self, said: &str, said_mask: u32) -> bool {
        let (far, most, letters) = if self.len <= 5 { (3, 4, 3) } else { (3, 6, 4) };
        let heard = if said_mask & PH == PH && said.contains("ph") {
            mask(&spelling(said))
        } else {
            said_mask
        };
        let heard = heard_mask(heard);
        let near = said.len().abs_diff(self.text.len()) <= far
            && (heard ^ self.heard_mask).count_ones() <= most
            && (heard & self.heard_mask).count_ones() + 1
                >= letters.min(self.heard_mask.count_ones());
        near || self.stem(said).is_some()
            || (!self.short.is_empty() && self.short.contains(&said))
            || stretched(said)
    }

    /// Whether `said` is this word, a slip of it, or something near.
    pub fn near(&self, said: &str) -> Option<Near> {
        if said == self.text || is_plural(said, &self.text) || is_plural(&self.text, said) {
            return Some(SAME);
        }
        if self.short.contains(&said) {
            return if ALIASES
                .iter()
                .any(|(short, word)| *short == said && *word == self.text)
            {
                Some(SAME)
            } else {
                weak(0)
            };
        }
        // "late to meet the director": the same word in another part.
        let verb = self.text.strip_suffix("ing").filter(|verb| verb.len() >= 4);
        if verb.is_some_and(|verb| said == verb || is_plural(said, verb)) {
            return weak(0);
        }
        if said.len() > LONGEST
            || self.text.len() > LONGEST
            || self.text.bytes().any(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        if stretched(said) && strsim::osa_distance(&squeeze(said), &squeeze(&self.text)) <= 1 {
            return slips(1);
        }
        let plain = undigit(said);
        let said = spelling(&plain);
        let distance = strsim::osa_distance(&said, &self.spelling);
        if is_real(&plain) {
            self.neighbour(&plain, &said, distance)
        } else {
            self.slip(&said, distance).or_else(|| {
                let one = said.strip_suffix('s').filter(|one| one.len() >= 4)?;
                self.slip(one, strsim::osa_distance(one, &self.spelling))
            })
        }
    }

    /// A word in its own right: weak at most.
    fn neighbour(&self, plain: &str, said: &str, distance: usize) -> Option<Near> {
        let alike = match distance {
            _ if self.len >= 4 && dictated(said) == self.dictated => true,
            0 | 1 => self.len >= 4 || sound(said) == self.sound,
            2 if sound(said) == self.sound => self.len >= 4 && same_first(said, &self.spelling),
            2 => {
                self.len >= 6
                    && same_first(said, &self.spelling)
                    && sound(said).distance(&self.sound) <= 1
            }
            _ => false,
        };
        if alike || self.inflected(plain) {
            weak(distance.min(3) as u8)
        } else {
            None
        }
    }

    /// "filed", "filing": the word, but in another part.
    fn inflected(&self, said: &str) -> bool {
        self.len >= 4
            && self.stem(said).is_some_and(|rest| {
                matches!(rest, "ed" | "d" | "ing" | "ings" | "er" | "ers" | "ly")
            })
    }

    /// What follows this word's stem in `said`.
    fn stem<'a>(&self, said: &'a str) -> Option<&'a str> {
        let stem = self.text.strip_suffix('e').unwrap_or(&self.text);
        said.strip_prefix(stem).filter(|rest| rest.len() <= 4)
    }

    /// No word that we know: how likely is it this one, misspelt or misheard?
    fn slip(&self, said: &str, distance: usize) -> Option<Near> {
        let first = same_first(said, &self.spelling);
        let heard = || sound(said).distance(&self.sound);
        let cost = distance.min(9) as u8;
        match (self.len, distance) {
            (_, 0) => slips(1),
            (..=2, _) => None,
            (3, 1)
                if same_letters(said, &self.spelling)
                    || squeeze(said) == squeeze(&self.spelling) =>
            {
                slips(1)
            }
            (3, 1) if first => weak(1),
            (3, _) => None,
            (4..=5, 1) if first || same_letters(said, &self.spelling) => slips(1),
            // The thumb hit the key beside the first letter.
            (4..=5, 1) if beside(said, &self.spelling) => slips(1),
            (4..=5, 1) => weak(1),
            (4..=5, 2) if first && heard() == 0 => slips(2),
            (4..=5, _) => None,
            (_, 1) => slips(1),
            (6..=7, 2) if beside(said, &self.spelling) => slips(2),
            (6..=7, 2) if heard() == 0 || (first && heard() <= 1) => slips(2),
            (6.., 2) if first && self.len >= 8 => slips(2),
            (6.., 2) => weak(2),
            (6.., 3) if first && heard() == 0 => slips(3),
            (8.., 3) if first && heard() <= 1 => weak(3),
            (6.., _) if self.cut_short(said) => slips(cost),
            _ => None,
        }
    }

    /// The word as far as it was typed before she pressed send.
    fn cut_short(&self, said: &str) -> bool {
        said.len() >= 4 && said.len() + 3 >= self.spelling.len() && self.spelling.starts_with(said)
    }

    /// Whether neighbouring words, written as one, give this word: "pur ple", "die rector". `spaced`: white space stood
    /// between them; `all_real`: each is a word in its own right.
    pub fn near_joined(&self, joined: &str, spaced: bool, all_real: bool) -> Option<Near> {
        if self.len < 4 || joined.len().abs_diff(self.text.len()) > 3 {
            return None;
        }
        if joined == self.text || is_plural(joined, &self.text) {
            return if all_real { weak(1) } else { slips(1) };
        }
        if !spaced && self.len < 6 {
            let near = self.slip(joined, strsim::osa_distance(joined, &self.spelling))?;
            return (near.slips == 1).then_some(near);
        }
        if self.len < 6 {
            return None;
        }
        let said = spelling(joined);
        match strsim::osa_distance(&said, &self.spelling) {
            1 if !all_real || self.len >= 8 => slips(1),
            1 => weak(1),
            2 | 3 if same_first(&said, &self.spelling) && sound(&said) == self.sound => weak(2),
            _ => None,
        }
    }
}

/// `v` is heard as `f`.
fn heard_mask(mask: u32) -> u32 {
    const V: u32 = 1 << (b'v' - b'a');
    const F: u32 = 1 << (b'f' - b'a');
    if mask & V == 0 { mask } else { mask & !V | F }
}

fn is_plural(said: &str, word: &str) -> bool {
    word.len() >= 3
        && said
            .strip_prefix(word)
            .is_some_and(|rest| matches!(rest, "s" | "es"))
}

fn same_first(one: &str, other: &str) -> bool {
    one.bytes().next() == other.bytes().next()
}

/// As many letters, and the key of each that differs touches the right one.
fn beside(one: &str, other: &str) -> bool {
    one.len() == other.len()
        && one
            .bytes()
            .zip(other.bytes())
            .all(|(one, other)| one == other || keys_touch(one, other))
}

/// Two letters changed places.
fn same_letters(one: &str, other: &str) -> bool {
    let sorted = |word: &str| {
        let mut bytes = word.as_bytes().to_vec();
        bytes.sort_unstable();
        bytes
    };
    sorted(one) == sorted(other)
}
