//! Five convolutions, each of which keeps or halves the size; global mean and maximum pooling of the last two, which
//! respond to texture and form.
//!
//! | input | after 1 | after 2 | after 3 | after 4 | after 5 |
//! | --- | --- | --- | --- | --- | --- |
//! | 3 × 64 × 64 | 24 × 32 × 32 | 48 × 16 × 16 | 64 × 16 × 16 → 8 × 8 | 96 × 8 × 8 → 4 × 4 | 128 × 4 × 4 |
//! | 1 × 28 × 28 | 32 × 28 × 28 → 14 × 14 | 48 × 14 × 14 | 64 × 14 × 14 → 7 × 7 | 96 × 7 × 7 → 3 × 3 | 128 × 3 × 3 |

use super::declaration::{Backbone, WeightSpec};
use super::network::{FeatureNetwork, Workspace};
use crate::architecture::Architecture;
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
    // Below eight pixels a side the last layer would be empty.
    sides: limits::SEEN,
    features: |_| FEATURES,
    field,
    weights,
    open,
    #[cfg(feature = "judge")]
    fresh: |shape, device| whole(trained::Layers::new(shape, device), FEATURES, shape, device),
};

/// Channels of the last two layers, which feed the embedding.
const LAST: [usize; 2] = [96, 128];
/// Mean and maximum of each.
const FEATURES: usize = 2 * (LAST[0] + LAST[1]);

/// Whether the first layers keep the size and pool, instead of striding.
fn is_small(shape: &Architecture) -> bool {
    shape.side < 48
}

/// One of the five convolutions.
struct Layer {
    name: &'static str,
    from: usize,
    to: usize,
    stride: usize,
    /// Whether its output is max-pooled by 2 before the next.
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
        layer("fourth", 64, LAST[0], 1, true),
        layer("fifth", LAST[0], LAST[1], 1, false),
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

fn weights(shape: &Architecture) -> Vec<WeightSpec> {
    let all = layers(shape).into_iter().flat_map(|l| {
        let norms = ["gamma", "beta", "running_mean", "running_var"];
        let norm = norms.map(|n| (format!("{}.norm.{n}", l.name), vec![l.to]));
        std::iter::once((format!("{}.conv.weight", l.name), vec![l.to, l.from, 3, 3])).chain(norm)
    });
    all.collect()
}

struct Compact {
    layers: Vec<ConvRelu>,
    /// Activations between the layers, the input first.
    blank: Vec<PaddedImages>,
    /// Whether a layer's output is max-pooled by 2 before the next.
    pooled: [bool; 5],
    views: usize,
}

fn open(weights: &Weights, shape: &Architecture, views: usize) -> Result<Box<dyn FeatureNetwork>, String> {
    let mut blank = vec![PaddedImages::new(shape.channels, shape.side, shape.side, views)];
    let mut made = Vec::new();
    for layer in layers(shape) {
        let conv = Conv3::of(weights, &format!("{}.conv", layer.name), layer.from, layer.to, layer.stride)?;
        let conv = conv.with_norm(weights, &format!("{}.norm", layer.name))?;
        let x = &blank[blank.len() - 1];
        let (h, w) = conv.out(x.height, x.width);
        let y = PaddedImages::new(layer.to, h, w, views);
        made.push(ConvRelu::new(&conv, x, &y)?);
        blank.push(y);
        if layer.pooled {
            blank.push(PaddedImages::new(layer.to, h / 2, w / 2, views));
        }
    }
    let pooled = layers(shape).map(|l| l.pooled);
    Ok(Box::new(Compact { layers: made, blank, pooled, views }))
}

impl FeatureNetwork for Compact {
    fn workspace(&self) -> Workspace {
        Workspace(self.blank.clone())
    }

    fn features(&self, Workspace(between): &mut Workspace) -> Vec<f32> {
        let (mut at, mut outputs) = (0, Vec::new());
        for (layer, pool) in self.layers.iter().zip(self.pooled) {
            let (before, after) = between.split_at_mut(at + 1);
            layer.apply(&before[at], &mut after[0]);
            outputs.push(at + 1);
            at += 1;
            if pool {
                let (before, after) = between.split_at_mut(at + 1);
                before[at].pool(&mut after[0]);
                at += 1;
            }
        }
        let mut features = Vec::new();
        for view in 0..self.views {
            outputs[3..].iter().for_each(|&layer| between[layer].mean_and_max(view, &mut features));
        }
        features
    }
}

#[cfg(feature = "judge")]
mod trained {
    #![expect(clippy::disallowed_types, reason = "training runs on burn")]

    use burn::module::Module;
    use burn::nn::PaddingConfig2d;
    use burn::nn::conv::{Conv2d, Conv2dConfig};
    use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
    use burn::tensor::activation::relu;
    use burn::tensor::{Device, Tensor};

    use super::{Layer, is_small, layers};
    use crate::architecture::Architecture;
    use crate::model::{Body, mean_and_max};
    use learn::convolution::convolve;
    use learn::sequential::normalisation::BatchNorm;

    /// Convolution, batch normalisation, ReLU.
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
            Self { conv: conv.init(device), norm: BatchNorm::new(layer.to, device) }
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
            Tensor::cat(vec![mean_and_max(texture), mean_and_max(form)], 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{shapes, weights};
    use super::*;

    /// The columns of pixels that change the middle of the last layer, against the stated receptive field.
    #[test]
    fn the_receptive_field_is_as_stated() {
        // Stride of the last layer in input pixels, and how far its first window reaches over the border.
        for (like, side, step, over) in [(0, 224, 16, 31), (1, 47, 8, 17)] {
            let shape = Architecture { side, ..shapes()[like].clone() };
            let body = open(&weights(&shape, 3), &shape, 1).unwrap();
            let centre = |bright: Option<usize>| {
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
            let dark = centre(None);
            let changed: Vec<usize> = (0..side).filter(|&x| centre(Some(x)) != dark).collect();
            let middle = body.workspace().0.last().map_or(0, |l| l.width / 2) * step;
            let stated = (middle.saturating_sub(over), (middle + field(&shape) - over).min(side) - 1);
            assert_eq!((changed[0], changed[changed.len() - 1]), stated, "{shape:?}");
        }
        assert_eq!([0, 1].map(|i| field(&shapes()[i])), [75, 42]);
    }
}
