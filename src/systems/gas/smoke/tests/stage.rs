//! A world to try things in.

use super::super::air::Air;
use super::super::mac::Flow;
use super::super::params::SmokeKnobs;
use super::super::sides::Sides;
use super::super::solids::Solids;
use super::super::step;
use super::super::{Input, Smoke};
use world::field::Field;
use world::params::Params;
use world::rng::Rng;
use world::system::{Env, InitContext, System, Texts, Touch};

/// Knobs of clear, thin air that nothing drives, between the same sides all round.
pub fn bare(sides: Sides) -> SmokeKnobs {
    SmokeKnobs {
        confinement: 0.0,
        viscosity: 0.0,
        drag: 0.0,
        buoyancy: 0.0,
        weight: 0.0,
        chill: 0.0,
        cooling: 0.0,
        fade: 0.0,
        fresh_air: 0.0,
        burners: 0,
        left: sides.left,
        right: sides.right,
        top: sides.top,
        bottom: sides.bottom,
        tolerance: 1e-5,
        cycles: 40,
        ..SmokeKnobs::default()
    }
}

/// Steps of a second / 60 without bodies.
pub fn run(air: &mut Air, knobs: &SmokeKnobs, steps: usize) {
    let solids = Solids::default();
    for _ in 0..steps {
        step::step(air, &solids, knobs, None, 1.0 / 60.0, 1.0);
    }
}

/// The whole system.
pub struct Stage {
    /// It.
    pub smoke: Smoke,
    /// Its knobs.
    pub knobs: SmokeKnobs,
    /// Fields wired to its inputs.
    pub fields: Vec<Option<Field>>,
    /// Touches of the next ticks.
    pub touches: Vec<Touch>,
    tick: u64,
}

impl Stage {
    /// Of a size.
    pub fn new(size: (usize, usize), knobs: SmokeKnobs) -> Self {
        let texts = Texts::default();
        let context = InitContext { width: size.0, height: size.1, rng: Rng::new(3), texts: &texts };
        let smoke = Smoke::new(&knobs, &context).expect("a world");
        Self { smoke, knobs, fields: vec![None; 6], touches: Vec::new(), tick: 0 }
    }

    /// All gas at rest.
    pub fn still(mut self) -> Self {
        self.smoke.air.flow = Flow::new(self.smoke.air.size);
        self.smoke.air.centred = false;
        self
    }

    /// Wires a field to an input.
    pub fn wire(&mut self, input: Input, field: Field) {
        use world::ports::Inputs;
        self.fields[input.index()] = Some(field);
    }

    /// Ticks at 60 a second.
    pub fn run(&mut self, ticks: usize) {
        for _ in 0..ticks {
            let inputs: Vec<Option<&Field>> = self.fields.iter().map(Option::as_ref).collect();
            let rng = Rng::new(5).fork(self.tick);
            let (dt, touches) = (1.0 / 60.0, &self.touches[..]);
            self.smoke.step(
                &self.knobs,
                &Env { tick: self.tick, dt, rng, inputs: &inputs, touches, switches: &[] },
            );
            self.tick += 1;
        }
    }

    /// One output at the world's own size.
    pub fn show(&self, output: super::super::Output) -> Field {
        use world::ports::Outputs;
        use world::view::View;
        let (w, h) = self.smoke.air.size;
        let mut field = Field::new(w, h, super::super::Output::PORTS[output.index()].planes);
        self.smoke.show(output, &View::WHOLE, &mut field);
        field
    }
}

/// Knobs at random positions of their travel.
pub fn random_knobs(rng: Rng) -> SmokeKnobs {
    let mut knobs = SmokeKnobs::default();
    for (i, spec) in SmokeKnobs::SPECS.iter().enumerate() {
        // The ends of the range are tried more often than the middle.
        let position = (1.4 * rng.unit64(i as u64) - 0.2).clamp(0.0, 1.0);
        knobs.set(i, spec.value_at(position));
    }
    knobs
}

/// So many random cases. Failures are not written into the source tree: the seed that is printed suffices.
pub fn cases(n: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        failure_persistence: None,
        ..proptest::test_runner::Config::with_cases(n)
    }
}
