//! `synchrony`: oscillators that pull each other into step: fireflies that begin to blink together, metronomes, and
//! swarmalators, whose places and phases act on each other.
//!
//! Reading order: [`integrate`] (how time passes), the rules [`mean`] (all to all), [`near`] (neighbours) and [`pairs`]
//! (swarmalators), [`forcing`] and [`beat`] (the room's beat), [`natural`] (frequencies); [`crowd`] puts them together;
//! [`observe`], [`theory`] and [`cycles`] measure; [`lamps`], [`paint`], [`halo`] and [`mesh`] show.

pub mod beat;
pub mod crowd;
pub mod cycles;
pub mod flashes;
pub mod forcing;
mod halo;
pub mod integrate;
pub mod knobs;
mod lamps;
pub mod limits;
pub mod mean;
mod mesh;
pub mod natural;
pub mod near;
pub mod numbers;
pub mod observe;
mod outside;
mod paint;
pub mod pairs;
mod show;
#[cfg(test)]
mod tests;
pub mod theory;
mod touch;
pub mod waves;

use world::audible::Sounding;
use world::body::Body;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::View;

use crowd::Crowd;
use knobs::{Input, Motion, Output, Readout, SynchronyKnobs};
use outside::Outside;
use show::Scene;

/// J and K of the five states of swarmalators: static synchrony, static asynchrony, static, splintered and active phase wave
/// (O'Keeffe, Hong and Strogatz 2017).
pub const STATES: [(f64, f64); 5] = [(0.1, 1.0), (0.1, -1.0), (1.0, 0.0), (1.0, -0.1), (1.0, -0.75)];

/// Coupled oscillators; see the module.
pub struct Synchrony {
    crowd: Crowd,
    knobs: SynchronyKnobs,
    size: (usize, usize),
    rng: Rng,
    /// Length (0..1) and angle (radians) of the mean of e^{iθ}.
    order: (f64, f64),
    rainbow: [f64; 2],
    /// Mean frequency, Hz.
    rate: f32,
}

impl System for Synchrony {
    const NAME: &'static str = "synchrony";
    const ABOUT: &'static str = "Coupled oscillators that fall into step: fireflies (Kuramoto 1975) and swarmalators, which swarm as \
        well (O'Keeffe, Hong and Strogatz 2017).";
    const FAMILY: &'static str = "swarm";
    const WARM_UP: u64 = 300;
    const REDRAWN: bool = true;
    const SOUNDINGS: &'static [&'static str] = flashes::SORTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = SynchronyKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        let number = ("number", 400.0 + 1600.0 * rng.unit64(0));
        if rng.below(1, 2) == 0 {
            return vec![number, ("motion", 0.0), ("reach", 0.08 + 0.12 * rng.unit64(2)), ("coupling", 1.6)];
        }
        let (affinity, coupling) = STATES[rng.below(3, STATES.len() as u64) as usize];
        let still = [("frequency", 0.0), ("spread", 0.0), ("pulse", 0.0), ("pace", 4.0)];
        let law = [number, ("motion", 1.0), ("affinity", affinity), ("coupling", coupling)];
        law.into_iter().chain(still).collect()
    }

    fn new(knobs: &SynchronyKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let aspect = birth.width as f32 / birth.height as f32;
        let mut new = Self {
            crowd: Crowd::new(knobs, aspect, birth.rng),
            knobs: knobs.clone(),
            size: (birth.width, birth.height),
            rng: birth.rng.named("lamp"),
            order: (0.0, 0.0),
            rainbow: [0.0; 2],
            rate: 0.0,
        };
        new.observe(0.0);
        Ok(new)
    }

    fn step(&mut self, knobs: &SynchronyKnobs, env: &Env) {
        self.knobs = SynchronyKnobs { motion: self.crowd.motion, ..knobs.clone() };
        let seconds = env.dt.clamp(0.0, 0.25);
        let places = [&self.crowd.places[0][..], &self.crowd.places[1]];
        let does_move = self.crowd.motion == Motion::Swarmalators;
        let outside = Outside::read(env, &self.knobs, places, does_move);
        let Crowd { state, places: [u, v], .. } = &mut self.crowd;
        for (i, touch) in env.touches.iter().enumerate() {
            let rng = env.rng.named("scramble").fork(i as u64);
            touch::apply(&mut state.theta, |i| [u[i], v[i]], touch, self.size, rng);
        }
        self.crowd.step(&self.knobs, &outside, seconds);
        self.observe(seconds);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        self.scene().show(port, view, into);
    }

    fn read(&self, readout: Readout) -> f32 {
        match readout {
            Readout::R => self.order.0 as f32,
            Readout::MeanPhase => (self.order.1 / core::f64::consts::TAU) as f32,
            Readout::Rate => self.rate,
            Readout::SPlus => self.rainbow[0] as f32,
            Readout::SMinus => self.rainbow[1] as f32,
            Readout::Cycling => self.crowd.cycles.share(),
            Readout::Speed => self.crowd.speed,
            Readout::Flashes => self.crowd.flashes.len() as f32,
        }
    }

    fn message(&self) -> Option<String> {
        limits::message(&self.knobs, self.crowd.count(), self.size.0 as f32 / self.size.1 as f32)
    }

    fn bodies(&self, port: Output, into: &mut Vec<Body>) {
        self.scene().bodies(port, into);
    }

    fn soundings(&self, into: &mut Vec<Sounding>) {
        let (scene, cells) = (self.scene(), self.size.1 as f32);
        let who = |i: usize| {
            let radius = scene.radius(i);
            (self.crowd.place(i), scene.brightness(i), radius * cells)
        };
        into.extend(flashes::soundings(&self.crowd.flashes, who));
    }
}

impl Synchrony {
    /// The oscillators.
    pub fn crowd(&self) -> &Crowd {
        &self.crowd
    }

    fn scene(&self) -> Scene<'_> {
        Scene { crowd: &self.crowd, knobs: &self.knobs, size: self.size, rng: self.rng }
    }

    fn observe(&mut self, seconds: f32) {
        let (state, [u, v]) = (&self.crowd.state, &self.crowd.places);
        self.order = observe::order(&state.theta);
        let aspect = self.size.0 as f32 / self.size.1 as f32;
        self.rainbow = observe::rainbow(u, v, aspect, &state.theta);
        self.rate = if seconds > 0.0 { self.crowd.way / (core::f32::consts::TAU * seconds) } else { 0.0 };
    }
}
