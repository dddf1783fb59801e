//! Deterministic sampling, from noise to a picture step by step: DDIM, or of second order (DPM-Solver++ 2M).

use super::Settings;
use super::data::{DenoiserConfig, DiffusionRates, time};
use super::network::Network;
use crate::header::ModelHeader;
use crate::method::settings;
use crate::model::{GuidanceHook, ImageShape, Model, SamplingStep, normals};
use crate::net::weights::Weights;
use world::rng::Rng;

/// A trained denoiser; a point is the initial noise of a picture.
pub struct Diffusion {
    network: Network,
    steps: usize,
    guidance: f32,
    order: u32,
}

/// A picture while it is sampled.
#[derive(Clone, Debug, PartialEq)]
pub struct Denoising {
    /// The noisy picture, pixels in about −1..1.
    pub state: Vec<f32>,
    /// The clean picture that the last step predicted, in −1..1; empty before the first and where none is needed.
    pub before: Vec<f32>,
    /// Steps done.
    pub done: usize,
}

/// A generator from its weights.
///
/// # Errors
/// Weights are missing or of another shape.
pub fn open(header: &ModelHeader, w: &Weights) -> Result<Box<dyn Model>, String> {
    Ok(Box::new(Diffusion::of(header, w)?))
}

impl Diffusion {
    /// A denoiser from its weights.
    ///
    /// # Errors
    /// Weights are missing or of another shape.
    pub fn of(header: &ModelHeader, w: &Weights) -> Result<Self, String> {
        let s: Settings = settings(&header.settings);
        let sizes = DenoiserConfig::of(&s, header.shape(), header.classes.len())?;
        let network = Network::of(w, sizes)?;
        // Files of version 0.1.0 were made for the first order, and have no such setting.
        let order = if header.settings.contains_key("order") { s.order } else { 1 };
        Ok(Self { network, steps: s.steps as usize, guidance: s.guidance, order })
    }

    /// Steps from noise to picture.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The state before the first step: pure noise.
    pub fn begin(&self, point: &[f32]) -> Denoising {
        Denoising { state: point.to_vec(), before: Vec::new(), done: 0 }
    }

    /// One step; returns the predicted clean picture, in 0..1, as changed by `hook`. After [`Self::steps`] of them the
    /// state is the picture.
    pub fn step(&self, at: &mut Denoising, label: Option<usize>, hook: &mut GuidanceHook) -> Vec<f32> {
        let now = time(at.done.min(self.steps - 1), self.steps);
        let (mix, next) = (DiffusionRates::at(now), DiffusionRates::at(time(at.done + 1, self.steps)));
        let velocity = self.velocity(&at.state, now, label);
        let predicted = |(x, v): (&f32, &f32)| (mix.signal * x - mix.noise * v).clamp(-1.0, 1.0) * 0.5 + 0.5;
        let mut clean: Vec<f32> = at.state.iter().zip(&velocity).map(predicted).collect();
        let context = SamplingStep { step: at.done, steps: self.steps, signal: mix.signal, noise: mix.noise };
        hook(&context, &mut clean);
        at.done += 1;
        clean.iter_mut().for_each(|c| *c = if c.is_finite() { c.clamp(0.0, 1.0) } else { 0.5 });
        let predicted: Vec<f32> = clean.iter().map(|c| *c * 2.0 - 1.0).collect();
        if at.done >= self.steps {
            at.state = predicted;
            return clean;
        }
        let [past, weight] = self.extrapolation(at);
        for (i, x) in at.state.iter_mut().enumerate() {
            let noise = (*x - mix.signal * predicted[i]) / mix.noise;
            let p = match at.before.get(i) {
                Some(b) => past.mul_add(predicted[i] - b, predicted[i]),
                None => predicted[i],
            };
            *x = weight.mul_add(p - predicted[i], next.signal * predicted[i] + next.noise * noise);
        }
        at.before = if self.order > 1 { predicted } else { Vec::new() };
        clean
    }

    /// How far the second order extrapolates the predicted picture from the last one, and the weight of what that adds
    /// (DPM-Solver++ 2M, Lu et al. 2022, in half-logarithms λ of the signal-to-noise ratio).
    fn extrapolation(&self, at: &Denoising) -> [f32; 2] {
        let half_log = |k: usize| {
            let mix = DiffusionRates::at(time(k, self.steps));
            // Pure noise has a ratio of 0: a step from it is of the first order.
            libm::log(f64::from(mix.signal).max(1e-9) / f64::from(mix.noise))
        };
        if at.done < 2 || at.before.is_empty() {
            return [0.0; 2];
        }
        let [before, now, next] = [at.done - 2, at.done - 1, at.done].map(half_log);
        let (last, step) = (now - before, next - now);
        let signal = f64::from(DiffusionRates::at(time(at.done, self.steps)).signal);
        [(0.5 * step / last) as f32, (signal * (1.0 - libm::exp(-step))) as f32]
    }

    /// Velocity with classifier-free guidance.
    fn velocity(&self, x: &[f32], time: f64, label: Option<usize>) -> Vec<f32> {
        let of = |label| self.network.velocity(x, &self.network.conditioning(time, label));
        if !self.is_conditional() || label.is_none() || self.guidance == 0.0 {
            return of(None);
        }
        let mut velocity = of(label);
        if self.guidance != 1.0 {
            let unconditional = of(None);
            velocity.iter_mut().zip(unconditional).for_each(|(v, u)| *v = u + self.guidance * (*v - u));
        }
        velocity
    }
}

impl Model for Diffusion {
    fn shape(&self) -> ImageShape {
        self.network.sizes().shape
    }

    fn is_conditional(&self) -> bool {
        self.network.sizes().is_conditional()
    }

    fn point(&self, _: Option<usize>, rng: Rng) -> Vec<f32> {
        normals(rng, self.shape().len())
    }

    fn picture(&self, point: &[f32], label: Option<usize>) -> Vec<f32> {
        let label = label.unwrap_or(0);
        self.guided(point, Some(label), &mut |_, _| {}).unwrap_or_default()
    }

    fn steps(&self) -> usize {
        self.steps
    }

    fn step(&self, state: &mut Vec<f32>, done: usize, label: Option<usize>) -> Vec<f32> {
        // The last prediction follows the noisy picture.
        let before = state.split_off(self.shape().len().min(state.len()));
        let mut at = Denoising { state: std::mem::take(state), before, done };
        let clean = Self::step(self, &mut at, label.or(Some(0)), &mut |_, _| {});
        *state = at.state;
        state.extend(at.before);
        clean
    }

    fn guided(&self, point: &[f32], label: Option<usize>, hook: &mut GuidanceHook) -> Option<Vec<f32>> {
        let mut at = self.begin(point);
        (0..self.steps).map(|_| Self::step(self, &mut at, label, hook)).last()
    }
}
