use burn::module::Module;
use burn::tensor::{Distribution, Tensor, TensorData};

use super::data::AcganConfig;
use super::model::{Discriminator, Generator};
use super::penalty::penalty;
use super::{METHOD, Settings};
use crate::ImageShape;
use crate::average::Average;
use crate::glue::{device, fresh, numbers, weights};
use crate::model::normals;
use crate::trials;
use world::rng::Rng;

const SMALL: [(&str, f64); 2] = [("width", 16.0), ("latent", 5.0)];
const CRITIC: [(&str, f64); 3] = [("width", 16.0), ("latent", 5.0), ("wasserstein", 1.0)];

#[test]
fn training_and_inference_make_the_same_picture() {
    for (channels, side) in [(1, 28), (3, 32), (3, 64)] {
        let shape = ImageShape { channels, side };
        let s = Settings { width: 40, latent: 5, ..Settings::default() };
        let network = fresh(3, |d| Generator::new(&AcganConfig::of(&s, shape, 4), d));
        // A forward pass in training moves the running means away from zero.
        let _ = network.forward(Tensor::random([6, 9], Distribution::Default, &device()));
        let network = network.valid();
        let point = normals(Rng::new(8), 5);
        let code = [&point[..], &[0.0, 0.0, 1.0, 0.0]].concat();
        let code = Tensor::<2>::from_data(TensorData::new(code, [1, 9]), &burn::tensor::Device::flex());
        let theirs = numbers(network.forward(code));
        let settings = [("width", 40.0), ("latent", 5.0)];
        let header = trials::header(&METHOD, shape, 4, &settings);
        let ours = (METHOD.open)(&header, &weights(&network)).unwrap().picture(&point, Some(2));
        let worst = theirs.iter().zip(&ours).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-4 && theirs.len() == shape.len(), "{channels} × {side}: {worst}");
    }
}

/// For D = Σ w x² / 2 the gradient in x is w x, and the gradient of (|w x| − 1)² by w is 2 (|g| − 1) w x² / |g|.
#[test]
fn the_penalty_of_a_parabola_matches_the_closed_form() {
    let device = device();
    let (w, x) = (normals(Rng::new(1), 6), normals(Rng::new(2), 12));
    let weights = Tensor::<2>::from_data(TensorData::new(w.clone(), [1, 6]), &device).require_grad();
    let critic = |w: Tensor<2>| {
        move |x: Tensor<4>| {
            let n = x.dims()[0];
            let x = x.reshape([n, 6]);
            (x.clone() * x * w.clone()).sum_dim(1).reshape([n]).mul_scalar(0.5)
        }
    };
    let at = Tensor::<4>::from_data(TensorData::new(x.clone(), [2, 1, 2, 3]), &device);
    let found = penalty(critic(weights.clone()), critic(weights.clone().detach()), at);
    let grads = found.loss.backward();
    let slopes = numbers(weights.grad(&grads).unwrap());
    let length = |k: usize| (0..6).map(|i| (w[i] * x[k * 6 + i]).powi(2) as f64).sum::<f64>().sqrt();
    let value = (0..2).map(|k| (length(k) - 1.0).powi(2) / 2.0).sum::<f64>();
    assert!((found.value - value).abs() < 1e-5);
    for i in 0..6 {
        let one = |k: usize| (length(k) - 1.0) * (w[i] * x[k * 6 + i].powi(2)) as f64 / length(k);
        let exact = one(0) + one(1);
        assert!((slopes[i] as f64 - exact).abs() < 1e-3 * (1.0 + exact.abs()), "{} for {exact}", slopes[i]);
    }
}

/// The penalty of the critic itself, differentiated numerically along random directions of its weights.
#[test]
fn the_penalty_of_a_critic_matches_finite_differences() {
    let shape = ImageShape { channels: 1, side: 28 };
    let s = Settings { width: 16, ..Settings::default() };
    let critic = fresh(5, |d| Discriminator::new(&AcganConfig::of(&s, shape, 1), d));
    let x = Tensor::<4>::random([3, 1, 28, 28], Distribution::Uniform(0.0, 1.0), &device());
    let of = |d: &Discriminator| {
        let fixed = d.clone().no_grad();
        penalty(|x| d.forward(x, None).real, |x| fixed.forward(x, None).real, x.clone())
    };
    let found = of(&critic);
    let mut grads = Gather(Vec::new(), found.loss.backward());
    critic.visit(&mut grads);
    let base = Average::of(&critic);
    let here: Vec<f32> = bytemuck::pod_collect_to_vec(&base.bytes());
    assert_eq!(here.len(), grads.0.len());
    let size = grads.0.iter().map(|v| (*v as f64).powi(2)).sum::<f64>().sqrt();
    // Along the gradient itself and along two random directions mixed with it, so that there is something to measure.
    for k in 0..3u64 {
        let random = normals(Rng::new(9).fork(k), here.len());
        let length = (here.len() as f64).sqrt();
        let mix = |(g, c): (&f32, &f32)| *g as f64 / size + k as f64 * 0.5 * *c as f64 / length;
        let along: Vec<f64> = grads.0.iter().zip(&random).map(mix).collect();
        let moved = |h: f64| {
            let there: Vec<f32> = here.iter().zip(&along).map(|(w, d)| (*w as f64 + h * d) as f32).collect();
            let mut at = base.clone();
            at.restore(bytemuck::cast_slice(&there)).unwrap();
            of(&at.module(&critic)).value
        };
        let numeric = (moved(2e-3) - moved(-2e-3)) / 4e-3;
        let exact: f64 = grads.0.iter().zip(&along).map(|(g, d)| *g as f64 * d).sum();
        assert!((numeric - exact).abs() < 0.01 * size, "{k}: {numeric} for {exact} of {size}");
    }
}

struct Gather(Vec<f32>, burn::tensor::Gradients);

impl burn::module::ModuleVisitor for Gather {
    fn visit_float<const D: usize>(&mut self, weight: &burn::module::Param<Tensor<D>>) {
        let of = weight.val().grad(&self.1).map(numbers);
        self.0.extend(of.unwrap_or_else(|| vec![0.0; weight.dims().iter().product()]));
    }
}

#[test]
fn every_shape_is_learned_and_sampled() {
    trials::every_shape(&METHOD, &SMALL);
}

#[test]
fn every_shape_is_learned_with_a_critic() {
    trials::every_shape(&METHOD, &CRITIC);
}

#[test]
fn resuming_is_exact_to_the_bit() {
    trials::resumes_to_the_bit(&METHOD, &SMALL);
    trials::resumes_to_the_bit(&METHOD, &CRITIC);
}

/// The two classes are bright on the left and on the right; either loss must teach that.
#[test]
fn samples_are_of_the_requested_class() {
    let samples = trials::pictures(ImageShape { channels: 1, side: 28 }, 2, 32);
    for wasserstein in [0.0, 1.0] {
        let settings = [("width", 16.0), ("latent", 5.0), ("average", 0.8), ("wasserstein", wasserstein)];
        let mut trainer = trials::trainer(&METHOD, &samples, &settings);
        let plan = crate::training::TrainingConfig { rate: 0.003, ..METHOD.plan };
        trials::steps(&mut *trainer, &samples, &plan, 0..if wasserstein > 0.0 { 450 } else { 150 });
        let header = trials::header(&METHOD, ImageShape { channels: 1, side: 28 }, 2, &settings);
        let model = (METHOD.open)(&header, &trainer.weights()).unwrap();
        let lead = |label| {
            let p = model.sample(Some(label), Rng::new(9));
            (0..784).map(|i| if i % 28 < 14 { p[i] } else { -p[i] }).sum::<f32>() / 392.0
        };
        assert!(lead(0) > 0.2 && lead(1) < -0.2, "{wasserstein}: {} {}", lead(0), lead(1));
    }
}

#[test]
fn losses_have_their_names_and_a_single_picture_is_refused() {
    let samples = trials::pictures(ImageShape { channels: 1, side: 28 }, 2, 8);
    let names = |settings: &[(&str, f64)]| {
        let mut trainer = trials::trainer(&METHOD, &samples, settings);
        let losses = trials::steps(&mut *trainer, &samples, &METHOD.plan, 0..1);
        losses.iter().map(|l| l.0).collect::<Vec<_>>()
    };
    assert_eq!(names(&SMALL), ["generator", "discriminator", "class accuracy"]);
    assert_eq!(names(&CRITIC), ["generator", "discriminator", "slope", "class accuracy"]);
    let one = trials::pictures(ImageShape { channels: 1, side: 28 }, 1, 1);
    let inputs = crate::training::TrainingInputs {
        samples: &one,
        settings: &trials::values(&SMALL),
        plan: &METHOD.plan,
    };
    assert!(METHOD.begin().unwrap()(&inputs).is_err());
}
