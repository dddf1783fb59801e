//! Convolutional backbones as graphs: a backbone declares its layers once ([`build`]), and from the declaration follow
//! names and dimensions of the weights, features, receptive field, multiply-adds, the network at inference
//! ([`inference`]), its gradients there ([`gradient`]) and the same in training.

pub mod build;
mod display;
pub mod gradient;
pub mod inference;
mod names;
#[cfg(feature = "judge")]
mod training;

pub use build::{Builder, FilterSpec, Place, Style, conv};
#[cfg(feature = "judge")]
pub(crate) use training::TrainedGraph;

use super::network::WeightSpec;
use crate::layer_options::{Activation, Global, Norm};
use learn::net::padded::pool::Pool;

/// Layers and how they follow from each other, for pictures of one size.
#[derive(Clone, Debug)]
pub struct Graph {
    /// In an order in which each follows those that it reads; the first is the picture.
    nodes: Vec<Node>,
    /// The nodes whose means or maxima are the features.
    outputs: Vec<usize>,
    global: Global,
    norm: Norm,
    activation: Activation,
    is_rounded: bool,
}

/// A layer and the size of its output.
#[derive(Clone, Debug)]
struct Node {
    layer: Layer,
    /// The nodes that it reads.
    from: Vec<usize>,
    channels: usize,
    side: usize,
    view: View,
}

/// A layer.
#[derive(Clone, Debug)]
enum Layer {
    /// The picture.
    Input,
    Convolve(Filter),
    Pool(Pool),
    Activate,
    /// The sum of two, activated or not.
    Add {
        is_active: bool,
    },
    /// The channels of all, one after another.
    Concatenate,
}

/// A convolution with a border of half its kernel.
#[derive(Clone, Debug)]
struct Filter {
    name: String,
    kernel: usize,
    stride: usize,
    /// Whether each channel has a filter of its own.
    is_depthwise: bool,
    then: Then,
}

/// What follows a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Nothing,
    Norm,
    NormAndActivation,
}

/// The pixels of the picture that unit `i` along a side depends on: `i · step + low ..= i · step + high`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct View {
    step: usize,
    low: isize,
    high: isize,
}

impl View {
    /// Through a window of `kernel` units, of which `border` lie before its own place.
    fn through(self, kernel: usize, border: usize, stride: usize) -> Self {
        let step = self.step as isize;
        Self {
            step: self.step * stride,
            low: self.low - step * border as isize,
            high: self.high + step * (kernel - 1 - border) as isize,
        }
    }

    /// What either of two depends on.
    fn and(self, other: Self) -> Self {
        assert_eq!(self.step, other.step, "layers of one size");
        Self { step: self.step, low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// Groups of channels that are normalised together.
fn groups(norm: Norm, channels: usize) -> usize {
    let divides = |g: &usize| channels.is_multiple_of(*g);
    if norm == Norm::Layer { 1 } else { [8, 4, 2].into_iter().find(divides).unwrap_or(1) }
}

impl Graph {
    /// Number of features of a picture.
    pub fn features(&self) -> usize {
        let each = if self.global == Global::Both { 2 } else { 1 };
        each * self.outputs.iter().map(|o| self.nodes[*o].channels).sum::<usize>()
    }

    /// Receptive field of the last output, pixels a side.
    pub fn field(&self) -> usize {
        self.outputs.last().map_or(0, |o| {
            let View { low, high, .. } = self.nodes[*o].view;
            (high - low + 1) as usize
        })
    }

    /// The pixels along a side that unit `i` of the last output depends on, including those beyond the picture.
    #[cfg(test)]
    pub(crate) fn seen(&self, i: usize) -> std::ops::RangeInclusive<isize> {
        let View { step, low, high } = self.nodes[self.outputs[self.outputs.len() - 1]].view;
        let at = (i * step) as isize;
        at + low..=at + high
    }

    /// Values between the layers of a picture, the picture included.
    pub fn values(&self) -> usize {
        self.nodes.iter().map(|n| n.channels * n.side * n.side).sum()
    }

    /// Values between the layers of a picture of this height and width.
    pub fn values_at(&self, size: (usize, usize)) -> usize {
        self.nodes.iter().zip(self.sizes(size)).map(|(n, (h, w))| n.channels * h * w).sum()
    }

    /// Height and width of every node's output for a picture of this height and width.
    fn sizes(&self, picture: (usize, usize)) -> Vec<(usize, usize)> {
        let mut sizes: Vec<(usize, usize)> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let (h, w) = node.from.first().map_or(picture, |&from| sizes[from]);
            sizes.push(match &node.layer {
                Layer::Convolve(f) => ((h - 1) / f.stride + 1, (w - 1) / f.stride + 1),
                Layer::Pool(pool) => (pool.out(h), pool.out(w)),
                _ => (h, w),
            });
        }
        sizes
    }

    /// Channels that each filter of a convolution reads.
    fn inputs(&self, node: &Node, filter: &Filter) -> usize {
        if filter.is_depthwise { 1 } else { self.nodes[node.from[0]].channels }
    }

    /// Every convolution, in order.
    fn filters(&self) -> impl Iterator<Item = (&Node, &Filter)> {
        self.nodes.iter().filter_map(|n| match &n.layer {
            Layer::Convolve(filter) => Some((n, filter)),
            _ => None,
        })
    }

    /// Multiplications with a sum for a picture: of convolutions, borders included.
    pub fn multiply_adds(&self) -> u64 {
        let one = |(n, f): (&Node, &Filter)| {
            (n.side * n.side * n.channels * self.inputs(n, f) * f.kernel * f.kernel) as u64
        };
        self.filters().map(one).sum()
    }

    /// Names and dimensions of the weights.
    pub fn weights(&self) -> Vec<WeightSpec> {
        let one = |(n, f): (&Node, &Filter)| {
            let kernel = vec![n.channels, self.inputs(n, f), f.kernel, f.kernel];
            let after: &[&str] = match (f.then, self.norm) {
                (Then::Nothing, _) => &[],
                (_, Norm::Batch) => &["norm.gamma", "norm.beta", "norm.running_mean", "norm.running_var"],
                (_, Norm::Group | Norm::Layer) => &["group.gamma", "group.beta"],
                (_, Norm::None) => &["conv.bias"],
            };
            let after = after.iter().map(|part| (format!("{}.{part}", f.name), vec![n.channels]));
            std::iter::once((format!("{}.conv.weight", f.name), kernel)).chain(after).collect::<Vec<_>>()
        };
        self.filters().flat_map(one).collect()
    }
}
