//! Lonewatch without Matrix: the engine, the store, the desk, the words and the rehearsal.

pub mod chat;
pub mod clock;
pub mod config;
pub mod courier;
pub mod desk;
pub mod domain;
pub mod rehearsal;
pub mod rooms;
pub mod seal;
pub mod store;
