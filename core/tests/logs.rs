//! Nothing of what people write is in a log, at any level: no words, no number, no name (design, invariant 5).

use chrono::{DateTime, Duration, TimeZone, Utc};
use lonewatch_core::config::{Config, load_for_rehearsal};
use lonewatch_core::courier::{Channel, Courier, Delivered, SendError};
use lonewatch_core::desk::{BotNames, Desk};
use lonewatch_core::domain::inbound::{Inbound, Said};
use lonewatch_core::rehearsal::{Nerves, play_text};
use lonewatch_core::rooms::RoomBook;
use lonewatch_core::store::{Aggregate, Batch, Commit, OutRow, Store};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            scenarios(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "scenario") {
            found.push(path);
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios")
}

/// Names, numbers and addresses of a configuration.
fn private(config: &Config, words: &mut BTreeSet<String>) {
    let people = config.teams.iter().flat_map(|team| &team.team.people);
    for person in people {
        words.insert(person.id.0.clone());
        words.extend(
            person
                .name
                .split(' ')
                .filter(|part| part.len() > 2 && *part != "Team")
                .map(str::to_owned),
        );
        let more = [
            &person.phone,
            &person.landline,
            &person.address,
            &person.vehicle,
            &person.next_of_kin,
            &person.matrix,
        ];
        words.extend(more.into_iter().flatten().cloned());
    }
    let phrases = config.teams.iter().flat_map(|team| {
        let policy = team.policy.phrases.iter().map(|rule| rule.text.clone());
        policy.chain(team.team.code_phrases.iter().cloned())
    });
    words.extend(phrases);
}

/// What people say in a scenario.
fn said(text: &str, words: &mut BTreeSet<String>) {
    for line in text
        .lines()
        .filter(|line| !line.contains("bot >") && !line.starts_with("never"))
    {
        if let Some((_, words_said)) = line.split_once(": ") {
            words.insert(words_said.trim().to_owned());
        }
    }
}

/// A channel that takes nothing, for now or for ever.
struct Broken;

impl Channel for Broken {
    async fn send(&self, row: &OutRow, _: Option<&Delivered>) -> Result<Delivered, SendError> {
        let why = "the server is away".to_owned();
        Err(match row.id % 2 {
            0 => SendError::Later { wait: None, why },
            _ => SendError::Refused { why },
        })
    }
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0)
        .single()
        .expect("a time")
}

/// All that can go wrong with what is stored, and a channel that fails.
async fn trouble(config: &Config) {
    let store = Store::open("sqlite::memory:").await.expect("a store");
    let book = RoomBook::default();
    book.set_team("North", "!team");
    let bot = BotNames::of("@lonewatch:example.org");
    let mut desk = Desk::new(store.clone(), book, config, bot).expect("a desk");
    let secret = r#"{"format":1,"body":{"worker":"Amira Khan 07700 900101 purple file"}}"#;
    let mut commit = Commit::new(noon());
    for (kind, id, team) in [
        ("shift", "North/amira/2026-03-02/17", "North"),
        ("drill", "North/amira/2026-03-02/18/drill", "North"),
        ("shift", "Gone/ben/2026-03-02/19", "Gone"),
        ("drill", "Gone/ben/2026-03-02/20/drill", "Gone"),
        ("team", "North", "North"),
    ] {
        commit.aggregates.push(Aggregate {
            kind: kind.to_owned(),
            id: id.to_owned(),
            team: team.to_owned(),
            owner: Some("amira".to_owned()),
            version: 0,
            next_due: Some(noon()),
            closed_at: None,
            body: secret.to_owned(),
        });
    }
    store.commit(&commit).await.expect("stored");
    let batch = Batch {
        account: "bot".to_owned(),
        since: "s1".to_owned(),
        received_at: noon(),
        events: vec![Inbound {
            room: "!team".to_owned(),
            event: "$1".to_owned(),
            sender: "@amira:example.org".to_owned(),
            said_at: noon(),
            what: Said::Text {
                body: "/visit LCS1234 14:00-15:00 for Mrs Sample".to_owned(),
                reply_to: None,
                thread: None,
            },
        }],
        own: vec![],
        gaps: vec![],
    };
    store.ingest(&batch).await.expect("stored");
    let courier = Courier::new(store.clone(), Broken);
    for minutes in 0..6 {
        let now = noon() + Duration::minutes(minutes);
        desk.work(now).await.expect("it goes on");
        courier.round(now).await.expect("it goes on");
    }
    // Somebody else was quicker.
    let stale = store
        .commit(&commit)
        .await
        .expect_err("it was stored before");
    tracing::error!(error = %stale, "a test's own line");
}

#[tokio::test]
async fn no_words_no_number_and_no_name_is_logged_at_any_level() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(lines).expect("the only one");
    let (mut files, mut words, mut texts) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    scenarios(&folder(), &mut files);
    assert!(files.len() > 100, "only {} scenarios", files.len());
    for path in &files {
        let text = std::fs::read_to_string(path).expect("a scenario");
        said(&text, &mut texts);
        let near = path.parent().expect("a folder");
        let name = path.display().to_string();
        let played = play_text(&text, "a scenario", near, Nerves::Steady, &mut |_| {}).await;
        assert!(played.is_ok(), "{name}");
    }
    for policy in [
        "wiltshire",
        "bexley",
        "rotherham",
        "hertfordshire",
        "al-hasaniya",
    ] {
        let config = load_for_rehearsal(&folder().join(format!("{policy}.toml"))).expect("a team");
        private(&config, &mut words);
    }
    let config = load_for_rehearsal(&folder().join("wiltshire.toml")).expect("a team");
    trouble(&config).await;
    words.extend(["Mrs Sample".to_owned(), "LCS1234".to_owned()]);
    let log = log.0.lock().unwrap_or_else(PoisonError::into_inner);
    let log = String::from_utf8_lossy(&log).into_owned();
    let kinds = [
        "cannot be read",
        "cannot be woken",
        "not sent yet",
        "cannot be sent",
        "not configured",
        "a test's own line",
    ];
    for kind in kinds {
        assert!(
            log.contains(kind),
            "nothing was logged of {kind:?}: the test sees nothing"
        );
    }
    for line in log.lines() {
        // The database driver tells its statements, which hold no values; "on it" may stand in their comments.
        let driver = line.contains(" sqlx::");
        let texts = texts.iter().filter(|text| !driver && text.len() > 5);
        let lower = line.to_lowercase();
        for word in words.iter().chain(texts) {
            let found = holds(&lower, &word.to_lowercase());
            assert!(!found, "{word:?} is in the log: {line}");
        }
    }
}

/// True where these words stand in a line, not merely as a part of others.
fn holds(line: &str, words: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    line.match_indices(words).any(|(at, found)| {
        let (before, after) = (&line[..at], &line[at + found.len()..]);
        !letter(before.chars().next_back()) && !letter(after.chars().next())
    })
}
