//! Options of commands that read pictures, and what is told of what was read.

use crate::data::picture::{Broken, Reading, colour};

/// How pictures are read.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Over {
    /// What shows through where a picture is clear: white, black, grey or #rrggbb.
    #[arg(long, value_name = "COLOUR", default_value = "white", value_parser = colour)]
    over: [u8; 3],
}

impl Over {
    /// The background.
    pub fn background(self) -> [u8; 3] {
        self.over
    }

    /// For learning: few broken pictures are left out.
    pub fn learning(self) -> Reading {
        Reading { background: self.over, broken: Broken::LeaveFewOut }
    }
}

/// How sets are read that figures are taken of.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Measured {
    #[command(flatten)]
    over: Over,
    /// Leave out pictures that are cut off, damaged or no pictures, and say so in the report; without it a set that has
    /// some is refused, as figures depend on every sample.
    #[arg(long)]
    skip_broken: bool,
}

impl Measured {
    /// As asked for.
    pub fn reading(self) -> Reading {
        let broken = if self.skip_broken { Broken::LeaveOut } else { Broken::Refuse };
        Reading { background: self.over.over, broken }
    }
}

/// Tells on the terminal what was left out or taken for granted in reading a set.
pub fn tell(set: &str, notes: &[String]) {
    notes.iter().for_each(|note| eprintln!("{set}: {note}"));
}
