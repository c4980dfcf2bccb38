//! How well code phrases are heard: sentence by sentence from three lists, and as properties of any message.

use lonewatch_core::domain::phrase::{Heard, Match, PhraseError, Phrases};
use proptest::prelude::*;

#[path = "phrases/rules.rs"]
mod rules;

const DEMO: [&str; 2] = ["purple file", "late for my meeting with the Director"];

fn demo() -> Phrases {
    Phrases::new(&DEMO).expect("the demo phrases")
}

/// (line number, sentence, what was heard) of each line of a list.
fn listen(list: &str) -> Vec<(usize, String, Heard)> {
    let mut phrases = demo();
    let mut heard = Vec::new();
    for (number, line) in list.lines().enumerate() {
        if let Some(texts) = line.strip_prefix("# phrases: ") {
            let texts: Vec<&str> = texts.split('|').map(str::trim).collect();
            phrases = Phrases::new(&texts).expect("the phrases of the list");
        } else if !line.starts_with("# ") && !line.is_empty() {
            let sentence = unescape(line);
            heard.push((number + 1, sentence.clone(), phrases.hear(&sentence)));
        }
    }
    heard
}

/// `\n` and `\u{200b}`.
fn unescape(line: &str) -> String {
    let line = line.replace("\\n", "\n");
    let mut parts = line.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_once('}').expect("a closed escape");
        let code = u32::from_str_radix(code, 16).expect("a hexadecimal escape");
        out.push(char::from_u32(code).expect("a character"));
        out.push_str(rest);
    }
    out
}

/// Prints the score of a list and fails with every sentence that came out wrong.
fn check(name: &str, list: &str, least: usize, right: fn(&Heard) -> bool) {
    let heard = listen(list);
    let wrong = heard.iter().filter(|(_, _, heard)| !right(heard));
    let wrong: Vec<String> = wrong
        .map(|(line, text, heard)| format!("{name}:{line}: {text:?} -> {heard:?}"))
        .collect();
    println!(
        "{name}: {} of {} right",
        heard.len() - wrong.len(),
        heard.len()
    );
    assert!(heard.len() >= least, "{name}: the list has shrunk");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn true_sentences_alarm() {
    check(
        "alarm.txt",
        include_str!("phrases/alarm.txt"),
        150,
        |heard| matches!(heard, Heard::Alarm(_)),
    );
}

#[test]
fn everyday_sentences_and_near_misses_are_nothing() {
    check("note.txt", include_str!("phrases/note.txt"), 300, |heard| {
        *heard == Heard::Nothing
    });
}

#[test]
fn weak_sentences_are_possible() {
    check(
        "possible.txt",
        include_str!("phrases/possible.txt"),
        40,
        |heard| matches!(heard, Heard::Possible(_)),
    );
}

#[test]
fn nothing_is_left_to_hear_without_the_phrase() {
    let phrases = demo();
    for (line, text, _) in listen(include_str!("phrases/alarm.txt")) {
        let rest = phrases.without(&text);
        assert_eq!(
            phrases.hear(&rest),
            Heard::Nothing,
            "line {line}: {text:?} left {rest:?}"
        );
    }
}

#[test]
fn an_innocent_message_is_left_alone() {
    let (phrases, odd) = (demo(), "  /left -  he said:\n\n \"ok\" (…) ,");
    assert_eq!(phrases.without(odd), odd);
}

#[test]
fn what_is_left_is_tidy() {
    let phrases = demo();
    for (said, left) in [
        ("purple file", ""),
        ("“Purple file!”", ""),
        ("/left - purple file", "/left"),
        ("/left (purple file)", "/left"),
        ("/left purple file 14:50", "/left 14:50"),
        ("purple file /left", "/left"),
        ("ok (purple file) thanks", "ok thanks"),
        ("he said \"purple file\" to me", "he said to me"),
        ("ok, purple file, thanks", "ok, thanks"),
        ("purple file 👍", "👍"),
        ("All fine. Purple file. Back at 3.", "All fine. Back at 3."),
        ("purple purple file file", ""),
        ("ok purple file late for my meeting with the Director", "ok"),
        (
            "/extend 30m I'm late for my meeting with the director",
            "/extend 30m",
        ),
    ] {
        assert_eq!(phrases.without(said), left, "{said:?}");
    }
}

fn span_of(heard: &Heard) -> Option<&Match> {
    match heard {
        Heard::Nothing => None,
        Heard::Possible(heard) | Heard::Alarm(heard) => Some(heard),
    }
}

#[test]
fn the_span_runs_from_the_first_to_the_last_word() {
    let phrases = demo();
    for (said, phrase, span) in [
        ("details are in the PURPLE FILE, ok", 0, "PURPLE FILE"),
        ("…the file’s the purple one…", 0, "file’s the purple"),
        (
            "pur\u{200b}ple fi\u{301}le\u{301}!",
            0,
            "pur\u{200b}ple fi\u{301}le\u{301}",
        ),
        ("ｐｕｒｐｌｅ ｆｉｌｅ x", 0, "ｐｕｒｐｌｅ ｆｉｌｅ"),
        (
            "I'm going to be late for my mtg with director ok",
            1,
            "late for my mtg with director",
        ),
        ("file it; purple file", 0, "purple file"),
    ] {
        let heard = phrases.hear(said);
        let found = span_of(&heard).unwrap_or_else(|| panic!("nothing heard in {said:?}"));
        assert_eq!(
            (found.phrase, &said[found.span.clone()]),
            (phrase, span),
            "{said:?}"
        );
    }
}

#[test]
fn phrases_that_could_not_work_are_refused() {
    for (text, everyday) in [
        ("", false),
        ("help", false),
        ("the file", false),
        ("file file", false),
        ("I'm running late", true),
        ("on the phone battery", true),
        ("home safe", true),
        ("team meeting", true),
    ] {
        match Phrases::new(&["purple file", text]) {
            Err(PhraseError::TooShort { number: 2 }) if !everyday => {}
            Err(PhraseError::TooEveryday { number: 2, .. }) if everyday => {}
            other => panic!("{text:?}: {other:?}"),
        }
    }
    let long = Phrases::new(&["one red kite over seven green hills near nine old stone barns"]);
    assert!(
        matches!(long, Err(PhraseError::TooLong { number: 1 })),
        "{long:?}"
    );
}

#[test]
fn neither_reason_nor_debug_shows_a_phrase() {
    let phrases = demo();
    let Heard::Alarm(heard) = phrases.hear("perple file") else {
        panic!("not heard")
    };
    for text in [format!("{phrases:?}"), heard.why] {
        let text = text.to_lowercase();
        assert!(
            !text.contains("purple") && !text.contains("perple") && !text.contains("director"),
            "{text}"
        );
    }
}

/// Time in proportion to length: the bound is generous, but a quadratic search would be a thousand times over it.
#[test]
fn long_messages_are_heard_quickly() {
    let phrases = demo();
    for part in [
        "purple ",
        "director meeting late ",
        "late meeting director ",
        "p u r p l e ",
        "pur ple fi le ",
        "purplefil",
        "a ",
        "purpl fil. ",
    ] {
        let long = part.repeat(64 * 1024 / part.len());
        let began = std::time::Instant::now();
        phrases.hear(&long);
        phrases.without(&long);
        assert!(
            began.elapsed().as_secs() < 20,
            "{part:?} took {:?}",
            began.elapsed()
        );
    }
}

/// Innocent sentences of the list about the demo's phrases.
fn innocent() -> impl Strategy<Value = String> {
    let list = include_str!("phrases/note.txt")
        .split("# phrases: red umbrella")
        .next()
        .unwrap_or_default();
    let lines: Vec<String> = list
        .lines()
        .filter(|line| !line.starts_with("# "))
        .map(str::to_owned)
        .collect();
    prop::sample::select(lines)
}

fn slip() -> impl Strategy<Value = (usize, usize, char)> {
    (
        0..4usize,
        any::<prop::sample::Index>(),
        prop::char::range('a', 'z'),
    )
        .prop_map(|(kind, index, c)| (kind, index.index(1000), c))
}

/// One letter doubled or foreign, lost, changed, or changed over with the next.
fn slipped(word: &str, (kind, at, c): (usize, usize, char)) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = at % (letters.len() - 1);
    match kind {
        0 => letters.insert(at, c),
        1 => drop(letters.remove(at)),
        2 => letters[at] = c,
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

/// Phrases, and a word of each with five letters or more.
const LONG_WORDS: [(&str, &str); 8] = [
    (DEMO[0], "purple"),
    (DEMO[1], "meeting"),
    (DEMO[1], "Director"),
    ("red umbrella", "umbrella"),
    ("is Doctor Marten in today", "Doctor"),
    ("is Doctor Marten in today", "Marten"),
    ("is Doctor Marten in today", "today"),
    ("yellow jumper", "jumper"),
];

proptest! {
    #[test]
    fn any_text_is_safe(text in prop_oneof![any::<String>(), "(purple|file|late|meeting|director|pur|ple|[ .,!?\\-'é👍\u{200b}()\"])*"]) {
        let phrases = demo();
        let heard = phrases.hear(&text);
        if let Some(found) = span_of(&heard) {
            prop_assert!(text.get(found.span.clone()).is_some_and(|span| !span.is_empty()));
        }
        let rest = phrases.without(&text);
        prop_assert_eq!(phrases.hear(&rest), Heard::Nothing);
        prop_assert!(rest.len() <= text.len());
    }

    #[test]
    fn the_phrase_itself_is_heard_anywhere(sentence in innocent(), phrase in 0..2usize, place in any::<prop::sample::Index>()) {
        let mut words: Vec<&str> = sentence.split(' ').collect();
        words.insert(place.index(words.len() + 1), DEMO[phrase]);
        let said = words.join(" ");
        // Of the past or of how something looks, it is asked about: "the bus was late for my meeting … last week".
        let told = ["was", "were", "look", "wearing", "turn"].iter().any(|verb| sentence.contains(verb));
        match demo().hear(&said) {
            Heard::Alarm(_) => {}
            Heard::Possible(_) if told => {}
            heard => prop_assert!(false, "{said}: {heard:?}"),
        }
    }

    #[test]
    fn one_slip_in_a_long_word_is_never_nothing(
        (phrase, word) in prop::sample::select(LONG_WORDS.to_vec()), slip in slip(),
    ) {
        let said = phrase.replace(word, &slipped(word, slip));
        let phrases = Phrases::new(&[phrase]).expect("a phrase");
        prop_assert!(phrases.hear(&said) != Heard::Nothing, "{said}");
    }

    #[test]
    fn case_and_what_stands_around_do_not_matter(upper in any::<bool>(), before in "[ .,!?👍\n]{0,4}", after in "[ .,!?👍\n]{0,4}") {
        let phrase = if upper { DEMO[0].to_uppercase() } else { DEMO[0].to_owned() };
        let said = format!("{before}{phrase}{after}");
        prop_assert!(matches!(demo().hear(&said), Heard::Alarm(_)), "{said:?}");
    }
}
