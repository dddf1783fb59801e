//! The encoder of a vision transformer: pre-norm blocks of attention and a network of one hidden layer, both residual
//! (Vaswani et al. 2017; Xiong et al. 2020; Dosovitskiy et al. 2020). Every token attends to all tokens of its picture.

use super::activation::Activation;
use super::convolution::tile::{Rows, Run, Target, product_fused};
use super::layers::Dense;
use super::modulation::exp;
use super::padded::PaddedImages;
use super::weights::Weights;
use world::widest;

/// Sizes of an encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncoderConfig {
    /// Dimensions of a token.
    pub width: usize,
    /// Attention heads, a divisor of `width`.
    pub heads: usize,
    /// Number of blocks.
    pub layers: usize,
    /// Units in the hidden layer of a block.
    pub hidden: usize,
    /// Activation of the hidden layer.
    pub activation: Activation,
}

/// Layer normalisation of each row (Ba et al. 2016): `name.gamma` and `name.beta`.
#[derive(Clone, Debug)]
struct LayerNorm {
    gamma: Vec<f32>,
    beta: Vec<f32>,
}

impl LayerNorm {
    fn of(w: &Weights, name: &str, width: usize) -> Result<Self, String> {
        let get = |part: &str| w.get(&format!("{name}.{part}"), &[width]);
        Ok(Self { gamma: get("gamma")?, beta: get("beta")? })
    }

    fn apply(&self, x: &[f32], y: &mut [f32]) {
        normalised(x, &self.gamma, &self.beta, y);
    }
}

#[derive(Clone, Debug)]
struct Block {
    before: LayerNorm,
    attend: Dense,
    join: Dense,
    between: LayerNorm,
    up: Dense,
    down: Dense,
}

/// The encoder.
#[derive(Clone, Debug)]
pub struct Encoder {
    sizes: EncoderConfig,
    blocks: Vec<Block>,
    last: LayerNorm,
}

impl Encoder {
    /// Reads `blocks.I.{before, attend, join, between, up, down}` and `last`.
    ///
    /// # Errors
    /// A weight is missing or of another shape.
    pub fn of(w: &Weights, sizes: EncoderConfig) -> Result<Self, String> {
        let EncoderConfig { width, hidden, .. } = sizes;
        let block = |i: usize| {
            let part = |p: &str| format!("blocks.{i}.{p}");
            Ok::<_, String>(Block {
                before: LayerNorm::of(w, &part("before"), width)?,
                attend: Dense::of(w, &part("attend"), width, 3 * width)?,
                join: Dense::of(w, &part("join"), width, width)?,
                between: LayerNorm::of(w, &part("between"), width)?,
                up: Dense::of(w, &part("up"), width, hidden)?,
                down: Dense::of(w, &part("down"), hidden, width)?,
            })
        };
        let blocks = (0..sizes.layers).map(block).collect::<Result<_, _>>()?;
        Ok(Self { sizes, blocks, last: LayerNorm::of(w, "last", width)? })
    }

    /// Names and dimensions of its weights.
    pub fn weights(sizes: &EncoderConfig) -> Vec<(String, Vec<usize>)> {
        let EncoderConfig { width, hidden, .. } = *sizes;
        let norm = |name: String| ["gamma", "beta"].map(|p| (format!("{name}.{p}"), vec![width])).to_vec();
        let dense = |name: String, from: usize, to: usize| {
            vec![(format!("{name}.weight"), vec![from, to]), (format!("{name}.bias"), vec![to])]
        };
        let block = |i: usize| {
            let part = |p: &str| format!("blocks.{i}.{p}");
            [
                norm(part("before")),
                dense(part("attend"), width, 3 * width),
                dense(part("join"), width, width),
                norm(part("between")),
                dense(part("up"), width, hidden),
                dense(part("down"), hidden, width),
            ]
        };
        (0..sizes.layers).flat_map(block).flatten().chain(norm("last".into())).collect()
    }

    /// Multiplications with a sum for a picture of this many tokens.
    pub fn multiply_adds(sizes: &EncoderConfig, tokens: usize) -> u64 {
        let EncoderConfig { width, hidden, layers, .. } = *sizes;
        let dense = tokens * width * (4 * width + 2 * hidden);
        let attention = 2 * tokens * tokens * width;
        (layers * (dense + attention)) as u64
    }

    /// Scratch memory for the tokens `x` (a picture of tokens, without a border).
    pub fn scratch(&self, x: &PaddedImages) -> Vec<PaddedImages> {
        let EncoderConfig { width, hidden, .. } = self.sizes;
        [width, 3 * width, width, hidden]
            .map(|channels| PaddedImages::bordered(channels, x.height, x.width, x.count, 0))
            .into()
    }

    /// Encodes the tokens of every picture in place.
    pub fn apply(&self, x: &mut PaddedImages, scratch: &mut [PaddedImages]) {
        let [normed, all, attended, hidden] = scratch else {
            unreachable!("the scratch memory is that of `scratch`");
        };
        let (normed, all, attended) = (normed.values_mut(), all.values_mut(), attended.values_mut());
        let (hidden, tokens) = (hidden.values_mut(), x.height * x.width);
        let x = x.values_mut();
        for block in &self.blocks {
            block.before.apply(x, normed);
            block.attend.apply_into(normed, all, None);
            self.attend(all, tokens, attended);
            block.join.apply_into(attended, normed, None);
            added(x, normed);
            block.between.apply(x, normed);
            block.up.apply_into(normed, hidden, Some(self.sizes.activation));
            block.down.apply_into(hidden, normed, None);
            added(x, normed);
        }
        normed.copy_from_slice(x);
        self.last.apply(normed, x);
    }

    /// Attention of every picture; `all` holds queries, keys and values of each token.
    fn attend(&self, all: &[f32], tokens: usize, attended: &mut [f32]) {
        let EncoderConfig { width, heads, .. } = self.sizes;
        let head = width / heads;
        let scale = 1.0 / libm::sqrtf(head as f32);
        let places: Vec<usize> = (0..tokens).collect();
        let rows: Vec<usize> = places.iter().map(|t| t * tokens).collect();
        let mut keys = vec![0f32; head * tokens];
        let mut values = vec![0f32; tokens * head];
        let mut scores = vec![0f32; tokens * tokens];
        let pictures = all.chunks_exact(tokens * 3 * width).zip(attended.chunks_exact_mut(tokens * width));
        for (all, attended) in pictures {
            for first in (0..width).step_by(head) {
                for (t, token) in all.chunks_exact(3 * width).enumerate() {
                    let column = keys.iter_mut().skip(t).step_by(tokens);
                    column.zip(&token[width + first..]).for_each(|(k, v)| *k = *v);
                    values[t * head..][..head].copy_from_slice(&token[2 * width + first..][..head]);
                }
                let queries: Vec<usize> = places.iter().map(|t| t * 3 * width + first).collect();
                let query = [Run { from: 0, row: 0, len: head }];
                let into = Target { data: &mut scores, places: &places, pitch: tokens, first: 0 };
                product_fused(Rows { data: all, bases: &queries, runs: &query }, &keys, tokens, into);
                softmax(&mut scores, tokens, scale);
                let row = [Run { from: 0, row: 0, len: tokens }];
                let into = Target { data: &mut *attended, places: &places, pitch: width, first };
                product_fused(Rows { data: &scores, bases: &rows, runs: &row }, &values, head, into);
            }
        }
    }
}

widest! {
    fn added(x: &mut [f32], y: &[f32]) {
        x.iter_mut().zip(y).for_each(|(x, y)| *x += y);
    }
}

const EPSILON: f32 = 1e-5;
const LANES: usize = 16;

/// Sum of `f` over a row, in lanes that are added in a fixed order.
#[inline(always)]
fn sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0f32; LANES];
    let (whole, rest) = row.as_chunks::<LANES>();
    for chunk in whole {
        for i in 0..LANES {
            lanes[i] += f(chunk[i]);
        }
    }
    rest.iter().zip(&mut lanes).for_each(|(v, lane)| *lane += f(*v));
    lanes.iter().map(|v| *v as f64).sum::<f64>() as f32
}

widest! {
    /// Each row of `x` minus its mean, over its deviation, scaled and shifted.
    fn normalised(x: &[f32], gamma: &[f32], beta: &[f32], y: &mut [f32]) {
        let n = gamma.len();
        for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
            let mean = sum(x, |v| v) / n as f32;
            let variance = sum(x, |v| (v - mean) * (v - mean)) / n as f32;
            let scale = 1.0 / (variance + EPSILON).sqrt();
            let affine = gamma.iter().zip(beta);
            y.iter_mut().zip(x.iter().zip(affine)).for_each(|(y, (x, (g, b)))| *y = (x - mean) * scale * g + b);
        }
    }
}

widest! {
    /// Softmax of each row of `n` scores, which are scaled first.
    fn softmax(rows: &mut [f32], n: usize, scale: f32) {
        for row in rows.chunks_exact_mut(n) {
            let mut lanes = [f32::NEG_INFINITY; LANES];
            let (whole, rest) = row.as_chunks::<LANES>();
            for chunk in whole {
                for i in 0..LANES {
                    lanes[i] = if chunk[i] > lanes[i] { chunk[i] } else { lanes[i] };
                }
            }
            rest.iter().zip(&mut lanes).for_each(|(v, most)| *most = if *v > *most { *v } else { *most });
            let most = lanes.iter().fold(f32::NEG_INFINITY, |a, b| if *b > a { *b } else { a });
            row.iter_mut().for_each(|v| *v = exp((*v - most) * scale));
            let share = 1.0 / sum(row, |v| v);
            row.iter_mut().for_each(|v| *v *= share);
        }
    }
}

#[cfg(test)]
mod tests;
