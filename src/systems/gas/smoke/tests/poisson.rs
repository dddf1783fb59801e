//! The pressure solver against what it has to solve, on random worlds.

use proptest::prelude::*;

use super::super::mac::Flow;
use super::super::poisson::pockets::Pockets;
use super::super::projection::Projection;
use super::super::sides::{Faces, Side, Sides};
use world::rng::Rng;

const KINDS: [Side; 5] = [Side::Open, Side::Slip, Side::Stick, Side::Moving, Side::Periodic];

fn sides(rng: Rng) -> Sides {
    let one = |i: u64| KINDS[rng.below(i, 5) as usize];
    let mut sides = Sides { left: one(0), right: one(1), top: one(2), bottom: one(3) };
    // Periodic sides come in pairs half of the time.
    if rng.unit(4) < 0.4 {
        (sides.left, sides.right) = (Side::Periodic, Side::Periodic);
    }
    if rng.unit(5) < 0.4 {
        (sides.top, sides.bottom) = (Side::Periodic, Side::Periodic);
    }
    sides
}

fn mask(rng: Rng, n: usize) -> Vec<u8> {
    let share = [0.0, 0.1, 0.3, 0.6, 1.0][rng.below(0, 5) as usize];
    (0..n as u64).map(|i| (rng.fork(1).unit(i) < share) as u8).collect()
}

/// Whether gas can pass from a cell to its neighbour on the right (0), below (1), or to the outside.
struct World {
    w: usize,
    h: usize,
    sides: Sides,
    solid: Vec<u8>,
}

impl World {
    fn random(seed: u64, most: u64) -> Self {
        let rng = Rng::new(seed);
        let (w, h) = (1 + rng.below(10, most) as usize, 1 + rng.below(11, most) as usize);
        Self { w, h, sides: sides(rng.fork(1)), solid: mask(rng.fork(2), w * h) }
    }

    /// Neighbours that a fluid cell exchanges gas with; `None` is the outside.
    fn neighbours(&self, x: usize, y: usize) -> Vec<Option<(usize, usize)>> {
        let [left, right, top, bottom] = self.sides.settled();
        let mut found = Vec::new();
        let mut try_one = |inside: bool, side: Side, to: (usize, usize), alone: bool| match (inside, side) {
            (true, _) => found.push(Some(to)),
            (false, Side::Open) => found.push(None),
            (false, Side::Periodic) if !alone => found.push(Some(to)),
            _ => {}
        };
        let (w, h) = (self.w, self.h);
        try_one(x > 0, left, ((x + w - 1) % w, y), w == 1);
        try_one(x + 1 < w, right, ((x + 1) % w, y), w == 1);
        try_one(y > 0, top, (x, (y + h - 1) % h), h == 1);
        try_one(y + 1 < h, bottom, (x, (y + 1) % h), h == 1);
        found.retain(|to| to.is_none_or(|(x, y)| self.solid[y * w + x] == 0));
        found
    }

    /// The cells of each connected body of gas, and whether it is open to the outside.
    fn bodies(&self) -> Vec<(Vec<usize>, bool)> {
        let mut seen = vec![false; self.w * self.h];
        let mut bodies = Vec::new();
        for start in 0..self.w * self.h {
            if seen[start] || self.solid[start] != 0 {
                continue;
            }
            seen[start] = true;
            let (mut cells, mut open, mut at) = (vec![start], false, 0);
            while at < cells.len() {
                for to in self.neighbours(cells[at] % self.w, cells[at] / self.w) {
                    let Some((x, y)) = to else {
                        open = true;
                        continue;
                    };
                    if !std::mem::replace(&mut seen[y * self.w + x], true) {
                        cells.push(y * self.w + x);
                    }
                }
                at += 1;
            }
            bodies.push((cells, open));
        }
        bodies
    }
}

fn random_flow(size: (usize, usize), rng: Rng) -> Flow<f64> {
    let mut flow = Flow::new(size);
    flow.u.iter_mut().enumerate().for_each(|(i, u)| *u = rng.unit64(i as u64) - 0.5);
    flow.v.iter_mut().enumerate().for_each(|(i, v)| *v = rng.fork(1).unit64(i as u64) - 0.5);
    flow
}

fn keeps_volumes(seed: u64) -> Result<(), TestCaseError> {
    let world = World::random(seed, 40);
    let (w, h) = (world.w, world.h);
    let mut projection = Projection::<f64>::new((w, h), world.sides, Some(&world.solid));
    let mut flow = random_flow((w, h), Rng::new(seed).fork(3));
    flow.wrap(world.sides.wraps());
    let before = flow.clone();
    let report = projection.run(&mut flow, None, 1e-10, 4000);
    prop_assert!(report.residual <= 1e-10, "{report:?} on {w}×{h} {:?}", world.sides);

    // What is left is the same everywhere in a closed body of gas (what its walls push in), and nothing in others.
    let out = |i: usize| {
        let (x, y) = (i % w, i / w);
        flow.u[y * (w + 1) + x + 1] - flow.u[y * (w + 1) + x] + flow.v[(y + 1) * w + x] - flow.v[y * w + x]
    };
    for (cells, open) in world.bodies() {
        let mean = cells.iter().map(|&i| out(i)).sum::<f64>() / cells.len() as f64;
        prop_assert!(!open || mean.abs() < 1e-7);
        let worst = cells.iter().map(|&i| (out(i) - mean).abs()).fold(0.0, f64::max);
        prop_assert!(worst < 1e-7, "{worst}");
    }

    // The change is the gradient of the pressure where gas passes, and nothing elsewhere.
    let p: Vec<f64> = (0..h).flat_map(|y| projection.pressure_row(y).to_vec()).collect();
    for y in 0..h {
        for x in 0..w {
            let i = y * w + x;
            if world.solid[i] != 0 {
                continue;
            }
            let near = world.neighbours(x, y);
            let right = if x + 1 < w || world.sides.wraps()[0] { Some(((x + 1) % w, y)) } else { None };
            let change = flow.u[y * (w + 1) + x + 1] - before.u[y * (w + 1) + x + 1];
            let expected = match right {
                Some((x2, y2)) if w > 1 && near.contains(&Some((x2, y2))) => p[i] - p[y2 * w + x2],
                None if world.sides.settled()[1] == Side::Open => 2.0 * p[i],
                _ => 0.0,
            };
            prop_assert!((change - expected).abs() < 1e-9, "{change} {expected} at {x}, {y} of {w}×{h}");
        }
    }
    Ok(())
}

/// Two pairs of cells that only touch across the seam of a torus of odd width, so that each has one colour.
#[test]
fn pairs_across_a_seam_are_solved() {
    let kept = keeps_volumes(2323445264406130442);
    assert!(kept.is_ok(), "{kept:?}");
}

proptest! {
    #![proptest_config(super::stage::cases(500))]

    /// On any world the flow loses all divergence that pressure can take away, by the gradient of a pressure alone.
    #[test]
    fn any_flow_is_made_to_keep_volumes(seed: u64) {
        keeps_volumes(seed)?;
    }

    /// Connected gas is found as by a flood fill.
    #[test]
    fn pockets_are_those_of_a_flood_fill(seed: u64) {
        let world = World::random(seed, 24);
        let faces = Faces::<f32>::new((world.w, world.h), world.sides, Some(&world.solid));
        let pockets = Pockets::of(&faces);
        let mut values: Vec<f32> = (0..world.w * world.h).map(|i| Rng::new(seed).unit(i as u64)).collect();
        let before = values.clone();
        pockets.balance(&mut values, world.w);
        for (cells, open) in world.bodies() {
            let sum: f64 = cells.iter().map(|&i| values[i] as f64).sum();
            prop_assert_eq!(pockets.closed(cells[0] % world.w, cells[0] / world.w), !open);
            if open {
                prop_assert!(cells.iter().all(|&i| values[i] == before[i]));
            } else {
                prop_assert!(sum.abs() < 1e-5 * cells.len() as f64);
                let shift = before[cells[0]] - values[cells[0]];
                prop_assert!(cells.iter().all(|&i| (before[i] - values[i] - shift).abs() < 1e-5));
            }
        }
    }
}

/// Multigrid is fast: a known number of cycles on a large world, from nothing, with and without bodies.
#[test]
fn a_large_world_takes_few_cycles() {
    let cycles = |sides: Sides, solid: Option<&[u8]>, size: (usize, usize)| {
        let mut projection = Projection::<f32>::new(size, sides, solid);
        let rng = Rng::new(8);
        let mut flow = Flow::<f32>::new(size);
        flow.u.iter_mut().enumerate().for_each(|(i, u)| *u = rng.unit(i as u64) - 0.5);
        flow.v.iter_mut().enumerate().for_each(|(i, v)| *v = rng.fork(1).unit(i as u64) - 0.5);
        let report = projection.run(&mut flow, None, 1e-4, 40);
        assert!(report.residual <= 1e-4, "{report:?}");
        report.cycles
    };
    let (w, h) = (256, 256);
    assert!(cycles(Sides::TORUS, None, (w, h)) <= 5);
    assert!(cycles(Sides::all(Side::Slip), None, (w, h)) <= 5);
    assert!(cycles(Sides::all(Side::Open), None, (251, 199)) <= 6);
    let discs: Vec<u8> = (0..w * h)
        .map(|i| {
            let (x, y) = ((i % w % 40) as f32 - 20.3, (i / w % 36) as f32 - 18.1);
            (x * x + y * y < 100.0) as u8
        })
        .collect();
    assert!(cycles(Sides::all(Side::Slip), Some(&discs), (w, h)) <= 8);
}
