//! The gas one cell at a time: two lattices, f64, pull. It shares only the names of boundary conditions with the fast
//! one.

use proptest::prelude::*;
use untrained::systems::gas::lbm::collide::Relaxation;
use untrained::systems::gas::lbm::edge::{BoundaryCondition, BoundaryConditions};
use untrained::systems::gas::lbm::lattice::Lattice;
use untrained::world::params::Choice;

const C: [(i32, i32); 9] = [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1)];

fn weight(i: usize) -> f64 {
    [4.0 / 9.0, 1.0 / 9.0, 1.0 / 36.0][(C[i].0.abs() + C[i].1.abs()) as usize]
}

fn opposite(i: usize) -> usize {
    (0..9).find(|&j| C[j] == (-C[i].0, -C[i].1)).unwrap()
}

fn equilibrium(i: usize, [rho, u, v]: [f64; 3]) -> f64 {
    let cu = C[i].0 as f64 * u + C[i].1 as f64 * v;
    weight(i) * rho * (1.0 + 3.0 * cu + 4.5 * cu * cu - 1.5 * (u * u + v * v))
}

/// Collision rates, computed from viscosity as in the papers.
#[derive(Clone, Copy, Debug)]
struct Rates {
    viscosity: f64,
    magic: Option<f64>,
    smagorinsky: f64,
}

struct Plain {
    w: i32,
    h: i32,
    edges: BoundaryConditions,
    solid: Vec<bool>,
    f: Vec<[f64; 9]>,
    /// Whether `f` has collided and not yet streamed: after an odd number of steps the fast gas is in that state, so a
    /// change of solids acts on that streaming.
    pending: bool,
    state: Vec<[f64; 3]>,
}

impl Plain {
    fn new(w: usize, h: usize, edges: BoundaryConditions, state: Vec<[f64; 3]>) -> Self {
        let f = state.iter().map(|&s| core::array::from_fn(|i| equilibrium(i, s))).collect();
        Self { w: w as i32, h: h as i32, edges, solid: vec![false; w * h], f, pending: false, state }
    }

    fn cell(&self, x: i32, y: i32) -> usize {
        (y * self.w + x) as usize
    }

    fn set_solid(&mut self, solid: &[bool]) {
        let old = (self.solid.clone(), self.state.clone());
        for (c, &now) in solid.iter().enumerate() {
            if old.0[c] && !now {
                let (x, y) = (c as i32 % self.w, c as i32 / self.w);
                let near = C[1..].iter().map(|c| (x + c.0, y + c.1));
                let near = near.filter(|&(x, y)| x >= 0 && y >= 0 && x < self.w && y < self.h);
                let near: Vec<usize> = near.map(|(x, y)| self.cell(x, y)).filter(|&n| !old.0[n]).collect();
                let n = near.len().max(1) as f64;
                let mut mean: [f64; 3] =
                    core::array::from_fn(|k| near.iter().map(|&i| old.1[i][k]).sum::<f64>() / n);
                if near.is_empty() {
                    mean = [1.0, 0.0, 0.0];
                }
                self.state[c] = mean;
                self.f[c] = core::array::from_fn(|i| equilibrium(i, mean));
            } else if now {
                self.state[c] = [1.0, 0.0, 0.0];
            }
        }
        self.solid = solid.to_vec();
    }

    fn collide(&mut self, c: usize, rates: Rates, (fx, fy): (f64, f64)) -> [f64; 9] {
        let f = self.f[c];
        let rho: f64 = f.iter().sum();
        let u = ((0..9).map(|i| C[i].0 as f64 * f[i]).sum::<f64>() + 0.5 * fx) / rho;
        let v = ((0..9).map(|i| C[i].1 as f64 * f[i]).sum::<f64>() + 0.5 * fy) / rho;
        self.state[c] = [rho, u, v];
        let e: [f64; 9] = core::array::from_fn(|i| equilibrium(i, [rho, u, v]));
        let mut tau = 3.0 * rates.viscosity + 0.5;
        if rates.smagorinsky > 0.0 {
            let flux = |p: &dyn Fn((i32, i32)) -> i32| -> f64 {
                (0..9).map(|i| p(C[i]) as f64 * (f[i] - e[i])).sum()
            };
            let (xx, yy, xy) = (flux(&|c| c.0 * c.0), flux(&|c| c.1 * c.1), flux(&|c| c.0 * c.1));
            let q = (xx * xx + yy * yy + 2.0 * xy * xy).sqrt();
            let more = 18.0 * 2f64.sqrt() * rates.smagorinsky.powi(2) * q / rho;
            tau = 0.5 * (tau + (tau * tau + more).sqrt());
        }
        let tau_odd = rates.magic.map_or(tau, |m| m / (tau - 0.5) + 0.5);
        core::array::from_fn(|i| {
            let o = opposite(i);
            let force = |i: usize| {
                let cu = C[i].0 as f64 * u + C[i].1 as f64 * v;
                let (ax, ay) = (
                    C[i].0 as f64 - u + 3.0 * cu * C[i].0 as f64,
                    C[i].1 as f64 - v + 3.0 * cu * C[i].1 as f64,
                );
                3.0 * weight(i) * (ax * fx + ay * fy)
            };
            let part = |tau: f64, sign: f64| {
                let rest = 0.5 * (f[i] + sign * f[o]) - 0.5 * (e[i] + sign * e[o]);
                -rest / tau + (1.0 - 0.5 / tau) * 0.5 * (force(i) + sign * force(o))
            };
            f[i] + part(tau, 1.0) + part(tau_odd, -1.0)
        })
    }

    /// The population that arrives in cell (x, y) with velocity `i`.
    fn arrive(&self, out: &[[f64; 9]], x: i32, y: i32, i: usize) -> f64 {
        let back = out[self.cell(x, y)][opposite(i)];
        let e = &self.edges;
        let torus = |a: BoundaryCondition, b: BoundaryCondition| {
            a == BoundaryCondition::Periodic && b == BoundaryCondition::Periodic
        };
        let (mut sx, mut sy) = (x - C[i].0, y - C[i].1);
        if torus(e.left, e.right) {
            sx = sx.rem_euclid(self.w);
        }
        if torus(e.top, e.bottom) {
            sy = sy.rem_euclid(self.h);
        }
        let mut sides = Vec::new();
        if sx < 0 {
            sides.push((e.left, [0.0, -1.0], [1.0, 0.0]));
        }
        if sx >= self.w {
            sides.push((e.right, [0.0, 1.0], [-1.0, 0.0]));
        }
        if sy < 0 {
            sides.push((e.top, [1.0, 0.0], [0.0, 1.0]));
        }
        if sy >= self.h {
            sides.push((e.bottom, [-1.0, 0.0], [0.0, -1.0]));
        }
        let order = [
            BoundaryCondition::Wall,
            BoundaryCondition::Moving,
            BoundaryCondition::Inflow,
            BoundaryCondition::Outflow,
        ];
        let plain =
            |k: BoundaryCondition| if k == BoundaryCondition::Periodic { BoundaryCondition::Wall } else { k };
        let rank = |k: BoundaryCondition| order.iter().position(|&o| o == plain(k)).unwrap();
        let Some(&(kind, along, inward)) = sides.iter().min_by_key(|s| rank(s.0)) else {
            let from = self.cell(sx, sy);
            return if self.solid[from] { back } else { out[from][i] };
        };
        let moving = |d: [f64; 2], speed: f32| {
            back + 6.0 * weight(i) * speed as f64 * (C[i].0 as f64 * d[0] + C[i].1 as f64 * d[1])
        };
        match plain(kind) {
            BoundaryCondition::Moving => moving(along, e.wall_speed),
            BoundaryCondition::Inflow => moving(inward, e.inflow),
            BoundaryCondition::Outflow => {
                let here = &out[self.cell(x, y)];
                let rho: f64 = here.iter().sum();
                let along = |d: &dyn Fn((i32, i32)) -> i32| -> f64 {
                    (0..9).map(|k| d(C[k]) as f64 * here[k]).sum::<f64>() / rho
                };
                let calm = equilibrium(i, [rho, along(&|c| c.0), along(&|c| c.1)]);
                1.3 * calm - 0.3 * here[i] + 0.002 * weight(i) * (1.0 - rho)
            }
            _ => back,
        }
    }

    fn step(&mut self, rates: Rates, force: &[(f64, f64)]) {
        if self.pending {
            self.stream();
        }
        for c in (0..self.f.len()).filter(|&c| !self.solid[c]).collect::<Vec<_>>() {
            self.f[c] = self.collide(c, rates, force[c]);
        }
        if !self.pending {
            self.pending = true;
        } else {
            self.stream();
            self.pending = false;
        }
    }

    fn stream(&mut self) {
        let out = self.f.clone();
        for c in (0..out.len()).filter(|&c| !self.solid[c]).collect::<Vec<_>>() {
            let (x, y) = (c as i32 % self.w, c as i32 / self.w);
            self.f[c] = core::array::from_fn(|i| self.arrive(&out, x, y, i));
        }
    }
}

fn edge() -> impl Strategy<Value = BoundaryCondition> {
    (0usize..5).prop_map(BoundaryCondition::at)
}

fn edges() -> impl Strategy<Value = BoundaryConditions> {
    let torus = any::<[bool; 2]>();
    let speeds = (-0.004f32..0.004, 0.0f32..0.004);
    (edge(), edge(), edge(), edge(), torus, speeds).prop_map(
        |(left, right, top, bottom, [across, down], s)| {
            let both = |wrap: bool, a: BoundaryCondition, b: BoundaryCondition| {
                if wrap { (BoundaryCondition::Periodic, BoundaryCondition::Periodic) } else { (a, b) }
            };
            let ((left, right), (top, bottom)) = (both(across, left, right), both(down, top, bottom));
            BoundaryConditions { left, right, top, bottom, wall_speed: s.0, inflow: s.1 }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn the_fast_gas_agrees_with_the_plain_one(
        (w, h) in (1usize..90, 1usize..45).prop_filter("small", |(w, h)| w * h < 1400),
        edges in edges(),
        seed: u64,
        rates in (0.003f64..0.3, prop::option::of(0.1f64..0.3), prop::option::of(0.05f64..0.2)),
        forced: bool,
        runs in prop::collection::vec((1usize..6, 0.0f32..0.4), 1..4),
    ) {
        let rng = untrained::world::rng::Rng::new(seed);
        let n = w * h;
        let noise = |k: u64, c: usize, size: f32| rng.fork(k).range(c as u64, -size, size);
        let start = |c: usize| [noise(0, c, 0.02), noise(1, c, 0.03), noise(2, c, 0.03)];
        let size = if forced { 1e-3 } else { 0.0 };
        let force: Vec<f32> = (0..2 * n).map(|c| noise(3, c, size)).collect();
        let mut fast = Lattice::new(w, h, edges);
        fast.fill(|x, y| start(y * w + x));
        let state = (0..n).map(|c| start(c).map(f64::from)).map(|[r, u, v]| [1.0 + r, u, v]).collect();
        let mut plain = Plain::new(w, h, edges, state);
        let rates = Rates { viscosity: rates.0, magic: rates.1, smagorinsky: rates.2.unwrap_or(0.0) };
        let relaxation = rates.magic.map_or(Relaxation::bgk(rates.viscosity as f32),
            |m| Relaxation::trt(rates.viscosity as f32, m as f32));
        let relaxation = Relaxation { smagorinsky: rates.smagorinsky as f32, ..relaxation };
        let force64: Vec<(f64, f64)> = (0..n).map(|c| (force[c] as f64, force[n + c] as f64)).collect();
        for (k, (steps, share)) in runs.into_iter().enumerate() {
            let solid: Vec<bool> = (0..n).map(|c| rng.fork(9 + k as u64).unit(c as u64) < share).collect();
            fast.set_solid(&solid.iter().map(|&s| s as u8).collect::<Vec<_>>());
            plain.set_solid(&solid);
            let limited = fast.run(steps, relaxation, forced.then(|| [&force[..n], &force[n..]]));
            prop_assume!(limited == 0);
            (0..steps).for_each(|_| plain.step(rates, &force64));
            for (c, &solid) in solid.iter().enumerate() {
                let expected = if solid { [1.0, 0.0, 0.0] } else { plain.state[c] };
                for (m, expected) in expected.into_iter().enumerate() {
                    let got = fast.moment(m, c / w)[c % w] as f64 + if m == 0 { 1.0 } else { 0.0 };
                    prop_assert!((got - expected).abs() < 2e-6, "moment {m} of cell {c}: {got} {expected}");
                }
            }
        }
    }
}
