//! The patterns of scenario files: `*` any text, else literal, `A && B` both.

use std::fmt;

/// A pattern for a whole text. Letter case and runs of white space (line ends too) do not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    source: String,
    /// All of them must match; each is the literals between its stars.
    all: Vec<Vec<String>>,
}

impl Glob {
    /// Reads a pattern. `&&` between white space joins two patterns that must both match, in any order.
    pub fn parse(source: &str) -> Self {
        let mut all = Vec::new();
        let mut part: Vec<&str> = Vec::new();
        for word in source.split_whitespace() {
            if word == "&&" {
                all.push(literals(&part));
                part.clear();
            } else {
                part.push(word);
            }
        }
        all.push(literals(&part));
        Self {
            source: source.trim().to_owned(),
            all,
        }
    }

    /// True where the whole text is such a text. The time it takes grows with the text, not faster.
    pub fn matches(&self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = lower(&words.join(" "));
        self.all.iter().all(|literals| one(literals, &text))
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

/// Lower case letter by letter, so that a letter's neighbours never matter (a final sigma).
fn lower(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ς' { 'σ' } else { c })
        .collect()
}

fn literals(words: &[&str]) -> Vec<String> {
    lower(&words.join(" "))
        .split('*')
        .map(str::to_owned)
        .collect()
}

/// First literal at the beginning, last at the end, the others as early as possible in between: if any
/// way matches, this one does, so nothing is ever tried twice.
fn one(literals: &[String], text: &str) -> bool {
    let [first, middle @ .., last] = literals else {
        return literals.first().is_some_and(|whole| whole == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else {
        return false;
    };
    for literal in middle {
        match rest.split_once(literal.as_str()) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(glob: &str, text: &str, expected: bool) {
        assert_eq!(
            Glob::parse(glob).matches(text),
            expected,
            "`{glob}` on `{text}`"
        );
    }

    #[test]
    fn stars_are_any_text_and_the_whole_text_must_match() {
        check(
            "*LCS1234*14:00*15:00*",
            "Logged: LCS1234, 14:00 to 15:00.",
            true,
        );
        check(
            "*LCS1234*14:00*15:00*",
            "Logged: LCS1234, 15:00 to 14:00.",
            false,
        );
        check("*", "", true);
        check("*", "anything\nat all", true);
        check("LCS1234", "LCS1234 it is", false);
        check("LCS1234*", "LCS1234 it is", true);
        check("*is", "LCS1234 it is", true);
        check("ab*ba", "aba", false);
        check("a**b", "ab", true);
        check("*.+?[x]*", "regex .+?[x] is literal", true);
    }

    #[test]
    fn both_in_any_order() {
        check(
            "*Amira* && *07700 900101* && *LCS1234*",
            "LCS1234: ring Amira Khan, 07700 900101",
            true,
        );
        check("*Amira* && *999*", "Ring Amira", false);
        check("*a&&b*", "so a&&b stands", true);
    }

    #[test]
    fn case_and_white_space_do_not_matter() {
        check("  are   YOU well? ", "Are you\n\twell?\u{a0}", true);
        check("are you well?", "areyou well?", false);
        check("ΟΔΟΣ *", "οδος 5", true);
    }

    #[test]
    fn many_stars_on_a_long_text_take_no_time() {
        let glob = format!("{}b", "*a".repeat(2_000));
        check(&glob, &"a".repeat(200_000), false);
    }

    /// The obvious matcher, slow: what a star can be is tried out.
    fn slow(glob: &[char], text: &[char]) -> bool {
        match glob.split_first() {
            None => text.is_empty(),
            Some(('*', glob)) => (0..=text.len()).any(|skip| slow(glob, &text[skip..])),
            Some((c, glob)) => text.first() == Some(c) && slow(glob, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_obvious_matcher(glob in "[ab*]{0,8}", text in "[ab]{0,10}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            prop_assert_eq!(Glob::parse(&glob).matches(&text), slow(&chars(&glob), &chars(&text)));
        }

        #[test]
        fn without_a_star_only_itself(glob in "[a-cA-C&. \n]{0,6}", text in "[a-cA-C&. \n]{0,6}") {
            let plain = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            prop_assume!(!glob.split_whitespace().any(|word| word == "&&"));
            prop_assert!(Glob::parse(&glob).matches(&glob.to_uppercase()));
            prop_assert_eq!(Glob::parse(&glob).matches(&text), plain(&glob) == plain(&text));
        }
    }
}
