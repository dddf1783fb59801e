//! Solid cells and how they move: a disc by knob, touches, an input field.

use rayon::prelude::*;

use super::air::Air;
use super::gas::Gas;
use super::motion::Motion;
use super::params::{Hand, SmokeKnobs};
use world::brush::Brush;
use world::field::{Field, rows_per_task};
use world::system::Touch;

/// Fraction of the height beyond which a body that moves in one tick has been put elsewhere: it pushes nothing.
const JUMP: f32 = 0.25;

/// What may be solid in a tick.
pub struct Given<'a> {
    /// Knobs.
    pub knobs: &'a SmokeKnobs,
    /// Touches.
    pub touches: &'a [Touch],
    /// The `obstacle` input.
    pub obstacle: Option<&'a Field>,
    /// The `obstacle_velocity` input.
    pub velocity: Option<&'a Field>,
    /// Cells a tick of velocity 1.
    pub unit: f32,
    /// Greatest velocity, cells/tick.
    pub limit: f32,
}

/// Solid cells.
#[derive(Default)]
pub struct Solids {
    cells: Vec<u8>,
    last: Vec<u8>,
    /// Velocities of solid cells, cells/tick.
    velocity: Vec<[f32; 2]>,
    motion: Motion,
    disc: Option<[f32; 2]>,
    any: bool,
    moving: bool,
}

/// A round body and its velocity.
struct Body {
    brush: Brush,
    at: [f32; 2],
    velocity: [f32; 2],
}

impl Solids {
    /// Which cells are solid (not 0); `None` if none is.
    pub fn cells(&self) -> Option<&[u8]> {
        self.any.then_some(&self.cells[..])
    }
    /// Whether a cell is solid.
    pub fn row(&self, y: usize, w: usize) -> Option<&[u8]> {
        self.cells().map(|cells| &cells[y * w..(y + 1) * w])
    }

    /// Finds the solid cells of a tick; whether any cell became or ceased to be solid.
    pub fn update(&mut self, size: (usize, usize), wraps: [bool; 2], given: &Given) -> bool {
        let (w, h) = size;
        let bodies = self.bodies(size, wraps, given);
        let had = self.any;
        if bodies.is_empty() && given.obstacle.is_none() {
            (self.any, self.moving) = (false, false);
            self.motion.clear();
            return had;
        }
        std::mem::swap(&mut self.cells, &mut self.last);
        self.cells.resize(w * h, 0);
        self.last.resize(w * h, 0);
        self.velocity.resize(w * h, [0.0; 2]);
        if !had {
            self.last.fill(0);
        }
        self.moving = false;
        self.input(size, given);
        for body in &bodies {
            self.moving |= body.velocity != [0.0; 2];
            self.place(body, w);
        }
        self.any = self.cells.par_chunks(1 << 14).any(|part| part.iter().any(|&s| s != 0));
        had != self.any || self.cells != self.last
    }

    fn bodies(&mut self, (w, h): (usize, usize), wraps: [bool; 2], given: &Given) -> Vec<Body> {
        let knobs = given.knobs;
        let mut bodies = Vec::new();
        let at = [knobs.disc_x * w as f32, knobs.disc_y * h as f32];
        if knobs.disc > 0.0 {
            let brush = Brush::disc(at, knobs.disc * h as f32, (w, h), wraps);
            let moved = self.disc.map_or([0.0; 2], |last| [at[0] - last[0], at[1] - last[1]]);
            let far = moved[0].abs().max(moved[1].abs()) > JUMP * h as f32;
            bodies.push(Body {
                brush,
                at,
                velocity: if far { [0.0; 2] } else { within(moved, given.limit) },
            });
        }
        self.disc = (knobs.disc > 0.0).then_some(at);
        if knobs.hand == Hand::Solid {
            for touch in given.touches {
                let brush = Brush::wrapping(touch, (w, h), wraps);
                if brush.strength() != 0.0 {
                    let at = [touch.x * w as f32, touch.y * h as f32];
                    let still = Brush::disc(at, brush.radius(), (w, h), wraps);
                    bodies.push(Body { brush: still, at, velocity: within(brush.moved(), given.limit) });
                }
            }
        }
        bodies
    }

    fn input(&mut self, size: (usize, usize), given: &Given) {
        let w = size.0;
        let Some(field) = given.obstacle else {
            self.cells.fill(0);
            self.velocity.fill([0.0; 2]);
            return self.motion.clear();
        };
        let rows = self.cells.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, row)| {
            let values = field.row(0, y);
            row.iter_mut().zip(values).for_each(|(s, &v)| *s = (v > given.knobs.threshold) as u8);
        });
        let limit = given.limit;
        if let Some(field) = given.velocity {
            self.motion.clear();
            let rows = self.velocity.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
            rows.for_each(|(y, row)| {
                let parts = field.row(0, y).iter().zip(field.row(1, y));
                row.iter_mut().zip(parts).for_each(|(v, (x, y))| {
                    *v = within([x * given.unit, y * given.unit], limit);
                });
            });
        } else if self.cells == self.last {
            self.velocity.fill([0.0; 2]);
            return;
        } else {
            self.motion.follow(&self.cells, size, &mut self.velocity);
            self.velocity.par_iter_mut().with_min_len(1 << 14).for_each(|v| *v = within(*v, limit));
        }
        self.moving = true;
    }

    fn place(&mut self, body: &Body, w: usize) {
        let (cells, velocity) = (&mut self.cells, &mut self.velocity);
        let mut set = |x: usize, y: usize| {
            cells[y * w + x] = 1;
            velocity[y * w + x] = body.velocity;
        };
        let radius = body.brush.radius();
        if radius > 1.0 {
            body.brush.for_each(|x, y, _| set(x, y));
        } else {
            let h = cells.len() / w;
            let inside = |v: f32, n: usize| (v >= 0.0 && v < n as f32).then_some(v as usize);
            if let (Some(x), Some(y)) = (inside(body.at[0], w), inside(body.at[1], h)) {
                cells[y * w + x] = 1;
                velocity[y * w + x] = body.velocity;
            }
        }
    }

    /// Sets the flow on faces that no gas passes: that of the bodies, or none at a wall. `share` is a step's part of a
    /// tick.
    pub fn close(&self, air: &mut Air, share: f32) {
        let ((w, h), wraps) = (air.size, air.sides.wraps());
        let faces = air.projection.faces();
        let moves = self.any && self.moving;
        let speed = |cell: usize, axis: usize| match moves && self.cells[cell] != 0 {
            true => Some(self.velocity[cell][axis] * share),
            false => None,
        };
        let mean = |a: Option<f32>, b: Option<f32>| match (a, b) {
            (Some(a), Some(b)) => 0.5 * (a + b),
            (a, b) => a.or(b).unwrap_or(0.0),
        };
        let rows = air.flow.u.par_chunks_mut(w + 1).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, u)| {
            let open = &faces.across[y * (w + 1)..(y + 1) * (w + 1)];
            for (x, (u, _)) in u.iter_mut().zip(open).enumerate().filter(|(_, (_, f))| **f == 0.0) {
                let inner = (x > 0 && x < w) || wraps[0];
                let pair = [y * w + (x + w - 1) % w, y * w + x % w];
                *u = if inner { mean(speed(pair[0], 0), speed(pair[1], 0)) } else { 0.0 };
            }
        });
        let rows = air.flow.v.par_chunks_mut(w).with_min_len(rows_per_task(w)).enumerate();
        rows.for_each(|(y, v)| {
            let open = &faces.down[y * w..(y + 1) * w];
            let inner = (y > 0 && y < h) || wraps[1];
            let [above, below] = [(y + h - 1) % h * w, y % h * w];
            for (x, (v, _)) in v.iter_mut().zip(open).enumerate().filter(|(_, (_, f))| **f == 0.0) {
                *v = if inner { mean(speed(above + x, 1), speed(below + x, 1)) } else { 0.0 };
            }
        });
    }

    /// Gives solid cells next to the gas its mean, and clears the others, so that no bare rim is drawn in.
    pub fn coat(&self, air: &mut Air) {
        let Some(cells) = self.cells() else { return };
        coat(cells, air.size, air.sides.wraps(), &mut air.gas.now);
        air.burnt.iter_mut().zip(cells).for_each(|(b, &s)| *b = if s != 0 { 0.0 } else { *b });
        if let Some(dye) = &mut air.dye {
            coat(cells, air.size, air.sides.wraps(), &mut dye.now);
        }
    }
}

fn coat(cells: &[u8], (w, h): (usize, usize), wraps: [bool; 2], gas: &mut [Gas]) {
    let now = &*gas;
    let step = |i: usize, by: isize, n: usize, wraps: bool| match (i as isize + by, wraps) {
        (j, true) => Some(j.rem_euclid(n as isize) as usize),
        (j, false) => (j >= 0 && j < n as isize).then_some(j as usize),
    };
    let mean = |x: usize, y: usize| {
        let (mut sum, mut count) = ([0.0; 4], 0.0);
        for (dx, dy) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)] {
            let (Some(x), Some(y)) = (step(x, dx, w, wraps[0]), step(y, dy, h, wraps[1])) else { continue };
            if cells[y * w + x] == 0 {
                (0..4).for_each(|c| sum[c] += now[y * w + x][c]);
                count += 1.0;
            }
        }
        if count > 0.0 { sum.map(|s| s / count) } else { sum }
    };
    let coats: Vec<(usize, Gas)> = (0..h)
        .into_par_iter()
        .with_min_len(rows_per_task(w))
        .flat_map_iter(|y| {
            let solid = (0..w).filter(move |&x| cells[y * w + x] != 0);
            solid.map(move |x| (y * w + x, mean(x, y)))
        })
        .collect();
    coats.into_iter().for_each(|(cell, value)| gas[cell] = value);
}

/// The vector, no longer than a limit.
fn within(v: [f32; 2], limit: f32) -> [f32; 2] {
    let length = (v[0] * v[0] + v[1] * v[1]).sqrt();
    match length > limit {
        true => v.map(|v| v * (limit / length)),
        false => v,
    }
}
