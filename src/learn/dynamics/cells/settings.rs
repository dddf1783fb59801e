//! Settings of the learned automaton.

use world::params;

params! {
    /// Settings of the learned automaton.
    pub struct Settings {
        /// Units of the first hidden layer, which sees the 3 × 3 neighbourhood.
        first: u32 = 16 in 1..=256;
        /// Units of the second hidden layer.
        second: u32 = 16 in 1..=256;
        /// Steps of an epoch.
        rounds: u32 = 100 in 1..=100000;
    }
}
