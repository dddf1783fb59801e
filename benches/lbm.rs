//! Gas: millions of lattice updates a second (MLUPS) through the code path of scenes (`System::step` with its readouts;
//! dye as noted), on one and two threads, against the memory bandwidth measured in the same run.
//!
//! Peer (two-core AVX-512 Xeon, two threads): lbmpy 2.0 reaches 510 at 1024×512 and 316 at 4096².

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use rayon::prelude::*;
use untrained::systems::gas::lbm::collide::Relaxation;
use untrained::systems::gas::lbm::dye::Dye;
use untrained::systems::gas::lbm::edge::BoundaryConditions;
use untrained::systems::gas::lbm::lattice::Lattice;
use untrained::systems::gas::lbm::{GasKnobs, Lbm};
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, System, Texts};

/// Best of `n` runs, in seconds.
fn best(n: usize, mut run: impl FnMut()) -> f64 {
    let once = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..n).map(|_| once(&mut run)).fold(f64::INFINITY, f64::min)
}

/// a = b + s·c over arrays far beyond the caches: bytes a second, counting two reads, one write and its write-allocate.
fn triad() -> f64 {
    const N: usize = 1 << 25;
    let (mut a, b, c) = (vec![0f32; N], vec![1f32; N], vec![2f32; N]);
    let seconds = best(5, || {
        a.par_chunks_mut(1 << 16).zip(b.par_chunks(1 << 16)).zip(c.par_chunks(1 << 16)).for_each(
            |((a, b), c)| {
                a.iter_mut().zip(b.iter().zip(c)).for_each(|(a, (b, c))| *a = b + 3.0 * c);
            },
        );
        std::hint::black_box(&a);
    });
    (16 * N) as f64 / seconds
}

/// a = a·s in place over an array far beyond the caches: bytes a second, read and written.
fn in_place() -> f64 {
    const N: usize = 1 << 26;
    let mut a = vec![1f32; N];
    let seconds = best(5, || {
        a.par_chunks_mut(1 << 16).for_each(|a| a.iter_mut().for_each(|a| *a *= 1.000_001));
        std::hint::black_box(&a);
    });
    (8 * N) as f64 / seconds
}

/// Ticks of the whole system with these knobs: cell updates a second.
fn system(width: usize, height: usize, ticks: u64, knobs: &GasKnobs) -> f64 {
    let texts = Texts::default();
    let context = InitContext { width, height, rng: Rng::new(1), texts: &texts };
    let mut gas = Lbm::new(knobs, &context).expect("a gas");
    let mut tick = 0;
    let mut run = || {
        for _ in 0..ticks {
            let env = Env {
                tick,
                dt: 1.0 / 60.0,
                rng: Rng::new(1),
                inputs: &[None; 3],
                touches: &[],
                switches: &[],
            };
            gas.step(knobs, &env);
            tick += 1;
        }
    };
    run();
    (width * height) as f64 * ticks as f64 * knobs.steps as f64 / best(5, run)
}

/// Steps of the lattice only, as called by the system: cell updates a second.
fn lattice(width: usize, height: usize, steps: usize, smagorinsky: f32) -> f64 {
    let mut gas = Lattice::new(width, height, BoundaryConditions::TORUS);
    gas.fill(|x, y| [0.0, 0.03 * ((y / 32) % 2) as f32, 0.02 * ((x / 32) % 2) as f32]);
    let relaxation = Relaxation { smagorinsky, ..Relaxation::trt(0.01, 0.1875) };
    gas.run(2, relaxation, None);
    let seconds = best(5, || {
        gas.run(steps, relaxation, None);
    });
    (width * height * steps) as f64 / seconds
}

/// Nanoseconds a cell for one advection of the dye.
fn dye(width: usize, height: usize) -> f64 {
    let mut gas = Lattice::new(width, height, BoundaryConditions::TORUS);
    gas.fill(|x, y| [0.0, 0.03 * ((y / 32) % 2) as f32, 0.02 * ((x / 32) % 2) as f32]);
    let mut dye = Dye::new(width * height);
    best(5, || dye.carry(&gas, 8.0, 0.99)) * 1e9 / (width * height) as f64
}

fn main() {
    println!("two steps a sweep over memory: 36 bytes a cell and step (72 for a single step)");
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let (triad, in_place) = (triad(), in_place());
            println!("{threads} thread(s): triad {:.1} GB/s, in place {:.1} GB/s", triad / 1e9, in_place / 1e9);
            for (w, h, ticks) in [(1024, 512, 12), (4096, 4096, 1)] {
                let alone = lattice(w, h, 8 * ticks as usize, 0.0);
                let subgrid = lattice(w, h, 8 * ticks as usize, 0.1);
                let whole = system(w, h, ticks, &GasKnobs { steps: 8, ..GasKnobs::default() });
                let share = 36.0 * alone / in_place * 100.0;
                println!(
                    "  {w}×{h}: lattice {:.0} MLUPS ({:.1} GB/s, {share:.0} % of in place; one step a sweep could \
                     make {:.0}), with subgrid viscosity {:.0}, whole system with dye, disc and readouts at 8 steps \
                     a tick {:.0}; dye {:.1} ns a cell and tick",
                    alone / 1e6,
                    36.0 * alone / 1e9,
                    in_place / 72e6,
                    subgrid / 1e6,
                    whole / 1e6,
                    dye(w, h),
                );
            }
        });
    }
}
