//! Agents: milliseconds a tick for 100,000 of them with all five layers, on one and two threads, compared with the
//! lower layers only. Sixty ticks a second leave 16.7 ms. `cargo bench --bench subsumption`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::swarm::subsumption::Subsumption;
use untrained::systems::swarm::subsumption::knobs::Knobs;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, System, Texts};

const AGENTS: u32 = 100_000;
const NAMES: [&str; 5] = ["avoid", "wander", "gradient", "forage", "flock"];

/// Milliseconds a tick, best and median over blocks of ten ticks, after the colony has spread out.
fn tick(size: (usize, usize), layers: usize, threads: usize) -> (f64, f64) {
    let texts = Texts::default();
    let knobs = Knobs { agents: AGENTS, patches: 40, ..Knobs::default() };
    let rng = Rng::new(1);
    let context = InitContext { width: size.0, height: size.1, rng, texts: &texts };
    let mut colony = Subsumption::new(&knobs, &context).expect("a colony");
    let switches: Vec<bool> = (0..NAMES.len()).map(|l| l < layers).collect();
    let mut tick = 0;
    let mut run = |ticks: u64| {
        for _ in 0..ticks {
            let (inputs, touches) = (&[None; 7], &[]);
            let env = Env { tick, dt: 1.0 / 60.0, rng: rng.fork(tick), inputs, touches, switches: &switches };
            colony.step(&knobs, &env);
            tick += 1;
        }
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        run(240);
        let mut blocks: Vec<f64> = (0..9)
            .map(|_| {
                let start = Instant::now();
                run(10);
                start.elapsed().as_secs_f64() * 100.0
            })
            .collect();
        blocks.sort_by(f64::total_cmp);
        (blocks[0], blocks[blocks.len() / 2])
    })
}

fn main() {
    println!("{AGENTS} agents; ms a tick, best (median)");
    for size in [(640, 360), (1280, 720)] {
        for layers in [1, 3, 4, 5] {
            let [one, two] = [1, 2].map(|threads| tick(size, layers, threads));
            let top = NAMES[layers - 1];
            println!(
                "{}×{}, up to {top:<9} 1 thread {:6.2} ({:6.2})   2 threads {:6.2} ({:6.2})",
                size.0, size.1, one.0, one.1, two.0, two.1
            );
        }
    }
}
