//! A learned step on plain slices.

use super::Settings;
use super::config::{LIMITS, RANGE, SIZE_FLOOR, StepConfig};
use crate::dynamics::WorldModel;
use crate::dynamics::projection::Projection;
use crate::dynamics::trajectories::{Scales, WorldSpec};
use crate::header::ModelHeader;
use crate::method::settings;
use crate::net::layers::{Dense, silu};
use crate::net::weights::Weights;
use crate::unet::network::Network;
use world::rng::Rng;

/// A trained step.
pub struct LearnedStep {
    config: StepConfig,
    scales: Scales,
    ratios: Vec<f32>,
    embed: [Dense; 2],
    network: Network,
    projection: Option<Projection>,
    /// Lowest and highest value of each plane; none if they are not limited.
    range: Vec<[f32; 2]>,
}

/// A learned world from its weights.
///
/// # Errors
/// Weights are missing or of another shape, or the file describes no world.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn WorldModel>, String> {
    let spec = header.world.as_ref().ok_or("expected a learned world, found a generator of pictures")?;
    Ok(Box::new(LearnedStep::of(&settings(&header.settings), spec, w)?))
}

impl LearnedStep {
    /// From its settings, the kind of frames and its weights.
    ///
    /// # Errors
    /// Weights are missing or of another shape.
    pub fn of(s: &Settings, spec: &WorldSpec, w: &Weights) -> Result<Self, String> {
        let config = StepConfig::of(s, spec)?;
        let scales = Scales::of_weights(w, spec)?;
        let e = config.unet.conditioning;
        let embed = [Dense::of(w, "embed.0", config.features(), e)?, Dense::of(w, "embed.1", e, e)?];
        let network = Network::of(w, "unet.", config.unet.clone())?;
        let projection = config.velocity.map(|_| {
            let projection = Projection::new(spec.height, spec.width, s.cutoff);
            let shells = projection.shells();
            let limits = w.get(LIMITS, &[shells]).map(|l| l.into_iter().map(f64::from).collect());
            if w.has(LIMITS) { limits.map(|l| projection.limited(l)) } else { Ok(projection) }
        });
        let range = if w.has(RANGE) { w.get(RANGE, &[spec.state.len(), 2])? } else { Vec::new() };
        Ok(Self {
            range: range.as_chunks::<2>().0.to_vec(),
            ratios: scales.ratios(),
            config,
            scales,
            embed,
            network,
            projection: projection.transpose()?,
        })
    }

    /// Its sizes.
    pub fn config(&self) -> &StepConfig {
        &self.config
    }

    fn conditioning(&self, state: &[f32], knobs: &[f32], refinement: usize) -> Vec<f32> {
        let mut features = self.config.knob_features(knobs);
        let plane = self.config.spec.plane();
        features.extend(state.chunks_exact(plane).map(size));
        features.extend((0..=self.config.refinements).map(|k| if k == refinement { 1.0 } else { 0.0 }));
        let mut x = self.embed[0].apply(&features);
        silu(&mut x);
        let mut x = self.embed[1].apply(&x);
        silu(&mut x);
        x
    }

    /// The change of a normalised state, in units of its deviation.
    fn change(&self, seen: &[f32], state: &[f32], knobs: &[f32], rng: Rng) -> Vec<f32> {
        let (refinements, values) = (self.config.refinements, state.len());
        if refinements == 0 {
            return self.network.apply(seen, &self.conditioning(state, knobs, 0));
        }
        let mut change = vec![0f32; values];
        for k in 0..=refinements {
            let noise = if k == 0 { 0.0 } else { self.config.noise(k) };
            let rng = rng.fork(k as u64);
            let noisy = change.iter().enumerate().map(|(i, c)| noise.mul_add(rng.normal(i as u64), *c));
            let noisy: Vec<f32> = noisy.collect();
            let input = [seen, &noisy].concat();
            let found = self.network.apply(&input, &self.conditioning(state, knobs, k));
            change = match k {
                0 => found,
                _ => noisy.iter().zip(found).map(|(n, f)| (-noise).mul_add(f, *n)).collect(),
            };
        }
        change
    }
}

/// Feature of the size of a plane: the logarithm of its root mean square, in normalised units.
pub fn size(plane: &[f32]) -> f32 {
    let square = plane.iter().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>() / plane.len() as f64;
    (0.5 * libm::log(square + f64::from(SIZE_FLOOR))) as f32
}

impl WorldModel for LearnedStep {
    fn spec(&self) -> &WorldSpec {
        &self.config.spec
    }

    fn history(&self) -> usize {
        self.config.history
    }

    fn next(&self, past: &[&[f32]], given: &[f32], knobs: &[f32], rng: Rng) -> Vec<f32> {
        let normal = |state: &[f32]| Scales::normalised(&self.scales.state, state);
        // A world that has just begun has only ever been as it is.
        let missing = self.config.history.saturating_sub(past.len());
        let padded = std::iter::repeat_n(&past[0], missing).chain(past);
        let mut seen: Vec<f32> = padded.flat_map(|s| normal(s)).collect();
        let mut state = normal(past[past.len() - 1]);
        seen.extend(Scales::normalised(&self.scales.given, given));
        let change = self.change(&seen, &state, knobs, rng);
        let plane = self.config.spec.plane();
        let planes = state.chunks_exact_mut(plane).zip(change.chunks_exact(plane)).zip(&self.ratios);
        for ((state, change), ratio) in planes {
            state.iter_mut().zip(change).for_each(|(s, c)| *s = c.mul_add(*ratio, *s));
        }
        let mut next = Scales::restored(&self.scales.state, &state);
        // Left to itself a network may leave what it was trained on, and then knows no way back.
        for (values, [low, high]) in next.chunks_exact_mut(plane).zip(&self.range) {
            values.iter_mut().for_each(|v| *v = v.max(*low).min(*high));
        }
        if let (Some(projection), Some([a, b])) = (&self.projection, self.config.velocity) {
            let (mut u, mut v) = (next[a * plane..][..plane].to_vec(), next[b * plane..][..plane].to_vec());
            let before = past[past.len() - 1];
            projection.follow([a, b].map(|i| &before[i * plane..][..plane]), &mut u, &mut v);
            next[a * plane..][..plane].copy_from_slice(&u);
            next[b * plane..][..plane].copy_from_slice(&v);
        }
        next
    }
}
