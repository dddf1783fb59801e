//! Settings of the distillation.

use world::params;

params! {
    /// Settings of the distillation.
    pub struct Settings {
        /// Sampling steps of the student.
        steps: u32 = 4 in 1..=100;
        /// Sampling steps of the teacher for each of the student's, at least; 0 takes as many as make up its own.
        fine: u32 = 0 in 0..=100;
        /// Trajectories of the teacher that the student learns from.
        trajectories: u32 = 4000 in 2..=100000;
        /// Decay per step of the moving average of the weights, which pictures are sampled with.
        average: f64 = 0.999 in 0.0..=0.99999;
    }
}
