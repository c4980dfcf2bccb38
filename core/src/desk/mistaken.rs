//! An answer that may have been meant for a drill that has just ended: nothing real is closed by practice.

use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::drill as words;
use crate::domain::command::{Command, Target};
use crate::domain::drill::Why;
use crate::domain::ids::AlarmNumber;
use chrono::Duration;

/// For so long whoever practised may not have read that the drill is over (ours).
const MAY_BE_MEANT: Duration = Duration::minutes(10);

impl Desk {
    /// True where this answer names no alarm, and may be about the drill in which its sender took part until a real alarm
    /// or a real visit ended it: then it is asked about, and nothing is done. With a number it counts at once.
    pub(super) async fn is_meant_for_the_drill(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        target: &Target,
        command: &Command,
    ) -> Result<bool> {
        // Taking a real call on must not be held up; its answer says what it is.
        let settles = match command {
            Command::Reached { .. } | Command::StandDown { .. } => true,
            Command::Police { log, .. } => !log.contains(|c: char| c.is_ascii_digit()),
            Command::Seen { at, .. } => at.is_none(),
            _ => false,
        };
        let about = hearing.about.as_ref();
        let pointed = about.is_some_and(|about| about.alarm.is_some());
        if !settles || pointed || target.alarm.is_some() || hearing.asked.thread.is_some() {
            return Ok(false);
        }
        self.load_closed_drills(work, hearing.team, work.now - MAY_BE_MEANT)
            .await?;
        let Some(drill) = took_part_lately(work, hearing) else {
            return Ok(false);
        };
        let found = self.candidates(work, hearing, target);
        if found.is_empty() && target.who.is_none() {
            return Ok(false);
        }
        match found.is_empty() {
            true => self.discreetly_say(work, hearing, words::really_seen(drill)),
            false => {
                self.ask_which(work, hearing, &found, command);
                if let Some(row) = work.outbox.last_mut() {
                    row.text = words::ended(drill, &row.text);
                }
            }
        }
        Ok(true)
    }
}

/// The drill that was cut short a moment ago, and in which this person was paged or answered.
fn took_part_lately(work: &Work, hearing: &Hearing) -> Option<AlarmNumber> {
    let me = &hearing.person.id;
    let drills = work.drills.iter().map(|open| &open.shift);
    let mut found = drills.filter_map(|shift| {
        let (alarm, drill) = shift.practised().zip(shift.drill.as_ref())?;
        let over = drill.over.as_ref()?;
        let cut = matches!(over.why, Why::Real { .. } | Why::Out);
        let lately = work.now - over.at < MAY_BE_MEANT;
        let part = alarm.paged.contains(me) || drill.by == *me;
        (cut && lately && part).then_some(alarm.number)
    });
    found.next()
}
