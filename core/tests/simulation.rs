//! The simulation: the real desk, store and courier in a seeded world, and an oracle that shares no code with them.
//!
//! `LONEWATCH_SIM_SEED=7 cargo test --test simulation` plays that seed alone (with `LONEWATCH_SIM_DAYS`, 2 where it is not
//! set); `LONEWATCH_SIM_SECONDS=120` plays fresh seeds for so long, and prints them. `LONEWATCH_SIM_ALOUD=1` prints all that
//! is said.

#[path = "simulation/mod.rs"]
mod simulation;

use simulation::long::{Long, long};
use simulation::mutant::{ALL, Mutant};
use simulation::plan::Trouble;
use simulation::run::{Order, run};

/// Seeds that are always played: some calm, some not.
const FIXED: u64 = 4;
/// A broken bot is caught within so many seeds.
const MOST_SEEDS: u64 = 150;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}

fn order(seed: u64, days: u64) -> Order {
    Order {
        seed,
        days,
        trouble: Trouble::Any,
        mutant: None,
    }
}

#[test]
fn everything_holds() {
    let days = number("LONEWATCH_SIM_DAYS").unwrap_or(2);
    if let Some(seed) = number("LONEWATCH_SIM_SEED") {
        let outcome = run(order(seed, days));
        println!("{}\n{:?}", outcome.explain(days), outcome.counts);
        assert!(outcome.wrong.is_none(), "seed {seed}");
        return;
    }
    let fresh = number("LONEWATCH_SIM_SECONDS");
    let said = long(Long {
        first: fresh.is_none().then_some(0),
        days,
        seconds: fresh.unwrap_or(u64::from(u32::MAX)),
        most: if fresh.is_some() { u64::MAX } else { FIXED },
        ..Long::default()
    });
    match said {
        Ok(said) => println!("{said}"),
        Err(said) => panic!("{said}"),
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 11] {
        let first = run(order(seed, 1));
        let second = run(order(seed, 1));
        assert_eq!(first.hash, second.hash, "seed {seed}");
        assert!(first.counts.sent > 0, "seed {seed} says nothing");
        assert_ne!(first.hash, run(order(seed + 1, 1)).hash, "seed {seed}");
    }
}

/// Plays seeds until the oracle sees what is wrong with this bot.
fn is_caught(mutant: Mutant) {
    let (name, _) = ALL
        .iter()
        .find(|(_, each)| *each == mutant)
        .expect("a name");
    for seed in 0..MOST_SEEDS {
        let outcome = run(Order {
            mutant: Some(mutant),
            ..order(seed, 1)
        });
        if let Some(wrong) = outcome.wrong {
            println!(
                "a bot that {name}: seed {seed}, step {}: {}",
                wrong.step, wrong.what
            );
            return;
        }
    }
    panic!("nobody notices a bot that {name}");
}

/// A test for each broken bot, under its name.
macro_rules! mutants {
    ($($name:ident: $mutant:ident),* $(,)?) => {
        mod a_bot_that {
            use super::{Mutant, is_caught};
            $(#[test] fn $name() { is_caught(Mutant::$mutant); })*
        }

        #[test]
        fn each_broken_bot_has_its_test() {
            assert_eq!(ALL.map(|(_, mutant)| mutant), [$(Mutant::$mutant),*]);
        }
    };
}

mutants! {
    drops_messages_of_the_inbox: DropsInbox,
    marks_as_sent_before_it_sends: MarksFirst,
    forgets_the_follow_up: ForgetsFollowUp,
    hears_twice: HearsTwice,
    loses_a_refusal: LosesRefusal,
    never_wakes: NeverWakes,
    forgets_at_a_restart: ForgetsAtRestart,
    leaves_out_a_step: LeavesOutStep,
    steps_late: StepsLate,
    pages_the_worker: PagesWorker,
    shows_it_to_the_worker: ShowsWorker,
    raises_before_hearing: RaisesBeforeHearing,
    sends_twice: SendsTwice,
    hides_that_it_was_blind: HidesBlindness,
    pages_after_a_stand_down: PagesAfterStandDown,
    believes_strangers: BelievesStrangers,
    ignores_edits: IgnoresEdits,
    tells_the_phrase: TellsPhrase,
    tells_the_teams_room: TellsTeamRoom,
    takes_a_wait_for_a_refusal: WaitIsRefusal,
    never_reminds: NeverReminds,
    ignores_taps: IgnoresTaps,
    mixes_teams: MixesTeams,
    gives_up_what_fails: GivesUpRetries,
}
