//! What an experiment runs on: pictures, seeds, the plan of a training.

use std::ops::Range;
use std::path::PathBuf;

use super::glyphs;
use crate::runs::Run;
use data::sample::{Data, ImageKind, Samples, shuffled};
use judge::architecture::{Architecture, unnamed};
use judge::layer_options::LayerOptions;
use judge::training_config::TrainingConfig;
use world::rng::Rng;

/// Side of the pictures that the program draws.
pub const SIDE: usize = 16;

/// What an experiment runs on.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Pictures; without them the program draws its own.
    pub data: Option<Data>,
    /// A text, for those about language; without it the program's documents.
    pub text: Option<String>,
    /// Number of seeds.
    pub seeds: u64,
    /// The first seed.
    pub seed: u64,
    /// Training pictures of each training, instead of the experiment's own number.
    pub pictures: Option<usize>,
    /// Epochs of each training, instead of the experiment's own number.
    pub epochs: Option<usize>,
    /// Where finished trainings are kept.
    pub folder: PathBuf,
}

/// Pictures of one training.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// To learn from.
    pub train: Samples,
    /// To be measured on.
    pub test: Samples,
    /// How they may be varied.
    pub kind: ImageKind,
}

impl Setup {
    /// On pictures of its own, which it keeps in a folder.
    pub fn own(folder: PathBuf) -> Self {
        Self { data: None, text: None, seeds: 3, seed: 1, pictures: None, epochs: None, folder }
    }

    /// The seeds.
    pub fn all_seeds(&self) -> Range<u64> {
        self.seed..self.seed + self.seeds
    }

    /// Training pictures, other ones with every seed, and test pictures, the same with all: as many as are wanted, unless
    /// there are fewer or another number was asked for.
    pub fn pictures(&self, training: usize, test: usize, seed: u64) -> Pictures {
        self.exactly(self.pictures.unwrap_or(training), test, seed)
    }

    /// The same, whatever number was asked for.
    pub fn exactly(&self, training: usize, test: usize, seed: u64) -> Pictures {
        let Some(data) = &self.data else {
            return Pictures {
                train: glyphs::drawn(training, SIDE, Rng::new(seed).named("training glyphs")),
                test: glyphs::drawn(test, SIDE, Rng::new(0).named("test glyphs")),
                kind: ImageKind::Glyphs,
            };
        };
        let some = |samples: &Samples, most: usize, rng: Rng| {
            let mut places = shuffled(samples.len(), rng);
            places.truncate(most);
            places.sort_unstable();
            samples.pick(&places)
        };
        Pictures {
            train: some(&data.train, training, Rng::new(seed).named("training pictures")),
            test: some(&data.test, test, Rng::new(0).named("test pictures")),
            kind: data.kind,
        }
    }

    /// Adam at its usual rate without anything that holds it back: no decay, dropout, smoothing or strangers.
    pub fn plan(&self, epochs: usize, seed: u64) -> TrainingConfig {
        TrainingConfig {
            epochs: self.epochs.unwrap_or(epochs),
            batch: 32,
            optimiser: "adam".into(),
            decay: 0.0,
            dropout: 0.0,
            smoothing: 0.0,
            strangers: 0.0,
            seed,
            ..TrainingConfig::default()
        }
    }

    /// What is trained on, in words.
    pub fn named(&self) -> String {
        match &self.data {
            Some(data) => data.name.clone(),
            None => format!("glyphs of ten classes that the program draws ({SIDE} × {SIDE} pixels, grey)"),
        }
    }
}

/// The first backbone, for such pictures.
pub fn network(samples: &Samples) -> Architecture {
    Architecture {
        channels: samples.channels,
        side: samples.side,
        classes: samples.classes.len(),
        backbone: unnamed(),
        layers: LayerOptions::default(),
    }
}

impl Pictures {
    /// A training on them, measured on both sets: `training` and `test`.
    pub fn run(&self, name: &str, plan: TrainingConfig) -> Run {
        Run {
            name: file_name(name, plan.seed),
            architecture: network(&self.train),
            plan,
            kind: self.kind,
            phases: vec![self.train.clone()],
            watched: vec![("training".into(), self.train.clone()), ("test".into(), self.test.clone())],
        }
    }

    /// The same without variations in training.
    pub fn fixed(self) -> Self {
        Self { kind: ImageKind::Fixed, ..self }
    }
}

/// The name of a training's file.
pub fn file_name(name: &str, seed: u64) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
    format!("{}-{seed}", name.chars().map(plain).collect::<String>())
}
