//! What Lonewatch costs without a homeserver, beside a bare database or beside itself: `scripts/bench core` runs it.
//!
//! `lonewatch-measure [inputs] [shifts] [start] [growth]`: these rows of the table, or all. `LONEWATCH_TEST_POSTGRES` names
//! a PostgreSQL for the row that needs one. `--small` takes a hundredth of everything, to see that it runs. Times are
//! printed, ratios are judged.

mod bare;
mod office;
mod rows;
mod stats;

use office::Outcome;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    let small = wanted.iter().any(|name| name == "--small");
    wanted.retain(|name| name != "--small");
    let known = ["inputs", "shifts", "start", "growth"];
    if let Some(other) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        eprintln!("no row '{other}'; there are: {}", known.join(" "));
        return ExitCode::from(2);
    }
    if wanted.is_empty() {
        wanted = known.map(str::to_owned).to_vec();
    }
    let folder = std::env::temp_dir().join(format!("lonewatch-measure-{}", std::process::id()));
    let measured = std::fs::create_dir_all(&folder)
        .map_err(Into::into)
        .and_then(|()| {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()?;
            runtime.block_on(measure(&folder, &wanted, small))
        });
    let _ = std::fs::remove_dir_all(&folder);
    match measured {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("a mark is not met");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// True where every mark is met.
async fn measure(folder: &std::path::Path, wanted: &[String], small: bool) -> Outcome<bool> {
    let wants = |name: &str| wanted.iter().any(|one| one == name);
    let scale = if small { 100 } else { 1 };
    let mut met = true;
    stats::head();
    if wants("inputs") {
        let file = |name: &str| format!("sqlite://{}?mode=rwc", folder.join(name).display());
        let ours = format!("sqlite://{}", folder.join("inputs.db").display());
        met &= rows::durable(&ours, &file("bare.db"), "SQLite, synchronous = FULL").await?;
        match std::env::var("LONEWATCH_TEST_POSTGRES") {
            Ok(url) => {
                met &= rows::durable(&url, &url, "PostgreSQL").await?;
            }
            Err(_) => println!(
                "| durable inputs, PostgreSQL | not measured: no PostgreSQL | | | ≥ 0.5 × | | |"
            ),
        }
    }
    if wants("shifts") {
        met &= rows::open_shifts(folder, (100_000 / scale).max(200)).await?;
    }
    if wants("start") {
        met &= rows::start(folder, 100_000 / scale, 5_000_000 / i64::try_from(scale)?).await?;
    }
    if wants("growth") {
        rows::growth(folder).await?;
    }
    Ok(met)
}
