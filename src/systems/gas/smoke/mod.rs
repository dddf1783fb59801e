//! Smoke and fire: Stam's stable fluids as they are built today. MacCormack advection, vorticity confinement, buoyancy,
//! a pressure solver that converges, bodies that move, and combustion.
//!
//! Reading order: [`sides`] (walls and open air), [`mac`] (velocity on faces), [`poisson`] and [`projection`] (pressure; [`textbook`] has two others for checks),
//! [`advect`], [`confine`], [`diffuse`] (each a part that stands alone), [`air`] (the state), [`combust`], [`forces`],
//! [`solids`], [`step`] (their order), [`fire`] (the picture), then this file, which gives it knobs, inputs and touch.

use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, Sounding, System};
use world::view::{Sampling, View};

pub mod advect;
pub mod air;
pub mod blackbody;
pub mod combust;
pub mod confine;
mod crackle;
pub mod diffuse;
pub mod fire;
pub mod forces;
pub mod gas;
pub mod light;
pub mod mac;
pub mod motion;
pub mod observe;
pub mod params;
pub mod poisson;
pub mod ports;
pub mod projection;
pub mod rows;
mod show;
pub mod sides;
pub mod solids;
pub mod sources;
mod start;
pub mod step;
#[cfg(test)]
mod tests;
pub mod textbook;
mod touch;

use air::Air;
use blackbody::BlackBody;
use fire::Look;
use observe::Figures;
pub use params::SmokeKnobs;
pub use ports::{Input, Output, Readout};
use show::Shown;
use solids::{Given, Solids};
use sources::Flicker;

/// Most cells; each takes about 200 bytes.
const MOST_CELLS: usize = 1 << 24;
/// Longest tick, seconds.
const LONGEST: f32 = 0.1;
/// Shortest tick of the gas, seconds: below it time stands still.
const SHORTEST: f32 = 1e-6;

/// Smoke and fire.
pub struct Smoke {
    air: Air,
    solids: Solids,
    flicker: Flicker,
    figures: Figures,
    body: BlackBody,
    look: Look,
    pops: Vec<Sounding>,
    done: step::Done,
    /// Heights/s of a cell/step, and seconds of a step.
    unit: f32,
    seconds: f32,
    ambient: f32,
    tolerance: f32,
}

impl System for Smoke {
    const NAME: &'static str = "smoke";
    const ABOUT: &'static str = "Smoke and fire: stable fluids with MacCormack advection, vorticity confinement, a multigrid \
        pressure solver, moving bodies and combustion (Stam 1999; Fedkiw, Stam and Jensen 2001; Selle et al. 2008).";
    const FAMILY: &'static str = "gas";
    const WARM_UP: u64 = 150;
    const SOUNDINGS: &'static [&'static str] = &["crackle"];
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = SmokeKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        params::habitat(rng)
    }

    fn new(knobs: &SmokeKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (w, h) = (birth.width, birth.height);
        if w.saturating_mul(h) > MOST_CELLS {
            let most = format!("{w}×{h} cells are too many for the smoke; it takes up to {MOST_CELLS}");
            return Err(Fault::at("size", most));
        }
        let mut air = Air::new((w, h), knobs.sides());
        let mut flicker = Flicker::new(birth.rng.named("flames"));
        rayon::scope(|_| start::begin(&mut air, knobs, &mut flicker, birth.rng.named("start")));
        air.centre();
        let figures = observe::figures(&air);
        Ok(Self {
            air,
            solids: Solids::default(),
            flicker,
            figures,
            body: BlackBody::default(),
            look: Look::new(knobs, 0.0),
            pops: Vec::new(),
            done: step::Done::default(),
            unit: 60.0 / h as f32,
            seconds: 0.0,
            ambient: knobs.ambient,
            tolerance: knobs.tolerance,
        })
    }

    fn step(&mut self, knobs: &SmokeKnobs, env: &Env) {
        // One task for the whole tick: its passes then need not wait for a pool each.
        rayon::scope(|_| self.tick(knobs, env));
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let [across, down] = self.air.sides.wraps();
        let sampling = if across && down { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        if port == Output::Fire {
            let picture = fire::picture(&self.air, self.solids.cells(), &self.body, &self.look);
            let w = self.air.size.0;
            view.project(into, self.air.size, sampling, |plane, y, row| {
                row.iter_mut().zip(&picture[y * w..]).for_each(|(v, colour)| *v = colour[plane]);
            });
        } else {
            let shown = Shown {
                air: &self.air,
                solids: &self.solids,
                unit: self.unit,
                seconds: self.seconds,
                ambient: self.ambient,
            };
            view.project(into, self.air.size, sampling, |plane, y, row| shown.row(port, plane, y, row));
        }
    }

    fn read(&self, readout: Readout) -> f32 {
        let f = &self.figures;
        let unit = self.unit as f64;
        let per_step = if self.unit > 0.0 { unit * self.air.size.1 as f64 } else { 0.0 };
        let value = match readout {
            Readout::Energy => f.energy * unit * unit,
            Readout::Enstrophy => f.enstrophy * per_step * per_step,
            Readout::Temperature => f.heat + self.ambient as f64,
            Readout::Smoke => f.smoke,
            Readout::Burning if self.seconds > 0.0 => f.burnt / self.seconds as f64,
            Readout::Burning => 0.0,
            Readout::MaxSpeed => (f.fastest * self.unit) as f64,
            Readout::Residual => self.done.projection.residual,
            Readout::Cycles => self.done.projection.cycles as f64,
            Readout::Limited => self.done.limited as f64,
        };
        value as f32
    }

    fn message(&self) -> Option<String> {
        if self.done.limited > 0 {
            return Some(format!(
                "limited {} speeds to {} cells a step; more `steps` or less `speed` lets the gas be faster",
                self.done.limited,
                gas::LIMIT
            ));
        }
        if let Some(viscosity) = self.done.viscosity {
            return Some(format!(
                "limited `viscosity` to {viscosity:.5} heights²/s; more `steps` or fewer cells allow more"
            ));
        }
        let left = self.done.projection.residual;
        (left > self.tolerance as f64 * 1.0001).then(|| {
            format!(
                "{} V-cycles left {left:.1e} of the divergence, more than the tolerance {:.1e}; more `cycles` leave less",
                self.done.projection.cycles, self.tolerance
            )
        })
    }

    fn soundings(&self, into: &mut Vec<Sounding>) {
        into.extend_from_slice(&self.pops);
    }
}

impl Smoke {
    fn tick(&mut self, knobs: &SmokeKnobs, env: &Env) {
        let seconds = env.dt.clamp(0.0, LONGEST) * knobs.speed;
        (self.ambient, self.tolerance) = (knobs.ambient, knobs.tolerance);
        self.look = Look::new(knobs, self.seconds);
        if seconds <= SHORTEST {
            self.pops.clear();
            return;
        }
        let steps = knobs.steps.max(1);
        let (dt, share) = (seconds / steps as f32, 1.0 / steps as f32);
        self.rescale(dt);
        self.borders(knobs, env, seconds);
        self.flicker.wander(seconds, env.rng.named("flicker"));
        let fields = [Input::Source, Input::Fuel, Input::Dye].map(|port| env.input(port));
        self.done = step::Done::default();
        for _ in 0..steps {
            sources::burners(&mut self.air, knobs, &self.flicker, dt);
            sources::inputs(&mut self.air, knobs, fields, dt);
            env.touches.iter().for_each(|t| touch::apply(&mut self.air, t, knobs, dt, share));
            let done = step::step(&mut self.air, &self.solids, knobs, env.input(Input::Force), dt, share);
            self.done = step::Done { limited: self.done.limited + done.limited, ..done };
        }
        self.seconds = dt;
        self.look = Look::new(knobs, dt);
        self.air.centre();
        self.figures = observe::figures(&self.air);
        self.air.means = [self.figures.smoke as f32, self.figures.heat as f32];
        let rng = env.rng.named("crackle");
        crackle::pops(&self.air, &self.figures, knobs.crackle * seconds / dt, rng, &mut self.pops);
    }

    /// Velocities are kept in cells a step, so another length of step rescales them.
    fn rescale(&mut self, dt: f32) {
        let unit = 1.0 / (self.air.size.1 as f32 * dt);
        if self.unit > 0.0 && self.unit != unit {
            self.air.scale(self.unit / unit);
            self.air.reflects = false;
        }
        self.unit = unit;
    }

    /// Sides and solid cells of a tick.
    fn borders(&mut self, knobs: &SmokeKnobs, env: &Env, seconds: f32) {
        let (sides, h) = (knobs.sides(), self.air.size.1 as f32);
        let turned = std::mem::replace(&mut self.air.sides, sides) != sides;
        let given = Given {
            knobs,
            touches: env.touches,
            obstacle: env.input(Input::Obstacle),
            velocity: env.input(Input::ObstacleVelocity),
            unit: h * seconds,
            limit: gas::LIMIT * knobs.steps as f32,
        };
        let changed = self.solids.update(self.air.size, sides.wraps(), &given);
        if turned || changed {
            self.air.projection.set(sides, self.solids.cells());
            // The last pressure belongs to other faces.
            self.air.reflects = false;
        }
    }
}
