//! `learned_world`: a learned simulator (a world model): a network that has learned the step of a world from its frames
//! alone (`untrained learn step`) runs in the world's place (Sanchez-Gonzalez et al. 2020; Stachenfeld et al. 2022).
//!
//! Each frame comes from the last states by one pass through the network. What drove the world in training drives it
//! here, by wires and knobs; a touch changes the newest state, and the network makes of it what it has learned.
//!
//! Reading order: [`planes`] and [`layout`] (what a state holds), [`open`] (the file), [`starts`], [`rollout`] (frame
//! by frame), [`driving`], [`touch`], [`observe`], [`picture`], then this file.

pub mod driving;
pub mod layout;
pub mod observe;
pub mod open;
pub mod params;
pub mod picture;
pub mod planes;
pub mod rollout;
pub mod starts;
#[cfg(test)]
mod tests;
pub mod touch;

use driving::Driving;
use observe::Observed;
use params::{Input, Output, Readout, WorldKnobs};
use picture::Painter;
use rollout::Rollout;
use world::brush;
use world::field::Field;
use world::system::{Env, Fault, InitContext, System, TextSpec, Texts};
use world::view::View;

/// A learned world; see the module.
pub struct LearnedWorld {
    rollout: Rollout,
    driving: Driving,
    seen: Observed,
    painter: Painter,
    /// Part of a frame that is due.
    due: f64,
    /// Whether the world stands still.
    still: bool,
    /// The switch `restart` on the last tick.
    restart: bool,
}

impl System for LearnedWorld {
    const NAME: &'static str = "learned_world";
    const ABOUT: &'static str = "A learned simulator: a network that learned a world's step from its frames runs in its \
        place (Sanchez-Gonzalez et al. 2020; Stachenfeld et al. 2022).";
    const FAMILY: &'static str = "learned";
    const JUDGED: bool = false;
    const TEXTS: &'static [TextSpec] = super::file::TEXTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = WorldKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        open::open(texts).err().into_iter().collect()
    }

    fn new(params: &WorldKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (rollout, driving) = open::open(birth.texts)?.begin(birth.rng.named("world"));
        let seen = Observed::of(rollout.state(), rollout.layout());
        let painter = Painter::new(&seen);
        let (restart, still) = (params.restart, params.rate == 0.0);
        Ok(Self { rollout, driving, seen, painter, due: 0.0, still, restart })
    }

    fn step(&mut self, params: &WorldKnobs, env: &Env) {
        let again = params.restart && !self.restart;
        (self.restart, self.still) = (params.restart, params.rate == 0.0);
        if again {
            self.rollout.restart();
        }
        let touches = || env.touches.iter().filter(|t| brush::strength(t) != 0.0);
        touches().for_each(|touch| self.rollout.touch(touch, params));
        let given = self.driving.planes(|input| env.input(input));
        self.due += params.rate;
        let frames = self.due as u32;
        self.due -= f64::from(frames);
        let knobs = self.driving.knobs(&params.generic());
        (0..frames).for_each(|_| self.rollout.advance(&given, &knobs, params.damping));
        if again || frames > 0 || touches().next().is_some() {
            self.seen = Observed::of(self.rollout.state(), self.rollout.layout());
        }
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        self.painter.show(self.rollout.state(), &self.seen, self.rollout.layout(), port, view, into);
    }

    fn read(&self, readout: Readout) -> f32 {
        let value = match readout {
            Readout::Energy => self.seen.energy,
            Readout::Change if self.still => 0.0,
            Readout::Change => self.rollout.change(),
            Readout::Divergence => self.seen.divergence,
            Readout::Limited => self.rollout.limited() as f64,
        };
        value as f32
    }

    fn message(&self) -> Option<String> {
        let generic = WorldKnobs::default().generic().len();
        let notes: Vec<String> = self.rollout.notes().chain(self.driving.notes(generic)).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}
