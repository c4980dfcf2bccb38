//! `lonewatch sheet`: the list that people go by when the bot is silent, printed from the store as it stands.

use lonewatch_core::config;
use lonewatch_core::desk::{BotNames, Desk};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::store::{Batch, Store};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lonewatch-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// A configuration with the team of the scenarios, twice: North and South.
    fn config(&self) -> PathBuf {
        let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios/wiltshire.toml");
        let north = std::fs::read_to_string(shared).expect("the scenarios' team");
        let south = north
            .replace("\"North\"", "\"South\"")
            .replace("#north", "#south");
        let head = "[matrix]\nhomeserver = \"http://127.0.0.1:1\"\nuser = \"@lonewatch:example.org\"\n\
                    password_file = \"none\"\ndata_dir = \"matrix\"\n[store]\nurl = \"sqlite://lonewatch.db\"\n";
        let path = self.0.join("bot-config.toml");
        std::fs::write(&path, format!("{head}{north}{south}")).expect("written");
        path
    }

    fn sheet(&self, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lonewatch"));
        command.current_dir(&self.0).arg("sheet").args(more);
        command.output().expect("it runs")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Amira logs a visit in a store that stays open, as that of a bot that runs.
async fn log_a_visit(folder: &Folder) -> Store {
    let config = config::load(&folder.config()).expect("a configuration");
    let url = format!("sqlite://{}", folder.0.join("lonewatch.db").display());
    let store = Store::open(&url).await.expect("a store");
    let book = RoomBook::default();
    book.set_team("North", "!team");
    let bot = BotNames::of("@lonewatch:example.org");
    let mut desk = Desk::new(store.clone(), book, &config, bot).expect("a desk");
    let now = lonewatch_core::clock::now();
    let batch = Batch {
        account: "bot".to_owned(),
        since: "s1".to_owned(),
        received_at: now,
        events: vec![Inbound {
            room: "!team".to_owned(),
            event: "$1".to_owned(),
            sender: "@amira:example.org".to_owned(),
            said_at: now,
            what: Said::Text {
                body: "/visit LCS1234 for an hour".to_owned(),
                reply_to: None,
                thread: None,
            },
        }],
        own: vec![],
        gaps: vec![],
    };
    store.ingest(&batch).await.expect("stored");
    desk.work(now).await.expect("dealt with");
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_printed_beside_a_bot_that_runs_and_after_it_has_died() {
    let folder = Folder::new("sheet");
    let store = log_a_visit(&folder).await;
    let runs = folder.sheet(&[]);
    let printed = said(&runs.stdout);
    assert!(runs.status.success(), "{}", said(&runs.stderr));
    assert!(
        printed.contains("Amira Khan: 07700 900101, at home 01632 960101\nLCS1234, "),
        "{printed}"
    );
    assert!(
        printed.contains("Emergency Duty Team: 01632 960700"),
        "{printed}"
    );
    assert!(printed.contains("South\nFALLBACK SHEET"), "{printed}");
    // As `kill -9` leaves it: the last pages only in the write-ahead log, and nobody holds the file.
    let dead = Folder::new("sheet-dead");
    dead.config();
    for file in ["lonewatch.db", "lonewatch.db-wal"] {
        std::fs::copy(folder.0.join(file), dead.0.join(file)).expect("copied");
    }
    let before = std::fs::read(dead.0.join("lonewatch.db")).expect("there");
    let after = dead.sheet(&["--team", "north"]);
    assert!(after.status.success(), "{}", said(&after.stderr));
    let printed = said(&after.stdout);
    assert!(
        printed.contains("LCS1234") && !printed.contains("South"),
        "{printed}"
    );
    assert_eq!(
        std::fs::read(dead.0.join("lonewatch.db")).expect("there"),
        before
    );
    store.close().await;
}

#[test]
fn what_is_wrong_is_told_and_nothing_is_made() {
    let folder = Folder::new("sheet-wrong");
    folder.config();
    let missing = folder.sheet(&[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        said(&missing.stderr).contains("`lonewatch run` makes it"),
        "{missing:?}"
    );
    assert!(!folder.0.join("lonewatch.db").exists());
    let team = folder.sheet(&["--team", "East"]);
    assert_eq!(team.status.code(), Some(2));
    let right = "--team \"North\" or --team \"South\"";
    assert!(said(&team.stderr).contains(right), "{}", said(&team.stderr));
    std::fs::write(folder.0.join("lonewatch.db"), "").expect("written");
    let empty = folder.sheet(&[]);
    assert_eq!(empty.status.code(), Some(2));
    assert!(
        said(&empty.stderr).contains("`lonewatch run` makes it"),
        "{empty:?}"
    );
}
