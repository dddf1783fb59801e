//! Sources of dye: stripes, an input field, touches; and how touches push the gas.

use rayon::prelude::*;

use super::collide::SPEED_LIMIT;
use super::dye::{Colour, Dye, MOST};
use super::edge::BoundaryCondition;
use super::lattice::Lattice;
use super::params::GasKnobs;
use world::brush::Brush;
use world::field::Field;
use world::rng::Rng;
use world::system::Touch;

/// Greatest speed that a touch gives the gas, cells/step.
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
        if edge == BoundaryCondition::Inflow {
            let colours = stripes(knobs, h, seconds);
            dye.cells_mut().chunks_exact_mut(w).zip(colours).for_each(|(row, c)| row[column] = c);
        }
    }
    for (edge, row) in [(edges.top, 0), (edges.bottom, h - 1)] {
        if edge == BoundaryCondition::Inflow {
            dye.cells_mut()[row * w..(row + 1) * w].copy_from_slice(&stripes(knobs, w, seconds));
        }
    }
}

/// Raises dye towards an input field where that is brighter.
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

/// The brush of a touch, on a gas that may be periodic across or down.
fn brush(lattice: &Lattice, touch: &Touch) -> Brush {
    let edges = lattice.edges();
    Brush::wrapping(touch, lattice.size(), [edges.wraps_across(), edges.wraps_down()])
}

/// Pushes the gas along with a touch that gives; slows it where one takes.
pub fn push(lattice: &mut Lattice, touch: &Touch, knobs: &GasKnobs) {
    let brush = brush(lattice, touch);
    let steps = knobs.steps.max(1) as f32;
    let along = within([0.0; 2], brush.moved().map(|cells| cells / steps));
    brush.for_each(|x, y, weight| {
        let share = weight * (brush.amount() * knobs.push);
        lattice.push(x, y, |u| match brush.takes() {
            true => u.map(|u| u * -share.min(1.0)),
            false => within(u, along.map(|a| a * share)),
        });
    });
}

/// The largest part of `add` that keeps the speed within the limit of touches.
fn within(u: [f32; 2], add: [f32; 2]) -> [f32; 2] {
    let goal = [u[0] + add[0], u[1] + add[1]];
    let speed = (goal[0] * goal[0] + goal[1] * goal[1]).sqrt();
    if speed <= PUSH_LIMIT {
        return add;
    }
    let scale = PUSH_LIMIT / speed;
    [goal[0] * scale - u[0], goal[1] * scale - u[1]]
}

/// Injects dye at springs that are spread evenly over the world, from a position given by `r` on.
pub fn well_up(dye: &mut Dye, lattice: &Lattice, knobs: &GasKnobs, r: Rng, seconds: f64) {
    let (w, h) = lattice.size();
    // Steps of the plastic number's powers fill a square evenly (Roberts 2018).
    let place = |axis: u64, k: u32, step: f64| (r.unit64(axis) + k as f64 * step).fract() as f32;
    for k in 0..knobs.springs {
        let (x, y) = (place(0, k, 0.754_877_666), place(1, k, 0.569_840_291));
        let spread = knobs.hue_spread as f64 * k as f64 / (knobs.springs.max(2) - 1) as f64;
        let hue = knobs.hue as f64 + knobs.hue_drift as f64 * seconds + spread;
        let (at, radius) = ([x * w as f32, y * h as f32], knobs.spring_radius * h as f32);
        // Cut off at every border, also where the gas is periodic: pinned pictures depend on it.
        stain(dye, &Brush::disc(at, radius, (w, h), [false; 2]), 0.25, hue_colour(hue));
    }
}

/// Adds dye under a touch that gives; removes it under one that takes.
pub fn drop_dye(dye: &mut Dye, lattice: &Lattice, touch: &Touch, knobs: &GasKnobs, seconds: f64) {
    // Five times the drift of the stripes, and an offset per touch, so that strokes stand out.
    let hue = knobs.hue as f64 + 0.5 + 5.0 * knobs.hue_drift as f64 * seconds + 0.19 * touch.id as f64;
    let brush = brush(lattice, touch);
    stain(dye, &brush, brush.amount(), if brush.gives() { hue_colour(hue) } else { [0.0; 4] });
}

/// Blends the dye under a brush towards a colour: by `amount` at weight 1.
fn stain(dye: &mut Dye, brush: &Brush, amount: f32, goal: Colour) {
    brush.paint(dye.cells_mut(), |_, _, cell, weight| {
        let share = weight * amount;
        (0..3).for_each(|c| cell[c] += share * (goal[c] - cell[c]));
    });
}
