//! Decoding by symphonia: FLAC, MP3, Ogg Vorbis, and WAVE and AIFF other than PCM.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use symphonia::core::audio::{Channels, Position};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSource, MediaSourceStream};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::{Time, TimeBase, Timestamp};

use super::decoder::{Decoder, SignalSpec, sanitise};
use super::layout::{Layout, MOST};
use super::wav_header::WavHeader;
use super::wave;

/// Consecutive broken packets before decoding stops.
const MOST_BROKEN: u32 = 64;
/// Pre-roll of a seek, s: a Vorbis packet overlaps with the one before it, and an MP3 frame may have bits in those of
/// the last quarter of a second.
const PRE_ROLL: f64 = 0.5;

/// A file decoded by symphonia.
pub struct Library {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    id: u32,
    base: Option<TimeBase>,
    seconds: Option<f64>,
    spec: Option<(Channels, SignalSpec)>,
    broken: u32,
    /// Whether a second stream has started.
    chained: bool,
    /// The block that a seek has decoded.
    ahead: Option<(SignalSpec, Vec<f32>)>,
}

impl Library {
    /// Opens a file.
    ///
    /// # Errors
    /// The reason.
    pub fn open(path: &Path) -> Result<Self, String> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        let mut file = File::open(path).map_err(|e| e.to_string())?;
        let source: Box<dyn MediaSource> =
            match wave::looks_like(path).then(|| wave::head(&mut file)).flatten() {
                // Behind a corrected header.
                Some(head) if !head.big => Box::new(PatchedFile::new(file, &head)?),
                _ => {
                    file.seek(SeekFrom::Start(0)).map_err(|e| e.to_string())?;
                    Box::new(file)
                }
            };
        Self::from(source, ending)
    }

    /// Decodes a byte range of a file.
    ///
    /// # Errors
    /// The reason.
    pub fn part(path: &Path, begin: u64, end: u64) -> Result<Self, String> {
        let file = File::open(path).map_err(|e| e.to_string())?;
        let data = (begin, end.saturating_sub(begin));
        Self::from(Box::new(PatchedFile { head: Vec::new(), file, data, place: 0 }), "")
    }

    /// Decodes a source; the file extension `ending` is a hint for formats without a signature.
    ///
    /// # Errors
    /// The reason.
    pub fn from(source: Box<dyn MediaSource>, ending: &str) -> Result<Self, String> {
        let mut hint = Hint::new();
        hint.with_extension(ending);
        let stream = MediaSourceStream::new(source, Default::default());
        let probe = symphonia::default::get_probe();
        let opened = probe.probe(&hint, stream, FormatOptions::default(), MetadataOptions::default());
        let format = opened.map_err(|e| match e {
            Error::Unsupported(_) => "unknown format".to_string(),
            other => other.to_string(),
        })?;
        let (decoder, id, base, seconds) = first(&*format)?;
        Ok(Self { format, decoder, id, base, seconds, spec: None, broken: 0, chained: false, ahead: None })
    }

    /// The next block, and the timestamp of its first frame.
    fn block(&mut self, into: &mut Vec<f32>) -> Option<(SignalSpec, Timestamp)> {
        into.clear();
        let mut row = 0;
        // A truncated file is decoded up to its end.
        loop {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                // A new link of a chained Ogg.
                Err(Error::ResetRequired) => {
                    (self.decoder, self.id, self.base, _) = first(&*self.format).ok()?;
                    (self.seconds, self.chained) = (None, true);
                    continue;
                }
                _ => return None,
            };
            if packet.track_id != self.id {
                continue;
            }
            match self.decoder.decode(&packet) {
                Ok(decoded) => {
                    let (channels, rate) = (decoded.spec().channels().clone(), decoded.spec().rate());
                    into.resize(decoded.samples_interleaved(), 0.0);
                    decoded.copy_to_slice_interleaved(&mut *into);
                    if into.is_empty() {
                        continue;
                    }
                    into.iter_mut().for_each(|v| *v = sanitise(*v));
                    return self.spec(&channels, rate).map(|spec| (spec, packet.pts));
                }
                Err(Error::DecodeError(_) | Error::IoError(_)) if row < MOST_BROKEN => {
                    (self.broken, row) = (self.broken + 1, row + 1);
                }
                Err(_) => return None,
            }
        }
    }

    fn spec(&mut self, channels: &Channels, rate: u32) -> Option<SignalSpec> {
        let count = channels.count();
        if !(1..=MOST).contains(&count) || !(1000..=768_000).contains(&rate) {
            return None;
        }
        if self.spec.as_ref().is_none_or(|(known, spec)| known != channels || spec.rate != rate) {
            let mask = match channels {
                Channels::Positioned(p) => p.bits() & Position::all().bits(),
                _ => 0,
            };
            let layout = Arc::new(Layout::new(count, mask));
            self.spec = Some((channels.clone(), SignalSpec { rate, layout }));
        }
        self.spec.as_ref().map(|s| s.1.clone())
    }
}

/// Decoder of the first audio track, with its number, time base and length, s.
type First = (Box<dyn AudioDecoder>, u32, Option<TimeBase>, Option<f64>);

fn first(format: &dyn FormatReader) -> Result<First, String> {
    let track = format.default_track(TrackType::Audio).ok_or("it contains no sound")?;
    let params = track.codec_params.as_ref().and_then(|p| p.audio());
    let params = params.ok_or("its codec is not stated")?;
    let codecs = symphonia::default::get_codecs();
    let decoder = codecs.make_audio_decoder(params, &AudioDecoderOptions::default());
    let frames = track.num_frames.zip(params.sample_rate).map(|(n, rate)| n as f64 / rate as f64);
    Ok((decoder.map_err(|e| e.to_string())?, track.id, track.time_base, frames))
}

impl Decoder for Library {
    fn next(&mut self, into: &mut Vec<f32>) -> Option<SignalSpec> {
        match self.ahead.take() {
            Some((spec, block)) => {
                *into = block;
                Some(spec)
            }
            None => self.block(into).map(|(spec, _)| spec),
        }
    }

    /// To the block that contains the time, with the same samples as without a seek.
    fn seek(&mut self, seconds: f64) -> Option<f64> {
        let (base, broken) = (self.base?, self.broken);
        // A short distance is decoded from the start instead; in a chain, timestamps start again with each stream.
        if seconds < PRE_ROLL || self.chained {
            return None;
        }
        let to = SeekTo::Time { time: Time::try_from_secs_f64(seconds - PRE_ROLL)?, track_id: Some(self.id) };
        self.format.seek(SeekMode::Accurate, to).ok()?;
        self.decoder.reset();
        let mut block = Vec::new();
        loop {
            let (spec, stamp) = self.block(&mut block)?;
            let begin = base.calc_time(stamp)?.as_secs_f64();
            let frames = (block.len() / spec.layout.channels()) as f64;
            if self.chained {
                return None;
            }
            if begin + frames / spec.rate as f64 > seconds {
                // Packets that start before the seek and cannot be decoded are not broken.
                (self.ahead, self.broken) = (Some((spec, block)), broken);
                return Some(begin);
            }
        }
    }

    fn seconds(&self) -> Option<f64> {
        self.seconds
    }

    fn broken(&self) -> u32 {
        self.broken
    }
}

/// A byte range of a file behind a header: the samples of a WAVE file behind a corrected header.
struct PatchedFile {
    head: Vec<u8>,
    file: File,
    data: (u64, u64),
    place: u64,
}

impl PatchedFile {
    fn new(file: File, head: &WavHeader) -> Result<Self, String> {
        let length = u32::try_from(head.data.1).map_err(|_| "its samples exceed 4 GiB and are not PCM")?;
        let mut format = head.format.clone();
        let size = format.len() as u32;
        if size % 2 == 1 {
            format.push(0);
        }
        let riff = 4 + 8 + format.len() as u32 + 8;
        let mut bytes = Vec::new();
        for part in [
            &b"RIFF"[..],
            &riff.saturating_add(length).to_le_bytes(),
            b"WAVEfmt ",
            &size.to_le_bytes(),
            &format,
        ] {
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(b"data");
        bytes.extend_from_slice(&length.to_le_bytes());
        Ok(Self { head: bytes, file, data: head.data, place: 0 })
    }

    fn length(&self) -> u64 {
        self.head.len() as u64 + self.data.1
    }
}

impl Read for PatchedFile {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let head = self.head.len() as u64;
        let n = if self.place < head {
            let rest = &self.head[self.place as usize..];
            let n = rest.len().min(into.len());
            into[..n].copy_from_slice(&rest[..n]);
            n
        } else {
            let left = (self.length() - self.place).min(into.len() as u64) as usize;
            self.file.seek(SeekFrom::Start(self.data.0 + self.place - head))?;
            self.file.read(&mut into[..left])?
        };
        self.place += n as u64;
        Ok(n)
    }
}

impl Seek for PatchedFile {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let place = match to {
            SeekFrom::Start(p) => Some(p),
            SeekFrom::End(d) => self.length().checked_add_signed(d),
            SeekFrom::Current(d) => self.place.checked_add_signed(d),
        };
        self.place = place.ok_or(std::io::ErrorKind::InvalidInput)?.min(self.length());
        Ok(self.place)
    }
}

impl MediaSource for PatchedFile {
    fn is_seekable(&self) -> bool {
        true
    }
    fn byte_len(&self) -> Option<u64> {
        Some(self.length())
    }
}
