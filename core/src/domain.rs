//! The pure core: what a shift is and what happens to it. Imports nothing of ours but itself.

pub mod alarm;
pub mod command;
pub mod deed;
pub mod drill;
pub mod engine;
pub mod fallback;
pub mod handover;
pub mod ids;
pub mod inbound;
pub mod inquiry;
pub mod ladder;
pub mod notice;
pub mod outgoing;
pub mod phrase;
pub mod policy;
pub mod proof;
pub mod reach;
pub mod roster;
pub mod shift;
pub mod team_state;
