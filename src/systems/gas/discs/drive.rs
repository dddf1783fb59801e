//! What acts on the discs once a tick, before they move: force, wind, heat, a bath, touches.

use world::brush::Brush;
use world::field::Field;
use world::rng::Rng;
use world::system::{Env, Touch};

use super::disc::Disc;
use super::dynamics::Dynamics;
use super::params::{DiscKnobs, Input};
use super::start::thermal;

/// No disc is faster, cells/step.
pub const FASTEST: f64 = 200.0;
/// Slower than this a disc is at rest, cells/step.
const SLOWEST: f64 = 1e-12;
/// Largest change by heat in a tick, as the logarithm of the energy.
const HOTTEST: f64 = 1.0;
/// Least time for which a finger's movement is taken, steps.
const SWIFT: f64 = 0.25;

/// What is wired in, and what it does in a tick.
struct Drive<'a> {
    force: Option<&'a Field>,
    wind: Option<&'a Field>,
    heat: Option<&'a Field>,
    /// Velocity for a force of 1.
    push: f64,
    /// Velocity of a wind of 1, and the share of it that discs take up.
    wind_speed: f64,
    takes: f64,
    /// Logarithm of the energy for a heat of 1.
    warms: f64,
    /// Share of discs that take a velocity from the bath, and its temperature.
    bathes: f64,
    temperature: f64,
    masses: &'a [f64],
    rng: Rng,
}

/// Changes velocities by all that acts on the discs for so many steps.
pub fn drive(dynamics: &mut Dynamics, knobs: &DiscKnobs, env: &Env, steps: f64) {
    let share = |rate: f32| 1.0 - libm::exp(-rate as f64 * steps);
    let masses = dynamics.masses().to_vec();
    let drive = Drive {
        force: env.input(Input::Force),
        wind: env.input(Input::Wind),
        heat: env.input(Input::Heat),
        push: knobs.force_gain as f64 * steps,
        wind_speed: knobs.wind_gain as f64,
        takes: share(knobs.drag),
        warms: knobs.heating as f64 * steps,
        bathes: share(knobs.thermostat),
        temperature: knobs.temperature as f64,
        masses: &masses,
        rng: env.rng.named("bath"),
    };
    let mut changed = Vec::new();
    let everywhere = drive.force.is_some() || drive.wind.is_some() || drive.heat.is_some();
    if everywhere || drive.bathes > 0.0 {
        change(dynamics, &mut changed, |i, disc, at| drive.velocity(i, disc, at));
    }
    for touch in env.touches {
        stir(dynamics, &mut changed, touch, knobs, steps);
    }
    // Walls and pistons can make discs faster, too.
    change(dynamics, &mut changed, |_, disc, _| limited(disc.velocity));
    changed.sort_unstable();
    changed.dedup();
    dynamics.predict_each(&changed);
}

/// Gives each disc the velocity that `f` says, from its number, itself and where it is as fractions of the world; notes those
/// that changed.
fn change(dynamics: &mut Dynamics, changed: &mut Vec<u32>, f: impl Fn(usize, &Disc, [f64; 2]) -> [f64; 2]) {
    let size = dynamics.arena().size;
    for i in 0..dynamics.discs().len() {
        let disc = &dynamics.discs()[i];
        let velocity = f(i, disc, [disc.place[0] / size[0], disc.place[1] / size[1]]);
        if velocity != disc.velocity {
            dynamics.set_velocity(i, velocity);
            changed.push(i as u32);
        }
    }
}

impl Drive<'_> {
    fn velocity(&self, i: usize, disc: &Disc, at: [f64; 2]) -> [f64; 2] {
        let r = self.rng.fork(i as u64);
        let mut v = match self.bathes > 0.0 && r.unit64(2) < self.bathes {
            true => thermal(self.temperature, self.masses[i], r),
            false => disc.velocity,
        };
        let of = |field: &Field, k: usize| field.at_fraction(k, at[0], at[1]);
        if let Some(force) = self.force {
            v = [v[0] + self.push * of(force, 0), v[1] + self.push * of(force, 1)];
        }
        if let Some(wind) = self.wind {
            let taken = |v: f64, k: usize| v + self.takes * (self.wind_speed * of(wind, k) - v);
            v = [taken(v[0], 0), taken(v[1], 1)];
        }
        if let Some(heat) = self.heat {
            let change = (self.warms * of(heat, 0)).clamp(-HOTTEST, HOTTEST);
            let scale = libm::exp(0.5 * change);
            v = [v[0] * scale, v[1] * scale];
        }
        v
    }
}

/// A touch that gives carries discs along and pushes them away; one that takes calms them.
fn stir(dynamics: &mut Dynamics, changed: &mut Vec<u32>, touch: &Touch, knobs: &DiscKnobs, steps: f64) {
    let size = dynamics.arena().size;
    let cells = [size[0] as usize, size[1] as usize];
    let brush = Brush::wrapping(touch, (cells[0], cells[1]), dynamics.arena().wraps);
    if brush.strength() == 0.0 {
        return;
    }
    let along = brush.moved().map(|moved| moved as f64 / steps.max(SWIFT));
    let away = 2.0 * (knobs.temperature as f64).max(0.25).sqrt();
    change(dynamics, changed, |_, disc, at| {
        let cell = |k: usize| ((at[k] * size[k]) as usize).min(cells[k] - 1);
        let offset = brush.offset(cell(0), cell(1)).map(f64::from);
        let (square, radius) = (offset[0] * offset[0] + offset[1] * offset[1], brush.radius() as f64);
        let part = (1.0 - square / (radius * radius)).max(0.0);
        let share = (part * part * (brush.amount() * knobs.push) as f64).min(1.0);
        let distance = square.sqrt().max(f64::MIN_POSITIVE);
        let [u, v] = disc.velocity;
        let goal = |k: usize| if brush.gives() { along[k] + away * offset[k] / distance } else { 0.0 };
        [u + share * (goal(0) - u), v + share * (goal(1) - v)]
    });
}

/// The same direction, no faster than [`FASTEST`]; at rest if it is next to nothing or not a number.
fn limited([u, v]: [f64; 2]) -> [f64; 2] {
    let square = u * u + v * v;
    match square <= FASTEST * FASTEST {
        true if square < SLOWEST * SLOWEST => [0.0; 2],
        true => [u, v],
        false if square.is_finite() => {
            let scale = FASTEST * (1.0 - 1e-12) / square.sqrt();
            [u * scale, v * scale]
        }
        false => [0.0; 2],
    }
}
