//! Tags of a TIFF directory: how a picture looks (its orientation, and the meaning of its alpha), and who made it.
//! EXIF is such a directory within other files (EXIF 2.32, 2019; TIFF 6.0, 1992).

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use image::metadata::Orientation;

/// Maximum bytes of a text profile.
const PROFILE: u64 = 1 << 20;
const ORIENTATION: u16 = 274;
const EXTRA_SAMPLES: u16 = 338;
/// The extra sample is premultiplied alpha.
const ASSOCIATED_ALPHA: u32 = 1;

/// Orientation from an EXIF block or a TIFF file; `None` if there is no valid one.
pub fn orientation(tiff: &[u8]) -> Option<Orientation> {
    tag(tiff, ORIENTATION).and_then(|v| Orientation::from_exif(v.try_into().ok()?))
}

/// Whether a TIFF file has premultiplied alpha.
pub fn is_premultiplied(tiff: &[u8]) -> bool {
    tag(tiff, EXTRA_SAMPLES) == Some(ASSOCIATED_ALPHA)
}

/// The EXIF block of a PNG file, before or after its pixels, in its own chunk or as ImageMagick wrote it.
pub fn of_png(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let mut rest = bytes.get(8..)?;
    let mut profile = None;
    while let Some((kind, data, after)) = chunk(rest) {
        match kind {
            b"eXIf" => return Some(data.into()),
            b"zTXt" | b"tEXt" => profile = profile.or(raw_profile(data)),
            _ => {}
        }
        rest = after;
    }
    profile.map(Cow::Owned)
}

/// Kind and data of the first chunk, and what comes after it.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let (data, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((kind, data, rest.get(4..)?))
}

/// A profile as text: its name, its length and hexadecimal digits, on lines of their own.
fn raw_profile(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_prefix(b"Raw profile type ")?;
    let text = text.strip_prefix(b"exif\0").or_else(|| text.strip_prefix(b"APP1\0"))?;
    let inflated = |packed| {
        let mut all = Vec::new();
        ZlibDecoder::new(packed).take(PROFILE).read_to_end(&mut all).ok().map(|_| all)
    };
    let text = text.strip_prefix(b"\0").map_or_else(|| Some(text.to_vec()), inflated)?;
    let text = String::from_utf8(text).ok()?;
    let digits: Vec<u8> = text.trim_start().lines().skip(2).flat_map(str::bytes).collect();
    let digit = |d: u8| char::from(d).to_digit(16);
    let byte = |[a, b]: &[u8; 2]| Some((digit(*a)? * 16 + digit(*b)?) as u8);
    let block: Vec<u8> = digits.as_chunks::<2>().0.iter().map(byte).collect::<Option<_>>()?;
    Some(block.strip_prefix(b"Exif\0\0").unwrap_or(&block).to_vec())
}

/// The first number of a tag in the first directory, whichever whole type it has: some programs write a LONG where the
/// standard has a SHORT.
fn tag(tiff: &[u8], wanted: u16) -> Option<u32> {
    let entry = Entry::find(tiff, wanted)?;
    let size = match entry.kind {
        1 => 1,
        3 => 2,
        4 => 4,
        _ => return None,
    };
    entry.number(entry.place(size)?, size)
}

/// The text of a tag in the first directory, without what ends and fills it; none if it is empty or no ASCII type.
pub fn text(tiff: &[u8], wanted: u16) -> Option<String> {
    let entry = Entry::find(tiff, wanted).filter(|e| e.kind == 2)?;
    let at = entry.place(1)?;
    let bytes = tiff.get(at..at.checked_add(entry.count)?)?;
    let bytes = bytes.split(|b| *b == 0).next()?;
    let text: String =
        String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).take(TEXT).collect();
    Some(text.trim().to_string()).filter(|t| !t.is_empty())
}

/// Letters of a text that are kept.
const TEXT: usize = 200;

/// An entry of the first directory.
struct Entry<'a> {
    tiff: &'a [u8],
    is_little: bool,
    kind: u32,
    count: usize,
    /// Where its value is, or the place of its value.
    field: usize,
}

impl<'a> Entry<'a> {
    fn find(tiff: &'a [u8], wanted: u16) -> Option<Self> {
        let is_little = match tiff.get(..4)? {
            [b'I', b'I', 42, 0] => true,
            [b'M', b'M', 0, 42] => false,
            _ => return None,
        };
        let mut entry = Self { tiff, is_little, kind: 0, count: 0, field: 0 };
        let directory = entry.number(4, 4)? as usize;
        let entries = entry.number(directory, 2)? as usize;
        let mut places = (0..entries).map_while(|i| directory.checked_add(2 + 12 * i));
        let at = places.find(|at| entry.number(*at, 2) == Some(wanted.into()))?;
        (entry.kind, entry.count, entry.field) =
            (entry.number(at + 2, 2)?, entry.number(at + 4, 4)? as usize, at + 8);
        Some(entry)
    }

    fn number(&self, at: usize, n: usize) -> Option<u32> {
        let fold = |all: u32, b: &u8| all << 8 | *b as u32;
        let bytes = self.tiff.get(at..at.checked_add(n)?)?;
        Some(if self.is_little { bytes.iter().rev().fold(0, fold) } else { bytes.iter().fold(0, fold) })
    }

    /// Where its value begins, of items of `size` bytes: up to four bytes stand in the entry itself.
    fn place(&self, size: usize) -> Option<usize> {
        match self.count <= 4 / size {
            true => Some(self.field),
            false => self.number(self.field, 4).map(|at| at as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use image::{DynamicImage, ImageFormat};

    use super::super::tests::{encoded, exif};
    use super::super::{WHITE, decode, over};
    use super::*;

    #[test]
    fn an_orientation_may_be_of_any_whole_type() {
        let block = |order: &[u8], body: &[u8]| [order, body].concat();
        let big = |kind: u8, value: [u8; 4]| {
            block(b"MM\0*\0\0\0\x08\0\x01\x01\x12\0", &[&[kind, 0, 0, 0, 1][..], &value].concat())
        };
        let little = |kind: u8, value: [u8; 4]| {
            block(b"II*\0\x08\0\0\0\x01\0\x12\x01", &[&[kind, 0, 1, 0, 0, 0][..], &value].concat())
        };
        for good in [
            big(3, [0, 6, 0, 0]),
            big(4, [0, 0, 0, 6]),
            big(1, [6, 0, 0, 0]),
            little(3, [6, 0, 0, 0]),
            little(4, [6, 0, 0, 0]),
        ] {
            assert_eq!(orientation(&good), Some(Orientation::Rotate90));
            (0..18).for_each(|end| assert_eq!(orientation(&good[..end]), None, "{end}"));
        }
        for bad in [big(3, [0, 9, 0, 0]), big(3, [0; 4]), big(2, [6, 0, 0, 0]), little(4, [6, 1, 0, 0])] {
            assert_eq!(orientation(&bad), None);
        }
    }

    /// The width of a picture of 5 × 3 pixels with one more chunk, after its pixels or before them.
    fn width(kind: &[u8; 4], data: &[u8], after: bool) -> u32 {
        let png = encoded(&DynamicImage::new_rgb8(5, 3), ImageFormat::Png);
        let body = [kind, data].concat();
        let mut crc = flate2::Crc::new();
        crc.update(&body);
        let chunk = [&(data.len() as u32).to_be_bytes(), &body[..], &crc.sum().to_be_bytes()].concat();
        let (front, end) = png.split_at(if after { png.len() - 12 } else { 33 });
        decode(&[front, &chunk, end].concat()).unwrap().width()
    }

    #[test]
    fn a_png_may_hold_its_orientation_after_its_pixels_and_as_text() {
        let digits: String =
            [b"Exif\0\0", &exif(6)[..]].concat().iter().map(|b| format!("{b:02x}")).collect();
        let text = format!("\nexif\n      {}\n{}\n{}\n", digits.len() / 2, &digits[..36], &digits[36..]);
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        let packed = packed.finish().unwrap();
        let profile = |text: &[u8]| [b"Raw profile type exif\0", text].concat();
        for after in [false, true] {
            assert_eq!(width(b"eXIf", &exif(6), after), 3);
            assert_eq!(width(b"eXIf", &exif(1), after), 5);
            assert_eq!(width(b"tEXt", &profile(text.as_bytes()), after), 3);
            assert_eq!(width(b"zTXt", &profile(&[b"\0", &packed[..]].concat()), after), 3);
            assert_eq!(width(b"zTXt", &profile(&[b"\0", &packed[..9]].concat()), after), 5);
            assert_eq!(width(b"tEXt", &profile(b"\nexif\n 4\nxyzw\n"), after), 5);
        }
    }

    /// A TIFF of one RGBA pixel.
    fn pixel(rgba: [u8; 4], extra: u32) -> Vec<u8> {
        let entries: [(u16, u16, u32, u32); 10] = [
            (256, 4, 1, 1),
            (257, 4, 1, 1),
            (258, 3, 4, 12),
            (259, 3, 1, 1 << 16),
            (262, 3, 1, 2 << 16),
            (273, 4, 1, 8),
            (277, 3, 1, 4 << 16),
            (278, 4, 1, 1),
            (279, 4, 1, 4),
            (338, 3, 1, extra << 16),
        ];
        let mut out = b"MM\0*\0\0\0\x14".to_vec();
        out.extend(rgba);
        out.extend([0, 8].repeat(4));
        out.extend((entries.len() as u16).to_be_bytes());
        for (tag, kind, count, value) in entries {
            out.extend([tag.to_be_bytes(), kind.to_be_bytes()].concat());
            out.extend([count.to_be_bytes(), value.to_be_bytes()].concat());
        }
        out.extend([0; 4]);
        out
    }

    #[test]
    fn premultiplied_colours_are_not_multiplied_twice() {
        let shown = |rgba, extra| over(decode(&pixel(rgba, extra)).unwrap(), WHITE).into_raw();
        // (200, 100, 0) at a half, stored as it is and multiplied: over white the same.
        assert_eq!(shown([200, 100, 0, 128], 2), [227, 177, 127]);
        assert_eq!(shown([100, 50, 0, 128], 1), [227, 177, 127]);
        assert_eq!(shown([0, 0, 0, 0], 1), [255; 3]);
        assert_eq!(shown([9, 8, 7, 255], 1), [9, 8, 7]);
    }
}
