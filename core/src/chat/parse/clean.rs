//! Text as phones send it, made plain: dashes, quotes, spaces, marks that nobody sees.

use unicode_normalization::UnicodeNormalization;

/// The longest text that is read as a command, in characters.
pub(super) const LONGEST: usize = 4_000;

/// One word of a cleaned text.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    /// As typed.
    pub raw: &'a str,
    /// In lower case, without punctuation around it.
    pub low: String,
}

/// The body without a quoted reply at its start: lines that begin with `>` are somebody else's words
/// (Matrix reply fallback), never a command.
pub fn strip_reply_fallback(body: &str) -> &str {
    let mut rest = body;
    let mut quoted = false;
    while rest.starts_with('>') {
        quoted = true;
        rest = rest.split_once('\n').map_or("", |(_, after)| after);
    }
    if quoted {
        rest.trim_start_matches(['\n', '\r'])
    } else {
        body
    }
}

/// Plain text on one line: compatibility forms folded, dashes and quotes straight, invisible marks and
/// control characters gone, white space folded, trailing full stops and exclamation marks removed.
/// Letter case is kept.
pub(super) fn clean(text: &str) -> String {
    let folded: String = match text.is_ascii() {
        // Its own compatibility form.
        true => text.chars().filter_map(plain).collect(),
        // Otherwise `1½` would be normalised to `11/2`.
        false => text
            .chars()
            .flat_map(|c| match c {
                '½' => std::iter::once('.').chain(Some('5')),
                '´' => std::iter::once('\'').chain(None),
                c => std::iter::once(c).chain(None),
            })
            .nfkc()
            .filter_map(plain)
            .collect(),
    };
    let line = single_spaced(&folded);
    unwrap_quotes(&line)
        .trim_end_matches(['.', '!', ' '])
        .to_owned()
}

/// The words with one space between them.
pub(super) fn single_spaced(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// The words of a cleaned text.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    text.split(' ')
        .filter(|raw| !raw.is_empty())
        .map(word)
        .collect()
}

/// One word, trimmed for comparing.
pub(super) fn word(raw: &str) -> Word<'_> {
    let outside = |c: char| !c.is_alphanumeric() && !"@#-&".contains(c);
    let decimal = raw
        .strip_prefix('.')
        .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let trimmed = if decimal {
        raw.trim_end_matches(outside)
    } else {
        raw.trim_matches(outside)
    };
    Word {
        raw,
        low: trimmed.to_lowercase(),
    }
}

/// Words from `from` on, as typed.
pub(super) fn join(words: &[Word<'_>], from: usize) -> String {
    let rest: Vec<&str> = words.iter().skip(from).map(|w| w.raw).collect();
    rest.join(" ")
}

/// Lines are offered "ready to copy"; some people copy the quotes with them.
fn unwrap_quotes(line: &str) -> &str {
    for quote in ['`', '"', '\''] {
        if let Some(inner) = line.strip_prefix(quote) {
            return inner.trim_end_matches(quote).trim();
        }
    }
    line
}

fn plain(c: char) -> Option<char> {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' => Some('-'),
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{02bc}' => Some('\''),
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => Some('"'),
        '\u{2044}' => Some('/'),
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() || invisible(c) => None,
        c => Some(c),
    }
}

/// Zero-width, direction and variation marks.
fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_forgiven() {
        for (text, want) in [
            (
                "/visit  LCS1234\u{a0}14:00–15:00. ",
                "/visit LCS1234 14:00-15:00",
            ),
            ("I\u{2019}m ok!!", "I'm ok"),
            ("\u{202e}/le\u{200b}ft\u{2069}", "/left"),
            ("/left\n\nall \t fine…", "/left all fine"),
            ("`/visit LCS1 14−15`", "/visit LCS1 14-15"),
            ("１４：００", "14:00"),
            ("1½h", "1.5h"),
            ("\u{0}\u{7}", ""),
        ] {
            assert_eq!(clean(text), want, "{text:?}");
        }
    }

    #[test]
    fn a_quoted_reply_is_not_a_command() {
        for (body, want) in [
            ("> <@a:b> /left\n> more\n\nthanks", "thanks"),
            ("> /left", ""),
            (">/left\n/ok", "/ok"),
            ("/ok > 3", "/ok > 3"),
        ] {
            assert_eq!(strip_reply_fallback(body), want, "{body:?}");
        }
    }
}
