//! The network in training: the picture is standardised for brightness and contrast (a palette says nothing about the
//! process); a backbone turns it into features ([`backbone`](super::backbone)); then come a 64-dimensional embedding
//! and a linear head.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Devices, Module, ModuleMapper, ModuleVisitor, Param};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::store::ModuleRecord;
use burn::tensor::activation::relu;
use burn::tensor::{Bytes, Device, Tensor};

use super::architecture::Architecture;
use super::layer_options::Global;
use super::network::Network;
use super::penalty::penalty;
use super::standardise::EPSILON;
use super::verdict::EMBEDDING;
use learn::glue;
use learn::net::weights::Weights;

/// Each channel minus its mean, divided by the standard deviation of the whole picture (instance normalisation, Ulyanov
/// et al. 2016; one deviation for all channels keeps the colour). A nearly uniform picture stays near zero.
fn standardised(x: Tensor<4>) -> Tensor<4> {
    let [batch, channels, h, w] = x.dims();
    let planes = x.reshape([batch, channels, h * w]);
    let centred = planes.clone().sub(planes.mean_dim(2)).reshape([batch, channels * h * w]);
    let deviation = centred.clone().powi_scalar(2).mean_dim(1).sqrt().add_scalar(EPSILON);
    centred.div(deviation).reshape([batch, channels, h, w])
}

/// Mean, maximum or both of each plane, `[batch, planes]` or `[batch, 2 × planes]`.
pub(crate) fn pooled(x: Tensor<4>, global: Global) -> Tensor<2> {
    let [batch, planes, h, w] = x.dims();
    let x = x.reshape([batch, planes, h * w]);
    let mean = |x: Tensor<3>| x.mean_dim(2).reshape([batch, planes]);
    let max = |x: Tensor<3>| x.max_dim(2).reshape([batch, planes]);
    match global {
        Global::Mean => mean(x),
        Global::Max => max(x),
        Global::Both => Tensor::cat(vec![mean(x.clone()), max(x)], 1),
    }
}

/// A backbone in training.
pub(crate) trait Body: Module + Sync + 'static {
    /// Features `[batch, features]` of standardised pictures `[batch, channels, side, side]`.
    fn features(&self, x: Tensor<4>) -> Tensor<2>;
}

/// A network from a backbone with `features` features; embedding and head have fresh weights.
pub(crate) fn whole<B: Body>(
    body: B,
    features: usize,
    shape: &Architecture,
    device: &Device,
) -> Box<dyn Network> {
    Box::new(Whole { shape: shape.clone(), top: Top::new(features, shape.classes, device), body })
}

/// Embedding and head, which follow every backbone.
#[derive(Module, Debug)]
struct Top {
    embed: Linear,
    head: Linear,
    dropout: Dropout,
}

impl Top {
    fn new(features: usize, classes: usize, device: &Device) -> Self {
        Self {
            embed: LinearConfig::new(features, EMBEDDING).init(device),
            head: LinearConfig::new(EMBEDDING, classes).init(device),
            dropout: DropoutConfig::new(0.15).init(),
        }
    }
}

/// A backbone, embedding and head. Weight names have no prefix for the part, so that files do not depend on how a
/// network is composed.
#[derive(Clone, Debug)]
struct Whole<B> {
    shape: Architecture,
    body: B,
    top: Top,
}

impl<B: Body> Whole<B> {
    fn each(self, body: impl FnOnce(B) -> B, top: impl FnOnce(Top) -> Top) -> Self {
        Self { shape: self.shape, body: body(self.body), top: top(self.top) }
    }
}

impl<B: Body> Module for Whole<B> {
    fn collect_devices(&self, devices: Devices) -> Devices {
        self.top.collect_devices(self.body.collect_devices(devices))
    }
    fn fork(self, device: &Device) -> Self {
        self.each(|b| b.fork(device), |t| t.fork(device))
    }
    fn to_device(self, device: &Device) -> Self {
        self.each(|b| b.to_device(device), |t| t.to_device(device))
    }
    fn train(self) -> Self {
        self.each(B::train, Top::train)
    }
    fn valid(&self) -> Self {
        Self { shape: self.shape.clone(), body: self.body.valid(), top: self.top.valid() }
    }
    fn materialize(self) -> Self {
        self.each(B::materialize, Top::materialize)
    }
    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
        self.body.visit(visitor);
        self.top.visit(visitor);
    }
    fn map<M: ModuleMapper>(self, mapper: &mut M) -> Self {
        let body = self.body.map(mapper);
        Self { shape: self.shape, body, top: self.top.map(mapper) }
    }
}

struct InitWeights;

impl ModuleVisitor for InitWeights {
    fn visit_float<const D: usize>(&mut self, weight: &Param<Tensor<D>>) {
        let _ = weight.val();
    }
}

impl<B: Body> Network for Whole<B> {
    fn shape(&self) -> &Architecture {
        &self.shape
    }
    fn embed(&self, x: Tensor<4>) -> Tensor<2> {
        self.top.embed.forward(self.body.features(standardised(x)))
    }
    fn head(&self, embedding: Tensor<2>) -> Tensor<2> {
        self.top.head.forward(self.top.dropout.forward(relu(embedding)))
    }
    fn set_dropout(&mut self, share: f64) {
        self.top.dropout.prob = share;
    }
    fn penalty(&self, l1: f64, l2: f64) -> Option<Tensor<1>> {
        penalty(self, l1, l2)
    }
    fn update(&mut self, loss: Tensor<1>, optimizer: &mut ModuleOptimizer, rate: f64) {
        let grads = GradientsParams::from_grads(loss.backward(), self);
        *self = optimizer.step(rate, self.clone(), grads);
    }
    fn valid(&self) -> Box<dyn Network> {
        Box::new(Module::valid(self))
    }
    fn train(&self, device: &Device) -> Box<dyn Network> {
        Box::new(Module::train(self.clone().to_device(device)))
    }
    fn initialise(&self) {
        self.visit(&mut InitWeights);
    }
    fn count(&self) -> usize {
        self.num_params()
    }
    fn weights(&self) -> Weights {
        glue::weights(self)
    }
    fn with(&self, weights: &Weights) -> Result<Box<dyn Network>, String> {
        match glue::loaded(self.clone(), weights) {
            Ok(network) => Ok(Box::new(network)),
            Err(e) => Err(format!("{e}, {:?}", self.shape)),
        }
    }
    fn record(&self) -> Result<Vec<u8>, String> {
        let bytes = Module::valid(self).into_record().into_bytes();
        bytes.map(|b| b.to_vec()).map_err(|e| e.to_string())
    }
    fn restored(&self, bytes: Vec<u8>) -> Result<Box<dyn Network>, String> {
        let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(bytes)).map_err(|e| e.to_string())?;
        let network = self.clone().try_load_record(record).map_err(|e| e.to_string())?;
        Ok(Box::new(network))
    }
}
