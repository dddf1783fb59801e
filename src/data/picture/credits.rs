//! Who made a picture and with what, as its file says in EXIF.

use std::path::Path;

use image::{ImageDecoder, ImageReader};

use super::exif;

/// What a file says about its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Credit {
    /// Who made it.
    Artist,
    /// Who has the rights.
    Copyright,
    /// The camera.
    Camera,
    /// The program that wrote it.
    Software,
}

impl Credit {
    /// As a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Artist => "artist",
            Self::Copyright => "copyright",
            Self::Camera => "camera",
            Self::Software => "software",
        }
    }
}

/// What a file says, read from its header; nothing if it has no EXIF block, or cannot be read.
pub fn credits(path: &Path) -> Vec<(Credit, String)> {
    let opened = ImageReader::open(path).and_then(ImageReader::with_guessed_format).ok();
    let block = opened.and_then(|r| r.into_decoder().ok()).and_then(|mut d| d.exif_metadata().ok().flatten());
    block.map_or_else(Vec::new, |block| of_block(&block))
}

fn of_block(tiff: &[u8]) -> Vec<(Credit, String)> {
    let text = |tag| exif::text(tiff, tag);
    // Most models begin with their maker's name.
    let camera = match (text(271), text(272)) {
        (Some(make), Some(model)) if !model.starts_with(&make) => Some(format!("{make} {model}")),
        (make, model) => model.or(make),
    };
    let all = [
        (Credit::Artist, text(315)),
        (Credit::Copyright, text(33_432)),
        (Credit::Camera, camera),
        (Credit::Software, text(305)),
    ];
    all.into_iter().filter_map(|(credit, text)| Some((credit, text?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of texts, written without knowledge of the reader.
    fn block(texts: &[(u16, &str)]) -> Vec<u8> {
        let mut all = b"II*\0\x08\0\0\0".to_vec();
        all.extend((texts.len() as u16).to_le_bytes());
        let mut after = (8 + 2 + 12 * texts.len() + 4) as u32;
        let mut values = Vec::new();
        for (tag, text) in texts {
            let bytes = [text.as_bytes(), b"\0"].concat();
            all.extend(
                [&tag.to_le_bytes()[..], &2u16.to_le_bytes(), &(bytes.len() as u32).to_le_bytes()].concat(),
            );
            if bytes.len() <= 4 {
                all.extend(bytes.iter().copied().chain([0; 4]).take(4));
            } else {
                all.extend(after.to_le_bytes());
                after += bytes.len() as u32;
                values.extend(bytes);
            }
        }
        all.extend([0; 4]);
        [all, values].concat()
    }

    #[test]
    fn makers_and_cameras_are_read() {
        let found = of_block(&block(&[
            (271, "Canon"),
            (272, "Canon EOS 60D"),
            (315, "Ada"),
            (33_432, " (c) Ada L. "),
        ]));
        let expected =
            [(Credit::Artist, "Ada"), (Credit::Copyright, "(c) Ada L."), (Credit::Camera, "Canon EOS 60D")];
        assert_eq!(found, expected.map(|(c, t)| (c, t.to_string())));
        let found = of_block(&block(&[(271, "LG"), (272, "H870"), (305, "")]));
        assert_eq!(found, [(Credit::Camera, "LG H870".to_string())]);
        assert_eq!(of_block(b"II*\0\xff\xff\xff\xff"), []);
        let whole = block(&[(315, "somebody"), (272, "something")]);
        (0..whole.len()).for_each(|n| drop(of_block(&whole[..n])));
    }

    #[test]
    fn they_are_found_in_a_jpeg() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jpg");
        image::RgbImage::new(8, 8).save(&path).unwrap();
        assert_eq!(credits(&path), []);
        let plain = std::fs::read(&path).unwrap();
        let data = [b"Exif\0\0".to_vec(), block(&[(315, "Grace")])].concat();
        let length = (data.len() as u16 + 2).to_be_bytes();
        std::fs::write(&path, [&plain[..2], b"\xff\xe1", &length, &data, &plain[2..]].concat()).unwrap();
        assert_eq!(credits(&path), [(Credit::Artist, "Grace".to_string())]);
    }
}
