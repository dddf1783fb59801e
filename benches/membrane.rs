//! Membrane: a second of sound of a 64×64 skin on one thread, with a room that is heard, a shaker, ears and sand; and
//! what the steps alone take. A quarter of a second of one core is what a show can spare for it.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

use std::time::Instant;

use untrained::systems::gas::membrane::outline::{Outline, Rim};
use untrained::systems::gas::membrane::skin::Skin;
use untrained::systems::gas::membrane::{Membrane, MembraneKnobs, Output};
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

/// Seconds that a second of sound takes.
fn second(knobs: &MembraneKnobs, side: usize) -> f64 {
    let texts = Texts::default();
    let context = InitContext { width: side, height: side, rng: Rng::new(1), texts: &texts };
    let mut drum = Membrane::new(knobs, &context).expect("a membrane");
    let room = vec![0.1; 800];
    let mut tick = 0;
    best(5, || {
        for _ in 0..60 {
            drum.hear(knobs, &room);
            let rng = Rng::new(1).fork(tick);
            let env = Env { tick, dt: 1.0 / 60.0, rng, inputs: &[None; 3], touches: &[], switches: &[] };
            drum.step(knobs, &env);
            tick += 1;
        }
    })
}

/// Cell updates a second of the steps alone.
fn steps(knobs: &MembraneKnobs) -> f64 {
    let mut skin = Skin::new(Outline::new((64, 64), Rim::Held, |_, _| 1.0), Rim::Held);
    let factors = knobs.physics((64, 64), 48_000.0).factors();
    skin.fill(|x, y| [(x * y % 7) as f32 * 0.01; 2]);
    64.0 * 64.0 * 12_000.0 / best(5, || (0..12_000).for_each(|_| skin.step(factors, None)))
}

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    pool.install(|| {
        let drum = MembraneKnobs::default();
        let stiff = MembraneKnobs { stiffness: 0.3, ..drum.clone() };
        let plate =
            MembraneKnobs { rim: Rim::Free, tension: 0.0, stiffness: 1.0, pitch: 8.0, ..drum.clone() };
        let bare = MembraneKnobs { grains: 0, ..drum.clone() };
        for (name, knobs) in
            [("drum", &drum), ("drum without sand", &bare), ("stiff drum", &stiff), ("free plate", &plate)]
        {
            let taken = second(knobs, 64);
            let rate = 64.0 * 64.0 * 48_000.0 / taken / 1e6;
            println!("64×64 {name}: {taken:.3} s for a second of sound, {rate:.0} million cells/s");
        }
        println!("steps alone: {:.0} million cells/s, stiff {:.0}", steps(&drum) / 1e6, steps(&stiff) / 1e6);
        let texts = Texts::default();
        let context = InitContext { width: 160, height: 90, rng: Rng::new(1), texts: &texts };
        let shown = Membrane::new(&drum, &context).expect("a membrane");
        let mut picture = Field::new(1280, 720, 3);
        let taken = best(5, || shown.show(Output::Picture, &View::WHOLE, &mut picture));
        println!("picture of 1280×720: {:.1} ms", taken * 1e3);
    });
}
