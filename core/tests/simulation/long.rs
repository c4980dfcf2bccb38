//! Seed after seed, a world in each thread, for so long or until something is wrong.

use super::mutant::Mutant;
use super::plan::Trouble;
use super::run::{Order, Outcome, run};
use super::world::Counts;
use lonewatch_core::clock;
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
        }
    }
}

/// Runs it: what was counted, or the first thing that was wrong.
pub fn long(order: Long) -> Result<String, String> {
    let fresh = || u64::try_from(clock::now().timestamp_micros()).unwrap_or(0) % 1_000_000_000;
    let first = order.first.unwrap_or_else(fresh);
    println!("seeds from {first} on, {} days each", order.days);
    let next = AtomicU64::new(0);
    let all = Mutex::new((Counts::default(), None::<Outcome>));
    let began = Instant::now();
    let work = || {
        while began.elapsed() < Duration::from_secs(order.seconds) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let failed = all.lock().is_ok_and(|all| all.1.is_some());
            if failed || number >= order.most {
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
                if outcome.wrong.is_some() && all.1.is_none() {
                    all.1 = Some(outcome);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..order.threads {
            scope.spawn(work);
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    let seeds = next.load(Ordering::Relaxed).min(order.most);
    let Ok((counts, wrong)) = all.into_inner() else {
        return Err("a world panicked".to_owned());
    };
    let said = summary(&counts, seeds, seconds);
    match wrong {
        None => Ok(said),
        Some(outcome) => Err(format!("{}\n{said}", outcome.explain(order.days))),
    }
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
