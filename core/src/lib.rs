//! Lonewatch without Matrix: the engine, the store, the desk, the words and the rehearsal.

pub mod domain;
