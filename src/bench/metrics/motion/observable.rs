//! What is compared of a frame, in standard deviations of the truth.

use std::ops::Range;

use rayon::prelude::*;

use super::gradient::{velocity, vorticity};
use super::rollout::{Layout, Rollout};
use crate::metrics::MetricError;

/// Which values of a frame are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Observable {
    /// All planes.
    State,
    /// One plane.
    Plane(usize),
    /// The vorticity, as is usual for flows (Kochkov et al. 2021).
    Vorticity,
}

impl Observable {
    /// The vorticity if there is a velocity, else all planes.
    pub fn of(layout: &Layout) -> Self {
        if layout.velocity.is_some() { Self::Vorticity } else { Self::State }
    }

    fn planes(self, layout: &Layout) -> Result<usize, MetricError> {
        match self {
            Self::State => Ok(layout.channels),
            Self::Plane(plane) if plane >= layout.channels => {
                let why =
                    format!("there is no plane {plane}; there are {} (counted from 0)", layout.channels);
                Err(MetricError::Unfit { metric: METRIC, why })
            }
            Self::Plane(_) => Ok(1),
            Self::Vorticity => velocity(layout).map(|_| 1),
        }
    }

    /// Its values in frame `t`.
    fn values(self, rollout: &Rollout, t: usize) -> Result<Vec<f64>, MetricError> {
        let wide = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect();
        match self {
            Self::State => Ok(wide(rollout.frame(t))),
            Self::Plane(plane) => Ok(wide(rollout.plane(t, plane))),
            Self::Vorticity => vorticity(rollout, t),
        }
    }
}

const METRIC: &str = "an observable";

/// Mean and standard deviation of each plane of an observable, over all cells, frames and worlds of the truth.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    observable: Observable,
    mean: Vec<f64>,
    /// 1 for a plane that is constant.
    deviation: Vec<f64>,
}

impl Scale {
    /// The scale of these roll-outs, which must be of one layout and length.
    ///
    /// # Errors
    /// No roll-outs, an observable that the frames lack, or one that is the same everywhere and always.
    pub fn of(truth: &[Rollout], observable: Observable) -> Result<Self, MetricError> {
        let Some(first) = truth.first() else {
            return Err(MetricError::TooFew { metric: METRIC, what: "the truth".into(), least: 1, found: 0 });
        };
        let (planes, cells) = (observable.planes(first.layout())?, first.layout().cells());
        let start = observable.values(first, 0)?;
        // Relative to one of the values: exactly 0 for a plane that is constant, and no digits are lost.
        let origin: Vec<f64> = start.iter().step_by(cells).copied().collect();
        let sums = |r: &Rollout| {
            let mut sums = vec![[0.0; 2]; planes];
            for t in 0..r.frames() {
                for (plane, values) in observable.values(r, t)?.chunks(cells).enumerate() {
                    let off = values.iter().map(|v| v - origin[plane]);
                    off.for_each(|d| sums[plane] = [sums[plane][0] + d, sums[plane][1] + d * d]);
                }
            }
            Ok(sums)
        };
        let parts: Vec<Vec<[f64; 2]>> = truth.par_iter().map(sums).collect::<Result<_, MetricError>>()?;
        let count = (truth.len() * first.frames() * cells) as f64;
        let moments = |plane: usize| {
            let total = |power: usize| parts.iter().map(|p| p[plane][power]).sum::<f64>() / count;
            let (mean, square) = (total(0), total(1));
            (origin[plane] + mean, (square - mean * mean).max(0.0).sqrt())
        };
        let (mean, mut deviation): (Vec<f64>, Vec<f64>) = (0..planes).map(moments).unzip();
        if deviation.iter().all(|d| *d == 0.0) {
            let why = format!("{observable:?} has the same value everywhere and always in the truth");
            return Err(MetricError::Unfit { metric: METRIC, why });
        }
        deviation.iter_mut().filter(|d| **d == 0.0).for_each(|d| *d = 1.0);
        Ok(Self { observable, mean, deviation })
    }
}

/// Standardised values are at most this large, so that those of a roll-out that diverges have finite fourth powers.
const MOST: f64 = 1e30;

/// An observable of the roll-outs of several worlds, standardised by the truth's [`Scale`]: 0 is the truth's mean, 1 its
/// standard deviation. A plane that is constant in the truth is only centred.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    size: (usize, usize),
    planes: usize,
    frames: usize,
    /// For each world the frames, one after another.
    worlds: Vec<Vec<f32>>,
}

impl Observed {
    /// Observes roll-outs of one layout and length, those of the truth or others.
    ///
    /// # Errors
    /// No roll-outs, or roll-outs that lack what the scale is of.
    pub fn of(rollouts: &[Rollout], scale: &Scale) -> Result<Self, MetricError> {
        let Some(first) = rollouts.first() else {
            return Err(MetricError::TooFew { metric: METRIC, what: "worlds".into(), least: 1, found: 0 });
        };
        let (layout, frames) = (first.layout(), first.frames());
        let planes = scale.observable.planes(layout)?;
        if planes != scale.mean.len() {
            let (expected, found) = (format!("{} planes", scale.mean.len()), format!("{planes} planes"));
            return Err(MetricError::Unlike { metric: METRIC, expected, found });
        }
        let cells = layout.cells();
        let world = |r: &Rollout| {
            let mut all = Vec::with_capacity(frames * planes * cells);
            for t in 0..frames {
                for (plane, values) in scale.observable.values(r, t)?.chunks(cells).enumerate() {
                    let (mean, deviation) = (scale.mean[plane], scale.deviation[plane]);
                    all.extend(values.iter().map(|v| ((v - mean) / deviation).clamp(-MOST, MOST) as f32));
                }
            }
            Ok(all)
        };
        let worlds = rollouts.par_iter().map(world).collect::<Result<_, MetricError>>()?;
        Ok(Self { size: (layout.width, layout.height), planes, frames, worlds })
    }

    /// Number of worlds.
    pub fn worlds(&self) -> usize {
        self.worlds.len()
    }
    /// Number of frames of each world.
    pub fn frames(&self) -> usize {
        self.frames
    }
    /// Planes of a frame.
    pub fn planes(&self) -> usize {
        self.planes
    }
    /// Cells across and down.
    pub fn size(&self) -> (usize, usize) {
        self.size
    }
    /// Values of a frame, over all planes.
    pub fn values(&self) -> usize {
        self.planes * self.size.0 * self.size.1
    }

    /// Frame `t` of a world: its planes one after another, each row-major.
    pub fn frame(&self, world: usize, t: usize) -> &[f32] {
        &self.worlds[world][t * self.values()..][..self.values()]
    }

    /// Of these frames, those that there are.
    pub(super) fn within(&self, frames: Range<usize>) -> Range<usize> {
        frames.start.min(self.frames)..frames.end.min(self.frames)
    }

    /// Time series over `frames` of some values of a frame, by their indices.
    pub(super) fn series(&self, world: usize, frames: &Range<usize>, indices: Range<usize>) -> Vec<Vec<f64>> {
        let mut all = vec![Vec::with_capacity(frames.len()); indices.len()];
        for t in frames.clone() {
            let values = &self.frame(world, t)[indices.clone()];
            all.iter_mut().zip(values).for_each(|(series, v)| series.push(f64::from(*v)));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::motion::samples::{ar1, drawn, eddies, flow};
    use proptest::prelude::*;

    fn observe(truth: &[Rollout], of: &[Rollout], observable: Observable) -> Result<Observed, MetricError> {
        Observed::of(of, &Scale::of(truth, observable)?)
    }

    #[test]
    fn the_truth_has_mean_0_and_deviation_1_in_every_plane() {
        let layout = Layout::torus(5, 4, 2);
        let wave = |x: f64, y: f64, p: usize, t: f64| [3.0 + x * t - y, 1e4 + 0.1 * x][p];
        let truth = [drawn(&layout, 6, wave), drawn(&layout, 6, |x, y, p, t| wave(y, x, p, t + 1.0))];
        let seen = observe(&truth, &truth, Observable::State).unwrap();
        assert_eq!((seen.worlds(), seen.frames(), seen.planes(), seen.size()), (2, 6, 2, (5, 4)));
        for plane in 0..2 {
            let frames = (0..2).flat_map(|w| (0..6).map(move |t| (w, t)));
            let values: Vec<f64> = frames
                .flat_map(|(w, t)| seen.frame(w, t)[20 * plane..][..20].to_vec())
                .map(f64::from)
                .collect();
            let mean = values.iter().sum::<f64>() / 240.0;
            let square = values.iter().map(|v| v * v).sum::<f64>() / 240.0;
            assert!(mean.abs() < 1e-6 && (square - 1.0).abs() < 1e-6, "{plane}: {mean}, {square}");
        }
        let one = observe(&truth, &truth, Observable::Plane(1)).unwrap();
        assert_eq!(one.frame(1, 3), &seen.frame(1, 3)[20..]);
        assert_eq!(one.series(1, &(2..4), 3..5)[1], [one.frame(1, 2)[4], one.frame(1, 3)[4]].map(f64::from));
    }

    #[test]
    fn a_constant_plane_is_only_centred_and_a_constant_world_rejected() {
        let layout = Layout::torus(4, 4, 2);
        let truth = [drawn(&layout, 3, |x, _, p, _| [x, 0.1][p])];
        let other = [drawn(&layout, 3, |x, _, p, _| [x, 0.6][p])];
        let seen = observe(&truth, &other, Observable::State).unwrap();
        assert!(seen.frame(0, 2)[16..].iter().all(|v| (v - 0.5).abs() < 1e-6));
        let e = observe(&truth, &truth, Observable::Plane(1)).unwrap_err().to_string();
        assert!(e.contains("Plane(1) has the same value everywhere"), "{e}");
    }

    #[test]
    fn what_is_not_there_is_not_observed() {
        let flat = [ar1(4, 3, 0.5, 1)];
        assert_eq!(Observable::of(flat[0].layout()), Observable::State);
        assert_eq!(Observable::of(&flow(4, 4)), Observable::Vorticity);
        assert!(Scale::of(&flat, Observable::Plane(1)).is_err());
        assert!(
            Scale::of(&flat, Observable::Vorticity).is_err() && Scale::of(&[], Observable::State).is_err()
        );
        let scale = Scale::of(&[eddies(6, 3, 0.5, 1)], Observable::State).unwrap();
        assert!(Observed::of(&flat, &scale).is_err() && Observed::of(&[], &scale).is_err());
    }

    #[test]
    fn values_that_diverge_stay_finite() {
        let truth = [drawn(&Layout::torus(3, 3, 1), 2, |x, _, _, _| 1e-9 * x)];
        let wild = [drawn(&Layout::torus(3, 3, 1), 2, |x, _, _, _| 3e38 * (x - 1.0))];
        let seen = observe(&truth, &wild, Observable::State).unwrap();
        assert!(seen.frame(0, 1).iter().all(|v| v.is_finite() && f64::from(v.abs()) <= 1.1 * MOST));
    }

    proptest! {
        #[test]
        fn units_do_not_matter(factor in 0.01f64..100.0, shift in -5.0f64..5.0, seed: u64) {
            let of = |r: &Rollout| drawn(r.layout(), 4, |x, y, _, t| {
                shift + factor * f64::from(r.frame(t as usize)[y as usize * 5 + x as usize])
            });
            let (truth, other) = ([ar1(5, 4, 0.6, seed)], [ar1(5, 4, 0.6, !seed)]);
            let plain = observe(&truth, &other, Observable::State).unwrap();
            let scaled = observe(&[of(&truth[0])], &[of(&other[0])], Observable::State).unwrap();
            // To single precision of a shift of up to 500 deviations.
            for (a, b) in plain.frame(0, 3).iter().zip(scaled.frame(0, 3)) {
                prop_assert!((a - b).abs() < 2e-3, "{a}, {b}");
            }
        }
    }
}
