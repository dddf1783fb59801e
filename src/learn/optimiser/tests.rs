//! Every optimiser against its formulas in double precision, on gradients of known functions.

use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Tensor, TensorData};

use super::{Moments, Optimiser};
use crate::glue::{device, numbers};

const START: [f64; 4] = [1.0, -2.0, 0.5, 0.01];
const CURVES: [f64; 4] = [1.0, 0.1, 4.0, 30.0];

#[derive(Module, Debug)]
struct Weights {
    of: Param<Tensor<1>>,
}

/// Weights after each step against the gradient of Σ c w² / 2 + sin of the step.
fn followed(optimiser: Optimiser, rate: f64, decay: f64, steps: usize) -> Vec<Vec<f32>> {
    let row = |v: &[f64]| {
        let data = TensorData::new(v.iter().map(|v| *v as f32).collect::<Vec<_>>(), [4]);
        Tensor::<1>::from_data(data, &device())
    };
    let mut weights = Weights { of: Param::from_tensor(row(&START)) };
    let mut optimizer = optimiser.init(decay);
    (0..steps)
        .map(|step| {
            let w = weights.of.val();
            let pull = w.clone().sum().mul_scalar((step as f64).sin());
            let loss = w.powi_scalar(2).mul(row(&CURVES)).sum().mul_scalar(0.5) + pull;
            let grads = GradientsParams::from_grads(loss.backward(), &weights);
            weights = optimizer.step(rate, weights.clone(), grads);
            numbers(weights.of.val())
        })
        .collect()
}

/// One weight, whose step is what `rule` makes of (its value, its gradient, the step from 1).
fn plain(curve: f64, start: f64, steps: usize, mut rule: impl FnMut(f64, f64, i32) -> f64) -> Vec<f64> {
    let mut w = start;
    (0..steps)
        .map(|step| {
            let g = curve * w + (step as f64).sin();
            w = rule(w, g, step as i32 + 1);
            w
        })
        .collect()
}

fn agrees(
    optimiser: Optimiser,
    rate: f64,
    decay: f64,
    rule: impl Fn() -> Box<dyn FnMut(f64, f64, i32) -> f64>,
) {
    const STEPS: usize = 40;
    let found = followed(optimiser, rate, decay, STEPS);
    for (i, (curve, start)) in CURVES.into_iter().zip(START).enumerate() {
        let expected = plain(curve, start, STEPS, rule());
        for (step, expected) in expected.iter().enumerate() {
            let found = f64::from(found[step][i]);
            assert!(
                (found - expected).abs() < 2e-5 * start.abs().max(0.1),
                "{optimiser:?}, step {step}, weight {i}: {found}, {expected}"
            );
        }
    }
}

#[test]
fn steepest_descent_keeps_its_momentum() {
    for (momentum, dampening, nesterov) in
        [(0.0, 0.0, false), (0.8, 0.0, false), (0.8, 0.3, false), (0.8, 0.0, true)]
    {
        agrees(Optimiser::Sgd { momentum, dampening, nesterov }, 0.02, 0.1, || {
            let mut last = None;
            Box::new(move |w, g, _| {
                let g = g + 0.1 * w;
                let kept = last.map_or(g, |last: f64| momentum * last + (1.0 - dampening) * g);
                last = Some(kept);
                w - 0.02 * if nesterov { g + momentum * kept } else { kept }
            })
        });
    }
}

#[test]
fn adam_and_its_kin_follow_their_formulas() {
    let betas = [0.8, 0.95];
    let [a, b] = betas;
    for amsgrad in [false, true] {
        let of = Moments { betas, epsilon: 1e-6, amsgrad };
        for coupled in [true, false] {
            let optimiser = if coupled { Optimiser::Adam(of) } else { Optimiser::AdamW(of) };
            agrees(optimiser, 0.01, 0.1, || {
                let (mut m, mut v, mut most) = (0.0, 0.0, 0.0f64);
                Box::new(move |w, g, t| {
                    let (w, g) = if coupled { (w, g + 0.1 * w) } else { (w * (1.0 - 0.01 * 0.1), g) };
                    (m, v) = (a * m + (1.0 - a) * g, b * v + (1.0 - b) * g * g);
                    most = if amsgrad { most.max(v) } else { v };
                    w - 0.01 * (m / (1.0 - a.powi(t))) / ((most / (1.0 - b.powi(t))).sqrt() + 1e-6)
                })
            });
        }
    }
    let of = Moments { betas, epsilon: 1e-6, amsgrad: false };
    agrees(Optimiser::Adamax(of), 0.01, 0.1, || {
        let (mut m, mut u) = (0.0, 0.0f64);
        Box::new(move |w, g, t| {
            let g = g + 0.1 * w;
            (m, u) = (a * m + (1.0 - a) * g, (b * u).max(g.abs() + 1e-6));
            w - 0.01 / (1.0 - a.powi(t)) * m / u
        })
    });
    agrees(Optimiser::Nadam(of, 0.01), 0.01, 0.1, || {
        let (mut m, mut v, mut product) = (0.0, 0.0, 1.0);
        let mu = move |t: i32| a * (1.0 - 0.5 * 0.96f64.powf(0.01 * f64::from(t)));
        Box::new(move |w, g, t| {
            let g = g + 0.1 * w;
            (m, v) = (a * m + (1.0 - a) * g, b * v + (1.0 - b) * g * g);
            product *= mu(t);
            let mean = mu(t + 1) * m / (1.0 - product * mu(t + 1)) + (1.0 - mu(t)) * g / (1.0 - product);
            w - 0.01 * mean / ((v / (1.0 - b.powi(t))).sqrt() + 1e-6)
        })
    });
    agrees(Optimiser::Radam(of), 0.01, 0.1, || {
        let (mut m, mut v) = (0.0, 0.0);
        Box::new(move |w, g, t| {
            let g = g + 0.1 * w;
            (m, v) = (a * m + (1.0 - a) * g, b * v + (1.0 - b) * g * g);
            let mean = m / (1.0 - a.powi(t));
            let end = 2.0 / (1.0 - b) - 1.0;
            let now = end - 2.0 * f64::from(t) * b.powi(t) / (1.0 - b.powi(t));
            let r = ((now - 4.0) * (now - 2.0) * end / ((end - 4.0) * (end - 2.0) * now)).sqrt();
            let size = (v.sqrt() + 1e-6) / (1.0 - b.powi(t)).sqrt();
            w - 0.01 * if now > 5.0 { r * mean / size } else { mean }
        })
    });
}

#[test]
fn those_that_divide_by_the_size_of_gradients_follow_their_formulas() {
    for centered in [false, true] {
        agrees(Optimiser::RmsProp { alpha: 0.9, epsilon: 1e-3, momentum: 0.5, centered }, 0.01, 0.1, || {
            let (mut square, mut mean, mut kept) = (0.0, 0.0, 0.0);
            Box::new(move |w, g, _| {
                let g = g + 0.1 * w;
                (square, mean) = (0.9 * square + 0.1 * g * g, 0.9 * mean + 0.1 * g);
                let variance: f64 = if centered { square - mean * mean } else { square };
                kept = 0.5 * kept + g / (variance.sqrt() + 1e-3);
                w - 0.01 * kept
            })
        });
    }
    agrees(Optimiser::Adagrad { rate_decay: 0.1, epsilon: 1e-6 }, 0.1, 0.1, || {
        let mut sum = 0.0f64;
        Box::new(move |w, g, t| {
            let g = g + 0.1 * w;
            sum += g * g;
            w - 0.1 / (1.0 + 0.1 * f64::from(t - 1)) * g / (sum.sqrt() + 1e-6)
        })
    });
    agrees(Optimiser::Adadelta { rho: 0.9, epsilon: 1e-4 }, 1.0, 0.1, || {
        let (mut square, mut steps) = (0.0f64, 0.0f64);
        Box::new(move |w, g, _| {
            let g = g + 0.1 * w;
            square = 0.9 * square + 0.1 * g * g;
            let step = g * ((steps + 1e-4) / (square + 1e-4)).sqrt();
            steps = 0.9 * steps + 0.1 * step * step;
            w - step
        })
    });
}

#[test]
fn every_name_is_an_optimiser_that_resumes_to_the_same_bits() {
    for name in Optimiser::NAMES {
        let optimiser = Optimiser::named(name).unwrap();
        let mut first = optimiser.init(0.01);
        let weights = Weights { of: Param::from_tensor(Tensor::from_floats([1.0, -2.0, 3.0], &device())) };
        let step = |optimizer: &mut burn::optim::ModuleOptimizer, weights: &Weights| {
            let grads =
                GradientsParams::from_grads(weights.of.val().powi_scalar(2).sum().backward(), weights);
            optimizer.step(0.05, weights.clone(), grads)
        };
        let weights = (0..7).fold(weights, |weights, _| step(&mut first, &weights));
        let bytes = first.into_bytes().unwrap();
        let mut resumed = optimiser.init(0.01).from_bytes(bytes).unwrap();
        let values = [step(&mut first, &weights), step(&mut resumed, &weights)].map(|w| numbers(w.of.val()));
        assert_eq!(values[0], values[1], "{name}");
        assert!(values[0] != numbers(weights.of.val()), "{name}");
    }
    assert_eq!(Optimiser::named("newton"), None);
}
