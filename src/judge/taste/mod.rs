//! A person's taste: which of two pictures is liked better, learned from votes on pairs.
//!
//! Votes give each picture a strength ([`bradley_terry`]), and a linear head on the judge's embedding ([`head`]) learns
//! them at once, so that pictures which nobody has voted on have a score, too. In a show it asks about pairs of its pictures ([`live`]).

pub mod bradley_terry;
pub mod file;
pub mod head;
mod linear;
pub mod live;

pub use file::TasteFile;
pub use head::{Agreement, Taste};
pub use live::LiveTaste;
