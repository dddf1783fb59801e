//! The same equations written out slowly: two lattices, one cell at a time, 64-bit floats.

use super::super::collide::Relaxation;
use super::super::lattice::Lattice;
use super::super::links::Surroundings;
use super::super::slots::{AXIS, CX, CY, FLOW, OPPOSITE, REST, SLOTS, State};
use super::super::sweep::Drive;
use crate::gas::lbm::d2q9::WEIGHT;
use world::rng::Rng;

struct Twin {
    w: usize,
    h: usize,
    cells: Vec<[f64; SLOTS]>,
    solid: Vec<u8>,
    around: Surroundings,
}

fn dot(i: usize, v: [f64; 2]) -> f64 {
    CX[i] as f64 * v[0] + CY[i] as f64 * v[1]
}

/// Density deviation, velocity, temperature and force of a cell.
fn moments(f: &[f64; SLOTS], rates: &Relaxation, force: [f64; 2]) -> ([f64; 4], [f64; 2]) {
    let heat: f64 = f[FLOW..].iter().sum();
    let force = [0, 1].map(|a| force[a] + rates.buoyancy[a] as f64 * heat);
    let dr: f64 = f[..FLOW].iter().sum();
    let j = [&CX, &CY].map(|c| (0..FLOW).map(|i| c[i] as f64 * f[i]).sum::<f64>());
    let u = [0, 1].map(|a| (j[a] + 0.5 * force[a]) / (1.0 + dr));
    ([dr, u[0], u[1], heat], force)
}

impl Twin {
    fn collide(&self, f: &[f64; SLOTS], rates: &Relaxation, force: [f64; 2], source: f64) -> [f64; SLOTS] {
        let ([dr, ux, uy, heat], force) = moments(f, rates, force);
        let (u, square) = ([ux, uy], ux * ux + uy * uy);
        let calm = |i: usize| match i {
            0..FLOW => {
                let cu = dot(i, u);
                WEIGHT[i] as f64 * (dr + (1.0 + dr) * (3.0 * cu + 4.5 * cu * cu - 1.5 * square))
            }
            FLOW => REST as f64 * heat,
            _ => AXIS as f64 * heat * (1.0 + 3.0 * dot(i, u)),
        };
        // Guo's forcing, split into its even and odd part.
        let fu = force[0] * ux + force[1] * uy;
        let forced = |i: usize, rates: [f64; 2]| {
            let even = WEIGHT[i] as f64 * (9.0 * dot(i, u) * dot(i, force) - 3.0 * fu);
            let odd = WEIGHT[i] as f64 * 3.0 * dot(i, force);
            (1.0 - 0.5 * rates[0]) * even + (1.0 - 0.5 * rates[1]) * odd
        };
        core::array::from_fn(|i| {
            let o = OPPOSITE[i];
            let rates = if i < FLOW { rates.flow } else { rates.heat }.map(|r| r as f64);
            let (even, odd) = (0.5 * (f[i] + f[o]), 0.5 * (f[i] - f[o]));
            let (calm_even, calm_odd) = (0.5 * (calm(i) + calm(o)), 0.5 * (calm(i) - calm(o)));
            let relaxed = f[i] - rates[0] * (even - calm_even) - rates[1] * (odd - calm_odd);
            let share = if i == FLOW { REST as f64 } else { AXIS as f64 };
            relaxed + if i < FLOW { forced(i, rates) } else { share * source }
        })
    }

    fn step(&mut self, rates: &Relaxation, force: &[Vec<f32>; 2], source: &[f32]) {
        let (w, h) = (self.w as isize, self.h as isize);
        let out: Vec<[f64; SLOTS]> = (0..self.cells.len())
            .map(|c| {
                let force = [force[0][c] as f64, force[1][c] as f64];
                self.collide(&self.cells[c], rates, force, source[c] as f64)
            })
            .collect();
        for c in (0..self.cells.len()).filter(|&c| self.solid[c] == 0) {
            let (x, y) = ((c % self.w) as isize, (c / self.w) as isize);
            for i in 0..SLOTS {
                let (fx, fy) = (x - CX[i], y - CY[i]);
                let back = out[c][OPPOSITE[i]];
                let fixed = |heat: f32| if i < FLOW { back } else { 2.0 * (AXIS * heat) as f64 - back };
                let wraps = self.around.periodic || (0..w).contains(&fx);
                let from = (fy.clamp(0, h - 1) * w + fx.rem_euclid(w)) as usize;
                self.cells[c][i] = if fy < 0 {
                    fixed(self.around.plates[0])
                } else if fy >= h {
                    fixed(self.around.plates[1])
                } else if !wraps {
                    back
                } else if self.solid[from] != 0 {
                    self.around.obstacles.map_or(back, fixed)
                } else {
                    out[from][i]
                };
            }
        }
    }
}

fn compare(size: (usize, usize), periodic: bool, obstacles: Option<f32>, steps: &[usize]) {
    let (w, h) = size;
    let rng = Rng::new((w * 1000 + h) as u64);
    let around = Surroundings { periodic, plates: [-0.5, 0.5], obstacles };
    let rates = Relaxation::new(0.02, 0.01, [2e-4, -8e-4]);
    let noise = |name: &str, size: f32| -> Vec<f32> {
        (0..w * h).map(|c| rng.named(name).range(c as u64, -size, size)).collect()
    };
    let (force, source) = ([noise("across", 1e-4), noise("down", 1e-4)], noise("source", 1e-3));
    let solid: Vec<u8> = noise("solid", 1.0).iter().map(|&v| (v > 0.8) as u8).collect();
    let start: Vec<State> = (0..w * h)
        .map(|c| {
            let value = |k: u64, size: f32| rng.named("state").fork(k).range(c as u64, -size, size);
            State { dr: value(0, 0.01), ux: value(1, 0.05), uy: value(2, 0.05), heat: value(3, 0.5) }
        })
        .collect();
    let mut fast = Lattice::new(w, h, around);
    fast.set_solid(&solid);
    fast.fill(|x, y| start[y * w + x]);
    let cells =
        start.iter().map(|&s| core::array::from_fn(|i| super::super::slots::calm(i, s) as f64)).collect();
    let mut slow = Twin { w, h, cells, solid, around };
    let drive = Drive { force: Some([&force[0], &force[1]]), source: Some(&source) };
    for &steps in steps {
        (1..steps).for_each(|_| slow.step(&rates, &force, &source));
        // The moments of a step are those that its collision saw.
        let seen: Vec<[f64; 4]> = (0..w * h)
            .map(|c| moments(&slow.cells[c], &rates, [force[0][c] as f64, force[1][c] as f64]).0)
            .collect();
        slow.step(&rates, &force, &source);
        assert_eq!(fast.run(steps, rates, drive), 0);
        for (c, seen) in seen.iter().enumerate().filter(|(c, _)| slow.solid[*c] == 0) {
            for (k, &value) in seen.iter().enumerate() {
                let found = fast.moment(k, c / w)[c % w] as f64;
                assert!(
                    (found - value).abs() < 3e-5,
                    "{size:?} moment {k} of cell {c}: {found}, not {value}"
                );
            }
        }
    }
}

#[test]
fn the_fast_lattice_does_what_the_slow_one_does() {
    compare((70, 40), true, None, &[1, 1, 2, 5, 8]);
    compare((33, 29), false, Some(0.3), &[4, 3, 6]);
    compare((5, 3), true, Some(-0.2), &[1, 2, 3, 4]);
    compare((1, 7), false, None, &[2, 3]);
    compare((9, 1), true, None, &[3, 2]);
}
