//! Drops: millions of cell updates a second (MLUPS) through the code path of scenes (`System::step` with rain, readouts and
//! the count of drops), and of the lattice alone, on one and two threads; and the picture of 1280×720.
//! The bound is memory: three passes a step move 170 bytes a cell. `cargo bench --bench drops`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::gas::drops::lattice::{Lattice, Laws};
use untrained::systems::gas::drops::{Drops, DropsKnobs, Output};
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, System, Texts};
use untrained::world::view::View;

const STEPS: u32 = 8;

/// Best of five runs, after one more, in seconds.
fn best(mut run: impl FnMut()) -> f64 {
    run();
    let once = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..5).map(|_| once(&mut run)).fold(f64::INFINITY, f64::min)
}

fn birth((width, height): (usize, usize), knobs: &DropsKnobs) -> Drops {
    let texts = Texts::default();
    Drops::new(knobs, &InitContext { width, height, rng: Rng::new(1), texts: &texts }).expect("a world")
}

/// MLUPS of the system.
fn system((w, h): (usize, usize), ticks: u64, knobs: &DropsKnobs) -> f64 {
    let (mut world, mut tick) = (birth((w, h), knobs), 0);
    let taken = best(|| {
        for _ in 0..ticks {
            let (dt, rng) = (1.0 / 60.0, Rng::new(1));
            world.step(knobs, &Env { tick, dt, rng, inputs: &[None; 3], touches: &[], switches: &[] });
            tick += 1;
        }
    });
    (w * h) as f64 * ticks as f64 * STEPS as f64 / taken / 1e6
}

/// MLUPS of the lattice alone.
fn lattice((w, h): (usize, usize), ticks: u64, knobs: &DropsKnobs) -> f64 {
    let steps = (ticks * STEPS as u64) as usize;
    let mut fluid = Lattice::new(w, h, true);
    fluid.fill(|x, _| (if (x / 20) % 2 == 0 { 1.0 } else { 0.1 }, [0.0; 2]));
    let laws = Laws { energy: knobs.energy(), rates: knobs.rates(), cosine: 0.0, depth: None, push: None };
    let taken = best(|| {
        fluid.run(steps, &laws);
    });
    (w * h * steps) as f64 / taken / 1e6
}

fn main() {
    let knobs = DropsKnobs { steps: STEPS, ..DropsKnobs::default() };
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            for (size, ticks) in [((480, 270), 20), ((1024, 512), 5), ((2048, 2048), 1)] {
                let (whole, alone) = (system(size, ticks, &knobs), lattice(size, ticks, &knobs));
                let (w, h) = size;
                println!("{threads} threads, {w}×{h}: system {whole:.0} MLUPS, lattice alone {alone:.0}");
            }
            let shown = birth((480, 270), &knobs);
            let mut picture = Field::new(1280, 720, 3);
            let taken = best(|| shown.show(Output::Picture, &View::WHOLE, &mut picture));
            println!("{threads} threads, picture of 1280×720: {:.1} ms", taken * 1e3);
        });
    }
}
