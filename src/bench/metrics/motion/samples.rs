//! Roll-outs for tests.

use std::f64::consts::TAU;

use super::rollout::{Layout, Rollout};
use world::rng::Rng;

/// A torus of velocity and density.
pub fn flow(width: usize, height: usize) -> Layout {
    Layout { velocity: Some([0, 1]), density: Some(2), ..Layout::torus(width, height, 3) }
}

/// A roll-out from a function of (x, y, plane, frame).
pub fn drawn(layout: &Layout, frames: usize, f: impl Fn(f64, f64, usize, f64) -> f64) -> Rollout {
    let (w, cells) = (layout.width, layout.cells());
    let value =
        |i: usize, t: usize| f((i % cells % w) as f64, (i % cells / w) as f64, i / cells, t as f64) as f32;
    let frame = |t: usize| (0..cells * layout.channels).map(|i| value(i, t)).collect();
    Rollout::new(layout.clone(), (0..frames).map(frame).collect()).unwrap()
}

/// Independent standard normal values in every cell and frame.
pub fn noise(side: usize, frames: usize, seed: u64) -> Rollout {
    ar1(side, frames, 0.0, seed)
}

/// An autoregressive process of order 1 with unit variance in every cell (a sampled Ornstein–Uhlenbeck process):
/// xₜ₊₁ = φ xₜ + √(1 − φ²) ξₜ, with autocorrelation φ^τ.
pub fn ar1(side: usize, frames: usize, phi: f64, seed: u64) -> Rollout {
    let (r, kick) = (Rng::new(seed).named("ar1"), (1.0 - phi * phi).sqrt());
    let draw = |t: u64| (0..(side * side) as u64).map(move |i| f64::from(r.fork(t).normal(i)));
    let mut state: Vec<f64> = draw(0).collect();
    let mut all = Vec::new();
    for t in 1..=frames as u64 {
        all.push(state.iter().map(|v| *v as f32).collect());
        state.iter_mut().zip(draw(t)).for_each(|(s, xi)| *s = phi * *s + kick * xi);
    }
    Rollout::new(Layout::torus(side, side, 1), all).unwrap()
}

/// The waves of [`eddies`]: periods across and down.
const WAVES: [[f64; 2]; 6] = [[1.0, 0.0], [0.0, 1.0], [1.0, 2.0], [2.0, -1.0], [3.0, 1.0], [2.0, 3.0]];

/// Eddies on a torus, of velocity and of density 1: waves of a stream function whose amplitudes wander as AR(1) with
/// coefficient `phi`. Without divergence by central differences.
pub fn eddies(side: usize, frames: usize, phi: f64, seed: u64) -> Rollout {
    let (r, kick) = (Rng::new(seed).named("eddies"), (1.0 - phi * phi).sqrt());
    let draw = |t: u64| -> [f64; 12] { std::array::from_fn(|j| f64::from(r.fork(t).normal(j as u64))) };
    let mut amplitudes = vec![draw(0)];
    for t in 1..frames {
        let (last, xi) = (amplitudes[t - 1], draw(t as u64));
        amplitudes.push(std::array::from_fn(|j| phi * last[j] + kick * xi[j]));
    }
    drawn(&flow(side, side), frames, |x, y, plane, t| {
        if plane == 2 {
            return 1.0;
        }
        let wave = |(j, k): (usize, &[f64; 2])| {
            let [kx, ky] = k.map(|k| TAU * k / side as f64);
            let (sin, cos) = (kx * x + ky * y).sin_cos();
            let a = amplitudes[t as usize];
            let slope = a[2 * j + 1] * cos - a[2 * j] * sin;
            slope * if plane == 0 { ky.sin() } else { -kx.sin() }
        };
        WAVES.iter().enumerate().map(wave).sum()
    })
}

/// A roll-out with white noise of deviation `strength(t)` added to every value.
pub fn perturbed(of: &Rollout, seed: u64, strength: impl Fn(usize) -> f64) -> Rollout {
    let r = Rng::new(seed).named("perturbed");
    let frame = |t: usize| {
        let noise = |i: usize| (strength(t) * f64::from(r.fork(t as u64).normal(i as u64))) as f32;
        of.frame(t).iter().enumerate().map(|(i, v)| v + noise(i)).collect()
    };
    Rollout::new(of.layout().clone(), (0..of.frames()).map(frame).collect()).unwrap()
}

/// The same worlds seen from elsewhere on the torus.
pub fn translated(of: &Rollout, by: [usize; 2]) -> Rollout {
    let (layout, cells) = (of.layout(), of.layout().cells());
    let (w, h) = (layout.width, layout.height);
    let from = |i: usize| {
        let (x, y) = ((i % w + by[0]) % w, (i % cells / w + by[1]) % h);
        i / cells * cells + y * w + x
    };
    let frame = |t: usize| (0..cells * layout.channels).map(|i| of.frame(t)[from(i)]).collect();
    Rollout::new(layout.clone(), (0..of.frames()).map(frame).collect()).unwrap()
}
