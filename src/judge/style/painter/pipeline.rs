//! From pictures and a style to a network with its model card.

use std::path::Path;

use super::training::{ContentPicture, PainterInputs, trainer};
use super::{METHOD, Settings};
use crate::Judge;
use crate::score::head::fingerprint;
use crate::style::perceptual::Perceptual;
use crate::style::still::SizedPicture;
use data::dataset;
use data::sample::Samples;
use learn::checkpoint::{Interrupted, Task, Trained};
use learn::header::{ModelCard, ModelHeader};
use learn::method::settings;
use learn::pipeline::{processor_seconds, run};
use learn::training::{TrainingCallback, TrainingConfig};
use learn::{File, LearnError};
use std::collections::BTreeMap;

/// Steps of an epoch.
pub const ROUNDS: usize = 100;

/// What a network learns.
pub struct Lesson<'a> {
    /// The judge whose layers tell style and content.
    pub judge: &'a Judge,
    /// Name of the style.
    pub style_name: String,
    /// The style, and its size.
    pub style: SizedPicture<'a>,
    /// Name of the pictures.
    pub name: String,
    /// Pictures to paint.
    pub pictures: Vec<ContentPicture>,
}

impl Lesson<'_> {
    /// The task of learning it.
    ///
    /// # Errors
    /// The judge sees grey only, or the pictures are smaller than the parts.
    pub fn task(&self, values: BTreeMap<String, f64>, plan: TrainingConfig) -> Result<Task, LearnError> {
        let side = settings::<Settings>(&values).side as usize;
        let wrong = |message: String| LearnError::input(Path::new(&self.name), message);
        if self.judge.header.architecture.channels != 3 {
            return Err(wrong("expected a judge that sees colours, found one that sees grey".into()));
        }
        let is_large = |p: &&ContentPicture| p.1.0 >= side && p.1.1 >= side;
        if self.pictures.iter().filter(is_large).count() < self.pictures.len().max(1) {
            return Err(wrong(format!("expected pictures of at least {side} pixels a side")));
        }
        let header = ModelHeader {
            method: METHOD.into(),
            channels: 3,
            side,
            classes: vec![self.style_name.clone()],
            settings: values,
            card: ModelCard::default(),
            world: None,
        };
        header.check().map_err(wrong)?;
        let bytes = |x: &[f32]| x.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>();
        let mut all: Vec<u8> = self.pictures.iter().flat_map(|p| bytes(&p.0)).collect();
        all.extend(bytes(self.style.0));
        all.extend(fingerprint(self.judge).map_err(|e| wrong(e.to_string()))?.bytes());
        let version = env!("CARGO_PKG_VERSION").into();
        Ok(Task { version, header, data_hash: dataset::hash(&all), plan })
    }

    /// Learns it, from the checkpoint `from` if there is one; `None` if it is interrupted before the first epoch ends.
    ///
    /// # Errors
    /// The judge's backbone has no gradients at inference, a loss is not finite, the checkpoint does not fit, or `watch`
    /// cannot save one.
    pub fn learn(
        self,
        task: &Task,
        from: Option<(Interrupted, &Path)>,
        stop: &dyn Fn() -> bool,
        watch: &mut dyn TrainingCallback,
    ) -> Result<Option<File>, LearnError> {
        let cpu = processor_seconds();
        let failed = |e: String| LearnError::input(Path::new(&self.name), format!("cannot learn: {e}"));
        let settings: Settings = settings(&task.header.settings);
        let (picture, size) = self.style;
        let style = Perceptual::new(self.judge, size).map_err(failed)?.style(picture);
        let side = settings.side as usize;
        let perceptual = Perceptual::new(self.judge, (side, side)).map_err(failed)?;
        let count = self.pictures.len();
        let (batch, seed) = (task.plan.batch.max(1), task.plan.seed);
        let (pictures, rounds) = (self.pictures, ROUNDS);
        let inputs = PainterInputs { pictures, perceptual, style, settings, batch, rounds, seed };
        let none = Samples::empty(3, side, Vec::new());
        let Some(ended) = run(trainer(inputs), [&none, &none], &task.plan, from, stop, watch)? else {
            return Ok(None);
        };
        let trained = Trained {
            data: self.name,
            pictures: [count, 0],
            seen: (ended.progress.step * batch) as u64,
            cpu: processor_seconds() - cpu,
            interrupted: ended.interrupted,
        };
        Ok(Some(File { header: task.header_of(ended.progress, trained), weights: ended.weights }))
    }
}
