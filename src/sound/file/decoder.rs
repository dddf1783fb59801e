//! What decodes a file, block by block: this program's own reader of PCM in WAVE, symphonia, or ffmpeg where it is
//! installed. Nothing is read whole.

use std::path::Path;
use std::sync::Arc;

use super::chain::{self, ChainedOgg};
use super::ffmpeg::{self, Ffmpeg};
use super::layout::Layout;
use super::library::Library;
use super::wave::{self, Wave};

/// What a block of sound is.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalSpec {
    /// Samples a second of each channel.
    pub rate: u32,
    /// Its channels.
    pub layout: Arc<Layout>,
}

/// Decodes one file from its beginning to its end.
pub trait Decoder: Send {
    /// The next block: `into` is filled with whole frames, all channels in turn. Nothing at the end, or where nothing
    /// more can be decoded.
    fn next(&mut self, into: &mut Vec<f32>) -> Option<SignalSpec>;
    /// Goes to a place, or to some place before it: gives the second at which the next block begins. Nothing where that
    /// cannot be done: then the decoder is of no more use.
    fn seek(&mut self, seconds: f64) -> Option<f64>;
    /// Length, seconds, where the file says it.
    fn seconds(&self) -> Option<f64>;
    /// Packets that could not be read so far; their place is missing.
    fn broken(&self) -> u32 {
        0
    }
}

/// Which decoder takes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecoderKind {
    /// PCM in RIFF, RF64, Wave64 or AIFF.
    Wave,
    /// Ogg with links of several codecs.
    Chain,
    /// What symphonia knows.
    Library,
    /// Whatever ffmpeg knows.
    Ffmpeg,
}

/// Opens a file with a decoder.
pub fn open(path: &Path, kind: DecoderKind) -> Result<Box<dyn Decoder>, String> {
    Ok(match kind {
        DecoderKind::Wave => Box::new(Wave::open(path)?),
        DecoderKind::Chain => Box::new(ChainedOgg::open(path)?),
        DecoderKind::Library => Box::new(Library::open(path)?),
        DecoderKind::Ffmpeg => Box::new(Ffmpeg::open(path, 0.0)?),
    })
}

/// The first decoder that gets a sound out of a file.
///
/// # Errors
/// Why none does, with the cure.
pub fn find(path: &Path) -> Result<(DecoderKind, Box<dyn Decoder>), String> {
    let mut why = String::new();
    let (wave, chain) = (wave::looks_like(path), chain::links(path).is_some());
    let kinds = [DecoderKind::Wave, DecoderKind::Chain, DecoderKind::Library, DecoderKind::Ffmpeg];
    let fits = |kind: &DecoderKind| match kind {
        DecoderKind::Wave => wave,
        DecoderKind::Chain => chain,
        _ => true,
    };
    for kind in kinds.into_iter().filter(fits) {
        // What has been decoded is thrown away: the file begins anew.
        let heard = open(path, kind).and_then(|mut d| {
            let first = d.next(&mut Vec::new());
            first.ok_or_else(|| "nothing in it can be decoded".to_string())
        });
        match heard.and_then(|_| open(path, kind)) {
            Ok(decoder) => return Ok((kind, decoder)),
            Err(e) if kind == DecoderKind::Ffmpeg && e == ffmpeg::MISSING => why = format!("{why}; {e}"),
            Err(e) if kind == DecoderKind::Ffmpeg => why = format!("{why}; ffmpeg says: {e}"),
            // What the library says tells more than that it is no PCM.
            Err(e) => why = e,
        }
    }
    Err(why)
}

/// What is no number is silence.
pub fn sanitise(v: f32) -> f32 {
    if v.is_finite() { v.clamp(-4.0, 4.0) } else { 0.0 }
}
