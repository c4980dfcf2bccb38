//! Takes a phrase out of a message so that no seam shows.

use std::ops::Range;

/// The text without these places (in order, apart from each other), seams and ends tidied; empty where no letter, digit
/// or emoji is left.
pub(super) fn cut(text: &str, spans: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for span in spans {
        seam(&mut out, &text[from..span.start]);
        from = span.end;
    }
    seam(&mut out, &text[from..]);
    let out = out
        .trim()
        .trim_start_matches(|c| is_dangling(c) || matches!(c, '.' | '?'))
        .trim_end_matches(is_dangling)
        .trim();
    let empty = !out
        .chars()
        .any(|c| c.is_alphanumeric() || !(c.is_ascii() || is_dangling(c) || is_quote(c)));
    if empty { String::new() } else { out.to_owned() }
}

/// Appends what follows a cut: emptied quotes and brackets go, one space is left, none before a full stop.
fn seam(out: &mut String, rest: &str) {
    let mut rest = rest;
    if !out.is_empty() {
        while let (Some(open), Some(close)) = (out.chars().next_back(), rest.chars().next()) {
            if !encloses(open, close) {
                break;
            }
            out.pop();
            rest = &rest[close.len_utf8()..];
        }
        if out.ends_with(char::is_whitespace) || rest.is_empty() {
            rest = rest.trim_start_matches([' ', '\t', '\u{a0}']);
        }
        if rest.starts_with(['.', ',', '!', '?', ';', ':', ')', '\n']) {
            let kept = out
                .trim_end_matches([' ', '\t', '\u{a0}', ',', ';', ':', '-', '–', '—'])
                .len();
            out.truncate(kept);
        }
        if out.ends_with(['.', '!', '?']) {
            rest = rest.trim_start_matches(['.', '!', '?', ',', ';']);
        }
    }
    out.push_str(rest);
}

fn encloses(open: char, close: char) -> bool {
    matches!(
        (open, close),
        ('(', ')') | ('[', ']') | ('“', '”') | ('‘', '’') | ('«', '»')
    ) || (open == close && (is_quote(open) || matches!(open, '*' | '_' | '~')))
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '«' | '»' | '`')
}

/// Punctuation that means nothing at the end or the start of a message. Not `/` and `!`, which begin commands.
fn is_dangling(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '–' | '—' | ',' | ';' | ':' | '…' | '(' | '[' | '#' | '。' | '、' | '，'
        )
}
