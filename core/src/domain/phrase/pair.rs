//! Phrases of two words, where only order and nearness can tell.

use super::judge::{Level, NOTHING, Verdict};
use super::scene::{Link, Scene};
use super::words::{Kind, is_name, is_real, kind};

impl Scene<'_> {
    /// Both words of a phrase of two, none weak.
    pub fn pair(&self, link: &Link) -> Verdict {
        let tight = self.pattern.own.first().is_none_or(Vec::is_empty);
        let slips: u8 = self.at.iter().map(|(_, hit)| hit.near.slips).sum();
        let said = match (self.in_order(), tight) {
            (true, true) if self.is_of_another(link.comma) => false,
            (true, true) if link.words == 0 => !(link.sentence && self.goes_on()),
            (true, true) => {
                let small = link.bare()
                    || (link.words <= 3
                        && link.content == 0
                        && link.words == link.articles + link.fillers + link.be + link.it);
                let one = link.content == 1
                    && link.words <= 2
                    && link.words == 1 + link.articles + link.fillers;
                link.free() && link.words <= 4 && (small || (one && !link.comma))
            }
            (true, false) => {
                link.free() && link.content <= 1 && link.clauses == 0 && link.words <= 5
            }
            (false, _) => self.turned(link),
        };
        match (said, slips >= 3 && link.content > 0) {
            (true, false) => (Level::Alarm, "both words, close together"),
            (true, true) => (Level::Possible, "both words, but misspelt and not together"),
            _ => self.loose(
                std::slice::from_ref(link),
                "both words, but apart or about two things",
            ),
        }
    }

    /// "the file is the purple one", "the file for this family is purple".
    fn turned(&self, link: &Link) -> bool {
        let before = self.at[1].1.from.saturating_sub(1);
        let told = link.words > 0 && matches!(kind(self.message.word(before)), Some(Kind::Be));
        let content = usize::from(told);
        let verb = link.words > 0 && link.words == link.articles && !link.comma && !self.is_named();
        link.free()
            && link.content <= content
            && link.clauses == 0
            && link.words <= 5
            && !verb
            && !self.trails()
            && !self.is_compound(link)
    }

    /// Another thing is named, or something happens: "the nail file is purple", "the file cover is purple", "the file, it
    /// goes purple".
    fn is_compound(&self, link: &Link) -> bool {
        let (first, last) = (self.at[0].1, self.at[1].1);
        let noun = |index: usize| {
            kind(self.message.word(index)).is_none() || self.message.word(index) == "nail"
        };
        let before = first.from.checked_sub(1).is_some_and(|before| {
            noun(before) && self.message.gap(first.from) == super::fold::SPACE
        });
        let after = link.words > 0 && link.be > 0 && self.noun_after(0);
        let goes = link.words > 0
            && matches!(
                self.message.word(last.from - 1),
                "goes" | "go" | "going" | "gone"
            );
        (link.be > 0 && before) || after || goes
    }

    /// A weak word with more of its kind around it is what it says: "people files are with HR", "purple fire engine". Not
    /// in the place where a file is looked for: "it's in the people file on the desk".
    fn is_itself(&self) -> bool {
        let real = self
            .at
            .iter()
            .any(|(_, hit)| hit.near.weak && is_real(self.message.word(hit.from)));
        let next = self.at[1].1.to;
        let goes_on = self.goes_on() && {
            let word = self.message.word(next);
            matches!(kind(word), Some(Kind::Be)) || (kind(word).is_none() && !is_name(word))
        };
        let mut before = self.at[0].1.from;
        while before > 0 && kind(self.message.word(before - 1)) == Some(Kind::Article) {
            before -= 1;
        }
        let within = before > 0
            && matches!(
                self.message.word(before - 1),
                "in" | "on" | "from" | "into" | "inside" | "at"
            );
        real && goes_on && !within
    }

    pub fn weak_pair(&self, weak: usize, link: &Link) -> Verdict {
        let together = link.words == 0
            || (link.words == link.articles + link.own && !self.pattern.own[0].is_empty());
        let near = weak == 1 && self.in_order() && together && !link.comma && !link.sentence;
        if near && !self.is_itself() {
            (
                Level::Possible,
                "one word, beside an ordinary word that is near the other",
            )
        } else {
            NOTHING
        }
    }
}
