//! Knobs, inputs, outputs and readouts. Lengths are in heights of the world, so that it is the same on any number of cells.

use world::rng::Rng;

use super::crowd::Space;

world::choices! {
    /// What is at the border.
    pub enum Border {
        /// Opposite sides are joined.
        Torus: "torus",
        /// Walls, off which particles bounce.
        Walls: "walls",
    }
}

world::params! {
    /// Knobs of the particles.
    pub struct Knobs {
        /// Number of particles.
        particles: u32 = 8000 in 1..=100_000, Log, rebirth;
        /// Number of kinds while no `matrix` is written.
        kinds: u32 = 6 in 1..=16, rebirth;
        /// How far particles feel each other.
        r_max: f32 = 0.07 in 0.005..=0.5, Log, unit "height";
        /// Distance below which all push each other apart, as a fraction of `r_max`.
        beta: f32 = 0.35 in 0.05..=0.9;
        /// Acceleration by a force of 1, in `r_max` per square second.
        force: f32 = 10.0 in 0.0..=100.0;
        /// Strength of attraction and aversion, against the repulsion of all: the matrix is multiplied by it.
        attraction: f32 = 0.3 in 0.0..=4.0;
        /// Friction: the time in which a particle left alone loses half of its velocity.
        half_life: f32 = 0.06 in 0.005..=20.0, Log, unit "s";
        /// From the first matrix (0) to the second (1).
        morph: f32 = 0.0 in 0.0..=1.0;
        /// Simulated seconds in a second.
        pace: f32 = 1.0 in 0.0..=4.0;
        /// Steps that a tick is divided into: more are more exact, and slower.
        steps: u32 = 1 in 1..=8, unit "steps/tick";
        /// Joined sides, or walls.
        border: Choice of Border = "torus";
        /// Strength of the `wind` input: speed of the medium where it is 1.
        wind_gain: f32 = 0.3 in -4.0..=4.0, unit "height/s";
        /// Strength of the `attract` input: speed up a slope of 1 per height.
        attract_gain: f32 = 0.05 in -2.0..=2.0;
        /// How hard touches pull and push.
        push: f32 = 1.0 in 0.0..=4.0;
        /// Radius of a particle in the pictures.
        radius: f32 = 0.003 in 0.0005..=0.03, Log, unit "height";
        /// Brightness of the picture.
        glow: f32 = 1.0 in 0.0..=8.0;
    }
}

world::inputs! {
    /// Fields that may drive it.
    pub enum Input {
        /// Moves the medium that particles rub against, times the knob `wind_gain`.
        Wind: "wind" vector 1.0;
        /// Particles climb it, times the knob `attract_gain`.
        Attract: "attract" scalar 0.0..=1.0;
        /// Solid where above 0.5: particles bounce off it.
        Obstacle: "obstacle" scalar 0.0..=1.0;
    }
}

world::outputs! {
    /// Fields that it shows.
    pub enum Output {
        /// Particles as glowing dots in the colours of their kinds, linear RGB
        Picture: "picture" colour;
        /// Particles as soft dots that add up; 1 in the middle of a single one
        Density: "density" scalar 0.0..=3.0;
        /// Particles of the first kind
        Kind1: "kind1" scalar 0.0..=2.0;
        /// Particles of the second kind
        Kind2: "kind2" scalar 0.0..=2.0;
        /// Particles of the third kind
        Kind3: "kind3" scalar 0.0..=2.0;
        /// Particles of the fourth kind
        Kind4: "kind4" scalar 0.0..=2.0;
        /// Mean velocity of the particles at a place, 0 where there are none (heights/s)
        Velocity: "velocity" vector 0.3;
    }
}

world::readouts! {
    /// What it reports each tick.
    pub enum Readout {
        /// Mean speed, heights/s
        Speed: "speed" 0.0..=0.4;
        /// Mean kinetic energy of a particle of mass 1, heights²/s²
        Energy: "energy" 0.0..=0.1;
        /// Mean momentum of a particle of mass 1 to the right, heights/s
        MomentumX: "momentum_x" -0.1..=0.1;
        /// Mean momentum of a particle of mass 1 downwards, heights/s
        MomentumY: "momentum_y" -0.1..=0.1;
        /// How many others share a particle's cell (`r_max` wide or wider), over how many if all were scattered: 1 without order
        Clustering: "clustering" 0.0..=6.0;
    }
}

impl Knobs {
    /// A world of so many cells: width and height in heights.
    pub fn space(&self, (w, h): (usize, usize)) -> Space<f32> {
        Space { extent: [w as f32 / h as f32, 1.0], wraps: [self.border == Border::Torus; 2] }
    }
}

/// One typical world: kinds, reach and density vary together.
pub fn habitat(rng: Rng) -> Vec<(&'static str, f64)> {
    let reach = 0.06 * libm::exp(0.7 * rng.unit64(0));
    // From 15 to 60 neighbours in a world of 16 to 9.
    let crowd = 15.0 * libm::exp(1.386 * rng.unit64(1));
    let particles = crowd * 16.0 / 9.0 / (core::f64::consts::PI * reach * reach);
    vec![
        ("r_max", reach),
        ("particles", libm::round(particles)),
        ("kinds", 2.0 + rng.below(2, 7) as f64),
        ("beta", 0.2 + 0.25 * rng.unit64(3)),
    ]
}
