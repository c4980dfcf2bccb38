//! The walls inside the crate: who may know whom. The crate boundary keeps the widest one (no Matrix SDK here).

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file");
            found.push((path.display().to_string().replace('\\', "/"), text));
        }
    }
}

fn all() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources(&crate_root.join("src"), &mut found);
    sources(&crate_root.join("../src"), &mut found);
    assert!(found.len() > 80, "only {} source files", found.len());
    found
}

/// Lines of code, without comments, that contain one of the words.
fn lines<'a>(text: &'a str, words: &[&str]) -> Vec<&'a str> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    code.filter(|line| words.iter().any(|word| line.to_lowercase().contains(word)))
        .collect()
}

#[test]
fn the_domain_knows_nothing_of_ours_but_itself() {
    let others = [
        "chat",
        "store",
        "desk",
        "config",
        "courier",
        "rehearsal",
        "rooms",
        "clock",
    ];
    let others: Vec<String> = others.iter().map(|name| format!("crate::{name}")).collect();
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    for (path, text) in all()
        .iter()
        .filter(|(path, _)| path.contains("/src/domain"))
    {
        assert_eq!(lines(text, &others), Vec::<&str>::new(), "{path}");
    }
}

#[test]
fn sql_is_in_the_store_and_the_sdk_in_matrix() {
    for (path, text) in all() {
        if !path.contains("/src/store") {
            assert_eq!(
                lines(&text, &["sqlx::", "use sqlx"]),
                Vec::<&str>::new(),
                "{path}"
            );
        }
        if !path.contains("/src/matrix") && !path.contains("/src/main.rs") {
            assert_eq!(lines(&text, &["matrix_sdk"]), Vec::<&str>::new(), "{path}");
        }
    }
}

#[test]
fn no_code_names_a_council() {
    let councils = [
        "bexley",
        "rotherham",
        "hasaniya",
        "wiltshire",
        "hertfordshire",
    ];
    for (path, text) in all() {
        let named = lines(&text, &councils);
        // The one list of built-in files.
        let named: Vec<_> = named
            .into_iter()
            .filter(|line| !line.contains("include_str!"))
            .collect();
        assert_eq!(named, Vec::<&str>::new(), "{path}");
    }
}
