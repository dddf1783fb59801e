//! Knobs of the drops, and the numbers of the lattice that follow from them.

use super::kernel::{Energy, Rates};
use world::params;
use world::rng::Rng;

world::choices! {
    /// What is at the left and the right.
    pub enum Sides {
        /// Each is the other's neighbour.
        Periodic: "periodic",
        /// Walls.
        Closed: "closed",
    }
}

world::choices! {
    /// What the liquid looks like.
    pub enum Look {
        /// Clear, lit from behind.
        Water: "water",
        /// A mirror.
        Mercury: "mercury",
    }
}

world::choices! {
    /// Initial condition.
    pub enum Start {
        /// Drops of many sizes over a pool.
        Shower: "shower",
        /// An unstable mixture that condenses at once.
        Mist: "mist",
        /// One drop in the middle.
        Drop: "drop",
        /// A pool at the bottom.
        Pool: "pool",
    }
}

params! {
    /// Knobs of the drops.
    pub struct DropsKnobs {
        /// Temperature as a share of the critical one: cool it and vapour condenses, warm it and drops evaporate; from 1
        /// on there is no liquid.
        temperature: f32 = 0.8 in 0.75..=1.1;
        /// Surface tension at temperature 0.8; it falls as (1 − temperature)^1.5.
        tension: f32 = 0.006 in 0.003..=0.02, Log, unit "cells³/step²";
        /// Kinematic viscosity of both phases.
        viscosity: f32 = 0.03 in 0.02..=0.5, Log, unit "cells²/step";
        /// Gravity.
        gravity: f32 = 0.00006 in 0.0..=0.0001, unit "cells/step²";
        /// Direction of gravity, from straight down, anticlockwise: at 90° it pulls to the right.
        tilt: f32 = 0.0 in -180.0..=180.0, unit "°";
        /// Lattice steps per tick.
        steps: u32 = 8 in 1..=64, unit "steps/tick";
        /// Contact angle of liquid on walls and obstacles: small ones are wetted, large ones repel.
        contact_angle: f32 = 75.0 in 25.0..=155.0, unit "°";
        /// What is at the left and the right.
        sides: Choice of Sides = "periodic";
        /// Liquid that drips from the ceiling, as a share of the world a second; it is taken from the pool.
        rain: f32 = 0.015 in 0.0..=0.05, unit "1/s";
        /// Places that it drips from.
        spouts: u32 = 5 in 1..=64;
        /// Round pegs in the way.
        pegs: u32 = 8 in 0..=64;
        /// Radius of a peg, as a fraction of the height.
        peg_radius: f32 = 0.035 in 0.01..=0.2;
        /// The `obstacle` input is solid above this.
        threshold: f32 = 0.5 in 0.0..=1.0;
        /// Strength of the `heat` input: what it adds to the temperature where it is 1.
        heat_gain: f32 = 0.2 in -1.0..=1.0;
        /// Strength of the `force` input: acceleration where it is 1.
        force_gain: f32 = 0.00005 in 0.0..=0.001, unit "cells/step²";
        /// How fast touches add liquid, or (strength below 0) take it away.
        touch_liquid: f32 = 0.1 in 0.0..=1.0;
        /// How strongly touches push along their movement.
        push: f32 = 0.5 in 0.0..=1.0;
        /// How fast what obstacles cover and touches add or take is given back: covered liquid evaporates into the air, what
        /// was poured is taken from all liquid. At 0 it never is.
        recover: f32 = 0.2 in 0.0..=5.0, unit "1/s";
        /// What the liquid looks like.
        look: Choice of Look = "water";
        /// Share of the world that is liquid at the start.
        liquid: f32 = 0.2 in 0.0..=0.8, rebirth;
        /// Initial condition: a `shower` over a pool, a `mist` that condenses, one `drop`, a still `pool`.
        start: Choice of Start = "shower", rebirth;
    }
}

/// Density at the critical point.
pub const CRITICAL: f32 = 0.55;
/// Temperature at which liquid has density 1 and vapour 0.1, and the knob `tension` is the tension.
const REFERENCE: f32 = 0.8;
/// Half the difference of density there.
const HALF: f32 = 0.45;
/// Half the width of the interface there, cells: φ = √A tanh(x/ξ).
pub const HALF_WIDTH: f32 = 2.0;

/// A = (ρ_l − ρ_v)²/4 at a temperature; below 0 from the critical one on.
#[inline(always)]
pub fn depth(temperature: f32) -> f32 {
    // Vapour keeps a density: A stays below ρ_c².
    (HALF * HALF / (1.0 - REFERENCE) * (1.0 - temperature)).clamp(-0.2, 0.26)
}

impl DropsKnobs {
    /// The free energy: mean field near the critical point (van der Waals), with the tension 4κA^1.5/3ξ′ = `tension` and
    /// the interface ξ = [`HALF_WIDTH`] at temperature 0.8.
    pub fn energy(&self) -> Energy {
        let kappa = 0.75 * self.tension * HALF_WIDTH / (HALF * HALF);
        let beta = kappa / (2.0 * HALF_WIDTH * HALF_WIDTH * HALF * HALF);
        Energy { middle: CRITICAL, depth: depth(self.temperature), beta, kappa }
    }

    /// Rates of collision and gravity.
    pub fn rates(&self) -> Rates {
        let turn = self.tilt as f64 * (core::f64::consts::PI / 180.0);
        let part = |v: f64| (self.gravity as f64 * v) as f32;
        let [thin, _] = phases(&self.energy());
        Rates::new(self.viscosity, [part(libm::sin(turn)), part(libm::cos(turn))], thin)
    }

    /// Cosine of the contact angle.
    pub fn cosine(&self) -> f32 {
        libm::cos(self.contact_angle as f64 * (core::f64::consts::PI / 180.0)) as f32
    }

    /// On cells `factor` times as wide: a step then takes `factor` times as long.
    pub fn coarsened(mut self, factor: usize) -> Self {
        let f = factor.max(1) as f32;
        self.steps = (self.steps / factor.max(1) as u32).max(1);
        self.gravity = (self.gravity * f).min(0.0001);
        self
    }
}

/// Densities of vapour and liquid at an energy; both the critical one where there is one phase only.
pub fn phases(energy: &Energy) -> [f32; 2] {
    let half = energy.depth.max(0.0).sqrt();
    [energy.middle - half, energy.middle + half]
}

/// Knobs of one typical instance.
pub fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
    let r = rng.named("drops");
    vec![
        ("temperature", 0.76 + 0.1 * r.unit64(0)),
        ("gravity", 5e-5 * r.unit64(1)),
        ("contact_angle", 30.0 + 120.0 * r.unit64(2)),
        ("rain", 0.01 * r.unit64(3)),
        ("tilt", 0.0),
        ("steps", 10.0),
    ]
}
