//! The knobs of `escape`.

use super::formula;
use super::shade::ColourBands;
use world::params;

/// Greatest zoom: pixels are then as narrow as f64 can distinguish.
pub const DEEPEST: f64 = 1e13;

world::choices! {
    /// The map.
    pub enum Formula {
        /// z² + c over constants.
        Mandelbrot: "mandelbrot",
        /// z² + c over starts.
        Julia: "julia",
        /// With absolute parts.
        BurningShip: "burning_ship",
        /// Conjugated.
        Tricorn: "tricorn",
        /// To a higher power.
        Multibrot: "multibrot",
    }
}

world::choices! {
    /// Path of Julia's constant.
    pub enum Path {
        /// Nothing.
        Still: "still",
        /// A circle round itself.
        Circle: "circle",
        /// The main cardioid's border.
        Cardioid: "cardioid",
    }
}

world::choices! {
    /// Shape of the orbit trap.
    pub enum Trap {
        /// A point.
        Point: "point",
        /// The two axes through its place.
        Cross: "cross",
        /// A circle of radius ½.
        Circle: "circle",
    }
}

params! {
    /// Which set, where, how it moves and how it is coloured.
    pub struct EscapeKnobs {
        /// The map: z² + c over constants (mandelbrot) or over starts (julia), with absolute parts (burning_ship),
        /// conjugated (tricorn), or to a higher power (multibrot).
        formula: Choice of Formula = "mandelbrot";
        /// Shows the Julia set of the map, for any of the formulas.
        dual: bool = false;
        /// Power of multibrot.
        power: u32 = 3 in 2..=6;
        /// Real part of the centre.
        centre_x: f64 = -0.6 in -4.0..=4.0;
        /// Imaginary part of the centre, downwards.
        centre_y: f64 = 0.0 in -4.0..=4.0;
        /// Magnification; 1 shows a height of 2.5. Below pixels of 7.6e-6 the orbits are computed in f64.
        zoom: f64 = 1.0 in 0.1..=1e13, Log;
        /// Rotation.
        turn: f64 = 0.0 in -1.0..=1.0, unit "turns";
        /// Most iterations.
        iterations: u32 = 256 in 16..=65536, Log;
        /// Real part of Julia's constant.
        constant_x: f64 = -0.8 in -2.0..=2.0;
        /// Imaginary part of Julia's constant.
        constant_y: f64 = 0.156 in -2.0..=2.0;
        /// Path of Julia's constant: none, a circle of radius `reach` round itself, or the main cardioid's border
        /// scaled by `reach`.
        path: Choice of Path = "still";
        /// Size of the path.
        reach: f64 = 0.02 in -0.5..=1.0;
        /// Frequency of path and swing.
        pace: f64 = 0.02 in -1.0..=1.0, unit "1/s";
        /// How many doublings the zoom swings in and out.
        swing: f64 = 0.0 in 0.0..=43.0, unit "octaves";
        /// How far the field wired to `bend` moves the plane, per unit.
        bend_gain: f64 = 0.1 in -2.0..=2.0, unit "height";
        /// How far the field wired to `constant` moves the constant (Julia) or the start (Mandelbrot), per unit.
        shift: f64 = 0.1 in -1.0..=1.0;
        /// Time in which the constant returns home after a touch.
        memory: f64 = 8.0 in 0.1..=600.0, Log, unit "s";
        /// Waves of the tone of `smooth` per doubling of the count; 0 is one rise from far away to the set.
        bands: f64 = 0.5 in 0.0..=8.0;
        /// Shift of the waves.
        phase: f64 = 0.0 in -4.0..=4.0, unit "turns";
        /// Shape of the orbit trap; the circle's radius is ½.
        trap: Choice of Trap = "point";
        /// Real part of the trap's place.
        trap_x: f64 = 0.0 in -2.0..=2.0;
        /// Imaginary part of the trap's place.
        trap_y: f64 = 0.0 in -2.0..=2.0;
    }
}

impl EscapeKnobs {
    pub(super) fn is_julia(&self) -> bool {
        self.formula == Formula::Julia || self.dual
    }
    pub(super) fn map(&self) -> u8 {
        match self.formula {
            Formula::BurningShip => formula::SHIP,
            Formula::Tricorn => formula::TRICORN,
            Formula::Multibrot if self.power > 2 => self.power as u8,
            Formula::Mandelbrot | Formula::Julia | Formula::Multibrot => formula::SQUARE,
        }
    }
    /// Home of the constant: the knobs' in Julia sets; Mandelbrot sets start from 0.
    pub(super) fn constant(&self) -> [f64; 2] {
        if self.is_julia() { [self.constant_x, self.constant_y] } else { [0.0, 0.0] }
    }
    pub(super) fn bands(&self) -> ColourBands {
        let iterations = self.iterations as f32;
        ColourBands { per_octave: self.bands as f32, phase: self.phase as f32, iterations }
    }
}
