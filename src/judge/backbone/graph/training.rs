//! A graph in training, on burn: the same layers as at inference ([`super::inference`]).

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Devices, Module, ModuleMapper, ModuleVisitor};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{AvgPool2dConfig, MaxPool2dConfig};
use burn::nn::{GroupNorm, GroupNormConfig, Initializer, PaddingConfig2d};
use burn::tensor::{Device, Tensor};

use super::{Filter, Graph, Layer, Node, Then, groups};
use crate::layer_options::Norm;
use crate::model::{Body, pooled};
use learn::convolution::{convolve, convolve_depthwise};
use learn::glue::activated;
use learn::net::padded::pool::{Pool, Reduce};
use learn::sequential::normalisation::BatchNorm;

/// Weights of a convolution and of what follows it.
#[derive(Module, Debug)]
struct FilterWeights {
    conv: Conv2d,
    norm: Option<BatchNorm>,
    group: Option<GroupNorm>,
}

/// The network in training.
#[derive(Clone, Debug)]
pub struct TrainedGraph {
    graph: Graph,
    /// One a convolution, in the order of the nodes.
    filters: Vec<FilterWeights>,
}

impl FilterWeights {
    fn new(graph: &Graph, node: &Node, f: &Filter, device: &Device) -> Self {
        let (to, has_norm) = (node.channels, f.then != Then::Nothing);
        let from = graph.nodes[node.from[0]].channels;
        let without = graph.norm == Norm::None;
        // A normalisation makes the scale of the weights before it irrelevant; without one it has to keep that of the
        // values (He et al. 2015).
        let gain = if without { 2f64.sqrt() } else { 1.0 / 3f64.sqrt() };
        let conv = Conv2dConfig::new([from, to], [f.kernel; 2])
            .with_stride([f.stride; 2])
            .with_groups(if f.is_depthwise { from } else { 1 })
            .with_padding(PaddingConfig2d::Explicit(f.kernel / 2, f.kernel / 2, f.kernel / 2, f.kernel / 2))
            .with_bias(without && has_norm)
            .with_initializer(Initializer::KaimingUniform { gain, fan_out_only: false });
        let grouped = matches!(graph.norm, Norm::Group | Norm::Layer) && has_norm;
        let batch = graph.norm == Norm::Batch && has_norm;
        Self {
            conv: conv.init(device),
            norm: batch.then(|| BatchNorm::new(to, device)),
            group: grouped.then(|| GroupNormConfig::new(groups(graph.norm, to), to).init(device)),
        }
    }

    fn forward(&self, x: Tensor<4>, f: &Filter) -> Tensor<4> {
        let weight = self.conv.weight.val();
        let y = match f.is_depthwise {
            true => convolve_depthwise(x, weight, f.stride),
            false => convolve(x, weight, f.stride),
        };
        let y = match &self.conv.bias {
            Some(bias) => {
                let channels = bias.dims()[0];
                y + bias.val().reshape([1, channels, 1, 1])
            }
            None => y,
        };
        let y = if let Some(norm) = &self.norm { norm.forward(y) } else { y };
        if let Some(group) = &self.group { group.forward(y) } else { y }
    }
}

impl TrainedGraph {
    /// Fresh weights.
    pub fn new(graph: Graph, device: &Device) -> Self {
        let filters = graph.filters().map(|(n, f)| FilterWeights::new(&graph, n, f, device)).collect();
        Self { graph, filters }
    }

    fn names(&self) -> impl Iterator<Item = String> + use<> {
        let names: Vec<String> = self.graph.filters().map(|(_, f)| f.name.clone()).collect();
        names.into_iter()
    }

    fn each(self, f: impl FnMut(FilterWeights) -> FilterWeights) -> Self {
        Self { graph: self.graph, filters: self.filters.into_iter().map(f).collect() }
    }
}

/// What the weights of a convolution are part of, as burn names it.
const CONTAINER: &str = "Struct:TrainedGraph";

impl Module for TrainedGraph {
    fn collect_devices(&self, devices: Devices) -> Devices {
        self.filters.collect_devices(devices)
    }
    fn fork(self, device: &Device) -> Self {
        self.each(|f| f.fork(device))
    }
    fn to_device(self, device: &Device) -> Self {
        self.each(|f| f.to_device(device))
    }
    fn train(self) -> Self {
        self.each(FilterWeights::train)
    }
    fn valid(&self) -> Self {
        Self { graph: self.graph.clone(), filters: self.filters.valid() }
    }
    fn materialize(self) -> Self {
        self.each(FilterWeights::materialize)
    }
    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
        for (name, filter) in self.names().zip(&self.filters) {
            visitor.enter_module(&name, CONTAINER);
            filter.visit(visitor);
            visitor.exit_module(&name, CONTAINER);
        }
    }
    fn map<M: ModuleMapper>(self, mapper: &mut M) -> Self {
        let mut names = self.names();
        self.each(|filter| {
            let name = names.next().unwrap_or_default();
            mapper.enter_module(&name, CONTAINER);
            let mapped = filter.map(mapper);
            mapper.exit_module(&name, CONTAINER);
            mapped
        })
    }
}

fn reduced(x: Tensor<4>, pool: &Pool) -> Tensor<4> {
    let (kernel, stride, border) = ([pool.kernel; 2], [pool.stride; 2], pool.border());
    let padding = PaddingConfig2d::Explicit(border, border, border, border);
    match pool.reduce {
        Reduce::Max => {
            MaxPool2dConfig::new(kernel).with_strides(stride).with_padding(padding).init().forward(x)
        }
        Reduce::Mean => {
            let pool = AvgPool2dConfig::new(kernel).with_strides(stride).with_padding(padding);
            pool.with_count_include_pad(false).init().forward(x)
        }
    }
}

impl Body for TrainedGraph {
    fn features(&self, x: Tensor<4>) -> Tensor<2> {
        let activation = self.graph.activation;
        let mut made: Vec<Tensor<4>> = Vec::with_capacity(self.graph.nodes.len());
        let mut filters = self.filters.iter();
        for node in &self.graph.nodes {
            let from = |i: usize| made[node.from[i]].clone();
            let y = match &node.layer {
                Layer::Input => x.clone(),
                Layer::Pool(pool) => reduced(from(0), pool),
                Layer::Activate => activated(from(0), activation),
                Layer::Add { is_active: true } => activated(from(0) + from(1), activation),
                Layer::Add { is_active: false } => from(0) + from(1),
                Layer::Concatenate => Tensor::cat((0..node.from.len()).map(from).collect(), 1),
                Layer::Convolve(f) => {
                    let y = filters.next().map_or_else(|| from(0), |w| w.forward(from(0), f));
                    if f.then == Then::NormAndActivation { activated(y, activation) } else { y }
                }
            };
            made.push(y);
        }
        let outputs = self.graph.outputs.iter().map(|o| pooled(made[*o].clone(), self.graph.global));
        Tensor::cat(outputs.collect(), 1)
    }
}
