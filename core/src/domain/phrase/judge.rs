//! Whether words of a phrase, where they stand in a message, say the phrase. The rules are about order, what stands
//! between, and where sentences end; none is about one phrase.

use super::scene::{Link, Scene, has_telling};

/// How sure we are. Ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Nothing,
    Possible,
    Alarm,
}

/// A verdict and, for the author of a policy, the reason.
pub(super) type Verdict = (Level, &'static str);

pub(super) const NOTHING: Verdict = (Level::Nothing, "");

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

    pub fn in_order(&self) -> bool {
        self.at.windows(2).all(|two| two[0].0 < two[1].0)
    }

    pub fn loose(&self, links: &[Link], why: &'static str) -> Verdict {
        let sum = |of: fn(&Link) -> usize| links.iter().map(of).sum::<usize>();
        let (words, content) = (sum(|link| link.words), sum(|link| link.content));
        let sentences = sum(|link| usize::from(link.sentence));
        let (most, most_content) = if self.pattern.words.len() == 2 {
            (8, 3)
        } else {
            (14, 5)
        };
        let order: Vec<usize> = self.at.iter().map(|(word, _)| *word).collect();
        let near = match sentences {
            _ if self.is_bound(links) => false,
            // A new sentence with words of its own is about something else: "I like purple. Send me the file".
            1 if links.len() == 1 && !(content <= 1 && links[0].begins_nothing()) => false,
            0 => words <= most && content <= most_content,
            1 => words <= most * 2 / 3 && content <= 2,
            _ => false,
        };
        // Out of order, a word that ties them is needed: "director late so meeting moved" is about something else.
        let tied = order.is_sorted()
            || links.len() < 2
            || turn(&order).is_some_and(|turn| turn > 0)
            || sum(|link| link.own) > 0
            || !self.pattern.own.iter().any(|own| has_telling(own));
        if (near && tied) || self.is_all() {
            (Level::Possible, why)
        } else {
            NOTHING
        }
    }

    /// The order of the content words, a pair that changed places directly ("director's meeting") put right.
    pub fn order(&self, links: &[Link]) -> Vec<usize> {
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
        let order = self.order(links);
        let said = if order.is_sorted() {
            own && links.iter().all(tied) && content <= 1
        } else {
            weak == 1 && self.means_last(&order, links)
        };
        if enough && said {
            (Level::Possible, "all words, one of them only near")
        } else {
            NOTHING
        }
    }

    /// Said the other way round, with words that mean the same: "I won't make my meeting with the Director on time", "I'm
    /// to meet the Director and I'll be late".
    fn means_last(&self, order: &[usize], links: &[Link]) -> bool {
        let Some(turn) = turn(order) else {
            return false;
        };
        let saying = self
            .at
            .iter()
            .any(|(_, hit)| hit.near.weak && hit.to - hit.from > 1);
        let means = self
            .at
            .iter()
            .all(|(_, hit)| !hit.near.weak || hit.near.slips == 0);
        let link = &links[turn];
        let direct = saying
            && link.words <= 4
            && link.content <= 1
            && link.be + link.clauses == 0
            && link.free();
        let rest = links.iter().enumerate().all(|(place, link)| {
            place == turn
                || (!link.sentence && link.content <= 1 && link.blocks + link.clauses == 0)
        });
        means && rest && (direct || (link.first > 0 && self.turns(link)))
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
pub(super) fn turn(order: &[usize]) -> Option<usize> {
    let turn = order.windows(2).position(|two| two[0] > two[1])?;
    let rotated = order
        .iter()
        .enumerate()
        .all(|(place, word)| (place + order.len() - turn - 1) % order.len() == *word);
    rotated.then_some(turn)
}
