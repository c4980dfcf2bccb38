//! Who holds whom, in plain words.

use super::*;
use lonewatch_core::domain::command::RosterCommand;

fn people(ids: &[&str]) -> Vec<PersonId> {
    ids.iter().map(|id| PersonId::from(*id)).collect()
}

fn hold(ids: &[&str]) -> Command {
    Command::Roster(RosterCommand::Hold(people(ids)))
}

#[test]
fn holding_and_giving_back() {
    let here = direct();
    does(
        &here,
        "/hold | /hold all | hold everyone | hold all | /hold everybody",
        hold(&[]),
    );
    does(
        &here,
        "/hold @amira | hold amira | I hold amira | I'll hold Amira",
        hold(&["amira"]),
    );
    does(
        &here,
        "/hold @amira @carol | hold amira and carol | hold @amira, @carol | I hold Amira and Carol",
        hold(&["amira", "carol"]),
    );
    does(
        &here,
        "/hold off | hold off | hold off everyone",
        Command::Roster(RosterCommand::HoldOff),
    );
    does(
        &here,
        "/hold off @carol | hold off carol | /hold back @carol",
        Command::Roster(RosterCommand::GiveBack(people(&["carol"]))),
    );
    does(
        &here,
        "/hold off @carol @amira",
        Command::Roster(RosterCommand::GiveBack(people(&["carol", "amira"]))),
    );
    notes(
        &here,
        "hold on | hold the line | I hold the fort | I hold the keys for amira",
    );
    refuses(
        &here,
        "/hold off @nobody",
        &Why::UnknownPerson {
            name: Some("nobody".to_owned()),
        },
        Some("/hold off @amira"),
    );
}
