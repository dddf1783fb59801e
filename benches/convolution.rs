//! One training step (forward and backward) of the judge's convolutions, compared with burn's kernels and the bound.
//! `cargo bench --bench convolution`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};
use untrained::learn::convolution::{convolve, convolve_depthwise};
use untrained::learn::net::convolution::compute::ConvShape;

const BATCH: usize = 64;
/// Peak f32 rate of one AVX-512 core with one 512-bit FMA unit at 2.75 GHz, G operations a second.
const CORE: f64 = 88.0;

fn main() {
    println!(
        "{:<28} {:>9} {:>22} {:>22}",
        "layer, batch 64", "threads", "ours, G op/s (ms)", "burn, G op/s (ms)"
    );
    for (from, to, side, kernel, stride) in [
        (1, 32, 28, 3, 1),
        (3, 24, 64, 3, 2),
        (24, 48, 32, 3, 2),
        (48, 64, 16, 3, 1),
        (64, 96, 8, 3, 1),
        (64, 96, 16, 1, 1),
        (16, 32, 16, 5, 1),
    ] {
        let s = ConvShape { from, to, height: side, width: side, kernel, stride, periodic: [false; 2] };
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let [ours, theirs] = pool.install(|| [true, false].map(|ours| step(&s, ours)));
            let passes = if s.from <= 3 { 2.0 } else { 3.0 };
            let work = passes * 2.0 * (kernel * kernel) as f64 * (BATCH * s.from * s.output()) as f64;
            let show = |t: f64| format!("{:>8.1} ({:.2})", work / t / 1e9, 1e3 * t);
            let name = format!("{from} → {to}, {side}², {kernel} × {kernel}, stride {stride}");
            println!("{name:<28} {threads:>9} {:>22} {:>22}", show(ours), show(theirs));
        }
    }
    for (channels, side) in [(48, 32), (128, 8)] {
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let [ours, theirs] = pool.install(|| [true, false].map(|ours| depthwise(channels, side, ours)));
            let work = 3.0 * 2.0 * 9.0 * (BATCH * channels * side * side) as f64;
            let show = |t: f64| format!("{:>8.1} ({:.2})", work / t / 1e9, 1e3 * t);
            let name = format!("depthwise {channels}, {side}²");
            println!("{name:<28} {threads:>9} {:>22} {:>22}", show(ours), show(theirs));
        }
    }
    println!("nominal bound {CORE:.0} G op/s a 512-bit unit; see BENCHMARKS.md for the measured one");
}

fn data(dims: [usize; 4]) -> Tensor<4> {
    let n = dims.iter().product::<usize>();
    let values: Vec<f32> = (0..n).map(|i| ((i * 7919) % 1000) as f32 / 1000.0 - 0.5).collect();
    Tensor::<4>::from_data(TensorData::new(values, dims), &Device::flex().autodiff())
}

/// Best of seven runs, in seconds.
fn step(s: &ConvShape, ours: bool) -> f64 {
    let k = s.kernel;
    let (x, w) = (data([BATCH, s.from, s.height, s.width]), data([s.to, s.from, k, k]).require_grad());
    // The input picture needs no gradient; only later layers propagate one.
    let first = s.from <= 3;
    let x = if first { x } else { x.require_grad() };
    seconds(|| match ours {
        true => convolve(x.clone(), w.clone(), s.stride),
        false => conv2d(x.clone(), w.clone(), None, ConvOptions::new([s.stride; 2], [k / 2; 2], [1, 1], 1)),
    })
}

/// The same of a depthwise convolution.
fn depthwise(channels: usize, side: usize, ours: bool) -> f64 {
    let x = data([BATCH, channels, side, side]).require_grad();
    let w = data([channels, 1, 3, 3]).require_grad();
    seconds(|| match ours {
        true => convolve_depthwise(x.clone(), w.clone(), 1),
        false => conv2d(x.clone(), w.clone(), None, ConvOptions::new([1, 1], [1, 1], [1, 1], channels)),
    })
}

fn seconds(convolved: impl Fn() -> Tensor<4>) -> f64 {
    let once = || {
        let start = Instant::now();
        std::hint::black_box(convolved().sum().backward());
        start.elapsed().as_secs_f64()
    };
    (0..7).map(|_| once()).fold(f64::INFINITY, f64::min)
}
