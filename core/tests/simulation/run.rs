//! One run of a seed.

use super::mutant::Mutant;
use super::oracle::Harm;
use super::plan::{Plan, Trouble};
use super::world::{Counts, World};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    pub seed: u64,
    pub days: u64,
    pub trouble: Trouble,
    pub mutant: Option<Mutant>,
}

/// What was wrong: at which step, and what had happened before it.
#[derive(Debug)]
pub struct Wrong {
    pub step: u64,
    pub harm: Harm,
    pub what: String,
    pub last: Vec<String>,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub seed: u64,
    pub counts: Counts,
    /// The same for the same seed.
    pub hash: u64,
    pub wrong: Option<Wrong>,
}

impl Outcome {
    /// For people: what was wrong, and how to see it again.
    pub fn explain(&self, days: u64) -> String {
        let Some(Wrong {
            step,
            harm,
            what,
            last,
        }) = &self.wrong
        else {
            return format!("seed {}: all held", self.seed);
        };
        let seed = self.seed;
        format!(
            "{}\n\nseed {seed}, step {step}, {harm:?}: {what}\nagain: LONEWATCH_SIM_SEED={seed} cargo test --test simulation\n\
             or: cargo run --release -p lonewatch-core --example lonewatch-sim -- --seed {seed} --days {days}",
            last.join("\n")
        )
    }
}

/// Plays a world in a thread of its own making: nothing in it runs beside anything else.
pub fn run(order: Order) -> Outcome {
    let folder = folder();
    std::fs::create_dir_all(&folder).expect("a folder for the database");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let outcome = runtime
        .expect("a runtime")
        .block_on(play(order, folder.clone()));
    let _ = std::fs::remove_dir_all(&folder);
    outcome
}

async fn play(order: Order, folder: PathBuf) -> Outcome {
    let plan = Plan::of(order.seed, order.days, order.trouble);
    let seed = order.seed;
    let mut world = match World::new(plan, order.mutant, folder).await {
        Ok(world) => world,
        Err(why) => {
            return Outcome {
                seed,
                counts: Counts::default(),
                hash: 0,
                wrong: Some(Wrong {
                    step: 0,
                    harm: Harm::Lost,
                    what: why,
                    last: vec![],
                }),
            };
        }
    };
    let broken = world.run().await.err();
    let found = world.oracle.found().cloned();
    let step = world.transcript.step;
    let wrong = found.or(broken.map(|why| (Harm::Lost, format!("the bot cannot go on: {why}"))));
    Outcome {
        seed,
        counts: world.counts,
        hash: world.transcript.hash(),
        wrong: wrong.map(|(harm, what)| Wrong {
            step,
            harm,
            what,
            last: world.transcript.last(),
        }),
    }
}

/// In memory where the system has such a place: nothing of it is kept.
fn folder() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let memory = PathBuf::from("/dev/shm");
    let base = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    base.join(format!("lonewatch-sim-{}-{count}", std::process::id()))
}
