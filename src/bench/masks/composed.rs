//! Does training on composed frames help on frames of one world, as Hu et al. (2016) say of faces? Pairs of segmentations
//! are trained on the same frames for the same number of steps, one on the frames as they are, the other on compositions
//! of them, and both are held against frames of unseen worlds.

use std::collections::BTreeMap;

use data::masked::{MaskedFrame, MaskedSet};
use learn::LearnError;
use learn::pixelwise::Task;
use learn::pixelwise::frames::indexed;
use learn::pixelwise::inference::{PixelNetwork, VIEWS};
use learn::pixelwise::iou::PixelConfusion;
use learn::pixelwise::pipeline::{task, train_pixelwise};
use learn::training::{Losses, TrainingCallback, TrainingConfig, TrainingRun};
use rayon::prelude::*;

use crate::metrics::motion::student;

/// What is measured of a network, each 0..1.
pub const FIGURES: [&str; 3] = [
    "frames of one world whose process is named",
    "mean intersection over union, frames of one world",
    "mean intersection over union, composed frames",
];

/// A network trained without composed frames, and one trained with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The seed of both.
    pub seed: u64,
    /// The figures of the one without, in the order of [`FIGURES`].
    pub without: [f64; 3],
    /// The figures of the one with.
    pub with: [f64; 3],
}

/// Mean and half of its 95 % interval (Student).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanInterval {
    /// The mean.
    pub mean: f64,
    /// Half of the interval; infinite for a single value.
    pub half: f64,
}

impl MeanInterval {
    /// Of values that are independent.
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n.max(1.0);
        if values.len() < 2 {
            return Self { mean, half: f64::INFINITY };
        }
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
        Self { mean, half: student(values.len() - 1) * (variance / n).sqrt() }
    }
}

/// Trains the pairs of the seeds `plan.seed`, `plan.seed + 1`, … with these settings; fewer if it is stopped. `told` hears of
/// each.
///
/// # Errors
/// The set cannot be learned from, or a training fails.
pub fn composed_study(
    set: &MaskedSet,
    settings: &BTreeMap<String, f64>,
    plan: TrainingConfig,
    pairs: u64,
    stop: &dyn Fn() -> bool,
    told: &mut dyn FnMut(&Pair),
) -> Result<Vec<Pair>, LearnError> {
    let plain =
        MaskedSet { train: set.train.iter().filter(|f| !f.is_composed).cloned().collect(), ..set.clone() };
    let mut all = Vec::new();
    for seed in plan.seed..plan.seed + pairs {
        let plan = TrainingConfig { seed, ..plan };
        let [without, with] = [0.0, 1.0].map(|share| trained(&plain, settings, plan, share, stop));
        let (Some(without), Some(with)) = (without?, with?) else { break };
        let pair = Pair { seed, without, with };
        told(&pair);
        all.push(pair);
    }
    Ok(all)
}

/// Keeps nothing: a study is not resumed.
struct Silent;

impl TrainingCallback for Silent {
    fn step(&mut self, _: usize, _: usize, _: &Losses) {}
    fn epoch(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
    fn checkpoint(&mut self, _: &TrainingRun) -> Result<(), LearnError> {
        Ok(())
    }
}

/// The figures of a network that composes this share of its pictures; none if it is stopped.
fn trained(
    set: &MaskedSet,
    settings: &BTreeMap<String, f64>,
    plan: TrainingConfig,
    share: f64,
    stop: &dyn Fn() -> bool,
) -> Result<Option<[f64; 3]>, LearnError> {
    let mut settings = settings.clone();
    settings.insert("compose".into(), share);
    let work = task(Task::Segment, set, settings, plan)?;
    let file = train_pixelwise(Task::Segment, set, &work, None, stop, &mut Silent)?;
    let Some(file) = file.filter(|f| !f.header.card.interrupted) else { return Ok(None) };
    let network = PixelNetwork::open(&file, std::path::Path::new("the network"))?;
    let frames = indexed(&set.test, &set.classes, &network.classes).map_err(LearnError::Failed)?;
    Ok(Some(figures(&network, &frames)))
}

/// [`FIGURES`] of a network on frames.
fn figures(network: &PixelNetwork, frames: &[MaskedFrame]) -> [f64; 3] {
    let made: Vec<(Vec<u8>, usize)> = frames
        .par_iter()
        .map(|frame| {
            let probabilities = network.probabilities(&frame.picture, VIEWS);
            (
                learn::pixelwise::inference::likeliest(&probabilities),
                loudest(&probabilities, network.classes.len()),
            )
        })
        .collect();
    let mut confusions = [0, 1].map(|_| PixelConfusion::new(network.classes.len()));
    let (mut right, mut plain) = (0, 0);
    for (frame, (mask, named)) in frames.iter().zip(&made) {
        confusions[frame.is_composed as usize].add(&frame.mask, mask);
        if !frame.is_composed {
            (right, plain) = (right + (frame.mask[0] as usize == *named) as usize, plain + 1);
        }
    }
    [right as f64 / plain.max(1) as f64, confusions[0].mean_iou(), confusions[1].mean_iou()]
}

/// The class with the highest sum of probabilities over all pixels.
fn loudest(probabilities: &[f32], classes: usize) -> usize {
    let plane = probabilities.len() / classes;
    let sum = |c: usize| probabilities[c * plane..(c + 1) * plane].iter().map(|p| *p as f64).sum::<f64>();
    (1..classes).fold(0, |best, c| if sum(c) > sum(best) { c } else { best })
}

/// What a study found, a sentence for each figure.
pub fn sentences(pairs: &[Pair]) -> Vec<String> {
    let one = |(i, what): (usize, &&str)| {
        let of = |f: &dyn Fn(&Pair) -> f64| MeanInterval::of(&pairs.iter().map(f).collect::<Vec<f64>>());
        let (without, with) = (of(&|p| p.without[i]), of(&|p| p.with[i]));
        let gain = of(&|p| p.with[i] - p.without[i]);
        format!(
            "{what}: {:.3} ± {:.3} without composed frames, {:.3} ± {:.3} with them; the difference of a pair is {:+.3} ± {:.3}",
            without.mean, without.half, with.mean, with.half, gain.mean, gain.half
        )
    };
    FIGURES.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Student's table: 2.776 for four degrees of freedom.
    #[test]
    fn intervals_are_students() {
        let found = MeanInterval::of(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        let half = 2.776 * (2.5f64 / 5.0).sqrt();
        assert!((found.mean - 3.0).abs() < 1e-12 && (found.half - half).abs() < 1e-3, "{found:?}");
        assert_eq!(MeanInterval::of(&[1.0]).half, f64::INFINITY);
    }

    #[test]
    fn what_differs_is_told_of_pairs() {
        let pair = |seed: u64, a: f64| Pair { seed, without: [a, 0.5, 0.2], with: [a + 0.1, 0.5, 0.4] };
        let told = sentences(&[pair(1, 0.1), pair(2, 0.5), pair(3, 0.9)]);
        assert!(told[0].ends_with("the difference of a pair is +0.100 ± 0.000"), "{told:?}");
        assert!(told[1].ends_with("+0.000 ± 0.000") && told[2].contains("0.200 ± 0.000 without"), "{told:?}");
    }
}
