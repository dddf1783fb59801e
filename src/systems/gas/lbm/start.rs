//! Initial conditions of the gas.

use super::edge::{BoundaryCondition, BoundaryConditions};
use super::lattice::Lattice;
use super::params::Start;
use world::rng::Rng;

/// RMS speed of the random swirls, cells/step.
const SWIRL: f32 = 0.05;
/// Waves that the swirls are the sum of.
const WAVES: u64 = 32;

/// Sets a gas to its initial condition.
pub fn begin(lattice: &mut Lattice, start: Start, rng: Rng) {
    match start {
        Start::Rest => lattice.fill(|_, _| [0.0; 3]),
        Start::Stream => stream(lattice, rng),
        Start::Swirls => swirls(lattice, rng),
    }
}

/// The velocity with which gas enters; to the right in a world without inflow.
fn stream_velocity(edges: &BoundaryConditions) -> [f32; 2] {
    let on = |edge: BoundaryCondition| if edge == BoundaryCondition::Inflow { edges.inflow } else { 0.0 };
    let inflows = [edges.left, edges.right, edges.top, edges.bottom].contains(&BoundaryCondition::Inflow);
    match inflows {
        true => [on(edges.left) - on(edges.right), on(edges.top) - on(edges.bottom)],
        false => [edges.inflow, 0.0],
    }
}

/// A uniform stream, with a hundredth of noise so that no symmetry holds for ever.
fn stream(lattice: &mut Lattice, rng: Rng) {
    let [u, v] = stream_velocity(lattice.edges());
    let noise = 0.01 * u.abs().max(v.abs());
    let (across, down) = (rng.fork(0), rng.fork(1));
    let width = lattice.size().0 as u64;
    lattice.fill(|x, y| {
        let cell = y as u64 * width + x as u64;
        [0.0, u + across.range(cell, -noise, noise), v + down.range(cell, -noise, noise)]
    });
}

/// One wave of the stream function: its velocity at a place from tables along each side.
struct StreamMode {
    across: Vec<[f32; 2]>,
    down: Vec<[f32; 2]>,
    u: f32,
    v: f32,
}

/// Random swirls: a sum of waves of two to six periods, divergence-free.
fn swirls(lattice: &mut Lattice, rng: Rng) {
    let (w, h) = lattice.size();
    let wave = |i: u64| {
        let r = rng.fork(2 + i);
        let turn = core::f64::consts::TAU * r.unit64(0);
        let length = 2.0 + 4.0 * r.unit64(1);
        // Whole periods, so that the swirls wrap.
        let kx = libm::round(length * libm::cos(turn));
        let ky = libm::round(length * libm::sin(turn));
        let phase = core::f64::consts::TAU * r.unit64(2);
        let table = |n: usize, k: f64, phase: f64| {
            let angle = |i: usize| core::f64::consts::TAU * k * (i as f64 + 0.5) / n as f64 + phase;
            (0..n).map(|i| [libm::sin(angle(i)) as f32, libm::cos(angle(i)) as f32]).collect()
        };
        let long = libm::sqrt(kx * kx + ky * ky).max(1.0);
        let amplitude = SWIRL as f64 * libm::sqrt(2.0 / WAVES as f64);
        let (u, v) = ((amplitude * ky / long) as f32, (-amplitude * kx / long) as f32);
        StreamMode { across: table(w, kx, phase), down: table(h, ky, 0.0), u, v }
    };
    let waves: Vec<StreamMode> = (0..WAVES).map(wave).collect();
    lattice.fill(|x, y| {
        let mut state = [0.0; 3];
        for wave in &waves {
            let ([sa, ca], [sd, cd]) = (wave.across[x], wave.down[y]);
            let cos = ca * cd - sa * sd;
            state[1] += wave.u * cos;
            state[2] += wave.v * cos;
        }
        state
    });
}
