//! Double descent: test error falls, rises to a peak where the network has just enough weights to fit its pictures, and
//! falls again (Belkin et al. 2019). The network is one hidden layer of fixed random weights with ReLU (Rahimi and Recht
//! 2007), whose output weights are the least-squares solution of least norm. It is computed, not trained, so that nothing
//! hides the peak.

use maud::html;
use serde_json::json;

use super::declaration::{Experiment, Findings, Reads, Section};
use super::setup::Setup;
use super::show::{self, interval, percent};
use super::solve::least_norm;
use crate::collapse::statistics::Band;
use crate::runs::Watch;
use data::sample::Samples;
use judge::JudgeError;
use judge::augment::plain;
use judge::calibration::best;
use judge::standardise::standardised;
use learn::pipeline::processor_seconds;
use world::rng::Rng;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "double-descent",
    reads: Reads::Pictures,
    about: "Does a network with more weights than it needs get worse, or better again? (Belkin et al. 2019)",
    run,
};

/// Widths as multiples of the number of training pictures.
const WIDTHS: [f64; 15] = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.15, 1.4, 2.0, 3.0, 5.0, 8.0, 12.0];
/// Share of training labels that are drawn at random, which makes the peak higher.
const WRONG: f64 = 0.15;

/// Errors of one width.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    /// Share of the training labels, wrong ones included, that are not fitted.
    pub training: f64,
    /// Share of the test pictures that are called wrong.
    pub test: f64,
    /// Mean squared difference of the outputs from the true ones on test pictures.
    pub square: f64,
}

/// Hidden units of a picture.
fn features(picture: &[f32], width: usize, rng: Rng) -> Vec<f64> {
    let scale = 1.0 / (picture.len() as f64).sqrt();
    let unit = |k: usize| {
        let weights = rng.fork(k as u64);
        let sum: f64 = picture.iter().enumerate().map(|(i, v)| f64::from(*v) * sign(weights, i)).sum();
        (scale * sum + f64::from(weights.named("bias").normal(0)) * 0.1).max(0.0)
    };
    (0..width).map(unit).collect()
}

/// A weight of one or minus one.
fn sign(rng: Rng, i: usize) -> f64 {
    if rng.bits(i as u64 / 64) >> (i % 64) & 1 == 1 { 1.0 } else { -1.0 }
}

/// Errors of all widths, with one seed.
pub fn sweep(
    train: &Samples,
    test: &Samples,
    seed: u64,
    stop: &dyn Fn() -> bool,
    step: &dyn Fn(),
) -> Option<Vec<(usize, Errors)>> {
    let rng = Rng::new(seed).named("double descent");
    let (n, classes) = (train.len(), train.classes.len());
    let widest = (WIDTHS[WIDTHS.len() - 1] * n as f64) as usize;
    let labels: Vec<usize> = (0..n)
        .map(|i| match rng.named("wrong").unit64(i as u64) < WRONG {
            true => rng.named("label").below(i as u64, classes as u64) as usize,
            false => train.labels[i],
        })
        .collect();
    let rows = |s: &Samples| -> Vec<Vec<f64>> {
        use rayon::prelude::*;
        s.pictures
            .par_iter()
            .map(|p| features(&standardised(&plain(p), s.channels), widest, rng.named("units")))
            .collect()
    };
    let (known, asked) = (rows(train), rows(test));
    let targets = |labels: &[usize]| -> Vec<Vec<f64>> {
        let one =
            |l: &usize| (0..classes).map(|c| f64::from(u8::from(c == *l)) - 1.0 / classes as f64).collect();
        labels.iter().map(one).collect()
    };
    let mut found = Vec::new();
    for multiple in WIDTHS {
        if stop() {
            return None;
        }
        let width = ((multiple * n as f64) as usize).max(2);
        let weights = least_norm(&known, width, &targets(&labels));
        let outputs = |rows: &[Vec<f64>]| -> Vec<Vec<f64>> {
            rows.iter().map(|r| apply(&weights, &r[..width])).collect()
        };
        let (fit, said) = (outputs(&known), outputs(&asked));
        let wrong = |outputs: &[Vec<f64>], labels: &[usize]| {
            let name = |o: &Vec<f64>| best(&o.iter().map(|v| *v as f32).collect::<Vec<_>>());
            outputs.iter().zip(labels).filter(|(o, l)| name(o) != **l).count() as f64
                / labels.len().max(1) as f64
        };
        let truth = targets(&test.labels);
        let squares = said.iter().flatten().zip(truth.iter().flatten()).map(|(a, b)| (a - b) * (a - b));
        let square = squares.sum::<f64>() / test.len().max(1) as f64;
        found.push((
            width,
            Errors { training: wrong(&fit, &labels), test: wrong(&said, &test.labels), square },
        ));
        step();
    }
    Some(found)
}

/// Outputs of a row of hidden units: `weights` are those of each unit.
fn apply(weights: &[Vec<f64>], row: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; weights.first().map_or(0, Vec::len)];
    for (v, w) in row.iter().zip(weights).filter(|(v, _)| **v != 0.0) {
        out.iter_mut().zip(w).for_each(|(o, w)| *o += v * w);
    }
    out
}

fn run(setup: &Setup, watch: Watch) -> Result<Option<Findings>, JudgeError> {
    let start = processor_seconds();
    (watch.plan)(setup.seeds * WIDTHS.len() as u64);
    let mut sweeps = Vec::new();
    for seed in setup.all_seeds() {
        let own = setup.pictures(200, 400, seed);
        let step = || (watch.step)(&format!("seed {seed}"));
        match sweep(&own.train, &own.test, seed, watch.stop, &step) {
            Some(found) => sweeps.push(found),
            None => break,
        }
    }
    let Some(first) = sweeps.first() else { return Ok(None) };
    let own = setup.pictures(200, 400, setup.seed);
    let n = own.train.len();
    let band = |i: usize, of: fn(&Errors) -> f64, most: f64| {
        Band::of(&sweeps.iter().map(|s| of(&s[i].1)).collect::<Vec<_>>(), [0.0, most])
    };
    let points = |of: fn(&Errors) -> f64, most: f64| -> Vec<(f64, Option<Band>)> {
        first.iter().enumerate().map(|(i, (width, _))| (*width as f64, band(i, of, most))).collect()
    };
    let (training, test) = (points(|e| e.training, 1.0), points(|e| e.test, 1.0));
    let square = points(|e| e.square, f64::INFINITY);
    let axes = ["hidden units", "share wrong"];
    let errors = [("test pictures".into(), test.clone()), ("training labels".into(), training.clone())];
    let charts = html! { div.charts {
        (show::against("Errors by width", axes, [true, false], &errors))
        (show::against("Squared error on test pictures", ["hidden units", "squared error"], [true, true], &[("test pictures".into(), square.clone())]))
    } };
    Ok(Some(Findings {
        done: format!(
            "One hidden layer of random weights with ReLU, of {} to {} units, was fitted to {n} pictures of {} by least squares; of all solutions \
             the one of least norm is taken. {} of the training labels are drawn at random, test labels are true.",
            first[0].0,
            first[first.len() - 1].0,
            setup.named(),
            percent(WRONG)
        ),
        said: said(&test, &training, n),
        sections: vec![
            Section {
                title: "By width".into(),
                text: format!("With {n} hidden units the layer can just fit its {n} pictures."),
                body: charts,
            },
            Section {
                title: "What it was shown".into(),
                text: String::new(),
                body: show::pictures(&own.train, 3, "training pictures"),
            },
        ],
        json: json!({ "pictures": n, "test": test, "training": training, "squared": square }),
        seconds: processor_seconds() - start,
    }))
}

fn said(test: &[(f64, Option<Band>)], training: &[(f64, Option<Band>)], n: usize) -> Vec<String> {
    let mean = |p: &(f64, Option<Band>)| p.1.map_or(f64::NAN, |b| b.mean);
    let peak = test.iter().max_by(|a, b| mean(a).total_cmp(&mean(b)));
    let before = test.iter().filter(|p| p.0 < 0.8 * n as f64).min_by(|a, b| mean(a).total_cmp(&mean(b)));
    let (Some(peak), Some(before), Some(last)) = (peak, before, test.last()) else { return Vec::new() };
    let fitted = training.iter().find(|p| mean(p) < 1e-3).map_or(f64::NAN, |p| p.0);
    let ratio = peak.0 / n as f64;
    vec![
        format!(
            "Few units: {} of test pictures wrong at the best width below the peak, {:.0} units.",
            interval(before.1),
            before.0
        ),
        format!(
            "At {:.0} units, {ratio:.2} times the number of training pictures, {} are wrong: the highest of all. From {fitted:.0} units on every training \
             label is fitted, wrong ones included; just there the only solution is a wild one.",
            peak.0,
            interval(peak.1)
        ),
        format!(
            "With {:.0} units {} are wrong: {}",
            last.0,
            interval(last.1),
            match mean(last) {
                m if m < mean(before) =>
                    "less than ever before. More weights made it better, since of many solutions the smallest is taken.",
                m if m < 0.8 * mean(peak) =>
                    "the error has come down again, though not below that of the small network.",
                _ => "the error did not come down again.",
            }
        ),
    ]
}
