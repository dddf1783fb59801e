//! Same bytes at any number of threads and width of vectors; any size, knob and input.

use proptest::prelude::*;

use super::super::params::SmokeKnobs;
use super::super::{Input, Output, Readout, Smoke};
use super::stage::{Stage, random_knobs};
use world::field::Field;
use world::ports::{Inputs, Outputs, Readouts};
use world::rng::Rng;
use world::system::{InitContext, Phase, System, Texts, Touch};
use world::vectors::Vectors;

fn touch(rng: Rng) -> Touch {
    Touch {
        id: 0,
        x: rng.range(0, -0.2, 1.2),
        y: rng.range(1, -0.2, 1.2),
        dx: rng.range(2, -0.3, 0.3),
        dy: rng.range(3, -0.3, 0.3),
        radius: rng.range(4, 0.0, 0.5),
        strength: rng.range(5, -1.0, 1.0),
        phase: [Phase::Down, Phase::Move, Phase::Up][rng.below(6, 3) as usize],
    }
}

/// Everything that is shown and read after some ticks of a world with touches and all inputs wired.
fn bits(size: (usize, usize)) -> Vec<u32> {
    let knobs = SmokeKnobs { viscosity: 1e-4, disc: 0.1, disc_y: 0.7, steps: 2, ..SmokeKnobs::default() };
    let mut stage = Stage::new(size, knobs);
    for input in (0..6).filter_map(Input::at) {
        let planes = Input::PORTS[input.index()].planes;
        let mut field = Field::new(size.0, size.1, planes);
        let rng = Rng::new(40 + input.index() as u64);
        field.data_mut().iter_mut().enumerate().for_each(|(i, v)| *v = rng.unit(i as u64 / 9) - 0.45);
        stage.wire(input, field);
    }
    for i in 0..4 {
        stage.touches = vec![touch(Rng::new(i))];
        stage.knobs.disc_x += 0.01;
        stage.run(1);
    }
    let shown = (0..Output::PORTS.len()).filter_map(Output::at).flat_map(|o| stage.show(o).data().to_vec());
    let read = (0..Readout::ROWS.len()).filter_map(Readout::at).map(|r| stage.smoke.read(r));
    shown.chain(read).map(f32::to_bits).collect()
}

#[test]
fn the_same_bytes_at_any_number_of_threads_and_width_of_vectors() {
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| bits((211, 160)))
    };
    let first = with(1);
    assert!(first.iter().any(|&b| b != first[0]));
    for threads in [2, 5] {
        assert!(with(threads) == first, "{threads} threads");
    }
    let plain = Vectors::Plain.run(|| bits((211, 160))).expect("plain");
    assert!(plain == first, "plain vectors");
    for vectors in Vectors::available() {
        assert!(vectors.run(|| bits((211, 160))).expect("available") == first, "{vectors}");
    }
}

proptest! {
    #![proptest_config(super::stage::cases(120))]

    /// Any size, any knobs, changed at any time, any input: all that is shown is finite, nothing panics, and no speed runs
    /// away.
    #[test]
    fn anything_goes(seed: u64) {
        anything(seed)?;
    }
}

/// Thirty cells a step, where a second of the scene takes twenty minutes, were taken for speed that runs away.
#[test]
fn slow_scenes_are_not_fast() {
    let went = anything(8658602635117026823);
    assert!(went.is_ok(), "{went:?}");
}

/// With one cycle a step, the last pressure led astray, and its reflection grew until speeds were infinite.
#[test]
fn a_guess_that_leads_astray_is_dropped() {
    let went = anything(14558775383193742611);
    assert!(went.is_ok(), "{went:?}");
}

/// Faces are limited to 32 cells a step; what expands in a narrow world is driven out a few hundred times as fast.
const FAST: f32 = 1e6;

fn anything(seed: u64) -> Result<(), TestCaseError> {
    let rng = Rng::new(seed);
    let side = |i: u64| [1, 2, 3, 7, 16, 33, 50][rng.below(i, 7) as usize];
    let size = (side(0), side(1));
    let mut stage = Stage::new(size, random_knobs(rng.fork(1)));
    for tick in 0..6u64 {
        if tick % 2 == 1 {
            stage.knobs = random_knobs(rng.fork(2 + tick));
        }
        for input in (0..6).filter_map(Input::at) {
            let rng = rng.fork(100 + 10 * tick + input.index() as u64);
            let size_of_values = [0.0, 1.0, 1e6][rng.below(0, 3) as usize];
            let mut field = Field::new(size.0, size.1, Input::PORTS[input.index()].planes);
            let values = field.data_mut().iter_mut().enumerate();
            values.for_each(|(i, v)| *v = rng.range(1 + i as u64, -size_of_values, size_of_values));
            match rng.unit(9999) < 0.5 {
                true => stage.wire(input, field),
                false => stage.fields[input.index()] = None,
            }
        }
        stage.touches = (0..2).map(|i| touch(rng.fork(50 + 2 * tick + i))).collect();
        stage.run(1);
        for output in (0..Output::PORTS.len()).filter_map(Output::at) {
            let shown = stage.show(output);
            prop_assert!(shown.data().iter().all(|v| v.is_finite()), "{output:?} at {tick} of {size:?}");
        }
        for readout in (0..Readout::ROWS.len()).filter_map(Readout::at) {
            prop_assert!(stage.smoke.read(readout).is_finite(), "{readout:?}");
        }
        // Cells a step: heights a second say nothing where a scene's seconds hardly pass.
        let step = stage.knobs.speed / (60.0 * stage.knobs.steps as f32);
        let fastest = stage.smoke.read(Readout::MaxSpeed) * size.1 as f32 * step;
        prop_assert!(fastest < FAST, "{fastest} at {tick} of {size:?}");
        let _ = stage.smoke.message();
    }
    Ok(())
}

#[test]
fn too_many_cells_are_refused() {
    let texts = Texts::default();
    let context = InitContext { width: 5000, height: 5000, rng: Rng::new(1), texts: &texts };
    let fault = Smoke::new(&SmokeKnobs::default(), &context).err().expect("a fault");
    assert!(fault.at == "size" && fault.message.contains("5000×5000") && fault.message.contains("16777216"));
}

#[test]
fn limits_are_told() {
    let knobs = SmokeKnobs {
        wind_x: 5.0,
        speed: 4.0,
        drag: 0.0,
        ..super::stage::bare(super::super::sides::Sides::TORUS)
    };
    let mut stage = Stage::new((32, 512), knobs);
    stage.run(12);
    let message = stage.smoke.message().expect("a message");
    assert!(message.contains("32 cells a step"), "{message}");
    let mut stage = Stage::new((16, 900), SmokeKnobs { viscosity: 0.01, ..SmokeKnobs::default() });
    stage.run(1);
    let message = stage.smoke.message().expect("a message");
    assert!(message.contains("limited `viscosity` to 0.0054"), "{message}");
    let mut stage = Stage::new((64, 64), SmokeKnobs { tolerance: 1e-6, cycles: 1, ..SmokeKnobs::default() });
    stage.run(2);
    let message = stage.smoke.message().expect("a message");
    assert!(message.contains("more than the tolerance 1.0e-6"), "{message}");
    assert!(stage.smoke.read(Readout::Residual) > 1e-6);
}
