//! The one reader of picture files: JPEG, PNG, WebP, TIFF, BMP and GIF (its first frame), detected by content, with
//! EXIF orientation applied, complete or not at all.

mod credits;
mod entropy;
mod exif;
mod huffman;
mod jpeg;
mod jpeg_frame;
mod webp;

use std::borrow::Cow;
use std::cell::Cell;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::imageops::{FilterType, resize};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

pub use credits::{Credit, credits};

use super::DataError;
use super::reduce::reduce_to;
use super::resample::resample_bytes;
use world::frame::read_provenance;
use world::limits::{self, PICTURE_BYTES, PICTURE_FILE, PICTURE_SIDE};

/// Extensions of picture files.
pub const ENDINGS: &[&str] = &["jpg", "jpeg", "jpe", "jfif", "png", "webp", "tif", "tiff", "bmp", "gif"];

/// White: the default background for transparent pixels.
pub const WHITE: [u8; 3] = [255; 3];

/// How pictures are read from files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// Background for transparent pixels, sRGB.
    pub background: [u8; 3],
    /// What to do with pictures that cannot be read.
    pub broken: UnreadablePolicy,
    /// How pictures of other sizes are resized.
    pub resampling: Resampling,
    /// Which labels count in a set that has two of each picture.
    pub labels: LabelLevel,
}

/// Which labels count in a set that has two of each picture (CIFAR-100).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LabelLevel {
    /// Classes.
    #[default]
    Fine,
    /// Superclasses.
    Coarse,
}

/// How pictures of other sizes are resized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resampling {
    /// Area averages of this program's frames, a triangle filter for others: what judges and generators are trained on.
    Trained,
    /// [`resample`](super::resample): what the bench compares.
    Bicubic,
}

/// What to do with pictures of a set that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadablePolicy {
    /// The set is not read.
    Fail,
    /// They are skipped and reported, unless they are more than [`FEW`] of the set or all of a class.
    SkipFew,
    /// They are skipped and reported.
    Skip,
}

/// Largest share of a set's pictures that [`UnreadablePolicy::SkipFew`] skips.
pub const FEW: f64 = 0.1;

impl Default for ReadOptions {
    /// Over white; no unreadable pictures; as for training.
    fn default() -> Self {
        Self {
            background: WHITE,
            broken: UnreadablePolicy::Fail,
            resampling: Resampling::Trained,
            labels: LabelLevel::Fine,
        }
    }
}

/// A colour for the background: `white`, `black`, `grey` or `#rrggbb`.
///
/// # Errors
/// It is none of these.
pub fn colour(word: &str) -> Result<[u8; 3], String> {
    let wrong = || format!("expected white, black, grey or #rrggbb, found `{word}`");
    match word {
        "white" => Ok(WHITE),
        "black" => Ok([0; 3]),
        "grey" | "gray" => Ok([128; 3]),
        _ => {
            let digits = word.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii()).ok_or_else(wrong)?;
            let value = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
            Ok([16, 8, 0].map(|shift| (value >> shift) as u8))
        }
    }
}

/// Whether a file is a supported picture: by its extension, or else by its first bytes.
pub fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    ENDINGS.contains(&ending.as_str()) || begins_as_picture(path)
}

/// JPEG, PNG, GIF and WebP, whose first bytes are hard to mistake. (Camera raw files begin as TIFF does.)
fn begins_as_picture(path: &Path) -> bool {
    let mut head = [0u8; 16];
    let read = std::fs::File::open(path).and_then(|f| std::io::Read::read(&mut { f }, &mut head));
    let format = read.ok().and_then(|n| image::guess_format(&head[..n]).ok());
    use ImageFormat::{Gif, Jpeg, Png, WebP};
    path.is_file() && matches!(format, Some(Jpeg | Png | Gif | WebP))
}

/// Width, height and format of a picture, from its header: as stored, whatever its orientation.
///
/// # Errors
/// The file cannot be read, or its header is no picture's.
pub fn size_and_format(path: &Path) -> Result<((u32, u32), &'static str), DataError> {
    let unreadable = |e: image::ImageError| DataError::input(path, e);
    let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format);
    let reader = reader.map_err(|e| DataError::io("read", path, e))?;
    let format = reader.format().and_then(|f| f.extensions_str().first().copied()).unwrap_or("unknown");
    Ok((reader.into_dimensions().map_err(unreadable)?, format))
}

/// A picture, upright, at its own depth, colour type and transparency.
///
/// # Errors
/// The file cannot be read, is empty, truncated, damaged, too large, or not a picture.
pub fn open(path: &Path) -> Result<DynamicImage, DataError> {
    let bytes = limits::read(path, PICTURE_FILE).map_err(|e| DataError::io("read", path, e))?;
    decode(&bytes).map_err(|e| DataError::input(path, e))
}

/// A picture's 8-bit colours over a background, upright.
///
/// # Errors
/// As [`open`].
pub fn rgb(path: &Path, background: [u8; 3]) -> Result<RgbImage, DataError> {
    Ok(over(open(path)?, background))
}

/// As [`open`], from the bytes of a file.
///
/// # Errors
/// As [`open`].
pub fn decode(bytes: &[u8]) -> Result<DynamicImage, String> {
    if bytes.is_empty() {
        return Err("the file is empty (0 bytes), expected an image".into());
    }
    // Decoders' messages may have several lines.
    let unreadable = |e: image::ImageError| {
        let said = e.to_string();
        format!("no readable image: {}", said.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let format = image::guess_format(bytes).map_err(unreadable)?;
    let bytes = match format {
        ImageFormat::Jpeg => whole(bytes)?,
        ImageFormat::WebP => webp::check(bytes).map(|()| Cow::Borrowed(bytes))?,
        _ => Cow::Borrowed(bytes),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(PICTURE_SIDE);
    limits.max_image_height = Some(PICTURE_SIDE);
    limits.max_alloc = Some(PICTURE_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(&*bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    limits.reserve(decoder.total_bytes()).map_err(unreadable)?;
    let orientation = orientation(format, &bytes, &mut decoder);
    let mut image = guarded(|| DynamicImage::from_decoder(decoder))?.map_err(unreadable)?;
    if format == ImageFormat::Tiff && image.color().has_alpha() && exif::is_premultiplied(&bytes) {
        image = straight(image);
    }
    image.apply_orientation(orientation);
    match image.width() == 0 || image.height() == 0 {
        true => Err("no readable image: it has no pixel".into()),
        false => Ok(image),
    }
}

/// Orientation of a picture; if it is unknown the pixels stay as stored.
fn orientation(format: ImageFormat, bytes: &[u8], decoder: &mut impl ImageDecoder) -> Orientation {
    let found = match format {
        ImageFormat::Tiff => exif::orientation(bytes),
        ImageFormat::Png => exif::of_png(bytes).and_then(|block| exif::orientation(&block)),
        _ => decoder.exif_metadata().ok().flatten().and_then(|block| exif::orientation(&block)),
    };
    found.unwrap_or(Orientation::NoTransforms)
}

/// Premultiplied colours converted to straight alpha.
fn straight(image: DynamicImage) -> DynamicImage {
    let mut image = image.into_rgba16();
    for pixel in image.pixels_mut() {
        let [colours @ .., alpha] = &mut pixel.0;
        let alpha = (*alpha as u32).max(1);
        colours.iter_mut().for_each(|c| *c = ((*c as u32 * 65_535 + alpha / 2) / alpha).min(65_535) as u16);
    }
    image.into()
}

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is within a decoder: its panics over damaged data need no report.
pub fn is_decoding() -> bool {
    DECODING.get()
}

/// Decoders panic over some damaged files instead of returning an error.
fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, String> {
    DECODING.set(true);
    let decoded = catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(false);
    decoded.map_err(|_| "no readable image: it is damaged, and its decoder panicked".into())
}

/// A complete JPEG: decoders silently fill a truncated one with grey.
fn whole(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    match jpeg::check(bytes).map_err(|e| format!("no readable image: {e}"))? {
        jpeg::FileEnd::Marked => Ok(Cow::Borrowed(bytes)),
        jpeg::FileEnd::Unmarked => Ok(Cow::Owned([bytes, &[0xff, 0xd9]].concat())),
    }
}

/// 8-bit colours over a background. As in browsers, sRGB bytes are blended.
pub fn over(image: DynamicImage, background: [u8; 3]) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    let (width, height) = image.dimensions();
    let mix =
        |colour: u8, ground: u8, a: u32| ((colour as u32 * a + ground as u32 * (255 - a) + 127) / 255) as u8;
    let pixels = image.pixels().flat_map(|p| {
        let [r, g, b] = background;
        let a = p.0[3] as u32;
        [mix(p.0[0], r, a), mix(p.0[1], g, a), mix(p.0[2], b, a)]
    });
    RgbImage::from_raw(width, height, pixels.collect()).unwrap_or_default()
}

/// A picture file as judges and generators read it, RGB, `side` pixels a side: frames that this program rendered are
/// squashed, as they are on stage; others are cropped to the centre square.
///
/// # Errors
/// As [`open`].
pub fn seen(path: &Path, side: usize, background: [u8; 3]) -> Result<Vec<u8>, DataError> {
    let image = rgb(path, background)?;
    Ok(match read_provenance(path).is_err() {
        true => square(&image, side),
        false => reduce_to(side, &image, image.width() as usize, image.height() as usize, 3),
    })
}

/// As [`seen`], resized as `reading` says.
///
/// # Errors
/// As [`open`].
pub fn fitted(path: &Path, side: usize, reading: &ReadOptions) -> Result<Vec<u8>, DataError> {
    if reading.resampling == Resampling::Trained {
        return seen(path, side, reading.background);
    }
    let image = rgb(path, reading.background)?;
    let image = if read_provenance(path).is_err() { centre(&image) } else { image };
    Ok(bicubic(&image, side))
}

/// A picture squashed to `side` pixels a side by the bench's resampler, RGB.
pub fn bicubic(image: &RgbImage, side: usize) -> Vec<u8> {
    let size = (image.width() as usize, image.height() as usize);
    resample_bytes(image.as_raw(), size, (side, side), 3)
}

/// The centre square of a picture.
pub fn centre(image: &RgbImage) -> RgbImage {
    let (w, h) = image.dimensions();
    let edge = w.min(h);
    image::imageops::crop_imm(image, (w - edge) / 2, (h - edge) / 2, edge, edge).to_image()
}

/// The centre square of a picture at `side` pixels a side, RGB.
pub fn square(image: &RgbImage, side: usize) -> Vec<u8> {
    let square = centre(image);
    match square.width() == side as u32 {
        true => square.into_raw(),
        false => resize(&square, side as u32, side as u32, FilterType::Triangle).into_raw(),
    }
}

#[cfg(test)]
mod tests;
