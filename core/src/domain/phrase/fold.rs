//! A message as the phrase matcher sees it: plain small letters, cut into words, each knowing its place in the original.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// White space stands before the word.
pub(super) const SPACE: u8 = 1;
/// A comma, colon, bracket, spaced dash or the like stands before the word, or a line ended: phones break lines anywhere.
pub(super) const CLAUSE: u8 = 2;
/// A sentence ended before the word.
pub(super) const SENTENCE: u8 = 4;

/// One word of a message.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Bytes in `Folded::text`.
    from: usize,
    to: usize,
    /// Bytes in the original message, combining marks included.
    pub start: usize,
    pub end: usize,
    /// Which letters occur, see `mask`.
    pub mask: u32,
    /// What stands before the word: `SPACE`, `CLAUSE`, `SENTENCE`.
    pub gap: u8,
}

/// A message cut into words.
#[derive(Debug, Default)]
pub(super) struct Folded {
    text: String,
    pub tokens: Vec<Token>,
    /// What stands after the last word.
    pub tail: u8,
}

impl Folded {
    /// The folded letters of one word.
    pub fn word(&self, index: usize) -> &str {
        let token = &self.tokens[index];
        &self.text[token.from..token.to]
    }

    /// The folded letters of neighbouring words, joined (the text holds nothing between words).
    pub fn joined(&self, first: usize, last: usize) -> &str {
        &self.text[self.tokens[first].from..self.tokens[last].to]
    }

    /// What stands before the word, or after the last one.
    pub fn gap(&self, index: usize) -> u8 {
        self.tokens.get(index).map_or(self.tail, |token| token.gap)
    }
}

/// One bit a letter; digits and other letters share the last ones.
pub(super) fn mask(word: &str) -> u32 {
    word.bytes().fold(0, |mask, byte| mask | bit(byte))
}

fn bit(byte: u8) -> u32 {
    match byte {
        b'a'..=b'z' => 1 << (byte - b'a'),
        b'0'..=b'9' => 1 << 26,
        _ => 1 << 27,
    }
}

/// Folds a message. Case, accents, width, styled and look-alike letters, invisible characters and apostrophes go.
pub(super) fn fold(message: &str) -> Folded {
    let mut folder = Folder {
        out: Folded::default(),
        open: false,
        gap: 0,
        dots: 0,
        bang: false,
        dash: false,
    };
    folder.out.text.reserve(message.len());
    folder.out.tokens.reserve(message.len() / 5 + 1);
    let bytes = message.as_bytes();
    for (at, c) in message.char_indices() {
        let end = at + c.len_utf8();
        match c {
            'a'..='z' | '0'..='9' => folder.letter(c, at, end),
            'A'..='Z' => folder.letter(c.to_ascii_lowercase(), at, end),
            '\'' | '’' | '‘' | 'ʼ' | '`' | '´' if folder.open && follows_letter(bytes, end) =>
                {}
            _ if c.is_ascii() => folder.separator(c),
            _ if is_invisible(c) => {}
            _ if is_combining_mark(c) => folder.extend(end),
            _ => folder.other(c, at, end),
        }
    }
    folder.close();
    folder.settle_stop(true);
    folder.out.tail = folder.gap;
    folder.out
}

fn follows_letter(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at)
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
}

/// Soft hyphens, zero-width and direction characters, variation selectors, tags: they hide inside words.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// The Latin letter that looks the same: Cyrillic, Greek and a few others, small letters only.
fn look_alike(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' | 'ь' => 'b',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'đ' | 'ð' => 'd',
        'е' | 'є' | 'ε' | 'ҽ' | 'ə' => 'e',
        'ғ' | 'ƒ' => 'f',
        'ɡ' | 'ց' => 'g',
        'һ' | 'н' | 'ħ' => 'h',
        'і' | 'ı' | 'ι' | 'ɩ' | 'ӏ' | 'ɪ' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ł' | 'ⅼ' | 'ʟ' => 'l',
        'м' | 'μ' => 'm',
        'η' | 'п' | 'ո' => 'n',
        'о' | 'ο' | 'σ' | 'ø' | 'օ' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ԛ' => 'q',
        'г' | 'ʀ' => 'r',
        'ѕ' => 's',
        'т' | 'τ' | 'ŧ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' => 'y',
        other => other,
    }
}

/// Letters in coloured boxes and flags, which compatibility folding leaves alone.
fn boxed(c: char) -> Option<char> {
    let offset = match u32::from(c) {
        code @ 0x1f130..=0x1f149 => code - 0x1f130,
        code @ 0x1f150..=0x1f169 => code - 0x1f150,
        code @ 0x1f170..=0x1f189 => code - 0x1f170,
        code @ 0x1f1e6..=0x1f1ff => code - 0x1f1e6,
        _ => return None,
    };
    char::from_u32(u32::from('a') + offset)
}

struct Folder {
    out: Folded,
    open: bool,
    gap: u8,
    /// Full stops since the last word: one, with white space after it, ends a sentence; more are a pause.
    dots: u8,
    /// Since the last word, an exclamation or question mark.
    bang: bool,
    /// A hyphen came after white space: a dash if white space follows.
    dash: bool,
}

impl Folder {
    fn letter(&mut self, c: char, at: usize, end: usize) {
        if !self.open {
            self.settle_stop(false);
            let from = self.out.text.len();
            self.out.tokens.push(Token {
                from,
                to: from,
                start: at,
                end,
                mask: 0,
                gap: self.gap,
            });
            self.open = true;
            self.gap = 0;
        }
        self.out.text.push(c);
        if let Some(token) = self.out.tokens.last_mut() {
            token.end = end;
            token.mask |= if c.is_ascii() { bit(c as u8) } else { 1 << 27 };
        }
    }

    fn extend(&mut self, end: usize) {
        if self.open
            && let Some(token) = self.out.tokens.last_mut()
        {
            token.end = end;
        }
    }

    fn close(&mut self) {
        if self.open {
            self.open = false;
            let to = self.out.text.len();
            if let Some(token) = self.out.tokens.last_mut() {
                token.to = to;
            }
        }
    }

    fn settle_stop(&mut self, at_end: bool) {
        let apart = at_end || self.gap & SPACE != 0;
        if apart && (self.bang || self.dots == 1) {
            self.gap |= SENTENCE;
        } else if self.dots > 1 {
            self.gap |= CLAUSE;
        }
        self.dots = 0;
        self.bang = false;
        self.dash = false;
    }

    fn separator(&mut self, c: char) {
        self.close();
        match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => self.gap |= SPACE | CLAUSE,
            '.' => self.dots = self.dots.saturating_add(1),
            '!' | '?' | '。' | '！' | '？' => self.bang = true,
            '-' if self.gap & SPACE != 0 => self.dash = true,
            '-' => {}
            ',' | ';' | ':' | '(' | ')' | '[' | ']' | '–' | '—' | '…' | '|' | '>' | '<' | '、'
            | '，' => self.gap |= CLAUSE,
            _ if c.is_whitespace() => {
                self.gap |= SPACE;
                if self.dash {
                    self.gap |= CLAUSE;
                    self.dash = false;
                }
            }
            _ => {}
        }
    }

    /// Anything beyond ASCII: folded to letters, or a separator.
    fn other(&mut self, c: char, at: usize, end: usize) {
        if let Some(letter) = boxed(c) {
            return self.letter(letter, at, end);
        }
        if c.is_whitespace() || matches!(c, '–' | '—' | '…' | '。' | '！' | '？' | '、' | '，')
        {
            return self.separator(c);
        }
        let mut any = false;
        for part in std::iter::once(c).nfkd() {
            if is_combining_mark(part) {
                continue;
            }
            for small in part.to_lowercase() {
                match small {
                    'æ' => self.letters("ae", at, end),
                    'œ' => self.letters("oe", at, end),
                    'ß' => self.letters("ss", at, end),
                    _ if small.is_alphanumeric() => self.letter(look_alike(small), at, end),
                    _ => continue,
                }
                any = true;
            }
        }
        if !any {
            self.separator(c);
        }
    }

    fn letters(&mut self, letters: &str, at: usize, end: usize) {
        for c in letters.chars() {
            self.letter(c, at, end);
        }
    }
}
