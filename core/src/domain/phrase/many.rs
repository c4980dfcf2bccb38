//! Phrases of three words and more, all of them said.

use super::about::Subject;
use super::judge::{Level, Verdict, turn};
use super::scene::{Link, Scene, has_telling, is_telling};

impl Scene<'_> {
    /// All words of a phrase of three or more, none weak.
    pub fn many(&self, links: &[Link]) -> Verdict {
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
            _ if self.framed(links) => true,
            _ if order.is_sorted() => links.iter().all(tied) && content <= 3 && self.flows(links),
            None => false,
            Some(turn) => {
                let rest = links
                    .iter()
                    .enumerate()
                    .all(|(place, link)| place == turn || (tied(link) && link.content <= 1));
                // The end alone, said first, is only a word: "spoke to the director, late for the meeting".
                let named = turn > 0 || self.points_back();
                (rest && named && self.turns(&links[turn])) || (turn == 0 && self.told_to(links))
            }
        };
        if said && self.is_past_or_others() {
            (
                Level::Possible,
                "all words, but of somebody else or of the past",
            )
        } else if said && slips <= 2 * self.at.len() {
            (Level::Alarm, "all words, tied together")
        } else {
            self.loose(links, "all words, but apart or about something else")
        }
    }

    /// The phrase's own small words stand in every link. Alone, any punctuation may stand among them; with them, a place, a
    /// time or a name: "late for my meeting at County Hall with Carol and the Director".
    fn framed(&self, links: &[Link]) -> bool {
        let whole = |(place, link): (usize, &Link)| {
            let own = self.tied_at(place, link);
            let bare = link.words == link.own + link.articles;
            let inserted = link.words - link.articles.min(link.words) - link.fillers;
            let calm = link.be + link.clauses + link.first + link.it + link.parts == 0;
            let added = calm
                && !link.sentence
                && !(link.noun && link.strayed)
                && inserted <= 4 + link.own
                && (!link.comma || link.content == 0 || link.ands > 0);
            own > 0 && (bare || (added && own > 1)) || (own == 1 && link.words == 0)
        };
        let content: usize = links.iter().map(|link| link.content).sum();
        let added = content > 0;
        self.in_order()
            && content <= 5
            && links.iter().enumerate().all(whole)
            && !(added && self.told_after())
    }

    /// How well the phrase's own small words stand in a link: 0 not all of them, 1 it has none, 2 all of them.
    fn tied_at(&self, place: usize, link: &Link) -> usize {
        let own = self.pattern.own[place]
            .iter()
            .filter(|word| is_telling(word))
            .count();
        match own {
            0 => 1,
            own if link.own >= own => 2,
            _ => 0,
        }
    }

    /// "tell the Director I'm going to be late for our meeting": whom it is with was said first, and she speaks of herself.
    fn told_to(&self, links: &[Link]) -> bool {
        let first = &links[0];
        let rest = links[1..].iter().enumerate().all(|(place, link)| {
            self.tied_at(place, link) > 0
                && link.content + link.blocks + link.clauses + link.be == 0
                && !link.comma
                && !link.sentence
        });
        first.first > 0
            && !first.sentence
            && first.words <= 10
            && first.content <= 2
            && first.clauses <= 3
            && self.subject(1) == Subject::Speaker
            && rest
            && !self.noun_after(self.at.len() - 1)
            && (!self.goes_with() || self.points_back())
    }

    /// The small word before the phrase's last word follows its end: "my meeting with Sue".
    fn goes_with(&self) -> bool {
        let own = self
            .pattern
            .own
            .last()
            .map(std::slice::from_ref)
            .unwrap_or_default();
        let next = self.at[self.at.len() - 1].1.to;
        next < self.message.tokens.len() && self.is_own(next, own)
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
                (0, true) => self.stands_alone() && !self.told_after(),
                (0, false) => {
                    link.articles + link.be + link.first > 0
                        || (link.content == 0 && self.is_predicate())
                }
                (_, comma) => !comma,
            }
        })
    }

    /// "my meeting with the director, I'll be late for it": the end was said first.
    pub fn turns(&self, link: &Link) -> bool {
        let opened = link.first > 0 || link.comma;
        let parted = link.blocks > link.ands
            || (link.ands > 0 && link.first == 0)
            || link.content > 0
            || link.words > 9;
        opened && !parted && !self.trails() && (!link.sentence || self.points_back())
    }
}
