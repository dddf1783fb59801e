//! Decoders, block by block: this program's own reader of PCM in WAVE, symphonia, or ffmpeg where it is installed.
//! Files are streamed.

use std::sync::Arc;

use super::layout::Layout;

/// Sample rate and layout of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalSpec {
    /// Sample rate, Hz.
    pub rate: u32,
    /// Its channel layout.
    pub layout: Arc<Layout>,
}

/// Decodes one file.
pub(crate) trait Decoder: Send {
    /// Decodes the next block into `into`: whole interleaved frames. None at the end, or where nothing more can be
    /// decoded.
    fn next(&mut self, into: &mut Vec<f32>) -> Option<SignalSpec>;
    /// Seeks to a time, or before it; returns the second at which the next block starts. None where it cannot seek: the
    /// decoder must then be discarded.
    fn seek(&mut self, seconds: f64) -> Option<f64>;
    /// Length, s, if the file states it.
    fn seconds(&self) -> Option<f64>;
    /// Number of packets skipped so far because they could not be decoded.
    fn broken(&self) -> u32 {
        0
    }
}

/// Sanitises a sample: NaN and infinities become 0, large values are clamped.
pub fn sanitise(v: f32) -> f32 {
    if v.is_finite() { v.clamp(-4.0, 4.0) } else { 0.0 }
}
