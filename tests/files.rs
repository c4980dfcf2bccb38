//! What the program writes is for its owner only (mode 0600): here a scenario that is recorded. The store:
//! `core/tests/store/opening.rs`; the key file: `src/address_key.rs`; the device's keys: `src/matrix/secrets.rs`.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

#[test]
fn a_recorded_scenario_is_for_its_owner() {
    let folder = std::env::temp_dir().join(format!("lonewatch-files-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let team = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/wiltshire.toml");
    std::fs::copy(team, folder.join("wiltshire.toml")).expect("copied");
    let scenario = folder.join("recorded.scenario");
    let text = "scenario T\nconfig wiltshire.toml\nstart 2026-03-02 13:45\n\n13:50 amira > bot: visit LCS1234 14:00-15:00\n\
                15:16 ben > team: hello\n";
    std::fs::write(&scenario, text).expect("written");
    let mut run = Command::new(env!("CARGO_BIN_EXE_lonewatch"));
    let ran = run
        .args(["rehearse", "--record"])
        .arg(&scenario)
        .output()
        .expect("it runs");
    assert!(ran.status.success(), "{ran:?}");
    let recorded = std::fs::read_to_string(&scenario).expect("there");
    assert!(recorded.contains("07700 900101"), "{recorded}");
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|ending| ending == "scenario") {
            let mode = std::fs::metadata(&path)
                .expect("there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        } else {
            assert!(
                path.ends_with("wiltshire.toml"),
                "left behind: {}",
                path.display()
            );
        }
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
