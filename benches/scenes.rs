//! The shipped scenes: milliseconds a tick and a frame, on one and two threads, and load relative to the time budget
//! of a show at 60 ticks and 30 frames a second. `cargo bench --bench scenes [NAME…]`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::cli::load::SceneSource;
use untrained::world::engine::Engine;
use untrained::world::frame::Frame;

/// Warm-up ticks before timing, so that the world reaches its usual state.
const WARM: usize = 240;

/// Median milliseconds of a tick and of a frame.
fn scene(source: &SceneSource, threads: usize) -> (f64, f64) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    pool.install(|| {
        let scene =
            source.load(untrained::CATALOGUE).unwrap_or_else(|_| panic!("{} has problems", source.name()));
        let mut frame = Frame::new(scene.size.0, scene.size.1);
        let mut engine =
            Engine::new(scene, None).unwrap_or_else(|_| panic!("{} has problems", source.name()));
        (0..WARM).for_each(|_| engine.step(&[]));
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..121 {
            let start = Instant::now();
            engine.step(&[]);
            times[0].push(start.elapsed().as_secs_f64() * 1e3);
            let start = Instant::now();
            engine.compose(&mut frame);
            times[1].push(start.elapsed().as_secs_f64() * 1e3);
        }
        let [tick, frame] = times.map(|mut t| {
            t.sort_by(f64::total_cmp);
            t[t.len() / 2]
        });
        (tick, frame)
    })
}

fn main() {
    let named: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    println!("{:<12} 1 thread: tick   frame    2 threads: tick   frame   of the time budget", "scene");
    for source in
        SceneSource::all().iter().filter(|s| named.is_empty() || named.iter().any(|n| *n == s.name()))
    {
        let [one, two] = [1, 2].map(|threads| scene(source, threads));
        let load = (two.0 * 60.0 + two.1 * 30.0) / 10.0;
        println!(
            "{:<12} {:>8.2} ms {:>6.2} ms     {:>8.2} ms {:>6.2} ms     {load:>8.0} %",
            source.name(),
            one.0,
            one.1,
            two.0,
            two.1
        );
    }
}
