//! Convection: millions of cell updates a second (MLUPS) through the code path of scenes (`System::step` with its
//! readouts), beside the gas (dye, disc and readouts) in the same run, on one and two threads; and of both lattices alone.
//!
//! The aim is half of the gas: a cell holds fourteen populations instead of nine, and every cell is under a force.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::gas::convection::lattice::Lattice;
use untrained::systems::gas::convection::params::Start;
use untrained::systems::gas::convection::slots::State;
use untrained::systems::gas::convection::sweep::Drive;
use untrained::systems::gas::convection::{Convection, ConvectionKnobs};
use untrained::systems::gas::lbm::collide::Relaxation;
use untrained::systems::gas::lbm::edge::BoundaryConditions;
use untrained::systems::gas::lbm::{self, GasKnobs, Lbm};
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, System, Texts};

const STEPS: u32 = 8;

/// Best of five runs, after one more: updates a second in millions.
fn best(updates: f64, mut run: impl FnMut()) -> f64 {
    run();
    let mut once = || {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    updates / (0..5).map(|_| once()).fold(f64::INFINITY, f64::min) / 1e6
}

fn system<S: System>((w, h): (usize, usize), ticks: u64, knobs: &S::Params) -> f64 {
    let texts = Texts::default();
    let context = InitContext { width: w, height: h, rng: Rng::new(1), texts: &texts };
    let mut world = S::new(knobs, &context).expect("a world");
    let mut tick = 0;
    best((w * h) as f64 * ticks as f64 * STEPS as f64, || {
        for _ in 0..ticks {
            let (dt, rng) = (1.0 / 60.0, Rng::new(1));
            world.step(knobs, &Env { tick, dt, rng, inputs: &[None; 3], touches: &[], switches: &[] });
            tick += 1;
        }
    })
}

fn alone((w, h): (usize, usize), ticks: u64) -> [f64; 2] {
    let steps = (ticks * STEPS as u64) as usize;
    let updates = (w * h * steps) as f64;
    let stripes = |i: usize| 0.03 * ((i / 32) % 2) as f32;
    let mut gas = lbm::lattice::Lattice::new(w, h, BoundaryConditions::TORUS);
    gas.fill(|x, y| [0.0, stripes(y), stripes(x)]);
    let knobs = ConvectionKnobs::default();
    let mut fluid = Lattice::new(w, h, knobs.surroundings());
    fluid.fill(|x, y| State { ux: stripes(y), heat: 10.0 * stripes(x), ..State::default() });
    let rates = knobs.relaxation(&knobs.physics(h));
    [
        best(updates, || {
            gas.run(steps, Relaxation::trt(0.01, 0.1875), None);
        }),
        best(updates, || {
            fluid.run(steps, rates, Drive::default());
        }),
    ]
}

fn main() {
    println!("two steps a sweep over memory: 56 bytes a cell and step; the gas 36");
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            for (size, ticks) in [((640, 360), 20), ((1024, 512), 10), ((4096, 4096), 1)] {
                let gas = system::<Lbm>(size, ticks, &GasKnobs { steps: STEPS, ..GasKnobs::default() });
                let knobs =
                    ConvectionKnobs { steps: STEPS, start: Start::Conduction, ..ConvectionKnobs::default() };
                let heat = system::<Convection>(size, ticks, &knobs);
                let [bare_gas, bare_heat] = alone(size, ticks);
                println!(
                    "{threads} thread(s) {}×{}: convection {heat:.0} MLUPS, gas {gas:.0} ({:.2} of it); lattices \
                     alone {bare_heat:.0} and {bare_gas:.0} ({:.2})",
                    size.0,
                    size.1,
                    heat / gas,
                    bare_heat / bare_gas
                );
            }
        });
    }
}
