//! The gas: a D2Q9 lattice Boltzmann fluid with obstacles, open and closed sides, forces and dye.
//!
//! Reading order: [`d2q9`], [`collide`] (one row), [`sweep`] (streaming in place), [`links`] (walls), [`lattice`] (the gas alone),
//! then this file, which gives it knobs, inputs, dye and touch.

use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Fault, InitContext, System, TextKind, TextSpec, Texts};
use world::view::{Sampling, View};

pub mod collide;
pub mod d2q9;
pub mod dye;
pub mod edge;
pub mod lattice;
pub mod links;
pub mod observe;
mod paint;
pub mod params;
mod solids;
mod start;
mod store;
pub mod sweep;

use dye::Dye;
use lattice::Lattice;
use observe::FlowStats;
pub use params::GasKnobs;
use solids::Solids;

/// Greatest body force, cells/step²; larger values are clamped to it.
pub const FORCE_LIMIT: f32 = 0.02;
/// Most cells; a lattice takes 36 bytes per cell, the dye 32 more.
const MOST_CELLS: usize = 1 << 26;

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Solid where above the knob `threshold`
        Obstacle: "obstacle" scalar 0.0..=1.0;
        /// Body force, times the knob `force_gain` (cells/step²)
        Force: "force" vector 1.0;
        /// Dye to inject, linear RGB
        Dye: "dye" colour;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Density, 1 at rest
        Density: "density" scalar 0.97..=1.03;
        /// Velocity, cells/step
        Velocity: "velocity" vector 0.15;
        /// Speed, cells/step
        Speed: "speed" scalar 0.0..=0.15;
        /// Vorticity, 1/step, clockwise positive
        Vorticity: "vorticity" scalar -0.02..=0.02;
        /// Dye, linear RGB
        Dye: "dye" colour;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mass; 1 is a full world at density 1
        Mass: "mass" 0.9..=1.1;
        /// Mean speed, cells/step
        MeanSpeed: "mean_speed" 0.0..=0.1;
        /// Mean of half the squared vorticity, 1/step²
        Enstrophy: "enstrophy" 0.0..=1e-4;
        /// Stability margin: 1 at rest, 0 when a cell is at the limit of speed or density
        Margin: "margin" 0.0..=1.0;
        /// Cell updates limited in the last tick
        Limited: "limited" 0.0..=1000.0;
    }
}

/// The lattice Boltzmann gas.
pub struct Lbm {
    lattice: Lattice,
    solids: Solids,
    dye: Dye,
    /// Body force, two planes; empty if there is none.
    force: Vec<f32>,
    figures: FlowStats,
    limited: u64,
    springs: Rng,
}

impl System for Lbm {
    const NAME: &'static str = "lbm";
    const ABOUT: &'static str = "A gas: D2Q9 lattice Boltzmann with two relaxation times, obstacles and dye \
        (Qian, d'Humières and Lallemand 1992; Ginzburg, Verhaeghe and d'Humières 2008).";
    const FAMILY: &'static str = "gas";
    const TEXTS: &'static [TextSpec] = &[TextSpec {
        name: "mask",
        about: "A picture (JPEG, PNG, WebP, TIFF, BMP, GIF) whose bright, opaque parts are solid; it is stretched over the world",
        kind: TextKind::File,
    }];
    type Input = Input;
    type Output = Output;
    type Readout = Readout;
    type Params = GasKnobs;

    fn check(texts: &Texts) -> Vec<Fault> {
        texts.file("mask").and_then(|file| solids::read_mask(&file).err()).into_iter().collect()
    }

    fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
        params::habitat(rng)
    }

    fn coarsened(knobs: GasKnobs, factor: usize) -> GasKnobs {
        knobs.coarsened(factor)
    }

    fn new(knobs: &GasKnobs, birth: &InitContext) -> Result<Self, Fault> {
        let (w, h) = (birth.width, birth.height);
        if w * h > MOST_CELLS {
            let most = format!("{w}×{h} cells are too many for the gas; it takes up to {MOST_CELLS}");
            return Err(Fault::at("size", most));
        }
        let mask = birth.texts.file("mask").map(|file| solids::read_mask(&file)).transpose()?;
        let mask = mask.map(|picture| {
            let mut sized = Field::new(w, h, 1);
            picture.resample(&mut sized);
            sized
        });
        let mut lattice = Lattice::new(w, h, knobs.edges());
        start::begin(&mut lattice, knobs.start, birth.rng);
        let mut solids = Solids::new(w, h, mask);
        if let Some(cells) = solids.update(knobs, (w, h), None) {
            lattice.set_solid(cells);
        }
        let mut dye = Dye::new(w * h);
        paint::fill_stripes(&mut dye, &lattice, knobs);
        let figures = observe::statistics(&lattice);
        let springs = birth.rng.named("springs");
        Ok(Self { lattice, solids, dye, force: Vec::new(), figures, limited: 0, springs })
    }

    fn step(&mut self, knobs: &GasKnobs, env: &Env) {
        self.lattice.set_edges(knobs.edges());
        if let Some(cells) = self.solids.update(knobs, self.lattice.size(), env.input(Input::Obstacle)) {
            self.lattice.set_solid(cells);
        }
        env.touches.iter().for_each(|touch| paint::push(&mut self.lattice, touch, knobs));
        let force = combine(&mut self.force, self.lattice.size(), knobs, env.input(Input::Force));
        self.limited = self.lattice.run(knobs.steps as usize, knobs.relaxation(), force);
        self.figures = observe::statistics(&self.lattice);
        self.colour(knobs, env);
    }

    fn show(&self, port: Output, view: &View, into: &mut Field) {
        let edges = self.lattice.edges();
        let wraps = edges.wraps_across() && edges.wraps_down();
        let sampling = if wraps { Sampling::SmoothWrap } else { Sampling::SmoothBound };
        view.project(into, self.lattice.size(), sampling, |plane, y, row| self.show_row(port, plane, y, row));
    }

    fn read(&self, readout: Readout) -> f32 {
        let f = &self.figures;
        let value = match readout {
            Readout::Mass => f.mass,
            Readout::MeanSpeed => f.mean_speed,
            Readout::Enstrophy => f.enstrophy,
            Readout::Margin if self.limited > 0 => 0.0,
            Readout::Margin => f.margin,
            Readout::Limited => self.limited as f64,
        };
        value as f32
    }

    fn message(&self) -> Option<String> {
        let limit = collide::SPEED_LIMIT;
        (self.limited > 0).then(|| {
            format!(
                "limited {} cell updates to speed {limit} and density ±{:.0} %; more `viscosity` or `smagorinsky` \
                 stabilises the gas",
                self.limited,
                collide::DENSITY_LIMIT * 100.0
            )
        })
    }
}

impl Lbm {
    /// The gas alone.
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }
    /// The gas alone, to change.
    pub fn lattice_mut(&mut self) -> &mut Lattice {
        &mut self.lattice
    }

    fn colour(&mut self, knobs: &GasKnobs, env: &Env) {
        let seconds = env.tick as f64 * env.dt as f64;
        if let Some(input) = env.input(Input::Dye) {
            paint::inject(&mut self.dye, input, knobs.inject);
        }
        for touch in env.touches {
            paint::drop_dye(&mut self.dye, &self.lattice, touch, knobs, seconds);
        }
        paint::well_up(&mut self.dye, &self.lattice, knobs, self.springs, seconds);
        paint::dye_inflow(&mut self.dye, &self.lattice, knobs, seconds);
        let keep = libm::exp(-(knobs.fade as f64) * (env.dt as f64).clamp(0.0, 1.0)) as f32;
        self.dye.carry(&self.lattice, knobs.steps as f32, keep);
    }

    fn show_row(&self, port: Output, plane: usize, y: usize, row: &mut [f32]) {
        let gas = &self.lattice;
        match port {
            Output::Density => row.iter_mut().zip(gas.moment(0, y)).for_each(|(v, dr)| *v = 1.0 + dr),
            Output::Velocity => row.copy_from_slice(gas.moment(1 + plane, y)),
            Output::Speed => observe::speeds(gas, y, row),
            Output::Vorticity => observe::vorticity(gas, y, row),
            Output::Dye => {
                let w = gas.size().0;
                let cells = &self.dye.cells()[y * w..(y + 1) * w];
                let solid = gas.solid_row(y);
                for (v, (cell, &s)) in row.iter_mut().zip(cells.iter().zip(solid)) {
                    *v = if s != 0 { 0.0 } else { cell[plane] };
                }
            }
        }
    }
}

/// The body force on each cell; `None` if there is none at all.
fn combine<'a>(
    force: &'a mut Vec<f32>,
    (w, h): (usize, usize),
    knobs: &GasKnobs,
    input: Option<&Field>,
) -> Option<[&'a [f32]; 2]> {
    use rayon::prelude::*;
    if input.is_none() && knobs.force_x == 0.0 && knobs.force_y == 0.0 {
        force.clear();
        return None;
    }
    force.resize(2 * w * h, 0.0);
    force.par_chunks_mut(w).enumerate().for_each(|(i, row)| {
        let uniform = if i < h { knobs.force_x } else { knobs.force_y };
        match input {
            None => row.fill(uniform),
            Some(f) => row.iter_mut().zip(f.row(i / h, i % h)).for_each(|(v, &f)| {
                *v = (uniform + knobs.force_gain * f).clamp(-FORCE_LIMIT, FORCE_LIMIT);
            }),
        }
    });
    let (across, down) = force.split_at(w * h);
    Some([across, down])
}
