//! `/drill`, as it is typed.

use super::{direct, does, notes, refuses, room};
use lonewatch_core::chat::bad::Why;
use lonewatch_core::domain::command::{Command, DrillCommand};
use lonewatch_core::domain::drill::DrillKind;
use lonewatch_core::domain::ids::PersonId;

fn begin(kind: DrillKind) -> Command {
    Command::Drill(DrillCommand::Begin {
        who: PersonId::from("amira"),
        kind,
    })
}

#[test]
fn it_begins_about_somebody_in_any_order() {
    does(
        &room(),
        "/drill @amira overdue | /drill amira late | /drill overdue @amira | !drill with Amira Khan, missing | /practice @amira \
         overdue please | lonewatch: drill @amira overdue",
        begin(DrillKind::Overdue),
    );
    does(
        &room(),
        "/drill @amira duress | /Drill duress amira | /drill @amira:localhost phrase | /rehearse @amira the code-phrase",
        begin(DrillKind::Duress),
    );
    does(
        &direct(),
        "drill @amira duress | practise duress with Amira",
        begin(DrillKind::Duress),
    );
}

#[test]
fn it_is_stopped_and_reported() {
    let stop = || Command::Drill(DrillCommand::Stop);
    let report = || Command::Drill(DrillCommand::Report);
    does(
        &room(),
        "/drill stop | /drill off | /drill over | /drills end",
        stop(),
    );
    does(
        &room(),
        "/drill report | /drills list | /drill results",
        report(),
    );
    does(&direct(), "drill stop", stop());
    does(&direct(), "drill report", report());
}

#[test]
fn what_is_missing_is_asked_for() {
    let ctx = room();
    refuses(
        &ctx,
        "/drill",
        &Why::NoPerson,
        Some("/drill @amira overdue"),
    );
    refuses(
        &ctx,
        "/drill duress",
        &Why::NoPerson,
        Some("/drill @amira duress"),
    );
    refuses(
        &ctx,
        "/drill @ben",
        &Why::WhichDrill,
        Some("/drill @ben overdue"),
    );
    refuses(
        &ctx,
        "/drill @nobody duress",
        &Why::UnknownPerson { name: None },
        Some("/drill @amira duress"),
    );
    refuses(&ctx, "/drill sam overdue", &Why::SeveralPeople, None);
    refuses(
        &ctx,
        "/drill @amira @ben overdue",
        &Why::NotUnderstood,
        Some("/drill @amira overdue"),
    );
    refuses(
        &ctx,
        "/drill at the office tomorrow | /drill fire",
        &Why::NotUnderstood,
        Some("/drill @amira overdue"),
    );
}

/// "drill" and "practice" begin ordinary sentences: those stay notes.
#[test]
fn ordinary_words_are_no_drill() {
    notes(
        &direct(),
        "drill | practice went well today | fire drill at the nursery | he has a drill in his hand | practise what I said",
    );
}
