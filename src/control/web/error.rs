//! Errors of the web remote.

/// Why the web remote cannot be opened; the show continues without it.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The address is invalid, or the port is taken.
    #[error("the remote cannot listen on {address}: {source}")]
    Port {
        /// The address as given.
        address: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// There is no access token without random numbers.
    #[error("the system has no random numbers for the remote's access token: {0}")]
    Randomness(String),
}
