//! Lattice gases: particles that hop from cell to cell and collide by exact rules, as bit planes.
//!
//! Reading order: [`model`] (directions and what is conserved), [`circuit`] (collisions as boolean functions), [`kernel`]
//! (one row), [`sweep`] (several steps in one pass over memory), [`walls`], [`chirality`], [`gas`] (the gas alone, with
//! a clock that runs both ways), [`coarse`] and [`flow`] (what is seen from afar), then this file, which gives it knobs,
//! inputs and touch.

use world::brush::Brush;
use world::field::Field;
use world::ports::Outputs as _;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System};
use world::view::{Sampling, View};

mod chance;
pub mod chirality;
pub mod circuit;
mod coarse;
mod flow;
pub mod gas;
mod kernel;
pub mod knobs;
pub mod model;
mod picture;
mod solids;
mod source;
pub mod start;
mod sweep;
#[cfg(test)]
mod tests;
mod touch;
pub mod walls;
mod wind;

use chirality::Chirality;
use coarse::Coarse;
use flow::{Flow, FlowStats};
use gas::Gas;
use knobs::Border;
pub use knobs::LatticeGasKnobs;
use model::{MOST_PLANES, Model};
use picture::Particles;
use solids::Solids;
use wind::Wind;

/// Most cells; each takes two bits per plane, and three for walls.
const MOST_CELLS: usize = 1 << 28;

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Solid where above the knob `threshold`
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Turns particles its way, with a chance of the knob `wind_gain` a tick where it is 1
        Wind: "wind" vector 1.0;
        /// Fills places where above 0, empties them where below, with a chance of the knob `source_gain` a tick at ±1
        Source: "source" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows. All but single particles, directions and `solid` are means over squares of `grain` cells.
    /// Particles inside solid cells are not shown.
    pub enum Output {
        /// Density: share of places taken
        Density: "density" scalar 0.0..=0.5;
        /// Momentum of a cell, particles times cells/step
        Momentum: "momentum" vector 0.5;
        /// Velocity, cells/step
        Velocity: "velocity" vector 0.25;
        /// Speed, cells/step
        Speed: "speed" scalar 0.0..=0.25;
        /// Vorticity, 1/step, clockwise positive
        Vorticity: "vorticity" scalar -0.02..=0.02;
        /// Single cells: share of places taken
        Particles: "particles" scalar 0.0..=1.0;
        /// Single particles that move to the right
        East: "east" scalar 0.0..=1.0;
        /// Single particles that move up and to the right (`fhp` only)
        NorthEast: "north_east" scalar 0.0..=1.0;
        /// Single particles that move up (`hpp` only)
        North: "north" scalar 0.0..=1.0;
        /// Single particles that move up and to the left (`fhp` only)
        NorthWest: "north_west" scalar 0.0..=1.0;
        /// Single particles that move to the left
        West: "west" scalar 0.0..=1.0;
        /// Single particles that move down and to the left (`fhp` only)
        SouthWest: "south_west" scalar 0.0..=1.0;
        /// Single particles that move down (`hpp` only)
        South: "south" scalar 0.0..=1.0;
        /// Single particles that move down and to the right (`fhp` only)
        SouthEast: "south_east" scalar 0.0..=1.0;
        /// Single particles at rest (`fhp-2` and `fhp-3` only)
        Rest: "rest" scalar 0.0..=1.0;
        /// Solid cells
        Solid: "solid" scalar 0.0..=1.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Number of particles
        Particles: "particles" 0.0..=1_000_000.0;
        /// Share of all places taken
        Density: "density" 0.0..=0.5;
        /// Momentum to the right of all particles, particles times cells/step
        MomentumX: "momentum_x" -100_000.0..=100_000.0;
        /// Momentum downwards
        MomentumY: "momentum_y" -100_000.0..=100_000.0;
        /// Kinetic energy of a particle on average, in units of its mass: ½ if all move, less where some are at rest
        Energy: "energy" 0.3..=0.5;
        /// Mean speed of the coarse-grained flow, cells/step
        Speed: "speed" 0.0..=0.2;
        /// Standard deviation of the coarse-grained density: how far it is from even
        Contrast: "contrast" 0.0..=0.2;
    }
}

/// A lattice gas.
pub struct LatticeGas {
    gas: Gas,
    solids: Solids,
    coarse: Coarse,
    grain: usize,
    grain_asked: usize,
    wraps: [bool; 2],
    counts: [u64; MOST_PLANES],
    stats: FlowStats,
}

impl System for LatticeGas {
    const NAME: &'static str = "lattice_gas";
    const ABOUT: &'static str = "Lattice gases: particles that hop and collide on squares (HPP: Hardy, Pomeau and de Pazzis 1973) or \
        triangles (FHP: Frisch, Hasslacher and Pomeau 1986), exact to the particle and reversible.";
    const FAMILY: &'static str = "gas";
    const WARM_UP: u64 = 30;
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = LatticeGasKnobs;

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        knobs::habitat(rng)
    }

    fn coarsened(knobs: LatticeGasKnobs, factor: usize) -> LatticeGasKnobs {
        knobs.coarsened(factor)
    }

    fn new(knobs: &LatticeGasKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (w, h) = (birth.width, birth.height);
        if w * h > MOST_CELLS {
            let most = format!("{w}×{h} cells are too many for the lattice gas; it takes up to {MOST_CELLS}");
            return Err(Fault::at("size", most));
        }
        let mut gas = Gas::new(knobs.model, w, h, Chirality::Addressed(birth.rng.named("chirality")));
        let mut solids = Solids::new(gas.layout());
        if let Some(cells) = solids.update(knobs, None) {
            gas.set_walls(cells, knobs.reflection);
        }
        start::begin(&mut gas, knobs.beginning(), birth.rng.named("start"));
        let grain = coarse::allowed_grain((w, h), knobs.grain as usize);
        let coarse = Coarse::new(&gas, grain);
        let mut born = Self {
            gas,
            solids,
            coarse,
            grain,
            grain_asked: knobs.grain as usize,
            wraps: knobs.wraps(),
            counts: [0; MOST_PLANES],
            stats: FlowStats::default(),
        };
        born.observe(knobs);
        Ok(born)
    }

    fn step(&mut self, knobs: &LatticeGasKnobs, env: &Env) {
        self.wraps = knobs.wraps();
        match self.solids.update(knobs, env.input(Input::Obstacle)) {
            Some(cells) => self.gas.set_walls(cells, knobs.reflection),
            None => self.gas.set_reflection(knobs.reflection),
        }
        if knobs.backwards != self.gas.is_backwards() {
            self.gas.turn_round();
        }
        self.drive(knobs, env);
        self.gas.run(knobs.steps as usize);
        self.observe(knobs);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let wraps = self.wraps == [true; 2];
        let single = if wraps { Sampling::CrispWrap } else { Sampling::CrispBound };
        if let Some(what) = self.particles_of(port) {
            return picture::show(&self.gas, what, view, single, into);
        }
        let sampling = if wraps { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        let flow = self.flow();
        view.project(into, self.coarse.size(), sampling, |plane, y, row| match port {
            Output::Density => flow.density(y, row),
            Output::Momentum => flow.momentum(plane, y, row),
            Output::Velocity => flow.velocity(plane, y, row),
            Output::Speed => flow.speed(y, row),
            _ => flow.vorticity(y, row),
        });
    }

    fn read(&self, readout: Readout) -> f32 {
        let model = self.gas.model();
        let particles: u64 = self.counts.iter().sum();
        let (w, h) = self.gas.size();
        let held = self.counts.iter().zip(model.whole_momenta());
        let whole = held.fold([0, 0], |sum, (n, m)| [sum[0] + *n as i64 * m[0], sum[1] + *n as i64 * m[1]]);
        let [x, y] = model.momentum(whole);
        let moving: u64 = self.counts[..6].iter().sum();
        let value = match readout {
            Readout::Particles => particles as f64,
            Readout::Density => particles as f64 / (w * h * model.planes()) as f64,
            Readout::MomentumX => x,
            Readout::MomentumY => y,
            Readout::Energy => 0.5 * moving as f64 / particles.max(1) as f64,
            Readout::Speed => self.stats.speed,
            Readout::Contrast => self.stats.contrast,
        };
        value as f32
    }

    fn message(&self) -> Option<String> {
        (self.grain > self.grain_asked).then(|| {
            format!(
                "`grain` is {} in a world of this size: at most {} coarse cells",
                self.grain,
                coarse::MOST
            )
        })
    }
}

impl LatticeGas {
    /// The gas alone.
    pub fn gas(&self) -> &Gas {
        &self.gas
    }

    /// What acts on the gas from outside, before it moves.
    fn drive(&mut self, knobs: &LatticeGasKnobs, env: &Env) {
        let (gas, rng) = (&mut self.gas, env.rng);
        let size = gas.size();
        if let Some(field) = env.input(Input::Source) {
            source::by_field(gas, field, knobs.source_gain, rng.named("source"));
        }
        if knobs.rain > 0.0 {
            let places = (size.0 * size.1 * gas.model().planes()) as f32;
            let full = (self.counts.iter().sum::<u64>() as f32) < knobs.density * places;
            source::rain(gas, knobs.rain, knobs.drop_radius, full, self.wraps, rng.named("rain"));
        }
        for (i, touch) in env.touches.iter().enumerate() {
            let (brush, rng) = (Brush::wrapping(touch, size, self.wraps), rng.named("touch").fork(i as u64));
            touch::pour(gas, &brush, knobs.pour, rng.named("pour"));
            touch::push(gas, &brush, knobs.push, rng.named("push"));
        }
        let wind = Wind {
            uniform: [knobs.wind_x, knobs.wind_y],
            field: env.input(Input::Wind),
            gain: knobs.wind_gain,
        };
        wind::blow(gas, wind, rng.named("wind"));
        if knobs.border == Border::Tunnel {
            let columns = knobs.steps as usize + 1;
            source::tunnel_ends(gas, columns, knobs.density, knobs.stream, rng.named("ends"));
        }
    }

    /// Counts the particles and looks at the gas from afar.
    fn observe(&mut self, knobs: &LatticeGasKnobs) {
        self.counts = self.gas.counts();
        if self.grain_asked != knobs.grain as usize {
            self.grain_asked = knobs.grain as usize;
            self.grain = coarse::allowed_grain(self.gas.size(), self.grain_asked);
            self.coarse = Coarse::new(&self.gas, self.grain);
        }
        self.coarse.measure(&self.gas, knobs.average);
        self.stats = self.flow().stats();
    }

    fn flow(&self) -> Flow<'_> {
        let ((w, h), (cw, ch)) = (self.gas.size(), self.coarse.size());
        let grain = [w as f32 / cw as f32, h as f32 / ch as f32];
        Flow { model: self.gas.model(), coarse: &self.coarse, grain, wraps: self.wraps }
    }

    /// Which single particles an output shows; `None` if it is coarse-grained.
    fn particles_of(&self, port: Output) -> Option<Particles> {
        let compass = |direction: usize| match (self.gas.model(), direction) {
            (Model::Hpp, d) if d % 2 == 0 && d < 8 => Particles::Of(d / 2),
            (Model::Hpp, _) => Particles::None,
            (_, 0 | 1) => Particles::Of(direction),
            (_, 3..=5) => Particles::Of(direction - 1),
            (_, 7) => Particles::Of(5),
            (model, 8) if model.planes() == 7 => Particles::Of(6),
            _ => Particles::None,
        };
        match port {
            Output::Particles => Some(Particles::All),
            Output::Solid => Some(Particles::Solid),
            _ => port.index().checked_sub(Output::East.index()).map(compass),
        }
    }
}
