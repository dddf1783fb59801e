//! Options of commands that read pictures, and the notes on what was read.

use crate::data::picture::{LabelLevel, ReadOptions, Resampling, UnreadablePolicy, colour};

/// How pictures are read.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct ReadOverrides {
    /// Background for transparent pixels: white, black, grey or #rrggbb.
    #[arg(long, value_name = "COLOUR", default_value = "white", value_parser = colour)]
    over: [u8; 3],
    /// Labels of a set that has two of each picture (CIFAR-100).
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Labels::Fine)]
    label_level: Labels,
}

/// Which labels count in a set that has two of each picture.
#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Labels {
    /// Classes.
    Fine,
    /// Superclasses.
    Coarse,
}

impl Labels {
    fn level(self) -> LabelLevel {
        match self {
            Self::Fine => LabelLevel::Fine,
            Self::Coarse => LabelLevel::Coarse,
        }
    }
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
            labels: self.label_level.level(),
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
        let labels = self.over.label_level.level();
        ReadOptions { background: self.over.over, broken, resampling: Resampling::Bicubic, labels }
    }
}

/// Reports on the terminal what was skipped or assumed in reading a set.
pub fn report_notes(set: &str, notes: &[String]) {
    notes.iter().for_each(|note| eprintln!("{set}: {note}"));
}
