//! Sound files: whatever symphonia or an installed ffmpeg decodes in, WAV out. Nothing is read whole: a mix of several
//! hours costs no more memory than a bell.
//!
//! ```text
//!   Decoder (PCM, symphonia, ffmpeg) ──blocks──► Stream ──► Listening ──► Analyser: every channel, by its power
//!                                         resampled, over and over └──► Feed ──ring──► Track of a Synth: BS.775 stereo
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
mod read_ahead;
mod sourced;
mod stream;
#[cfg(test)]
mod tests;
mod wave;
mod writer;

use std::path::PathBuf;

pub use clip::Clip;
pub use clip_analyser::ClipAnalyser;
pub use layout::Layout;
pub use read_ahead::{ReadAhead, ReadAheadConsumer, ReadAheadWorker, read_ahead};
pub use stream::Stream;
pub use writer::WavWriter;

/// Why a file is not heard.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read the sound {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is no sound.
    #[error(
        "{path} is no sound that can be heard here: {reason}; expected a sound file such as .wav, .flac, .mp3 or .ogg"
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// It cannot be written.
    #[error("cannot write the sound {path}: {reason}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}
