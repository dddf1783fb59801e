//! Hard discs: million collisions a second of 50,000 on one thread, by packing fraction. The bound is memory: some twenty
//! lines a collision. `cargo bench --bench discs`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::gas::discs::arena::Arena;
use untrained::systems::gas::discs::disc::Disc;
use untrained::systems::gas::discs::dynamics::{Dynamics, Limits};
use untrained::systems::gas::discs::lattice::Region;
use untrained::systems::gas::discs::place::{Crowd, place};
use untrained::systems::gas::discs::start::thermal;
use untrained::world::rng::Rng;

fn main() {
    for eta in [0.1, 0.2, 0.3, 0.5, 0.7] {
        let n = 50_000;
        let side = (n as f64 * std::f64::consts::PI / eta).sqrt();
        let arena = Arena::new([side, side], [true; 2]);
        let region = Region { low: [0.0; 2], high: arena.size, wraps: arena.wraps };
        let crowd = |count| Crowd { count, radius: 1.0, region };
        let mut discs: Vec<Disc> =
            place(&arena, [crowd(n), crowd(0)], Rng::new(1)).into_iter().map(|d| d.0).collect();
        discs
            .iter_mut()
            .enumerate()
            .for_each(|(i, d)| d.velocity = thermal(1.0, 1.0, Rng::new(2).fork(i as u64)));
        let masses = vec![1.0; discs.len()];
        let mut all = Dynamics::new(arena, discs, masses);
        let mut run = |count: u64| {
            let start = Instant::now();
            all.advance(1e9, Limits { collisions: count, ..Limits::NONE });
            all.settle();
            count as f64 / 1e6 / start.elapsed().as_secs_f64()
        };
        run(300_000);
        let mut blocks: Vec<f64> = (0..9).map(|_| run(100_000)).collect();
        blocks.sort_by(f64::total_cmp);
        println!("packing {eta}: {:.2} M collisions/s, median {:.2}", blocks[8], blocks[4]);
    }
}
