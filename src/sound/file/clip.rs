//! A clip: a file, or samples in memory, which can be played any number of times.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::FileError;
use super::chain::ChainedOgg;
use super::decoder::{Decoder, SignalSpec};
use super::layout::Layout;
use super::probe::{self, DecoderKind};
use crate::RATE;

/// A clip. Cheap to clone.
#[derive(Clone)]
pub struct Clip {
    what: ClipData,
}

#[derive(Clone)]
enum ClipData {
    /// Interleaved stereo at [`RATE`].
    Memory(Arc<[f32]>),
    File(Arc<ProbedFile>),
}

/// A file that was probed.
struct ProbedFile {
    path: PathBuf,
    kind: DecoderKind,
    seconds: Option<f64>,
    /// Whether broken packets were reported.
    reported: AtomicBool,
}

impl Clip {
    /// A file, streamed while it plays.
    ///
    /// # Errors
    /// [`FileError`] names the file, what was expected, and a remedy.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        // A missing file and one without sound are different errors.
        let file = std::fs::File::open(path).and_then(|f| f.metadata());
        let file = file.map_err(|source| FileError::Read { path: path.into(), source })?;
        let wrong = |reason: String| FileError::Format { path: path.into(), reason };
        if !file.is_file() {
            return Err(wrong("it is not a file".into()));
        }
        let (kind, decoder) = probe::find(path).map_err(wrong)?;
        if kind == DecoderKind::Chain {
            ChainedOgg::undecodable(path).iter().for_each(|why| eprintln!("{}: {why}", path.display()));
        }
        let seconds = decoder.seconds();
        let known = ProbedFile { path: path.into(), kind, seconds, reported: AtomicBool::new(false) };
        Ok(Self { what: ClipData::File(Arc::new(known)) })
    }

    /// A clip of interleaved stereo samples at [`RATE`].
    pub fn new(stereo: Vec<f32>) -> Self {
        Self { what: ClipData::Memory(stereo.into()) }
    }

    /// Length, s; 0 if unknown.
    pub fn seconds(&self) -> f64 {
        match &self.what {
            ClipData::Memory(samples) => (samples.len() / 2) as f64 / RATE as f64,
            ClipData::File(known) => known.seconds.unwrap_or(0.0),
        }
    }

    /// Samples of a clip in memory, interleaved stereo; empty for a file.
    pub fn samples(&self) -> &[f32] {
        match &self.what {
            ClipData::Memory(samples) => samples,
            ClipData::File(_) => &[],
        }
    }

    /// A decoder from the start; none if the clip can no longer be read.
    pub(super) fn decoder(&self) -> Option<Box<dyn Decoder>> {
        match &self.what {
            ClipData::Memory(samples) => {
                Some(Box::new(DecodedSamples { samples: samples.clone(), place: 0 }))
            }
            ClipData::File(known) => probe::open(&known.path, known.kind).ok(),
        }
    }

    /// Reports once that packets could not be decoded.
    pub(super) fn report_broken_packets(&self, broken: u32) {
        if let ClipData::File(known) = &self.what
            && broken > 0
            && !known.reported.swap(true, Relaxed)
        {
            let path = known.path.display();
            eprintln!("{path}: {broken} packets cannot be decoded and are skipped");
        }
    }
}

/// A decoder of samples in memory.
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
