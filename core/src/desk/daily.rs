//! The lines of the day in the team's room: who is out today, and in the evening whether everybody is back
//! (Hertfordshire 4.1, in place of a WhatsApp group). Made from visits alone, as everybody reads them.

use super::Desk;
use super::work::Work;
use crate::chat::wording::daily as words;
use crate::domain::outgoing::Place;
use crate::domain::roster::Team;
use crate::domain::shift::Shift;
use chrono::{DateTime, Days, NaiveDate, TimeZone, Utc};

impl Desk {
    /// When the next line is due; `None` where the policy does not ask for them, or the team has no working hours.
    pub(super) fn lines_due(&self, work: &Work, team: usize) -> Option<DateTime<Utc>> {
        let each = &self.teams[team];
        each.policy.rules.team_lines.as_ref()?;
        let (_, state, _, _) = work.team.as_ref()?;
        next_line(&each.config.team, state.lines_at.unwrap_or(work.now))
    }

    /// Writes the line of the moment `at`, where there is anything to tell.
    pub(super) fn lines_of_the_day(&self, work: &mut Work, team: usize, at: DateTime<Utc>) {
        let configured = &self.teams[team].config.team;
        let local = at.with_timezone(&configured.tz);
        let today = local.date_naive();
        let morning = configured
            .hours
            .as_ref()
            .is_some_and(|hours| local.time() < hours.to);
        let shifts: Vec<&Shift> = work.shifts.iter().map(|open| &open.shift).collect();
        let text = words::line(&shifts, today, morning, &self.words_of(work, team));
        let name = configured.name.clone();
        if let Some(text) = text {
            work.outbox.push(super::quiet(
                &name,
                Place::Team,
                text,
                "the line of the day",
            ));
        }
        let now = work.now;
        if let Some((_, state, _, _)) = &mut work.team {
            state.lines_at = Some(now);
        }
    }
}

/// The first beginning or end of working hours after this moment.
fn next_line(team: &Team, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let hours = team.hours.as_ref()?;
    let first = after.with_timezone(&team.tz).date_naive();
    let works = |day: &NaiveDate| {
        hours.days.contains(&chrono::Datelike::weekday(day)) && !hours.closed.contains(day)
    };
    let days = (0..=30).filter_map(|days| first.checked_add_days(Days::new(days)));
    let moments = days
        .filter(works)
        .flat_map(|day| [hours.from, hours.to].map(|time| day.and_time(time)));
    let moments = moments.filter_map(|local| team.tz.from_local_datetime(&local).earliest());
    moments.map(|at| at.to_utc()).find(|at| *at > after)
}
