//! The U-Net on plain slices.

use super::data::{FEATURES, GROUPS, UNetConfig, features};
use crate::net::layers::{Conv3, Dense, doubled, silu};
use crate::net::modulation::{self, NormShape};
use crate::net::weights::Weights;

/// Normalisation, gain, shift and SiLU: `name.gamma` and `name.beta` per channel.
struct Norm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

/// Residual block of two convolutions, modulated by time and class between them (FiLM).
struct ResBlock {
    norm: Norm,
    first: Conv3,
    film: Dense,
    second: Conv3,
}

/// The network: from a noisy picture, a time and a class to the velocity.
pub struct Network {
    sizes: UNetConfig,
    time: [Dense; 2],
    classes: Vec<f32>,
    begin: Conv3,
    down: Vec<ResBlock>,
    shrink: Vec<Conv3>,
    middle: Vec<ResBlock>,
    grow: Vec<Conv3>,
    up: Vec<ResBlock>,
    norm: Norm,
    end: Conv3,
}

/// Embedding of time and class, the conditioning of every block.
pub struct Conditioning(Vec<f32>);

impl Norm {
    fn of(w: &Weights, name: &str, channels: usize) -> Result<Self, String> {
        let get = |part: &str| w.get(&format!("{name}.{part}"), &[channels]);
        Ok(Self { gamma: get("gamma")?, beta: get("beta")? })
    }

    fn apply(&self, x: &[f32]) -> Vec<f32> {
        modulated(x, &self.gamma, &self.beta)
    }
}

fn modulated(x: &[f32], gain: &[f32], shift: &[f32]) -> Vec<f32> {
    let channels = gain.len();
    let sizes = NormShape { channels, groups: GROUPS, plane: x.len() / channels };
    modulation::forward(&sizes, x, gain, shift)
}

impl ResBlock {
    fn of(w: &Weights, name: &str, channels: usize, conditioning: usize) -> Result<Self, String> {
        let at = |part: &str| format!("{name}.{part}");
        Ok(Self {
            norm: Norm::of(w, &at("norm"), channels)?,
            first: Conv3::of(w, &at("first"), channels, channels, 1)?,
            film: Dense::of(w, &at("film"), conditioning, 2 * channels)?,
            second: Conv3::of(w, &at("second"), channels, channels, 1)?,
        })
    }

    fn apply(&self, x: &mut [f32], side: usize, conditioning: &Conditioning) {
        let film = self.film.apply(&conditioning.0);
        let (gain, shift) = film.split_at(self.first.to);
        let gain: Vec<f32> = gain.iter().map(|g| 1.0 + g).collect();
        let inner = self.first.apply(&self.norm.apply(x), side, side);
        let y = self.second.apply(&modulated(&inner, &gain, shift), side, side);
        x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
    }
}

impl Network {
    /// Reads the weights.
    ///
    /// # Errors
    /// One is missing or of another shape.
    pub fn of(w: &Weights, sizes: UNetConfig) -> Result<Self, String> {
        let (widths, e) = (&sizes.widths, sizes.embedding());
        let deep = widths.len() - 1;
        let blocks = |part: &str, channels: &[usize]| -> Result<Vec<ResBlock>, String> {
            let each = channels.iter().enumerate();
            each.map(|(i, c)| ResBlock::of(w, &format!("{part}.{i}"), *c, e)).collect()
        };
        let convs = |part: &str, stride: usize| -> Result<Vec<Conv3>, String> {
            let one = |i: usize| {
                let (from, to) = if stride == 2 { (i, i + 1) } else { (i + 1, i) };
                Conv3::of(w, &format!("{part}.{i}"), widths[from], widths[to], stride)
            };
            (0..deep).map(one).collect()
        };
        Ok(Self {
            time: [Dense::of(w, "time.0", FEATURES, e)?, Dense::of(w, "time.1", e, e)?],
            classes: w.get("classes", &[sizes.classes + 1, e])?,
            begin: Conv3::of(w, "begin", sizes.shape.channels, widths[0], 1)?,
            down: blocks("down", &widths[..deep])?,
            shrink: convs("shrink", 2)?,
            middle: blocks("middle", &[widths[deep]; 2])?,
            grow: convs("grow", 1)?,
            up: blocks("up", &widths[..deep])?,
            norm: Norm::of(w, "norm", widths[0])?,
            end: Conv3::of(w, "end", widths[0], sizes.shape.channels, 1)?,
            sizes,
        })
    }

    /// Sizes of the network.
    pub fn sizes(&self) -> &UNetConfig {
        &self.sizes
    }

    /// Embedding of a time in 0..1 and a class (`None`: the null class).
    pub fn conditioning(&self, time: f64, label: Option<usize>) -> Conditioning {
        let row = match label {
            Some(l) if self.sizes.is_conditional() => l.min(self.sizes.classes - 1),
            _ => self.sizes.null_class(),
        };
        let e = self.sizes.embedding();
        let mut x = self.time[0].apply(&features(time));
        silu(&mut x);
        let mut x = self.time[1].apply(&x);
        x.iter_mut().zip(&self.classes[row * e..(row + 1) * e]).for_each(|(x, c)| *x += c);
        silu(&mut x);
        Conditioning(x)
    }

    /// Velocity of one noisy picture, `channels · side · side` values.
    pub fn velocity(&self, x: &[f32], conditioning: &Conditioning) -> Vec<f32> {
        let side = |level: usize| self.sizes.side(level);
        let mut x = self.begin.apply(x, side(0), side(0));
        let mut skips = Vec::with_capacity(self.down.len());
        for (level, (block, shrink)) in self.down.iter().zip(&self.shrink).enumerate() {
            block.apply(&mut x, side(level), conditioning);
            let smaller = shrink.apply(&x, side(level), side(level));
            skips.push(std::mem::replace(&mut x, smaller));
        }
        let deep = self.down.len();
        self.middle.iter().for_each(|b| b.apply(&mut x, side(deep), conditioning));
        for level in (0..deep).rev() {
            let small = side(level + 1);
            x = doubled(&self.grow[level].apply(&x, small, small), small, small);
            x.iter_mut().zip(&skips[level]).for_each(|(x, s)| *x += s);
            self.up[level].apply(&mut x, side(level), conditioning);
        }
        self.end.apply(&self.norm.apply(&x), side(0), side(0))
    }
}
