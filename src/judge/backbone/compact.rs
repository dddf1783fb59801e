//! Five convolutions, each halving or keeping the picture; mean and maximum over the last two, which see texture and form.
//!
//! | input | after 1 | after 2 | after 3 | after 4 | after 5 |
//! | --- | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 24 × 32 × 32 | 48 × 16 × 16 | 64 × 16 × 16 → 8 × 8 | 96 × 8 × 8 → 4 × 4 | 128 × 4 × 4 |
//! | 1 × 28 × 28 | 32 × 28 × 28 → 14 × 14 | 48 × 14 × 14 | 64 × 14 × 14 → 7 × 7 | 96 × 7 × 7 → 3 × 3 | 128 × 3 × 3 |

use super::{Backbone, Looking, Named, Workspace};
use crate::classifier::Architecture;
#[cfg(feature = "judge")]
use crate::model::whole;
use learn::net::layers::Conv3;
use learn::net::padded::{ConvRelu, PaddedImages};
use learn::net::weights::Weights;
use world::limits;

/// The backbone.
pub const BACKBONE: Backbone = Backbone {
    name: "compact",
    about: "five 3 × 3 convolutions with batch normalisation (Ioffe and Szegedy 2015), mean and maximum of the last two",
    // Below eight pixels the last layer has none.
    sides: limits::SEEN,
    features: |_| FEATURES,
    field,
    weights,
    open,
    #[cfg(feature = "judge")]
    fresh: |shape, device| whole(trained::Layers::new(shape, device), FEATURES, shape, device),
};

/// Channels of the last two layers, which the embedding sees.
const SEEN: [usize; 2] = [96, 128];
/// Mean and maximum of each.
const FEATURES: usize = 2 * (SEEN[0] + SEEN[1]);

/// Whether it keeps its pictures' size at first and pools, where others stride.
fn is_small(shape: &Architecture) -> bool {
    shape.side < 48
}

/// One of the five convolutions.
struct Layer {
    name: &'static str,
    from: usize,
    to: usize,
    stride: usize,
    /// Whether what it gives is halved before the next.
    pooled: bool,
}

fn layers(shape: &Architecture) -> [Layer; 5] {
    let small = is_small(shape);
    let (one, stride) = if small { (32, 1) } else { (24, 2) };
    let layer = |name, from, to, stride, pooled| Layer { name, from, to, stride, pooled };
    [
        layer("first", shape.channels, one, stride, small),
        layer("second", one, 48, stride, false),
        layer("third", 48, 64, 1, true),
        layer("fourth", 64, SEEN[0], 1, true),
        layer("fifth", SEEN[0], SEEN[1], 1, false),
    ]
}

fn field(shape: &Architecture) -> usize {
    let (mut field, mut step) = (1, 1);
    for layer in layers(shape) {
        field += 2 * step;
        step *= layer.stride;
        if layer.pooled {
            field += step;
            step *= 2;
        }
    }
    field
}

fn weights(shape: &Architecture) -> Vec<Named> {
    let all = layers(shape).into_iter().flat_map(|l| {
        let norms = ["gamma", "beta", "running_mean", "running_var"];
        let norm = norms.map(|n| (format!("{}.norm.{n}", l.name), vec![l.to]));
        std::iter::once((format!("{}.conv.weight", l.name), vec![l.to, l.from, 3, 3])).chain(norm)
    });
    all.collect()
}

struct Compact {
    layers: Vec<ConvRelu>,
    /// Pictures between the layers, the input first.
    blank: Vec<PaddedImages>,
    /// Whether what a layer gives is halved before the next.
    pooled: [bool; 5],
    looks: usize,
}

fn open(weights: &Weights, shape: &Architecture, looks: usize) -> Result<Box<dyn Looking>, String> {
    let mut blank = vec![PaddedImages::new(shape.channels, shape.side, shape.side, looks)];
    let mut made = Vec::new();
    for layer in layers(shape) {
        let conv = Conv3::of(weights, &format!("{}.conv", layer.name), layer.from, layer.to, layer.stride)?;
        let conv = conv.with_norm(weights, &format!("{}.norm", layer.name))?;
        let x = &blank[blank.len() - 1];
        let (h, w) = conv.out(x.height, x.width);
        let y = PaddedImages::new(layer.to, h, w, looks);
        made.push(ConvRelu::new(&conv, x, &y)?);
        blank.push(y);
        if layer.pooled {
            blank.push(PaddedImages::new(layer.to, h / 2, w / 2, looks));
        }
    }
    let pooled = layers(shape).map(|l| l.pooled);
    Ok(Box::new(Compact { layers: made, blank, pooled, looks }))
}

impl Looking for Compact {
    fn workspace(&self) -> Workspace {
        Workspace(self.blank.clone())
    }

    fn features(&self, Workspace(between): &mut Workspace) -> Vec<f32> {
        let (mut at, mut seen) = (0, Vec::new());
        for (layer, pool) in self.layers.iter().zip(self.pooled) {
            let (before, after) = between.split_at_mut(at + 1);
            layer.apply(&before[at], &mut after[0]);
            seen.push(at + 1);
            at += 1;
            if pool {
                let (before, after) = between.split_at_mut(at + 1);
                before[at].pool(&mut after[0]);
                at += 1;
            }
        }
        let mut features = Vec::new();
        for look in 0..self.looks {
            seen[3..].iter().for_each(|&layer| between[layer].mean_and_most(look, &mut features));
        }
        features
    }
}

#[cfg(feature = "judge")]
mod trained {
    #![expect(clippy::disallowed_types, reason = "training runs on burn")]

    use burn::module::Module;
    use burn::nn::conv::{Conv2d, Conv2dConfig};
    use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
    use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
    use burn::tensor::activation::relu;
    use burn::tensor::{Device, Tensor};

    use super::{Layer, is_small, layers};
    use crate::classifier::Architecture;
    use crate::model::{Body, mean_and_most};
    use learn::convolution::convolve;

    /// Convolution, normalisation over the batch, rectifier.
    #[derive(Module, Debug)]
    struct ConvBlock {
        conv: Conv2d,
        norm: BatchNorm,
    }

    impl ConvBlock {
        fn new(layer: &Layer, device: &Device) -> Self {
            let conv = Conv2dConfig::new([layer.from, layer.to], [3, 3])
                .with_stride([layer.stride, layer.stride])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .with_bias(false);
            Self { conv: conv.init(device), norm: BatchNormConfig::new(layer.to).init(device) }
        }

        fn forward(&self, x: Tensor<4>) -> Tensor<4> {
            relu(self.norm.forward(convolve(x, self.conv.weight.val(), self.conv.stride[0])))
        }
    }

    /// The backbone in training.
    #[derive(Module, Debug)]
    pub struct Layers {
        first: ConvBlock,
        second: ConvBlock,
        third: ConvBlock,
        fourth: ConvBlock,
        fifth: ConvBlock,
        pool: MaxPool2d,
        #[module(skip)]
        small: bool,
    }

    impl Layers {
        /// Fresh weights.
        pub fn new(shape: &Architecture, device: &Device) -> Self {
            let [first, second, third, fourth, fifth] = layers(shape).map(|l| ConvBlock::new(&l, device));
            let pool = MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init();
            Self { first, second, third, fourth, fifth, pool, small: is_small(shape) }
        }
    }

    impl Body for Layers {
        fn features(&self, x: Tensor<4>) -> Tensor<2> {
            let x = self.first.forward(x);
            let x = if self.small { self.pool.forward(x) } else { x };
            let x = self.third.forward(self.second.forward(x));
            let texture = self.fourth.forward(self.pool.forward(x));
            let form = self.fifth.forward(self.pool.forward(texture.clone()));
            Tensor::cat(vec![mean_and_most(texture), mean_and_most(form)], 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{shapes, weights};
    use super::*;

    /// The pixels of a row that change what lies in the middle of the last layer, against the field that is told.
    #[test]
    fn the_last_layer_sees_the_field_that_is_told() {
        // How far apart two numbers of the last layer look, and how far the first looks over the border.
        for (like, side, step, over) in [(0, 224, 16, 31), (1, 47, 8, 17)] {
            let shape = Architecture { side, ..shapes()[like].clone() };
            let body = open(&weights(&shape, 3), &shape, 1).unwrap();
            let seen = |bright: Option<usize>| {
                let mut workspace = body.workspace();
                for y in bright.iter().flat_map(|_| 0..side) {
                    let x = bright.unwrap_or(0) * shape.channels;
                    workspace.0[0].row_mut(0, y)[x..x + shape.channels].fill(40.0);
                }
                body.features(&mut workspace);
                let last = &workspace.0[workspace.0.len() - 1];
                let middle = last.width / 2 * last.channels;
                last.row(0, last.height / 2)[middle..middle + last.channels].to_vec()
            };
            let dark = seen(None);
            let changed: Vec<usize> = (0..side).filter(|&x| seen(Some(x)) != dark).collect();
            let middle = body.workspace().0.last().map_or(0, |l| l.width / 2) * step;
            let told = (middle.saturating_sub(over), (middle + field(&shape) - over).min(side) - 1);
            assert_eq!((changed[0], changed[changed.len() - 1]), told, "{shape:?}");
        }
        assert_eq!([0, 1].map(|i| field(&shapes()[i])), [75, 42]);
    }
}
