//! Liquid: milliseconds a step (particles, grid, pressure) and a tick through `System::step` with its readouts, and a
//! picture at 1280×720, on one and two threads; by the wall and by the time that the processor spent.
//!
//! The bound of the particle passes is memory: 52 bytes a particle are read and written by sorting and by the move, and
//! read twice by the grid.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::gas::liquid::faces::Acceleration;
use untrained::systems::gas::liquid::grid::{Edge, Grid};
use untrained::systems::gas::liquid::particle::Particle;
use untrained::systems::gas::liquid::tank::{Rules, Tank};
use untrained::systems::gas::liquid::{Liquid, LiquidKnobs, Output, Readout};
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, System, Texts};
use untrained::world::view::View;

const SIZE: (usize, usize) = (320, 180);

/// Time that all threads of this process have spent, s; 0 where the system does not tell.
fn spent() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = |path: std::path::PathBuf| -> Option<f64> {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    threads.filter_map(|t| nanoseconds(t.path())).sum::<f64>() / 1e9
}

/// Milliseconds a run, by the wall and by the processor.
fn measure(runs: usize, mut run: impl FnMut()) -> (f64, f64) {
    let (start, before) = (Instant::now(), spent());
    (0..runs).for_each(|_| run());
    let per = 1e3 / runs as f64;
    (start.elapsed().as_secs_f64() * per, (spent() - before) * per)
}

/// A column of `count` particles that has been breaking for half a second.
fn column(count: usize) -> (Tank, Rules, Acceleration) {
    let mut tank = Tank::new(Grid::new(SIZE, [Edge::Closed; 4]));
    let (high, r) = (170, Rng::new(1));
    for i in 0..count {
        let (cell, k) = (i / 4, i % 4);
        let (x, y) = (cell / high, SIZE.1 - 1 - cell % high);
        let part = |axis: u64| 0.1 * (r.fork(axis).unit(i as u64) - 0.5);
        let corner = [0.25 + 0.5 * (k % 2) as f32, 0.25 + 0.5 * (k / 2) as f32];
        let at = [x as f32 + corner[0] + part(0), y as f32 + corner[1] + part(1)];
        tank.sorted.all_mut().push(Particle::new(at, [0.1, 0.4, 0.9]));
    }
    tank.settle();
    let rules = Rules { viscosity: 0.0, tension: 0.0, affinity: 1.0, foaming: [50.0, 100.0], foam: 1.0 };
    let forces = Acceleration { gravity: [0.0, 180.0], field: Vec::new() };
    (0..60).for_each(|_| {
        tank.step(&rules, &forces, 1.0 / 120.0);
    });
    (tank, rules, forces)
}

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            println!("{threads} thread(s), {}×{} cells", SIZE.0, SIZE.1);
            for count in [50_000, 100_000, 200_000] {
                let (mut tank, rules, forces) = column(count);
                let mut iterations = 0;
                let (wall, cpu) = measure(60, || {
                    tank.step(&rules, &forces, 1.0 / 120.0);
                    iterations += tank.solver.iterations;
                });
                println!(
                    "  {count} particles: {wall:.2} ms a step ({cpu:.2} ms of the processor), {:.1} iterations",
                    iterations as f64 / 60.0
                );
            }
            for level in [0.217, 0.434, 0.868] {
                system(level);
            }
        });
    }
}

/// Ticks and pictures of the whole system.
fn system(level: f32) {
    let (knobs, texts) = (LiquidKnobs { level, ..LiquidKnobs::default() }, Texts::default());
    let context = InitContext { width: SIZE.0, height: SIZE.1, rng: Rng::new(1), texts: &texts };
    let mut liquid = Liquid::new(&knobs, &context).expect("a liquid");
    let mut tick = 0;
    let mut step = |liquid: &mut Liquid| {
        let rng = Rng::new(2).fork(tick);
        let inputs = [None; 5];
        liquid.step(&knobs, &Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches: &[], switches: &[] });
        tick += 1;
    };
    (0..90).for_each(|_| step(&mut liquid));
    let (wall, cpu) = measure(120, || step(&mut liquid));
    let mut shown = Field::new(1280, 720, 3);
    let (draw, draw_cpu) = measure(20, || liquid.show(Output::Picture, &View::WHOLE, &mut shown));
    println!(
        "  {} particles: {wall:.2} ms a tick ({cpu:.2}); picture {draw:.2} ms ({draw_cpu:.2})",
        liquid.read(Readout::Particles)
    );
}
