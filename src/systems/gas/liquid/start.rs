//! Initial conditions.

use super::grid::{Grid, PER_CELL};
use super::hue;
use super::params::{LiquidKnobs, Start};
use super::particle::Particle;
use world::rng::Rng;

/// Speed at the rim of a ball that turns, heights/s.
const RIM: f32 = 0.6;
/// How far from the middle of its quarter a particle may start, as a fraction of a cell.
const JITTER: f32 = 0.1;

/// Where there is liquid at the start: a box or a disc, in cells.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// Left, top, right, bottom.
    Box([f32; 4]),
    /// Centre and radius.
    Disc([f32; 2], f32),
}

impl Shape {
    fn of(start: Start, share: f32, grid: &Grid) -> Option<Self> {
        let (w, h) = (grid.w as f32, grid.h as f32);
        let area = share.clamp(0.0, 1.0) * w * h;
        match start {
            Start::Empty => None,
            Start::Pool => Some(Self::Box([0.0, h - area / w, w, h])),
            Start::Dam => {
                let height = (0.8 * h).max(area / w);
                Some(Self::Box([0.0, h - height, area / height, h]))
            }
            Start::Blob | Start::Spin => {
                let radius = libm::sqrtf(area / core::f32::consts::PI).min(0.48 * w.min(h));
                let down = if start == Start::Spin { 0.5 } else { 0.49 };
                Some(Self::Disc([0.5 * w, down * h], radius))
            }
        }
    }

    fn holds(&self, at: [f32; 2]) -> bool {
        match *self {
            Self::Box([left, top, right, bottom]) => {
                (left..right).contains(&at[0]) && (top..bottom).contains(&at[1])
            }
            Self::Disc([x, y], radius) => {
                let (dx, dy) = (at[0] - x, at[1] - y);
                dx * dx + dy * dy < radius * radius
            }
        }
    }

    /// Cells that it covers.
    fn area(&self) -> f32 {
        match *self {
            Self::Box([left, top, right, bottom]) => (right - left) * (bottom - top),
            Self::Disc(_, radius) => core::f32::consts::PI * radius * radius,
        }
    }

    fn rows(&self) -> [f32; 2] {
        match *self {
            Self::Box([_, top, _, bottom]) => [top, bottom],
            Self::Disc([_, y], radius) => [y - radius, y + radius],
        }
    }
}

/// The particles of an initial condition; and, if the knob `particles` does not allow as many as it takes, how many those
/// are.
pub fn particles(knobs: &LiquidKnobs, grid: &Grid, rng: Rng) -> (Vec<Particle>, Option<usize>) {
    let most = knobs.particles as usize;
    let cells = (grid.w * grid.h) as f32 * knobs.level;
    // A hundredth is left for cells that the border of the shape cuts.
    let room = (0.99 * most as f32 / (PER_CELL as f32 * cells.max(1.0))).min(1.0);
    let Some(shape) = Shape::of(knobs.start, knobs.level * room, grid) else { return (Vec::new(), None) };
    let area = Shape::of(knobs.start, knobs.level, grid).map_or(0.0, |s| s.area());
    let whole = libm::roundf(area * PER_CELL as f32) as usize;
    let mut all = Vec::new();
    let [top, bottom] = shape.rows();
    let (first, last) = (top.max(0.0) as usize, (bottom.max(0.0) as usize + 1).min(grid.h));
    for y in first..last {
        for x in 0..grid.w {
            for k in 0..PER_CELL {
                let at = spread(rng, grid, (x, y), k);
                if shape.holds(at) && all.len() < most {
                    let layer = (at[1] - top) / (bottom - top).max(1e-3);
                    let mut p = Particle::new(at, layer_colour(knobs, layer));
                    if knobs.start == Start::Spin {
                        turn(&mut p, &shape, grid.h as f32);
                    }
                    all.push(p);
                }
            }
        }
    }
    let cut = room < 1.0 && whole > all.len();
    (all, cut.then_some(whole))
}

/// Place of the `k`-th particle of a cell: near the middle of its quarter.
fn spread(rng: Rng, grid: &Grid, (x, y): (usize, usize), k: usize) -> [f32; 2] {
    let cell = ((y * grid.w + x) * PER_CELL + k) as u64;
    let part = |axis: u64| rng.fork(axis).range(cell, -JITTER, JITTER);
    [x as f32 + 0.25 + 0.5 * (k % 2) as f32 + part(0), y as f32 + 0.25 + 0.5 * (k / 2) as f32 + part(1)]
}

/// Colour of a layer, 0 at the top, 1 at the bottom.
fn layer_colour(knobs: &LiquidKnobs, at: f32) -> [f32; 3] {
    let count = knobs.colours.max(1) as f32;
    let layer = (at * count).clamp(0.0, count - 1.0) as u32;
    let part = layer as f64 / (knobs.colours.max(2) - 1) as f64;
    hue::colour(knobs.hue as f64 + knobs.hue_spread as f64 * part)
}

fn turn(p: &mut Particle, shape: &Shape, height: f32) {
    let Shape::Disc([x, y], radius) = *shape else { return };
    let rate = RIM * height / radius.max(1.0);
    p.velocity = [-rate * (p.at[1] - y), rate * (p.at[0] - x)];
    p.affine = [0.0, -rate, rate, 0.0];
}
