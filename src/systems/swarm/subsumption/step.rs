//! One tick of the whole system.

use rayon::prelude::*;

use super::Subsumption;
use super::agents::{AgentBlock, Scratch, StackParams};
use super::behave::PreparedBehaviour;
use super::compiled::ticks;
use super::deposits::Deposits;
use super::grid::{BLOCK, Grid};
use super::knobs::{Border, Input, Knobs, Readout};
use super::perception::{Perception, ScentSensor};
use super::pheromones::Evaporation;
use super::steer::{Rotation, Vec2};
use world::brush::Brush;
use world::ports::Readouts as _;
use world::system::{Env, Touch};
use world::widest;

/// Time constant of the decay of fear of a touch, seconds.
const CALM: f32 = 2.0;

impl Subsumption {
    pub(super) fn tick(&mut self, p: &Knobs, env: &Env) {
        let dt = if env.dt > 0.0 { env.dt.clamp(1e-4, 1.0) } else { 1e-4 };
        let keep = |seconds: f32| libm::expf(-dt / seconds);
        self.prepare(p, env, dt);
        let mut blocks = std::mem::take(&mut self.blocks);
        {
            let now = self.now(p, env, dt);
            let orders = self.orders(&now, env, dt);
            let marks = &self.marks;
            blocks
                .par_iter_mut()
                .for_each_init(Scratch::default, |scratch, block| run(block, &now, &orders, marks, scratch));
        }
        self.food_field.serve(&mut blocks, 1.0 / p.portions, p.appetite);
        self.blocks = blocks;
        let fading = Evaporation { presence: keep(p.trail), scent: keep(p.evaporation), spread: p.diffusion };
        self.pheromones.update(self.grid, &mut self.marks, fading);
        self.pheromones.neighbours.gather(&mut self.marks, p.sight, self.grid.torus);
        self.pheromones.calm(keep(CALM));
        self.note(dt);
    }

    /// Reads touches and inputs.
    fn prepare(&mut self, p: &Knobs, env: &Env, dt: f32) {
        self.grid.torus = p.edge == Border::Torus;
        self.home_cells = Vec2::new(p.home_x * self.grid.w as f32, p.home_y * self.grid.h as f32);
        let reach = self.stack.layers.iter().map(|l| l.setting("radius")).fold(0.0, f32::max);
        self.terrain.update(self.grid, env.input(Input::Obstacle), p.solid, reach);
        self.terrain.push_out(self.grid, &mut self.blocks);
        env.touches.iter().for_each(|t| self.feel(t));
        let keep = libm::expf(-dt / p.odour);
        let left = self.food_field.update(self.grid, env.input(Input::Food), p.regrow * dt, keep);
        self.readings[Readout::FoodLeft.index()] = left;
    }

    /// A touch that gives drops food; one that takes causes fear, twice as far and at least a block and a half.
    fn feel(&mut self, touch: &Touch) {
        let (size, wraps) = ((self.grid.w, self.grid.h), [self.grid.torus; 2]);
        let brush = Brush::wrapping(touch, size, wraps);
        if brush.gives() {
            self.food_field.touch(&brush);
        } else if brush.takes() {
            let radius = (2.0 * touch.radius).max(1.5 * BLOCK as f32 / size.1 as f32);
            self.pheromones.touch(&Brush::wrapping(&Touch { radius, ..*touch }, size, wraps));
        }
    }

    /// What agents can perceive in this tick.
    pub(super) fn now<'a>(&'a self, p: &Knobs, env: &'a Env, dt: f32) -> Perception<'a> {
        let wired = |port: Input| env.input(port).map(|f| f.plane(0));
        let smell = |port: Input| wired(port).map_or(ScentSensor::None, ScentSensor::Fine);
        let [nest, trail] = &self.pheromones.scent;
        Perception {
            grid: self.grid,
            solid: self.terrain.solid(),
            near: self.terrain.near(),
            danger: wired(Input::Danger),
            fear: self.pheromones.afraid.then_some(&self.pheromones.fear[..]),
            flow: env.input(Input::Flow),
            drift: p.drift,
            nest,
            trail,
            food: &self.food_field.food,
            appetite: p.appetite,
            smells: [
                ScentSensor::Coarse(self.food_field.odour.data()),
                smell(Input::Danger),
                smell(Input::Obstacle),
                smell(Input::Scent),
                ScentSensor::Fine(trail),
                ScentSensor::Fine(nest),
                ScentSensor::Fine(&self.pheromones.presence),
                smell(Input::A),
                smell(Input::B),
            ],
            neighbours: self.pheromones.neighbours.blocks(),
            home: self.home_cells,
            home_radius: p.home_radius,
            cruise: p.speed * dt,
            most: Rotation::turns((p.agility * dt).min(0.5)),
            rng: env.rng,
            dt,
        }
    }

    /// The compiled stack with this tick's settings.
    pub(super) fn orders<'a>(&'a self, now: &Perception<'a>, env: &Env, dt: f32) -> StackParams<'a> {
        let layers = 0..self.stack.layers.len();
        StackParams {
            plan: &self.plan,
            ready: self.stack.layers.iter().map(|l| PreparedBehaviour::new(l, now)).collect(),
            on: layers.map(|l| env.switches.get(l).copied().unwrap_or(true)).collect(),
            suppress: self.plan.suppressors.iter().map(|n| ticks(n.seconds, dt)).collect(),
            inhibit: self.plan.inhibitors.iter().map(|n| ticks(n.seconds, dt)).collect(),
        }
    }

    /// Size and border.
    pub fn grid(&self) -> Grid {
        self.grid
    }
}

widest! {
    /// One block's tick.
    fn run(block: &mut AgentBlock, now: &Perception, orders: &StackParams, marks: &Deposits, scratch: &mut Scratch) {
        block.tick(now, orders, marks, scratch);
    }
}
