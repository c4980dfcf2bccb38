//! The commands: their names, what else people call them, and one line about each.

/// Which command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// `/visit`.
    Visit,
    /// `/arrived`.
    Arrived,
    /// `/left`.
    Left,
    /// `/ok`.
    Ok,
    /// `/home`.
    Home,
    /// `/office`.
    Office,
    /// `/extend`.
    Extend,
    /// `/cat`.
    Category,
    /// `/ringme`.
    RingMe,
    /// `/along`.
    Along,
    /// `/concern`.
    Concern,
    /// `/address`.
    Address,
    /// `/approve`.
    Approve,
    /// `/cancel`.
    Cancel,
    /// `/undo`.
    Undo,
    /// `/mine`.
    Mine,
    /// `/board`.
    Board,
    /// `/who`.
    Who,
    /// `/buddy`.
    Buddy,
    /// `/away`.
    Away,
    /// `/cover`.
    Cover,
    /// `/accept`.
    Accept,
    /// `/hold`.
    Hold,
    /// `/duty`.
    Duty,
    /// `/contacts`.
    Contacts,
    /// `/me`.
    Me,
    /// `/risk`.
    Risk,
    /// `/training`.
    Training,
    /// `/incident`.
    Incident,
    /// `/device`.
    Device,
    /// `/tell`.
    Tell,
    /// `/policy`.
    Policy,
    /// `/sign`.
    Sign,
    /// `/help`.
    Help,
    /// `/sos`.
    Sos,
    /// `/ack`.
    Ack,
    /// `/reached`.
    Reached,
    /// `/noanswer`.
    NoAnswer,
    /// `/seen`.
    Seen,
    /// `/claim`.
    Claim,
    /// `/asked`.
    Asked,
    /// `/police`.
    Police,
    /// `/standdown`.
    StandDown,
    /// `/record`.
    Record,
    /// `/duress`.
    Duress,
    /// `/drill`.
    Drill,
}

/// A command as help shows it.
#[derive(Clone, Copy, Debug)]
pub struct CommandInfo {
    /// Which.
    pub verb: Verb,
    /// Its name, without the slash.
    pub name: &'static str,
    /// Other names that are taken for it; words of two parts are written together.
    pub aliases: &'static [&'static str],
    /// What it does, in a few words.
    pub line: &'static str,
    /// How it is written; `LCS1234` stands for the team's own example.
    pub usage: &'static str,
    /// True for those of responders, which a worker's phone should not show unasked.
    pub responder: bool,
    /// True for those that are needed seldom: shown under `/help more`.
    pub seldom: bool,
}

const fn worker(
    verb: Verb,
    name: &'static str,
    aliases: &'static [&'static str],
    line: &'static str,
    usage: &'static str,
) -> CommandInfo {
    CommandInfo {
        verb,
        name,
        aliases,
        line,
        usage,
        responder: false,
        seldom: false,
    }
}

const fn seldom(
    verb: Verb,
    name: &'static str,
    aliases: &'static [&'static str],
    line: &'static str,
    usage: &'static str,
) -> CommandInfo {
    CommandInfo {
        seldom: true,
        ..worker(verb, name, aliases, line, usage)
    }
}

const fn responder(
    verb: Verb,
    name: &'static str,
    aliases: &'static [&'static str],
    line: &'static str,
    usage: &'static str,
) -> CommandInfo {
    CommandInfo {
        responder: true,
        ..worker(verb, name, aliases, line, usage)
    }
}

/// True for the commands about who is there and who stands in.
pub fn is_roster(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::Who
            | Verb::Buddy
            | Verb::Away
            | Verb::Cover
            | Verb::Accept
            | Verb::Hold
            | Verb::Duty
            | Verb::Contacts
            | Verb::Me
            | Verb::Tell
            | Verb::Policy
            | Verb::Sign
    )
}

/// All commands, in the order in which help shows them.
#[rustfmt::skip] // a table reads better in rows
pub const COMMANDS: &[CommandInfo] = &[
    worker(Verb::Visit, "visit", &["visits", "visiting"], "log a visit", "/visit LCS1234 14:00-15:00"),
    worker(Verb::Arrived, "arrived", &["arrive", "here"], "at the door", "/arrived [14:05]"),
    worker(Verb::Left, "left", &["out", "done"], "out and safe", "/left [14:50]"),
    worker(Verb::Ok, "ok", &["okay", "fine"], "well, still here", "/ok"),
    worker(Verb::Extend, "extend", &["extension", "more"], "stay longer", "/extend 30m or /extend until 15:45"),
    worker(Verb::RingMe, "ringme", &["ring", "callme", "phoneme"], "please ring me", "/ringme"),
    worker(Verb::Concern, "concern", &["concerned", "signal", "doorstep"], "not sure at the door", "/concern words"),
    worker(Verb::Home, "home", &[], "finished for the day, safe", "/home"),
    worker(Verb::Office, "office", &[], "back at the office", "/office"),
    seldom(Verb::Along, "along", &["goingalong"], "you are the second worker", "/along [LCS1234]"),
    worker(Verb::Cancel, "cancel", &["cancelled", "canceled"], "the visit will not happen", "/cancel [LCS1234]"),
    worker(Verb::Undo, "undo", &[], "take your last command back", "/undo"),
    worker(Verb::Mine, "mine", &["my", "myvisits"], "your visits", "/mine"),
    worker(Verb::Board, "board", &["status"], "who is out", "/board"),
    worker(Verb::Help, "help", &["commands"], "this help", "/help [command]"),
    worker(Verb::Sos, "sos", &["s0s", "soss", "ssos", "soos", "sso", "999", "emergency", "mayday"],
        "call for help", "/sos [words]"),
    seldom(Verb::Address, "address", &["adress", "addr", "addresses"], "a visit's address, kept encrypted", "/address [LCS1234] name and address"),
    seldom(Verb::Category, "cat", &["category", "categ"], "a visit's category", "/cat 1 or /cat 2 [LCS1234]"),
    seldom(Verb::Who, "who", &["where", "whereis"], "where somebody is", "/who @amira"),
    seldom(Verb::Buddy, "buddy", &[], "choose your buddy", "/buddy @ben"),
    seldom(Verb::Away, "away", &[], "you are away", "/away until Friday"),
    seldom(Verb::Cover, "cover", &[], "somebody stands in", "/cover @eve for @carol until Friday 17:00"),
    seldom(Verb::Accept, "accept", &["accepted"], "you stand in, as asked", "/accept"),
    seldom(Verb::Hold, "hold", &[], "you look out for them tonight", "/hold [@amira]"),
    seldom(Verb::Duty, "duty", &["onduty"], "who is paged now", "/duty or /duty me until 17:00"),
    seldom(Verb::Contacts, "contacts", &["contact", "numbers", "phonelist"], "phone numbers", "/contacts [@amira]"),
    seldom(Verb::Me, "me", &["mydetails"], "your own details", "/me phone YOUR-NUMBER"),
    seldom(Verb::Risk, "risk", &["risks", "flag"], "flags at references", "/risk LCS1234 flag review 2026-06-01"),
    seldom(Verb::Training, "training", &["trainings"], "who was trained when", "/training [@amira]"),
    seldom(Verb::Incident, "incident", &["incidents"], "something happened", "/incident words"),
    seldom(Verb::Device, "device", &["devices"], "pooled devices", "/device list, take or return"),
    seldom(Verb::Tell, "tell", &[], "who hears that you are out", "/tell @eve"),
    seldom(Verb::Policy, "policy", &["rules"], "the rules on one screen", "/policy"),
    seldom(Verb::Sign, "sign", &["signed"], "you have read and understood them", "/sign"),
    responder(Verb::Ack, "ack", &["acknowledge", "acknowledged", "onit"], "take it on", "/ack [A12]"),
    responder(Verb::Reached, "reached", &["spoke"], "spoke to her", "/reached @amira words"),
    responder(Verb::NoAnswer, "noanswer", &["noreply"], "tried and failed", "/noanswer @amira"),
    responder(Verb::Seen, "seen", &["sighted"], "a confirmed sighting", "/seen @amira 14:20 words"),
    responder(Verb::Claim, "claim", &["claimed", "iringthere"], "you ring that place", "/claim LCS1234"),
    responder(Verb::Asked, "asked", &["rang"], "what they said there", "/asked LCS1234 words"),
    responder(Verb::Police, "police", &[], "the police have it", "/police A12 log-number"),
    responder(Verb::StandDown, "standdown", &["stooddown"], "close it", "/standdown A12 reason"),
    responder(Verb::Approve, "approve", &["agree", "approved"], "you agree to a flagged visit", "/approve LCS1234"),
    responder(Verb::Record, "record", &[], "what happened, as a record", "/record A12"),
    responder(Verb::Duress, "duress", &[], "she called for help by phone", "/duress @amira what was said"),
    responder(Verb::Drill, "drill", &["drills", "practise", "practice", "rehearse", "rehearsal"], "practise the response",
        "/drill @amira overdue or duress; /drill stop; /drill report"),
];

/// Other words for which a command is suggested, but not taken.
const HINTS: &[(&str, &str)] = &[
    ("leave", "left"),
    ("leaving", "left"),
    ("finished", "left"),
    ("finish", "left"),
    ("safe", "ok"),
    ("checkin", "ok"),
    ("late", "extend"),
    ("delay", "extend"),
    ("delayed", "extend"),
    ("list", "board"),
    ("start", "arrived"),
    ("delete", "cancel"),
    ("stop", "cancel"),
    ("close", "standdown"),
    ("car", "me"),
];

/// The command of this name, whatever the hyphens and apostrophes in it.
pub(super) fn find(name: &str) -> Option<&'static CommandInfo> {
    let name = squeeze(name);
    COMMANDS
        .iter()
        .find(|c| c.name == name || c.aliases.contains(&name.as_str()))
}

/// The command that a mistyped word probably means.
pub(super) fn nearest(word: &str) -> Option<&'static str> {
    let word = squeeze(word);
    let length = word.chars().count();
    if !(3..=20).contains(&length) {
        return None;
    }
    if let Some((_, hint)) = HINTS.iter().find(|(from, _)| *from == word) {
        return Some(hint);
    }
    let allowed = if length <= 4 { 1 } else { 2 };
    let names = COMMANDS.iter().flat_map(|c| {
        let all = std::iter::once(&c.name).chain(c.aliases);
        all.map(|n| (strsim::damerau_levenshtein(n, &word), c.name))
    });
    let closest = names
        .filter(|(far, _)| *far <= allowed)
        // Half a "police" is not a question about the rules.
        .min_by_key(|(far, name)| (*far, *name == "policy"));
    let begun = || {
        let mut fitting = COMMANDS.iter().filter(|c| c.name.starts_with(&word));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(one.name),
            _ => None,
        }
    };
    closest.map(|(_, name)| name).or_else(begun)
}

fn squeeze(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_' | '\''))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_slips() {
        for (word, want) in [
            ("vist", Some("visit")),
            ("vsiit", Some("visit")),
            ("lfet", Some("left")),
            ("arived", Some("arrived")),
            ("stand", Some("standdown")),
            ("noanwser", Some("noanswer")),
            ("leaving", Some("left")),
            ("hlep", Some("help")),
            ("shrug", None),
            ("etc", None),
            ("me", None),
        ] {
            assert_eq!(nearest(word), want, "{word}");
        }
    }

    #[test]
    fn names_are_one_commands_only() {
        let mut seen = std::collections::HashSet::new();
        for c in COMMANDS {
            assert!(seen.insert(c.name), "{}", c.name);
            for alias in c.aliases {
                assert!(seen.insert(alias), "{alias}");
            }
        }
    }
}
