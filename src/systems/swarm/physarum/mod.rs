//! `physarum`: slime mould (Jones 2010, "Characteristics of pattern formation and evolution in approximations of Physarum
//! transport networks"): agents follow the trails that they leave, and veins grow, thin out and join.
//!
//! Up to three species each have their own [`trail`]; what [`agents`] of one follow is its [`scent`], in which the trails
//! of the others, food and light count, too. [`textbook`] runs one species in f64, for checks.

pub mod agents;
mod block;
pub mod knobs;
pub mod law;
mod observe;
mod scent;
mod show;
mod start;
#[cfg(test)]
mod tests;
pub mod textbook;
pub mod trail;

use agents::Agents;
use knobs::{Border, Input, Output, PhysarumKnobs, Readout};
use law::{Chance, Ground};
use scent::{Pull, follow};
use trail::Trail;

use world::brush::Brush;
use world::field::Field;
use world::ports::Readouts as _;
use world::rng::Rng;
use world::stencil::Boundary;
use world::system::{Env, Fault, InitContext, System, Touch};
use world::view::View;

/// A species: its agents, its trail and what they follow.
struct Species {
    agents: Agents<f32>,
    trail: Trail<f32>,
    scent: Vec<f32>,
    /// What its trail would be everywhere if it were even.
    mean: f32,
}

/// The system: see the module's documentation.
pub struct Physarum {
    size: (usize, usize),
    species: Vec<Species>,
    solid: Vec<u8>,
    torus: bool,
    readings: [f32; Readout::COUNT],
}

/// Chance in a world: random numbers by agent.
struct Drawn(Rng);

impl Chance<f32> for Drawn {
    #[inline(always)]
    fn clockwise(&self, agent: u64) -> bool {
        self.0.bits(agent) >> 63 != 0
    }
    #[inline(always)]
    fn anywhere(&self, agent: u64) -> [f32; 2] {
        let (sin, cos) = libm::sincosf(self.0.named("anywhere").unit(agent) * std::f32::consts::TAU);
        [cos, sin]
    }
}

impl System for Physarum {
    const NAME: &'static str = "physarum";
    const ABOUT: &'static str = "Slime mould: agents that follow the trails they leave, in up to three species that seek or shun each other \
                                 (Jones 2010).";
    const FAMILY: &'static str = "swarm";
    const WARM_UP: u64 = 150;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = PhysarumKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        let among = |k: u64, low: f64, high: f64| low + (high - low) * rng.unit64(k);
        vec![
            ("agents", libm::floor(libm::pow(10.0, among(0, 3.6, 4.7)))),
            ("species", 1.0 + rng.below(1, 3) as f64),
            ("start", rng.below(2, 3) as f64),
            ("sensor_angle", among(3, 12.0, 70.0)),
            ("sensor_distance", among(4, 4.0, 20.0)),
            ("turn_angle", among(5, 12.0, 70.0)),
            ("decay", among(6, 0.04, 0.25)),
            ("others", among(7, -1.0, 0.5)),
        ]
    }

    fn coarsened(knobs: Self::Params, factor: usize) -> Self::Params {
        let by = 1.0 / factor as f32;
        PhysarumKnobs {
            agents: (knobs.agents / (factor * factor) as u32).max(1),
            step: knobs.step * by,
            sensor_distance: knobs.sensor_distance * by,
            sensor_distance_2: knobs.sensor_distance_2 * by,
            sensor_distance_3: knobs.sensor_distance_3 * by,
            ..knobs
        }
    }

    fn new(knobs: &PhysarumKnobs, context: &InitContext) -> Result<Self, Fault> {
        let size = (context.width, context.height);
        let count = (knobs.species as usize).min(knobs.agents as usize);
        let species = (0..count).map(|s| Species {
            agents: start::agents(knobs, (s, count), size, context.rng.named("agents")),
            trail: Trail::new(size),
            scent: Vec::new(),
            mean: 0.0,
        });
        let mut new = Self {
            size,
            species: species.collect(),
            solid: Vec::new(),
            torus: knobs.edge == Border::Torus,
            readings: [0.0; Readout::COUNT],
        };
        new.weigh(knobs);
        Ok(new)
    }

    fn step(&mut self, knobs: &PhysarumKnobs, env: &Env) {
        self.torus = knobs.edge == Border::Torus;
        self.weigh(knobs);
        env.touches.iter().for_each(|touch| self.touch(touch));
        self.solid.clear();
        if let Some(field) = env.input(Input::Obstacle) {
            self.solid.extend(field.plane(0).iter().map(|&v| (v > 0.5) as u8));
        }
        for step in 0..knobs.steps as u64 {
            self.once(knobs, env, env.rng.fork(step));
        }
        self.observe();
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        self.show_port(port, view, into);
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readings[readout.index()]
    }
}

impl Physarum {
    /// What each trail would be everywhere if it were even.
    fn weigh(&mut self, knobs: &PhysarumKnobs) {
        let cells = (self.size.0 * self.size.1) as f32;
        for (s, species) in self.species.iter_mut().enumerate() {
            let left = species.agents.len() as f32 * knobs.law(s).1 / cells;
            species.mean = (left * (1.0 - knobs.decay) / knobs.decay).max(1e-6);
        }
    }

    /// One step of all species, which sense what was there before it.
    fn once(&mut self, knobs: &PhysarumKnobs, env: &Env, rng: Rng) {
        let plain = |port: Input| env.input(port).map(|f| f.plane(0));
        let pull = Pull {
            others: knobs.others,
            pursuit: knobs.pursuit,
            food: plain(Input::Food).map(|f| (f, knobs.appetite)),
            light: plain(Input::Light).map(|f| (f, knobs.shyness)),
        };
        let follows_own = self.species.len() == 1 && pull.food.is_none() && pull.light.is_none();
        if !follows_own {
            let trails: Vec<(&[f32], f32)> =
                self.species.iter().map(|s| (&s.trail.now[..], s.mean)).collect();
            let scents: Vec<Vec<f32>> =
                (0..trails.len()).map(|s| follow(&trails, s, &pull, self.size.0)).collect();
            self.species.iter_mut().zip(scents).for_each(|(species, scent)| species.scent = scent);
        }
        let solid = (!self.solid.is_empty()).then_some(&self.solid[..]);
        for (s, species) in self.species.iter_mut().enumerate() {
            let (law, deposit) = knobs.law(s);
            let Species { agents, trail, scent, .. } = species;
            let ground = Ground {
                size: self.size,
                torus: self.torus,
                scent: if follows_own { &trail.now } else { scent },
                solid,
                reach: plain(Input::Sight),
                bend: plain(Input::Bend),
            };
            agents.step(&law, &ground, &Drawn(rng.named("chance").fork(s as u64)), &trail.marks);
            trail.settle(deposit, knobs.decay, self.torus);
        }
    }

    /// A hand lays a trail of every species, or wipes it away.
    fn touch(&mut self, touch: &Touch) {
        let boundary = if self.torus { Boundary::Periodic } else { Boundary::NoFlux };
        let brush = Brush::of(touch, self.size, boundary);
        for species in &mut self.species {
            let (goal, amount) =
                (if brush.gives() { 12.0 * species.mean } else { 0.0 }, 0.3 * brush.amount());
            brush.paint(&mut species.trail.now, |_, _, value, weight| {
                *value += amount * weight * (goal - *value);
            });
        }
    }
}
