//! Seed after seed, a world in each thread, for so long or until something is wrong.

use super::mutant::Mutant;
use super::oracle::Harm;
use super::plan::Trouble;
use super::run::{Order, Outcome, run};
use super::world::Counts;
use lonewatch_core::clock;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A long run.
#[derive(Clone, Copy, Debug)]
pub struct Long {
    /// `None`: fresh ones, which are printed.
    pub first: Option<u64>,
    pub days: u64,
    pub seconds: u64,
    /// At most so many seeds.
    pub most: u64,
    pub threads: u64,
    pub trouble: Trouble,
    pub mutant: Option<Mutant>,
    /// Counts what is wrong and goes on, instead of ending with the first.
    pub counts_on: bool,
}

impl Default for Long {
    fn default() -> Self {
        Self {
            first: None,
            days: 2,
            seconds: 60,
            most: u64::MAX,
            threads: 2,
            trouble: Trouble::Any,
            mutant: None,
            counts_on: false,
        }
    }
}

/// Runs it: what was counted, or the first thing that was wrong.
pub fn long(order: Long) -> Result<String, String> {
    let fresh = || u64::try_from(clock::now().timestamp_micros()).unwrap_or(0) % 1_000_000_000;
    let first = order.first.unwrap_or_else(fresh);
    println!("seeds from {first} on, {} days each", order.days);
    let next = AtomicU64::new(0);
    let all = Mutex::new((Counts::default(), Vec::<Outcome>::new()));
    let began = Instant::now();
    let work = || {
        while began.elapsed() < Duration::from_secs(order.seconds) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let failed = all.lock().is_ok_and(|all| !all.1.is_empty());
            if failed && !order.counts_on || number >= order.most {
                return;
            }
            let outcome = run(Order {
                seed: first + number,
                days: order.days,
                trouble: order.trouble,
                mutant: order.mutant,
            });
            if let Ok(mut all) = all.lock() {
                all.0.add(&outcome.counts);
                if outcome.wrong.is_some() {
                    all.1.push(outcome);
                }
            }
        }
    };
    let places = core_affinity::get_core_ids().unwrap_or_default();
    std::thread::scope(|scope| {
        for place in 0..order.threads {
            let place = usize::try_from(place).unwrap_or(0);
            let place = places.get(place % places.len().max(1)).copied();
            scope.spawn(move || {
                // A world and its database's thread hand each other every query, and never work at the same time: on one
                // core the hand-over is cheap.
                place.map(core_affinity::set_for_current);
                work();
            });
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    let seeds = next.load(Ordering::Relaxed).min(order.most);
    let Ok((counts, wrong)) = all.into_inner() else {
        return Err("a world panicked".to_owned());
    };
    let said = summary(&counts, seeds, seconds);
    keep(&counts, &wrong)
        .map_err(|why| format!("{said}\nthe tally could not be written: {why}"))?;
    if wrong.is_empty() {
        return Ok(said);
    }
    let each = wrong.iter().map(|outcome| outcome.explain(order.days));
    Err(format!("{}\n{said}", each.collect::<Vec<_>>().join("\n\n")))
}

/// Writes a row of the table of `scripts/faults` where it keeps them (see `tests/real/tally.py`).
fn keep(counts: &Counts, wrong: &[Outcome]) -> std::io::Result<()> {
    let Some(file) = std::env::var_os("LONEWATCH_TALLY") else {
        return Ok(());
    };
    let of = |harm: Harm| {
        let same = |outcome: &&Outcome| outcome.wrong.as_ref().is_some_and(|w| w.harm == harm);
        wrong.iter().filter(same).count()
    };
    let row = serde_json::json!({
        "section": "1 the simulation",
        "row": format!("{} team-days of a seeded world", counts.team_days),
        "faults": counts.crashes + counts.faults + counts.outages + counts.jumps,
        "messages": counts.messages,
        "alarms": counts.alarms,
        "lost": of(Harm::Lost),
        "doubled": of(Harm::Doubled),
        "late": of(Harm::Late),
        "other": of(Harm::Shown) + of(Harm::Needless),
    });
    let mut rows = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)?;
    writeln!(rows, "{row}")
}

fn summary(counts: &Counts, seeds: u64, seconds: f64) -> String {
    let a_minute = counts.team_days as f64 * 60.0 / seconds;
    format!(
        "{seeds} seeds, {} team-days in {seconds:.0} s ({a_minute:.0} a minute): {} messages, {} sent, {} alarms, {} \
         crashes, {} failed sends, {} outages, {} clock jumps",
        counts.team_days,
        counts.messages,
        counts.sent,
        counts.alarms,
        counts.crashes,
        counts.faults,
        counts.outages,
        counts.jumps
    )
}
