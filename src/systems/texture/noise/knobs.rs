//! The knobs of `noise`.

use super::basis::Basis;
use world::params;

world::choices! {
    /// Which noise.
    pub enum NoiseKind {
        /// One layer of gradient noise.
        Perlin: "perlin",
        /// One layer on a simplex grid.
        Simplex: "simplex",
        /// One layer of distances to scattered points.
        Worley: "worley",
        /// Octaves added.
        Fbm: "fbm",
        /// Octaves creased.
        Ridged: "ridged",
    }
}

params! {
    /// What the noise is made of and how it moves.
    pub struct NoiseKnobs {
        /// Which noise: single layers of Perlin, simplex or Worley; octaves added (fbm) or creased (ridged).
        kind: Choice of NoiseKind = "fbm";
        /// Noise of the octaves of fbm and ridged.
        basis: Choice of Basis = "perlin";
        /// Features across the height.
        scale: f64 = 4.0 in 0.5..=64.0, Log, unit "1/height";
        /// Octaves of fbm and ridged.
        octaves: u32 = 4 in 1..=8;
        /// How much finer each octave is than the one before.
        lacunarity: f64 = 2.0 in 1.2..=4.0;
        /// Weight of each octave relative to the one before.
        gain: f64 = 0.5 in 0.0..=1.0;
        /// Domain warp: how far slower noise displaces the sampling point, in features.
        warp: f64 = 1.0 in 0.0..=4.0;
        /// How far the wired field displaces the sampling point, per unit of the field.
        bend: f64 = 0.1 in -1.0..=1.0, unit "height";
        /// How fast it boils, in features per second through the third dimension.
        speed: f64 = 0.25 in 0.0..=8.0, unit "1/s";
        /// Drift to the right.
        drift_x: f64 = 0.02 in -2.0..=2.0, unit "height/s";
        /// Drift down.
        drift_y: f64 = 0.0 in -2.0..=2.0, unit "height/s";
        /// Slope of the tone curve: 0 is flat grey.
        contrast: f64 = 2.0 in 0.0..=8.0;
        /// Time constant of a stirring.
        memory: f64 = 2.0 in 0.05..=60.0, Log, unit "s";
        /// Samples per cell along each axis; between samples values are interpolated, so that features finer than a
        /// sample are lost. 1 evaluates the noise at every cell.
        detail: f64 = 0.5 in 0.05..=1.0;
    }
}
