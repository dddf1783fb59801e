//! Training throughput of a small convolutional classifier (32-64-64 planes, 128 hidden), batch 128: forward, backward
//! and an Adam step. `cargo bench --bench training [THREADS]`; the peer is `benches/training.py` (PyTorch), the same
//! network.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor, TensorData};
use untrained::learn::glue::{Conv, device, fresh};

const BATCH: usize = 128;

#[derive(Module, Debug)]
struct Network {
    first: Conv,
    second: Conv,
    third: Conv,
    pool: MaxPool2d,
    hidden: Linear,
    head: Linear,
}

impl Network {
    fn new(channels: usize, side: usize, device: &Device) -> Self {
        let small = side / 4;
        Self {
            first: Conv::new(channels, 32, device),
            second: Conv::new(32, 64, device),
            third: Conv::new(64, 64, device),
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            hidden: LinearConfig::new(64 * small * small, 128).init(device),
            head: LinearConfig::new(128, 10).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.pool.forward(relu(self.first.forward(x, 1)));
        let x = self.pool.forward(relu(self.second.forward(x, 1)));
        let x: Tensor<2> = relu(self.third.forward(x, 1)).flatten(1, 3);
        self.head.forward(relu(self.hidden.forward(x)))
    }
}

/// Images a second, best of several rounds.
fn throughput(channels: usize, side: usize) -> f64 {
    let device = device();
    let n = BATCH * channels * side * side;
    let values: Vec<f32> = (0..n).map(|i| ((i * 7919) % 1000) as f32 / 1000.0).collect();
    let x = Tensor::<4>::from_data(TensorData::new(values, [BATCH, channels, side, side]), &device);
    let labels: Vec<i64> = (0..BATCH as i64).map(|i| i % 10).collect();
    let labels = Tensor::<1, Int>::from_data(TensorData::new(labels, [BATCH]), &device);
    let mut network = fresh(1, |d| Network::new(channels, side, d));
    let mut optimizer = AdamConfig::new().init();
    let mut best = f64::INFINITY;
    for _ in 0..6 {
        let start = Instant::now();
        for _ in 0..5 {
            let loss = CrossEntropyLossConfig::new()
                .init(&device)
                .forward(network.forward(x.clone()), labels.clone());
            let grads = GradientsParams::from_grads(loss.backward(), &network);
            network = optimizer.step(1e-3, network, grads);
        }
        best = best.min(start.elapsed().as_secs_f64() / 5.0);
    }
    BATCH as f64 / best
}

fn main() {
    let requested = std::env::args().filter_map(|a| a.parse().ok()).next();
    for threads in requested.map_or(vec![1, 2], |n: usize| vec![n]) {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for (channels, side) in [(1, 28), (3, 32)] {
            let images = pool.install(|| throughput(channels, side));
            println!("{channels}×{side}×{side}, {threads} threads: {images:.0} images/s");
        }
    }
}
