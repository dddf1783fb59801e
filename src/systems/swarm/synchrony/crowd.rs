//! The crowd: its oscillators, and a tick of their time.

use core::f32::consts::TAU;

use rayon::prelude::*;

use super::beat::Beat;
use super::cycles::Cycles;
use super::flashes::{self, Flash};
use super::forcing::Forcing;
use super::integrate::{Scratch, State, advance};
use super::knobs::{Motion, SynchronyKnobs};
use super::limits;
use super::mean::{Mean, Work};
use super::natural::{self, Distribution};
use super::near::{Near, NearWork, Places};
use super::numbers::Numbers;
use super::outside::Outside;
use super::pairs::{Law, PairWork, Pairs};
use super::waves::TASK;
use world::rng::Rng;

/// Farthest that a swarmalator is from the middle, units of length.
const FARTHEST: f32 = 1e3;

/// Oscillators and all that is known of them.
pub struct Crowd {
    /// Whether they move.
    pub motion: Motion,
    /// Phases, 0..2π, and where they are if they move.
    pub state: State<f32>,
    /// Places, fractions of the world.
    pub places: [Vec<f32>; 2],
    /// Who blinked in the last tick.
    pub flashes: Vec<Flash>,
    /// Turns relative to the mean.
    pub cycles: Cycles,
    /// What is heard of the beat.
    pub beat: Beat,
    /// Mean way of a phase in the last tick, radians.
    pub way: f32,
    /// Mean speed in the last tick, units of length per unit of time.
    pub speed: f32,
    /// Width of the world, heights.
    aspect: f32,
    shares: Vec<f32>,
    deviations: Vec<f32>,
    distribution: Distribution,
    numbers: Numbers,
    omega: Vec<f32>,
    neighbours: Places<f32>,
    before: State<f32>,
    memory: Memory,
}

#[derive(Default)]
struct Memory {
    scratch: Scratch<f32>,
    mean: Work<f32>,
    near: NearWork<f32>,
    pairs: PairWork<f32>,
}

impl Crowd {
    /// Scattered, in random phases.
    pub fn new(knobs: &SynchronyKnobs, aspect: f32, rng: Rng) -> Self {
        let n = limits::number(knobs);
        let (phases, across, down) = (rng.named("phase"), rng.named("across"), rng.named("down"));
        let list = |of: &dyn Fn(u64) -> f32| (0..n as u64).map(of).collect::<Vec<f32>>();
        let theta = list(&|i| flashes::wrapped(TAU * phases.unit(i)));
        let mut new = Self {
            motion: knobs.motion,
            state: State { theta, ..State::default() },
            places: [list(&|i| across.unit(i)), list(&|i| down.unit(i))],
            flashes: Vec::new(),
            cycles: Cycles::new(n),
            beat: Beat::default(),
            way: 0.0,
            speed: 0.0,
            aspect,
            shares: natural::shares(n, rng.named("frequency")),
            deviations: Vec::new(),
            distribution: knobs.distribution,
            numbers: Numbers::default(),
            omega: Vec::new(),
            neighbours: Places::default(),
            before: State::default(),
            memory: Memory::default(),
        };
        new.deviations = natural::deviations(knobs.distribution, &new.shares);
        if knobs.motion == Motion::Swarmalators {
            // As published: in a square of two units.
            let side = |list: &[f32]| list.iter().map(|u| 2.0 * u - 1.0).collect();
            (new.state.x, new.state.y) = (side(&new.places[0]), side(&new.places[1]));
            new.settle(knobs, 0.0);
        }
        new
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.state.theta.len()
    }

    /// Place of one, fractions of the world.
    pub fn place(&self, who: usize) -> [f32; 2] {
        [self.places[0][who], self.places[1][who]]
    }

    /// A tick of `seconds`, under what acts from outside.
    pub fn step(&mut self, knobs: &SynchronyKnobs, outside: &Outside, seconds: f32) {
        self.beat.hear(knobs.beat, knobs.beat_kind, seconds as f64);
        self.tune(knobs, &outside.light);
        let time = knobs.pace * seconds;
        let (method, steps) = limits::steps(knobs, self.count());
        let knobs = &SynchronyKnobs { method, ..knobs.clone() };
        let forcing = self.beat.forcing(knobs.beat_gain, (knobs.beats, knobs.frequency), knobs.pace);
        self.flashes.clear();
        let (mut way, start) = (0.0, [self.state.x.clone(), self.state.y.clone()]);
        for k in 0..steps {
            let (length, from) = (1.0 / steps as f32, k as f32 / steps as f32);
            self.before.theta.clone_from(&self.state.theta);
            self.advance(knobs, forcing, &outside.wind, [from * time, length * time]);
            let (theta, wound) = (&mut self.state.theta, &mut self.cycles.wound);
            way += flashes::wrap(theta, &self.before.theta, (from, length), wound, &mut self.flashes);
        }
        self.cycles.take(time as f64, way);
        self.way = (way / self.count() as f64) as f32;
        self.speed = if time > 0.0 { self.moved(&start) / time } else { 0.0 };
        if self.motion == Motion::Swarmalators {
            self.settle(knobs, seconds);
        }
    }

    /// Natural frequencies, radians per unit of time.
    fn tune(&mut self, knobs: &SynchronyKnobs, light: &[f32]) {
        if self.distribution != knobs.distribution {
            self.distribution = knobs.distribution;
            self.deviations = natural::deviations(knobs.distribution, &self.shares);
        }
        self.omega.resize(self.deviations.len(), 0.0);
        let pairs = self.omega.par_iter_mut().zip(&self.deviations).with_min_len(TASK);
        pairs.for_each(|(omega, deviation)| *omega = TAU * (knobs.frequency + knobs.spread * deviation));
        self.omega.iter_mut().zip(light).for_each(|(omega, light)| *omega += TAU * light);
    }

    fn advance(
        &mut self,
        knobs: &SynchronyKnobs,
        beat: Forcing<f32>,
        wind: &[Vec<f32>; 2],
        [time, dt]: [f32; 2],
    ) {
        let reach = limits::reach(knobs, self.count(), self.aspect);
        if self.motion == Motion::Still && reach > 0.0 {
            self.sort(reach);
        }
        let Self { state, omega, numbers, neighbours: places, .. } = self;
        let Memory { scratch, mean, near, pairs } = &mut self.memory;
        let (coupling, method) = (knobs.coupling, knobs.method);
        match self.motion {
            Motion::Swarmalators => {
                let (law, drift) = (Law::new(knobs.affinity, coupling), [&wind[0][..], &wind[1]]);
                let mut rule = Pairs { law, omega, drift, beat, numbers, work: pairs };
                advance(&mut rule, state, (time, dt), method, scratch);
                let bound = |v: &mut f32| *v = v.clamp(-FARTHEST, FARTHEST);
                state.x.iter_mut().chain(&mut state.y).for_each(bound);
            }
            Motion::Still if reach > 0.0 => {
                let mut rule = Near { coupling, omega, beat, places, work: near };
                advance(&mut rule, state, (time, dt), method, scratch);
            }
            Motion::Still => {
                let mut rule = Mean { coupling, omega, beat, numbers, work: mean };
                advance(&mut rule, state, (time, dt), method, scratch);
            }
        }
    }

    /// Sorts the places, if the reach has changed.
    fn sort(&mut self, reach: f32) {
        if self.neighbours.reach() != reach {
            let across: Vec<f32> = self.places[0].iter().map(|u| u * self.aspect).collect();
            let numbers: Vec<u32> = (0..self.count() as u32).collect();
            let extent = [self.aspect, 1.0];
            self.neighbours.sort((&across, &self.places[1]), &numbers, extent, reach);
        }
    }

    /// Mean way since places, units of length.
    fn moved(&self, start: &[Vec<f32>; 2]) -> f32 {
        let ways = (0..self.state.x.len()).map(|i| {
            let (dx, dy) = (self.state.x[i] - start[0][i], self.state.y[i] - start[1][i]);
            (dx * dx + dy * dy).sqrt() as f64
        });
        (ways.fold(0.0, |sum, way| sum + way) / self.count() as f64) as f32
    }

    /// Draws the middle of the swarm home, and says where all are in the world.
    fn settle(&mut self, knobs: &SynchronyKnobs, seconds: f32) {
        let share = 1.0 - libm::expf(-knobs.home * seconds);
        let widths = [self.aspect, 1.0];
        for (axis, list) in [&mut self.state.x, &mut self.state.y].into_iter().enumerate() {
            let middle = (list.iter().map(|&v| v as f64).sum::<f64>() / list.len() as f64) as f32;
            list.iter_mut().for_each(|v| *v -= share * middle);
            let place = |v: &f32| 0.5 + knobs.scale * v / widths[axis];
            self.places[axis].iter_mut().zip(&*list).for_each(|(into, v)| *into = place(v));
        }
    }
}
