//! Long runs of the simulation: `cargo run --release -p lonewatch-core --example lonewatch-sim -- --minutes 2`.
//!
//! `--seconds N` is the same in seconds, `--seed N` runs one seed alone, `--days N` so many days of it, `--from N` begins with that seed and goes on,
//! `--threads N` (2), `--calm` breaks nothing, `--count` goes on after what was wrong, `--mutant NAME` a bot that is broken on purpose.

#[path = "../tests/simulation/mod.rs"]
mod simulation;

use simulation::long::{Long, long};
use simulation::mutant::ALL;
use simulation::plan::Trouble;
use simulation::run::{Order, run};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut long_run = Long::default();
    let mut seed = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match name.as_str() {
            "--calm" => {
                long_run.trouble = Trouble::None;
                continue;
            }
            "--count" => {
                long_run.counts_on = true;
                continue;
            }
            _ => {}
        }
        let Some(value) = arguments.next() else {
            eprintln!("{name}: a value is missing");
            return ExitCode::from(2);
        };
        let number = value.parse::<u64>();
        match (name.as_str(), number) {
            ("--seed", Ok(n)) => seed = Some(n),
            ("--from", Ok(n)) => long_run.first = Some(n),
            ("--days", Ok(n)) => long_run.days = n.max(1),
            ("--minutes", Ok(n)) => long_run.seconds = n * 60,
            ("--seconds", Ok(n)) => long_run.seconds = n,
            ("--threads", Ok(n)) => long_run.threads = n.max(1),
            ("--mutant", Err(_)) => {
                let found = ALL.iter().find(|(named, _)| named.contains(&value));
                long_run.mutant = found.map(|(_, mutant)| *mutant);
            }
            _ => {
                eprintln!(
                    "{name} {value}: not understood; see the head of examples/lonewatch-sim.rs"
                );
                return ExitCode::from(2);
            }
        }
    }
    if let Some(seed) = seed {
        let outcome = run(Order {
            seed,
            days: long_run.days,
            trouble: long_run.trouble,
            mutant: long_run.mutant,
        });
        println!("{}", outcome.explain(long_run.days));
        println!("{:?} transcript {:016x}", outcome.counts, outcome.hash);
        return ExitCode::from(u8::from(outcome.wrong.is_some()));
    }
    match long(long_run) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(said) => {
            println!("{said}");
            ExitCode::FAILURE
        }
    }
}
