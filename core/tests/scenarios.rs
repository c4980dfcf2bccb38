//! Every scenario file under `tests/scenarios/` holds; and holds as well when the process dies after every
//! commit and before every message.

use lonewatch_core::rehearsal::expect::SentPlace;
use lonewatch_core::rehearsal::{Nerves, Played, play_text};
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("tests/scenarios is there");
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "scenario") {
            found.push(path);
        }
    }
    found.sort();
}

fn scenarios() -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios"),
        &mut found,
    );
    assert!(
        found.len() >= 10,
        "only {} scenario files were found",
        found.len()
    );
    found
}

async fn play(path: &Path, nerves: Nerves) -> Played {
    let text = std::fs::read_to_string(path).expect("a readable scenario");
    let folder = path.parent().expect("a folder");
    let name = path.display().to_string();
    match play_text(&text, &name, folder, nerves, &mut |_| {}).await {
        Ok(played) => played,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn every_scenario_holds() {
    let mut failed = Vec::new();
    for path in scenarios() {
        let played = play(&path, Nerves::Steady).await;
        if !played.holds() {
            failed.push(format!("{}\n{}", path.display(), played.explain()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[tokio::test]
async fn dying_after_every_commit_changes_nothing() {
    for path in scenarios() {
        let steady = play(&path, Nerves::Steady).await;
        let dying = play(&path, Nerves::DyingEverywhere).await;
        assert_eq!(steady.sent, dying.sent, "{}", path.display());
    }
}

#[tokio::test]
async fn what_was_recorded_holds_again() {
    for path in scenarios() {
        let text = std::fs::read_to_string(&path).expect("a readable scenario");
        let recorded = play(&path, Nerves::Steady).await.record(&text);
        let folder = path.parent().expect("a folder");
        let again = play_text(&recorded, "recorded", folder, Nerves::Steady, &mut |_| {}).await;
        let again = again.unwrap_or_else(|error| panic!("{}: {error}\n{recorded}", path.display()));
        assert!(again.holds(), "{}\n{}", path.display(), again.explain());
    }
}

/// Of a call that nobody may notice the team's room hears nothing: there the board is edited, as on any day, and that is all.
#[tokio::test]
async fn the_teams_room_hears_nothing_of_a_secret_call() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios/wiltshire");
    for name in ["purple-file", "quiet-room", "told-of-it", "unreadable"] {
        let played = play(&folder.join(format!("{name}.scenario")), Nerves::Steady).await;
        let said = played
            .sent
            .iter()
            .filter(|sent| sent.place == SentPlace::Team && !sent.edit);
        let said: Vec<&String> = said.map(|sent| &sent.text).collect();
        assert!(said.is_empty(), "{name}: {said:?}");
    }
}
