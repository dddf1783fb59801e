//! Errors of addresses and control input.

/// Longest address that is looked up, bytes.
pub const LONGEST: usize = 255;

/// Why a control input is rejected.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AddressError {
    /// There is no such address.
    #[error("unknown address `{0}`")]
    Unknown(String),
    /// The address is longer than [`LONGEST`].
    #[error("an address of {0} bytes was given, expected at most {LONGEST}")]
    TooLong(usize),
    /// Show mode does not allow it.
    #[error("`{0}` is locked in show mode")]
    Locked(String),
    /// The address belongs to a scene that is not active.
    #[error("`{address}` belongs to scene {scene}, which is not active")]
    InactiveScene {
        /// The address as given.
        address: String,
        /// The scene that it names.
        scene: String,
    },
    /// The value is NaN or infinite.
    #[error("`{0}` expects a finite number")]
    NotFinite(String),
}
