//! Lattice gases: site updates a second of a random gas, as called by the system, against the arithmetic bound.
//!
//! `cargo bench --no-default-features --bench lattice_gas`

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::gas::lattice_gas::LatticeGas;
use untrained::systems::gas::lattice_gas::chirality::Chirality;
use untrained::systems::gas::lattice_gas::gas::Gas;
use untrained::systems::gas::lattice_gas::model::Model;
use untrained::world::field::Field;
use untrained::world::rng::Rng;
use untrained::world::system::{Env, SystemKind};
use untrained::world::view::View;

/// Steps of a random gas of density ¼: best and median rate, in site updates a second.
fn steps(model: Model, side: usize) -> (f64, f64) {
    let rng = Rng::new(1);
    let mut gas = Gas::new(model, side, side, Chirality::Addressed(rng.named("chirality")));
    gas.each_row(|y, row, _| {
        let row_rng = rng.fork(y as u64);
        row.iter_mut().enumerate().for_each(|(i, w)| {
            *w = row_rng.bits(2 * i as u64) & row_rng.bits(2 * i as u64 + 1);
        });
    });
    const STEPS: usize = 64;
    let mut rates: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            gas.run(STEPS);
            (side * side * STEPS) as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    (rates[8], rates[4])
}

/// A tick of the system at its defaults with everything but the steps: counts, coarse means; and each output shown.
fn tick(side: usize) {
    let kind = SystemKind::of::<LatticeGas>();
    let mut node = kind.instantiate_default(side, side, 1, std::path::Path::new(".")).expect("a gas");
    node.set_knob(kind.knobs.iter().position(|k| k.name == "steps").expect("steps"), 0.0);
    let ms = |f: &mut dyn FnMut()| {
        let once = |_| {
            let start = Instant::now();
            f();
            start.elapsed().as_secs_f64() * 1e3
        };
        (0..5).map(once).fold(f64::INFINITY, f64::min)
    };
    let inputs = vec![None; kind.inputs.len()];
    let env = Env { tick: 0, dt: 0.0, rng: Rng::new(1), inputs: &inputs, touches: &[], switches: &[] };
    let step = ms(&mut || node.step(&env));
    let mut canvas = Field::new(1280, 720, 1);
    let shown: Vec<String> = (0..7)
        .map(|port| {
            format!(
                "{} {:.2}",
                kind.outputs[port].name,
                ms(&mut || node.show(port, &View::WHOLE, &mut canvas))
            )
        })
        .collect();
    println!(
        "  fhp-3 {side}²: a tick without steps {step:.2} ms; shown at 1280×720: {} ms",
        shown.join(", ")
    );
}

fn main() {
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            println!("{threads} thread(s):");
            let cases = [
                ("hpp", Model::Hpp, 4096),
                ("hpp", Model::Hpp, 1024),
                ("fhp-1", Model::FhpOne, 2048),
                ("fhp-2", Model::FhpTwo, 2048),
                ("fhp-3", Model::FhpThree, 2048),
                ("fhp-3", Model::FhpThree, 1024),
            ];
            for (name, model, side) in cases {
                let (best, median) = steps(model, side);
                println!("  {name} {side}²: best {:.1}, median {:.1} G sites/s", best / 1e9, median / 1e9);
            }
            tick(1024);
        });
    }
}
