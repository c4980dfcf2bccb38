//! `/address`: the address of a visit, in the direct chat only; and which other words are one.

use super::Listening;
use super::clean::{Word, clean, join, words};
use super::people::{Named, person_at};
use super::personal::{full_name_at, postcode, postcode_at, street, street_word, title, titled};
use super::reference::{letters_known, new_at, plainly_new, reference_at};
use super::sos::ALARMING;
use crate::chat::bad::{Bad, Why};
use crate::domain::command::{AddressWord, Command};

/// More than a name and an address need, in characters.
const LONGEST: usize = 300;

/// Reads what stands behind `/address`. Nothing of it is repeated, whatever is wrong.
pub(super) fn address(text: &str, ctx: &Listening<'_>) -> Result<Command, Bad> {
    if !ctx.direct {
        return Err(Bad::new(Why::AddressHere));
    }
    let all = words(text);
    let (reference, from) = match visit_at(&all, ctx) {
        Some((found, next)) => (Some(found), next),
        None => (None, 0),
    };
    if reference.is_none() && all.first().is_some_and(|word| almost(word, ctx)) {
        return Err(Bad::new(Why::AddressOfWhich));
    }
    let rest = join(&all, from);
    let lead = |c: char| ":=-,".contains(c) || c.is_whitespace();
    let rest = rest.trim_start_matches(lead);
    let rest = rest.strip_prefix("is ").unwrap_or(rest);
    if rest.chars().count() > LONGEST {
        return Err(Bad::new(Why::AddressLong));
    }
    let what = match rest.to_lowercase().as_str() {
        "" => AddressWord::Ask,
        "clear" | "delete" | "remove" => AddressWord::Clear,
        _ => AddressWord::Give(rest.to_owned()),
    };
    Ok(Command::Address { reference, what })
}

/// `address ...` without a sign, where it can be nothing else.
pub(super) fn plainly(text: &str, ctx: &Listening<'_>) -> Option<Command> {
    let command = address(text, ctx).ok()?;
    let meant = match &command {
        Command::Address {
            reference,
            what: AddressWord::Give(given),
        } => {
            let how = match reference {
                Some(_) => AddressAs::Answer,
                None => AddressAs::Certain,
            };
            reads_as_address(given, how, ctx)
        }
        Command::Address { reference, .. } => reference.is_some(),
        _ => false,
    };
    meant.then_some(command)
}

/// The visit that is named first: `New Road 3` is an address, `new 3 High Street` is that of `NEW`.
fn visit_at(all: &[Word<'_>], ctx: &Listening<'_>) -> Option<(String, usize)> {
    let first = all.first()?;
    if let Some(found) = new_at(all, 0, ctx) {
        let next = all.get(1).map_or("", |word| word.low.as_str());
        let apart = next.is_empty()
            || next.starts_with(|c: char| c.is_ascii_digit())
            || title(next)
            || matches!(next, "clear" | "delete" | "remove" | "is");
        return (plainly_new(first) || apart).then_some((found, 1));
    }
    reference_at(all, 0, ctx)
}

/// The letters of the team's references, and a number that is none of them.
fn almost(word: &Word<'_>, ctx: &Listening<'_>) -> bool {
    let letters = word
        .low
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
    letters.len() < word.low.len() && letters.len() >= 2 && letters_known(letters, ctx)
}

/// How little is enough for words to be an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressAs {
    /// They came by themselves, soon after the question.
    Alone,
    /// They answer the question.
    Answer,
    /// She is on a visit, where every word may be one that somebody has to hear: a postcode, a number and a street, or a
    /// title and a name, and nothing else.
    Certain,
}

/// True for words that are a name and an address, and nothing that somebody has to hear at once. When in doubt it is a note:
/// that reaches people, an address nobody reads before there is an alarm.
pub fn reads_as_address(text: &str, how: AddressAs, ctx: &Listening<'_>) -> bool {
    let line = clean(text);
    let mut all = words(&line);
    // "The address is 12 High Street"
    let lead = |word: &Word<'_>| {
        matches!(
            word.low.as_str(),
            "the" | "address" | "it" | "it's" | "its" | "is"
        )
    };
    let first = all.iter().position(|word| !lead(word)).unwrap_or(0);
    if all.iter().take(first).any(|word| word.low != "the") {
        all.drain(..first);
    }
    if line.chars().count() > LONGEST || line.ends_with('?') || tells(&all) {
        return false;
    }
    let line = join(&all, 0);
    match how {
        AddressAs::Certain => certain(&line, &all) && nothing_else(&all, how),
        AddressAs::Alone => sure(&line, &all) && nothing_else(&all, how),
        AddressAs::Answer => {
            let enough = sure(&line, &all) || hints(&line, &all, ctx);
            enough && nothing_else(&all, how) || small_letters(&all)
        }
    }
}

/// True where some of it may be an address: for words that nobody deals with any more, so that they stay nowhere in plain.
pub fn may_hold_address(text: &str, ctx: &Listening<'_>) -> bool {
    let line = clean(text);
    hints(&line, &words(&line), ctx) || postcode(&line)
}

fn certain(line: &str, all: &[Word<'_>]) -> bool {
    let road = |at: usize| {
        let numbered = all[at.saturating_sub(4)..at].iter().any(number);
        street_word(&all[at].low) && capital(all[at].raw, AddressAs::Certain) && numbered
    };
    postcode(line) || titled(all) || (0..all.len()).any(road)
}

fn sure(line: &str, all: &[Word<'_>]) -> bool {
    let house = all.first().is_some_and(number)
        && all
            .get(1)
            .is_some_and(|word| word.raw.starts_with(char::is_uppercase));
    let digit = line.contains(|c: char| c.is_ascii_digit());
    postcode(line) || street(all) || house || digit && titled(all)
}

fn hints(line: &str, all: &[Word<'_>], ctx: &Listening<'_>) -> bool {
    let named = |at: usize| {
        full_name_at(all, at, ctx.people) && person_at(all, at, ctx.people) == Named::Nobody
    };
    let known = |word: &Word<'_>| street_word(&word.low) || title(&word.low);
    line.contains(|c: char| c.is_ascii_digit())
        || all.iter().any(known)
        || (0..all.len()).any(named)
}

/// True where every word can stand in an address: a sentence has others.
fn nothing_else(all: &[Word<'_>], how: AddressAs) -> bool {
    let small = |word: &str| {
        matches!(
            word,
            "" | "-" | "&" | "of" | "the" | "and" | "upon" | "flat" | "number"
        )
    };
    let mut at = 0;
    while let Some(word) = all.get(at) {
        let low = word.low.as_str();
        let fits = capital(word.raw, how) || number(word) || street_word(low) || title(low);
        at = match postcode_at(all, at) {
            Some(next) => next,
            None if fits || small(low) => at + 1,
            None => return false,
        };
    }
    true
}

/// `Sample`, `O'Hara`, `C`. All in capitals may be somebody who shouts.
fn capital(raw: &str, how: AddressAs) -> bool {
    let mut letters = raw.chars().filter(|c| c.is_alphabetic());
    let first = letters.next().is_some_and(char::is_uppercase);
    let rest: String = letters.collect();
    first && (how != AddressAs::Certain || rest.is_empty() || rest.contains(char::is_lowercase))
}

/// `12`, `14a`, `12-14`, `2nd`; no time of day.
fn number(word: &Word<'_>) -> bool {
    let parts = word.low.split(['-', '/']);
    let one = |part: &str| {
        let letters = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = part.len() - letters.len();
        (1..=4).contains(&digits)
            && (letters.len() <= 1 || matches!(letters, "st" | "nd" | "rd" | "th"))
    };
    parts.into_iter().all(one)
}

/// `12 high street`, as it is typed in haste.
fn small_letters(all: &[Word<'_>]) -> bool {
    let road = |word: &Word<'_>| {
        matches!(
            word.low.as_str(),
            "street"
                | "st"
                | "road"
                | "rd"
                | "avenue"
                | "ave"
                | "lane"
                | "ln"
                | "crescent"
                | "terrace"
                | "grove"
        )
    };
    let end = all.iter().position(road);
    let Some(end @ 2..=3) = end else { return false };
    number(&all[0]) && nothing_else(&all[end..], AddressAs::Answer)
}

/// Words of sentences: somebody tells what happens.
fn tells(all: &[Word<'_>]) -> bool {
    let told = |word: &Word<'_>| {
        let plain = word.low.trim_end_matches(['\'', '.']);
        ALARMING.contains(&plain) || TELLING.split_whitespace().any(|told| told == plain)
    };
    all.iter().any(told)
}

const TELLING: &str = "\
    i im i'm ive i've id i'd ill i'll me my we were us he hes he's him his she shes she's her they theyre they're them you \
    someone somebody anyone anybody everyone nobody man men woman women guy guys lad lads bloke blokes boy boys youth youths \
    kid kids people person stranger strangers gang thug thugs intruder intruders attacker attackers stalker burglar mob \
    there here is isnt isn't are arent aren't am was has hasn't had have not no yes cant can't cannot wont won't dont don't \
    feel feels feeling unsafe safe unwell sick ill faint dizzy alone afraid frightened terrified nervous worried worry panic \
    panicking uneasy uncomfortable danger dangerous bad wrong trouble weird dodgy suspicious strange \
    going gone go went leaving leave left arrived stuck lock locking trap trapping cornered blocked blocking surrounded held \
    holding hostage stop stopped knives guns weapons armed axe hammer bat machete blade blood bleed bled hits injured pain \
    collapsed unconscious overdose fire smoke gas drugs attacks assault assaulted assaulting abuse abused abusive kick kicked \
    kicking punch punched punching push pushed pushing grab grabbed grabbing chased chasing follow followed following \
    stalking watching waiting stab stabbed stabbing shot shooting shoot kill killed killing smash smashed smashing beating \
    beaten bite bitten slap slapped spat threat threats threaten shout shouts shouted shouting scream screaming screams crying \
    angry aggressive agitated upset drunk drinking violent violence fight fighting argument arguing rowing raised \
    need needs needed want wants send bring get backup support assistance help helping sos emergency urgent urgently asap \
    quick quickly hurry please pls plz cops cop officer officers inside outside behind door window car van dog dogs \
    come comes coming came now soon later still again ring call calling phone run running hide hiding escape out off \
    minutes minute min mins";
