//! A layer differentiated on its own.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::{Tensor, TensorData};

use super::forward::{Weights4, forward};
use super::layer::{Layer, Sizes};
use super::normalisation::BatchNorm;
use crate::glue::{device, numbers};

/// A layer with what it is applied to. All arrays are row-major.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The layer.
    pub layer: Layer,
    /// Its input, of the sizes `input`.
    pub x: Vec<f32>,
    /// Sizes of the input: pictures, channels, rows, columns.
    pub input: [usize; 4],
    /// All other sizes.
    pub sizes: Sizes,
    /// Its weight, if it has one.
    pub weight: Option<Vec<f32>>,
    /// Its bias, if it has one.
    pub bias: Option<Vec<f32>>,
}

/// What comes of a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Differentiated {
    /// Its output.
    pub y: Vec<f32>,
    /// Gradient of its input.
    pub x: Vec<f32>,
    /// Gradient of its weight, if it has one.
    pub weight: Vec<f32>,
    /// Gradient of its bias, if it has one.
    pub bias: Vec<f32>,
}

/// The output of a layer, and the gradients of Σ y · `above`.
///
/// # Errors
/// An array is of another length than its sizes say, or no gradient reaches the input.
pub fn differentiated(of: &Applied, above: &[f32]) -> Result<Differentiated, String> {
    let tracked = |values: &[f32], dims| Ok::<_, String>(tensor(values, dims)?.require_grad());
    let some = |values: &Option<Vec<f32>>, dims| values.as_deref().map(|v| tracked(v, dims)).transpose();
    let x = tracked(&of.x, of.input)?;
    let (weight, bias) = (some(&of.weight, of.sizes.weight)?, some(&of.bias, of.sizes.bias)?);
    let weights = Weights4 { weight: weight.clone(), bias: bias.clone() };
    let y = forward(x.clone(), &of.layer, &of.sizes, weights);
    let above = tensor(above, of.sizes.output)?;
    let found = numbers(y.clone());
    let grads = (y * above).sum().backward();
    let gradient = |t: &Tensor<4>| t.grad(&grads).map(numbers);
    let of_some = |t: &Option<Tensor<4>>| t.as_ref().and_then(gradient).unwrap_or_default();
    Ok(Differentiated {
        y: found,
        x: gradient(&x).ok_or("no gradient reaches the input")?,
        weight: of_some(&weight),
        bias: of_some(&bias),
    })
}

/// What comes of batch normalisation.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNormalised {
    /// In training, with its gradients.
    pub trained: Differentiated,
    /// In evaluation after that one batch.
    pub evaluated: Vec<f32>,
    /// Running mean and variance of each channel, after that batch.
    pub running: [Vec<f32>; 2],
}

/// Batch normalisation of one batch in training, and of the same in evaluation after it; `momentum` is the share of the
/// newest batch in the running values.
///
/// # Errors
/// As [`differentiated`].
pub fn batch_normalised(
    of: &Applied,
    above: &[f32],
    [epsilon, momentum]: [f64; 2],
) -> Result<BatchNormalised, String> {
    let channels = of.input[1];
    let row = |values: &Option<Vec<f32>>, plain: f32| {
        let values = values.clone().unwrap_or_else(|| vec![plain; channels]);
        exact(values.len(), channels)?;
        Ok::<_, String>(Tensor::<1>::from_data(TensorData::new(values, [channels]), &device()).require_grad())
    };
    let norm = BatchNorm::of(row(&of.weight, 1.0)?, row(&of.bias, 0.0)?, epsilon, momentum);
    let x = tensor(&of.x, of.input)?.require_grad();
    let y = norm.forward(x.clone());
    let found = numbers(y.clone());
    let grads = (y * tensor(above, of.input)?).sum().backward();
    let [weight, bias] = norm.affine().map(|t| t.grad(&grads).map(numbers).unwrap_or_default());
    let still = burn::module::Module::valid(&norm);
    let plain = Tensor::<4>::from_data(TensorData::new(of.x.clone(), of.input), &device().inner());
    Ok(BatchNormalised {
        trained: Differentiated {
            y: found,
            x: x.grad(&grads).map(numbers).ok_or("no gradient reaches the input")?,
            weight,
            bias,
        },
        evaluated: numbers(still.forward(plain)),
        running: norm.running().map(numbers),
    })
}

fn tensor(values: &[f32], dims: [usize; 4]) -> Result<Tensor<4>, String> {
    exact(values.len(), dims.iter().product())?;
    Ok(Tensor::from_data(TensorData::new(values.to_vec(), dims), &device()))
}

fn exact(found: usize, expected: usize) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("expected {expected} values, found {found}")) }
}
