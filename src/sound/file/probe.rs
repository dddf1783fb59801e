//! The decoder for a file.

use std::path::Path;

use super::chain::{self, ChainedOgg};
use super::decoder::Decoder;
use super::ffmpeg::{self, Ffmpeg};
use super::library::Library;
use super::wave::{self, Wave};

/// The decoder for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecoderKind {
    /// PCM in RIFF, RF64, Wave64 or AIFF.
    Wave,
    /// Chained Ogg with several codecs.
    Chain,
    /// What symphonia supports.
    Library,
    /// What ffmpeg supports.
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

/// The first decoder that gets sound from a file.
///
/// # Errors
/// Why none does, with a remedy.
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
        // The decoded block is discarded: the file is opened again.
        let probed = open(path, kind).and_then(|mut d| {
            let first = d.next(&mut Vec::new());
            first.ok_or_else(|| "nothing in it can be decoded".to_string())
        });
        match probed.and_then(|_| open(path, kind)) {
            Ok(decoder) => return Ok((kind, decoder)),
            Err(e) if kind == DecoderKind::Ffmpeg && e == ffmpeg::MISSING => why = format!("{why}; {e}"),
            Err(e) if kind == DecoderKind::Ffmpeg => why = format!("{why}; ffmpeg reports: {e}"),
            // The error of the library is more useful than "not PCM".
            Err(e) => why = e,
        }
    }
    Err(why)
}
