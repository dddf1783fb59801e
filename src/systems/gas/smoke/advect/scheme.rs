//! The schemes of advection.

world::choices! {
    /// How values are carried.
    pub enum Scheme {
        /// Stable and blurred.
        SemiLagrangian: "semi_lagrangian",
        /// Sharp; it overshoots at edges.
        MacCormack: "maccormack",
        /// Sharp, and within the four values that it comes from.
        Clamp: "clamp",
        /// Sharp; the blurred value where it would leave those four.
        Revert: "revert",
    }
}
