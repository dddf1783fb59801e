//! The U-Net on plain slices.

use super::config::{GROUPS, UNetConfig};
use crate::net::layers::{Conv3, Dense, doubled};
use crate::net::modulation::{self, NormShape};
use crate::net::patches::{from_patches, to_patches};
use crate::net::weights::Weights;

/// Normalisation, gain, shift and SiLU: `name.gamma` and `name.beta` per channel.
struct Norm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

/// Residual block of two convolutions, modulated by the conditioning between them (FiLM).
struct ResBlock {
    norm: Norm,
    first: Conv3,
    film: Dense,
    second: Conv3,
}

/// The network: from planes and a conditioning vector to planes.
pub struct Network {
    sizes: UNetConfig,
    begin: Conv3,
    down: Vec<ResBlock>,
    shrink: Vec<Conv3>,
    middle: Vec<ResBlock>,
    grow: Vec<Conv3>,
    up: Vec<ResBlock>,
    norm: Option<Norm>,
    end: Conv3,
}

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
    fn of(w: &Weights, name: &str, channels: usize, sizes: &UNetConfig) -> Result<Self, String> {
        let at = |part: &str| format!("{name}.{part}");
        let conv = |part: &str| Conv3::of(w, &at(part), channels, channels, 1);
        Ok(Self {
            norm: Norm::of(w, &at("norm"), channels)?,
            first: conv("first")?.on_torus(sizes.periodic),
            film: Dense::of(w, &at("film"), sizes.conditioning, 2 * channels)?,
            second: conv("second")?.on_torus(sizes.periodic),
        })
    }

    fn apply(&self, x: &mut [f32], (height, width): (usize, usize), conditioning: &[f32]) {
        let film = self.film.apply(conditioning);
        let (gain, shift) = film.split_at(self.first.to);
        let gain: Vec<f32> = gain.iter().map(|g| 1.0 + g).collect();
        let inner = self.first.apply(&self.norm.apply(x), height, width);
        let y = self.second.apply(&modulated(&inner, &gain, shift), height, width);
        x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
    }
}

impl Network {
    /// Reads the weights, whose names begin with `prefix`.
    ///
    /// # Errors
    /// One is missing or of another shape.
    pub fn of(w: &Weights, prefix: &str, sizes: UNetConfig) -> Result<Self, String> {
        let (widths, deep) = (&sizes.widths, sizes.depth());
        let blocks = |part: &str, channels: &[usize]| -> Result<Vec<ResBlock>, String> {
            let each = channels.iter().enumerate();
            each.map(|(i, c)| ResBlock::of(w, &format!("{prefix}{part}.{i}"), *c, &sizes)).collect()
        };
        let conv = |name: &str, from: usize, to: usize, stride: usize| {
            Ok::<_, String>(
                Conv3::of(w, &format!("{prefix}{name}"), from, to, stride)?.on_torus(sizes.periodic),
            )
        };
        let between = |part: &str, stride: usize| -> Result<Vec<Conv3>, String> {
            let ends = |i: usize| if stride == 2 { (i, i + 1) } else { (i + 1, i) };
            (0..deep)
                .map(|i| conv(&format!("{part}.{i}"), widths[ends(i).0], widths[ends(i).1], stride))
                .collect()
        };
        let last = || Norm::of(w, &format!("{prefix}norm"), widths[0]);
        Ok(Self {
            begin: conv("begin", sizes.cell_inputs(), widths[0], 1)?,
            down: blocks("down", &sizes.block_widths())?,
            shrink: between("shrink", 2)?,
            middle: blocks("middle", &[widths[deep]; 2])?,
            grow: between("grow", 1)?,
            up: blocks("up", &sizes.block_widths())?,
            norm: sizes.normalise_last.then(last).transpose()?,
            end: conv("end", widths[0], sizes.cell_outputs(), 1)?,
            sizes,
        })
    }

    /// Sizes of the network.
    pub fn sizes(&self) -> &UNetConfig {
        &self.sizes
    }

    /// The planes `[outputs][height][width]` of planes `[inputs][height][width]`.
    pub fn apply(&self, x: &[f32], conditioning: &[f32]) -> Vec<f32> {
        let (whole, patch) = ((self.sizes.height, self.sizes.width), self.sizes.patch);
        let size = |level: usize| self.sizes.size(level);
        let blocks = |all: &[ResBlock], level: usize, x: &mut Vec<f32>| {
            let here = all.chunks_exact(self.sizes.blocks).nth(level).into_iter().flatten();
            here.for_each(|b| b.apply(x, size(level), conditioning));
        };
        let mut x = self.begin.apply(&to_patches(x, whole, patch), size(0).0, size(0).1);
        let mut skips = Vec::with_capacity(self.shrink.len());
        for (level, shrink) in self.shrink.iter().enumerate() {
            blocks(&self.down, level, &mut x);
            let smaller = shrink.apply(&x, size(level).0, size(level).1);
            skips.push(std::mem::replace(&mut x, smaller));
        }
        let deep = self.sizes.depth();
        self.middle.iter().for_each(|b| b.apply(&mut x, size(deep), conditioning));
        for level in (0..deep).rev() {
            let (h, w) = size(level + 1);
            x = doubled(&self.grow[level].apply(&x, h, w), h, w);
            x.iter_mut().zip(&skips[level]).for_each(|(x, s)| *x += s);
            blocks(&self.up, level, &mut x);
        }
        if let Some(norm) = &self.norm {
            x = norm.apply(&x);
        }
        from_patches(&self.end.apply(&x, size(0).0, size(0).1), whole, patch)
    }
}
