//! One tick of flight: every body steers and moves, none waits for another.

use rayon::prelude::*;

use super::flock::Flock;
use super::knobs::{BoidKnobs, Model};
use super::steer::{Body, steered};
use super::sums::Sums;
use super::surroundings::Surroundings;
use super::vector::{swerved, turned};
use world::rng::Rng;
use world::system::Env;

/// Bodies that one task moves.
const TASK: usize = 2048;

/// What a tick of flight was like.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flown {
    /// Bodies that fled from a predator.
    pub fleeing: u32,
    /// How far up or down one moved at most, cells.
    pub farthest: f32,
}

impl Flown {
    fn and(self, other: Self) -> Self {
        let farthest = self.farthest.max(other.farthest);
        Self { fleeing: self.fleeing + other.fleeing, farthest }
    }
}

/// Bodies of a task, and what they have sensed.
struct Task<'a> {
    numbers: &'a [u32],
    x: &'a mut [f32],
    y: &'a mut [f32],
    u: &'a mut [f32],
    v: &'a mut [f32],
    sums: &'a [Sums<f32>],
}

/// Every body steers by what it has sensed and moves.
pub(super) fn fly(flock: &mut Flock<f32>, around: &Surroundings, knobs: &BoidKnobs, env: &Env) -> Flown {
    let Flock { numbers, x, y, u, v, sums, .. } = flock;
    let places = x.par_chunks_mut(TASK).zip(y.par_chunks_mut(TASK));
    let velocities = u.par_chunks_mut(TASK).zip(v.par_chunks_mut(TASK));
    let known = sums.par_chunks(TASK).zip(numbers.par_chunks(TASK));
    let noise = Noise { rng: env.rng.named("noise"), walk: walk(knobs, env.dt) };
    let tasks = places.zip(velocities).zip(known);
    let task = tasks.map(|(((x, y), (u, v)), (sums, numbers))| {
        let mut task = Task { numbers, x, y, u, v, sums };
        fly_task(&mut task, around, knobs, &noise, env.dt)
    });
    task.reduce(Flown::default, Flown::and)
}

/// Chance in a tick, and the widest turn of a random walk, radians.
struct Noise {
    rng: Rng,
    walk: f32,
}

/// A sum of uniform steps of this width has the variance of a random walk.
fn walk(knobs: &BoidKnobs, dt: f32) -> f32 {
    knobs.noise * std::f32::consts::TAU * (12.0 * dt).sqrt()
}

world::widest! {
    /// The bodies of a task.
    fn fly_task(task: &mut Task, around: &Surroundings, knobs: &BoidKnobs, noise: &Noise, dt: f32) -> Flown {
        let mut flown = Flown::default();
        for i in 0..task.x.len() {
            let mut body = Body { place: [task.x[i], task.y[i]], velocity: [task.u[i], task.v[i]] };
            let off = noise.rng.unit(task.numbers[i] as u64) - 0.5;
            flown = flown.and(one(&mut body, &task.sums[i], around, knobs, (noise.walk, off), dt));
            ([task.x[i], task.y[i]], [task.u[i], task.v[i]]) = (body.place, body.velocity);
        }
        flown
    }
}

#[inline(always)]
fn one(
    body: &mut Body,
    sums: &Sums<f32>,
    around: &Surroundings,
    knobs: &BoidKnobs,
    (walk, off): (f32, f32),
    dt: f32,
) -> Flown {
    let (velocity, flees) = match knobs.model {
        Model::Reynolds => {
            let (velocity, flees) = steered(body, sums, around, knobs, dt);
            (swerved(velocity, walk * off), flees)
        }
        Model::Vicsek => vicsek(body, sums, around, knobs, off, dt),
    };
    let current = around.current(body.place).map(|c| c * knobs.drift);
    let by = [dt * (velocity[0] + current[0]), dt * (velocity[1] + current[1])];
    body.velocity = velocity;
    advance(body, by, around);
    Flown { fleeing: flees as u32, farthest: by[1].abs() }
}

/// The mean direction of all in sight, off by noise; what is around is felt as by Reynolds' bodies.
#[inline(never)]
fn vicsek(
    body: &Body,
    sums: &Sums<f32>,
    around: &Surroundings,
    knobs: &BoidKnobs,
    off: f32,
    dt: f32,
) -> ([f32; 2], bool) {
    let own = body.velocity;
    let mean = [sums.velocity[0] + own[0], sums.velocity[1] + own[1]];
    let alone = BoidKnobs { separation: 0.0, alignment: 0.0, cohesion: 0.0, glide: 1.0, ..knobs.clone() };
    let (pushed, flees) = steered(&Body { velocity: mean, ..*body }, sums, around, &alone, dt);
    (turned(pushed, knobs.noise * std::f32::consts::TAU * off), flees)
}

/// Moves along each axis that is free; off what is solid the body bounces.
#[inline(always)]
fn advance(body: &mut Body, by: [f32; 2], around: &Surroundings) {
    for k in 0..2 {
        let mut next = body.place;
        next[k] += by[k];
        // One that has been walled in may leave.
        if around.is_solid(next) && !around.is_solid(body.place) {
            body.velocity[k] = -body.velocity[k];
        } else {
            body.place = around.inside(next);
        }
    }
}
