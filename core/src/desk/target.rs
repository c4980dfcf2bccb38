//! What a command is about: which shift, which alarm, and whether its giver may.

use super::daily::{anybody_out, looked_for};
use super::hear::Hearing;
use super::work::Work;
use super::{Desk, Result};
use crate::chat::wording::render;
use crate::domain::command::{Command, Target, Told};
use crate::domain::deed::Deed;
use crate::domain::engine::{Input, extend_line};
use crate::domain::notice::{Notice, REMEMBERED};
use crate::domain::outgoing::Place;
use crate::domain::shift::{Shift, Visit};

impl Desk {
    /// Obeys one command: answers lists itself, and gives everything else to the shift it concerns.
    pub(super) async fn command(
        &mut self,
        work: &mut Work,
        hearing: &Hearing,
        command: Command,
    ) -> Result<()> {
        match &command {
            Command::Mine | Command::Board | Command::Help { .. } => {
                self.list(work, hearing, &command);
                self.mark_if_secret(work, hearing, Deed::AskedForList)
            }
            Command::Address { reference, what } => {
                let (reference, what) = (reference.clone(), what.clone());
                self.address(work, hearing, reference, what).await
            }
            Command::Approve { reference } => self.approve(work, hearing, reference.clone()),
            Command::Category { reference, .. } => {
                let (shift, visit) = self.categorised(work, hearing, reference.as_deref());
                match shift {
                    Some(shift) => self.give_about(work, hearing, &shift, command, visit),
                    None => self.own_word(work, hearing, command),
                }
            }
            Command::Along { reference } => self.along(work, hearing, reference.clone()),
            Command::Register(command) => self.register(work, hearing, command),
            Command::Drill(command) => self.drill(work, hearing, command).await,
            Command::Roster(command) => self.roster(work, hearing, command),
            Command::Visit(request) => {
                self.load_new_visits(work, hearing, request).await?;
                self.visit(work, hearing, request)
            }
            Command::Undo => {
                let out = anybody_out(work);
                self.undo(work, hearing, command)?;
                self.withdraw(work, hearing)?;
                if !out && anybody_out(work) {
                    self.tell_that_all_are_out(work, hearing, &hearing.person.id, false);
                }
                Ok(())
            }
            Command::Concern { words } if self.is_about_another(work, hearing) => {
                let (target, words) = (Target::default(), words.clone());
                let worry = self.masked(hearing.team, Command::Worry { target, words });
                self.respond(work, hearing, &Target::default(), worry).await
            }
            Command::Sos { .. } | Command::RingMe | Command::Concern { .. } => {
                self.load_recent(work, hearing).await?;
                let mut command = command;
                if let Command::Sos { words } = &mut command
                    && words.is_empty()
                {
                    *words = self.last_words(work, hearing).await?;
                }
                let shift = self.shift_now(work, hearing.team, &hearing.person.id);
                self.give(work, hearing, &shift, command)
            }
            Command::Duress { target, words } => {
                let words = self.masked_words(hearing.team, words);
                self.duress(work, hearing, target.clone(), words).await
            }
            Command::Ack(target)
            | Command::Record(target)
            | Command::Reached { target, .. }
            | Command::NoAnswer { target, .. }
            | Command::Seen { target, .. }
            | Command::Claim { target, .. }
            | Command::Asked { target, .. }
            | Command::Worry { target, .. }
            | Command::Police { target, .. }
            | Command::StandDown { target, .. } => {
                let target = target.clone();
                let command = self.masked(hearing.team, command);
                let before = looked_for(work);
                self.respond(work, hearing, &target, command).await?;
                // The last alarm of the day is closed: now the phones may be put away.
                if let Some(worker) = before.first()
                    && looked_for(work).is_empty()
                    && !anybody_out(work)
                {
                    self.tell_that_all_are_out(work, hearing, worker, true);
                }
                Ok(())
            }
            Command::Left(told) => match self.closed_already(work, hearing, told).await? {
                Some(text) => {
                    self.say(work, hearing, text);
                    self.mark_if_secret(work, hearing, Deed::FitsNoVisit)
                }
                None => self.own_word(work, hearing, command),
            },
            Command::Home(_) | Command::Office(_) => {
                if matches!(command, Command::Office(_)) {
                    self.at_the_office(work, hearing);
                }
                if self.teams[hearing.team].policy.rules.return_told.is_some() {
                    self.load_recent(work, hearing).await?;
                }
                self.own_word(work, hearing, command)
            }
            _ => self.own_word(work, hearing, command),
        }
    }

    /// A concern said in the managers' room, by somebody who is on no visit, while somebody is looked for; or by somebody
    /// who was with her.
    fn is_about_another(&self, work: &Work, hearing: &Hearing) -> bool {
        if self.witness_of(work, hearing).is_some() {
            return true;
        }
        let mut visits = work.of(&hearing.person.id).flat_map(|s| &s.visits);
        hearing.asked.place == Place::Managers
            && !visits.any(|visit| visit.is_on(work.now))
            && self
                .candidates(work, hearing, &Target::default())
                .iter()
                .any(|(shift, _)| work.shift(shift).is_some()) // never a drill's
    }

    /// Whoever is at the office has reported there today (Rotherham 14).
    fn at_the_office(&self, work: &mut Work, hearing: &Hearing) {
        if let Some((_, state, _, changed)) = &mut work.team {
            let me = hearing.person.id.clone();
            state.at_office.insert(me, hearing.said_at);
            *changed = true;
        }
    }

    /// Her return is told also where the shift has closed after her last visit (Hertfordshire 8.1).
    fn shift_returned_from(
        &self,
        work: &Work,
        hearing: &Hearing,
        command: &Command,
    ) -> Option<String> {
        let told = matches!(command, Command::Home(_) | Command::Office(_));
        if !told || self.teams[hearing.team].policy.rules.return_told.is_none() {
            return None;
        }
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let mine = shifts.filter(|shift| shift.worker == hearing.person.id);
        let over = mine.filter(|shift| shift.closed_at.is_some() && shift.report.told_at.is_none());
        let last = over.max_by_key(|shift| shift.closed_at);
        last.map(|shift| shift.id.clone())
    }

    /// The answer to `/left` where nothing is open and a visit of hers has ended lately. It goes by the visits of
    /// all her shifts, so that it is the same whatever alarm keeps one of them open, or has opened one.
    async fn closed_already(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        told: &Told,
    ) -> Result<Option<String>> {
        let me = &hearing.person.id;
        if hearing.visit.is_some() || work.of(me).any(|s| s.visits.iter().any(Visit::is_open)) {
            return Ok(None);
        }
        let since = work.now - REMEMBERED - REMEMBERED;
        self.load_closed_since(work, hearing.team, since, Some(me))
            .await?;
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let visits = shifts
            .filter(|shift| shift.worker == *me)
            .flat_map(|shift| &shift.visits);
        // What was lent to a call for help was logged by no message of this shift.
        let hers = visits.filter(|visit| !visit.logged_in.is_empty());
        let found = Notice::closed_already(hers, told.reference.as_deref(), work.now);
        let notice = found.map(|notice| match told.personal {
            true => notice.and_delete(),
            false => notice,
        });
        let words = self.words_of(work, hearing.team);
        Ok(notice.map(|notice| render(&notice, &words)))
    }

    pub(super) fn give(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        shift: &str,
        command: Command,
    ) -> Result<()> {
        self.give_about(work, hearing, shift, command, hearing.visit)
    }

    /// The same, about the visit of the question that was tapped or answered.
    pub(super) fn give_about(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        shift: &str,
        command: Command,
        visit: Option<u32>,
    ) -> Result<()> {
        let input = Input::Command {
            by: hearing.person.id.clone(),
            command: Box::new(command),
            said_at: hearing.said_at,
            event: hearing.event.clone(),
            visit,
        };
        self.apply(work, hearing.team, shift, &input, Some(&hearing.asked))?;
        let hers = work
            .shift(shift)
            .is_some_and(|s| s.worker == hearing.person.id);
        let what = if hers {
            Deed::AnotherDay
        } else {
            Deed::ForColleague
        };
        self.mark_elsewhere(work, hearing, shift, what)
    }

    /// What her account did on another shift than the one with an open call for help is marked there too.
    pub(super) fn mark_elsewhere(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        shift: &str,
        what: Deed,
    ) -> Result<()> {
        let mine = |s: &&Shift| s.worker == hearing.person.id && s.duress().is_some();
        let secret = work
            .shifts
            .iter()
            .map(|open| &open.shift)
            .find(mine)
            .map(|s| s.id.clone());
        match secret {
            Some(secret) if secret != shift => self.mark(work, hearing, what),
            _ => Ok(()),
        }
    }

    /// A check-in, an extension, a cancellation: of one's own shift only.
    pub(super) fn own_word(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        command: Command,
    ) -> Result<()> {
        let me = &hearing.person.id;
        let reference = match &command {
            Command::Arrived(told) | Command::Left(told) | Command::Ok(told) => {
                told.reference.clone()
            }
            Command::Extend { reference, .. }
            | Command::Category { reference, .. }
            | Command::Cancel { reference } => reference.clone(),
            _ => None,
        };
        let tapped = hearing.about.as_ref().filter(|about| about.visit.is_some());
        let tapped = tapped.filter(|_| reference.is_none());
        let named = reference.as_ref().and_then(|name| {
            let has = |shift: &&Shift| {
                shift
                    .visits
                    .iter()
                    .any(|visit| visit.is_open() && visit.reference == *name)
            };
            work.of(me)
                .filter(has)
                .min_by_key(|shift| shift.day)
                .map(|shift| shift.id.clone())
        });
        let logged = || {
            let mine = |v: &Visit| {
                v.is_open() && v.logged_by == *me && Some(&v.reference) == reference.as_ref()
            };
            let shifts = work.shifts.iter().map(|open| &open.shift);
            let mut theirs = shifts.filter(|shift| shift.visits.iter().any(&mine));
            theirs.next().map(|shift| shift.id.clone())
        };
        let cancels = matches!(command, Command::Cancel { .. });
        let shift = tapped
            .map(|about| about.shift.clone())
            .or(named)
            .or_else(|| if cancels { logged() } else { None })
            .or_else(|| self.current_shift(work, me, work.now))
            .or_else(|| self.shift_returned_from(work, hearing, &command));
        match shift {
            Some(shift) => {
                let visit = self.visit_replied_to(work, hearing, reference.as_deref());
                let visit = hearing.visit.or(visit);
                let out = anybody_out(work);
                self.give_about(work, hearing, &shift, command, visit)?;
                if out && !anybody_out(work) {
                    self.tell_that_all_are_out(work, hearing, &hearing.person.id, true);
                }
                self.withdraw(work, hearing)
            }
            None => {
                let text = self.nothing_open(work, hearing, &command);
                self.say(work, hearing, text);
                let deed = match command {
                    Command::Ok(_) => Deed::Well,
                    Command::Home(_) => Deed::Home,
                    Command::Office(_) => Deed::Office,
                    _ => Deed::FitsNoVisit,
                };
                self.mark_if_secret(work, hearing, deed)
            }
        }
    }

    /// The visit of her own question that the words answer, where they name none: not the one that she is on now.
    fn visit_replied_to(
        &self,
        work: &Work,
        hearing: &Hearing,
        reference: Option<&str>,
    ) -> Option<u32> {
        let about = hearing
            .about
            .as_ref()
            .filter(|about| about.alarm.is_none())?;
        let shift = work.shift(&about.shift)?;
        let hers = shift.worker == hearing.person.id && reference.is_none();
        about.visit.filter(|_| hers)
    }

    pub(super) fn nothing_open(&self, work: &Work, hearing: &Hearing, command: &Command) -> String {
        let notice = match command {
            Command::Home(told) => Notice::Back {
                home: true,
                ended: vec![],
                open: vec![],
                told: told.at,
            },
            Command::Office(told) => Notice::Back {
                home: false,
                ended: vec![],
                open: vec![],
                told: told.at,
            },
            Command::Ok(told) => Notice::Fine {
                visit: None,
                told: told.at,
            },
            Command::Arrived(_) => Notice::NoVisit {
                verb: "/arrived".to_owned(),
            },
            Command::Left(_) => Notice::NoVisit {
                verb: "/left".to_owned(),
            },
            Command::Cancel { .. } => Notice::NoVisit {
                verb: "/cancel".to_owned(),
            },
            Command::Extend { to, .. } => Notice::NoVisit {
                verb: extend_line(to, self.teams[hearing.team].config.team.tz),
            },
            Command::Category { category, .. } => Notice::NoVisit {
                verb: format!("/cat {category}"),
            },
            _ => Notice::NoVisit {
                verb: "/extend 30m".to_owned(),
            },
        };
        let private = match command {
            Command::Arrived(told)
            | Command::Left(told)
            | Command::Ok(told)
            | Command::Home(told)
            | Command::Office(told) => told.personal,
            _ => false,
        };
        let notice = if private { notice.and_delete() } else { notice };
        render(&notice, &self.words_of(work, hearing.team))
    }

    pub(super) fn undo(&self, work: &mut Work, hearing: &Hearing, command: Command) -> Result<()> {
        let me = &hearing.person.id;
        let open = work
            .answered()
            .filter(|s| s.closed_at.is_none() && !(s.worker == *me && s.sleeps(work.now)));
        let latest = open
            .filter_map(|shift| shift.undo.get(me).map(|undo| (undo.at, shift.id.clone())))
            .max_by_key(|(at, _)| *at);
        if let Some(address) = self.address_to_undo(work, me, latest.as_ref().map(|(at, _)| *at)) {
            return self.undo_address(work, hearing, &address);
        }
        if let Some(begun) = self.begun_by(work, me)
            && latest.as_ref().is_none_or(|(at, _)| *at <= begun)
        {
            self.stop_drill(work, hearing);
            return Ok(());
        }
        match latest {
            Some((_, shift)) => self.give(work, hearing, &shift, command),
            None => {
                let words = self.words_of(work, hearing.team);
                let text = render(&Notice::NothingToUndo, &words);
                self.say(work, hearing, text);
                self.mark_if_secret(work, hearing, Deed::FitsNoVisit)
            }
        }
    }
}
