//! A list of layers as a network that is trained.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::module::{Module, Param};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Tensor, TensorData};

use super::forward::{Weights4, forward};
use super::inference::{Given, infer};
use super::layer::{Layer, Normalisation, Sizes};
use crate::glue::{device, number, numbers, one_hot};
use crate::loss::cross_entropy;
use crate::net::weights::WeightArray;

/// A layer and its weights.
#[derive(Module, Debug)]
struct Stage {
    weight: Option<Param<Tensor<4>>>,
    bias: Option<Param<Tensor<4>>>,
    #[module(skip)]
    layer: Layer,
    #[module(skip)]
    sizes: Sizes,
}

/// A list of layers.
#[derive(Module, Debug)]
pub struct Sequential {
    stages: Vec<Stage>,
    #[module(skip)]
    input: [usize; 3],
}

/// A layer with its weights, for [`Sequential::new`].
#[derive(Clone, Debug)]
pub struct LayerWeights {
    /// The layer.
    pub layer: Layer,
    /// Its weight, if it has one.
    pub weight: Option<WeightArray>,
    /// Its bias, if it has one.
    pub bias: Option<WeightArray>,
}

impl Sequential {
    /// Of layers, and the sizes of a picture: channels, rows, columns.
    ///
    /// # Errors
    /// A layer or a weight does not fit; the message has its place, from 1.
    pub fn new(layers: &[LayerWeights], input: [usize; 3]) -> Result<Self, String> {
        let mut size = [1, input[0], input[1], input[2]];
        let mut stages = Vec::new();
        for (i, LayerWeights { layer, weight, bias }) in layers.iter().enumerate() {
            let dims = |of: &Option<WeightArray>| of.as_ref().map(|w| w.dims.clone());
            let sizes = layer.sizes(size, dims(weight).as_deref(), dims(bias).as_deref());
            let sizes = sizes.map_err(|e| format!("layer {}: {e}", i + 1))?;
            let param = |of: &Option<WeightArray>, dims: [usize; 4]| {
                let made =
                    |w: &WeightArray| Tensor::from_data(TensorData::new(w.values.clone(), dims), &device());
                of.as_ref().map(|w| Param::from_tensor(made(w)))
            };
            let (weight, bias) = (param(weight, sizes.weight), param(bias, sizes.bias));
            stages.push(Stage { weight, bias, layer: *layer, sizes });
            size = sizes.output;
        }
        Ok(Self { stages, input })
    }

    /// Values that it gives for one picture.
    pub fn outputs(&self) -> usize {
        self.stages.last().map_or(self.input.iter().product(), |s| s.sizes.output.iter().product())
    }

    /// Outputs `[n, outputs]` of pictures `[n, channels, rows, columns]`, in training.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let [n, ..] = x.dims();
        let y = self.stages.iter().fold(x, |x, stage| {
            let [_, channels, height, width] = stage.sizes.output;
            let sizes = Sizes { output: [n, channels, height, width], ..stage.sizes };
            let val = |of: &Option<Param<Tensor<4>>>| of.as_ref().map(Param::val);
            forward(x, &stage.layer, &sizes, Weights4 { weight: val(&stage.weight), bias: val(&stage.bias) })
        });
        y.reshape([n, self.outputs()])
    }

    /// Outputs `[n, outputs]` of pictures in inference; none if it has a layer that inference has not.
    ///
    /// # Errors
    /// The pictures are of another size.
    pub fn infer(&self, pixels: &[f32]) -> Result<Option<Vec<f32>>, String> {
        let [channels, height, width] = self.input;
        let n = pixels.len() / (channels * height * width);
        let (mut x, mut size) = (pixels.to_vec(), [n, channels, height, width]);
        for stage in &self.stages {
            let [_, channels, height, width] = stage.sizes.output;
            let output = [n, channels, height, width];
            let values = |of: &Option<Param<Tensor<4>>>| of.as_ref().map(|p| numbers(p.val()));
            let (weight, bias) = (values(&stage.weight), values(&stage.bias));
            let given = Given { weight: weight.as_deref(), bias: bias.as_deref() };
            let Some(y) = infer(&x, size, &stage.layer, &Sizes { output, ..stage.sizes }, given)? else {
                return Ok(None);
            };
            (x, size) = (y, output);
        }
        Ok(Some(x))
    }

    /// Weight and bias of each layer that has them, in their order.
    pub fn weights(&self) -> Vec<[Option<Vec<f32>>; 2]> {
        let values = |of: &Option<Param<Tensor<4>>>| of.as_ref().map(|p| numbers(p.val()));
        self.stages.iter().map(|s| [values(&s.weight), values(&s.bias)]).collect()
    }

    /// Whether its outputs for a picture depend on the others of the batch.
    pub fn sees_batches(&self) -> bool {
        self.stages.iter().any(|s| matches!(s.layer, Layer::Normalisation(Normalisation::Batch, _)))
    }
}

/// Pictures and labels in their order, a batch after the other, and again from the first.
#[derive(Clone, Copy, Debug)]
pub struct Lessons<'a> {
    /// Pictures `[n][channels][rows][columns]`.
    pub pixels: &'a [f32],
    /// Their classes.
    pub labels: &'a [usize],
    /// Pictures of a batch.
    pub batch: usize,
}

impl Lessons<'_> {
    /// The batch of a step, counted from 0. What is left of a pass after its last whole batch is not seen.
    fn batch(&self, step: usize) -> (&[f32], &[usize]) {
        let at = step % (self.labels.len() / self.batch) * self.batch;
        let each = self.pixels.len() / self.labels.len();
        (&self.pixels[at * each..(at + self.batch) * each], &self.labels[at..at + self.batch])
    }
}

/// Trains by mean cross-entropy for so many steps; also gives the loss before each.
///
/// # Errors
/// There is no whole batch, a label is no class, or the pictures are of another size.
pub fn trained(
    mut network: Sequential,
    optimizer: &mut ModuleOptimizer,
    rate: f64,
    lessons: &Lessons,
    steps: usize,
) -> Result<(Sequential, Vec<f64>), String> {
    let ([channels, height, width], classes) = (network.input, network.outputs());
    let (pictures, n) = (lessons.labels.len(), lessons.batch);
    if n == 0 || n > pictures || lessons.pixels.len() != pictures * channels * height * width {
        return Err(format!(
            "expected batches of 1 to {pictures} pictures of {:?}, found {n}",
            network.input
        ));
    }
    if let Some(label) = lessons.labels.iter().find(|l| **l >= classes) {
        return Err(format!("expected labels below {classes}, found {label}"));
    }
    let mut losses = Vec::with_capacity(steps);
    for step in 0..steps {
        let (pixels, labels) = lessons.batch(step);
        let x = Tensor::from_data(TensorData::new(pixels.to_vec(), [n, channels, height, width]), &device());
        let loss = cross_entropy(network.forward(x), one_hot(labels, classes, &device()));
        losses.push(number(loss.clone()));
        let grads = GradientsParams::from_grads(loss.backward(), &network);
        network = optimizer.step(rate, network, grads);
    }
    Ok((network, losses))
}
