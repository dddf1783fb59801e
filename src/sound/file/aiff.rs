//! PCM in AIFF and AIFF-C (Apple 1989, 1991). The header is translated to that of WAVE, so that one reader reads both,
//! even with wrong lengths.

use super::chunks::{ByteSource, Form};
use super::wav_header::WavHeader;

/// Known chunks.
const KNOWN: &[&[u8; 4]] = &[
    b"COMM", b"SSND", b"FVER", b"NAME", b"AUTH", b"(c) ", b"ANNO", b"COMT", b"MARK", b"INST", b"MIDI",
    b"AESD", b"APPL", b"SAXL", b"CHAN", b"PEAK", b"ID3 ", b"id3 ", b"basc", b"trns", b"cate", b"LGWV",
];

/// Sample format: WAVE's tag, bits, whether big-endian, whether 8-bit samples are signed.
type SampleFormat = (u16, u16, bool, bool);

/// The chunk `COMM`.
struct Common {
    channels: u16,
    frames: u64,
    rate: u32,
    coding: SampleFormat,
}

impl Common {
    fn read(chunk: &[u8], is_c: bool) -> Option<Self> {
        let word = |i: usize| Some(u16::from_be_bytes(chunk.get(i..i + 2)?.try_into().ok()?));
        let kind = if is_c { chunk.get(18..22)? } else { b"NONE" };
        let frames = (word(2)? as u64) << 16 | word(4)? as u64;
        let coding = coding(kind.try_into().ok()?, word(6)?)?;
        Some(Self { channels: word(0)?, frames, rate: rate(chunk.get(8..18)?)?, coding })
    }

    /// Size of a frame, bytes.
    fn frame(&self) -> u16 {
        self.channels.saturating_mul(self.coding.1.div_ceil(8))
    }

    /// The equivalent chunk `fmt ` of WAVE.
    fn format(&self) -> Vec<u8> {
        let (tag, bits, big, _) = self.coding;
        let second = self.rate.saturating_mul(self.frame() as u32);
        let word = |v: u16| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        let double = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
        let (rate, second) = (double(self.rate), double(second));
        [&word(tag)[..], &word(self.channels), &rate, &second, &word(self.frame()), &word(bits), &[0, 0]]
            .concat()
    }
}

/// Sample format of a compression type: uncompressed, A-law or µ-law.
fn coding(kind: [u8; 4], bits: u16) -> Option<SampleFormat> {
    Some(match &kind.to_ascii_uppercase()[..] {
        b"NONE" | b"TWOS" => (1, bits, true, true),
        b"SOWT" => (1, bits, false, true),
        b"RAW " if bits == 8 => (1, 8, true, false),
        b"IN24" => (1, 24, true, true),
        b"IN32" => (1, 32, true, true),
        b"42NI" => (1, 24, false, true),
        b"23NI" => (1, 32, false, true),
        b"FL32" => (3, 32, true, true),
        b"FL64" => (3, 64, true, true),
        b"ALAW" => (6, 8, false, true),
        b"ULAW" => (7, 8, false, true),
        _ => return None,
    })
}

/// A sample rate from an 80-bit extended-precision number: sign and exponent, and a 64-bit mantissa.
fn rate(bytes: &[u8]) -> Option<u32> {
    let exponent = u16::from_be_bytes(*bytes.first_chunk()?) & 0x7fff;
    let mantissa = u64::from_be_bytes(*bytes.last_chunk()?);
    let whole = mantissa.checked_shr((16_383u32 + 63).checked_sub(exponent as u32)?)?;
    u32::try_from(whole).ok()
}

/// Whether a file starts as AIFF or AIFF-C.
pub fn looks_like(start: &[u8; 12]) -> bool {
    &start[..4] == b"FORM" && matches!(&start[8..], b"AIFF" | b"AIFC")
}

/// Finds the format and the samples of a file that starts as AIFF.
pub fn head(file: &mut impl ByteSource, size: u64, start: &[u8; 12]) -> Option<WavHeader> {
    let (is_c, mut common, mut data) = (&start[8..] == b"AIFC", None::<Common>, None);
    Form { file, size, big: true, known: KNOWN }.walk(|form, name, inner, length| {
        let mut real = length;
        match name {
            b"COMM" => common = Common::read(&form.bytes(inner, length.clamp(18, 4096))?, is_c),
            b"SSND" => {
                let found = sound(form, inner, length, common.as_ref())?;
                (real, data) = (found.0 + found.1 - inner, Some(found));
                common.as_ref().is_none().then_some(())?;
            }
            _ => {}
        }
        Some((real, if common.is_some() { b"SSND" } else { b"COMM" }))
    });
    let common = common?;
    Some(WavHeader { format: common.format(), data: data?, big: common.coding.2, signed: common.coding.3 })
}

/// Start of the samples in `SSND`, after its offset, and their size, bytes.
fn sound<S: ByteSource>(
    form: &mut Form<S>,
    inner: u64,
    length: u64,
    common: Option<&Common>,
) -> Option<(u64, u64)> {
    let offset = u32::from_be_bytes(*form.bytes(inner, 4)?.first_chunk()?) as u64;
    let offset = if inner + 8 + offset < form.size { offset } else { 0 };
    let begin = inner + 8 + offset;
    let stated = length.saturating_sub(8 + offset);
    // A length that was never filled in, or in a pipe: the number of frames may still be known.
    let is_off = stated == 0 || begin + stated > form.size;
    let stated = if is_off { common.map_or(0, |c| c.frames * c.frame() as u64) } else { stated };
    Some((begin, form.whole(begin, stated)))
}
