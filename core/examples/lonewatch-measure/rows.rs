//! The rows of the table that need no homeserver.

use super::bare::Bare;
use super::office::{OUT, Office, Outcome, configuration, desk};
use super::stats::{Mark, Pair, row};
use chrono::TimeDelta;
use lonewatch_core::store::Store;
use sqlx::{Connection, Executor, SqliteConnection};
use std::path::Path;
use std::time::{Duration, Instant};

/// So many samples of each, after a tenth of it to warm up.
pub const SAMPLES: usize = 100;
const WARM: usize = SAMPLES / 10;

fn file(folder: &Path, name: &str) -> String {
    format!("sqlite://{}", folder.join(name).display())
}

/// What the next `count` inputs say: visits are logged, begun and left again, in five teams in turn.
fn inputs(from: usize, count: usize) -> Vec<(usize, usize, String)> {
    let one = |index: usize| {
        let (turn, rest) = (index / 15, index % 15);
        let (step, team) = (rest / 5, rest % 5);
        let reference = format!("LCS{}", 2000 + turn % 7000);
        let words = match step {
            0 => format!("/visit {reference} for 1h"),
            1 => format!("arrived {reference}"),
            _ => format!("left {reference}"),
        };
        (team, OUT, words)
    };
    (from..from + count).map(one).collect()
}

/// Inputs through engine and store, beside bare inserts of as many rows in one transaction.
pub async fn durable(ours: &str, beside: &str, kind: &str) -> Outcome<bool> {
    let mut office = Office::new(ours, 5, true).await?;
    let mut bare = Bare::new(beside).await?;
    let mut met = true;
    let mut said = 0;
    for batch in [1, 15, 60] {
        let mut pair = Pair::default();
        for sample in 0..SAMPLES + WARM {
            office.now += TimeDelta::minutes(1);
            let words = inputs(said, batch);
            said += batch;
            let began = Instant::now();
            office.hear(&words).await?;
            let took = began.elapsed();
            office.post().await?;
            let began = Instant::now();
            bare.insert(batch).await?;
            if sample >= WARM {
                pair.ours(took);
                pair.beside(began.elapsed());
            }
        }
        let name = format!("{batch} durable inputs, {kind}");
        met &= row(&name, &pair, Mark::Throughput(0.5));
    }
    Ok(met)
}

/// One input and one wake-up, with few and with many shifts open.
pub async fn open_shifts(folder: &Path, most: usize) -> Outcome<bool> {
    let sizes = [100, most / 10, most];
    let mut offices = Vec::new();
    for size in &sizes {
        let url = file(folder, &format!("open-{size}.db"));
        offices.push(Office::new(&url, size.div_ceil(OUT), true).await?);
    }
    let mut heard = vec![Vec::new(); sizes.len()];
    let mut woken = vec![Vec::new(); sizes.len()];
    for sample in 0..SAMPLES + WARM {
        for (index, office) in offices.iter_mut().enumerate() {
            let visit = format!("/visit LCS{} for 5m", 3000 + sample);
            let (input, wake) = cycle(office, &visit).await?;
            if sample >= WARM {
                heard[index].push(input);
                woken[index].push(wake);
            }
        }
    }
    let mut met = true;
    for (name, taken) in [("one input", heard), ("one wake-up", woken)] {
        for (index, size) in sizes.iter().enumerate().skip(1) {
            let pair = Pair {
                ours: taken[index].clone(),
                beside: taken[0].clone(),
            };
            let name = format!("{name}, {size} open shifts beside 100");
            met &= row(&name, &pair, Mark::AtMost(1.3));
        }
    }
    Ok(met)
}

/// One visit of the one who is measured: how long its entry took, and the question at its end.
async fn cycle(office: &mut Office, visit: &str) -> Outcome<(f64, f64)> {
    office.now += TimeDelta::seconds(1);
    let began = Instant::now();
    office.hear(&[(0, OUT, visit.to_owned())]).await?;
    let input = began.elapsed();
    office.post().await?;
    // It has begun; then its end comes.
    office.wait(TimeDelta::minutes(1)).await?;
    office.post().await?;
    let began = Instant::now();
    office.wait(TimeDelta::minutes(4)).await?;
    let wake = began.elapsed();
    office.post().await?;
    office.hear(&[(0, OUT, "left".to_owned())]).await?;
    office.post().await?;
    Ok((input.as_secs_f64(), wake.as_secs_f64()))
}

/// From the start of the process to "watching", without the homeserver: the store is opened, the desk made, everything heard.
pub async fn start(folder: &Path, shifts: usize, journal: i64) -> Outcome<bool> {
    let teams = shifts.div_ceil(OUT);
    let (full, empty) = (file(folder, "full.db"), file(folder, "empty.db"));
    for (url, out) in [(&full, true), (&empty, false)] {
        let mut office = Office::new(url, teams, out).await?;
        // Everybody has been seen once, as on any day.
        office.hear(&[(1, OUT, "/mine".to_owned())]).await?;
        office.post().await?;
        office.store.close().await;
    }
    let mut db = SqliteConnection::connect(&full).await?;
    let fill = format!(
        "INSERT INTO journal (id, at, team, kind, aggregate, input, decision) \
         WITH RECURSIVE n (i) AS (SELECT 1000000 UNION ALL SELECT i + 1 FROM n WHERE i < {}) \
         SELECT i, 1767225600000 + i, 'team-000000', 'shift', 'team-000000/w1/' || (i / 12), \
         '{{\"input\":\"tick\"}}', 'the worker was asked; the board was renewed' FROM n",
        1_000_000 + journal - 1
    );
    db.execute(sqlx::AssertSqlSafe(fill)).await?;
    db.close().await?;
    let config = configuration(teams)?;
    let mut pair = Pair::default();
    for sample in 0..SAMPLES + WARM {
        let mut took = [Duration::ZERO; 2];
        for (took, url) in took.iter_mut().zip([&full, &empty]) {
            let began = Instant::now();
            let store = Store::open(url).await?;
            let mut desk = desk(&store, &config)?;
            let now = super::office::monday() + TimeDelta::minutes(1);
            desk.listen(now).await?;
            desk.say_if_blind(now).await?;
            *took = began.elapsed();
            store.close().await;
        }
        if sample >= WARM {
            pair.ours(took[0]);
            pair.beside(took[1]);
        }
    }
    let name = format!(
        "start without the homeserver, {shifts} open shifts and {journal} rows in the journal, beside none"
    );
    Ok(row(&name, &pair, Mark::AtMost(1.5)))
}

/// How much a visit adds to the database.
pub async fn growth(folder: &Path) -> Outcome<()> {
    const VISITS: usize = 1_000;
    let path = folder.join("growth.db");
    let url = format!("sqlite://{}", path.display());
    let mut office = Office::new(&url, 1, true).await?;
    let before = size(&url).await?;
    for visit in 0..VISITS {
        office.now += TimeDelta::seconds(20);
        let said = [
            (0, OUT, format!("/visit LCS{} for 1h", 2000 + visit)),
            (0, OUT, "arrived".to_owned()),
            (0, OUT, "left".to_owned()),
        ];
        office.hear(&said).await?;
        office.post().await?;
    }
    let grown = size(&url).await? - before;
    let visits = i64::try_from(VISITS)?;
    println!(
        "\nA visit (logged, arrived, left; a team of {OUT} out): {} bytes of the database.",
        grown / visits
    );
    for table in ["inbox", "outbox", "aggregates", "journal"] {
        let mut db = SqliteConnection::connect(&url).await?;
        let count = format!("SELECT COUNT(*) FROM {table}");
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(count))
            .fetch_one(&mut db)
            .await?;
        println!("- {table}: {rows} rows after {VISITS} visits");
    }
    Ok(())
}

async fn size(url: &str) -> Outcome<i64> {
    let mut db = SqliteConnection::connect(url).await?;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(&mut db)
        .await?;
    let bytes: i64 = sqlx::query_scalar("PRAGMA page_size")
        .fetch_one(&mut db)
        .await?;
    Ok(pages * bytes)
}
