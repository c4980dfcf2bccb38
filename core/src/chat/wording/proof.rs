//! What `lonewatch check` and `lonewatch heard` print.

use super::policy::title;
use crate::domain::phrase::Heard;
use crate::domain::proof::Hole;
use crate::domain::roster::Team;

/// A hole, with the minute, the step, and the line to add.
pub fn hole(hole: &Hole, team: &Team) -> String {
    let name = &team.name;
    match hole {
        Hole::ReachesNobody {
            ladder,
            worker,
            at,
            add,
        } => {
            let minute = at.with_timezone(&team.tz).format("%a %-d %B %Y %H:%M");
            format!(
                "team {name}: from {minute} on, no step reaches anybody for {worker} where {}; give somebody else with a Matrix \
                 id the role:\n    roles = [\"{}\"]",
                title(*ladder),
                add.key()
            )
        }
        Hole::FallsBehind {
            ladder,
            step,
            minutes,
        } => format!(
            "team {name}: step {step} for \"{}\" is due before the step that comes first, for a visit of {minutes} minutes; \
             write in the policy:\n    earliest = \"previous_step+15m\"",
            title(*ladder)
        ),
    }
}

/// One line of `lonewatch heard`: what it is, a tab, which phrase and why.
pub fn heard(heard: &Heard, phrases: &[String]) -> String {
    let (what, found) = match heard {
        Heard::Nothing => return "note\tno phrase".to_owned(),
        Heard::Possible(found) => ("possible", found),
        Heard::Alarm(found) => ("alarm", found),
    };
    let phrase = phrases.get(found.phrase).map_or("", String::as_str);
    format!("{what}\t{phrase}: {}", found.why)
}
