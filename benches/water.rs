//! Water: millions of cells a second, for the solver (a step is a sweep along rows and one along columns), and for ticks
//! of the whole system with rain, breeze, foam and readouts; and what its picture costs.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::gas::water::plane::Sides;
use untrained::systems::gas::water::shallow::{Physics, Shallow};
use untrained::systems::gas::water::{Output, Readout, Water, WaterKnobs};
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, System, Texts};
use untrained::world::view::View;

/// Best of `n` runs, in seconds.
fn best(n: usize, mut run: impl FnMut()) -> f64 {
    let once = |run: &mut dyn FnMut()| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..n).map(|_| once(&mut run)).fold(f64::INFINITY, f64::min)
}

/// Steps of the solver on rough ground: cells a second.
fn solver(width: usize, height: usize, steps: u32) -> f64 {
    let physics = Physics { gravity: 981.0, cell: 1.0, dry: 1e-3, manning: 0.006 };
    let mut water = Shallow::new(width, height, Sides::WALLS, physics);
    water
        .set_ground(|y, row| row.iter_mut().enumerate().for_each(|(x, z)| *z = ((x / 7 + y / 5) % 9) as f32));
    water.fill(|x, y| [6.0 + ((x * y) % 5) as f32 * 0.2, 0.0, 0.0]);
    (width * height) as f64 * steps as f64
        / best(5, || {
            water.advance(1e6, steps, None);
        })
}

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            println!("{threads} thread(s)");
            for (width, height, steps) in [(640, 360, 30), (2048, 2048, 2)] {
                println!(
                    "  {width}×{height}: solver {:.0} million cells/s",
                    solver(width, height, steps) / 1e6
                );
            }
            let (width, height, ticks) = (640, 360, 60);
            let (texts, knobs) = (Texts::default(), WaterKnobs::default());
            let context = InitContext { width, height, rng: Rng::new(1), texts: &texts };
            let mut water = Water::new(&knobs, &context).expect("water");
            let (mut tick, mut steps) = (0, 0.0);
            let seconds = best(3, || {
                for _ in 0..ticks {
                    let rng = Rng::new(1).fork(tick);
                    let env =
                        Env { tick, dt: 1.0 / 60.0, rng, inputs: &[None; 3], touches: &[], switches: &[] };
                    water.step(&knobs, &env);
                    steps = water.read(Readout::Steps);
                    tick += 1;
                }
            });
            let mut shown = Field::new(width, height, 3);
            let picture = best(5, || water.show(Output::Picture, &View::WHOLE, &mut shown));
            println!(
                "  {width}×{height}: {:.2} ms a tick of {steps} steps; picture {:.2} ms",
                seconds * 1e3 / ticks as f64,
                picture * 1e3
            );
        });
    }
}
