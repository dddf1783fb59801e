//! Where agents begin.

use super::agents::Agents;
use super::knobs::{PhysarumKnobs, Start};
use world::rng::Rng;

/// Radius of the disc and the circle, in heights.
const RADIUS: f32 = 0.35;

/// The agents of one species of several.
pub(super) fn agents(
    knobs: &PhysarumKnobs,
    (species, of): (usize, usize),
    (w, h): (usize, usize),
    rng: Rng,
) -> Agents<f32> {
    let all = knobs.agents as usize;
    let share = all / of + (species < all % of) as usize;
    let (mut agents, radius) = (Agents::default(), RADIUS * h.min(w) as f32);
    for i in 0..share {
        let r = rng.fork((species + of * i) as u64);
        let degrees = 360.0 * r.unit(0);
        let (sin, cos) = libm::sincosf(degrees.to_radians());
        let around = |far: f32| [0.5 * w as f32 + far * cos, 0.5 * h as f32 + far * sin];
        let (place, degrees) = match knobs.start {
            Start::Scattered => ([r.unit(1) * w as f32, r.unit(2) * h as f32], degrees),
            Start::Disc => (around(radius * r.unit(1).sqrt()), degrees),
            Start::Ring => (around(radius * (0.9 + 0.1 * r.unit(1))), degrees + 180.0),
        };
        let inside = |v: f32, n: usize| v.clamp(0.0, n as f32 * (1.0 - 1e-6));
        agents.push([inside(place[0], w), inside(place[1], h)], degrees);
    }
    agents
}
