//! Sound files: input is whatever symphonia or an installed ffmpeg decodes, output is WAV. Files are streamed: a mix of
//! several hours needs no more memory than a bell.
//!
//! ```text
//!   Decoder (PCM, symphonia, ffmpeg) ──blocks──► Stream ──► ClipAnalyser ──► Analyser: every channel, by its power
//!                                     resampled, looped └──► ReadAhead ──ring──► track of a Synth: BS.775 stereo
//! ```

mod aiff;
mod chain;
mod chunks;
mod clip;
mod clip_analyser;
mod decoder;
mod ffmpeg;
pub mod layout;
mod library;
mod memory_clip;
mod probe;
mod read_ahead;
mod sourced;
mod stream;
#[cfg(test)]
mod tests;
mod wav_header;
mod wave;
mod writer;

use std::path::PathBuf;

pub use clip::Clip;
pub use clip_analyser::ClipAnalyser;
pub(crate) use clip_analyser::mix;
pub use layout::Layout;
pub use read_ahead::{ReadAhead, ReadAheadConsumer, ReadAheadWorker, read_ahead};
pub use stream::Stream;
pub use writer::WavWriter;

/// Why a sound file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read the sound file {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// It cannot be decoded.
    #[error("{path} cannot be decoded: {reason}; expected a sound file such as .wav, .flac, .mp3 or .ogg")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It cannot be written.
    #[error("cannot write the sound file {path}: {reason}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}
