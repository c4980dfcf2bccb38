//! What the team keeps lists of: risks, training, pooled devices; incidents are in `incidents`.

use super::attention::state;
use super::cover::only_hers;
use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::registers as words;
use crate::domain::command::RegisterCommand;
use crate::domain::deed::Deed;
use crate::domain::engine::Input;
use crate::domain::ids::PersonId;
use crate::domain::outgoing::Place;
use crate::domain::team_state::{Booking, Risk, Training};
use chrono::{DateTime, NaiveDate, Utc};

impl Desk {
    /// Obeys one of these commands.
    pub(super) fn register(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        command: &RegisterCommand,
    ) -> Result<()> {
        let marked = self.marked(work, hearing);
        let text = self.registered(work, hearing, command);
        self.say(work, hearing, text);
        if hearing.asked.place == Place::Team && !command.is_for_the_room() {
            super::respond::to_direct(work, &hearing.person.id);
        }
        if let RegisterCommand::RiskFlag { reference, .. } = command {
            self.flag_visits(work, hearing, reference)?;
        }
        if marked {
            // After a code phrase it rings nobody; the responders read it in the thread of the call.
            only_hers(work, hearing);
        }
        let deed = match command {
            RegisterCommand::Incident { words: told, .. } => Deed::Wrote {
                words: words::told_of_an_incident(&self.masked_words(hearing.team, told)),
            },
            _ => Deed::AskedForList,
        };
        self.mark_if_secret(work, hearing, deed)
    }

    /// Does it, and says so.
    fn registered(&self, work: &mut Work, hearing: &Hearing, command: &RegisterCommand) -> String {
        match command {
            RegisterCommand::Risks(reference) => {
                let state = state(work);
                words::risks(
                    &state.risks,
                    reference.as_deref(),
                    &self.words_of(work, hearing.team),
                )
            }
            RegisterCommand::RiskFlag { reference, review } => {
                self.flag(work, hearing, reference, *review)
            }
            RegisterCommand::RiskClear(reference) => self.clear(work, hearing, reference),
            RegisterCommand::Trainings(Some(who))
                if !hearing.person.responds() && *who != hearing.person.id =>
            {
                words::ask_a_manager()
            }
            RegisterCommand::Trainings(who) => {
                let state = state(work);
                // A colleague's record is for those who answer for them.
                let own = (!hearing.person.responds()).then(|| hearing.person.id.clone());
                let who = who.clone().or(own);
                let spoken = self.words_of(work, hearing.team);
                words::trainings(&state.trainings, who.as_ref(), &spoken)
            }
            RegisterCommand::Training { who, course, on } => {
                self.trained(work, hearing, who, course.as_deref(), *on)
            }
            RegisterCommand::Incident { about, words } => {
                self.incident(work, hearing, about.as_ref(), words)
            }
            RegisterCommand::IncidentDone { no, care } => self.cared(work, hearing, *no, *care),
            RegisterCommand::IncidentClose { no, words } => {
                self.close_incident(work, hearing, *no, words)
            }
            RegisterCommand::Incidents if !hearing.person.responds() => words::ask_a_manager(),
            RegisterCommand::Incidents => {
                let state = state(work);
                words::incidents(&state.incidents, &self.words_of(work, hearing.team))
            }
            RegisterCommand::Devices => {
                let devices = &self.teams[hearing.team].config.team.devices;
                let state = state(work);
                words::devices(devices, &state.bookings, &self.words_of(work, hearing.team))
            }
            RegisterCommand::DeviceTake { device, start, end } => {
                self.take_device(work, hearing, device, *start, *end)
            }
            RegisterCommand::DeviceReturn(device) => {
                self.return_device(work, hearing, device.as_deref())
            }
        }
    }

    fn flag(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        reference: &str,
        review: NaiveDate,
    ) -> String {
        let risk = Risk {
            reference: reference.to_owned(),
            by: hearing.person.id.clone(),
            at: work.now,
            review,
            asked_at: None,
        };
        let today = self.today(work, hearing.team);
        self.change(work, hearing, |state| {
            // A new day for the review takes the place of those that have come.
            state
                .risks
                .retain(|other| other.reference != risk.reference || other.review > today);
            state.risks.push(risk.clone());
        });
        let text = words::flagged(&risk, &self.words_of(work, hearing.team));
        self.tell_managers(work, hearing, text.clone());
        text
    }

    /// Whoever goes there already hears of the flag as well.
    fn flag_visits(&self, work: &mut Work, hearing: &Hearing, reference: &str) -> Result<()> {
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let there = shifts.filter(|shift| {
            let mut visits = shift.visits.iter();
            shift.closed_at.is_none() && visits.any(|visit| visit.reference == reference)
        });
        let there: Vec<String> = there.map(|shift| shift.id.clone()).collect();
        let input = Input::Flagged {
            by: hearing.person.id.clone(),
            reference: reference.to_owned(),
        };
        for shift in there {
            self.apply(work, hearing.team, &shift, &input, None)?;
        }
        Ok(())
    }

    fn clear(&self, work: &mut Work, hearing: &Hearing, reference: &str) -> String {
        if !hearing.person.responds() {
            return words::ask_a_manager();
        }
        let before = state(work).flags(reference).count();
        self.change(work, hearing, |state| {
            state.risks.retain(|risk| risk.reference != reference)
        });
        let text = words::cleared(reference, before, hearing.person.first_name());
        if before > 0 {
            self.tell_managers(work, hearing, text.clone());
        }
        text
    }

    fn trained(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        who: &PersonId,
        course: Option<&str>,
        on: NaiveDate,
    ) -> String {
        if !hearing.person.responds() {
            return words::ask_a_manager();
        }
        let training = Training {
            who: who.clone(),
            course: course.map(str::to_owned),
            on,
            warned: false,
            ended: false,
        };
        let training = Training {
            // What has ended already is told once.
            warned: training.ends() <= self.today(work, hearing.team),
            ..training
        };
        self.change(work, hearing, |state| {
            let same =
                |other: &Training| other.who == training.who && other.course == training.course;
            state.trainings.retain(|other| !same(other));
            if training.course.is_some() {
                // Whoever has been trained is no new starter any more.
                state
                    .trainings
                    .retain(|other| other.who != training.who || other.course.is_some());
            }
            state.trainings.push(training.clone());
        });
        words::trained(&training, &self.words_of(work, hearing.team))
    }

    fn take_device(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        device: &str,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    ) -> String {
        let devices = &self.teams[hearing.team].config.team.devices;
        if !devices.iter().any(|known| known.to_uppercase() == device) {
            return words::no_device(device, devices);
        }
        let spoken = self.words_of(work, hearing.team);
        let state = state(work);
        let taken = state
            .bookings
            .iter()
            .filter(|booking| booking.device == device);
        // What has not come back is still out.
        let clash = taken.into_iter().find(|booking| {
            booking.start < end && (start < booking.end || booking.end <= work.now)
        });
        if let Some(clash) = clash {
            return words::device_taken(clash, &spoken);
        }
        let booking = Booking {
            device: device.to_owned(),
            who: hearing.person.id.clone(),
            start,
            end,
            asked_at: None,
        };
        let text = words::device_booked(&booking, &spoken);
        self.change(work, hearing, |state| state.bookings.push(booking));
        text
    }

    fn return_device(&self, work: &mut Work, hearing: &Hearing, device: Option<&str>) -> String {
        let me = &hearing.person.id;
        let mine = |booking: &&Booking| {
            let meant = device.is_none_or(|device| booking.device == device);
            // For another only what is out: nobody's booking of tomorrow goes by a slip.
            let out = hearing.person.responds() && device.is_some() && booking.start <= work.now;
            meant && (booking.who == *me || out)
        };
        let state = state(work);
        let found: Vec<Booking> = state.bookings.iter().filter(mine).cloned().collect();
        match found.as_slice() {
            [] => words::nothing_to_return(),
            [booking] => {
                self.change(work, hearing, |state| {
                    state.bookings.retain(|other| other != booking)
                });
                words::device_returned(&booking.device)
            }
            several if device.is_some() => {
                // Of several bookings the one that begins first has come back.
                let first = several.iter().min_by_key(|booking| booking.start).cloned();
                self.change(work, hearing, |state| {
                    state.bookings.retain(|other| Some(other) != first.as_ref());
                });
                words::device_returned(&several[0].device)
            }
            several => words::which_device(several),
        }
    }

    fn today(&self, work: &Work, team: usize) -> NaiveDate {
        let tz = self.teams[team].config.team.tz;
        work.now.with_timezone(&tz).date_naive()
    }

    pub(super) fn managers_of(&self, work: &Work, team: usize, who: &PersonId) -> Vec<PersonId> {
        let team = self.team_now(work, team);
        let managers = team.managers_of(who);
        let mut there: Vec<PersonId> = managers.iter().flat_map(|id| team.paged_for(id)).collect();
        if there.iter().all(|id| id == who) {
            // Nobody is their own manager.
            let above = team
                .people
                .iter()
                .filter(|p| p.roles.iter().any(|r| r.is_manager_or_above()));
            there = above.flat_map(|p| team.paged_for(&p.id)).collect();
        }
        there.retain(|id| id != who);
        there.sort();
        there.dedup();
        there
    }
}
