//! Losses over the pixels of a batch.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::activation::{log_sigmoid, sigmoid};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use data::reduce::SIDE;

use super::augment::Example;
use super::targets::{BIAS, DetectionTargets, PLANE, known, targets};
use super::{GEOMETRY, Task, network_input};
use crate::loss::cross_entropy;

/// Weight of the error of size and place.
const PLACE: f64 = 0.5;

/// The pictures of a batch as planes `[n, 3, SIDE, SIDE]`.
pub fn inputs(batch: &[Example], device: &Device) -> Tensor<4> {
    let planes: Vec<Vec<f32>> = batch.par_iter().map(|e| network_input(&e.picture)).collect();
    Tensor::from_data(TensorData::new(planes.concat(), [batch.len(), 3, SIDE, SIDE]), device)
}

/// The loss of the network's planes `[n, outputs, SIDE, SIDE]` for a batch.
pub fn loss(
    task: Task,
    planes: Tensor<4>,
    batch: &[Example],
    classes: &[String],
    device: &Device,
) -> Tensor<1> {
    match task {
        Task::Segment => segmentation(planes, batch, classes.len(), device),
        Task::Detect => detection(planes, batch, classes, device),
    }
}

/// Mean cross-entropy of the pixels.
fn segmentation(planes: Tensor<4>, batch: &[Example], classes: usize, device: &Device) -> Tensor<1> {
    let rows = batch.len() * PLANE;
    let mut truth = vec![0f32; rows * classes];
    let masks = batch.iter().flat_map(|e| &e.mask);
    masks.enumerate().for_each(|(i, class)| truth[i * classes + *class as usize] = 1.0);
    let logits = planes.permute([0, 2, 3, 1]).reshape([rows, classes]);
    cross_entropy(logits, Tensor::from_data(TensorData::new(truth, [rows, classes]), device))
}

/// The penalty-reduced focal loss of the heatmaps (Law and Deng 2018, with α = 2 and β = 4), and the absolute error of size
/// and place at the centres; both for each body.
fn detection(planes: Tensor<4>, batch: &[Example], classes: &[String], device: &Device) -> Tensor<1> {
    let count = classes.len();
    let all: Vec<DetectionTargets> =
        batch.par_iter().map(|e| targets(&known(&e.boxes, classes), count)).collect();
    let bodies = all.iter().flat_map(|t| &t.centres).sum::<f32>().max(1.0);
    let tensor = |planes: usize, of: &dyn Fn(&DetectionTargets) -> Vec<f32>| {
        let values: Vec<f32> = all.iter().flat_map(of).collect();
        Tensor::<4>::from_data(TensorData::new(values, [batch.len(), planes, SIDE, SIDE]), device)
    };
    let is_centre = tensor(count, &|t| t.heat.iter().map(|v| (*v == 1.0) as u8 as f32).collect());
    let elsewhere = tensor(count, &|t| {
        let weight = |v: &f32| (1.0 - v) * (1.0 - v) * (1.0 - v) * (1.0 - v);
        t.heat.iter().map(weight).collect()
    });
    let logits = planes.clone().narrow(1, 0, count).add_scalar(BIAS);
    let [yes, no] = [sigmoid(logits.clone()), sigmoid(logits.clone().neg())];
    let found = no.powi_scalar(2) * log_sigmoid(logits.clone()) * is_centre;
    let silent = yes.powi_scalar(2) * log_sigmoid(logits.neg()) * elsewhere;
    let focal = (found + silent).sum().neg();
    let geometry = tensor(GEOMETRY, &|t| t.geometry.clone());
    let counted = tensor(GEOMETRY, &|t| t.centres.repeat(GEOMETRY));
    let off = ((planes.narrow(1, count, GEOMETRY) - geometry).abs() * counted).sum();
    (focal + off.mul_scalar(PLACE)).div_scalar(bodies)
}
