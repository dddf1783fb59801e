//! Settings of learned gates.

use world::params;

params! {
    /// Settings of learned gates.
    pub struct Settings {
        /// Perception kernels: trees of 8, 4, 2 and 1 gates that compare the middle cell with its neighbours.
        kernels: u32 = 16 in 1..=256;
        /// Gates of a layer behind them.
        width: u32 = 128 in 2..=1024;
        /// Layers of that many gates, before the layers that halve to the next state.
        depth: u32 = 2 in 0..=32;
        /// Attempts: equal parts of the training, each with wiring and gates of its own. Once a circuit is exact no other is
        /// begun.
        attempts: u32 = 4 in 1..=1000;
        /// Steps of an epoch.
        rounds: u32 = 500 in 1..=100000;
        /// Trials after each epoch to mend what rounding broke: one entry of one truth table is turned over, and stays
        /// so if no more neighbourhoods are wrong.
        mend: u32 = 20000 in 0..=10000000;
        /// Share of the observations that may contradict the most frequent outcome of their neighbourhood, as where
        /// chance has a part in the world.
        contradictions: f64 = 0.0 in 0.0..=1.0;
    }
}
