//! Where dye comes from: stripes, an input field, touches; and how touches push the gas.

use rayon::prelude::*;

use super::collide::SPEED_LIMIT;
use super::dye::{Colour, Dye, MOST};
use super::edge::Edge;
use super::lattice::Lattice;
use super::params::GasKnobs;
use world::field::Field;
use world::rng::Rng;
use world::system::{Phase, Touch};

/// Fastest that a touch moves the gas, cells a step.
const PUSH_LIMIT: f32 = 0.8 * SPEED_LIMIT;

/// A saturated colour of this hue (turns), in linear light.
pub fn hue_colour(hue: f64) -> Colour {
    let channel = |third: f64| {
        let c = 0.5 + 0.5 * libm::cos(core::f64::consts::TAU * (hue - third / 3.0));
        (c * c) as f32
    };
    [channel(0.0), channel(1.0), channel(2.0), 0.0]
}

/// Colours along a side of `n` cells at a time in seconds.
fn stripes(knobs: &GasKnobs, n: usize, seconds: f64) -> Vec<Colour> {
    let count = knobs.stripes;
    let colour = |i: usize| {
        let at = (i as f64 + 0.5) / n as f64 * count as f64;
        let index = libm::floor(at);
        let part = at - index;
        let bump = 4.0 * part * (1.0 - part);
        let spread = knobs.hue_spread as f64 * index / (count.max(2) - 1) as f64;
        let hue = knobs.hue as f64 + knobs.hue_drift as f64 * seconds + spread;
        hue_colour(hue).map(|c| c * (bump * bump) as f32)
    };
    (0..n).map(|i| if count == 0 { [0.0; 4] } else { colour(i) }).collect()
}

/// Fills the world with level stripes.
pub fn fill_stripes(dye: &mut Dye, lattice: &Lattice, knobs: &GasKnobs) {
    let (w, h) = lattice.size();
    let colours = stripes(knobs, h, 0.0);
    dye.cells_mut().par_chunks_mut(w).zip(&colours).for_each(|(row, colour)| row.fill(*colour));
}

/// Dyes the gas that flows in.
pub fn dye_inflow(dye: &mut Dye, lattice: &Lattice, knobs: &GasKnobs, seconds: f64) {
    let ((w, h), edges) = (lattice.size(), *lattice.edges());
    for (edge, column) in [(edges.left, 0), (edges.right, w - 1)] {
        if edge == Edge::Inflow {
            let colours = stripes(knobs, h, seconds);
            dye.cells_mut().chunks_exact_mut(w).zip(colours).for_each(|(row, c)| row[column] = c);
        }
    }
    for (edge, row) in [(edges.top, 0), (edges.bottom, h - 1)] {
        if edge == Edge::Inflow {
            dye.cells_mut()[row * w..(row + 1) * w].copy_from_slice(&stripes(knobs, w, seconds));
        }
    }
}

/// Brings dye up towards an input field where that is brighter.
pub fn inject(dye: &mut Dye, input: &Field, rate: f32) {
    let w = input.width();
    dye.cells_mut().par_chunks_mut(w).enumerate().for_each(|(y, row)| {
        for c in 0..3 {
            let values = input.row(c, y);
            row.iter_mut().zip(values).for_each(|(cell, &v)| {
                cell[c] += rate * (v.clamp(0.0, MOST) - cell[c]).max(0.0);
            });
        }
    });
}

/// The cells under a touch, and how much of it each gets.
struct Brush {
    x: f32,
    y: f32,
    radius: f32,
    columns: std::ops::Range<usize>,
    rows: std::ops::Range<usize>,
}

impl Brush {
    fn of(touch: &Touch, (w, h): (usize, usize)) -> Option<Self> {
        let all = [touch.x, touch.y, touch.dx, touch.dy, touch.radius, touch.strength];
        if !all.iter().all(|v| v.is_finite()) {
            return None;
        }
        let (x, y) = (touch.x * w as f32, touch.y * h as f32);
        let radius = (touch.radius.clamp(0.0, 1.0) * h as f32).max(1.0);
        let span = |c: f32, n: usize| {
            ((c - radius).max(0.0) as usize).min(n)..((c + radius + 1.0).max(0.0) as usize).min(n)
        };
        Some(Self { x, y, radius, columns: span(x, w), rows: span(y, h) })
    }

    /// 1 in the middle, falling smoothly to 0 at the rim.
    fn weight(&self, x: usize, y: usize) -> f32 {
        let (dx, dy) = (x as f32 + 0.5 - self.x, y as f32 + 0.5 - self.y);
        let inner = (1.0 - (dx * dx + dy * dy) / (self.radius * self.radius)).max(0.0);
        inner * inner
    }
}

/// Pushes the gas along with a touch; one of negative strength slows it.
pub fn push(lattice: &mut Lattice, touch: &Touch, knobs: &GasKnobs) {
    let size = lattice.size();
    let Some(brush) = Brush::of(touch, size) else { return };
    let strength = touch.strength.clamp(-1.0, 1.0) * knobs.push;
    let steps = knobs.steps.max(1) as f32;
    let along = [touch.dx * size.0 as f32 / steps, touch.dy * size.1 as f32 / steps];
    let along = within([0.0; 2], along);
    lattice.push(brush.columns.clone(), brush.rows.clone(), |x, y, u| {
        let share = brush.weight(x, y) * strength;
        match share < 0.0 {
            true => u.map(|u| u * share.max(-1.0)),
            false => within(u, along.map(|a| a * share)),
        }
    });
}

/// The most of `add` that leaves the speed within what a touch may do.
fn within(u: [f32; 2], add: [f32; 2]) -> [f32; 2] {
    let goal = [u[0] + add[0], u[1] + add[1]];
    let speed = (goal[0] * goal[0] + goal[1] * goal[1]).sqrt();
    if speed <= PUSH_LIMIT {
        return add;
    }
    let scale = PUSH_LIMIT / speed;
    [goal[0] * scale - u[0], goal[1] * scale - u[1]]
}

/// Lets dye well up in springs that are spread evenly about the world, from a place given by `r` on.
pub fn well_up(dye: &mut Dye, lattice: &Lattice, knobs: &GasKnobs, r: Rng, seconds: f64) {
    // Steps of the plastic number's powers fill a square evenly (Roberts 2018).
    let place = |axis: u64, k: u32, step: f64| (r.unit64(axis) + k as f64 * step).fract() as f32;
    for k in 0..knobs.springs {
        let (x, y) = (place(0, k, 0.754_877_666), place(1, k, 0.569_840_291));
        let spread = knobs.hue_spread as f64 * k as f64 / (knobs.springs.max(2) - 1) as f64;
        let hue = knobs.hue as f64 + knobs.hue_drift as f64 * seconds + spread;
        let radius = knobs.spring_radius;
        let spring = Touch { id: k, x, y, dx: 0.0, dy: 0.0, radius, strength: 0.25, phase: Phase::Move };
        stain(dye, lattice, &spring, hue_colour(hue));
    }
}

/// Drops dye under a touch; one of negative strength takes it away.
pub fn drop_dye(dye: &mut Dye, lattice: &Lattice, touch: &Touch, knobs: &GasKnobs, seconds: f64) {
    // Five times the drift of the stripes, and a step for each finger, so that strokes stand out.
    let hue = knobs.hue as f64 + 0.5 + 5.0 * knobs.hue_drift as f64 * seconds + 0.19 * touch.id as f64;
    stain(dye, lattice, touch, if touch.strength > 0.0 { hue_colour(hue) } else { [0.0; 4] });
}

/// Brings the dye under a brush nearer to a colour, by the brush's strength.
fn stain(dye: &mut Dye, lattice: &Lattice, brush: &Touch, goal: Colour) {
    let (w, h) = lattice.size();
    let strength = brush.strength.clamp(-1.0, 1.0);
    let Some(brush) = Brush::of(brush, (w, h)) else { return };
    for y in brush.rows.clone() {
        for x in brush.columns.clone() {
            let share = brush.weight(x, y) * strength.abs();
            let cell = &mut dye.cells_mut()[y * w + x];
            (0..3).for_each(|c| cell[c] += share * (goal[c] - cell[c]));
        }
    }
}
