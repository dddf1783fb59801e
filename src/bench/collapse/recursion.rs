//! Recursive training with one generator, one regime and one seed, saved generation by generation.
//!
//! A folder `vae-replace-1` holds for each finished generation its weights, a contact sheet of samples and, written
//! last, its metrics: a generation without metrics is redone.

use std::path::{Path, PathBuf};

use rand::seq::index;
use rayon::prelude::*;

use super::Regime;
use super::measure::{GenerationMetrics, read};
use crate::sets::FeatureExtractor;
use crate::sets::image_set::ImageSet;
use crate::sets::pictures::ExtractedFeatures;
use data::sample::Samples;
use learn::data::TrainingImages;
use learn::method::Method;
use learn::model::{Model, bytes};
use learn::pipeline::{task, train_generator};
use learn::sheet::ContactSheet;
use learn::training::{Losses, TrainingCallback, TrainingConfig, TrainingRun};
use learn::{File, LearnError};
use world::frame::{write_atomic, write_durable};
use world::limits;
use world::rng::Rng;

/// What all recursive runs of an experiment share.
pub struct Experiment<'a> {
    /// Pictures that the first generation is trained on.
    pub origin: &'a Samples,
    /// Held-out pictures.
    pub held_out: &'a ImageSet,
    /// Features of the held-out pictures.
    pub reference: &'a ExtractedFeatures,
    /// Feature extractor.
    pub extractor: &'a FeatureExtractor,
    /// Generations.
    pub generations: usize,
    /// Epochs; the method's own number if not given.
    pub epochs: Option<usize>,
    /// Output folder.
    pub out: &'a Path,
}

/// One recursive run.
#[derive(Clone, Copy)]
pub struct RecursiveRun {
    /// The method.
    pub method: &'static Method,
    /// What each generation is trained on.
    pub regime: Regime,
    /// Seed of training and sampling.
    pub seed: u64,
}

struct NoCallback;

impl TrainingCallback for NoCallback {
    fn step(&mut self, _: usize, _: usize, _: &Losses) {}
    fn epoch(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
    fn checkpoint(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
}

impl RecursiveRun {
    /// Name of its folder.
    pub fn name(&self) -> String {
        format!("{}-{}-{}", self.method.name, self.regime.name(), self.seed)
    }

    fn path(&self, e: &Experiment, generation: usize, ending: &str) -> PathBuf {
        e.out.join(self.name()).join(format!("{generation:03}.{ending}"))
    }

    /// Metrics of the finished generations.
    pub fn finished(&self, e: &Experiment) -> Vec<GenerationMetrics> {
        let one = |g: usize| {
            let text = limits::read_text(&self.path(e, g, "json")).ok()?;
            serde_json::from_str(&text).ok()
        };
        (1..=e.generations).map_while(one).collect()
    }

    /// Runs the remaining generations and passes the metrics of each to `report`; checks `stop` between steps.
    ///
    /// # Errors
    /// Training fails, or the disk is full; finished generations are kept.
    pub fn run(
        &self,
        e: &Experiment,
        stop: &dyn Fn() -> bool,
        report: &mut dyn FnMut(&GenerationMetrics),
    ) -> Result<(), LearnError> {
        let folder = e.out.join(self.name());
        std::fs::create_dir_all(&folder).map_err(|err| LearnError::io("write", &folder, err))?;
        let done = self.finished(e).len();
        for generation in done + 1..=e.generations {
            if stop() {
                return Ok(());
            }
            let pictures = self.training_set(e, generation)?;
            let Some(reading) = self.generation(e, generation, pictures, stop)? else { return Ok(()) };
            report(&reading);
        }
        Ok(())
    }

    /// What generation `n` (from 1) is trained on.
    fn training_set(&self, e: &Experiment, n: usize) -> Result<Samples, LearnError> {
        let size = e.origin.len();
        if n == 1 {
            return Ok(e.origin.clone());
        }
        let first = if self.regime == Regime::Accumulate { 1 } else { n - 1 };
        let mut made = Samples::empty(e.origin.channels, e.origin.side, e.origin.classes.clone());
        for earlier in first..n {
            let path = self.path(e, earlier, "safetensors");
            let model = File::load(&path)?.open(&path)?;
            let requests = self.requests(&*model, e, earlier, size);
            let shape = model.shape();
            let pictures: Vec<Vec<u8>> =
                model.samples(&requests).par_iter().map(|p| bytes(p, shape)).collect();
            pictures.into_iter().zip(requests).for_each(|(p, (l, _))| made.push(p, l.unwrap_or(0), None));
        }
        let real = match self.regime {
            Regime::Replace => Vec::new(),
            Regime::Accumulate => (0..size).collect(),
            Regime::Keep10 => {
                let mut s = Rng::new(self.seed).named("kept").fork(n as u64).sequence();
                index::sample(&mut s, size, size / 10).into_vec()
            }
        };
        if self.regime == Regime::Keep10 {
            made = made.pick(&(real.len()..size).collect::<Vec<_>>());
        }
        let kept = e.origin.pick(&real);
        kept.pictures.into_iter().zip(kept.labels).for_each(|(p, l)| made.push(p, l, None));
        Ok(made)
    }

    /// Labels and random streams of `n` samples, with the origin's class balance.
    fn requests(
        &self,
        model: &dyn Model,
        e: &Experiment,
        generation: usize,
        n: usize,
    ) -> Vec<(Option<usize>, Rng)> {
        let rng = Rng::new(self.seed).named("collapse").named(self.regime.name()).fork(generation as u64);
        let label = |i: usize| model.is_conditional().then(|| e.origin.labels[i % e.origin.len()]);
        (0..n).map(|i| (label(i), rng.fork(i as u64))).collect()
    }

    fn generation(
        &self,
        e: &Experiment,
        n: usize,
        train: Samples,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<GenerationMetrics>, LearnError> {
        let clock = std::time::Instant::now();
        let own = self.method.plan;
        let epochs = e.epochs.unwrap_or(own.epochs);
        // If pictures accumulate, each generation takes about as many steps as the first, not more and more.
        let epochs =
            if own.batch > 0 { (epochs * e.origin.len()).div_ceil(train.len().max(1)) } else { epochs };
        let test = Samples::empty(train.channels, train.side, train.classes.clone());
        let pictures = TrainingImages {
            name: format!("{} generation {n}", self.name()),
            train,
            test,
            notes: Vec::new(),
        };
        let plan = TrainingConfig { epochs, seed: self.seed.wrapping_add(n as u64 * 1000), ..own };
        let settings = self.method.values(&[]);
        let task = task(self.method, &pictures, settings, plan);
        let Some(file) = train_generator(self.method, &pictures, &task, None, stop, &mut NoCallback)? else {
            return Ok(None);
        };
        if file.header.card.interrupted {
            return Ok(None);
        }
        let weights = self.path(e, n, "safetensors");
        file.save(&weights)?;
        let model = file.open(&weights)?;
        let sheet = ContactSheet::samples(&*model, e.origin.classes.len(), 1);
        let png = sheet.png().map_err(|e| LearnError::Failed(e.to_string()))?;
        let kept =
            |r: Result<(), world::frame::PictureError>| r.map_err(|e| LearnError::Failed(e.to_string()));
        kept(write_atomic(&self.path(e, n, "png"), &png))?;
        let mut reading = self.measure(e, &*model, n)?;
        reading.seconds = clock.elapsed().as_secs_f64();
        let json = serde_json::to_string_pretty(&reading).map_err(|e| LearnError::Failed(e.to_string()))?;
        kept(write_durable(&self.path(e, n, "json"), json.as_bytes()))?;
        Ok(Some(reading))
    }

    /// Measures as many fresh samples as there are held-out pictures against them.
    fn measure(&self, e: &Experiment, model: &dyn Model, n: usize) -> Result<GenerationMetrics, LearnError> {
        let requests = self.requests(model, e, n, e.held_out.pixels.len());
        let requests: Vec<_> = requests.into_iter().map(|(l, r)| (l, r.named("measured"))).collect();
        let shape = model.shape();
        let samples = ImageSet {
            channels: shape.channels,
            side: shape.side,
            pixels: model.samples(&requests).iter().map(|p| bytes(p, shape)).collect(),
            classes: Vec::new(),
            labels: Vec::new(),
        };
        let failed = |e: String| LearnError::Failed(format!("generation {n} cannot be measured: {e}"));
        let extracted =
            e.extractor.extract(&samples, Path::new("the samples")).map_err(|e| failed(e.to_string()))?;
        read(e.reference, &extracted, n).map_err(|e| failed(e.to_string()))
    }
}
