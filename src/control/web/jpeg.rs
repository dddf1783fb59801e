//! Pictures for browsers.

/// JPEG quality of previews.
const QUALITY: u8 = 72;

/// A picture of RGB bytes as JPEG.
pub fn jpeg(rgb: &[u8], width: usize, height: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    encoder.encode(rgb, width as u32, height as u32, image::ExtendedColorType::Rgb8).ok()?;
    Some(bytes)
}
