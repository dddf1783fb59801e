//! Clips in memory: read from files, decoded from bytes, recorded from sources.

use std::io::Cursor;
use std::path::Path;

use super::FileError;
use super::clip::Clip;
use super::decoder::Decoder;
use super::library::Library;
use super::sourced::Sourced;
use super::stream::Stream;
use super::wave::Wave;
use crate::RATE;

/// Longest file that is read into memory, s.
const LONGEST: f64 = 3600.0;

impl Clip {
    /// A file, read into memory as stereo at [`RATE`]; for short ones.
    ///
    /// # Errors
    /// As [`Self::open`]; or it is longer than an hour.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let stream = Stream::open(&Self::open(path)?, RATE, true);
        Self::whole(stream).map_err(|reason| FileError::Format { path: path.into(), reason })
    }

    /// The same from the bytes of a file, without ffmpeg; the file extension `ending` is a hint for formats without a
    /// signature.
    ///
    /// # Errors
    /// The reason.
    pub fn decode(bytes: Vec<u8>, ending: &str) -> Result<Self, String> {
        let decoder: Box<dyn Decoder> = match Wave::from(Cursor::new(bytes.clone())) {
            Ok(wave) => Box::new(wave),
            Err(_) => Box::new(Library::from(Box::new(Cursor::new(bytes)), ending)?),
        };
        let clip = Self::whole(Stream::of(decoder, RATE))?;
        if clip.samples().is_empty() { Err("nothing in it can be decoded".into()) } else { Ok(clip) }
    }

    /// Records a rodio source until it ends, of any rate and channels, into memory as stereo at [`RATE`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use sound::rodio::source::{SineWave, Source};
    ///
    /// let tone = SineWave::new(440.0).take_duration(Duration::from_secs(1)).fade_in(Duration::from_millis(20));
    /// let clip = sound::Clip::record(tone).unwrap();
    /// assert_eq!(clip.seconds(), 1.0);
    /// ```
    ///
    /// # Errors
    /// It is empty, or longer than an hour.
    pub fn record(source: impl rodio::Source + Send + 'static) -> Result<Self, String> {
        let clip = Self::whole(Stream::of(Box::new(Sourced(source)), RATE))?;
        if clip.samples().is_empty() { Err("the source has no sound".into()) } else { Ok(clip) }
    }

    fn whole(mut stream: Stream) -> Result<Self, String> {
        let mut all = Vec::new();
        while stream.once(&mut all) {
            if all.len() as f64 > 2.0 * LONGEST * RATE as f64 {
                return Err(format!("it is longer than {} minutes", LONGEST / 60.0));
            }
        }
        Ok(Self::new(all))
    }
}
