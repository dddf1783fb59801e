//! Declares a graph, layer by layer.

use super::{Filter, Graph, Layer, Node, Then, View};
use crate::architecture::Architecture;
use crate::layer_options::{Activation, Global, Norm, Pooling};
use learn::net::padded::pool::{Pool, Reduce};

/// A backbone's own layers, where an architecture chooses no others.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// How the size is halved.
    pub pooling: Pooling,
    /// Pixels a side of a pooling window: of 2, a last odd pixel is left out; of 3, windows overlap and sizes are rounded
    /// up, as strides do.
    pub window: usize,
    /// What follows a convolution.
    pub norm: Norm,
    /// The activation function.
    pub activation: Activation,
    /// How the last layer becomes features.
    pub global: Global,
    /// Whether every product is rounded before it is added, as in judges trained before there was another way.
    pub is_rounded: bool,
}

impl Style {
    /// Batch normalisation and ReLU, maxima of overlapping windows, and mean and maximum as features.
    pub const USUAL: Self = Self {
        pooling: Pooling::Max,
        window: 3,
        norm: Norm::Batch,
        activation: Activation::Relu,
        global: Global::Both,
        is_rounded: false,
    };
}

/// The output of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(usize);

/// A convolution to declare: with normalisation and activation, unless said otherwise.
#[derive(Clone, Copy, Debug)]
pub struct FilterSpec {
    kernel: usize,
    to: usize,
    stride: usize,
    is_halved: bool,
    then: Then,
}

/// A convolution with a kernel of 1, 3 or 5 to a number of channels.
pub const fn conv(kernel: usize, to: usize) -> FilterSpec {
    FilterSpec { kernel, to, stride: 1, is_halved: false, then: Then::NormAndActivation }
}

impl FilterSpec {
    /// With a stride of 2, if `is` so.
    pub const fn strided(self, is: bool) -> Self {
        Self { stride: if is { 2 } else { 1 }, ..self }
    }

    /// Whose output is halved in the way of the backbone, if `is` so.
    pub const fn halved(self, is: bool) -> Self {
        Self { is_halved: is, ..self }
    }

    /// Without activation.
    pub const fn linear(self) -> Self {
        Self { then: Then::Norm, ..self }
    }
}

/// A graph that is being declared.
pub struct Builder {
    graph: Graph,
    pooling: Pooling,
    window: usize,
}

impl Builder {
    /// A graph of nothing but the picture, which is returned with it.
    pub fn new(shape: &Architecture, style: Style) -> (Self, Place) {
        let chosen = shape.layers;
        let view = View { step: 1, low: 0, high: 0 };
        let picture =
            Node { layer: Layer::Input, from: Vec::new(), channels: shape.channels, side: shape.side, view };
        let graph = Graph {
            nodes: vec![picture],
            outputs: Vec::new(),
            global: chosen.global.unwrap_or(style.global),
            norm: chosen.norm.unwrap_or(style.norm),
            activation: chosen.activation.unwrap_or(style.activation),
            is_rounded: style.is_rounded,
        };
        let pooling = chosen.pooling.unwrap_or(style.pooling);
        (Self { graph, pooling, window: style.window }, Place(0))
    }

    fn push(&mut self, layer: Layer, from: &[Place], channels: usize, side: usize, view: View) -> Place {
        let from = from.iter().map(|p| p.0).collect();
        self.graph.nodes.push(Node { layer, from, channels, side, view });
        Place(self.graph.nodes.len() - 1)
    }

    /// Channels of a layer's output.
    pub fn channels(&self, at: Place) -> usize {
        self.graph.nodes[at.0].channels
    }

    /// A convolution.
    pub fn convolve(&mut self, name: &str, x: Place, how: FilterSpec) -> Place {
        let merged = how.is_halved && how.stride == 1 && self.pooling == Pooling::Strided;
        let stride = if merged { 2 } else { how.stride };
        let filter =
            Filter { name: name.into(), kernel: how.kernel, stride, is_depthwise: false, then: how.then };
        let y = self.filter(x, filter, how.to);
        if how.is_halved && !merged { self.halve(y) } else { y }
    }

    /// A depthwise separable convolution: a 3 × 3 filter for each channel, then the convolution `how` (of kernel 1).
    pub fn separable(&mut self, name: &str, x: Place, how: FilterSpec) -> Place {
        let filter = Filter {
            name: format!("{name}.depth"),
            kernel: 3,
            stride: 1,
            is_depthwise: true,
            then: Then::Nothing,
        };
        let channels = self.channels(x);
        let y = self.filter(x, filter, channels);
        self.convolve(&format!("{name}.point"), y, how)
    }

    fn filter(&mut self, x: Place, filter: Filter, to: usize) -> Place {
        let Node { side, view, .. } = self.graph.nodes[x.0];
        let view = view.through(filter.kernel, filter.kernel / 2, filter.stride);
        let side = (side - 1) / filter.stride + 1;
        self.push(Layer::Convolve(filter), &[x], to, side, view)
    }

    fn pool(&mut self, x: Place, pool: Pool) -> Place {
        let Node { side, channels, view, .. } = self.graph.nodes[x.0];
        let view = view.through(pool.kernel, pool.border(), pool.stride);
        self.push(Layer::Pool(pool), &[x], channels, pool.out(side), view)
    }

    /// Half the size, in the way of the backbone.
    pub fn halve(&mut self, x: Place) -> Place {
        let (reduce, kernel) = match self.pooling {
            Pooling::Max => (Reduce::Max, self.window),
            Pooling::Average => (Reduce::Mean, self.window),
            // Every second pixel.
            Pooling::Strided => (Reduce::Max, 1),
            Pooling::None => return x,
        };
        self.pool(x, Pool { reduce, kernel, stride: 2 })
    }

    /// Half the size by a stride, if the backbone halves sizes at all: for a shortcut beside layers that do.
    pub fn shortcut(&mut self, name: &str, x: Place, to: usize, is_halved: bool) -> Place {
        let is_strided = is_halved && self.pooling != Pooling::None;
        self.convolve(name, x, conv(1, to).strided(is_strided).linear())
    }

    /// The greatest (or the mean) of the 3 × 3 pixels round each.
    pub fn smooth(&mut self, x: Place) -> Place {
        let reduce = if self.pooling == Pooling::Average { Reduce::Mean } else { Reduce::Max };
        self.pool(x, Pool { reduce, kernel: 3, stride: 1 })
    }

    /// The activation alone.
    pub fn activate(&mut self, x: Place) -> Place {
        let Node { channels, side, view, .. } = self.graph.nodes[x.0];
        self.push(Layer::Activate, &[x], channels, side, view)
    }

    /// The sum of two layers of one size, activated or not.
    pub fn add(&mut self, a: Place, b: Place, is_active: bool) -> Place {
        let (one, other) = (&self.graph.nodes[a.0], &self.graph.nodes[b.0]);
        assert_eq!((one.channels, one.side), (other.channels, other.side), "layers of one size");
        let (channels, side, view) = (one.channels, one.side, one.view.and(other.view));
        self.push(Layer::Add { is_active }, &[a, b], channels, side, view)
    }

    /// The channels of convolutions or pooled layers of one size, one after another; nothing else may read these.
    pub fn concatenate(&mut self, parts: &[Place]) -> Place {
        let nodes: Vec<&Node> = parts.iter().map(|p| &self.graph.nodes[p.0]).collect();
        let writes = |n: &Node| match &n.layer {
            Layer::Convolve(filter) => !filter.is_depthwise,
            layer => matches!(layer, Layer::Pool(_)),
        };
        assert!(nodes.iter().all(|n| writes(n) && n.side == nodes[0].side), "convolutions of one size");
        let channels = nodes.iter().map(|n| n.channels).sum();
        let (side, view) = (nodes[0].side, nodes.iter().skip(1).fold(nodes[0].view, |v, n| v.and(n.view)));
        self.push(Layer::Concatenate, parts, channels, side, view)
    }

    /// The graph with these layers as outputs, of which the last is that whose receptive field counts.
    pub fn finish(self, outputs: &[Place]) -> Graph {
        Graph { outputs: outputs.iter().map(|o| o.0).collect(), ..self.graph }
    }
}
