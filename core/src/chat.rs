//! Between people and the engine: text becomes commands, notices become text.

pub mod bad;
pub mod parse;
pub mod wording;
