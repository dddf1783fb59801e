//! PNG files with their provenance in a text chunk, written atomically.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::picture_error::PictureError;
use super::provenance::Provenance;
use super::{Frame, write_atomic};

/// Keyword of the text chunk that holds the provenance, as JSON.
const KEYWORD: &str = "untrained";

/// The frame as PNG (RGB, 8 bits) with its provenance.
pub fn encode_png(frame: &Frame, compression: png::Compression) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::with_capacity(frame.rgba.len() / 2);
    let mut encoder = png::Encoder::new(&mut bytes, frame.width as u32, frame.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(compression);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    encoder.add_text_chunk("Software".into(), format!("untrained {}", env!("CARGO_PKG_VERSION")))?;
    let json = serde_json::to_string(&frame.provenance).map_err(std::io::Error::from)?;
    encoder.add_itxt_chunk(KEYWORD.into(), json)?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&frame.rgb())?;
    writer.finish()?;
    Ok(bytes)
}

/// Writes the frame as PNG with its provenance; an interrupted write leaves no file by that name.
///
/// # Errors
/// [`PictureError::File`] if the folder is missing or cannot be written, or the disk is full.
pub fn write_png(path: &Path, frame: &Frame) -> Result<(), PictureError> {
    let fail =
        |reason: png::EncodingError| PictureError::Damaged { path: path.into(), reason: reason.to_string() };
    write_atomic(path, &encode_png(frame, png::Compression::Fast).map_err(fail)?)
}

/// Reads the provenance of a PNG file.
///
/// # Errors
/// Every variant of [`PictureError`].
pub fn read_provenance(path: &Path) -> Result<Provenance, PictureError> {
    let mut head = [0u8; 8];
    let mut file = File::open(path).map_err(PictureError::file("read", path))?;
    if file.metadata().map_err(PictureError::file("read", path))?.len() == 0 {
        return Err(PictureError::Empty(path.into()));
    }
    let short = file.read_exact(&mut head);
    if short.is_err() || head != *b"\x89PNG\r\n\x1a\n" {
        // A folder opens, but does not read.
        return Err(match short {
            Err(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => PictureError::file("read", path)(e),
            _ => PictureError::NotPng(path.into()),
        });
    }
    let file = File::open(path).map_err(PictureError::file("read", path))?;
    let damaged = |e: png::DecodingError| PictureError::Damaged { path: path.into(), reason: e.to_string() };
    let reader = png::Decoder::new(BufReader::new(file)).read_info().map_err(damaged)?;
    let chunks = &reader.info().utf8_text;
    let text = chunks.iter().find(|c| c.keyword == KEYWORD).and_then(|c| c.get_text().ok());
    let found = text.and_then(|t| serde_json::from_str(&t).ok());
    found.ok_or_else(|| PictureError::NoProvenance(path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Frame {
        let mut frame = Frame::new(9, 5);
        frame.rgba.chunks_exact_mut(4).enumerate().for_each(|(i, p)| p[..3].fill(i as u8 * 5));
        frame.provenance = Provenance {
            scene: "Flüsse \"und\" 川".into(),
            scene_hash: u64::MAX,
            seed: u64::MAX - 1,
            tick: 12345,
            width: 9,
            height: 5,
            version: "0.1.0".into(),
            knobs: "gas.viscosity=0.02 layer.a.opacity=0.5".into(),
        };
        frame
    }

    #[test]
    fn provenance_and_pixels_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let frame = sample();
        write_png(&path, &frame).unwrap();
        assert_eq!(read_provenance(&path).unwrap(), frame.provenance);
        let decoded = image::open(&path).unwrap().to_rgb8();
        assert_eq!((decoded.dimensions(), decoded.into_raw()), ((9, 5), frame.rgb()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file was left");
    }

    #[test]
    fn each_unusable_file_has_its_own_message() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let says = |name: &str, text: &str| {
            let error = read_provenance(&path(name)).unwrap_err().to_string();
            assert!(error.contains(text) && error.contains(name), "{error}");
        };
        says("missing.png", "No such file");
        std::fs::write(path("zero.png"), "").unwrap();
        says("zero.png", "empty");
        std::fs::write(path("text.png"), "hello, I am not a picture").unwrap();
        says("text.png", "not a PNG");
        std::fs::write(path("tiny.png"), "hi").unwrap();
        says("tiny.png", "not a PNG");
        let whole = encode_png(&sample(), png::Compression::Fast).unwrap();
        std::fs::write(path("cut.png"), &whole[..60]).unwrap();
        says("cut.png", "damaged");
        image::RgbImage::new(3, 3).save(path("other.png")).unwrap();
        says("other.png", "has no provenance");
        std::fs::create_dir(path("folder.png")).unwrap();
        says("folder.png", "cannot read");
    }

    #[test]
    fn a_failed_write_is_reported_and_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "x").unwrap();
        let below = write_png(&file.join("a.png"), &sample()).unwrap_err().to_string();
        assert!(below.contains("cannot write") && below.contains("a.png"), "{below}");
        let taken = folder.path().join("taken");
        std::fs::create_dir_all(taken.join("inner")).unwrap();
        assert!(write_png(&taken, &sample()).is_err());
        assert!(taken.join("inner").is_dir());
        if crate::skip::full() {
            let full = write_png(Path::new("/dev/full"), &sample()).unwrap_err().to_string();
            assert!(full.contains("No space left"), "{full}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "a half file was left");
    }
}
