//! Sizes of the network and the scale of its numbers.

use super::Settings;
use crate::dynamics::trajectories::{Scales, WorldSpec};
use crate::net::weights::{WeightArray, Weights};
use crate::unet::config::{UNetConfig, widths};

/// Sizes of a learned step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepConfig {
    /// What a frame holds.
    pub spec: WorldSpec,
    /// Frames of the past that it sees.
    pub history: usize,
    /// Denoising steps after the prediction.
    pub refinements: usize,
    /// Least noise of the refinements.
    pub least: f32,
    /// Planes of the velocity, across and down, if it is kept free of divergence.
    pub velocity: Option<[usize; 2]>,
    /// Its U-Net.
    pub unet: UNetConfig,
}

impl StepConfig {
    /// For frames of this kind.
    ///
    /// # Errors
    /// The patches do not tile the planes, or there is no velocity on a torus to keep free of divergence.
    pub fn of(s: &Settings, spec: &WorldSpec) -> Result<Self, String> {
        let (planes, given) = (spec.state.len(), spec.given.len());
        let (history, refinements) = (s.history as usize, s.refinements as usize);
        let widths = widths(s.first as usize, s.width as usize, s.levels as usize);
        let unet = UNetConfig {
            inputs: history * planes + given + if refinements > 0 { planes } else { 0 },
            outputs: planes,
            height: spec.height,
            width: spec.width,
            periodic: spec.periodic,
            patch: s.patch as usize,
            blocks: s.blocks as usize,
            conditioning: widths[widths.len() - 1],
            normalise_last: false,
            widths,
        };
        let velocity = s.project.then(|| velocity(spec)).transpose()?;
        Ok(Self { spec: spec.clone(), history, refinements, least: s.least, velocity, unet: unet.check()? })
    }

    /// Values that the conditioning is embedded from: knobs, the size of each plane of the state, and the refinement.
    pub fn features(&self) -> usize {
        self.spec.knobs.len() + self.spec.state.len() + 1 + self.refinements
    }

    /// Noise of a refinement, from 1: it falls by equal factors to the least.
    pub fn noise(&self, refinement: usize) -> f32 {
        let share = refinement as f64 / self.refinements.max(1) as f64;
        libm::pow(f64::from(self.least), share) as f32
    }

    /// Each knob as a feature: −1 at the least value of its range, 1 at the greatest.
    pub fn knob_features(&self, knobs: &[f32]) -> Vec<f32> {
        let one = |(k, v): (&crate::dynamics::trajectories::KnobRange, &f32)| {
            let span = k.high - k.low;
            if span > 0.0 { (2.0 * (v - k.low) / span - 1.0).clamp(-2.0, 2.0) } else { 0.0 }
        };
        self.spec.knobs.iter().zip(knobs).map(one).collect()
    }
}

/// The planes of the velocity: the first two named `….x` and `….y`.
fn velocity(spec: &WorldSpec) -> Result<[usize; 2], String> {
    let find = |end: &str| spec.state.iter().position(|n| n.ends_with(end));
    match (find(".x").zip(find(".y")), spec.periodic) {
        (Some((x, y)), [true, true]) => Ok([x, y]),
        (_, [true, true]) => {
            Err(format!("project=true: expected a velocity in the state, found {}", spec.state.join(", ")))
        }
        _ => Err("project=true: expected a world that is periodic on all sides, found walls".into()),
    }
}

/// The array of a file that limits the energy of each shell of wavenumbers.
pub const LIMITS: &str = "scale.shells";

/// The array of a file that limits the values of each plane of a state: lowest and highest.
pub const RANGE: &str = "scale.range";

/// Feature of the size of a plane, from its mean square in normalised units.
pub const SIZE_FLOOR: f32 = 1e-4;

impl Scales {
    /// As arrays of a file.
    pub fn weights(&self) -> Weights {
        let mut w = Weights::default();
        for (name, pairs) in
            [("scale.state", &self.state), ("scale.change", &self.change), ("scale.given", &self.given)]
        {
            let values = pairs.iter().flatten().copied().collect();
            w.insert(name, WeightArray { dims: vec![pairs.len(), 2], values });
        }
        w
    }

    /// From the arrays of a file.
    ///
    /// # Errors
    /// One is missing, of another shape, or a deviation is not above zero.
    pub fn of_weights(w: &Weights, spec: &WorldSpec) -> Result<Self, String> {
        let pairs = |name: &str, n: usize| -> Result<Vec<[f32; 2]>, String> {
            let pairs = w.get(name, &[n, 2])?.as_chunks::<2>().0.to_vec();
            match pairs.iter().all(|p| p[1] > 0.0) {
                true => Ok(pairs),
                false => Err(format!("expected deviations above zero in `{name}`")),
            }
        };
        let (s, g) = (spec.state.len(), spec.given.len());
        Ok(Self {
            state: pairs("scale.state", s)?,
            change: pairs("scale.change", s)?,
            given: pairs("scale.given", g)?,
        })
    }

    /// Planes in normalised units: zero mean and unit deviation.
    pub fn normalised(pairs: &[[f32; 2]], planes: &[f32]) -> Vec<f32> {
        let plane = planes.len() / pairs.len().max(1);
        let mut out = planes.to_vec();
        for (values, [mean, deviation]) in out.chunks_exact_mut(plane.max(1)).zip(pairs) {
            values.iter_mut().for_each(|v| *v = (*v - mean) / deviation);
        }
        out
    }

    /// The inverse of [`Self::normalised`].
    pub fn restored(pairs: &[[f32; 2]], planes: &[f32]) -> Vec<f32> {
        let plane = planes.len() / pairs.len().max(1);
        let mut out = planes.to_vec();
        for (values, [mean, deviation]) in out.chunks_exact_mut(plane.max(1)).zip(pairs) {
            values.iter_mut().for_each(|v| *v = v.mul_add(*deviation, *mean));
        }
        out
    }

    /// Deviation of each plane's change, in units of the state's.
    pub fn ratios(&self) -> Vec<f32> {
        self.change.iter().zip(&self.state).map(|(c, s)| c[1] / s[1]).collect()
    }
}
