//! Settings of learned cells.

use world::params;

params! {
    /// Settings of learned cells.
    pub struct Settings {
        /// Units of the first hidden layer, which sees the neighbourhood of 3 × 3 cells. Two suffice for Life, and are
        /// rarely found.
        first: u32 = 16 in 1..=256;
        /// Units of the second hidden layer.
        second: u32 = 16 in 1..=256;
        /// Steps of an epoch.
        rounds: u32 = 100 in 1..=100000;
        /// Share of the observations that may contradict the most frequent outcome of their neighbourhood, as where
        /// chance has a part in the world.
        contradictions: f64 = 0.0 in 0.0..=1.0;
    }
}
