//! One table for each rule of the verdict: what it hears, and what beside it must not be heard.

use super::{demo, span_of};
use lonewatch_core::domain::phrase::{Heard, Phrases};

/// Sentences of one rule: alarms, possible ones, and notes.
struct Table {
    alarm: &'static [&'static str],
    possible: &'static [&'static str],
    note: &'static [&'static str],
}

impl Table {
    fn check(&self) {
        self.check_with(&demo());
    }

    fn check_with(&self, phrases: &Phrases) {
        let lists = [
            ("alarm", self.alarm),
            ("possible", self.possible),
            ("note", self.note),
        ];
        let all = lists
            .iter()
            .flat_map(|(level, list)| list.iter().map(move |said| (*level, *said)));
        let wrong: Vec<String> = all
            .filter_map(|(level, said)| {
                let heard = phrases.hear(said);
                let heard_as = match heard {
                    Heard::Alarm(_) => "alarm",
                    Heard::Possible(_) => "possible",
                    Heard::Nothing => "note",
                };
                let why = span_of(&heard).map_or("", |heard| heard.why.as_str());
                (heard_as != level).then(|| format!("{said:?}: {heard_as}, not {level}: {why}"))
            })
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn other() -> Phrases {
    Phrases::new(&[
        "red umbrella",
        "cancel my piano lesson",
        "forgot my blue lanyard",
    ])
    .expect("other phrases")
}

#[test]
fn a_line_break_is_no_full_stop() {
    Table {
        alarm: &[
            "late for my\nmeeting with the\nDirector",
            "late\nfor\nmy\nmeeting\nwith\nthe\nDirector",
            "purple\nfile is on the desk",
            "the purple\u{2028}\u{2028}file ok",
        ],
        possible: &[],
        note: &[
            "I like purple.\nI've left the file with Dan",
            "team meeting\nlate lunch",
        ],
    }
    .check();
    Table {
        alarm: &[
            "cancel my\npiano\nlesson please",
            "I have a red\numbrella with me",
        ],
        possible: &[],
        note: &["piano at four\nlesson plan is done"],
    }
    .check_with(&other());
}

#[test]
fn nothing_but_the_phrase_is_said_whatever_stands_between() {
    Table {
        alarm: &[
            "late. for my. meeting. with the. director.",
            "I'm late! For my meeting. With the Director!",
        ],
        possible: &[],
        note: &["I'm late. The meeting overran. Spoke with the manager."],
    }
    .check();
}

#[test]
fn not_on_time_is_nearly_late() {
    Table {
        alarm: &[],
        possible: &[
            "I won't make my meeting with the Director on time",
            "not going to be on time for my meeting with the director",
            "don't think I'll get to my meeting with the Director in time",
            "I'll be held up for my meeting with the Director",
        ],
        note: &[
            "I'll be on time for my meeting with the Director",
            "won't be on time for the school run",
            "not in time for the meeting",
        ],
    }
    .check();
}

#[test]
fn all_the_words_and_no_others_are_near_in_any_order() {
    Table {
        alarm: &[],
        possible: &[
            "director meeting late",
            "with the Director, my meeting, I'm going to be late",
            "Director. Meeting. Late.",
        ],
        note: &["director meeting overran, running late"],
    }
    .check();
}

#[test]
fn to_meet_is_nearly_a_meeting() {
    Table {
        alarm: &[],
        possible: &[
            "late to meet the Director",
            "I'm due to meet the Director and I'll be late",
            "late arriving at the Director's meeting",
        ],
        note: &["I'm to meet the family and I'll be late"],
    }
    .check();
}

#[test]
fn what_sounds_the_same_is_near() {
    Table {
        alarm: &[
            "purple phile",
            "purple fiels",
            "purple gile",
            "purple dile",
            "putpke file",
            "the purple files",
        ],
        possible: &["purple vial", "purple phials", "purple pile"],
        note: &["the pupil file", "purple dial on the boiler"],
    }
    .check();
}

#[test]
fn a_place_a_time_or_a_name_may_stand_between() {
    Table {
        alarm: &[
            "late for my meeting on Thursday with the Director",
            "I'm going to be late for my meeting at County Hall with the Director",
            "late for my meeting with Carol and the Director",
            "late for my monthly catch-up meeting with the Director",
            "late unfortunately for my meeting with the Director",
            "arriving late at my meeting with the Director",
        ],
        possible: &[
            "late for my meeting with the funeral director",
            "late paperwork for the meeting, director is away",
        ],
        note: &["late for my meeting with the doctor"],
    }
    .check();
}

#[test]
fn somebody_may_be_told() {
    Table {
        alarm: &[
            "can you tell the Director I'm going to be late for my meeting",
            "please let the Director know I'll be late for our meeting",
        ],
        possible: &["the director knows I'm late for my meeting with Sue"],
        note: &["tell the manager I'm going to be late for my meeting"],
    }
    .check();
}

#[test]
fn what_others_do_or_did_is_asked_about() {
    Table {
        alarm: &[
            "she'll be late for her meeting with the Director",
            "the bus was late, I'm late for my meeting with the Director",
            "I won't be late for my meeting with the Director",
        ],
        possible: &[
            "Ben is going to be late for his meeting with the Director",
            "Carol was late for her meeting with the Director",
            "I was late for my meeting with the director yesterday",
            "Are you late for the meeting with the Director?",
        ],
        note: &["Ben was late for his meeting yesterday"],
    }
    .check();
    Table {
        alarm: &[
            "can you cancel my piano lesson",
            "I need you to cancel the piano lesson",
        ],
        possible: &["Ben forgot his blue lanyard"],
        note: &[],
    }
    .check_with(&other());
}

#[test]
fn the_name_of_another_thing_is_asked_about() {
    Table {
        alarm: &[
            "the file is purple",
            "my file's the purple one",
            "the file for this family is purple",
        ],
        possible: &[
            "the nail file is purple",
            "the file cover is purple",
            "the file, it goes purple",
        ],
        note: &["the file is in the purple folder"],
    }
    .check();
    Table {
        alarm: &["the umbrella is red"],
        possible: &["the umbrella stand is red", "my golf umbrella is red"],
        note: &[],
    }
    .check_with(&other());
}

#[test]
fn a_colour_of_something_named_before_is_asked_about() {
    Table {
        alarm: &[
            "it's the purple file",
            "purple, file",
            "the word is purple file send somebody",
        ],
        possible: &[
            "bruise is purple, file note to follow",
            "bruise looks purple file note updated",
            "mum in purple, file to follow",
        ],
        note: &["face went purple, ambulance called"],
    }
    .check();
}

#[test]
fn late_is_said_of_somebody() {
    Table {
        alarm: &[
            "running late, meeting with the director",
            "I'll be late, meeting with director",
        ],
        possible: &["I've got a late one tonight, meeting with the director"],
        note: &[
            "late notice: meeting with the Director moved",
            "I have a meeting with the director and then a late visit",
            "director meeting moved to late March",
        ],
    }
    .check();
}

#[test]
fn a_word_that_describes_another_thing_is_nothing() {
    Table {
        alarm: &["the purple case file", "purple old file"],
        possible: &[
            "the purple folder, sorry, file",
            "she's in purple and has the file",
        ],
        note: &[
            "the file is on the purple shelf",
            "photo of the purple bruise is on file",
            "purple tabs in the file",
            "people files are with HR",
            "a purple Fila hoodie",
            "She wore purple. I've left the file with Dan",
        ],
    }
    .check();
}

#[test]
fn what_carries_a_phrase_goes_with_it() {
    let phrases = demo();
    let late = "late for my meeting with the Director";
    for (before, left) in [
        ("left, I am going to be", "left"),
        ("left I'm", "left"),
        ("left and I'll be", "left"),
        (
            "extend 30m because I'm probably going to be a bit",
            "extend 30m",
        ),
        ("left, I think I'm going to be 10 minutes", "left"),
        ("left, please tell Dan I'm", "left, please tell Dan"),
        ("left, going to be", "left"),
        ("left, am going to be", "left"),
        (
            "/visit LCS5678 17:00-18:00 I am going to be",
            "/visit LCS5678 17:00-18:00",
        ),
        ("/visit LCS5678 today I'll be", "/visit LCS5678 today"),
        ("/visit LCS5678 9-10 am", "/visit LCS5678 9-10 am"),
        ("I'm ok", "I'm ok"),
        ("I am home", "I am home"),
        ("I'm here", "I'm here"),
        ("I am going to be", ""),
    ] {
        let said = format!("{before} {late}");
        assert_eq!(phrases.without(&said), left, "{said:?}");
    }
    for (said, left) in [
        ("/ok it's in the purple file", "/ok"),
        ("/ok the purple file", "/ok"),
        ("check in purple file", "check in"),
        ("ring me purple file", "ring me"),
        ("please call me, purple file", "please call me"),
        ("Purple file. Extend 30m", "Extend 30m"),
        (
            "/visit LCS777 16:00-17:00 the visit details are in the purple file",
            "/visit LCS777 16:00-17:00",
        ),
        (
            "extend 30m, visit details are all in the PURPLE FILE",
            "extend 30m",
        ),
        (
            "left, please tell the Director I'm going to be late for our meeting",
            "left",
        ),
        ("he said the purple file to me", "he said to me"),
    ] {
        assert_eq!(phrases.without(said), left, "{said:?}");
    }
}
