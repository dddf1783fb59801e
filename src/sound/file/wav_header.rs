//! What the header of a file of PCM says.

/// A header.
#[derive(Clone, Debug, PartialEq)]
pub struct WavHeader {
    /// The chunk `fmt `, unchanged.
    pub format: Vec<u8>,
    /// Start and size of the samples, bytes.
    pub data: (u64, u64),
    /// Whether numbers are big-endian (RIFX, AIFF).
    pub big: bool,
    /// Whether 8-bit samples are signed, as in AIFF.
    pub signed: bool,
}
