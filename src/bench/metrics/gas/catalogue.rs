//! Metrics of two flows by name, each with its confidence interval, noise floor and ceiling.

use rand::RngExt;

use super::{ClipSeries, Flow, spectral_distance};
use crate::metrics::catalogue::{Baseline, Direction, MetricResult};
use crate::metrics::interval::{Estimate, by_blocks};
use crate::metrics::{MetricError, mean};
use world::rng::Rng;

/// One metric of flows.
pub struct GasMetric {
    /// Its name on the command line.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Optimisation direction.
    pub better: Direction,
    compute: fn(&ClipSeriesPair) -> Result<MetricResult, MetricError>,
}

/// All metrics of flows.
pub const GAS_METRICS: &[GasMetric] = &[
    GasMetric {
        name: "divergence",
        about: "Of flows: RMS velocity divergence over RMS velocity gradient, 0 to √2.",
        better: Direction::LikeReference,
        compute: divergence,
    },
    GasMetric {
        name: "mass-drift",
        about: "Of flows: mean absolute change of mass from frame to frame, relative to the first frame's.",
        better: Direction::LikeReference,
        compute: drift,
    },
    GasMetric {
        name: "energy-spectrum",
        about: "Of flows: RMS over wavenumbers of log₁₀ of the ratio of kinetic energies; 1 is a factor of ten.",
        better: Direction::Less,
        compute: spectra,
    },
    GasMetric {
        name: "kinetic-energy",
        about: "Of flows: mean of half the squared velocity, in the square of its unit.",
        better: Direction::LikeReference,
        compute: energy,
    },
];

/// The metric of this name.
pub fn find(name: &str) -> Option<&'static GasMetric> {
    GAS_METRICS.iter().find(|m| m.name == name)
}

/// Minimum number of frames for an interval.
const LEAST: usize = 4;
/// Frames of noise for the ceiling.
const NOISE: usize = 16;

struct ClipSeriesPair {
    reference: ClipSeries,
    candidate: ClipSeries,
    noise: ClipSeries,
    rng: Rng,
}

/// Computes metrics of clips of a reference and of a candidate (at least one each, all of one size), with 95 %
/// intervals by block bootstrap.
///
/// # Errors
/// No clips, or clips of different sizes. A metric that cannot be computed has its own error in its place.
pub fn compare(
    reference: &[Flow],
    candidate: &[Flow],
    metrics: &[&GasMetric],
    seed: u64,
) -> Result<Vec<Result<MetricResult, MetricError>>, MetricError> {
    let rng = Rng::new(seed);
    let series = ClipSeriesPair {
        reference: ClipSeries::of(reference)?,
        candidate: ClipSeries::of(candidate)?,
        noise: ClipSeries::of(&[noise(reference, rng.named("noise"))?])?,
        rng: rng.named("blocks"),
    };
    if series.reference.size != series.candidate.size {
        let say = |c: &ClipSeries| format!("{}×{} cells", c.size.0, c.size.1);
        let (expected, found) = (say(&series.reference), say(&series.candidate));
        return Err(MetricError::Unlike { metric: "a flow", expected, found });
    }
    Ok(metrics.iter().map(|m| (m.compute)(&series)).collect())
}

/// Frames whose values are uniform over the range of their plane in the reference.
fn noise(clips: &[Flow], rng: Rng) -> Result<Flow, MetricError> {
    let (w, h) = clips.first().map_or((3, 3), Flow::size);
    let range = |plane: usize| {
        let all = clips.iter().flat_map(|c| (0..c.frames()).flat_map(move |f| c.plane(f, plane)));
        all.fold((f32::INFINITY, f32::NEG_INFINITY), |(lo, hi), v| (lo.min(*v), hi.max(*v)))
    };
    let ranges = [0, 1, 2].map(range);
    let mut s = rng.sequence();
    let value = |i: usize| {
        let (lo, hi) = ranges[i / (w * h) % 3];
        if lo <= hi { lo + (hi - lo) * s.random::<f32>() } else { 0.0 }
    };
    Flow::new(w, h, (0..NOISE * 3 * w * h).map(value).collect())
}

fn enough(metric: &'static str, what: &str, found: usize) -> Result<(), MetricError> {
    match found < LEAST {
        true => Err(MetricError::TooFew { metric, what: what.into(), least: LEAST, found }),
        false => Ok(()),
    }
}

fn all(n: usize) -> Vec<usize> {
    (0..n).collect()
}

/// A result of the candidate alone, with the reference's own value.
fn one_sided(
    c: &ClipSeriesPair,
    n: [usize; 2],
    figure: Estimate,
    reference: f64,
    noise: Option<f64>,
) -> MetricResult {
    let ceiling = noise.map(|value| Baseline { value, samples: [c.noise.frames(); 2] });
    MetricResult { figure, samples: n, floor: None, ceiling, of_reference: Some(reference) }
}

fn divergence(c: &ClipSeriesPair) -> Result<MetricResult, MetricError> {
    let (a, b) = (&c.reference, &c.candidate);
    enough("divergence", "the reference's frames", a.frames())?;
    enough("divergence", "the candidate's frames", b.frames())?;
    let figure = by_blocks([0, b.frames()], c.rng, |_, y| Ok(b.divergence(y)))?;
    let noise = c.noise.divergence(&all(c.noise.frames()));
    let reference = a.divergence(&all(a.frames()));
    Ok(one_sided(c, [a.frames(), b.frames()], figure, reference, Some(noise)))
}

fn energy(c: &ClipSeriesPair) -> Result<MetricResult, MetricError> {
    let (a, b) = (&c.reference, &c.candidate);
    enough("kinetic-energy", "the reference's frames", a.frames())?;
    enough("kinetic-energy", "the candidate's frames", b.frames())?;
    let total = |s: &ClipSeries, frames: &[usize]| s.spectrum(frames).iter().sum::<f64>();
    let figure = by_blocks([0, b.frames()], c.rng, |_, y| Ok(total(b, y)))?;
    let reference = total(a, &all(a.frames()));
    Ok(one_sided(c, [a.frames(), b.frames()], figure, reference, None))
}

fn drift(c: &ClipSeriesPair) -> Result<MetricResult, MetricError> {
    let series = |s: &ClipSeries| s.drift.clone().map(|d| d.into_iter().map(f64::abs).collect());
    let (a, b): (Vec<f64>, Vec<f64>) = (series(&c.reference)?, series(&c.candidate)?);
    enough("mass-drift", "the reference's steps from frame to frame", a.len())?;
    enough("mass-drift", "the candidate's steps from frame to frame", b.len())?;
    let at = |y: &[usize]| mean(&y.iter().map(|&i| b[i]).collect::<Vec<_>>());
    let figure = by_blocks([0, b.len()], c.rng, |_, y| Ok(at(y)))?;
    let noise = series(&c.noise).ok().map(|n: Vec<f64>| mean(&n));
    Ok(one_sided(c, [a.len(), b.len()], figure, mean(&a), noise))
}

fn spectra(c: &ClipSeriesPair) -> Result<MetricResult, MetricError> {
    let (a, b, side) = (&c.reference, &c.candidate, c.reference.side());
    enough("energy-spectrum", "the reference's frames", a.frames())?;
    enough("energy-spectrum", "the candidate's frames", b.frames())?;
    let sizes = [a.frames(), b.frames()];
    let distance = |x: &[usize], y: &[usize]| spectral_distance(&a.spectrum(x), &b.spectrum(y), side);
    // Frames of the same time are paired: a decaying gas decays on both sides.
    let figure = match sizes[0] == sizes[1] {
        true => by_blocks([sizes[0], 0], c.rng, |x, _| distance(x, x))?,
        false => by_blocks(sizes, c.rng, distance)?,
    };
    // Alternating runs of frames: first against second half would measure the decay.
    let run = sizes[0].isqrt();
    let (even, odd): (Vec<usize>, Vec<usize>) = (0..sizes[0]).partition(|i| (i / run).is_multiple_of(2));
    let floor = spectral_distance(&a.spectrum(&even), &a.spectrum(&odd), side)?;
    let whole = a.spectrum(&all(sizes[0]));
    let noise = spectral_distance(&whole, &c.noise.spectrum(&all(c.noise.frames())), side)?;
    Ok(MetricResult {
        figure,
        samples: sizes,
        floor: Some(Baseline { value: floor, samples: [even.len(), odd.len()] }),
        ceiling: Some(Baseline { value: noise, samples: [sizes[0], c.noise.frames()] }),
        of_reference: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::gas::samples::{drawn, noise as noisy};
    use systems::gas::lbm::collide::Relaxation;
    use systems::gas::lbm::edge::BoundaryConditions;
    use systems::gas::lbm::lattice::Lattice;

    /// Vortices simulated on a periodic lattice, `steps` lattice steps a frame.
    fn vortices(frames: usize, steps: usize, phase: f64) -> Flow {
        const SIDE: usize = 48;
        let mut gas = Lattice::new(SIDE, SIDE, BoundaryConditions::TORUS);
        let turn = |i: usize, k: f64| std::f64::consts::TAU * k * i as f64 / SIDE as f64 + phase;
        gas.fill(|x, y| {
            let (u, v) = (0.05 * turn(y, 2.0).sin() + 0.02 * turn(y, 3.0).cos(), 0.05 * turn(x, 1.0).sin());
            [0.0, u as f32, v as f32]
        });
        let mut values = Vec::new();
        for _ in 0..frames {
            gas.run(steps, Relaxation::trt(0.01, 0.1875), None);
            (0..SIDE).for_each(|y| values.extend(gas.moment(0, y).iter().map(|d| 1.0 + d)));
            (1..3).for_each(|p| (0..SIDE).for_each(|y| values.extend(gas.moment(p, y))));
        }
        Flow::new(SIDE, SIDE, values).unwrap()
    }

    fn run(a: &Flow, b: &Flow) -> Vec<Result<MetricResult, MetricError>> {
        let every: Vec<&GasMetric> = GAS_METRICS.iter().collect();
        compare(std::slice::from_ref(a), std::slice::from_ref(b), &every, 1).unwrap()
    }

    #[test]
    fn the_gas_conserves_mass_and_is_nearly_divergence_free() {
        let gas = vortices(40, 8, 0.0);
        let answers = run(&gas, &vortices(40, 8, 0.7));
        let of = |i: usize| answers[i].as_ref().unwrap();
        assert!(of(0).figure.value < 0.05, "divergence {:?}", of(0));
        assert!(of(1).figure.value < 1e-6, "mass drift {:?}", of(1));
        // The same vortices elsewhere: their spectrum is the same.
        assert!(of(2).figure.value < 0.6 * of(2).ceiling.unwrap().value, "{:?}", of(2));
        for answer in answers[..3].iter().map(|a| a.as_ref().unwrap()) {
            let [lo, hi] = answer.figure.interval;
            assert!(lo <= answer.figure.value && answer.figure.value <= hi);
            assert!(answer.ceiling.unwrap().value > answer.figure.value);
        }
        assert_eq!(of(1).samples, [39, 39]);
    }

    #[test]
    fn bad_imitations_are_detected() {
        let gas = vortices(30, 8, 0.0);
        let changed = |f: &dyn Fn(usize, usize, f32) -> f32| {
            let cells = 48 * 48;
            let one = |(i, v): (usize, &f32)| f(i / (3 * cells), i / cells % 3, *v);
            Flow::new(48, 48, gas.values().iter().enumerate().map(one).collect()).unwrap()
        };
        let figure = |b: &Flow, i: usize| run(&gas, b)[i].as_ref().unwrap().figure;
        let of_gas = |i: usize| figure(&gas, i).value;
        assert_eq!(of_gas(2), 0.0);
        let leaking = changed(&|t, plane, v| if plane == 0 { v * 0.999f32.powi(t as i32) } else { v });
        assert!((figure(&leaking, 1).value - 1e-3).abs() < 5e-5 && figure(&leaking, 1).interval[0] > 1e-4);
        // With u negated, u and v no longer match.
        let swapped = changed(&|_, plane, v| if plane == 1 { -v } else { v });
        assert!(figure(&swapped, 0).interval[0] > 5.0 * of_gas(0));
        let rough = noisy(48, 48, 30, 1);
        let worst = run(&gas, &rough)[2].clone().unwrap();
        assert!(worst.figure.interval[0] > worst.floor.unwrap().value, "{worst:?}");
        let half = figure(&rough, 3);
        let squares = rough.values().chunks(48 * 48).enumerate().filter(|(plane, _)| plane % 3 > 0);
        let sum: f64 = squares.flat_map(|(_, v)| v).map(|v| 0.5 * f64::from(*v) * f64::from(*v)).sum();
        assert!((half.value * (48.0 * 48.0 * 30.0) / sum - 1.0).abs() < 1e-6, "{half:?}, {sum}");
        let weak = rough.values().iter().map(|v| v * 0.1f32.sqrt()).collect();
        let tenth = run(&rough, &Flow::new(48, 48, weak).unwrap())[2].clone().unwrap();
        assert!((tenth.figure.value - 1.0).abs() < 1e-3, "a tenth of the energy: {tenth:?}");
        let [lo, hi] = tenth.figure.interval;
        assert!(hi - lo < 1e-3, "paired by frame, so the interval is narrow: {tenth:?}");
    }

    #[test]
    fn several_clips_are_one_longer_series() {
        let (a, b) = (vortices(6, 4, 0.0), vortices(6, 4, 1.0));
        let both = ClipSeries::of(&[a.clone(), b.clone()]).unwrap();
        assert_eq!((both.frames(), both.drift.as_ref().unwrap().len()), (12, 10));
        assert_eq!(both.spectra[6..], ClipSeries::of(&[b]).unwrap().spectra[..]);
        assert!(ClipSeries::of(&[]).is_err());
        assert!(ClipSeries::of(&[a, noisy(5, 5, 2, 1)]).unwrap_err().to_string().contains("5×5 cells"));
    }

    #[test]
    fn what_cannot_be_measured_is_reported_by_metric() {
        let gas = vortices(5, 2, 0.0);
        let short = vortices(4, 2, 0.0);
        let answers = run(&gas, &short);
        assert!(answers[0].is_ok() && answers[2].is_ok());
        let e = answers[1].clone().unwrap_err().to_string();
        assert!(e.contains("mass-drift needs at least 4 samples of the candidate's steps"), "{e}");
        let still = drawn(48, 48, 6, |_, _, _| [1.0, 0.0, 0.0]);
        let answers = run(&still, &gas);
        assert!(answers[2].clone().unwrap_err().to_string().contains("the reference is at rest"));
        assert_eq!(answers[0].clone().unwrap().of_reference, Some(0.0));
        let void = drawn(48, 48, 6, |_, _, _| [0.0, 0.1, 0.0]);
        assert!(run(&gas, &void)[1].is_err() && run(&gas, &void)[0].is_ok());
        let every: Vec<&GasMetric> = GAS_METRICS.iter().collect();
        let other = compare(&[gas], &[noisy(9, 9, 5, 1)], &every, 1).unwrap_err().to_string();
        assert!(other.contains("expected 48×48 cells, found 9×9 cells"), "{other}");
        assert!(find("mass-drift").is_some() && find("kid").is_none());
    }

    #[test]
    fn the_result_does_not_depend_on_the_thread_count() {
        let (a, b) = (vortices(12, 4, 0.0), vortices(12, 4, 0.5));
        let at = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(|| run(&a, &b));
        assert!([2, 3, 8].iter().all(|&n| at(n) == at(1)));
    }
}
