use burn::tensor::activation::sigmoid;

use super::*;
use crate::ImageShape;
use crate::header::{ModelCard, ModelHeader};
use crate::training::TrainingConfig;
use crate::vqvae::METHOD;
use crate::vqvae::inference::open;

/// Small networks; the values of [`small`] by name.
fn small() -> BTreeMap<String, f64> {
    let all = [("codes", 16), ("embedding", 4), ("width", 8), ("layers", 2), ("heads", 2), ("head", 8)];
    all.into_iter().map(|(n, v)| (n.to_string(), v as f64)).collect()
}

/// Bars that lie as the class says, at places that differ.
fn bars(shape: ImageShape, n: usize) -> Samples {
    let mut all = Samples::empty(shape.channels, shape.side, vec!["flat".into(), "upright".into()]);
    for i in 0..n {
        let (label, at) = (i % 2, Rng::new(5).below(i as u64, shape.side as u64 - 4) as usize);
        let along = |p: usize| if label == 0 { p / shape.side } else { p % shape.side };
        let value = |p: usize| if (at..at + 4).contains(&along(p)) { 230 } else { 10 };
        all.push((0..shape.len()).map(|k| value(k / shape.channels)).collect(), label, None);
    }
    all
}

fn header(shape: ImageShape, settings: BTreeMap<String, f64>) -> ModelHeader {
    let classes = vec!["flat".into(), "upright".into()];
    let (channels, side) = (shape.channels, shape.side);
    ModelHeader {
        method: "vqvae".into(),
        channels,
        side,
        classes,
        settings,
        card: ModelCard::default(),
        world: None,
    }
}

fn context(step: usize, all: usize) -> StepContext {
    StepContext { step, all, rng: Rng::new(1).fork(step as u64), rate: 0.002, clip: 1.0 }
}

/// Steps `from..to` of `all`, eight pictures each.
fn steps(trainer: &mut dyn Trainer, data: &Samples, from: usize, to: usize, all: usize) -> Vec<Losses> {
    let places = |i: usize| (0..8).map(|k| (i * 8 + k) % data.len()).collect::<Vec<_>>();
    (from..to).map(|i| trainer.step(&Batch::of(data, &places(i)), &context(i, all)).unwrap()).collect()
}

fn begin(data: &Samples, settings: &BTreeMap<String, f64>) -> Box<dyn Trainer> {
    let plan = TrainingConfig { epochs: 2, ..METHOD.plan };
    trainer(&TrainingInputs { samples: data, settings, plan: &plan }).unwrap()
}

#[test]
fn every_size_and_colour_trains_and_samples() {
    for side in [28, 32, 64] {
        for channels in [1, 3] {
            let shape = ImageShape { channels, side };
            let (data, settings) = (bars(shape, 16), small());
            let mut trainer = begin(&data, &settings);
            let losses = steps(&mut *trainer, &data, 0, 4, 4);
            assert_eq!([losses[1][0].0, losses[2][0].0], ["reconstruction", "codes"]);
            assert!(losses.iter().flatten().all(|(_, v)| v.is_finite()));
            let model = open(&header(shape, settings), &trainer.weights()).unwrap();
            let picture = model.sample(Some(1), Rng::new(3));
            assert!(picture.len() == shape.len() && picture.iter().all(|v| (0.0..=1.0).contains(v)));
        }
    }
}

#[test]
fn resuming_in_either_half_is_exact_to_the_bit() {
    let (data, settings) = (bars(ImageShape { channels: 1, side: 28 }, 24), small());
    for middle in [2, 4, 6] {
        let mut whole = begin(&data, &settings);
        steps(&mut *whole, &data, 0, middle, 8);
        let state = whole.state().unwrap().into_iter().collect();
        let mut second = begin(&data, &settings);
        second.restore(&state).unwrap();
        assert_eq!(second.validate(&data, Rng::new(1)), whole.validate(&data, Rng::new(1)));
        steps(&mut *whole, &data, middle, 8, 8);
        steps(&mut *second, &data, middle, 8, 8);
        assert!(second.weights() == whole.weights(), "restored after {middle} steps");
        assert_eq!(second.validate(&data, Rng::new(1)), whole.validate(&data, Rng::new(1)));
    }
}

#[test]
fn training_has_the_same_bits_at_any_thread_count() {
    let (data, settings) = (bars(ImageShape { channels: 1, side: 28 }, 24), BTreeMap::new());
    let start = begin(&data, &settings).state().unwrap().into_iter().collect();
    let at = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut trainer = begin(&data, &settings);
            trainer.restore(&start).unwrap();
            steps(&mut *trainer, &data, 0, 6, 6);
            trainer.weights()
        })
    };
    assert!(at(1) == at(3));
}

#[test]
fn one_epoch_and_damaged_states_are_reported() {
    let (data, settings) = (bars(ImageShape { channels: 1, side: 28 }, 16), small());
    let plan = TrainingConfig { epochs: 1, ..METHOD.plan };
    let error = trainer(&TrainingInputs { samples: &data, settings: &settings, plan: &plan }).err().unwrap();
    assert!(error.contains("at least 2 epochs") && error.contains("found 1"), "{error}");
    let mut one = begin(&data, &settings);
    let mut state: BTreeMap<_, _> = one.state().unwrap().into_iter().collect();
    state.insert("codebook".into(), vec![0; 8]);
    assert!(one.restore(&state).unwrap_err().to_string().contains("codebook"));
    let error = open(&header(ImageShape { channels: 3, side: 28 }, settings), &one.weights()).err().unwrap();
    assert!(error.contains("decoder.last.weight") && error.contains("[3, 2, 3, 3]"), "{error}");
}

#[test]
fn bars_are_learned_with_their_classes() {
    let shape = ImageShape { channels: 1, side: 28 };
    let (data, settings) = (bars(shape, 64), small());
    let mut trainer = begin(&data, &settings);
    let losses = steps(&mut *trainer, &data, 0, 1200, 1200);
    let mean = |of: &[Losses]| of.iter().map(|l| l[0].1).sum::<f64>() / of.len() as f64;
    let (pixels, codes) = (mean(&losses[590..600]), mean(&losses[1190..]));
    let entropy = |p: f64| -p * p.ln() - (1.0 - p) * (1.0 - p).ln();
    let least = 28.0 * 28.0 * (entropy(230.0 / 255.0) / 7.0 + entropy(10.0 / 255.0) * 6.0 / 7.0);
    assert!(pixels > least && pixels < least + 40.0, "{pixels}, at least {least}");
    assert!(codes < 49.0 * 16f64.ln() / 2.0, "{codes}");
    let model = open(&header(shape, settings), &trainer.weights()).unwrap();
    let wanted: Vec<_> = (0..40).map(|i| (Some(i % 2), Rng::new(9).fork(i as u64))).collect();
    let lies = |picture: &[f32]| {
        let spread = |line: &dyn Fn(usize) -> usize| {
            let mut sums = [0f32; 28];
            picture.iter().enumerate().for_each(|(p, v)| sums[line(p)] += v);
            let mean = sums.iter().sum::<f32>() / 28.0;
            sums.iter().map(|s| (s - mean) * (s - mean)).sum::<f32>()
        };
        (spread(&|p| p % 28) > spread(&|p| p / 28)) as usize
    };
    let right = model.samples(&wanted).iter().enumerate().filter(|(i, p)| lies(p) == i % 2).count();
    assert!(right >= 36, "{right} of 40 lie as asked");
}

#[test]
fn training_and_inference_agree() {
    for (channels, side) in [(1, 28), (3, 32), (3, 64)] {
        let (shape, mut settings) = (ImageShape { channels, side }, small());
        settings.insert("head".into(), 12.0);
        let data = bars(shape, 16);
        let mut trainer = begin(&data, &settings);
        steps(&mut *trainer, &data, 0, 4, 4);
        let all = trainer.weights();
        let sizes = VqVaeConfig::of(&crate::method::settings(&settings), shape, 2);
        let state = trainer.state().unwrap().into_iter().collect();
        let fresh_one = fresh(9, |d| Autoencoder::new(&sizes, d));
        let autoencoder = restored(fresh_one, &state, "autoencoder").unwrap();
        let prior = restored(fresh(9, |d| CodePrior::new(&sizes.prior, d)), &state, "prior").unwrap();
        let point: Vec<f32> = (0..sizes.places() * 4).map(|i| Rng::new(4).normal(i as u64)).collect();
        let theirs = numbers(sigmoid(autoencoder.decoder.forward(planes(point.clone(), &sizes, &device()))));
        let ours = open(&header(shape, settings), &all).unwrap().picture(&point, None);
        assert!(theirs.iter().zip(&ours).all(|(a, b)| (a - b).abs() < 1e-4), "{channels} × {side}");

        let codes: Vec<usize> =
            (0..2 * sizes.places()).map(|i| Rng::new(6).below(i as u64, 16) as usize).collect();
        let classes = one_hot(&[1, 0], 2, &device());
        let theirs = numbers(prior.forward(one_hot(&codes, 16, &device()), classes));
        let ours = crate::net::transformer::Transformer::of(&all, "prior", sizes.prior).unwrap();
        let mut cache = ours.begin(vec![1, 0]);
        let mut before = Vec::new();
        for t in 0..sizes.places() {
            let logits = ours.next(&mut cache, &before);
            before = vec![codes[t], codes[sizes.places() + t]];
            for (s, row) in logits.chunks_exact(16).enumerate() {
                let place = (s * sizes.places() + t) * 16;
                let worst = row.iter().zip(&theirs[place..]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(worst < 1e-4, "{channels} × {side}, place {t}: {worst}");
            }
        }
    }
}

#[test]
fn samples_have_the_same_bits_alone_and_together_at_any_thread_count() {
    let (shape, settings) = (ImageShape { channels: 1, side: 28 }, small());
    let data = bars(shape, 16);
    let mut trainer = begin(&data, &settings);
    steps(&mut *trainer, &data, 0, 4, 4);
    let model = open(&header(shape, settings), &trainer.weights()).unwrap();
    let wanted: Vec<_> = (0..31).map(|i| (Some(i % 2), Rng::new(2).fork(i as u64))).collect();
    let alone: Vec<Vec<f32>> = wanted.iter().map(|(label, rng)| model.sample(*label, *rng)).collect();
    assert!(alone.iter().any(|p| *p != alone[0]));
    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert!(pool.install(|| model.samples(&wanted)) == alone, "{threads} threads");
    }
}
