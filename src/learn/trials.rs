//! Shared tests of methods that train by steps: every shape trains and samples, and resuming is exact to the bit.

use std::collections::BTreeMap;

use super::ImageShape;
use super::header::{ModelCard, ModelHeader};
use super::method::Method;
use super::training::{Batch, Losses, StepContext, Trainer, TrainingConfig, TrainingInputs};
use ::data::sample::Samples;
use world::rng::Rng;

/// Pictures of bright and dark halves in two classes (or one), with noise.
pub fn pictures(shape: ImageShape, classes: usize, n: usize) -> Samples {
    let ImageShape { channels, side } = shape;
    let mut all = Samples::empty(channels, side, (0..classes).map(|c| c.to_string()).collect());
    for i in 0..n {
        let (class, rng) = (i % classes, Rng::new(7).fork(i as u64));
        let value = |k: usize| {
            let left = k / channels % side < side / 2;
            let base = if left == (class == 0) { 200.0 } else { 40.0 };
            base + 50.0 * rng.unit(k as u64)
        };
        all.push((0..shape.len()).map(|k| value(k) as u8).collect(), class, None);
    }
    all
}

/// The settings as a file's header holds them.
pub fn values(settings: &[(&str, f64)]) -> BTreeMap<String, f64> {
    settings.iter().map(|(n, v)| (n.to_string(), *v)).collect()
}

/// A header for such pictures.
pub fn header(method: &Method, shape: ImageShape, classes: usize, settings: &[(&str, f64)]) -> ModelHeader {
    ModelHeader {
        method: method.name.into(),
        channels: shape.channels,
        side: shape.side,
        classes: (0..classes).map(|c| c.to_string()).collect(),
        settings: values(settings),
        card: ModelCard::default(),
        world: None,
    }
}

/// A trainer for these pictures.
pub fn trainer(method: &Method, samples: &Samples, settings: &[(&str, f64)]) -> Box<dyn Trainer> {
    let plan = TrainingConfig { batch: 8, ..method.plan };
    method.begin().unwrap()(&TrainingInputs { samples, settings: &values(settings), plan: &plan }).unwrap()
}

/// Takes these steps of eight pictures; returns the losses of the last.
pub fn steps(
    trainer: &mut dyn Trainer,
    samples: &Samples,
    plan: &TrainingConfig,
    which: std::ops::Range<usize>,
) -> Losses {
    let mut losses = Vec::new();
    for step in which {
        let places: Vec<usize> = (0..8).map(|i| (step * 8 + i) % samples.len()).collect();
        let rng = Rng::new(3).fork(step as u64);
        let context = StepContext { step, all: 200, rng, rate: plan.rate, clip: plan.clip };
        losses = trainer.step(&Batch::of(samples, &places), &context).unwrap();
        assert!(losses.iter().all(|(_, v)| v.is_finite()), "{losses:?}");
    }
    losses
}

/// Two steps and a sample of every shape and of one class and two.
pub fn every_shape(method: &Method, settings: &[(&str, f64)]) {
    for (channels, side, classes) in [(1, 28, 2), (3, 28, 1), (1, 32, 1), (3, 32, 2), (1, 64, 2), (3, 64, 2)]
    {
        let shape = ImageShape { channels, side };
        let samples = pictures(shape, classes, 16);
        let mut trainer = trainer(method, &samples, settings);
        steps(&mut *trainer, &samples, &method.plan, 0..2);
        assert!(trainer.validate(&samples, Rng::new(1)).is_none_or(f64::is_finite));
        let model = (method.open)(&header(method, shape, classes, settings), &trainer.weights()).unwrap();
        assert_eq!((model.shape(), model.is_conditional()), (shape, classes > 1));
        let label = (classes > 1).then_some(1);
        let picture = model.sample(label, Rng::new(5));
        assert_eq!(picture.len(), shape.len());
        assert!(picture.iter().all(|v| (0.0..=1.0).contains(v)), "{channels} × {side}");
        assert_ne!(picture, model.sample(label, Rng::new(6)));
    }
}

/// Three steps, saved, restored into another trainer, and two more equal five steps, on one thread as on three.
pub fn resumes_to_the_bit(method: &Method, settings: &[(&str, f64)]) {
    let samples = pictures(ImageShape { channels: 1, side: 28 }, 2, 24);
    let on = |threads: usize, work: &(dyn Fn() -> Vec<(String, Vec<u8>)> + Sync)| {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    };
    // The bytes of a module and an optimizer name the weights by numbers that change from run to run.
    let state = |l: &dyn Trainer, losses: Losses| {
        let values: Vec<u8> =
            l.weights().iter().flat_map(|(_, a)| a.values.clone()).flat_map(f32::to_le_bytes).collect();
        let losses = losses.iter().flat_map(|l| l.1.to_le_bytes()).collect();
        let mut all = vec![("weights".to_string(), values), ("losses".to_string(), losses)];
        all.extend(l.state().unwrap().into_iter().filter(|(name, _)| name == "average"));
        all
    };
    let whole = || {
        let mut one = trainer(method, &samples, settings);
        let losses = steps(&mut *one, &samples, &method.plan, 0..5);
        state(&*one, losses)
    };
    let parted = || {
        let mut one = trainer(method, &samples, settings);
        steps(&mut *one, &samples, &method.plan, 0..3);
        let kept: BTreeMap<String, Vec<u8>> = one.state().unwrap().into_iter().collect();
        let mut other = trainer(method, &samples, settings);
        other.restore(&kept).unwrap();
        let losses = steps(&mut *other, &samples, &method.plan, 3..5);
        state(&*other, losses)
    };
    let (a, b) = (on(1, &whole), on(3, &parted));
    for ((name, a), (_, b)) in a.iter().zip(&b) {
        assert!(a == b, "`{name}` differs");
    }
    assert_eq!(a.len(), b.len());
}
