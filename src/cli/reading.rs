//! Options of commands that read pictures, and the notes on what was read.

use std::path::Path;

use crate::data::DataError;
use crate::data::picture::{LabelLevel, ReadOptions, Resampling, UnreadablePolicy, colour};
use crate::data::tree::LabelTree;
use crate::judge::Judge;

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

/// A judge from a file, or the shipped one.
///
/// # Errors
/// It cannot be read.
pub fn judge(model: Option<&Path>) -> Result<Judge, DataError> {
    model.map_or_else(Judge::shipped, Judge::load)
}

/// The tree of these classes in a file; reports what was assumed.
///
/// # Errors
/// As [`LabelTree::read`].
pub fn label_tree(file: &Path, classes: &[String]) -> Result<LabelTree, DataError> {
    let tree = LabelTree::read(file, classes)?;
    report_notes(&file.display().to_string(), &tree.notes);
    Ok(tree)
}

/// Reports on the terminal what was skipped or assumed in reading a set.
pub fn report_notes(set: &str, notes: &[String]) {
    notes.iter().for_each(|note| eprintln!("{set}: {note}"));
}
