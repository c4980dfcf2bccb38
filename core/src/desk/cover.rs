//! Cover and leave: who is not paged until when, who stands in, and that nobody is left without anybody.

use super::Desk;
use super::hear::Hearing;
use super::work::{About, Work};
use crate::chat::wording::cover as words;
use crate::domain::command::Until;
use crate::domain::ids::PersonId;
use crate::domain::ladder::whom;
use crate::domain::notice::Tap;
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::policy::Notify;
use crate::domain::proof::holes_with;
use crate::domain::roster::Person;
use crate::domain::shift::Visit;
use crate::domain::team_state::{Away, Cover, TeamState};

/// What stands before the covered person's id in the mark of a question that is about no shift.
pub(super) const COVER_OF: &str = "cover of ";

impl Desk {
    /// Leave: refused while somebody of theirs is out and nobody covers, or where it would leave alarms with nobody.
    pub(super) fn away(&self, work: &mut Work, hearing: &Hearing, until: Option<&Until>) {
        let me = hearing.person.id.clone();
        let Some(until) = until.map(|until| self.moment(hearing.team, until)) else {
            self.change(work, hearing, |state| {
                state.away.retain(|away| away.who != me)
            });
            return self.say(work, hearing, words::back());
        };
        if until <= work.now {
            return self.say(work, hearing, words::over_already());
        }
        let away = Away { who: me, until };
        if let Some(text) = self.cannot_go(work, hearing, &away) {
            return self.say(work, hearing, text);
        }
        self.change(work, hearing, |state| {
            state.away.retain(|other| other.who != away.who);
            state.away.push(away);
        });
        let text = words::away(until, &self.words_of(work, hearing.team));
        self.say(work, hearing, text);
    }

    /// Why somebody cannot be away, in words.
    fn cannot_go(&self, work: &Work, hearing: &Hearing, away: &Away) -> Option<String> {
        let (_, state, _, _) = work.team.as_ref()?;
        let spoken = self.words_of(work, hearing.team);
        let stands_in = |cover: &&Cover| {
            cover.by == away.who && cover.is_on(work.now) && cover.accepted_at.is_some()
        };
        if let Some(cover) = state.covers.iter().find(stands_in) {
            return Some(words::away_as_a_stand_in(cover, &spoken));
        }
        match state.covered(&away.who, work.now) {
            Some(cover) if cover.until < away.until => {
                return Some(words::cover_too_short(cover, away.until, &spoken));
            }
            Some(_) => return None,
            None => {}
        }
        let out = self.people_out(work, hearing);
        if !out.is_empty() {
            return Some(words::away_while_out(&out, &spoken));
        }
        self.would_leave_a_hole(work, hearing.team, away)
            .then(words::away_leaves_nobody)
    }

    /// Those who are out and look to this person alone: as their manager or their buddy, perhaps in another's place.
    fn people_out(&self, work: &Work, hearing: &Hearing) -> Vec<PersonId> {
        let me = &hearing.person.id;
        let team = self.team_now(work, hearing.team);
        let shifts = work.shifts.iter().map(|open| &open.shift);
        let out =
            shifts.filter(|shift| shift.visits.iter().any(Visit::is_open) && shift.worker != *me);
        let mut out: Vec<PersonId> = out.map(|shift| shift.worker.clone()).collect();
        out.retain(|worker| {
            let only = |notify| {
                let people = whom(team, notify, worker, std::slice::from_ref(worker));
                people.iter().all(|id| id == me) && !people.is_empty()
            };
            only(Notify::Manager) || only(Notify::Buddy)
        });
        out.sort();
        out.dedup();
        out
    }

    /// True if with this leave some ladder reached nobody any more that reaches somebody now.
    fn would_leave_a_hole(&self, work: &Work, team: usize, away: &Away) -> bool {
        let Some((_, state, _, _)) = &work.team else {
            return false;
        };
        let (configured, policy) = (&self.teams[team].config.team, &self.teams[team].policy);
        let mut then = state.clone();
        then.away.push(away.clone());
        let count = |state: &TeamState| holes_with(configured, state, policy, work.now).len();
        count(&then) > count(state)
    }

    /// Somebody is asked to stand in, or offers to.
    pub(super) fn cover(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        (by, who): (&PersonId, &PersonId),
        until: &Until,
    ) {
        let me = &hearing.person.id;
        let manages = |person: &Person| person.roles.iter().any(|role| role.is_manager_or_above());
        if by != me && who != me && !manages(&hearing.person) {
            return self.say(work, hearing, words::cover_for_others());
        }
        let until = self.moment(hearing.team, until);
        if until <= work.now {
            return self.say(work, hearing, words::over_already());
        }
        let cover = Cover {
            who: who.clone(),
            by: by.clone(),
            until,
            asked_by: me.clone(),
            accepted_at: None,
        };
        let team = self.teams[hearing.team].config.team.clone();
        let now = work.now;
        let mut refused = None;
        self.change(work, hearing, |state| {
            refused = state.cover(&team, cover.clone(), now).err();
        });
        let spoken = self.words_of(work, hearing.team);
        let text = match &refused {
            Some(error) => words::cover_refused(error, &spoken),
            None => words::cover_asked(&cover, &spoken),
        };
        let asked = words::please_accept(&cover, &spoken);
        self.say(work, hearing, text);
        if refused.is_none() {
            self.ask_to_accept(work, hearing, &cover, asked);
        }
    }

    /// A question with one tap.
    fn ask_to_accept(&self, work: &mut Work, hearing: &Hearing, cover: &Cover, text: String) {
        let person = cover.other().clone();
        self.tell(work, hearing, &person, text);
        let place = Place::Direct {
            person: person.clone(),
        };
        if let Some(row) = work.outbox.last_mut().filter(|row| row.place == place) {
            row.offers = vec!["👍".to_owned()];
            row.mentions = vec![person];
            (row.rings, row.priority) = (true, Priority::Prompt);
            let about = About {
                address: false,
                entry: None,
                shift: format!("{COVER_OF}{}", cover.who),
                alarm: None,
                visit: None,
                offers: vec![("👍".to_owned(), Tap::Accept)],
            };
            row.about = serde_json::to_string(&about).ok();
        }
    }

    pub(super) fn accept(&self, work: &mut Work, hearing: &Hearing, about: Option<&PersonId>) {
        let me = hearing.person.id.clone();
        let now = work.now;
        let state = work.team.as_ref().map(|(_, state, _, _)| state);
        let waiting = state
            .map(|state| state.waiting(&me, about, now))
            .unwrap_or_default();
        let cover = match waiting.as_slice() {
            [] => return self.say(work, hearing, words::nothing_to_accept()),
            [cover] => cover.clone(),
            several => {
                let text = words::which_cover(several, &self.words_of(work, hearing.team));
                return self.say(work, hearing, text);
            }
        };
        let mut replaced = None;
        self.change(work, hearing, |state| replaced = state.accept(&cover, now));
        let spoken = self.words_of(work, hearing.team);
        let text = words::cover_holds(&cover, &spoken);
        self.say(work, hearing, text.clone());
        let before = replaced.map(|cover| cover.by);
        let mut told = vec![me];
        for person in [&cover.by, &cover.who, &cover.asked_by]
            .into_iter()
            .chain(&before)
        {
            if !told.contains(person) {
                self.tell(work, hearing, person, text.clone());
                told.push(person.clone());
            }
        }
        self.tell_managers(work, hearing, text);
    }

    /// Back before its end. Whoever stands in for somebody who is away has to find another first.
    pub(super) fn cover_off(&self, work: &mut Work, hearing: &Hearing) {
        let me = hearing.person.id.clone();
        let now = work.now;
        let left_alone = |state: &TeamState, cover: &Cover| {
            let away = |away: &Away| away.who == cover.who && away.is_on(now);
            cover.by == me && cover.accepted_at.is_some() && state.away.iter().any(away)
        };
        let state = work.team.as_ref().map(|(_, state, _, _)| state);
        let needed =
            state.and_then(|s| s.covers.iter().find(|cover| left_alone(s, cover)).cloned());
        if let Some(cover) = needed {
            let text = words::still_needed(&cover, &self.words_of(work, hearing.team));
            return self.say(work, hearing, text);
        }
        let mut ended: Vec<Cover> = Vec::new();
        self.change(work, hearing, |state| {
            let (mine, others) = state
                .covers
                .drain(..)
                .partition(|c| c.who == me || c.by == me);
            (ended, state.covers) = (mine, others);
        });
        let spoken = self.words_of(work, hearing.team);
        if ended.is_empty() {
            return self.say(work, hearing, words::no_cover());
        }
        let lines = ended.iter().map(|cover| words::cover_ended(cover, &spoken));
        let text = lines.collect::<Vec<_>>().join("\n");
        self.say(work, hearing, text.clone());
        for cover in &ended {
            let other = if cover.who == me {
                &cover.by
            } else {
                &cover.who
            };
            self.tell(work, hearing, other, text.clone());
        }
        self.tell_managers(work, hearing, text);
    }

    /// A quiet line in somebody's direct chat.
    pub(super) fn tell(&self, work: &mut Work, hearing: &Hearing, person: &PersonId, text: String) {
        let team = &self.teams[hearing.team].config.team;
        if team.person(person).is_some_and(|p| p.matrix.is_some()) {
            let place = Place::Direct {
                person: person.clone(),
            };
            work.outbox
                .push(super::quiet(&team.name, place, text, "who stands in"));
        }
    }

    /// The same where only how it stands at the end matters: of what is heard together after an outage the last is told.
    pub(super) fn tell_latest(
        &self,
        work: &mut Work,
        hearing: &Hearing,
        person: &PersonId,
        text: String,
        about: &str,
    ) {
        let said = work.outbox.len();
        self.tell(work, hearing, person, text);
        for row in &mut work.outbox[said..] {
            row.slot = Some(about.to_owned());
        }
    }

    pub(super) fn tell_managers(&self, work: &mut Work, hearing: &Hearing, text: String) {
        if hearing.asked.place != Place::Managers {
            let name = &self.teams[hearing.team].config.team.name;
            work.outbox
                .push(super::quiet(name, Place::Managers, text, "who stands in"));
        }
    }
}

/// Keeps what the sender can see, and nothing for others.
pub(super) fn only_hers(work: &mut Work, hearing: &Hearing) {
    let hers = |row: &Outgoing| {
        let direct = Place::Direct {
            person: hearing.person.id.clone(),
        };
        row.place == direct || row.reply_to.as_ref() == Some(&hearing.asked.reply_to)
    };
    work.outbox.retain(hers);
}
