//! Where water comes from and goes to: drops of rain, stones, springs and drains, evaporation and infiltration, an
//! input field.

use super::knobs::WaterKnobs;
use super::pointwise;
use super::shallow::{DEPTH_LIMIT, Shallow};
use super::sound::{Events, Kind};
use world::brush::Brush;
use world::field::Field;
use world::rng::Rng;

/// Most drops in a tick; where more should fall, these are bigger.
const MOST_DROPS: f32 = 512.0;
/// Most stones in a tick.
const MOST_STONES: u64 = 8;
/// Depth below which a stone finds no water to drive apart, cells.
const FILM: f32 = 0.05;
/// Height of a drop's splash, in its radii.
const SPLASH: f32 = 0.3;
/// Radius of a spring or drain, cells.
const SPRING_RADIUS: f32 = 2.5;
/// Sum of a brush's weights over its radius squared.
const BRUSH_SUM: f32 = core::f32::consts::PI / 3.0;

/// A whole number with this mean: its floor, or one more by chance.
fn count(mean: f32, chance: f32) -> u64 {
    (mean + chance).floor().max(0.0) as u64
}

/// Rain of one tick.
pub fn rain(water: &mut Shallow, knobs: &WaterKnobs, seconds: f32, rng: Rng, events: &mut Events) {
    let (w, h) = water.size();
    let volume = SPLASH * BRUSH_SUM * knobs.drop * knobs.drop * knobs.drop;
    let mean = knobs.rain * (w * h) as f32 * seconds / volume;
    let size = (mean / MOST_DROPS).max(1.0);
    let number = count(mean / size, rng.unit(0));
    for k in 0..number {
        let r = rng.fork(k);
        let at = [r.unit(0) * w as f32, r.unit(1) * h as f32];
        // Sizes differ, with a mean volume of one.
        let radius = knobs.drop * r.range(2, 0.6, 1.25);
        let brush = Brush::disc(at, radius, (w, h), water.sides().wraps());
        let top = SPLASH * radius * size;
        brush.for_each(|x, y, weight| water.change(x, y, |cell| pour(cell, top * weight)));
        events.drop_falls(water, at, radius, r);
    }
}

/// Adds depth to a cell; what comes has no velocity of its own. Takes where it is below 0.
pub fn pour([h, u, v]: [f32; 3], depth: f32) -> [f32; 3] {
    if depth <= 0.0 {
        return [(h + depth).max(0.0), u, v];
    }
    let new = (h + depth).min(h.max(DEPTH_LIMIT));
    let keep = h / new;
    [new, u * keep, v * keep]
}

/// Stones of one tick.
pub fn stones(water: &mut Shallow, knobs: &WaterKnobs, seconds: f32, rng: Rng, events: &mut Events) {
    let number = count(knobs.stones / 60.0 * seconds, rng.unit(0)).min(MOST_STONES);
    let (w, h) = water.size();
    for k in 0..number {
        let r = rng.fork(k);
        // Of a few places the deepest: stones seldom fall on land.
        let place = |i: u64| [r.unit(2 * i) * w as f32, r.unit(2 * i + 1) * h as f32];
        let depth = |at: [f32; 2]| water.depth_at(at);
        let at = (1..4).map(place).fold(place(0), |a, b| if depth(b) > depth(a) { b } else { a });
        let radius = knobs.stone * r.range(9, 0.5, 1.3);
        let brush = Brush::disc(at, radius, (w, h), water.sides().wraps());
        sink(water, &brush, 1.0);
        events.at(Kind::Stone, water, at, 0.35 * radius, 1.0, r.unit(10));
    }
}

/// A stone the size of a brush sinks into the water and drives it apart.
pub fn sink(water: &mut Shallow, brush: &Brush, force: f32) {
    let radius = brush.radius();
    let speed = 1.4 * force * (water.physics.gravity * radius).sqrt();
    brush.for_each(|x, y, weight| {
        let [ox, oy] = brush.offset(x, y);
        let push = speed * weight / radius;
        water.change(x, y, |[h, u, v]| match h > FILM {
            true => [h, u + push * ox, v + push * oy],
            false => [h, u, v],
        });
    });
}

/// Springs and drains of one tick; they stay at their addresses.
pub fn springs(water: &mut Shallow, knobs: &WaterKnobs, seconds: f32, rng: Rng) {
    let ground = |water: &Shallow, [x, y]: [f32; 2]| {
        let (w, h) = water.size();
        water.ground((y as usize).min(h - 1))[(x as usize).min(w - 1)]
    };
    for (name, number, flow, sign) in
        [("springs", knobs.springs, knobs.spring_flow, 1.0), ("drains", knobs.drains, knobs.drain_flow, -1.0)]
    {
        let (w, h) = water.size();
        for k in 0..number {
            let r = rng.named(name).fork(k as u64);
            let place = |i: u64| [r.unit(2 * i) * w as f32, r.unit(2 * i + 1) * h as f32];
            let better = |a: [f32; 2], b: [f32; 2]| sign * (ground(water, b) - ground(water, a)) > 0.0;
            let at = (1..8).map(place).fold(place(0), |a, b| if better(a, b) { b } else { a });
            let brush = Brush::disc(at, SPRING_RADIUS, (w, h), water.sides().wraps());
            let area = BRUSH_SUM * SPRING_RADIUS * SPRING_RADIUS * number as f32;
            let depth = sign * flow * seconds * (w * h) as f32 / area;
            brush.for_each(|x, y, weight| water.change(x, y, |cell| pour(cell, depth * weight)));
        }
    }
}

/// Evaporation, infiltration and the input field of one tick.
pub fn exchange(water: &mut Shallow, knobs: &WaterKnobs, seconds: f32, input: Option<&Field>) {
    let (lost, kept) = (knobs.evaporation * seconds, libm::expf(-knobs.infiltration * seconds));
    if let Some(field) = input.filter(|_| knobs.source_gain > 0.0) {
        let rate = knobs.source_gain * seconds;
        water.rows(|y, row| pointwise::add(row, field.row(0, y), rate, DEPTH_LIMIT));
    }
    if lost > 0.0 || kept < 1.0 {
        water.rows(|_, [h, ..]| h.iter_mut().for_each(|h| *h = (*h * kept - lost).max(0.0)));
    }
}
