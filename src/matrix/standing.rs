//! How the managers' rooms stand: whether the bot is in them, and people are. Looked at after each sync, and whenever the
//! keeper of the rooms has been round.

use super::Matrix;
use super::rooms::{RoomNews, TeamPlan};
use lonewatch_core::rooms::Standing;
use matrix_sdk::RoomState;
use std::collections::BTreeSet;

/// Notes how each team's managers' room stands, and tells the desk where that is news.
pub(super) fn look(matrix: &Matrix) {
    for team in &matrix.plan.teams {
        if let Some(standing) = standing(matrix, team)
            && matrix.book.set_standing(&team.name, standing)
        {
            let team = team.name.clone();
            // Nobody listens only while the program ends.
            let _ = matrix.news.send(RoomNews::ManagersRoom { team });
        }
    }
}

/// `None`: not known now, as before it has been found.
fn standing(matrix: &Matrix, team: &TeamPlan) -> Option<Standing> {
    let id = matrix.book.room_of_managers(&team.name)?;
    let joined = |room: &matrix_sdk::Room| room.state() == RoomState::Joined;
    let Some(room) = matrix.room(&id).filter(joined) else {
        return Some(Standing::PutOut);
    };
    if room.is_tombstoned() {
        return Some(Standing::Replaced);
    }
    let members = matrix.book.members(&id);
    // Just joined: who is there comes with the next sync.
    let known = members.contains(matrix.session.user());
    known.then(|| of_people(&members, &team.responders))
}

/// Where several belong, one alone is not enough: what is said there at night would reach that one, or nobody.
fn of_people(members: &BTreeSet<String>, responders: &BTreeSet<String>) -> Standing {
    let there = members.intersection(responders).count();
    match there {
        0 => Standing::Deserted,
        1 if responders.len() > 1 => Standing::Deserted,
        _ => Standing::Stands,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_with_one_of_several_in_it_is_deserted() {
        let of = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        let (two, one) = (of(&["@carol:x", "@dan:x"]), of(&["@carol:x"]));
        let (bot, amira) = ("@bot:x", "@amira:x");
        for (members, responders, standing) in [
            (of(&[bot, "@carol:x", "@dan:x"]), &two, Standing::Stands),
            (of(&[bot, amira, "@dan:x"]), &two, Standing::Deserted),
            (of(&[bot, amira]), &two, Standing::Deserted),
            (of(&[bot, "@carol:x"]), &one, Standing::Stands),
            (of(&[bot]), &one, Standing::Deserted),
        ] {
            assert_eq!(of_people(&members, responders), standing, "{members:?}");
        }
    }
}
