use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Tensor, TensorData};

use super::convolve;
use crate::net::convolution::compute::{ConvShape, forward, input_gradient, weight_gradient};
use crate::net::convolution::tile::{Rows, Run, product, transposed};
use world::rng::Rng;
use world::vectors::Vectors;

fn noise(n: usize, seed: u64) -> Vec<f32> {
    (0..n as u64).map(|i| Rng::new(seed).normal(i)).collect()
}

/// Odd sizes, one channel, more channels than a panel, both strides, kernels of 1, 3 and 5.
const SHAPES: [ConvShape; 10] = [
    ConvShape { from: 1, to: 32, height: 28, width: 28, kernel: 3, stride: 1, periodic: [false; 2] },
    ConvShape { from: 3, to: 24, height: 16, width: 16, kernel: 3, stride: 2, periodic: [false; 2] },
    ConvShape { from: 24, to: 48, height: 9, width: 7, kernel: 3, stride: 2, periodic: [false; 2] },
    ConvShape { from: 48, to: 65, height: 7, width: 7, kernel: 3, stride: 1, periodic: [false; 2] },
    ConvShape { from: 5, to: 3, height: 1, width: 1, kernel: 3, stride: 1, periodic: [false; 2] },
    ConvShape { from: 8, to: 16, height: 2, width: 5, kernel: 3, stride: 2, periodic: [false; 2] },
    ConvShape { from: 12, to: 17, height: 5, width: 8, kernel: 1, stride: 1, periodic: [false; 2] },
    ConvShape { from: 9, to: 16, height: 7, width: 6, kernel: 1, stride: 2, periodic: [false; 2] },
    ConvShape { from: 8, to: 19, height: 6, width: 9, kernel: 5, stride: 1, periodic: [false; 2] },
    ConvShape { from: 3, to: 8, height: 9, width: 4, kernel: 5, stride: 2, periodic: [false; 2] },
];

#[test]
fn agrees_with_burns_own_convolution_in_value_and_both_gradients() {
    let device = Device::flex().autodiff();
    for (i, s) in SHAPES.iter().enumerate() {
        let batch = 3;
        let data = |n, dims: [usize; 4], seed| {
            Tensor::<4>::from_data(TensorData::new(noise(n, seed), dims), &device).require_grad()
        };
        let x = data(batch * s.input(), [batch, s.from, s.height, s.width], 1 + i as u64);
        let k = s.kernel;
        let w = data(k * k * s.from * s.to, [s.to, s.from, k, k], 100 + i as u64);
        let weigh = Tensor::<4>::from_data(
            TensorData::new(noise(batch * s.output(), 7), [batch, s.to, s.out_height(), s.out_width()]),
            &device,
        );
        let run = |theirs: bool| {
            let y = if theirs {
                let options = ConvOptions::new([s.stride; 2], [k / 2; 2], [1, 1], 1);
                conv2d(x.clone(), w.clone(), None, options)
            } else {
                convolve(x.clone(), w.clone(), s.stride)
            };
            let grads = (y.clone() * weigh.clone()).sum().backward();
            let gradient = |t: &Tensor<4>| t.grad(&grads).unwrap().into_data().try_to_vec::<f32>().unwrap();
            [y.into_data().try_to_vec::<f32>().unwrap(), gradient(&x), gradient(&w)]
        };
        let (ours, theirs) = (run(false), run(true));
        for (which, (a, b)) in ours.iter().zip(&theirs).enumerate() {
            assert_eq!(a.len(), b.len());
            let size = b.iter().fold(1f32, |m, v| m.max(v.abs()));
            let worst = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 3e-5 * size, "shape {i}, result {which}: {worst} of {size}");
        }
    }
}

/// The loss is linear in each argument, so a difference quotient in f64 sums is exact but for rounding.
#[test]
fn gradients_are_the_difference_quotients() {
    let s = ConvShape { from: 3, to: 4, height: 6, width: 5, kernel: 3, stride: 2, periodic: [false; 2] };
    let (x, w, weigh) = (noise(2 * s.input(), 1), noise(9 * 12, 2), noise(2 * s.output(), 3));
    let loss = |x: &[f32], w: &[f32]| -> f64 {
        forward(&s, x, w).iter().zip(&weigh).map(|(a, b)| *a as f64 * *b as f64).sum()
    };
    let slope = |v: &[f32], i: usize, f: &dyn Fn(&[f32]) -> f64| {
        let moved =
            |d: f32| v.iter().enumerate().map(|(k, v)| if k == i { v + d } else { *v }).collect::<Vec<_>>();
        (f(&moved(0.5)) - f(&moved(-0.5))) as f32
    };
    let (dx, dw) = (input_gradient(&s, &weigh, &w), weight_gradient(&s, &x, &weigh));
    for (i, d) in dx.iter().enumerate() {
        let expected = slope(&x, i, &|x| loss(x, &w));
        assert!((d - expected).abs() < 1e-4, "input {i}: {d}, {expected}");
    }
    for (i, d) in dw.iter().enumerate() {
        let expected = slope(&w, i, &|w| loss(&x, w));
        assert!((d - expected).abs() < 1e-4, "weight {i}: {d}, {expected}");
    }
}

/// A periodic picture is a window of the plane that it tiles: its outputs are those of the middle of 3 × 3 copies, and
/// its gradients are sums over the copies.
#[test]
fn on_a_torus_it_is_the_convolution_of_the_tiled_plane() {
    let both = [true, true];
    for (kernel, stride, periodic) in
        [(3, 1, both), (3, 2, both), (3, 1, [false, true]), (3, 2, [true, false]), (5, 1, both), (1, 2, both)]
    {
        let s = ConvShape { from: 3, to: 5, height: 4, width: 6, kernel, stride, periodic };
        let [up, across] = periodic.map(|p| if p { 3 } else { 1 });
        let big = ConvShape { height: up * 4, width: across * 6, periodic: [false; 2], ..s };
        let (x, w, dy) = (noise(s.input(), 1), noise(kernel * kernel * 15, 2), noise(s.output(), 3));
        let copies = |x: &[f32], c: usize, h: usize, w: usize| -> Vec<f32> {
            let (high, wide) = (up * h, across * w);
            let at = |i: usize| x[(i / (high * wide) * h + i / wide % high % h) * w + i % wide % w];
            (0..c * high * wide).map(at).collect()
        };
        let middle = |y: &[f32], c: usize, h: usize, w: usize| -> Vec<f32> {
            let (high, wide, top, left) = (up * h, across * w, up / 2 * h, across / 2 * w);
            (0..c * h * w).map(|i| y[(i / (h * w) * high + top + i / w % h) * wide + left + i % w]).collect()
        };
        let tiled = forward(&big, &copies(&x, 3, 4, 6), &w);
        let y = forward(&s, &x, &w);
        assert_eq!(y, middle(&tiled, 5, s.out_height(), s.out_width()), "{kernel} {stride} {periodic:?}");
        // In the middle copy the input's gradient sees every tap of the tiled output's.
        let spread = input_gradient(&big, &copies(&dy, 5, s.out_height(), s.out_width()), &w);
        assert_eq!(input_gradient(&s, &dy, &w), middle(&spread, 3, 4, 6), "{kernel} {stride} {periodic:?}");
        // ⟨dy, conv(x, w)⟩ is linear in w.
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| *a as f64 * *b as f64).sum::<f64>();
        let gradient = weight_gradient(&s, &x, &dy);
        assert!((dot(&gradient, &w) - dot(&dy, &y)).abs() < 1e-3, "{kernel} {stride} {periodic:?}");
    }
}

#[test]
fn all_vector_widths_and_thread_counts_give_the_same_bits() {
    for n in [1, 7, 8, 24, 33, 96] {
        let (data, right) = (noise(400, 1), noise(12 * n, 2));
        let (bases, runs) =
            ([0, 9, 30, 31, 200], [Run { from: 3, row: 0, len: 5 }, Run { from: 50, row: 5, len: 7 }]);
        let rows = Rows { data: &data, bases: &bases, runs: &runs };
        let places = [4, 0, 1, 3, 2];
        let made = |v: Vectors| {
            let (mut a, mut b) = (vec![0f32; 5 * n], noise(11 * n, 3));
            v.run(|| {
                product(rows, &right, n, &places, &mut a);
                transposed(&data, &bases, &right, n, 11, &mut b);
            })
            .unwrap();
            (a, b)
        };
        let plain = made(Vectors::Plain);
        assert!(Vectors::available().all(|v| made(v) == plain), "{n} columns");
    }
    // One picture of many channels is cut into bands.
    let one =
        ConvShape { from: 40, to: 24, height: 12, width: 13, kernel: 3, stride: 1, periodic: [false, true] };
    let (x, w) = (noise(one.input(), 1), noise(9 * one.from * one.to, 2));
    assert!(9 * one.from * one.output() > 1 << 20);
    let whole = forward(&one, &[x.clone(), x.clone()].concat(), &w);
    for threads in [1, 2, 3, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(|| forward(&one, &x, &w)), whole[..one.output()], "{threads} threads");
    }
    let s = SHAPES[2];
    let (x, w, dy) = (noise(37 * s.input(), 1), noise(9 * s.from * s.to, 2), noise(37 * s.output(), 3));
    let at = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (forward(&s, &x, &w), input_gradient(&s, &dy, &w), weight_gradient(&s, &x, &dy)))
    };
    assert_eq!(at(1), at(3));
}
