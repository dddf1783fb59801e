//! The same equations written out slowly: one cell at a time, 64-bit floats, populations whole.

use super::super::kernel::{CARRIED, Rates};
use super::super::lattice::{Lattice, Laws};
use super::knobs;
use crate::gas::lbm::d2q9::{CX, CY, OPPOSITE, Q, WEIGHT};
use world::rng::Rng;

struct Twin<'a> {
    w: isize,
    h: isize,
    periodic: bool,
    solid: Vec<u8>,
    laws: Laws<'a>,
    f: Vec<[f64; Q]>,
}

impl Twin<'_> {
    /// Index of the fluid cell in a direction, if there is one.
    fn near(&self, c: usize, dx: isize, dy: isize) -> Option<usize> {
        let (x, y) = (c as isize % self.w + dx, c as isize / self.w + dy);
        let x = if self.periodic { x.rem_euclid(self.w) } else { x };
        let inside = (0..self.w).contains(&x) && (0..self.h).contains(&y);
        inside.then(|| (y * self.w + x) as usize).filter(|&c| self.solid[c] == 0)
    }

    /// Value at a place that may be a wall: there `wall` of the weighted mean of the fluid cells round it.
    fn value(&self, values: &[f64], c: usize, i: usize, wall: &dyn Fn(f64) -> f64) -> f64 {
        if let Some(n) = self.near(c, CX[i], CY[i]) {
            return values[n];
        }
        let (mut sum, mut weights) = (0.0, 0.0);
        for k in 1..Q {
            if let Some(n) = self.near(c, CX[i] + CX[k], CY[i] + CY[k]) {
                sum += WEIGHT[k] as f64 * values[n];
                weights += WEIGHT[k] as f64;
            }
        }
        wall(sum / weights)
    }

    fn gradient(&self, values: &[f64], c: usize, wall: &dyn Fn(f64) -> f64) -> [f64; 2] {
        let parts = (1..Q).map(|i| (i, 3.0 * WEIGHT[i] as f64 * self.value(values, c, i, wall)));
        parts.fold([0.0; 2], |g, (i, v)| [g[0] + CX[i] as f64 * v, g[1] + CY[i] as f64 * v])
    }

    /// One step; returns density and velocity as its collision saw them.
    fn step(&mut self) -> Vec<[f64; 3]> {
        let cells: Vec<usize> = (0..self.f.len()).filter(|&c| self.solid[c] == 0).collect();
        let mut arrived = self.f.clone();
        for &c in &cells {
            for i in 1..Q {
                arrived[c][i] = match self.near(c, -CX[i], -CY[i]) {
                    Some(n) => self.f[n][i],
                    None => self.f[c][OPPOSITE[i]],
                };
            }
        }
        let rho: Vec<f64> = arrived.iter().map(|f| f.iter().sum()).collect();
        let e = self.laws.energy;
        let [middle, beta, kappa, depth] = [e.middle, e.beta, e.kappa, e.depth].map(|v| v as f64);
        let cosine = self.laws.cosine as f64;
        let wet = |mean: f64| {
            let phi = mean - middle;
            let seen = mean + cosine * libm::sqrt(2.0 * beta / kappa) * (depth - phi * phi).max(0.0);
            let most = libm::sqrt(depth);
            seen.clamp((middle - most).min(mean), (middle + most).max(mean))
        };
        let mut mu = vec![0.0; rho.len()];
        for &c in &cells {
            let laplacian: f64 =
                (1..Q).map(|i| 6.0 * WEIGHT[i] as f64 * (self.value(&rho, c, i, &wet) - rho[c])).sum();
            let a = self.laws.depth.map_or(depth, |d| d[0][c] as f64);
            let phi = rho[c] - middle;
            mu[c] = 4.0 * beta * phi * (phi * phi - a) - kappa * laplacian;
        }
        let mut seen = vec![[0.0; 3]; rho.len()];
        for &c in &cells {
            let slopes = [self.gradient(&rho, c, &wet), self.gradient(&mu, c, &|mean| mean)];
            seen[c] = self.collide(c, &mut arrived[c], rho[c], mu[c], slopes);
        }
        self.f = arrived;
        seen
    }

    fn collide(
        &self,
        c: usize,
        f: &mut [f64; Q],
        rho: f64,
        mu: f64,
        [slope, push]: [[f64; 2]; 2],
    ) -> [f64; 3] {
        let r = self.laws.rates;
        let outer = self.laws.push.map_or([0.0; 2], |p| [p[0][c] as f64, p[1][c] as f64]);
        let e = self.laws.energy;
        let phi = rho - e.middle as f64;
        let warm: [f64; 2] = self.laws.depth.map_or([0.0; 2], |d| {
            let stress = 2.0 * e.beta as f64 * (0.05 - phi * phi + d[0][c] as f64);
            [d[1][c] as f64 * stress, d[2][c] as f64 * stress]
        });
        let force: [f64; 2] = core::array::from_fn(|a| {
            rho * (outer[a] - push[a]) + (rho - r.floating as f64) * r.gravity[a] as f64 + warm[a]
        });
        let carried = CARRIED as f64;
        let left: [f64; 2] = core::array::from_fn(|a| force[a] + carried / 3.0 * push[a]);
        let dot = |i: usize, v: [f64; 2]| CX[i] as f64 * v[0] + CY[i] as f64 * v[1];
        let j: [f64; 2] = core::array::from_fn(|a| (1..Q).map(|i| [CX, CY][a][i] as f64 * f[i]).sum::<f64>());
        let u: [f64; 2] = core::array::from_fn(|a| (j[a] + 0.5 * left[a]) / rho);
        let inner = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
        let stress: [f64; 2] = core::array::from_fn(|a| force[a] + slope[a] / 3.0);
        // Even and odd parts of equilibrium and of the forcing.
        let parts = |i: usize| {
            let w = WEIGHT[i] as f64;
            let square = (CX[i] * CX[i] + CY[i] * CY[i]) as f64;
            let cu = dot(i, u);
            let even = w * (rho * (4.5 * cu * cu - 1.5 * inner(u, u)) + carried * mu);
            let forced = w
                * (9.0 * cu * dot(i, stress) - 3.0 * inner(u, stress)
                    + (1.5 * square - 1.0) * inner(u, slope));
            [even, 3.0 * w * rho * cu, forced, 3.0 * w * dot(i, left)]
        };
        let old = *f;
        let (even_rate, odd_rate) = (r.even as f64, r.odd as f64);
        for i in 1..Q {
            let o = OPPOSITE[i];
            let (even, odd) = (0.5 * (old[i] + old[o]), 0.5 * (old[i] - old[o]));
            let [calm_even, calm_odd, forced_even, forced_odd] = parts(i);
            f[i] += (1.0 - 0.5 * even_rate) * forced_even - even_rate * (even - calm_even);
            f[i] += (1.0 - 0.5 * odd_rate) * forced_odd - odd_rate * (odd - calm_odd);
        }
        f[0] = rho - f[1..].iter().sum::<f64>();
        [rho, u[0], u[1]]
    }
}

fn compare((w, h): (usize, usize), periodic: bool, driven: bool, angle: f32, steps: &[usize]) {
    let rng = Rng::new((w * 100 + h) as u64);
    let noise = |name: &str, low: f32, high: f32| -> Vec<f32> {
        (0..w * h).map(|c| rng.named(name).range(c as u64, low, high)).collect()
    };
    let knobs = super::DropsKnobs { contact_angle: angle, ..knobs() };
    let (depth, across, down) =
        (noise("depth", 0.1, 0.25), noise("across", -1e-5, 1e-5), noise("down", -1e-5, 1e-5));
    let steep = noise("steep", -1e-3, 1e-3);
    let laws = Laws {
        rates: Rates::new(0.08, [1e-5, -2e-5], 0.1),
        depth: driven.then_some([&depth, &steep, &down]),
        push: driven.then_some([&across, &down]),
        ..super::laws(&knobs)
    };
    let solid: Vec<u8> = noise("solid", 0.0, 1.0).iter().map(|&v| (v > 0.88) as u8).collect();
    // Smooth enough to stay slow.
    let start = |x: usize, y: usize| {
        let wave = |n: usize, of: usize| libm::sinf(core::f32::consts::TAU * (n as f32 + 0.3) / of as f32);
        (0.5 + 0.35 * wave(x, w) * wave(y, h), [0.01 * wave(y, h), -0.01 * wave(x, w)])
    };
    let mut fast = Lattice::new(w, h, periodic);
    fast.set_solid(&solid, 0.0);
    fast.fill(start);
    let f = (0..w * h).map(|c| {
        let (rho, u) = start(c % w, c / w);
        super::super::calm::calm(if solid[c] == 0 { rho } else { 0.0 }, u).map(|v| v as f64)
    });
    let mut slow = Twin { w: w as isize, h: h as isize, periodic, f: f.collect(), solid, laws };
    for &steps in steps {
        let seen = (0..steps).map(|_| slow.step()).last().unwrap();
        assert_eq!(fast.run(steps, &laws), 0);
        for (c, seen) in seen.iter().enumerate().filter(|(c, _)| slow.solid[*c] == 0) {
            let (x, y) = (c % w, c / w);
            let found = [fast.density(y)[x], fast.velocity(0, y)[x], fast.velocity(1, y)[x]];
            for (k, (&found, &seen)) in found.iter().zip(seen).enumerate() {
                assert!(
                    (found as f64 - seen).abs() < 1e-5,
                    "{w}×{h}: {k} of ({x}, {y}) is {found}, not {seen}"
                );
            }
        }
    }
}

#[test]
fn the_fast_lattice_does_what_the_slow_one_does() {
    compare((70, 33), true, true, 60.0, &[1, 4, 15]);
    compare((31, 20), false, false, 120.0, &[7, 8]);
    compare((1, 9), true, false, 90.0, &[3]);
    compare((9, 1), false, true, 45.0, &[4]);
}
