//! The liquid alone: particles, grid and solids, and one step of all.

use rayon::prelude::*;

use super::cells::{AIR, Cells, LIQUID};
use super::faces::{Acceleration, Faces, wrap_pressure};
use super::gather::{self, Motion, Report};
use super::grid::{Grid, Touched, rows};
use super::particle::Particle;
use super::pressure::equation::Terms;
use super::pressure::solver::Solver;
use super::regions::Regions;
use super::solids::Solids;
use super::sort::Sorted;
use super::tension::Tension;
use super::viscosity::Viscosity;

/// Cells that the fastest particle should move in a step.
const STRIDE: f32 = 2.0;
/// One in so many particles may be faster than that.
const FEW: usize = 100;
/// Change of a cell's volume in a step that the pressure may leave.
pub const GOAL: f32 = 1e-4;
/// Rate at which large errors of density are taken back, 1/s; in a step at most half of one.
const CORRECTION: f32 = 50.0;
/// Errors of density that are taken back at half that rate: smaller ones come and go as particles pass.
const COMMON: f32 = 0.15;
/// Greatest divergence that takes back an error of density, 1/s.
const LARGEST_CORRECTION: f32 = 15.0;
/// Worlds of so few rows are flat: what flows into a cell or out of it goes along the whole world, as one.
const FLAT: usize = 3;
/// Fastest flow by corrections of density in a flat world, as a share of the speed of a fall over its height.
const FLAT_FLOW: f32 = 0.5;

/// How the liquid moves in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Kinematic viscosity, cells²/s.
    pub viscosity: f32,
    /// Surface tension over density, cells³/s².
    pub tension: f32,
    /// How much of the velocity's gradient particles keep: 1, but for tests.
    pub affinity: f32,
    /// Change of velocity in a step that makes foam, and the most foam, cells/s.
    pub foaming: [f32; 2],
    /// Seconds that foam lasts.
    pub foam: f32,
}

/// The liquid.
pub struct Tank {
    /// Size and sides.
    pub grid: Grid,
    /// Particles, sorted.
    pub sorted: Sorted,
    /// What cells hold.
    pub cells: Cells,
    /// Velocity on faces.
    pub faces: Faces,
    /// Solids.
    pub solids: Solids,
    /// Solver of the pressure.
    pub solver: Solver,
    /// Pressure times dt, cells²/s, padded.
    pub pressure: Vec<f32>,
    /// Length of the last step, s.
    pub dt: f32,
    regions: Regions,
    goal: Vec<f32>,
    skin: Vec<f32>,
    viscosity: Viscosity,
    tension: Tension,
    touched: Touched,
}

impl Tank {
    /// Without liquid.
    pub fn new(grid: Grid) -> Self {
        let mut sorted = Sorted::new((grid.w, grid.h));
        sorted.set_wraps(grid.wraps()[1]);
        Self {
            sorted,
            cells: Cells::new(&grid),
            faces: Faces::new(&grid),
            solids: Solids::new(&grid),
            solver: Solver::new(grid.w, grid.h),
            pressure: vec![0.0; grid.len()],
            goal: vec![0.0; grid.len()],
            skin: Vec::new(),
            viscosity: Viscosity::default(),
            tension: Tension::default(),
            touched: Touched::default(),
            regions: Regions::default(),
            dt: 0.0,
            grid,
        }
    }

    /// Changes the sides; obstacles are then to be updated anew.
    pub fn set_grid(&mut self, grid: Grid) {
        if grid != self.grid {
            self.grid = grid;
            self.solids = Solids::new(&grid);
            self.sorted.set_wraps(grid.wraps()[1]);
            self.cells.count(&self.grid, &self.sorted, &self.solids);
        }
    }

    /// Sorts the particles and counts them, after they were moved or changed in number.
    pub fn settle(&mut self) {
        self.sorted.sort();
        self.cells.count(&self.grid, &self.sorted, &self.solids);
    }

    /// Greatest speed of a particle, cells/s.
    pub fn top_speed(&self) -> f32 {
        let square = |p: &Particle| p.velocity[0] * p.velocity[0] + p.velocity[1] * p.velocity[1];
        let chunks = self.sorted.all().par_chunks(8192);
        chunks.map(|c| c.iter().map(square).fold(0.0, f32::max)).reduce(|| 0.0, f32::max).sqrt()
    }

    /// Steps that a tick of `dt` seconds should be divided into: so many that all but a few drops move two cells
    /// at most.
    pub fn steps(&self, dt: f32, most: usize) -> usize {
        let most = most.clamp(1, 16);
        let bin = STRIDE / dt.max(1e-6);
        let chunks = self.sorted.all().par_chunks(8192).map(|chunk| {
            let mut counts = [0u32; 16];
            for p in chunk {
                let square = p.velocity[0] * p.velocity[0] + p.velocity[1] * p.velocity[1];
                counts[((square.sqrt() / bin) as usize).min(15)] += 1;
            }
            counts
        });
        let sum = |a: [u32; 16], b: [u32; 16]| core::array::from_fn(|i| a[i] + b[i]);
        let counts = chunks.reduce(|| [0; 16], sum);
        let few = (self.sorted.all().len() / FEW) as u32;
        let faster = |n: &usize| counts[*n..].iter().sum::<u32>() <= few;
        (1..most).find(faster).unwrap_or(most)
    }

    /// One step of `dt` seconds.
    pub fn step(&mut self, rules: &Rules, forces: &Acceleration, dt: f32) -> Report {
        if self.sorted.all().is_empty() || dt <= 0.0 {
            return Report::default();
        }
        if self.solids.full {
            self.rest();
            return Report::default();
        }
        // Within the pool, so that no part waits for it to wake.
        rayon::scope(|_| self.step_within(rules, forces, dt))
    }

    /// In a world that is solid all over nothing can move, nor is there a border to be pushed to.
    fn rest(&mut self) {
        for p in self.sorted.all_mut() {
            (p.velocity, p.affine, p.flight) = ([0.0; 2], [0.0; 4], 0.0);
        }
        for plane in [&mut self.faces.u, &mut self.faces.v, &mut self.pressure] {
            plane.fill(0.0);
        }
        self.solver.residual = 0.0;
    }

    /// The part of a step before particles move: velocity on faces, free of divergence.
    pub fn begin(&mut self, rules: &Rules, forces: &Acceleration, dt: f32) {
        self.dt = dt;
        self.touched.update(self.sorted.near());
        self.faces.collect(&self.grid, &self.sorted, forces, dt, &self.touched);
        self.cells.classify(&self.grid, &self.solids, &self.touched);
        let (viscosity, faces) = (&mut self.viscosity, &mut self.faces);
        viscosity.apply(&self.grid, &self.cells, &self.solids, faces, rules.viscosity, dt);
        self.tension.find(&self.grid, &self.cells, rules.tension, dt, &mut self.skin);
        self.find_goal(dt);
        self.calm(forces.gravity);
        self.solve(dt);
        let pressure = (&*self.pressure, &*self.skin);
        self.faces.project(&self.grid, &self.cells, &self.solids, pressure, &self.touched);
        self.faces.extend(&self.grid, &self.cells, &self.touched);
    }

    fn step_within(&mut self, rules: &Rules, forces: &Acceleration, dt: f32) -> Report {
        self.begin(rules, forces, dt);
        let motion = Motion {
            grid: &self.grid,
            u: &self.faces.u,
            v: &self.faces.v,
            fill: &self.cells.fill,
            solids: &self.solids,
            dt,
            affinity: rules.affinity,
            foaming: rules.foaming[0],
            froth: 1.0 / (rules.foaming[1] - rules.foaming[0]).max(1e-3),
            keep_foam: libm::expf(-dt / rules.foam.max(1e-3)),
        };
        let report = gather::advance(&motion, self.sorted.all_mut());
        self.settle();
        report
    }

    /// Divergence that the last step asked for, 1/s, by cell.
    #[cfg(test)]
    pub fn goal(&self) -> &[f32] {
        &self.goal
    }

    /// Whether there is air next to any liquid, so that its volume can change.
    #[cfg(test)]
    pub fn has_surface(&self) -> bool {
        self.solver.is_free()
    }

    fn solve(&mut self, dt: f32) {
        let terms = Terms {
            grid: &self.grid,
            cells: &self.cells,
            solids: &self.solids,
            faces: &self.faces,
            goal: &self.goal,
            skin: &self.skin,
        };
        self.solver.set(&terms, &mut self.regions);
        self.solver.solve(GOAL / dt);
        self.solver.write(self.grid.stride(), &mut self.pressure, &self.touched);
        wrap_pressure(&self.grid, &mut self.pressure);
    }

    /// In a flat world errors of density add up along its length, and so would the flow that takes them back: there all
    /// of them together are limited.
    fn calm(&mut self, [across, down]: [f32; 2]) {
        let height = self.grid.h as f32;
        if self.grid.h > FLAT {
            return;
        }
        let goal = &mut self.goal;
        let all: f64 = goal.iter().map(|g| g.abs() as f64).sum();
        let gravity = libm::sqrtf(across * across + down * down).max(0.1 * height);
        let most = FLAT_FLOW * libm::sqrtf(2.0 * gravity * height) * height;
        if all > most as f64 {
            let share = (most as f64 / all) as f32;
            goal.iter_mut().for_each(|g| *g *= share);
        }
    }

    /// Divergence that takes back errors of density: out of crowded cells, into thin ones within the liquid.
    fn find_goal(&mut self, dt: f32) {
        let (s, kind, fill) = (self.grid.stride(), &self.cells.kind, &self.cells.fill);
        let rate = CORRECTION.min(0.5 / dt);
        let touched = &self.touched;
        let all = rows(&mut self.goal, s).skip(1).take(self.grid.h).filter(|(r, _)| touched.has(*r));
        all.for_each(|(r, row)| {
            for (x, goal) in row.iter_mut().enumerate().skip(1).take(s - 2) {
                let i = r * s + x;
                *goal = 0.0;
                if kind[i] != LIQUID {
                    continue;
                }
                let excess = fill[i] - 1.0;
                let near = [i - s - 1, i - s, i - s + 1, i - 1, i + 1, i + s - 1, i + s, i + s + 1];
                if excess > 0.0 || near.iter().all(|&n| kind[n] != AIR) {
                    let part = excess.abs() / (excess.abs() + COMMON);
                    *goal = (rate * part * excess).clamp(-LARGEST_CORRECTION, LARGEST_CORRECTION);
                }
            }
        });
    }
}
