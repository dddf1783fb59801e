//! A trained generator, read from its file.

use std::path::Path;

use super::{Clip, Cost, Generator, GeneratorError, SampleSpec, Stopwatch, fitted, hash_of};
use crate::price::{Latency, Profile, Steering};
use learn::model::bytes;
use learn::{File, LearnError, Model};
pub use systems::learned::imitators::IMITATOR;
use systems::learned::imitators::imitator_of;
use world::limits;
use world::rng::Rng;

/// Frames between successive waypoints of the latent walk.
const WALK: usize = 12;

/// A trained generator. The first frame of a seed is the picture that `untrained generate` makes of it; subsequent
/// frames walk through latent space from there to random points derived from the seed. A conditional generator samples
/// classes uniformly.
pub struct Learned {
    name: String,
    about: String,
    classes: Vec<String>,
    cost: Cost,
    hash: u64,
    model: Box<dyn Model>,
}

impl Learned {
    /// Opens a file that `untrained learn` wrote.
    ///
    /// # Errors
    /// It cannot be read, or is not a generator of this program.
    pub fn open(name: &str, path: &Path) -> Result<Self, GeneratorError> {
        let data =
            limits::read(path, limits::WEIGHTS).map_err(|e| wrong(path, LearnError::io("read", path, e)))?;
        Self::from_bytes(name, &data, path)
    }

    /// The imitator shipped with a scene.
    ///
    /// # Errors
    /// The scene has none.
    pub fn imitator(name: &str, scene: &str) -> Result<Self, GeneratorError> {
        let word = format!("{IMITATOR}{scene}");
        let data = imitator_of(scene).map_err(|e| GeneratorError::input(&word, e))?;
        Self::from_bytes(name, data, Path::new(&word))
    }

    fn from_bytes(name: &str, data: &[u8], path: &Path) -> Result<Self, GeneratorError> {
        let word = path.display();
        let file = File::from_bytes(data, path).map_err(|e| wrong(path, e))?;
        let model = file.open(path).map_err(|e| wrong(path, e))?;
        let (header, card) = (&file.header, &file.header.card);
        let about = format!(
            "Learned: a {} trained on {} pictures of {} (hash {}) by version {}; {word}.",
            header.method, card.pictures[0], card.data, card.data_hash, card.version
        );
        let cost = Cost {
            description_bytes: data.len() as u64,
            training_seconds: card.seconds[1],
            training_images: card.pictures[0] as u64,
        };
        let classes = if model.is_conditional() { header.classes.clone() } else { Vec::new() };
        Ok(Self { name: name.into(), about, classes, cost, hash: hash_of([data]), model })
    }
}

fn wrong(path: &Path, e: LearnError) -> GeneratorError {
    let word = path.display().to_string();
    GeneratorError::input(&word, e.to_string().trim_start_matches(&format!("{word}: ")))
}

impl Generator for Learned {
    fn name(&self) -> &str {
        &self.name
    }
    fn about(&self) -> String {
        self.about.clone()
    }
    fn cost(&self) -> Cost {
        self.cost
    }
    fn hash(&self) -> u64 {
        self.hash
    }
    fn profile(&self) -> Profile {
        let knobs = usize::from(!self.classes.is_empty());
        Profile { steering: Steering { knobs, latency: Latency::Picture }, ..Profile::default() }
    }
    fn native_size(&self) -> Option<(usize, usize)> {
        let side = self.model.shape().side;
        Some((side, side))
    }
    fn classes(&self) -> &[String] {
        &self.classes
    }
    fn label(&self, seed: u64) -> Option<usize> {
        let n = self.classes.len() as u64;
        (n > 0).then(|| Rng::new(seed).named("label").below(0, n) as usize)
    }
    fn sample(&self, seed: u64, spec: &SampleSpec) -> Result<Clip, GeneratorError> {
        let mut clock = Stopwatch::start();
        let (label, shape) = (self.label(seed), self.model.shape());
        let rng = Rng::new(seed).named("generate");
        let waypoint = |i: usize| match i {
            0 => self.model.point(label, rng),
            i => self.model.point(label, rng.named("walk").fork(i as u64)),
        };
        let (mut from, mut to) = (waypoint(0), Vec::new());
        let mut clip = Clip {
            frames: Vec::new(),
            side: spec.side,
            channels: spec.channels,
            label,
            milliseconds: Vec::new(),
        };
        for frame in 0..spec.frames {
            let (leg, along) = (frame / WALK, frame % WALK);
            if along == 0 && frame > 0 {
                from = std::mem::take(&mut to);
            }
            if along == 1 {
                to = waypoint(leg + 1);
            }
            let point = match along {
                0 => from.clone(),
                _ => self.model.between(&from, &to, along as f32 / WALK as f32),
            };
            let picture = self.model.picture(&point, label);
            if let Some(bad) = picture.iter().find(|v| !v.is_finite()) {
                return Err(GeneratorError::sample(
                    &self.name,
                    seed,
                    format!("it produced a pixel of {bad}"),
                ));
            }
            let pixels = bytes(&picture, shape);
            clip.frames.push(fitted(&pixels, (shape.side, shape.side), shape.channels, spec));
            clip.milliseconds.push(clock.lap());
        }
        Ok(clip)
    }
}
