//! `sprout`: an excitable medium (Barkley 1991), in which waves run, die where they meet, and curl into spirals.
//! Written by `untrained new-system` as a starting point: the rule of one cell is `react`; say here what yours is and
//! where it comes from.

use world::brush::Brush;
use world::field::Field;
use world::stencil::{Boundary, Pointwise};
use world::system::{Env, Fault, InitContext, System};
use world::view::{Sampling, View};

world::params! {
    /// What the medium is like.
    pub struct Knobs {
        /// Excitation below which a cell at rest falls back to rest.
        threshold: f32 = 0.02 in 0.001..=0.2;
        /// How far recovery raises the threshold: less makes shorter waves.
        span: f32 = 0.75 in 0.4..=1.0;
        /// How fast a cell recovers.
        recovery: f32 = 0.02 in 0.005..=0.1, Log, unit "1/step";
        /// How fast excitation spreads.
        spread: f32 = 0.2 in 0.02..=0.35, unit "cells²/step";
        /// Steps a tick.
        steps: u32 = 2 in 1..=32, unit "steps/tick";
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Lowers the threshold: 0 not at all, 1 to nothing; 0 where nothing is wired.
        Ease: "ease" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Recovery: the wake of each wave.
        Wake: "wake" scalar 0.0..=0.8;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Share of the cells that are excited.
        Excited: "excited" 0.0..=0.7;
    }
}

world::stencil! {
    /// One step of one cell: its excitation and its recovery. Plain arithmetic becomes vector code.
    fn react(knobs: &Knobs, [u, v]: [Neighbourhood; 2], [ease]: [f32; 1]) -> [f32; 2] {
        let threshold = (v.centre + knobs.threshold * (1.0 - ease.clamp(0.0, 1.0))) / knobs.span;
        let excited = u.centre * (1.0 - u.centre) * (u.centre - threshold);
        let next_u = u.centre + excited + knobs.spread * u.isotropic_laplacian();
        let next_v = v.centre + knobs.recovery * (u.centre - v.centre);
        // Excitation of 1 would stay for ever.
        [next_u.clamp(0.0, 0.999), next_v.clamp(0.0, 1.0)]
    }
}

/// An excitable medium; see the module.
pub struct Sprout {
    /// Excitation and recovery, a plane each.
    now: Field,
    next: Field,
}

impl System for Sprout {
    const NAME: &'static str = "sprout";
    const ABOUT: &'static str = "An excitable medium: waves that run, meet and curl (Barkley 1991).";
    const FAMILY: &'static str = "nursery";
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = Knobs;

    /// Squares of twelve cells, some excited, some recovering.
    fn new(_: &Knobs, birth: &InitContext) -> Result<Self, Fault> {
        let mut now = Field::new(birth.width, birth.height, 2);
        now.fill_rows(|plane, y, row| {
            let (rng, level) = (birth.rng.fork(plane as u64), [1.0, 0.4][plane]);
            for (x, cell) in row.iter_mut().enumerate() {
                let square = (y / 12 * birth.width.div_ceil(12) + x / 12) as u64;
                *cell = if rng.unit(square) < 0.3 { level } else { 0.0 };
            }
        });
        Ok(Self { next: now.clone(), now })
    }

    fn step(&mut self, knobs: &Knobs, env: &Env) {
        for touch in env.touches {
            let brush = Brush::of(touch, self.now.size(), Boundary::Periodic);
            let (goal, share) = (if brush.gives() { 1.0 } else { 0.0 }, brush.amount());
            brush.paint(self.now.plane_mut(0), |_, _, cell, weight| {
                *cell += share * weight * (goal - *cell);
            });
        }
        for _ in 0..knobs.steps {
            let ease = Pointwise::input(env.input(Input::Ease), 0.0);
            react(knobs, &self.now, [ease], Boundary::Periodic, &mut self.next);
            std::mem::swap(&mut self.now, &mut self.next);
        }
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        match port {
            Output::Wake => view.project(into, self.now.size(), Sampling::SmoothWrap, |_, y, row| {
                row.copy_from_slice(self.now.row(1, y));
            }),
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        match readout {
            Readout::Excited => self.now.mean(0) as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use world::rng::Rng;
    use world::system::{Phase, Texts, Touch};

    use super::*;

    /// Excitation and recovery after some steps, where all cells are alike, at rest but for this excitation.
    fn after(steps: u32, excitation: f32, ease: f32) -> (f32, f32) {
        let (mut now, mut next) = (Field::new(5, 3, 2), Field::default());
        now.plane_mut(0).fill(excitation);
        for _ in 0..steps {
            react(&Knobs::default(), &now, [Pointwise::Uniform(ease)], Boundary::Periodic, &mut next);
            std::mem::swap(&mut now, &mut next);
        }
        (now.at(0, 2, 1), now.at(1, 2, 1))
    }

    #[test]
    fn a_cell_is_excited_above_the_threshold_only_and_comes_back_to_rest() {
        // At rest the threshold is 0.02 / 0.75, and rises as the cell recovers.
        assert!(after(20, 0.1, 0.0).0 > 0.9 && after(20, 0.02, 0.0).0 < 0.02);
        assert!(after(20, 0.02, 1.0).0 > 0.02, "with full ease there is none");
        let (peak, rest) = (after(30, 0.5, 0.0), after(600, 0.5, 0.0));
        assert!(peak.0 > 0.9 && peak.1 > 0.2 && rest.0 < 0.01 && rest.1 < 0.01, "{peak:?} {rest:?}");
    }

    #[test]
    fn a_touch_excites_where_it_is_and_calms_with_the_other_button() {
        let (size, texts) = ((48, 32), Texts::default());
        let excitation = |strength: f32| {
            let birth = InitContext { width: size.0, height: size.1, rng: Rng::new(1), texts: &texts };
            let mut own = Sprout::new(&Knobs::default(), &birth).unwrap();
            let (x, y, radius, phase) = (0.5, 0.5, 0.2, Phase::Down);
            let touches = [Touch { id: 0, x, y, dx: 0.0, dy: 0.0, radius, strength, phase }];
            let rng = Rng::new(2);
            own.step(
                &Knobs::default(),
                &Env { tick: 0, dt: 1.0 / 60.0, rng, inputs: &[None], touches: &touches, switches: &[] },
            );
            own.now.at(0, 24, 16)
        };
        assert!(excitation(1.0) > 0.9 && excitation(-1.0) < 0.1);
    }
}
