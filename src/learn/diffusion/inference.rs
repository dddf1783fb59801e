//! Deterministic sampling, from noise to a picture step by step (DDIM).

use super::Settings;
use super::data::{DiffusionRates, UNetConfig};
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
}

/// A picture while it is sampled.
#[derive(Clone, Debug, PartialEq)]
pub struct Denoising {
    /// The noisy picture, pixels in about −1..1.
    pub state: Vec<f32>,
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
        let sizes = UNetConfig::of(&s, header.shape(), header.classes.len());
        let network = Network::of(w, sizes)?;
        Ok(Self { network, steps: s.steps as usize, guidance: s.guidance })
    }

    /// Steps from noise to picture.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// The state before the first step: pure noise.
    pub fn begin(&self, point: &[f32]) -> Denoising {
        Denoising { state: point.to_vec(), done: 0 }
    }

    /// One step; returns the predicted clean picture, in 0..1, as changed by `hook`. After [`Self::steps`] of them the
    /// state is the picture.
    pub fn step(&self, at: &mut Denoising, label: Option<usize>, hook: &mut GuidanceHook) -> Vec<f32> {
        let time = |k: usize| 1.0 - k.min(self.steps) as f64 / self.steps as f64;
        let now = time(at.done.min(self.steps - 1));
        let (mix, next) = (DiffusionRates::at(now), DiffusionRates::at(time(at.done + 1)));
        let velocity = self.velocity(&at.state, now, label);
        let predicted = |(x, v): (&f32, &f32)| (mix.signal * x - mix.noise * v).clamp(-1.0, 1.0) * 0.5 + 0.5;
        let mut clean: Vec<f32> = at.state.iter().zip(&velocity).map(predicted).collect();
        let context = SamplingStep { step: at.done, steps: self.steps, signal: mix.signal, noise: mix.noise };
        hook(&context, &mut clean);
        at.done += 1;
        for (x, clean) in at.state.iter_mut().zip(&mut clean) {
            *clean = if clean.is_finite() { clean.clamp(0.0, 1.0) } else { 0.5 };
            let p = *clean * 2.0 - 1.0;
            let noise = (*x - mix.signal * p) / mix.noise;
            *x = match at.done < self.steps {
                true => next.signal * p + next.noise * noise,
                false => p,
            };
        }
        clean
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
        let mut at = Denoising { state: std::mem::take(state), done };
        let clean = Self::step(self, &mut at, label.or(Some(0)), &mut |_, _| {});
        *state = at.state;
        clean
    }

    fn guided(&self, point: &[f32], label: Option<usize>, hook: &mut GuidanceHook) -> Option<Vec<f32>> {
        let mut at = self.begin(point);
        (0..self.steps).map(|_| Self::step(self, &mut at, label, hook)).last()
    }
}
