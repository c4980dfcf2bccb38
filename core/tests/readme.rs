//! The README's transcript is what the bot really says: its lines are played as a scenario.

use lonewatch_core::rehearsal::{Nerves, play_text};
use std::path::Path;

#[tokio::test]
async fn the_transcript_in_the_readme_is_real() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let mut blocks = readme
        .split("```")
        .skip(1)
        .step_by(2)
        .filter(|block| block.contains(" > "));
    let mut block = || blocks.next().expect("two transcripts").replace('…', "*");
    let (first, second) = (block(), block());
    // What the second transcript leaves out: she has logged another visit.
    let between = "15:40 amira > bot: visit LCS770 15:45-16:45";
    let script = format!(
        "scenario The README\nconfig wiltshire.toml\nstart 2026-03-02 13:45\n{first}\n{between}\n{second}"
    );
    assert!(script.matches(" bot > ").count() >= 9, "{script}");
    let folder = root.join("tests/scenarios");
    let played = play_text(&script, "README", &folder, Nerves::Steady, &mut |_| {}).await;
    let played = played.unwrap_or_else(|error| panic!("{error}\n{script}"));
    assert!(played.holds(), "{}", played.explain());
}
