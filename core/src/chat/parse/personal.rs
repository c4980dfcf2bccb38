//! Signs of personal data, which has no place in a shared room (design, invariant 5). Better one refusal
//! too many: the sender loses a few seconds, a client would lose her privacy.

use super::PersonName;
use super::clean::Word;
use super::people::{Named, person_at};
use regex::Regex;
use std::sync::LazyLock;

/// UK postcodes, with the letters that the second half can have.
static POSTCODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b([a-z]{1,2}[0-9][a-z0-9]?)\s*([0-9][abd-hjlnp-uw-z]{2})\b")
        .expect("a fixed pattern")
});
static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)[^\s@:]+@[^\s@:]+\.[a-z]{2,}").expect("a fixed pattern"));
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|\s)(?:\+\d[\d\s()-]{8,}\d|\(?0\d{2,4}\)?[ -]?\d{3,4}[ -]?\d{3,4})(?:\s|$)")
        .expect("a fixed pattern")
});

/// A postcode, an e-mail address or a phone number anywhere in a cleaned text, or the name of a
/// street behind a number.
pub(super) fn plainly_personal(text: &str, words: &[Word<'_>]) -> bool {
    postcode(text) || email(text) || phone(text) || street(words) || titled(words)
}

/// False for words that plainly hold personal data: they are not repeated in a line to send.
pub fn may_repeat(words: &str) -> bool {
    let cleaned = super::clean::clean(words);
    !plainly_personal(&cleaned, &super::clean::words(&cleaned))
}

/// `John Smith` at `at`: two words with capitals that are nobody's of the team and no words of every day.
pub(super) fn full_name_at(words: &[Word<'_>], at: usize, people: &[PersonName]) -> bool {
    let name = |i: usize| {
        words.get(i).is_some_and(|word| {
            let mut letters = word.raw.trim_end_matches(['.', ',', '!']).chars();
            let capital = letters.next().is_some_and(char::is_uppercase);
            let rest = letters.as_str();
            capital
                && rest.chars().count() > 1
                && rest
                    .chars()
                    .all(|c| c.is_lowercase() || c == '-' || c == '\'')
                && !ordinary(&word.low)
                && !option_word(&word.low)
        })
    };
    name(at) && name(at + 1) && person_at(words, at, people) == Named::Nobody
}

pub(super) fn postcode(text: &str) -> bool {
    POSTCODE.captures_iter(text).any(|found| {
        // `c2 1st March` is a category and a day.
        let category = found[1].eq_ignore_ascii_case("c1") || found[1].eq_ignore_ascii_case("c2");
        let ordinal = ["st", "nd", "rd", "th"].contains(&found[2][1..].to_lowercase().as_str());
        !(category && ordinal)
    })
}

/// A postcode in one word or two at `at`; what follows it.
pub(super) fn postcode_at(words: &[Word<'_>], at: usize) -> Option<usize> {
    let one = words.get(at)?.low.clone();
    let two = words.get(at + 1).map(|next| format!("{one} {}", next.low));
    let whole = |text: &str| {
        POSTCODE
            .find(text)
            .is_some_and(|found| found.as_str() == text)
    };
    match two.filter(|both| whole(both)) {
        Some(_) => Some(at + 2),
        None => whole(&one).then_some(at + 1),
    }
}

fn email(text: &str) -> bool {
    text.split(' ')
        .any(|w| !w.starts_with('@') && EMAIL.is_match(w))
}

fn phone(text: &str) -> bool {
    PHONE.find_iter(text).any(|found| {
        let digits = found.as_str().bytes().filter(u8::is_ascii_digit).count();
        // `0900-1000 1030` has twelve.
        (10..=11).contains(&digits) || found.as_str().contains('+')
    })
}

/// `12 High Street`, `Flat 3`.
pub(super) fn street(words: &[Word<'_>]) -> bool {
    let number = |w: &Word<'_>| {
        let digits = w.low.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        (1..=4).contains(&digits.len())
            && w.low.len() <= digits.len() + 1
            && digits.bytes().all(|b| b.is_ascii_digit())
    };
    words.iter().enumerate().any(|(i, w)| {
        let before = words[i.saturating_sub(4)..i].iter().any(number);
        let after = words.get(i + 1).is_some_and(number);
        (street_word(&w.low) && before)
            || (matches!(w.low.as_str(), "flat" | "unit" | "apartment") && after)
    })
}

/// `Mrs Smith`.
pub(super) fn titled(words: &[Word<'_>]) -> bool {
    words.windows(2).any(|pair| {
        let name = pair[1].low.trim_end_matches("'s");
        let letters = name.chars().all(char::is_alphabetic) && name.chars().count() > 1;
        title(&pair[0].low) && letters && !option_word(name)
    })
}

/// A form of address.
pub(super) fn title(word: &str) -> bool {
    matches!(
        word,
        "mr" | "mrs"
            | "ms"
            | "miss"
            | "mx"
            | "dr"
            | "prof"
            | "rev"
            | "sir"
            | "lady"
            | "dame"
            | "master"
    )
}

/// Words of `/visit` that may stand behind initials such as `MS`.
pub(super) fn option_word(word: &str) -> bool {
    matches!(
        word,
        "cat"
            | "category"
            | "with"
            | "check"
            | "chk"
            | "next"
            | "back"
            | "return"
            | "returning"
            | "for"
            | "from"
            | "at"
            | "on"
            | "until"
            | "till"
            | "to"
            | "today"
            | "tomorrow"
            | "tonight"
            | "noon"
            | "midnight"
    )
}

/// Words that are nobody's name, and only not understood.
pub(super) fn ordinary(word: &str) -> bool {
    let list = "yesterday going went go every each day week month hour hours minute minutes min mins about around after \
                before again and then quick short long late early soon ok okay fine good well all not no yes maybe \
                buddy client family meeting review assessment call phone home office left arrived done was were will \
                be been i he she they we it is are have has not this morning afternoon evening night lunch lunchtime \
                dinner dinnertime tea teatime breakfast half past quarter oclock o'clock first thing one two three four five \
                six seven eight nine ten eleven twelve roughly approx approximately ish";
    // `2ish`
    let nearly = word.strip_suffix("ish").is_some_and(|hour| {
        !hour.is_empty()
            && hour
                .bytes()
                .all(|b| b.is_ascii_digit() || b":.".contains(&b))
    });
    nearly || word.chars().count() == 1 || list.split_whitespace().any(|w| w == word)
}

/// The short and the long names of streets.
pub(super) fn street_word(word: &str) -> bool {
    matches!(
        word,
        "street"
            | "st"
            | "road"
            | "rd"
            | "avenue"
            | "ave"
            | "lane"
            | "ln"
            | "close"
            | "cl"
            | "drive"
            | "dr"
            | "way"
            | "court"
            | "ct"
            | "crescent"
            | "terrace"
            | "gardens"
            | "grove"
            | "place"
            | "square"
            | "hill"
            | "row"
            | "walk"
            | "park"
            | "mews"
            | "rise"
            | "green"
            | "house"
            | "cottage"
            | "farm"
    )
}

#[cfg(test)]
mod tests {
    use super::super::clean::words;
    use super::*;

    #[test]
    fn what_is_personal() {
        for text in [
            "12 High Street 14:00-15:00",
            "14a Elm Rd",
            "flat 3 14:00-15:00",
            "SN15 1AB 14:00-15:00",
            "sn151ab",
            "Mrs Smith 14:00-15:00",
            "dr patel",
            "07700 900123",
            "+44 7700 900123",
            "01632960101",
            "j.smith@example.org",
        ] {
            assert!(plainly_personal(text, &words(text)), "{text}");
        }
        for text in [
            "LCS1234 14:00-15:00",
            "LCS1234 0900-1000 check 0930",
            "LCS1234 0900-1000 1030",
            "LCS1234 MS cat 1 14:00-15:00",
            "LCS1234 c1 2pm-3pm",
            "LCS1234 c2 1st March 2pm-3pm",
            "LCS1234 with @ben:example.org 14:00-15:00",
            "LCS1234 2026-03-03 14:00-15:00",
        ] {
            assert!(!plainly_personal(text, &words(text)), "{text}");
        }
    }
}
