//! Two other projections, on a torus, for checks: that of Stam's solver with velocities at centres, and the exact one.

use super::poisson::{Goal, Solver};
use super::sides::{Faces, Sides};
use crate::real::Real;

/// The projection of Stam's solver on a torus: velocities at centres, central differences, and the five-point equation
/// solved to `tolerance`. It leaves some divergence by construction.
pub fn collocated<T: Real>(u: &mut [T], v: &mut [T], (w, h): (usize, usize), tolerance: f64) {
    let half = T::of(0.5);
    let at = |x: usize, y: usize| (y % h) * w + x % w;
    let mut solver = Solver::new(Faces::new((w, h), Sides::TORUS, None));
    let level = solver.finest_mut();
    for y in 0..h {
        for x in 0..w {
            let across = u[at(x + 1, y)] - u[at(x + w - 1, y)];
            let down = v[at(x, y + 1)] - v[at(x, y + h - 1)];
            let (colour, place) = level.shape.place(x as isize, y as isize);
            level.b[colour][place] = -(half * (across + down));
        }
    }
    let residual = tolerance * solver.norm();
    solver.run(Goal { residual, cycles: 200 });
    let p = solver.solution();
    let at = |x: usize, y: usize| p[(y + 1) * (w + 2) + x + 1];
    for y in 0..h {
        for x in 0..w {
            u[y * w + x] -= half * (at(x + 1, y) - p[(y + 1) * (w + 2) + x]);
            v[y * w + x] -= half * (at(x, y + 1) - p[y * (w + 2) + x + 1]);
        }
    }
}

/// The projection of every wave, U − k (k·U)/k², on a torus (Stam 1999); the mean is kept. By plain sums: for checks, not
/// for speed.
pub fn spectral(u: &mut [f64], v: &mut [f64], (w, h): (usize, usize)) {
    let planes = [&*u, &*v].map(|field| {
        let field: Vec<[f64; 2]> = field.iter().map(|&v| [v, 0.0]).collect();
        fourier(&fourier(&field, w, h, -1.0), h, w, -1.0)
    });
    let [mut a, mut b] = planes;
    let wave = |i: usize, n: usize| if 2 * i > n { i as f64 - n as f64 } else { i as f64 };
    for y in 0..h {
        for x in 0..w {
            let (kx, ky, i) = (wave(x, w) / w as f64, wave(y, h) / h as f64, y * w + x);
            let square = kx * kx + ky * ky;
            for part in 0..if i > 0 { 2 } else { 0 } {
                let along = (kx * a[i][part] + ky * b[i][part]) / square;
                a[i][part] -= kx * along;
                b[i][part] -= ky * along;
            }
        }
    }
    let scale = 1.0 / (w * h) as f64;
    for (field, into) in [(a, u), (b, v)] {
        let back = fourier(&fourier(&field, w, h, 1.0), h, w, 1.0);
        into.iter_mut().zip(back).for_each(|(to, from)| *to = from[0] * scale);
    }
}

/// The discrete Fourier transform of rows of `w` values, transposed.
fn fourier(field: &[[f64; 2]], w: usize, h: usize, sign: f64) -> Vec<[f64; 2]> {
    let turn = sign * core::f64::consts::TAU / w as f64;
    let circle: Vec<[f64; 2]> =
        (0..w).map(|i| [libm::cos(turn * i as f64), libm::sin(turn * i as f64)]).collect();
    let mut out = vec![[0.0; 2]; w * h];
    for (y, row) in field.chunks_exact(w).enumerate() {
        for k in 0..w {
            let sum = row.iter().enumerate().fold([0.0; 2], |sum, (x, v)| {
                let c = circle[k * x % w];
                [sum[0] + v[0] * c[0] - v[1] * c[1], sum[1] + v[0] * c[1] + v[1] * c[0]]
            });
            out[k * h + y] = sum;
        }
    }
    out
}
