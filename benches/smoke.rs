//! Smoke: steps a second of the whole system as scenes call it (`System::step`: MacCormack advection of velocity, smoke,
//! heat, fuel and spent air, combustion, confinement, projection to 10⁻⁴, readouts), of its pressure solver alone, and of
//! the picture `fire`; on one and two threads.
//!
//! Peer: taichi's `stable_fluid` at 512² with 40 Jacobi sweeps, which do not converge: 24.6 steps/s on the same cores.
//!
//! `cargo bench --no-default-features --bench smoke`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::path::Path;
use std::time::Instant;

use untrained::systems::gas::smoke::Smoke;
use untrained::systems::gas::smoke::mac::Flow;
use untrained::systems::gas::smoke::projection::Projection;
use untrained::systems::gas::smoke::sides::{Side, Sides};
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, Node, SystemKind};
use untrained::world::view::View;

/// Best and median of `n` runs, in seconds.
fn times(n: usize, mut run: impl FnMut()) -> (f64, f64) {
    let mut all: Vec<f64> = (0..n)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    all.sort_by(f64::total_cmp);
    (all[0], all[n / 2])
}

/// A burning world of defaults: steps, and pictures.
fn system(side: usize) {
    let kind = SystemKind::of::<Smoke>();
    let mut node = kind.instantiate_default(side, side, 1, Path::new(".")).expect("a world");
    let inputs = vec![None; kind.inputs.len()];
    let mut tick = 0;
    let mut step = |node: &mut dyn Node| {
        let rng = Rng::new(2).fork(tick);
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches: &[], switches: &[] });
        tick += 1;
    };
    (0..60).for_each(|_| step(&mut *node));
    let (best, median) = times(60, || step(&mut *node));
    let (mut worst, mut cycles) = (0f32, 0f32);
    for _ in 0..20 {
        step(&mut *node);
        let read =
            |name: &str| node.read(kind.readouts.iter().position(|r| r.name == name).expect("a readout"));
        worst = worst.max(read("residual"));
        cycles = cycles.max(read("cycles_used"));
    }
    let mut picture = Field::new(side, side, 3);
    let (shown, _) = times(10, || node.show(0, &View::WHOLE, &mut picture));
    println!(
        "  {side}²: whole step best {:.2} ms, median {:.2} ms ({:.0} and {:.0} steps/s), residual at most {worst:.1e}, \
         at most {cycles} V-cycles; picture `fire` {:.2} ms",
        best * 1e3,
        median * 1e3,
        1.0 / best,
        1.0 / median,
        shown * 1e3
    );
}

/// The projection of white noise to 10⁻⁴, from nothing.
fn projection(side: usize, name: &str, sides: Sides) {
    let rng = Rng::new(8);
    let mut noise = Flow::<f32>::new((side, side));
    noise.u.iter_mut().enumerate().for_each(|(i, u)| *u = rng.unit(i as u64) - 0.5);
    noise.v.iter_mut().enumerate().for_each(|(i, v)| *v = rng.fork(1).unit(i as u64) - 0.5);
    let mut solver = Projection::<f32>::new((side, side), sides, None);
    let mut cycles = 0;
    let (best, median) = times(20, || {
        let mut flow = noise.clone();
        solver.forget();
        cycles = solver.run(&mut flow, None, 1e-4, 40).cycles;
    });
    println!(
        "  {side}² {name}: projection best {:.2} ms, median {:.2} ms, {cycles} V-cycles",
        best * 1e3,
        median * 1e3
    );
}

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            println!("{threads} thread(s):");
            system(512);
            system(1024);
            projection(512, "torus", Sides::TORUS);
            projection(512, "closed", Sides::all(Side::Slip));
            projection(512, "open", Sides::all(Side::Open));
        });
    }
}
