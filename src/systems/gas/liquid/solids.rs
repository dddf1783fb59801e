//! Solids: walls, and what the input `obstacle` holds, at rest or moving.
//!
//! A face is closed in part where the border of a solid crosses it (Batty, Bertails and Bridson 2007), so liquid slips
//! along slopes. A moving solid has the velocity of the input `obstacle_velocity`, or that with which its border moved
//! since the last tick.

use rayon::prelude::*;
use world::field::Field;

use super::distance;
use super::grid::{Edge, Grid, fill_ghosts, rows};

/// Greatest speed of a solid, cells a tick.
pub const SPEED_LIMIT: f32 = 4.0;

/// Solids of a world, in padded planes.
pub struct Solids {
    /// Closed share of the faces across.
    pub closed_u: Vec<f32>,
    /// Closed share of the faces down.
    pub closed_v: Vec<f32>,
    /// Distance of cells to the nearest obstacle, cells; empty without obstacles.
    pub distance: Vec<f32>,
    /// Share of a particle's surroundings that is free, by cell; empty without obstacles.
    pub room: Vec<f32>,
    /// Velocity of obstacles at cells, cells/s; empty while they rest.
    pub velocity: Vec<[f32; 2]>,
    /// Whether there is nothing else in the world.
    pub full: bool,
    /// What it was made of.
    field: Vec<f32>,
    threshold: f32,
}

impl Solids {
    /// Walls only.
    pub fn new(grid: &Grid) -> Self {
        let none = vec![0.0; grid.len()];
        let mut new = Self {
            closed_u: none.clone(),
            closed_v: none,
            distance: Vec::new(),
            room: Vec::new(),
            velocity: Vec::new(),
            full: false,
            field: Vec::new(),
            threshold: 0.5,
        };
        new.close(grid);
        new
    }

    /// Whether there are obstacles.
    pub fn any(&self) -> bool {
        !self.distance.is_empty()
    }

    /// Takes the obstacles of this tick of `dt` seconds; `velocity` in cells a tick. True if any border changed.
    pub fn update(
        &mut self,
        grid: &Grid,
        obstacle: Option<&Field>,
        velocity: Option<&Field>,
        threshold: f32,
        dt: f32,
    ) -> bool {
        let Some(obstacle) = obstacle else {
            let had = self.any();
            if had {
                *self = Self::new(grid);
            }
            return had;
        };
        let same = self.field == obstacle.plane(0) && self.threshold == threshold;
        self.velocity.clear();
        if !same {
            let before = std::mem::take(&mut self.distance);
            self.shape(grid, obstacle.plane(0), threshold);
            if before.len() == self.distance.len() && velocity.is_none() && dt > 0.0 {
                self.move_from(grid, &before, dt);
            }
        }
        if let Some(field) = velocity
            && dt > 0.0
        {
            self.take_velocity(grid, field, dt);
        }
        self.hold_walls(grid);
        !same
    }

    /// Distances, closed shares and room.
    fn shape(&mut self, grid: &Grid, field: &[f32], threshold: f32) {
        let (w, h) = (grid.w, grid.h);
        (self.field, self.threshold) = (field.to_vec(), threshold);
        let mut inner = vec![0.0; w * h];
        distance::signed(field, (w, h), threshold, &mut inner);
        self.full = inner.iter().all(|d| *d < 0.0);
        self.distance.resize(grid.len(), 0.0);
        (0..h).for_each(|y| self.distance[grid.row(y)].copy_from_slice(&inner[y * w..(y + 1) * w]));
        fill_ghosts(grid, &mut self.distance);
        let (s, d) = (grid.stride(), &self.distance);
        // Distance at the upper left corner of a cell.
        let corner = |i: usize| 0.25 * (d[i] + d[i - 1] + d[i - s] + d[i - s - 1]);
        let rows = self.closed_u.par_chunks_mut(s).zip(self.closed_v.par_chunks_mut(s)).enumerate();
        rows.skip(1).take(h + 1).for_each(|(r, (across, down))| {
            for x in 1..w + 2 {
                let i = r * s + x;
                if r <= h {
                    across[x] = closed(corner(i), corner(i + s));
                }
                if x <= w {
                    down[x] = closed(corner(i), corner(i + 1));
                }
            }
        });
        self.close(grid);
        self.find_room(grid);
    }

    /// Closes the faces of walls, and makes those of a world that repeats agree.
    fn close(&mut self, grid: &Grid) {
        let (s, w, h) = (grid.stride(), grid.w, grid.h);
        let [left, right, top, bottom] = grid.edges();
        for y in 0..h + 2 {
            for (edge, x) in [(left, 1), (right, w + 1)] {
                if edge == Edge::Closed {
                    self.closed_u[y * s + x] = 1.0;
                }
            }
        }
        for (edge, y) in [(top, 1), (bottom, h + 1)] {
            if edge == Edge::Closed {
                self.closed_v[y * s..(y + 1) * s].fill(1.0);
            }
        }
        grid.hole().for_each(|x| self.closed_v[(h + 1) * s + x] = 0.0);
    }

    /// Free share of each cell, spread as particles are.
    fn find_room(&mut self, grid: &Grid) {
        let (s, h) = (grid.stride(), grid.h);
        self.room.resize(grid.len(), 1.0);
        let d = &self.distance;
        let free = |i: usize| (d[i] + 0.5).clamp(0.0, 1.0);
        let across = |i: usize| 0.125 * (free(i - 1) + free(i + 1)) + 0.75 * free(i);
        rows(&mut self.room, s).skip(1).take(h).for_each(|(r, row)| {
            for (x, room) in row.iter_mut().enumerate().skip(1).take(s - 2) {
                let i = r * s + x;
                *room = 0.125 * (across(i - s) + across(i + s)) + 0.75 * across(i);
            }
        });
    }

    /// Velocity with which the border moved: along its normal.
    fn move_from(&mut self, grid: &Grid, before: &[f32], dt: f32) {
        let (s, limit) = (grid.stride(), SPEED_LIMIT / dt);
        let d = &self.distance;
        self.velocity.resize(grid.len(), [0.0; 2]);
        rows(&mut self.velocity, s).skip(1).take(grid.h).for_each(|(r, row)| {
            for (x, velocity) in row.iter_mut().enumerate().skip(1).take(s - 2) {
                let i = r * s + x;
                let speed = ((before[i] - d[i]) / dt).clamp(-limit, limit);
                // What appears out of nothing did not move there.
                let jumped = (before[i] - d[i]).abs() > 2.0 * SPEED_LIMIT;
                let (gx, gy) = (d[i + 1] - d[i - 1], d[i + s] - d[i - s]);
                let length = (gx * gx + gy * gy).sqrt();
                *velocity = match length > 1e-3 && !jumped {
                    true => [speed * gx / length, speed * gy / length],
                    false => [0.0; 2],
                };
            }
        });
    }

    fn take_velocity(&mut self, grid: &Grid, field: &Field, dt: f32) {
        let s = grid.stride();
        self.velocity.resize(grid.len(), [0.0; 2]);
        let clamp = |v: f32| v.clamp(-SPEED_LIMIT, SPEED_LIMIT) / dt;
        rows(&mut self.velocity, s).skip(1).take(grid.h).for_each(|(r, row)| {
            let (u, v) = (field.row(0, r - 1), field.row(1, r - 1));
            row[1..s - 1]
                .iter_mut()
                .zip(u.iter().zip(v))
                .for_each(|(into, (u, v))| *into = [clamp(*u), clamp(*v)]);
        });
    }

    /// Walls rest, whatever moves beside them.
    fn hold_walls(&mut self, grid: &Grid) {
        if self.velocity.is_empty() {
            return;
        }
        fill_ghosts(grid, &mut self.velocity);
        let (s, w, h) = (grid.stride(), grid.w, grid.h);
        let [left, right, top, bottom] = grid.edges();
        for (edge, x) in [(left, 0), (right, w + 1)] {
            if edge == Edge::Closed {
                (0..h + 2).for_each(|y| self.velocity[y * s + x] = [0.0; 2]);
            }
        }
        for (edge, y) in [(top, 0), (bottom, h + 1)] {
            if edge == Edge::Closed {
                self.velocity[y * s..(y + 1) * s].fill([0.0; 2]);
            }
        }
    }

    /// Velocity of the solid at the face between two cells, along `axis`, cells/s: that of the deeper one.
    #[inline(always)]
    pub fn face_velocity(&self, grid: &Grid, before: usize, after: usize, axis: usize) -> f32 {
        if self.velocity.is_empty() {
            return 0.0;
        }
        let deep = if self.distance[before] < self.distance[after] { before } else { after };
        let ghost = |i: usize| {
            let (x, y) = (i % grid.stride(), i / grid.stride());
            x == 0 || x > grid.w || y == 0 || y > grid.h
        };
        let cell = if ghost(before) {
            before
        } else if ghost(after) {
            after
        } else {
            deep
        };
        self.velocity[cell][axis]
    }

    /// Distance to the nearest obstacle and its gradient, at a place; bilinear.
    #[inline(always)]
    pub fn distance_at(&self, grid: &Grid, at: [f32; 2]) -> (f32, [f32; 2]) {
        let (x, y) = (at[0] + 0.5, at[1] + 0.5);
        let (i, j) = ((x as usize).min(grid.w), (y as usize).min(grid.h));
        let (tx, ty) = (x - i as f32, y - j as f32);
        let k = j * grid.stride() + i;
        let d = [
            self.distance[k],
            self.distance[k + 1],
            self.distance[k + grid.stride()],
            self.distance[k + grid.stride() + 1],
        ];
        let (top, bottom) = (d[0] + (d[1] - d[0]) * tx, d[2] + (d[3] - d[2]) * tx);
        let (left, right) = (d[0] + (d[2] - d[0]) * ty, d[1] + (d[3] - d[1]) * ty);
        (top + (bottom - top) * ty, [right - left, bottom - top])
    }
}

/// Closed share of a face between the distances at its ends.
fn closed(a: f32, b: f32) -> f32 {
    match (a < 0.0, b < 0.0) {
        (true, true) => 1.0,
        (false, false) => 0.0,
        (true, false) => a / (a - b),
        (false, true) => b / (b - a),
    }
}
