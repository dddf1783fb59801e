//! The skin against exact modes, decays and figures, against a plain version of itself, and against what must never
//! happen.

mod damping;
mod figures;
mod heard;
mod modes;
mod plates;
mod system;
mod twin;

use super::outline::{Outline, Rim};
use super::skin::{Physics, Skin};

/// Frequency, rad/s, of a motion that is mostly one mode, from turns of its projection on `shape` (laid out by rows).
fn frequency(skin: &mut Skin, physics: &Physics, shape: &[f64], turns: usize) -> f64 {
    let (w, h) = (skin.outline().width, skin.outline().height);
    let project = |skin: &Skin| -> f64 {
        (0..h)
            .map(|y| {
                skin.displacement()[skin.outline().row(y)]
                    .iter()
                    .zip(&shape[y * w..])
                    .map(|(u, s)| *u as f64 * s)
                    .sum::<f64>()
            })
            .sum()
    };
    let factors = physics.factors();
    let (mut last, mut found, mut step) = (project(skin), Vec::new(), 0.0);
    while found.len() <= turns {
        skin.step(factors, None);
        let now = project(skin);
        if last * now <= 0.0 && last != now {
            found.push(step + last / (last - now));
        }
        (last, step) = (now, step + 1.0);
        assert!(step < 1e6, "it does not turn");
    }
    core::f64::consts::PI * turns as f64 / (found[turns] - found[0]) * physics.rate
}

/// A skin displaced as `shape` says.
fn displaced(outline: Outline, rim: Rim, shape: impl Fn(f64, f64) -> f64) -> (Skin, Vec<f64>) {
    let (w, h) = (outline.width, outline.height);
    let all: Vec<f64> = (0..w * h).map(|i| shape((i % w) as f64 + 0.5, (i / w) as f64 + 0.5)).collect();
    let mut skin = Skin::new(outline, rim);
    skin.fill(|x, y| [all[y * w + x] as f32; 2]);
    (skin, all)
}

/// The whole of a world.
fn full(w: usize, h: usize, rim: Rim) -> Outline {
    Outline::new((w, h), rim, |x, y| {
        let half = |v: isize, n: usize| 0.5 * n as f32 - (v as f32 + 0.5 - 0.5 * n as f32).abs();
        half(x, w).min(half(y, h))
    })
}
