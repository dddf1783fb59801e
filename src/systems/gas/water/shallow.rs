//! The solver alone, on bare planes: shallow water over any ground, with friction and forces, in as many steps as its
//! waves need.
//!
//! Rows and columns take turns, in the other order every second step, which is of second order (Strang 1968). Units are
//! whatever gravity, cell size and time are given in.

use rayon::prelude::*;

use super::plane::{GHOSTS, Shape, Sides};
use super::pointwise;
use super::reconstruct::Pace;
use super::sweep::{Sweep, Water};
use world::field::rows_per_task;

/// Part of a cell that the fastest wave crosses in a step: within it no depth turns negative (Audusse et al. 2004).
pub const COURANT: f32 = 0.5;
/// Greatest depth that sources fill up to.
pub const DEPTH_LIMIT: f32 = 4096.0;

/// Constants of the water.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Physics {
    /// Acceleration of gravity.
    pub gravity: f32,
    /// Size of a cell.
    pub cell: f32,
    /// Depth below which water hardly moves.
    pub dry: f32,
    /// Manning's coefficient of friction.
    pub manning: f32,
}

impl Physics {
    /// Metres and seconds, without friction, on cells of this size.
    pub fn metres(cell: f32) -> Self {
        Self { gravity: 9.81, cell, dry: 1e-6, manning: 0.0 }
    }
}

/// How far a call got.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Advance {
    /// Steps taken.
    pub steps: u32,
    /// Time that passed.
    pub seconds: f32,
}

/// Water on a ground.
///
/// ```ignore
/// let mut water = Shallow::new(400, 1, Sides::WALLS, Physics::metres(0.05));
/// water.fill(|x, _| [if x < 200 { 1.0 } else { 0.0 }, 0.0, 0.0]);
/// water.advance(1.0, 10_000, None);
/// ```
pub struct Shallow {
    shape: Shape,
    sides: Sides,
    /// Constants.
    pub physics: Physics,
    ground: Vec<f32>,
    water: Water,
    next: Water,
    columns_first: bool,
}

impl Shallow {
    /// Dry, level ground.
    pub fn new(width: usize, height: usize, sides: Sides, physics: Physics) -> Self {
        let shape = Shape { width: width.max(1), height: height.max(1) };
        let plane = || vec![0.0; shape.floats()];
        let (water, next) = ([plane(), plane(), plane()], [plane(), plane(), plane()]);
        Self { shape, sides: sides.sound(), physics, ground: plane(), water, next, columns_first: false }
    }

    /// (width, height) in cells.
    pub fn size(&self) -> (usize, usize) {
        (self.shape.width, self.shape.height)
    }
    /// Layout of the planes.
    pub fn shape(&self) -> Shape {
        self.shape
    }
    /// What lies beyond the sides.
    pub fn sides(&self) -> Sides {
        self.sides
    }
    /// Sets what lies beyond the sides.
    pub fn set_sides(&mut self, sides: Sides) {
        self.sides = sides.sound();
    }

    /// Depth at a place in cells.
    pub fn depth_at(&self, [x, y]: [f32; 2]) -> f32 {
        let (w, h) = self.size();
        self.depth((y as usize).min(h - 1))[(x as usize).min(w - 1)]
    }
    /// A row of depths.
    pub fn depth(&self, y: usize) -> &[f32] {
        &self.water[0][self.shape.cells(y)]
    }
    /// A row of velocities: across (0) or down (1).
    pub fn velocity(&self, axis: usize, y: usize) -> &[f32] {
        &self.water[1 + axis][self.shape.cells(y)]
    }
    /// A row of the ground's heights.
    pub fn ground(&self, y: usize) -> &[f32] {
        &self.ground[self.shape.cells(y)]
    }

    /// Sets depth and velocity of every cell.
    pub fn fill(&mut self, f: impl Fn(usize, usize) -> [f32; 3] + Sync) {
        self.rows(|y, [h, u, v]| {
            for (x, ((h, u), v)) in h.iter_mut().zip(u).zip(v).enumerate() {
                [*h, *u, *v] = f(x, y);
            }
        });
    }

    /// Sets the ground; the water stays on it.
    pub fn set_ground(&mut self, f: impl Fn(usize, &mut [f32]) + Sync) {
        self.move_ground(|y, row| {
            f(y, row);
            0.0
        });
    }

    /// Moves the ground, row by row; the water stays on it. Returns the greatest number that `f` returns.
    pub fn move_ground(&mut self, f: impl Fn(usize, &mut [f32]) -> f32 + Sync) -> f32 {
        let (shape, stride) = (self.shape, self.shape.stride());
        let world = GHOSTS * stride..(GHOSTS + shape.height) * stride;
        let rows = self.ground[world].par_chunks_mut(stride).with_min_len(rows_per_task(shape.width));
        let rows = rows.enumerate().map(|(y, row)| f(y, &mut row[GHOSTS..GHOSTS + shape.width]));
        rows.reduce(|| f32::NEG_INFINITY, f32::max)
    }

    /// Changes rows of depth, velocity across and down, in parallel.
    pub fn rows(&mut self, f: impl Fn(usize, [&mut [f32]; 3]) + Sync) {
        let (shape, stride) = (self.shape, self.shape.stride());
        let world = GHOSTS * stride..(GHOSTS + shape.height) * stride;
        let [h, u, v] = self.water.each_mut().map(|p| p[world.clone()].par_chunks_mut(stride));
        let rows = h.zip(u).zip(v).with_min_len(rows_per_task(shape.width)).enumerate();
        rows.for_each(|(y, ((h, u), v))| {
            let cells = GHOSTS..GHOSTS + shape.width;
            f(y, [h, u, v].map(|row| &mut row[cells.clone()]));
        });
    }

    /// One cell, to change: depth, velocity across and down.
    pub fn change(&mut self, x: usize, y: usize, f: impl FnOnce([f32; 3]) -> [f32; 3]) {
        let at = self.shape.row(y as isize) + x;
        let [h, u, v] = f(self.water.each_ref().map(|p| p[at]));
        self.water[0][at] = h;
        self.water[1][at] = u;
        self.water[2][at] = v;
    }

    /// Lets time pass, in at most `most` steps: where that is too few, less time passes. `force` is an acceleration of
    /// each cell, across and down.
    pub fn advance(&mut self, seconds: f32, most: u32, force: Option<[&[f32]; 2]>) -> Advance {
        self.close();
        let mut done = Advance::default();
        while done.seconds < seconds && done.steps < most {
            let left = seconds - done.seconds;
            let step = self.longest();
            // The rest in equal steps, so that none is tiny.
            let step = if step < left { left / (left / step).ceil().min(1e6) } else { left };
            self.step(step, force);
            done.steps += 1;
            let last = step >= left;
            done.seconds = if last { seconds } else { done.seconds + step };
        }
        done
    }

    /// Longest step that the fastest wave allows.
    pub fn longest(&self) -> f32 {
        let (shape, gravity) = (self.shape, self.physics.gravity);
        let rows = (0..shape.height).into_par_iter().with_min_len(rows_per_task(shape.width));
        let fastest = rows.map(|y| {
            let at = shape.cells(y);
            pointwise::fastest(self.water.each_ref().map(|p| &p[at.clone()]), gravity)
        });
        let fastest = fastest.reduce(|| 0.0, f32::max);
        COURANT * self.physics.cell / fastest.max(1e-6)
    }

    /// One step, which must not be longer than [`Self::longest`].
    fn step(&mut self, seconds: f32, force: Option<[&[f32]; 2]>) {
        let Physics { gravity, cell, dry, .. } = self.physics;
        let pace = Pace { ratio: seconds / cell, gravity, dry };
        let sweep = Sweep { shape: self.shape, sides: self.sides, ground: &self.ground, pace };
        if self.columns_first {
            sweep.along_columns(&self.water, &mut self.next);
            sweep.along_rows(&self.next, &mut self.water);
        } else {
            sweep.along_rows(&self.water, &mut self.next);
            sweep.along_columns(&self.next, &mut self.water);
        }
        self.columns_first = !self.columns_first;
        self.accelerate(seconds, force);
    }

    /// Force and friction over a step.
    fn accelerate(&mut self, seconds: f32, force: Option<[&[f32]; 2]>) {
        let friction = seconds * self.physics.gravity * self.physics.manning * self.physics.manning;
        if friction == 0.0 && force.is_none() {
            return;
        }
        let (w, dry) = (self.shape.width, self.physics.dry);
        self.rows(|y, [h, u, v]| {
            let force = force.map(|f| f.map(|f| &f[y * w..(y + 1) * w]));
            pointwise::accelerate([h, u, v], force, seconds, friction, dry);
        });
        self.close();
    }

    /// Fills all ghosts.
    fn close(&mut self) {
        let (shape, sides) = (self.shape, self.sides);
        shape.close(&mut self.ground, sides, None);
        for (k, plane) in self.water.iter_mut().enumerate() {
            shape.close(plane, sides, k.checked_sub(1));
        }
    }

    /// Volume, in cells of area times depth; summed in a fixed order.
    pub fn volume(&self) -> f64 {
        let shape = self.shape;
        let rows: Vec<f64> = (0..shape.height)
            .into_par_iter()
            .with_min_len(rows_per_task(shape.width))
            .map(|y| self.depth(y).iter().map(|&h| h as f64).sum())
            .collect();
        rows.iter().sum()
    }
}
