//! Options of commands that read pictures, and what is told of what was read.

use crate::data::picture::{ReadOptions, UnreadablePolicy, colour};

/// How pictures are read.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct ReadOverrides {
    /// What shows through where a picture is clear: white, black, grey or #rrggbb.
    #[arg(long, value_name = "COLOUR", default_value = "white", value_parser = colour)]
    over: [u8; 3],
}

impl ReadOverrides {
    /// The background.
    pub fn background(self) -> [u8; 3] {
        self.over
    }

    /// For learning: few broken pictures are left out.
    pub fn learning(self) -> ReadOptions {
        ReadOptions { background: self.over, broken: UnreadablePolicy::SkipFew }
    }
}

/// How sets are read that figures are taken of.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Measured {
    #[command(flatten)]
    over: ReadOverrides,
    /// Leave out pictures that are cut off, damaged or no pictures, and say so in the report; without it a set that has
    /// some is refused, as figures depend on every sample.
    #[arg(long)]
    skip_broken: bool,
}

impl Measured {
    /// As asked for.
    pub fn reading(self) -> ReadOptions {
        let broken = if self.skip_broken { UnreadablePolicy::Skip } else { UnreadablePolicy::Fail };
        ReadOptions { background: self.over.over, broken }
    }
}

/// Tells on the terminal what was left out or taken for granted in reading a set.
pub fn tell(set: &str, notes: &[String]) {
    notes.iter().for_each(|note| eprintln!("{set}: {note}"));
}
