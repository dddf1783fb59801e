//! Free-surface water: particles that carry their velocity and its gradient, on a staggered grid that makes it free of
//! divergence (APIC: Jiang, Schroeder, Selle, Teran and Stomakhin 2015).
//!
//! Reading order: [`grid`] (cells, faces, sides), [`particle`] and [`sort`], [`splat`] (from particles to the grid),
//! [`cells`] (what is liquid) and [`faces`] (velocity), [`solids`] with [`distance`], [`pressure`] with [`regions`],
//! [`viscosity`] and [`tension`], [`gather`] (back to particles), [`tank`] (one step of all); then `start`, `source`,
//! [`colours`], [`sound`], [`light`], [`behind`], [`shade`] and [`picture`], and this file, which gives it knobs
//! ([`params`]), inputs and outputs ([`ports`]), and touch.

use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, Sounding, System};
use world::view::{Sampling, View};

pub mod behind;
pub mod cells;
pub mod colours;
pub mod distance;
pub mod faces;
pub mod gather;
pub mod grid;
mod hue;
pub mod light;
mod observe;
pub mod params;
pub mod particle;
pub mod picture;
pub mod ports;
pub mod pressure;
pub mod regions;
pub mod shade;
pub mod solids;
pub mod sort;
pub mod sound;
mod source;
pub mod splat;
mod start;
pub mod tank;
pub mod tension;
#[cfg(test)]
mod tests;
pub mod viscosity;

use colours::Colours;
use faces::Acceleration;
use gather::Landing;
use observe::Figures;
pub use params::LiquidKnobs;
use particle::Particle;
pub use ports::{Input, Output, Readout};
use sound::Ear;
use source::Faucet;
use tank::{Rules, Tank};

/// Most cells; each takes up to 200 bytes.
const MOST_CELLS: usize = 1 << 24;
/// Longest tick, s.
const LONGEST_TICK: f32 = 0.05;
/// Shortest flight of a drop that is drawn by itself, s.
const SEEN: f32 = 0.04;
/// Greatest acceleration by the input, heights/s².
const FORCE_LIMIT: f32 = 20.0;

/// The liquid.
pub struct Liquid {
    tank: Tank,
    colours: Colours,
    ear: Ear,
    /// Particles in flight, from the top down.
    drops: Vec<Particle>,
    figures: Figures,
    forces: Acceleration,
    /// Clarity in cells, and backdrop.
    look: [f32; 2],
    /// Length of the last tick, s.
    tick: f32,
    /// Time of the liquid, s.
    seconds: f64,
    message: Option<String>,
    /// Particles that the start wanted and had, if those were fewer.
    cut: Option<[usize; 2]>,
    /// Where the springs are.
    places: Rng,
}

impl System for Liquid {
    const NAME: &'static str = "liquid";
    const ABOUT: &'static str = "Free-surface water in several colours that mix: particles on a grid (APIC, Jiang et \
        al. 2015), with obstacles, sources and drains, foam and bubbles.";
    const FAMILY: &'static str = "gas";
    const WARM_UP: u64 = 60;
    const SOUNDINGS: &'static [&'static str] = sound::SORTS;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = LiquidKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        params::habitat(rng)
    }

    fn new(knobs: &LiquidKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (w, h) = (birth.width, birth.height);
        if w.saturating_mul(h) > MOST_CELLS {
            let most = format!("{w}×{h} cells are too many for the liquid; it takes up to {MOST_CELLS}");
            return Err(Fault::at("size", most));
        }
        let mut tank = Tank::new(knobs.grid((w, h)));
        let (particles, wanted) = start::particles(knobs, &tank.grid, birth.rng.named("start"));
        let cut = wanted.map(|wanted| [wanted, particles.len()]);
        *tank.sorted.all_mut() = particles;
        tank.settle();
        let colours = Colours::new(&tank.grid);
        let mut new = Self {
            colours,
            ear: Ear::new(),
            drops: Vec::new(),
            figures: Figures::default(),
            forces: Acceleration { gravity: [0.0; 2], field: Vec::new() },
            look: [knobs.clarity * h as f32, knobs.backdrop],
            tick: 0.0,
            seconds: 0.0,
            message: None,
            cut,
            places: birth.rng.named("springs"),
            tank,
        };
        new.look_at(knobs, &[], 0.0);
        new.message = new.tell_cut(knobs);
        Ok(new)
    }

    fn step(&mut self, knobs: &LiquidKnobs, env: &Env) {
        // Within the pool, so that no part waits for it to wake.
        rayon::scope(|_| self.step_within(knobs, env));
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let (tank, [across, down]) = (&self.tank, self.tank.grid.wraps());
        if port == Output::Picture {
            let scene = picture::Scene {
                grid: &tank.grid,
                fill: &tank.cells.fill,
                colours: &self.colours,
                drops: &self.drops,
                clarity: self.look[0],
                backdrop: self.look[1],
            };
            return scene.draw(view, into);
        }
        let sampling = if across && down { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        let source = observe::Source { tank, colours: &self.colours, tick: self.tick };
        view.project(into, (tank.grid.w, tank.grid.h), sampling, |plane, y, row| {
            source.show(port, plane, y, row);
        });
    }

    fn read(&self, readout: Readout) -> f32 {
        let f = &self.figures;
        match readout {
            Readout::Volume => f.volume,
            Readout::Kinetic => f.kinetic,
            Readout::Splash => f.splash,
            Readout::Bubbles => self.ear.rate,
            Readout::Residual => f.residual,
            Readout::Particles => self.tank.sorted.all().len() as f32,
        }
    }

    fn message(&self) -> Option<String> {
        self.message.clone()
    }

    fn soundings(&self, into: &mut Vec<Sounding>) {
        into.extend_from_slice(&self.ear.heard);
    }
}

impl Liquid {
    /// The liquid alone.
    pub fn tank(&self) -> &Tank {
        &self.tank
    }

    fn step_within(&mut self, knobs: &LiquidKnobs, env: &Env) {
        let height = self.tank.grid.h as f32;
        self.tick = env.dt.clamp(0.0, LONGEST_TICK);
        let dt = self.tick * knobs.pace;
        self.look = [knobs.clarity * height, knobs.backdrop];
        self.tank.set_grid(knobs.grid((self.tank.grid.w, self.tank.grid.h)));
        let refused = self.pour(knobs, env, dt);
        self.push(knobs, env.input(Input::Force));
        let most = knobs.substeps as usize;
        let steps = self.tank.steps(dt, most);
        let part = dt / steps as f32;
        let rules = self.rules(knobs, part);
        let (mut landings, mut limited) = (Vec::new(), 0);
        let mut figures = Figures { residual: 0.0, ..self.figures };
        for step in 0..steps {
            let seconds = self.seconds + (step as f32 * part) as f64;
            self.forces.gravity = knobs.gravity_at(seconds).map(|g| g * height);
            let report = self.tank.step(&rules, &self.forces, part);
            limited += report.limited;
            figures.take(&report, &self.tank, height);
            let at = (step as f32 + 0.5) / steps as f32;
            landings.extend(report.landings.iter().map(|l| (at, *l)));
        }
        self.seconds += dt as f64;
        self.figures = figures;
        self.dye(knobs, env, dt);
        self.look_at(knobs, &landings, dt);
        self.message = self.tell(knobs, refused, limited, part);
    }

    /// Sources, drains, obstacles and touches. Returns how many particles there was no room for.
    fn pour(&mut self, knobs: &LiquidKnobs, env: &Env, dt: f32) -> usize {
        let [obstacle, velocity] = [Input::Obstacle, Input::ObstacleVelocity].map(|i| env.input(i));
        let tank = &mut self.tank;
        let changed = tank.solids.update(&tank.grid, obstacle, velocity, knobs.threshold, self.tick);
        let mut faucet = Faucet::new(tank, knobs, env, dt);
        let mut took = false;
        if let Some(source) = env.input(Input::Source) {
            took |= faucet.field(source, env.input(Input::Dye));
        }
        faucet.springs(self.places);
        faucet.fountain();
        for touch in env.touches {
            took |= faucet.touch(touch, self.tick);
        }
        let refused = faucet.refused;
        if faucet.finish(took) || changed {
            self.tank.settle();
        }
        refused
    }

    /// Acceleration by the input.
    fn push(&mut self, knobs: &LiquidKnobs, force: Option<&Field>) {
        let grid = self.tank.grid;
        self.forces.field.clear();
        let Some(force) = force else { return };
        self.forces.field.resize(grid.len(), [0.0; 2]);
        let limit = |v: f32| (knobs.force_gain * v).clamp(-FORCE_LIMIT, FORCE_LIMIT) * grid.h as f32;
        for y in 0..grid.h {
            let rows = force.row(0, y).iter().zip(force.row(1, y));
            let into = self.forces.field[grid.row(y)].iter_mut();
            into.zip(rows).for_each(|(into, (u, v))| *into = [limit(*u), limit(*v)]);
        }
        grid::fill_ghosts(&grid, &mut self.forces.field);
    }

    fn rules(&self, knobs: &LiquidKnobs, dt: f32) -> Rules {
        let height = self.tank.grid.h as f32;
        // Half of free fall over a third of the height, beyond what gravity alone changes in a step.
        let fall = libm::sqrtf(knobs.gravity.max(0.1) * 0.6) * height;
        let own = 3.0 * knobs.gravity * height * dt;
        Rules {
            viscosity: knobs.viscosity * height * height,
            tension: knobs.tension * height * height * height,
            affinity: 1.0,
            foaming: [own + 0.12 * fall, own + 0.5 * fall],
            foam: knobs.foam,
        }
    }

    fn dye(&mut self, knobs: &LiquidKnobs, env: &Env, dt: f32) {
        let tank = &mut self.tank;
        if let Some(dye) = env.input(Input::Dye) {
            colours::inject(&tank.grid, tank.sorted.all_mut(), dye, knobs.inject);
        }
        self.colours.collect(&tank.grid, &tank.sorted, &tank.cells, &tank.solids);
        let share = 1.0 - libm::expf(-knobs.mixing * dt);
        self.colours.mix(&tank.grid, tank.sorted.all_mut(), share);
    }

    /// What is seen and heard after a tick.
    fn look_at(&mut self, knobs: &LiquidKnobs, landings: &[(f32, Landing)], dt: f32) {
        let tank = &self.tank;
        if dt == 0.0 {
            self.colours.collect(&tank.grid, &tank.sorted, &tank.cells, &tank.solids);
        }
        self.figures.volume = observe::volume(tank);
        let scale = libm::sqrtf(2.0 * knobs.gravity.max(0.1) * 0.5) * tank.grid.h as f32;
        self.ear.listen(&tank.grid, &tank.cells.fill, landings, scale, dt);
        self.drops.clear();
        let flies = |p: &&Particle| p.flight > SEEN;
        self.drops.extend(tank.sorted.all().iter().filter(flies));
    }

    /// What the start could not hold.
    fn tell_cut(&self, knobs: &LiquidKnobs) -> Option<String> {
        let [wanted, had] = self.cut?;
        let cells = (self.tank.grid.w * self.tank.grid.h) as f32;
        let (level, most) = (had as f32 / (grid::PER_CELL as f32 * cells), knobs.particles);
        Some(format!(
            "began with a level of {level:.3}: `level` {:.3} takes {wanted} particles, {most} are the most",
            knobs.level
        ))
    }

    fn tell(&self, knobs: &LiquidKnobs, refused: usize, limited: u64, dt: f32) -> Option<String> {
        let height = self.tank.grid.h as f32;
        let viscosity = viscosity::limit(dt) / (height * height);
        let tension = tension::limit(dt) / (height * height * height);
        if refused > 0 {
            Some(format!(
                "full: {} particles are the most; more `particles` or a `drain` make room",
                knobs.particles
            ))
        } else if let Some(cut) = self.tell_cut(knobs) {
            Some(cut)
        } else if knobs.viscosity > viscosity {
            Some(format!("limited the viscosity to {viscosity:.4}: steps are too long for more"))
        } else if knobs.tension > tension {
            Some(format!(
                "limited the tension to {tension:.6}: steps are too long for more; more `substeps` help"
            ))
        } else if limited > 0 {
            let most = gather::FARTHEST;
            Some(format!("limited {limited} particles to {most} cells a step; more `substeps` allow more"))
        } else {
            None
        }
    }
}
