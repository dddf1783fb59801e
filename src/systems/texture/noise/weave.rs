//! Noise summed over octaves at a point displaced by other noise (domain warping, Quilez 2002).

use super::basis::{Basis, Lattice};
use super::knobs::{NoiseKind, NoiseKnobs};

/// Far apart on the lattice, so that octaves and both parts of the warp share no zeros.
const APART: f64 = 37.17;

/// The noise at (x, y, time), one feature per unit, in −1..1: warped, then summed as the knobs say.
pub fn at(lattice: &Lattice, knobs: &NoiseKnobs, [x, y, t]: [f64; 3]) -> f64 {
    let (x, y) = match knobs.warp == 0.0 {
        true => (x, y),
        false => {
            let bend = |k: f64| lattice.at(Basis::Perlin, [0.5 * x + k, 0.5 * y - k, 0.5 * t]);
            (x + knobs.warp * bend(APART), y + knobs.warp * bend(2.0 * APART))
        }
    };
    match knobs.kind {
        NoiseKind::Perlin => lattice.at(Basis::Perlin, [x, y, t]),
        NoiseKind::Simplex => lattice.at(Basis::Simplex, [x, y, t]),
        NoiseKind::Worley => lattice.at(Basis::Worley, [x, y, t]),
        NoiseKind::Fbm => fractal_sum(lattice, knobs, [x, y, t]),
        NoiseKind::Ridged => ridged(lattice, knobs, [x, y, t]),
    }
}

/// The octaves: where each is evaluated, and its weight.
fn octaves(knobs: &NoiseKnobs, [x, y, t]: [f64; 3]) -> impl Iterator<Item = ([f64; 3], f64)> {
    let (mut frequency, mut weight) = (1.0, 1.0);
    (0..knobs.octaves).map(move |i| {
        let shift = APART * i as f64;
        let octave = ([x * frequency + shift, y * frequency + shift, t + shift], weight);
        frequency *= knobs.lacunarity;
        weight *= knobs.gain;
        octave
    })
}

/// Fractional Brownian motion: octaves added, divided by their weights.
fn fractal_sum(lattice: &Lattice, knobs: &NoiseKnobs, p: [f64; 3]) -> f64 {
    let basis = knobs.basis;
    let add = |(sum, all): (f64, f64), (q, w): ([f64; 3], f64)| (sum + w * lattice.at(basis, q), all + w);
    let (sum, all) = octaves(knobs, p).fold((0.0, 0.0), add);
    sum / all
}

/// Ridged multifractal (Musgrave 1994): creases where the noise is zero, finer ones where there is a crease already.
fn ridged(lattice: &Lattice, knobs: &NoiseKnobs, p: [f64; 3]) -> f64 {
    let basis = knobs.basis;
    let (mut sum, mut all, mut previous) = (0.0, 0.0, 1.0f64);
    for (q, w) in octaves(knobs, p) {
        let crease = 1.0 - lattice.at(basis, q).abs();
        let signal = crease * crease * previous;
        sum += w * signal;
        all += w;
        previous = (2.0 * signal).min(1.0);
    }
    2.0 * sum / all - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use noise::{NoiseFn, Perlin};
    use proptest::prelude::*;
    use world::params::Choice as _;

    proptest! {
        #[test]
        fn one_octave_is_the_basis_and_three_are_their_weighted_mean(
            x in -9.0f64..9.0, y in -9.0f64..9.0, t in 0.0f64..9.0, gain in 0.0f64..1.0,
        ) {
            let lattice = Lattice::new(11);
            let perlin = Perlin::new(11);
            let knobs = NoiseKnobs { kind: NoiseKind::Fbm, warp: 0.0, octaves: 1, ..NoiseKnobs::default() };
            prop_assert_eq!(at(&lattice, &knobs, [x, y, t]), perlin.get([x, y, t]));
            let knobs = NoiseKnobs { octaves: 3, lacunarity: 2.0, gain, ..knobs };
            let plain = |i: i32| {
                let (f, s) = (2f64.powi(i), APART * i as f64);
                gain.powi(i) * perlin.get([x * f + s, y * f + s, t + s])
            };
            let mean = (plain(0) + plain(1) + plain(2)) / (1.0 + gain + gain * gain);
            prop_assert!((at(&lattice, &knobs, [x, y, t]) - mean).abs() < 1e-12);
        }

        #[test]
        fn every_kind_stays_in_range(
            x in -99.0f64..99.0, y in -99.0f64..99.0, t in 0.0f64..99.0,
            kind in 0usize..5, basis in 0usize..3, octaves in 1u32..9, warp in 0.0f64..4.0,
        ) {
            let (kind, basis) = (NoiseKind::at(kind), Basis::at(basis));
            let knobs = NoiseKnobs { kind, basis, octaves, warp, ..NoiseKnobs::default() };
            prop_assert!(at(&Lattice::new(1), &knobs, [x, y, t]).abs() <= 1.0);
        }
    }
}
