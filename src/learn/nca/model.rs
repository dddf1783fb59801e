//! The rule of a cell in training on burn (`varied`, `grow`), and the encoder that infers genomes.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::nn::pool::MaxPool2dConfig;
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Bool, Device, Distribution, Tensor};

use super::{ALIVE, SIZES, Settings};
use crate::ImageShape;
use crate::glue::Conv;
use crate::vae::model::Prior;

/// The same network in every cell.
#[derive(Module, Debug)]
pub struct Rule {
    perceive: Conv,
    update: Param<Tensor<2>>,
    /// From the genome to a shift of the hidden units; `None` where cells have no genome.
    genome: Option<Linear>,
    /// From the genome to the initial state, a quarter of the side.
    birth: Option<Linear>,
    #[module(skip)]
    fire: f32,
}

impl Rule {
    /// Fresh weights; the last layer starts near zero, so that an untrained world hardly changes. `genome` is the
    /// length of a genome, `quarter` the side of the initial state.
    pub fn new(s: &Settings, genome: Option<usize>, quarter: usize, device: &Device) -> Self {
        let (channels, hidden) = (s.channels as usize, s.hidden as usize);
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        // Where a genome gives the initial state, somewhat larger weights let the first gradients through.
        let deviation = if genome.is_some() { 0.01 } else { 1e-4 };
        let update = Tensor::random([hidden, channels], Distribution::Normal(0.0, deviation), device);
        Self {
            perceive: Conv::new(channels, hidden, device),
            update: Param::from_tensor(update),
            genome: genome.map(|g| linear(g, hidden)),
            birth: genome.map(|g| linear(g, channels * quarter * quarter)),
            fire: s.fire,
        }
    }

    /// With another last layer, `[hidden, channels]`.
    #[cfg(test)]
    pub fn with_update(self, update: Tensor<2>) -> Self {
        Self { update: Param::from_tensor(update), ..self }
    }

    /// Initial states of `side` cells a side, decoded from genomes.
    pub fn initial(&self, genome: &Tensor<2>, side: usize) -> Tensor<4> {
        let [n, _] = genome.dims();
        let state = self.birth.as_ref().map(|b| b.forward(genome.clone()));
        let state = state.unwrap_or_else(|| genome.clone());
        let channels = state.dims()[1] / (side * side);
        state.reshape([n, channels, side, side])
    }

    /// One step of all worlds, `[n, channels, side, side]`.
    pub fn step(&self, x: Tensor<4>, genome: Option<&Tensor<2>>, alive: Option<usize>) -> Tensor<4> {
        let [n, channels, h, w] = x.dims();
        let before = alive.map(|plane| living(&x, plane));
        let mut seen = self.perceive.forward(x.clone(), 1);
        let hidden = seen.dims()[1];
        if let (Some(layer), Some(genome)) = (&self.genome, genome) {
            seen = seen + layer.forward(genome.clone()).reshape([n, hidden, 1, 1]);
        }
        let rows = relu(seen).reshape([n, hidden, h * w]);
        let weight = self.update.val().transpose().reshape([1, channels, hidden]);
        let change = weight.matmul(rows).reshape([n, channels, h, w]);
        let draw = Tensor::<4>::random([n, 1, h, w], Distribution::Uniform(0.0, 1.0), &x.device());
        let next = x + change * draw.lower_scalar(self.fire).float();
        match (alive, before) {
            (Some(plane), Some(before)) => {
                let both = living(&next, plane).bool_and(before);
                next * both.float()
            }
            _ => next,
        }
    }
}

/// Where a cell of the 3 × 3 neighbourhood is opaque.
fn living(x: &Tensor<4>, plane: usize) -> Tensor<4, Bool> {
    let opacity = x.clone().detach().narrow(1, plane, 1);
    let pool = MaxPool2dConfig::new([3, 3]).with_strides([1, 1]);
    let pool = pool.with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1)).init();
    pool.forward(opacity).greater_scalar(ALIVE)
}

/// Infers the genome of a picture: mean and log-variance of each latent dimension.
#[derive(Module, Debug)]
pub struct Encoder {
    first: Conv,
    second: Conv,
    third: Conv,
    head: Linear,
}

impl Encoder {
    /// Fresh weights.
    pub fn new(shape: ImageShape, classes: usize, latent: usize, device: &Device) -> Self {
        let small = shape.side.div_ceil(8);
        let head = LinearConfig::new(64 * small * small + classes, 2 * latent);
        Self {
            first: Conv::new(shape.channels, 24, device),
            second: Conv::new(24, 48, device),
            third: Conv::new(48, 64, device),
            head: head.init(device),
        }
    }

    /// `[n, latent]` each.
    pub fn forward(&self, x: Tensor<4>, classes: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let [n, ..] = x.dims();
        let x = relu(self.second.forward(relu(self.first.forward(x, 2)), 2));
        let x = relu(self.third.forward(x, 2));
        let width = x.dims()[1] * x.dims()[2] * x.dims()[3];
        let both = self.head.forward(Tensor::cat(vec![x.reshape([n, width]), classes], 1));
        let latent = both.dims()[1] / 2;
        (both.clone().narrow(1, 0, latent), both.narrow(1, latent, latent).clamp(-12.0, 6.0))
    }
}

/// Rule and encoder.
#[derive(Module, Debug)]
pub struct Network {
    /// The update rule of every cell.
    pub rule: Rule,
    /// Infers genomes in training, if cells have one.
    pub encoder: Option<Encoder>,
    /// Prior of the latent vectors of each class, if cells have a genome.
    pub prior: Option<Prior>,
}

/// Sides of a varied world, stage by stage.
pub fn sides(side: usize) -> [usize; SIZES] {
    [side / 4, side / 2, side]
}
