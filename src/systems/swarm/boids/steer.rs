//! What a body does about what it feels: each urge is a velocity that it would like, less the one that it has, of limited
//! force (Reynolds 1999).

use super::knobs::BoidKnobs;
use super::sums::Sums;
use super::surroundings::Surroundings;
use super::vector::{length, limited};

/// A body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Body {
    pub place: [f32; 2],
    pub velocity: [f32; 2],
}

/// How many times an alarm outweighs company.
const ALARM: f32 = 3.0;
/// How far ahead it looks out for obstacles, in seconds of its flight.
const AHEAD: f32 = 0.25;

/// The urge to fly in a direction.
#[inline(always)]
fn urge(direction: [f32; 2], own: [f32; 2], knobs: &BoidKnobs) -> [f32; 2] {
    let long = length(direction);
    if long.is_nan() || long < 1e-9 {
        return [0.0; 2];
    }
    let scale = knobs.speed / long;
    limited([direction[0] * scale - own[0], direction[1] * scale - own[1]], knobs.force)
}

/// The velocity of a body after `dt` seconds, and whether it flees.
#[inline(always)]
pub(super) fn steered(
    body: &Body,
    sums: &Sums<f32>,
    around: &Surroundings,
    knobs: &BoidKnobs,
    dt: f32,
) -> ([f32; 2], bool) {
    let own = body.velocity;
    let flight = around.flight(body.place, knobs.fear);
    let urges = [
        (sums.separation, knobs.separation),
        (if sums.count > 0.0 { sums.velocity } else { [0.0; 2] }, knobs.alignment),
        (sums.offset, knobs.cohesion),
        (flight, ALARM),
        (around.slope(body.place), knobs.appeal),
        (around.detour(body.place, own, AHEAD), 2.0 * ALARM),
        (around.hands(body.place), ALARM),
    ];
    let mut push = [0f32; 2];
    for (direction, weight) in urges {
        if direction != [0.0; 2] {
            let urge = urge(direction, own, knobs);
            push = [push[0] + weight * urge[0], push[1] + weight * urge[1]];
        }
    }
    let velocity = [own[0] + dt * push[0], own[1] + dt * push[1]];
    (paced(velocity, own, knobs), flight != [0.0; 2])
}

/// Neither too fast nor too slow; one that has come to rest goes on as before.
#[inline(always)]
fn paced(v: [f32; 2], own: [f32; 2], knobs: &BoidKnobs) -> [f32; 2] {
    let long = length(v);
    let v = if long < 1e-6 { own } else { v };
    let long = length(v).max(1e-6);
    let pace = long.clamp(knobs.speed * knobs.glide, knobs.speed);
    v.map(|c| c * (pace / long))
}
