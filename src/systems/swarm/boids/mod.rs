//! `boids`: flocks (Reynolds 1987), with metric or topological neighbours (Ballerini et al. 2008), and Vicsek's model (1995).
//!
//! Each tick bodies are sorted into cells ([`flock`]), each sums up what it senses of the others ([`sense`], or
//! [`topological`] for the nearest few), steers ([`steer`]) by that and by its [`surroundings`], and moves.

mod company;
pub mod flock;
mod fly;
mod hunt;
pub mod knobs;
mod light;
mod lists;
mod predator;
mod sampled;
mod sense;
mod show;
mod steer;
pub mod sums;
mod surroundings;
#[cfg(test)]
mod tests;
mod topological;
mod vector;
pub mod vicsek;

use flock::{Flock, Sight};
use fly::fly;
use knobs::{BoidKnobs, Border, Input, Model, Output, Readout};
use light::Light;
use predator::Predator;
use surroundings::{Hand, Surroundings};

use world::body;
use world::field::Field;
use world::ports::Readouts as _;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::View;

/// The system: see the module's documentation.
pub struct Boids {
    size: (usize, usize),
    torus: bool,
    flock: Flock<f32>,
    predators: Vec<Predator>,
    solid: Vec<u8>,
    light: Light,
    top: f32,
    rng: Rng,
    readings: [f32; Readout::COUNT],
}

impl System for Boids {
    const NAME: &'static str = "boids";
    const ABOUT: &'static str = "Flocks: separation, alignment and cohesion (Reynolds 1987), of all in sight or the nearest seven (Ballerini et \
                                 al. 2008), with predators; Vicsek's model (1995).";
    const FAMILY: &'static str = "swarm";
    const WARM_UP: u64 = 150;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = BoidKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        let among = |k: u64, low: f64, high: f64| low + (high - low) * rng.unit64(k);
        vec![
            ("boids", libm::floor(libm::pow(10.0, among(0, 2.6, 4.0)))),
            ("predators", libm::floor(3.0 * among(1, 0.0, 1.0) * among(2, 0.0, 1.0))),
            ("nearest", if rng.unit(3) < 0.3 { 7.0 } else { 0.0 }),
            ("fade", libm::pow(10.0, among(4, -1.2, 0.3))),
        ]
    }

    fn coarsened(knobs: Self::Params, factor: usize) -> Self::Params {
        let by = 1.0 / factor as f32;
        BoidKnobs {
            boids: (knobs.boids / (factor * factor) as u32).max(1),
            radius: (knobs.radius * by).max(1.0),
            distance: knobs.distance * by,
            speed: knobs.speed * by,
            force: (knobs.force * by).max(1.0),
            fear: knobs.fear * by,
            drift: knobs.drift * by,
            ..knobs
        }
    }

    fn new(knobs: &BoidKnobs, context: &InitContext) -> Result<Self, Fault> {
        let size = (context.width, context.height);
        let rng = context.rng.named("bodies");
        let body = |i: u32| {
            let r = rng.fork(i as u64);
            let (sin, cos) = libm::sincosf(r.unit(2) * std::f32::consts::TAU);
            let place = [r.unit(0) * size.0 as f32, r.unit(1) * size.1 as f32];
            (place.map(|p| p.max(0.0)), [knobs.speed * cos, knobs.speed * sin])
        };
        Ok(Self {
            size,
            torus: knobs.edge == Border::Torus,
            flock: Flock::new((0..knobs.boids).map(body)),
            predators: Vec::new(),
            solid: Vec::new(),
            light: Light::new(size),
            top: knobs.speed,
            rng: context.rng.named("predators"),
            readings: [0.0; Readout::COUNT],
        })
    }

    fn step(&mut self, knobs: &BoidKnobs, env: &Env) {
        self.torus = knobs.edge == Border::Torus;
        self.top = knobs.speed.max(1e-3);
        self.solid.clear();
        if let Some(field) = env.input(Input::Obstacle) {
            self.solid.extend(field.plane(0).iter().map(|&v| (v > 0.5) as u8));
        }
        let have = self.predators.len().min(knobs.predators as usize);
        self.predators.truncate(have);
        let new = (have as u64..knobs.predators as u64).map(|i| Predator::new(self.size, self.rng.fork(i)));
        self.predators.extend(new);
        self.sense(knobs);
        let predators = std::mem::take(&mut self.predators);
        let around = Surroundings {
            size: self.size,
            torus: self.torus,
            predators: &predators,
            hands: env.touches.iter().filter_map(|t| Hand::of(t, self.size)).collect(),
            lure: env.input(Input::Lure),
            wind: env.input(Input::Wind),
            solid: (!self.solid.is_empty()).then_some(&self.solid[..]),
        };
        let flown = fly(&mut self.flock, &around, knobs, env);
        let prey = (&self.flock.x[..], &self.flock.y[..]);
        self.predators = predators.iter().map(|p| p.hunted(prey, &around, knobs, env.dt)).collect();
        self.light.update(&self.flock, libm::expf(-env.dt / knobs.fade), flown.farthest, self.torus);
        self.observe(flown.fleeing);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        self.show_port(port, view, into);
    }

    fn bodies(&self, port: Output, into: &mut Vec<body::Body>) {
        if port == Output::Boids {
            let places = self.flock.x.iter().zip(&self.flock.y);
            into.extend(places.map(|(x, y)| body::Body::around([*x, *y], [0.5; 2], self.size)));
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        self.readings[readout.index()]
    }

    fn message(&self) -> Option<String> {
        let crowded = "too many are in sight of each other: each feels a sample of them (a smaller radius or fewer boids)";
        self.flock.sampled.then(|| crowded.into())
    }
}

impl Boids {
    /// Each sums up what it senses of the others.
    fn sense(&mut self, knobs: &BoidKnobs) {
        let extent = [self.size.0 as f32, self.size.1 as f32];
        let separation = if knobs.model == Model::Vicsek { 0.0 } else { knobs.distance };
        let sight = Sight { radius: knobs.radius, separation, nearest: knobs.nearest as usize };
        self.flock.sense(extent, [self.torus; 2], sight);
    }

    /// Sums up a tick, in the order of the cells, which does not depend on how bodies were stored.
    fn observe(&mut self, fleeing: u32) {
        let n = self.flock.len().max(1) as f64;
        let (mut heading, mut pace, mut neighbours) = ([0f64; 2], 0f64, 0f64);
        for (i, sums) in self.flock.sums.iter().enumerate() {
            let v = [self.flock.u[i] as f64, self.flock.v[i] as f64];
            let speed = (v[0] * v[0] + v[1] * v[1]).sqrt();
            if speed > 0.0 {
                heading = [heading[0] + v[0] / speed, heading[1] + v[1] / speed];
            }
            (pace, neighbours) = (pace + speed, neighbours + sums.count as f64);
        }
        let order = (heading[0] * heading[0] + heading[1] * heading[1]).sqrt() / n;
        self.readings[Readout::Order.index()] = order as f32;
        self.readings[Readout::Pace.index()] = (pace / n) as f32 / self.top;
        self.readings[Readout::Neighbours.index()] = (neighbours / n) as f32;
        self.readings[Readout::Alarm.index()] = fleeing as f32 / n as f32;
    }
}
