//! Whether words of a phrase, where they stand in a message, say the phrase. The rules are about order, what stands
//! between, and where sentences end; none is about one phrase.

use super::scene::{Link, Scene, has_telling};
use super::words::{Kind, kind};

/// How sure we are. Ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Nothing,
    Possible,
    Alarm,
}

/// A verdict and, for the author of a policy, the reason.
pub(super) type Verdict = (Level, &'static str);

const NOTHING: Verdict = (Level::Nothing, "");

impl Scene<'_> {
    pub fn judge(&self) -> Verdict {
        let wanted = self.pattern.words.len();
        let weak = self.at.iter().filter(|(_, hit)| hit.near.weak).count();
        let links: Vec<Link> = (1..self.at.len()).map(|next| self.link(next)).collect();
        match (wanted - self.at.len(), weak) {
            (0, 0) if wanted == 2 => self.pair(&links[0]),
            (0, 0) => self.many(&links),
            (0, weak) if wanted == 2 => self.weak_pair(weak, &links[0]),
            (0, weak) => self.weak_many(weak, &links),
            (1, 0) if wanted > 2 => self.one_missing(&links),
            _ => NOTHING,
        }
    }

    fn in_order(&self) -> bool {
        self.at.windows(2).all(|two| two[0].0 < two[1].0)
    }

    fn loose(&self, links: &[Link], why: &'static str) -> Verdict {
        let sum = |of: fn(&Link) -> usize| links.iter().map(of).sum::<usize>();
        let (words, content) = (sum(|link| link.words), sum(|link| link.content));
        let sentences = sum(|link| usize::from(link.sentence));
        let (most, most_content) = if self.pattern.words.len() == 2 {
            (8, 3)
        } else {
            (14, 5)
        };
        let near = match sentences {
            0 => words <= most && content <= most_content,
            1 => words <= most * 2 / 3 && content <= 2,
            _ => false,
        };
        // Out of order, a word that ties them is needed: "director late so meeting moved" is about something else.
        let order: Vec<usize> = self.at.iter().map(|(word, _)| *word).collect();
        let tied = self.in_order()
            || links.len() < 2
            || turn(&order).is_some_and(|turn| turn > 0)
            || sum(|link| link.own) > 0
            || !self.pattern.own.iter().any(|own| has_telling(own));
        if near && tied {
            (Level::Possible, why)
        } else {
            NOTHING
        }
    }

    /// Both words of a phrase of two, none weak.
    fn pair(&self, link: &Link) -> Verdict {
        let tight = self.pattern.own.first().is_none_or(Vec::is_empty);
        let slips: u8 = self.at.iter().map(|(_, hit)| hit.near.slips).sum();
        let said = match (self.in_order(), tight) {
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
    }

    fn weak_pair(&self, weak: usize, link: &Link) -> Verdict {
        let together = link.words == 0
            || (link.words == link.articles + link.own && !self.pattern.own[0].is_empty());
        if weak == 1 && self.in_order() && together && !link.comma && !link.sentence {
            (
                Level::Possible,
                "one word, beside an ordinary word that is near the other",
            )
        } else {
            NOTHING
        }
    }

    /// All words of a phrase of three or more, none weak.
    fn many(&self, links: &[Link]) -> Verdict {
        let slips: usize = self
            .at
            .iter()
            .map(|(_, hit)| usize::from(hit.near.slips))
            .sum();
        let order: Vec<usize> = self.order(links);
        let content: usize = links.iter().map(|link| link.content).sum();
        let tied =
            |link: &Link| link.free() && link.content <= 2 && link.words <= 8 && link.clauses <= 1;
        let said = match turn(&order) {
            _ if order.is_sorted() => links.iter().all(tied) && content <= 3 && self.flows(links),
            None => false,
            Some(turn) => {
                let rest = links
                    .iter()
                    .enumerate()
                    .all(|(place, link)| place == turn || (tied(link) && link.content <= 1));
                // The end alone, said first, is only a word: "spoke to the director, late for the meeting".
                let named = turn > 0 || self.points_back();
                rest && named && self.turns(&links[turn])
            }
        };
        if said && slips <= 2 * self.at.len() {
            (Level::Alarm, "all words, tied together")
        } else {
            self.loose(links, "all words, but apart or about something else")
        }
    }

    /// Whether each link is of the phrase's kind: "late for my meeting", "running late, meeting …", not "a late meeting", and
    /// not "late for the meeting, is the director there?".
    fn flows(&self, links: &[Link]) -> bool {
        links.iter().enumerate().all(|(place, link)| {
            if link.strayed {
                return false;
            }
            if link.own > 0
                || !has_telling(&self.pattern.own[place])
                || (place > 0 && link.words == 0 && !link.comma)
            {
                return true;
            }
            match (place, link.comma) {
                (0, true) => true,
                (0, false) => {
                    link.articles + link.be + link.first > 0
                        || (link.content == 0 && self.is_predicate())
                }
                (_, comma) => !comma,
            }
        })
    }

    /// The order of the content words, a pair that changed places directly ("director's meeting") put right.
    fn order(&self, links: &[Link]) -> Vec<usize> {
        let mut order: Vec<usize> = self.at.iter().map(|(word, _)| *word).collect();
        for place in 0..links.len() {
            let link = &links[place];
            if order[place] == order[place + 1] + 1
                && link.words == 0
                && !link.comma
                && !link.sentence
                && order.len() > 2
            {
                order.swap(place, place + 1);
                break;
            }
        }
        order
    }

    /// "my meeting with the director, I'll be late for it": the end was said first.
    fn turns(&self, link: &Link) -> bool {
        let opened = link.first > 0 || link.comma;
        let parted = link.blocks > link.ands
            || (link.ands > 0 && link.first == 0)
            || link.content > 0
            || link.words > 9;
        opened && !parted && !self.trails() && (!link.sentence || self.points_back())
    }

    fn weak_many(&self, weak: usize, links: &[Link]) -> Verdict {
        let content: usize = links.iter().map(|link| link.content).sum();
        let enough = weak == 1 || (weak == 2 && self.pattern.words.len() >= 4);
        let tied = |link: &Link| link.free() && link.be == 0 && link.clauses == 0;
        // Beside a word that is only near, the small words must be the phrase's own: not "rate my meeting with the director".
        let own = links.iter().enumerate().all(|(place, link)| {
            let weak = self.at[place].1.near.weak || self.at[place + 1].1.near.weak;
            let near = self.at[place].1.near;
            let means = near.weak && near.slips == 0 && link.articles > 0 && link.content == 0;
            !weak || means || link.own > 0 || !has_telling(&self.pattern.own[place])
        });
        if enough && own && self.in_order() && links.iter().all(tied) && content <= 1 {
            (Level::Possible, "all words, one of them only near")
        } else {
            NOTHING
        }
    }

    /// All but one word, in order: what is left must be telling enough.
    fn one_missing(&self, links: &[Link]) -> Verdict {
        let wanted = self.pattern.words.len();
        let missing = (0..wanted)
            .find(|word| self.at.iter().all(|(at, _)| at != word))
            .unwrap_or(0);
        let content: usize = links.iter().map(|link| link.content).sum();
        let calm = links
            .iter()
            .all(|link| !link.comma && !link.sentence && link.clauses == 0 && link.be == 0);
        let tied = links.iter().all(Link::free);
        // "late for a catch up with the director": both small words around what was left out.
        let framed = missing > 0
            && missing + 1 < wanted
            && links[missing - 1].own >= 2
            && links[missing - 1].words <= 6;
        if self.in_order() && calm && framed {
            return (
                Level::Possible,
                "all words but one, and the small words around it",
            );
        }
        if !self.in_order() || !calm || !tied || !self.pattern.common[missing] {
            return NOTHING;
        }
        let inner = missing > 0 && missing + 1 < wanted;
        let bridged = inner && links[missing - 1].own > 0 && content <= 1;
        let rare = self.at.iter().any(|(at, _)| !self.pattern.common[*at]);
        if bridged || (content == 0 && (rare || (wanted > 3 && inner))) {
            (Level::Possible, "all words but one")
        } else {
            NOTHING
        }
    }
}

/// Where the end of a phrase that was said first ("meeting, director, late") meets its beginning.
fn turn(order: &[usize]) -> Option<usize> {
    let turn = order.windows(2).position(|two| two[0] > two[1])?;
    let rotated = order
        .iter()
        .enumerate()
        .all(|(place, word)| (place + order.len() - turn - 1) % order.len() == *word);
    rotated.then_some(turn)
}
