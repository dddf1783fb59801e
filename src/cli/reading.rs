//! Options of commands that read pictures, and the notes on what was read.

use crate::data::picture::{ReadOptions, Resampling, UnreadablePolicy, colour};

/// How pictures are read.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct ReadOverrides {
    /// Background for transparent pixels: white, black, grey or #rrggbb.
    #[arg(long, value_name = "COLOUR", default_value = "white", value_parser = colour)]
    over: [u8; 3],
}

impl ReadOverrides {
    /// The background.
    pub fn background(self) -> [u8; 3] {
        self.over
    }

    /// For training: a few unreadable pictures are skipped.
    pub fn learning(self) -> ReadOptions {
        ReadOptions {
            background: self.over,
            broken: UnreadablePolicy::SkipFew,
            resampling: Resampling::Trained,
        }
    }
}

/// How sets are read for metrics.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Measured {
    #[command(flatten)]
    over: ReadOverrides,
    /// Skip files that are truncated, damaged or not pictures, and list them in the report; without it a set with such
    /// files is rejected, as metrics depend on every sample.
    #[arg(long)]
    skip_broken: bool,
}

impl Measured {
    /// The options given.
    pub fn reading(self) -> ReadOptions {
        let broken = if self.skip_broken { UnreadablePolicy::Skip } else { UnreadablePolicy::Fail };
        ReadOptions { background: self.over.over, broken, resampling: Resampling::Bicubic }
    }
}

/// Reports on the terminal what was skipped or assumed in reading a set.
pub fn report_notes(set: &str, notes: &[String]) {
    notes.iter().for_each(|note| eprintln!("{set}: {note}"));
}
