//! What each fuzz target does with its bytes. The same functions replay the corpus in `core/tests/corpus.rs`.

mod bodies;

pub use bodies::{command, configuration, phrase, policy, scenario};
