//! A step, cell by cell in f64, from the equations of the papers and without any of the solver's rows, tiles and
//! bands.

use super::super::plane::{Side, Sides};
use super::super::shallow::{COURANT, Physics, Shallow};
use world::rng::Rng;

const G: f64 = 981.0;
const DRY: f64 = 1e-3;

/// Depth, velocity along and across, ground.
type Cell = [f64; 4];

fn limited(a: f64, b: f64) -> f64 {
    if a * b <= 0.0 {
        return 0.0;
    }
    a.signum() * (1.9 * a.abs()).min(1.9 * b.abs()).min((a + b).abs() / 2.0)
}

/// Face states (depth, surface, along, across) before and behind, and the pull.
fn faces(c: [Cell; 3], r: f64) -> ([f64; 4], [f64; 4], f64) {
    let [h, u, v, z] = c[1];
    let e = h + z;
    let surface = |n: Cell| if n[0] < DRY && n[3] > e { e } else { n[0] + n[3] };
    let dh = limited(h - c[0][0], c[2][0] - h);
    let de = limited(e - surface(c[0]), surface(c[2]) - e);
    let du = limited(u - c[0][1], c[2][1] - u);
    let dv = limited(v - c[0][2], c[2][2] - v);
    let (hb, hc, ub, uc) = (h - dh / 2.0, h + dh / 2.0, u - du / 2.0, u + du / 2.0);
    let rise = (-r / 2.0 * (hc * uc - hb * ub)).max(-hb.min(hc));
    let (faster, aside) = (-r / 2.0 * (u * du + G * de), -r / 2.0 * u * dv);
    let face = |s: f64| {
        [
            (h + s * dh / 2.0 + rise).max(0.0),
            e + s * de / 2.0 + rise,
            u + s * du / 2.0 + faster,
            v + s * dv / 2.0 + aside,
        ]
    };
    (face(-1.0), face(1.0), G * (h + rise) * de)
}

/// Mass, momentum for the cell before and for the one behind (both less the pressure of the whole depth), across.
fn flux(l: [f64; 4], r: [f64; 4]) -> [f64; 4] {
    let (zl, zr) = (l[1] - l[0], r[1] - r[0]);
    let top = zl.max(zr);
    let (hl, hr) = ((l[1] - top).max(0.0), (r[1] - top).max(0.0));
    let pressure = |h: f64| G * h * h / 2.0;
    let (cl, cr) = ((G * hl).sqrt(), (G * hr).sqrt());
    let (um, cm) = ((l[2] + r[2]) / 2.0 + cl - cr, ((cl + cr) / 2.0 + (l[2] - r[2]) / 4.0).max(0.0));
    let (mut sl, mut sr) = ((l[2] - cl).min(um - cm), (r[2] + cr).max(um + cm));
    if hl == 0.0 {
        (sl, sr) = (r[2] - 2.0 * cr, r[2] + cr);
    }
    if hr == 0.0 {
        (sl, sr) = (l[2] - cl, l[2] + 2.0 * cl);
    }
    let left = [hl * l[2], hl * l[2] * l[2] + pressure(hl)];
    let right = [hr * r[2], hr * r[2] * r[2] + pressure(hr)];
    let conserved = [[hl, hl * l[2]], [hr, hr * r[2]]];
    let f = |k: usize| {
        if sl >= 0.0 {
            left[k]
        } else if sr <= 0.0 {
            right[k]
        } else {
            (sr * left[k] - sl * right[k] + sl * sr * (conserved[1][k] - conserved[0][k])) / (sr - sl)
        }
    };
    let (mass, momentum) = if sr.max(0.0) - sl.min(0.0) < 1e-12 { (0.0, 0.0) } else { (f(0), f(1)) };
    let wall = |h: f64, u: f64| {
        let h = h.max(0.0);
        let s = ((G * h).sqrt() - u).max((G * h).sqrt() + u / 2.0);
        if hl + hr > 0.0 && u < 0.0 { 0.0 } else { h * u * (u + s) }
    };
    let (wl, wr) = if zl < zr { (wall(l[0] - hl, l[2]), 0.0) } else { (0.0, wall(r[0] - hr, -r[2])) };
    let across = mass * if mass > 0.0 { l[3] } else { r[3] };
    [mass, momentum - pressure(hl) + wl, momentum - pressure(hr) + wr, across]
}

/// One line of cells a step later.
fn line(cells: &[Cell], wraps: bool, r: f64) -> Vec<Cell> {
    let n = cells.len() as isize;
    let at = |i: isize| -> Cell {
        if wraps || (0..n).contains(&i) {
            return cells[i.rem_euclid(n) as usize];
        }
        let mirrored = (if i < 0 { -1 - i } else { 2 * n - 1 - i }).rem_euclid(2 * n);
        let [h, u, v, z] = cells[(if mirrored < n { mirrored } else { 2 * n - 1 - mirrored }) as usize];
        [h, -u, v, z]
    };
    let face =
        |i: isize| flux(faces([at(i - 2), at(i - 1), at(i)], r).1, faces([at(i - 1), at(i), at(i + 1)], r).0);
    let share = |i: isize| {
        let given = r * (face(i + 1)[0].max(0.0) - face(i)[0].min(0.0));
        if given > at(i)[0] { at(i)[0] / given } else { 1.0 }
    };
    let scaled = |i: isize| {
        let f = face(i);
        f.map(|v| v * if f[0] > 0.0 { share(i - 1) } else { share(i) })
    };
    (0..n)
        .map(|i| {
            let ([h, u, v, z], a, b) = (at(i), scaled(i), scaled(i + 1));
            let pull = faces([at(i - 1), at(i), at(i + 1)], r).2;
            let depth = (h - r * (b[0] - a[0])).max(0.0);
            let per = 2.0 * depth / (depth * depth + (depth * depth).max(DRY * DRY));
            let along = h * u - r * (b[1] - a[2] + pull);
            [depth, along * per, (h * v - r * (b[3] - a[3])) * per, z]
        })
        .collect()
}

/// Rows, then columns.
fn step(cells: &mut [Cell], (w, h): (usize, usize), wraps: [bool; 2], r: f64) {
    for y in 0..h {
        let row = line(&cells[y * w..(y + 1) * w], wraps[0], r);
        cells[y * w..(y + 1) * w].copy_from_slice(&row);
    }
    for x in 0..w {
        let turn = |[h, u, v, z]: Cell| [h, v, u, z];
        let column: Vec<Cell> = (0..h).map(|y| turn(cells[y * w + x])).collect();
        line(&column, wraps[1], r).into_iter().enumerate().for_each(|(y, c)| cells[y * w + x] = turn(c));
    }
}

#[test]
fn a_step_is_that_of_a_plain_solver() {
    for (seed, (w, h), wrap) in [
        (1, (17, 11), false),
        (2, (300, 5), true),
        (3, (4, 70), false),
        (4, (131, 34), true),
        (5, (1, 9), false),
    ] {
        let rng = Rng::new(seed);
        let axis = if wrap { [Side::Periodic; 2] } else { [Side::Wall; 2] };
        let physics = Physics { gravity: G as f32, cell: 1.0, dry: DRY as f32, manning: 0.0 };
        let mut water = Shallow::new(w, h, Sides { across: axis, down: axis }, physics);
        let number = |k: u64, x: usize, y: usize| rng.fork(k).unit((y * w + x) as u64);
        // A third is dry, on ground that rises above the water in places.
        let depth = |x: usize, y: usize| if number(0, x, y) < 0.33 { 0.0 } else { 4.0 * number(1, x, y) };
        let flow = |k: u64, x: usize, y: usize| {
            if depth(x, y) > 0.0 && w > 1 { 60.0 * number(k, x, y) - 30.0 } else { 0.0 }
        };
        let ground = |x: usize, y: usize| 3.0 * number(2, x, y);
        water.set_ground(|y, row| row.iter_mut().enumerate().for_each(|(x, z)| *z = ground(x, y)));
        water.fill(|x, y| [depth(x, y), flow(3, x, y), flow(4, x, y)]);
        let mut cells: Vec<Cell> = (0..w * h)
            .map(|i| {
                [depth(i % w, i / w), flow(3, i % w, i / w), flow(4, i % w, i / w), ground(i % w, i / w)]
                    .map(f64::from)
            })
            .collect();
        let time = 0.999 * water.longest();
        assert!((COURANT as f64 / time as f64) > 20.0);
        assert_eq!(water.advance(time, 1, None).seconds, time);
        step(&mut cells, (w, h), [wrap; 2], time as f64);
        for (i, cell) in cells.iter().enumerate() {
            let found =
                [water.depth(i / w)[i % w], water.velocity(0, i / w)[i % w], water.velocity(1, i / w)[i % w]];
            assert!((found[0] as f64 - cell[0]).abs() < 2e-5, "depth of {i} in {w}×{h}: {found:?} {cell:?}");
            for k in 1..3 {
                let momentum = found[0] as f64 * (found[k] as f64 - cell[k]);
                assert!(momentum.abs() < 1e-3, "velocity of {i} in {w}×{h}: {found:?} {cell:?}");
            }
        }
    }
}
