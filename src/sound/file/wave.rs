//! PCM in RIFF WAVE, RF64/BW64 (EBU Tech 3306), RIFX, Sony Wave64 and AIFF, tolerant of faulty headers: chunks of odd
//! length without a padding byte, lengths that are 0, −1, too large or too small, chunks in any order, truncated files.

use std::fs::File;
use std::io::{Read, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use super::aiff;
use super::chunks::{ByteSource, Form, at, bytes};
use super::decoder::{Decoder, SignalSpec, sanitise};
use super::layout::{Layout, MOST};
use super::wav_header::WavHeader;

/// Known chunks.
const KNOWN: &[&[u8; 4]] = &[
    b"fmt ", b"data", b"LIST", b"list", b"fact", b"bext", b"cue ", b"smpl", b"inst", b"JUNK", b"junk",
    b"PAD ", b"id3 ", b"ID3 ", b"iXML", b"_PMX", b"PEAK", b"ds64", b"FLLR", b"axml", b"chna", b"umid",
    b"minf", b"elm1", b"regn", b"afsp", b"DISP", b"levl", b"cart", b"slnt", b"wavl", b"plst", b"LGWV",
    b"acid", b"strc", b"SAUR", b"labl", b"note", b"CSET",
];
/// Most chunks of Wave64 before the samples.
const CHUNKS: usize = 4096;
/// Frames of a block.
const BLOCK: usize = 4096;

/// Whether a file starts as one of these formats.
pub fn looks_like(path: &Path) -> bool {
    let mut head = [0; 12];
    let read = File::open(path).and_then(|mut f| f.read_exact(&mut head));
    let riff = [&b"RIFF"[..], b"RIFX", b"RF64", b"BW64"].contains(&&head[..4]) && &head[8..] == b"WAVE";
    read.is_ok() && (riff || &head[..4] == b"riff" || aiff::looks_like(&head))
}

/// Finds the format and the samples of a file.
pub fn head(file: &mut impl ByteSource) -> Option<WavHeader> {
    let size = file.seek(SeekFrom::End(0)).ok()?;
    let mut start = [0; 12];
    at(file, 0, &mut start)?;
    match &start[..4] {
        b"riff" => wave64(file, size),
        b"FORM" => aiff::looks_like(&start).then(|| aiff::head(file, size, &start))?,
        name => {
            let big = name == b"RIFX";
            riff(Form { file, size, big, known: KNOWN }, matches!(name, b"RF64" | b"BW64"))
        }
    }
}

fn riff(mut form: Form<'_, impl ByteSource>, long: bool) -> Option<WavHeader> {
    let (mut format, mut data, mut real) = (None, None, None);
    form.walk(|form, name, inner, length| {
        let mut skipped = length;
        match name {
            b"fmt " => format = form.bytes(inner, length.clamp(16, 4096)),
            // The 64-bit lengths: of the file, of the samples.
            b"ds64" if long => {
                real = form.bytes(inner + 8, 8)?.try_into().ok().map(u64::from_le_bytes);
            }
            b"data" => {
                let stated = if long && length == u32::MAX as u64 { real.unwrap_or(length) } else { length };
                skipped = form.whole(inner, stated);
                data = Some((inner, skipped));
                format.is_none().then_some(())?;
            }
            _ => {}
        }
        Some((skipped, if format.is_some() { b"data" } else { b"fmt " }))
    });
    Some(WavHeader { format: format?, data: data?, big: form.big, signed: false })
}

/// Chunks with a name of 16 bytes and a length of 8 (header included), aligned to 8.
fn wave64(file: &mut impl ByteSource, size: u64) -> Option<WavHeader> {
    let (mut place, mut format) = (40u64, None);
    for _ in 0..CHUNKS {
        let mut chunk = [0; 24];
        at(file, place, &mut chunk)?;
        let length = u64::from_le_bytes(*chunk.last_chunk()?).saturating_sub(24);
        let inner = place + 24;
        match &chunk[..4] {
            b"fmt " => format = bytes(file, inner, length.clamp(16, 4096)),
            b"data" => {
                let rest = size.saturating_sub(inner);
                let stated = if length == 0 || length > rest { rest } else { length };
                return Some(WavHeader { format: format?, data: (inner, stated), big: false, signed: false });
            }
            _ => {}
        }
        place = inner.checked_add(length)?.checked_next_multiple_of(8)?;
    }
    None
}

/// Sample encoding.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Sample {
    Whole(usize),
    Float,
    Double,
}

/// Reads PCM.
pub struct Wave<S: ByteSource = File> {
    file: S,
    data: (u64, u64),
    place: u64,
    sample: Sample,
    big: bool,
    signed: bool,
    spec: SignalSpec,
    raw: Vec<u8>,
}

impl Wave {
    /// Opens a file.
    ///
    /// # Errors
    /// It is none of these formats, or not PCM.
    pub fn open(path: &Path) -> Result<Self, String> {
        Self::from(File::open(path).map_err(|e| e.to_string())?)
    }
}

impl<S: ByteSource> Wave<S> {
    /// Reads from a source.
    ///
    /// # Errors
    /// It is none of these formats, or not PCM.
    pub fn from(mut file: S) -> Result<Self, String> {
        let head = head(&mut file).ok_or("its chunks cannot be read")?;
        let word = |i: usize| {
            let pair =
                head.format.get(i..i + 2).and_then(|p| <[u8; 2]>::try_from(p).ok()).unwrap_or_default();
            if head.big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
        };
        let (low, high) = if head.big { (word(6), word(4)) } else { (word(4), word(6)) };
        let rate = (high as u32) << 16 | low as u32;
        let channels = word(2) as usize;
        // WAVE_FORMAT_EXTENSIBLE stores the actual tag later.
        let extended = word(0) == 0xfffe;
        let tag = if extended && head.format.len() >= 26 { word(24) } else { word(0) };
        let mask = if extended && !head.big { word(20) as u64 | (word(22) as u64) << 16 } else { 0 };
        // The container size of a sample, from the size of a frame.
        let held = (word(12) as usize).checked_div(channels).unwrap_or(0);
        let bits = (word(14) as usize).div_ceil(8);
        let held = if held * channels == word(12) as usize && held >= bits { held } else { bits };
        let sample = match (tag, held) {
            (1 | 0xfffe, 1..=4) => Sample::Whole(held),
            (3, 4) => Sample::Float,
            (3, 8) => Sample::Double,
            _ => return Err(format!("not PCM (format {tag}, {held} bytes a sample)")),
        };
        if !(1..=MOST).contains(&channels) || !(1000..=768_000).contains(&rate) {
            return Err(format!("{channels} channels at {rate} Hz are not supported"));
        }
        let spec = SignalSpec { rate, layout: Arc::new(Layout::new(channels, mask)) };
        let WavHeader { data, big, signed, .. } = head;
        Ok(Self { file, data, place: 0, sample, big, signed, spec, raw: Vec::new() })
    }

    fn frame(&self) -> u64 {
        let bytes = match self.sample {
            Sample::Whole(n) => n,
            Sample::Float => 4,
            Sample::Double => 8,
        };
        (bytes * self.spec.layout.channels()) as u64
    }
}

impl<S: ByteSource + Send> Decoder for Wave<S> {
    fn next(&mut self, into: &mut Vec<f32>) -> Option<SignalSpec> {
        into.clear();
        let left = self.data.1.saturating_sub(self.place);
        let wanted = (BLOCK as u64 * self.frame()).min(left);
        self.file.seek(SeekFrom::Start(self.data.0 + self.place)).ok()?;
        self.raw.clear();
        (&mut self.file).take(wanted).read_to_end(&mut self.raw).ok()?;
        let whole = self.raw.len() - self.raw.len() % self.frame() as usize;
        self.place += whole as u64;
        let raw = &self.raw[..whole];
        let (big, signed) = (self.big, self.signed);
        match self.sample {
            Sample::Whole(n) => into.extend(raw.chunks_exact(n).map(|b| pcm(b, big, signed))),
            Sample::Float => into.extend(
                raw.as_chunks::<4>()
                    .0
                    .iter()
                    .map(|b| sanitise(if big { f32::from_be_bytes(*b) } else { f32::from_le_bytes(*b) })),
            ),
            Sample::Double => into.extend(raw.as_chunks::<8>().0.iter().map(|b| {
                sanitise((if big { f64::from_be_bytes(*b) } else { f64::from_le_bytes(*b) }) as f32)
            })),
        }
        (!into.is_empty()).then(|| self.spec.clone())
    }

    fn seek(&mut self, seconds: f64) -> Option<f64> {
        let frame = (seconds.max(0.0) * self.spec.rate as f64) as u64;
        self.place = frame.saturating_mul(self.frame()).min(self.data.1);
        Some((self.place / self.frame()) as f64 / self.spec.rate as f64)
    }

    fn seconds(&self) -> Option<f64> {
        Some((self.data.1 / self.frame()) as f64 / self.spec.rate as f64)
    }
}

/// An integer sample of 8 (signed or unsigned), 16, 24 or 32 bits, scaled to full scale 1.
fn pcm(bytes: &[u8], big: bool, signed: bool) -> f32 {
    let mut word = [0u8; 4];
    let at = 4 - bytes.len();
    word[at..].copy_from_slice(bytes);
    if big {
        word[at..].reverse();
    }
    if bytes.len() == 1 && !signed {
        word[3] ^= 0x80;
    }
    (i32::from_le_bytes(word) as f64 / 2_147_483_648.0) as f32
}
