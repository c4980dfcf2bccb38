//! The managers' room of a team is lost: the bot was put out of it, it was replaced, or people have left it. Direct chats
//! stand in for it (issue 4, 2: "told at once through whatever remains").

use super::{Desk, Result, quiet};
use crate::chat::wording::rooms as words;
use crate::domain::outgoing::{Outgoing, Place, Priority};
use crate::domain::roster::{Person, Team};
use crate::rooms::Standing;
use crate::store::{Commit, OutRow};
use chrono::{DateTime, Utc};

/// Why a row goes to a direct chat. Where it cannot be delivered there either, there is nowhere left to tell of it: the
/// others have it too.
const INSTEAD: &str = "in the place of the managers' room";

impl Desk {
    /// Tells the people of a team at once where its managers' room is lost, and says there when it is not any more. What
    /// was told last is kept, so that a start tells what has happened while nobody looked, and nothing twice. A room in
    /// which people are still to arrive was never lost.
    ///
    /// # Errors
    /// What the store says.
    pub async fn look_at_managers_room(&mut self, team: &str, now: DateTime<Utc>) -> Result<()> {
        let (Some(standing), Some(index)) =
            (self.rooms.standing_of_managers(team), self.team_named(team))
        else {
            return Ok(());
        };
        let mark = format!("managers_room/{team}");
        let before = self.store.meta(&mark).await?;
        let mut commit = Commit::new(now);
        commit.meta.push((mark, name(standing).to_owned()));
        match (before.as_deref(), standing) {
            (Some(before), _) if before == name(standing) => return Ok(()),
            (None, Standing::Stands) => {}
            (None, _) => return Ok(()),
            (Some(_), Standing::Stands) => {
                let text = words::stands_again();
                let why = "the managers' room is there again";
                commit.outbox.push(quiet(team, Place::Managers, text, why));
                self.store.commit(&commit).await?;
                // The sheet may be an old one, or in the room that was replaced.
                return self.put_up_board(team, now).await;
            }
            (Some(before), _) => {
                // That it is lost rings; how, if that changes, does not.
                let rings = before == name(Standing::Stands);
                let team = &self.teams[index].config.team;
                commit.outbox = self.told_of_loss(team, standing, rings);
            }
        }
        self.store.commit(&commit).await?;
        Ok(())
    }

    fn told_of_loss(&self, team: &Team, standing: Standing, rings: bool) -> Vec<Outgoing> {
        let text = match standing {
            Standing::PutOut => words::put_out(&team.name, &self.bot.user),
            Standing::Replaced => words::replaced(&team.name, &self.bot.user),
            Standing::Stands | Standing::Deserted => {
                let there = self.in_managers_room_of(&team.name);
                let mut left = responders(team).filter(|person| there.contains(&person.id));
                words::deserted(&team.name, left.next().map(Person::first_name))
            }
        };
        let mut row = quiet(&team.name, Place::Managers, text, INSTEAD);
        if rings {
            (row.rings, row.priority) = (true, Priority::Page);
        }
        in_each_chat(team, &row)
    }

    /// What could not be said in the managers' room and is about no shift goes to the responders' direct chats: what was to
    /// ring always, anything else while the room is lost. What was to ring in a direct chat is told to the managers.
    pub(super) fn in_their_chats(&self, row: &OutRow) -> Vec<Outgoing> {
        let out = &row.out;
        let Some(team) = self.team_named(&out.team) else {
            return vec![];
        };
        let team = &self.teams[team].config.team;
        match &out.place {
            Place::Direct { person } if out.rings && out.why != INSTEAD => {
                let name = team.called(person);
                let text = crate::chat::wording::desk::not_reached(name, &out.text);
                vec![self.to_managers(team, text, "a message that did not arrive")]
            }
            Place::Managers if out.rings => in_each_chat(team, out),
            Place::Managers if self.is_only_lost(out) => in_each_chat(team, out),
            Place::Managers | Place::Team | Place::Direct { .. } => vec![],
        }
    }

    /// A quiet line that nothing but the loss of the room keeps from its readers. An answer goes by the message that it answers.
    fn is_only_lost(&self, out: &Outgoing) -> bool {
        let stands = self.rooms.managers_room_stands(&out.team);
        !stands && out.reply_to.is_none() && out.standing.is_none()
    }
}

/// A row for the managers' room, as it goes to each responder's direct chat.
fn in_each_chat(team: &Team, out: &Outgoing) -> Vec<Outgoing> {
    let seen = responders(team).filter(|person| !out.hide_from.contains(&person.id));
    let to = |person: &Person| Outgoing {
        place: Place::Direct {
            person: person.id.clone(),
        },
        mentions: match out.rings {
            true => vec![person.id.clone()],
            false => vec![],
        },
        thread: None,
        opens_thread: false,
        why: INSTEAD.to_owned(),
        ..out.clone()
    };
    seen.map(to).collect()
}

fn responders(team: &Team) -> impl Iterator<Item = &Person> {
    let people = team.people.iter();
    people.filter(|person| person.matrix.is_some() && person.responds())
}

/// How a standing is written down.
fn name(standing: Standing) -> &'static str {
    match standing {
        Standing::Stands => "stands",
        Standing::PutOut => "put out",
        Standing::Replaced => "replaced",
        Standing::Deserted => "deserted",
    }
}
