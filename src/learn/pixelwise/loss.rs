//! Losses over the pixels of a batch.

#![expect(clippy::disallowed_types, reason = "training runs on burn")]

use burn::tensor::activation::{log_sigmoid, sigmoid};
use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use data::reduce::SIDE;

use super::example::Example;
use super::targets::{BIAS, DetectionTargets, PLANE, known, targets};
use super::{Contrast, GEOMETRY, Task, network_input};
use crate::loss::cross_entropy;

/// Weight of the error of size and place.
const PLACE: f64 = 0.5;

/// The pictures of a batch as planes `[n, inputs, SIDE, SIDE]`.
pub fn inputs(batch: &[Example], contrast: Contrast, device: &Device) -> Tensor<4> {
    let planes: Vec<Vec<f32>> = batch.par_iter().map(|e| network_input(&e.picture, contrast)).collect();
    let dims = [batch.len(), contrast.planes(), SIDE, SIDE];
    Tensor::from_data(TensorData::new(planes.concat(), dims), device)
}

/// The loss of the network's planes `[n, outputs, SIDE, SIDE]` for a batch; of segmentation without pixels that are at most
/// `seam` pixels from one of another class.
pub fn loss(
    task: Task,
    planes: Tensor<4>,
    batch: &[Example],
    (classes, seam): (&[String], usize),
    device: &Device,
) -> Tensor<1> {
    match task {
        Task::Segment => segmentation(planes, batch, (classes.len(), seam), device),
        Task::Detect => detection(planes, batch, classes, device),
    }
}

/// Mean cross-entropy of the pixels that count.
fn segmentation(
    planes: Tensor<4>,
    batch: &[Example],
    (classes, seam): (usize, usize),
    device: &Device,
) -> Tensor<1> {
    let rows = batch.len() * PLANE;
    let counted: Vec<bool> = batch.par_iter().flat_map_iter(|e| clear(&e.mask, seam)).collect();
    let weight = rows as f32 / counted.iter().filter(|c| **c).count().max(1) as f32;
    let mut truth = vec![0f32; rows * classes];
    let masks = batch.iter().flat_map(|e| &e.mask).zip(&counted).enumerate();
    for (i, (class, _)) in masks.filter(|(_, (_, is_counted))| **is_counted) {
        truth[i * classes + *class as usize] = weight;
    }
    let logits = planes.permute([0, 2, 3, 1]).reshape([rows, classes]);
    cross_entropy(logits, Tensor::from_data(TensorData::new(truth, [rows, classes]), device))
}

/// Whether all pixels up to `seam` pixels away, across, down or both, are of the class of each.
fn clear(mask: &[u8], seam: usize) -> Vec<bool> {
    let near = |v: usize| v.saturating_sub(seam)..(v + seam + 1).min(SIDE);
    let one = |i: usize| {
        let (x, y) = (i % SIDE, i / SIDE);
        seam == 0 || near(y).all(|y| mask[y * SIDE..][near(x)].iter().all(|m| *m == mask[i]))
    };
    (0..mask.len()).map(one).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Distribution;

    fn halves(first: u8) -> Example {
        let mask = (0..PLANE).map(|i| first + (i % SIDE >= SIDE / 2) as u8).collect();
        Example { picture: vec![0; 3 * PLANE], mask, boxes: Vec::new() }
    }

    /// What is said of pixels at a seam changes nothing; without a seam every pixel counts the same.
    #[test]
    fn pixels_at_a_seam_do_not_count() {
        let device = Device::flex();
        let batch = [halves(0), halves(1)];
        let classes = ["a", "b", "c"].map(String::from);
        device.seed(3);
        let planes = Tensor::<4>::random([2, 3, SIDE, SIDE], Distribution::Normal(0.0, 1.0), &device);
        let values = crate::glue::numbers(planes);
        let loss_of = |values: &[f32], seam: usize| {
            let planes = Tensor::from_data(TensorData::new(values.to_vec(), [2, 3, SIDE, SIDE]), &device);
            crate::glue::number(loss(Task::Segment, planes, &batch, (&classes[..], seam), &device))
        };
        let mean_of = |is_counted: &dyn Fn(usize) -> bool| {
            let (mut sum, mut n) = (0f64, 0f64);
            for (b, example) in batch.iter().enumerate() {
                for i in (0..PLANE).filter(|i| is_counted(i % SIDE)) {
                    let logit = |c: usize| (values[(b * 3 + c) * PLANE + i] as f64).exp();
                    sum -= (logit(example.mask[i] as usize) / (0..3).map(logit).sum::<f64>()).ln();
                    n += 1.0;
                }
            }
            sum / n
        };
        assert!((loss_of(&values, 0) - mean_of(&|_| true)).abs() < 1e-5);
        let away = |x: usize| !(SIDE / 2 - 2..SIDE / 2 + 2).contains(&x);
        assert!((loss_of(&values, 2) - mean_of(&away)).abs() < 1e-5);
        let mut other = values.clone();
        other.iter_mut().enumerate().filter(|(i, _)| !away(i % SIDE)).for_each(|(_, v)| *v += 9.0);
        assert_eq!(loss_of(&other, 2), loss_of(&values, 2));
    }
}
