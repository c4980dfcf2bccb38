//! The small words that carry a phrase into a sentence ("I am going to be late …", "the purple file"). They go with it, so
//! that a command beside it is understood as if nothing had been said.

use super::fold::{CLAUSE, Folded, SENTENCE};
use super::words::{Kind, kind};

/// How many words may stand between "I" and the phrase.
const REACH: usize = 7;
/// Small words that may be a command or part of one, or belong to what was said before.
const KEPT: &str = "ok okay yes yeah yep yup no not here there x xx xxx thanks thank ta thx today tonight tomorrow tmrw about with";
/// Verbs before the person who is told: "tell the".
const TELLING: &str = "tell telling let ask inform message text email remind warn";
/// Verbs before "I": "I think I'll be".
const THINKING: &str = "think thinks guess know knows reckon believe expect suppose say says said saying mean means look looks \
    looking sounds seems";
/// What asks for that: "can you please tell".
const ASKING: &str = "please pls plz can could would will you u to just need want also sorry so";
/// Words that only join the phrase to what stands before it: "left because I'm going to be".
const JOINING: &str = "and but so as because cos cause coz since though";
/// What is said to be there.
const DETAILS: &str = "detail details detials deatils info information notes paperwork everything";
/// Whose details they are.
const WHOSE: &str = "visit visits case client family address meeting their my all the";
/// Small words that carry a phrase even where no "I" stands before them: "going to be", "running".
const LEADING: &str = "going goin gonna gunna ganna to be being been get getting got running runnin will wont may might could \
    is are was were its its probably definitely already";

fn is_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|other| other == word)
}

/// The first word of what carries the phrase that begins at word `from`; `from` itself if nothing does.
pub(super) fn carried_from(message: &Folded, from: usize) -> usize {
    let carrier = Carrier(message);
    let bare = carrier.details(carrier.articles(from));
    let mut at = bare;
    loop {
        let before = at;
        at = carrier.speaker(at);
        at = carrier.told(at, at < bare);
        if at == before {
            break;
        }
    }
    if at == bare {
        return carrier.led(at);
    }
    let joined = carrier.before(at).is_some_and(|word| is_in(JOINING, word));
    at - usize::from(joined)
}

struct Carrier<'a>(&'a Folded);

impl Carrier<'_> {
    /// The word before, if no pause parts them.
    fn before(&self, at: usize) -> Option<&str> {
        let near = at > 0 && self.0.gap(at) & (CLAUSE | SENTENCE) == 0;
        near.then(|| self.0.word(at - 1))
    }

    fn back_over(&self, mut at: usize, over: impl Fn(&str) -> bool) -> usize {
        while self.before(at).is_some_and(&over) {
            at -= 1;
        }
        at
    }

    /// "the", "my".
    fn articles(&self, at: usize) -> usize {
        let first = self.back_over(at, |word| kind(word) == Some(Kind::Article));
        // "ring me" is a request; elsewhere "me" is a slip for "my".
        let asks = |word| matches!(word, "ring" | "call" | "phone" | "text" | "help");
        let me = first < at && self.0.word(first) == "me" && self.before(first).is_some_and(asks);
        first + usize::from(me)
    }

    /// "the visit details are in": the document's own words for it (Bexley).
    fn details(&self, from: usize) -> usize {
        let at = self.back_over(from, |word| matches!(word, "in" | "inside" | "on"));
        let at = self.back_over(at, |word| {
            matches!(word, "is" | "are" | "all" | "now" | "kept")
        });
        if !self.before(at).is_some_and(|word| is_in(DETAILS, word)) {
            return from;
        }
        let at = self.back_over(at - 1, |word| is_in(WHOSE, word));
        self.articles(at)
    }

    /// "I am going to be", "I'll be a bit".
    fn speaker(&self, from: usize) -> usize {
        let mut at = from;
        for _ in 0..REACH {
            let Some(word) = self.before(at) else {
                break;
            };
            at -= 1;
            match kind(word) {
                Some(Kind::First) => return at,
                Some(Kind::Block | Kind::It) => break,
                Some(_) if !is_in(KEPT, word) => {}
                None if word.bytes().all(|byte| byte.is_ascii_digit()) => {}
                _ => break,
            }
        }
        from
    }

    /// "I think", "please tell the".
    fn told(&self, from: usize, spoken: bool) -> usize {
        let at = self.articles(from);
        let at = self.back_over(at, |word| matches!(word, "like" | "that" | "to"));
        let verb = |word| is_in(TELLING, word) || (spoken && is_in(THINKING, word));
        if self.before(at).is_some_and(verb) {
            self.back_over(at - 1, |word| is_in(ASKING, word) || word == "it")
        } else {
            from
        }
    }

    /// "going to be", "it's in", without anybody named. In "9-10 am late for …" the "am" is of a time.
    fn led(&self, from: usize) -> usize {
        let is = |at: usize, right: &dyn Fn(&str) -> bool| self.before(at).is_some_and(right);
        let within =
            is(from, &|word| word == "in") && is(from - 1, &|word| kind(word) == Some(Kind::Be));
        let at = self.back_over(from - usize::from(within), |word| is_in(LEADING, word));
        let am = is(at, &|word| word == "am")
            && !is(at - 1, &|word| word.as_bytes()[0].is_ascii_digit());
        at - usize::from(am)
    }
}
