//! Spelling and sound: what a word becomes before it is compared.

use super::near::LONGEST;

/// A letter three times running: "fiiile".
pub(super) fn stretched(word: &str) -> bool {
    word.len() > 4
        && word.len() <= LONGEST
        && word
            .as_bytes()
            .windows(3)
            .any(|three| three[0] == three[1] && three[1] == three[2])
}

/// Doubled letters made single.
pub(super) fn squeeze(word: &str) -> String {
    let mut out: Vec<char> = word.chars().collect();
    out.dedup();
    out.into_iter().collect()
}

/// Digits that stand for letters, in a word that has letters as well: "purp1e", "f1le".
pub(super) fn undigit(word: &str) -> String {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 || word.len() < 4 || digits * 2 > word.len() {
        return word.to_owned();
    }
    let letter = |c| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        '9' => 'g',
        other => other,
    };
    word.chars().map(letter).collect()
}

/// Spelling that does not change what is heard is made one.
pub(super) fn spelling(word: &str) -> String {
    word.replace("ph", "f")
}

/// What dictation takes for one another: "vial", "phial", "file"; also in the plural.
pub(super) fn dictated(spelling: &str) -> String {
    let heard = spelling.replace('v', "f");
    let heard = heard.strip_suffix('s').unwrap_or(&heard);
    match heard.strip_suffix("ial").or(heard.strip_suffix("yle")) {
        Some(stem) => format!("{stem}ile"),
        None => heard.to_owned(),
    }
}

/// Whether the keys of two letters touch on a phone.
pub(super) fn keys_touch(one: u8, other: u8) -> bool {
    const ROWS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];
    let place = |key| {
        ROWS.iter().zip(0..).find_map(|(keys, row)| {
            // Each row stands half a key further right than the one above; the keys are counted in halves.
            let at = keys.iter().position(|other| *other == key)?;
            i32::try_from(at).ok().map(|at| (row, 2 * at + row))
        })
    };
    match (place(one), place(other)) {
        (Some((row, at)), Some((other_row, other_at))) => {
            i32::abs(row - other_row) <= 1 && i32::abs(at - other_at) <= 2
        }
        _ => false,
    }
}

/// A rough key of what is heard: the consonants, and a first vowel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sound(String);

impl Sound {
    pub fn distance(&self, other: &Self) -> usize {
        strsim::osa_distance(&self.0, &other.0)
    }
}

/// The key of a word as `spelling` gives it.
pub(super) fn sound(spelling: &str) -> Sound {
    let bytes = spelling.as_bytes();
    let bytes = match bytes {
        [b'k' | b'g', b'n', ..] | [b'w', b'r', ..] => &bytes[1..],
        _ => bytes,
    };
    let mut key = String::new();
    for (at, &byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied().unwrap_or(b' ');
        let heard = match byte {
            b'a' | b'e' | b'i' | b'o' | b'u' if at == 0 => 'a',
            b'a' | b'e' | b'i' | b'o' | b'u' => continue,
            b'y' | b'w' | b'h' if at > 0 => continue,
            b'c' if matches!(next, b'e' | b'i' | b'y') => 's',
            b'c' if next == b'h' => 'j',
            b'c' | b'q' => 'k',
            b's' if next == b'h' => 'j',
            b'g' if next == b'h' => continue,
            b'v' => 'f',
            b'd' => 't',
            b'z' => 's',
            b'x' => {
                key.push('k');
                's'
            }
            other => other as char,
        };
        // A doubled letter is heard once.
        if at == 0 || bytes[at - 1] != byte || heard == 'a' {
            key.push(heard);
        }
    }
    Sound(key)
}
