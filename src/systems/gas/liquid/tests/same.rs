//! The same bytes at any thread count and vector width.

use world::field::Field;
use world::ports::{Outputs as _, Readouts as _};
use world::rng::Rng;
use world::system::{Env, InitContext, Phase, System, Texts, Touch};
use world::vectors::Vectors;
use world::view::View;

use super::super::*;

const SIZE: (usize, usize) = (97, 61);

/// A dam with a fountain, a drain, a source, a body that moves and a touch, after some ticks.
fn wild() -> Liquid {
    let (w, h) = SIZE;
    let knobs =
        LiquidKnobs { fountain: 1.0, drain: 0.1, tension: 1e-4, viscosity: 1e-5, ..Default::default() };
    let texts = Texts::default();
    let context = InitContext { width: w, height: h, rng: Rng::new(5), texts: &texts };
    let mut liquid = Liquid::new(&knobs, &context).unwrap();
    let pours = |x: usize, y: usize| match (x, y) {
        (81.., ..20) => 1.0,
        (..4, _) => -1.0,
        _ => 0.0,
    };
    let source = Field::from_fn(w, h, pours);
    let touch =
        Touch { id: 0, x: 0.5, y: 0.7, dx: 0.01, dy: 0.0, radius: 0.1, strength: 1.0, phase: Phase::Move };
    for tick in 0..40u64 {
        let at = 30.0 + tick as f32 * 0.5;
        let obstacle = Field::from_fn(w, h, |x, y| {
            let (dx, dy) = (x as f32 - at, y as f32 - 45.0);
            (8.0 - (dx * dx + dy * dy).sqrt()).clamp(0.0, 1.0)
        });
        let inputs = [Some(&obstacle), None, Some(&source), None, None];
        let rng = Rng::new(6).fork(tick);
        liquid.step(
            &knobs,
            &Env { tick, dt: 1.0 / 60.0, rng, inputs: &inputs, touches: &[touch], switches: &[] },
        );
    }
    liquid
}

/// All that is seen and heard of it, on so many threads.
fn run(threads: usize) -> Vec<u32> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let liquid = wild();
        let mut bits = Vec::new();
        for i in 0..Output::PORTS.len() {
            let mut shown = Field::new(160, 90, Output::PORTS[i].planes);
            liquid.show(Output::at(i).unwrap(), &View::WHOLE, &mut shown);
            bits.extend(shown.data().iter().map(|v| v.to_bits()));
        }
        bits.extend((0..Readout::ROWS.len()).map(|i| liquid.read(Readout::at(i).unwrap()).to_bits()));
        let mut heard = Vec::new();
        liquid.soundings(&mut heard);
        bits.extend(heard.iter().flat_map(|s| [s.x.to_bits(), s.strength.to_bits()]));
        bits
    })
}

#[test]
fn no_thread_count_and_no_vector_width_changes_a_bit() {
    let first = run(1);
    assert!(run(2) == first && run(5) == first);
    for width in Vectors::available() {
        assert!(width.run(|| run(2)).unwrap() == first, "{width}");
    }
}
