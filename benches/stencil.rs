//! Stencil sweeps as written by an author (`stencil!`): million cells a second of the Gray-Scott reaction, as a kernel
//! and as the whole tick of `gray_scott` at 8 steps (readouts included), on one and two threads, compared with the
//! same arithmetic as a closure called once a cell; and a step of a decaying world, after 500 and after 5,000 steps.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::hint::black_box;
use std::time::Instant;

use untrained::systems::reaction::gray_scott::{GrayScott, GrayScottKnobs};
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::stencil::{Boundary, Pointwise};
use untrained::world::system::{Env, InitContext, System, Texts};

const RATES: [f32; 4] = [0.0545, 0.062, 0.2, 0.1];

untrained::world::stencil! {
    /// One step (Pearson 1993).
    fn react(rates: &[f32; 4], [u, v]: [Neighbourhood; 2], [scale]: [f32; 1]) -> [f32; 2] {
        let [feed, kill, across_u, across_v] = *rates;
        let (feed, reaction) = (feed * scale, u.centre * v.centre * v.centre);
        let next_u = u.centre + (across_u * u.isotropic_laplacian() - reaction + feed * (1.0 - u.centre));
        let next_v = v.centre + (across_v * v.isotropic_laplacian() + reaction - (feed + kill) * v.centre);
        [next_u.clamp(0.0, 2.0), next_v.clamp(0.0, 2.0)]
    }
}

/// Best of `n` runs, in seconds.
fn best(n: usize, mut run: impl FnMut()) -> f64 {
    let mut once = || {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    };
    (0..n).map(|_| once()).fold(f64::INFINITY, f64::min)
}

/// A field with developing patterns.
fn spotted(w: usize, h: usize) -> Field {
    let mut field = Field::new(w, h, 2);
    field.fill_rows(|plane, y, row| {
        for (x, value) in row.iter_mut().enumerate() {
            let inside = (x % 40 < 9) && (y % 40 < 9);
            *value = [if inside { 0.5 } else { 1.0 }, if inside { 0.25 } else { 0.0 }][plane];
        }
    });
    field
}

fn sweep(w: usize, h: usize, steps: usize) -> f64 {
    let (mut now, mut next) = (spotted(w, h), Field::default());
    let mut run = || {
        for _ in 0..steps {
            react(&RATES, &now, [Pointwise::Uniform(1.0)], Boundary::Periodic, &mut next);
            std::mem::swap(&mut now, &mut next);
        }
    };
    run();
    (w * h * steps) as f64 / best(7, run)
}

/// The same without `stencil!`: all neighbours by index, cell by cell.
fn by_index(w: usize, h: usize) -> f64 {
    let (now, mut next) = (spotted(w, h), Field::new(w, h, 2));
    let [feed, kill, across_u, across_v] = RATES;
    let run = || {
        next.fill_rows(|plane, y, row| {
            for (x, value) in row.iter_mut().enumerate() {
                let at =
                    |p: usize, dx: usize, dy: usize| now.at(p, (x + w + dx - 1) % w, (y + h + dy - 1) % h);
                let laplacian = |p| {
                    let sides = at(p, 0, 1) + at(p, 2, 1) + at(p, 1, 0) + at(p, 1, 2);
                    let corners = at(p, 0, 0) + at(p, 2, 0) + at(p, 0, 2) + at(p, 2, 2);
                    (4.0 * sides + corners - 20.0 * at(p, 1, 1)) / 6.0
                };
                let (u, v) = (at(0, 1, 1), at(1, 1, 1));
                let reaction = u * v * v;
                *value = match plane {
                    0 => u + (across_u * laplacian(0) - reaction + feed * (1.0 - u)),
                    _ => v + (across_v * laplacian(1) + reaction - (feed + kill) * v),
                };
            }
        });
        black_box(&next);
    };
    (w * h) as f64 / best(3, run)
}

/// A world of `gray_scott` with its knobs and tick.
struct World {
    system: GrayScott,
    knobs: GrayScottKnobs,
    tick: u64,
}

impl World {
    fn new(width: usize, height: usize, knobs: GrayScottKnobs) -> Self {
        let texts = Texts::default();
        let context = InitContext { width, height, rng: Rng::new(1), texts: &texts };
        Self { system: GrayScott::new(&knobs, &context).expect("a world"), knobs, tick: 0 }
    }

    fn run(&mut self, ticks: u64) {
        for _ in 0..ticks {
            let env = Env {
                tick: self.tick,
                dt: 1.0 / 60.0,
                rng: Rng::new(1),
                inputs: &[None; 2],
                touches: &[],
                switches: &[],
            };
            self.system.step(&self.knobs, &env);
            self.tick += 1;
        }
    }
}

/// Million cells a second through whole ticks of 8 steps.
fn ticks(w: usize, h: usize) -> f64 {
    let mut world = World::new(w, h, GrayScottKnobs::default());
    let n = (4_000_000 / (w * h)).max(1) as u64;
    world.run(2);
    (w * h) as f64 * (8 * n) as f64 / best(7, || world.run(n))
}

/// Microseconds a step after 500 and after 5,000 steps of a world in which V dies out.
fn fading() -> [f64; 2] {
    let knobs = GrayScottKnobs { feed: 0.0, kill: 0.08, steps: 1, ..GrayScottKnobs::default() };
    let mut world = World::new(640, 360, knobs);
    world.run(450);
    let early = best(5, || world.run(20));
    world.run(4400);
    [early, best(5, || world.run(20))].map(|s| s / 20.0 * 1e6)
}

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            println!("{threads} thread(s)");
            for (w, h) in [(640, 360), (2048, 2048)] {
                let [kernel, tick, index] = [sweep(w, h, 8), ticks(w, h), by_index(w, h)].map(|v| v / 1e6);
                println!(
                    "  {w}×{h}: kernel {kernel:.0} M cells/s ({:.1} GB/s), tick {tick:.0}, by index {index:.0}",
                    16.0 * kernel / 1e3
                );
            }
            let [early, late] = fading();
            println!("  640×360 fading: {early:.0} µs a step after 500 steps, {late:.0} after 5,000");
        });
    }
}
