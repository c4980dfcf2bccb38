//! The help: an overview, and a paragraph for each command.
//!
//! What a worker is shown unasked stays neutral (it may be read over her shoulder); the responders'
//! commands are shown under `/help responders` and by their names.

use crate::chat::parse::{COMMANDS, CommandInfo, Verb};

/// The answer to `/help [topic]`. `topic` is a command's name or `responders`; anything else gives the
/// overview. `example` is a reference that fits the team's pattern; `answers` is true for those who are paged for
/// others, and so need the commands for that.
pub fn help(topic: Option<&str>, example: &str, answers: bool) -> String {
    let text = match topic {
        Some("responders") => responders(),
        Some("more") => more(),
        Some(name) => match COMMANDS.iter().find(|c| c.name == name) {
            Some(command) => format!("{}\n{}", command.usage, paragraph(command.verb)),
            None => overview(answers),
        },
        None => overview(answers),
    };
    text.replace("LCS1234", example)
}

/// Asked in the team's room for what is not shown there.
pub fn ask_me_directly(topic: &str) -> String {
    // The team's room reads it: nothing there speaks of the police.
    let topic = if topic == "police" {
        "responders"
    } else {
        topic
    };
    format!("Please ask me that in our direct chat: /help {topic}")
}

fn overview(answers: bool) -> String {
    let daily = COMMANDS.iter().filter(|c| !c.responder && !c.seldom);
    let lines: Vec<String> = daily.map(row).collect();
    let more = if answers {
        " For those who answer: /help responders"
    } else {
        ""
    };
    format!(
        "What you can send me, here or in the team room:\n{}\n\
         Element keeps / for itself and offers to send it as a message; //visit and !visit work as well, and in our \
         direct chat no sign is needed.\n\
         /sos calls for help. Times are local, in the team's zone, 24 hours. More about one: \
         /help visit  The team, numbers, cover, incidents and so on: /help more{more}",
        lines.join("\n")
    )
}

fn more() -> String {
    let lines: Vec<String> = COMMANDS.iter().filter(|c| c.seldom).map(row).collect();
    format!("What is needed less often:\n{}", lines.join("\n"))
}

fn responders() -> String {
    let mut lines: Vec<String> = COMMANDS.iter().filter(|c| c.responder).map(row).collect();
    // At the door it is the worker's word; with an alarm it is a responder's.
    lines.push("/concern A12 words – cause for concern".to_owned());
    format!(
        "For those who answer an alarm. Reply to its message or name it (A12, @amira):\n{}\n\
         In an alarm's thread, or in a reply to it, the word alone is enough.",
        lines.join("\n")
    )
}

fn row(command: &CommandInfo) -> String {
    format!("{} – {}", command.usage, command.line)
}

/// What a command does, and how it may be said.
fn paragraph(verb: Verb) -> &'static str {
    match verb {
        Verb::Visit => {
            "Logs a visit: the reference, never a name or an address, and from when to when. Times: 14:00-15:00, \
             2-3pm, 14:00 for 45m, until 15:00, for 1h from now. Also, in any order: tomorrow, Friday or 3/3; initials \
             AB; cat 1 or cat 2; with @ben; check 14:30, when I look for you in between, or check 14:30 call, when your manager rings you; next LCS77, next office or \
             next home; for @amira, if you log it for her. Edit your message to change the visit. \
             Somebody who is not on the system yet, where your procedure allows it: /visit NEW 14:00-15:00; I ask you for name and \
             address in our direct chat."
        }
        Verb::Arrived => {
            "You are at the door. Told late, with the time: /arrived 14:05 or /arrived 10 min ago."
        }
        Verb::Left => {
            "You are out and safe; it ends the visit, also if you never sent /arrived. Told late, with the time: \
             /left 14:50. With several visits, with the reference: /left LCS1234."
        }
        Verb::Ok => "You are well and still there. I look for you again when the visit should end.",
        Verb::Extend => {
            "Moves the end of the visit: /extend 30m, /extend 1h30 or /extend until 15:45. From the second time, or \
             beyond an hour, the duty officer hears of it quietly."
        }
        Verb::Concern => {
            "At the door, if something is not right, or the phone has no signal: stay outside and say what it is. I ask what to \
             do, and pass the answer on to you."
        }
        Verb::Category => {
            "Says the category of a visit that is logged: /cat 2, for the newest that has none, or /cat 2 LCS1234. As a reply to \
             my question, 2 alone is enough."
        }
        Verb::RingMe => "Asks your buddy and the duty officer to ring you, at once.",
        Verb::Home => "You have finished for the day and are safe.",
        Verb::Office => "You are back at the office.",
        Verb::Along => {
            "You go along on a colleague's visit, as the second worker whom it needs. I look out for you as well."
        }
        Verb::Cancel => {
            "The visit will not take place: /cancel LCS1234, before it has begun. Once it has begun, send /left."
        }
        Verb::Undo => {
            "Takes your last command back, within 5 minutes. Taking a reaction away does the same. Not for /sos."
        }
        Verb::Mine => "Shows your own visits.",
        Verb::Board => {
            "Shows who is out, the reference, when they are due, and how it stands. The same is pinned in the team's room."
        }
        Verb::Address => {
            "Only in our direct chat, where your procedure asks for it: name and address of a visit, for example \
             /address LCS1234 and the words, or as a reply to my question. They are kept encrypted, shown only to those who look \
             for you, and deleted some days after the visit. /address shows what I have been given, never the words; \
             /address LCS1234 clear deletes it, and so does deleting your message."
        }
        Verb::Who => "Shows where somebody is, and until when.",
        Verb::Buddy => "Chooses your buddy, who is paged first if I do not hear from you.",
        Verb::Away => {
            "You are away until then, and are not paged: /away until Friday, /away until 3/4. Back sooner: /away off"
        }
        Verb::Cover => {
            "Somebody stands in for somebody until then. It holds once the other has sent /accept; until then both are paged. \
             Back sooner: /cover off"
        }
        Verb::Accept => "You stand in, as you were asked to.",
        Verb::Hold => {
            "You look out for a colleague who is out after working hours: /hold @amira, or /hold for all who are out. You are \
             paged for them with the others, until the morning. Given back: /hold off"
        }
        Verb::Duty => {
            "Shows who would be paged now, for each role. /duty me until 17:00 takes the duty on; /duty off gives it back."
        }
        Verb::Contacts => "Shows the phone numbers of the team, in our direct chat.",
        Verb::Me => {
            "Keeps your own details current, in our direct chat: /me phone, /me landline, /me address, /me vehicle (registration, \
             make, model; or none), /me nextofkin. /me alone shows what I know, and /me ok says that it is right."
        }
        Verb::Risk => {
            "Notes by pointer only that a reference has a flag in the case system, and when it is reviewed: /risk LCS1234 flag \
             review 2026-06-01. /risk shows them, /risk LCS1234 clear ends one."
        }
        Verb::Training => {
            "Shows training and until when it holds. A manager notes it: /training @amira lone-worker 2025-06-01, or a new \
             starter: /training @amira starter 2026-01-05."
        }
        Verb::Incident => {
            "Something happened to you or a colleague, now or before: leave first, then say what it was. For a colleague: /incident @amira and what it was. The manager is told, \
             and I ask about the form and everything else, one by one."
        }
        Verb::Device => {
            "Pooled devices: /device list, /device take G24-3 for tomorrow 14:00-15:00, /device return G24-3."
        }
        Verb::Tell => {
            "Where your manager is not there: names who hears today that your visits are over, and that you are back. Your \
             manager again: /tell off"
        }
        Verb::Policy => "Shows the rules of your team on one screen.",
        Verb::Sign => {
            "Says that you have read and understood the rules, as /policy shows them. /sign status shows who has."
        }
        Verb::Help => "Shows this help; /help and a command shows more about it.",
        Verb::Sos => {
            "Calls for help: the managers are told at once, with your last words. In our direct chat, help or sos alone \
             is the same."
        }
        Verb::Ack => "You take it on, and the paging pauses. I ask you soon what happened.",
        Verb::Reached => {
            "You spoke to her and she is well. It closes the alarm, but not a call by code phrase: others may be \
             listening."
        }
        Verb::NoAnswer => "You tried and she did not answer; the next step comes at once.",
        Verb::Seen => "She was seen or spoken to: when, and by whom. Without a time it is now.",
        Verb::Claim => {
            "Working backwards: you ring that place, and nobody else does: /claim LCS1234, or /claim for the next place."
        }
        Verb::Asked => {
            "What they said at a place: /asked LCS1234 she left at three. Nobody answered there: /asked LCS1234. Never arrived: \
             /asked LCS1234 never arrived. Seen for certain: /seen. Anything that worries you: /concern A12 and why."
        }
        Verb::Police => {
            "The police have it: A12 and their log number. I never call them myself; you do."
        }
        Verb::StandDown => {
            "Closes the alarm: A12 and why. After a code phrase a manager must do it, and say how she was seen or \
             which officer confirmed it."
        }
        Verb::Approve => "You agree to a colleague's visit to a flagged reference.",
        Verb::Record => {
            "Shows what happened to an alarm, who did what, and how it ended, to be kept as the escalation record: here, and as a page to print."
        }
        Verb::Drill => {
            "A practice run in the real rooms: the real people are paged at the real minutes, and every message of it begins with \
             DRILL. /drill @amira overdue: no word after a visit. /drill @amira duress: a call by code phrase. Answer as you would, \
             but never call the police. A real alarm stops it at once. /drill stop ends it, /drill report shows how it went."
        }
        Verb::Duress => {
            "Somebody took a call for help from her by phone; it is handled like her own."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_help() {
        let workers = help(None, "LCS1234", false);
        let others = help(Some("responders"), "LCS1234", true);
        let rest = help(Some("more"), "LCS1234", false);
        for command in COMMANDS {
            let listed = match (command.responder, command.seldom) {
                (true, _) => &others,
                (false, true) => &rest,
                (false, false) => &workers,
            };
            assert!(
                listed.contains(&format!("/{}", command.name)),
                "{} is not listed",
                command.name
            );
            assert!(paragraph(command.verb).len() > 20, "{}", command.name);
            assert!(help(Some(command.name), "LCS1234", true).contains(paragraph(command.verb)));
            assert!(
                command.usage.starts_with(&format!("/{}", command.name)),
                "{}",
                command.usage
            );
        }
    }

    /// Pages ask for it.
    #[test]
    fn responders_are_told_of_cause_for_concern() {
        assert!(help(Some("responders"), "LCS1234", true).contains("/concern A12 words"));
        assert!(!help(Some("more"), "LCS1234", false).contains("cause for concern"));
    }

    #[test]
    fn a_workers_help_is_neutral_and_uses_the_teams_reference() {
        let mut texts = vec![
            help(None, "EHM77001", true),
            help(Some("nonsense"), "EHM77001", false),
        ];
        let own = COMMANDS.iter().filter(|c| !c.responder);
        texts.extend(own.map(|c| help(Some(c.name), "EHM77001", true)));
        for text in texts {
            let low = text.to_lowercase();
            for word in ["alarm", "danger", "police", "999", "lcs1234"] {
                assert!(!low.contains(word), "{word}: {text}");
            }
        }
        assert!(
            help(None, "EHM77001", true).contains("//visit")
                && help(None, "EHM77001", true).contains("EHM77001")
        );
    }
}
