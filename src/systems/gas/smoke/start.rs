//! Birth: clear air that is not quite still, or a fire that has been burning for a while.

use super::advect::Place;
use super::advect::nodes::Four;
use super::air::Air;
use super::params::{SmokeKnobs, Start};
use super::solids::Solids;
use super::sources::{self, Flicker};
use super::step;
use world::rng::Rng;

/// Swirls of the first breath.
const SWIRLS: u64 = 24;

/// Fills a world that has just been made; velocities are in cells a step at 60 steps a second.
pub fn begin(air: &mut Air, knobs: &SmokeKnobs, flicker: &mut Flicker, rng: Rng) {
    match knobs.start {
        Start::Burning if knobs.burners > 0 => rehearse(air, knobs, flicker, rng),
        _ => stir(air, rng.named("swirls")),
    }
}

/// Stirs the air by swirls of random sizes, so that no plume stands like a pillar.
fn stir(air: &mut Air, rng: Rng) {
    let (w, h) = air.size;
    let swirls: Vec<[f32; 4]> = (0..SWIRLS)
        .map(|i| {
            let rng = rng.fork(i);
            let radius = h as f32 * rng.range(2, 0.05, 0.2);
            let spin = rng.range(3, -0.25, 0.25) * h as f32 / 60.0;
            [rng.unit(0) * w as f32, rng.unit(1) * h as f32, radius, spin]
        })
        .collect();
    // A stream function has no divergence on faces.
    let stream = |x: f32, y: f32| -> f32 {
        swirls
            .iter()
            .map(|[cx, cy, radius, spin]| {
                let square = ((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (radius * radius);
                if square < 1.0 { spin * radius * 0.25 * (1.0 - square) * (1.0 - square) } else { 0.0 }
            })
            .sum()
    };
    for y in 0..h {
        for x in 0..=w {
            air.flow.u[y * (w + 1) + x] = stream(x as f32, y as f32 + 1.0) - stream(x as f32, y as f32);
        }
    }
    for y in 0..=h {
        for x in 0..w {
            air.flow.v[y * w + x] = stream(x as f32, y as f32) - stream(x as f32 + 1.0, y as f32);
        }
    }
}

/// Most cells of the rehearsal.
const STAGE: usize = 6000;
/// Steps of the rehearsal, and seconds of each.
const REHEARSAL: (u64, f32) = (150, 1.0 / 40.0);

/// Lets the burners burn for some seconds in a coarse world, and takes over its gas and its flow.
fn rehearse(air: &mut Air, knobs: &SmokeKnobs, flicker: &mut Flicker, rng: Rng) {
    let (w, h) = air.size;
    let factor = ((w * h) as f64 / STAGE as f64).sqrt().max(1.0);
    let coarse = [w, h].map(|n| (libm::round(n as f64 / factor) as usize).clamp(1, n));
    let mut stage = Air::new((coarse[0], coarse[1]), air.sides);
    stir(&mut stage, rng.named("swirls"));
    let (steps, dt) = REHEARSAL;
    stage.scale(60.0 * dt);
    let solids = Solids::default();
    for i in 0..steps {
        flicker.wander(dt, rng.named("flicker").fork(i));
        sources::burners(&mut stage, knobs, flicker, dt);
        step::step(&mut stage, &solids, knobs, None, dt, 1.0);
    }
    enlarge(&stage, air, 1.0 / (60.0 * dt));
}

/// Interpolates the gas and the flow of a coarse world into a finer one; `slower` is by how much shorter its steps are.
fn enlarge(from: &Air, to: &mut Air, slower: f32) {
    let ((w, h), (cw, ch)) = (to.size, from.size);
    let scale = [cw as f32 / w as f32, ch as f32 / h as f32];
    let between = |place: Place, x: f32, y: f32| {
        let nodes = place.nodes(from.size, [false; 2]);
        let (x, y) = (x.clamp(0.0, nodes.w as f32 - 1.0), y.clamp(0.0, nodes.h as f32 - 1.0));
        let (left, top) = ((x as usize).min(nodes.w - 1), (y as usize).min(nodes.h - 1));
        let (right, below) = ((left + 1).min(nodes.w - 1), (top + 1).min(nodes.h - 1));
        let four = [(left, top), (right, top), (left, below), (right, below)];
        (four.map(|(x, y)| y * nodes.w + x), x - left as f32, y - top as f32)
    };
    let value = |plane: &[f32], place: Place, x: f32, y: f32| {
        let (four, tx, ty) = between(place, x, y);
        Four(four.map(|i| [plane[i]])).between(tx, ty)[0]
    };
    // Cells are square in both worlds, but for rounding.
    let faster = [slower / scale[0], slower / scale[1]];
    let centre = |i: usize, axis: usize| (i as f32 + 0.5) * scale[axis] - 0.5;
    for y in 0..h {
        for x in 0..w {
            let (four, tx, ty) = between(Place::Centres, centre(x, 0), centre(y, 1));
            to.gas.now[y * w + x] = Four(four.map(|i| from.gas.now[i])).between(tx, ty);
        }
        for x in 0..=w {
            let u = value(&from.flow.u, Place::Across, x as f32 * scale[0], centre(y, 1));
            to.flow.u[y * (w + 1) + x] = faster[0] * u;
        }
    }
    for y in 0..=h {
        for x in 0..w {
            let v = value(&from.flow.v, Place::Down, centre(x, 0), y as f32 * scale[1]);
            to.flow.v[y * w + x] = faster[1] * v;
        }
    }
    to.scale(1.0);
}
