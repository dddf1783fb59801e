//! Recursive training of a generator of pictures.

use std::path::Path;

use rand::seq::index;
use rayon::prelude::*;

use super::Regime;
use super::chain::{Chain, Ended, PICTURE, WEIGHTS};
use super::measure::{GenerationMetrics, read};
use super::recipe::Recipe;
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
use world::frame::write_atomic;
use world::rng::Rng;

/// What all recursive runs on pictures share.
pub struct Origin<'a> {
    /// Pictures that the first generation is trained on.
    pub pictures: &'a Samples,
    /// Held-out pictures.
    pub held_out: &'a ImageSet,
    /// Features of the held-out pictures.
    pub reference: &'a ExtractedFeatures,
    /// Feature extractor.
    pub extractor: &'a FeatureExtractor,
    /// Output folder.
    pub out: &'a Path,
}

/// One recursive run.
pub struct RecursiveRun<'a> {
    chain: Chain,
    method: &'static Method,
    recipe: &'a Recipe,
    origin: &'a Origin<'a>,
    /// Pictures that generations made, from the first on, as far as later ones are trained on them.
    made: Vec<Samples>,
}

/// Reports nothing while training.
pub struct NoCallback;

impl TrainingCallback for NoCallback {
    fn step(&mut self, _: usize, _: usize, _: &Losses) {}
    fn epoch(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
    fn checkpoint(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
}

impl<'a> RecursiveRun<'a> {
    /// Of this method, trained in this way.
    pub fn new(
        chain: Chain,
        (method, recipe): (&'static Method, &'a Recipe),
        origin: &'a Origin<'a>,
    ) -> Self {
        Self { chain, method, recipe, origin, made: Vec::new() }
    }

    /// Runs the remaining generations and passes the metrics of each to `report`; checks `stop` between steps.
    ///
    /// # Errors
    /// Training fails, or the disk is full; finished generations are kept.
    pub fn run(
        &mut self,
        generations: usize,
        stop: &dyn Fn() -> bool,
        report: &mut dyn FnMut(&GenerationMetrics),
    ) -> Result<Ended, LearnError> {
        let chain = self.chain.clone();
        chain.run(self.origin.out, generations, stop, &mut |n| self.generation(n, stop), report)
    }

    /// What generation `n` (from 1) is trained on.
    fn training_set(&mut self, n: usize) -> Result<Samples, LearnError> {
        let origin = self.origin.pictures;
        if n == 1 {
            return Ok(origin.clone());
        }
        let size = origin.len();
        let (mut set, real): (Samples, Vec<usize>) = match self.chain.regime {
            Regime::Replace => (self.output(n - 1)?, Vec::new()),
            Regime::Accumulate => {
                for earlier in self.made.len() + 1..n {
                    let output = self.output(earlier)?;
                    self.made.push(output);
                }
                let mut all = Samples::empty(origin.channels, origin.side, origin.classes.clone());
                self.made[..n - 1].iter().for_each(|m| add(&mut all, m.clone()));
                (all, (0..size).collect())
            }
            Regime::Keep10 => {
                let mut s = Rng::new(self.chain.seed).named("kept").fork(n as u64).sequence();
                let real = index::sample(&mut s, size, size / 10).into_vec();
                (self.output(n - 1)?.pick(&(real.len()..size).collect::<Vec<_>>()), real)
            }
        };
        add(&mut set, origin.pick(&real));
        Ok(set)
    }

    /// As many pictures of a finished generation as the origin has.
    fn output(&self, generation: usize) -> Result<Samples, LearnError> {
        let origin = self.origin.pictures;
        let path = self.chain.path(self.origin.out, generation, WEIGHTS);
        let model = File::load(&path)?.open(&path)?;
        let requests = self.requests(&*model, generation, origin.len());
        let shape = model.shape();
        let pictures: Vec<Vec<u8>> = model.samples(&requests).par_iter().map(|p| bytes(p, shape)).collect();
        let mut made = Samples::empty(origin.channels, origin.side, origin.classes.clone());
        pictures.into_iter().zip(requests).for_each(|(p, (l, _))| made.push(p, l.unwrap_or(0), None));
        Ok(made)
    }

    /// Labels and random streams of `n` samples, with the origin's class balance: the same under every regime.
    fn requests(&self, model: &dyn Model, generation: usize, n: usize) -> Vec<(Option<usize>, Rng)> {
        let rng = Rng::new(self.chain.seed).named("collapse").fork(generation as u64);
        let labels = &self.origin.pictures.labels;
        let label = |i: usize| model.is_conditional().then(|| labels[i % labels.len()]);
        (0..n).map(|i| (label(i), rng.fork(i as u64))).collect()
    }

    fn generation(
        &mut self,
        n: usize,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<GenerationMetrics>, LearnError> {
        let clock = std::time::Instant::now();
        let train = self.training_set(n)?;
        let own = self.recipe.plan;
        // If pictures accumulate, each generation takes about as many steps as the first, but whole epochs, at least one.
        let epochs = match own.batch {
            0 => own.epochs,
            _ => (own.epochs * self.origin.pictures.len()).div_ceil(train.len().max(1)),
        };
        let test = Samples::empty(train.channels, train.side, train.classes.clone());
        // The first generation is the same under every regime.
        let name = if n == 1 { "the origin".into() } else { format!("{} before {n}", self.chain.name()) };
        let pictures = TrainingImages { name, train, test, notes: Vec::new() };
        let plan = TrainingConfig { epochs, seed: self.chain.seed.wrapping_add(n as u64 * 1000), ..own };
        let task = task(self.method, &pictures, self.recipe.settings.clone(), plan);
        let trained = train_generator(self.method, &pictures, &task, None, stop, &mut NoCallback)?;
        let Some(file) = trained.filter(|f| !f.header.card.interrupted) else { return Ok(None) };
        let weights = self.chain.path(self.origin.out, n, WEIGHTS);
        file.save(&weights)?;
        let model = file.open(&weights)?;
        let sheet = ContactSheet::samples(&*model, self.origin.pictures.classes.len(), 1);
        let png = sheet.png().map_err(|e| LearnError::Failed(e.to_string()))?;
        let picture = self.chain.path(self.origin.out, n, PICTURE);
        write_atomic(&picture, &png).map_err(|e| LearnError::Failed(e.to_string()))?;
        let mut metrics = self.measure(&*model, n)?;
        metrics.seconds = clock.elapsed().as_secs_f64();
        Ok(Some(metrics))
    }

    /// Measures as many fresh samples as there are held-out pictures against them.
    fn measure(&self, model: &dyn Model, n: usize) -> Result<GenerationMetrics, LearnError> {
        let requests = self.requests(model, n, self.origin.held_out.pixels.len());
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
        let extracted = self
            .origin
            .extractor
            .extract(&samples, Path::new("the samples"))
            .map_err(|e| failed(e.to_string()))?;
        read(self.origin.reference, &extracted, n).map_err(|e| failed(e.to_string()))
    }
}

/// Adds pictures with their labels.
fn add(to: &mut Samples, more: Samples) {
    more.pictures.into_iter().zip(more.labels).for_each(|(p, l)| to.push(p, l, None));
}
