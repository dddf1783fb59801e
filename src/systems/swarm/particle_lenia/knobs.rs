//! Knobs, inputs, outputs and readouts.

use super::descent::Descent;
use super::energy::Energy;
use world::rng::Rng;

use crate::swarm::particle_life::crowd::Space;
use crate::swarm::particle_life::knobs::Border;

world::params! {
    /// Knobs of Particle Lenia. A unit is the distance at which particles begin to push each other apart.
    pub struct Knobs {
        /// Number of particles.
        particles: u32 = 1500 in 1..=8000, Log, rebirth;
        /// How long a unit is.
        unit: f32 = 0.022 in 0.004..=0.2, Log, unit "height";
        /// Radius of the ring around a particle in which it is felt.
        mu_k: f32 = 4.0 in 0.5..=8.0, unit "units";
        /// Width of the ring.
        sigma_k: f32 = 1.0 in 0.3..=3.0, unit "units";
        /// Field that particles like most.
        mu_g: f32 = 0.6 in 0.0..=2.0;
        /// How far from that the field may be.
        sigma_g: f32 = 0.15 in 0.02..=1.0, Log;
        /// Strength with which they push each other apart.
        c_rep: f32 = 1.0 in 0.1..=4.0;
        /// Whether each descends its own energy, or the energy of all.
        descent: Choice of Descent = "own";
        /// How far they go aside of the descent, clockwise: a quarter circles around what they seek.
        turn: f32 = 0.2 in -0.25..=0.25, unit "turns";
        /// Random motion: mean square of the way in a unit of time, over 4.
        heat: f32 = 0.001 in 0.0..=0.2, unit "units²";
        /// Simulated time in a second; the paper's step is 0.1.
        pace: f32 = 10.0 in 0.0..=24.0, unit "1/s";
        /// Joined sides, or walls.
        border: Choice of Border = "torus";
        /// Strength of the `wind` input: speed where it is 1.
        wind_gain: f32 = 0.1 in -4.0..=4.0, unit "height/s";
        /// Strength of the `attract` input: speed up a slope of 1 per height.
        attract_gain: f32 = 0.02 in -2.0..=2.0;
        /// How hard touches pull and push.
        push: f32 = 0.3 in 0.0..=4.0;
        /// Brightness of the picture.
        glow: f32 = 1.0 in 0.0..=8.0;
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Carries particles along, times the knob `wind_gain`.
        Wind: "wind" vector 1.0;
        /// Particles climb it, times the knob `attract_gain`.
        Attract: "attract" scalar 0.0..=1.0;
        /// Solid where above 0.5: particles stay out of it.
        Obstacle: "obstacle" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Particles in the light of their growth, over the field, linear RGB
        Picture: "picture" colour;
        /// Field U that the particles make together
        Field: "field" scalar 0.0..=1.0;
        /// Growth G: 1 where the field is as particles like it
        Growth: "growth" scalar 0.0..=1.0;
        /// Energy R − G that a particle would have
        Energy: "energy" scalar -1.0..=0.5;
        /// Particles as soft dots that add up; 1 in the middle of a single one
        Density: "density" scalar 0.0..=2.0;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean energy of a particle
        Energy: "mean_energy" -1.0..=0.5;
        /// Mean growth where particles are
        Growth: "mean_growth" 0.0..=1.0;
        /// Mean speed, units per unit of time
        Speed: "speed" 0.0..=0.5;
    }
}

impl Knobs {
    /// The energy.
    pub fn energy(&self) -> Energy<f32> {
        let [mu_k, sigma_k, mu_g, sigma_g] =
            [self.mu_k, self.sigma_k, self.mu_g, self.sigma_g].map(f64::from);
        Energy::new([mu_k, sigma_k], [mu_g, sigma_g], self.c_rep as f64)
    }

    /// A world of so many cells: width and height in heights.
    pub fn space(&self, (w, h): (usize, usize)) -> Space<f32> {
        Space { extent: [w as f32 / h as f32, 1.0], wraps: [self.border == Border::Torus; 2] }
    }
}

/// One typical world.
pub fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
    let unit = 0.02 * libm::exp(0.7 * rng.unit64(0));
    // From a third of a particle to one for each square unit in a world of 16 to 9.
    let particles = (0.3 + 0.6 * rng.unit64(1)) * 16.0 / 9.0 / (unit * unit);
    vec![
        ("unit", unit),
        ("particles", libm::round(particles)),
        ("mu_g", 0.4 + 0.4 * rng.unit64(2)),
        ("sigma_g", 0.1 + 0.1 * rng.unit64(3)),
    ]
}
