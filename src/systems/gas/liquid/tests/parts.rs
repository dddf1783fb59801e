//! Parts against plain versions of themselves.

use proptest::prelude::*;
use world::field::Field;
use world::rng::Rng;

use super::super::cells::{AIR, LIQUID};
use super::super::gather::{Motion, advance};
use super::super::grid::Touched;
use super::super::pressure::level;
use super::super::regions::Regions;
use super::super::solids::Solids;
use super::super::sort::Sorted;
use super::super::splat;
use super::super::{distance, faces::Faces};
use super::*;

fn anywhere(r: Rng, (w, h): (usize, usize), count: u64) -> Vec<Particle> {
    let one = |i: u64| {
        let r = r.fork(i);
        let place = |axis: u64, n: usize| (r.unit(axis) * n as f32).min(n as f32 - 0.01);
        let mut p = Particle::new([place(0, w), place(1, h)], [i as f32, 0.0, 1.0]);
        p.velocity = [r.range(2, -9.0, 9.0), r.range(3, -9.0, 9.0)];
        p.affine = [4, 5, 6, 7].map(|k| r.range(k, -2.0, 2.0));
        if r.below(8, 10) == 0 {
            p.remove();
        }
        p
    };
    (0..count).map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sorting_is_a_stable_sort_by_cell(w in 1usize..40, h in 1usize..40, count in 0u64..20_000, seed: u64) {
        let particles = anywhere(Rng::new(seed), (w, h), count);
        let mut sorted = Sorted::new((w, h));
        sorted.all_mut().clone_from(&particles);
        sorted.sort();
        let mut plain: Vec<Particle> = particles.into_iter().filter(|p| !p.is_gone()).collect();
        plain.sort_by_key(|p| (p.at[1] as usize, p.at[0] as usize));
        prop_assert_eq!(sorted.all(), &plain[..]);
        for y in 0..h {
            prop_assert!(sorted.row(y).iter().all(|p| p.at[1] as usize == y));
        }
    }

    #[test]
    fn faces_receive_what_the_definition_gives(w in 1usize..30, h in 1usize..30, seed: u64) {
        let grid = Grid::new((w, h), [Edge::Open; 4]);
        let mut sorted = Sorted::new((w, h));
        *sorted.all_mut() = anywhere(Rng::new(seed), (w, h), 300);
        sorted.sort();
        let none = vec![[0.0; 2]; grid.len()];
        let (mut u, mut v) = (none.clone(), none);
        splat::momentum(&grid, &sorted, &mut u, &mut v);
        for y in 0..h {
            for x in 0..w {
                let plain = |place: [f32; 2], axis: usize| {
                    let mut sum = [0.0f64; 2];
                    for p in sorted.all() {
                        let d = [place[0] - p.at[0], place[1] - p.at[1]];
                        let weight = (1.0 - d[0].abs()).max(0.0) * (1.0 - d[1].abs()).max(0.0);
                        let q = p.velocity[axis] + p.affine[2 * axis] * d[0] + p.affine[2 * axis + 1] * d[1];
                        sum = [sum[0] + (weight * q) as f64, sum[1] + weight as f64];
                    }
                    sum
                };
                let (left, up) = ([x as f32, y as f32 + 0.5], [x as f32 + 0.5, y as f32]);
                for (found, plain) in [(u[grid.at(x, y)], plain(left, 0)), (v[grid.at(x, y)], plain(up, 1))] {
                    for i in 0..2 {
                        prop_assert!((found[i] as f64 - plain[i]).abs() < 1e-3, "{found:?} {plain:?}");
                    }
                }
            }
        }
    }

    /// Regions against a flood fill.
    #[test]
    fn regions_are_what_a_flood_reaches(w in 1usize..24, h in 1usize..24, wraps: (bool, bool), seed: u64) {
        let edge = |wraps: bool| if wraps { Edge::Periodic } else { Edge::Closed };
        let sides = [edge(wraps.0), edge(wraps.0), edge(wraps.1), edge(wraps.1)];
        let grid = Grid::new((w, h), sides);
        let r = Rng::new(seed);
        let inside = |x: usize, y: usize| r.unit((y * w + x) as u64) < 0.6;
        let mut regions = Regions::default();
        let s = grid.stride();
        regions.find(&grid, |i| inside(i % s - 1, i / s - 1), |_, _| true);
        let mut found = vec![usize::MAX; w * h];
        for run in regions.runs() {
            (run.from..run.to).for_each(|x| found[run.y * w + x] = run.region);
        }
        let mut names = std::collections::BTreeMap::new();
        let mut seen = vec![false; w * h];
        for start in (0..w * h).filter(|&i| inside(i % w, i / w)) {
            if seen[start] {
                continue;
            }
            prop_assert!(names.insert(found[start], start).is_none(), "two floods share a region");
            let mut rest = vec![start];
            seen[start] = true;
            while let Some(i) = rest.pop() {
                prop_assert_eq!(found[i], found[start]);
                let (x, y) = ((i % w) as i64, (i / w) as i64);
                for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                    let (mut a, mut b) = (x + dx, y + dy);
                    if wraps.0 { a = a.rem_euclid(w as i64); }
                    if wraps.1 { b = b.rem_euclid(h as i64); }
                    if a < 0 || b < 0 || a >= w as i64 || b >= h as i64 { continue; }
                    let n = b as usize * w + a as usize;
                    if inside(a as usize, b as usize) && !seen[n] {
                        seen[n] = true;
                        rest.push(n);
                    }
                }
            }
        }
        prop_assert_eq!(names.len(), regions.count());
    }

    /// After the pressure, every cell of liquid has the divergence that was asked for, whatever is round it.
    #[test]
    fn pressure_leaves_no_divergence(w in 3usize..50, h in 3usize..50, wraps: (bool, bool), solid: bool, seed: u64) {
        let r = Rng::new(seed);
        let edge = |wraps: bool, k: u64| match wraps {
            true => Edge::Periodic,
            false if r.below(k, 3) == 0 => Edge::Open,
            false => Edge::Closed,
        };
        let sides = [edge(wraps.0, 1), edge(wraps.0, 2), edge(wraps.1, 3), edge(wraps.1, 4)];
        let bumps = |x: f32, y: f32| r.fork(9).unit((x * 0.13) as u64 * 64 + (y * 0.13) as u64) < 0.55;
        let mut tank = tank((w, h), sides, bumps);
        for (i, p) in tank.sorted.all_mut().iter_mut().enumerate() {
            p.velocity = [r.fork(5).range(i as u64, -20.0, 20.0), r.fork(6).range(i as u64, -20.0, 20.0)];
        }
        if solid {
            // A disc that has moved by a cell since the last tick.
            let disc = |shift: f32| Field::from_fn(w, h, |x, y| {
                let (dx, dy) = (x as f32 - 0.4 * w as f32 - shift, y as f32 - 0.6 * h as f32);
                (0.2 * h as f32 - (dx * dx + dy * dy).sqrt() + 0.5).clamp(0.0, 1.0)
            });
            let mut solids = Solids::new(&tank.grid);
            solids.update(&tank.grid, Some(&disc(0.0)), None, 0.5, 1.0 / 60.0);
            solids.update(&tank.grid, Some(&disc(1.0)), None, 0.5, 1.0 / 60.0);
            tank.solids = solids;
            tank.settle();
        }
        let dt = 1.0 / 60.0;
        tank.begin(&WATER, &down(100.0), dt);
        let (s, f, c) = (tank.grid.stride(), &tank.faces, &tank.solids);
        let mut worst = 0.0f32;
        for y in 0..h {
            for x in 0..w {
                let i = tank.grid.at(x, y);
                let flow = |face: usize, axis: usize| {
                    let step = if axis == 0 { 1 } else { s };
                    let (velocity, closed) = [(&f.u, &c.closed_u), (&f.v, &c.closed_v)][axis];
                    let solid = if closed[face] > 0.0 { c.face_velocity(&tank.grid, face - step, face, axis) } else { 0.0 };
                    let open = if closed[face] > 0.96 { 0.0 } else { 1.0 - closed[face] };
                    open * velocity[face] + (1.0 - open) * solid
                };
                let (across, down) = (flow(i + 1, 0) - flow(i, 0), flow(i + s, 1) - flow(i, 1));
                // Without any surface the volume cannot change, whatever is asked for.
                if tank.cells.kind[i] == LIQUID && tank.has_surface() {
                    worst = worst.max((across + down - tank.goal()[i]).abs() * dt);
                }
            }
        }
        prop_assert!(worst < 20.0 * super::super::tank::GOAL, "{worst} after {} iterations", tank.solver.iterations);
    }
}

/// A linear field of velocity comes back from the grid as it was.
#[test]
fn a_linear_field_is_carried_exactly() {
    let mut tank = tank((20, 20), [Edge::Open; 4], |_, _| true);
    let (a, b) = ([3.0f32, -0.5, 0.25], [-2.0f32, 0.75, 0.125]);
    let field = |c: [f32; 3], at: [f32; 2]| c[0] + c[1] * at[0] + c[2] * at[1];
    for p in tank.sorted.all_mut() {
        p.velocity = [field(a, p.at), field(b, p.at)];
        p.affine = [a[1], a[2], b[1], b[2]];
    }
    let mut faces = Faces::new(&tank.grid);
    let mut touched = Touched::default();
    touched.update(tank.sorted.near());
    faces.collect(&tank.grid, &tank.sorted, &down(0.0), 0.0, &touched);
    let motion = Motion {
        grid: &tank.grid,
        u: &faces.u,
        v: &faces.v,
        fill: &tank.cells.fill,
        solids: &tank.solids,
        dt: 0.0,
        affinity: 1.0,
        foaming: 1e9,
        froth: 0.0,
        keep_foam: 1.0,
    };
    let mut moved = tank.sorted.all().to_vec();
    advance(&motion, &mut moved);
    for p in moved.iter().filter(|p| p.at.iter().all(|v| (1.0..19.0).contains(v))) {
        let expected = [field(a, p.at), field(b, p.at)];
        let near = |x: f32, y: f32| (x - y).abs() < 1e-4;
        assert!(near(p.velocity[0], expected[0]) && near(p.velocity[1], expected[1]), "{p:?}");
        assert!(near(p.affine[0], a[1]) && near(p.affine[1], a[2]) && near(p.affine[2], b[1]), "{p:?}");
    }
}

/// The preconditioner is symmetric and positive, or conjugate gradients would not be what they are.
#[test]
fn a_cycle_is_symmetric_and_positive() {
    let mut tank = tank((37, 23), [Edge::Closed; 4], |x, y| y > 6.0 + 4.0 * libm::sinf(0.3 * x));
    tank.begin(&WATER, &down(100.0), 0.01);
    let levels = tank.solver.levels_mut();
    let r = Rng::new(4);
    let mut cycle = |seed: u64| {
        for c in 0..2 {
            let inverse: Vec<bool> = wet(&levels[0], c);
            for (i, b) in levels[0].b[c].iter_mut().enumerate() {
                *b = if inverse[i] { r.fork(seed).range(2 * i as u64 + c as u64, -1.0, 1.0) } else { 0.0 };
            }
        }
        level::cycle(levels);
        (levels[0].b.clone(), levels[0].z.clone())
    };
    let ((a, ma), (b, mb)) = (cycle(1), cycle(2));
    let dot = |x: &level::Pair, y: &level::Pair| {
        (0..2).flat_map(|c| x[c].iter().zip(&y[c])).map(|(x, y)| *x as f64 * *y as f64).sum::<f64>()
    };
    let (one, other) = (dot(&ma, &b), dot(&a, &mb));
    assert!((one - other).abs() < 1e-4 * one.abs().max(1.0), "{one} {other}");
    assert!(dot(&a, &ma) > 0.0 && dot(&b, &mb) > 0.0);
}

/// Which values of a colour belong to liquid.
fn wet(level: &level::Level, colour: usize) -> Vec<bool> {
    let n = level.n;
    (0..level.b[colour].len()).map(|i| level.equation[colour][i / n * 4 * n + 3 * n + i % n] > 0.0).collect()
}

#[test]
fn multigrid_takes_few_iterations_at_any_size() {
    for (w, h) in [(64, 36), (320, 180), (640, 360)] {
        let surface = |x: f32| h as f32 * (0.4 + 0.1 * libm::sinf(12.0 * x / w as f32));
        let mut tank = tank((w, h), [Edge::Closed; 4], |x, y| y > surface(x));
        tank.begin(&WATER, &down(h as f32), 1.0 / 60.0);
        println!("{w}×{h}: {} iterations", tank.solver.iterations);
        assert!(tank.solver.iterations <= 16, "{w}×{h}: {}", tank.solver.iterations);
    }
}

#[test]
fn distances_to_a_disc_are_right() {
    let (w, h, r) = (60usize, 40usize, 12.0f32);
    let far = |x: usize, y: usize| {
        let (dx, dy) = (x as f32 + 0.5 - 30.0, y as f32 + 0.5 - 20.0);
        (dx * dx + dy * dy).sqrt() - r
    };
    let disc = Field::from_fn(w, h, |x, y| (0.5 - far(x, y)).clamp(0.0, 1.0));
    let mut found = vec![0.0; w * h];
    distance::signed(disc.plane(0), (w, h), 0.5, &mut found);
    for y in 0..h {
        for x in 0..w {
            let exact = far(x, y);
            // The distance from the middle outwards has a kink there.
            let allowed = if exact < -9.0 { 2.0 } else { 0.25 + 0.04 * exact.abs() };
            assert!((found[y * w + x] - exact).abs() < allowed, "{x},{y}: {} {exact}", found[y * w + x]);
        }
    }
}

/// Nothing passes through a closed box, at rest or carried along.
#[test]
fn a_moving_wall_pushes_the_liquid_before_it() {
    let mut tank = tank((80, 40), [Edge::Closed; 4], |x, y| x > 10.0 && y > 20.0);
    let (dt, mut carried) = (1.0 / 60.0, 0.0);
    for i in 0..120 {
        let at = 4.0 + 0.25 * i as f32;
        let wall = Field::from_fn(80, 40, |x, _| (at - x as f32 - 0.5 + 0.5).clamp(0.0, 1.0));
        let mut solids = std::mem::replace(&mut tank.solids, Solids::new(&tank.grid));
        solids.update(&tank.grid, Some(&wall), None, 0.5, dt);
        tank.solids = solids;
        tank.settle();
        tick(&mut tank, &WATER, &down(40.0), 2);
        if i >= 60 {
            let beside = tank.sorted.all().iter().filter(|p| p.at[0] < at + 1.5);
            let (sum, count) = beside.fold((0.0, 0.0), |(s, n), p| (s + p.velocity[0], n + 1.0));
            carried += sum / count / 60.0;
        }
    }
    // 0.25 cells a tick.
    assert!((carried / 15.0 - 1.0).abs() < 0.1, "the liquid moves as the wall beside it: {carried}");
    let behind = tank.sorted.all().iter().filter(|p| p.at[0] < 32.5).count();
    assert_eq!(behind, 0, "the wall is at 34");
    assert_eq!(tank.sorted.all().len(), 70 * 20 * 4);
    let air = (0..40).filter(|&y| tank.cells.kind[tank.grid.at(60, y)] == AIR).count();
    assert!(air < 18, "the level has risen: {air}");
}
