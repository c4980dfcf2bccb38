//! The simulation (issue 4, section 1): the real desk, store and courier in a seeded world.
//!
//! - `plan`, `dice`: what a seed decides. `town`: teams and policies, read from the files once more. `people`, `react`: what
//!   workers and responders say. `world`, `act`: time, the process, what comes to it and what breaks. `server`: the
//!   homeserver as the courier meets it. `fuse`: death at a commit. `oracle`: what must hold. `mutant`: bots that are broken
//!   on purpose. `run`, `long`: one seed, many seeds.
//!
//! One thread plays a world, and nothing in it runs beside anything else; the bot's clock and all chance come from the seed. So
//! a seed is a run, and the test of determinism compares two.
//!
//! What breaks: the process dies inside any transaction that writes (all before it is on disk, nothing of it), so also between
//! a send and its mark; it starts again with or without opening the database anew. Sends fail, time out after they were taken,
//! are to wait, are refused. The process is down; the homeserver is away; the clock is set forward and back. Messages come
//! twice, late, before the one that they edit.
//!
//! # What the oracle checks
//! - Every step of a ladder has reached everybody whom it names by its time (plus what was disturbed, and 75 s: the longest
//!   wait of the courier's and one round). The worker was asked. Calls by code phrase, SOS, "ring me", unreadable messages.
//! - No alarm falls silent: not unanswered (its repeat), nor taken on (its follow-up), nor with the police (an hour).
//! - No alarm without a reason, before its time, or after it was stood down; nothing about a visit that is over.
//! - What was said is answered once. No message and no reminder twice; no step twice to the same person.
//! - A refused page is told of, with the name. Having been blind is told, with the time, and only then.
//! - Nobody sees an alarm about themselves that is secret or rings, by place or by ping. No phrase anywhere. In the team's room
//!   nothing of alarms, and no number. Strangers and those without a say end nothing.
//!
//! # What it does not check
//! - Where the small model is not certain it asks for nothing: her visits after a call for help, after a responder has spoken to
//!   her or stood something down (`Stand::Hazy`), steps after the first of a call (its silence is watched instead).
//! - Covertness byte for byte, and the texts on her phone: `core/tests/covert.rs` compares two days.
//! - Invariant 7 (`core/tests/proof.rs`, `config.rs`) and 8 (`core/tests/desk.rs`). Cover, leave, companions, drills, holding
//!   overnight, registers, files; people in two teams. A key that comes late, and gaps of a timeline (`tests/real`).
//! - PostgreSQL; two threads of one process at the same moment: desk and courier take turns here.
#![allow(dead_code, clippy::disallowed_methods)]
mod act;
pub mod dice;
mod fuse;
pub mod long;
pub mod mutant;
mod oracle;
mod people;
pub mod plan;
mod react;
pub mod run;
mod server;
mod talk;
mod town;
mod transcript;
mod world;
