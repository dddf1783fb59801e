//! Steps per second, on demand.

use std::time::Instant;

use super::super::model::Model;
use super::plain::random;

#[test]
#[ignore = "a measurement"]
fn speed() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for (model, side) in
            [(Model::Hpp, 4096), (Model::FhpOne, 2048), (Model::FhpTwo, 2048), (Model::FhpThree, 2048)]
        {
            let mut gas = random(model, (side, side), 0.3, 1);
            let steps = 32;
            let best = pool.install(|| {
                let once = |_| {
                    let start = Instant::now();
                    gas.run(steps);
                    start.elapsed().as_secs_f64()
                };
                (0..12).map(once).fold(f64::INFINITY, f64::min)
            });
            println!(
                "{threads} threads, {model:?} {side}²: {:.1} G sites/s",
                (side * side * steps) as f64 / best / 1e9
            );
        }
    }
}
