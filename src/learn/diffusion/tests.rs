#![cfg(feature = "judge")]

use burn::tensor::{Tensor, TensorData};

use super::data::{DenoiserConfig, DiffusionRates, FEATURES, features};
use super::inference::Diffusion;
use super::{METHOD, Settings, guide, model, network};
use crate::ImageShape;
use crate::glue::{device, fresh, numbers, one_hot, weights};
use crate::model::{Model, SamplingStep, normals};
use crate::trials;
use world::rng::Rng;

const SMALL: [(&str, f64); 2] = [("width", 16.0), ("steps", 3.0)];

#[test]
fn training_and_inference_predict_the_same_velocity() {
    for (channels, side, patch, first, blocks) in
        [(1, 28, 1, 0, 1), (3, 32, 1, 0, 2), (3, 64, 1, 0, 1), (3, 64, 2, 24, 2), (1, 64, 4, 16, 1)]
    {
        let s = Settings { width: 40, patch, first, blocks, ..Settings::default() };
        let sizes = DenoiserConfig::of(&s, ImageShape { channels, side }, 4).unwrap();
        let theirs = fresh(3, |d| model::Network::new(&sizes, d));
        let ours = network::Network::of(&weights(&theirs), sizes.clone()).unwrap();
        for (time, row) in [(0.02, 4), (0.6, 2)] {
            let x = normals(Rng::new(8), sizes.shape.len());
            let times = TensorData::new(features(time).to_vec(), [1, FEATURES]);
            let device = device();
            let y = theirs.forward(
                Tensor::from_data(TensorData::new(x.clone(), [1, channels, side, side]), &device),
                Tensor::from_data(times, &device),
                one_hot(&[row], 5, &device),
            );
            let mine = ours.velocity(&x, &ours.conditioning(time, (row < 4).then_some(row)));
            let worst = numbers(y).iter().zip(&mine).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-4 && mine.iter().any(|v| v.abs() > 0.01), "{channels} × {side}: {worst}");
        }
    }
}

fn denoiser(settings: &[(&str, f64)]) -> Diffusion {
    let shape = ImageShape { channels: 1, side: 28 };
    let samples = trials::pictures(shape, 2, 8);
    let weights = trials::trainer(&METHOD, &samples, settings).weights();
    Diffusion::of(&trials::header(&METHOD, shape, 2, settings), &weights).unwrap()
}

/// The greatest error of sampling with the optimal denoiser of normal pixels of mean m and deviation s, which
/// is known: deterministic sampling ends at m + s · (the initial noise).
fn error_of_sampling(order: f64, steps: f64) -> f64 {
    let model = denoiser(&[("width", 16.0), ("steps", steps), ("order", order)]);
    let (m, s) = (0.1f64, 0.15f64);
    let point = model.point(None, Rng::new(2));
    let mut at = model.begin(&point);
    while at.done < model.steps() {
        let mix = DiffusionRates::at(1.0 - at.done as f64 / model.steps() as f64);
        let (a, b) = (mix.signal as f64, mix.noise as f64);
        let best = |x: &f32| m + a * s * s / (a * a * s * s + b * b) * (*x as f64 - a * m);
        let predicted: Vec<f32> = at.state.iter().map(|x| (best(x) * 0.5 + 0.5) as f32).collect();
        model.step(&mut at, Some(0), &mut |_, clean| clean.copy_from_slice(&predicted));
    }
    let errors = at.state.iter().zip(&point).map(|(x, z)| (*x as f64 - (m + s * *z as f64)).abs());
    errors.fold(0.0, f64::max)
}

#[test]
fn sampling_carries_noise_to_a_known_distribution() {
    assert!(error_of_sampling(1.0, 800.0) < 0.005);
    assert!(error_of_sampling(2.0, 800.0) < 0.005);
}

/// The last step, which takes the predicted picture as it is, has the same error in both; the others have less.
#[test]
fn the_second_order_needs_fewer_steps() {
    let [first, second] = [1.0, 2.0].map(|order| error_of_sampling(order, 24.0));
    assert!(second < 0.7 * first, "{second} against {first}");
    let finer = error_of_sampling(2.0, 48.0);
    assert!(finer < 0.5 * second, "{finer} against {second}");
}

/// On stage a picture is made one step a tick, its state kept in between.
#[test]
fn step_by_step_it_is_the_same_picture() {
    for order in [1.0, 2.0] {
        let model = denoiser(&[("width", 16.0), ("steps", 5.0), ("order", order)]);
        let point = model.point(None, Rng::new(5));
        let mut state = point.clone();
        let steps = (0..5).map(|done| Model::step(&model, &mut state, done, Some(1)));
        assert_eq!(steps.last().unwrap(), model.picture(&point, Some(1)), "order {order}");
    }
    let of = |order: f64| denoiser(&[("width", 16.0), ("steps", 5.0), ("order", order)]);
    let point = of(1.0).point(None, Rng::new(5));
    assert_ne!(of(1.0).picture(&point, Some(1)), of(2.0).picture(&point, Some(1)));
}

#[test]
fn signal_and_noise_rates_are_monotonic_and_square_to_one() {
    for k in 0..100 {
        let (now, next) = (DiffusionRates::at(k as f64 / 100.0), DiffusionRates::at((k + 1) as f64 / 100.0));
        assert!((now.signal * now.signal + now.noise * now.noise - 1.0).abs() < 1e-6);
        assert!(next.signal < now.signal && next.noise > now.noise);
    }
    // Nichol and Dhariwal's formula, up to its division by the value at 0.
    let f = |t: f64| ((t + 0.008) / 1.008 * std::f64::consts::FRAC_PI_2).cos().powi(2);
    assert!((DiffusionRates::at(0.37).signal.powi(2) as f64 - f(0.37)).abs() < 1e-6);
}

#[test]
fn the_guidance_scale_weighs_the_class() {
    let of = |guidance: f64| denoiser(&[("width", 16.0), ("steps", 3.0), ("guidance", guidance)]);
    let point = of(1.0).point(None, Rng::new(4));
    let picture = |g: f64, label| of(g).guided(&point, label, &mut |_, _| {}).unwrap();
    assert_eq!(picture(0.0, Some(1)), picture(1.0, None));
    assert_ne!(picture(1.0, Some(1)), picture(1.0, Some(0)));
    assert_ne!(picture(2.0, Some(1)), picture(1.0, Some(1)));
    assert_eq!(of(1.0).picture(&point, None), picture(1.0, Some(0)));
}

/// For a linear network the gradient of log-softmax is its row less the mean row.
#[test]
fn the_gradient_matches_the_closed_form_and_guidance_raises_the_probability() {
    let shape = ImageShape { channels: 3, side: 4 };
    let table = normals(Rng::new(1), 48 * 3);
    let picture: Vec<f32> = (0..48).map(|i| 0.5 + 0.2 * Rng::new(2).normal(i)).collect();
    let matrix = Tensor::<2>::from_data(TensorData::new(table.clone(), [48, 3]), &device());
    let logits = move |x: Tensor<4>| x.reshape([1, 48]).matmul(matrix.clone());
    let (value, found) = guide::gradient(&logits, &picture, shape, 1);
    let raw: Vec<f64> = (0..3)
        .map(|c| (0..48).map(|i| table[i * 3 + c] as f64 * picture[i] as f64).sum::<f64>().exp())
        .collect();
    let probabilities: Vec<f64> = raw.iter().map(|r| r / raw.iter().sum::<f64>()).collect();
    assert!((value as f64 - probabilities[1].ln()).abs() < 1e-4);
    for i in 0..48 {
        let mean: f64 = (0..3).map(|c| probabilities[c] * table[i * 3 + c] as f64).sum();
        assert!((found[i] as f64 - (table[i * 3 + 1] as f64 - mean)).abs() < 1e-4);
    }
    let mut moved = picture.clone();
    let step = SamplingStep { step: 0, steps: 2, signal: 0.6, noise: 0.8 };
    guide::guide(&logits, shape, 1, 0.5)(&step, &mut moved);
    assert!(guide::gradient(&logits, &moved, shape, 1).0 > value);
    // Without a bound: the move is scale · noise² / 4 times the gradient.
    let free = (0..48).filter(|&i| moved[i] > 0.0 && moved[i] < 1.0);
    assert!(free.map(|i| (moved[i] - picture[i] - 0.08 * found[i]).abs()).fold(0.0, f32::max) < 1e-5);
}

#[test]
fn every_shape_is_learned_and_sampled() {
    trials::every_shape(&METHOD, &SMALL);
}

#[test]
fn resuming_is_exact_to_the_bit() {
    trials::resumes_to_the_bit(&METHOD, &SMALL);
}

#[test]
fn training_lowers_the_loss_and_separates_the_classes() {
    let samples = trials::pictures(ImageShape { channels: 1, side: 28 }, 2, 32);
    let settings = [("width", 16.0), ("steps", 8.0), ("average", 0.8)];
    let mut trainer = trials::trainer(&METHOD, &samples, &settings);
    let before = trainer.validate(&samples, Rng::new(1)).unwrap();
    trials::steps(&mut *trainer, &samples, &METHOD.plan, 0..120);
    let after = trainer.validate(&samples, Rng::new(1)).unwrap();
    assert!(after < 0.5 * before, "{after} after {before}");
    let header = trials::header(&METHOD, samples_shape(), 2, &settings);
    let model = (METHOD.open)(&header, &trainer.weights()).unwrap();
    let lead = |label| {
        let p = model.sample(Some(label), Rng::new(9));
        let half =
            |right: bool| (0..784).filter(|i| (i % 28 >= 14) == right).map(|i| p[i]).sum::<f32>() / 392.0;
        half(false) - half(true)
    };
    assert!(lead(0) > 0.2 && lead(1) < -0.2, "{} {}", lead(0), lead(1));
}

fn samples_shape() -> ImageShape {
    ImageShape { channels: 1, side: 28 }
}

#[test]
fn stepwise_sampling_equals_sampling_in_one_go() {
    let model = denoiser(&SMALL);
    let point = Model::point(&model, None, Rng::new(4));
    let mut state = point.clone();
    let seen = (0..Model::steps(&model)).map(|done| Model::step(&model, &mut state, done, Some(1))).last();
    assert!(Model::steps(&model) == 3 && seen == Some(model.picture(&point, Some(1))));
}
