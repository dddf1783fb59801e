//! A sound that can be played from its beginning as often as wanted: a file, or samples in memory.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::chain::ChainedOgg;
use super::decoder::{self, Decoder, DecoderKind, SignalSpec};
use super::layout::Layout;
use super::library::Library;
use super::sourced::Sourced;
use super::stream::Stream;
use super::wave::Wave;
use super::{FileError, read_ahead};
use crate::RATE;

/// Longest file that is read whole into memory, seconds.
const LONGEST: f64 = 3600.0;

/// A sound. Cheap to copy.
#[derive(Clone)]
pub struct Clip {
    what: ClipData,
}

#[derive(Clone)]
enum ClipData {
    /// Stereo at [`RATE`], left and right in turn.
    Memory(Arc<[f32]>),
    File(Arc<ProbedFile>),
}

/// A file that was found to be a sound.
struct ProbedFile {
    path: PathBuf,
    kind: DecoderKind,
    seconds: Option<f64>,
    /// Whether it was said that some of it cannot be read.
    told: AtomicBool,
}

impl Clip {
    /// A file, which is read while it plays.
    ///
    /// # Errors
    /// [`FileError`] names the file, what was expected, and what would read it.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        // That it is there is one thing, that it is a sound another.
        let file = std::fs::File::open(path).and_then(|f| f.metadata());
        let file = file.map_err(|source| FileError::Read { path: path.into(), source })?;
        let wrong = |reason: String| FileError::Format { path: path.into(), reason };
        if !file.is_file() {
            return Err(wrong("it is no file".into()));
        }
        let (kind, decoder) = decoder::find(path).map_err(wrong)?;
        if kind == DecoderKind::Chain {
            ChainedOgg::undecodable(path).iter().for_each(|why| eprintln!("{}: {why}", path.display()));
        }
        let seconds = decoder.seconds();
        let known = ProbedFile { path: path.into(), kind, seconds, told: AtomicBool::new(false) };
        Ok(Self { what: ClipData::File(Arc::new(known)) })
    }

    /// A file, read whole into memory as stereo at [`RATE`]; for short ones.
    ///
    /// # Errors
    /// As [`Self::open`]; or it is longer than an hour.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let stream = Stream::open(&Self::open(path)?, RATE, true);
        Self::whole(stream).map_err(|reason| FileError::Format { path: path.into(), reason })
    }

    /// The same of a file's bytes; `ending` helps where they do not tell what they are. What only ffmpeg knows is not read.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn decode(bytes: Vec<u8>, ending: &str) -> Result<Self, String> {
        let decoder: Box<dyn Decoder> = match Wave::from(Cursor::new(bytes.clone())) {
            Ok(wave) => Box::new(wave),
            Err(_) => Box::new(Library::from(Box::new(Cursor::new(bytes)), ending)?),
        };
        let clip = Self::whole(Stream::of(decoder, RATE))?;
        if clip.samples().is_empty() { Err("nothing in it can be decoded".into()) } else { Ok(clip) }
    }

    /// What a source of rodio's gives until it ends, whatever its rate and channels, in memory as stereo at [`RATE`].
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
    /// It gives nothing, or is longer than an hour.
    pub fn record(source: impl rodio::Source + Send + 'static) -> Result<Self, String> {
        let clip = Self::whole(Stream::of(Box::new(Sourced(source)), RATE))?;
        if clip.samples().is_empty() { Err("it gives no sound".into()) } else { Ok(clip) }
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

    /// A clip of stereo samples at [`RATE`], left and right in turn.
    pub fn new(stereo: Vec<f32>) -> Self {
        Self { what: ClipData::Memory(stereo.into()) }
    }

    /// Seconds, where they are known; else 0.
    pub fn seconds(&self) -> f64 {
        match &self.what {
            ClipData::Memory(samples) => (samples.len() / 2) as f64 / RATE as f64,
            ClipData::File(known) => known.seconds.unwrap_or(0.0),
        }
    }

    /// Samples of a clip in memory, left and right in turn; nothing of a file.
    pub fn samples(&self) -> &[f32] {
        match &self.what {
            ClipData::Memory(samples) => samples,
            ClipData::File(_) => &[],
        }
    }

    /// Sound of it at a sample rate for a synth, and what fetches it.
    pub fn feed(&self, rate: u32) -> (read_ahead::ReadAheadConsumer, read_ahead::ReadAheadWorker) {
        read_ahead::read_ahead(Stream::open(self, rate, true), rate)
    }

    /// Decodes it from the beginning; nothing where it can no longer be read.
    pub(super) fn decoder(&self) -> Option<Box<dyn Decoder>> {
        match &self.what {
            ClipData::Memory(samples) => {
                Some(Box::new(DecodedSamples { samples: samples.clone(), place: 0 }))
            }
            ClipData::File(known) => decoder::open(&known.path, known.kind).ok(),
        }
    }

    /// So many packets of it could not be read: said once.
    pub(super) fn report_broken_packets(&self, broken: u32) {
        if let ClipData::File(known) = &self.what
            && broken > 0
            && !known.told.swap(true, Relaxed)
        {
            let path = known.path.display();
            eprintln!("{path}: {broken} packets cannot be read; the sound goes on after them");
        }
    }
}

/// Samples in memory as a decoder gives them.
struct DecodedSamples {
    samples: Arc<[f32]>,
    place: usize,
}

impl Decoder for DecodedSamples {
    fn next(&mut self, into: &mut Vec<f32>) -> Option<SignalSpec> {
        let end = (self.place + 8192).min(self.samples.len() / 2 * 2);
        into.clear();
        into.extend_from_slice(&self.samples[self.place..end]);
        self.place = end;
        (!into.is_empty()).then(|| SignalSpec { rate: RATE, layout: Arc::new(Layout::stereo()) })
    }

    fn seek(&mut self, seconds: f64) -> Option<f64> {
        let frame = (seconds.max(0.0) * RATE as f64).round() as usize;
        self.place = frame.saturating_mul(2).min(self.samples.len() / 2 * 2);
        Some((self.place / 2) as f64 / RATE as f64)
    }

    fn seconds(&self) -> Option<f64> {
        Some((self.samples.len() / 2) as f64 / RATE as f64)
    }
}
