//! The noise functions, each in −1..1 over a plane that moves through time.
//!
//! Perlin and simplex come from the `noise` crate. Its Worley searches 8 of the cells around a point, so it jumps where
//! a nearer point is in the ninth, and it calls the platform's `powf`; here the crate's hash places the points and the
//! search is complete.

use noise::permutationtable::{NoiseHasher, PermutationTable};
use noise::{NoiseFn, Perlin, Simplex};

world::choices! {
    /// Which noise.
    pub enum Basis {
        /// Gradients on a cubic lattice, quintic fade (Perlin 2002).
        Perlin: "perlin",
        /// Gradients on a simplex lattice (Perlin 2001, Gustavson 2005).
        Simplex: "simplex",
        /// Distance to the nearest of one point per cell (Worley 1996); the points move over time.
        Worley: "worley",
    }
}

/// The lattices of one seed.
pub struct Lattice {
    perlin: Perlin,
    simplex: Simplex,
    points: PermutationTable,
}

impl Lattice {
    /// The lattices of a seed.
    pub fn new(seed: u32) -> Self {
        Self { perlin: Perlin::new(seed), simplex: Simplex::new(seed), points: PermutationTable::new(seed) }
    }

    /// Noise at (x, y, time), one feature per unit, in −1..1.
    pub fn at(&self, basis: Basis, p: [f64; 3]) -> f64 {
        match basis {
            Basis::Perlin => self.perlin.get(p),
            Basis::Simplex => self.simplex.get(p).clamp(-1.0, 1.0),
            Basis::Worley => 2.0 * self.nearest(p) - 1.0,
        }
    }

    /// Distance to the nearest point, at most 1: no point outside the 3×3 cells around can be nearer than that.
    fn nearest(&self, [x, y, t]: [f64; 3]) -> f64 {
        let (cx, cy) = (libm::floor(x), libm::floor(y));
        let mut least = 1.0f64;
        for j in -1..=1 {
            for i in -1..=1 {
                let (ix, iy) = (cx as isize + i, cy as isize + j);
                let (px, py) = self.point(ix, iy, t);
                let (dx, dy) = (ix as f64 + px - x, iy as f64 + py - y);
                least = least.min(dx * dx + dy * dy);
            }
        }
        least.sqrt()
    }

    /// Where in its cell (0..1) the point of a cell is: it glides from position to position, one per unit of time.
    fn point(&self, ix: isize, iy: isize, t: f64) -> (f64, f64) {
        let epoch = libm::floor(t);
        let s = t - epoch;
        let s = s * s * (3.0 - 2.0 * s);
        let place = |e: isize, axis: isize| self.points.hash(&[ix, iy, e, axis]) as f64 / 255.0;
        let glide = |axis| {
            let (a, b) = (place(epoch as isize, axis), place(epoch as isize + 1, axis));
            a + (b - a) * s
        };
        (glide(0), glide(101))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use world::params::Choice as _;

    proptest! {
        #[test]
        fn worley_finds_the_nearest_of_all_points(x in -50.0f64..50.0, y in -50.0f64..50.0, t in 0.0f64..20.0) {
            let lattice = Lattice::new(7);
            let mut best = f64::INFINITY;
            for iy in (y as isize - 5)..(y as isize + 6) {
                for ix in (x as isize - 5)..(x as isize + 6) {
                    let (px, py) = lattice.point(ix, iy, t);
                    best = best.min((ix as f64 + px - x).hypot(iy as f64 + py - y));
                }
            }
            prop_assert!((lattice.at(Basis::Worley, [x, y, t]) - (2.0 * best.min(1.0) - 1.0)).abs() < 1e-12);
        }

        #[test]
        fn every_basis_is_continuous_and_bounded(
            x in -9.0f64..9.0, y in -9.0f64..9.0, t in 0.0f64..9.0, which in 0usize..3,
        ) {
            let lattice = Lattice::new(3);
            let at = |x, y, t| lattice.at(Basis::at(which), [x, y, t]);
            let here = at(x, y, t);
            prop_assert!(here.abs() <= 1.0);
            for near in [at(x + 1e-6, y, t), at(x, y + 1e-6, t), at(x, y, t + 1e-6)] {
                prop_assert!((near - here).abs() < 1e-4);
            }
        }
    }
}
