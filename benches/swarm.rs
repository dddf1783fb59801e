//! Swarms: whole ticks as scenes call them (`System::step`), and the loops alone, on one and two threads.
//!
//! Peers: krABMaga's flockers, 0.72 M agents/s of 100,000 and 0.38 of 1,000,000 on one thread at about 31 neighbours;
//! taichi's physarum on 1024², 5.6 M agents/s of 100,000 and 15.3 of 1,000,000.
//!
//! `cargo bench --no-default-features --bench swarm`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::f32::consts::PI;
use std::time::Instant;

use untrained::systems::find;
use untrained::systems::swarm::boids::flock::{Flock, Sight};
use untrained::systems::swarm::turmites::colony::{Ant, Ground, Program, run};
use untrained::systems::swarm::turmites::table::Table;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, InitContext, Texts};

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

/// Ticks of a system with these knobs, after some to settle in.
fn ticks(name: &str, (width, height): (usize, usize), knobs: &[(&str, f64)], agents: f64) {
    let kind = find(name).expect("a system");
    let mut values: Vec<f64> = kind.knobs.iter().map(|k| k.default).collect();
    for (knob, value) in knobs {
        values[kind.knobs.iter().position(|k| k.name == *knob).expect("a knob")] = *value;
    }
    let texts = Texts::default();
    let context = InitContext { width, height, rng: Rng::new(1), texts: &texts };
    let mut node = (kind.instantiate)(&values, &context).expect("a world");
    let inputs = vec![None; kind.inputs.len()];
    let mut tick = 0;
    let mut step = || {
        let rng = Rng::new(2).fork(tick);
        node.step(&Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches: &[], switches: &[] });
        tick += 1;
    };
    (0..30).for_each(|_| step());
    let (best, median) = times(30, step);
    let set: Vec<String> = knobs.iter().map(|(k, v)| format!("{k} {v}")).collect();
    println!(
        "  {name} {width}×{height}, {}: whole tick best {:.2} ms, median {:.2} ms ({:.1} and {:.1} M/s)",
        set.join(", "),
        best * 1e3,
        median * 1e3,
        agents / best / 1e6,
        agents / median / 1e6
    );
}

/// Neighbours of bodies anywhere, about 31 each.
fn sense(n: usize, nearest: usize) {
    let side = (n as f32).sqrt();
    let radius = (31.0 / PI).sqrt();
    let body = |i: u64| {
        let r = Rng::new(3).fork(i);
        ([r.unit(0) * side, r.unit(1) * side], [r.unit(2) - 0.5, r.unit(3) - 0.5])
    };
    let mut flock = Flock::new((0..n as u64).map(body));
    let sight = Sight { radius, separation: 0.4 * radius, nearest };
    flock.sense([side; 2], [true; 2], sight);
    let (best, median) = times(9, || flock.sense([side; 2], [true; 2], sight));
    let which = if nearest == 0 { "all in sight".into() } else { format!("the nearest {nearest}") };
    println!(
        "  {n} bodies, sorted and sensed, {which}: best {:.1}, median {:.1} M agents/s",
        n as f64 / best / 1e6,
        n as f64 / median / 1e6
    );
}

/// Ants on a torus.
fn walk(word: &str, n: u64, steps: u64) {
    let size = [1920u32, 1080];
    let cells = (size[0] * size[1]) as usize;
    let (mut colours, mut left) = (vec![0; cells], vec![0; cells]);
    let ant = |i: u64| {
        let r = Rng::new(4).fork(i);
        Ant { place: [r.below(0, 1920) as u32, r.below(1, 1080) as u32], facing: 0, state: 0 }
    };
    let mut ants: Vec<Ant> = (0..n).map(ant).collect();
    let program = Program::new(&Table::ant(word).expect("an ant"), size[0]);
    let (best, median) = times(9, || {
        let mut ground =
            Ground { size, colours: &mut colours, left: &mut left, solid: None, torus: true, tick: 1 };
        run(&mut ants, &program, &mut ground, steps, &mut Vec::new());
    });
    let all = (n * steps) as f64 / 1e6;
    println!("  {n} ants {word}: best {:.0}, median {:.0} M steps/s", all / best, all / median);
}

fn main() {
    println!("one thread (ants take turns):");
    for (word, ants, steps) in
        [("RL", 1, 10_000_000), ("LLRR", 1, 10_000_000), ("RL", 1000, 10_000), ("RL", 100_000, 100)]
    {
        walk(word, ants, steps);
    }
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            println!("{threads} thread(s):");
            for n in [100_000, 1_000_000] {
                sense(n, 0);
                sense(n, 7);
                let side = (n as f64).sqrt() as usize;
                ticks(
                    "boids",
                    (side, side),
                    &[("boids", n as f64), ("radius", 3.15), ("distance", 1.25)],
                    n as f64,
                );
                ticks("physarum", (1024, 1024), &[("agents", n as f64)], n as f64);
            }
            ticks("particle_life", (1280, 720), &[("particles", 1e5), ("r_max", 0.0146)], 1e5);
            ticks("synchrony", (640, 360), &[("number", 1e4)], 1e4);
            ticks("turmites", (1920, 1080), &[("ants", 1.0), ("steps", 1.6e6)], 1.6e6);
        });
    }
}
