//! The fluid itself: liquid and vapour on a lattice, with walls, without rain, touch or scene.

use rayon::prelude::*;

use super::calm::calm;
use super::kernel::{self, Energy, Limited, Rates, Seen};
use super::shape::Shape;
use super::walls::{Walls, Wetting};
use crate::gas::lbm::d2q9::{CX, CY, Q, WEIGHT};
use world::field::rows_per_task;

/// Liquid and vapour.
pub struct Lattice {
    shape: Shape,
    /// Populations after the last collision, and room for the next.
    now: Vec<f32>,
    next: Vec<f32>,
    density: Vec<f32>,
    potential: Vec<f32>,
    /// Velocity across and down, row after row, without ghosts.
    velocity: [Vec<f32>; 2],
    walls: Walls,
    /// Mass that the limit of speed took.
    lost: i64,
}

/// What acts on the fluid: all that one run needs.
#[derive(Clone, Copy)]
pub struct Laws<'a> {
    /// Free energy.
    pub energy: Energy,
    /// Rates and gravity.
    pub rates: Rates,
    /// Cosine of the contact angle.
    pub cosine: f32,
    /// Square of half the difference of density of each cell, row after row, and its gradient across and down, if it differs
    /// from that of `energy`.
    pub depth: Option<[&'a [f32]; 3]>,
    /// Acceleration across and down of each cell, if any.
    pub push: Option<[&'a [f32]; 2]>,
}

impl Lattice {
    /// Fluid of density 0 without obstacles; fill it.
    pub fn new(width: usize, height: usize, periodic: bool) -> Self {
        let shape = Shape::new(width, height);
        let plane = || vec![0.0; width * height];
        Self {
            shape,
            now: shape.populations(),
            next: shape.populations(),
            density: shape.plane(),
            potential: shape.plane(),
            velocity: [plane(), plane()],
            walls: Walls::new(shape, periodic),
            lost: 0,
        }
    }

    /// (width, height) in cells.
    pub fn size(&self) -> (usize, usize) {
        (self.shape.width, self.shape.height)
    }
    /// The walls.
    pub fn walls(&self) -> &Walls {
        &self.walls
    }
    /// Opens or closes the sides.
    pub fn set_periodic(&mut self, periodic: bool) {
        self.walls.set_periodic(periodic);
    }
    /// Density of a row; in solid cells beside fluid what the fluid sees there.
    pub fn density(&self, y: usize) -> &[f32] {
        self.shape.cells(&self.density, y)
    }
    /// Chemical potential of a row.
    pub fn potential(&self, y: usize) -> &[f32] {
        self.shape.cells(&self.potential, y)
    }
    /// Velocity across (0) or down (1) of a row, at the last collision.
    pub fn velocity(&self, axis: usize, y: usize) -> &[f32] {
        &self.velocity[axis][y * self.shape.width..(y + 1) * self.shape.width]
    }

    /// Sets every cell to equilibrium: density and velocity.
    pub fn fill(&mut self, f: impl Fn(usize, usize) -> (f32, [f32; 2]) + Sync) {
        let (shape, w) = (self.shape, self.shape.width);
        let [across, down] = &mut self.velocity;
        let rows =
            self.now.par_chunks_mut(Q * shape.line).zip(self.density.par_chunks_mut(shape.line)).skip(1);
        let velocity = across.par_chunks_mut(w).zip(down.par_chunks_mut(w));
        rows.zip(velocity).enumerate().for_each(|(y, ((row, density), (across, down)))| {
            for x in 0..w {
                let (rho, u) = f(x, y);
                density[shape.at(0, x as isize)] = rho;
                (across[x], down[x]) = (u[0], u[1]);
                calm(rho, u).into_iter().enumerate().for_each(|(i, v)| row[shape.slot(i, 0, x as isize)] = v);
            }
        });
        self.empty_solids();
    }

    fn empty_solids(&mut self) {
        let (shape, w) = (self.shape, self.shape.width);
        for cell in (0..w * shape.height).filter(|&c| self.walls.solid()[c] != 0) {
            let (x, row) = ((cell % w) as isize, cell / w + 1);
            (0..Q).for_each(|i| self.now[shape.slot(i, row, x)] = 0.0);
            self.density[shape.at(row, x)] = 0.0;
            self.velocity.iter_mut().for_each(|v| v[cell] = 0.0);
        }
    }

    /// Adds mass and momentum to a cell, unless it is solid.
    pub fn add(&mut self, x: usize, y: usize, mass: f32, momentum: [f32; 2]) {
        if self.walls.row(y)[x] != 0 {
            return;
        }
        let (s, at) = (self.shape, x as isize);
        self.now[s.slot(0, y + 1, at)] += mass;
        for i in 1..Q {
            let along = CX[i] as f32 * momentum[0] + CY[i] as f32 * momentum[1];
            self.now[s.slot(i, y + 1, at)] += 3.0 * WEIGHT[i] * along;
        }
        self.density[s.at(y + 1, at)] += mass;
    }

    /// Adds to the fluid cells of the rows from `first` on what `f` makes of their densities, at the velocity that they
    /// have; returns how much that was in all.
    pub fn adjust(&mut self, first: usize, f: impl Fn(f32) -> f32 + Sync) -> f64 {
        let (s, w) = (self.shape, self.shape.width);
        let ([across, down], walls) = (&self.velocity, &self.walls);
        let rows = self.now.par_chunks_mut(Q * s.line).zip(self.density.par_chunks_mut(s.line));
        let rows = rows.skip(first + 1).take(s.height - first.min(s.height)).enumerate();
        let gains = rows.with_min_len(rows_per_task(w)).map(|(k, (now, density))| {
            let y = first + k;
            let (solid, start) = (walls.row(y), s.at(0, 0));
            let mut sum = 0.0;
            for x in 0..w {
                let gain = f(density[start + x]);
                if gain == 0.0 || solid[x] != 0 {
                    continue;
                }
                sum += gain as f64;
                density[start + x] += gain;
                now[start + x] += gain;
                let (jx, jy) = (gain * across[y * w + x], gain * down[y * w + x]);
                for i in 1..Q {
                    let along = CX[i] as f32 * jx + CY[i] as f32 * jy;
                    now[i * s.line + start + x] += 3.0 * WEIGHT[i] * along;
                }
            }
            sum
        });
        gains.collect::<Vec<f64>>().into_iter().sum()
    }

    /// Sum of what `f` makes of the densities of the fluid cells in the rows from `first` on.
    pub fn sum(&self, first: usize, f: impl Fn(f32) -> f32 + Sync) -> f64 {
        let rows = (first..self.shape.height).into_par_iter().with_min_len(rows_per_task(self.shape.width));
        let sums = rows.map(|y| {
            let fluid = self.density(y).iter().zip(self.walls.row(y)).filter(|(_, s)| **s == 0);
            fluid.map(|(&rho, _)| f(rho) as f64).sum()
        });
        sums.collect::<Vec<f64>>().into_iter().sum()
    }

    /// Changes which cells are solid; uncovered cells hold what `fresh` says. Returns the mass that the fluid lost by it: what
    /// was in cells that became solid, less what uncovered ones hold.
    pub fn set_solid(&mut self, solid: &[u8], fresh: f32) -> f64 {
        let (w, before) = (self.shape.width, self.walls.solid());
        let cells = (0..solid.len()).into_par_iter();
        let changed: Vec<usize> = cells.filter(|&c| (solid[c] == 0) != (before[c] == 0)).collect();
        if !self.walls.set(solid) {
            return 0.0;
        }
        let mut lost = 0.0;
        for cell in changed {
            let (x, row) = ((cell % w) as isize, cell / w + 1);
            let at = self.shape.at(row, x);
            if solid[cell] != 0 {
                lost += self.density[at] as f64;
                continue;
            }
            calm(fresh, [0.0; 2]).into_iter().enumerate().for_each(|(i, v)| {
                self.now[self.shape.slot(i, row, x)] = v;
            });
            self.density[at] = fresh;
            lost -= fresh as f64;
        }
        self.empty_solids();
        lost
    }

    /// Runs `steps` steps and returns how many cells had to be limited, counted once a step. Density and velocity are those
    /// of the last collision.
    pub fn run(&mut self, steps: usize, laws: &Laws) -> u64 {
        self.walls.refresh();
        // Within the pool, so that a step does not hand over to it three times.
        rayon::scope(|_| (1..=steps).map(|k| self.step(laws, k == steps)).sum())
    }

    /// The mass that cells lost since the last call because their density was beyond all sense.
    pub fn take_lost(&mut self) -> f64 {
        std::mem::take(&mut self.lost) as f64 / kernel::SCALE
    }

    fn step(&mut self, laws: &Laws, record: bool) -> u64 {
        self.walls.bounce(&mut self.now);
        self.add_up();
        let energy = laws.energy;
        let slope = (2.0 * energy.beta / energy.kappa).sqrt();
        let wetting = Wetting { cosine: laws.cosine, slope, middle: energy.middle, depth: energy.depth };
        self.walls.wet(&mut self.density, &wetting);
        self.potentials(laws);
        self.walls.level(&mut self.potential);
        let limited = self.collide(laws, record);
        std::mem::swap(&mut self.now, &mut self.next);
        self.lost += limited.lost;
        limited.cells
    }

    fn add_up(&mut self) {
        let (s, now, walls) = (self.shape, &self.now, &self.walls);
        let rows = self.density.par_chunks_mut(s.line).with_min_len(rows_per_task(s.width)).enumerate();
        let rows = rows.skip(1).take(s.height);
        rows.for_each(|(row, density)| {
            let first = s.at(0, 0);
            let into = &mut density[first..first + s.width];
            kernel::density(arriving(s, now, row), into);
            let solid = walls.row(row - 1);
            into.iter_mut().zip(solid).for_each(|(v, &s)| *v = if s != 0 { 0.0 } else { *v });
        });
    }

    fn potentials(&mut self, laws: &Laws) {
        let (s, density) = (self.shape, &self.density);
        let rows = self.potential.par_chunks_mut(s.line).with_min_len(rows_per_task(s.width)).enumerate();
        let rows = rows.skip(1).take(s.height);
        rows.for_each(|(row, potential)| {
            let first = s.at(0, 0);
            let depth = laws.depth.map(|d| &d[0][(row - 1) * s.width..row * s.width]);
            kernel::potential(
                around(s, density, row),
                &laws.energy,
                depth,
                &mut potential[first..first + s.width],
            );
        });
    }

    fn collide(&mut self, laws: &Laws, record: bool) -> Limited {
        let (s, w) = (self.shape, self.shape.width);
        let (now, density, potential, walls) = (&self.now, &self.density, &self.potential, &self.walls);
        let [across, down] = &mut self.velocity;
        let rows = self.next.par_chunks_mut(Q * s.line).with_min_len(rows_per_task(w)).skip(1);
        let rows = rows.zip(across.par_chunks_mut(w).zip(down.par_chunks_mut(w))).enumerate();
        let limited = rows.map(|(y, (out, (across, down)))| {
            let solid = walls.row(y);
            let seen = Seen {
                arriving: arriving(s, now, y + 1),
                density: around(s, density, y + 1),
                potential: around(s, potential, y + 1),
                push: laws.push.map(|p| p.map(|p| &p[y * w..(y + 1) * w])),
                depth: laws.depth.map(|d| d.map(|d| &d[y * w..(y + 1) * w])),
                solid: solid.iter().any(|&s| s != 0).then_some(solid),
            };
            let mut lines = out.chunks_exact_mut(s.line);
            let first = s.at(0, 0);
            let out =
                core::array::from_fn(|_| &mut lines.next().expect("nine lines a row")[first..first + w]);
            kernel::collide(&seen, &laws.rates, &laws.energy, out, record.then_some([across, down]))
        });
        let add = |a: Limited, b: Limited| Limited { cells: a.cells + b.cells, lost: a.lost + b.lost };
        limited.reduce(Limited::default, add)
    }
}

/// Rows of populations that arrive in a row, each shifted by its velocity.
fn arriving(s: Shape, populations: &[f32], row: usize) -> [&[f32]; Q] {
    core::array::from_fn(|i| {
        let first = s.slot(i, row.wrapping_add_signed(-CY[i]), -CX[i]);
        &populations[first..first + s.width]
    })
}

/// The rows above, at and below a row, with a ghost at either end.
fn around(s: Shape, plane: &[f32], row: usize) -> [&[f32]; 3] {
    [row - 1, row, row + 1].map(|row| {
        let first = s.at(row, -1);
        &plane[first..first + s.width + 2]
    })
}
