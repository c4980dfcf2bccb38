//! Working backwards, and cause for concern.

use super::*;

fn asked(target: Target, reference: Option<&str>, words: &str, never: bool) -> Command {
    Command::Asked {
        target,
        reference: reference.map(str::to_owned),
        words: words.to_owned(),
        never,
    }
}

#[test]
fn a_place_is_claimed() {
    let claim = |target, reference: Option<&str>| Command::Claim {
        target,
        reference: reference.map(str::to_owned),
    };
    let here = room();
    does(&here, "/claim | /claimed", claim(Target::default(), None));
    does(
        &here,
        "/claim LCS77123 | /claim lcs 77123 | /claim LCS77123 please",
        claim(Target::default(), Some("LCS77123")),
    );
    does(
        &here,
        "/claim A12 LCS77123 | /claim LCS77123 A12",
        claim(alarm(12), Some("LCS77123")),
    );
    does(&here, "/claim @amira", claim(who("amira"), None));
    does(
        &thread(),
        "claim LCS77123",
        claim(Target::default(), Some("LCS77123")),
    );
    refuses(
        &here,
        "/claim LCS12",
        &Why::UnknownReference {
            token: "LCS12".to_owned(),
        },
        Some("/claim LCS1234"),
    );
}

#[test]
fn what_they_said_there() {
    let here = room();
    let none = Target::default;
    does(
        &here,
        "/asked LCS77123 she left at three",
        asked(none(), Some("LCS77123"), "she left at three", false),
    );
    does(
        &here,
        "/asked LCS77123 Amira left at three",
        asked(none(), Some("LCS77123"), "Amira left at three", false),
    );
    does(
        &here,
        "/asked A12 LCS77123 a neighbour opened",
        asked(alarm(12), Some("LCS77123"), "a neighbour opened", false),
    );
    does(
        &here,
        "/asked LCS77123 | /asked LCS77123 no answer | /asked LCS77123 Nobody answered.",
        asked(none(), Some("LCS77123"), "", false),
    );
    for words in [
        "she didn't turn up",
        "has not arrived",
        "mum says she never came",
        "no show",
        "NEVER ARIVED",
        "never been",
        "she hasn't been",
        "she has not been here today",
        "she never made it",
        "she didn't make it, they say",
        "no sign of her",
        "no sign of her at all, and the car is gone",
        "no-show",
        "she did not come - they waited",
        "never arrived says mum",
        "did not come here yet but they expect her",
    ] {
        does(
            &here,
            &format!("/asked LCS77123 {words}"),
            asked(none(), Some("LCS77123"), words, true),
        );
    }
    for words in [
        "she arrived late and left at four",
        "not come to the door",
        "she did not come to the door",
        "no showers there",
        "not been there long",
        "has not been back since two",
        "didn't arrive until ten, left at four",
        "no sign of her car",
        "no shouting heard",
    ] {
        does(
            &here,
            &format!("/asked LCS77123 {words}"),
            asked(none(), Some("LCS77123"), words, false),
        );
    }
    does(
        &thread(),
        "asked never arrived | asked: she never arrived",
        asked(none(), None, "", true),
    );
    notes(&thread(), "asked her mum, she is not there");
}

#[test]
fn a_concern_is_her_own_unless_it_names_the_alarm() {
    let worry = |target, words: &str| Command::Worry {
        target,
        words: words.to_owned(),
    };
    let own = |words: &str| Command::Concern {
        words: words.to_owned(),
    };
    let here = room();
    does(
        &here,
        "/concern A12 shouting heard",
        worry(alarm(12), "shouting heard"),
    );
    does(
        &here,
        "/concern @amira shouting",
        worry(who("amira"), "shouting"),
    );
    does(
        &thread(),
        "/concern shouting",
        worry(Target::default(), "shouting"),
    );
    let paged = Listening {
        direct: true,
        ..thread()
    };
    does(
        &paged,
        "concern shouting was heard",
        worry(Target::default(), "shouting was heard"),
    );
    does(
        &direct(),
        "concern A12 shouting heard",
        worry(alarm(12), "shouting heard"),
    );
    notes(
        &direct(),
        "concern at the school about a child | concerned about the dog",
    );
    does(&here, "/concern a dog", own("a dog"));
    does(
        &here,
        "/concern Sam is shouting at the door",
        own("Sam is shouting at the door"),
    );
    does(&here, "/signal bad", own("bad"));
}
