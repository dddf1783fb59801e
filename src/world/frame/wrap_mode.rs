//! Wrap mode of values outside the palette's range.

crate::choices! {
    /// What values outside the range show.
    pub enum WrapMode {
        /// The nearest end of the palette.
        Clamp: "clamp",
        /// The palette again.
        Repeat: "repeat",
        /// The palette there and back.
        Mirror: "mirror",
    }
}
